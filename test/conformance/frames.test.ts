import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('pages of apps on %s', (_, create) => {
  const clock = createTurnableClock()
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp
  let eve: Person

  beforeAll(async () => {
    handler = await startListener()
    database = await create()
    house = await startPortal({ databaseUrl: database.address, world: { clock } })
    eve = await house.addPerson('Eve', '105')
    app = await house.addApp({ title: 'Framed', scope: ['placement', 'telephony', 'crm'] })
  })
  afterAll(async () => {
    await house?.stop()
    await handler?.close()
    await database?.drop()
  })

  const bind = async (code: string, params: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    const answer = await app.call('placement.bind', { PLACEMENT: code, HANDLER: 'http://127.0.0.1:9/page?own=1', ...params })
    expect(answer.body.result, JSON.stringify(answer.body)).toBe(true)
    const { items } = (await eve.api('GET', `/placements?code=${code}`)).body
    return items.at(-1).id
  }

  describe('a page in the call card', () => {
    test('gets its call as text in PLACEMENT_OPTIONS; getStatus has real numbers', async () => {
      await app.call('telephony.externalline.add', { NUMBER: '+12125550100', NAME: 'Sales' })
      const companyId = await house.addCompany({ TITLE: 'Quill', PHONE: [{ VALUE: '+12125550181', VALUE_TYPE: 'WORK' }] })
      const id = await bind('CALL_CARD', { TITLE: 'Tab' })
      const registered = await app.call('telephony.externalcall.register', {
        USER_ID: eve.userId,
        PHONE_NUMBER: '+1 212 555-0181',
        TYPE: 3,
        LINE_NUMBER: '+12125550100',
      })
      const callId = registered.body.result.CALL_ID as string
      const frame = (await eve.api('POST', `/placements/${id}/frame`, { callId, uri: '/companies/1' })).body
      expect(frame.action).toMatch(/^http:\/\/127\.0\.0\.1:9\/page\?own=1&DOMAIN=/)
      expect(frame.fields.PLACEMENT).toBe('CALL_CARD')
      expect(JSON.parse(frame.fields.PLACEMENT_OPTIONS)).toEqual({
        CALL_ID: callId,
        PHONE_NUMBER: '+12125550181',
        LINE_NUMBER: '+12125550100',
        LINE_NAME: 'Sales',
        CRM_ENTITY_TYPE: 'COMPANY',
        CRM_ENTITY_ID: String(companyId),
        CRM_BINDINGS: [{ ENTITY_TYPE: 'COMPANY', ENTITY_ID: String(companyId) }],
        CRM_ACTIVITY_ID: 'undefined',
        CALL_DIRECTION: 'incoming',
        CALL_STATE: 'idle',
        CALL_LIST_MODE: 'false',
        URI: '/companies/1',
      })
      expect(frame.initData).toMatchObject({ PLACEMENT: 'CALL_CARD', INSTALL: false, IS_ADMIN: false })
      await app.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 5 })
      const status = (await eve.api('GET', `/calls/${callId}/card-status`)).body
      expect(status).toMatchObject({
        CRM_ENTITY_ID: companyId,
        CRM_ACTIVITY_ID: expect.any(Number),
        CALL_STATE: 'idle',
        CALL_LIST_MODE: false,
      })
    })

    test('says empty values for a call on no card, and refuses one without a call', async () => {
      const id = await bind('CALL_CARD', { HANDLER: 'http://127.0.0.1:9/other' })
      const registered = await app.call('telephony.externalcall.register', { USER_ID: eve.userId, PHONE_NUMBER: '+12125550182', TYPE: 1 })
      const frame = (await eve.api('POST', `/placements/${id}/frame`, { callId: registered.body.result.CALL_ID })).body
      const options = JSON.parse(frame.fields.PLACEMENT_OPTIONS)
      expect(options).toMatchObject({
        CRM_ENTITY_TYPE: '',
        CRM_ENTITY_ID: '0',
        LINE_NUMBER: '',
        LINE_NAME: '',
        CALL_DIRECTION: 'outgoing',
        URI: '/',
      })
      expect(options).not.toHaveProperty('CRM_BINDINGS')
      for (const body of [{}, { callId: 'externalCall.none' }])
        expect((await eve.api('POST', `/placements/${id}/frame`, body)).body).toMatchObject({ status: 404, code: 'call_unknown' })
      expect((await eve.api('POST', `/placements/${id}/frame`, { uri: 'javascript:alert(1)' })).status).toBe(422)
    })

    test('is there for nobody when the app is not installed, not there, or the page is another person’s', async () => {
      const own = await house.addApp({ title: 'Of the admin', scope: ['placement', 'telephony'] })
      const worker = {
        PLACEMENT: 'PAGE_BACKGROUND_WORKER',
        HANDLER: 'http://127.0.0.1:9/w',
        USER_ID: house.admin.userId,
        OPTIONS: { errorHandlerUrl: handler.url },
      }
      expect((await own.call('placement.bind', worker)).body.result).toBe(true)
      const [mine] = (await house.admin.api('GET', '/placements?code=PAGE_BACKGROUND_WORKER')).body.items
      expect((await eve.api('GET', '/placements?code=PAGE_BACKGROUND_WORKER')).body.items).toEqual([])
      for (const [person, id] of [
        [eve, mine.id],
        [house.admin, 99_999],
        [house.admin, 'x'],
      ] as const)
        for (const what of ['frame', 'slow'])
          expect((await person.api('POST', `/placements/${id}/${what}`, {})).body).toMatchObject({ status: 404, code: 'placement_gone' })
      await house.admin.api('DELETE', `/apps/${own.id}`)
      expect((await house.admin.api('POST', `/placements/${mine.id}/frame`, {})).status).toBe(404)
    })
  })

  describe('options by the frame', () => {
    const put = (person: Person, body: unknown) => person.api('PUT', `/apps/${app.id}/options`, body)

    test('are those of app.option and user.option, with the same rights', async () => {
      expect((await put(house.admin, { name: 'theme', value: { dark: true } })).status).toBe(204)
      expect((await app.call('app.option.get')).body.result).toEqual({ theme: { dark: true } })
      expect((await put(eve, { name: 'theme', value: 'x' })).body).toMatchObject({ status: 400, code: 'option_admin' })
      expect((await put(eve, { name: 'tab', value: 3, own: true })).status).toBe(204)
      expect((await app.call('user.option.get')).body.result).toEqual([])
      const { initData } = (await eve.api('POST', `/apps/${app.id}/frame`, {})).body
      expect([initData.APP_OPTIONS, initData.USER_OPTIONS]).toEqual([{ theme: { dark: true } }, { tab: 3 }])
    })

    test('that are too large or have no name are refused', async () => {
      for (const body of [
        { value: 1 },
        { name: '', value: 1 },
        { name: 'a\0b', value: 1, own: true },
        { name: 'big', value: 'x'.repeat(70_000), own: true },
      ])
        expect((await put(eve, body)).status).toBe(422)
      const deep = `{"name":"deep","own":true,"value":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
      const raw = await request(`${house.url}/v1/apps/${app.id}/options`, {
        method: 'PUT',
        headers: { cookie: eve.cookie, origin: house.url, 'content-type': 'application/json' },
        body: deep,
      })
      expect(raw.status).toBeGreaterThanOrEqual(400)
      expect(raw.status).toBeLessThan(500)
      expect((await eve.api('POST', `/apps/${app.id}/frame`, { options: { big: 'x'.repeat(70_000) } })).status).toBe(422)
    })
  })

  test('tokens for an open page are those of the person who looks at it', async () => {
    const tokens = (await eve.api('POST', `/apps/${app.id}/frame-tokens`)).body
    expect(tokens).toEqual({ AUTH_ID: expect.stringMatching(/^[0-9a-f]{70}$/), REFRESH_ID: expect.any(String), AUTH_EXPIRES: '3600' })
    const current = await fetch(`${house.url}/rest/profile?auth=${tokens.AUTH_ID}`).then((answer) => answer.json())
    expect(current).toMatchObject({ result: { ID: String(eve.userId) } })
  })

  describe('a background page', () => {
    test('that was slow eleven times on a day is removed, and its app is told without tokens', async () => {
      const id = await bind('PAGE_BACKGROUND_WORKER', { OPTIONS: { errorHandlerUrl: handler.url } })
      const slow = async (): Promise<unknown> => (await eve.api('POST', `/placements/${id}/slow`)).body.removed
      for (let time = 1; time <= 10; time++) expect(await slow()).toBe(false)
      clock.turn(86_400_000)
      app.accessToken = (await house.admin.api('POST', `/apps/${app.id}/frame-tokens`)).body.AUTH_ID
      for (let time = 1; time <= 10; time++) expect(await slow()).toBe(false)
      expect(handler.received).toEqual([])
      expect(await slow()).toBe(true)
      const [told] = await handler.waitFor('ERROR_PLACEMENT_LOADING_OVERTIME')
      const fields = new URLSearchParams(told!.body)
      expect(fields.get('error')).toBe('ERROR_PLACEMENT_LOADING_OVERTIME')
      expect(fields.get('PLACEMENT')).toBe('PAGE_BACKGROUND_WORKER')
      expect(fields.get('auth[application_token]')).toMatch(/^[0-9a-f]+$/)
      expect(told!.body).not.toContain('access_token')
      expect((await eve.api('GET', '/placements?code=PAGE_BACKGROUND_WORKER')).body.items).toEqual([])
      expect(
        (await app.call('placement.get')).body.result.filter((one: { placement: string }) => one.placement === 'PAGE_BACKGROUND_WORKER'),
      ).toEqual([])
      // it may be bound again
      await bind('PAGE_BACKGROUND_WORKER', { OPTIONS: { errorHandlerUrl: handler.url } })
    })

    test('only counts as slow in its own place', async () => {
      const id = await bind('TELEPHONY_ANALYTICS_MENU')
      expect((await eve.api('POST', `/placements/${id}/slow`)).status).toBe(404)
    })
  })
})
