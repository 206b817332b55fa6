import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startListener, type Listener, type Received } from '../support/listener.ts'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

/*
 * What no source settles (contract 13): the behaviour that is recommended there, as far as no other file asserts it.
 */

let house: TestPortal
let app: TestApp
let eve: Person
let handler: Listener
const known = '+15550100200'
let last = 4000
const nextNumber = (): string => `+1555010${++last}`

type Params = Readonly<Record<string, unknown>>
const register = async (params: Params = {}, by = app) =>
  (await by.call('telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 1, ...params })).body.result
const finish = (callId: string, params: Params = {}, by = app) =>
  by.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 9, ...params })
const form = ({ body }: Received): URLSearchParams => new URLSearchParams(body)
const heard = (listener: Listener, event: string, part: string): URLSearchParams[] =>
  listener.received.filter((one) => one.body.startsWith(`event=${event}&`) && one.body.includes(part)).map(form)

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  handler = await startListener()
  app = await house.addApp({ title: 'PBX' })
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})
beforeEach(() => house.admin.api('PUT', '/telephony', { portalTarget: null }))

test('2: any 2xx is delivered, a 3xx is a failure and is not followed', async () => {
  const own = await startListener()
  try {
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: own.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    for (const [status, state] of [
      [201, 'delivered'],
      [202, 'delivered'],
      [204, 'delivered'],
      [301, 'failed'],
      [302, 'failed'],
      [307, 'failed'],
    ] as const) {
      own.answer((response) => {
        response.writeHead(status, { location: handler.url })
        response.end()
      })
      const { callId } = (await eve.api('POST', '/clicks', { number: nextNumber() })).body.call
      const deliveryOf = async () => (await eve.api('GET', `/calls/${callId}`)).body.delivery.state
      await expect.poll(deliveryOf, { message: String(status) }).toBe(state)
      expect(own.received.filter(({ body }) => body.includes(callId))).toHaveLength(1)
    }
    expect(handler.received).toEqual([])
  } finally {
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    await own.close()
  }
})

test('3: the engine asks for no compression and speaks HTTP/1.1', async () => {
  await app.call('event.bind', { event: 'ONAPPTEST', handler: handler.url })
  await app.call('event.test', { mark: 'three' })
  const [received] = await handler.waitFor('three')
  expect([received!.httpVersion, received!.headers['accept-encoding'], received!.headers['content-encoding']]).toEqual([
    '1.1',
    undefined,
    undefined,
  ])
})

test('7: a click on a deal is that of its contact, else of its company, else of nobody; never DEAL', async () => {
  const own = await startListener()
  try {
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: own.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    const hook = await house.addIncomingWebhook(['crm'])
    const add = async (kind: string, fields: object): Promise<number> => {
      const body = JSON.stringify({ fields })
      return (await request(`${hook}crm.${kind}.add`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).body
        .result
    }
    const [contact, company] = [await add('contact', { NAME: 'Nora' }), await add('company', { TITLE: 'Harbour' })]
    for (const [fields, said] of [
      [{ CONTACT_ID: contact, COMPANY_ID: company }, ['CONTACT', String(contact)]],
      [{ COMPANY_ID: company }, ['COMPANY', String(company)]],
      [{}, ['', '0']],
    ] as const) {
      const entity = { kind: 'deal', id: await add('deal', { TITLE: 'A deal', ...fields }) }
      const { callId } = (await eve.api('POST', '/clicks', { number: nextNumber(), entity })).body.call
      const [received] = await own.waitFor(callId)
      expect([form(received!).get('data[CRM_ENTITY_TYPE]'), form(received!).get('data[CRM_ENTITY_ID]')]).toEqual(said)
    }
    const unknown = await eve.api('POST', '/clicks', { number: nextNumber(), entity: { kind: 'deal', id: 99_999 } })
    expect([unknown.status, unknown.body.code]).toEqual([422, 'entity_unknown'])
  } finally {
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    await own.close()
  }
})

describe('14: a call that its app never finished', () => {
  const clock = createTurnableClock()
  let later: TestPortal
  let hook: string
  beforeAll(async () => {
    later = await startPortal({ world: { clock } })
    hook = await later.addIncomingWebhook(['telephony', 'crm'])
  })
  afterAll(() => later.stop())

  test('is ended by the portal with 304, without tokens; a later finish corrects it: ONCRMACTIVITYUPDATE, no second ONVOXIMPLANTCALLEND', async () => {
    const watcher = await later.addApp({ title: 'Watcher' })
    for (const event of ['ONVOXIMPLANTCALLEND', 'ONCRMACTIVITYADD', 'ONCRMACTIVITYUPDATE'])
      await watcher.call('event.bind', { event, handler: handler.url })
    const card = await later.addContact({ NAME: 'Nora', PHONE: [{ VALUE: known }] })
    const ask = async (method: string, params: Params) => {
      const body = JSON.stringify({ USER_ID: later.admin.userId, ...params })
      const answer = await request(`${hook}${method}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return { status: answer.status, result: answer.body.result }
    }
    const newCall = async (params: Params): Promise<string> =>
      (await ask('telephony.externalCall.register', { PHONE_NUMBER: known, TYPE: 1, ...params })).result.CALL_ID
    const end = (CALL_ID: string) => ask('telephony.externalCall.finish', { CALL_ID, DURATION: 9 })

    const callId = await newCall({})
    // the sweep comes once a minute
    clock.turn(12 * 3_600_000 + 61_000)
    await expect.poll(() => heard(handler, 'ONVOXIMPLANTCALLEND', callId).length).toBe(1)
    const [closed] = heard(handler, 'ONVOXIMPLANTCALLEND', callId)
    expect([closed!.get('data[CALL_FAILED_CODE]'), closed!.get('data[CALL_DURATION]'), closed!.has('auth[access_token]')]).toEqual([
      '304',
      '0',
      false,
    ])
    const activityId = closed!.get('data[CRM_ACTIVITY_ID]')!
    const said = (event: string): number => heard(handler, event, `ID%5D=${activityId}&`).length
    await expect.poll(() => said('ONCRMACTIVITYADD')).toBe(1)

    expect(await end(callId)).toMatchObject({
      status: 200,
      result: { CALL_FAILED_CODE: '200', CALL_DURATION: 9, CRM_ACTIVITY_ID: Number(activityId), CRM_ENTITY_ID: card },
    })
    await expect.poll(() => said('ONCRMACTIVITYUPDATE')).toBe(1)
    // what is said later has come: nothing of this call is on its way
    const marker = await newCall({ EXTERNAL_CALL_ID: 'marker' })
    await end(marker)
    await expect.poll(() => heard(handler, 'ONVOXIMPLANTCALLEND', marker).length).toBe(1)
    expect(heard(handler, 'ONVOXIMPLANTCALLEND', callId)).toHaveLength(1)
    expect([said('ONCRMACTIVITYADD'), said('ONCRMACTIVITYUPDATE')]).toEqual([1, 1])
    const rows = (await ask('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })).result
    expect(rows).toMatchObject([{ CALL_FAILED_CODE: '200', CALL_DURATION: '9', CRM_ACTIVITY_ID: activityId }])
    expect((await end(callId)).status).toBe(400)
  })
})

test('17: register inside the window answers the card that the call has, and shows the call card again unless SHOW is 0', async () => {
  const number = nextNumber()
  const first = await register({ PHONE_NUMBER: number, CRM_CREATE: 1 })
  expect(first).toMatchObject({ CRM_ENTITY_TYPE: 'LEAD', CRM_CREATED_ENTITIES: [{ ENTITY_TYPE: 'LEAD' }] })
  const isShown = async () =>
    (await eve.api('GET', '/calls/open')).body.items.some((call: { callId: string }) => call.callId === first.CALL_ID)
  await app.call('telephony.externalCall.hide', { CALL_ID: first.CALL_ID })
  expect(await register({ PHONE_NUMBER: number, SHOW: 0, CRM_CREATE: 1 })).toEqual(first)
  expect(await isShown()).toBe(false)
  expect(await register({ PHONE_NUMBER: number })).toEqual(first)
  expect(await isShown()).toBe(true)
})

test('23: of an app and an outgoing webhook at the same address only the selected target gets the click', async () => {
  const own = await startListener()
  try {
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: own.url })
    const hook = await house.admin.api('POST', '/webhooks/outgoing', { title: 'PBX', url: own.url, events: ['ONEXTERNALCALLSTART'] })
    const keysOf = async (portalTarget: string): Promise<string[]> => {
      await house.admin.api('PUT', '/telephony', { portalTarget })
      const { callId } = (await eve.api('POST', '/clicks', { number: nextNumber() })).body.call
      await own.waitFor(callId)
      await expect.poll(async () => (await eve.api('GET', `/calls/${callId}`)).body.delivery.state).toBe('delivered')
      return heard(own, 'ONEXTERNALCALLSTART', callId).map((one) => (one.has('auth[access_token]') ? 'app' : 'webhook'))
    }
    expect(await keysOf(`webhook:${hook.body.id}`)).toEqual(['webhook'])
    expect(await keysOf(`app:${app.id}`)).toEqual(['app'])
  } finally {
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    await own.close()
  }
})

test('24: a user’s line of one app goes before the portal’s other app, with its number in LINE_NUMBER', async () => {
  const [mine, common] = [await startListener(), await startListener()]
  const other = await house.addApp({ title: 'Other' })
  try {
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: common.url })
    await other.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: mine.url })
    await other.call('telephony.externalLine.add', { NUMBER: 'b-line', NAME: 'B' })
    const { targets } = (await house.admin.api('GET', '/telephony')).body
    const line = targets.find((target: { kind: string; title: string }) => target.kind === 'line').id as string
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    await eve.api('PUT', '/me/target', { target: line })
    const { callId } = (await eve.api('POST', '/clicks', { number: nextNumber() })).body.call
    const [received] = await mine.waitFor(callId)
    expect(form(received!).get('data[LINE_NUMBER]')).toBe('b-line')
    expect(common.received).toEqual([])
  } finally {
    await eve.api('PUT', '/me/target', { target: null })
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    await Promise.all([mine.close(), common.close()])
  }
})

test('31: a webhook shows and hides any call, but its word is no proof that the app’s handler took a click', async () => {
  const own = await startListener()
  const open: ServerResponse[] = []
  own.answer((response) => void open.push(response))
  const hook = await house.addIncomingWebhook(['telephony'])
  const other = await house.addApp({ title: 'Other still' })
  try {
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: own.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    const { callId } = (await eve.api('POST', '/clicks', { number: nextNumber() })).body.call
    await own.waitFor(callId)
    const sees = async (person: Person) =>
      (await person.api('GET', '/calls/open')).body.items.some((call: { callId: string }) => call.callId === callId)
    const byHook = async (verb: 'show' | 'hide', userId: number) =>
      (await request(`${hook}telephony.externalCall.${verb}?CALL_ID=${callId}&USER_ID=${userId}`)).body.result
    expect([await byHook('show', house.admin.userId), await sees(house.admin)]).toEqual([true, true])
    expect([await byHook('hide', house.admin.userId), await sees(house.admin)]).toEqual([true, false])
    const asked = { CALL_ID: callId, USER_ID: house.admin.userId }
    expect((await other.call('telephony.externalCall.show', asked)).body.result).toBe(false)
    expect((await eve.api('GET', `/calls/${callId}`)).body.delivery.state).toBe('sending')
    expect((await app.call('telephony.externalCall.show', asked)).body.result).toBe(true)
    expect((await eve.api('GET', `/calls/${callId}`)).body.delivery).toMatchObject({ state: 'delivered', reason: 'reported' })
  } finally {
    for (const response of open) response.end()
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    await own.close()
  }
})

test('33: anybody may finish another user’s call', async () => {
  const ofEve = await house.addApp({ title: 'Of Eve', by: eve })
  const { CALL_ID: callId } = await register({ USER_ID: house.admin.userId }, ofEve)
  const { status, body } = await finish(callId, { USER_ID: house.admin.userId }, ofEve)
  expect([status, body.result.PORTAL_USER_ID]).toEqual([200, house.admin.userId])
})

test('35: EXTERNAL_CALL_ID and LINE_NUMBER are any UTF-8, kept up to 255 characters', async () => {
  // the 255th is the first half of a character
  const text = `${'звонок 📞'.repeat(28)}ok📞📞`
  const { CALL_ID: callId } = await register({ EXTERNAL_CALL_ID: text, LINE_NUMBER: text })
  const { body } = await finish(callId)
  for (const kept of [body.result.EXTERNAL_CALL_ID, body.result.PORTAL_NUMBER]) {
    expect(kept).toBe(text.slice(0, 254))
  }
})
