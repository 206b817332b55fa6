/** Time and chance, handed in so that tests can turn them. */
export interface Clock {
  /** Milliseconds since 1970, at an even pace: a machine whose clock is set meanwhile makes no call longer or shorter. */
  now(): number
  /** Takes over the time of the machine, which may have been set. For when no call is open. */
  catchUp?(): void
  /** Runs `work` once after `ms`; answers how to call it off. */
  after(ms: number, work: () => void): () => void
  /** 0 ≤ x < 1 */
  random(): number
}

let startedAt = Date.now() - performance.now()

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Math.round(startedAt + performance.now()),
  catchUp() {
    startedAt = Date.now() - performance.now()
  },
  after(ms, work) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
