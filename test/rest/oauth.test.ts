import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

const clock = createTurnableClock()
let house: TestPortal
let memberId: string

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  memberId = (await house.portal.portals.first())!.member_id
})

afterAll(() => house.stop())

const addApp = (options: Parameters<TestPortal['addApp']>[0] = {}): Promise<TestApp> =>
  house.addApp({ scope: ['crm', 'telephony', 'user_brief'], ...options })

/** The redirect of the authorise page. */
async function authorize(app: TestApp, cookie = house.admin.cookie, state = 'st/a te&'): Promise<URL> {
  const answer = await fetch(`${house.url}/oauth/authorize/?client_id=${app.clientId}&state=${encodeURIComponent(state)}`, {
    headers: { cookie },
    redirect: 'manual',
  })
  expect(answer.status).toBe(302)
  return new URL(answer.headers.get('location')!, house.url)
}

const newCode = async (app: TestApp): Promise<string> => (await authorize(app)).searchParams.get('code')!

const token = (query: Readonly<Record<string, string>>): Promise<Answer> =>
  request(`${house.url}/oauth/token/?${new URLSearchParams(query)}`)
const client = (app: TestApp) => ({ client_id: app.clientId, client_secret: app.clientSecret })
const byCode = (app: TestApp, code: string): Promise<Answer> => token({ grant_type: 'authorization_code', ...client(app), code })
const byRefresh = (app: TestApp, refreshToken: string): Promise<Answer> =>
  token({ grant_type: 'refresh_token', ...client(app), refresh_token: refreshToken })
const profile = (accessToken: string): Promise<Answer> => request(`${house.url}/rest/profile?auth=${accessToken}`)

const answerKeys = [
  'access_token',
  'expires',
  'expires_in',
  'scope',
  'domain',
  'server_endpoint',
  'status',
  'client_endpoint',
  'member_id',
  'user_id',
  'refresh_token',
]

describe('the code flow', () => {
  test('sends a signed-in person to the app with a code, the state as it was, and the portal', async () => {
    const app = await addApp()
    const target = await authorize(app)
    expect(`${target.origin}${target.pathname}`).toBe('http://127.0.0.1:9/app')
    expect([...target.searchParams.keys()]).toEqual(['code', 'state', 'domain', 'member_id', 'scope', 'server_domain'])
    const { code, ...others } = Object.fromEntries(target.searchParams)
    expect(code).toMatch(/^[0-9a-f]{32,}$/)
    const host = new URL(house.url).host
    expect(others).toEqual({ state: 'st/a te&', domain: host, member_id: memberId, scope: 'crm,telephony,user_brief', server_domain: host })
  })

  test('shows others the sign-in, and comes back to the same request', async () => {
    const app = await addApp()
    const target = await authorize(app, '')
    expect(target.pathname).toBe('/sign-in')
    expect(target.searchParams.get('next')).toBe(`/oauth/authorize/?client_id=${app.clientId}&state=${encodeURIComponent('st/a te&')}`)
  })

  test('shows a person what is wrong; an unknown app gets no redirect', async () => {
    for (const query of ['client_id=local.none.1', '', 'client_id=']) {
      const answer = await fetch(`${house.url}/oauth/authorize/?${query}`, { headers: { cookie: house.admin.cookie }, redirect: 'manual' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
  })

  test('is for administrators until the app is installed: others read that they have no access (user_access_error)', async () => {
    const app = await addApp({ title: 'Half', installed: false })
    const bo = await house.addPerson('Half', null)
    const ask = () =>
      fetch(`${house.url}/oauth/authorize/?client_id=${app.clientId}`, { headers: { cookie: bo.cookie }, redirect: 'manual' })
    const refused = await ask()
    expect([refused.status, refused.headers.get('location')]).toEqual([403, null])
    expect(await refused.text()).toContain('The user does not have access to the application')
    expect((await authorize(app)).searchParams.get('code')).not.toBeNull()
    await house.admin.api('POST', `/apps/${app.id}/install-finish`)
    const allowed = await ask()
    expect([allowed.status, new URL(allowed.headers.get('location')!, house.url).searchParams.has('code')]).toEqual([302, true])
  })

  test('gives tokens whose keys are in the contract’s order', async () => {
    const app = await addApp()
    const { status, body } = await byCode(app, await newCode(app))
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(answerKeys)
    const host = new URL(house.url).host
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[0-9a-f]{70}$/),
      expires: expect.any(Number),
      expires_in: 3600,
      scope: 'crm,telephony,user_brief',
      domain: host,
      server_endpoint: `${house.url}/rest/`,
      status: 'L',
      client_endpoint: `${house.url}/rest/`,
      member_id: memberId,
      user_id: house.admin.userId,
      refresh_token: expect.stringMatching(/^[0-9a-f]{70}$/),
    })
    expect(Math.abs(body.expires - (clock.now() / 1000 + 3600))).toBeLessThan(5)
    expect((await profile(body.access_token)).body.result.ID).toBe(String(house.admin.userId))
  })

  test('is not kept by caches', async () => {
    const app = await addApp()
    expect((await byCode(app, await newCode(app))).headers.get('cache-control')).toBe('no-store')
  })

  test('takes the request by GET, by form and by JSON, with and without the slash, below /rest too', async () => {
    const app = await addApp()
    const fields = async () => ({ grant_type: 'authorization_code', ...client(app), code: await newCode(app) })
    for (const path of ['/oauth/token/', '/oauth/token', '/rest/oauth/token/', '/rest//oauth/token/']) {
      const send = (init: RequestInit) => request(house.url + path, { method: 'POST', ...init })
      expect(await request(`${house.url}${path}?${new URLSearchParams(await fields())}`), path).toMatchObject({ status: 200 })
      expect(await send({ body: new URLSearchParams(await fields()) }), path).toMatchObject({ status: 200 })
      expect(await send({ body: JSON.stringify(await fields()), headers: { 'content-type': 'application/json' } }), path).toMatchObject({
        status: 200,
      })
    }
  })

  test('acts with the rights of the person who agreed', async () => {
    const person = await house.addPerson('Plain', null)
    const app = await addApp({ by: person })
    expect((await profile(app.accessToken)).body.result).toMatchObject({ ID: String(person.userId), ADMIN: false })
  })
})

describe('a code', () => {
  test('is good once, also when it comes twice at once', async () => {
    const app = await addApp()
    const code = await newCode(app)
    const answers = await Promise.all([byCode(app, code), byCode(app, code), byCode(app, code)])
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 400, 400])
    expect(await byCode(app, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('is good for 30 seconds', async () => {
    const app = await addApp()
    const [early, late] = [await newCode(app), await newCode(app)]
    clock.turn(25_000)
    expect(await byCode(app, early)).toMatchObject({ status: 200 })
    clock.turn(6000)
    expect(await byCode(app, late)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('of another app is refused and stays good for its own', async () => {
    const [app, other] = [await addApp(), await addApp()]
    const code = await newCode(app)
    expect(await byCode(other, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await byCode(app, code)).toMatchObject({ status: 200 })
  })

  test('does no harm where a wrong secret came with it', async () => {
    const app = await addApp()
    const code = await newCode(app)
    expect(await token({ grant_type: 'authorization_code', client_id: app.clientId, client_secret: 'wrong', code })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(await byCode(app, code)).toMatchObject({ status: 200 })
  })
})

describe('a token request is refused', () => {
  test('as invalid_client for a wrong id or secret, and when they are missing', async () => {
    const app = await addApp()
    const refused = { status: 401, body: { error: 'invalid_client', error_description: expect.any(String) } }
    const grant = { grant_type: 'refresh_token', refresh_token: app.refreshToken }
    expect(await token({ ...grant, client_id: app.clientId, client_secret: app.clientSecret.toLowerCase() })).toMatchObject(refused)
    expect(await token({ ...grant, client_id: 'local.0.0', client_secret: app.clientSecret })).toMatchObject(refused)
    expect(await token({ ...grant, client_id: app.clientId })).toMatchObject(refused)
    expect(await token({ ...grant, client_id: '', client_secret: '' })).toMatchObject(refused)
    expect(
      await request(`${house.url}/oauth/token/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...grant, client_id: { a: 1 }, client_secret: [1] }),
      }),
    ).toMatchObject(refused)
  })

  test('as invalid_grant for a wrong refresh token, and for one of another app', async () => {
    const [app, other] = [await addApp(), await addApp()]
    const refused = { status: 400, body: { error: 'invalid_grant' } }
    expect(await byRefresh(app, '0'.repeat(70))).toMatchObject(refused)
    expect(await byRefresh(app, app.accessToken)).toMatchObject(refused)
    expect(await byRefresh(app, other.refreshToken)).toMatchObject(refused)
    expect(await byRefresh(other, other.refreshToken)).toMatchObject({ status: 200 })
  })

  test('as invalid_request when it is malformed', async () => {
    const app = await addApp()
    const refused = { status: 400, body: { error: 'invalid_request' } }
    expect(await token({ ...client(app) })).toMatchObject(refused)
    expect(await token({ grant_type: 'password', ...client(app) })).toMatchObject(refused)
    expect(await token({ grant_type: 'authorization_code', ...client(app) })).toMatchObject(refused)
    expect(await token({ grant_type: 'refresh_token', ...client(app) })).toMatchObject(refused)
  })

  test('by 4xx for bodies that cannot be read or are too large', async () => {
    const send = (body: string) =>
      request(`${house.url}/oauth/token/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect((await send('{')).status).toBe(400)
    expect((await send('['.repeat(10_000))).status).toBe(400)
    expect((await send(JSON.stringify({ code: 'x'.repeat(100_000) }))).status).toBe(413)
  })
})

describe('a refresh', () => {
  test('gives new tokens in the same shape; the old access token lives till its end', async () => {
    const app = await addApp()
    const { status, body } = await byRefresh(app, app.refreshToken)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(answerKeys)
    expect(body.refresh_token).not.toBe(app.refreshToken)
    expect(await profile(body.access_token)).toMatchObject({ status: 200 })
    expect(await profile(app.accessToken)).toMatchObject({ status: 200 })
    clock.turn(3_601_000)
    expect(await profile(app.accessToken)).toMatchObject({
      status: 401,
      body: { error: 'expired_token', error_description: 'The access token provided has expired' },
    })
    expect(await byRefresh(app, body.refresh_token)).toMatchObject({ status: 200 })
  })

  test('leaves the old refresh token good for 60 seconds, and no longer', async () => {
    const app = await addApp()
    const first = (await byRefresh(app, app.refreshToken)).body
    clock.turn(50_000)
    const again = await byRefresh(app, app.refreshToken)
    expect(again.status).toBe(200)
    clock.turn(11_000)
    expect(await byRefresh(app, app.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await byRefresh(app, first.refresh_token)).toMatchObject({ status: 200 })
    expect(await byRefresh(app, again.body.refresh_token)).toMatchObject({ status: 200 })
  })

  test('a burst with one token gives each its own pair', async () => {
    const app = await addApp()
    const answers = await Promise.all(Array.from({ length: 5 }, () => byRefresh(app, app.refreshToken)))
    expect(answers.every((answer) => answer.status === 200)).toBe(true)
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(5)
  })

  test('token is good for 180 days', async () => {
    const calendar = createTurnableClock()
    const other = await startPortal({ world: { clock: calendar } })
    try {
      const app = await other.addApp()
      const refresh = (refreshToken: string) =>
        request(
          `${other.url}/oauth/token/?${new URLSearchParams({ grant_type: 'refresh_token', ...client(app), refresh_token: refreshToken })}`,
        )
      calendar.turn(179 * 86_400_000)
      const { body, status } = await refresh(app.refreshToken)
      expect(status).toBe(200)
      calendar.turn(181 * 86_400_000)
      expect(await refresh(body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    } finally {
      await other.stop()
    }
  })
})

describe('app.info', () => {
  const keys = [
    'ID',
    'CODE',
    'VERSION',
    'STATUS',
    'INSTALLED',
    'PAYMENT_EXPIRED',
    'DAYS',
    'LANGUAGE_ID',
    'LICENSE',
    'LICENSE_TYPE',
    'LICENSE_FAMILY',
  ]

  test.each(['/rest/app.info', '/rest/app.info.json', '/rest//rest/app.info', '/rest//app.info/'])(
    'is served on the OAuth origin at %s',
    async (path) => {
      const app = await addApp()
      const { body, status } = await request(`${house.url}${path}?auth=${app.accessToken}`)
      expect(status).toBe(200)
      expect(Object.keys(body.result)).toEqual(keys)
      expect(body.result).toMatchObject({ ID: app.id, CODE: app.clientId, INSTALLED: true, PAYMENT_EXPIRED: 'N', DAYS: null })
      expect(body.result.LICENSE_FAMILY).not.toBe('demo')
    },
  )

  test('needs the context of an app', async () => {
    const hook = await house.addIncomingWebhook(['crm'])
    expect(await request(`${hook}app.info`)).toMatchObject({
      status: 400,
      body: { error: 'ACCESS_DENIED', error_description: 'Access denied! Application context required' },
    })
  })
})

describe('tokens die at once', () => {
  test('when their app is uninstalled', async () => {
    const app = await addApp()
    expect(await profile(app.accessToken)).toMatchObject({ status: 200 })
    expect((await house.admin.api('DELETE', `/apps/${app.id}`)).status).toBe(204)
    expect(await profile(app.accessToken)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(await byRefresh(app, app.refreshToken)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  test('when their user is deactivated', async () => {
    const person = await house.addPerson('Leaving', null)
    const app = await addApp({ by: person })
    expect((await house.admin.api('PATCH', `/users/${person.userId}`, { isActive: false })).status).toBe(200)
    expect(await profile(app.accessToken)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(await byRefresh(app, app.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('when the scope of their app is changed; its refresh token gives one with the new scope', async () => {
    const app = await addApp()
    const revoked = { status: 401, body: { error: 'invalid_token' } }
    for (const scope of [['crm'], ['crm', 'user']]) {
      const before = app.accessToken
      expect((await house.admin.api('PATCH', `/apps/${app.id}`, { scope })).status).toBe(200)
      expect(await profile(before)).toMatchObject(revoked)
      const { status, body } = await byRefresh(app, app.refreshToken)
      expect([status, body.scope]).toEqual([200, scope.join(',')])
      app.accessToken = body.access_token as string
      app.refreshToken = body.refresh_token as string
      expect((await app.call('scope')).body.result).toEqual(scope)
    }
    // the same scope is no change
    await house.admin.api('PATCH', `/apps/${app.id}`, { scope: ['crm', 'user'], title: 'Another name' })
    expect((await app.call('scope')).status).toBe(200)
  })

  test('not when the secret is changed: only the old secret does', async () => {
    const app = await addApp()
    const { body } = await house.admin.api('POST', `/apps/${app.id}/secret`)
    expect(await byRefresh(app, app.refreshToken)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await byRefresh({ ...app, clientSecret: body.clientSecret }, app.refreshToken)).toMatchObject({ status: 200 })
  })

  test('of a webhook when it is deleted', async () => {
    const { body } = await house.admin.api('POST', '/webhooks/incoming', { title: 'Short', scope: ['crm'], userId: house.admin.userId })
    expect(await request(`${body.url}profile`)).toMatchObject({ status: 200 })
    await house.admin.api('DELETE', `/webhooks/incoming/${body.id}`)
    expect(await request(`${body.url}profile`)).toMatchObject({
      status: 401,
      body: { error: 'NO_AUTH_FOUND', error_description: 'Wrong authorization data' },
    })
  })
})

const authKeys = (body: string): string[] =>
  [...new URLSearchParams(body).keys()].filter((key) => key.startsWith('auth[')).map((key) => key.slice(5, -1))

describe('an app that only uses the API', () => {
  const add = (installUrl: string) =>
    house.admin.api('POST', '/apps', { title: 'PBX', kind: 'api', installUrl, scope: ['telephony', 'crm'] })

  test('is installed at once and gets the install callback with tokens', async () => {
    const listener = await startListener()
    try {
      const added = await add(`${listener.url}?install=1`)
      expect(added.body.app).toMatchObject({ installed: true })
      const [received] = await listener.waitFor('ONAPPINSTALL')
      expect(received!.path).toBe('/handler?install=1')
      expect(received!.headers).toMatchObject({
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Bitrix24 Webhook Engine',
      })
      const form = new URLSearchParams(received!.body)
      expect([...form.keys()].filter((key) => !key.startsWith('auth['))).toEqual([
        'event',
        'data[VERSION]',
        'data[ACTIVE]',
        'data[INSTALLED]',
        'data[LANGUAGE_ID]',
        'ts',
      ])
      expect([form.get('data[VERSION]'), form.get('data[ACTIVE]'), form.get('data[INSTALLED]'), form.get('data[LANGUAGE_ID]')]).toEqual([
        '1',
        'Y',
        'Y',
        'en',
      ])
      const keys = [
        'access_token',
        'expires',
        'expires_in',
        'scope',
        'domain',
        'server_endpoint',
        'status',
        'client_endpoint',
        'member_id',
        'user_id',
        'refresh_token',
        'application_token',
      ]
      expect(authKeys(received!.body)).toEqual(keys)
      const auth = (name: string): string => form.get(`auth[${name}]`)!
      expect([auth('scope'), auth('member_id'), auth('expires_in'), auth('status')]).toEqual(['telephony,crm', memberId, '3600', 'L'])
      expect(auth('application_token')).toMatch(/^[0-9a-f]{32}$/)
      expect((await profile(auth('access_token'))).body.result.ID).toBe(auth('user_id'))
      const app = { clientId: added.body.app.clientId, clientSecret: added.body.clientSecret } as TestApp
      expect(await byRefresh(app, auth('refresh_token'))).toMatchObject({ status: 200, body: { user_id: house.admin.userId } })
      expect(added.body.app.clientId).toMatch(/^local\.[0-9a-f]+\.\d+$/)
      expect(added.body.clientSecret).toMatch(/^[A-Za-z0-9]{50}$/)
    } finally {
      await listener.close()
    }
  })

  test('gets its callback later when it was down, and once', async () => {
    const port = await findFreePort()
    const added = await add(`http://127.0.0.1:${port}/handler`)
    const problem = async (): Promise<string | null> => (await house.admin.api('GET', `/apps/${added.body.app.id}`)).body.installProblem
    await expect.poll(problem).toMatch(/refused|connect/i)
    const listener = await startListener(port)
    try {
      clock.turn(1500)
      await listener.waitFor('ONAPPINSTALL')
      await expect.poll(problem).toBeNull()
      clock.turn(86_400_000)
      expect(await problem()).toBeNull()
      expect(listener.received).toHaveLength(1)
    } finally {
      await listener.close()
    }
  })

  test('that answers with an error is asked again', async () => {
    const listener = await startListener()
    listener.answer((response) => {
      response.statusCode = listener.received.length < 3 ? 503 : 200
      response.end()
    })
    try {
      await add(listener.url)
      await listener.waitFor('ONAPPINSTALL', 1)
      for (const count of [2, 3]) {
        const again = listener.waitFor('ONAPPINSTALL', count)
        await expect.poll(async () => clock.turn(2000) ?? listener.received.length, { interval: 50 }).toBeGreaterThanOrEqual(count)
        await again
      }
    } finally {
      await listener.close()
    }
  })
})

describe('ONAPPUNINSTALL', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  afterAll(() => listener.close())

  test('goes out without tokens; the application token is the only proof; nothing comes after it', async () => {
    const app = await addApp()
    await app.call('event.bind', { event: 'OnAppUninstall', handler: listener.url })
    await app.call('event.bind', { event: 'OnCrmContactAdd', handler: listener.url })
    const { applicationToken } = (await house.admin.api('GET', `/apps/${app.id}`)).body
    await house.admin.api('DELETE', `/apps/${app.id}`)
    const [received] = await listener.waitFor('ONAPPUNINSTALL')
    const form = new URLSearchParams(received!.body)
    expect([...form.keys()].slice(0, 5)).toEqual(['event', 'event_handler_id', 'data[LANGUAGE_ID]', 'data[CLEAN]', 'ts'])
    expect([form.get('data[LANGUAGE_ID]'), form.get('data[CLEAN]')]).toEqual(['en', '1'])
    expect(authKeys(received!.body)).toEqual(['domain', 'server_endpoint', 'client_endpoint', 'member_id', 'application_token'])
    expect(form.get('auth[application_token]')).toBe(applicationToken)
    const watcher = await addApp()
    await watcher.call('event.bind', { event: 'OnCrmContactAdd', handler: `${listener.url}?watcher` })
    await house.addContact({ NAME: 'After' })
    await listener.waitFor('ONCRMCONTACTADD')
    expect(listener.received.map((one) => one.path)).toEqual(['/handler', '/handler?watcher'])
  })
})

describe('ONAPPUPDATE', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  afterAll(() => listener.close())
  const card = async (app: TestApp) => (await house.admin.api('GET', `/apps/${app.id}`)).body
  const formOf = async (event: string): Promise<URLSearchParams> =>
    new URLSearchParams((await listener.waitFor(`event=${event}&`)).findLast((one) => one.body.startsWith(`event=${event}&`))!.body)

  test('says both versions, and brings the application token that all later events carry', async () => {
    const app = await addApp()
    for (const event of ['OnAppUpdate', 'OnCrmContactAdd']) await app.call('event.bind', { event, handler: listener.url })
    const before = await card(app)
    const changed = await house.admin.api('PATCH', `/apps/${app.id}`, { version: 3 })
    expect([changed.status, changed.body.version]).toEqual([200, 3])
    const form = await formOf('ONAPPUPDATE')
    expect([...form.keys()].slice(0, 6)).toEqual([
      'event',
      'event_handler_id',
      'data[VERSION]',
      'data[PREVIOUS_VERSION]',
      'data[LANGUAGE_ID]',
      'ts',
    ])
    expect([form.get('data[VERSION]'), form.get('data[PREVIOUS_VERSION]'), form.get('data[LANGUAGE_ID]')]).toEqual(['3', '1', 'en'])
    const { applicationToken } = await card(app)
    expect(applicationToken).not.toBe(before.applicationToken)
    expect(form.get('auth[application_token]')).toBe(applicationToken)
    expect((await byRefresh(app, form.get('auth[refresh_token]')!)).status).toBe(200)
    await house.addContact({ NAME: 'After' })
    expect((await formOf('ONCRMCONTACTADD')).get('auth[application_token]')).toBe(applicationToken)
    expect((await app.call('app.info')).body.result.VERSION).toBe(3)
    expect(before.handlers.map(({ id }: { id: number }) => id)).toEqual((await card(app)).handlers.map(({ id }: { id: number }) => id))
  })

  test('is not said when the version stays, and its token stays with it', async () => {
    const app = await addApp()
    const own = await startListener()
    try {
      await app.call('event.bind', { event: 'OnAppUpdate', handler: own.url })
      const { applicationToken } = await card(app)
      await house.admin.api('PATCH', `/apps/${app.id}`, { version: 1, title: 'Another name' })
      expect((await card(app)).applicationToken).toBe(applicationToken)
      await app.call('event.bind', { event: 'OnAppTest', handler: own.url })
      await app.call('event.test')
      await own.waitFor('ONAPPTEST')
      expect(own.received.map(({ body }) => new URLSearchParams(body).get('event'))).toEqual(['ONAPPTEST'])
    } finally {
      await own.close()
    }
  })

  test('that nobody listens to leaves the application token: the app would take later events for forged ones', async () => {
    const app = await addApp()
    const { applicationToken } = await card(app)
    expect((await house.admin.api('PATCH', `/apps/${app.id}`, { version: 2 })).body.version).toBe(2)
    expect((await card(app)).applicationToken).toBe(applicationToken)
  })

  test('needs a version that is a whole number from 1 on', async () => {
    const app = await addApp()
    for (const version of [0, -1, 1.5, '2', null, 1_000_001])
      expect((await house.admin.api('PATCH', `/apps/${app.id}`, { version })).status, String(version)).toBe(422)
    expect((await card(app)).version).toBe(1)
  })
})

describe('behind a proxy, with a public URL', () => {
  let behind: TestPortal
  beforeAll(async () => {
    behind = await startPortal({ settings: { publicUrl: 'https://crm.example.org:8443', trustedProxies: ['loopback'] } })
  })
  afterAll(() => behind.stop())

  test('every address that is given out is built from it, whatever Host a client sends', async () => {
    const app = await behind.addApp()
    const { get } = await import('node:http')
    const ask = (path: string, host: string): Promise<{ client_endpoint: string; server_endpoint: string; domain: string }> =>
      new Promise((resolve, reject) => {
        get(behind.url + path, { headers: { host, 'x-forwarded-host': 'evil.example.net', 'x-forwarded-proto': 'http' } }, (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('end', () => resolve(JSON.parse(text)))
        }).on('error', reject)
      })
    for (const host of ['oauth.bitrix.info', 'evil.example.net', 'crm.example.org']) {
      const answer = await ask(
        `/oauth/token/?${new URLSearchParams({ grant_type: 'refresh_token', client_id: app.clientId, client_secret: app.clientSecret, refresh_token: app.refreshToken })}`,
        host,
      )
      expect(answer).toMatchObject({
        domain: 'crm.example.org:8443',
        client_endpoint: 'https://crm.example.org:8443/rest/',
        server_endpoint: 'https://crm.example.org:8443/rest/',
      })
    }
    const hook = (await behind.admin.api('POST', '/webhooks/incoming', { title: 'Hook', scope: ['crm'], userId: behind.admin.userId })).body
      .url as string
    expect(hook.startsWith(`https://crm.example.org:8443/rest/${behind.admin.userId}/`)).toBe(true)
    expect((await request(hook.replace('https://crm.example.org:8443', behind.url) + 'profile')).status).toBe(200)
  })
})
