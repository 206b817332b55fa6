import type { Call, CallInput } from './call.ts'
import type { Clock } from './clock.ts'
import { wordsOf, type Log } from './log.ts'
import type { LegName, LiveLeg, Pbx } from './pbx.ts'
import { seatsThat } from './seats.ts'

/** What recovery works with; `apply`, `limit`, `connect` and `record` are the switchboard's. */
export interface RecoveryParts {
  /** Calls that were open before the PBX is asked. */
  readonly open: readonly Call[]
  /** A call that is open now, also one that came while the PBX was asked. */
  readonly find: (callId: string) => Call | undefined
  readonly apply: (callId: string, input: CallInput) => void
  readonly limit: (callId: string, on: 'first' | 'agent' | 'client' | 'talk') => void
  readonly record: (call: Call) => void
  /** Lets the agent and the caller talk, and records them. Does nothing to those who do. */
  readonly connect: (call: Call) => void
  readonly pbx: Pbx
  readonly clock: Clock
  readonly log: Log
  /** When the connector last noted that it lived. */
  readonly lastAlive: number | undefined
}

/** A click is good for seconds (design 6): older than this it is not dialled any more. */
const DIAL_WITHIN_MS = 30_000

type Legs = Partial<Record<LegName, LiveLeg['state']>> & { readonly all: readonly LiveLeg[] }

/**
 * Brings the journal and the PBX together (pbx 7, "recovery"):
 * - `new`: certainly never dialled; begun if young, else ended.
 * - both legs stand: adopted; if both are answered the talk goes on, and its recording is asked for.
 * - the agent alone: hung up if the client had been dialled; the client is dialled only if the click is young.
 * - a call with seats: phones that are gone are taken off, one that was answered gets the caller; without its caller it is over.
 * - nothing stands: ended, as of the last moment at which the connector is known to have lived.
 * - legs of no open call: hung up.
 */
export async function recoverCalls(parts: RecoveryParts): Promise<void> {
  const { pbx, log } = parts
  const legs = byCall(await pbx.list())
  for (const call of parts.open) recoverCall(parts, call, legs.get(call.callId) ?? { all: [] })
  for (const [callId, stray] of legs) {
    if (parts.find(callId)) continue
    log('warn', 'legs of no open call are hung up', { callId })
    for (const { leg } of stray.all) {
      await pbx.hangup({ callId, leg }).catch((error: unknown) => log('warn', 'hanging up failed', { callId, why: wordsOf(error) }))
    }
  }
}

function recoverCall(parts: RecoveryParts, call: Call, legs: Legs): void {
  const now = parts.clock.now()
  const isYoung = now - call.receivedAt < DIAL_WITHIN_MS
  const lost = (text: string) => parts.apply(call.callId, { type: 'end', at: lastSeen(parts, call), ending: { kind: 'lost', text } })
  parts.log('info', 'an open call is taken up again', { callId: call.callId, state: call.state, legs: legs.all })

  if (call.seats) return recoverSeats(parts, call, legs)

  if (call.state === 'new')
    return isYoung ? parts.apply(call.callId, { type: 'begin', at: now }) : lost('The connector was down; too late to dial')
  if (!legs.agent) return lost('The connector or the PBX was restarted during the call')
  if (call.state === 'agent_ringing') return recoverRinging(parts, call, legs)
  if (call.state === 'agent_answered')
    return isYoung
      ? parts.apply(call.callId, { type: 'dial_client', at: now })
      : lost('The connector was down; too late to dial the customer')
  if (!legs.client) return lost('The connector or the PBX was restarted during the call')
  if (call.state === 'client_ringing' && legs.client === 'answered')
    return parts.apply(call.callId, { type: 'leg', leg: 'client', state: 'answered', at: now })
  if (legs.client === 'ringing') parts.apply(call.callId, { type: 'leg', leg: 'client', state: 'ringing', at: now })
  // Asked for again: the connector may have died between noting it and asking.
  if (call.state === 'talking') parts.record(call)
  parts.limit(call.callId, call.state === 'talking' ? 'talk' : 'client')
}

function recoverRinging(parts: RecoveryParts, call: Call, legs: Legs): void {
  const at = parts.clock.now()
  if (legs.agent === 'answered') return parts.apply(call.callId, { type: 'leg', leg: 'agent', state: 'answered', at })
  if (legs.agent === 'ringing') parts.apply(call.callId, { type: 'leg', leg: 'agent', state: 'ringing', at })
  parts.limit(call.callId, 'agent')
}

function recoverSeats(parts: RecoveryParts, call: Call, legs: Legs): void {
  const { callId } = call
  const at = lastSeen(parts, call)
  const cause = { q850: 16 }
  // Nobody is rung before the caller is tied to the call.
  if (!legs.client) return parts.apply(callId, { type: 'leg', leg: 'client', state: 'ended', cause, at })
  if (call.state === 'new') return parts.apply(callId, { type: 'begin', at })
  for (const { extension } of [...seatsThat(call, 'ringing'), ...seatsThat(call, 'talking')]) {
    const found = legs.all.find((live) => live.leg === 'agent' && live.extension === extension)
    if (!found) parts.apply(callId, { type: 'leg', leg: 'agent', extension, state: 'ended', cause, at })
    else if (found.state === 'answered') parts.apply(callId, { type: 'leg', leg: 'agent', extension, state: 'answered', at })
  }
  const left = parts.find(callId)
  // One that ended, or was answered just now, has all that follows from it.
  if (left?.state !== call.state) return
  // Noted as talking is not yet brought together: the connector may have died between the two.
  if (left.state === 'talking') parts.connect(left)
  parts.limit(callId, left.state === 'talking' ? 'talk' : seatsThat(left, 'waiting').length > 0 ? 'first' : 'agent')
}

/** Nobody knows when a call ended that nobody watched: at the latest when the connector last lived, and never before its last state. */
function lastSeen(parts: RecoveryParts, call: Call): number {
  const known = call.talkingAt ?? call.agentAnsweredAt ?? call.receivedAt
  return Math.max(known, Math.min(parts.lastAlive ?? known, parts.clock.now()))
}

function byCall(live: readonly LiveLeg[]): Map<string, Legs> {
  const legs = new Map<string, Legs>()
  for (const one of live) {
    const known = legs.get(one.callId)
    legs.set(one.callId, { ...known, [one.leg]: one.state, all: [...(known?.all ?? []), one] })
  }
  return legs
}
