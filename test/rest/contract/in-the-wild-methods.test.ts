import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'

/**
 * Contract 14.1: the methods that clients in the wild call, each called as they do: webhooks by GET with everything in the query, forms with PHP
 * brackets, JSON with nulls, in the letter case of old connectors. What exactly each answers is held by the other files of this folder.
 */
let house: TestPortal
let app: TestApp
let eve: Person
let hook: string
let last = 1000
const nextNumber = (): string => `+1555010${++last}`
const scope = ['telephony', 'crm', 'user', 'department', 'placement', 'im']

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  app = await house.addApp({ scope })
  hook = await house.addIncomingWebhook(scope)
  await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200' }] })
  await house.addCompany({ TITLE: 'Harbour' })
})
afterAll(() => house.stop())

const of = ({ status, body }: Answer) => {
  expect([status, body.error], JSON.stringify(body)).toEqual([200, undefined])
  return body.result
}
/** GET, all in the query, as file_get_contents and curl scripts do. */
const get = async (method: string, query = '') => of(await request(`${hook}${method}.json?${query}`))
/** POST of a form, as http_build_query writes it. */
const form = async (method: string, body: string) =>
  of(await request(`${hook}${method}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }))
/** JSON to a webhook with a slash at the end, as the PHP SDK does. */
const json = async (method: string, params: object = {}) =>
  of(
    await request(`${hook}${method}/?bx24_request_id=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    }),
  )
/** An app with its token in the body. */
const byApp = async (method: string, params: object = {}) => of(await app.call(method, params as Readonly<Record<string, unknown>>))

const register = async (): Promise<string> =>
  (
    await form(
      'telephony.externalcall.register',
      `USER_PHONE_INNER=105&PHONE_NUMBER=${encodeURIComponent(nextNumber())}&TYPE=2&CRM_CREATE=0&SHOW=1`,
    )
  ).CALL_ID
const finished = async (): Promise<string> => {
  const callId = await register()
  await get('telephony.externalcall.finish', `CALL_ID=${callId}&USER_ID=${eve.userId}&DURATION=7&STATUS_CODE=200`)
  return callId
}
const contactOf = (fields: object): Promise<number> => json('crm.contact.add', { fields })
const some = expect.any(Number)
const text = expect.any(String)

/** Each method of 14.1 in the order of its row: how it is called, and what comes of it. */
const calls: Readonly<Record<string, () => Promise<void>>> = {
  async register() {
    expect(await register()).toMatch(/^externalCall\./)
    expect(await json('telephony.externalCall.register', { USER_ID: eve.userId, USER_PHONE_INNER: '105', PHONE_NUMBER: '+15550100200', TYPE: 1, CRM_SOURCE: null, LINE_NUMBER: null })).toMatchObject({ CALL_ID: text, CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 1 })
  },
  async finish() {
    expect(await form('telephony.externalcall.finish', `CALL_ID=${await register()}&USER_PHONE_INNER=105&DURATION=7&STATUS_CODE=200&ADD_TO_CHAT=0`)).toMatchObject({ CALL_DURATION: 7, CALL_FAILED_CODE: '200', ID: some })
    expect(await json('telephony.externalCall.finish', { CALL_ID: await register(), USER_ID: eve.userId, DURATION: '0', STATUS_CODE: 304, RECORD_URL: null })).toMatchObject({ CALL_STATUS: 0, CALL_FAILED_CODE: '304' })
  },
  async 'user.get'() {
    expect(await get('user.get', 'FILTER[UF_PHONE_INNER]=105')).toMatchObject([{ ID: String(eve.userId), ACTIVE: true, UF_PHONE_INNER: '105' }])
    expect(await get('user.get', 'UF_PHONE_INNER=105&ACTIVE=true')).toHaveLength(1)
    expect(await json('user.get', { ID: eve.userId, ADMIN_MODE: false })).toMatchObject([{ NAME: 'Eve' }])
  },
  async show() {
    expect(await get('telephony.externalcall.show', `CALL_ID=${await register()}&USER_ID=${eve.userId}`)).toBe(true)
    expect(await json('telephony.externalCall.show', { CALL_ID: await register(), USER_ID: [1, eve.userId] })).toBe(true)
  },
  async attachRecord() {
    const callId = await finished()
    expect(await form('telephony.externalcall.attachrecord', `CALL_ID=${callId}&FILENAME=call.mp3&FILE_CONTENT=${encodeURIComponent(Buffer.from('sound').toString('base64'))}`)).toEqual({ FILE_ID: some })
    expect(await json('telephony.externalCall.attachRecord', { CALL_ID: callId, FILENAME: 'call.mp3', FILE_CONTENT: null })).toEqual({ uploadUrl: text, fieldName: 'file' })
  },
  async batch() {
    const answer = await form('batch', `halt=0&cmd[0]=${encodeURIComponent('user.get?filter[UF_PHONE_INNER]=105')}&cmd[1]=profile`)
    expect(answer.result).toMatchObject([[{ NAME: 'Eve' }], { NAME: 'Admin' }])
  },
  async 'event.bind'() {
    expect(await byApp('event.bind', { event: 'OnExternalCallStart', handler: 'https://pbx.example.com/handler.php', auth_type: '' })).toBe(true)
  },
  async 'user.current'() {
    expect(await get('user.current')).toMatchObject({ ID: '1', NAME: 'Admin' })
  },
  async hide() {
    expect(await get('telephony.externalcall.hide', `CALL_ID=${await register()}&USER_ID[]=${eve.userId}`)).toBe(true)
  },
  async profile() {
    expect(await json('profile')).toMatchObject({ ID: '1', ADMIN: true })
  },
  async 'crm.contact.list'() {
    expect(await get('crm.contact.list', 'FILTER[PHONE]=%2B15550100200&SELECT[]=ID&SELECT[]=NAME&SELECT[]=LAST_NAME')).toMatchObject([{ ID: '1', NAME: 'Nora' }])
  },
  async 'crm.contact.get'() {
    expect(await get('crm.contact.get', 'ID=1')).toMatchObject({ ID: '1', ASSIGNED_BY_ID: '1', PHONE: [{ VALUE: '+15550100200' }] })
  },
  async 'token refresh'() {
    const { accessToken, refreshToken, clientId, clientSecret } = await house.addApp()
    const answer = await request(`${house.url}/oauth/token/?grant_type=refresh_token&client_id=${clientId}&client_secret=${clientSecret}&refresh_token=${refreshToken}&scope=granted_permission&redirect_uri=app_URL`)
    expect(answer.body).toMatchObject({ access_token: text, refresh_token: text, expires_in: 3600 })
    expect(answer.body.access_token).not.toBe(accessToken)
  },
  async 'event.get'() {
    expect(await byApp('event.get')).toEqual([{ event: 'ONEXTERNALCALLSTART', handler: 'https://pbx.example.com/handler.php', auth_type: '0', offline: 0 }])
  },
  async scope() {
    expect(await get('scope')).toEqual(scope)
  },
  async 'externalLine.add and .get'() {
    expect(await byApp('telephony.externalLine.add', { NUMBER: '15550100999', NAME: 'Main' })).toEqual({ ID: some })
    expect(await byApp('telephony.externalline.get')).toEqual([{ NUMBER: '15550100999', NAME: 'Main', CRM_AUTO_CREATE: 'Y' }])
  },
  async searchCrmEntities() {
    expect(await get('telephony.externalCall.searchCrmEntities', 'PHONE_NUMBER=15550100200')).toMatchObject([{ CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 1, ASSIGNED_BY: { USER_PHONE_INNER: '101' } }])
  },
  async 'crm.item.list'() {
    expect(await json('crm.item.list', { entityTypeId: 3, filter: { id: 1 }, select: ['id', 'name'] })).toMatchObject({ items: [{ id: 1, name: 'Nora' }] })
  },
  async 'server.time'() {
    expect(await get('server.time')).toMatch(/^\d{4}-\d\d-\d\dT/)
  },
  async 'uploadUrl POST'() {
    const { uploadUrl, fieldName } = await byAppOf(await finishedOfApp())
    const body = new FormData()
    body.set(fieldName, new Blob(['sound']), 'call.mp3')
    expect(of(await request(uploadUrl, { method: 'POST', body }))).toEqual({ FILE_ID: some })
  },
  async 'event.unbind'() {
    expect(await byApp('event.unbind', { event: 'OnExternalCallStart', handler: 'https://pbx.example.com/handler.php' })).toEqual({ count: 1 })
  },
  async 'app.info'() {
    expect(await byApp('app.info')).toMatchObject({ STATUS: 'L', INSTALLED: true })
  },
  async 'event.offline.get, .list, .clear and .error'() {
    await byApp('event.bind', { event: 'ONCRMLEADADD', event_type: 'offline' })
    await house.addLead({ TITLE: 'One' })
    expect(await byApp('event.offline.list', { filter: { '=EVENT_NAME': 'ONCRMLEADADD' }, order: { ID: 'DESC' } })).toMatchObject([{ EVENT_NAME: 'ONCRMLEADADD', ERROR: '0' }])
    const { process_id, events } = await byApp('event.offline.get', { clear: 0, limit: 10 })
    expect(await byApp('event.offline.error', { process_id, message_id: [events[0].MESSAGE_ID] })).toBe(true)
    expect(await byApp('event.offline.clear', { process_id })).toBe(true)
  },
  async attachTranscription() {
    const MESSAGES = [{ SIDE: 'User', START_TIME: 1, STOP_TIME: 5, MESSAGE: 'Hello' }, { SIDE: 'Client', START_TIME: 5, STOP_TIME: 10, MESSAGE: 'Hello to you' }]
    expect(await json('telephony.call.attachTranscription', { CALL_ID: await finished(), COST: '30', COST_CURRENCY: 'USD', MESSAGES })).toEqual({ TRANSCRIPT_ID: some })
  },
  async 'crm.contact, .lead, .company and .deal: add, get, list, update, delete'() {
    for (const kind of ['contact', 'lead', 'company', 'deal']) {
      const id = await form(`crm.${kind}.add`, 'fields[NAME]=Ann&fields[TITLE]=Ann&fields[PHONE][0][VALUE]=%2B15550100777&fields[PHONE][0][VALUE_TYPE]=WORK&params[REGISTER_SONET_EVENT]=Y')
      expect(id).toEqual(some)
      expect(await get(`crm.${kind}.get`, `id=${id}`)).toMatchObject({ ID: String(id) })
      expect(await get(`crm.${kind}.list`, `filter[ID]=${id}&select[]=*&order[ID]=DESC`)).toHaveLength(1)
      expect(await json(`crm.${kind}.update`, { id, fields: { TITLE: 'Anna', NAME: 'Anna' }, params: { REGISTER_SONET_EVENT: 'N' } })).toBe(true)
      expect(await get(`crm.${kind}.delete`, `id=${id}`)).toBe(true)
    }
  },
  async 'crm.item.get and .add'() {
    const { item } = await json('crm.item.add', { entityTypeId: 3, fields: { name: 'Ida', fm: [{ typeId: 'PHONE', valueType: 'WORK', value: '+15550100778' }] } })
    expect(await json('crm.item.get', { entityTypeId: 3, id: item.id })).toMatchObject({ item: { id: item.id, name: 'Ida' } })
  },
  async 'crm.duplicate.findbycomm'() {
    expect(await form('crm.duplicate.findbycomm', 'type=PHONE&values[0]=%2B15550100200&entity_type=CONTACT')).toEqual({ CONTACT: [1] })
  },
  async 'crm.activity.update and .delete'() {
    const fields = { TYPE_ID: 2, SUBJECT: 'A call', RESPONSIBLE_ID: 1, COMMUNICATIONS: [{ VALUE: '+15550100200', ENTITY_ID: 1, ENTITY_TYPE_ID: 3 }] }
    const id = await json('crm.activity.add', { fields })
    expect(await json('crm.activity.update', { id, fields: { COMPLETED: 'Y' } })).toBe(true)
    expect(await json('crm.activity.delete', { id })).toBe(true)
  },
  async 'crm.contact.company.items.get and crm.company.contact.items.get'() {
    const id = await contactOf({ NAME: 'Cara', COMPANY_ID: 1 })
    expect(await get('crm.contact.company.items.get', `id=${id}`)).toMatchObject([{ COMPANY_ID: 1 }])
    expect(await get('crm.company.contact.items.get', 'id=1')).toMatchObject([{ CONTACT_ID: id }])
  },
  async 'externalLine.update and .delete'() {
    expect(await byApp('telephony.externalLine.update', { NUMBER: '15550100999', NAME: 'Second', CRM_AUTO_CREATE: 'N' })).toEqual({ ID: text })
    expect(await byApp('telephony.externalLine.delete', { NUMBER: '15550100999' })).toEqual([])
  },
  async events() {
    expect(await byApp('events', { scope: 'telephony' })).toContain('ONEXTERNALCALLSTART')
  },
  async 'user.fields, .add, .update, .admin, .access and .search'() {
    expect(await get('user.fields')).toMatchObject({ UF_PHONE_INNER: text })
    const department = await json('department.add', { NAME: 'Sales' })
    const id = await json('user.add', { EMAIL: 'gil@example.com', NAME: 'Gil', UF_DEPARTMENT: [department] })
    expect(Number(id)).toBeGreaterThan(0)
    expect(await json('user.update', { ID: id, UF_PHONE_INNER: '123' })).toBe(true)
    expect(await get('user.search', 'FILTER[NAME]=Gil')).toMatchObject([{ UF_PHONE_INNER: '123' }])
    expect([await get('user.admin'), await get('user.access', 'ACCESS[]=AU')]).toEqual([true, true])
  },
  async 'placement.list, .bind, .get and .unbind'() {
    expect(await byApp('placement.list')).toContain('CALL_CARD')
    expect(await byApp('placement.bind', { PLACEMENT: 'CALL_CARD', HANDLER: 'https://pbx.example.com/card', TITLE: 'Card', LANG_ALL: { en: { TITLE: 'Card' } } })).toBe(true)
    expect(await byApp('placement.get')).toMatchObject([{ placement: 'CALL_CARD', handler: 'https://pbx.example.com/card' }])
    expect(await byApp('placement.unbind', { PLACEMENT: 'CALL_CARD' })).toEqual({ count: 1 })
  },
  async 'method.get'() {
    expect(await get('method.get', 'name=telephony.externalCall.register')).toEqual({ isExisting: true, isAvailable: true })
  },
  async 'feature.get'() {
    expect(await byApp('feature.get', { CODE: 'rest_offline_extended' })).toEqual({ value: 'Y' })
  },
  async 'app.option.set'() {
    expect(await byApp('app.option.set', { options: { pbx: 'one' } })).toBe(true)
  },
  async 'voximplant.statistic.get'() {
    const callId = await finished()
    expect(await json('voximplant.statistic.get', { FILTER: { CALL_ID: callId }, SORT: 'CALL_START_DATE', ORDER: 'DESC' })).toMatchObject([{ CALL_ID: callId, CALL_DURATION: '7' }])
  },
  async 'im.notify'() {
    expect(await form('im.notify', `to=${eve.userId}&message=Missed+call&type=SYSTEM`)).toEqual(some)
  },
} // oxfmt-ignore

async function finishedOfApp(): Promise<string> {
  const { CALL_ID } = await byApp('telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 1 })
  await byApp('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId, DURATION: 5 })
  return CALL_ID as string
}
const byAppOf = (CALL_ID: string): Promise<{ uploadUrl: string; fieldName: string }> =>
  byApp('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'call.mp3' })

test.each(Object.keys(calls))('%s', (row) => calls[row]!())
