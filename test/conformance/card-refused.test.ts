import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

/*
 * What makes a lead or a deal fail alone: another process deletes its client between the search and the card. The table of deals is locked, so that
 * the registration waits between the two.
 */

let database: TestDatabase
let house: TestPortal
let app: TestApp
let other: Client

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  house = await startPortal({ databaseUrl: database.url })
  app = await house.addApp()
  other = new Client({ connectionString: database.url })
  await other.connect()
})
afterAll(async () => {
  await house.stop()
  await other.end()
  await database.drop()
})

const waitsForDeals = async (): Promise<boolean> => {
  const { rows } = await other.query(`select 1 from pg_locks where not granted and relation = 'deal'::regclass`)
  return rows.length > 0
}

test.each([
  ['classic', 'lead', '+15550100860'],
  ['simple', 'deal', '+15550100861'],
] as const)('in %s mode a call whose %s is refused is registered all the same, and says why', async (crmMode, kind, number) => {
  await house.admin.api('PATCH', '/switches', { crmMode, repeatSales: true })
  const contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: number }] })
  await other.query('begin')
  await other.query('lock table deal in access exclusive mode')
  const params = { USER_ID: house.admin.userId, PHONE_NUMBER: number, TYPE: 2, CRM_CREATE: 1 }
  const registered = app.call('telephony.externalCall.register', params)
  await expect.poll(waitsForDeals).toBe(true)
  await other.query('delete from contact where id = $1', [contactId])
  await other.query('commit')
  const { status, body } = await registered
  expect(status, JSON.stringify(body)).toBe(200)
  expect(Object.keys(body.result)).toEqual([
    'CALL_ID',
    'CRM_CREATED_LEAD',
    'CRM_CREATED_ENTITIES',
    'CRM_ENTITY_TYPE',
    'CRM_ENTITY_ID',
    'LEAD_CREATION_ERROR',
  ])
  expect(body.result).toMatchObject({
    CRM_CREATED_LEAD: null,
    CRM_CREATED_ENTITIES: [],
    LEAD_CREATION_ERROR: `CONTACT_ID: there is no contact ${contactId}`,
  })
  const { rows } = await other.query(`select 1 from ${kind}`)
  expect(rows).toEqual([])
  const finish = { CALL_ID: body.result.CALL_ID, USER_ID: house.admin.userId, DURATION: 5 }
  expect((await app.call('telephony.externalCall.finish', finish)).body.result).toMatchObject({
    CALL_ID: body.result.CALL_ID,
    CALL_STATUS: 1,
  })
})
