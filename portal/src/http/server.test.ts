/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-return -- the tests look into JSON of any shape */
import { createServer as createReceiver, request as httpRequest, type Server } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { hashPassword } from '../directory/sign-in.ts'
import { createLog } from '../log.ts'
import { createPortal } from '../portal.ts'

type Json = Record<string, any> // oxlint-disable-line typescript/no-explicit-any

let folder: string
let base: string
let portal: Awaited<ReturnType<typeof createPortal>>
let offsetMs = 0
let cookie: string
let webhook: string
let adminId: number
let agentId: number
let receiver: Server
let receiverUrl: string
const received: Array<{ url: string; body: URLSearchParams }> = []
let receiverStatus = 200

const clock: Clock = { now: () => systemClock.now() + offsetMs, at: (time, fn) => systemClock.at(time - offsetMs, fn) }

async function freePort(): Promise<number> {
  const server = createNetServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it did not come')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookswitch-http-'))
  const port = await freePort()
  const config = loadConfig({
    env: {},
    dataDir: folder,
    overrides: {
      port,
      ...(process.env['TEST_DATABASE'] && { databaseUrl: process.env['TEST_DATABASE'] }),
      outbound: { allowPrivate: 'loopback' },
      bodies: { maxBytes: 100_000 },
      recordings: { maxBytes: 1_000_000 },
    },
  })
  portal = await createPortal(config, { clock, log: createLog('silent'), webFolder: join(folder, 'no-web') })
  const { id: portalId } = (await portal.portals.first())!
  const passwordHash = await hashPassword('correct horse')
  adminId = (
    await portal.users.create(portalId, {
      email: 'Ann@example.com',
      passwordHash,
      name: 'Ann',
      lastName: 'Admin',
      isAdmin: true,
      extension: '101',
    })
  ).id
  agentId = (
    await portal.users.create(portalId, { email: 'bob@example.com', passwordHash, name: 'Bob', lastName: 'Ёлкин', extension: '102' })
  ).id
  receiver = createReceiver((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      received.push({ url: request.url ?? '', body: new URLSearchParams(body) })
      response.writeHead(receiverStatus).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  await portal.start()
  base = `http://127.0.0.1:${port}`
  cookie = (await signIn('ann@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
  const made = await own('POST', '/webhooks/incoming', { title: 'tests', scope: ['crm', 'user', 'telephony'] })
  webhook = ((await made.json()) as Json)['url']
}, 30_000)

afterAll(async () => {
  await portal.stop()
  await new Promise((resolve) => receiver.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

function signIn(email: string, password: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${base}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ email, password }),
  })
}

function own(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${base}/v1${path}`, {
    method,
    headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function post(
  url: string,
  body: string | FormData,
  contentType?: string,
): Promise<{ status: number; json: Json; type: string | null }> {
  const response = await fetch(url, { method: 'POST', body, ...(contentType && { headers: { 'content-type': contentType } }) })
  return { status: response.status, json: (await response.json()) as Json, type: response.headers.get('content-type') }
}

async function get(url: string, headers: Record<string, string> = {}): Promise<{ status: number; json: Json }> {
  const response = await fetch(url, { headers })
  return { status: response.status, json: (await response.json()) as Json }
}

/** A path as it is, which fetch would tidy up. */
function rawGet(path: string): Promise<{ status: number; json: Json }> {
  const { port } = new URL(base)
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Json }))
    })
      .on('error', reject)
      .end()
  })
}

async function newApp(input: Json = {}): Promise<{ id: number; clientId: string; clientSecret: string }> {
  const response = await own('POST', '/apps', {
    title: 'Phone',
    kind: 'ui',
    url: `${receiverUrl}/app?x=1`,
    scope: ['crm', 'user', 'telephony'],
    ...input,
  })
  const { app, clientSecret } = (await response.json()) as Json
  return { id: app.id, clientId: app.clientId, clientSecret }
}

async function authorize(clientId: string, as = cookie): Promise<URL> {
  const response = await fetch(`${base}/oauth/authorize/?client_id=${clientId}&state=s%20%26`, {
    redirect: 'manual',
    headers: { cookie: as },
  })
  return new URL(response.headers.get('location')!, base)
}

async function tokensOf(app: { clientId: string; clientSecret: string }): Promise<Json> {
  const code = (await authorize(app.clientId)).searchParams.get('code')!
  return (
    await get(`${base}/oauth/token/?grant_type=authorization_code&client_id=${app.clientId}&client_secret=${app.clientSecret}&code=${code}`)
  ).json
}

describe('a REST address', () => {
  it.each(['profile', 'profile.json', 'profile/', 'PROFILE', '/profile/', 'Profile.JSON/'])(
    'is understood as %j below a webhook',
    async (tail) => {
      const { pathname } = new URL(webhook)
      const { status, json } = await rawGet(`${pathname}${tail}`)
      expect(status).toBe(200)
      expect(json['result']).toMatchObject({ ID: String(adminId), ADMIN: true, NAME: 'Ann' })
    },
  )

  it.each(['/rest/app.info', '/rest//app.info', '//rest/app.info.json', '/rest//rest/app.info', '/rest/app.info/'])(
    'is understood as %j with a token',
    async (path) => {
      const tokens = await tokensOf(await newApp())
      const { status, json } = await rawGet(`${path}?auth=${tokens['access_token']}&bx24_request_id=1`)
      expect([status, json['result']?.INSTALLED, typeof json['result']?.ID]).toEqual([200, true, 'number'])
    },
  )

  it('below /rest/api is refused as REST 3.0, which is not served', async () => {
    const { status, json } = await get(`${base}/rest/api/telephony.call.list?auth=x`)
    expect([status, json['error'].code]).toEqual([404, 'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION'])
  })

  it.each([
    ['/rest/profile', 401, 'NO_AUTH_FOUND'],
    ['/rest/profile?auth=zzz', 401, 'invalid_token'],
    ['/rest/1/wrong/profile', 401, 'NO_AUTH_FOUND'],
    ['/rest/99999999999999999999/wrong/profile', 401, 'NO_AUTH_FOUND'],
    ['/rest/', 401, 'NO_AUTH_FOUND'],
    ['/rest/profile?auth[a]=1', 401, 'NO_AUTH_FOUND'],
    ['/rest/%zz', 400, 'INVALID_REQUEST'],
  ])('%s answers %i %s, never a bug', async (path, status, code) => {
    const answer = await rawGet(path)
    expect(answer.status).toBe(status)
    expect(answer.json['error'] ?? 'INVALID_REQUEST').toBe(code)
  })

  it('names an unknown method and a missing scope', async () => {
    expect(await get(`${webhook}no.such.method`)).toMatchObject({
      status: 404,
      json: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' },
    })
    expect(await get(`${webhook}department.get`)).toMatchObject({ status: 200 })
    const narrow = ((await (await own('POST', '/webhooks/incoming', { title: 'narrow', scope: ['telephony'] })).json()) as Json)['url']
    expect(await get(`${narrow}user.get`)).toMatchObject({ status: 403, json: { error: 'insufficient_scope' } })
    expect(await get(`${webhook}app.info`)).toMatchObject({
      status: 400,
      json: { error: 'ACCESS_DENIED', error_description: 'Access denied! Application context required' },
    })
  })
})

describe('a REST body', () => {
  it('counts more than the query, in JSON, form and multipart', async () => {
    const url = `${webhook}user.get?FILTER[ID]=${adminId}&order=ASC`
    const form = new FormData()
    form.set('FILTER[ID]', String(agentId))
    for (const answer of [
      await post(url, JSON.stringify({ FILTER: { ID: agentId } }), 'application/json'),
      await post(url, `FILTER%5BID%5D=${agentId}`, 'application/x-www-form-urlencoded'),
      await post(url, form),
      await post(url, JSON.stringify({ FILTER: { ID: agentId } }), 'text/plain'),
    ]) {
      expect(answer.json['result'].map((user: Json) => user['ID'])).toEqual([String(agentId)])
      expect(answer.type).toBe('application/json; charset=UTF-8')
      expect(answer.json['total']).toBe(1)
    }
    expect((await get(url)).json['result'][0].ID).toBe(String(adminId))
  })

  it('may hold the token, and an empty list where a map is meant', async () => {
    const tokens = await tokensOf(await newApp())
    expect((await post(`${base}/rest/profile`, JSON.stringify({ auth: tokens['access_token'] }), 'application/json')).status).toBe(200)
    expect((await post(`${base}/rest/profile`, `auth=${tokens['access_token']}`, 'application/x-www-form-urlencoded')).status).toBe(200)
    expect((await post(`${webhook}profile`, '[]', 'application/json')).status).toBe(200)
    expect((await get(`${base}/rest/profile`, { authorization: `Bearer ${tokens['access_token']}` })).status).toBe(200)
  })

  it.each([
    ['{', 'application/json'],
    ['"text"', 'application/json'],
    [
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`.slice(0, 90_000).replace(/^.*$/s, `${'['.repeat(40_000)}${']'.repeat(40_000)}`),
      'application/json',
    ],
    [`{"a":${'{"b":'.repeat(40)}1${'}'.repeat(40)}}`, 'application/json'],
    [`a${'[b]'.repeat(40)}=1`, 'application/x-www-form-urlencoded'],
    ['x', 'multipart/form-data'],
    ['x', 'multipart/form-data; boundary=b'],
  ])('that cannot be read is refused with 400: %.20s', async (body, type) => {
    const answer = await post(`${webhook}profile`, body, type)
    expect([answer.status, answer.json['error']]).toEqual([400, 'INVALID_REQUEST'])
  })

  it('past its limit is refused with 413 that names the setting, and the connection lives on', async () => {
    const answer = await post(`${webhook}profile`, JSON.stringify({ x: 'y'.repeat(200_000) }), 'application/json')
    expect([answer.status, answer.json['error']]).toEqual([413, 'INVALID_REQUEST'])
    expect(answer.json['error_description']).toContain('bodies.maxBytes')
    const streamed = await fetch(`${webhook}profile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['y'.repeat(300_000)]).stream(),
      duplex: 'half',
    })
    expect(streamed.status).toBe(413)
    const large = await post(
      `${webhook}telephony.externalCall.attachRecord`,
      JSON.stringify({ CALL_ID: 'x', FILENAME: 'a.mp3', FILE_CONTENT: 'A'.repeat(300_000) }),
      'application/json',
    )
    expect(large.status).toBe(400)
    const tooLarge = await post(
      `${webhook}telephony.externalCall.attachRecord`,
      JSON.stringify({ FILE_CONTENT: 'A'.repeat(2_000_000) }),
      'application/json',
    )
    expect(tooLarge.status).toBe(413)
    expect(tooLarge.json['error_description']).toContain('recordings.maxBytes')
  })

  it('is not read for a stranger when the address tells who calls', async () => {
    const answer = await post(`${base}/rest/1/wrong/telephony.externalCall.attachRecord`, 'x'.repeat(50_000), 'application/json')
    expect([answer.status, answer.json['error']]).toEqual([401, 'NO_AUTH_FOUND'])
  })

  it('may come from any origin, but never with a cookie', async () => {
    const response = await fetch(`${base}/rest/profile`, { method: 'OPTIONS', headers: { origin: 'https://app.example' } })
    expect([
      response.status,
      response.headers.get('access-control-allow-origin'),
      response.headers.get('access-control-allow-credentials'),
    ]).toEqual([204, '*', null])
    expect((await get(`${base}/rest/profile`, { cookie })).status).toBe(401)
  })
})

describe('user.get', () => {
  it('answers the types that connectors rely on', async () => {
    const { json } = await get(`${webhook}user.get?UF_PHONE_INNER=102`)
    expect(json['result'][0]).toMatchObject({
      ID: String(agentId),
      ACTIVE: true,
      UF_PHONE_INNER: '102',
      UF_DEPARTMENT: [],
      IS_ONLINE: 'N',
      TIMESTAMP_X: {},
    })
    expect(json).toMatchObject({ total: 1, time: { operating: expect.any(Number) } })
    expect(json).not.toHaveProperty('next')
  })

  it.each([
    ['ACTIVE=true&USER_TYPE=employee', 2],
    ['ACTIVE=N', 0],
    ['filter[UF_PHONE_INNER][]=101&filter[UF_PHONE_INNER][]=102', 2],
    ['filter[!UF_PHONE_INNER]=101', 1],
    ['FILTER[>ID]=0&start=-1&order=ASC', 2],
    ['FILTER[NAME_SEARCH]=елк', 1],
    ['FILTER[%25LAST_NAME]=dm', 1],
    ['FILTER[@ID][]=abc', 0],
    ['ID=0', 0],
  ])('finds by %s: %i', async (query, count) => {
    const { json } = await get(`${webhook}user.get?${query}`)
    expect(json['result']).toHaveLength(count)
    expect('total' in json).toBe(!query.includes('start=-1'))
  })

  it('sorts and selects', async () => {
    const { json } = await post(
      `${webhook}user.get`,
      JSON.stringify({ sort: 'UF_PHONE_INNER', order: 'desc', select: ['ID', 'UF_PHONE_INNER'] }),
      'application/json',
    )
    expect(json['result']).toEqual([
      { ID: String(agentId), UF_PHONE_INNER: '102' },
      { ID: String(adminId), UF_PHONE_INNER: '101' },
    ])
  })
})

describe('the code flow', () => {
  it('redirects to the address of the app with what the contract lists, and gives tokens once', async () => {
    const app = await newApp()
    expect(app.clientId).toMatch(/^local\.[0-9a-f]+\.\d+$/)
    expect(app.clientSecret).toMatch(/^[A-Za-z0-9]{50}$/)
    const target = await authorize(app.clientId)
    expect(target.href.startsWith(`${receiverUrl}/app?x=1`)).toBe(true)
    expect(Object.fromEntries(target.searchParams)).toMatchObject({
      state: 's &',
      domain: new URL(base).host,
      scope: 'crm,user,telephony',
      server_domain: new URL(base).host,
    })
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: app.clientSecret,
      code: target.searchParams.get('code')!,
    })
    const first = await post(`${base}/rest//oauth/token/`, form.toString(), 'application/x-www-form-urlencoded')
    expect(Object.keys(first.json)).toEqual([
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
    ])
    expect(first.json).toMatchObject({
      expires_in: 3600,
      status: 'L',
      user_id: adminId,
      client_endpoint: `${base}/rest/`,
      server_endpoint: `${base}/rest/`,
    })
    expect(first.json['access_token']).toMatch(/^[0-9a-f]{70}$/)
    expect(Number.parseInt(first.json['access_token'].slice(24, 32), 16)).toBe(adminId)
    expect(Buffer.from(first.json['access_token'].slice(0, 8), 'hex').readUInt32LE()).toBe(first.json['expires'])
    const second = await post(`${base}/oauth/token/`, form.toString(), 'application/x-www-form-urlencoded')
    expect([second.status, second.json['error']]).toEqual([400, 'invalid_grant'])
  })

  it('gives nothing for a code that is older than 30 seconds', async () => {
    const app = await newApp()
    const code = (await authorize(app.clientId)).searchParams.get('code')!
    offsetMs += 31_000
    const late = await get(
      `${base}/oauth/token/?grant_type=authorization_code&client_id=${app.clientId}&client_secret=${app.clientSecret}&code=${code}`,
    )
    expect([late.status, late.json['error']]).toEqual([400, 'invalid_grant'])
  })

  it('sends who is not signed in to the sign-in page and back', async () => {
    const app = await newApp()
    const target = await authorize(app.clientId, '')
    expect(target.pathname).toBe('/sign-in')
    expect(target.searchParams.get('next')).toBe(`/oauth/authorize/?client_id=${app.clientId}&state=s%20%26`)
  })

  it('shows its refusals to the person, escaped', async () => {
    const response = await fetch(`${base}/oauth/authorize/?client_id=%3Cscript%3E`, { headers: { cookie }, redirect: 'manual' })
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/html; charset=UTF-8'])
    expect(await response.text()).not.toContain('<script>')
  })

  it('refreshes; the old refresh token lives for another minute', async () => {
    const app = await newApp()
    const tokens = await tokensOf(app)
    const refresh = (token: string) =>
      post(
        `${base}/oauth/token/`,
        JSON.stringify({ grant_type: 'refresh_token', client_id: app.clientId, client_secret: app.clientSecret, refresh_token: token }),
        'application/json',
      )
    const next = await refresh(tokens['refresh_token'])
    expect(next.status).toBe(200)
    expect(next.json['refresh_token']).not.toBe(tokens['refresh_token'])
    expect((await refresh(tokens['refresh_token'])).status).toBe(200)
    offsetMs += 61_000
    expect(await refresh(tokens['refresh_token'])).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect((await refresh(next.json['refresh_token'])).status).toBe(200)
  })

  it.each([
    [{}, 400, 'invalid_request'],
    [{ grant_type: 'password' }, 400, 'invalid_request'],
    [{ grant_type: 'refresh_token', client_id: 'x', client_secret: 'y', refresh_token: 'z' }, 401, 'invalid_client'],
    [{ grant_type: 'refresh_token', client_id: ['x'], client_secret: {}, refresh_token: 'z' }, 401, 'invalid_client'],
  ])('answers %j with %i %s', async (body, status, code) => {
    expect(await post(`${base}/oauth/token/`, JSON.stringify(body), 'application/json')).toMatchObject({ status, json: { error: code } })
  })

  it('gives tokens that end after an hour, and no token that was changed by a digit', async () => {
    const { access_token: token } = await tokensOf(await newApp())
    const changed = `${token.slice(0, 31)}${token[31] === '0' ? '1' : '0'}${token.slice(32)}`
    expect(await get(`${base}/rest/profile?auth=${changed}`)).toMatchObject({ status: 401, json: { error: 'invalid_token' } })
    offsetMs += 3_600_000
    expect(await get(`${base}/rest/profile?auth=${token}`)).toMatchObject({
      status: 401,
      json: { error: 'expired_token', error_description: 'The access token provided has expired' },
    })
  })
})

describe('an app', () => {
  it('that uses only the API is installed at once and called back with all it needs', async () => {
    received.length = 0
    const app = await newApp({ kind: 'api', url: '', installUrl: `${receiverUrl}/install` })
    await until(() => received.length > 0)
    const body = Object.fromEntries(received[0]!.body)
    expect(Object.keys(body)).toEqual([
      'event',
      'data[VERSION]',
      'data[ACTIVE]',
      'data[INSTALLED]',
      'data[LANGUAGE_ID]',
      'ts',
      'auth[access_token]',
      'auth[expires]',
      'auth[expires_in]',
      'auth[scope]',
      'auth[domain]',
      'auth[server_endpoint]',
      'auth[status]',
      'auth[client_endpoint]',
      'auth[member_id]',
      'auth[user_id]',
      'auth[refresh_token]',
      'auth[application_token]',
    ])
    expect(body).toMatchObject({ event: 'ONAPPINSTALL', 'auth[user_id]': String(adminId), 'auth[client_endpoint]': `${base}/rest/` })
    expect((await get(`${base}/rest/app.info?auth=${body['auth[access_token]']}`)).json['result'].INSTALLED).toBe(true)
    await until(async () => ((await (await own('GET', `/apps/${app.id}`)).json()) as Json)['installProblem'] === null)
  })

  it('whose callback fails says why and is called again', async () => {
    received.length = 0
    receiverStatus = 500
    const app = await newApp({ kind: 'api', installUrl: `${receiverUrl}/install` })
    const card = async (): Promise<Json> => (await (await own('GET', `/apps/${app.id}`)).json()) as Json
    await until(async () => (await card())['installProblem'] !== null)
    receiverStatus = 200
    await until(() => received.length > 1)
    await until(async () => (await card())['installProblem'] === null)
  })

  it('with an install page is shown to administrators only until the installation is finished', async () => {
    const app = await newApp({ installUrl: `${receiverUrl}/setup` })
    const agentCookie = (await signIn('bob@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
    const frame = (await (await own('POST', `/apps/${app.id}/frame`, {})).json()) as Json
    expect(frame['action']).toContain('/setup?')
    expect(frame).toMatchObject({
      install: true,
      initData: { INSTALL: true, IS_ADMIN: true },
      fields: { PLACEMENT: 'DEFAULT', status: 'L' },
    })
    expect(JSON.parse(frame['fields'].PLACEMENT_OPTIONS)).toHaveProperty('URI')
    expect(new URL(frame['action']).searchParams.get('APP_SID')).toMatch(/^[0-9a-f]{32}$/)
    const refused = await own('POST', `/apps/${app.id}/frame`, {}, { cookie: agentCookie })
    expect([refused.status, ((await refused.json()) as Json)['code']]).toEqual([409, 'app_not_installed'])
    expect((await own('POST', `/apps/${app.id}/install-finish`, {}, { cookie: agentCookie })).status).toBe(403)
    expect(((await (await own('POST', `/apps/${app.id}/install-finish`, {})).json()) as Json)['installed']).toBe(true)
    expect((await own('POST', `/apps/${app.id}/frame`, {}, { cookie: agentCookie })).status).toBe(200)
  })

  it('that is uninstalled is told without tokens, and its tokens are dead', async () => {
    const app = await newApp()
    const tokens = await tokensOf(app)
    const bound = await post(
      `${base}/rest/event.bind`,
      JSON.stringify({ auth: tokens['access_token'], event: 'onAppUninstall', handler: `${receiverUrl}/bye` }),
      'application/json',
    )
    expect(bound.json['result']).toBe(true)
    received.length = 0
    expect((await own('DELETE', `/apps/${app.id}`)).status).toBe(204)
    expect(await get(`${base}/rest/profile?auth=${tokens['access_token']}`)).toMatchObject({
      status: 401,
      json: { error: 'invalid_token' },
    })
    await until(() => received.length > 0)
    const body = Object.fromEntries(received[0]!.body)
    expect(body).toMatchObject({ event: 'ONAPPUNINSTALL', 'data[CLEAN]': '1' })
    expect(Object.keys(body).filter((key) => key.startsWith('auth'))).toEqual([
      'auth[domain]',
      'auth[server_endpoint]',
      'auth[client_endpoint]',
      'auth[member_id]',
      'auth[application_token]',
    ])
    expect(
      await post(
        `${base}/oauth/token/`,
        new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: app.clientId,
          client_secret: app.clientSecret,
          refresh_token: tokens['refresh_token'],
        }).toString(),
      ),
    ).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
  })

  it('keeps options for itself and for each user', async () => {
    const { access_token: auth } = await tokensOf(await newApp())
    expect((await get(`${base}/rest/app.option.get?auth=${auth}`)).json['result']).toEqual([])
    await post(`${base}/rest/app.option.set`, JSON.stringify({ auth, options: { a: { b: 1 } } }), 'application/json')
    await post(`${base}/rest/user.option.set`, `auth=${auth}&options[a]=mine`, 'application/x-www-form-urlencoded')
    expect((await get(`${base}/rest/app.option.get?auth=${auth}&option=a`)).json['result']).toEqual({ b: 1 })
    expect((await get(`${base}/rest/user.option.get?auth=${auth}`)).json['result']).toEqual({ a: 'mine' })
    expect((await get(`${base}/rest/app.option.set?auth=${auth}`)).json['error']).toBe('ArgumentNullException')
    expect((await get(`${webhook}app.option.get`)).json['error']).toBe('AccessException')
  })

  it.each([
    [{ url: 'javascript:alert(1)' }, 'bad_url'],
    [{ url: '' }, 'bad_url'],
    [{ scope: ['everything'] }, 'unknown_scope'],
    [{ kind: 'api', installUrl: 'http://169.254.169.254/' }, 'blocked_url'],
    [{ kind: 'api', installUrl: 'http://10.0.0.1/' }, 'blocked_url'],
  ])('cannot be saved as %j', async (input, code) => {
    const response = await own('POST', '/apps', { title: 'x', kind: 'ui', url: 'https://a.example/', scope: [], ...input })
    expect([response.status, ((await response.json()) as Json)['code']]).toEqual([422, code])
  })
})

describe('the own API', () => {
  it('answers nobody who is not signed in, and shows admin things to admins only', async () => {
    for (const path of ['/session', '/users', '/apps', '/webhooks/incoming', '/live'])
      expect((await fetch(`${base}/v1${path}`)).status, path).toBe(401)
    const agentCookie = (await signIn('bob@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
    const refused = await own('GET', '/webhooks/incoming', undefined, { cookie: agentCookie })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, expect.stringContaining('application/problem+json')])
  })

  it.each([
    ['POST', { origin: 'https://evil.example' }],
    ['POST', { origin: 'null' }],
    ['POST', { origin: 'http://127.0.0.1:1' }],
    ['POST', { 'sec-fetch-site': 'same-site' }],
    ['DELETE', { origin: 'https://evil.example' }],
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s of another page: %j', async (method, headers) => {
    const { port } = new URL(base)
    // fetch does not let a program set sec-fetch-site
    const status = await new Promise<number>((resolve, reject) => {
      const path = method === 'DELETE' ? '/v1/apps/1' : method === 'GET' ? '/v1/users' : '/v1/webhooks/incoming'
      httpRequest(
        { host: '127.0.0.1', port, path, method, headers: { cookie, 'content-type': 'application/json', ...headers } },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
        .on('error', reject)
        .end(method === 'POST' ? '{"title":"x","scope":[]}' : undefined)
    })
    expect(status).toBe(403)
  })

  it('takes writes of its own pages', async () => {
    expect((await own('PATCH', '/me', { language: 'ru' }, { origin: base, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  it('takes JSON only, and says what is wrong with it', async () => {
    const form = await fetch(`${base}/v1/me`, {
      method: 'PATCH',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'language=en',
    })
    expect(form.status).toBe(415)
    const wrong = await own('PATCH', '/me', { language: 'xx' })
    expect([wrong.status, ((await wrong.json()) as Json)['detail']]).toEqual([422, expect.stringContaining('body language')])
    expect((await own('GET', '/nothing')).status).toBe(404)
    expect((await own('GET', '/apps/abc')).status).toBe(404)
  })

  it('describes itself', async () => {
    const { json } = await get(`${base}/v1/openapi.json`)
    expect(json['paths']['/apps/{id}']).toHaveProperty('patch')
    expect(json['servers'][0].url).toBe(`${base}/v1`)
    expect(Object.keys(json['paths']['/live'].get.responses['200'].content)).toEqual(['text/event-stream'])
  })

  it('keeps users apart: an extension has one owner, the last admin stays', async () => {
    const taken = await own('POST', '/users', { email: 'carl@example.com', extension: '101' })
    expect([taken.status, ((await taken.json()) as Json)['code']]).toEqual([409, 'extension_taken'])
    const added = (await (await own('POST', '/users', { email: 'carl@example.com', name: 'Carl', extension: '103' })).json()) as Json
    expect(added['password']).toMatch(/^[a-z2-9-]{20,}$/)
    const carlCookie = (await signIn('carl@example.com', added['password'])).headers.get('set-cookie')!.split(';')[0]!
    expect((await own('GET', '/session', undefined, { cookie: carlCookie })).status).toBe(200)
    expect((await own('PATCH', `/users/${added['id']}`, { isActive: false })).status).toBe(200)
    expect((await own('GET', '/session', undefined, { cookie: carlCookie })).status).toBe(401)
    expect((await signIn('carl@example.com', added['password'])).status).toBe(401)
    expect((await own('PATCH', `/users/${adminId}`, { isAdmin: false })).status).toBe(409)
  })

  it('tells a browser what changed, and resumes from the last id', async () => {
    const first = await openLive()
    await own('PATCH', `/users/${agentId}`, { workPosition: 'Sales' })
    const [names, id] = await first.next()
    expect(names).toContain('users')
    first.close()
    await own('PATCH', `/users/${agentId}`, { workPosition: 'Support' })
    const again = await openLive(id)
    expect((await again.next())[0]).toContain('users')
    again.close()
    const stranger = await openLive('other.5')
    expect((await stranger.next())[0]).toEqual(['*'])
    stranger.close()
  })
})

async function openLive(lastEventId?: string): Promise<{ next(): Promise<[string[], string]>; close(): void }> {
  const abort = new AbortController()
  const response = await fetch(`${base}/v1/live`, {
    headers: { cookie, ...(lastEventId && { 'last-event-id': lastEventId }) },
    signal: abort.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    async next() {
      for (;;) {
        const match = /(?:id: (\S+)\n)?event: changed\ndata: (.*)\n\n/.exec(text)
        if (match) {
          text = text.slice(match.index + match[0].length)
          return [(JSON.parse(match[2]!) as { names: string[] }).names, match[1] ?? '']
        }
        text += (await reader.read()).value ?? ''
      }
    },
    close: () => abort.abort(),
  }
}

describe('signing in', () => {
  it('gives a cookie that scripts and other sites do not get', async () => {
    const response = await signIn(' ANN@example.com ', 'correct horse')
    expect(response.headers.get('set-cookie')).toMatch(/^hookswitch_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/)
    expect(((await response.json()) as Json)['user']).toMatchObject({ id: adminId, isAdmin: true, name: 'Ann Admin' })
  })

  it('is slowed down after failures, for known and unknown addresses alike', async () => {
    for (const email of ['nobody@example.com', 'bob@example.com']) {
      const answers: number[] = []
      for (let tries = 0; tries < 6; tries++) answers.push((await signIn(email, 'wrong')).status)
      expect(answers).toEqual([401, 401, 401, 401, 401, 429])
      const throttled = await signIn(email, 'correct horse')
      expect([throttled.status, Number(throttled.headers.get('retry-after'))]).toEqual([429, 1])
    }
    offsetMs += 2000
    expect((await signIn('bob@example.com', 'correct horse')).status).toBe(200)
  })

  it('ends when the person signs out, and 30 days after the last use', async () => {
    const mine = (await signIn('ann@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
    const other = (await signIn('ann@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
    expect((await own('DELETE', '/session', undefined, { cookie: mine })).status).toBe(204)
    expect((await own('GET', '/session', undefined, { cookie: mine })).status).toBe(401)
    offsetMs += 29 * 86_400_000
    expect((await own('GET', '/session', undefined, { cookie: other })).status).toBe(200)
    offsetMs += 29 * 86_400_000
    expect((await own('GET', '/session', undefined, { cookie: other })).status).toBe(200)
    offsetMs += 31 * 86_400_000
    expect((await own('GET', '/session', undefined, { cookie: other })).status).toBe(401)
    cookie = (await signIn('ann@example.com', 'correct horse')).headers.get('set-cookie')!.split(';')[0]!
  })
})

describe('the pages', () => {
  it('say how to build the web when it is not built, and lock themselves against frames', async () => {
    const response = await fetch(`${base}/contacts/4`)
    expect([response.status, response.headers.get('content-security-policy')]).toEqual([
      503,
      expect.stringContaining("frame-ancestors 'none'"),
    ])
    expect(response.headers.get('content-security-policy')).toContain("frame-src 'self';")
    const framePage = await fetch(`${base}/v1/frame-page?origin=${encodeURIComponent(receiverUrl)}`)
    expect(framePage.headers.get('content-security-policy')).toContain(`frame-src ${receiverUrl};`)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('answer health questions', async () => {
    expect(await (await fetch(`${base}/healthz`)).text()).toBe('ok\n')
    expect((await fetch(`${base}/readyz`)).status).toBe(200)
  })
})
