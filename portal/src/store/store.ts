import type { Compilable, Kysely } from 'kysely'
import type { Log } from '../log.ts'
import type { Engine, Guard, Statement, Unit, UnitStatement } from './engine.ts'
import { Memory } from './remembered.ts'
import type { NewRow, Tables } from './tables.ts'

/**
 * One transaction. While it only writes by `insert` and `write`, its statements are recorded and go to the writer as one unit
 * of the group commit (design 11.12). Its first use of `db` gives it the writer alone: from then on what `insert` and `write` recorded goes with the
 * next use of `db`, or with the commit. A transaction awaits nothing but `tx`.
 */
export interface Tx {
  /** Reads and writes whose answer is needed. */
  readonly db: Kysely<Tables>
  /** One row whose id is known or not needed. */
  insert<T extends keyof Tables & string>(table: T, row: NewRow<T>): void
  /** A statement whose answer is not needed; with a guard, a wrong row count rejects the transaction with GuardFailed. */
  write(statement: Compilable | Statement, guard?: Guard): void
  /** Runs after the commit, in order; never after a rollback. */
  afterCommit(run: () => void): void
  /** Runs when the transaction did not commit. */
  afterRollback(run: () => void): void
  /** Nobody waits for this one: its commit may ride with somebody else's, a few milliseconds later. */
  mayWait(): void
}

/** Tables whose ids are given out by `nextId`. */
export type GivenIdTable = 'event' | 'delivery' | 'attempt' | 'call' | 'trace' | 'trace_step'

const givenIdTables: readonly GivenIdTable[] = ['event', 'delivery', 'attempt', 'call', 'trace', 'trace_step']
const idBlockSize = 10_000
/** On it processes tell each other which tables they wrote that answers are remembered of. */
const writtenChannel = 'written'

/** The one way to the database. */
export class Store {
  readonly #engine: Engine
  readonly #ids = new Map<
    GivenIdTable,
    { next: number; end: number; spare: { next: number; end: number } | null; refill: Promise<void> | null }
  >()
  readonly #inserts = new Map<string, Pick<UnitStatement, 'sql' | 'into'>>()
  readonly #memory = new Memory()
  readonly #log: Log

  private constructor(engine: Engine, log: Log) {
    this.#engine = engine
    this.#log = log
    const forget = (tables?: string): void => this.#memory.forget(tables?.split(','))
    if (engine.isShared) engine.listen(writtenChannel, forget, forget)
  }

  /** Opens a migrated database and takes the first blocks of ids. */
  static async open(engine: Engine, log: Log): Promise<Store> {
    const store = new Store(engine, log)
    for (const table of givenIdTables) {
      const block = await store.#takeIdBlock(table)
      store.#ids.set(table, { ...block, spare: null, refill: null })
    }
    return store
  }

  /** Other processes may be at work on this database. */
  get isShared(): boolean {
    return this.#engine.isShared
  }

  /** Names this process among those on the database. */
  get processId(): string {
    return this.#engine.processId
  }

  /** Which of these processes have no connection any more: dead, or cut off for the moment. */
  goneAmong(processIds: readonly string[]): Promise<string[]> {
    return this.#engine.goneAmong(processIds)
  }

  /** For how long messages of other processes have been coming without a break, in milliseconds; null: they do not come now. */
  get heardForMs(): number | null {
    return this.#engine.heardForMs()
  }

  /** Reads outside a transaction: sees all that was committed. */
  get read(): Kysely<Tables> {
    return this.#engine.read
  }

  /** Text after the inner select of a claim: processes that claim at the same time get different rows. */
  get claimSuffix(): string {
    return this.#engine.claimSuffix
  }

  /** Builds statements for `tx.write`; runs nothing. */
  get build(): Kysely<Tables> {
    return this.#engine.build
  }

  /**
   * A statement that is compiled once: compiling a hot one anew costs more than running it (perf.md 5). `write` is called once, with a mark in
   * place of each value, so it may not look into them; the values of a call take the places of their marks.
   */
  prepare<V extends Values>(write: (db: Kysely<Tables>, marks: V) => Compilable | Statement): (values: V) => Statement {
    let template: { readonly sql: string; readonly parameters: ReadonlyArray<Mark | { readonly constant: unknown }> } | null = null
    return (values) => {
      if (!template) {
        const marks = new Proxy({}, { get: (_, name) => new Mark(String(name)) }) as V
        const written = write(this.build, marks)
        const { sql, parameters } = 'compile' in written ? written.compile() : written
        template = { sql, parameters: parameters.map((one) => (one instanceof Mark ? one : { constant: one })) }
      }
      return {
        sql: template.sql,
        parameters: template.parameters.map((one) => (one instanceof Mark ? values[one.name] : one.constant)),
      }
    }
  }

  /** A read that is compiled once, like `prepare`; answers all its rows. */
  prepareRead<V extends Values, Row>(write: (db: Kysely<Tables>, marks: V) => Compilable<Row>): (values: V) => Promise<readonly Row[]> {
    const prepared = this.prepare(write)
    return async (values) => (await this.#engine.query(prepared(values))).rows as readonly Row[]
  }

  /**
   * A read that is compiled once and remembered until one of the tables is written, here or, by their message, in another process; for two seconds at
   * most. `tables` are all that it reads from. Its rows are shared: nobody changes them.
   */
  prepareRemembered<V extends Values, Row>(
    tables: ReadonlyArray<keyof Tables & string>,
    write: (db: Kysely<Tables>, marks: V) => Compilable<Row>,
  ): (values: V) => Promise<readonly Row[]> {
    const read = this.prepareRead(write)
    const remembered = this.#memory.of(tables)
    return (values) => remembered.answer(values, () => read(values))
  }

  /** The next id of a table whose rows are written without reading. Never given twice, also over restarts and processes. */
  nextId(table: GivenIdTable): number {
    const ids = this.#ids.get(table)
    if (!ids) throw new Error(`${table} has no given ids`)
    if (ids.next >= ids.end) {
      if (!ids.spare) throw new Error(`no ids left for ${table}: more than ${idBlockSize} were asked for in one turn`)
      ids.next = ids.spare.next
      ids.end = ids.spare.end
      ids.spare = null
    }
    if (!ids.spare && !ids.refill && ids.end - ids.next < idBlockSize / 2) {
      ids.refill = this.#takeIdBlock(table)
        .then((block) => {
          ids.spare = block
        })
        .catch((error: unknown) => this.#log.error({ error, table }, 'could not take a block of ids'))
        .finally(() => {
          ids.refill = null
        })
    }
    return ids.next++
  }

  async #takeIdBlock(name: GivenIdTable): Promise<{ next: number; end: number }> {
    return this.transaction(async (tx) => {
      const row = await tx.db
        .insertInto('id_block')
        .values({ name, next: 1 + idBlockSize })
        .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ next: eb('id_block.next', '+', idBlockSize) })))
        .returning('next')
        .executeTakeFirstOrThrow()
      return { next: row.next - idBlockSize, end: row.next }
    })
  }

  /**
   * Runs `work` and commits: all of it or nothing. Resolves when it is durable. `work` may be run again only by its caller.
   * Rejects with GuardFailed, or with what `work` threw.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T> | T): Promise<T> {
    const unit = new RecordedUnit(this.#engine, this.#memory, (table, row) => this.#insertStatement(table, row))
    try {
      const result = await work(unit)
      await unit.commit().finally(() => this.#forget(unit.written))
      for (const run of unit.committed) run()
      return result
    } catch (error) {
      // a connection that was lost has rolled back by itself; what the work failed of is told
      await unit.rollback().catch(() => {})
      for (const run of unit.rolledBack) run()
      throw error
    }
  }

  /** Also when the commit failed: an answer that was lost says nothing. */
  #forget(tables: ReadonlySet<string>): void {
    if (tables.size === 0) return
    this.#memory.forget(tables)
    if (!this.#engine.isShared) return
    this.#engine
      .notify(writtenChannel, [...tables].join(','))
      .catch((error: unknown) =>
        this.#log.warn({ error }, 'other processes could not be told what was written; they see it in two seconds'),
      )
  }

  /** The text of an insert is made once for each set of columns: compiling it anew costs more than running it (perf.md 5). */
  #insertStatement(table: string, row: Readonly<Record<string, unknown>>): UnitStatement {
    const columns = Object.keys(row)
    const key = `${table}(${columns.join()})`
    let insert = this.#inserts.get(key)
    if (!insert) {
      insert = { sql: this.#engine.insertText(table, columns), into: { table, columns } }
      this.#inserts.set(key, insert)
    }
    return { ...insert, parameters: Object.values(row) }
  }

  /** Messages between processes on one database; within this process they come too. */
  notify(channel: string, message: string): Promise<void> {
    return this.#engine.notify(channel, message)
  }

  /** Hears the messages of `notify`, this process's own included. `missed`: the connection was lost for a while, look for yourself. */
  listen(channel: string, hear: (message: string) => void, missed?: () => void): void {
    this.#engine.listen(channel, hear, missed)
  }

  async close(): Promise<void> {
    await this.#engine.close()
  }
}

/** Values of a prepared statement, by their names. */
type Values = Readonly<Record<string, string | number | null>>

/** Stands for a value while a statement is compiled. */
class Mark {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

class RecordedUnit implements Tx {
  readonly committed: Array<() => void> = []
  readonly rolledBack: Array<() => void> = []
  /** tables written so far of which answers are remembered */
  readonly written = new Set<string>()
  readonly #engine: Engine
  readonly #memory: Memory
  readonly #insertText: (table: string, row: Readonly<Record<string, unknown>>) => UnitStatement
  #recorded: Unit = []
  #exclusive: Promise<Awaited<ReturnType<Engine['begin']>>> | null = null
  #tail: Promise<unknown> = Promise.resolve()
  #db: Kysely<Tables> | null = null
  #isPatient = false
  #ended = false

  constructor(engine: Engine, memory: Memory, insertText: (table: string, row: Readonly<Record<string, unknown>>) => UnitStatement) {
    this.#engine = engine
    this.#memory = memory
    this.#insertText = insertText
  }

  get db(): Kysely<Tables> {
    this.#db ??= this.#engine.bind((statement) => this.#execute(statement))
    return this.#db
  }

  insert<T extends keyof Tables & string>(table: T, row: NewRow<T>): void {
    this.#record(this.#insertText(table, row))
  }

  write(statement: Compilable | Statement, guard?: Guard): void {
    const { sql, parameters } = 'compile' in statement ? statement.compile() : statement
    this.#record(guard ? { sql, parameters, guard } : { sql, parameters })
  }

  #record(statement: UnitStatement): void {
    if (this.#ended) throw new Error('the transaction is over: something was not awaited')
    this.#note(statement.sql)
    this.#recorded.push(statement)
  }

  #note(sql: string): void {
    const table = this.#memory.written(sql)
    if (table !== null) this.written.add(table)
  }

  afterCommit(run: () => void): void {
    this.committed.push(run)
  }

  afterRollback(run: () => void): void {
    this.rolledBack.push(run)
  }

  mayWait(): void {
    this.#isPatient = true
  }

  #chain<T>(run: (session: Awaited<ReturnType<Engine['begin']>>) => Promise<T>): Promise<T> {
    this.#exclusive ??= this.#engine.begin()
    const exclusive = this.#exclusive
    const next = this.#tail.then(async () => run(await exclusive))
    this.#tail = next
    void next.catch(() => {}) // told again by commit, which awaits the tail
    return next
  }

  #execute(statement: Statement) {
    if (this.#ended) throw new Error('the transaction is over: something was not awaited')
    this.#note(statement.sql)
    const before = this.#recorded
    this.#recorded = []
    return this.#chain((session) => session.execute(statement, before))
  }

  async commit(): Promise<void> {
    this.#ended = true
    if (this.#exclusive) {
      await this.#tail
      await (await this.#exclusive).commit(this.#recorded)
      this.#exclusive = null
      return
    }
    if (this.#recorded.length === 0) return
    await this.#engine.commit(this.#recorded, this.#isPatient)
  }

  async rollback(): Promise<void> {
    this.#ended = true
    if (!this.#exclusive) return
    await this.#tail.catch(() => {})
    const session = await this.#exclusive.catch(() => null)
    await session?.rollback()
  }
}
