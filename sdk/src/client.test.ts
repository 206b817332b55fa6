import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createPortalClient } from './client.ts'
import { PortalRefusal, PortalUnreachable } from './errors.ts'
import type { Tokens } from './tokens.ts'

interface Seen {
  readonly path: string
  readonly type: string
  readonly body: string
}
type Say = (status: number, body: unknown, headers?: Record<string, string>) => void

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/** A portal reduced to what one test needs, over real HTTP. */
async function listen(answer: (seen: Seen, say: Say) => void) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const one = { path: request.url ?? '', type: request.headers['content-type'] ?? '', body }
      seen.push(one)
      answer(one, (status, value, headers = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
        response.end(typeof value === 'string' ? value : JSON.stringify(value))
      })
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { seen, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const app = { clientId: 'local.0123456789abcd.10000001', clientSecret: 'secret' }
const tokensFor = (origin: string): Tokens => ({
  accessToken: 'old',
  refreshToken: 'refresh-1',
  expiresAt: 0,
  clientEndpoint: `${origin}/rest/`,
  serverEndpoint: `${origin}/rest/`,
})

test('a webhook call is a JSON POST and answers the result', async () => {
  const portal = await listen((_, say) => say(200, { result: true, time: {} }))
  const client = createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` })
  await expect(client.call('telephony.externalCall.show', { CALL_ID: 'externalCall.1' })).resolves.toBe(true)
  expect(portal.seen).toEqual([
    { path: '/rest/1/abc/telephony.externalCall.show', type: 'application/json', body: '{"CALL_ID":"externalCall.1"}' },
  ])
})

test('a refusal carries code, words, status and method, even with HTTP 200 or an empty code', async () => {
  const portal = await listen(({ path }, say) =>
    say(path.endsWith('odd') ? 200 : 400, { error: path.endsWith('odd') ? '' : 'ERROR_CORE', error_description: 'No' }),
  )
  const client = createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` })
  const refusal = await client.call('some.method', { A: 1 }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(PortalRefusal)
  expect(refusal).toMatchObject({
    code: 'ERROR_CORE',
    description: 'No',
    status: 400,
    method: 'some.method',
    params: { A: 1 },
    isTemporary: false,
  })
  await expect(client.call('odd')).rejects.toMatchObject({ name: 'PortalRefusal', code: '', status: 200 })
})

test('no connection, a time-out and a page of a proxy are no answer', async () => {
  const dead = createPortalClient({ webhookUrl: 'http://127.0.0.1:9/rest/1/abc/' })
  await expect(dead.call('profile')).rejects.toBeInstanceOf(PortalUnreachable)
  const portal = await listen(({ path }, say) => (path.endsWith('slow') ? undefined : say(502, '<html>Bad gateway</html>')))
  const client = createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` }, { timeoutMs: 100 })
  await expect(client.call('page')).rejects.toMatchObject({ name: 'PortalUnreachable', status: 502 })
  await expect(client.call('slow')).rejects.toBeInstanceOf(PortalUnreachable)
  servers.at(-1)?.closeAllConnections()
})

test('many calls with an expired token refresh it once, save it, and go on', async () => {
  const saved: Tokens[] = []
  const portal = await listen(({ path, body }, say) => {
    if (path === '/oauth/token/')
      return setTimeout(() => say(200, { access_token: 'new', refresh_token: 'refresh-2', expires: 1_790_003_600, expires_in: 3600 }), 30)
    return (JSON.parse(body) as { auth: string }).auth === 'new'
      ? say(200, { result: 'ok' })
      : say(401, { error: 'expired_token', error_description: 'The access token provided has expired' })
  })
  const client = createPortalClient({ app, tokens: tokensFor(portal.origin), saveTokens: (tokens) => void saved.push(tokens) })
  await expect(Promise.all([1, 2, 3, 4].map((n) => client.call('profile', { n })))).resolves.toEqual(['ok', 'ok', 'ok', 'ok'])
  const refreshes = portal.seen.filter(({ path }) => path === '/oauth/token/')
  expect(refreshes.map(({ body }) => body)).toEqual([
    `grant_type=refresh_token&client_id=${app.clientId}&client_secret=secret&refresh_token=refresh-1`,
  ])
  expect(saved).toEqual([{ ...tokensFor(portal.origin), accessToken: 'new', refreshToken: 'refresh-2', expiresAt: 1_790_003_600_000 }])
})

test('a token refused again after the refresh is a refusal, not a loop', async () => {
  const portal = await listen(({ path }, say) =>
    path === '/oauth/token/'
      ? say(200, { access_token: 'new', refresh_token: 'r2', expires_in: 3600 })
      : say(401, { error: 'invalid_token', error_description: '' }),
  )
  const client = createPortalClient({ app, tokens: tokensFor(portal.origin), saveTokens: () => {} })
  await expect(client.call('profile')).rejects.toMatchObject({ code: 'invalid_token' })
  expect(portal.seen).toHaveLength(3)
})

test('a refused refresh names the token endpoint', async () => {
  const portal = await listen(({ path }, say) =>
    path === '/oauth/token/' ? say(400, { error: 'invalid_grant' }) : say(401, { error: 'expired_token' }),
  )
  const client = createPortalClient({ app, tokens: tokensFor(portal.origin), saveTokens: () => {} })
  await expect(client.call('profile')).rejects.toMatchObject({ name: 'PortalRefusal', code: 'invalid_grant', method: 'oauth/token' })
})

test('a call that was put off waits as told, then grows its own pauses, then gives up', async () => {
  const waits: number[] = []
  let answered = 0
  const portal = await listen((_, say) => {
    answered += 1
    if (answered === 1) return say(429, { error: 'OPERATION_TIME_LIMIT' }, { 'retry-after': '2' })
    return say(503, { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' })
  })
  const sleep = async (ms: number) => void waits.push(ms)
  const client = createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` }, { maxRetries: 3, sleep, random: () => 0.5 })
  await expect(client.call('profile')).rejects.toMatchObject({ code: 'QUERY_LIMIT_EXCEEDED', isTemporary: true })
  expect(waits).toEqual([2000, 1000, 2000])
})

test('a server fault is not sent again by itself', async () => {
  const portal = await listen((_, say) => say(500, { error: 'INTERNAL_SERVER_ERROR' }))
  await expect(createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` }).call('profile')).rejects.toMatchObject({
    isTemporary: true,
  })
  expect(portal.seen).toHaveLength(1)
})

test('a batch is one request, and each command has its own answer', async () => {
  const portal = await listen((_, say) =>
    say(200, {
      result: {
        result: { reg: { CALL_ID: 'c1' } },
        result_error: { fin: { error: 'ERROR_CORE', error_description: 'No' } },
        result_total: [],
        result_next: [],
      },
    }),
  )
  const client = createPortalClient({ webhookUrl: `${portal.origin}/rest/1/abc/` })
  const answers = await client.batch(
    {
      reg: { method: 'telephony.externalCall.register', params: { PHONE_NUMBER: '+15550100', TYPE: 2 } },
      fin: { method: 'telephony.externalCall.finish', params: { CALL_ID: '$result[reg][CALL_ID]' } },
      late: { method: 'profile' },
    },
    { halt: true },
  )
  expect(answers.reg).toEqual({ ok: true, result: { CALL_ID: 'c1' } })
  expect(answers.fin).toMatchObject({ ok: false, refusal: { code: 'ERROR_CORE', method: 'telephony.externalCall.finish' } })
  expect(answers.late).toEqual({ ok: false, skipped: true })
  expect(JSON.parse(portal.seen[0]!.body)).toEqual({
    halt: 1,
    cmd: {
      reg: 'telephony.externalCall.register?PHONE_NUMBER=%2B15550100&TYPE=2',
      fin: 'telephony.externalCall.finish?CALL_ID=%24result%5Breg%5D%5BCALL_ID%5D',
      late: 'profile?',
    },
  })
})

test('51 commands are refused before anything is sent', async () => {
  const client = createPortalClient({ webhookUrl: 'http://127.0.0.1:9/' })
  const commands = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`c${i}`, { method: 'profile' }]))
  await expect(client.batch(commands)).rejects.toBeInstanceOf(RangeError)
})

test('a recording goes to the upload URL as the multipart field that the portal named', async () => {
  let origin = ''
  const portal = await listen(({ path }, say) =>
    path.startsWith('/rest/upload.json')
      ? say(200, { result: { FILE_ID: 9 } })
      : say(200, { result: { uploadUrl: `${origin}/rest/upload.json?token=t`, fieldName: 'file' } }),
  )
  origin = portal.origin
  const client = createPortalClient({ webhookUrl: `${origin}/rest/1/abc/` })
  await expect(client.attachRecord('c1', { fileName: 'c1.wav', content: new Blob(['RIFF']) })).resolves.toEqual({ FILE_ID: 9 })
  expect(JSON.parse(portal.seen[0]!.body)).toEqual({ CALL_ID: 'c1', FILENAME: 'c1.wav' })
  expect(portal.seen[1]!.type).toMatch(/^multipart\/form-data; boundary=/)
  expect(portal.seen[1]!.body).toContain('name="file"; filename="c1.wav"')
  expect(portal.seen[1]!.body).toContain('RIFF')
})
