import { accept, refuse, type Answer, type PortalClient, type PortalEvent } from '@hookswitch/sdk'
import type { Call } from './call.ts'
import { DIALABLE, LINE, refusedCall, type Refusal } from './clicks.ts'
import { findFreeAgent, type IncomingParts } from './incoming.ts'
import { wordsOf } from './log.ts'
import type { Agent } from './directory.ts'

/**
 * Listener of ONEXTERNALCALLBACKSTART (contract 2.3): a visitor wants to be called. The employee is the one responsible for the visitor, else
 * whoever installed the app; the call is registered with TYPE 4, which shows its card to that employee, and goes on as a click does: their
 * phone first, then the visitor's. A call of this number that is open already is the same call: the portal answers its CALL_ID again, and a
 * known CALL_ID is not dialled.
 */
export function createCallbackListener(parts: IncomingParts) {
  return async function receiveCallback({ data }: PortalEvent<'ONEXTERNALCALLBACKSTART'>): Promise<Answer> {
    const number = String(data.PHONE_NUMBER)
    const line = String(data.LINE_NUMBER ?? '')
    const refusal = await callBack(parts, { number, line })
    if (!refusal) return accept()
    parts.log('info', 'a callback was refused', { number, ...refusal })
    return refuse(refusal)
  }
}

interface Wish {
  readonly number: string
  readonly line: string
}

/** Why there is no call, or nothing. */
async function callBack(parts: IncomingParts, wish: Wish): Promise<Refusal | undefined> {
  if (!DIALABLE.test(wish.number)) return { code: 'invalid_number', text: `“${wish.number}” cannot be dialled.` }
  if (!LINE.test(wish.line)) return { code: 'unavailable', text: `There is no line “${wish.line}”.` }
  const portal = parts.portal()
  if (!portal) return { code: 'unavailable', text: 'The app is not installed on a portal.' }
  try {
    const client = await parts.directory.findClient(wish.number)
    const agent = await findFreeAgent(parts, client.responsibleId)
    if (!agent) return { code: 'busy', text: 'Nobody with an extension is free.' }
    const verdict = await parts.pbx.preflight({ ...wish, extension: agent.extension, isCallOut: true })
    if (!verdict.ok) return { code: verdict.code, text: verdict.text }
    const call = await register(parts, portal, { ...wish, agent, clientName: client.name })
    // The agent may have got another call meanwhile: a registered call is finished, not forgotten.
    const busy = { code: 'busy', text: `${agent.name} is on another call.` } as const
    parts.switchboard.take(parts.switchboard.isBusy(agent.userId) ? refusedCall(call, busy, parts.clock.now()) : call)
    return undefined
  } catch (error) {
    return { code: 'unavailable', text: `The connector could not prepare the call: ${wordsOf(error)}` }
  }
}

async function register(
  parts: IncomingParts,
  portal: PortalClient,
  { number, line, agent, clientName }: Wish & { readonly agent: Agent; readonly clientName: string },
): Promise<Call> {
  const { CALL_ID: callId } = await portal.call('telephony.externalCall.register', {
    USER_ID: agent.userId,
    PHONE_NUMBER: number,
    TYPE: 4,
    SHOW: 1,
    ...(line === '' ? {} : { LINE_NUMBER: line }),
  })
  return {
    callId,
    direction: 'out',
    state: 'new',
    userId: agent.userId,
    extension: agent.extension,
    agentName: agent.name,
    clientName,
    number,
    line,
    extensionDigits: '',
    receivedAt: parts.clock.now(),
  }
}
