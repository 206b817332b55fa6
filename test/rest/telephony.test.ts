import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

let house: TestPortal
let app: TestApp
let other: TestApp
let hook: string
let person: Person
let contactId: number

const phone = (value: string) => [{ VALUE: value, VALUE_TYPE: 'WORK' }]
const known = '+15550100200'
let lastNumber = 1000
const newNumber = (): string => `+1555010${++lastNumber}`

beforeAll(async () => {
  house = await startPortal({ settings: { recordings: { maxBytes: 65_536 } } })
  app = await house.addApp({ title: 'PBX' })
  other = await house.addApp({ title: 'Other' })
  hook = await house.addIncomingWebhook(['telephony', 'crm'])
  person = await house.addPerson('Eve', '105')
  contactId = await house.addContact({ NAME: 'Nora', LAST_NAME: 'Bright', PHONE: phone(known) })
})

afterAll(() => house.stop())

const byHook = (method: string, params: unknown): Promise<Answer> =>
  request(hook + method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })

type Params = Readonly<Record<string, unknown>>
const register = (params: Params = {}, by = app): Promise<Answer> =>
  by.call('telephony.externalCall.register', { USER_ID: person.userId, PHONE_NUMBER: newNumber(), TYPE: 1, ...params })
const newCall = async (params: Params = {}, by = app): Promise<string> => (await register(params, by)).body.result.CALL_ID
const finish = (callId: string, params: Params = {}, by = app): Promise<Answer> =>
  by.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: person.userId, DURATION: 9, ...params })
const finishedCall = async (params: Params = {}, by = app): Promise<string> => {
  const callId = await newCall(params, by)
  await finish(callId, {}, by)
  return callId
}
const statistic = async (callId: string) => (await app.call('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })).body.result[0]
const refused = (text: string, code = 'ERROR_CORE', status = 400) => ({ status, body: { error: code, error_description: text } })

describe('register', () => {
  const keys = ['CALL_ID', 'CRM_CREATED_LEAD', 'CRM_CREATED_ENTITIES', 'CRM_ENTITY_TYPE', 'CRM_ENTITY_ID']

  test('answers the keys and types that strict clients read: a known number', async () => {
    const { status, body } = await register({ PHONE_NUMBER: known })
    expect(status).toBe(200)
    expect(Object.keys(body.result)).toEqual(keys)
    expect(body.result).toEqual({
      CALL_ID: expect.stringMatching(/^externalCall\.[0-9a-f]{32}\.\d{10}$/),
      CRM_CREATED_LEAD: null,
      CRM_CREATED_ENTITIES: [],
      CRM_ENTITY_TYPE: 'CONTACT',
      CRM_ENTITY_ID: contactId,
    })
  })

  test('of an unknown number is tied to nothing', async () => {
    expect((await register()).body.result).toMatchObject({
      CRM_CREATED_LEAD: null,
      CRM_CREATED_ENTITIES: [],
      CRM_ENTITY_TYPE: '',
      CRM_ENTITY_ID: null,
    })
  })

  test('makes a lead of an unknown number when it is asked to, and none of a known one', async () => {
    const number = newNumber()
    const { result } = (await register({ PHONE_NUMBER: number, TYPE: 2, CRM_CREATE: 1, CRM_SOURCE: 'CALL' })).body
    expect(result).toMatchObject({ CRM_CREATED_LEAD: expect.any(Number), CRM_ENTITY_TYPE: 'LEAD' })
    expect(result.CRM_CREATED_ENTITIES).toEqual([{ ENTITY_TYPE: 'LEAD', ENTITY_ID: result.CRM_CREATED_LEAD }])
    expect(result.CRM_ENTITY_ID).toBe(result.CRM_CREATED_LEAD)
    const lead = (await byHook('crm.lead.get', { id: result.CRM_CREATED_LEAD })).body.result
    expect(lead).toMatchObject({ SOURCE_ID: 'CALL', ASSIGNED_BY_ID: String(person.userId), PHONE: [{ VALUE: number }] })
    expect((await register({ PHONE_NUMBER: known, TYPE: 3, CRM_CREATE: 1 })).body.result).toMatchObject({
      CRM_CREATED_LEAD: null,
      CRM_ENTITY_TYPE: 'CONTACT',
    })
  })

  test('takes the card that it is given before any search', async () => {
    const leadId = await house.addLead({ TITLE: 'Given' })
    expect(
      (await register({ PHONE_NUMBER: known, TYPE: 2, CRM_ENTITY_TYPE: 'lead', CRM_ENTITY_ID: String(leadId) })).body.result,
    ).toMatchObject({ CRM_ENTITY_TYPE: 'LEAD', CRM_ENTITY_ID: leadId })
  })

  test('takes nulls as not given, as the PHP SDK sends them', async () => {
    expect(
      await register({
        CRM_SOURCE: null,
        LINE_NUMBER: null,
        CALL_START_DATE: null,
        CRM_ENTITY_TYPE: null,
        CRM_ENTITY_ID: null,
        CALL_LIST_ID: null,
        EXTERNAL_CALL_ID: null,
        USER_PHONE_INNER: null,
        SHOW: null,
      }),
    ).toMatchObject({ status: 200 })
  })

  test('finds the user by the extension; USER_ID wins over it', async () => {
    const byExtension = await newCall({ USER_ID: undefined, USER_PHONE_INNER: '105' })
    const both = await newCall({ USER_ID: house.admin.userId, USER_PHONE_INNER: '105' })
    const shownTo = async (one: Person) => (await one.api('GET', '/calls/open')).body.items.map((call: { callId: string }) => call.callId)
    expect(await shownTo(person)).toContain(byExtension)
    expect(await shownTo(house.admin)).toContain(both)
    expect(await shownTo(person)).not.toContain(both)
  })

  test('takes a USER_ID that is nobody but somebody’s extension as that', async () => {
    expect(await register({ USER_ID: 105 })).toMatchObject({ status: 200 })
  })

  test('shows the card to the user, unless SHOW is 0', async () => {
    const [shown, hidden] = [await newCall({ SHOW: 1 }), await newCall({ SHOW: 0 })]
    const open = JSON.stringify((await person.api('GET', '/calls/open')).body)
    expect(open).toContain(shown)
    expect(open).not.toContain(hidden)
  })

  test('of a start in the past keeps it', async () => {
    const callId = await finishedCall({ CALL_START_DATE: '2026-01-02T03:04:05+03:00' })
    expect((await statistic(callId)).CALL_START_DATE).toBe('2026-01-02T00:04:05+00:00')
    // a plus that was not encoded in a form comes as a space
    const spaced = await finishedCall({ CALL_START_DATE: '2026-01-02T03:04:05 03:00' })
    expect((await statistic(spaced)).CALL_START_DATE).toBe('2026-01-02T00:04:05+00:00')
  })

  test.each([
    ['no user', { USER_ID: undefined }, 'USER_ID or USER_PHONE_INNER should be set'],
    ['an empty user', { USER_ID: '', USER_PHONE_INNER: '' }, 'USER_ID or USER_PHONE_INNER should be set'],
    ['an extension that belongs to nobody', { USER_ID: undefined, USER_PHONE_INNER: '9999' }, 'USER_ID or USER_PHONE_INNER should be set'],
    [
      'a nonsense extension',
      { USER_ID: undefined, USER_PHONE_INNER: "'; drop table call; --\u0000" },
      'USER_ID or USER_PHONE_INNER should be set',
    ],
    ['a user that does not exist', { USER_ID: 987_654 }, 'User is not found or is not active'],
    ['a user that is no number', { USER_ID: 'Eve' }, 'User is not found or is not active'],
    ['no TYPE', { TYPE: undefined }, 'Unknown TYPE'],
    ['TYPE 0', { TYPE: 0 }, 'Unknown TYPE'],
    ['TYPE 6', { TYPE: 6 }, 'Unknown TYPE'],
    ['TYPE of letters', { TYPE: 'out' }, 'Unknown TYPE'],
    ['a start that is no time', { CALL_START_DATE: 'yesterday' }, 'CALL_START_DATE should be in the ISO-8601 format'],
    ['no number', { PHONE_NUMBER: '' }, 'Unsupported phone number format'],
    ['letters for a number', { PHONE_NUMBER: 'call me' }, 'Unsupported phone number format'],
    ['a list for a number', { PHONE_NUMBER: ['+15550100200'] }, 'Unsupported phone number format'],
  ])('with %s is refused and leaves nothing behind', async (_, params, text) => {
    const count = async (): Promise<number> => (await house.portal.store.read.selectFrom('call').select('id').execute()).length
    const before = await count()
    expect(await register(params)).toMatchObject(refused(text))
    expect(await count()).toBe(before)
  })

  test('of a deactivated user is refused', async () => {
    const gone = await house.addPerson('Gone', '199')
    await house.admin.api('PATCH', `/users/${gone.userId}`, { isActive: false })
    expect(await register({ USER_ID: gone.userId })).toMatchObject(refused('User is not found or is not active'))
    expect(await register({ USER_ID: undefined, USER_PHONE_INNER: '199' })).toMatchObject(
      refused('USER_ID or USER_PHONE_INNER should be set'),
    )
  })

  test.each(['+1 (555) 010-0200', '112', '101', '**21#'])('takes the number %s as it was sent', async (number) => {
    const callId = await newCall({ PHONE_NUMBER: number, EXTERNAL_CALL_ID: 'as sent' })
    expect((await finish(callId)).body.result.PHONE_NUMBER).toBe(number)
  })

  test('by an incoming webhook belongs to all webhooks of the portal, and to no app', async () => {
    const { CALL_ID } = (await byHook('telephony.externalCall.register', { USER_ID: person.userId, PHONE_NUMBER: newNumber(), TYPE: 2 }))
      .body.result
    const second = await house.addIncomingWebhook(['telephony'], person)
    expect(await finish(CALL_ID)).toMatchObject(refused('Call is not found (call should be registered prior to finishing'))
    const finished = await request(`${second}telephony.externalCall.finish?CALL_ID=${CALL_ID}&USER_ID=${person.userId}`)
    expect(finished.body.result).toMatchObject({ CALL_ID, REST_APP_ID: null })
  })
})

describe('finish', () => {
  const keys = [
    'CALL_ID', 'EXTERNAL_CALL_ID', 'PORTAL_USER_ID', 'PHONE_NUMBER', 'PORTAL_NUMBER', 'INCOMING', 'CALL_DURATION', 'CALL_START_DATE', 'CALL_STATUS', 'CALL_VOTE', 'COST',
    'COST_CURRENCY', 'CALL_FAILED_CODE', 'CALL_FAILED_REASON', 'REST_APP_ID', 'REST_APP_NAME', 'CRM_ACTIVITY_ID', 'COMMENT', 'CRM_ENTITY_TYPE', 'CRM_ENTITY_ID', 'ID',
  ] // oxfmt-ignore

  test('answers the keys and types of the contract', async () => {
    await app.call('telephony.externalLine.add', { NUMBER: 'sales', NAME: 'Sales' })
    const callId = await newCall({ PHONE_NUMBER: known, TYPE: 2, LINE_NUMBER: 'sales', EXTERNAL_CALL_ID: 'pbx-1' })
    const { status, body } = await finish(callId, {
      DURATION: '95',
      VOTE: 5,
      COST: '1.25',
      COST_CURRENCY: 'EUR',
      STATUS_CODE: 200,
      FAILED_REASON: 'none',
    })
    expect(status).toBe(200)
    expect(Object.keys(body.result)).toEqual(keys)
    expect(body.result).toEqual({
      CALL_ID: callId,
      EXTERNAL_CALL_ID: 'pbx-1',
      PORTAL_USER_ID: person.userId,
      PHONE_NUMBER: known,
      PORTAL_NUMBER: 'sales',
      INCOMING: '2',
      CALL_DURATION: 95,
      CALL_START_DATE: {},
      CALL_STATUS: 1,
      CALL_VOTE: 5,
      COST: 1.25,
      COST_CURRENCY: 'EUR',
      CALL_FAILED_CODE: '200',
      CALL_FAILED_REASON: 'none',
      REST_APP_ID: String(app.id),
      REST_APP_NAME: 'PBX',
      CRM_ACTIVITY_ID: expect.any(Number),
      COMMENT: null,
      CRM_ENTITY_TYPE: 'CONTACT',
      CRM_ENTITY_ID: contactId,
      ID: expect.any(Number),
    })
    await app.call('telephony.externalLine.delete', { NUMBER: 'sales' })
  })

  test('of a call without a card has no activity', async () => {
    const { result } = (await finish(await newCall())).body
    expect(Object.keys(result)).toEqual(keys.filter((key) => key !== 'CRM_ACTIVITY_ID'))
    expect(result).toMatchObject({
      EXTERNAL_CALL_ID: null,
      PORTAL_NUMBER: 'REST_APP:',
      CALL_VOTE: 0,
      COST: 0,
      COST_CURRENCY: '',
      CRM_ENTITY_TYPE: '',
    })
  })

  test.each([
    [{ DURATION: 5 }, '200', 1],
    [{ DURATION: 0 }, '304', 0],
    [{ DURATION: undefined }, '304', 0],
    [{ DURATION: 0, STATUS_CODE: '603-S' }, '603-S', 0],
    [{ DURATION: 0, STATUS_CODE: 486 }, '486', 0],
    [{ DURATION: 7, STATUS_CODE: 'VI_STATUS_200' }, 'VI_STATUS_200', 0],
    [{ DURATION: 0, STATUS_CODE: 'OTHER' }, 'OTHER', 0],
    [{ DURATION: 0, STATUS_CODE: '200' }, '200', 1],
  ])('with %j ends as %s, status %i', async (params, code, status) => {
    expect((await finish(await newCall(), params)).body.result).toMatchObject({ CALL_FAILED_CODE: code, CALL_STATUS: status })
  })

  test.each([
    [{ DURATION: 12.7 }, { CALL_DURATION: 12, CALL_FAILED_CODE: '200' }],
    [{ DURATION: '12.7' }, { CALL_DURATION: 12 }],
    [{ DURATION: 0.4 }, { CALL_DURATION: 0, CALL_FAILED_CODE: '304' }],
    [{ DURATION: -1 }, { CALL_DURATION: 0 }],
    [{ VOTE: 4.5 }, { CALL_VOTE: 4 }],
    [{ VOTE: 6 }, { CALL_VOTE: 0 }],
  ])('takes %j of a connector that measures in fractions', async (params, expected) => {
    expect((await finish(await newCall(), params)).body.result).toMatchObject(expected)
  })

  test('takes USER_ID 0 of a connector with typed models as no user: the extension counts', async () => {
    const registered = await register({ USER_ID: 0, USER_PHONE_INNER: '105' })
    const finished = await finish(registered.body.result.CALL_ID, { USER_ID: '0', USER_PHONE_INNER: '105' })
    expect(finished.body.result.PORTAL_USER_ID).toBe(person.userId)
    for (const USER_ID of [0, '0'])
      expect((await register({ USER_ID })).body.error_description).toBe('USER_ID or USER_PHONE_INNER should be set')
  })

  test('credits the user that it names, by id or extension', async () => {
    expect((await finish(await newCall(), { USER_ID: house.admin.userId })).body.result.PORTAL_USER_ID).toBe(house.admin.userId)
    expect(
      (await finish(await newCall({ USER_ID: house.admin.userId }), { USER_ID: undefined, USER_PHONE_INNER: '105' })).body.result
        .PORTAL_USER_ID,
    ).toBe(person.userId)
  })

  test('closes the card everywhere', async () => {
    const callId = await newCall()
    await app.call('telephony.externalCall.show', { CALL_ID: callId, USER_ID: [person.userId, house.admin.userId] })
    const stateFor = async (one: Person) =>
      (await one.api('GET', '/calls/open')).body.items.find((call: { callId: string }) => call.callId === callId)?.state ?? 'closed'
    expect(await stateFor(house.admin)).not.toBe('finished')
    await finish(callId)
    for (const one of [person, house.admin]) expect(['closed', 'finished']).toContain(await stateFor(one))
  })

  test('writes the activity on the card', async () => {
    const callId = await newCall({ PHONE_NUMBER: known, TYPE: 1, EXTERNAL_CALL_ID: 'activity' })
    const { CRM_ACTIVITY_ID } = (await finish(callId, { DURATION: 60 })).body.result
    const { result } = (await byHook('crm.activity.get', { id: CRM_ACTIVITY_ID })).body
    expect(result).toMatchObject({
      ID: String(CRM_ACTIVITY_ID),
      TYPE_ID: '2',
      PROVIDER_ID: 'VOXIMPLANT_CALL',
      PROVIDER_TYPE_ID: 'CALL',
      DIRECTION: '2',
      COMPLETED: 'Y',
      OWNER_TYPE_ID: '3',
      OWNER_ID: String(contactId),
      RESPONSIBLE_ID: String(person.userId),
    })
    expect(result.COMMUNICATIONS).toMatchObject([{ TYPE: 'PHONE', VALUE: known, ENTITY_ID: String(contactId), ENTITY_TYPE_ID: '3' }])
  })

  test('of a missed incoming call leaves the activity to be done', async () => {
    const { CRM_ACTIVITY_ID } = (await finish(await newCall({ PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: 'missed' }), { DURATION: 0 }))
      .body.result
    expect((await byHook('crm.activity.get', { id: CRM_ACTIVITY_ID })).body.result).toMatchObject({ DIRECTION: '1', COMPLETED: 'N' })
  })

  test('a second time is refused with the text that clients match', async () => {
    const callId = await finishedCall()
    expect(await finish(callId)).toMatchObject(refused('Call is not found (call should be registered prior to finishing'))
  })

  test('twice at once is one finish', async () => {
    const callId = await newCall()
    const answers = await Promise.all(Array.from({ length: 5 }, () => finish(callId)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect((await app.call('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })).body.total).toBe(1)
  })

  test('of another app’s call is refused, and the call stays open', async () => {
    const callId = await newCall()
    expect(await finish(callId, {}, other)).toMatchObject(refused('Call is not found (call should be registered prior to finishing'))
    expect(await finish(callId)).toMatchObject({ status: 200 })
  })

  test.each([
    ['a list for CALL_ID', { CALL_ID: ['a'] }, 'INVALID_ARGUMENT', 'CALL_ID must be a string'],
    ['a map for CALL_ID', { CALL_ID: { a: 1 } }, 'INVALID_ARGUMENT', 'CALL_ID must be a string'],
    ['no user', { USER_ID: null }, 'ERROR_CORE', 'USER_ID or USER_PHONE_INNER should be set'],
    ['an extension of nobody', { USER_ID: null, USER_PHONE_INNER: '777' }, 'ERROR_CORE', 'USER_ID or USER_PHONE_INNER should be set'],
    ['an unknown user', { USER_ID: 424_242 }, 'ERROR_CORE', 'User is not found or is not active'],
  ])('with %s is refused, and the call stays open', async (_, params, code, text) => {
    const callId = await newCall()
    expect(await finish(callId, params)).toMatchObject(refused(text, code))
    expect(await finish(callId)).toMatchObject({ status: 200 })
  })

  test('of an unknown call is refused', async () => {
    for (const callId of ['externalCall.0.0', '', undefined])
      expect(await finish(callId as string)).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/ERROR_CORE|INVALID_ARGUMENT/) },
      })
  })
})

describe('show and hide', () => {
  const call = (verb: 'show' | 'hide', params: Params, by = app) => by.call(`telephony.externalCall.${verb}`, params)
  const sees = async (one: Person, callId: string): Promise<boolean> =>
    JSON.stringify((await one.api('GET', '/calls/open')).body).includes(callId)

  test('take one user, a list, or nobody: show to the owner, hide from all', async () => {
    const callId = await newCall({ SHOW: 0 })
    expect((await call('show', { CALL_ID: callId })).body.result).toBe(true)
    expect([await sees(person, callId), await sees(house.admin, callId)]).toEqual([true, false])
    expect((await call('show', { CALL_ID: callId, USER_ID: house.admin.userId })).body.result).toBe(true)
    expect([await sees(person, callId), await sees(house.admin, callId)]).toEqual([true, true])
    expect((await call('hide', { CALL_ID: callId, USER_ID: [String(person.userId)] })).body.result).toBe(true)
    expect([await sees(person, callId), await sees(house.admin, callId)]).toEqual([false, true])
    await call('show', { CALL_ID: callId, USER_ID: [person.userId, house.admin.userId] })
    expect((await call('hide', { CALL_ID: callId })).body.result).toBe(true)
    expect([await sees(person, callId), await sees(house.admin, callId)]).toEqual([false, false])
  })

  test('answer false for a call that is unknown or another app’s: no error', async () => {
    const callId = await newCall()
    for (const verb of ['show', 'hide'] as const) {
      expect(await call(verb, { CALL_ID: 'externalCall.none' })).toMatchObject({ status: 200, body: { result: false } })
      expect(await call(verb, { CALL_ID: callId }, other)).toMatchObject({ status: 200, body: { result: false } })
    }
    expect(await sees(person, callId)).toBe(true)
  })

  test('ignore users that do not exist', async () => {
    const callId = await newCall()
    expect((await call('show', { CALL_ID: callId, USER_ID: [999_999] })).body.result).toBe(true)
    expect((await call('show', { CALL_ID: callId, USER_ID: [] })).body.result).toBe(true)
    expect((await call('hide', { CALL_ID: callId, USER_ID: [] })).status).toBe(200)
  })
})

describe('searchCrmEntities', () => {
  test('answers cards with their responsible person, types as strict clients read them', async () => {
    const { result } = (await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '+1 555 010-0200' })).body
    expect(Object.keys(result[0])).toEqual(['CRM_ENTITY_TYPE', 'CRM_ENTITY_ID', 'ASSIGNED_BY_ID', 'NAME', 'ASSIGNED_BY'])
    expect(result).toMatchObject([
      { CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: contactId, ASSIGNED_BY_ID: house.admin.userId, NAME: expect.stringContaining('Nora') },
    ])
    expect(Object.keys(result[0].ASSIGNED_BY)).toEqual([
      'ID',
      'TIMEMAN_STATUS',
      'USER_PHONE_INNER',
      'WORK_PHONE',
      'PERSONAL_PHONE',
      'PERSONAL_MOBILE',
    ])
    expect(result[0].ASSIGNED_BY).toMatchObject({ ID: String(house.admin.userId), USER_PHONE_INNER: '101', WORK_PHONE: null })
    expect(['OPENED', 'CLOSED']).toContain(result[0].ASSIGNED_BY.TIMEMAN_STATUS)
  })

  test('answers an empty list for a number that nobody has', async () => {
    expect((await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '+15550199999' })).body.result).toEqual([])
    expect((await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: 'nonsense' })).body.result).toEqual([])
  })

  test('puts contacts and companies before leads', async () => {
    const number = newNumber()
    const lead = await house.addLead({ TITLE: 'L', PHONE: phone(number) })
    const company = await house.addCompany({ TITLE: 'C', PHONE: phone(number) })
    const contact = await house.addContact({ NAME: 'P', PHONE: phone(number) })
    const { result } = (await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: number })).body
    expect(result.map((one: { CRM_ENTITY_TYPE: string; CRM_ENTITY_ID: number }) => [one.CRM_ENTITY_TYPE, one.CRM_ENTITY_ID])).toEqual([
      ['CONTACT', contact],
      ['COMPANY', company],
      ['LEAD', lead],
    ])
  })

  test('without a number is refused', async () => {
    expect(await app.call('telephony.externalCall.searchCrmEntities', {})).toMatchObject(refused('PHONE_NUMBER is empty'))
  })
})

describe('externalLine', () => {
  const line = (verb: string, params: Params = {}, by = app): Promise<Answer> => by.call(`telephony.externalLine.${verb}`, params)

  test('adds, updates, lists and deletes with the types of the contract', async () => {
    const added = await line('add', { NUMBER: '7495', NAME: 'First' })
    expect(added.body.result).toEqual({ ID: expect.any(Number) })
    expect((await line('get')).body.result).toEqual([{ NUMBER: '7495', NAME: 'First', CRM_AUTO_CREATE: 'Y' }])
    expect((await line('update', { NUMBER: '7495', NAME: 'Second', CRM_AUTO_CREATE: 'N' })).body.result).toEqual({
      ID: String(added.body.result.ID),
    })
    expect((await line('get')).body.result).toEqual([{ NUMBER: '7495', NAME: 'Second', CRM_AUTO_CREATE: 'N' }])
    expect((await line('delete', { NUMBER: '7495' })).body.result).toEqual([])
    expect((await line('get')).body.result).toEqual([])
  })

  test('is known to its app alone', async () => {
    await line('add', { NUMBER: 'own' })
    expect((await line('get', {}, other)).body.result).toEqual([])
    expect(await line('update', { NUMBER: 'own', NAME: 'x' }, other)).toMatchObject(refused('Could not find line with number own'))
    expect(await line('delete', { NUMBER: 'own' }, other)).toMatchObject(refused('Could not find line with number own'))
    expect((await line('add', { NUMBER: 'own' }, other)).status).toBe(200)
    await line('delete', { NUMBER: 'own' })
    expect((await line('get', {}, other)).body.result).toHaveLength(1)
  })

  test.each([
    ['add', {}, 'NUMBER should not be empty'],
    ['update', { NAME: 'x' }, 'NUMBER should not be empty'],
    ['delete', { NUMBER: '' }, 'NUMBER should not be empty'],
    ['update', { NUMBER: 'none', NAME: 'x' }, 'Could not find line with number none'],
    ['delete', { NUMBER: 'none' }, 'Could not find line with number none'],
  ])('%s with %j is refused', async (verb, params, text) => {
    expect(await line(verb, params)).toMatchObject(refused(text))
  })

  test('twice the same number, and an update of nothing, are refused', async () => {
    await line('add', { NUMBER: 'once' })
    expect(await line('add', { NUMBER: 'once' })).toMatchObject(refused('Line already exists'))
    expect(await line('update', { NUMBER: 'once' })).toMatchObject(refused('There are no fields to update'))
  })

  test('with auto-create makes a lead of an outgoing call to an unknown number', async () => {
    await line('add', { NUMBER: 'auto', CRM_AUTO_CREATE: 'Y' })
    await line('add', { NUMBER: 'plain', CRM_AUTO_CREATE: 'N' })
    expect((await register({ LINE_NUMBER: 'auto' })).body.result.CRM_CREATED_LEAD).toEqual(expect.any(Number))
    expect((await register({ LINE_NUMBER: 'plain' })).body.result.CRM_CREATED_LEAD).toBeNull()
    expect((await register({ LINE_NUMBER: 'no such line' })).status).toBe(200)
  })

  test('serves webhooks as one more app', async () => {
    expect((await byHook('telephony.externalLine.add', { NUMBER: 'hook' })).status).toBe(200)
    expect((await byHook('telephony.externalLine.get', {})).body.result).toEqual([
      { NUMBER: 'hook', NAME: expect.any(String), CRM_AUTO_CREATE: 'Y' },
    ])
  })
})

describe('voximplant.line.outgoing', () => {
  test('reads and sets the portal’s target; an unknown one changes nothing', async () => {
    await app.call('telephony.externalLine.add', { NUMBER: 'out', NAME: 'Out' })
    const get = async () => (await app.call('voximplant.line.outgoing.get')).body.result
    for (const [lineId, expected] of [
      [`app:${app.id}`, `app:${app.id}`],
      ['no such line', `app:${app.id}`],
      ['out', expect.stringMatching(/^line:\d+$/)],
    ] as const) {
      expect(await app.call('voximplant.line.outgoing.set', { LINE_ID: lineId })).toMatchObject({ status: 200, body: { result: 1 } })
      expect(await get()).toEqual(expected)
    }
    expect((await app.call('voximplant.line.get')).body.result).toMatchObject({ [`app:${app.id}`]: 'PBX' })
    await house.admin.api('PUT', '/telephony', { portalTarget: null })
    expect(await get()).toBe('')
  })

  test('is set by administrators only', async () => {
    const plain = await house.addApp({ by: person })
    expect(await plain.call('voximplant.line.outgoing.set', { LINE_ID: `app:${app.id}` })).toMatchObject({
      status: 403,
      body: { error: 'ACCESS_DENIED' },
    })
  })
})

describe('voximplant.statistic.get', () => {
  const keys = [
    'ID', 'PORTAL_USER_ID', 'PORTAL_NUMBER', 'PHONE_NUMBER', 'CALL_ID', 'EXTERNAL_CALL_ID', 'CALL_CATEGORY', 'CALL_LOG', 'CALL_DURATION', 'CALL_START_DATE', 'CALL_RECORD_URL', 'CALL_VOTE', 'COST',
    'COST_CURRENCY', 'CALL_FAILED_CODE', 'CALL_FAILED_REASON', 'CRM_ENTITY_TYPE', 'CRM_ENTITY_ID', 'CRM_ACTIVITY_ID', 'REST_APP_ID', 'REST_APP_NAME', 'TRANSCRIPT_ID', 'TRANSCRIPT_PENDING',
    'SESSION_ID', 'REDIAL_ATTEMPT', 'COMMENT', 'RECORD_DURATION', 'RECORD_FILE_ID', 'CALL_TYPE',
  ] // oxfmt-ignore
  const list = (params: Params): Promise<Answer> => app.call('voximplant.statistic.get', params)
  const ids = (answer: Answer): string[] => answer.body.result.map((row: { ID: string }) => row.ID)

  test('answers rows with the keys in order; all are text or null but RECORD_FILE_ID', async () => {
    const callId = await newCall({ PHONE_NUMBER: known, EXTERNAL_CALL_ID: 'row' })
    const finished = (await finish(callId, { VOTE: 4, COST: 1.5, COST_CURRENCY: 'USD' })).body.result
    const { body } = await list({ FILTER: { CALL_ID: callId } })
    expect(body.total).toBe(1)
    const [row] = body.result
    expect(Object.keys(row)).toEqual(keys)
    for (const key of keys)
      expect([key, row[key] === null || typeof row[key] === (key === 'RECORD_FILE_ID' ? 'number' : 'string')]).toEqual([key, true])
    expect(row).toMatchObject({
      ID: String(finished.ID), PORTAL_USER_ID: String(person.userId), PORTAL_NUMBER: 'REST_APP:', PHONE_NUMBER: known, CALL_ID: callId, EXTERNAL_CALL_ID: 'row', CALL_CATEGORY: 'external', CALL_DURATION: '9',
      CALL_VOTE: '4', COST: '1.5000', COST_CURRENCY: 'USD', CALL_FAILED_CODE: '200', CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: String(contactId), CRM_ACTIVITY_ID: String(finished.CRM_ACTIVITY_ID),
      REST_APP_ID: String(app.id), REST_APP_NAME: 'PBX', TRANSCRIPT_PENDING: 'N', RECORD_FILE_ID: null, CALL_TYPE: '1',
    }) // oxfmt-ignore
    expect(row.CALL_START_DATE).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
  })

  test('filters by operators and lists', async () => {
    const mine = await Promise.all(
      [10, 20, 30].map(
        async (duration) =>
          (await finish(await newCall({ EXTERNAL_CALL_ID: 'filtered' }), { DURATION: duration })).body.result.ID as number,
      ),
    )
    const [first, second, third] = mine.toSorted((a, b) => a - b).map(String)
    const base = { EXTERNAL_CALL_ID: 'filtered' }
    expect(ids(await list({ FILTER: base, SORT: 'ID', ORDER: 'ASC' }))).toEqual([first, second, third])
    expect(ids(await list({ FILTER: base, SORT: 'ID', ORDER: 'DESC' }))).toEqual([third, second, first])
    for (const [sorted, expected] of [
      [{ order: { ID: 'ASC' } }, [first, second, third]],
      [{ order: { CALL_DURATION: 'desc' } }, [...mine.keys()].map((index) => String(mine[2 - index]))],
      [{ SORT: { ID: 'DESC' } }, [third, second, first]],
      [{ ORDER: [] }, [first, second, third]],
    ] as const)
      expect([sorted, ids(await list({ filter: base, ...sorted }))]).toEqual([sorted, expected])
    expect((await list({ FILTER: { ...base, '>CALL_DURATION': 10 } })).body.total).toBe(2)
    expect((await list({ FILTER: { ...base, '>=CALL_DURATION': '20', '<CALL_DURATION': 30 } })).body.total).toBe(1)
    expect((await list({ FILTER: { ...base, CALL_DURATION: [10, 30, 99] } })).body.total).toBe(2)
    expect((await list({ FILTER: { ...base, '!CALL_DURATION': 10 } })).body.total).toBe(2)
    expect((await list({ FILTER: { ...base, '!=CALL_DURATION': [10, 20] } })).body.total).toBe(1)
    expect((await list({ FILTER: { ...base, '><CALL_DURATION': [15, 30] } })).body.total).toBe(2)
    expect((await list({ FILTER: { ...base, '!><CALL_DURATION': [15, 30] } })).body.total).toBe(1)
    expect((await list({ FILTER: { '%EXTERNAL_CALL_ID': 'ilte' } })).body.total).toBe(3)
    expect((await list({ FILTER: { '%EXTERNAL_CALL_ID': '%' } })).body.total).toBe(0)
    expect((await list({ FILTER: { ...base, '>CALL_START_DATE': '2020-01-01T00:00:00+00:00' } })).body.total).toBe(3)
    // a plus that nobody encoded, and the form that sites show to people
    for (const start of ['2020-01-01T00:00:00 03:00', '31.01.2020', '31.01.2020 10:00:00'])
      expect((await list({ FILTER: { ...base, '>CALL_START_DATE': start } })).body.total).toBe(3)
    expect((await list({ FILTER: { ...base, '<CALL_START_DATE': '31.01.2020' } })).body.total).toBe(0)
    expect((await list({ FILTER: { ...base, CALL_TYPE: 1, PORTAL_USER_ID: person.userId, REST_APP_ID: app.id } })).body.total).toBe(3)
  })

  test('pages by 50', async () => {
    await Promise.all(Array.from({ length: 53 }, async () => finish(await newCall({ EXTERNAL_CALL_ID: 'paged' }))))
    const first = (await list({ FILTER: { EXTERNAL_CALL_ID: 'paged' } })).body
    expect([first.result.length, first.total, first.next]).toEqual([50, 53, 50])
    const second = (await list({ FILTER: { EXTERNAL_CALL_ID: 'paged' }, start: 50 })).body
    expect([second.result.length, second.total, second.next]).toEqual([3, 53, undefined])
  })

  test('refuses fields that it does not know, and sorting by CALL_TYPE', async () => {
    expect(await list({ FILTER: { NOPE: 1 } })).toMatchObject({ status: 400 })
    expect(await list({ FILTER: { RECORD_FILE_ID: 1 } })).toMatchObject({ status: 400 })
    expect(await list({ SORT: 'CALL_TYPE' })).toMatchObject({ status: 400 })
    expect(await list({ SORT: 'id; drop table statistic' })).toMatchObject({ status: 400 })
    expect(await list({ FILTER: { CALL_DURATION: 'long' } })).toMatchObject({ status: 400 })
  })
})

describe('the events of a call', () => {
  let listener: Listener
  let watcher: TestApp
  const events = (callId: string): string[] =>
    listener.received
      .map((one) => new URLSearchParams(one.body))
      .filter((form) => form.get('data[CALL_ID]') === callId)
      .map((form) => form.get('event')!)
  const names = ['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND', 'ONCRMACTIVITYADD', 'ONCRMACTIVITYUPDATE']

  beforeAll(async () => {
    listener = await startListener()
    watcher = await house.addApp({ title: 'Watcher' })
    for (const event of names) await watcher.call('event.bind', { event, handler: listener.url })
  })
  afterAll(() => listener.close())

  const find = async (event: string, part: string): Promise<URLSearchParams> => {
    await listener.waitFor(part)
    await expect.poll(() => listener.received.some((one) => one.body.startsWith(`event=${event}&`) && one.body.includes(part))).toBe(true)
    return new URLSearchParams(listener.received.find((one) => one.body.startsWith(`event=${event}&`) && one.body.includes(part))!.body)
  }
  const dataKeys = (form: URLSearchParams): string[] =>
    [...form.keys()].filter((key) => key.startsWith('data')).map((key) => key.slice(5, -1))

  test('are INIT, END and ONCRMACTIVITYADD, with the fields of the contract', async () => {
    const callId = await newCall({ PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: 'events' })
    const init = await find('ONVOXIMPLANTCALLINIT', callId)
    expect(dataKeys(init)).toEqual(['CALL_ID', 'CALL_TYPE', 'CALLER_ID', 'REST_APP_ID'])
    expect([init.get('data[CALL_TYPE]'), init.get('data[CALLER_ID]'), init.get('data[REST_APP_ID]')]).toEqual(['2', known, String(app.id)])
    const finished = (await finish(callId, { DURATION: 12, FAILED_REASON: 'a & b=c' })).body.result
    const end = await find('ONVOXIMPLANTCALLEND', callId)
    expect(dataKeys(end)).toEqual([
      'CALL_ID',
      'CALL_TYPE',
      'PHONE_NUMBER',
      'PORTAL_NUMBER',
      'PORTAL_USER_ID',
      'CALL_DURATION',
      'CALL_START_DATE',
      'COST',
      'COST_CURRENCY',
      'CALL_FAILED_CODE',
      'CALL_FAILED_REASON',
      'CRM_ACTIVITY_ID',
    ])
    const data = (name: string) => end.get(`data[${name}]`)
    expect([data('PHONE_NUMBER'), data('PORTAL_NUMBER'), data('PORTAL_USER_ID'), data('CALL_DURATION'), data('COST'), data('COST_CURRENCY'), data('CALL_FAILED_CODE'), data('CALL_FAILED_REASON')]).toEqual([
      known, 'REST_APP:', String(person.userId), '12', '0', '', '200', 'a & b=c',
    ]) // oxfmt-ignore
    expect(data('CALL_START_DATE')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
    expect(data('CRM_ACTIVITY_ID')).toBe(String(finished.CRM_ACTIVITY_ID))
    const activity = await find('ONCRMACTIVITYADD', `ID%5D=${finished.CRM_ACTIVITY_ID}&`)
    expect(activity.get('data[FIELDS][ID]')).toBe(String(finished.CRM_ACTIVITY_ID))
    expect(activity.get('auth[user_id]')).toBe(String(house.admin.userId))
    expect(events(callId)).toEqual(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND'])
  })

  test('keep their order although the handler is slow with the first', async () => {
    let release = (): void => {}
    const slow = newNumber()
    listener.answer((response, one) => {
      if (one.body.includes('ONVOXIMPLANTCALLINIT') && one.body.includes(encodeURIComponent(slow))) release = () => response.end()
      else response.end()
    })
    const callId = await newCall({ PHONE_NUMBER: slow })
    await listener.waitFor(callId)
    await finish(callId)
    const marker = await newCall()
    await listener.waitFor(marker)
    expect(events(callId)).toEqual(['ONVOXIMPLANTCALLINIT'])
    release()
    await listener.waitFor(callId, 2)
    expect(events(callId)).toEqual(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND'])
    listener.answer((response) => void response.end())
  })

  test('of a webhook’s call have no REST_APP_ID', async () => {
    const { CALL_ID } = (await byHook('telephony.externalCall.register', { USER_ID: person.userId, PHONE_NUMBER: newNumber(), TYPE: 1 }))
      .body.result
    expect(dataKeys(await find('ONVOXIMPLANTCALLINIT', CALL_ID))).toEqual(['CALL_ID', 'CALL_TYPE', 'CALLER_ID'])
  })

  test('carry the tokens of who reported, never of the user that was named', async () => {
    const plain = await house.addApp({ by: person })
    const callId = await newCall({ USER_ID: house.admin.userId, PHONE_NUMBER: known, EXTERNAL_CALL_ID: 'whose' }, plain)
    await plain.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
    const { CRM_ACTIVITY_ID } = (await finish(callId, { USER_ID: house.admin.userId }, plain)).body.result
    const leadNumber = newNumber()
    await watcher.call('event.bind', { event: 'ONCRMLEADADD', handler: listener.url })
    const { CRM_CREATED_LEAD } = (await register({ USER_ID: house.admin.userId, PHONE_NUMBER: leadNumber, TYPE: 2, CRM_CREATE: 1 }, plain))
      .body.result
    const forms = [
      ...(await Promise.all(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND'].map((event) => find(event, callId)))),
      await find('ONCRMACTIVITYADD', `ID%5D=${CRM_ACTIVITY_ID}&`),
      await find('ONCRMLEADADD', `ID%5D=${CRM_CREATED_LEAD}&`),
    ]
    expect(forms.map((form) => [form.get('event'), form.get('auth[user_id]')])).toEqual(
      forms.map((form) => [form.get('event'), String(person.userId)]),
    )
  })

  test('include START once the app reports that people talk', async () => {
    const callId = await newCall()
    expect((await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'ringing_agent' })).body.result).toBe(true)
    expect((await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })).body.result).toBe(true)
    expect((await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'ringing_client' })).body.result).toBe(true)
    expect((await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'asleep' })).status).toBe(400)
    expect((await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })).body.result).toBe(true)
    const start = await find('ONVOXIMPLANTCALLSTART', callId)
    expect(dataKeys(start)).toEqual(['CALL_ID', 'USER_ID'])
    expect((await person.api('GET', `/calls/${callId}`)).body.state).toBe('talking')
    await finish(callId)
    await listener.waitFor(callId, 3)
    expect(events(callId)).toEqual(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND'])
  })

  test('a click whose handler refuses is closed by the portal; the app’s later finish corrects it: no second END, ONCRMACTIVITYUPDATE', async () => {
    const busy = await startListener()
    busy.answer((response) => {
      response.statusCode = 404
      response.end()
    })
    try {
      await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: busy.url })
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
      const clicked = await person.api('POST', '/clicks', { number: known, entity: { kind: 'contact', id: contactId } })
      const { callId } = clicked.body.call as { callId: string }
      const end = await find('ONVOXIMPLANTCALLEND', callId)
      expect(end.get('data[CALL_FAILED_CODE]')).toBe('OTHER')
      expect([...end.keys()].some((key) => key === 'auth[access_token]')).toBe(false)
      const activityId = end.get('data[CRM_ACTIVITY_ID]')
      const before = await statistic(callId)
      expect(before).toMatchObject({ CALL_DURATION: '0', CALL_FAILED_CODE: 'OTHER' })
      expect((await person.api('GET', `/calls/${callId}`)).body).toMatchObject({ state: 'finished', closedByPortal: true })

      const { status, body } = await finish(callId, { DURATION: 33 })
      expect(status).toBe(200)
      expect(body.result).toMatchObject({
        CALL_ID: callId,
        CALL_DURATION: 33,
        CALL_FAILED_CODE: '200',
        CALL_STATUS: 1,
        ID: Number(before.ID),
        CRM_ACTIVITY_ID: Number(activityId),
      })
      await find('ONCRMACTIVITYUPDATE', `ID%5D=${activityId}&`)
      const { body: rows } = await app.call('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })
      expect(rows.total).toBe(1)
      expect(rows.result[0]).toMatchObject({ ID: before.ID, CALL_DURATION: '33', CALL_FAILED_CODE: '200' })
      expect((await person.api('GET', `/calls/${callId}`)).body).toMatchObject({
        state: 'finished',
        closedByPortal: false,
        durationSeconds: 33,
      })
      expect(await finish(callId)).toMatchObject(refused('Call is not found (call should be registered prior to finishing'))
      expect(
        await app.call('telephony.externalCall.attachRecord', { CALL_ID: callId, FILENAME: 'a.mp3', FILE_CONTENT: 'AAAA' }),
      ).toMatchObject({ status: 200 })
      const marker = await newCall()
      await listener.waitFor(marker)
      expect(events(callId)).toEqual(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND'])
    } finally {
      await house.admin.api('PUT', '/telephony', { portalTarget: null })
      await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
      await busy.close()
    }
  })
})

describe('as time goes by', () => {
  const clock = createTurnableClock()
  let later: TestPortal
  let key: string
  const call = (method: string, params: Params): Promise<Answer> =>
    request(`${key}${method}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })
  const again = async (params: Params = {}): Promise<string> =>
    (await call('telephony.externalCall.register', { USER_ID: later.admin.userId, PHONE_NUMBER: '+15550100900', TYPE: 1, ...params })).body
      .result.CALL_ID
  const end = (callId: string) => call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: later.admin.userId, DURATION: 3 })
  const minutes = (count: number): void => clock.turn(count * 60_000)

  beforeAll(async () => {
    later = await startPortal({ world: { clock } })
    key = await later.addIncomingWebhook(['telephony', 'crm'])
  })
  afterAll(() => later.stop())

  test('the same call, registered again within 30 minutes, has the same id; CRM_* and the start are not compared', async () => {
    const first = await again()
    expect(await again({ PHONE_NUMBER: '+1 (555) 010-0900' })).toBe(first)
    expect(await again({ USER_ID: undefined, USER_PHONE_INNER: '101' })).toBe(first)
    expect(await again({ CRM_CREATE: 1, CALL_START_DATE: '2026-01-01T00:00:00Z', CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 5 })).toBe(
      first,
    )
    minutes(29)
    expect(await again()).toBe(first)
    minutes(31)
    const second = await again()
    expect(second).not.toBe(first)
    expect(await again()).toBe(second)
    for (const callId of [first, second]) expect((await end(callId)).status).toBe(200)
  })

  test.each([
    ['another number', { PHONE_NUMBER: '+15550100901' }],
    ['another type', { TYPE: 2 }],
    ['another line', { LINE_NUMBER: 'b' }],
    ['another EXTERNAL_CALL_ID', { EXTERNAL_CALL_ID: 'y' }],
  ])('%s is another call', async (_, params) => {
    const first = await again({ LINE_NUMBER: 'a', EXTERNAL_CALL_ID: 'x' })
    const second = await again({ LINE_NUMBER: 'a', EXTERNAL_CALL_ID: 'x', ...params })
    expect(second).not.toBe(first)
    expect(await again({ LINE_NUMBER: 'a', EXTERNAL_CALL_ID: 'x' })).toBe(first)
    for (const callId of [first, second]) await end(callId)
  })

  test('a line or EXTERNAL_CALL_ID that is not sent is not compared', async () => {
    const first = await again({ LINE_NUMBER: 'a', EXTERNAL_CALL_ID: 'x' })
    expect(await again()).toBe(first)
    await end(first)
  })

  test('finish ends the window at once', async () => {
    const first = await again()
    await end(first)
    const second = await again()
    expect(second).not.toBe(first)
    await end(second)
  })

  test('the newest of several is answered', async () => {
    await again({ EXTERNAL_CALL_ID: '1' })
    const newest = await again({ EXTERNAL_CALL_ID: '2' })
    expect(await again()).toBe(newest)
  })

  test('a burst of one registration is one call', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => again({ PHONE_NUMBER: '+15550100950' })))
    expect(new Set(ids).size).toBe(1)
  })

  test('a call without a word for 12 hours is closed with 304, and its finish is taken later', async () => {
    const callId = await again({ PHONE_NUMBER: '+15550100960' })
    const state = async () => (await later.admin.api('GET', `/calls/${callId}`)).body
    expect(await state()).toMatchObject({ state: 'registered', noReport: false })
    minutes(31)
    expect(await state()).toMatchObject({ state: 'registered', noReport: true })
    minutes(11 * 60)
    expect((await call('telephony.externalCall.show', { CALL_ID: callId })).body.result).toBe(true)
    minutes(11 * 60)
    expect(await state()).toMatchObject({ state: 'registered' })
    minutes(62)
    await expect.poll(async () => (await state()).state).toBe('finished')
    expect(await state()).toMatchObject({ closedByPortal: true, statusCode: '304' })
    expect(await end(callId)).toMatchObject({ status: 200, body: { result: { CALL_DURATION: 3, CALL_FAILED_CODE: '200' } } })
    expect((await end(callId)).status).toBe(400)
  })

  test('an admin sets after how many minutes without a word a call is closed; its key is free then', async () => {
    const set = (closeSilentMinutes: number) => later.admin.api('PATCH', '/switches', { closeSilentMinutes })
    const other = await again({ PHONE_NUMBER: '+15550100961' })
    minutes(4)
    await set(5)
    const callId = await again({ PHONE_NUMBER: '+15550100962' })
    const state = async (id: string) => (await later.admin.api('GET', `/calls/${id}`)).body
    minutes(2)
    await expect.poll(async () => (await state(other)).state).toBe('finished')
    expect(await state(other)).toMatchObject({ closedByPortal: true, statusCode: '304' })
    expect(await state(callId)).toMatchObject({ state: 'registered' })
    expect(await again({ PHONE_NUMBER: '+15550100961' })).not.toBe(other)
    await set(720)
    minutes(6)
    expect(await end(other)).toMatchObject({ status: 200, body: { result: { CALL_FAILED_CODE: '200' } } })
    expect(await state(callId)).toMatchObject({ state: 'registered' })
  })

  test('an upload address is good for an hour', async () => {
    const callId = await again({ PHONE_NUMBER: '+15550100970' })
    await end(callId)
    const offer = async (): Promise<string> =>
      (await call('telephony.externalCall.attachRecord', { CALL_ID: callId, FILENAME: 'a.mp3' })).body.result.uploadUrl
    const [early, late] = [await offer(), await offer()]
    const post = (url: string) => request(url, { method: 'POST', headers: { 'content-type': 'audio/mpeg' }, body: 'sound' })
    minutes(59)
    expect((await post(early)).status).toBe(200)
    minutes(2)
    expect((await post(late)).status).toBe(401)
  })
})
