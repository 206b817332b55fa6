import type { Caller } from '../caller.ts'
import { ownerOf } from '../caller.ts'

const windowMs = 600_000

/** The operating-time counters that every answer carries (contract 6.2, 6.6): seconds spent in a method by an app within ten minutes. */
export class OperatingTime {
  readonly #spent = new Map<string, { seconds: number; resetAtMs: number }>()

  /** Adds what a call took; answers the counters for its `time` block. */
  add(caller: Caller | null, method: string, seconds: number, nowMs: number): { operating_reset_at: number; operating: number } {
    const key = `${caller ? `${caller.portalId} ${ownerOf(caller)}` : ''} ${method}`
    let entry = this.#spent.get(key)
    if (!entry || entry.resetAtMs <= nowMs) {
      if (this.#spent.size > 10_000) this.#spent.clear()
      entry = { seconds: 0, resetAtMs: nowMs + windowMs }
      this.#spent.set(key, entry)
    }
    entry.seconds += seconds
    return { operating_reset_at: Math.floor(entry.resetAtMs / 1000), operating: Number(entry.seconds.toFixed(6)) }
  }
}
