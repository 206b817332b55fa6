/**
 * The order of notices across processes: before a notice may stand in its lane here, the store is asked whether an older one of its
 * order is still open anywhere. Who is held back asks again, soon and then at most every second; at once when one of its order ended here.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

interface Ordered {
  readonly id: number
  readonly orderKey: string | null
}

/** What turns need. */
export interface TurnParts<J extends Ordered> {
  readonly clock: Clock
  readonly log: Log
  /** which of these have to wait for an older one of their order: their ids */
  heldBack(jobs: readonly J[]): Promise<ReadonlySet<number>>
  /** the turn of this one has come */
  enter(job: J): void
}

/** The turns of a loop. */
export interface Turns<J extends Ordered> {
  wait(job: J): void
  /** one of this order ended here */
  ended(orderKey: string): void
  /** all that wait; nothing does afterwards */
  clear(): J[]
}

const firstPauseMs = 25
const longestPauseMs = 1000
const askedTogether = 500

/** Turns that ask in batches, one question at a time. */
export function createTurns<J extends Ordered>({ clock, log, heldBack, enter }: TurnParts<J>): Turns<J> {
  let toAsk: Waiting<J>[] = []
  const parked = new Map<Waiting<J>, () => void>()
  let asking = false
  let cleared = false
  let asked: readonly Waiting<J>[] = []

  const park = (one: Waiting<J>): void => {
    const again = (): void => {
      parked.delete(one)
      push({ job: one.job, pauseMs: Math.min(one.pauseMs * 2, longestPauseMs) })
    }
    parked.set(one, clock.at(clock.now() + one.pauseMs, again))
  }

  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    while (toAsk.length > 0 && !cleared) {
      asked = toAsk.slice(0, askedTogether)
      toAsk = toAsk.slice(askedTogether)
      const held = await heldBack(asked.map(({ job }) => job)).catch((error: unknown) => {
        log.warn({ err: error }, 'the order of notices could not be looked at; trying again')
        return null
      })
      if (cleared) break
      for (const one of asked)
        if (held === null || held.has(one.job.id)) park(one)
        else enter(one.job)
      asked = []
    }
    asking = false
  }

  const push = (one: Waiting<J>): void => {
    toAsk.push(one)
    void ask()
  }

  return {
    wait: (job) => push({ job, pauseMs: firstPauseMs }),
    ended(orderKey) {
      for (const [one, cancel] of parked) {
        if (one.job.orderKey !== orderKey) continue
        cancel()
        parked.delete(one)
        push({ job: one.job, pauseMs: firstPauseMs })
      }
    },
    clear() {
      cleared = true
      for (const cancel of parked.values()) cancel()
      const all = [...toAsk, ...asked, ...parked.keys()].map(({ job }) => job)
      toAsk = []
      parked.clear()
      return all
    },
  }
}

interface Waiting<J> {
  readonly job: J
  /** until it asks again */
  readonly pauseMs: number
}
