import type { CallProgress, StatusCode } from '@hookswitch/sdk'
import { decideOutcome, type Ending } from './outcome.ts'
import type { HangupCause, LegName, PbxCall } from './pbx.ts'

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
  /** The PBX said that it records. */
  readonly isRecorded?: boolean
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
      readonly state: 'ringing' | 'answered' | 'ended'
      readonly cause?: HangupCause
      readonly at: number
    }
  | { readonly type: 'recording' }
  | { readonly type: 'end'; readonly ending: Ending; readonly at: number }

/** What is to be done after the new state is on disk. */
export type Effect =
  | { readonly type: 'place_agent' }
  | { readonly type: 'dial_client' }
  | { readonly type: 'place_client' }
  | { readonly type: 'record' }
  | { readonly type: 'hangup'; readonly leg: LegName }
  | { readonly type: 'limit'; readonly on: 'agent' | 'client' | 'talk' }
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
      return call.state === 'new'
        ? step({ ...call, state: 'agent_ringing' }, { type: 'place_agent' }, { type: 'limit', on: 'agent' })
        : step(call)
    case 'dial_client':
      return call.state === 'agent_answered'
        ? step({ ...call, state: 'client_ringing' }, { type: 'place_client' }, { type: 'limit', on: 'client' })
        : step(call)
    case 'recording':
      return step({ ...call, isRecorded: true })
    case 'end':
      return end(call, input.ending, input.at)
    case 'leg':
      return input.state === 'ended' ? legEnded(call, input.leg, input.cause, input.at) : legAlive(call, input.leg, input.state, input.at)
  }
}

function legAlive(call: Call, leg: LegName, state: 'ringing' | 'answered', at: number): Step {
  // Answered in the very moment in which the call was given up: nobody may be left holding a line.
  if (!isLive(call)) return step(call, { type: 'hangup', leg })
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
  const answered: Call = { ...call, agentAnsweredAt: at }
  if (call.direction === 'in') return talk(answered, at)
  return step({ ...answered, state: 'agent_answered' }, { type: 'dial_client' })
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

function legEnded(call: Call, leg: LegName, cause: HangupCause | undefined, at: number): Step {
  if (!isLive(call)) return step(call)
  return end(call, { kind: 'leg_ended', leg, cause: cause ?? { q850: 16 } }, at)
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
