/**
 * The order of notices: those with one key go one after the other; one that is tried again later holds those behind it for 30 s at
 * most, then they pass it (design 11.9).
 */
import type { Clock } from '../clock.ts'

interface Ordered {
  readonly id: number
  readonly orderKey: string | null
}

interface Lane<J> {
  busy: boolean
  /** by the id of who comes back: ends its hold */
  readonly holds: Map<number, () => void>
  /** who has held for its 30 s: it does not hold again */
  readonly passed: Set<number>
  /** by id */
  readonly waiting: J[]
}

/** The lanes of a loop. */
export interface Lanes<J extends Ordered> {
  /** `admit` gets it now, or when those before it are through */
  enter(job: J): void
  /** its turn is over; `isComingBack`: it will be tried again */
  leave(job: J, isComingBack: boolean): void
  /** all that have not been admitted; the lanes are empty after it */
  clear(): J[]
}

const holdMs = 30_000

/** Lanes that admit by `admit`. */
export function createLanes<J extends Ordered>(clock: Clock, admit: (job: J) => void): Lanes<J> {
  const lanes = new Map<string, Lane<J>>()

  const laneOf = (key: string): Lane<J> => {
    let lane = lanes.get(key)
    if (!lane) lanes.set(key, (lane = { busy: false, holds: new Map(), passed: new Set(), waiting: [] }))
    return lane
  }

  const advance = (key: string, lane: Lane<J>): void => {
    if (lane.busy) return
    const [first] = lane.waiting
    if (first && (lane.holds.size === 0 || isBack(lane, first))) {
      lane.waiting.shift()
      lane.busy = true
      admit(first)
    } else if (!first && lane.holds.size === 0) lanes.delete(key)
  }

  const hold = (key: string, lane: Lane<J>, id: number): void => {
    if (isBack(lane, { id })) return
    lane.holds.set(
      id,
      clock.at(clock.now() + holdMs, () => {
        lane.holds.delete(id)
        lane.passed.add(id)
        advance(key, lane)
      }),
    )
  }

  return {
    enter(job) {
      if (job.orderKey === null) return admit(job)
      const lane = laneOf(job.orderKey)
      const before = lane.waiting.findIndex((other) => other.id > job.id)
      lane.waiting.splice(before < 0 ? lane.waiting.length : before, 0, job)
      advance(job.orderKey, lane)
    },
    leave(job, isComingBack) {
      if (job.orderKey === null) return
      const lane = laneOf(job.orderKey)
      lane.busy = false
      if (isComingBack) hold(job.orderKey, lane, job.id)
      else {
        lane.holds.get(job.id)?.()
        lane.holds.delete(job.id)
        lane.passed.delete(job.id)
      }
      advance(job.orderKey, lane)
    },
    clear() {
      const waiting = [...lanes.values()].flatMap((lane) => lane.waiting)
      for (const lane of lanes.values()) for (const cancel of lane.holds.values()) cancel()
      lanes.clear()
      return waiting
    },
  }
}

/** It has been here before: its own hold does not keep it back. */
function isBack(lane: Pick<Lane<never>, 'holds' | 'passed'>, { id }: Pick<Ordered, 'id'>): boolean {
  return lane.holds.has(id) || lane.passed.has(id)
}
