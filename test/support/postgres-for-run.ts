import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'
import type { PostgresServer } from './postgres.ts'

let server: PostgresServer | undefined

/** Vitest calls it once before a lane: one server for all files, `inject('postgresUrl')` in a test tells its address. */
export async function setup(project: TestProject): Promise<void> {
  server = await startPostgres()
  project.provide('postgresUrl', server.url)
}

/** Vitest calls it once after a lane. */
export async function teardown(): Promise<void> {
  await server?.close()
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL server; give it to `createDatabase`. */
    postgresUrl: string
  }
}
