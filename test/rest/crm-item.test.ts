import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ scope: ['crm'] })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}) => {
  const answer = await app.call(method, params)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.result
}
const refused = (error: string, text: unknown, status = 400) => ({ status, body: { error, error_description: text } })
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/

const kinds = [
  ['lead', 1, { title: 'A lead', name: 'Lou' }, { stageId: 'NEW', hasPhone: 'Y', contactId: 0, companyId: 0, contactIds: [] }],
  ['deal', 2, { title: 'A deal' }, { stageId: 'NEW', categoryId: 0, contactId: 0, companyId: 0, contactIds: [] }],
  ['contact', 3, { name: 'Nora', lastName: 'Bright' }, { secondName: '', post: null, typeId: null, hasPhone: 'Y', companyId: 0 }],
  ['company', 4, { title: 'Harbour' }, { typeId: null, industry: null, hasPhone: 'Y', hasEmail: 'N' }],
] as const

describe.each(kinds)('a %s', (type, entityTypeId, fields, expected) => {
  const call = (verb: string, params: Params = {}): Promise<Answer> => app.call(`crm.item.${verb}`, { entityTypeId, ...params })
  const phones = type === 'deal' ? {} : { fm: [{ typeId: 'PHONE', valueType: 'MOBILE', value: '+15550100200' }] }
  const add = async (more: Params = {}) => (await call('add', { fields: { ...fields, ...phones, ...more } })).body.result.item

  test('.add answers the item: numbers are numbers, flags letters, times with a zone, phones in fm', async () => {
    const item = await add({ sourceId: 'CALL', opened: 'N', comments: 'later', unknown: 1, id: 7 })
    const by = house.admin.userId
    expect(item).toMatchObject({ ...fields, ...expected, entityTypeId, sourceId: 'CALL', opened: 'N', comments: 'later', assignedById: by })
    expect(item).toMatchObject({ id: expect.any(Number), createdBy: by, updatedBy: by, sourceDescription: null })
    expect(item.createdTime).toMatch(iso)
    expect(item.updatedTime).toMatch(iso)
    expect(Object.keys(item)[0]).toBe('id')
    expect(Object.keys(item).at(-1)).toBe('entityTypeId')
    if (type === 'deal') expect(item).not.toHaveProperty('fm')
    else {
      expect(item.fm).toEqual([{ id: expect.any(Number), valueType: 'MOBILE', value: '+15550100200', typeId: 'PHONE' }])
      expect(Object.keys(item.fm[0])).toEqual(['id', 'valueType', 'value', 'typeId'])
    }
    expect((await call('get', { id: item.id })).body.result).toEqual({ item })
    expect(await result(`crm.${type}.get`, { id: item.id })).toMatchObject({ ID: String(item.id), SOURCE_ID: 'CALL', OPENED: 'N' })
  })

  test('.update changes what is named and answers the item', async () => {
    const { id, fm } = await add()
    const changed = await call('update', { id: String(id), fields: { comments: 'changed', assignedById: String(house.admin.userId) } })
    expect(changed.body.result.item).toMatchObject({ id, ...fields, comments: 'changed', assignedById: house.admin.userId })
    if (type === 'deal') return
    const more = [
      { id: fm[0].id, typeId: 'PHONE', value: '1001' },
      { typeId: 'EMAIL', value: 'a@example.com' },
    ]
    const other = (await call('update', { id, fields: { fm: more } })).body.result.item
    expect(other.fm.map((one: { value: string; typeId: string }) => [one.typeId, one.value])).toEqual([
      ['PHONE', '1001'],
      ['EMAIL', 'a@example.com'],
    ])
    expect(other.hasEmail).toBe('Y')
    const without = (await call('update', { id, fields: { fm: [{ id: fm[0].id, typeId: 'PHONE', value: '' }] } })).body.result.item
    expect(without.fm.map((one: { typeId: string }) => one.typeId)).toEqual(['EMAIL'])
  })

  test('.delete answers an empty list, and the item is gone', async () => {
    const { id } = await add()
    expect((await call('delete', { id })).body.result).toEqual([])
    for (const verb of ['get', 'delete']) expect(await call(verb, { id })).toMatchObject(refused('NOT_FOUND', 'Item not found'))
    expect(await call('update', { id, fields: {} })).toMatchObject(refused('NOT_FOUND', 'Item not found'))
  })

  test('.fields describes the fields under their camelCase names', async () => {
    const described = (await call('fields')).body.result.fields
    for (const one of Object.values(described))
      expect(Object.keys(one as object)).toEqual([
        'type',
        'isRequired',
        'isReadOnly',
        'isImmutable',
        'isMultiple',
        'isDynamic',
        'title',
        'upperName',
      ])
    expect(described.id).toMatchObject({ type: 'integer', isReadOnly: true, upperName: 'ID' })
    expect(described.createdTime).toMatchObject({ type: 'datetime', isReadOnly: true, upperName: 'DATE_CREATE' })
    expect(described.opened.type).toBe('boolean')
    expect(Object.keys(described)).toEqual(expect.arrayContaining([...Object.keys(fields), 'assignedById']))
    expect('fm' in described).toBe(type !== 'deal')
  })

  test('.list filters with every prefix and with groups', async () => {
    const comments = `Listed ${type}`
    const ids: number[] = []
    for (let index = 0; index < 4; index++) ids.push((await add({ comments, sourceId: index < 2 ? 'WEB' : 'CALL' })).id)
    const [first, second, , last] = ids as [number, number, number, number]
    const found = async (filter: Params): Promise<number[]> =>
      (await call('list', { filter: { comments, ...filter }, order: { id: 'asc' } })).body.result.items.map(
        (item: { id: number }) => item.id,
      )
    expect(await found({})).toEqual(ids)
    expect(await found({ '>id': second })).toEqual(ids.slice(2))
    expect(await found({ '>=id': second, '<id': last })).toEqual(ids.slice(1, 3))
    expect(await found({ '<=id': first })).toEqual([first])
    expect(await found({ '@id': [first, last, 999_999] })).toEqual([first, last])
    expect(await found({ '!@id': [first] })).toEqual(ids.slice(1))
    expect(await found({ '=sourceId': 'WEB' })).toEqual(ids.slice(0, 2))
    expect(await found({ '!=sourceId': 'WEB' })).toEqual(ids.slice(2))
    expect(await found({ '!sourceId': 'WEB' })).toEqual(ids.slice(2))
    expect(await found({ '%sourceId': 'AL' })).toEqual(ids.slice(2))
    expect(await found({ '!%sourceId': 'AL' })).toEqual(ids.slice(0, 2))
    expect(await found({ '=%sourceId': 'C%' })).toEqual(ids.slice(2))
    expect(await found({ '%=sourceId': '%B' })).toEqual(ids.slice(0, 2))
    expect(await found({ '!=%sourceId': 'C%' })).toEqual(ids.slice(0, 2))
    expect(await found({ '!%=sourceId': 'C%' })).toEqual(ids.slice(0, 2))
    expect(await found({ '>=createdTime': '2020-01-01T00:00:00+00:00' })).toEqual(ids)
    expect(await found({ '<createdTime': '2020-01-01' })).toEqual([])
    expect(await found({ opened: 'Y' })).toEqual(ids)
    expect(await found({ 0: { logic: 'OR', 0: { id: first }, 1: { '=id': last } } })).toEqual([first, last])
    expect(await found({ 0: { logic: 'OR', 0: { id: first, sourceId: 'CALL' }, 1: { id: last } } })).toEqual([last])
    expect(await found({ logic: 'AND', 0: { 0: { logic: 'OR', 0: { id: first }, 1: { id: second } }, 1: { '!id': first } } })).toEqual([
      second,
    ])
    if (type !== 'deal') expect(await found({ hasPhone: 'Y', id: first })).toEqual([first])
    if (type !== 'company') expect(await found({ companyId: 0, id: first })).toEqual([first])
  })

  test('.list selects; fm and entityTypeId come with everything only', async () => {
    const { id } = await add()
    const items = async (params: Params) => (await call('list', { filter: { id }, ...params })).body.result.items
    expect(Object.keys((await items({ select: ['id', 'assignedById', 'fm', 'nope'] }))[0])).toEqual(['id', 'assignedById'])
    expect(await items({ select: ['*'] })).toEqual([(await call('get', { id })).body.result.item])
    expect(await items({})).toEqual(await items({ select: ['*'] }))
    expect(await items({ select: ['assignedById'] })).toEqual([{ id, assignedById: house.admin.userId }])
  })
})

test('.list pages by 50, orders, counts, and counts nothing with start -1', async () => {
  const comments = 'Paged'
  const hook = await house.addIncomingWebhook(['crm'])
  for (let index = 0; index < 53; index++)
    await app.call('crm.item.add', { entityTypeId: 3, fields: { name: `P${String(index).padStart(2, '0')}`, comments } })
  const list = (params: Params) => app.call('crm.item.list', { entityTypeId: '3', filter: { comments }, select: ['name'], ...params })
  const first = (await list({ order: { name: 'DESC' } })).body
  expect([first.total, first.next, first.result.items.length, first.result.items[0].name]).toEqual([53, 50, 50, 'P52'])
  const second = (await list({ order: { name: 'DESC' }, start: 50 })).body
  expect([second.total, second.next, second.result.items.length, second.result.items.at(-1).name]).toEqual([53, undefined, 3, 'P00'])
  const uncounted = (await list({ start: -1 })).body
  expect([uncounted.total, uncounted.next, uncounted.result.items.length]).toEqual([undefined, undefined, 50])
  const form = await request(
    `${hook}crm.item.list.json?entityTypeId=3&select[]=id&filter[comments]=Paged&filter[0][logic]=OR&filter[0][0][name]=P01&filter[0][1][name]=P02&order[id]=asc`,
  )
  expect(form.body.result.items).toHaveLength(2)
})

test('leads and deals point at contacts by number and by list', async () => {
  const contact = await house.addContact({ NAME: 'Pointed at' })
  const company = await house.addCompany({ TITLE: 'Pointed at' })
  const { item } = await result('crm.item.add', { entityTypeId: 2, fields: { title: 'D', contactIds: [contact], companyId: company } })
  expect(item).toMatchObject({ contactId: contact, contactIds: [contact], companyId: company })
  expect((await result('crm.item.list', { entityTypeId: 2, filter: { contactIds: contact }, select: ['contactIds'] })).items).toEqual([
    { id: item.id, contactIds: [contact] },
  ])
  expect((await result('crm.item.update', { entityTypeId: 2, id: item.id, fields: { contactId: 0 } })).item.contactIds).toEqual([])
})

describe('refusals', () => {
  const call = (verb: string, params: Params) => app.call(`crm.item.${verb}`, params)
  const invalid = (text: unknown) => refused('INVALID_ARG_VALUE', text)

  test('a parameter that is missing is named', async () => {
    for (const verb of ['fields', 'get', 'list', 'add', 'update', 'delete'])
      expect(await call(verb, { id: 1, fields: {} }), verb).toMatchObject(
        refused('100', 'Could not find value for parameter {entityTypeId}'),
      )
    for (const verb of ['get', 'update', 'delete'])
      expect(await call(verb, { entityTypeId: 3, fields: {} }), verb).toMatchObject(
        refused('100', 'Could not find value for parameter {id}'),
      )
    for (const verb of ['add', 'update'])
      expect(await call(verb, { entityTypeId: 3, id: 1 }), verb).toMatchObject(
        refused('100', 'Could not find value for parameter {fields}'),
      )
  })

  test('types that are not served are not found', async () => {
    for (const entityTypeId of [0, 5, 31, 128, -1])
      for (const verb of ['fields', 'get', 'list', 'add', 'update', 'delete'])
        expect(await call(verb, { entityTypeId, id: 1, fields: {} }), verb).toMatchObject(
          refused('NOT_FOUND', expect.stringContaining(String(entityTypeId))),
        )
  })

  test('a filter that cannot be is INVALID_ARG_VALUE', async () => {
    const list = (filter: unknown) => call('list', { entityTypeId: 3, filter })
    for (const name of ['NOPE', 'NAME', 'fm', 'entityTypeId', 'contactIds', ''])
      expect(await list({ [`=${name}`]: 1 })).toMatchObject(invalid(`Invalid filter: field '${name}' is not allowed in filter`))
    expect(await list({ 0: { logic: 'OR', 0: { '>=nope': 1 } } })).toMatchObject(
      invalid("Invalid filter: field 'nope' is not allowed in filter"),
    )
    expect(await list({ 0: 'x' })).toMatchObject(invalid("Invalid filter: field '0' is not allowed in filter"))
    expect(await list({ id: 'x' })).toMatchObject(invalid("Invalid filter: field 'id' has invalid value"))
    expect(await list({ '>createdTime': 'yesterday' })).toMatchObject(invalid("Invalid filter: field 'createdTime' has invalid value"))
    expect(await list({ name: [{ a: 1 }] })).toMatchObject(invalid("Invalid filter: field 'name' has invalid value"))
    expect(await list('x')).toMatchObject(invalid(expect.stringContaining('maps')))
    let deep: unknown = { id: 1 }
    for (let depth = 0; depth < 12; depth++) deep = { 0: deep }
    expect(await list(deep)).toMatchObject(invalid(expect.stringContaining('deeper')))
  })

  test('an order that cannot be is INVALID_ARG_VALUE', async () => {
    const list = (order: unknown) => call('list', { entityTypeId: 1, order })
    expect(await list({ nope: 'ASC' })).toMatchObject(invalid("Invalid order: field 'nope' is not allowed in order"))
    expect(await list({ id: 'UP' })).toMatchObject(
      invalid("Invalid order: allowed sort directions are ASC, DESC. But got 'UP' for field 'id'"),
    )
    expect(await list('x')).toMatchObject(invalid(expect.any(String)))
  })

  test('a value that a field cannot have is CRM_FIELD_ERROR_VALUE_NOT_VALID, and nothing is written', async () => {
    const count = async () => (await call('list', { entityTypeId: 4 })).body.total
    const before = await count()
    const wrong = refused('CRM_FIELD_ERROR_VALUE_NOT_VALID', expect.any(String))
    for (const fields of [
      { title: '' },
      { title: 'x'.repeat(300) },
      { title: 'x', assignedById: 999_999 },
      { title: 'x', assignedById: 'me' },
      { title: 'x', comments: ['a'] },
    ])
      expect(await call('add', { entityTypeId: 4, fields }), JSON.stringify(fields)).toMatchObject(wrong)
    for (const fm of [
      'x',
      ['x'],
      [{ value: '1' }],
      [{ typeId: 'FAX', value: '1' }],
      [{ typeId: 'PHONE', value: '1'.repeat(300) }],
      [{ typeId: 'PHONE', value: { a: 1 } }],
    ])
      expect(await call('add', { entityTypeId: 4, fields: { title: 'x', fm } }), JSON.stringify(fm)).toMatchObject(wrong)
    for (const fields of ['x', 5])
      for (const verb of ['add', 'update'])
        expect(await call(verb, { entityTypeId: 4, id: 1, fields })).toMatchObject(invalid(expect.any(String)))
    expect(await count()).toBe(before)
  })

  test('an app without the scope does not get there', async () => {
    const other = await house.addApp({ scope: ['telephony'] })
    expect(await other.call('crm.item.list', { entityTypeId: 3 })).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })
})
