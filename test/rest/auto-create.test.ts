import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let hook: string
let eve: Person
let ann: Person
let lastNumber = 2000
const newNumber = (): string => `+1555010${++lastNumber}`
const phone = (value: string) => [{ VALUE: value, VALUE_TYPE: 'WORK' }]

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'PBX' })
  hook = await house.addIncomingWebhook(['telephony', 'crm'])
  eve = await house.addPerson('Eve', '105')
  ann = await house.addPerson('Ann', '106')
})
afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const byHook = async (method: string, params: Params): Promise<Answer['body']> =>
  (await request(hook + method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })).body
const register = async (params: Params = {}, by = app) =>
  (await by.call('telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: newNumber(), TYPE: 2, CRM_CREATE: 1, ...params }))
    .body.result
const finish = async (callId: string, params: Params = {}) =>
  (await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 9, ...params })).body.result
const get = async (type: string, id: number) => (await byHook(`crm.${type}.get`, { id })).result
const setSwitches = (change: Params) => house.admin.api('PATCH', '/switches', change)
const count = async (type: 'lead' | 'contact' | 'deal'): Promise<number> =>
  (await house.portal.store.read.selectFrom(type).select('id').execute()).length
const counts = () => Promise.all([count('lead'), count('contact'), count('deal')])
/** What became more by `work`: leads, contacts, deals. */
const grown = async (work: () => Promise<unknown>): Promise<number[]> => {
  const before = await counts()
  await work()
  return (await counts()).map((many, index) => many - before[index]!)
}

describe('in classic mode', () => {
  test('an unknown number makes a lead with the source, of the call’s user; it is assigned to whom finish credits', async () => {
    const number = newNumber()
    const result = await register({ PHONE_NUMBER: number, CRM_SOURCE: 'WEB' })
    const id = result.CRM_CREATED_LEAD
    expect(result).toMatchObject({
      CRM_CREATED_ENTITIES: [{ ENTITY_TYPE: 'LEAD', ENTITY_ID: id }],
      CRM_ENTITY_TYPE: 'LEAD',
      CRM_ENTITY_ID: id,
    })
    expect(await get('lead', id)).toMatchObject({ SOURCE_ID: 'WEB', ASSIGNED_BY_ID: String(eve.userId), PHONE: [{ VALUE: number }] })
    await finish(result.CALL_ID, { USER_ID: ann.userId })
    expect(await get('lead', id)).toMatchObject({ ASSIGNED_BY_ID: String(ann.userId) })
  })

  test('the source is CALL, of a callback CALLBACK, unless one is given', async () => {
    expect(await get('lead', (await register()).CRM_CREATED_LEAD)).toMatchObject({ SOURCE_ID: 'CALL' })
    expect(await get('lead', (await register({ TYPE: 4 })).CRM_CREATED_LEAD)).toMatchObject({ SOURCE_ID: 'CALLBACK' })
  })

  test('finish leaves the responsible person of a card that was there before', async () => {
    const number = newNumber()
    const contactId = await house.addContact({ NAME: 'Old', PHONE: phone(number), ASSIGNED_BY_ID: ann.userId })
    const result = await register({ PHONE_NUMBER: number })
    expect(result).toMatchObject({ CRM_CREATED_LEAD: null, CRM_CREATED_ENTITIES: [], CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: contactId })
    await finish(result.CALL_ID, { USER_ID: eve.userId })
    expect(await get('contact', contactId)).toMatchObject({ ASSIGNED_BY_ID: String(ann.userId) })
  })

  test('a lead that was deleted meanwhile does not keep the call from being finished', async () => {
    const result = await register()
    await byHook('crm.lead.delete', { id: result.CRM_CREATED_LEAD })
    expect(await finish(result.CALL_ID, { USER_ID: ann.userId })).toMatchObject({ CALL_ID: result.CALL_ID })
  })

  test('without CRM_CREATE nothing is made, and the second register of a call names what the first made', async () => {
    expect(await grown(() => register({ CRM_CREATE: 0 }))).toEqual([0, 0, 0])
    const number = newNumber()
    const first = await register({ PHONE_NUMBER: number })
    expect(await register({ PHONE_NUMBER: number })).toEqual(first)
  })
})

describe('in simple mode', () => {
  beforeAll(() => setSwitches({ crmMode: 'simple' }))
  afterAll(() => setSwitches({ crmMode: 'classic' }))

  test('an unknown number makes a contact and its deal; the activity stands on both, finish assigns both', async () => {
    const number = newNumber()
    let result: Awaited<ReturnType<typeof register>>
    expect(await grown(async () => (result = await register({ PHONE_NUMBER: number, CRM_SOURCE: 'WEB' })))).toEqual([0, 1, 1])
    const [contact, deal] = result.CRM_CREATED_ENTITIES as ReadonlyArray<{ ENTITY_TYPE: string; ENTITY_ID: number }>
    expect([contact!.ENTITY_TYPE, deal!.ENTITY_TYPE]).toEqual(['CONTACT', 'DEAL'])
    expect(result).toMatchObject({ CRM_CREATED_LEAD: null, CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: contact!.ENTITY_ID })
    expect(await get('contact', contact!.ENTITY_ID)).toMatchObject({ SOURCE_ID: 'WEB', PHONE: [{ VALUE: number }] })
    expect(await get('deal', deal!.ENTITY_ID)).toMatchObject({ CONTACT_ID: String(contact!.ENTITY_ID), SOURCE_ID: 'WEB' })
    const { CRM_ACTIVITY_ID } = await finish(result.CALL_ID, { USER_ID: ann.userId })
    for (const [type, id] of [
      ['contact', contact!.ENTITY_ID],
      ['deal', deal!.ENTITY_ID],
    ] as const)
      expect(await get(type, id)).toMatchObject({ ASSIGNED_BY_ID: String(ann.userId) })
    const bindings = (await byHook('crm.activity.binding.list', { activityId: CRM_ACTIVITY_ID })).result
    expect(bindings.map((one: { entityTypeId: number; entityId: number }) => [one.entityTypeId, one.entityId])).toEqual([
      [2, deal!.ENTITY_ID],
      [3, contact!.ENTITY_ID],
    ])
    expect(await get('activity', CRM_ACTIVITY_ID)).toMatchObject({ OWNER_TYPE_ID: '3', OWNER_ID: String(contact!.ENTITY_ID) })
  })
})

describe('repeat sales', () => {
  beforeAll(() => setSwitches({ repeatSales: true }))
  afterEach(() => setSwitches({ crmMode: 'classic' }))
  afterAll(() => setSwitches({ repeatSales: false }))

  const newClient = async () => {
    const number = newNumber()
    return { number, id: await house.addContact({ NAME: 'Client', LAST_NAME: number, PHONE: phone(number), ASSIGNED_BY_ID: ann.userId }) }
  }

  test('a client without anything active gets a lead, of the client’s responsible person; the call stays the client’s', async () => {
    const client = await newClient()
    const result = await register({ PHONE_NUMBER: client.number })
    expect(result).toMatchObject({ CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: client.id, CRM_CREATED_LEAD: expect.any(Number) })
    expect(await get('lead', result.CRM_CREATED_LEAD)).toMatchObject({ CONTACT_ID: String(client.id), ASSIGNED_BY_ID: String(ann.userId) })
    // that lead is active now
    expect(await register({ PHONE_NUMBER: client.number, EXTERNAL_CALL_ID: 'next' })).toMatchObject({ CRM_CREATED_LEAD: null })
    await byHook('crm.lead.update', { id: result.CRM_CREATED_LEAD, fields: { STATUS_ID: 'JUNK' } })
    expect(await register({ PHONE_NUMBER: client.number, EXTERNAL_CALL_ID: 'after' })).toMatchObject({
      CRM_CREATED_LEAD: expect.any(Number),
    })
  })

  test('an active deal keeps it from being made, a won one does not; in simple mode it is a deal', async () => {
    await setSwitches({ crmMode: 'simple' })
    const client = await newClient()
    const deal = (await byHook('crm.deal.add', { fields: { TITLE: 'Chairs', CONTACT_ID: client.id } })).result
    expect(await grown(() => register({ PHONE_NUMBER: client.number }))).toEqual([0, 0, 0])
    await byHook('crm.deal.update', { id: deal, fields: { STAGE_ID: 'WON' } })
    let result: Awaited<ReturnType<typeof register>>
    expect(await grown(async () => (result = await register({ PHONE_NUMBER: client.number, EXTERNAL_CALL_ID: 'b' })))).toEqual([0, 0, 1])
    expect(result).toMatchObject({ CRM_CREATED_LEAD: null, CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: client.id })
    expect(result.CRM_CREATED_ENTITIES).toEqual([{ ENTITY_TYPE: 'DEAL', ENTITY_ID: expect.any(Number) }])
  })

  test('a lead that is over counts as nobody: a new one is made and the call is its', async () => {
    const number = newNumber()
    const over = await house.addLead({ TITLE: 'Over', STATUS_ID: 'JUNK', PHONE: phone(number), ASSIGNED_BY_ID: ann.userId })
    const result = await register({ PHONE_NUMBER: number })
    expect(result.CRM_ENTITY_ID).toBe(result.CRM_CREATED_LEAD)
    expect(result.CRM_CREATED_LEAD).not.toBe(over)
    expect(await get('lead', result.CRM_CREATED_LEAD)).toMatchObject({ ASSIGNED_BY_ID: String(ann.userId) })
    // an open one is enough
    expect(await grown(() => register({ PHONE_NUMBER: number, EXTERNAL_CALL_ID: 'x' }))).toEqual([0, 0, 0])
  })

  test('without CRM_CREATE nothing is made, and a person who left is not made responsible', async () => {
    const client = await newClient()
    expect(await grown(() => register({ PHONE_NUMBER: client.number, CRM_CREATE: 0 }))).toEqual([0, 0, 0])
    const gone = await house.addPerson('Gone', null)
    const number = newNumber()
    await house.addContact({ NAME: 'Orphan', PHONE: phone(number), ASSIGNED_BY_ID: gone.userId })
    await house.admin.api('PATCH', `/users/${gone.userId}`, { isActive: false })
    const { CRM_CREATED_LEAD } = await register({ PHONE_NUMBER: number })
    expect(await get('lead', CRM_CREATED_LEAD)).toMatchObject({ ASSIGNED_BY_ID: String(eve.userId) })
  })
})

describe('the line’s CRM_AUTO_CREATE', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
    await app.call('telephony.externalLine.add', { NUMBER: 'auto' })
    await app.call('telephony.externalLine.add', { NUMBER: 'plain', CRM_AUTO_CREATE: 'N' })
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: listener.url })
  })
  afterAll(() => listener.close())

  test('counts for outgoing calls that are registered, not for incoming ones', async () => {
    expect(await grown(() => register({ TYPE: 1, CRM_CREATE: 0, LINE_NUMBER: 'auto' }))).toEqual([1, 0, 0])
    expect(await grown(() => register({ TYPE: 1, CRM_CREATE: 0, LINE_NUMBER: 'plain' }))).toEqual([0, 0, 0])
    expect(await grown(() => register({ TYPE: 2, CRM_CREATE: 0, LINE_NUMBER: 'auto' }))).toEqual([0, 0, 0])
  })

  test('counts for clicks on an unknown number: the event and the call have the lead; a double click makes one', async () => {
    const { targets } = (await house.admin.api('GET', '/telephony')).body
    const idOf = (number: string) => targets.find((target: { number: string | null }) => target.number === number).id as string
    await house.admin.api('PUT', '/telephony', { portalTarget: idOf('auto') })
    const number = newNumber()
    const grew = await grown(() => Promise.all([1, 2, 3].map(() => eve.api('POST', '/clicks', { number }))))
    expect(grew).toEqual([1, 0, 0])
    const [one] = await listener.waitFor(encodeURIComponent(number))
    const event = new URLSearchParams(one!.body)
    expect(event.get('data[CRM_ENTITY_TYPE]')).toBe('LEAD')
    const leadId = Number(event.get('data[CRM_ENTITY_ID]'))
    expect(await get('lead', leadId)).toMatchObject({ ASSIGNED_BY_ID: String(eve.userId), PHONE: [{ VALUE: number }] })
    const result = await finish(event.get('data[CALL_ID]')!, { USER_ID: ann.userId })
    expect(result).toMatchObject({ CRM_ENTITY_TYPE: 'LEAD', CRM_ENTITY_ID: leadId })
    expect(await get('lead', leadId)).toMatchObject({ ASSIGNED_BY_ID: String(ann.userId) })
    await house.admin.api('PUT', '/telephony', { portalTarget: idOf('plain') })
    expect(await grown(() => eve.api('POST', '/clicks', { number: newNumber() }))).toEqual([0, 0, 0])
  })
})

test('a contact that is added while they talk gets the call', async () => {
  const number = newNumber()
  const result = await register({ PHONE_NUMBER: number, CRM_CREATE: 0 })
  expect(result).toMatchObject({ CRM_ENTITY_TYPE: '', CRM_ENTITY_ID: null })
  const open = async () =>
    (await eve.api('GET', '/calls/open')).body.items.find((call: { callId: string }) => call.callId === result.CALL_ID).entity
  expect(await open()).toBeNull()
  const id = await house.addContact({ NAME: 'New', LAST_NAME: 'Friend', PHONE: phone(number) })
  expect(await open()).toEqual({ kind: 'contact', id, title: 'New Friend' })
  expect(await finish(result.CALL_ID)).toMatchObject({ CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: id, CRM_ACTIVITY_ID: expect.any(Number) })
})
