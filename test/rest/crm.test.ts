import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let person: Person
let plain: TestApp

beforeAll(async () => {
  house = await startPortal()
  person = await house.addPerson('Eve', '105')
  app = await house.addApp({ title: 'PBX' })
  plain = await house.addApp({ title: 'Of Eve', by: person })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}, by = app) => {
  const answer = await by.call(method, params)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.result
}
const refused = (text: unknown, error = '', status = 400) => ({ status, body: { error, error_description: text } })
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/

const kinds = [
  ['contact', { NAME: 'Nora', LAST_NAME: 'Bright' }, { NAME: 'Nora', LAST_NAME: 'Bright' }],
  ['company', { TITLE: 'Harbour' }, { TITLE: 'Harbour' }],
  ['lead', { TITLE: 'A lead', NAME: 'Lou' }, { TITLE: 'A lead', NAME: 'Lou', STATUS_ID: 'NEW' }],
] as const

describe.each(kinds)('crm.%s', (type, fields, expected) => {
  const call = (verb: string, params: Params = {}): Promise<Answer> => app.call(`crm.${type}.${verb}`, params)
  const add = async (more: Params = {}): Promise<number> =>
    (await call('add', { fields: { ...fields, ...more }, params: { REGISTER_SONET_EVENT: 'Y' } })).body.result
  const get = async (id: number) => (await call('get', { id })).body.result

  test('.add answers a number; .get answers texts, dates with a zone, flags and multi-fields', async () => {
    const id = await add({
      PHONE: [{ VALUE: '+15550100200', VALUE_TYPE: 'MOBILE' }, { VALUE: '+15550100201' }],
      EMAIL: [{ VALUE: 'n@example.com', VALUE_TYPE: 'HOME' }],
      SOURCE_ID: 'CALL',
      OPENED: 'Y',
      UNKNOWN: 1,
    })
    expect(typeof id).toBe('number')
    const card = await get(id)
    expect(card).toMatchObject({
      ID: String(id),
      ...expected,
      ASSIGNED_BY_ID: String(house.admin.userId),
      CREATED_BY_ID: String(house.admin.userId),
      HAS_PHONE: 'Y',
      HAS_EMAIL: 'Y',
      OPENED: 'Y',
      SOURCE_ID: 'CALL',
    })
    expect(card.DATE_CREATE).toMatch(iso)
    expect(card.PHONE).toEqual([
      { ID: expect.stringMatching(/^\d+$/), VALUE_TYPE: 'MOBILE', VALUE: '+15550100200', TYPE_ID: 'PHONE' },
      { ID: expect.stringMatching(/^\d+$/), VALUE_TYPE: 'WORK', VALUE: '+15550100201', TYPE_ID: 'PHONE' },
    ])
    expect(card.EMAIL).toMatchObject([{ VALUE: 'n@example.com', VALUE_TYPE: 'HOME', TYPE_ID: 'EMAIL' }])
    for (const [name, value] of Object.entries(card))
      if (!Array.isArray(value)) expect([name, value === null || typeof value === 'string']).toEqual([name, true])
  })

  test('.update changes what is named; phones without ID are added, with ID changed, with DELETE or an empty value removed', async () => {
    const id = await add({ PHONE: [{ VALUE: '1001' }, { VALUE: '1002' }, { VALUE: '1003' }, { VALUE: '1004' }] })
    const [first, second, third, fourth] = (await get(id)).PHONE as Array<{ ID: string }>
    const answer = await call('update', {
      ID: String(id),
      FIELDS: {
        COMMENTS: 'changed',
        PHONE: [
          { ID: first!.ID, VALUE: '2001', VALUE_TYPE: 'HOME' },
          { ID: second!.ID, DELETE: 'Y' },
          { ID: third!.ID, VALUE: '' },
          { VALUE: '2005', VALUE_TYPE: 'WORK' },
        ],
      },
    })
    expect(answer.body.result).toBe(true)
    const card = await get(id)
    expect(card).toMatchObject({ ...expected, COMMENTS: 'changed' })
    expect(card.PHONE.map((one: { VALUE: string; VALUE_TYPE: string; ID: string }) => [one.VALUE, one.VALUE_TYPE])).toEqual([
      ['2001', 'HOME'],
      ['1004', 'WORK'],
      ['2005', 'WORK'],
    ])
    expect(card.PHONE.map((one: { ID: string }) => one.ID).slice(0, 2)).toEqual([first!.ID, fourth!.ID])
  })

  test('.delete answers true, and the card is gone with its phones', async () => {
    const id = await add({ PHONE: [{ VALUE: '+15550109999' }] })
    expect((await call('delete', { id })).body.result).toBe(true)
    expect(await call('get', { id })).toMatchObject(refused('Not found'))
    expect(await call('delete', { id })).toMatchObject(refused('Not found'))
    expect(await result('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+15550109999'] })).toEqual([])
  })

  test('.list selects, filters, orders and counts; multi-fields come only by name', async () => {
    const marker = `List of ${type}`
    const ids: number[] = []
    for (let index = 0; index < 4; index++) ids.push(await add({ COMMENTS: marker, PHONE: [{ VALUE: `+1555010${5000 + index}` }] }))
    const of = (params: Params) => call('list', { filter: { COMMENTS: marker }, ...params })
    const all = (await of({ order: { ID: 'DESC' } })).body
    expect(all.total).toBe(4)
    expect(all.result.map((row: { ID: string }) => row.ID)).toEqual(ids.toReversed().map(String))
    expect(all.result[0]).not.toHaveProperty('PHONE')
    expect(Object.keys((await of({ select: ['ID', 'PHONE'] })).body.result[0])).toEqual(['ID', 'PHONE'])
    const starred = (await of({ select: ['*'] })).body.result[0]
    expect(starred).toHaveProperty('COMMENTS')
    expect(starred).not.toHaveProperty('PHONE')
    const count = async (filter: Params): Promise<number> => (await of({ filter: { COMMENTS: marker, ...filter } })).body.total
    expect(await count({ '>ID': ids[1] })).toBe(2)
    expect(await count({ '>=ID': ids[1], '<ID': ids[3] })).toBe(2)
    expect(await count({ ID: [ids[0], ids[3], 999_999] })).toBe(2)
    expect(await count({ '@ID': [ids[0]] })).toBe(1)
    expect(await count({ '!@ID': [ids[0]] })).toBe(3)
    expect(await count({ '!ID': ids[0] })).toBe(3)
    expect(await count({ PHONE: '+1 (555) 010-5002' })).toBe(1)
    expect(await count({ PHONE: '010-5002' })).toBe(0)
    expect(await count({ HAS_PHONE: 'Y' })).toBe(4)
    expect((await call('list', { FILTER: { '%COMMENTS': `of ${type}` }, START: '0' })).body.total).toBe(4)
    expect((await call('list', { filter: { '=%COMMENTS': 'List of%' } })).body.total).toBeGreaterThanOrEqual(4)
    expect((await call('list', { filter: { '%COMMENTS': '%' } })).body.total).toBe(0)
  })

  test('.fields describes the fields', async () => {
    const described = (await call('fields')).body.result
    for (const one of Object.values(described))
      expect(Object.keys(one as object)).toEqual(['type', 'isRequired', 'isReadOnly', 'isImmutable', 'isMultiple', 'isDynamic', 'title'])
    expect(described.ID).toMatchObject({ type: 'integer', isReadOnly: true })
    expect(described.PHONE).toMatchObject({ type: 'crm_multifield', isMultiple: true })
    expect(Object.keys(described)).toEqual(
      expect.arrayContaining([...Object.keys(fields), 'ASSIGNED_BY_ID', 'SOURCE_ID', 'HAS_PHONE', 'EMAIL']),
    )
  })

  test('refuses with the empty code and the texts of the contract, and writes nothing', async () => {
    const before = (await call('list')).body.total
    for (const id of [undefined, null, '', 0, -1, 'x', [1]])
      for (const verb of ['get', 'delete'])
        expect(await call(verb, { id }), `${verb} ${JSON.stringify(id)}`).toMatchObject(refused('ID is not defined or invalid'))
    expect(await call('get', { id: 999_999 })).toMatchObject(refused('Not found'))
    expect(await call('update', { id: 999_999, fields: { COMMENTS: 'x' } })).toMatchObject(refused('Not found'))
    expect(await call('update', { fields: {} })).toMatchObject(refused('ID is not defined or invalid'))
    expect(await call('update', { id: 1, fields: 'x' })).toMatchObject(refused("Parameter 'fields' must be array."))
    for (const wrong of [undefined, 'x', 5, true])
      expect(await call('add', { fields: wrong })).toMatchObject(refused("Parameter 'fields' must be array."))
    expect(await call('list', { filter: 'x' })).toMatchObject(refused("Parameter 'filter' must be array"))
    expect(await call('list', { order: 'x' })).toMatchObject(refused("Parameter 'order' must be array"))
    expect(await call('list', { filter: { NOPE: 1 } })).toMatchObject(refused(expect.stringContaining('NOPE')))
    expect(await call('add', { fields: { ...fields, ASSIGNED_BY_ID: 999_999 } })).toMatchObject({
      status: 400,
      body: { error: 'ERROR_CORE' },
    })
    expect(await call('add', { fields: { ...fields, PHONE: [{ VALUE: { a: 1 } }] } })).toMatchObject({ status: 400 })
    expect(await call('add', { fields: { ...fields, PHONE: [{ VALUE: '1'.repeat(300) }] } })).toMatchObject({ status: 400 })
    expect((await call('list')).body.total).toBe(before)
  })

  test('says ADD, UPDATE and DELETE with the id, with the tokens of who did it', async () => {
    const listener = await startListener()
    try {
      const watcher = await house.addApp({ title: 'Watcher' })
      const names = ['ADD', 'UPDATE', 'DELETE'].map((what) => `ONCRM${type.toUpperCase()}${what}`)
      for (const event of names) await watcher.call('event.bind', { event, handler: listener.url })
      const id = (await plain.call(`crm.${type}.add`, { fields })).body.result as number
      await call('update', { id, fields: { COMMENTS: 'later' } })
      await call('delete', { id })
      for (const [index, name] of names.entries()) {
        const [received] = await listener.waitFor(`event=${name}&`)
        const form = new URLSearchParams(received!.body)
        expect(form.get('data[FIELDS][ID]')).toBe(String(id))
        expect(form.get('auth[user_id]')).toBe(String(index === 0 ? person.userId : house.admin.userId))
        expect([...form.keys()]).not.toContain('auth[refresh_token]')
        const { body } = await request(`${house.url}/rest/app.info?auth=${form.get('auth[access_token]')}`)
        expect(body.result.ID).toBe(watcher.id)
      }
    } finally {
      await listener.close()
    }
  })
})

describe('what a stage means', () => {
  const titled = (method: string, filter: Record<string, unknown>) => result(method, { filter, select: ['TITLE'], order: { ID: 'ASC' } })
  const titles = async (method: string, filter: Record<string, unknown>): Promise<string[]> =>
    ((await titled(method, filter)) as Array<{ TITLE: string }>).map((one) => one.TITLE)

  test('is P, S or F of a lead, by the directory, and leads are found by it', async () => {
    const own = await result('crm.status.add', {
      fields: { ENTITY_ID: 'STATUS', STATUS_ID: 'GONE', NAME: 'Gone', SORT: 50, SEMANTICS: 'F' },
    })
    for (const [TITLE, STATUS_ID] of [
      ['Open', 'NEW'],
      ['Won', 'CONVERTED'],
      ['Lost', 'JUNK'],
      ['Lost of our own', 'GONE'],
    ])
      await result('crm.lead.add', { fields: { TITLE, STATUS_ID, COMMENTS: 'meaning' } })
    const of = (filter: Record<string, unknown>) => titles('crm.lead.list', { COMMENTS: 'meaning', ...filter })
    expect(await of({ STATUS_SEMANTIC_ID: 'P' })).toEqual(['Open'])
    expect(await of({ '!STATUS_SEMANTIC_ID': 'P' })).toEqual(['Won', 'Lost', 'Lost of our own'])
    expect(await of({ '@STATUS_SEMANTIC_ID': ['S', 'F'] })).toEqual(['Won', 'Lost', 'Lost of our own'])
    const rows = await result('crm.lead.list', { filter: { COMMENTS: 'meaning' }, select: ['STATUS_SEMANTIC_ID'], order: { ID: 'ASC' } })
    expect(rows.map((row: Record<string, string>) => row['STATUS_SEMANTIC_ID'])).toEqual(['P', 'S', 'F', 'F'])
    expect((await result('crm.lead.get', { id: rows[3].ID })).STATUS_SEMANTIC_ID).toBe('F')
    const { items } = await result('crm.item.list', { entityTypeId: 1, filter: { comments: 'meaning', stageSemanticId: 'S' } })
    expect(items.map((item: Record<string, string>) => [item['title'], item['stageSemanticId']])).toEqual([['Won', 'S']])
    await result('crm.lead.update', { id: rows[3].ID, fields: { STATUS_ID: 'NEW', STATUS_SEMANTIC_ID: 'S' } })
    expect(await of({ STATUS_SEMANTIC_ID: 'P' })).toEqual(['Open', 'Lost of our own'])
    await result('crm.status.delete', { id: own })
  })

  test('closes a deal: open deals are found by CLOSED and by what their stages mean', async () => {
    for (const [TITLE, STAGE_ID] of [
      ['New', 'NEW'],
      ['Won', 'WON'],
      ['Lost', 'LOSE'],
    ])
      await result('crm.deal.add', { fields: { TITLE, STAGE_ID, COMMENTS: 'meaning' } })
    const of = (filter: Record<string, unknown>) => titles('crm.deal.list', { COMMENTS: 'meaning', ...filter })
    expect([await of({ CLOSED: 'N' }), await of({ CLOSED: 'Y' }), await of({ '!CLOSED': 'Y' })]).toEqual([
      ['New'],
      ['Won', 'Lost'],
      ['New'],
    ])
    expect([await of({ STAGE_SEMANTIC_ID: 'P' }), await of({ STAGE_SEMANTIC_ID: 'S' })]).toEqual([['New'], ['Won']])
    const rows = await result('crm.deal.list', { filter: { COMMENTS: 'meaning' }, order: { ID: 'ASC' } })
    expect(rows.map((row: Record<string, string>) => [row['STAGE_SEMANTIC_ID'], row['CLOSED']])).toEqual([
      ['P', 'N'],
      ['S', 'Y'],
      ['F', 'Y'],
    ])
    const { items } = await result('crm.item.list', { entityTypeId: 2, filter: { comments: 'meaning', closed: 'N' } })
    expect(items.map((item: Record<string, string>) => [item['title'], item['closed']])).toEqual([['New', 'N']])
  })
})

test('a company needs a title', async () => {
  expect(await app.call('crm.company.add', { fields: { COMMENTS: 'x' } })).toMatchObject({ status: 400, body: { error: 'ERROR_CORE' } })
})

test('a contact belongs to a company that exists', async () => {
  const company = await house.addCompany({ TITLE: 'Employer' })
  const contact = await house.addContact({ NAME: 'Worker', COMPANY_ID: String(company) })
  expect((await result('crm.contact.get', { id: contact })).COMPANY_ID).toBe(String(company))
  expect(await app.call('crm.contact.add', { fields: { NAME: 'x', COMPANY_ID: 999_999 } })).toMatchObject({
    status: 400,
    body: { error: 'ERROR_CORE' },
  })
})

test('a form with PHP brackets writes the same card', async () => {
  const hook = await house.addIncomingWebhook(['crm'])
  const body =
    'fields[NAME]=Form+%26+Co&fields[PHONE][0][VALUE]=%2B15550107001&fields[PHONE][0][VALUE_TYPE]=HOME&fields[PHONE][n1][VALUE]=%2B15550107002'
  const { body: added } = await request(`${hook}crm.contact.add.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  expect(await result('crm.contact.get', { id: added.result })).toMatchObject({
    NAME: 'Form & Co',
    PHONE: [{ VALUE: '+15550107001', VALUE_TYPE: 'HOME' }, { VALUE: '+15550107002' }],
  })
})

describe('crm.duplicate.findbycomm', () => {
  test('answers numbers by type, only of types that have some', async () => {
    const phone = [{ VALUE: '+1 (555) 010-7100' }]
    const contact = await house.addContact({ NAME: 'D', PHONE: phone, EMAIL: [{ VALUE: 'Dup@Example.com' }] })
    const lead = await house.addLead({ TITLE: 'D', PHONE: phone })
    expect(await result('crm.duplicate.findbycomm', { type: 'PHONE', values: ['15550107100'] })).toEqual({
      LEAD: [lead],
      CONTACT: [contact],
    })
    expect(await result('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+15550107100 ext. 12', '+15550100000'] })).toEqual({
      LEAD: [lead],
      CONTACT: [contact],
    })
    expect(await result('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+15550107100'], entity_type: 'CONTACT' })).toEqual({
      CONTACT: [contact],
    })
    expect(await result('crm.duplicate.findbycomm', { type: 'EMAIL', values: ['dup@example.com'] })).toEqual({ CONTACT: [contact] })
    expect(await result('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+15550107199'] })).toEqual([])
  })

  test('names what is missing by code and text', async () => {
    const sentence = (text: string) => refused(text, text)
    expect(await app.call('crm.duplicate.findbycomm', {})).toMatchObject(sentence('Communication type is not defined'))
    expect(await app.call('crm.duplicate.findbycomm', { type: 'PHONE' })).toMatchObject(sentence('Communication values is not defined'))
    expect(await app.call('crm.duplicate.findbycomm', { type: 'PHONE', values: [] })).toMatchObject(
      sentence('Communication values is not defined'),
    )
    expect((await app.call('crm.duplicate.findbycomm', { type: 'FAX', values: ['1'] })).status).toBe(400)
    expect((await app.call('crm.duplicate.findbycomm', { type: 'PHONE', values: Array.from({ length: 21 }, String) })).status).toBe(400)
  })
})

describe('crm.activity', () => {
  let contactId: number
  let activityIds: number[]
  beforeAll(async () => {
    contactId = await house.addContact({ NAME: 'Called', PHONE: [{ VALUE: '+15550107200' }] })
    activityIds = []
    for (const duration of [10, 0]) {
      const { CALL_ID } = await result('telephony.externalCall.register', { USER_ID: person.userId, PHONE_NUMBER: '+15550107200', TYPE: 2 })
      activityIds.push(
        (await result('telephony.externalCall.finish', { CALL_ID, USER_ID: person.userId, DURATION: duration })).CRM_ACTIVITY_ID,
      )
    }
  })

  test('.get shows a call', async () => {
    const activity = await result('crm.activity.get', { id: activityIds[0] })
    expect(activity).toMatchObject({
      ID: String(activityIds[0]),
      OWNER_TYPE_ID: '3',
      OWNER_ID: String(contactId),
      TYPE_ID: '2',
      PROVIDER_ID: 'VOXIMPLANT_CALL',
      PROVIDER_TYPE_ID: 'CALL',
      DIRECTION: '1',
      COMPLETED: 'Y',
      RESPONSIBLE_ID: String(person.userId),
      FILES: [],
    })
    expect(activity.START_TIME).toMatch(iso)
    expect(activity.SUBJECT).toContain('Called')
    expect(Date.parse(activity.END_TIME) - Date.parse(activity.START_TIME)).toBe(10_000)
  })

  test('a call’s activity names its call as ORIGIN_ID, and is found by it; others have none', async () => {
    const { ORIGIN_ID } = await result('crm.activity.get', { id: activityIds[0] })
    const [row] = await result('voximplant.statistic.get', { FILTER: { CRM_ACTIVITY_ID: activityIds[0] } })
    expect(ORIGIN_ID).toBe(`VI_${row.CALL_ID}`)
    const meeting = await result('crm.activity.add', {
      fields: {
        OWNER_TYPE_ID: 3,
        OWNER_ID: contactId,
        TYPE_ID: 1,
        SUBJECT: 'Meeting',
        RESPONSIBLE_ID: person.userId,
        COMMUNICATIONS: [{ VALUE: 'x', TYPE: 'PHONE' }],
      },
    })
    const found = async (filter: Params): Promise<Array<[number, string | null]>> =>
      (
        await result('crm.activity.list', { filter: { OWNER_ID: contactId, ...filter }, order: { ID: 'ASC' }, select: ['ID', 'ORIGIN_ID'] })
      ).map((one: { ID: string; ORIGIN_ID: string | null }) => [Number(one.ID), one.ORIGIN_ID])
    expect(await found({ ORIGIN_ID })).toEqual([[activityIds[0], ORIGIN_ID]])
    expect(await found({ ORIGIN_ID: row.CALL_ID })).toEqual([])
    expect(await found({ ORIGIN_ID: '' })).toEqual([[meeting, null]])
    expect((await found({ '!ORIGIN_ID': ORIGIN_ID })).map(([id]) => id)).toEqual([activityIds[1], meeting])
    expect((await found({ '%ORIGIN_ID': 'VI_externalCall' })).map(([id]) => id)).toEqual(activityIds)
    expect((await found({ '%=ORIGIN_ID': 'VI_%' })).map(([id]) => id)).toEqual(activityIds)
    await result('crm.activity.delete', { id: meeting })
  })

  test('.list filters by owner, binding and state; participants come only by name', async () => {
    const ids = async (filter: Params): Promise<number[]> =>
      (await result('crm.activity.list', { filter, order: { ID: 'ASC' } })).map((row: { ID: string }) => Number(row.ID))
    expect(await ids({ OWNER_TYPE_ID: 3, OWNER_ID: contactId })).toEqual(activityIds)
    expect(await ids({ BINDINGS: [{ OWNER_TYPE_ID: 3, OWNER_ID: contactId }] })).toEqual(activityIds)
    expect(await ids({ OWNER_TYPE_ID: 3, OWNER_ID: contactId, COMPLETED: 'N' })).toEqual([activityIds[1]])
    expect(await ids({ OWNER_TYPE_ID: 4, OWNER_ID: contactId })).toEqual([])
    const [row] = await result('crm.activity.list', { filter: { OWNER_TYPE_ID: 3, OWNER_ID: contactId } })
    expect(row).not.toHaveProperty('COMMUNICATIONS')
    const [full] = await result('crm.activity.list', {
      filter: { OWNER_TYPE_ID: 3, OWNER_ID: contactId },
      select: ['*', 'COMMUNICATIONS', 'FILES'],
    })
    expect(full).toMatchObject({
      COMMUNICATIONS: [{ TYPE: 'PHONE', VALUE: '+15550107200', ENTITY_ID: String(contactId), ENTITY_TYPE_ID: '3' }],
      FILES: [],
    })
  })

  test('.get refuses with the empty code', async () => {
    expect(await app.call('crm.activity.get', { id: 999_999 })).toMatchObject(refused('Activity is not found'))
    expect(await app.call('crm.activity.get', {})).toMatchObject(refused('ID is not defined or invalid'))
  })
})

describe('user.get', () => {
  const users = async (params: Params = {}, by = app): Promise<Array<Record<string, unknown>>> => await result('user.get', params, by)

  test('answers the types that strict clients read', async () => {
    const { body } = await app.call('user.get', { ID: person.userId })
    expect([body.total, body.result.length]).toEqual([1, 1])
    expect(body.result[0]).toMatchObject({
      ID: String(person.userId),
      ACTIVE: true,
      NAME: 'Eve',
      UF_PHONE_INNER: '105',
      UF_DEPARTMENT: expect.any(Array),
      USER_TYPE: 'employee',
      EMAIL: 'eve@example.com',
    })
    expect(['Y', 'N']).toContain(body.result[0].IS_ONLINE)
    const without = await house.addPerson('Nobody', null)
    expect((await users({ ID: without.userId }))[0]!['UF_PHONE_INNER']).toBeNull()
  })

  test.each([
    ['FILTER', (filter: Params) => ({ FILTER: filter })],
    ['filter', (filter: Params) => ({ filter })],
    ['plain parameters', (filter: Params) => filter],
  ])('filters by %s', async (_, of) => {
    const ids = async (filter: Params): Promise<unknown[]> => (await users(of(filter))).map((one) => one['ID'])
    expect(await ids({ UF_PHONE_INNER: '105' })).toEqual([String(person.userId)])
    expect(await ids({ ID: [house.admin.userId, person.userId] })).toHaveLength(2)
    expect(await ids({ ACTIVE: 'true', USER_TYPE: 'employee', ID: person.userId })).toEqual([String(person.userId)])
    expect(await ids({ ACTIVE: 'N', ID: person.userId })).toEqual([])
    expect(await ids({ UF_PHONE_INNER: '42424242' })).toEqual([])
    expect(await ids({ EMAIL: 'EVE@example.com' })).toEqual([String(person.userId)])
  })

  test('sorts by extension, selects, and pages by total and next', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        house.portal.users.create(house.portalId, {
          name: `Many ${index}`,
          email: `many${index}@example.com`,
          passwordHash: 'none',
          isAdmin: false,
          extension: String(5000 + index),
        }),
      ),
    )
    const first = (await app.call('user.get', { sort: 'UF_PHONE_INNER', order: 'DESC', FILTER: { '>=UF_PHONE_INNER': 5000 } })).body
    expect([first.total, first.next, first.result.length, first.result[0].UF_PHONE_INNER]).toEqual([60, 50, 50, '5059'])
    const second = (await app.call('user.get', { sort: 'UF_PHONE_INNER', order: 'DESC', FILTER: { '>=UF_PHONE_INNER': 5000 }, start: 50 }))
      .body
    expect([second.total, second.next, second.result.length, second.result.at(-1).UF_PHONE_INNER]).toEqual([60, undefined, 10, '5000'])
    expect(Object.keys((await users({ ID: person.userId, select: ['ID', 'NAME'] }))[0]!)).toEqual(['ID', 'NAME'])
  })

  test('hides e-mail and phones from user_brief, and the method from apps without a user scope', async () => {
    const brief = await house.addApp({ scope: ['user_brief'] })
    const [row] = await users({ ID: person.userId }, brief)
    expect(row).toMatchObject({ NAME: 'Eve', UF_PHONE_INNER: '105' })
    for (const name of ['EMAIL', 'PERSONAL_MOBILE', 'WORK_PHONE', 'PERSONAL_PHONE']) expect(row).not.toHaveProperty(name)
    expect(await users({ EMAIL: 'eve@example.com' }, brief)).not.toHaveLength(1)
    const none = await house.addApp({ scope: ['crm'] })
    expect(await none.call('user.get')).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })

  test('.current is the user of the token or webhook', async () => {
    expect(await result('user.current', {}, plain)).toMatchObject({ ID: String(person.userId), ACTIVE: true, UF_PHONE_INNER: '105' })
    const hook = await house.addIncomingWebhook(['user'], person)
    expect((await request(`${hook}user.current`)).body.result).toMatchObject({ ID: String(person.userId) })
  })
})

describe('service methods', () => {
  test('profile needs no scope', async () => {
    const bare = await house.addApp({ scope: ['im'], by: person })
    expect(await result('profile', {}, bare)).toMatchObject({
      ID: String(person.userId),
      ADMIN: false,
      NAME: 'Eve',
      LAST_NAME: expect.any(String),
      PERSONAL_GENDER: '',
      TIME_ZONE: expect.any(String),
    })
    expect(await result('profile')).toMatchObject({ ID: String(house.admin.userId), ADMIN: true })
  })

  test('scope lists what is granted, and all with full', async () => {
    expect(await result('scope')).toEqual(['telephony', 'crm', 'user'])
    expect(await result('scope', { full: true })).toEqual(expect.arrayContaining(['telephony', 'crm', 'user', 'placement', 'im']))
  })

  test('server.time is now', async () => {
    const time = await result('server.time')
    expect(time).toMatch(iso)
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(5000)
  })

  test('method.get tells existing from available', async () => {
    const narrow = await house.addApp({ scope: ['crm'] })
    expect(await result('method.get', { name: 'crm.contact.get' }, narrow)).toEqual({ isExisting: true, isAvailable: true })
    expect(await result('method.get', { name: 'Telephony.externalCall.Register' }, narrow)).toEqual({
      isExisting: true,
      isAvailable: false,
    })
    for (const name of ['no.such', '', undefined])
      expect(await result('method.get', { name }, narrow)).toEqual({ isExisting: false, isAvailable: false })
  })

  test('methods lists names', async () => {
    const own = await result('methods')
    expect(own).toEqual(expect.arrayContaining(['crm.contact.get', 'telephony.externalcall.register', 'user.get', 'batch']))
    const narrow = await house.addApp({ scope: ['crm'] })
    expect(await result('methods', {}, narrow)).not.toContain('telephony.externalcall.register')
    expect(await result('methods', { full: true }, narrow)).toContain('telephony.externalcall.register')
    expect(await result('methods', { scope: 'telephony' })).toEqual(expect.not.arrayContaining(['crm.contact.get']))
    const common = await result('methods', { scope: '' })
    expect(common).toContain('profile')
    expect(common).not.toContain('crm.contact.get')
  })

  test('every method of the issue is there', async () => {
    const wanted = [
      'event.bind', 'event.unbind', 'event.get', 'events', 'telephony.externalCall.register', 'telephony.externalCall.finish', 'telephony.externalCall.show', 'telephony.externalCall.hide',
      'telephony.externalCall.searchCrmEntities', 'telephony.externalCall.attachRecord', 'telephony.externalLine.add', 'telephony.externalLine.update', 'telephony.externalLine.get',
      'telephony.externalLine.delete', 'user.get', 'user.current', 'profile', 'app.info', 'scope', 'server.time', 'method.get', 'methods', 'batch',
      ...['contact', 'company', 'lead'].flatMap((type) => ['get', 'list', 'add', 'update', 'delete', 'fields'].map((verb) => `crm.${type}.${verb}`)),
      'crm.duplicate.findbycomm', 'crm.activity.get', 'crm.activity.list', 'voximplant.line.outgoing.get', 'voximplant.line.outgoing.set', 'voximplant.statistic.get',
    ] // oxfmt-ignore
    for (const name of wanted) expect([name, await result('method.get', { name })]).toEqual([name, { isExisting: true, isAvailable: true }])
  })
})

describe('events', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  afterAll(() => listener.close())
  const common = ['ONAPPUNINSTALL', 'ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPTEST']
  const telephony = ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND']
  const handlers = (by: TestApp): Promise<Array<{ event: string; handler: string; auth_type: string; offline: number }>> =>
    result('event.get', {}, by)

  test('lists upper-case names by scope', async () => {
    expect(await result('events')).toEqual(expect.arrayContaining([...common, ...telephony, 'ONCRMCONTACTADD', 'ONCRMACTIVITYADD']))
    const narrow = await house.addApp({ scope: ['crm'] })
    const own = await result('events', {}, narrow)
    expect(own).toEqual(expect.arrayContaining([...common, 'ONCRMLEADADD']))
    expect(own).not.toContain('ONEXTERNALCALLSTART')
    expect(await result('events', { SCOPE: 'telephony' })).toEqual(expect.arrayContaining([...common, ...telephony]))
    expect(await result('events', { SCOPE: 'telephony' })).not.toContain('ONCRMLEADADD')
    expect(await result('events', { FULL: true }, narrow)).toContain('ONEXTERNALCALLSTART')
  })

  test('bind in any case answers true; get shows it with the types of the contract', async () => {
    const own = await house.addApp({ title: 'Binder' })
    expect(await result('event.bind', { event: 'OnExternalCallStart', handler: `${listener.url}?a=1` }, own)).toBe(true)
    expect(
      await result(
        'event.bind',
        { EVENT: 'onvoximplantcallend', HANDLER: listener.url, AUTH_TYPE: person.userId, EVENT_TYPE: 'online' },
        own,
      ),
    ).toBe(true)
    expect(await handlers(own)).toEqual([
      { event: 'ONEXTERNALCALLSTART', handler: `${listener.url}?a=1`, auth_type: '0', offline: 0 },
      { event: 'ONVOXIMPLANTCALLEND', handler: listener.url, auth_type: String(person.userId), offline: 0 },
    ])
  })

  test('the same handler twice is refused with the text that connectors match; another user or address is not the same', async () => {
    const own = await house.addApp()
    const bind = (params: Params = {}) => own.call('event.bind', { event: 'ONCRMLEADADD', handler: listener.url, ...params })
    await bind()
    expect(await bind({ event: 'OnCrmLeadAdd' })).toMatchObject(
      refused('Unable to set event handler: Handler already binded', 'ERROR_CORE'),
    )
    expect(await bind({ auth_type: 0 })).toMatchObject({ status: 400 })
    expect(await bind({ auth_type: person.userId })).toMatchObject({ status: 200 })
    expect(await bind({ handler: `${listener.url}/` })).toMatchObject({ status: 200 })
    expect((await handlers(own)).length).toBe(3)
    const answers = await Promise.all(Array.from({ length: 4 }, () => bind({ handler: `${listener.url}/burst` })))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  test('bind is refused for what is unknown, malformed or not granted', async () => {
    const narrow = await house.addApp({ scope: ['crm'] })
    const bind = (params: Params, by = app) => by.call('event.bind', { event: 'ONCRMLEADADD', handler: listener.url, ...params })
    expect(await bind({ event: 'ONNOTHING' })).toMatchObject(refused('Event not found', 'ERROR_EVENT_NOT_FOUND'))
    expect(await bind({ event: 'ONEXTERNALCALLSTART' }, narrow)).toMatchObject(refused('Event not found', 'ERROR_EVENT_NOT_FOUND'))
    expect(await bind({ handler: '' })).toMatchObject(refused("Argument 'HANDLER' is null or empty", 'ERROR_ARGUMENT'))
    for (const handler of [
      'ftp://example.com/',
      'javascript:alert(1)',
      'example.com',
      'file:///etc/passwd',
      ['http://example.com'],
      `http://example.com/${'a'.repeat(2048)}`,
    ]) {
      expect(await bind({ handler }), String(handler).slice(0, 50)).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT' } })
    }
  })

  test('offline handlers need an administrator', async () => {
    const text = (verb: string) => `Access denied! Offline events ${verb} requires administrator access rights`
    expect(await plain.call('event.bind', { event: 'ONCRMLEADADD', event_type: 'offline' })).toMatchObject(
      refused(text('binding'), 'ACCESS_DENIED', 403),
    )
    expect(await plain.call('event.unbind', { event: 'ONCRMLEADADD', event_type: 'offline' })).toMatchObject(
      refused(text('unbinding'), 'ACCESS_DENIED', 403),
    )
  })

  test('a handler for another user needs an administrator; without rights it carries one’s own tokens', async () => {
    const text = (verb: string) => `Access denied! Event ${verb} with AUTH_TYPE requires administrator access rights`
    const own = await house.addApp({ by: person })
    expect(await own.call('event.bind', { event: 'ONCRMLEADADD', handler: listener.url, auth_type: house.admin.userId })).toMatchObject(
      refused(text('binding'), 'ACCESS_DENIED', 403),
    )
    expect(await own.call('event.unbind', { event: 'ONCRMLEADADD', handler: listener.url, auth_type: house.admin.userId })).toMatchObject(
      refused(text('unbinding'), 'ACCESS_DENIED', 403),
    )
    await own.call('event.bind', { event: 'ONCRMLEADADD', handler: `${listener.url}/own` })
    expect(await handlers(own)).toEqual([
      { event: 'ONCRMLEADADD', handler: `${listener.url}/own`, auth_type: String(person.userId), offline: 0 },
    ])
    await house.addLead({ TITLE: 'By the admin' })
    await expect.poll(() => listener.received.find((one) => one.path === '/handler/own')).toBeDefined()
    const form = new URLSearchParams(listener.received.find((one) => one.path === '/handler/own')!.body)
    expect(form.get('auth[user_id]')).toBe(String(person.userId))
  })

  test('unbind removes what matches and counts; what is left out matches everything', async () => {
    const own = await house.addApp()
    for (const params of [
      { event: 'ONCRMLEADADD', handler: 'http://127.0.0.1:9/a' },
      { event: 'ONCRMLEADADD', handler: 'http://127.0.0.1:9/b' },
      { event: 'ONCRMLEADADD', handler: 'http://127.0.0.1:9/b', auth_type: person.userId },
      { event: 'ONCRMLEADUPDATE', handler: 'http://127.0.0.1:9/b' },
    ])
      await result('event.bind', params, own)
    expect(await result('event.unbind', { event: 'OnCrmLeadAdd', handler: 'http://127.0.0.1:9/none' }, own)).toEqual({ count: 0 })
    expect(await result('event.unbind', { event: 'OnCrmLeadAdd', handler: 'http://127.0.0.1:9/b', auth_type: 0 }, own)).toEqual({
      count: 1,
    })
    expect(await handlers(own)).toHaveLength(3)
    expect(await result('event.unbind', { event: 'ONCRMLEADADD' }, own)).toEqual({ count: 2 })
    expect(await result('event.unbind', { handler: 'http://127.0.0.1:9/b' }, own)).toEqual({ count: 1 })
    expect(await handlers(own)).toEqual([])
  })

  test('unbind without rights removes only one’s own', async () => {
    const own = await house.addApp()
    await result('event.bind', { event: 'ONCRMLEADADD', handler: 'http://127.0.0.1:9/admin' }, own)
    const asPerson = { ...own, accessToken: await tokenFor(own, person) }
    const call = (method: string, params: Params) =>
      request(`${house.url}/rest/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...params, auth: asPerson.accessToken }),
      })
    expect((await call('event.unbind', { event: 'ONCRMLEADADD' })).body.result).toEqual({ count: 0 })
    expect((await call('event.get', {})).body.result).toEqual([])
    expect(await handlers(own)).toHaveLength(1)
  })

  test('are for apps only: a webhook is refused', async () => {
    const hook = await house.addIncomingWebhook(['crm'])
    for (const method of ['event.bind', 'event.unbind', 'event.get', 'event.test']) {
      expect(await request(`${hook}${method}?event=ONCRMLEADADD&handler=http://127.0.0.1:9/`)).toMatchObject(
        refused('Current authorization type is denied for this method', 'WRONG_AUTH_TYPE', 403),
      )
    }
  })

  test('event.test raises ONAPPTEST at the app’s own handler', async () => {
    const own = await house.addApp()
    await result('event.bind', { event: 'ONAPPTEST', handler: `${listener.url}/test` }, own)
    expect(await result('event.test', { any: 'thing', deep: { er: ['x'] } }, own)).toBe(1)
    const [received] = await listener.waitFor('ONAPPTEST')
    const form = new URLSearchParams(received!.body)
    expect([form.get('data[QUERY][any]'), form.get('data[QUERY][deep][er][0]')]).toEqual(['thing', 'x'])
    expect(received!.body).not.toContain('data%5BQUERY%5D%5Bauth%5D')
  })
})

/** Another person's token of an app. */
async function tokenFor(of: TestApp, by: Person): Promise<string> {
  const redirect = await fetch(`${house.url}/oauth/authorize/?client_id=${of.clientId}`, {
    headers: { cookie: by.cookie },
    redirect: 'manual',
  })
  const code = new URL(redirect.headers.get('location')!).searchParams.get('code')!
  const { body } = await request(
    `${house.url}/oauth/token/?${new URLSearchParams({ grant_type: 'authorization_code', client_id: of.clientId, client_secret: of.clientSecret, code })}`,
  )
  return body.access_token
}
