/** Time and chance, handed in everywhere: what makes a turnable clock and repeatable tests possible. */
export interface Clock {
  /** milliseconds since 1970 UTC */
  now(): number
  /**
   * Runs `fn` once at that time, or a moment later. When the clock is set back meanwhile it runs as late as it would have without
   * that: nothing stands still until the clock has caught up. The returned function takes it back. Never keeps the process alive.
   */
  at(timeMs: number, fn: () => void): () => void
}

/** A clock that shows `now` and measures waiting by the machine's timers. */
export function clockOf(now: () => number): Clock {
  const clock: Clock = {
    now,
    at(timeMs, fn) {
      // setTimeout fires at once above 2^31-1 ms: far timers are set again on the way
      const wanted = Math.max(timeMs - now(), 0)
      const delay = Math.min(wanted, 2 ** 31 - 1)
      let cancel: () => void
      const timer = setTimeout(() => {
        if (delay < wanted) cancel = clock.at(now() + wanted - delay, fn)
        else fn()
      }, delay)
      timer.unref()
      cancel = () => clearTimeout(timer)
      return () => cancel()
    },
  }
  return clock
}

/** The machine's own clock. */
export const systemClock: Clock = clockOf(() => Date.now())
