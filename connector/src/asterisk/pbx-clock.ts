/** The times of Asterisk's events on our own clock: clocks of two machines differ, and a duration spans both. */
import type { Clock } from '../clock.ts'

/** No event takes so long to get here: one that seems to was written after Asterisk's clock had been set back. */
const SET_BACK_MS = 3_000

/** Answers when an event was, by its `timestamp`, in milliseconds since 1970; without one, now. */
export type PbxClock = (timestamp: string | undefined) => number

/** Asterisk's clock is put right by the least lead of ours that an event ever showed: the event that was fastest here. */
export function createPbxClock(clock: Pick<Clock, 'now'>): PbxClock {
  let lead = Number.POSITIVE_INFINITY
  return (timestamp) => {
    // `+0200`, as Asterisk writes it, is no ISO 8601
    const stamp = Date.parse(timestamp?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? '')
    if (Number.isNaN(stamp)) return clock.now()
    const seen = clock.now() - stamp
    lead = seen - lead > SET_BACK_MS ? seen : Math.min(lead, seen)
    return stamp + lead
  }
}
