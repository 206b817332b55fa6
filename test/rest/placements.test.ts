import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let plain: TestApp
let person: Person
const page = 'http://127.0.0.1:9/tab'
const codes = ['CALL_CARD', 'PAGE_BACKGROUND_WORKER', 'TELEPHONY_ANALYTICS_MENU']

beforeAll(async () => {
  house = await startPortal()
  person = await house.addPerson('Eve', '105')
  app = await house.addApp({ title: 'PBX', scope: ['placement', 'telephony'] })
  plain = await house.addApp({ title: 'Of Eve', scope: ['placement', 'telephony'], by: person })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}, by = app) => {
  const answer = await by.call(method, params)
  expect([answer.status, answer.body.error], JSON.stringify(answer.body)).toEqual([200, undefined])
  return answer.body.result
}
const refused = (error: string, text: unknown, status = 400) => ({ status, body: { error, error_description: text } })
const bind = (params: Params, by = app) => by.call('placement.bind', { PLACEMENT: 'CALL_CARD', HANDLER: page, ...params })
const worker = { PLACEMENT: 'PAGE_BACKGROUND_WORKER', OPTIONS: { errorHandlerUrl: `${page}/slow` } }

beforeEach(async () => {
  for (const PLACEMENT of codes) await result('placement.unbind', { PLACEMENT })
})

describe('placement.list', () => {
  test('answers the codes that the scopes open', async () => {
    expect(await result('placement.list')).toEqual(codes)
    expect(await result('placement.list', { SCOPE: 'telephony' })).toEqual(['CALL_CARD', 'TELEPHONY_ANALYTICS_MENU'])
    expect(await result('placement.list', { SCOPE: 'crm' })).toEqual([])
    const narrow = await house.addApp({ scope: ['placement'] })
    expect(await result('placement.list', {}, narrow)).toEqual(['PAGE_BACKGROUND_WORKER'])
    expect(await result('placement.list', { FULL: true }, narrow)).toEqual(codes)
  })
})

describe('placement.bind', () => {
  test('answers true; placement.get shows it with its keys in their order', async () => {
    const words = { ru: { TITLE: 'Вкладка', DESCRIPTION: 'Описание', GROUP_NAME: 'Группа' } }
    expect((await bind({ TITLE: 'Tab', DESCRIPTION: 'About', LANG_ALL: words })).body.result).toBe(true)
    expect((await bind({ ...worker, USER_ID: String(person.userId) })).body.result).toBe(true)
    const bound = await result('placement.get')
    expect(bound).toEqual([
      { placement: 'CALL_CARD', userId: 0, handler: page, options: [], title: 'Tab', description: 'About', langAll: words },
      {
        placement: 'PAGE_BACKGROUND_WORKER',
        userId: person.userId,
        handler: page,
        options: worker.OPTIONS,
        title: '',
        description: '',
        langAll: { en: { TITLE: '', DESCRIPTION: '', GROUP_NAME: '' } },
      },
    ])
    expect(Object.keys(bound[0])).toEqual(['placement', 'userId', 'handler', 'options', 'title', 'description', 'langAll'])
  })

  test('one app has several pages in the call card, another app does not see them', async () => {
    await bind({})
    expect((await bind({ HANDLER: `${page}/other` })).body.result).toBe(true)
    expect(await result('placement.get')).toHaveLength(2)
    const other = await house.addApp({ scope: ['placement', 'telephony'] })
    expect(await result('placement.get', {}, other)).toEqual([])
    expect((await bind({}, other)).body.result).toBe(true)
  })

  test('a form with PHP brackets binds too', async () => {
    const body = `auth=${app.accessToken}&PLACEMENT=page_background_worker&HANDLER=${encodeURIComponent(page)}&OPTIONS[errorHandlerUrl]=${encodeURIComponent(page)}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await request(`${house.url}/rest/placement.bind.json`, { method: 'POST', headers, body })).body.result).toBe(true)
  })

  test('refuses some things with HTTP 200', async () => {
    for (const PLACEMENT of [undefined, '', null])
      expect(await bind({ PLACEMENT })).toMatchObject({
        status: 200,
        body: { error: 'ERROR_ARGUMENT', error_description: "Argument 'PLACEMENT' is null or empty", argument: 'PLACEMENT' },
      })
    expect(await bind({ HANDLER: '' })).toMatchObject({
      status: 200,
      body: { error: 'ERROR_ARGUMENT', error_description: "Argument 'HANDLER' is null or empty", argument: 'HANDLER' },
    })
    expect(await bind({ USER_ID: person.userId })).toMatchObject(refused('ERROR_PLACEMENT_USER_MODE', 'User mode is not available', 200))
    for (const OPTIONS of [undefined, {}, [], { errorHandlerUrl: '' }, { errorHandlerUrl: 'x' }, { errorHandlerUrl: ['x'] }])
      expect(await bind({ ...worker, OPTIONS })).toMatchObject(refused('EMPTY_ERROR_HANDLER_URL', expect.any(String), 200))
    await bind(worker)
    expect(await bind({ ...worker, HANDLER: `${page}/2` })).toMatchObject(refused('ERROR_PLACEMENT_MAX_COUNT', expect.any(String), 200))
    expect((await bind({ ...worker, USER_ID: person.userId })).body.result).toBe(true)
    expect(await result('placement.get')).toHaveLength(2)
  })

  test('refuses others with their status', async () => {
    for (const PLACEMENT of ['NOPE', 'CRM_CONTACT_DETAIL_TAB'])
      expect(await bind({ PLACEMENT })).toMatchObject(refused('ERROR_PLACEMENT_NOT_FOUND', 'Placement not found'))
    const narrow = await house.addApp({ scope: ['placement'] })
    expect(await bind({}, narrow)).toMatchObject(refused('ERROR_PLACEMENT_NOT_FOUND', 'Placement not found'))
    for (const HANDLER of ['tab', 'javascript:alert(1)', `http://127.0.0.1/${'x'.repeat(2050)}`, ['x']])
      expect(await bind({ HANDLER })).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT' } })
    await bind({})
    expect(await bind({})).toMatchObject(refused('ERROR_CORE', 'Unable to set placement handler: Handler already binded'))
    for (const verb of ['bind', 'unbind'])
      expect(await plain.call(`placement.${verb}`, { PLACEMENT: 'CALL_CARD', HANDLER: page })).toMatchObject(
        refused('ACCESS_DENIED', 'Access denied!', 403),
      )
    const without = await house.addApp({ scope: ['telephony'] })
    const hook = await house.addIncomingWebhook(['placement', 'telephony'])
    for (const verb of ['list', 'get', 'bind', 'unbind']) {
      expect(await without.call(`placement.${verb}`, {})).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
      expect(await request(`${hook}placement.${verb}`)).toMatchObject(
        refused('WRONG_AUTH_TYPE', 'Current authorization type is denied for this method Application context required', 403),
      )
    }
  })
})

describe('placement.unbind', () => {
  test('answers how many there were; HANDLER and USER_ID narrow it down', async () => {
    await bind({})
    await bind({ HANDLER: `${page}/2` })
    await bind({ HANDLER: `${page}/3` })
    expect(await result('placement.unbind', { PLACEMENT: 'CALL_CARD', HANDLER: `${page}/2` })).toEqual({ count: 1 })
    expect(await result('placement.unbind', { PLACEMENT: 'call_card' })).toEqual({ count: 2 })
    expect(await result('placement.unbind', { PLACEMENT: 'CALL_CARD' })).toEqual({ count: 0 })
    await bind(worker)
    await bind({ ...worker, USER_ID: person.userId })
    expect(await result('placement.unbind', { PLACEMENT: worker.PLACEMENT, USER_ID: person.userId })).toEqual({ count: 1 })
    expect(await result('placement.get')).toHaveLength(1)
  })

  test('needs to know the place', async () => {
    expect(await app.call('placement.unbind', {})).toMatchObject({
      status: 400,
      body: { error: 'ERROR_ARGUMENT', error_description: "Argument 'PLACEMENT' is null or empty", argument: 'PLACEMENT' },
    })
  })
})

describe('GET /v1/placements', () => {
  const shown = async (by: Person, code: string) =>
    (await by.api('GET', `/placements?code=${code}`)).body.items as Array<Record<string, unknown>>

  test('shows the pages of installed apps, in the language of the person', async () => {
    await bind({ LANG_ALL: { en: { TITLE: 'Tab' }, ru: { TITLE: 'Вкладка' } } })
    const [one] = (await shown(person, 'CALL_CARD')).filter((item) => item['appId'] === app.id)
    expect(one).toEqual({
      id: expect.any(Number),
      appId: app.id,
      appTitle: 'PBX',
      code: 'CALL_CARD',
      handler: page,
      title: 'Tab',
      description: '',
      groupName: '',
      options: {},
    })
    await house.portal.users.change(house.portalId, person.userId, { language: 'ru' })
    expect((await shown(person, 'CALL_CARD')).map((item) => item['title'])).toContain('Вкладка')
    await bind({ PLACEMENT: 'TELEPHONY_ANALYTICS_MENU' })
    expect((await shown(person, 'TELEPHONY_ANALYTICS_MENU')).map((item) => item['title'])).toEqual(['PBX'])
    expect(await shown(person, 'NOPE')).toEqual([])
    const waiting = await house.addApp({ scope: ['placement', 'telephony'], installed: false })
    expect((await bind({ HANDLER: `${page}/waiting` }, waiting)).body.result).toBe(true)
    expect((await shown(person, 'CALL_CARD')).map((item) => item['appId'])).not.toContain(waiting.id)
  })

  test('a page for one user is shown to nobody else', async () => {
    await bind({ ...worker, USER_ID: person.userId })
    expect(await shown(person, 'PAGE_BACKGROUND_WORKER')).toMatchObject([{ options: worker.OPTIONS }])
    expect(await shown(house.admin, 'PAGE_BACKGROUND_WORKER')).toEqual([])
  })

  test('an app that is uninstalled leaves its places', async () => {
    const gone = await house.addApp({ scope: ['placement', 'telephony'] })
    await bind({ HANDLER: `${page}/gone` }, gone)
    await house.admin.api('DELETE', `/apps/${gone.id}`)
    expect((await shown(house.admin, 'CALL_CARD')).map((item) => item['appId'])).not.toContain(gone.id)
    expect(await house.portal.store.read.selectFrom('placement').selectAll().where('app_id', '=', gone.id).execute()).toEqual([])
  })
})
