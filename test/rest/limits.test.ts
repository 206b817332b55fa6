import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { defaultSwitches, type Switches } from '../../portal/src/directory/switches.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

/** The limits of the original as an emulation (contract 6.6). No test sleeps: the clock is turned. */

const clock = createTurnableClock()
let house: TestPortal
let app: TestApp
let webhook: string
let slow: Listener

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  slow = await startListener()
  app = await house.addApp()
  webhook = await house.addIncomingWebhook(['telephony', 'crm'])
})
afterAll(async () => {
  await house.stop()
  await slow.close()
})
/** Every bucket empty, every counter gone, no limits. */
afterEach(async () => {
  clock.turn(600_000)
  await house.admin.api('PATCH', '/switches', defaultSwitches)
  await refresh()
})

async function refresh(): Promise<void> {
  const query = `grant_type=refresh_token&client_id=${app.clientId}&client_secret=${app.clientSecret}&refresh_token=${app.refreshToken}`
  const { body } = await request(`${house.url}/oauth/token/?${query}`)
  app.accessToken = body.access_token
  app.refreshToken = body.refresh_token
}
const limit = async (change: Partial<Switches>): Promise<void> => {
  expect((await house.admin.api('PATCH', '/switches', change)).status).toBe(200)
}
const hook = (method: string, query = ''): Promise<Answer> => request(`${webhook}${method}?${query}`)
const burst = async (count: number, ask = () => hook('server.time')): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: count }, ask))
  return answers.filter(({ status }) => status === 200).length
}

describe('without the emulation', () => {
  test('nobody is limited', async () => {
    expect(await burst(120)).toBe(120)
  })
})

describe('intensity', () => {
  test.each([
    ['standard', 50, 2],
    ['enterprise', 250, 5],
  ] as const)('of the tariff %s: %i at once, then %i a second', async (limits, capacity, perSecond) => {
    await limit({ limits })
    // the clock goes on by itself: what leaks meanwhile is let through too
    const startMs = clock.now()
    const passed = await burst(capacity + 60)
    const leaked = Math.ceil(((clock.now() - startMs) / 1000) * perSecond)
    expect(passed).toBeGreaterThanOrEqual(capacity)
    expect(passed).toBeLessThanOrEqual(capacity + leaked)
    expect(await hook('server.time')).toMatchObject({
      status: 503,
      body: { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' },
    })
    clock.turn(10_000)
    const startAgainMs = clock.now()
    const again = await burst(100)
    expect(again).toBeGreaterThanOrEqual(perSecond * 10)
    expect(again).toBeLessThanOrEqual(perSecond * 10 + Math.ceil(((clock.now() - startAgainMs) / 1000 + 5) * perSecond))
  })

  test('a refusal is an envelope without time, also before the body is read and for a method that does not exist', async () => {
    await limit({ limits: 'standard' })
    await burst(60)
    const { status, body } = await hook('no.such.method')
    expect([status, Object.keys(body)]).toEqual([503, ['error', 'error_description']])
    expect((await app.call('server.time')).status).toBe(503)
  })

  test('a batch is one request', async () => {
    await limit({ limits: 'standard' })
    const commands = Array.from({ length: 50 }, (_, index) => `cmd[${index}]=server.time`).join('&')
    for (let index = 0; index < 10; index++) {
      const { status, body } = await hook('batch', commands)
      expect([status, body.result.result.length]).toEqual([200, 50])
    }
  })

  test('the pages of the portal and wrong tokens are not counted', async () => {
    await limit({ limits: 'standard' })
    for (let index = 0; index < 60; index++) expect((await request(`${house.url}/rest/1/wrong/server.time`)).status).toBe(401)
    for (let index = 0; index < 60; index++) expect((await house.admin.api('GET', '/session')).status).toBe(200)
    expect((await hook('server.time')).status).toBe(200)
  })
})

describe('operating time', () => {
  test('a method that used it up is answered OPERATION_TIME_LIMIT until operating_reset_at; others go on', async () => {
    await limit({ limits: 'standard', limitOperatingSeconds: 0.000_001 })
    const first = await hook('server.time')
    expect(first.status).toBe(200)
    expect(first.body.time.operating).toBeGreaterThan(0)
    expect(await hook('server.time')).toMatchObject({
      status: 429,
      body: { error: 'OPERATION_TIME_LIMIT', error_description: 'Method is blocked due to operation time limit' },
    })
    expect((await hook('SERVER.TIME')).status).toBe(429)
    expect((await hook('scope')).status).toBe(200)
    // another app or webhook has its own time
    expect((await app.call('server.time')).status).toBe(200)
    expect((await request(`${await house.addIncomingWebhook(['telephony'])}server.time`)).status).toBe(200)
    clock.turn(first.body.time.operating_reset_at * 1000 - clock.now() - 1000)
    expect((await hook('server.time')).status).toBe(429)
    clock.turn(2000)
    expect((await hook('server.time')).status).toBe(200)
  })

  test('counts for each command of a batch, and the batch itself spends nothing', async () => {
    await limit({ limits: 'standard', limitOperatingSeconds: 0.000_001 })
    for (let round = 0; round < 3; round++) {
      const { status, body } = await hook('batch', 'cmd[a]=server.time&cmd[b]=scope&cmd[c]=server.time')
      expect([status, body.time.operating]).toEqual([200, 0])
      const blocked = { error: 'OPERATION_TIME_LIMIT', error_description: 'Method is blocked due to operation time limit' }
      expect(body.result.result_error.c).toEqual(blocked)
      if (round > 0) expect(body.result.result_error).toEqual({ a: blocked, b: blocked, c: blocked })
    }
  })

  test('halt stops a batch at a command that is blocked', async () => {
    await limit({ limits: 'standard', limitOperatingSeconds: 0.000_001 })
    const { body } = await hook('batch', 'halt=1&cmd[a]=server.time&cmd[b]=server.time&cmd[c]=scope')
    expect([Object.keys(body.result.result), Object.keys(body.result.result_error)]).toEqual([['a'], ['b']])
  })

  test('is counted without the emulation too, over ten minutes', async () => {
    const first = (await hook('methods')).body.time
    clock.turn(300_000)
    const second = (await hook('methods')).body.time
    expect(second.operating).toBeGreaterThan(first.operating)
    expect(second.operating_reset_at).toBe(first.operating_reset_at)
    clock.turn(299_000)
    await hook('methods')
    clock.turn(1_500)
    const third = (await hook('methods')).body.time
    expect(third.operating_reset_at).toBe(Math.floor(second.start + 600))
  })
})

describe('request time', () => {
  test('who waits longer than 60 s is answered 504, and what was begun is done all the same', async () => {
    await limit({ limits: 'standard' })
    const register = await app.call('telephony.externalCall.register', {
      USER_ID: house.admin.userId,
      PHONE_NUMBER: '+15550107001',
      TYPE: 1,
    })
    const { CALL_ID } = register.body.result
    await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: house.admin.userId, DURATION: 3 })
    let send = (): void => {}
    const asked = new Promise<void>((resolve) =>
      slow.answer((response) => {
        send = () => void response.end('some sound')
        resolve()
      }),
    )
    const waiting = app.call('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'call.mp3', RECORD_URL: `${slow.url}/call.mp3` })
    await asked
    clock.turn(60_000)
    expect(await waiting).toMatchObject({
      status: 504,
      body: {
        error: 'ERROR_UNEXPECTED_ANSWER',
        error_description:
          'The request took longer than 60 seconds. What it began goes on and may still be done: look before you repeat it',
      },
    })
    send()
    const files = async () => (await house.admin.api('GET', `/calls/${CALL_ID}`)).body.recording
    await expect.poll(files, { timeout: 5000 }).toBeTruthy()
  })
})

test('OVERLOAD_LIMIT is a fault that a developer orders', async () => {
  await limit({ limits: 'overload' })
  expect(await hook('server.time')).toMatchObject({
    status: 503,
    body: { error: 'OVERLOAD_LIMIT', error_description: 'REST API is blocked due to overload' },
  })
  await limit({ limits: 'off' })
  expect((await hook('server.time')).status).toBe(200)
})
