import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let handler: Listener

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})
beforeEach(async () => {
  await house.admin.api('PUT', '/telephony', { portalTarget: null })
})

let lastNumber = 100
const nextNumber = (): string => `+15550100${++lastNumber}`
const click = (number = nextNumber()) => house.admin.api('POST', '/clicks', { number })
const choose = (app: TestApp) => house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })

/** The admin sees in the settings what the clicker was told. */
async function problemInSettings(app: TestApp): Promise<string | null> {
  const { body } = await house.admin.api('GET', '/telephony')
  return (
    (body.targets as Array<{ id: string; problem: { code: string } | null }>).find((target) => target.id === `app:${app.id}`)?.problem
      ?.code ?? null
  )
}

async function callsInAll(): Promise<number> {
  return (await house.portal.store.read.selectFrom('call').select('id').execute()).length
}

describe('before the installation is finished', () => {
  test('event.bind answers true, a click sends nothing and says so; after it the event arrives', async () => {
    const app = await house.addApp({ title: 'Half', installed: false })
    expect((await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })).body.result).toBe(true)
    expect((await app.call('app.info')).body.result.INSTALLED).toBe(false)
    await choose(app)
    const before = await callsInAll()
    const refused = await click()
    expect(refused.status).toBe(409)
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    expect(refused.body).toMatchObject({ code: 'not_installed', detail: 'The installation of Half is not finished. Nothing was called.' })
    expect(refused.body.adminDetail).toContain('Settings → Applications')
    expect(await problemInSettings(app)).toBe('not_installed')
    expect(await callsInAll()).toBe(before)
    const trace = await house.admin.api('GET', `/traces/${refused.body.traceId}`)
    expect(trace.body).toMatchObject({ callId: null, verdict: 'The installation of Half is not finished. Nothing was called.' })

    await house.admin.api('POST', `/apps/${app.id}/install-finish`)
    expect((await app.call('app.info')).body.result.INSTALLED).toBe(true)
    const placed = await click()
    expect(placed.status).toBe(201)
    await handler.waitFor(placed.body.call.callId)
    expect(handler.received).toHaveLength(1)
    expect(await problemInSettings(app)).toBeNull()
  })
})

test('without a target nothing is called', async () => {
  expect((await click()).body).toMatchObject({ code: 'no_target' })
})

test('an app without a handler gets nothing, and one whose handler is disabled', async () => {
  const app = await house.addApp({ title: 'Silent' })
  await choose(app)
  expect((await click()).body).toMatchObject({ code: 'no_handler' })
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  const { body } = await house.admin.api('GET', `/apps/${app.id}`)
  expect((await house.admin.api('PATCH', `/handlers/${body.handlers[0].id}`, { enabled: false })).body).toMatchObject({ enabled: false })
  expect((await click()).body).toMatchObject({ code: 'handler_disabled' })
  expect(await problemInSettings(app)).toBe('handler_disabled')
})

test('an app that was uninstalled is no target any more', async () => {
  const app = await house.addApp({ title: 'Gone' })
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await choose(app)
  const placed = await click()
  await handler.waitFor(placed.body.call.callId)
  const before = handler.received.length
  await house.admin.api('DELETE', `/apps/${app.id}`)
  expect((await click()).body).toMatchObject({ code: 'no_target' })
  expect((await house.admin.api('GET', '/telephony')).body.portalTarget).toBeNull()
  expect(handler.received.slice(before).filter((one) => one.body.includes('ONEXTERNALCALLSTART'))).toHaveLength(0)
})

test("a user's own target comes before the portal's, unless the admin forbids own targets", async () => {
  const own = await startListener()
  try {
    const [common, personal] = [await house.addApp({ title: 'Common' }), await house.addApp({ title: 'Personal' })]
    await common.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
    await personal.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: own.url })
    await choose(common)
    const person = await house.addPerson('Own', '110')
    await person.api('PUT', '/me/target', { target: `app:${personal.id}` })
    const mine = await person.api('POST', '/clicks', { number: nextNumber() })
    await own.waitFor(mine.body.call.callId)

    await house.admin.api('PUT', '/telephony', { allowUserTargets: false })
    const theirs = await person.api('POST', '/clicks', { number: nextNumber() })
    await handler.waitFor(theirs.body.call.callId)
    expect((await person.api('PUT', '/me/target', { target: null })).status).toBe(403)
    expect(own.received).toHaveLength(1)
  } finally {
    await house.admin.api('PUT', '/telephony', { allowUserTargets: true })
    await own.close()
  }
})

test('an unknown target cannot be chosen', async () => {
  for (const portalTarget of ['app:999', 'line:1', 'webhook:7', 'nonsense', "app:1' or 1=1"]) {
    expect((await house.admin.api('PUT', '/telephony', { portalTarget })).status).toBe(422)
  }
})

test('two handlers with the same address get one event, with different addresses each gets it, and the settings warn', async () => {
  const second = await startListener()
  try {
    const app = await house.addApp({ title: 'Twins' })
    for (const auth_type of ['', house.admin.userId])
      await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url, auth_type })
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: second.url })
    await choose(app)
    const { body } = await click()
    const { callId } = body.call
    await Promise.all([handler.waitFor(callId), second.waitFor(callId)])
    expect(handler.received.filter((one) => one.body.includes(callId))).toHaveLength(1)
    expect((await house.admin.api('GET', '/telephony')).body.warnings.join()).toContain('each of them may dial')
  } finally {
    await second.close()
  }
})

test('a handler on an address that may not be sent to: bind answers true, the admin is warned, the click fails and names the setting', async () => {
  const app = await house.addApp({ title: 'Far' })
  expect((await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: 'http://10.11.12.13/handler' })).body.result).toBe(true)
  await choose(app)
  expect((await house.admin.api('GET', `/apps/${app.id}`)).body.handlers[0].problem).toContain('outbound.allowPrivate=private')
  expect((await house.admin.api('GET', '/telephony')).body.warnings.join()).toContain('outbound.allowPrivate=private')
  const { body } = await click()
  await expect
    .poll(async () => (await house.admin.api('GET', `/calls/${body.call.callId}`)).body)
    .toMatchObject({
      state: 'finished',
      statusCode: 'OTHER',
      delivery: { state: 'failed', reason: 'ssrf_blocked', refusal: expect.stringContaining('outbound.allowPrivate=private') },
    })
  const refused = await house.admin.api('POST', '/webhooks/outgoing', {
    title: 'Far',
    url: 'http://10.11.12.13/',
    events: ['ONEXTERNALCALLSTART'],
  })
  expect(refused.status).toBe(422)
  expect(refused.body.detail).toContain('outbound.allowPrivate=private')
})

describe('what the handler answers', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await house.addApp({ title: 'Answering' })
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  })
  beforeEach(async () => {
    await choose(app)
    handler.answer((response) => void response.end())
  })

  async function settled(callId: string, wanted: (call: { state: string; delivery: { state: string } }) => boolean) {
    for (let tries = 0; tries < 200; tries++) {
      const { body } = await house.admin.api('GET', `/calls/${callId}`)
      if (wanted(body)) return body
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('the call did not get there')
  }

  test('a refusal in JSON is told in the handler’s own words, and the call is closed', async () => {
    handler.answer(
      (response) =>
        void response.setHeader('content-type', 'application/json').end('{"refused":{"code":"busy","text":"Line 101 is on another call"}}'),
    )
    const { body } = await click()
    const call = await settled(body.call.callId, (one) => one.state === 'finished')
    expect(call).toMatchObject({
      statusCode: 'OTHER',
      closedByPortal: true,
      delivery: { state: 'failed', reason: 'refused', refusal: 'Line 101 is on another call' },
    })
  })

  test('403 fails the call at once', async () => {
    handler.answer((response) => void response.writeHead(403).end())
    const { body } = await click()
    expect(await settled(body.call.callId, (one) => one.state === 'finished')).toMatchObject({
      delivery: { state: 'failed', reason: 'http_4xx' },
    })
  })

  test('500 is not known: it is not sent again and the call stays open for a later finish', async () => {
    handler.answer((response) => void response.writeHead(500).end())
    const { body } = await click()
    const call = await settled(body.call.callId, (one) => one.delivery.state === 'unconfirmed')
    expect(call.state).toBe('registered')
    const finished = await app.call('telephony.externalCall.finish', { CALL_ID: call.callId, USER_ID: house.admin.userId, DURATION: 5 })
    expect(finished.body.result.CALL_STATUS).toBe(1)
    expect(handler.received.filter((one) => one.body.includes(call.callId))).toHaveLength(1)
  })

  test('429 is tried again, once the handler takes it it is delivered once', async () => {
    let times = 0
    handler.answer((response) => void (++times < 3 ? response.writeHead(429, { 'retry-after': '0' }).end() : response.end()))
    const { body } = await click()
    await settled(body.call.callId, (one) => one.delivery.state === 'delivered')
    expect(times).toBe(3)
  })

  test('Retry-After: 0 does not make the portal hammer', async () => {
    let times = 0
    handler.answer((response) => void (times++, response.writeHead(429, { 'retry-after': times % 2 ? '0' : '-1' }).end()))
    const { callId } = (await click()).body.call as { callId: string }
    await new Promise((resolve) => setTimeout(resolve, 1500))
    // 0, 200, 600 and 1400 ms after the click
    expect(times).toBeLessThanOrEqual(4)
    await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART' })
    // one that was posted just before arrives
    const stateOf = async () => (await house.admin.api('GET', `/calls/${callId}`)).body.delivery.state
    await expect.poll(stateOf).not.toBe('sending')
    const before = times
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(times - before, 'nothing is sent to a handler that was unbound').toBe(0)
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  })

  test('a click does not wait for slow notices of another handler at the same address', async () => {
    const slow = handler.url.replace('/handler', '/slow')
    await app.call('event.bind', { event: 'ONCRMLEADADD', handler: slow })
    const open: Array<{ end(): void }> = []
    handler.answer((response, request) => void (request.path === '/slow' ? open.push(response) : response.end()))
    for (let n = 0; n < 10; n++) await house.addLead({ TITLE: `Slow ${n}` })
    const { body } = await click()
    await handler.waitFor(body.call.callId, 1, 1500)
    for (const response of open) response.end()
    await app.call('event.unbind', { event: 'ONCRMLEADADD' })
  })

  test('a report of the app proves that a silent handler took the call', async () => {
    const open: Array<{ end(): void }> = []
    handler.answer((response) => void open.push(response))
    const { body } = await click()
    await handler.waitFor(body.call.callId)
    await app.call('telephony.externalCall.show', { CALL_ID: body.call.callId })
    expect((await house.admin.api('GET', `/calls/${body.call.callId}`)).body.delivery).toMatchObject({
      state: 'delivered',
      reason: 'reported',
    })
    for (const response of open) response.end()
  })

  test('a report by an incoming webhook proves that a silent outgoing webhook took the call', async () => {
    const hook = await house.admin.api('POST', '/webhooks/outgoing', {
      title: 'Old PBX',
      url: handler.url,
      events: ['ONEXTERNALCALLSTART'],
    })
    await house.admin.api('PUT', '/telephony', { portalTarget: `webhook:${hook.body.id}` })
    const incoming = await house.addIncomingWebhook(['telephony'])
    const open: Array<{ end(): void }> = []
    handler.answer((response) => void open.push(response))
    const { body } = await click()
    const { callId } = body.call
    await handler.waitFor(callId)
    const shown = await fetch(`${incoming}telephony.externalCall.show?CALL_ID=${callId}`)
    expect(await shown.json()).toMatchObject({ result: true })
    expect((await house.admin.api('GET', `/calls/${callId}`)).body.delivery).toMatchObject({ state: 'delivered', reason: 'reported' })
    const finished = await fetch(`${incoming}telephony.externalCall.finish?CALL_ID=${callId}&USER_ID=${house.admin.userId}&DURATION=3`)
    expect(await finished.json()).toMatchObject({ result: { CALL_DURATION: 3, REST_APP_ID: null } })
    for (const response of open) response.end()
  })

  test('a call that the portal closed is corrected by a later finish, without a second END', async () => {
    await app.call('event.bind', { event: 'ONVOXIMPLANTCALLEND', handler: handler.url })
    handler.answer(
      (response, request) => void (request.body.includes('ONEXTERNALCALLSTART') ? response.writeHead(403).end() : response.end()),
    )
    const contact = await house.addContact({ NAME: 'Corrected', PHONE: [{ VALUE: '+15550100900' }] })
    const { body } = await house.admin.api('POST', '/clicks', { number: '+15550100900', entity: { kind: 'contact', id: contact } })
    const { callId } = body.call
    await settled(callId, (one) => one.state === 'finished')
    await handler.waitFor('ONVOXIMPLANTCALLEND')
    const finished = await app.call('telephony.externalCall.finish', {
      CALL_ID: callId,
      USER_ID: house.admin.userId,
      DURATION: 12,
      STATUS_CODE: 200,
    })
    expect(finished.body.result).toMatchObject({ CALL_DURATION: 12, CALL_FAILED_CODE: '200' })
    const call = (await house.admin.api('GET', `/calls/${callId}`)).body
    expect(call).toMatchObject({ statusCode: '200', durationSeconds: 12, closedByPortal: false })
    const rows = await app.call('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })
    expect(rows.body.result).toHaveLength(1)
    expect(rows.body.result[0]).toMatchObject({ CALL_FAILED_CODE: '200', CALL_DURATION: '12' })
    expect((await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId })).body.error_description).toBe(
      'Call is not found (call should be registered prior to finishing',
    )
    const timeline = await house.admin.api('GET', `/contacts/${contact}/timeline`)
    expect(timeline.body.items.filter((item: { kind: string }) => item.kind === 'call')).toHaveLength(1)
    expect(handler.received.filter((one) => one.body.includes('ONVOXIMPLANTCALLEND') && one.body.includes(callId))).toHaveLength(1)
  })
})
