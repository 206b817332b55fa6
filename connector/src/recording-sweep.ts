import type { Clock } from './clock.ts'
import type { Journal } from './journal.ts'
import { wordsOf, type Log } from './log.ts'
import type { Pbx } from './pbx.ts'

/** What a sweep works with. */
export interface SweepParts {
  readonly pbx: Pbx
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  /** How long a recording stays on the PBX after the portal has it. */
  readonly keepMs: number
}

/** What the portal has not got is kept at least so long: somebody may still want it. */
const KEEP_UNTAKEN_MS = 7 * 24 * 3_600_000
const SWEEP_EVERY_MS = 3_600_000

/**
 * Deletes recordings on the PBX: those that the portal has, after their time, and orphans: those that the portal did not take, and those of
 * calls that the journal does not know, a week after they were first seen. Of calls that are not settled none is touched.
 */
export async function sweepRecordings({ pbx, journal, clock, log, keepMs }: SweepParts): Promise<number> {
  const now = clock.now()
  const isOver = (callId: string): boolean => {
    const call = journal.find(callId)
    if (!call) return now - journal.orphanSince(callId, now) >= Math.max(keepMs, KEEP_UNTAKEN_MS)
    if (call.state !== 'attached' && call.state !== 'closed') return false
    return now - (call.endedAt ?? call.receivedAt) >= (call.state === 'attached' ? keepMs : Math.max(keepMs, KEEP_UNTAKEN_MS))
  }
  const callIds = (await pbx.listRecordings?.()) ?? []
  journal.forgetOrphans(callIds)
  let deleted = 0
  for (const callId of callIds.filter(isOver)) {
    await pbx.dropRecording(callId)
    deleted += 1
  }
  if (deleted > 0) log('info', 'recordings were deleted on the PBX', { deleted })
  return deleted
}

/** Sweeps now and every hour; answers how to stop. A PBX that cannot be asked is asked the next time. */
export function sweepEveryHour(parts: SweepParts): () => void {
  let cancel = () => {}
  let isStopped = false
  const again = (): void => {
    if (!isStopped) cancel = parts.clock.after(SWEEP_EVERY_MS, sweep)
  }
  function sweep(): void {
    sweepRecordings(parts)
      .catch((error: unknown) => parts.log('info', 'recordings on the PBX could not be looked through', { why: wordsOf(error) }))
      .finally(again)
  }
  sweep()
  return () => {
    isStopped = true
    cancel()
  }
}
