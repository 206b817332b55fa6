import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import pg from 'pg'
import { beforeAll, afterAll, expect, inject, test } from 'vitest'
import { lockFolder } from '../../portal/src/store/lock.ts'
import { startPortal } from '../support/portal.ts'
import { portalProcess } from '../support/processes.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const entry = fileURLToPath(new URL('../../portal/bin/hookswitch.mjs', import.meta.url))
const rowsEach = process.env['LONG'] === '1' ? 20_000 : 1500
/** columns that a running portal reads as more than text or number */
const fixed: Readonly<Record<string, string | number | null>> = {
  'portal.settings': '{}',
  'record_fetch.due_at': null,
  'app.install_due_at': null,
}

let dataDir: string
let file: string
let database: TestDatabase
let client: pg.Client
let cookie: string
let origin: string
let tables: string[]

/** Rows of another portal in every table, with every column filled. */
function fill(path: string): string[] {
  const db = new Database(path)
  const names = db
    .prepare<[], { name: string }>(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'migration' order by name`,
    )
    .all()
    .map((row) => row.name)
  for (const name of names) {
    const columns = db.prepare<[], { name: string; type: string }>(`select name, type from pragma_table_info('${name}')`).all()
    const insert = db.prepare(`insert into "${name}" values (${columns.map(() => '?').join(', ')})`)
    db.transaction(() => {
      for (let n = 1; n <= rowsEach; n++)
        insert.run(
          ...columns.map(({ name: column, type }) => {
            const given = fixed[`${name}.${column}`]
            if (given !== undefined) return given
            if (type === 'TEXT') return `${column} ${n} Ольга "'\\ ${n % 7 === 0 ? '\0' : ''}`
            if (type.startsWith('DOUBLE')) return n / 7
            return type === 'SMALLINT' ? n % 2 : 1_000_000 + n
          }),
        )
    })()
  }
  db.close()
  return names
}

function run(args: readonly string[], killWhen?: () => Promise<boolean>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const look = async (): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null) {
      if (await killWhen?.().catch(() => false)) child.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }
  return new Promise((resolve, reject) => {
    child.once('close', (code) => resolve({ code, output }))
    if (killWhen) look().catch(reject)
  })
}

const tablesBegun = async (): Promise<number> => Number((await client.query('select count(*) as count from portal_move')).rows[0].count)

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-move-'))
  file = join(dataDir, 'hookswitch.db')
  const house = await startPortal({ dataDir })
  cookie = house.admin.cookie
  origin = house.url
  await house.addContact({ NAME: 'Ольга', PHONE: [{ VALUE: '+12125550142', VALUE_TYPE: 'WORK' }] })
  await house.stop()
  await writeFile(join(dataDir, 'hookswitch.json'), JSON.stringify({ publicUrl: origin, log: { level: 'error' } }))
  tables = fill(file)
  database = await createDatabase(inject('postgresUrl'))
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
}, 60_000)

afterAll(async () => {
  await client.end()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

test('a portal killed twice in the middle of its move arrives whole, and goes on at work on PostgreSQL', { timeout: 180_000 }, async () => {
  const move = ['migrate', '--data', dataDir, '--to', database.url]
  for (const begun of [6, 25]) {
    const broken = await run(move, async () => (await tablesBegun()) >= begun)
    expect(broken.code, broken.output).toBeNull()
  }
  const there = Number((await client.query(`select count(*) as count from "${tables[2]}"`)).rows[0].count)
  expect(there).toBeGreaterThanOrEqual(rowsEach)

  const { code, output } = await run(move)
  expect(code, output).toBe(0)
  expect(output).toMatch(/Moved \d+ rows of \d+ tables, \d+ of them before it was broken off/)
  expect(output).toContain('databaseUrl')
  expect(output).not.toContain(new URL(database.url).password)

  const source = new Database(file, { readonly: true })
  for (const name of tables) {
    const { count } = source.prepare<[], { count: number }>(`select count(*) as count from "${name}"`).get()!
    expect(Number((await client.query(`select count(*) as count from "${name}"`)).rows[0].count), name).toBe(count)
  }
  source.close()

  const portal = await portalProcess({ dataDir, databaseUrl: database.url, cookie, origin })
  await portal.start()
  try {
    const found = await portal.api('GET', '/search?q=12125550142')
    expect(JSON.stringify(found.body)).toContain('Ольга')
    // the next id is a new one
    const added = await portal.api('POST', '/contacts', { name: 'New' })
    expect(added.status, JSON.stringify(added.body)).toBe(201)
  } finally {
    await portal.kill()
  }
})

test('a database that is not empty, or half filled from another portal, is refused', async () => {
  const used = await run(['migrate', '--data', dataDir, '--to', database.url])
  expect(used.code).toBe(1)
  expect(used.output).toMatch(/has rows in \w+ already/)

  const other = await createDatabase(inject('postgresUrl'))
  const begun = new pg.Client({ connectionString: other.url })
  await begun.connect()
  await begun.query('create table portal_move (table_name text primary key, source text not null, last_row bigint not null)')
  await begun.query(`insert into portal_move values ('', 'another portal', 0)`)
  const refused = await run(['migrate', '--data', dataDir, '--to', other.url])
  expect(refused.code).toBe(1)
  expect(refused.output).toMatch(/half-done move of another portal/)
  const serve = await portalProcess({ dataDir, databaseUrl: other.url, cookie, origin })
  await expect(serve.start()).rejects.toThrow('ended with 1')
  await begun.end()
  await other.drop()
})

test('a portal that is running is not moved', async () => {
  const release = lockFolder(dataDir)
  const { code, output } = await run(['migrate', '--data', dataDir, '--to', database.url])
  release?.()
  expect(code).toBe(1)
  expect(output).toMatch(/a portal is running on .*: stop it first/)
})

test('a source that was changed after the move began is found out; --again begins anew', { timeout: 120_000 }, async () => {
  const target = await createDatabase(inject('postgresUrl'))
  const watch = new pg.Client({ connectionString: target.url })
  await watch.connect()
  const begunTables = async (): Promise<number> => Number((await watch.query('select count(*) as count from portal_move')).rows[0].count)
  const broken = await run(['migrate', '--data', dataDir, '--to', target.url], async () => (await begunTables()) >= 10)
  expect(broken.code).toBeNull()
  const db = new Database(file)
  db.prepare(`update activity set portal_id = portal_id + 1 where id = (select min(id) from activity)`).run()
  db.close()
  const found = await run(['migrate', '--data', dataDir, '--to', target.url])
  expect(found.code).toBe(1)
  expect(found.output).toMatch(/Table activity is not the same on both sides/)
  const again = await run(['migrate', '--data', dataDir, '--to', target.url, '--again'])
  expect(again.code, again.output).toBe(0)
  await watch.end()
  await target.drop()
})
