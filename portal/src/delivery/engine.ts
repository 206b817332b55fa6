/**
 * The decisions of delivery, pure: what an attempt's end means for its delivery (design 6, 11.6–11.9).
 *
 *   pending ──▶ sending ──▶ delivered          2xx, or any REST call of the app about the CALL_ID
 *      ▲           ├──────▶ failed             refused: 3xx, 4xx, a JSON refusal; notices: retries used up
 *      │           ├──────▶ unconfirmed        dial only: silence after the request was written, other 5xx
 *      │           ├──────▶ expired            dial only: the deadline has passed
 *      └─ retrying ◀┘                          provably not taken (dial) or not taken at all (notice)
 */
import type { DeliveryClass, DeliveryState } from '../states.ts'

/** The closed list of reasons behind a state. */
export type Reason =
  | 'not_installed'
  | 'no_handler'
  | 'handler_disabled'
  | 'no_target'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'connection_lost'
  | 'http_3xx'
  | 'http_4xx'
  | 'http_410'
  | 'http_429'
  | 'http_5xx'
  | 'refused'
  | 'ssrf_blocked'
  | 'deadline'
  | 'breaker_open'
  | 'crash'
  | 'call_over'
  | 'reported'

/** How an attempt ended on the network. */
export type Ending =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null; readonly refusal: Refusal | null }
  /** the handler provably did not get the request */
  | { readonly kind: 'not_sent'; readonly reason: 'dns' | 'connect' | 'tls' | 'ssrf_blocked'; readonly error: string }
  /** the request was written, no full answer came */
  | { readonly kind: 'silent'; readonly reason: 'timeout' | 'connection_lost'; readonly error: string }

/** `{"refused": {"code", "text"}}` in the body of a 2xx: the handler's own no (design 11.6). */
export interface Refusal {
  readonly code: string
  readonly text: string
}

/** What is known of a delivery when one of its attempts ends. `attempts` counts this one. */
export interface Situation {
  readonly deliveryClass: DeliveryClass
  readonly attempts: number
  readonly createdAt: number
  readonly deadlineAt: number | null
  /** notices: false = one try, the original's behaviour */
  readonly retries: boolean
  readonly now: number
  /** 0 ≤ random < 1 */
  readonly random: number
}

/** The delivery's next state; `dueAt` only for `retrying`. */
export interface Decision {
  readonly state: DeliveryState
  readonly reason: Reason | null
  readonly dueAt: number | null
  readonly refusal: string | null
}

const dialRetryMs = [200, 400, 800, 1500, 3000]
const minute = 60_000
/** Notices: about 25 hours in all. */
const noticeRetryMs = [
  5_000,
  30_000,
  2 * minute,
  10 * minute,
  30 * minute,
  60 * minute,
  120 * minute,
  240 * minute,
  480 * minute,
  600 * minute,
]

/** A handler may ask for that much time at most. */
const longestRetryAfterMs = 24 * 60 * minute
const longestPauseMs = 10 * minute

/** A dial is good for this long from its click. */
export const dialShelfLifeMs = 30_000

/** The most seconds that a portal may give its handlers for an answer (contract 13.1). */
export const mostHandlerSeconds = 60
/** A handler that took this long is logged as slow (contract 13.1). */
export const slowHandlerMs = 5_000

/** Decides what an ended attempt means. */
export function decide(situation: Situation, ending: Ending): Decision {
  return situation.deliveryClass === 'dial' ? decideDial(situation, ending) : decideNotice(situation, ending)
}

function settled(state: DeliveryState, reason: Reason | null, refusal: string | null = null): Decision {
  return { state, reason, dueAt: null, refusal }
}

function decideDial(situation: Situation, ending: Ending): Decision {
  if (ending.kind === 'silent') return settled('unconfirmed', ending.reason)
  if (ending.kind === 'not_sent') {
    if (ending.reason === 'ssrf_blocked') return settled('failed', 'ssrf_blocked', ending.error)
    return retryDial(situation, ending.reason, null)
  }
  const { status, retryAfterMs, refusal } = ending
  if (status >= 200 && status < 300)
    return refusal ? settled('failed', 'refused', refusal.text || refusal.code) : settled('delivered', null)
  if (status === 429) return retryDial(situation, 'http_429', retryAfterMs)
  if (status === 503 && retryAfterMs !== null) return retryDial(situation, 'http_5xx', retryAfterMs)
  if (status >= 500) return settled('unconfirmed', 'http_5xx')
  return settled('failed', refusedBy(status))
}

/** 410 says that the address is gone for good: its handler is disabled. */
function refusedBy(status: number): Reason {
  if (status === 410) return 'http_410'
  return status < 400 ? 'http_3xx' : 'http_4xx'
}

/** A fifth less to a fifth more, so that what failed together does not come again together. */
function spread(waitMs: number, random: number): number {
  return Math.round(waitMs * (0.8 + 0.4 * random))
}

function retryDial(situation: Situation, reason: Reason, retryAfterMs: number | null): Decision {
  const step = dialRetryMs[Math.min(situation.attempts, dialRetryMs.length) - 1]!
  // Retry-After may ask for more time, never for less: a handler that says 0 is not hammered
  const after = (wait: number) => situation.now + Math.max(retryAfterMs ?? 0, wait)
  const spreadDue = after(spread(step, situation.random))
  // no dial expires for its spread alone
  const dueAt = isPastDeadline(situation.deadlineAt, spreadDue) ? Math.min(spreadDue, after(step)) : spreadDue
  if (situation.deadlineAt !== null && dueAt >= situation.deadlineAt) return settled('expired', reason)
  return { state: 'retrying', reason, dueAt, refusal: null }
}

function decideNotice(situation: Situation, ending: Ending): Decision {
  const reason = noticeReason(ending)
  if (reason === null) return settled('delivered', null)
  const wait = noticeRetryMs[situation.attempts - 1]
  if (!situation.retries || wait === undefined || reason === 'http_410') return settled('failed', reason)
  const jittered = spread(wait, situation.random)
  const asked = ending.kind === 'answered' ? Math.min(ending.retryAfterMs ?? 0, longestRetryAfterMs) : 0
  return { state: 'retrying', reason, dueAt: situation.now + Math.max(jittered, asked), refusal: null }
}

function noticeReason(ending: Ending): Reason | null {
  if (ending.kind !== 'answered') return ending.reason
  const { status } = ending
  if (status >= 200 && status < 300) return null
  if (status === 429) return 'http_429'
  return status >= 500 ? 'http_5xx' : refusedBy(status)
}

/** For how long the other notices of a handler wait after it asked for time (429, or 503 with `Retry-After`); 0 = not at all. */
export function pauseOf(ending: Ending): number {
  if (ending.kind !== 'answered' || ending.retryAfterMs === null) return 0
  return ending.status === 429 || ending.status === 503 ? Math.min(ending.retryAfterMs, longestPauseMs) : 0
}

/**
 * What becomes of a delivery whose handler's breaker is open until `retryAt`. A new dial ends at once: nothing was sent, and a phone
 * that rings by surprise later is worse than a clear no. A dial that is being tried, and notices, wait for the next try.
 */
export function decideHeld(
  { deliveryClass, attempts, deadlineAt }: Pick<Situation, 'deliveryClass' | 'attempts' | 'deadlineAt'>,
  retryAt: number,
): Decision {
  const isLate = deadlineAt !== null && retryAt >= deadlineAt
  if (deliveryClass === 'dial' && (attempts === 0 || isLate)) return settled('expired', 'breaker_open')
  return { state: attempts === 0 ? 'pending' : 'retrying', reason: 'breaker_open', dueAt: retryAt, refusal: null }
}

/** A dial that is asked for after its deadline expires unsent. */
export function isPastDeadline(deadlineAt: number | null, now: number): boolean {
  return deadlineAt !== null && now >= deadlineAt
}

/**
 * What a delivery that was `sending` when its process died becomes: a dial is ambiguous and stays `unconfirmed`, unless its handler
 * is known to drop repeats (design 11.7); a notice is sent again.
 */
export function decideAbandoned(situation: {
  deliveryClass: DeliveryClass
  dedupes: boolean
  deadlineAt: number | null
  now: number
}): Decision {
  if (situation.deliveryClass === 'notice') return { state: 'retrying', reason: 'crash', dueAt: situation.now, refusal: null }
  if (!situation.dedupes) return settled('unconfirmed', 'crash')
  if (isPastDeadline(situation.deadlineAt, situation.now)) return settled('expired', 'crash')
  return { state: 'retrying', reason: 'crash', dueAt: situation.now, refusal: null }
}

/** `Retry-After` in seconds or as an HTTP date; null when absent or unreadable. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  if (!/^[A-Za-z]{3,9},? /.test(header.trim())) return null
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** The refusal in a handler's JSON answer, or null. Texts are cut at 500 characters. */
export function readRefusal(body: string, contentType: string | undefined): Refusal | null {
  if (!/json/i.test(contentType ?? '') && !/^\uFEFF?\s*\{/.test(body)) return null
  try {
    const refused: unknown = (JSON.parse(body.replace(/^\uFEFF/, '')) as { refused?: unknown } | null)?.refused
    if (typeof refused !== 'object' || refused === null) return null
    const { code, text } = refused as { code?: unknown; text?: unknown }
    return { code: typeof code === 'string' ? code.slice(0, 100) : '', text: typeof text === 'string' ? text.slice(0, 500) : '' }
  } catch {
    return null
  }
}
