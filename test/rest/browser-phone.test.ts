import { createServer, request as requestHttp, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let phoneApp: Listener
let pbx: { server: Server; url: string; seen: IncomingHttpHeaders[]; from: string[] }
let paul: Person
beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'Exchange', scope: ['telephony'] })
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: 'http://127.0.0.1:9/handler' })
  phoneApp = await startListener()
  pbx = await startEcho()
  paul = await house.addPerson('Paul', null)
})
afterAll(async () => {
  await house?.stop()
  await phoneApp?.close()
  pbx?.server.closeAllConnections()
  pbx?.server.close()
})
beforeEach(async () => {
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  await app.call('hookswitch.phone.set', { URL: phoneApp.url, SOCKET: pbx.url })
  phoneApp.answer((response) => void response.end(JSON.stringify(given())))
})

const given = () => ({ login: 'p-101', password: 'x1', domain: 'pbx.test', expires: Math.floor(Date.now() / 1000) + 60, iceServers: [] })
const ask = (by: Person = house.admin) => by.api('PUT', '/phone/access', {})

/** A PBX as far as a handshake goes: takes every one, and says back what it hears. */
async function startEcho() {
  const [seen, from]: [IncomingHttpHeaders[], string[]] = [[], []]
  const server = createServer((_, response) => void response.writeHead(426).end())
  server.on('upgrade', (request, socket: Duplex) => {
    seen.push(request.headers)
    from.push(request.socket.remoteAddress ?? '')
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-protocol: sip\r\n\r\n')
    socket.pipe(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`, seen, from }
}

function shake(headers: Readonly<Record<string, string>>, path = '/v1/phone/socket'): Promise<{ status: number; socket?: Duplex }> {
  return new Promise((resolve, reject) => {
    const request = requestHttp(new URL(path, house.url), {
      agent: false,
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'a2V5', ...headers },
    })
    request.on('upgrade', (response, socket) => resolve({ status: response.statusCode ?? 0, socket }))
    request.on('response', (response) => resolve({ status: response.statusCode ?? 0 }))
    request.on('error', reject)
    request.end()
  })
}
const own = () => ({ cookie: house.admin.cookie, origin: house.url, 'sec-websocket-protocol': 'sip' })

test('a person gets a phone of the app that gets their clicks; the app is asked with its token, and the portal keeps no password', async () => {
  expect((await house.admin.api('GET', '/phone')).body).toEqual({ isOffered: true })
  const answer = await ask()
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ login: 'p-101', password: 'x1', domain: 'pbx.test', iceServers: [] })
  expect(answer.body.expiresAt).toBeGreaterThan(Date.now())
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const form = new URLSearchParams(phoneApp.received.at(-1)!.body)
  expect(form.get('event')).toBe('HOOKSWITCHPHONE')
  expect([form.get('data[USER_ID]'), form.get('data[EXTENSION]')]).toEqual([String(house.admin.userId), '101'])
  expect(form.get('auth[application_token]')).toMatch(/^\w{20,}$/)
  expect(form.get('auth[access_token]')).toBeNull()
})

test('whoever has no extension, or whose clicks go elsewhere, reads that there is no phone and who can change it', async () => {
  expect((await paul.api('GET', '/phone')).body).toEqual({ isOffered: false })
  expect((await ask(paul)).body).toMatchObject({ status: 409, code: 'phone_no_extension' })
  await app.call('hookswitch.phone.set', {})
  expect((await house.admin.api('GET', '/phone')).body).toEqual({ isOffered: false })
  expect((await ask()).body).toMatchObject({ status: 409, code: 'phone_none' })
})

test('what the app refuses is told in its words; what is no answer is told as such', async () => {
  phoneApp.answer((response) => void response.end(JSON.stringify({ refused: { code: 'busy', text: 'All phones are out.' } })))
  expect((await ask()).body).toMatchObject({
    status: 409,
    code: 'phone_refused',
    detail: 'Exchange gives no browser phone: All phones are out.',
  })
  for (const body of [
    '',
    'null',
    '[]',
    '{"login":1}',
    JSON.stringify({ ...given(), expires: 1 }),
    JSON.stringify({ ...given(), login: 'a b' }),
  ]) {
    phoneApp.answer((response) => void response.end(body))
    expect((await ask()).body, body).toMatchObject({ status: 502, code: 'phone_unreachable' })
  }
  phoneApp.answer((response) => void response.writeHead(403).end())
  expect((await ask()).body.detail).toContain('it answered 403')
  await app.call('hookswitch.phone.set', { URL: 'http://127.0.0.1:9/phone', SOCKET: pbx.url })
  expect((await ask()).body).toMatchObject({ status: 502, code: 'phone_unreachable' })
})

test('the signalling of a signed-in person goes to the PBX and back, without the cookie, from an address of its own', async () => {
  const first = await shake(own())
  const second = await shake({ ...own(), cookie: paul.cookie })
  expect([first.status, second.status]).toEqual([101, 101])
  const echoed = new Promise<string>((resolve) => first.socket!.once('data', (data: Buffer) => resolve(data.toString())))
  first.socket!.write('REGISTER')
  expect(await echoed).toBe('REGISTER')
  expect(pbx.seen.at(-1)).toMatchObject({ 'sec-websocket-key': 'a2V5', 'sec-websocket-protocol': 'sip' })
  expect(pbx.seen.at(-1)).not.toHaveProperty('cookie')
  if (process.platform === 'linux') expect(new Set(pbx.from.slice(-2)).size).toBe(2)
  for (const { socket } of [first, second]) socket!.destroy()
})

test('the signalling is refused to strangers, to pages of others, to those without a phone, and when the PBX is gone', async () => {
  expect((await shake({ origin: house.url })).status).toBe(401)
  expect((await shake({ ...own(), origin: 'https://evil.example' })).status).toBe(403)
  expect((await shake({ cookie: house.admin.cookie })).status).toBe(403)
  expect((await shake(own(), '/v1/phone/other')).status).toBe(404)
  await app.call('hookswitch.phone.set', { URL: phoneApp.url, SOCKET: 'ws://127.0.0.1:9/ws' })
  expect((await shake(own())).status).toBe(502)
  await app.call('hookswitch.phone.set', { URL: phoneApp.url, SOCKET: phoneApp.url.replace('http', 'ws') })
  expect((await shake(own())).status).toBe(502)
  await app.call('hookswitch.phone.set', {})
  expect((await shake(own())).status).toBe(409)
})

test("a person's second browser takes the phone over; the first is told by the code 4001 and let go", async () => {
  const first = await shake(own())
  const told: Buffer[] = []
  first.socket!.on('data', (data: Buffer) => told.push(data))
  const ended = new Promise((resolve) => first.socket!.once('end', resolve))
  const second = await shake(own())
  await ended
  expect(Buffer.concat(told).toString('hex')).toBe('88020fa1')
  const echoed = new Promise<string>((resolve) => second.socket!.once('data', (data: Buffer) => resolve(data.toString())))
  second.socket!.write('REGISTER')
  expect(await echoed).toBe('REGISTER')
  second.socket!.destroy()
})
