import {
  Kysely,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
} from 'kysely'
import { PortalError } from '../errors.ts'
import type { Answer, Statement } from './engine.ts'
import type { Tables } from './tables.ts'

/** What a query layer needs to know of an engine to compile for it. */
export interface Parts {
  createAdapter(): DialectAdapter
  createQueryCompiler(): QueryCompiler
}

/** SQLite takes 32 766 values in a statement, PostgreSQL 65 535. Only what callers list can be so many. */
const mostValues = 30_000

/** A Kysely whose statements all go through one function; transactions are the store's business, not its own. */
export function routedQueries(parts: Parts, execute: (statement: Statement) => Promise<Answer>): Kysely<Tables> {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery) {
      if (query.parameters.length > mostValues) throw new PortalError('too_many_values', { most: mostValues })
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
