/**
 * The circuit breaker of one handler, pure. It opens only on evidence that the handler is not well, and closes on the first sign of
 * health.
 *
 *   closed ──5 failures of 3 deliveries within 2 min──▶ open ──its rest is over──▶ half open
 *      ▲                                                 ▲                            │  one delivery at a time
 *      └───────────────── a sign of health ──────────────┼────────────────────────────┤
 *                                                        └──── it failed: a longer rest ┘
 */
import type { Ending, Reason } from './engine.ts'

/** Whether a handler is sent to: `half_open` tries one delivery at a time. */
export type BreakerState = 'closed' | 'open' | 'half_open'

/** What an attempt says about its handler. `unclear`: neither way, such as 429 or a blocked address. */
export type Health = 'healthy' | 'unhealthy' | 'unclear'

/** One failed attempt, as evidence. */
interface Failure {
  readonly deliveryId: number
  readonly at: number
}

/** What is known of a handler's health. */
export interface Breaker {
  /** newest last; only what may still open it */
  readonly failures: readonly Failure[]
  /** null = closed */
  readonly openedAt: number | null
  /** when the next delivery may be tried */
  readonly retryAt: number
  /** openings in a row: each rest is longer */
  readonly openings: number
  /** of the failure that opened it */
  readonly reason: Reason | null
}

/** An ended attempt in the words of the breaker. */
export interface Evidence {
  readonly health: Health
  readonly deliveryId: number
  readonly reason: Reason | null
  readonly startedAt: number
  readonly now: number
}

/** Nothing is known against the handler. */
export const closedBreaker: Breaker = { failures: [], openedAt: null, retryAt: 0, openings: 0, reason: null }

const failuresToOpen = 5
/** one dial that is tried again and again proves nothing about the handler: it has its own deadline */
const deliveriesToOpen = 3
const windowMs = 120_000
const firstRestMs = 5_000
const longestRestMs = 120_000

/** Where a breaker stands. A clock that was set back does not keep it open longer than its rest. */
export function breakerState(breaker: Breaker, now: number): BreakerState {
  if (breaker.openedAt === null) return 'closed'
  return now >= breaker.retryAt || now < breaker.retryAt - longestRestMs ? 'half_open' : 'open'
}

/**
 * Reads an attempt's end. Whoever answers at all is healthy, except with its own error (5xx); who asks to wait says nothing. Silence
 * counts against it unless the app has reported about the call: some connectors answer only when the call is over (design 6).
 */
export function healthOf(ending: Ending, isProven: boolean): Health {
  if (ending.kind === 'not_sent') return ending.reason === 'ssrf_blocked' ? 'unclear' : 'unhealthy'
  if (ending.kind === 'silent') return isProven ? 'healthy' : 'unhealthy'
  if (ending.status === 429 || (ending.status === 503 && ending.retryAfterMs !== null)) return 'unclear'
  return ending.status >= 500 ? 'unhealthy' : 'healthy'
}

/** What the breaker is after one more attempt. */
export function learn(breaker: Breaker, evidence: Evidence): Breaker {
  const { health, now } = evidence
  if (health === 'unclear') return breaker
  if (health === 'healthy') return breaker.failures.length === 0 && breaker.openedAt === null ? breaker : closedBreaker
  if (breaker.openedAt !== null) {
    // an attempt from before the opening tells nothing new: only a try after the rest does
    return breakerState(breaker, now) === 'half_open' && evidence.startedAt >= breaker.retryAt ? open(breaker, evidence) : breaker
  }
  const failures = [
    ...breaker.failures.filter(({ at }) => at <= now && now - at < windowMs),
    { deliveryId: evidence.deliveryId, at: now },
  ].slice(-50)
  const deliveries = new Set(failures.map(({ deliveryId }) => deliveryId))
  return failures.length >= failuresToOpen && deliveries.size >= deliveriesToOpen ? open(breaker, evidence) : { ...breaker, failures }
}

function open(breaker: Breaker, { now, reason }: Evidence): Breaker {
  const restMs = Math.min(firstRestMs * 2 ** breaker.openings, longestRestMs)
  return { failures: [], openedAt: breaker.openedAt ?? now, retryAt: now + restMs, openings: breaker.openings + 1, reason }
}
