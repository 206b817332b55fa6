/**
 * What waits for one handler, and when the next of it may start: free slots, rate limit, circuit breaker, a pause that the handler
 * asked for. Dials pass notices. One desk knows nothing of another: a handler that hangs costs others nothing.
 */
import type { DeliveryClass } from '../states.ts'
import { breakerState, closedBreaker, type Breaker, type BreakerState } from './breaker.ts'
import { nextTurnAt, takeTurn } from './rate.ts'

/** How much a handler is given at a time. */
export interface Limits {
  /** POSTs at the same time */
  readonly slots: number
  /** POSTs in a minute; null = no limit */
  readonly perMinute: number | null
}

/** A job that may start now, or when to ask again: null = when something ends or comes. */
export type Turn<J> = { readonly job: J; readonly askAt: null } | { readonly job: null; readonly askAt: number | null }

/** Default of `slots`. */
export const defaultSlots = 8

/** The desk of one handler. */
export class Desk<J extends { readonly deliveryClass: DeliveryClass }> {
  readonly dials: J[] = []
  readonly notices: J[] = []
  inFlight = 0
  breaker: Breaker = closedBreaker
  #pausedFrom = 0
  #pausedUntil = 0
  #turnMs = 0

  /** Nothing waits, nothing is under way, nothing is remembered. */
  isIdle(now: number): boolean {
    const isEmpty = this.inFlight === 0 && this.dials.length === 0 && this.notices.length === 0
    return isEmpty && this.breaker === closedBreaker && this.#turnMs <= now && !this.#isPaused(now)
  }

  /** Notices wait that long: the handler said so by `Retry-After`. */
  pause(now: number, ms: number): void {
    if (ms === 0 || (this.#isPaused(now) && this.#pausedUntil >= now + ms)) return
    this.#pausedFrom = now
    this.#pausedUntil = now + ms
  }

  /** Ends the pause. */
  unpause(): void {
    this.#pausedUntil = 0
  }

  /** Where its breaker stands. */
  state(now: number): BreakerState {
    return breakerState(this.breaker, now)
  }

  /** Puts a job behind those of its class. */
  add(job: J): void {
    if (job.deliveryClass === 'dial') this.dials.push(job)
    else this.notices.push(job)
  }

  /** Takes a job out that has not started. */
  remove(job: J): boolean {
    const queue = job.deliveryClass === 'dial' ? this.dials : this.notices
    const index = queue.indexOf(job)
    if (index >= 0) queue.splice(index, 1)
    return index >= 0
  }

  /** All that waits; nothing does afterwards. */
  clear(): J[] {
    return [...this.dials.splice(0), ...this.notices.splice(0)]
  }

  /** Takes a slot for a dial that has not been committed yet; false: it has to wait like others. */
  reserve(now: number, limits: Limits): boolean {
    if (this.dials.length > 0 || this.#free(now, limits) <= 0 || this.state(now) === 'open') return false
    if (nextTurnAt(this.#turnMs, now, limits.perMinute) > now) return false
    this.#take(now, limits)
    return true
  }

  /** The next job that may start, with its slot taken. Not to be asked while the breaker is open. */
  take(now: number, limits: Limits): Turn<J> {
    const hasDial = this.dials.length > 0
    if ((!hasDial && this.notices.length === 0) || this.#free(now, limits) <= 0) return { job: null, askAt: null }
    const turnAt = nextTurnAt(this.#turnMs, now, limits.perMinute)
    const askAt = hasDial ? turnAt : Math.max(turnAt, this.#isPaused(now) ? this.#pausedUntil : 0)
    if (askAt > now) return { job: null, askAt }
    const job = this.dials.shift() ?? this.notices.shift()
    if (!job) return { job: null, askAt: null }
    this.#take(now, limits)
    return { job, askAt: null }
  }

  /** A clock that was set back ends the pause. */
  #isPaused(now: number): boolean {
    return now >= this.#pausedFrom && now < this.#pausedUntil
  }

  #free(now: number, { slots }: Limits): number {
    return (this.state(now) === 'half_open' ? 1 : slots) - this.inFlight
  }

  #take(now: number, { perMinute }: Limits): void {
    this.inFlight += 1
    this.#turnMs = takeTurn(this.#turnMs, now, perMinute)
  }
}
