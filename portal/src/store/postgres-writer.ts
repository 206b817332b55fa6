/** The group commit of PostgreSQL: one connection, one batch in flight, its statements sent in one go. */
import pg from 'pg'
import { checkGuard, type Unit, type UnitStatement } from './engine.ts'
import { withoutNul } from './fold.ts'
import { createGroupCommit, type Waiting } from './group-commit.ts'

/** PostgreSQL refuses text with NUL in it, to write and to look for; whoever sent it gets an answer all the same. */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'string' && value.includes('\0') ? withoutNul(value) : value))
}

const mostNames = 1000

/** Commits units in batches. A unit that fails, fails alone. */
export interface PostgresWriter {
  commit(unit: Unit, isPatient: boolean): Promise<void>
  close(): Promise<void>
}

/**
 * Statements of a batch go out without waiting for each other's answers, hot ones under a name, so that they are parsed once; inserts into the
 * same columns become one statement that unnests arrays. Only when something fails is the batch run again, unit by unit under savepoints.
 */
export function createPostgresWriter(address: string): PostgresWriter {
  let client: pg.Client | null = null
  const names = new Map<string, string>()
  const inserts = new Map<string, string>()

  const connect = async (): Promise<pg.Client> => {
    if (client) return client
    const next = new pg.Client({ connectionString: address, pipeline: true })
    const forget = (): void => {
      if (client === next) client = null
    }
    next.on('error', forget)
    next.on('end', forget)
    await next.connect()
    if (inserts.size === 0) await readColumns(next)
    client = next
    return next
  }

  const types = new Map<string, string>()
  const readColumns = async (open: pg.Client): Promise<void> => {
    const { rows } = await open.query<{ t: string; c: string; d: string }>(
      `select table_name as t, column_name as c, data_type as d from information_schema.columns where table_schema = current_schema()`,
    )
    for (const { t, c, d } of rows) types.set(`${t}.${c}`, d)
  }

  const run = (open: pg.Client, { sql, parameters }: Pick<UnitStatement, 'sql' | 'parameters'>): Promise<pg.QueryResult> => {
    let name = names.get(sql)
    if (name === undefined && names.size < mostNames) names.set(sql, (name = `w${names.size}`))
    return open.query({ text: sql, values: storable(parameters), ...(name !== undefined && { name }) })
  }

  /** `insert … select * from unnest($1::bigint[], …)`: one row for each element. */
  const unnested = (rows: readonly UnitStatement[]): Pick<UnitStatement, 'sql' | 'parameters'> => {
    const { sql, into } = rows[0]!
    if (rows.length === 1 || !into) return rows[0]!
    let text = inserts.get(sql)
    if (text === undefined) {
      const casts = into.columns.map((column, index) => `$${index + 1}::${types.get(`${into.table}.${column}`) ?? 'text'}[]`)
      text = `insert into "${into.table}" (${into.columns.map((column) => `"${column}"`).join(', ')}) select * from unnest(${casts.join(', ')})`
      inserts.set(sql, text)
    }
    return { sql: text, parameters: into.columns.map((_, column) => storable(rows.map((row) => row.parameters[column]))) }
  }

  /** What stands before the inserts of a unit runs first, then all inserts together, then what stands behind. */
  const runTogether = async (open: pg.Client, units: readonly Unit[]): Promise<void> => {
    const results: Promise<unknown>[] = [open.query('begin')]
    const send = (statement: UnitStatement): void => {
      results.push(
        run(open, statement).then(({ rowCount }) => {
          checkGuard(statement.guard, rowCount)
        }),
      )
    }
    const byText = new Map<string, UnitStatement[]>()
    const behind: UnitStatement[] = []
    for (const unit of units) {
      let inserted = false
      for (const statement of unit) {
        if (statement.into) {
          inserted = true
          const rows = byText.get(statement.sql)
          if (rows) rows.push(statement)
          else byText.set(statement.sql, [statement])
        } else if (inserted) behind.push(statement)
        else send(statement)
      }
    }
    for (const rows of byText.values()) results.push(run(open, unnested(rows)))
    for (const statement of behind) send(statement)
    const failed = (await Promise.allSettled(results)).find((one) => one.status === 'rejected')
    if (failed) throw failed.reason as Error
    await open.query('commit')
  }

  const runApart = async (open: pg.Client, units: readonly Unit[]): Promise<Array<Error | null>> => {
    const refusals: Array<Error | null> = []
    await open.query('begin')
    for (const unit of units) {
      await open.query('savepoint unit')
      let refusal: Error | null = null
      try {
        for (const statement of unit) {
          const { rowCount } = await run(open, statement)
          checkGuard(statement.guard, rowCount)
        }
      } catch (error) {
        refusal = error as Error
        await open.query('rollback to savepoint unit')
      }
      refusals.push(refusal)
    }
    await open.query('commit')
    return refusals
  }

  const commitBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const units = batch.map((one) => one.unit)
    let open: pg.Client | null = null
    try {
      open = await connect()
      const running = open
      let refusals: Array<Error | null> = []
      await runTogether(running, units).catch(async (error: unknown) => {
        await running.query('rollback')
        if (units.length === 1) refusals = [error as Error]
        else refusals = await runApart(running, units)
      })
      for (const [index, one] of batch.entries()) {
        const refusal = refusals[index]
        if (refusal) one.reject(refusal)
        else one.resolve()
      }
    } catch (error) {
      if (open && client === open) {
        client = null
        void open.end().catch(() => {})
      }
      for (const one of batch) one.reject(error as Error)
    }
  }

  const writing = createGroupCommit(commitBatch)
  return {
    commit: writing.commit,
    async close() {
      await writing.idle()
      await client?.end()
    },
  }
}
