import type { PortalClient } from '@hookswitch/sdk'
import { DIALABLE } from './clicks.ts'
import type { Call } from './call.ts'
import type { Clock } from './clock.ts'
import type { Agent, Directory } from './directory.ts'
import { wordsOf, type Log } from './log.ts'
import type { IncomingEvent, Pbx } from './pbx.ts'
import type { Switchboard } from './switchboard.ts'

/** What incoming calls need. `installerId` is rung when nobody is responsible for the caller. */
export interface IncomingParts {
  readonly portal: () => PortalClient | undefined
  readonly installerId: () => string | undefined
  readonly directory: Directory
  readonly pbx: Pbx
  readonly switchboard: Switchboard
  readonly clock: Clock
  readonly log: Log
}

/**
 * Somebody calls in: registered with the portal (TYPE 2; the PBX's own id as EXTERNAL_CALL_ID, so that a repeat is the same call), the card
 * shown to the responsible user, and that user rung (contract 4.2, 4.4). Rejects when it cannot be done; then the caller is left to the PBX.
 */
export async function receiveIncoming(parts: IncomingParts, event: IncomingEvent): Promise<void> {
  const portal = parts.portal()
  if (!portal) throw new Error('the app is not installed on a portal')
  if (!DIALABLE.test(event.number)) throw new Error(`“${event.number}” is not a number`)
  const client = await parts.directory.findClient(event.number)
  const agent = await findFreeAgent(parts, client.responsibleId)
  if (!agent) throw new Error('nobody with an extension is free')
  const { CALL_ID: callId } = await portal.call('telephony.externalCall.register', {
    USER_ID: agent.userId,
    PHONE_NUMBER: event.number,
    TYPE: 2,
    CALL_START_DATE: new Date(event.at).toISOString(),
    SHOW: 0,
    EXTERNAL_CALL_ID: event.ref,
    ...(event.line ? { LINE_NUMBER: event.line } : {}),
  })
  const call: Call = {
    callId,
    direction: 'in',
    state: 'new',
    userId: agent.userId,
    extension: agent.extension,
    agentName: agent.name,
    clientName: client.name,
    number: event.number,
    line: event.line,
    extensionDigits: '',
    receivedAt: parts.clock.now(),
  }
  // On disk before the caller is tied to it: an event of a leg that belongs to no call is hung up.
  if (!parts.switchboard.take(call)) return
  portal.call('telephony.externalCall.show', { CALL_ID: callId, USER_ID: agent.userId }).catch((error: unknown) => {
    parts.log('warn', 'the card was not shown', { callId, why: wordsOf(error) })
  })
  if (await parts.pbx.takeIncoming(event.ref, call)) return
  parts.switchboard.apply(callId, { type: 'leg', leg: 'client', state: 'ended', cause: { q850: 16 }, at: parts.clock.now() })
}

/** The responsible user, else who installed the app, if one of them has an extension and is on no call. */
export async function findFreeAgent(parts: IncomingParts, responsibleId: string | undefined): Promise<Agent | undefined> {
  for (const userId of [responsibleId, parts.installerId()]) {
    const agent = userId ? await parts.directory.findAgent(userId) : undefined
    if (agent && !parts.switchboard.isBusy(agent.userId)) return agent
  }
  return undefined
}
