import type { PortalClient } from '@hookswitch/sdk'
import { DIALABLE, LINE } from './clicks.ts'
import type { Call } from './call.ts'
import type { Clock } from './clock.ts'
import type { Agent, Client, Directory } from './directory.ts'
import { wordsOf, type Log } from './log.ts'
import { decideOutcome } from './outcome.ts'
import type { IncomingEvent, Pbx, TransferEvent } from './pbx.ts'
import type { Seat, SeatPerson } from './seats.ts'
import type { Switchboard } from './switchboard.ts'

/** What incoming calls need. `installerId` is rung when nobody else is known. */
export interface IncomingParts {
  readonly portal: () => PortalClient | undefined
  readonly installerId: () => string | undefined
  /** Extensions that ring for a line when the responsible person does not take the call. */
  readonly groupOf: (line: string) => readonly string[]
  readonly directory: Directory
  readonly pbx: Pbx
  readonly switchboard: Switchboard
  readonly clock: Clock
  readonly log: Log
}

/**
 * Somebody calls in: registered with the portal (TYPE 2; the PBX's own id as EXTERNAL_CALL_ID, so that a repeat is the same call), and rung at
 * the responsible user's phone first, then at the line's group; cards follow the ringing (contract 4.2, 4.4). With nobody to ring it is a
 * missed call. Rejects when the portal cannot be asked; in both cases the caller is left to the PBX's own plan.
 */
export async function receiveIncoming(parts: IncomingParts, event: IncomingEvent): Promise<void> {
  try {
    await take(parts, event)
  } catch (error) {
    await parts.pbx.leaveIncoming(event.ref)
    throw error
  }
}

async function take(parts: IncomingParts, event: IncomingEvent): Promise<void> {
  const portal = parts.portal()
  if (!portal) throw new Error('the app is not installed on a portal')
  if (!DIALABLE.test(event.number)) throw new Error(`“${event.number}” is not a number`)
  const line = LINE.test(event.line) ? event.line : ''
  const client = await parts.directory.findClient(event.number)
  const seats = await findSeats(parts, client, { number: event.number, line })
  const ownerId = seats[0]?.userId || client.responsibleId || parts.installerId()
  if (ownerId === undefined) throw new Error('there is no user whose call it could be')
  const { CALL_ID: callId } = await portal.call('telephony.externalCall.register', {
    USER_ID: ownerId,
    PHONE_NUMBER: event.number,
    TYPE: 2,
    CALL_START_DATE: new Date(event.at).toISOString(),
    SHOW: 0,
    EXTERNAL_CALL_ID: event.ref,
    ...(line ? { LINE_NUMBER: line } : {}),
  })
  const call: Call = {
    callId,
    direction: 'in',
    state: 'new',
    userId: ownerId,
    extension: seats[0]?.extension ?? '',
    agentName: seats[0]?.name ?? '',
    clientName: client.name,
    number: event.number,
    line,
    extensionDigits: '',
    receivedAt: parts.clock.now(),
    seats,
  }
  if (seats.length === 0) {
    parts.log('info', 'nobody is free to take a call', { callId })
    parts.switchboard.take(missedCall(call, parts.clock.now()))
    return parts.pbx.leaveIncoming(event.ref)
  }
  // The caller is tied to the call before anybody rings, and the call is on disk before that: a leg that belongs to no call is hung up.
  if (!parts.switchboard.take(call, () => parts.pbx.takeIncoming(event.ref, call))) parts.log('info', 'a repeat was dropped', { callId })
}

/** Whose phones ring, the first ones `ringing`: the responsible person, the line's group, and if there is neither, who installed the app. */
async function findSeats(parts: IncomingParts, client: Client, route: { readonly number: string; readonly line: string }): Promise<Seat[]> {
  const free = async (person: SeatPerson | undefined): Promise<SeatPerson[]> => {
    if (!person || (person.userId !== '' && parts.switchboard.isBusy(person.userId))) return []
    return (await parts.pbx.preflight({ ...route, line: '', extension: person.extension })).ok ? [person] : []
  }
  const responsible = client.responsibleId === undefined ? [] : await free(await parts.directory.findAgent(client.responsibleId))
  const group: SeatPerson[] = []
  for (const extension of parts.groupOf(route.line)) group.push(...(await free(await personAt(parts, extension))))
  const others = group.filter(({ extension }) => extension !== responsible[0]?.extension)
  if (client.isResponsibleAway && others.length > 0) return others.map((person) => ({ ...person, state: 'ringing' }))
  const first = responsible.length > 0 || others.length > 0 ? responsible : await free(await findInstaller(parts))
  const state = first.length > 0 ? 'waiting' : 'ringing'
  return [...first.map((person): Seat => ({ ...person, state: 'ringing' })), ...others.map((person): Seat => ({ ...person, state }))]
}

async function personAt(parts: IncomingParts, extension: string): Promise<SeatPerson> {
  return (await parts.directory.findByExtension(extension)) ?? { userId: '', name: '', extension }
}

async function findInstaller(parts: IncomingParts): Promise<Agent | undefined> {
  const userId = parts.installerId()
  return userId === undefined ? undefined : parts.directory.findAgent(userId)
}

function missedCall(call: Call, at: number): Call {
  const ending = { kind: 'ring_timeout', leg: 'agent' } as const
  const outcome = decideOutcome({ direction: 'in', hasAgentAnswered: false, hasTalked: false, hasRung: false, ending })
  return { ...call, ...outcome, failedReason: 'Nobody was free', state: 'ended', endedAt: at, endedBy: 'connector' }
}

/** Rings whom the talking agent keyed. */
export async function receiveTransfer(parts: IncomingParts, { callId, extension, to }: TransferEvent): Promise<void> {
  if (parts.switchboard.find(callId)?.extension !== extension) return
  await handOver(parts, callId, to)
}

/** What was asked at the call card: by whom, and who shall ring. Answers why not, in words for who asked. */
export async function receiveTransferWish(
  parts: IncomingParts,
  { callId, userId, to }: { readonly callId: string; readonly userId: string; readonly to: string },
): Promise<string | undefined> {
  const call = parts.switchboard.find(callId)
  if (call?.userId !== userId) return 'You do not talk on this call any more.'
  if (call.state !== 'talking') return 'Only a talk can be handed over: wait until both of you talk.'
  if (call.extension === to) return 'That is your own phone.'
  const rung = call.seats?.find(({ state }) => state === 'ringing')
  if (rung) return `It rings at ${rung.name || rung.extension} already.`
  return handOver(parts, callId, to)
}

/** Rings whoever shall take a talk over; the card goes along. Whom the portal does not know is rung too, without a card. */
async function handOver(parts: IncomingParts, callId: string, to: string): Promise<string | undefined> {
  const person = await personAt(parts, to)
  const verdict = await parts.pbx.preflight({ extension: to, number: '', line: '' })
  const isBusy = person.userId !== '' && parts.switchboard.isBusy(person.userId)
  const why = verdict.ok ? (isBusy ? `${person.name || to} is on another call.` : undefined) : verdict.text
  if (why === undefined) parts.switchboard.apply(callId, { type: 'transfer', to: person })
  else parts.log('info', 'a transfer was refused', { callId, to, why })
  return why
}

/** Sees to what the PBX says of callers and of transfers; `onTrouble` is told what a person should know. */
export function listenToCallers(parts: IncomingParts, onTrouble: (text: string) => void): () => void {
  return parts.pbx.events((event) => {
    if (event.type === 'incoming') {
      receiveIncoming(parts, event).catch((error: unknown) => {
        parts.log('warn', 'an incoming call was not taken', { ref: event.ref, why: wordsOf(error) })
        onTrouble(wordsOf(error))
      })
    }
    if (event.type === 'transfer') {
      receiveTransfer(parts, event).catch((error: unknown) => {
        parts.log('warn', 'a call was not handed over', { callId: event.callId, why: wordsOf(error) })
      })
    }
  })
}

/** The responsible user, else who installed the app, if one of them has an extension and is on no call. */
export async function findFreeAgent(parts: IncomingParts, responsibleId: string | undefined): Promise<Agent | undefined> {
  for (const userId of [responsibleId, parts.installerId()]) {
    const agent = userId ? await parts.directory.findAgent(userId) : undefined
    if (agent && !parts.switchboard.isBusy(agent.userId)) return agent
  }
  return undefined
}
