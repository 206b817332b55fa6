/**
 * The clock of processes that share a database: the database's time, so that leases, deadlines and the order of events mean the same in
 * all of them, and a machine whose clock is wrong or stepped harms nothing. Between two looks it goes on by the machine's monotonic timer.
 */
import { clockOf, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Engine } from './engine.ts'

const lookEveryMs = 10_000
const firstLooks = 3

/** A clock that keeps to the database's time until it is stopped. */
export interface SharedClock extends Clock {
  stop(): void
}

interface Look {
  /** the database's time minus the machine's timer */
  readonly offsetMs: number
  /** by this much it may be wrong */
  readonly errorMs: number
}

async function look(engine: Pick<Engine, 'databaseTime'>): Promise<Look> {
  const before = performance.now()
  const time = await engine.databaseTime()
  const after = performance.now()
  return { offsetMs: time - (before + after) / 2, errorMs: (after - before) / 2 }
}

/** Looks at the database's time, now and every ten seconds. While the database is away the clock goes on by itself. */
export async function openSharedClock(engine: Pick<Engine, 'databaseTime'>, log: Log): Promise<SharedClock> {
  let best = await look(engine)
  for (let more = 1; more < firstLooks; more++) {
    const next = await look(engine)
    if (next.errorMs < best.errorMs) best = next
  }
  let { offsetMs } = best
  const correct = async (): Promise<void> => {
    const { offsetMs: seen, errorMs } = await look(engine)
    // a look over a slow network does not make the clock jump to and fro
    if (Math.abs(seen - offsetMs) > errorMs + 1) offsetMs = seen
  }
  const timer = setInterval(() => {
    correct().catch((error: unknown) => log.warn({ err: error }, "the database's time could not be read"))
  }, lookEveryMs)
  timer.unref()
  return { ...clockOf(() => Math.round(performance.now() + offsetMs)), stop: () => clearInterval(timer) }
}
