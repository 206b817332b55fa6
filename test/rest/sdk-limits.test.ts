import { ApiVersion, type AbstractB24, type AjaxError, type RestrictionParams } from '@bitrix24/b24jssdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { defaultSwitches, type Switches } from '../../portal/src/directory/switches.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { call, connectApp, connectWebhook, type Any } from '../support/sdk.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

/**
 * The limiter of the official JavaScript SDK against the portal's emulation of the original's limits. Where the SDK would wait,
 * the portal's clock is turned by exactly that: the tests do not sleep, and they fail if the SDK's wait is not enough for the portal.
 */

const clock = createTurnableClock()
let house: TestPortal
/** where a recording is fetched from, slowly */
let slow: Listener

beforeAll(async () => {
  slow = await startListener()
  house = await startPortal({ world: { clock }, settings: { tls: 'local' } })
})
afterAll(async () => {
  await house.stop()
  await slow.close()
})
afterEach(async () => {
  await house.admin.api('PATCH', '/switches', defaultSwitches)
  clock.turn(600_000)
})

const limit = async (change: Partial<Switches>): Promise<void> => {
  expect((await house.admin.api('PATCH', '/switches', change)).status).toBe(200)
}

/** Reaches into the SDK for the one thing that would sleep. */
function turnWhereItWaits(b24: AbstractB24): number[] {
  const waits: number[] = []
  const http: Any = b24.getHttpClient(ApiVersion.v2)
  http._restrictionManager.waiteDelay = async (ms: number) => {
    waits.push(ms)
    clock.turn(ms)
  }
  return waits
}

/** It asks as fast as it can: what holds it back is the portal. */
const unrestrained: RestrictionParams = {
  rateLimit: { burstLimit: 10_000, drainRate: 1000, adaptiveEnabled: false },
  operatingLimit: { windowMs: 600_000, limitMs: 480_000, heavyPercent: 80 },
  adaptiveConfig: { enabled: false, thresholdPercent: 80, coefficient: 0.01, maxDelay: 100 },
  maxRetries: 3,
  retryDelay: 1000,
}

describe.each(['webhook', 'app'] as const)('as %s', (kind) => {
  const connect = async (): Promise<{ b24: AbstractB24; waits: readonly number[] }> => {
    const b24 =
      kind === 'app' ? await connectApp(house, { scope: ['crm', 'telephony'] }) : await connectWebhook(house, ['crm', 'telephony'])
    await b24.setRestrictionManagerParams(unrestrained)
    return { b24, waits: turnWhereItWaits(b24) }
  }
  const time = async (b24: AbstractB24): Promise<Any> =>
    (await b24.actions.v2.call.make<Any>({ method: 'server.time', params: {} })).getData()!.time

  test('QUERY_LIMIT_EXCEEDED is waited out and every call is answered', async () => {
    const { b24, waits } = await connect()
    await limit({ limits: 'standard' })
    for (let index = 0; index < 55; index++) expect(await call(b24, 'server.time')).toMatch(/^\d{4}-/)
    expect(waits.length).toBeGreaterThan(0)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000)
    expect(b24.getHttpClient(ApiVersion.v2).getStats()).toMatchObject({ retries: waits.length, successfulRequests: 55 })
  })

  test('OPERATION_TIME_LIMIT is asked again and at last thrown while it lasts; after operating_reset_at it is answered', async () => {
    const { b24, waits } = await connect()
    await limit({ limits: 'standard', limitOperatingSeconds: 0.000_001 })
    const first = await time(b24)
    expect(first.operating).toBeGreaterThan(0)
    const refused = (await time(b24).catch((error: unknown) => error)) as AjaxError
    expect(refused).toMatchObject({ code: 'OPERATION_TIME_LIMIT', status: 429, message: 'Method is blocked due to operation time limit' })
    expect(waits).toEqual([10_000, 10_000])
    clock.turn(first.operating_reset_at * 1000 - clock.now() + 1000)
    expect((await time(b24)).operating).toBeGreaterThan(0)
  })

  test('the SDK’s own limiter sees the counters: it knows a method that has used up its time before the portal refuses', async () => {
    const { b24 } = await connect()
    await b24.actions.v2.batch.make({ calls: [['server.time'], ['profile']], options: { isHaltOnError: true } })
    await time(b24)
    const { operatingStats } = b24.getHttpClient(ApiVersion.v2).getStats() as Any
    expect(Object.keys(operatingStats)).toEqual(expect.arrayContaining(['server.time', 'batch::server.time', 'batch::profile']))
  })

  test('a command of a batch that is blocked is an error in its slot', async () => {
    const { b24 } = await connect()
    await limit({ limits: 'standard', limitOperatingSeconds: 0.000_001 })
    const answer = (await b24.actions.v2.batch.make({
      calls: { a: ['server.time'], b: ['profile'], c: ['server.time'] } as Any,
      options: { isHaltOnError: false, returnAjaxResult: true },
    })) as Any
    expect(answer.isSuccess).toBe(false)
    expect([...answer.getData().c.getErrors()].map((error: Any) => error.code)).toEqual(['OPERATION_TIME_LIMIT'])
    expect(answer.getData().b.isSuccess).toBe(true)
  })

  test('a request that took too long is thrown at once and not sent again: the SDK must not do it twice', async () => {
    const { b24, waits } = await connect()
    await b24.setRestrictionManagerParams(unrestrained)
    await limit({ limits: 'standard', limitRequestSeconds: 5 })
    const registered = await call(b24, 'telephony.externalCall.register', {
      USER_ID: house.admin.userId,
      PHONE_NUMBER: '+15550109001',
      TYPE: 1,
    })
    await call(b24, 'telephony.externalCall.finish', { CALL_ID: registered.CALL_ID, USER_ID: house.admin.userId, DURATION: 3 })
    const fetched = new Promise<void>((resolve) => slow.answer(() => resolve()))
    const asked = slow.received.length
    const params = { CALL_ID: registered.CALL_ID, FILENAME: 'call.mp3', RECORD_URL: `${slow.url}/call.mp3` }
    const answer = b24.actions.v2.call.make({ method: 'telephony.externalCall.attachRecord', params }).catch((error: unknown) => error)
    await fetched
    clock.turn(5000)
    expect(await answer).toMatchObject({ code: 'ERROR_UNEXPECTED_ANSWER', status: 504 })
    expect([waits, slow.received.length - asked]).toEqual([[], 1])
  })

  test('OVERLOAD_LIMIT is asked again as a 503, and then thrown', async () => {
    const { b24, waits } = await connect()
    await limit({ limits: 'overload' })
    expect(await time(b24).catch((error: unknown) => error)).toMatchObject({ code: 'OVERLOAD_LIMIT', status: 503 })
    expect(waits).toHaveLength(2)
    await limit({ limits: 'off' })
    expect((await time(b24)).operating).toBeGreaterThan(0)
  })
})
