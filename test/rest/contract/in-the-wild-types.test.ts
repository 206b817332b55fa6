import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'

/** Contract 14.3: JSON types that lose calls when they are wrong. The raw text is looked at, not only what a parser made of it. */
let house: TestPortal
let app: TestApp
let eve: Person
let hook: string
let contactId: number
let last = 1000

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  await house.addPerson('Fay', null)
  app = await house.addApp()
  hook = await house.addIncomingWebhook(['telephony', 'crm', 'user'])
  contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200' }], ASSIGNED_BY_ID: eve.userId })
})
afterAll(() => house.stop())

const byHook = (method: string, params: unknown = {}): Promise<Answer> =>
  request(hook + method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })
const result = async (method: string, params: unknown = {}) => (await byHook(method, params)).body.result
const register = (params: object = {}) =>
  result('telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: `+1555010${++last}`, TYPE: 1, ...params })
const finish = (callId: string) => result('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 5 })

describe('register', () => {
  test('CRM_ENTITY_ID is a number or null, CALL_ID a string', async () => {
    const raw = await fetch(`${hook}telephony.externalCall.register?USER_ID=${eve.userId}&PHONE_NUMBER=%2B15550100200&TYPE=1`)
    expect(await raw.text()).toContain(`"CRM_ENTITY_ID":${contactId}}`)
    expect(await register()).toMatchObject({ CALL_ID: expect.any(String), CRM_ENTITY_ID: null })
  })
})

describe('finish', () => {
  test('keys and types are those of 4.3: CALL_START_DATE an empty object, INCOMING and REST_APP_ID strings, the rest numbers', async () => {
    const { CALL_ID } = (await app.call('telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: '+15550100200', TYPE: 2 })).body.result
    const { body } = await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId, DURATION: 5 })
    const types = Object.entries(body.result as object).map(([key, value]) => `${key} ${value === null ? 'null' : typeof value}`)
    expect(types).toEqual([
      'CALL_ID string', 'EXTERNAL_CALL_ID null', 'PORTAL_USER_ID number', 'PHONE_NUMBER string', 'PORTAL_NUMBER string', 'INCOMING string',
      'CALL_DURATION number', 'CALL_START_DATE object', 'CALL_STATUS number', 'CALL_VOTE number', 'COST number', 'COST_CURRENCY string',
      'CALL_FAILED_CODE string', 'CALL_FAILED_REASON string', 'REST_APP_ID string', 'REST_APP_NAME string', 'CRM_ACTIVITY_ID number', 'COMMENT null',
      'CRM_ENTITY_TYPE string', 'CRM_ENTITY_ID number', 'ID number',
    ])
    expect(JSON.stringify(body.result.CALL_START_DATE)).toBe('{}')
  }) // oxfmt-ignore
})

describe('user.get', () => {
  test("ID is a string, ACTIVE a boolean, UF_PHONE_INNER a string or null, IS_ONLINE 'Y' or 'N'", async () => {
    const users = (await result('user.get')) as Array<Record<string, unknown>>
    for (const user of users) {
      expect([typeof user['ID'], typeof user['ACTIVE'], ['Y', 'N'].includes(String(user['IS_ONLINE']))]).toEqual(['string', 'boolean', true])
      expect(user['UF_PHONE_INNER'] === null || typeof user['UF_PHONE_INNER'] === 'string').toBe(true)
    }
    expect(users.map((user) => user['UF_PHONE_INNER'])).toEqual(expect.arrayContaining(['105', null]))
  }) // oxfmt-ignore

  test('top-level total and next are numbers', async () => {
    for (let n = 0; n < 50; n++)
      await house.portal.users.create(house.portalId, { name: `User ${n}`, email: `u${n}@example.com`, passwordHash: 'x', isAdmin: false, extension: null })
    const { body } = await byHook('user.get')
    expect(Object.keys(body)).toEqual(['result', 'next', 'total', 'time'])
    expect([body.next, body.total]).toEqual([50, 53])
    expect(Object.keys((await byHook('user.get', { start: body.next })).body)).toEqual(['result', 'total', 'time'])
  }) // oxfmt-ignore
})

test('searchCrmEntities: CRM_ENTITY_ID and ASSIGNED_BY_ID are numbers, ASSIGNED_BY.ID is a string', async () => {
  const [first] = await result('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '+15550100200' })
  expect(first).toMatchObject({ CRM_ENTITY_ID: contactId, ASSIGNED_BY_ID: eve.userId, ASSIGNED_BY: { ID: String(eve.userId) } })
})

test.each(['contact', 'lead', 'deal'])('crm.%s.get: ASSIGNED_BY_ID is a string', async (kind) => {
  const id = await result(`crm.${kind}.add`, { fields: { NAME: 'Nora', TITLE: 'A title', ASSIGNED_BY_ID: eve.userId } })
  expect(typeof id).toBe('number')
  expect(await result(`crm.${kind}.get`, { id })).toMatchObject({ ID: String(id), ASSIGNED_BY_ID: String(eve.userId) })
})

describe('answers of telephony', () => {
  test('show and hide are true', async () => {
    const { CALL_ID } = await register()
    for (const verb of ['show', 'hide']) expect(await result(`telephony.externalCall.${verb}`, { CALL_ID, USER_ID: eve.userId })).toBe(true)
  })

  test('attachRecord: FILE_ID is a number, or uploadUrl and fieldName are strings', async () => {
    const { CALL_ID } = await register()
    await finish(CALL_ID)
    const attach = (params: object) => result('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3', ...params })
    expect(await attach({ FILE_CONTENT: 'AAAA' })).toEqual({ FILE_ID: expect.any(Number) })
    expect(await attach({})).toEqual({ uploadUrl: expect.any(String), fieldName: 'file' })
  })

  test('externalLine.add: ID is a number; update: ID is a string; delete is []', async () => {
    const line = (verb: string, params: object) => result(`telephony.externalLine.${verb}`, { NUMBER: 'line-1', ...params })
    const { ID } = await line('add', { NAME: 'First' })
    expect(typeof ID).toBe('number')
    expect(await line('update', { NAME: 'Second' })).toEqual({ ID: String(ID) })
    expect(await line('delete', {})).toEqual([])
  })

  test('event.get: auth_type is a string', async () => {
    await app.call('event.bind', { event: 'OnExternalCallStart', handler: 'http://127.0.0.1:9/handler' })
    expect((await app.call('event.get')).body.result).toEqual([
      { event: 'ONEXTERNALCALLSTART', handler: 'http://127.0.0.1:9/handler', auth_type: '0', offline: 0 },
    ])
  })
})

test('every answer carries time with operating, operating_reset_at and duration, a batch in result_time too', async () => {
  const counters = { operating: expect.any(Number), operating_reset_at: expect.any(Number), duration: expect.any(Number) }
  for (const method of ['profile', 'user.get', 'crm.contact.list', 'telephony.externalLine.get', 'batch'])
    expect((await byHook(method)).body.time).toMatchObject(counters)
  const { body } = await byHook('batch', { cmd: { a: 'profile', b: 'user.get' } })
  expect(body.result.result_time).toMatchObject({ a: counters, b: counters })
})

describe('crm.item.list', () => {
  test('answers result.items[]', async () => {
    const { items } = await result('crm.item.list', { entityTypeId: 3, select: ['id', 'name'] })
    expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ id: contactId, name: 'Nora' })]))
  })

  test('a filter on an unknown field answers INVALID_ARG_VALUE', async () => {
    expect(await byHook('crm.item.list', { entityTypeId: 3, filter: { nothing: 1 } })).toMatchObject({
      status: 400,
      body: { error: 'INVALID_ARG_VALUE', error_description: "Invalid filter: field 'nothing' is not allowed in filter" },
    })
  })
})
