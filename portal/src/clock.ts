/** Time and chance, handed in everywhere: what makes a turnable clock and repeatable tests possible. */
export interface Clock {
  /** milliseconds since 1970 UTC */
  now(): number
  /** runs `fn` once at or after that time; the returned function takes it back. Never keeps the process alive. */
  at(timeMs: number, fn: () => void): () => void
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(timeMs, fn) {
    // setTimeout fires at once above 2^31-1 ms: far timers are set again on the way
    const delay = Math.min(Math.max(timeMs - Date.now(), 0), 2 ** 31 - 1)
    let cancel: () => void
    const timer = setTimeout(() => {
      if (Date.now() + 1 < timeMs) cancel = systemClock.at(timeMs, fn)
      else fn()
    }, delay)
    timer.unref()
    cancel = () => clearTimeout(timer)
    return () => cancel()
  },
}
