import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../portal/src/config.ts'
import type { Route } from '../portal/src/http/api/route.ts'
import { createLog } from '../portal/src/log.ts'
import { createPortal } from '../portal/src/portal.ts'
import type { Method } from '../portal/src/rest/method.ts'
import { openEngine } from '../portal/src/store/open.ts'
import { migrate } from '../portal/src/store/migrate.ts'

/** What a portal declares, read off one that was built and closed again. */
export interface Declared {
  /** REST methods by lower-case wire name, in the order of their areas */
  readonly methods: ReadonlyMap<string, Method>
  /** rows of the own API */
  readonly routes: readonly Route[]
  /** the schema of an empty SQLite database */
  readonly sqliteSchema: string
}

/** Builds a portal on a new database in a temporary folder, reads its rows, removes it. */
export async function readDeclared(): Promise<Declared> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-generate-'))
  try {
    const portal = await createPortal(loadConfig({ env: {}, dataDir, overrides: { log: { level: 'silent' } } }))
    try {
      return { methods: portal.router.rows, routes: portal.routes, sqliteSchema: await dumpSqlite(join(dataDir, 'schema.db')) }
    } finally {
      await portal.close()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function dumpSqlite(file: string): Promise<string> {
  const engine = await openEngine(file, createLog('silent'))
  try {
    await migrate(engine)
    return await engine.dumpSchema()
  } finally {
    await engine.close()
  }
}
