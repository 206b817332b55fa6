import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Compiled SQL. Parameters are strings, numbers and nulls. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** How many rows a guarded statement has to change, and the name by which its failure is told. */
export interface Guard {
  readonly name: string
  readonly rows: number
}

/** A guarded statement changed another number of rows than it had to: the whole unit was taken back. */
export class GuardFailed extends Error {
  override readonly name = 'GuardFailed'
  readonly guard: string
  constructor(guard: string) {
    super(`guard ${guard} failed`)
    this.guard = guard
  }
}

/** Throws when a guarded statement changed another number of rows than it had to. */
export function checkGuard(guard: Guard | undefined, changes: number | null): void {
  if (guard && guard.rows !== changes) throw new GuardFailed(guard.name)
}

/** A statement of a recorded transaction. `into` says that it is a plain insert of one row, which an engine may join with others. */
export type UnitStatement = Statement & {
  readonly guard?: Guard
  readonly into?: { readonly table: string; readonly columns: readonly string[] }
}

/** The statements of one recorded transaction, in order. */
export type Unit = UnitStatement[]

/** What a statement answered. */
export interface Answer {
  readonly rows: readonly Record<string, unknown>[]
  readonly changes: number
}

/**
 * A transaction that has the writer to itself. `before` are statements that run first and whose answers nobody needs: they cost no way of their own.
 * Rejects with GuardFailed or with the database's error; then only `rollback` makes sense, and it may follow a commit that failed.
 */
export interface Session {
  execute(statement: Statement, before: Unit): Promise<Answer>
  commit(before: Unit): Promise<void>
  rollback(): Promise<void>
}

/** All that differs between SQLite and PostgreSQL. The same conformance suite runs on both. */
export interface Engine {
  /** other processes may be at work on this database */
  readonly isShared: boolean
  /** names this process among those on the database */
  readonly processId: string
  /** which of these processes have no connection any more */
  goneAmong(processIds: readonly string[]): Promise<string[]>
  /** readers beside the writer */
  readonly read: Kysely<Tables>
  /** a read whose text was compiled before */
  query(statement: Statement): Promise<Answer>
  /** compiles only */
  readonly build: Kysely<Tables>
  /** a query layer whose statements go through `execute` */
  bind(execute: (statement: Statement) => Promise<Answer>): Kysely<Tables>
  insertText(table: string, columns: readonly string[]): string
  /** appended to the inner select of a claim, so that processes that claim at the same time get different rows */
  readonly claimSuffix: string
  /**
   * one unit of the group commit; resolves when durable, rejects with GuardFailed or the database's error for this unit alone.
   * `isPatient`: it may wait a few milliseconds for one to ride with
   */
  commit(unit: Unit, isPatient: boolean): Promise<void>
  /** waits for the writer, then has it alone until commit or rollback */
  begin(): Promise<Session>
  notify(channel: string, message: string): Promise<void>
  /** `missed`: messages may have been lost, because the connection was */
  listen(channel: string, hear: (message: string) => void, missed?: () => void): void
  /** for how long the connection that listens has been open; null: it is not */
  heardForMs(): number | null
  /** the database's own time, milliseconds since 1970 UTC */
  databaseTime(): Promise<number>
  /** applies one migration in a transaction, unless its name was applied before */
  migrate(name: string, text: string): Promise<boolean>
  /** the schema as text, for the dumps beside the migrations */
  dumpSchema(): Promise<string>
  close(): Promise<void>
}
