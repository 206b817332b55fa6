import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let plain: TestApp
let person: Person

beforeAll(async () => {
  house = await startPortal()
  person = await house.addPerson('Eve', '105')
  app = await house.addApp({ scope: ['user', 'department'] })
  plain = await house.addApp({ title: 'Of Eve', scope: ['user', 'department'], by: person })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}, by = app) => {
  const answer = await by.call(method, params)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.result
}
const refused = (error: string, text: unknown, status = 400) => ({ status, body: { error, error_description: text } })
const get = async (id: unknown) => (await result('user.get', { ID: id }))[0]
let count = 0
const add = (more: Params = {}) => result('user.add', { EMAIL: `new${++count}@example.com`, NAME: 'New', ...more })

describe('user.add and user.update', () => {
  test('.add answers a number; the user is active and has what was sent', async () => {
    const department = await result('department.add', { NAME: 'Sales', PARENT: 0 })
    const id = await add({
      EMAIL: 'Ann@Example.com',
      NAME: 'Ann',
      LAST_NAME: 'Bell',
      SECOND_NAME: 'C.',
      WORK_POSITION: 'Sales',
      WORK_PHONE: '+15550100100',
      PERSONAL_PHONE: '+15550100102',
      PERSONAL_MOBILE: '+15550100101',
      UF_DEPARTMENT: [department],
      UF_PHONE_INNER: '201',
      PERSONAL_WWW: 'ignored',
    })
    expect(typeof id).toBe('number')
    expect(await get(id)).toMatchObject({
      ID: String(id),
      ACTIVE: true,
      EMAIL: 'ann@example.com',
      NAME: 'Ann',
      LAST_NAME: 'Bell',
      SECOND_NAME: 'C.',
      WORK_POSITION: 'Sales',
      WORK_PHONE: '+15550100100',
      PERSONAL_PHONE: '+15550100102',
      PERSONAL_MOBILE: '+15550100101',
      UF_DEPARTMENT: [department],
      UF_PHONE_INNER: '201',
      USER_TYPE: 'employee',
    })
    expect((await result('user.get', { UF_DEPARTMENT: department })).map((one: { ID: string }) => one.ID)).toEqual([String(id)])
    expect((await get(await add({ UF_DEPARTMENT: String(department) }))).UF_DEPARTMENT).toEqual([department])
  })

  test('.update changes what is named; an empty text clears', async () => {
    const id = await add({ UF_PHONE_INNER: '202', WORK_PHONE: '1', LAST_NAME: 'Old' })
    expect(
      await result('user.update', { ID: String(id), LAST_NAME: 'Young', UF_PHONE_INNER: '', WORK_PHONE: '', EMAIL: 'young@example.com' }),
    ).toBe(true)
    expect(await get(id)).toMatchObject({
      NAME: 'New',
      LAST_NAME: 'Young',
      UF_PHONE_INNER: null,
      WORK_PHONE: '',
      EMAIL: 'young@example.com',
    })
    await result('user.update', { ID: id, ACTIVE: 'N' })
    expect((await get(id)).ACTIVE).toBe(false)
    await result('user.update', { ID: id, ACTIVE: true })
    expect((await get(id)).ACTIVE).toBe(true)
  })

  test('everybody changes their own name and phones, and nothing else', async () => {
    const own = (fields: Params) => plain.call('user.update', { ID: person.userId, ...fields })
    expect((await own({ LAST_NAME: 'Adams', PERSONAL_MOBILE: '+15550100105' })).body.result).toBe(true)
    expect(await get(person.userId)).toMatchObject({ LAST_NAME: 'Adams', PERSONAL_MOBILE: '+15550100105', UF_PHONE_INNER: '105' })
    for (const fields of [{ UF_PHONE_INNER: '999' }, { EMAIL: 'x@example.com' }, { ACTIVE: 'N' }, { uf_department: [1] }])
      expect(await own(fields)).toMatchObject(refused('ERROR_CORE', expect.stringContaining('access_denied: ')))
    expect(await plain.call('user.update', { ID: house.admin.userId, NAME: 'x' })).toMatchObject(
      refused('ERROR_CORE', expect.stringContaining('access_denied: ')),
    )
    expect(await plain.call('user.add', { EMAIL: 'x@example.com' })).toMatchObject(
      refused('ERROR_CORE', expect.stringContaining('access_denied: ')),
    )
    expect((await get(person.userId)).UF_PHONE_INNER).toBe('105')
  })

  test('each refusal has its code, and nothing is written', async () => {
    const total = async () => (await app.call('user.get')).body.total
    const before = await total()
    const attempt = (fields: Params) => app.call('user.add', fields)
    for (const EMAIL of [undefined, '', 'nobody', 'a b@example.com'])
      expect(await attempt({ EMAIL })).toMatchObject(refused('ERROR_ARGUMENT', 'wrong_email'))
    const fresh = { EMAIL: 'fresh@example.com' }
    expect(await attempt({ EMAIL: 'EVE@example.com' })).toMatchObject(refused('ERROR_ARGUMENT', expect.stringContaining('EVE@example.com')))
    expect(await attempt({ ...fresh, UF_PHONE_INNER: '105' })).toMatchObject(refused('ERROR_ARGUMENT', expect.stringContaining('105')))
    for (const UF_PHONE_INNER of ['abc', '1'.repeat(21), ['1']])
      expect(await attempt({ ...fresh, UF_PHONE_INNER })).toMatchObject({
        status: 400,
        body: { error: 'ERROR_ARGUMENT', argument: 'UF_PHONE_INNER' },
      })
    for (const UF_DEPARTMENT of [999_999, ['x'], [[1]]])
      expect(await attempt({ ...fresh, UF_DEPARTMENT })).toMatchObject(refused('ERROR_ARGUMENT', expect.stringContaining('UF_DEPARTMENT')))
    expect(await attempt({ ...fresh, EXTRANET: 'Y' })).toMatchObject(refused('ERROR_ARGUMENT', 'no_extranet_field'))
    expect(await attempt({ ...fresh, NAME: 'x'.repeat(300) })).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT' } })
    expect(await total()).toBe(before)
    const change = (fields: Params) => app.call('user.update', fields)
    for (const ID of [undefined, 0, 999_999])
      expect(await change({ ID, NAME: 'x' })).toMatchObject(refused('ERROR_CORE', expect.stringContaining('access_denied: ')))
    expect(await change({ ID: person.userId, EMAIL: 'x' })).toMatchObject(refused('ERROR_ARGUMENT', 'wrong_email'))
    expect(await change({ ID: person.userId, EMAIL: 'admin@example.com' })).toMatchObject(
      refused('ERROR_ARGUMENT', expect.stringContaining('admin@example.com')),
    )
    expect(await change({ ID: person.userId, UF_PHONE_INNER: '101' })).toMatchObject(
      refused('ERROR_ARGUMENT', expect.stringContaining('101')),
    )
    expect(await change({ ID: person.userId, UF_DEPARTMENT: [999_999] })).toMatchObject(
      refused('ERROR_ARGUMENT', expect.stringContaining('999999')),
    )
    expect(await change({ ID: house.admin.userId, ACTIVE: false })).toMatchObject(
      refused('ERROR_CORE', expect.stringContaining('last active administrator')),
    )
  })

  test('need scope user', async () => {
    const brief = await house.addApp({ scope: ['user_brief'] })
    for (const name of ['user.add', 'user.update'])
      expect(await brief.call(name, {})).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })
})

describe('user.search, user.fields, user.admin, user.access, access.name', () => {
  const names = async (params: Params) => (await result('user.search', params)).map((one: { NAME: string }) => one.NAME)

  test('user.search finds users by a part of the name, in any case and alphabet, those who left too', async () => {
    const id = await add({ NAME: 'Ольга', LAST_NAME: 'Мельникова', WORK_POSITION: 'Поддержка' })
    for (const FIND of ['ольга', 'МЕЛЬНИК', 'поддерж']) expect(await names({ FIND })).toEqual(['Ольга'])
    expect(await names({ FILTER: { NAME: 'Ольга' } })).toEqual(['Ольга'])
    expect(await names({ FIND: 'nobody at all' })).toEqual([])
    await result('user.update', { ID: id, ACTIVE: 'N' })
    expect(await names({ FILTER: { FIND: 'ольга' } })).toEqual(['Ольга'])
    expect(await names({ FILTER: { FIND: 'ольга', ACTIVE: true } })).toEqual([])
    const { body } = await app.call('user.search', { FIND: 'eve' })
    expect([body.total, body.result[0].ACTIVE, body.result[0].UF_PHONE_INNER]).toEqual([1, true, '105'])
  })

  test('user.fields answers a title for every field of user.get', async () => {
    const described = await result('user.fields')
    expect(Object.keys(described)).toEqual(Object.keys(await get(person.userId)))
    for (const title of Object.values(described)) expect(title).toEqual(expect.any(String))
  })

  test('user.admin and user.access answer booleans', async () => {
    expect([await result('user.admin'), await result('user.admin', {}, plain)]).toEqual([true, false])
    const access = (ACCESS: unknown, by = plain) => result('user.access', { ACCESS }, by)
    expect(await access([`U${person.userId}`])).toBe(true)
    expect(await access(['G1', 'AU'])).toBe(true)
    expect(await access(['G1', `U${house.admin.userId}`])).toBe(false)
    expect(await access(['G1'], app)).toBe(true)
    expect(await plain.call('user.access', {})).toMatchObject({
      status: 400,
      body: { error: 'ERROR_ARGUMENT', error_description: "Argument 'ACCESS' is null or empty", argument: 'ACCESS' },
    })
  })

  test('access.name names codes, and answers false for none', async () => {
    const code = `U${person.userId}`
    expect(await result('access.name', { ACCESS: [code, 'AU', 'U999999'] })).toEqual({
      [code]: { provider: 'Users', name: expect.stringContaining('Eve'), provider_id: 'user' },
      AU: { provider: '', name: 'All users', provider_id: 'group' },
    })
    expect(await result('access.name', {})).toBe(false)
  })

  test('feature.get answers a letter', async () => {
    expect(await result('feature.get', { CODE: 'rest_auth_connector' })).toEqual({ value: 'Y' })
    expect(await result('feature.get', { CODE: 'rest_something_else' })).toEqual({ value: 'N' })
    expect(await app.call('feature.get', {})).toMatchObject(refused('CODE_EMPTY', "CODE can't be empty"))
  })
})

describe('department', () => {
  test('.add, .get, .update and .delete', async () => {
    const top = Number((await result('department.get'))[0]?.ID ?? (await result('department.add', { NAME: 'Company' })))
    const id = await result('department.add', { NAME: 'Support', SORT: 100, PARENT: top, UF_HEAD: person.userId })
    expect(typeof id).toBe('number')
    expect(await result('department.get', { ID: id })).toEqual([
      { ID: String(id), NAME: 'Support', SORT: 100, PARENT: String(top), UF_HEAD: String(person.userId) },
    ])
    expect(Object.keys((await result('department.get', { ID: id }))[0])).toEqual(['ID', 'NAME', 'SORT', 'PARENT', 'UF_HEAD'])
    expect(await result('department.update', { ID: id, NAME: 'Service', UF_HEAD: 0 })).toBe(true)
    expect(await result('department.get', { ID: id })).toEqual([{ ID: String(id), NAME: 'Service', SORT: 100, PARENT: String(top) }])
    const { body } = await app.call('department.get', { sort: 'NAME', order: 'DESC' })
    expect(body.total).toBe(body.result.length)
    expect(await result('department.delete', { ID: id })).toBe(true)
    expect(await result('department.get', { ID: id })).toEqual([])
    expect(Object.keys(await result('department.fields'))).toEqual(['ID', 'NAME', 'SORT', 'PARENT', 'UF_HEAD'])
  })

  test('each refusal has its text', async () => {
    const core = (text: unknown) => refused('ERROR_CORE', text)
    const top = Number((await result('department.get'))[0].ID)
    const id = await result('department.add', { NAME: 'Filled', PARENT: top })
    for (const verb of ['add', 'update', 'delete'])
      expect(await plain.call(`department.${verb}`, { ID: id, NAME: 'x' })).toMatchObject(core('Access denied!'))
    for (const NAME of [undefined, '', ' ', ['x']])
      expect(await app.call('department.add', { NAME })).toMatchObject(core(expect.stringContaining('NAME')))
    for (const verb of ['add', 'update']) {
      expect(await app.call(`department.${verb}`, { ID: id, NAME: 'x', PARENT: 999_999 })).toMatchObject(
        core(expect.stringContaining('PARENT')),
      )
      expect(await app.call(`department.${verb}`, { ID: id, NAME: 'x', UF_HEAD: 999_999 })).toMatchObject(
        core(expect.stringContaining('UF_HEAD')),
      )
    }
    expect(await app.call('department.update', { ID: top, PARENT: id })).toMatchObject(core(expect.stringContaining('PARENT')))
    expect(await app.call('department.update', { ID: id, PARENT: id })).toMatchObject(core(expect.stringContaining('PARENT')))
    for (const verb of ['update', 'delete'])
      for (const ID of [undefined, 'x', 999_999])
        expect(await app.call(`department.${verb}`, { ID, NAME: 'x' })).toMatchObject(core('Department not found'))
    expect(await app.call('department.delete', { ID: top })).toMatchObject(core(expect.stringContaining('first department')))
    await add({ UF_DEPARTMENT: [id] })
    expect(await app.call('department.delete', { ID: id })).toMatchObject(core(expect.stringContaining('people')))
  })
})
