import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultSwitches } from '../../../portal/src/directory/switches.ts'
import { send } from '../../support/contract.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../../support/portal.ts'
import { createTurnableClock } from '../../support/turnable-clock.ts'

/** Contract 14.5: errors that clients branch on, and what they do then. */
const clock = createTurnableClock()
let house: TestPortal
let app: TestApp
let hook: string

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  app = await house.addApp()
  hook = await house.addIncomingWebhook(['telephony', 'crm'])
})
afterAll(() => house.stop())

const token = (params: Readonly<Record<string, string>>): Promise<Answer> =>
  request(`${house.url}/oauth/token/?${new URLSearchParams(params).toString()}`)
const credentials = (one: TestApp) => ({ client_id: one.clientId, client_secret: one.clientSecret })
const refreshOf = (one: TestApp) => ({ grant_type: 'refresh_token', ...credentials(one), refresh_token: one.refreshToken })

test('expired_token (401): the client refreshes and repeats, and that works', async () => {
  const late = await house.addApp({ title: 'Late' })
  clock.turn(3_601_000)
  expect(await late.call('profile')).toMatchObject({ status: 401, body: { error: 'expired_token', error_description: 'The access token provided has expired' } })
  const { body } = await token(refreshOf(late))
  late.accessToken = body.access_token as string
  expect((await late.call('profile')).body.result).toMatchObject({ NAME: 'Admin' })
  app.accessToken = (await token(refreshOf(app))).body.access_token as string
}) // oxfmt-ignore

test('invalid_token (401): a token that nobody gave out, and those of an app that was uninstalled', async () => {
  expect(await request(`${house.url}/rest/profile?auth=${'0'.repeat(70)}`)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  const gone = await house.addApp({ title: 'Gone' })
  await house.admin.api('DELETE', `/apps/${gone.id}`)
  expect(await gone.call('profile')).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
})

test('NO_AUTH_FOUND (401): no token, a wrong webhook code', async () => {
  for (const path of ['/rest/profile', `/rest/${house.admin.userId}/wrongcode/profile`, '/rest/profile?auth='])
    expect(await request(house.url + path)).toMatchObject({ status: 401, body: { error: 'NO_AUTH_FOUND', error_description: 'Wrong authorization data' } })
}) // oxfmt-ignore

test('ERROR_METHOD_NOT_FOUND (404)', async () => {
  for (const answer of [await app.call('no.such.method'), await send(`${hook}tasks.task.list`, {}, 'form')])
    expect(answer).toMatchObject({ status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } })
})

test('insufficient_scope (403)', async () => {
  expect(await send(`${hook}user.get`, {}, 'json')).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
})

test('QUERY_LIMIT_EXCEEDED (503) and OPERATION_TIME_LIMIT (429), where the portal emulates limits: the client waits and repeats', async () => {
  const ask = () => send(`${hook}server.time`, {}, 'json')
  try {
    await house.admin.api('PATCH', '/switches', { limits: 'standard' })
    const burst = await Promise.all(Array.from({ length: 120 }, ask))
    expect(burst.find(({ status }) => status !== 200)).toMatchObject({ status: 503, body: { error: 'QUERY_LIMIT_EXCEEDED' } })
    clock.turn(60_000)
    expect((await ask()).status).toBe(200)
    await house.admin.api('PATCH', '/switches', { limitOperatingSeconds: 0.000_001 })
    expect(await ask()).toMatchObject({ status: 429, body: { error: 'OPERATION_TIME_LIMIT' } })
    clock.turn(601_000)
    expect((await ask()).status).toBe(200)
  } finally {
    await house.admin.api('PATCH', '/switches', defaultSwitches)
  }
})

describe('the token endpoint', () => {
  test('invalid_grant (400): a refresh token that is unknown, and a code that was used', async () => {
    for (const params of [{ ...refreshOf(app), refresh_token: '0'.repeat(70) }, { grant_type: 'authorization_code', ...credentials(app), code: 'used' }])
      expect(await token(params)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  }) // oxfmt-ignore

  test('invalid_client (401): a wrong secret, an unknown client, which clients also take as wrong_client', async () => {
    for (const wrong of [{ client_secret: 'wrong' }, { client_id: 'local.0.0' }])
      expect(await token({ ...refreshOf(app), ...wrong })).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})

describe('USER_ID or USER_PHONE_INNER should be set, word by word', () => {
  const text = { status: 400, body: { error: 'ERROR_CORE', error_description: 'USER_ID or USER_PHONE_INNER should be set' } }
  const register = (params: object) => send(`${hook}telephony.externalCall.register`, { PHONE_NUMBER: '+15550100201', TYPE: 1, ...params }, 'json')

  test('without either', async () => {
    expect(await register({})).toMatchObject(text)
  })

  test('when the given extension belongs to nobody', async () => {
    expect(await register({ USER_PHONE_INNER: '4711' })).toMatchObject(text)
    const open = (await register({ USER_ID: house.admin.userId })).body.result.CALL_ID as string
    expect(await send(`${hook}telephony.externalCall.finish`, { CALL_ID: open, USER_PHONE_INNER: '4711' }, 'form')).toMatchObject(text)
  })

  test.each(['', ' ', 'abc', '0', '-1', '105; drop table', 'x'.repeat(5000), '\u0000', '💥'])('a nonsense extension gets a JSON error, never a 500: %j', async (extension) => {
    const answer = await register({ USER_PHONE_INNER: extension })
    expect(answer).toMatchObject(text)
  })

  test.each([['a list', ['105']], ['a map', { a: 1 }], ['a boolean', true]])('neither does %s', async (_, extension) => {
    const { status, body } = await register({ USER_PHONE_INNER: extension })
    expect([status, typeof body.error, typeof body.error_description]).toEqual([400, 'string', 'string'])
  })
}) // oxfmt-ignore
