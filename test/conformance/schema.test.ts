import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLog } from '../../portal/src/log.ts'
import { migrate } from '../../portal/src/store/migrate.ts'
import { openEngine } from '../../portal/src/store/open.ts'
import { engines } from './engines.ts'

const folder = join(import.meta.dirname, '../../portal/migrations')

/** The dump of SQLite is also made by `npm run generate`; the one of PostgreSQL needs a server and is made here, with UPDATE=1. */
describe.each(engines)('the schema on %s', (engineName, create) => {
  const name = `schema.${engineName === 'SQLite' ? 'sqlite' : 'postgres'}.sql`

  test('is the dump that stands beside the migrations', async () => {
    const database = await create()
    const engine = await openEngine(database.address, createLog('silent'))
    try {
      await migrate(engine)
      const schema = await engine.dumpSchema()
      if (process.env['UPDATE'] === '1') await writeFile(join(folder, name), schema)
      const dump = await readFile(join(folder, name), 'utf8').catch(() => '')
      expect(dump, `portal/migrations/${name} is stale. Write it: UPDATE=1 npm test -- test/conformance/schema.test.ts`).toBe(schema)
    } finally {
      await engine.close()
      await database.drop()
    }
  })
})
