import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase } from '../support/postgres.ts'

/** A new, empty database of one engine. */
export interface EmptyDatabase {
  readonly address: string
  drop(): Promise<void>
}

/** Both engines; every suite of this lane runs on each. */
export const engines: ReadonlyArray<readonly [name: string, create: () => Promise<EmptyDatabase>]> = [
  [
    'SQLite',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hookswitch-sqlite-'))
      return { address: join(folder, 'test.db'), drop: () => rm(folder, { recursive: true, force: true }) }
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await createDatabase(inject('postgresUrl'))
      return { address: url, drop }
    },
  ],
]
