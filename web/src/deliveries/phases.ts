import type { Attempt } from '../api/types.ts'

/** A part of the time of an attempt. */
export interface Phase {
  name: 'connect' | 'wait' | 'read'
  ms: number
}

/**
 * Where the time of an attempt went. `connectMs` and `firstByteMs` are measured from the start of the attempt; a phase
 * that was never reached is left out.
 */
export function readPhases(attempt: Pick<Attempt, 'durationMs' | 'connectMs' | 'firstByteMs'>): Phase[] {
  const { durationMs, connectMs, firstByteMs } = attempt
  if (connectMs === null) return [{ name: 'connect', ms: durationMs }]
  const connect: Phase = { name: 'connect', ms: connectMs }
  if (firstByteMs === null) return [connect, { name: 'wait', ms: Math.max(0, durationMs - connectMs) }]
  return [connect, { name: 'wait', ms: Math.max(0, firstByteMs - connectMs) }, { name: 'read', ms: Math.max(0, durationMs - firstByteMs) }]
}
