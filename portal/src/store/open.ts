import { isPostgres } from '../config.ts'
import type { Log } from '../log.ts'
import type { Engine } from './engine.ts'

/**
 * Opens the engine of a database address: `postgres://…`, or the path of a SQLite file (made when absent).
 */
export async function openEngine(address: string, log: Log): Promise<Engine> {
  if (isPostgres(address)) return (await import('./postgres.ts')).openPostgres(address, log)
  return (await import('./sqlite.ts')).openSqlite(address, log)
}
