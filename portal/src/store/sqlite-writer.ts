/** The writer thread of the SQLite engine: the only connection that writes. Started by sqlite.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { checkGuard, GuardFailed, type Guard } from './engine.ts'

/** What sqlite.ts asks; `id` comes back with the answer. */
export type WriterRequest =
  | { readonly id: number; readonly kind: 'open' | 'rollback' | 'close' }
  | { readonly id: number; readonly kind: 'batch'; /** JSON of Batch */ readonly batch: string }
  | {
      readonly id: number
      readonly kind: 'execute'
      /** the first one of its session */
      readonly begins: boolean
      readonly before: readonly PlainStatement[]
      readonly sql: string
      readonly parameters: readonly unknown[]
    }
  | { readonly id: number; readonly kind: 'commit'; readonly before: readonly PlainStatement[] }
  | { readonly id: number; readonly kind: 'migrate'; readonly name: string; readonly sql: string }

/** A statement of a session whose answer nobody needs. */
export interface PlainStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly guard?: Guard
}

/** One statement of a unit: the index of its text, its parameters, its guard. */
export type BatchStatement = [text: number, parameters: readonly unknown[], guard?: Guard]

/** Units to be committed together. Texts are sent once and named by their index from then on. */
export interface Batch {
  readonly newTexts: readonly string[]
  readonly units: readonly (readonly BatchStatement[])[]
}

/** `failure`: the request as a whole failed; `guard`: a guard of it did. `refusals`: units of a batch that were taken back, by index. */
export interface WriterAnswer {
  readonly id: number
  readonly failure?: string
  readonly guard?: string
  readonly rows?: Record<string, unknown>[]
  readonly changes?: number
  readonly refusals?: Record<number, { guard?: string; error?: string }>
}

const port = parentPort
if (!port) throw new Error('sqlite-writer runs as a worker thread')
let db: Database.Database
const prepared = new Map<string, Database.Statement>()
const texts: string[] = []
const byIndex: Database.Statement[] = []
/** of its time, what moving the log into the database may take at most: a slow disk has it moved more rarely */
const checkpointShare = 0.08
/** `least`: at a few hundred clicks a second fewer than one of a hundred comes while it is done */
const checkpointEveryMs = { least: 500, most: 1000 }
let checkpointDueAt = 0

function prepare(sql: string): Database.Statement {
  let statement = prepared.get(sql)
  if (!statement) {
    if (prepared.size >= 1000) prepared.clear()
    statement = db.prepare(sql)
    prepared.set(sql, statement)
  }
  return statement
}

function open(): void {
  db = new Database((workerData as { path: string }).path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('busy_timeout = 5000')
  db.pragma('wal_autocheckpoint = 16000')
  // KiB: the pages that a click touches, of some 25 trees, stay in memory however long the history is
  db.pragma('cache_size = -65536')
  // the package is compiled with NORMAL for WAL, which loses acknowledged clicks on power loss (perf.md 2.3)
  const synchronous = db.pragma('synchronous', { simple: true })
  if (synchronous !== 2) throw new Error(`SQLite runs with synchronous=${String(synchronous)}; only FULL (2) is durable`)
  db.exec('create table if not exists migration (name text primary key, applied_at bigint not null)')
}

type Refusals = Record<number, { guard?: string; error?: string }>

function runUnit(unit: readonly BatchStatement[]): void {
  for (const [text, parameters, guard] of unit) checkGuard(guard, (byIndex[text] ??= db.prepare(texts[text]!)).run(parameters).changes)
}

function inTransaction<T>(work: () => T): T {
  prepare('begin immediate').run()
  try {
    const result = work()
    prepare('commit').run()
    return result
  } catch (error) {
    if (db.inTransaction) db.exec('rollback')
    throw error
  }
}

/** The common case: a savepoint a unit costs a third of the whole, for SQLite copies every page that a unit is the first to touch. */
function runTogether(units: Batch['units']): void {
  inTransaction(() => {
    for (const unit of units) runUnit(unit)
  })
}

function runApart(units: Batch['units']): Refusals {
  return inTransaction(() => {
    const refusals: Refusals = {}
    for (const [index, unit] of units.entries()) {
      prepare('savepoint unit').run()
      try {
        runUnit(unit)
      } catch (error) {
        refusals[index] = error instanceof GuardFailed ? { guard: error.guard } : { error: (error as Error).message }
        prepare('rollback to unit').run()
      }
      prepare('release unit').run()
    }
    return refusals
  })
}

function runBatch({ newTexts, units }: Batch): Refusals {
  texts.push(...newTexts)
  try {
    runTogether(units)
    return {}
  } catch {
    // whoever failed fails alone, and says of what
    return runApart(units)
  }
}

function runPlain(statements: readonly PlainStatement[]): void {
  for (const { sql, parameters, guard } of statements) checkGuard(guard, prepare(sql).run(parameters).changes)
}

/** Ends the transaction of a session either way: the writer goes to the next one. */
function commit(before: readonly PlainStatement[]): void {
  try {
    if (!db.inTransaction) throw new Error('the transaction was taken back by an earlier error')
    runPlain(before)
    prepare('commit').run()
  } finally {
    if (db.inTransaction) prepare('rollback').run()
  }
}

function migrate(name: string, sql: string): Record<string, unknown>[] {
  const apply = db.transaction(() => {
    const { changes } = db.prepare('insert or ignore into migration (name, applied_at) values (?, ?)').run(name, Date.now())
    if (changes === 1) db.exec(sql)
    return changes === 1 ? [{ name }] : []
  })
  return apply.immediate()
}

function answer(request: WriterRequest): Omit<WriterAnswer, 'id'> {
  switch (request.kind) {
    case 'open':
      open()
      return {}
    case 'batch':
      return { refusals: runBatch(JSON.parse(request.batch) as Batch) }
    case 'execute': {
      if (request.begins) prepare('begin immediate').run()
      if (!db.inTransaction) throw new Error('the transaction was taken back by an earlier error')
      runPlain(request.before)
      const statement = prepare(request.sql)
      if (statement.reader) {
        const rows = statement.all(...request.parameters) as Record<string, unknown>[]
        return { rows, changes: rows.length }
      }
      return { changes: statement.run(...request.parameters).changes }
    }
    case 'commit':
      commit(request.before)
      return {}
    case 'rollback':
      if (db.inTransaction) prepare('rollback').run()
      return {}
    case 'migrate':
      return { rows: migrate(request.name, request.sql) }
    case 'close':
      prepared.clear()
      byIndex.length = 0
      db.close()
      return {}
  }
}

/**
 * Moves the write-ahead log into the database, little by little and after the answer: left to SQLite, every thousandth commit did it, and kept its
 * clicks and those behind it waiting for more than 10 ms.
 */
function checkpoint(): void {
  const begun = performance.now()
  if (db.inTransaction || begun < checkpointDueAt) return
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
  } catch {
    // a full disk: the log stays where it is, and the next commit says so
  }
  const ended = performance.now()
  checkpointDueAt = ended + Math.min(Math.max((ended - begun) / checkpointShare, checkpointEveryMs.least), checkpointEveryMs.most)
}

port.on('message', (request: WriterRequest) => {
  try {
    port.postMessage({ id: request.id, ...answer(request) } satisfies WriterAnswer)
  } catch (error) {
    const told = error instanceof GuardFailed ? { guard: error.guard } : { failure: (error as Error).message }
    port.postMessage({ id: request.id, ...told } satisfies WriterAnswer)
  }
  if (request.kind === 'batch') checkpoint()
  if (request.kind === 'close') port.close()
})
