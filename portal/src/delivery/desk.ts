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

/**
 * What may happen now: a notice or a reserved dial is posted, a dial is reserved and to be committed; or when to ask again: null = when something ends or comes.
 */
export type Turn<J> =
  | { readonly step: 'post' | 'reserve'; readonly job: J; readonly askAt: null }
  | { readonly step: null; readonly job: null; readonly askAt: number | null }

/** Default of `slots`. */
export const defaultSlots = 8

/** most reservations, by the handler's slots: a slow disk commits that many together */
const reservationsPerSlot = 8
/** what a handler took within that time it takes again within the next: two commits of a slow disk */
const paceMs = 50

/**
 * The desk of one handler. A dial is reserved before it is posted: it is committed as `sending`, so that a crash makes it ambiguous and never two.
 * A slot is taken by the POST alone, not by the commit before it: there may be more reservations than free slots, as many as the handler took POSTs
 * a moment ago (decision 0018).
 */
export class Desk<J extends { readonly deliveryClass: DeliveryClass }> {
  /** not reserved yet */
  readonly dials: J[] = []
  /** committed as `sending`, waiting for a slot */
  readonly reserved: J[] = []
  readonly notices: J[] = []
  /** reservations whose commit is under way */
  reserving = 0
  inFlight = 0
  breaker: Breaker = closedBreaker
  #pace = 0
  #pacedAt = 0
  #pausedFrom = 0
  #pausedUntil = 0
  #turnMs = 0

  /** Nothing waits, nothing is under way, nothing is remembered. */
  isIdle(now: number): boolean {
    const isEmpty = this.inFlight === 0 && this.reserving === 0 && this.waiting === 0
    return isEmpty && this.breaker === closedBreaker && this.#turnMs <= now && !this.#isPaused(now)
  }

  /** Jobs that wait for their turn. */
  get waiting(): number {
    return this.dials.length + this.reserved.length + this.notices.length
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
    for (const queue of [this.dials, this.reserved, this.notices]) {
      const index = queue.indexOf(job)
      if (index < 0) continue
      queue.splice(index, 1)
      return true
    }
    return false
  }

  /** All that waits; nothing does afterwards. */
  clear(): J[] {
    return [...this.reserved.splice(0), ...this.dials.splice(0), ...this.notices.splice(0)]
  }

  /** Reserves for a dial that is about to be committed; false: it has to wait like others. */
  reserve(now: number, limits: Limits): boolean {
    if (this.dials.length > 0 || !this.#mayReserve(now, limits) || this.state(now) === 'open') return false
    if (nextTurnAt(this.#turnMs, now, limits.perMinute) > now) return false
    this.#takeReservation(now, limits)
    return true
  }

  /** A reservation is committed: its dial waits for a slot. */
  committed(job: J): void {
    this.reserving -= 1
    this.reserved.push(job)
  }

  /** A reservation was not committed. */
  released(): void {
    this.reserving -= 1
  }

  /** A POST has ended; `isTaken`: the handler took it well. */
  ended(now: number, isTaken: boolean): void {
    this.inFlight -= 1
    if (!isTaken) return
    this.#pace = this.#paceAt(now) + 1
    this.#pacedAt = now
  }

  /** The next step, with what it needs taken. Not to be asked while the breaker is open. */
  take(now: number, limits: Limits): Turn<J> {
    if (this.reserved.length > 0 && this.#free(now, limits) > 0) {
      this.inFlight += 1
      return { step: 'post', job: this.reserved.shift()!, askAt: null }
    }
    const turnAt = nextTurnAt(this.#turnMs, now, limits.perMinute)
    if (this.dials.length > 0 && this.#mayReserve(now, limits)) {
      if (turnAt > now) return { step: null, job: null, askAt: turnAt }
      this.#takeReservation(now, limits)
      return { step: 'reserve', job: this.dials.shift()!, askAt: null }
    }
    if (this.dials.length > 0 || this.notices.length === 0 || this.#freeForNotices(now, limits) <= 0)
      return { step: null, job: null, askAt: null }
    const askAt = Math.max(turnAt, this.#isPaused(now) ? this.#pausedUntil : 0)
    if (askAt > now) return { step: null, job: null, askAt }
    this.inFlight += 1
    this.#turnMs = takeTurn(this.#turnMs, now, limits.perMinute)
    return { step: 'post', job: this.notices.shift()!, askAt: null }
  }

  /** A clock that was set back ends the pause. */
  #isPaused(now: number): boolean {
    return now >= this.#pausedFrom && now < this.#pausedUntil
  }

  #free(now: number, { slots }: Limits): number {
    return (this.state(now) === 'half_open' ? 1 : slots) - this.inFlight
  }

  /** Dials that are being reserved have slots kept for them: half of them, or all the others would wait for as long as people click. */
  #freeForNotices(now: number, limits: Limits): number {
    return this.#free(now, limits) - this.reserved.length - Math.min(this.reserving, Math.ceil(limits.slots / 2))
  }

  #mayReserve(now: number, limits: Limits): boolean {
    const reservations = this.reserved.length + this.reserving
    if (this.state(now) === 'half_open') return this.inFlight + reservations === 0
    if (reservations < this.#free(now, limits)) return true
    return reservations < Math.min(this.#paceAt(now), limits.slots * reservationsPerSlot)
  }

  /** POSTs that the handler took within `paceMs`, fading; none after a clock that was set back. */
  #paceAt(now: number): number {
    const elapsed = now - this.#pacedAt
    return elapsed < 0 ? 0 : this.#pace * Math.max(0, 1 - elapsed / paceMs)
  }

  #takeReservation(now: number, { perMinute }: Limits): void {
    this.reserving += 1
    this.#turnMs = takeTurn(this.#turnMs, now, perMinute)
  }
}
