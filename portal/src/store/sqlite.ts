import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import { GuardFailed, type Answer, type Engine, type Session, type Statement, type Unit } from './engine.ts'
import { createGroupCommit, type Waiting } from './group-commit.ts'
import { routedQueries } from './routed.ts'
import type { BatchStatement, PlainStatement, WriterAnswer, WriterRequest } from './sqlite-writer.ts'

const parts = { createAdapter: () => new SqliteAdapter(), createQueryCompiler: () => new SqliteQueryCompiler() }

type Ask = WriterRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never

/** The writer thread: requests go one after the other, answers come back in the same order. */
class Writer {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (answer: WriterAnswer) => void; reject: (error: Error) => void }>()
  readonly #textIndexes = new Map<string, number>()
  #lastId = 0
  #ended: Error | null = null

  constructor(path: string) {
    const file = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js'
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: { path } })
    this.#worker.on('message', (answer: WriterAnswer) => {
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      waiting?.resolve(answer)
    })
    const end = (error: Error) => {
      this.#ended ??= error
      for (const waiting of this.#waiting.values()) waiting.reject(error)
      this.#waiting.clear()
    }
    this.#worker.on('error', end)
    this.#worker.on('exit', () => end(new Error('the SQLite writer has ended')))
    this.#worker.unref()
  }

  ask(request: Ask): Promise<WriterAnswer> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      // a process must not end while something waits for its commit
      this.#worker.ref()
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          if (this.#waiting.size === 0) this.#worker.unref()
          then(value)
        }
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      this.#worker.postMessage({ ...request, id })
    })
  }

  /** Commits units together. A text goes to the thread once: there are few of them, and they are longer than their parameters. */
  commit(units: readonly Unit[]): Promise<WriterAnswer> {
    const newTexts: string[] = []
    const indexOf = (sql: string): number => {
      let index = this.#textIndexes.get(sql)
      if (index === undefined) {
        this.#textIndexes.set(sql, (index = this.#textIndexes.size))
        newTexts.push(sql)
      }
      return index
    }
    const coded = units.map((unit) =>
      unit.map(({ sql, parameters, guard }): BatchStatement => (guard ? [indexOf(sql), parameters, guard] : [indexOf(sql), parameters])),
    )
    // one JSON string: structured clone of the objects costs a tenth of an event (perf.md 3.2)
    return this.ask({ kind: 'batch', batch: JSON.stringify({ newTexts, units: coded }) })
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const exited = once(this.#worker, 'exit')
    await this.ask({ kind: 'close' })
    this.#worker.ref()
    await exited
  }
}

/** Opens (and makes, when absent) a SQLite file: WAL, synchronous=FULL, one writer thread, a reader in this thread. */
export async function openSqlite(path: string, _log: Log): Promise<Engine> {
  const writer = new Writer(path)
  await writer.ask({ kind: 'open' }).then(throwFailure)
  const reader = new Database(path, { readonly: true })
  reader.pragma('busy_timeout = 5000')
  const prepared = new Map<string, Database.Statement>()
  const readNow = (statement: Statement): Answer => {
    let query = prepared.get(statement.sql)
    if (!query) {
      query = reader.prepare(statement.sql)
      if (!query.reader) throw new Error('writes go through store.transaction')
      if (prepared.size >= 1000) prepared.clear()
      prepared.set(statement.sql, query)
    }
    return { rows: query.all(...statement.parameters) as Record<string, unknown>[], changes: 0 }
  }

  const writing = createGroupCommit((batch) => commitBatch(writer, batch))
  const listeners = new Map<string, Array<(message: string) => void>>()
  return {
    isShared: false,
    processId: randomUUID(),
    goneAmong: async () => [],
    query: async (statement) => readNow(statement),
    read: routedQueries(parts, async (statement) => readNow(statement)),
    build: routedQueries(parts, async () => {
      throw new Error('this query layer compiles only')
    }),
    bind: (execute) => routedQueries(parts, execute),
    insertText: (table, columns) =>
      `insert into "${table}" (${columns.map((c) => `"${c}"`).join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    claimSuffix: '',
    commit: writing.commit,
    begin: () => new Promise((resolve) => writing.alone((release) => resolve(openSession(writer, release)))),
    async notify(channel, message) {
      for (const hear of listeners.get(channel) ?? []) hear(message)
    },
    listen(channel, hear) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), hear])
    },
    heardForMs: () => performance.now(),
    databaseTime: async () => Date.now(),
    async migrate(name, text) {
      const sql = text.replaceAll('SERIAL_ID', 'INTEGER PRIMARY KEY AUTOINCREMENT').replaceAll('GIVEN_ID', 'INTEGER PRIMARY KEY')
      const answer = throwFailure(await writer.ask({ kind: 'migrate', name, sql }))
      return answer.rows?.length === 1
    },
    async dumpSchema() {
      const { rows } = readNow({
        sql: `select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by name`,
        parameters: [],
      })
      return rows.map((row) => `${String(row['sql'])};\n`).join('\n')
    },
    async close() {
      await writing.idle()
      prepared.clear()
      reader.close()
      await writer.close()
    },
  }
}

async function commitBatch(writer: Writer, batch: readonly Waiting[]): Promise<void> {
  try {
    const answer = throwFailure(await writer.commit(batch.map((waiting) => waiting.unit)))
    for (const [index, waiting] of batch.entries()) {
      const refusal = answer.refusals?.[index]
      if (!refusal) waiting.resolve()
      else waiting.reject(refusal.guard === undefined ? asError(refusal.error ?? '') : new GuardFailed(refusal.guard))
    }
  } catch (error) {
    for (const waiting of batch) waiting.reject(error as Error)
  }
}

/** The thread takes back what could not be committed. */
function openSession(writer: Writer, release: () => void): Session {
  let begins = true
  let isOver = false
  const end = async (request: Ask): Promise<void> => {
    // nothing may be said after the turn has been given away: it would be taken for the next one's
    if (isOver) return
    isOver = true
    try {
      throwFailure(await writer.ask(request))
    } finally {
      release()
    }
  }
  return {
    async execute({ sql, parameters }, before) {
      const asked = writer.ask({ kind: 'execute', begins, before: plain(before), sql, parameters })
      begins = false
      const answer = throwFailure(await asked)
      return { rows: answer.rows ?? [], changes: answer.changes ?? 0 }
    },
    commit: (before) => end({ kind: 'commit', before: plain(before) }),
    rollback: () => end({ kind: 'rollback' }),
  }
}

/** Without what the writer does not need of a statement. */
function plain(unit: Unit): PlainStatement[] {
  return unit.map(({ sql, parameters, guard }) => ({ sql, parameters, ...(guard && { guard }) }))
}

function throwFailure(answer: WriterAnswer): WriterAnswer {
  if (answer.guard !== undefined) throw new GuardFailed(answer.guard)
  if (answer.failure === undefined) return answer
  throw asError(answer.failure)
}

/** A full disk is nobody's bug: it is told in words. */
function asError(message: string): Error {
  return /database or disk is full/.test(message) ? new PortalError('storage_full') : new Error(message)
}
