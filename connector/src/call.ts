import type { CallProgress, StatusCode } from '@hookswitch/sdk'
import { decideOutcome, type Ending } from './outcome.ts'
import type { HangupCause, LegName, PbxCall } from './pbx.ts'
import { moveSeat, seatOf, seatsThat, usersOf, type Seat, type SeatPerson } from './seats.ts'

/**
 * States of a call. They only ever move to the right; what happens on the way may skip some, because events of a PBX overtake each other.
 *
 *     click                                                                 finish taken      record taken
 *       │                                                                        │                 │
 *      new ──► agent_ringing ──► agent_answered ──► client_ringing ──► talking ──┤                 │
 *                   │ in: answered ──────────────────────────────────────►│      │                 │
 *                   │                  │                  │               │      │                 │
 *                   └──────────────────┴──────────────────┴───────────────┴─► ended ──► reported ──► attached
 *                      declined, busy, ring limit, canceled, lost                  │        │
 *                                                                                  └────────┴──────► closed
 *                                                                          the portal does not know it, or no recording
 *
 * A call with seats rings several phones: all of them decline before it is over, the first to answer talks, and a talk may be handed over to
 * one more.
 *
 * Each `…_ringing` is written to disk BEFORE its leg is placed: after a crash, `new` was certainly never dialled, and a leg of any later
 * state is never placed again.
 */
export type CallState =
  | 'new'
  | 'agent_ringing'
  | 'agent_answered'
  | 'client_ringing'
  | 'talking'
  | 'ended'
  | 'reported'
  | 'attached'
  | 'closed'

/** One call, as the journal keeps it. All times are milliseconds since 1970. */
export interface Call extends PbxCall {
  readonly direction: 'out' | 'in'
  /** The portal's user to be credited. */
  readonly userId: string
  readonly state: CallState
  readonly receivedAt: number
  readonly agentRingingAt?: number
  readonly agentAnsweredAt?: number
  readonly clientRingingAt?: number
  readonly talkingAt?: number
  readonly endedAt?: number
  readonly endedBy?: LegName | 'connector'
  readonly statusCode?: StatusCode
  readonly failedReason?: string
  /** Whose phones ring, of an incoming call and of one that was handed over. The call's own `extension` is that of who talks, or rings first. */
  readonly seats?: readonly Seat[]
  /** The portal does not know the call yet: how it is registered, and as what CALL_ID it was. Of calls made by hand. */
  readonly registration?: { readonly type: 1 | 2; readonly externalCallId: string; readonly callId?: string }
  /** The PBX was asked to record, and did not say that it does not: there may be a recording. */
  readonly isRecorded?: boolean
  /** Why there is no recording, or not all of it, a sentence for people. */
  readonly recordProblem?: string
  /** Why it is closed without all that was wanted. */
  readonly note?: string
}

/** What may happen to a call. */
export type CallInput =
  | { readonly type: 'begin'; readonly at: number }
  | { readonly type: 'dial_client'; readonly at: number }
  | {
      readonly type: 'leg'
      readonly leg: LegName
      /** Of an agent's leg; the call's own if absent. */
      readonly extension?: string
      readonly state: 'ringing' | 'answered' | 'ended'
      readonly cause?: HangupCause
      readonly at: number
    }
  /** It is asked to record, or said that it does not. */
  | { readonly type: 'recording'; readonly isRecorded: boolean; readonly problem?: string }
  /** The first ones had their time: the others ring too. */
  | { readonly type: 'widen' }
  | { readonly type: 'transfer'; readonly to: SeatPerson }
  | { readonly type: 'end'; readonly ending: Ending; readonly at: number }

/** What is to be done after the new state is on disk. */
export type Effect =
  | { readonly type: 'place_agent'; readonly extension?: string }
  /** Lets the agent at the call's `extension` and the client talk; then records. */
  | { readonly type: 'connect' }
  | { readonly type: 'show' | 'hide'; readonly userIds: readonly string[] }
  | { readonly type: 'dial_client' }
  | { readonly type: 'place_client' }
  | { readonly type: 'record' }
  | { readonly type: 'hangup'; readonly leg: LegName; readonly extension?: string }
  | { readonly type: 'limit'; readonly on: 'first' | 'agent' | 'client' | 'talk' }
  | { readonly type: 'progress'; readonly state: CallProgress; readonly at: number }
  | { readonly type: 'report' }

/** A call after something happened, and what follows from it. `call` is the same object when nothing changed. */
export interface Step {
  readonly call: Call
  readonly effects: readonly Effect[]
}

const RANK: Readonly<Record<CallState, number>> = {
  new: 0,
  agent_ringing: 1,
  agent_answered: 2,
  client_ringing: 3,
  talking: 4,
  ended: 5,
  reported: 6,
  attached: 7,
  closed: 7,
}

/** True until the talk, or the attempt, is over. */
export function isLive(call: Call): boolean {
  return RANK[call.state] < RANK.ended
}

/** Seconds of talk, at least 1 when both talked; DURATION of `finish` (contract 4.3). */
export function talkSeconds(call: Call): number {
  if (call.talkingAt === undefined || call.endedAt === undefined) return 0
  return Math.max(1, Math.round((call.endedAt - call.talkingAt) / 1000))
}

/** Moves a call. Pure: the same call and input give the same step. */
export function advance(call: Call, input: CallInput): Step {
  switch (input.type) {
    case 'begin':
      return begin(call)
    case 'dial_client':
      return call.state === 'agent_answered'
        ? step({ ...call, state: 'client_ringing' }, { type: 'place_client' }, { type: 'limit', on: 'client' })
        : step(call)
    case 'recording':
      return step({ ...call, isRecorded: input.isRecorded, ...(input.problem === undefined ? {} : { recordProblem: input.problem }) })
    case 'widen':
      return widen(call)
    case 'transfer':
      return transfer(call, input.to)
    case 'end':
      return end(call, input.ending, input.at)
    case 'leg':
      return input.state === 'ended' ? legEnded(call, input) : legAlive(call, input.state, input)
  }
}

type LegInput = Extract<CallInput, { readonly type: 'leg' }>

function begin(call: Call): Step {
  if (call.state !== 'new') return step(call)
  const ringing: Call = { ...call, state: 'agent_ringing' }
  if (!call.seats) return step(ringing, { type: 'place_agent' }, { type: 'limit', on: 'agent' })
  const first = seatsThat(call, 'ringing')
  const hasMore = seatsThat(call, 'waiting').length > 0
  return step(ringing, ...placeSeats(first), { type: 'limit', on: hasMore ? 'first' : 'agent' })
}

function placeSeats(seats: readonly Seat[]): Effect[] {
  return [{ type: 'show', userIds: usersOf(seats) }, ...seats.map(({ extension }): Effect => ({ type: 'place_agent', extension }))]
}

/** All that had to wait ring too; those that ring already go on. */
function widen(call: Call): Step {
  const waiting = seatsThat(call, 'waiting')
  if (call.state !== 'agent_ringing' || waiting.length === 0) return step(call)
  const seats = call.seats!.map((seat): Seat => (seat.state === 'waiting' ? { ...seat, state: 'ringing' } : seat))
  return step({ ...call, seats }, ...placeSeats(waiting), { type: 'limit', on: 'agent' })
}

/** The other phone rings while both talk on; who gets it is decided when it is answered. */
function transfer(call: Call, to: SeatPerson): Step {
  if (call.state !== 'talking' || to.extension === call.extension || seatsThat(call, 'ringing').length > 0) return step(call)
  const own: Seat = { userId: call.userId, name: call.agentName, extension: call.extension, state: 'talking' }
  const seats = call.seats ?? [own]
  const before = seats.find(({ extension }) => extension === to.extension)
  const next: Seat = { ...to, state: 'ringing', round: before?.state === 'gone' ? (before.round ?? 1) + 1 : 1 }
  return step({ ...call, seats: [...seats.filter((seat) => seat !== before), next] }, ...placeSeats([next]))
}

function legAlive(call: Call, state: 'ringing' | 'answered', { leg, extension, at }: LegInput): Step {
  // Answered in the very moment in which the call was given up: nobody may be left holding a line.
  if (!isLive(call)) return step(call, { type: 'hangup', leg })
  const seat = seatOf(call, leg, extension)
  if (seat) return state === 'ringing' ? agentRinging(call, at) : seatAnswered(call, seat, at)
  if (leg === 'agent') return state === 'ringing' ? agentRinging(call, at) : agentAnswered(call, at)
  // A caller who waits for the agent is "answered" from the start and changes nothing.
  if (call.direction === 'in') return step(call)
  return state === 'ringing' ? clientRinging(call, at) : talk(call, at)
}

function agentRinging(call: Call, at: number): Step {
  if (call.agentRingingAt !== undefined || RANK[call.state] > RANK.agent_ringing) return step(call)
  return step({ ...call, agentRingingAt: at }, { type: 'progress', state: 'ringing_agent', at })
}

function agentAnswered(call: Call, at: number): Step {
  if (RANK[call.state] > RANK.agent_ringing) return step(call)
  return step({ ...call, agentAnsweredAt: at, state: 'agent_answered' }, { type: 'dial_client' })
}

/** The first to answer talks to the caller; in a talk the one to whom it was handed over takes it. Who is too late is hung up. */
function seatAnswered(call: Call, { extension, state, userId, name }: Seat, at: number): Step {
  if (state === 'talking') return step(call)
  const isFirst = call.state === 'agent_ringing'
  if (state !== 'ringing' || (!isFirst && call.state !== 'talking')) return step(call, { type: 'hangup', leg: 'agent', extension })
  const others = [...seatsThat(call, 'ringing'), ...seatsThat(call, 'talking')].filter((seat) => seat.extension !== extension)
  const seats = call.seats!.map((seat): Seat => ({ ...seat, state: seat.extension === extension ? 'talking' : 'gone' }))
  const theirs = { extension, agentName: name, ...(userId === '' ? {} : { userId }), seats }
  const left = usersOf(others).filter((other) => other !== userId)
  const leave: Effect[] = [
    { type: 'connect' },
    ...others.map((seat): Effect => ({ type: 'hangup', leg: 'agent', extension: seat.extension })),
    { type: 'hide', userIds: left },
  ]
  if (!isFirst) return step({ ...call, ...theirs }, ...leave)
  const talking: Call = { ...call, ...theirs, state: 'talking', agentAnsweredAt: at, talkingAt: at }
  return step(talking, ...leave, { type: 'limit', on: 'talk' }, { type: 'progress', state: 'talking', at })
}

function clientRinging(call: Call, at: number): Step {
  if (call.clientRingingAt !== undefined || call.state !== 'client_ringing') return step(call)
  return step({ ...call, clientRingingAt: at }, { type: 'progress', state: 'ringing_client', at })
}

function talk(call: Call, at: number): Step {
  if (RANK[call.state] >= RANK.talking) return step(call)
  return step(
    { ...call, state: 'talking', talkingAt: at },
    { type: 'record' },
    { type: 'limit', on: 'talk' },
    { type: 'progress', state: 'talking', at },
  )
}

function legEnded(call: Call, { leg, extension, cause, at }: LegInput): Step {
  if (!isLive(call)) return step(call)
  const seat = seatOf(call, leg, extension)
  const ending: Ending = { kind: 'leg_ended', leg, cause: cause ?? { q850: 16 } }
  return seat ? seatEnded(call, seat, { ending, at }) : end(call, ending, at)
}

/** The call is over when nobody rings and nobody talks any more, and nobody is left to be rung. */
function seatEnded(call: Call, seat: Seat, { ending, at }: { readonly ending: Ending; readonly at: number }): Step {
  if (seat.state === 'gone') return step(call)
  const seats = moveSeat(call, seat.extension, 'gone')
  const left: Call = { ...call, seats }
  const isOver = !seats.some(({ state }) => state === 'ringing' || state === 'talking')
  if (!isOver) return step(left, { type: 'hide', userIds: usersOf([seat]) })
  const wider = widen(left)
  if (wider.call !== left) return wider
  // Of several who were rung each had a reason of their own; that nobody took the call is what they have in common.
  return end(left, seats.length > 1 && call.talkingAt === undefined ? { kind: 'ring_timeout', leg: 'agent' } : ending, at)
}

function end(call: Call, ending: Ending, at: number): Step {
  if (!isLive(call)) return step(call)
  const outcome = decideOutcome({
    direction: call.direction,
    hasAgentAnswered: call.agentAnsweredAt !== undefined,
    hasTalked: call.talkingAt !== undefined,
    hasRung: (ending.kind === 'leg_ended' && ending.leg === 'client' ? call.clientRingingAt : call.agentRingingAt) !== undefined,
    ending,
  })
  const gone = ending.kind === 'leg_ended' ? ending.leg : undefined
  const standing: readonly LegName[] = ['agent', 'client']
  const hangups = standing.filter((leg) => leg !== gone).map((leg): Effect => ({ type: 'hangup', leg }))
  return step({ ...call, ...outcome, state: 'ended', endedAt: at, endedBy: gone ?? 'connector' }, ...hangups, { type: 'report' })
}

function step(call: Call, ...effects: Effect[]): Step {
  return { call, effects }
}
