import type { LegName } from './pbx.ts'

/**
 * Whose phones a call rings, beyond the first: those of an incoming call, and whoever a talk is handed over to.
 * `waiting`: rings when the ones before it did not take the call.
 */
export interface Seat {
  readonly userId: string
  readonly name: string
  readonly extension: string
  /** Which time it is rung in this call; 1 if absent. */
  readonly round?: number
  readonly state: 'waiting' | 'ringing' | 'talking' | 'gone'
}

/** Somebody who may take a call, before anything rings. `userId` is empty for a phone that is no user's. */
export type SeatPerson = Omit<Seat, 'state' | 'round'>

/** What seats know of a call. */
export interface Seated {
  readonly extension: string
  readonly seats?: readonly Seat[]
}

/** The seat of a leg's event; `undefined` for a call without seats, and for the client. */
export function seatOf(call: Seated, leg: LegName, extension: string | undefined): Seat | undefined {
  return leg === 'agent' ? call.seats?.find((seat) => seat.extension === (extension ?? call.extension)) : undefined
}

/** The seats with one of them moved on. */
export function moveSeat(call: Seated, extension: string, state: Seat['state']): readonly Seat[] {
  return (call.seats ?? []).map((seat) => (seat.extension === extension ? { ...seat, state } : seat))
}

/** Seats in a state. */
export function seatsThat(call: Seated, state: Seat['state']): readonly Seat[] {
  return call.seats?.filter((seat) => seat.state === state) ?? []
}

/** The users of seats, each once; phones that are no user's have none. */
export function usersOf(seats: readonly Seat[]): readonly string[] {
  return [...new Set(seats.map(({ userId }) => userId).filter((userId) => userId !== ''))]
}
