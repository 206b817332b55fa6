import type { Attempt } from '../api/types.ts'

/** A part of the time of an attempt. */
export interface Phase {
  name: 'dns' | 'connect' | 'tls' | 'wait' | 'read'
  ms: number
}

/**
 * Where the time of an attempt went. `connectMs` and `firstByteMs` are measured from the start of the attempt; a phase
 * that was never reached is left out.
 */
export function readPhases(attempt: Pick<Attempt, 'durationMs' | 'connectMs' | 'dnsMs' | 'tlsMs' | 'firstByteMs'>): Phase[] {
  const { durationMs, connectMs, firstByteMs } = attempt
  if (connectMs === null) return [{ name: 'connect', ms: durationMs }]
  const connect = connectPhases(attempt, connectMs)
  if (firstByteMs === null) return [...connect, { name: 'wait', ms: Math.max(0, durationMs - connectMs) }]
  return [
    ...connect,
    { name: 'wait', ms: Math.max(0, firstByteMs - connectMs) },
    { name: 'read', ms: Math.max(0, durationMs - firstByteMs) },
  ]
}

/** The name and the handshake stand apart when they took place for this attempt. */
function connectPhases({ dnsMs, tlsMs }: Pick<Attempt, 'dnsMs' | 'tlsMs'>, connectMs: number): Phase[] {
  return [
    ...(dnsMs === null ? [] : [{ name: 'dns' as const, ms: dnsMs }]),
    { name: 'connect', ms: Math.max(0, connectMs - (dnsMs ?? 0) - (tlsMs ?? 0)) },
    ...(tlsMs === null ? [] : [{ name: 'tls' as const, ms: tlsMs }]),
  ]
}
