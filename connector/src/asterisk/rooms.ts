import type { HangupCause, LegName } from '../pbx.ts'

/** What the driver knows of one leg. */
export interface Leg {
  state: 'idle' | 'placed' | 'ringing' | 'answered' | 'ended'
  /** Its channel obeys our orders. An originated one does so from its answer, a created one from its beginning. */
  isEntered: boolean
  /** The connector wants it gone, maybe before it stands. */
  isDropped: boolean
  /** Why it could not be reached, of a leg that we ended because its dialplan did not. */
  toneCause?: HangupCause
  /** Settles when the channel obeys (true), or is gone (false). */
  readonly entered: PromiseWithResolvers<boolean>
}

/** What the driver knows of one call. Nothing in it outlives the process: after a restart it is read from the PBX. */
export interface Room extends Readonly<Record<LegName, Leg>> {
  readonly callId: string
  /** To be sent after the client's answer. */
  digits: string
}

/** The calls of this run of the connector: the newest thousand, and all that stand. */
export interface Rooms {
  /** The room of a call, made if there is none. */
  of(callId: string): Room
  find(callId: string): Room | undefined
  all(): Room[]
}

/** States only ever move to the right; events of a PBX overtake each other. */
export const RANK: Readonly<Record<Leg['state'], number>> = { idle: 0, placed: 1, ringing: 2, answered: 3, ended: 4 }

const ROOMS_KEPT = 1_000

/** True from the order to the end. */
export function isStanding({ state }: Leg): boolean {
  return state === 'placed' || state === 'ringing' || state === 'answered'
}

/** True while one of its legs stands. */
export function isOccupied({ agent, client }: Room): boolean {
  return isStanding(agent) || isStanding(client)
}

/** Makes an empty house. */
export function createRooms(): Rooms {
  const rooms = new Map<string, Room>()
  return {
    find: (callId) => rooms.get(callId),
    all: () => [...rooms.values()],
    of(callId) {
      const known = rooms.get(callId)
      if (known) return known
      const room: Room = { callId, agent: idleLeg(), client: idleLeg(), digits: '' }
      rooms.set(callId, room)
      const [oldest, old] = rooms.entries().next().value ?? []
      if (rooms.size > ROOMS_KEPT && oldest !== undefined && old && !isOccupied(old)) rooms.delete(oldest)
      return room
    },
  }
}

function idleLeg(): Leg {
  return { state: 'idle', isEntered: false, isDropped: false, entered: Promise.withResolvers() }
}
