import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

const clock = createTurnableClock()
let house: TestPortal
let app: TestApp
let eve: Person
const number = '+15550100210'

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  app = await house.addApp()
  eve = await house.addPerson('Eve', '105')
  await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: number }], ASSIGNED_BY_ID: eve.userId })
})
afterAll(() => house.stop())

const search = async () => (await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: number })).body.result
const status = async (): Promise<string> => (await search())[0].ASSIGNED_BY.TIMEMAN_STATUS
/** As long as a page is open its stream is asked for every 15 s, which counts like any request. */
const look = () => eve.api('GET', '/session')

test('TIMEMAN_STATUS is OPENED while the portal is open in a browser, CLOSED two minutes after, CLOSED of who left', async () => {
  await look()
  expect(await status()).toBe('OPENED')
  clock.turn(121_000)
  expect(await status()).toBe('CLOSED')
  await look()
  expect(await status()).toBe('OPENED')
})

test('a break that the person takes is PAUSED, until they are back or gone', async () => {
  clock.turn(61_000)
  await look()
  expect((await eve.api('PATCH', '/me', { isPaused: true })).body.user.isPaused).toBe(true)
  expect(await status()).toBe('PAUSED')
  clock.turn(180_000)
  expect(await status()).toBe('CLOSED')
  await look()
  expect(await status()).toBe('PAUSED')
  expect((await eve.api('PATCH', '/me', { isPaused: 'no' })).status).toBe(422)
  expect((await eve.api('PATCH', '/me', { isPaused: false })).body.user.isPaused).toBe(false)
  expect(await status()).toBe('OPENED')
  // the language stays what it was, and changes alone too
  expect((await eve.api('PATCH', '/me', { language: 'ru' })).body.user).toMatchObject({ language: 'ru', isPaused: false })
})

test('an open page keeps a person present, its stream alone', async () => {
  const stream = await fetch(`${house.url}/v1/live`, { headers: { cookie: eve.cookie } })
  expect(stream.status).toBe(200)
  clock.turn(61_000)
  await stream.body?.cancel()
  await look()
  await house.admin.api('PATCH', `/users/${eve.userId}`, { isActive: false })
  expect(await status()).toBe('CLOSED')
})
