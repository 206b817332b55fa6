import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { defaultSwitches, readSwitches, type Switches } from '../../portal/src/directory/switches.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let handler: Listener
let app: TestApp
let webhook: string
let number = 3000

const set = async (change: Partial<Switches>): Promise<void> => {
  const answer = await house.admin.api('PATCH', '/switches', change)
  expect([answer.status, answer.body]).toEqual([200, { ...defaultSwitches, ...change }])
}
const next = (): string => `+1555013${number++}`
const click = async () => (await house.admin.api('POST', '/clicks', { number: next() })).body.call.callId as string
const register = (phone: string) =>
  app.call('telephony.externalCall.register', { USER_ID: house.admin.userId, PHONE_NUMBER: phone, TYPE: 1 })
const byWebhook = (method: string, query = '') => request(`${webhook}${method}?${query}`)

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
  app = await house.addApp()
  for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART'])
    await app.call('event.bind', { event, handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  webhook = await house.addIncomingWebhook(['telephony'])
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})
afterEach(() => house.admin.api('PATCH', '/switches', defaultSwitches))

describe('the compatibility switches', () => {
  test('have the contract’s recommendations until an admin changes them, and only admins see them', async () => {
    expect((await house.admin.api('GET', '/switches')).body).toEqual({
      strictAppContext: false,
      reuseWindow: true,
      unknownEntity: '',
      portalNumberWithAppId: false,
      callStartEvent: false,
      closeSilentMinutes: 720,
      handlerSeconds: 10,
      callListSuccess: false,
      limits: 'off',
      limitOperatingSeconds: 480,
      limitRequestSeconds: 60,
      crmMode: 'classic',
      repeatSales: false,
    })
    const bo = await house.addPerson('Bo', null)
    expect((await bo.api('GET', '/switches')).status).toBe(403)
    expect((await bo.api('PATCH', '/switches', { reuseWindow: false })).status).toBe(403)
  })

  test('refuse what is no switch and change nothing then', async () => {
    for (const change of [
      { reuseWindow: 'no' },
      { unknownEntity: 'DEAL' },
      { limits: 'on' },
      { limitRequestSeconds: 0 },
      { limitOperatingSeconds: -1 },
      { closeSilentMinutes: 4 },
      { closeSilentMinutes: 10_081 },
      { closeSilentMinutes: 7.5 },
      { handlerSeconds: 0 },
      { handlerSeconds: 61 },
      { handlerSeconds: 1.5 },
    ]) {
      const answer = await house.admin.api('PATCH', '/switches', change)
      expect([answer.status, answer.body.code], JSON.stringify(change)).toEqual([422, 'invalid_input'])
    }
    expect((await house.admin.api('GET', '/switches')).body).toEqual(defaultSwitches)
  })

  test('that are unreadable in the settings have their defaults', () => {
    expect(
      readSwitches({
        tokenKey: '',
        switches: {
          reuseWindow: 0,
          unknownEntity: 'DEAL',
          limits: 1,
          limitRequestSeconds: 0,
          closeSilentMinutes: 1,
          handlerSeconds: 600,
          strictAppContext: true,
        },
      }),
    ).toEqual({
      ...defaultSwitches,
      strictAppContext: true,
    })
    expect(readSwitches({ tokenKey: '', switches: 'all' })).toEqual(defaultSwitches)
  })

  test('keep the other settings of the portal, tokens stay good', async () => {
    await set({ callStartEvent: true })
    expect((await app.call('scope')).status).toBe(200)
  })
})

test('strictAppContext refuses register, finish and lines to incoming webhooks, and nothing else', async () => {
  const query = `USER_ID=${house.admin.userId}&PHONE_NUMBER=%2B15550139999&TYPE=1&NUMBER=w1`
  expect((await byWebhook('telephony.externalLine.add', query)).status).toBe(200)
  expect((await byWebhook('telephony.externalCall.register', query)).status).toBe(200)
  await set({ strictAppContext: true })
  const methods = [
    'externalCall.register',
    'externalCall.finish',
    ...['add', 'update', 'get', 'delete'].map((verb) => `externalLine.${verb}`),
  ]
  for (const method of methods) {
    const answer = await byWebhook(`telephony.${method}`, query)
    expect([answer.status, answer.body], method).toEqual([
      403,
      { error: 'WRONG_AUTH_TYPE', error_description: 'Current authorization type is denied for this method' },
    ])
  }
  for (const [method, more] of [
    ['externalCall.show', 'CALL_ID=x'],
    ['externalCall.searchCrmEntities', 'PHONE_NUMBER=1'],
  ] as const)
    expect((await byWebhook(`telephony.${method}`, more)).status, method).toBe(200)
  expect((await register(next())).status).toBe(200)
})

test('reuseWindow off makes every register a new call', async () => {
  const phone = next()
  const first = (await register(phone)).body.result.CALL_ID
  expect((await register(phone)).body.result.CALL_ID).toBe(first)
  await set({ reuseWindow: false })
  expect((await register(phone)).body.result.CALL_ID).not.toBe(first)
})

describe('handlerSeconds', () => {
  const rowOf = (callId: string) =>
    house.portal.store.read
      .selectFrom('delivery')
      .selectAll()
      .where('call_id', '=', callId)
      .where('delivery_class', '=', 'dial')
      .executeTakeFirstOrThrow()

  test('is how long an answer is waited for', async () => {
    handler.answer(() => {})
    onTestFinished(() => handler.answer((response) => void response.end()))
    await set({ handlerSeconds: 1 })
    const callId = await click()
    await expect.poll(async () => (await rowOf(callId)).state, { timeout: 5000 }).toBe('unconfirmed')
    const attempt = await house.portal.store.read
      .selectFrom('attempt')
      .select(['reason', 'error', 'duration_ms'])
      .where('delivery_id', '=', (await rowOf(callId)).id)
      .executeTakeFirstOrThrow()
    expect(attempt).toMatchObject({ reason: 'timeout', error: 'no answer within 1000 ms' })
    expect(attempt.duration_ms).toBeGreaterThanOrEqual(1000)
    expect(attempt.duration_ms).toBeLessThan(2000)
  })

  test.each([1, 60])(
    '%i: the lease of a click under way outlasts it, so that nobody takes its process for dead',
    async (handlerSeconds) => {
      const open: ServerResponse[] = []
      handler.answer((response) => void open.push(response))
      onTestFinished(() => {
        for (const response of open) response.end()
        handler.answer((response) => void response.end())
      })
      await set({ handlerSeconds })
      const { state, created_at, lease_until } = await rowOf(await click())
      expect(state).toBe('sending')
      expect(lease_until! - created_at).toBeGreaterThanOrEqual(handlerSeconds * 1000 + 10_000)
    },
  )
})

describe('callListSuccess', () => {
  let crm: string
  const statusOf = async (callListId: number): Promise<string> =>
    (await request(`${crm}crm.calllist.items.get?LIST_ID=${callListId}`)).body.result[0].STATUS
  /** a call list of one new contact, and the end of a call of it */
  const listed = async () => {
    const phone = next()
    const contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: phone }] })
    const list = await house.admin.api('POST', '/call-lists', { entityKind: 'contact', entityIds: [contactId] })
    const callListId = list.body.id as number
    const call = async (): Promise<string> => {
      const input = { number: phone, entity: { kind: 'contact', id: contactId }, callListId }
      return (await house.admin.api('POST', '/clicks', input)).body.call.callId
    }
    const finish = async (callId: string, STATUS_CODE: string | number) =>
      app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, STATUS_CODE })
    return { callListId, contactId, call, finish }
  }

  beforeAll(async () => {
    crm = await house.addIncomingWebhook(['crm'])
  })

  test('off leaves the status of who was reached to the people', async () => {
    const { callListId, call, finish } = await listed()
    expect((await finish(await call(), 200)).status).toBe(200)
    expect(await statusOf(callListId)).toBe('IN_WORK')
  })

  test('marks who was reached, and nobody who was not', async () => {
    await set({ callListSuccess: true })
    for (const [code, status] of [
      ['304', 'IN_WORK'],
      ['486', 'IN_WORK'],
      ['603-S', 'IN_WORK'],
      ['OTHER', 'IN_WORK'],
      [200, 'SUCCESS'],
      ['VI_STATUS_200', 'SUCCESS'],
    ] as const) {
      const { callListId, call, finish } = await listed()
      expect((await finish(await call(), code)).status).toBe(200)
      expect(await statusOf(callListId), String(code)).toBe(status)
    }
  })

  test('leaves a status that a person set', async () => {
    await set({ callListSuccess: true })
    const { callListId, call, finish } = await listed()
    const { items } = (await house.admin.api('GET', `/call-lists/${callListId}`)).body
    await house.admin.api('PATCH', `/call-lists/${callListId}/items/${items[0].id}`, { status: 'STOP_CALLING' })
    await finish(await call(), 200)
    expect(await statusOf(callListId)).toBe('STOP_CALLING')
  })

  test('marks nobody for a call of a lead that has the id of a participant', async () => {
    await set({ callListSuccess: true })
    const { callListId, contactId, finish } = await listed()
    let leadId = 0
    while (leadId < contactId) leadId = await house.addLead({ TITLE: 'A lead' })
    expect(leadId).toBe(contactId)
    const registered = await app.call('telephony.externalCall.register', {
      USER_ID: house.admin.userId,
      PHONE_NUMBER: next(),
      TYPE: 1,
      CRM_ENTITY_TYPE: 'LEAD',
      CRM_ENTITY_ID: leadId,
      CALL_LIST_ID: callListId,
    })
    await finish(registered.body.result.CALL_ID, 200)
    expect(await statusOf(callListId)).toBe('IN_WORK')
  })
})

test('unknownEntity says LEAD and 0 of a click that has no card', async () => {
  const bodyOf = async (callId: string) => {
    const [one] = (await handler.waitFor(callId, 2)).filter((each) => each.body.startsWith('event=ONEXTERNALCALLSTART'))
    return one!.body
  }
  expect(await bodyOf(await click())).toContain('data%5BCRM_ENTITY_TYPE%5D=&data%5BCRM_ENTITY_ID%5D=0')
  await set({ unknownEntity: 'LEAD' })
  const callId = await click()
  expect(await bodyOf(callId)).toContain('data%5BCRM_ENTITY_TYPE%5D=LEAD&data%5BCRM_ENTITY_ID%5D=0')
  // only the event says so: the call has no card
  expect((await house.admin.api('GET', `/calls/${callId}`)).body.entity).toBeNull()
})

test('an application’s own unknownEntity goes before the portal’s, for its clicks alone', async () => {
  const other = await house.addApp({ title: 'Other' })
  await other.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: `${handler.url}?other` })
  const said = async (by: TestApp): Promise<string> => {
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${by.id}` })
    const callId = await click()
    const isIt = (one: { body: string }) => one.body.startsWith('event=ONEXTERNALCALLSTART') && one.body.includes(callId)
    await expect.poll(() => handler.received.some(isIt)).toBe(true)
    return new URLSearchParams(handler.received.find(isIt)!.body).get('data[CRM_ENTITY_TYPE]')!
  }
  const choose = async (unknownEntity: '' | 'LEAD' | null) => {
    const answer = await house.admin.api('PATCH', `/apps/${app.id}`, { unknownEntity })
    expect([answer.status, answer.body.unknownEntity]).toEqual([200, unknownEntity])
  }
  onTestFinished(async () => {
    await choose(null)
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  })
  await choose('LEAD')
  expect([await said(app), await said(other)]).toEqual(['LEAD', ''])
  await choose('')
  await set({ unknownEntity: 'LEAD' })
  expect([await said(app), await said(other)]).toEqual(['', 'LEAD'])
  await choose(null)
  expect(await said(app)).toBe('LEAD')
  expect((await house.admin.api('PATCH', `/apps/${app.id}`, { unknownEntity: 'DEAL' })).status).toBe(422)
})

test('portalNumberWithAppId names the app in PORTAL_NUMBER', async () => {
  const finish = async () => {
    const { body } = await app.call('telephony.externalCall.finish', { CALL_ID: await click(), USER_ID: house.admin.userId })
    return body.result.PORTAL_NUMBER as string
  }
  expect(await finish()).toBe('REST_APP:')
  await set({ portalNumberWithAppId: true })
  expect(await finish()).toBe(`REST_APP:${app.id}`)
})

test('callStartEvent says ONVOXIMPLANTCALLSTART right after INIT, once', async () => {
  const starts = (callId: string) =>
    handler.received.filter((one) => one.body.startsWith('event=ONVOXIMPLANTCALLSTART') && one.body.includes(callId))
  const silent = await click()
  await handler.waitFor(silent, 2)
  await set({ callStartEvent: true })
  for (const callId of [await click(), (await register(next())).body.result.CALL_ID as string]) {
    await expect.poll(() => starts(callId).length).toBe(1)
    expect(starts(callId)[0]!.body).toContain(`data%5BUSER_ID%5D=${house.admin.userId}`)
    const init = handler.received.findIndex((one) => one.body.startsWith('event=ONVOXIMPLANTCALLINIT') && one.body.includes(callId))
    expect(init).toBeGreaterThanOrEqual(0)
    expect(init).toBeLessThan(handler.received.indexOf(starts(callId)[0]!))
    await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
    await app.call('event.test')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(starts(callId)).toHaveLength(1)
  }
  expect(starts(silent)).toHaveLength(0)
})
