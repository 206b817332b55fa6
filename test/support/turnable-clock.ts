import { systemClock, type Clock } from '../../portal/src/clock.ts'

/** A clock that goes on by itself and can be turned forward; what comes due on the way is run at once. */
export interface TurnableClock extends Clock {
  turn(byMs: number): void
}

/** Starts at the machine's time. */
export function createTurnableClock(): TurnableClock {
  let offsetMs = 0
  const waiting = new Set<{ readonly timeMs: number; readonly set: () => void; cancel: () => void }>()
  return {
    now: () => systemClock.now() + offsetMs,
    at(timeMs, fn) {
      const entry = {
        timeMs,
        set(): void {
          entry.cancel = systemClock.at(timeMs - offsetMs, () => {
            waiting.delete(entry)
            fn()
          })
        },
        cancel: () => {},
      }
      waiting.add(entry)
      entry.set()
      return () => {
        waiting.delete(entry)
        entry.cancel()
      }
    },
    turn(byMs) {
      offsetMs += byMs
      for (const entry of waiting) {
        entry.cancel()
        entry.set()
      }
    },
  }
}
