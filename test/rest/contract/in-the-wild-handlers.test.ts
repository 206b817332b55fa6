import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'
import { createTurnableClock } from '../../support/turnable-clock.ts'

/** Contract 14.4: how handlers in the wild answer ONEXTERNALCALLSTART, and what the portal makes of each way. */
const clock = createTurnableClock()
let house: TestPortal
let handler: Listener
let app: TestApp
let eve: Person
let last = 1000

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  handler = await startListener()
  eve = await house.addPerson('Eve', '105')
  app = await house.addApp()
  await app.call('event.bind', { event: 'OnExternalCallStart', handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})
beforeEach(() => handler.answer((response) => void response.end()))

interface Call {
  readonly callId: string
  readonly state: string
  readonly closedByPortal: boolean
  readonly delivery: { readonly state: string; readonly reason: string | null; readonly attempts?: number }
}
const click = async (): Promise<string> => {
  const { status, body } = await eve.api('POST', '/clicks', { number: `+1555010${++last}` })
  expect(status).toBe(201)
  await handler.waitFor(body.call.callId)
  return body.call.callId as string
}
const call = async (callId: string): Promise<Call> => (await house.admin.api('GET', `/calls/${callId}`)).body as Call
const delivered = async (callId: string): Promise<void> => {
  await expect.poll(async () => (await call(callId)).delivery.state).toBe('delivered')
}
const posts = (callId: string): number => handler.received.filter((one) => one.body.includes(callId)).length
const finish = (callId: string) => app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 5 })

describe('a handler that answers', () => {
  test('200 with an empty body at once: delivered', async () => {
    const callId = await click()
    await delivered(callId)
    expect((await finish(callId)).body.result.CALL_STATUS).toBe(1)
  })

  test('200 with some text after dialling: delivered, whatever it says', async () => {
    handler.answer((response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<b>Originate successfully queued</b>\n'))
    const callId = await click()
    await delivered(callId)
    expect(await call(callId)).toMatchObject({ state: 'announced', closedByPortal: false })
  })

  test('403 for a wrong application_token: the call is closed, the reason is told', async () => {
    handler.answer((response) => void response.writeHead(403).end('Forbidden'))
    const callId = await click()
    await expect.poll(async () => (await call(callId)).state).toBe('finished')
    expect(await call(callId)).toMatchObject({ closedByPortal: true, delivery: { state: 'failed', reason: 'http_4xx' } })
  })

  test('404 when the user has no extension: closed, and dialled once', async () => {
    handler.answer((response) => void response.writeHead(404).end())
    const callId = await click()
    await expect.poll(async () => (await call(callId)).delivery).toMatchObject({ state: 'failed', reason: 'http_4xx' })
    expect(posts(callId)).toBe(1)
  })

  test('200 although it failed, with JSON inside: delivered, the call stays open for its report', async () => {
    handler.answer((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"error","message":"no extension"}'))
    const callId = await click()
    await delivered(callId)
    expect((await call(callId)).state).not.toBe('finished')
    expect((await finish(callId)).status).toBe(200)
  })

  test('500 when the PBX is down: not known to have dialled, so it is not sent again and the call stays open', async () => {
    handler.answer((response) => void response.writeHead(500).end('Fatal error'))
    const callId = await click()
    await expect.poll(async () => (await call(callId)).delivery.state).toBe('unconfirmed')
    expect((await call(callId)).state).not.toBe('finished')
    clock.turn(60_000)
    const next = await click()
    await expect.poll(async () => (await call(next)).delivery.state).toBe('unconfirmed')
    expect(posts(callId)).toBe(1)
    expect((await finish(callId)).body.result.CALL_STATUS).toBe(1)
  })
}) // oxfmt-ignore

describe('a handler that answers nothing until the call is over', () => {
  const open: ServerResponse[] = []
  beforeEach(() => handler.answer((response) => void open.push(response)))
  afterAll(() => {
    for (const response of open) response.end()
  })

  test('does not make the person wait: the click is answered at once', async () => {
    const before = performance.now()
    const { status, body } = await eve.api('POST', '/clicks', { number: `+1555010${++last}` })
    expect(status).toBe(201)
    expect(performance.now() - before).toBeLessThan(3000)
    await handler.waitFor(body.call.callId)
    expect((await call(body.call.callId)).delivery.state).toBe('sending')
  })

  test('reports the call meanwhile: that proves it took the click', async () => {
    const callId = await click()
    expect((await app.call('telephony.externalCall.show', { CALL_ID: callId, USER_ID: eve.userId })).body.result).toBe(true)
    expect((await call(callId)).delivery).toMatchObject({ state: 'delivered', reason: 'reported' })
    expect((await finish(callId)).body.result.CALL_STATUS).toBe(1)
  })

  test('is not dialled twice when the wait is over, and the silence is no failed call', { timeout: 40_000 }, async () => {
    const callId = await click()
    await expect.poll(async () => (await call(callId)).delivery.state, { timeout: 20_000, interval: 200 }).toBe('unconfirmed')
    expect(await call(callId)).toMatchObject({ closedByPortal: false, delivery: { reason: 'timeout' } })
    expect((await call(callId)).state).not.toBe('finished')
    expect(posts(callId)).toBe(1)
    expect((await finish(callId)).body.result.CALL_STATUS).toBe(1)
  })
})
