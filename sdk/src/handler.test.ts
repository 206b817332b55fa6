import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { accept, createEventHandler, refuse, type HandlerSettings, type PortalEvent } from './handler.ts'
import { createInstallReceiver, type Installation } from './install.ts'
import { nodeListener } from './node-http.ts'
import { encodePhpForm } from './php-form.ts'
import { signBody } from './signature.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const token = '0123456789abcdef0123456789abcdef'
const auth = { domain: 'crm.example.org', member_id: 'f'.repeat(32), client_endpoint: 'x', server_endpoint: 'x', application_token: token }
const click = encodePhpForm({
  event: 'ONEXTERNALCALLSTART',
  event_handler_id: 12,
  data: { PHONE_NUMBER: '+1 555 0100', PHONE_NUMBER_INTERNATIONAL: '+15550100', USER_ID: 5, CALL_ID: 'externalCall.1' },
  ts: 1_790_000_000,
  auth,
})
const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', connection: 'close', ...headers } })

function start(overrides: Partial<HandlerSettings> = {}) {
  const errors: unknown[] = []
  const handler = createEventHandler({ applicationToken: () => token, onError: (error) => errors.push(error), ...overrides })
  return { handler, errors, url: serve(nodeListener(handler)) }
}

test('a verified event reaches its listener as nested data, and 200 with its headers goes back', async () => {
  const { handler, url } = start()
  const got: PortalEvent<'ONEXTERNALCALLSTART'>[] = []
  handler.on('ONEXTERNALCALLSTART', (event) => {
    got.push(event)
    return accept({ 'hookswitch-dedupe': event.data.CALL_ID })
  })
  const reply = await post(await url, click)
  expect([reply.status, reply.headers.get('hookswitch-dedupe'), await reply.text()]).toEqual([200, 'externalCall.1', ''])
  expect(got[0]).toMatchObject({
    event: 'ONEXTERNALCALLSTART',
    ts: 1_790_000_000,
    eventHandlerId: '12',
    data: { PHONE_NUMBER: '+1 555 0100', USER_ID: '5' },
  })
})

test('a wrong token, a missing token and a handler without an installation answer 403, and no listener runs', async () => {
  let runs = 0
  const installed = start()
  installed.handler.on('ONEXTERNALCALLSTART', () => void runs++)
  expect((await post(await installed.url, click.replace(token, 'f'.repeat(32)))).status).toBe(403)
  expect((await post(await installed.url, 'event=ONEXTERNALCALLSTART&auth[domain]=x')).status).toBe(400)
  const fresh = start({ applicationToken: () => undefined })
  fresh.handler.on('ONEXTERNALCALLSTART', () => void runs++)
  expect((await post(await fresh.url, click)).status).toBe(403)
  expect(runs).toBe(0)
})

test('with a secret, a body that is not signed is not even read', async () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const { handler, url } = start({ secret, now: () => 1_790_000_000_000 })
  handler.on('ONEXTERNALCALLSTART', () => {})
  expect((await post(await url, click)).status).toBe(403)
  const signature = {
    'webhook-id': 'm1',
    'webhook-timestamp': '1790000000',
    'webhook-signature': signBody(secret, 'm1', 1_790_000_000, click),
  }
  expect((await post(await url, click, signature)).status).toBe(200)
  expect((await post(await url, `${click}&x=1`, signature)).status).toBe(403)
})

test('a refusal is told in the body that the portal reads', async () => {
  const { handler, url } = start()
  handler.on('ONEXTERNALCALLSTART', async () => refuse({ code: 'busy', text: 'You are on the phone.' }))
  const reply = await post(await url, click)
  expect(await reply.json()).toEqual({ refused: { code: 'busy', text: 'You are on the phone.' } })
})

test('a listener that takes long does not keep the portal waiting, and goes on', async () => {
  const { handler, url } = start({ answerWithinMs: 20 })
  let wasAnswered: boolean | undefined
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  handler.on('ONEXTERNALCALLSTART', async (_, exchange) => {
    await new Promise((wake) => setTimeout(wake, 80))
    wasAnswered = exchange.isAnswered()
    resolve()
  })
  const reply = await post(await url, click)
  expect([reply.status, wasAnswered]).toEqual([200, undefined])
  await finished
  expect(wasAnswered).toBe(true)
})

test('a listener that throws is 500 and is reported with its event; an event nobody wants is 200', async () => {
  const { handler, url, errors } = start()
  handler.on('ONEXTERNALCALLSTART', () => {
    throw new Error('no PBX')
  })
  expect((await post(await url, click)).status).toBe(500)
  expect(errors).toEqual([new Error('no PBX')])
  expect((await post(await url, click.replace('ONEXTERNALCALLSTART', 'ONCRMLEADADD'))).status).toBe(200)
})

test('only POST, and not more than 2 MiB', async () => {
  const { url } = start()
  expect((await fetch(await url, { headers: { connection: 'close' } })).status).toBe(405)
  expect((await post(await url, 'a'.repeat(2 * 1024 * 1024 + 1))).status).toBe(413)
})

const app = { clientId: 'local.1', clientSecret: 'secret' }
const install = encodePhpForm({
  event: 'ONAPPINSTALL',
  data: { VERSION: 1, LANGUAGE_ID: 'en' },
  ts: 1,
  auth: { ...auth, access_token: 'a1', refresh_token: 'r1', user_id: 1, expires: 1_790_003_600, scope: 'telephony' },
})

test('an install callback is proved by its refresh token, stored with the fresh pair, and a repeat is taken', async () => {
  const asked: string[] = []
  const portalUrl = await serve((request, response) => {
    asked.push(request.url ?? '')
    response
      .writeHead(200, { connection: 'close' })
      .end(JSON.stringify({ access_token: 'a2', refresh_token: 'r2', expires: 1_790_007_200 }))
  })
  const stored: Installation[] = []
  const url = await serve(nodeListener(createInstallReceiver({ app, portalUrl, store: (one) => void stored.push(one), onError: () => {} })))
  expect((await post(url, install)).status).toBe(200)
  expect((await post(url, install)).status).toBe(200)
  expect(asked).toEqual(['/oauth/token/'])
  expect(stored).toEqual([
    {
      clientId: 'local.1',
      memberId: 'f'.repeat(32),
      domain: 'crm.example.org',
      userId: '1',
      scope: 'telephony',
      applicationToken: token,
      tokens: {
        accessToken: 'a2',
        refreshToken: 'r2',
        expiresAt: 1_790_007_200_000,
        clientEndpoint: `${portalUrl}/rest/`,
        serverEndpoint: `${portalUrl}/rest/`,
      },
    },
  ])
})

test('tokens that the portal disowns are not stored, and a portal that is down asks for another try', async () => {
  const portalUrl = await serve((_, response) => void response.writeHead(400, { connection: 'close' }).end('{"error":"invalid_grant"}'))
  const stored: Installation[] = []
  const receiver = (origin: string) =>
    createInstallReceiver({ app, portalUrl: origin, store: (one) => void stored.push(one), onError: () => {} })
  expect((await receiver(portalUrl).receive({ headers: {}, body: install })).status).toBe(403)
  expect((await receiver('http://127.0.0.1:9').receive({ headers: {}, body: install })).status).toBe(503)
  expect((await receiver(portalUrl).receive({ headers: {}, body: click })).status).toBe(400)
  expect(stored).toEqual([])
})
