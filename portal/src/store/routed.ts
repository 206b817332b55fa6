import {
  Kysely,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
} from 'kysely'
import type { Answer, Statement } from './engine.ts'
import type { Tables } from './tables.ts'

/** What a query layer needs to know of an engine to compile for it. */
export interface Parts {
  createAdapter(): DialectAdapter
  createQueryCompiler(): QueryCompiler
}

/** A Kysely whose statements all go through one function; transactions are the store's business, not its own. */
export function routedQueries(parts: Parts, execute: (statement: Statement) => Promise<Answer>): Kysely<Tables> {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery) {
      const answer = await execute(query)
      return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.changes) }
    },
    // oxlint-disable-next-line require-yield
    async *streamQuery() {
      throw new Error('streaming inside a transaction is not offered')
    },
  }
  const refuse = async (): Promise<void> => {
    throw new Error('transactions are opened by store.transaction')
  }
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  }
  const dialect: Dialect = {
    createAdapter: () => parts.createAdapter(),
    createQueryCompiler: () => parts.createQueryCompiler(),
    createDriver: () => driver,
    createIntrospector: () => {
      throw new Error('introspection is not offered')
    },
  }
  return new Kysely<Tables>({ dialect })
}
