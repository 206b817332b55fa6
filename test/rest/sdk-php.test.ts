import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'

/** What the official PHP SDK's own integration suite calls and relies on, in the shape that SDK sends it: JSON, names and odd values as they are there. */

let house: TestPortal
let app: TestApp
let hook: string

beforeAll(async () => {
  house = await startPortal({ settings: { tls: 'local' } })
  const scope = ['telephony', 'crm', 'user', 'im', 'placement']
  app = await house.addApp({ title: 'PHP SDK', scope })
  hook = await house.addIncomingWebhook(scope)
})
afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const byWebhook = (method: string, params: Params = {}): Promise<Answer> =>
  request(`${hook}${method}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })
const byApp = (method: string, params: Params = {}): Promise<Answer> => app.call(method, params)
const good = async (answer: Promise<Answer>) => {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const iso = (): string => new Date().toISOString().replace(/\.\d+Z$/, '+00:00')

describe.each([
  ['an app', byApp],
  ['a webhook', byWebhook],
] as const)('as %s', (kind, call) => {
  let number = kind === 'an app' ? 1000 : 2000
  const result = async (method: string, params: Params = {}) => (await good(call(method, params))).result
  const register = async (): Promise<{ callId: string; userId: string }> => {
    const { ID } = await result('profile')
    await result('user.update', { ID, UF_PHONE_INNER: '123' })
    const { CALL_ID } = await result('telephony.externalCall.register', {
      USER_PHONE_INNER: '123',
      USER_ID: Number(ID),
      PHONE_NUMBER: `1555011${number++}`,
      CALL_START_DATE: iso(),
      CRM_CREATE: 1,
      CRM_SOURCE: null,
      CRM_ENTITY_TYPE: 'CONTACT',
      CRM_ENTITY_ID: null,
      SHOW: 1,
      CALL_LIST_ID: null,
      LINE_NUMBER: '3333',
      TYPE: 1,
    })
    return { callId: CALL_ID, userId: ID }
  }
  const finish = (callId: string, userId: string) =>
    result('telephony.externalCall.finish', {
      CALL_ID: callId,
      USER_ID: Number(userId),
      DURATION: 100,
      COST: '100.00',
      COST_CURRENCY: 'USD',
      STATUS_CODE: '200',
      FAILED_REASON: null,
      RECORD_URL: null,
      VOTE: null,
      ADD_TO_CHAT: 1,
    })

  test('a call with a line that was never added is registered, shown, hidden and finished with its cost', async () => {
    const { callId, userId } = await register()
    expect(callId).not.toBe('')
    for (const method of ['show', 'hide'])
      expect(await result(`telephony.externalCall.${method}`, { CALL_ID: callId, USER_ID: [Number(userId)] })).toBe(true)
    const finished = await finish(callId, userId)
    expect([Number(finished.COST), finished.COST_CURRENCY, finished.CALL_DURATION]).toEqual([100, 'USD', 100])
  })

  test('a record is attached as base64 and by an https address, and a transcript with its cost', async () => {
    const { callId, userId } = await register()
    await finish(callId, userId)
    const record = { CALL_ID: callId, FILENAME: 'call-record-test.mp3' }
    expect(
      (await result('telephony.externalCall.attachRecord', { ...record, FILE_CONTENT: Buffer.from('sound').toString('base64') })).FILE_ID,
    ).toBeGreaterThan(0)
    expect((await result('telephony.externalCall.attachRecord', { ...record, FILE_CONTENT: null, RECORD_URL: null })).uploadUrl).toMatch(
      /^https:\/\//,
    )
    const MESSAGES = ['User', 'Client'].map((SIDE, index) => ({
      SIDE,
      START_TIME: 1 + index * 4,
      STOP_TIME: 5 + index * 4,
      MESSAGE: 'words',
    }))
    const attached = await result('telephony.call.attachTranscription', { CALL_ID: callId, COST: '300.00', COST_CURRENCY: 'USD', MESSAGES })
    expect(attached.TRANSCRIPT_ID).toBeGreaterThan(0)
  })

  test('a line is added, found and deleted with an empty list', async () => {
    const NUMBER = `${Math.floor(Date.now() / 1000)}${'9'.repeat(18)}${number}`
    expect((await result('telephony.externalLine.add', { NUMBER, NAME: `line-name-${NUMBER}`, CRM_AUTO_CREATE: 'Y' })).ID).toBeGreaterThan(
      0,
    )
    const numbers = async () => (await result('telephony.externalLine.get')).map((line: { NUMBER: string }) => line.NUMBER)
    expect(await numbers()).toContain(NUMBER)
    expect(await result('telephony.externalLine.delete', { NUMBER })).toEqual([])
    expect(await numbers()).not.toContain(NUMBER)
  })

  test('callers are searched for', async () => {
    expect(await result('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '15550119999' })).toEqual([])
  })

  test('who am I, which methods and scopes are there', async () => {
    expect((await result('profile')).ADMIN).toBe(true)
    expect(await result('user.admin')).toBe(true)
    expect(await result('method.get', { name: 'app.info1' })).toEqual({ isExisting: false, isAvailable: false })
    const [all, own, methods] = [await result('scope', { full: true }), await result('scope'), await result('methods')]
    expect(own.every((scope: string) => all.includes(scope))).toBe(true)
    expect(methods).toContain('profile')
    expect(Date.parse(await result('server.time'))).toBeGreaterThan(0)
    expect(await call('unknownMethod')).toMatchObject({ status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND' } })
  })

  test('users are added, changed, counted by filter and searched', async () => {
    const fields = { NAME: 'Test', EMAIL: `${number++}.test@example.com`, EXTRANET: 'N', UF_DEPARTMENT: [1], MESSAGE_TEXT: '' }
    const id = await result('user.add', fields)
    expect(id).toBeGreaterThan(0)
    expect(await result('user.update', { NAME: 'Test2', ID: id })).toBe(true)
    const get = (filter: unknown) => good(call('user.get', { sort: 'ID', order: 'ASC', filter, ADMIN_MODE: 'true' }))
    expect((await get({ ID: id })).result[0]).toMatchObject({ NAME: 'Test2', ID: String(id) })
    const inner = await get({ '!UF_PHONE_INNER': null })
    expect(inner.total).toBeGreaterThan(0)
    expect(inner.result.every((user: { UF_PHONE_INNER: string | null }) => user.UF_PHONE_INNER)).toBe(true)
    expect((await get([])).total).toBeGreaterThan(inner.total)
    expect((await good(call('user.search', { NAME: 'test' }))).total).toBeGreaterThan(0)
    expect((await result('user.fields')).NAME).toEqual(expect.any(String))
    expect((await result('user.current')).ID).toBe(String(house.admin.userId))
  })

  test('60 users are added by batches of 50', async () => {
    const cmd = Array.from(
      { length: 50 },
      (_, index) => `user.add?NAME=Batch&EMAIL=b${number++}.${index}%40example.com&EXTRANET=N&UF_DEPARTMENT%5B0%5D=1`,
    )
    const answer = await result('batch', { halt: 0, cmd })
    expect([answer.result.length, answer.result_error]).toEqual([50, []])
  })

  test('deals are added by batch, counted by their contact, listed in order and deleted', async () => {
    const contactId = await result('crm.contact.add', {
      fields: { NAME: 'first', SECOND: 'second' },
      params: { REGISTER_SONET_EVENT: 'N' },
    })
    const add = (from: number, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `0.${from + index}-key`,
          `crm.deal.add?${new URLSearchParams({
            'fields[TITLE]': `deal-${from + index}`,
            'fields[IS_MANUAL_OPPORTUNITY]': 'Y',
            'fields[OPPORTUNITY]': '1234.00',
            'fields[CURRENCY_ID]': 'USD',
            'fields[CONTACT_ID]': String(contactId),
          })}`,
        ]),
      )
    const ids: number[] = []
    for (const cmd of [add(0, 50), add(50, 15)]) ids.push(...Object.values<number>((await result('batch', { halt: false, cmd })).result))
    expect(new Set(ids).size).toBe(65)
    const counted = await good(call('crm.deal.list', { order: [], filter: { CONTACT_ID: contactId }, select: ['ID'], start: 0 }))
    expect([counted.total, counted.next, counted.result.length]).toEqual([65, 50, 50])
    const pages = await result('batch', {
      halt: true,
      cmd: [0, 50].map((start) => `crm.deal.list?order%5BID%5D=ASC&filter%5BCONTACT_ID%5D=${contactId}&select%5B0%5D=%2A&start=${start}`),
    })
    expect(pages.result.flat().map((deal: { ID: string }) => Number(deal.ID))).toEqual(ids)
    expect(pages.result[0][0]).toMatchObject({ ID: String(ids[0]), TITLE: 'deal-0', CONTACT_ID: String(contactId) })
    const gone = await result('batch', { halt: 0, cmd: ids.slice(0, 50).map((id) => `crm.deal.delete?id=${id}`) })
    expect(gone.result.every((one: boolean) => one)).toBe(true)
  })

  test('a contact has its e-mail, phone, messenger and site; lists take [""] for no order and no filter', async () => {
    const fields = {
      NAME: 'test contact',
      EMAIL: [{ VALUE: 'nora@example.com', VALUE_TYPE: 'work' }],
      PHONE: [{ VALUE: '+15550112222', VALUE_TYPE: 'work' }],
      IM: [{ VALUE: '+15550112223', VALUE_TYPE: 'telegram' }],
      WEB: [{ VALUE: 'https://example.com/', VALUE_TYPE: 'work' }],
    }
    const id = await result('crm.contact.add', { fields, params: [] })
    const contact = await result('crm.contact.get', { id })
    for (const name of ['EMAIL', 'PHONE', 'IM', 'WEB'] as const) expect(contact[name][0].VALUE, name).toBe(fields[name][0]!.VALUE)
    expect((await good(call('crm.contact.list', { order: [''], filter: [''], select: ['ID', 'NAME'], start: 0 }))).total).toBeGreaterThan(0)
    expect(await result('crm.contact.update', { id, fields: { NAME: 'test2' }, params: [] })).toBe(true)
    expect((await result('crm.contact.get', { id })).NAME).toBe('test2')
    expect(await result('crm.contact.delete', { id })).toBe(true)
  })

  test('a call list is added, read, listed, its items and statuses too', async () => {
    const ENTITIES = [
      await result('crm.contact.add', { fields: { NAME: 'name-1' } }),
      await result('crm.contact.add', { fields: { NAME: 'name-2' } }),
    ]
    const id = await result('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES, WEBFORM_ID: null })
    expect(id).toBeGreaterThan(0)
    expect(Number((await result('crm.calllist.get', { ID: id })).ID)).toBe(id)
    expect(Number((await result('crm.calllist.list', { ORDER: [], FILTER: { ID: id }, SELECT: ['ID'], start: 0 }))[0].ID)).toBe(id)
    expect((await result('crm.calllist.statuslist')).length).toBeGreaterThan(1)
    expect(await result('crm.calllist.items.get', { LIST_ID: id, FILTER: [] })).toHaveLength(2)
    expect(await result('crm.calllist.update', { LIST_ID: id, ENTITY_TYPE: 'CONTACT', ENTITIES })).toBe(true)
  })

  test('a call activity is added without naming its card in COMMUNICATIONS, read, listed, changed and deleted', async () => {
    const OWNER_ID = await result('crm.contact.add', { fields: { NAME: 'test contact' } })
    const fields = {
      OWNER_ID,
      OWNER_TYPE_ID: 3,
      TYPE_ID: 2,
      PROVIDER_ID: 'VOXIMPLANT_CALL',
      PROVIDER_TYPE_ID: 'CALL',
      SUBJECT: 'test activity',
      DESCRIPTION: 'test activity description',
      DESCRIPTION_TYPE: '1',
      DIRECTION: '2',
      COMMUNICATIONS: [{ TYPE: 'PHONE', VALUE: '5550112224' }],
      RESULT_SUM: 500,
      RESULT_CURRENCY_ID: 'USD',
    }
    const id = await result('crm.activity.add', { fields })
    expect(await result('crm.activity.get', { id })).toMatchObject({ OWNER_ID: String(OWNER_ID), SUBJECT: 'test activity' })
    const listed = await good(
      call('crm.activity.list', { order: { ID: 'DESC' }, filter: { OWNER_ID }, select: ['*', 'COMMUNICATIONS'], start: 0 }),
    )
    expect([listed.total, listed.result.length]).toEqual([1, 1])
    expect(await result('crm.activity.update', { id, fields: { SUBJECT: 'other' } })).toBe(true)
    expect(await result('crm.activity.delete', { id })).toBe(true)
    expect(Object.keys(await result('crm.activity.fields')).length).toBeGreaterThan(10)
  })

  test('notes are sent, read in every way and deleted', async () => {
    const { ID } = await result('profile')
    const note = (name: string, more: Params = {}) =>
      result(name, { USER_ID: Number(ID), MESSAGE: 'Test', MESSAGE_OUT: null, TAG: null, SUB_TAG: null, ATTACH: null, ...more })
    const ids = [await note('im.notify.system.add'), await note('im.notify.personal.add'), await note('im.notify', { TYPE: 'USER' })]
    for (const id of ids) expect(id).toBeGreaterThan(0)
    expect(await result('im.notify.read', { ID: ids[0], ONLY_CURRENT: 'Y' })).toBe(true)
    for (const ACTION of ['Y', 'N']) expect(await result('im.notify.read.list', { IDS: ids, ACTION })).toBe(true)
    expect(await result('im.notify.read.all')).toMatchObject({ result: true, newCounter: 0 })
    expect(await result('im.notify.delete', { ID: ids[0], TAG: null, SUB_TAG: null })).toBe(true)
  })
})

describe('as an app alone', () => {
  const result = async (method: string, params: Params = {}) => (await good(byApp(method, params))).result

  test('app.info names a licence', async () => {
    expect((await result('app.info')).LICENSE).toEqual(expect.any(String))
  })

  test('a handler is bound, found by its address and unbound', async () => {
    const handler = 'https://handlers.example.com/inert'
    expect(
      await result('event.bind', {
        event: 'ONCRMCONTACTADD',
        handler,
        auth_type: null,
        event_type: 'online',
        auth_connector: null,
        options: null,
      }),
    ).toBe(true)
    expect((await result('event.get')).map((one: { handler: string }) => one.handler)).toContain(handler)
    expect(await result('event.unbind', { event: 'ONCRMCONTACTADD', handler, auth_type: null, event_type: 'online' })).toMatchObject({
      count: 1,
    })
  })

  test('offline events are listed, taken, marked as failed and cleared by their process', async () => {
    const name = 'ONCRMCONTACTADD'
    const filter = { '=EVENT_NAME': name }
    await result('event.bind', { event: name, handler: 'https://example.com/offline', event_type: 'offline' })
    await byWebhook('crm.contact.add', { fields: { NAME: 'offline' } })
    const listed = await result('event.offline.list', { filter, order: { ID: 'DESC' } })
    expect(listed[0]).toMatchObject({ EVENT_NAME: name })
    const packet = await result('event.offline.get', {
      filter,
      order: null,
      limit: null,
      clear: 0,
      process_id: null,
      error: null,
      auth_connector: null,
    })
    expect([packet.process_id !== null, packet.events.length]).toEqual([true, 1])
    const messageId = packet.events[0].MESSAGE_ID
    expect(await result('event.offline.error', { process_id: packet.process_id, message_id: [messageId] })).toBe(true)
    expect(await result('event.offline.clear', { process_id: packet.process_id })).toBe(true)
  })

  test('lines and pages of the telephony are told', async () => {
    await result('telephony.externalLine.add', { NUMBER: '15550113333', NAME: 'Line' })
    expect(await result('voximplant.line.get')).toBeTypeOf('object')
    expect((await result('voximplant.user.get', { USER_ID: [house.admin.userId] })).length).toBeGreaterThan(0)
    expect(new URL((await result('voximplant.url.get')).detail_statistics).host).toBe(new URL(house.url).host)
  })

  test('a place is bound, read and unbound', async () => {
    const bound = {
      PLACEMENT: 'CALL_CARD',
      HANDLER: 'https://handlers.example.com/tab',
      LANG_ALL: { en: { TITLE: 'test app' } },
      OPTIONS: [],
    }
    expect(await result('placement.bind', bound)).toBe(true)
    expect((await result('placement.get'))[0].placement).toBe('CALL_CARD')
    expect((await result('placement.list')).length).toBeGreaterThan(0)
    expect((await result('placement.unbind', { PLACEMENT: 'CALL_CARD', HANDLER: null })).count).toBe(1)
  })
})
