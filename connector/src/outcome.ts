import type { StatusCode } from '@hookswitch/sdk'
import type { HangupCause, LegName } from './pbx.ts'

/** How a call came to its end, in the connector's own knowledge. Exact knowledge goes before the PBX's causes. */
export type Ending =
  | { readonly kind: 'leg_ended'; readonly leg: LegName; readonly cause: HangupCause }
  | { readonly kind: 'ring_timeout'; readonly leg: LegName }
  /** The person who clicked, or the portal, took it back. */
  | { readonly kind: 'canceled' }
  /** Nothing was dialled because the click was refused after the reply had gone. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  /** The connector was not there when it happened. */
  | { readonly kind: 'lost'; readonly text: string }
  /** The longest talk that is allowed. */
  | { readonly kind: 'talk_limit' }

/** What of a call decides its outcome. */
export interface Ended {
  readonly direction: 'out' | 'in'
  readonly hasAgentAnswered: boolean
  /** Both talked. */
  readonly hasTalked: boolean
  /** The leg that ended had rung. */
  readonly hasRung: boolean
  readonly ending: Ending
}

/** STATUS_CODE and FAILED_REASON of `telephony.externalCall.finish` (contract 4.3). */
export interface Outcome {
  readonly statusCode: StatusCode
  readonly failedReason: string
}

/**
 * THE table from ends of calls to STATUS_CODE (design 7, contract 4.3; causes measured, pbx 3):
 *
 * | ended by                              | code                    |
 * |---------------------------------------|-------------------------|
 * | both talked                           | 200                     |
 * | our ring limit, agent or client       | 304                     |
 * | taken back before the client answered | 603-S                   |
 * | agent busy / declined / offline       | 486 / 603 / 480         |
 * | client, SIP status known              | `SIP_CODES`             |
 * | client, Q.850 cause                   | `Q850_CODES`            |
 * | … and it never rang                   | `SILENT_CODES` first    |
 * | caller gave up, nobody answered       | 304                     |
 * | connector was not there               | OTHER                   |
 */
export function decideOutcome(ended: Ended): Outcome {
  if (ended.hasTalked) return { statusCode: '200', failedReason: '' }
  const { ending } = ended
  switch (ending.kind) {
    case 'ring_timeout':
      return { statusCode: '304', failedReason: `The ${who(ending.leg)} did not answer` }
    case 'canceled':
      return { statusCode: '603-S', failedReason: 'Canceled before the answer' }
    case 'refused':
      return { statusCode: REFUSAL_CODES[ending.code] ?? 'OTHER', failedReason: ending.text }
    case 'lost':
    case 'talk_limit':
      return { statusCode: 'OTHER', failedReason: ending.kind === 'lost' ? ending.text : 'Ended by the connector' }
    case 'leg_ended':
      return decideLegOutcome(ended, ending.leg, ending.cause)
  }
}

function decideLegOutcome(ended: Ended, leg: LegName, cause: HangupCause): Outcome {
  if (leg === 'client' && ended.direction === 'in') return { statusCode: '304', failedReason: 'The caller hung up before the answer' }
  if (leg === 'agent' && ended.hasAgentAnswered) return { statusCode: '603-S', failedReason: 'The agent hung up before the answer' }
  const statusCode = codeOfCause(cause, ended.hasRung)
  return { statusCode, failedReason: `The ${who(leg)} ${WORDS[statusCode] ?? 'could not be reached'} (${namesOf(cause)})` }
}

/** STATUS_CODE for a leg that ended before it was answered. The SIP status goes before the Q.850 cause, which may mean another thing before any ringing. */
export function codeOfCause(cause: HangupCause, hasRung: boolean): StatusCode {
  if (cause.sip !== undefined) return SIP_CODES[cause.sip] ?? (cause.sip >= 500 && cause.sip < 600 ? '503' : 'OTHER')
  return (hasRung ? undefined : SILENT_CODES[cause.q850]) ?? Q850_CODES[cause.q850] ?? 'OTHER'
}

const SIP_CODES: Readonly<Record<number, StatusCode>> = {
  401: '403',
  402: '402',
  403: '403',
  404: '404',
  407: '403',
  408: '304',
  410: '404',
  423: '423',
  480: '480',
  484: '484',
  485: '404',
  486: '486',
  487: '304',
  503: '503',
  600: '486',
  603: '603',
  604: '404',
}

const Q850_CODES: Readonly<Record<number, StatusCode>> = {
  // 0 and 19 are what a PBX says of a leg that nobody took; 16 of one that rang and was let go.
  0: '304',
  1: '404',
  2: '480',
  3: '480',
  16: '304',
  17: '486',
  18: '304',
  19: '304',
  20: '480',
  21: '603',
  22: '404',
  27: '480',
  28: '484',
  34: '503',
  38: '503',
  41: '503',
  42: '503',
  44: '503',
  47: '503',
  50: '403',
  52: '403',
  55: '403',
  57: '403',
}

/** What differs for a leg that never rang: nobody was there to not answer (pbx 3). */
const SILENT_CODES: Readonly<Record<number, StatusCode>> = { 0: '480', 16: 'OTHER', 18: '480', 19: '480' }

const REFUSAL_CODES: Readonly<Record<string, StatusCode>> = {
  busy: '486',
  invalid_number: '484',
  no_extension: '404',
  not_allowed: '403',
  offline: '480',
  unavailable: '503',
}

/** Of what a PBX says; the portal keeps 300 characters of a reason. */
const MOST_WORDS = 200

const WORDS: Readonly<Partial<Record<StatusCode, string>>> = {
  '304': 'did not answer',
  '404': 'has no such number',
  '480': 'is not reachable',
  '486': 'is busy',
  '603': 'declined',
}

function who(leg: LegName): string {
  return leg === 'agent' ? 'agent' : 'customer'
}

function namesOf(cause: HangupCause): string {
  if (cause.words !== undefined) return cause.words.slice(0, MOST_WORDS)
  return cause.sip === undefined ? `cause ${cause.q850}` : `SIP ${cause.sip}`
}
