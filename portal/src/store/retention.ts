/** Retention: once a day what is old is archived and deleted, in small batches, by one process at a time. Nothing that is open is touched. */
import { setTimeout as pause } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { RetentionRules } from '../config.ts'
import type { Log } from '../log.ts'
import type { Archive } from './archive.ts'
import { GuardFailed } from './engine.ts'
import { forgetExpired } from './expired.ts'
import { retentionJobs, type Candidate, type RetentionJob } from './retention-jobs.ts'
import type { Store } from './store.ts'

/** Rows that went, by job. */
export type RetentionReport = Readonly<Record<string, number>>

/** What retention needs. */
export interface RetentionParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly archive: Archive
  /** read anew at the start of each run */
  rules(): Promise<(portalId: number) => RetentionRules>
}

/** The last run. */
export interface LastRun {
  readonly endedAt: number
  readonly report: RetentionReport
}

const dayMs = 86_400_000
/** a run begins when the last one is older; a little less than a day, so that it stays at its hour */
const dueAfterMs = dayMs - 1_800_000
const leaseMs = 300_000
/** 200 deliveries with their attempts hold SQLite's writer for about 5 ms */
const batchRows = 200
const pageRows = 1000
/** Ids are given out in blocks (`Store.nextId`): so many rows in a row may be younger than those behind them. */
const skewRows = 20_000
const lowest = -Number.MAX_SAFE_INTEGER

/** The verbs on retention. */
export function createRetention({ store, clock, log, archive, rules }: RetentionParts) {
  const owner = randomUUID()
  let isStopped = false
  let running: Promise<unknown> = Promise.resolve()

  const takeLease = async (): Promise<boolean> => {
    const now = clock.now()
    const free = store.build
      .updateTable('retention_run')
      .set({ owner, lease_until: now + leaseMs })
      .where('id', '=', 1)
      .where((eb) => eb.or([eb('owner', 'is', null), eb('lease_until', '<=', now)]))
    return store
      .transaction((tx) => tx.write(free, { name: 'lease', rows: 1 }))
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof GuardFailed) return false
          throw error
        },
      )
  }
  const own = () => store.build.updateTable('retention_run').where('id', '=', 1).where('owner', '=', owner)

  const remove = async (job: RetentionJob, ids: readonly number[], keeps: ReadonlySet<number>): Promise<number> => {
    const startedAt = performance.now()
    const rows = await job.read(ids)
    const record = await archive.write(rows.filter(({ row }) => keeps.has(Number(row['portal_id']))))
    await store.transaction((tx) => {
      // a run that was taken for dead must not go on beside its successor
      tx.write(own().set({ lease_until: clock.now() + leaseMs }), { name: 'lease', rows: 1 })
      record(tx)
      for (const statement of job.remove(ids)) tx.write(statement)
    })
    // half of the time belongs to the clicks
    await pause(Math.ceil(performance.now() - startedAt))
    return job.name === 'bodies' ? rows.length : ids.length
  }

  const walk = async (job: RetentionJob, rulesOf: (portalId: number) => RetentionRules, isDry: boolean): Promise<number> => {
    const mark = await store.read.selectFrom('retention_mark').select('after_id').where('job', '=', job.name).executeTakeFirst()
    const steps = walkPages({ job, rulesOf, now: clock.now(), afterId: mark?.after_id ?? lowest })
    let count = 0
    for await (const { ids, keeps, doneTo } of steps) {
      if (isDry) count += job.name === 'bodies' ? (await job.read(ids)).length : ids.length
      else {
        for (let from = 0; from < ids.length && !isStopped; from += batchRows)
          count += await remove(job, ids.slice(from, from + batchRows), keeps)
        if (!isStopped) await setMark(store, job.name, doneTo)
      }
      if (isStopped) break
    }
    return count
  }

  const runAll = async ({ isDry }: { isDry: boolean }): Promise<RetentionReport> => {
    const rulesOf = await rules()
    const report: Record<string, number> = {}
    // which events are left without a delivery is known when the deliveries are gone
    const jobs = retentionJobs(store).filter(({ name }) => !isDry || name !== 'events')
    for (const job of jobs) report[job.name] = isStopped ? 0 : await walk(job, rulesOf, isDry)
    return isDry ? report : { ...report, ...(await forgetExpired({ store, now: clock.now(), isStopped: () => isStopped })) }
  }

  const run = async (): Promise<RetentionReport | null> => {
    if (!(await takeLease())) return null
    let report: RetentionReport | null = null
    try {
      report = await runAll({ isDry: false })
      log.info({ report }, 'retention has run')
      return report
    } finally {
      const ended = report === null || isStopped ? {} : { ended_at: clock.now(), report: JSON.stringify(report) }
      await store.transaction((tx) => tx.write(own().set({ owner: null, lease_until: 0, ...ended })))
    }
  }

  const last = async (): Promise<LastRun | null> => {
    const row = await store.read.selectFrom('retention_run').selectAll().where('id', '=', 1).executeTakeFirst()
    return row?.ended_at ? { endedAt: row.ended_at, report: JSON.parse(row.report) as RetentionReport } : null
  }

  return {
    last,
    /** What a run would remove now, but for the events, which go with their deliveries; nothing is done. */
    plan: (): Promise<RetentionReport> => runAll({ isDry: true }),
    /** Runs to the end; null when another process is at it. */
    run(): Promise<RetentionReport | null> {
      const next = run()
      running = next.catch(() => {})
      return next
    },
    /** Runs if the last run is a day old. */
    async runIfDue(): Promise<void> {
      const before = await last()
      if (before === null || before.endedAt <= clock.now() - dueAfterMs) await this.run()
    },
    /** Ends after the batch that is under way; the next run goes on there. */
    async close(): Promise<void> {
      isStopped = true
      await running
    },
  }
}

/** Retention of one process. */
export type Retention = ReturnType<typeof createRetention>

interface Walk {
  readonly job: RetentionJob
  readonly rulesOf: (portalId: number) => RetentionRules
  readonly now: number
  readonly afterId: number
}

interface Step {
  /** may go */
  readonly ids: readonly number[]
  /** portals whose rows are archived */
  readonly keeps: ReadonlySet<number>
  /** no later walk finds anything up to here, unless the rules change */
  readonly doneTo: number
}

/** Goes along the ids until all that follows is too young. */
async function* walkPages({ job, rulesOf, now, afterId }: Walk): AsyncGenerator<Step> {
  let after = afterId
  let doneTo = afterId
  let isBehind = false
  let youngInARow = 0
  for (;;) {
    const page = await job.page(after, pageRows)
    if (page.length === 0) return
    const daysOf = ({ portal_id: portalId }: Candidate): number => rulesOf(portalId)[job.days]
    const old = page.filter((row) => daysOf(row) > 0 && row.at < now - daysOf(row) * dayMs)
    const open = old.length === 0 ? new Set<number>() : await job.open(old)
    const going = new Set(old.filter(({ id }) => !open.has(id)).map(({ id }) => id))
    for (const row of page) {
      const isYoung = daysOf(row) > 0 && row.at >= now - daysOf(row) * dayMs
      youngInARow = isYoung ? youngInARow + 1 : 0
      isBehind ||= isYoung || open.has(row.id)
      if (!isBehind) doneTo = row.id
    }
    const keeps = new Set(page.map((row) => row.portal_id).filter((portalId) => rulesOf(portalId).archive))
    yield { ids: [...going], keeps, doneTo }
    after = page.at(-1)!.id
    if (page.length < pageRows || youngInARow >= skewRows) return
  }
}

async function setMark(store: Store, job: string, afterId: number): Promise<void> {
  await store.transaction((tx) =>
    tx.write(
      store.build
        .insertInto('retention_mark')
        .values({ job, after_id: afterId })
        .onConflict((conflict) => conflict.column('job').doUpdateSet((eb) => ({ after_id: eb.ref('excluded.after_id') }))),
    ),
  )
}
