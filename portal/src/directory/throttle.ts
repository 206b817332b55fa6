import type { Clock } from '../clock.ts'

/** How fast one key may fail. */
export interface ThrottleLimits {
  /** failures that cost nothing */
  readonly free: number
  /** the longest wait; each failure past the free ones doubles it from one second */
  readonly longestMs: number
}

const forgetMs = 3_600_000
const keysKept = 10_000

/** Counts failures of keys such as addresses; kept in memory, forgotten after an hour of quiet. */
export class Throttle {
  readonly #clock: Clock
  readonly #limits: ThrottleLimits
  readonly #entries = new Map<string, { failures: number; lastAt: number }>()

  constructor(clock: Clock, limits: ThrottleLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Milliseconds until the key may try again; 0 = now. */
  waitMs(key: string): number {
    const entry = this.#entries.get(key)
    if (!entry) return 0
    const now = this.#clock.now()
    if (now - entry.lastAt > forgetMs) {
      this.#entries.delete(key)
      return 0
    }
    const over = entry.failures - this.#limits.free
    return over < 0 ? 0 : Math.max(0, entry.lastAt + Math.min(1000 * 2 ** Math.min(over, 30), this.#limits.longestMs) - now)
  }

  /** Counts a try before its outcome is known, so that tries at the same time count too. */
  count(key: string): void {
    if (this.#entries.size >= keysKept) this.#forgetOldest()
    const failures = (this.#entries.get(key)?.failures ?? 0) + 1
    // the newest keys stand last
    this.#entries.delete(key)
    this.#entries.set(key, { failures, lastAt: this.#clock.now() })
  }

  /** All failures are forgotten. */
  forget(key: string): void {
    this.#entries.delete(key)
  }

  /** The try was good: it does not count. */
  forgive(key: string): void {
    const entry = this.#entries.get(key)
    if (entry) entry.failures = Math.max(0, entry.failures - 1)
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      if (this.#entries.size < keysKept * 0.9) return
    }
  }
}
