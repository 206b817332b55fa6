import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

/*
 * Many connectors call register for a click that the portal has registered already (contract 2.2, step 8): without EXTERNAL_CALL_ID they get
 * the CALL_ID of the click, so that the call is one.
 */

let house: TestPortal
let app: TestApp
let eve: Person
let handler: Listener
let last = 5000

type Params = Readonly<Record<string, unknown>>
const nextDigits = (): string => `1555010${++last}`
const click = async (number: string): Promise<string> => (await eve.api('POST', '/clicks', { number })).body.call.callId
const register = async (params: Params, by = app) =>
  (await by.call('telephony.externalCall.register', { USER_ID: eve.userId, TYPE: 1, ...params })).body.result.CALL_ID as string
const choose = (portalTarget: string) => house.admin.api('PUT', '/telephony', { portalTarget })

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  handler = await startListener()
  app = await house.addApp({ title: 'PBX' })
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await choose(`app:${app.id}`)
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})

describe('register after a click of the same number and user', () => {
  test('answers the CALL_ID of the click, however the number is written and the user is named', async () => {
    const digits = nextDigits()
    const callId = await click(`+${digits}`)
    const written = `+1 (555) ${digits.slice(4, 7)}-${digits.slice(7)}`
    for (const params of [
      { PHONE_NUMBER: `+${digits}` },
      { PHONE_NUMBER: written },
      { PHONE_NUMBER: digits, USER_ID: undefined, USER_PHONE_INNER: '105' },
      { PHONE_NUMBER: digits, LINE_NUMBER: '', EXTERNAL_CALL_ID: null, CRM_CREATE: 1, CALL_START_DATE: '2026-01-01T00:00:00Z' },
    ])
      expect([params, await register(params)]).toEqual([params, callId])
    const finish = { CALL_ID: callId, USER_ID: eve.userId, DURATION: 3 }
    expect((await app.call('telephony.externalCall.finish', finish)).body.result).toMatchObject({ CALL_ID: callId, INCOMING: '1' })
    expect(await register({ PHONE_NUMBER: digits })).not.toBe(callId)
  })

  test('with an id of the PBX, of another type, for another user or by another app is a call of its own', async () => {
    const other = await house.addApp({ title: 'Other' })
    const digits = nextDigits()
    const callId = await click(`+${digits}`)
    const ids = [
      await register({ PHONE_NUMBER: digits, EXTERNAL_CALL_ID: 'pbx-1' }),
      await register({ PHONE_NUMBER: digits, TYPE: 2 }),
      await register({ PHONE_NUMBER: digits, USER_ID: house.admin.userId }),
      await register({ PHONE_NUMBER: digits }, other),
    ]
    expect(new Set([callId, ...ids]).size).toBe(5)
  })

  test('proves that a handler which answers nothing took the click', async () => {
    const open: ServerResponse[] = []
    handler.answer((response) => void open.push(response))
    onTestFinished(() => {
      for (const response of open) response.end()
      handler.answer((response) => void response.end())
    })
    const digits = nextDigits()
    const callId = await click(`+${digits}`)
    await handler.waitFor(callId)
    expect(await register({ PHONE_NUMBER: digits })).toBe(callId)
    expect((await eve.api('GET', `/calls/${callId}`)).body.delivery).toMatchObject({ state: 'delivered', reason: 'reported' })
  })

  test('through a line of the app is the click’s with that line and with none, not with another', async () => {
    await app.call('telephony.externalLine.add', { NUMBER: 'line-7', NAME: 'Seven' })
    const { targets } = (await house.admin.api('GET', '/telephony')).body
    await choose(targets.find((target: { kind: string }) => target.kind === 'line').id)
    onTestFinished(async () => void (await choose(`app:${app.id}`)))
    const digits = nextDigits()
    const callId = await click(`+${digits}`)
    expect(await register({ PHONE_NUMBER: digits, LINE_NUMBER: 'line-7' })).toBe(callId)
    expect(await register({ PHONE_NUMBER: digits })).toBe(callId)
    expect(await register({ PHONE_NUMBER: digits, LINE_NUMBER: 'line-8' })).not.toBe(callId)
  })

  test('by an incoming webhook is the click’s where an outgoing webhook got it', async () => {
    const hook = await house.admin.api('POST', '/webhooks/outgoing', { title: 'PBX', url: handler.url, events: ['ONEXTERNALCALLSTART'] })
    const incoming = await house.addIncomingWebhook(['telephony'])
    await choose(`webhook:${hook.body.id}`)
    onTestFinished(async () => void (await choose(`app:${app.id}`)))
    const digits = nextDigits()
    const callId = await click(`+${digits}`)
    const query = new URLSearchParams({ USER_PHONE_INNER: '105', PHONE_NUMBER: digits, TYPE: '1' })
    expect((await request(`${incoming}telephony.externalcall.register?${query}`)).body.result.CALL_ID).toBe(callId)
    expect(await register({ PHONE_NUMBER: digits })).not.toBe(callId)
  })
})
