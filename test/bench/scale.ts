/**
 * `npm run simulate`: how many databases and processes a number of portals needs. A discrete simulation of the busiest minutes of one database:
 * clicks come as a Poisson stream, each is worked on in a process, waits for the group commit of its database, and goes out from the process.
 * The same table stands in docs/explanation/scale.md. Nothing of it depends on the machine it runs on: the costs are given below.
 */

/** What a click costs where, in microseconds, with where the figure is from. */
export interface Costs {
  readonly name: string
  /** CPU of a portal process until the click goes to the writer */
  readonly beforeUs: number
  /** CPU of a portal process for the acknowledgement and two POSTs */
  readonly afterUs: number
  /** of a commit, whatever is in it */
  readonly commitUs: number
  /** of each click in a commit */
  readonly rowsUs: number
  readonly source: string
}

/** One kind of operation. `most` processes may work on one database. */
export interface Layout {
  readonly costs: Costs
  readonly mostProcesses: number
}

/** Who clicks how much. */
export interface Habits {
  /** of a portal, on a working day */
  readonly clicksADay: number
  /** the part of a working day's clicks in each hour, local time */
  readonly byHour: readonly number[]
  /** bytes that a click leaves for good and for the days of bodies */
  readonly keptBytes: number
  readonly bodyBytes: number
  readonly keptDays: number
  readonly bodyDays: number
}

/** What a run of the simulation found. */
export interface Simulated {
  readonly clicks: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly writerBusy: number
  readonly processBusy: number
}

/** The defaults of the page. */
export const habits: Habits = {
  clicksADay: 200,
  byHour: [0, 0, 0, 0, 0, 0, 0.005, 0.02, 0.07, 0.12, 0.14, 0.13, 0.08, 0.09, 0.12, 0.11, 0.07, 0.03, 0.01, 0.005, 0, 0, 0, 0],
  keptBytes: 2200,
  bodyBytes: 2600,
  keptDays: 90,
  bodyDays: 14,
}

/** The two engines. */
export const layouts: readonly Layout[] = [
  {
    mostProcesses: 1,
    costs: {
      name: 'SQLite',
      beforeUs: 290,
      afterUs: 430,
      commitUs: 250,
      rowsUs: 330,
      source: 'CPU of the main and of the writer thread over 6000 clicks, 64 at once; an fdatasync of a fast disk',
    },
  },
  {
    mostProcesses: 8,
    costs: {
      name: 'PostgreSQL',
      beforeUs: 630,
      afterUs: 940,
      commitUs: 500,
      rowsUs: 640,
      source: 'CPU of the process (test/bench/growth.test.ts) and of the connection that commits; the server reads beside it',
    },
  },
]

/** A writer or a process that is busier than this has no room for a bad minute. */
const mostBusy = 0.5
/** More is slow to back up and to bring back. */
const mostBytes = 2e12
const seconds = 20
const batchLimit = 512

/** A repeatable stream of numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What is going to happen, soonest first: a binary heap. */
class Agenda {
  readonly #events: Array<{ readonly at: number; readonly run: (at: number) => void }> = []

  add(at: number, run: (at: number) => void): void {
    const events = this.#events
    let index = events.push({ at, run }) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (events[parent]!.at <= events[index]!.at) break
      ;[events[parent], events[index]] = [events[index]!, events[parent]!]
      index = parent
    }
  }

  next(): { readonly at: number; readonly run: (at: number) => void } | undefined {
    const events = this.#events
    const first = events[0]
    const last = events.pop()
    if (!first || !last || events.length === 0) return first
    events[0] = last
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2]
      let least = index
      if (left < events.length && events[left]!.at < events[least]!.at) least = left
      if (right < events.length && events[right]!.at < events[least]!.at) least = right
      if (least === index) return first
      ;[events[least], events[index]] = [events[index]!, events[least]!]
      index = least
    }
  }
}

/** One that does one thing at a time, in order. */
class Worker {
  busyUs = 0
  #freeAt = 0

  /** When work that comes at `at` is done. */
  take(at: number, us: number): number {
    this.#freeAt = Math.max(this.#freeAt, at) + us
    this.busyUs += us
    return this.#freeAt
  }
}

/** The busiest minutes of one database. Times in microseconds inside. */
export function simulate({ costs, perSecond, processes }: { costs: Costs; perSecond: number; processes: number }): Simulated {
  const random = createRandom(Math.round(perSecond * 1000) + processes)
  const agenda = new Agenda()
  const workers = Array.from({ length: processes }, () => new Worker())
  const writer = new Worker()
  const times: number[] = []
  let waiting: Array<(at: number) => void> = []
  let isWriting = false

  const write = (at: number): void => {
    const batch = waiting.slice(0, batchLimit)
    waiting = waiting.slice(batchLimit)
    isWriting = batch.length > 0
    if (!isWriting) return
    agenda.add(writer.take(at, costs.commitUs + batch.length * costs.rowsUs), (done) => {
      for (const committed of batch) committed(done)
      write(done)
    })
  }
  const arrive = (at: number): void => {
    const worker = workers[Math.floor(random() * processes)]!
    agenda.add(worker.take(at, costs.beforeUs), (ready) => {
      waiting.push((committed) => times.push(worker.take(committed, costs.afterUs) - at))
      if (!isWriting) write(ready)
    })
    const next = at - (Math.log(1 - random()) / perSecond) * 1e6
    if (next < seconds * 1e6) agenda.add(next, arrive)
  }
  agenda.add(0, arrive)
  for (let event = agenda.next(); event; event = agenda.next()) event.run(event.at)

  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => (sorted[Math.floor(sorted.length * part)] ?? 0) / 1000
  return {
    clicks: times.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    writerBusy: writer.busyUs / (seconds * 1e6),
    processBusy: Math.max(...workers.map((worker) => worker.busyUs)) / (seconds * 1e6),
  }
}

/** What a number of portals needs. */
export interface Need {
  readonly portals: number
  /** of all portals, in the busiest hour */
  readonly perSecond: number
  readonly databases: number
  /** of each database */
  readonly processes: number
  readonly gigabytes: number
  readonly simulated: Simulated
}

/** The fewest databases, and the fewest processes on each, that stay under the limits in the busiest hour. */
export function plan(portals: number, { costs, mostProcesses }: Layout, { clicksADay, byHour, ...kept }: Habits): Need {
  const perSecond = (portals * clicksADay * Math.max(...byHour)) / 3600
  const bytes = portals * clicksADay * (5 / 7) * (kept.keptBytes * kept.keptDays + kept.bodyBytes * kept.bodyDays)
  const perProcess = (mostBusy * 1e6) / (costs.beforeUs + costs.afterUs)
  // a full batch costs little more than its rows
  const perWriter = (mostBusy * 1e6) / costs.rowsUs
  const most = Math.min(perProcess * mostProcesses, perWriter)
  for (let databases = Math.max(1, Math.ceil(perSecond / most), Math.ceil(bytes / mostBytes)); ; databases++) {
    const each = perSecond / databases
    const processes = Math.min(mostProcesses, Math.max(1, Math.ceil(each / perProcess)))
    const simulated = simulate({ costs, perSecond: each, processes })
    if (simulated.processBusy > 1.1 * mostBusy) continue
    return { portals, perSecond, databases, processes, gigabytes: bytes / databases / 1e9, simulated }
  }
}

const numberOf = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2))
const percentOf = (part: number): string => `${Math.round(part * 100)} %`

/** The tables of docs/explanation/scale.md: costs, then what a thousand to a million portals need. */
export function describeScale(asked: Habits = habits): string {
  const costs = layouts.map(
    ({ costs: one }) => `| ${one.name} | ${one.beforeUs} | ${one.afterUs} | ${one.commitUs} | ${one.rowsUs} | ${one.source} |`,
  )
  const needs = layouts.flatMap((layout) =>
    [1000, 10_000, 100_000, 1_000_000].map((portals) => {
      const { perSecond, databases, processes, gigabytes, simulated } = plan(portals, layout, asked)
      const { p50Ms, p99Ms, processBusy, writerBusy } = simulated
      const cells = [layout.costs.name, portals.toLocaleString('en-US'), numberOf(perSecond), databases, databases * processes]
      return `| ${[...cells, percentOf(processBusy), percentOf(writerBusy), p50Ms.toFixed(1), p99Ms.toFixed(1), numberOf(gigabytes)].join(' | ')} |`
    }),
  )
  return [
    `A portal makes ${asked.clicksADay} clicks on a working day, ${percentOf(Math.max(...asked.byHour))} of them in the busiest hour, all portals in one time zone.`,
    '',
    '| Engine | Process before the commit, us | After it, us | A commit, us | Each click in it, us | From |',
    '|---|---|---|---|---|---|',
    ...costs,
    '',
    '| Engine | Portals | Clicks/s at the peak | Databases | Portal processes | Busiest process | Writer busy (commits and waits for the disk) | Click to POST p50, ms | p99, ms | GB a database |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...needs,
  ].join('\n')
}

if (import.meta.main) {
  const clicks = Number(/--clicks[= ](\d+)/.exec(process.argv.slice(2).join(' '))?.[1] ?? habits.clicksADay)
  process.stdout.write(`${describeScale({ ...habits, clicksADay: clicks })}\n`)
}
