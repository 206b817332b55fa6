import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from './postgres.ts'
import type { DatabaseTemplate } from './postgres.ts'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

test('the run has a real PostgreSQL with UTF-8 text', async () => {
  const database = await createDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  expect(await query(database.url, `select 'доб. 12' as text, split_part(version(), ' ', 1) as server`)).toEqual([
    { text: 'доб. 12', server: 'PostgreSQL' },
  ])
})

test('a template is filled once, and its copies do not see each other', async () => {
  let fills = 0
  const template: DatabaseTemplate = {
    name: 'of_this_test',
    fill: async (url) => {
      fills += 1
      await query(url, 'create table calls (id int)')
    },
  }
  const databases = await Promise.all([1, 2, 3].map(() => createDatabase(inject('postgresUrl'), template)))
  onTestFinished(async () => void (await Promise.all(databases.map((database) => database.drop()))))
  const [first, second] = databases
  await query(first?.url ?? '', 'insert into calls values (1)')
  expect(fills).toBe(1)
  expect(await query(first?.url ?? '', 'select id from calls')).toEqual([{ id: 1 }])
  expect(await query(second?.url ?? '', 'select id from calls')).toEqual([])
})

test('a dropped database is gone although somebody was connected', async () => {
  const database = await createDatabase(inject('postgresUrl'))
  const idle = new Client({ connectionString: database.url })
  idle.on('error', () => {})
  await idle.connect()
  await database.drop()
  await expect(query(database.url, 'select 1')).rejects.toThrow('does not exist')
})
