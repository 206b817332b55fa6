import type { HangupCause, LegName } from '../pbx.ts'
import type { Names } from './names.ts'

/** What the driver knows of one leg. */
export interface Leg {
  readonly part: LegName
  /** Whose phone; empty for the client's. */
  readonly extension: string
  /** Which time the phone is rung in this call. */
  readonly round: number
  readonly channelId: string
  state: 'idle' | 'placed' | 'ringing' | 'answered' | 'ended'
  /** The order to ring it is under way: the PBX may not have it yet. */
  isBeingPlaced: boolean
  /** Its channel obeys our orders. An originated one does so from its answer, a created one from its beginning. */
  isEntered: boolean
  /** The connector wants it gone, maybe before it stands. */
  isDropped: boolean
  /** Why it could not be reached, of a leg that we ended because its dialplan did not. */
  toneCause?: HangupCause
  /** Digits that this person has keyed, and when the last of them came. */
  keyed: { text: string; at: number }
  /** Settles when the channel obeys (true), or is gone (false). */
  readonly entered: PromiseWithResolvers<boolean>
}

/** What the driver knows of one call. Nothing in it outlives the process: after a restart it is read from the PBX. */
export interface Room {
  readonly callId: string
  readonly agents: Map<string, Leg>
  client: Leg
  /** The client called in: the channel is the PBX's own, and waits until it is connected. */
  isCaller: boolean
  isConnected: boolean
  /** To be sent after the client's answer. */
  digits: string
}

/** The calls of this run of the connector: the newest thousand, and all that stand. */
export interface Rooms {
  /** The room of a call, made if there is none. */
  of(callId: string): Room
  find(callId: string): Room | undefined
  /** The leg of an agent, made if there is none, or if this is a later round. Without `round`: the one that counts now. */
  agent(room: Room, extension: string, round?: number): Leg
  /** Ties a caller's channel to a call. */
  tie(callId: string, channelId: string): Room
  /** The call of a caller's channel. */
  ofCaller(channelId: string): Room | undefined
  all(): Room[]
}

/** States only ever move to the right; events of a PBX overtake each other. */
export const RANK: Readonly<Record<Leg['state'], number>> = { idle: 0, placed: 1, ringing: 2, answered: 3, ended: 4 }

const ROOMS_KEPT = 1_000

/** True from the order to the end. */
export function isStanding({ state }: Leg): boolean {
  return state === 'placed' || state === 'ringing' || state === 'answered'
}

/** All legs of a call, the client's last. */
export function legsOf({ agents, client }: Room): readonly Leg[] {
  return [...agents.values(), client]
}

/** True while one of its legs stands. */
export function isOccupied(room: Room): boolean {
  return legsOf(room).some(isStanding)
}

/** Makes an empty house. */
export function createRooms(names: Names): Rooms {
  const rooms = new Map<string, Room>()
  const callers = new Map<string, Room>()

  function of(callId: string): Room {
    const known = rooms.get(callId)
    if (known) return known
    const client = idleLeg('client', '', names.of(callId, 'client'))
    const room: Room = { callId, agents: new Map(), client, isCaller: false, isConnected: false, digits: '' }
    rooms.set(callId, room)
    const [oldest, old] = rooms.entries().next().value ?? []
    if (rooms.size > ROOMS_KEPT && oldest !== undefined && old && !isOccupied(old)) {
      rooms.delete(oldest)
      callers.delete(old.client.channelId)
    }
    return room
  }

  return {
    of,
    find: (callId) => rooms.get(callId),
    agent(room, extension, round) {
      const known = room.agents.get(extension)
      if (known && (round === undefined || known.round >= round)) return known
      const part = round === undefined || round === 1 ? extension : `${extension}.${round}`
      const leg = { ...idleLeg('agent', extension, names.of(room.callId, `agent.${part}`)), round: round ?? 1 }
      room.agents.set(extension, leg)
      return leg
    },
    tie(callId, channelId) {
      const room = of(callId)
      if (room.isCaller) return room
      room.client = { ...idleLeg('client', '', channelId), state: 'answered', isEntered: true }
      room.isCaller = true
      callers.set(channelId, room)
      return room
    },
    ofCaller: (channelId) => callers.get(channelId),
    all: () => [...rooms.values()],
  }
}

function idleLeg(part: LegName, extension: string, channelId: string): Leg {
  return {
    part,
    extension,
    round: 1,
    channelId,
    state: 'idle',
    isBeingPlaced: false,
    isEntered: false,
    isDropped: false,
    keyed: { text: '', at: 0 },
    entered: Promise.withResolvers(),
  }
}
