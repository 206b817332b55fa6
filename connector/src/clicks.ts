import { accept, refuse, type Answer, type Exchange, type ExternalCallStart, type PortalEvent } from '@hookswitch/sdk'
import type { Call } from './call.ts'
import type { Clock } from './clock.ts'
import type { Directory } from './directory.ts'
import type { Journal } from './journal.ts'
import { wordsOf, type Log } from './log.ts'
import { decideOutcome } from './outcome.ts'
import type { Pbx } from './pbx.ts'
import type { Switchboard } from './switchboard.ts'

/** What may go into a dial string, and nothing else: `@ & / ,` in it would dial somewhere else (pbx 7). */
export const DIALABLE = /^\+?[0-9*#]{2,20}$/
/** NUMBER of a line, as a PBX can be told it. */
export const LINE = /^[\w.+-]{0,50}$/
const CALL_ID = /^[\x21-\x7e]{1,255}$/

/** What the inbox works with. */
export interface ClickParts {
  readonly directory: Directory
  readonly pbx: Pbx
  readonly journal: Journal
  readonly switchboard: Switchboard
  readonly clock: Clock
  readonly log: Log
}

/** Why a call is not made, for the person who reads it. */
export interface Refusal {
  readonly code: 'invalid_number' | 'no_extension' | 'busy' | 'offline' | 'unavailable'
  readonly text: string
}

/**
 * Listener of ONEXTERNALCALLSTART (contract 2.1). A CALL_ID that was taken once is accepted and dropped. The reply to one that is taken goes
 * out when the call is on disk, and says by `hookswitch-dedupe` that repeats are dropped (design 11.7). A refusal is told by the reply; if
 * the reply has gone already (a slow portal), by `finish`. A refused CALL_ID is not kept: a person may replay it.
 */
export function createClickListener(parts: ClickParts) {
  return async function receiveClick(event: PortalEvent<'ONEXTERNALCALLSTART'>, exchange: Exchange): Promise<Answer> {
    const { data } = event
    const callId = String(data.CALL_ID)
    if (!CALL_ID.test(callId)) return refuse({ code: 'unavailable', text: 'The event has no usable CALL_ID.' })
    const taken = accept({ 'hookswitch-dedupe': callId })
    if (parts.journal.find(callId)) {
      parts.log('info', 'a repeat was dropped', { callId })
      return taken
    }
    const call = draftCall(data, parts.clock.now())
    const prepared = await prepare(parts, call)
    const refusal = 'code' in prepared ? prepared : takeOrSayWhy(parts, prepared)
    if (refusal === undefined) return taken
    parts.log('info', 'a click was refused', { callId, ...refusal })
    if (exchange.isAnswered()) parts.switchboard.take(refusedCall(call, refusal, parts.clock.now()))
    return refuse(refusal)
  }
}

/** The call as it shall be taken, or why not. */
async function prepare(parts: ClickParts, call: Call): Promise<Call | Refusal> {
  if (!DIALABLE.test(call.number)) return { code: 'invalid_number', text: `“${call.number}” cannot be dialled.` }
  if (!LINE.test(call.line)) return { code: 'unavailable', text: `There is no line “${call.line}”.` }
  try {
    const asked = parts.directory.findClient(call.number)
    const agent = await parts.directory.findAgent(call.userId)
    if (!agent) return { code: 'no_extension', text: 'You have no extension. An admin sets it in the telephony settings, under users.' }
    // The PBX is asked while the portal looks for the customer's name.
    const [verdict, client] = await Promise.all([parts.pbx.preflight({ ...call, extension: agent.extension, isCallOut: true }), asked])
    if (!verdict.ok) return { code: verdict.code, text: verdict.text }
    const prepared: Call = { ...call, extension: agent.extension, agentName: agent.name, clientName: client.name }
    // After the last await: two clicks of one user cannot both find the line free.
    if (parts.switchboard.isBusy(call.userId)) return { code: 'busy', text: 'You are on another call.' }
    return prepared
  } catch (error) {
    return { code: 'unavailable', text: `The connector could not prepare the call: ${wordsOf(error)}` }
  }
}

/** What cannot be written down is not dialled: nobody would know of it after a crash. */
function takeOrSayWhy({ switchboard, log }: ClickParts, call: Call): Refusal | undefined {
  try {
    switchboard.take(call)
    return undefined
  } catch (error) {
    log('error', 'the journal cannot be written', { callId: call.callId, why: wordsOf(error) })
    return { code: 'unavailable', text: `The connector cannot write the call down, so it does not dial: ${wordsOf(error)}` }
  }
}

function draftCall(data: ExternalCallStart, receivedAt: number): Call {
  return {
    callId: String(data.CALL_ID),
    direction: 'out',
    state: 'new',
    userId: String(data.USER_ID),
    extension: '',
    agentName: '',
    clientName: '',
    number: String(data.PHONE_NUMBER_INTERNATIONAL || data.PHONE_NUMBER),
    line: String(data.LINE_NUMBER ?? ''),
    extensionDigits: String(data.EXTENSION ?? '')
      .replaceAll(/[^0-9*#]/g, '')
      .slice(0, 20),
    receivedAt,
  }
}

/** A call that is over before anybody was rung: the portal is told by `finish`. */
export function refusedCall(call: Call, refusal: Refusal, at: number): Call {
  const outcome = decideOutcome({
    direction: 'out',
    hasAgentAnswered: false,
    hasTalked: false,
    hasRung: false,
    ending: { kind: 'refused', ...refusal },
  })
  return { ...call, ...outcome, state: 'ended', endedAt: at, endedBy: 'connector' }
}
