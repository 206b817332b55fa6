/**
 * Moves a SQLite portal to PostgreSQL: all rows of all tables, in batches that are each one transaction with a note of how far it is, so
 * that a move that was broken off goes on where it stopped. At the end both sides are counted and compared by a checksum of each table.
 */
import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import pg from 'pg'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Engine } from './engine.ts'
import { withoutNul } from './fold.ts'
import { migrate } from './migrate.ts'
import { openEngine } from './open.ts'

/** How far a move is. */
export interface MoveProgress {
  readonly step: 'copying' | 'comparing'
  readonly table: string
  /** rows that are through this step, of all */
  readonly rows: number
  readonly allRows: number
}

/** What is to be moved. */
export interface Move {
  /** path of the SQLite file; no portal may be running on it */
  readonly from: string
  /** `postgres://…` of an empty database */
  readonly to: string
  /** empties what an earlier, half-done move has brought, and begins anew */
  readonly isAgain: boolean
  readonly log: Log
  progress(at: MoveProgress): void
}

/** What was moved. */
export interface Moved {
  readonly tables: number
  readonly rows: number
  /** rows that were there from the time before the move was broken off */
  readonly rowsBefore: number
}

const batchRows = 1000
const batchBytes = 4_000_000
const moveLock = 7_002
const noteTable = 'portal_move'

/** Throws `move_nothing`, `move_not_empty`, `move_other_source`, `move_running`, `move_differs`. */
export async function movePortal({ from, to, isAgain, log, progress }: Move): Promise<Moved> {
  const engine = await openEngine(from, log)
  try {
    await migrate(engine)
  } finally {
    await engine.close()
  }
  const source = new Database(from, { readonly: true })
  const target = await connect(to)
  try {
    const { rows: locked } = await target.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [moveLock])
    if (!locked[0]?.got) throw new PortalError('move_running')
    const tables = readTables(source)
    await prepare({ source, target, to, log, tables, isAgain })
    const allRows = tables.reduce((sum, table) => sum + table.rows, 0)
    let rows = 0
    let rowsBefore = 0
    for (const table of tables) {
      const before = await rowsThere(target, table.name)
      rowsBefore += before
      rows += before
      for (const count of await copyTable(source, target, table, (copied) =>
        progress({ step: 'copying', table: table.name, rows: rows + copied, allRows }),
      ))
        rows += count
    }
    await setSequences(source, target, tables)
    let compared = 0
    for (const table of tables) {
      await compare(source, target, table)
      compared += table.rows
      progress({ step: 'comparing', table: table.name, rows: compared, allRows })
    }
    await target.query(`drop table ${noteTable}`)
    await target.query('analyze')
    return { tables: tables.length, rows: allRows, rowsBefore }
  } finally {
    source.close()
    await target.end()
  }
}

/** Keeps a portal off a database that a move has only half filled. Throws `storage_half_moved`. */
export async function refuseHalfMoved(engine: Engine): Promise<void> {
  if (!engine.isShared) return
  const { rows } = await sql<{ is_moving: boolean }>`select to_regclass(${noteTable}) is not null as is_moving`.execute(engine.read)
  if (rows[0]?.is_moving) throw new PortalError('storage_half_moved')
}

interface Table {
  readonly name: string
  /** in the order of the source */
  readonly columns: readonly string[]
  readonly rows: number
  /** of the target's columns that hold whole numbers */
  readonly whole: Set<string>
}

interface Prepared {
  readonly source: Database.Database
  readonly target: pg.Client
  readonly to: string
  readonly log: Log
  readonly tables: readonly Table[]
  readonly isAgain: boolean
}

async function connect(to: string): Promise<pg.Client> {
  const types = { getTypeParser: (oid: number, format?: 'text'): unknown => (oid === 20 ? Number : pg.types.getTypeParser(oid, format)) }
  const target = new pg.Client({ connectionString: to, types: types as pg.CustomTypesConfig, keepAlive: true })
  target.on('error', () => {})
  await target.connect()
  return target
}

function readTables(source: Database.Database): Table[] {
  const names = source
    .prepare<[], { name: string }>(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'migration' order by name`,
    )
    .all()
  return names.map(({ name }) => ({
    name,
    columns: source
      .prepare<[], { name: string }>(`select name from pragma_table_info('${name}')`)
      .all()
      .map((column) => column.name),
    rows: source.prepare<[], { count: number }>(`select count(*) as count from "${name}"`).get()?.count ?? 0,
    whole: new Set(),
  }))
}

/** Tables in which a migration wrote a row: what stands there is nobody's. */
const seeded: ReadonlySet<string> = new Set(['retention_run'])

/** The target is empty, or half filled from this very source; it has all tables afterwards. */
async function prepare({ source, target, to, log, tables, isAgain }: Prepared): Promise<void> {
  const identity = source.prepare<[], { member_id: string }>('select member_id from portal order by id limit 1').get()?.member_id
  if (identity === undefined) throw new PortalError('move_nothing')
  const there = new Set(
    (await target.query<{ t: string }>('select tablename as t from pg_tables where schemaname = current_schema()')).rows.map(
      (row) => row.t,
    ),
  )
  const isBegun = there.has(noteTable)
  if (isBegun) {
    const { rows } = await target.query<{ source: string }>(`select source from ${noteTable} limit 1`)
    if (rows[0] && rows[0].source !== identity) throw new PortalError('move_other_source')
  } else {
    for (const { name } of tables)
      if (there.has(name) && !seeded.has(name) && (await target.query(`select 1 from "${name}" limit 1`)).rowCount !== 0)
        throw new PortalError('move_not_empty', { table: name })
    await target.query(`create table ${noteTable} (table_name text primary key, source text not null, last_row bigint not null)`)
  }
  const engine = await openEngine(to, log)
  try {
    await migrate(engine)
  } finally {
    await engine.close()
  }
  // what the migrations wrote is the source's to say
  if (isAgain || !isBegun) {
    await target.query(`truncate ${[...tables.map(({ name }) => `"${name}"`), noteTable].join(', ')}`)
  }
  await target.query(`insert into ${noteTable} values ('', $1, 0) on conflict do nothing`, [identity])
  const { rows: columns } = await target.query<{ t: string; c: string; d: string }>(
    'select table_name as t, column_name as c, data_type as d from information_schema.columns where table_schema = current_schema()',
  )
  for (const { t, c, d } of columns)
    if (d === 'bigint' || d === 'smallint' || d === 'integer') tables.find(({ name }) => name === t)?.whole.add(c)
}

async function rowsThere(target: pg.Client, table: string): Promise<number> {
  const { rows } = await target.query<{ count: number }>(`select count(*) as count from "${table}"`)
  return rows[0]?.count ?? 0
}

type SourceRow = Record<string, string | number | null>

/** A value as PostgreSQL keeps it: no NUL in text, whole numbers where its column has them. */
function storedValue(value: string | number | null, isWhole: boolean): string | number | null {
  if (typeof value === 'string') return value.includes('\0') ? withoutNul(value) : value
  return typeof value === 'number' && isWhole ? Math.round(value) : value
}

async function copyTable(source: Database.Database, target: pg.Client, table: Table, copied: (rows: number) => void): Promise<number[]> {
  const { rows: noted } = await target.query<{ last_row: number }>(`select last_row from ${noteTable} where table_name = $1`, [table.name])
  const names = table.columns.map((column) => `"${column}"`).join(', ')
  // a table named like a type of PostgreSQL's own, such as line, is meant only with its schema
  const schema = (await target.query<{ s: string }>('select quote_ident(current_schema()) as s')).rows[0]!.s
  const read = source.prepare<[number], SourceRow>(
    `select rowid as "row number", * from "${table.name}" where rowid > ? order by rowid limit ${batchRows}`,
  )
  const counts: number[] = []
  let lastRow = noted[0]?.last_row ?? -1
  let total = 0
  for (;;) {
    const batch: SourceRow[] = []
    let bytes = 0
    for (const row of read.iterate(lastRow)) {
      lastRow = Number(row['row number'])
      const stored = Object.fromEntries(table.columns.map((column) => [column, storedValue(row[column] ?? null, table.whole.has(column))]))
      bytes += JSON.stringify(stored).length
      batch.push(stored)
      if (bytes > batchBytes) break
    }
    if (batch.length === 0) return counts
    await target.query('begin')
    await target.query(
      `insert into "${table.name}" (${names}) select ${names} from json_populate_recordset(null::${schema}."${table.name}", $1::json)`,
      [JSON.stringify(batch)],
    )
    await target.query(
      `insert into ${noteTable} select $1, source, $2 from ${noteTable} where table_name = '' on conflict (table_name) do update set last_row = excluded.last_row`,
      [table.name, lastRow],
    )
    await target.query('commit')
    counts.push(batch.length)
    total += batch.length
    copied(total)
  }
}

/** The next id is behind every one that SQLite ever gave. */
async function setSequences(source: Database.Database, target: pg.Client, tables: readonly Table[]): Promise<void> {
  const given = new Map(
    source
      .prepare<[], { name: string; seq: number }>('select name, seq from sqlite_sequence')
      .all()
      .map((row) => [row.name, row.seq]),
  )
  for (const { name, columns } of tables) {
    if (!columns.includes('id')) continue
    const { rows } = await target.query<{ sequence: string | null }>(`select pg_get_serial_sequence($1, 'id') as sequence`, [`"${name}"`])
    const sequence = rows[0]?.sequence
    if (!sequence) continue
    await target.query(`select setval($1, greatest(coalesce((select max(id) from "${name}"), 0), $2::bigint) + 1, false)`, [
      sequence,
      given.get(name) ?? 0,
    ])
  }
}

/** Independent of the order of rows. */
class Checksum {
  rows = 0
  #sum = 0n

  add(columns: readonly string[], row: SourceRow): void {
    const text = JSON.stringify(columns.map((column) => row[column] ?? null))
    this.#sum = BigInt.asUintN(64, this.#sum + createHash('sha256').update(text).digest().readBigUInt64BE())
    this.rows += 1
  }

  isSame(other: Checksum): boolean {
    return this.rows === other.rows && this.#sum === other.#sum
  }
}

async function compare(source: Database.Database, target: pg.Client, table: Table): Promise<void> {
  const [ours, theirs] = [new Checksum(), new Checksum()]
  for (const row of source.prepare<[], SourceRow>(`select * from "${table.name}"`).iterate()) {
    const stored = Object.fromEntries(table.columns.map((column) => [column, storedValue(row[column] ?? null, table.whole.has(column))]))
    ours.add(table.columns, stored)
  }
  await target.query('begin')
  await target.query(`declare moved no scroll cursor for select * from "${table.name}"`)
  for (;;) {
    const { rows } = await target.query<SourceRow>(`fetch ${batchRows} from moved`)
    for (const row of rows) theirs.add(table.columns, row)
    if (rows.length === 0) break
  }
  await target.query('commit')
  if (!ours.isSame(theirs)) throw new PortalError('move_differs', { table: table.name, ours: ours.rows, theirs: theirs.rows })
}
