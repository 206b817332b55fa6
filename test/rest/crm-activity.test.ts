import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener } from '../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let plain: TestApp
let person: Person
let contactId: number
let companyId: number

beforeAll(async () => {
  house = await startPortal()
  person = await house.addPerson('Eve', '105')
  app = await house.addApp({ scope: ['crm'] })
  plain = await house.addApp({ title: 'Of Eve', scope: ['crm'], by: person })
  contactId = await house.addContact({ NAME: 'Called', PHONE: [{ VALUE: '+15550107200' }] })
  companyId = await house.addCompany({ TITLE: 'Harbour' })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}, by = app) => {
  const answer = await by.call(method, params)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.result
}
const refused = (error: string, text: unknown, status = 400) => ({ status, body: { error, error_description: text } })
const base = () => ({
  TYPE_ID: 2,
  SUBJECT: 'A call',
  RESPONSIBLE_ID: person.userId,
  COMMUNICATIONS: [{ VALUE: '+15550107200', ENTITY_ID: contactId, ENTITY_TYPE_ID: 3 }],
})
const add = (more: Params = {}): Promise<number> => result('crm.activity.add', { fields: { ...base(), ...more } })
const get = (id: number) => result('crm.activity.get', { id })

describe('crm.activity', () => {
  test('.add answers a number; the activity stands on its owner and its participants', async () => {
    const times = { START_TIME: '2026-03-10T09:00:00+00:00', END_TIME: '2026-03-10T09:05:00+00:00' }
    const id = await add({
      OWNER_TYPE_ID: 4,
      OWNER_ID: String(companyId),
      ...times,
      COMPLETED: 'Y',
      PRIORITY: 3,
      DIRECTION: 1,
      DESCRIPTION: 'Talked',
      DESCRIPTION_TYPE: 3,
    })
    expect(typeof id).toBe('number')
    expect(await get(id)).toMatchObject({
      ID: String(id),
      OWNER_ID: String(companyId),
      OWNER_TYPE_ID: '4',
      TYPE_ID: '2',
      PROVIDER_ID: 'VOXIMPLANT_CALL',
      PROVIDER_TYPE_ID: 'CALL',
      SUBJECT: 'A call',
      ...times,
      COMPLETED: 'Y',
      STATUS: '2',
      RESPONSIBLE_ID: String(person.userId),
      AUTHOR_ID: String(house.admin.userId),
      PRIORITY: '3',
      DIRECTION: '1',
      DESCRIPTION: 'Talked',
      DESCRIPTION_TYPE: '3',
      COMMUNICATIONS: [
        { TYPE: 'PHONE', VALUE: '+15550107200', ENTITY_ID: String(contactId), ENTITY_TYPE_ID: '3', ENTITY_SETTINGS: { NAME: 'Called' } },
      ],
      FILES: [],
    })
    expect(await result('crm.activity.binding.list', { activityId: id })).toEqual([
      { entityTypeId: 3, entityId: contactId },
      { entityTypeId: 4, entityId: companyId },
    ])
    const timeline = (await house.admin.api('GET', `/contacts/${contactId}/timeline`)).body.items as Array<{ id: number }>
    expect(timeline.map((entry) => entry.id)).toContain(id)
  })

  test('.add without an owner belongs to the card of the first participant; it is not completed', async () => {
    expect(await get(await add())).toMatchObject({ OWNER_ID: String(contactId), OWNER_TYPE_ID: '3', COMPLETED: 'N', STATUS: '1' })
    const meeting = await add({
      TYPE_ID: 1,
      COMMUNICATIONS: [{ VALUE: 'a@example.com' }, { VALUE: '2', ENTITY_ID: companyId, ENTITY_TYPE_ID: 4 }],
    })
    expect(await get(meeting)).toMatchObject({
      OWNER_ID: String(companyId),
      PROVIDER_ID: 'CRM_MEETING',
      COMMUNICATIONS: [{ TYPE: 'EMAIL' }, { TYPE: 'PHONE' }],
    })
    const own = await add({
      TYPE_ID: 6,
      PROVIDER_ID: 'MY_APP',
      PROVIDER_TYPE_ID: 'NOTE',
      OWNER_TYPE_ID: 3,
      OWNER_ID: contactId,
      COMMUNICATIONS: undefined,
    })
    expect(await get(own)).toMatchObject({ TYPE_ID: '6', PROVIDER_ID: 'MY_APP', PROVIDER_TYPE_ID: 'NOTE' })
  })

  test('.update changes what is named', async () => {
    const id = await add()
    expect(
      await result('crm.activity.update', { id, fields: { SUBJECT: 'Changed', COMPLETED: 'Y', OWNER_ID: companyId, OWNER_TYPE_ID: 4 } }),
    ).toBe(true)
    expect(await get(id)).toMatchObject({
      SUBJECT: 'Changed',
      COMPLETED: 'Y',
      STATUS: '2',
      OWNER_ID: String(contactId),
      RESPONSIBLE_ID: String(person.userId),
    })
    await result('crm.activity.update', { ID: String(id), FIELDS: { DESCRIPTION: 'more', RESPONSIBLE_ID: house.admin.userId } })
    expect(await get(id)).toMatchObject({ SUBJECT: 'Changed', DESCRIPTION: 'more', RESPONSIBLE_ID: String(house.admin.userId) })
  })

  test('.delete answers true, and the activity is gone from every card', async () => {
    const id = await add({ OWNER_TYPE_ID: 4, OWNER_ID: companyId })
    expect(await result('crm.activity.delete', { id })).toBe(true)
    expect(await app.call('crm.activity.get', { id })).toMatchObject(refused('', 'Activity is not found'))
    for (const [type, card] of [
      [3, contactId],
      [4, companyId],
    ])
      expect(
        (await result('crm.activity.list', { filter: { BINDINGS: [{ OWNER_TYPE_ID: type, OWNER_ID: card }] } })).map(
          (row: { ID: string }) => row.ID,
        ),
      ).not.toContain(String(id))
  })

  test('.delete of a call list’s activity deletes the call list', async () => {
    const list = await result('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: [contactId] })
    const [row] = await result('crm.activity.list', { filter: { PROVIDER_ID: 'CALL_LIST' }, order: { ID: 'DESC' } })
    await result('crm.activity.delete', { id: row.ID })
    expect(await app.call('crm.calllist.get', { ID: list })).toMatchObject(refused('LIST_ID_ERROR', 'Incorrect list id'))
    expect(await app.call('crm.calllist.items.get', { LIST_ID: list })).toMatchObject(refused('LIST_ID_ERROR', 'Call list is not found'))
  })

  test('.fields describes the fields', async () => {
    const described = await result('crm.activity.fields')
    for (const one of Object.values(described))
      expect(Object.keys(one as object)).toEqual(['type', 'isRequired', 'isReadOnly', 'isImmutable', 'isMultiple', 'isDynamic', 'title'])
    expect(described.SUBJECT).toMatchObject({ type: 'string', isRequired: true, isReadOnly: false })
    expect(described.ID).toMatchObject({ isReadOnly: true })
    expect(described.COMMUNICATIONS).toMatchObject({ type: 'crm_activity_communication', isMultiple: true })
  })

  test('refuses with the empty code and the texts of the documentation, and writes nothing', async () => {
    const count = async () => (await app.call('crm.activity.list')).body.total
    const before = await count()
    const of = (more: Params) => app.call('crm.activity.add', { fields: { ...base(), ...more } })
    for (const SUBJECT of [undefined, '', '  '])
      expect(await of({ SUBJECT })).toMatchObject(refused('', 'The field SUBJECT is not defined or empty'))
    for (const RESPONSIBLE_ID of ['x', 999_999, -1])
      expect(await of({ RESPONSIBLE_ID })).toMatchObject(refused('', 'The field RESPONSIBLE_ID is not defined or invalid'))
    for (const TYPE_ID of [undefined, 'x', 0, 7])
      expect(await of({ TYPE_ID })).toMatchObject(refused('', 'The field TYPE_ID is not defined or invalid'))
    for (const COMMUNICATIONS of [undefined, '', [], ['x'], 'x', [{ VALUE: { a: 1 } }]])
      expect(await of({ COMMUNICATIONS }), JSON.stringify(COMMUNICATIONS)).toMatchObject(
        refused('', 'The field COMMUNICATIONS is not defined or invalid'),
      )
    expect(await of({ COMMUNICATIONS: [{ VALUE: '1' }, { VALUE: '2' }] })).toMatchObject(
      refused('', 'The only one communication is allowed for activity of specified type'),
    )
    const unbound = 'Could not build binding. Please ensure that owner info and communications are defined correctly'
    expect(await of({ COMMUNICATIONS: [{ VALUE: '1' }] })).toMatchObject(refused('', unbound))
    expect(await of({ COMMUNICATIONS: [{ VALUE: '1', ENTITY_ID: 999_999, ENTITY_TYPE_ID: 3 }] })).toMatchObject(refused('', unbound))
    expect(await of({ OWNER_TYPE_ID: 31, OWNER_ID: 1 })).toMatchObject(refused('', unbound))
    for (const TYPE_ID of [3, 6])
      expect(await of({ TYPE_ID })).toMatchObject(refused('', 'The custom activity without provider is not supported in current context'))
    expect(await of({ START_TIME: 'noon' })).toMatchObject(refused('ERROR_CORE', expect.stringContaining('START_TIME')))
    for (const fields of [undefined, 'x', 5])
      for (const verb of ['add', 'update'])
        expect(await app.call(`crm.activity.${verb}`, { id: 1, fields })).toMatchObject(refused('', "Parameter 'fields' must be array."))
    for (const verb of ['update', 'delete']) {
      expect(await app.call(`crm.activity.${verb}`, { id: 999_999, fields: { SUBJECT: 'x' } })).toMatchObject(
        refused('', 'Activity is not found'),
      )
      for (const id of [undefined, 'x', [1]])
        expect(await app.call(`crm.activity.${verb}`, { id, fields: {} })).toMatchObject(refused('', 'ID is not defined or invalid'))
    }
    const id = await add()
    const change = (fields: Params) => app.call('crm.activity.update', { id, fields })
    expect(await change({ SUBJECT: '' })).toMatchObject(refused('', 'The field SUBJECT is not defined or empty'))
    expect(await change({ RESPONSIBLE_ID: 999_999 })).toMatchObject(refused('', 'The field RESPONSIBLE_ID is not defined or invalid'))
    expect(await change({ COMMUNICATIONS: [{ VALUE: '1' }, { VALUE: '2' }] })).toMatchObject(
      refused('', 'The only one communication is allowed for activity of specified type'),
    )
    expect(await count()).toBe(before + 1)
  })

  test('says ADD, UPDATE and DELETE', async () => {
    const listener = await startListener()
    try {
      const watcher = await house.addApp({ title: 'Watcher', scope: ['crm'] })
      const names = ['ADD', 'UPDATE', 'DELETE'].map((what) => `ONCRMACTIVITY${what}`)
      for (const event of names) await watcher.call('event.bind', { event, handler: listener.url })
      const id = await result('crm.activity.add', { fields: base() }, plain)
      await result('crm.activity.update', { id, fields: { SUBJECT: 'x' } })
      await result('crm.activity.delete', { id })
      for (const [index, name] of names.entries()) {
        const [received] = await listener.waitFor(`event=${name}&`)
        const form = new URLSearchParams(received!.body)
        expect([form.get('data[FIELDS][ID]'), form.get('auth[user_id]')]).toEqual([
          String(id),
          String(index === 0 ? person.userId : house.admin.userId),
        ])
      }
    } finally {
      await listener.close()
    }
  })
})

describe('crm.activity.binding', () => {
  const binding = (verb: string, params: Params) => app.call(`crm.activity.binding.${verb}`, params)

  test('.add, .list and .delete move an activity between cards', async () => {
    const activityId = await add()
    const on = { activityId, entityTypeId: 4, entityId: companyId }
    expect((await binding('add', on)).body.result).toBe(true)
    expect((await binding('list', { activityId })).body.result).toEqual([
      { entityTypeId: 3, entityId: contactId },
      { entityTypeId: 4, entityId: companyId },
    ])
    expect((await binding('delete', { activityId, entityTypeId: '3', entityId: String(contactId) })).body.result).toBe(true)
    expect(await get(activityId)).toMatchObject({ OWNER_TYPE_ID: '4', OWNER_ID: String(companyId) })
  })

  test('each refusal has its code', async () => {
    const activityId = await add()
    const here = { activityId, entityTypeId: 3, entityId: contactId }
    const there = { activityId, entityTypeId: 4, entityId: companyId }
    expect(await binding('add', here)).toMatchObject(refused('ACTIVITY_IS_ALREADY_BOUND', expect.any(String)))
    expect(await binding('delete', here)).toMatchObject(refused('LAST_BINDING_CANNOT_BE_DELETED', expect.any(String)))
    expect(await binding('delete', there)).toMatchObject(refused('BINDING_NOT_FOUND', expect.any(String)))
    for (const verb of ['add', 'delete', 'list'])
      expect(await binding(verb, { ...there, activityId: 999_999 })).toMatchObject(refused('NOT_FOUND', expect.any(String)))
    expect(await binding('add', { ...there, entityId: 999_999 })).toMatchObject(refused('OWNER_NOT_FOUND', expect.any(String)))
    for (const verb of ['add', 'delete'])
      expect(await binding(verb, { ...there, entityTypeId: 31 })).toMatchObject(refused('OWNER_NOT_FOUND', expect.any(String)))
    for (const name of ['activityId', 'entityTypeId', 'entityId'])
      for (const verb of ['add', 'delete'])
        expect(await binding(verb, { ...there, [name]: undefined })).toMatchObject(
          refused('100', `Could not find value for parameter {${name}}`),
        )
    expect(await binding('list', {})).toMatchObject(refused('100', 'Could not find value for parameter {activityId}'))
  })
})

describe('crm.status', () => {
  const of = async (ENTITY_ID: string): Promise<Array<Record<string, unknown>>> =>
    await result('crm.status.list', { filter: { ENTITY_ID } })

  test('.list answers texts, by SORT, with total', async () => {
    const { body } = await app.call('crm.status.list', { order: { SORT: 'ASC' }, filter: { ENTITY_ID: 'STATUS' } })
    expect(body.total).toBe(4)
    expect(body.result.map((row: { STATUS_ID: string }) => row.STATUS_ID)).toEqual(['NEW', 'IN_PROCESS', 'CONVERTED', 'JUNK'])
    expect(body.result[2]).toEqual({
      ID: expect.stringMatching(/^\d+$/),
      ENTITY_ID: 'STATUS',
      STATUS_ID: 'CONVERTED',
      NAME: 'Converted',
      NAME_INIT: 'Converted',
      SORT: '30',
      SYSTEM: 'Y',
      CATEGORY_ID: null,
      COLOR: null,
      SEMANTICS: 'S',
      EXTRA: { SEMANTICS: 'success', COLOR: '' },
    })
    expect((await of('CALL_LIST')).map((row) => row['STATUS_ID'])).toEqual(['IN_WORK', 'SUCCESS', 'WRONG_NUMBER', 'STOP_CALLING'])
    expect(await result('crm.status.list', { filter: { '@STATUS_ID': ['WON', 'LOSE'], SYSTEM: 'Y' } })).toHaveLength(2)
  })

  test('.add, .update, .get and .delete edit a directory, and call lists know it', async () => {
    const id = await result('crm.status.add', {
      fields: { ENTITY_ID: 'CALL_LIST', STATUS_ID: 'LATER', NAME: 'Call later', SORT: '50', COLOR: '#FFA900' },
    })
    expect(typeof id).toBe('number')
    expect(await result('crm.status.get', { id })).toMatchObject({
      ID: String(id),
      STATUS_ID: 'LATER',
      NAME: 'Call later',
      NAME_INIT: '',
      SORT: '50',
      SYSTEM: 'N',
      CATEGORY_ID: null,
      COLOR: '#FFA900',
      SEMANTICS: null,
    })
    expect(await result('crm.calllist.statuslist')).toContainEqual({ ID: id, NAME: 'Call later', SORT: 50, STATUS_ID: 'LATER' })
    const list = await result('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: [contactId] })
    expect(await result('crm.calllist.items.get', { LIST_ID: list, FILTER: { STATUS: 'LATER' } })).toEqual([])
    const path = `/call-lists/${list}`
    const card = async () => (await house.admin.api('GET', path)).body
    const [item] = (await card()).items
    expect((await house.admin.api('PATCH', `${path}/items/${item.id}`, { status: 'LATER' })).status).toBe(204)
    expect((await house.admin.api('PATCH', `${path}/items/${item.id}`, { status: 'NEVER' })).body).toMatchObject({
      status: 400,
      code: 'call_list_status',
    })
    expect(await card()).toMatchObject({ items: [{ status: 'LATER' }] })
    expect((await card()).statuses.at(-1)).toEqual({ id: 'LATER', name: 'Call later' })
    expect((await card()).statuses[0]).toEqual({ id: 'IN_WORK', name: null })
    expect(await app.call('crm.status.delete', { id })).toMatchObject(refused('', 'There are active items in this status.'))
    await house.admin.api('PATCH', `${path}/items/${item.id}`, { status: 'IN_WORK' })
    expect(await result('crm.status.update', { id, fields: { NAME: 'Much later', SORT: 60 } })).toBe(true)
    expect(await result('crm.status.entity.items', { entityId: 'CALL_LIST' })).toContainEqual({
      NAME: 'Much later',
      SORT: 60,
      STATUS_ID: 'LATER',
    })
    expect(await result('crm.status.delete', { id })).toBe(true)
    expect((await of('CALL_LIST')).map((row) => row['STATUS_ID'])).not.toContain('LATER')
    expect(await app.call('crm.calllist.items.get', { LIST_ID: list, FILTER: { STATUS: 'LATER' } })).toMatchObject(
      refused('STATUS_ERROR', 'Incorrect status'),
    )
  })

  test('.entity.types and .fields describe the directories', async () => {
    expect((await result('crm.status.entity.types')).map((one: { ID: string }) => one.ID)).toEqual([
      'STATUS',
      'SOURCE',
      'DEAL_STAGE',
      'CALL_LIST',
    ])
    const described = await result('crm.status.fields')
    expect(Object.keys(described)).toEqual([
      'ID',
      'ENTITY_ID',
      'STATUS_ID',
      'NAME',
      'NAME_INIT',
      'SORT',
      'SYSTEM',
      'CATEGORY_ID',
      'COLOR',
      'SEMANTICS',
    ])
    expect(described.NAME).toMatchObject({ type: 'string', isRequired: true })
  })

  test('each refusal has its text', async () => {
    const first = { ENTITY_ID: 'SOURCE', STATUS_ID: 'FAIR', NAME: 'Fair' }
    const attempt = (fields: unknown, by = app) => by.call('crm.status.add', { fields })
    const idOf = async (entity: string, status: string) => (await of(entity)).find((row) => row['STATUS_ID'] === status)!['ID']
    expect(await attempt(first, plain)).toMatchObject(refused('', 'Access denied.'))
    for (const verb of ['update', 'delete'])
      expect(await plain.call(`crm.status.${verb}`, { id: 1, fields: {} })).toMatchObject(refused('', 'Access denied.'))
    for (const fields of [undefined, 'x']) expect(await attempt(fields)).toMatchObject(refused('', 'Invalid parameters.'))
    expect(await attempt({ ...first, SORT: 'x' })).toMatchObject(refused('', 'Invalid parameters.'))
    expect(await attempt({ ...first, NAME: ['x'] })).toMatchObject(refused('', 'Invalid parameters.'))
    expect(await attempt({ ...first, ENTITY_ID: 'NOPE' })).toMatchObject(refused('', 'Specified entity type is not supported.'))
    for (const field of ['ENTITY_ID', 'STATUS_ID', 'NAME'])
      expect(await attempt({ ...first, [field]: '' })).toMatchObject(refused('', `The field ${field} is required.`))
    expect(await attempt({ ...first, STATUS_ID: 'CALL' })).toMatchObject(refused('', 'Duplicate STATUS_ID.'))
    for (const verb of ['get', 'update', 'delete']) {
      expect(await app.call(`crm.status.${verb}`, { fields: {} })).toMatchObject(refused('', 'Invalid identifier.'))
      expect(await app.call(`crm.status.${verb}`, { id: 999_999, fields: {} })).toMatchObject(refused('', 'Status is not found.'))
    }
    expect(await app.call('crm.status.update', { id: await idOf('SOURCE', 'WEB'), fields: { NAME: ' ' } })).toMatchObject(
      refused('', 'The field NAME is required.'),
    )
    expect(await app.call('crm.status.delete', { id: await idOf('SOURCE', 'WEB') })).toMatchObject(
      refused('', 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'),
    )
    const forced = { params: { FORCED: 'Y' } }
    expect(await app.call('crm.status.delete', { id: await idOf('STATUS', 'NEW'), ...forced })).toMatchObject(
      refused('', expect.stringContaining('Error on deleting status.')),
    )
    await house.addContact({ NAME: 'From the web', SOURCE_ID: 'WEB' })
    expect(await app.call('crm.status.delete', { id: await idOf('SOURCE', 'WEB'), ...forced })).toMatchObject(
      refused('', 'There are active items in this status.'),
    )
    expect(await result('crm.status.delete', { id: await idOf('SOURCE', 'TRADE_SHOW'), ...forced })).toBe(true)
    expect(await app.call('crm.status.entity.items', {})).toMatchObject(refused('', 'Invalid parameters.'))
    expect(await app.call('crm.status.list', { filter: { NOPE: 1 } })).toMatchObject(refused('', expect.stringContaining('NOPE')))
    expect(await app.call('crm.status.list', { filter: 'x' })).toMatchObject(refused('', "Parameter 'filter' must be array"))
    expect(await app.call('crm.status.list', { order: 'x' })).toMatchObject(refused('', "Parameter 'order' must be array"))
  })
})

describe('contacts of companies', () => {
  test('.items.get answers numbers and letters from both sides', async () => {
    const company = await house.addCompany({ TITLE: 'Employer' })
    const ids = [await house.addContact({ NAME: 'One', COMPANY_ID: company }), await house.addContact({ NAME: 'Two', COMPANY_ID: company })]
    expect(await result('crm.contact.company.items.get', { id: ids[0] })).toEqual([
      { COMPANY_ID: company, SORT: 10, ROLE_ID: 0, IS_PRIMARY: 'Y' },
    ])
    expect(await result('crm.company.contact.items.get', { id: company })).toEqual([
      { CONTACT_ID: ids[0], SORT: 10, ROLE_ID: 0, IS_PRIMARY: 'Y' },
      { CONTACT_ID: ids[1], SORT: 20, ROLE_ID: 0, IS_PRIMARY: 'N' },
    ])
    expect(await result('crm.contact.company.items.get', { id: contactId })).toEqual([])
    expect(await result('crm.company.contact.items.get', { id: companyId })).toEqual([])
  })

  test('.add and .delete tie and untie, from both sides', async () => {
    const [contact, company] = [await house.addContact({ NAME: 'Tied' }), await house.addCompany({ TITLE: 'Tied' })]
    expect(await result('crm.contact.company.add', { id: contact, fields: { COMPANY_ID: company } })).toBe(true)
    expect(await result('crm.contact.company.add', { id: contact, fields: { COMPANY_ID: company } })).toBe(false)
    expect(await result('crm.contact.get', { id: contact })).toMatchObject({ COMPANY_ID: String(company) })
    expect(await result('crm.contact.company.delete', { id: contact, fields: { COMPANY_ID: company } })).toBe(true)
    expect(await result('crm.company.contact.add', { id: company, fields: { CONTACT_ID: String(contact) } })).toBe(true)
    expect(await result('crm.company.contact.delete', { id: company, fields: { CONTACT_ID: contact } })).toBe(true)
    expect(await result('crm.contact.get', { id: contact })).toMatchObject({ COMPANY_ID: null })
  })

  test.each([
    ['crm.contact.company', 'COMPANY_ID'],
    ['crm.company.contact', 'CONTACT_ID'],
  ])('%s refuses with its texts', async (name, other) => {
    const own = name === 'crm.contact.company' ? contactId : companyId
    for (const verb of ['items.get', 'add', 'delete']) {
      for (const id of [undefined, 0, -1, 'x'])
        expect(await app.call(`${name}.${verb}`, { id, fields: { [other]: 1 } })).toMatchObject(
          refused('', "The parameter 'ownerEntityID' is invalid or not defined."),
        )
      expect(
        await app.call(`${name}.${verb}`, { id: 999_999, fields: { [other]: name === 'crm.contact.company' ? companyId : contactId } }),
      ).toMatchObject(refused('', 'Not found'))
    }
    for (const verb of ['add', 'delete']) {
      for (const fields of [undefined, 'x'])
        expect(await app.call(`${name}.${verb}`, { id: own, fields })).toMatchObject(refused('', "The parameter 'fields' must be array."))
      for (const id of [undefined, 0, 'x'])
        expect(await app.call(`${name}.${verb}`, { id: own, fields: { [other]: id } })).toMatchObject(
          refused('', "The parameter 'fields' is not valid."),
        )
      expect(await app.call(`${name}.${verb}`, { id: own, fields: { [other]: 999_999 } })).toMatchObject(refused('', 'Not found'))
    }
  })

  test('a contact has one company: a second one is refused by name', async () => {
    const [one, two] = [await house.addCompany({ TITLE: 'One' }), await house.addCompany({ TITLE: 'Two' })]
    const contact = await house.addContact({ NAME: 'Employed', COMPANY_ID: one })
    for (const [name, params] of [
      ['crm.contact.company.add', { id: contact, fields: { COMPANY_ID: two } }],
      ['crm.company.contact.add', { id: two, fields: { CONTACT_ID: contact } }],
    ] as const)
      expect(await app.call(name, params)).toMatchObject(refused('ERROR_CORE', expect.stringContaining(`company ${one}`)))
  })
})
