import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePhpForm } from '@hookswitch/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import type { PageView } from './page.ts'
import { startDemoPhone, type DemoPhone } from './phone.ts'

/**
 * Stands in for the portal where the real one is not the point: takes what the contract says a connector sends, answers what it says a portal
 * answers, checks nothing else. The test against the real portal is in test/.
 */
class PortalStandIn {
  readonly asked: { readonly method: string; readonly params: Record<string, unknown> }[] = []
  readonly uploads: Buffer[] = []
  readonly finished = new Set<string>()
  hasProgress = true
  isDown = false
  /** Takes the next finish but loses its reply. */
  losesReply = false
  extension: string | null = '101'
  accessToken = 'access-1'
  origin = ''
  private readonly server: Server = createServer((request, response) => void this.answer(request, response))

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  of(method: string): Record<string, unknown>[] {
    return this.asked.filter((one) => one.method === method).map(({ params }) => params)
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (this.isDown) return void request.socket.destroy()
    const path = (request.url ?? '').split('?')[0] ?? ''
    const say = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (path === '/oauth/token/') return void say({ access_token: this.accessToken, refresh_token: 'refresh-2', expires_in: 3600 })
    if (path === '/rest/upload.json') return void (this.uploads.push(body), say({ result: { FILE_ID: 1 } }))
    const { auth, ...params } = JSON.parse(body.toString()) as Record<string, unknown>
    if (auth !== this.accessToken) return void say({ error: 'expired_token', error_description: '' }, 401)
    const method = path.replace('/rest/', '')
    this.asked.push({ method, params })
    const isRepeat = method === 'telephony.externalCall.finish' && this.finished.has(String(params['CALL_ID']))
    if (isRepeat)
      return void say({ error: 'ERROR_CORE', error_description: 'Call is not found (call should be registered prior to finishing' }, 400)
    if (method === 'telephony.externalCall.finish') this.finished.add(String(params['CALL_ID']))
    if (method === 'telephony.externalCall.finish' && this.losesReply) return void ((this.losesReply = false), request.socket.destroy())
    const result = this.resultOf(method, params)
    say(
      result === undefined ? { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } : { result },
      result === undefined ? 404 : 200,
    )
  }

  private resultOf(method: string, params: Record<string, unknown>): unknown {
    switch (method) {
      case 'event.bind':
      case 'telephony.externalCall.show':
        return true
      case 'user.get':
        return [{ ID: params['ID'], ACTIVE: true, NAME: 'Ann', LAST_NAME: 'Agent', UF_PHONE_INNER: this.extension }]
      case 'telephony.externalCall.searchCrmEntities':
        return [{ CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 1, ASSIGNED_BY_ID: 5, NAME: 'Carl Client' }]
      case 'telephony.externalCall.register':
        return { CALL_ID: params['TYPE'] === 4 ? 'externalCall.back' : `externalCall.in.${String(params['EXTERNAL_CALL_ID'])}` }
      case 'telephony.externalCall.finish':
        return { CALL_ID: params['CALL_ID'] }
      case 'telephony.externalCall.attachRecord':
        return { uploadUrl: `${this.origin}/rest/upload.json?token=t`, fieldName: 'file' }
      case 'hookswitch.call.progress':
        return this.hasProgress ? true : undefined
      default:
        return undefined
    }
  }
}

const applicationToken = 'a'.repeat(32)
let portal: PortalStandIn
let dataDir: string
let phone: DemoPhone
let logged: string[]

beforeEach(async () => {
  portal = await new PortalStandIn().open()
  dataDir = mkdtempSync(join(tmpdir(), 'demo-phone-'))
  logged = []
  phone = await startPhone()
})
afterEach(async () => {
  await phone.close()
  await portal.close()
  rmSync(dataDir, { recursive: true })
})

function startPhone(port = 0): Promise<DemoPhone> {
  const config = {
    app: { clientId: 'local.1', clientSecret: 's' },
    portalUrl: portal.origin,
    dataDir: join(dataDir, 'data'),
    host: '127.0.0.1',
    port,
    lines: [{ number: 'line-1', name: 'Main' }],
  }
  const limits = { firstRingMs: 2000, agentRingMs: 2000, clientRingMs: 2000, talkMs: 60_000 }
  return startDemoPhone(config, { clock: systemClock, log: (level, text) => logged.push(`${level} ${text}`), limits })
}

function event(name: string, data: Record<string, unknown>, auth: Record<string, unknown> = {}): RequestInit {
  const always = {
    domain: 'crm.example.org',
    member_id: 'f'.repeat(32),
    client_endpoint: 'x',
    server_endpoint: 'x',
    application_token: applicationToken,
  }
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: encodePhpForm({ event: name, data, ts: 1_790_000_000, auth: { ...always, ...auth } }),
  }
}
const installed = async () => {
  const reply = await fetch(
    `${phone.url}install`,
    event('ONAPPINSTALL', { VERSION: 1 }, { access_token: 'a0', refresh_token: `r-${Math.random()}`, user_id: 5, scope: 'telephony' }),
  )
  expect(reply.status).toBe(200)
  await expect.poll(() => portal.of('event.bind').length).toBeGreaterThanOrEqual(3)
}
const click = (callId: string, more: Record<string, unknown> = {}) =>
  fetch(
    `${phone.url}handler`,
    event('ONEXTERNALCALLSTART', {
      PHONE_NUMBER: '+1 555 0100',
      PHONE_NUMBER_INTERNATIONAL: '+15550100',
      EXTENSION: '',
      USER_ID: 5,
      LINE_NUMBER: '',
      CALL_ID: callId,
      ...more,
    }),
  )
const press = async (callId: string, leg: string, key: string) =>
  (
    await fetch(`${phone.url}api/press`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: phone.url.slice(0, -1) },
      body: JSON.stringify({ callId, leg, press: key }),
    })
  ).status

async function look(): Promise<PageView> {
  const reply = await fetch(`${phone.url}api/live`)
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!/data: .*\n\n/.test(text)) text += (await reader.read()).value ?? ''
  await reader.cancel()
  return JSON.parse(/data: (.*)\n\n/.exec(text)![1]!) as PageView
}
const callOf = async (callId: string) => (await look()).calls.find((call) => call.callId === callId)
const reaches = async (callId: string, state: string) =>
  await expect.poll(async () => (await callOf(callId))?.state, { timeout: 4000, interval: 20 }).toBe(state)
const ringing = async (callId: string, leg: 'agent' | 'client') =>
  await expect.poll(async () => (await callOf(callId))?.[leg].state, { interval: 10 }).toBe('ringing')

test('an installation is kept for the owner only, binds its events and adds the line', async () => {
  await installed()
  const file = join(dataDir, 'data', 'installation.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    clientId: 'local.1',
    applicationToken,
    tokens: { accessToken: 'access-1', refreshToken: 'refresh-2' },
  })
  expect(portal.of('event.bind')).toEqual([
    { event: 'ONEXTERNALCALLSTART', handler: `${phone.url}handler` },
    { event: 'ONEXTERNALCALLBACKSTART', handler: `${phone.url}handler` },
    { event: 'ONAPPUNINSTALL', handler: `${phone.url}handler` },
  ])
  await expect.poll(() => portal.of('telephony.externalLine.add')).toEqual([{ NUMBER: 'line-1', NAME: 'Main' }])
})

test('a click rings the agent, then the customer; the talk is told as it goes, finished and its recording attached', async () => {
  await installed()
  const reply = await click('externalCall.1')
  expect([reply.status, reply.headers.get('hookswitch-dedupe'), await reply.text()]).toEqual([200, 'externalCall.1', ''])
  await ringing('externalCall.1', 'agent')
  expect((await callOf('externalCall.1'))?.client.state).toBe('idle')
  expect(await press('externalCall.1', 'agent', 'answer')).toBe(200)
  await ringing('externalCall.1', 'client')
  await press('externalCall.1', 'client', 'answer')
  await reaches('externalCall.1', 'talking')
  await new Promise((wake) => setTimeout(wake, 1100))
  await press('externalCall.1', 'client', 'hangup')
  await reaches('externalCall.1', 'attached')
  expect(portal.of('hookswitch.call.progress').map(({ STATE }) => STATE)).toEqual(['ringing_agent', 'ringing_client', 'talking'])
  expect(portal.of('telephony.externalCall.finish')).toEqual([
    { CALL_ID: 'externalCall.1', USER_ID: '5', DURATION: 1, STATUS_CODE: '200', FAILED_REASON: '' },
  ])
  expect(portal.of('telephony.externalCall.attachRecord')).toEqual([{ CALL_ID: 'externalCall.1', FILENAME: 'externalCall.1.wav' }])
  expect(portal.uploads[0]!.includes('RIFF')).toBe(true)
  expect(portal.uploads[0]!.length).toBeGreaterThan(16_000)
})

const askBack = async (more: Record<string, unknown> = {}) => {
  const data = {
    PHONE_NUMBER: '+12125550100',
    TEXT: 'Call back',
    VOICE: 'usinternalmale',
    CRM_ENTITY_TYPE: '',
    CRM_ENTITY_ID: 0,
    LINE_NUMBER: '',
  }
  const reply = await fetch(`${phone.url}handler`, event('ONEXTERNALCALLBACKSTART', { ...data, ...more }))
  return { status: reply.status, body: await reply.text() }
}

test('a visitor’s request is registered with TYPE 4 for the responsible user, whose phone rings first; meanwhile another is refused as busy', async () => {
  await installed()
  expect(await askBack({ LINE_NUMBER: 'line-1' })).toEqual({ status: 200, body: '' })
  expect(portal.of('telephony.externalCall.register')).toEqual([
    { USER_ID: '5', PHONE_NUMBER: '+12125550100', TYPE: 4, SHOW: 1, LINE_NUMBER: 'line-1' },
  ])
  await ringing('externalCall.back', 'agent')
  expect((await callOf('externalCall.back'))?.client.state).toBe('idle')
  await press('externalCall.back', 'agent', 'answer')
  await ringing('externalCall.back', 'client')
  await press('externalCall.back', 'client', 'answer')
  await reaches('externalCall.back', 'talking')
  expect(JSON.parse((await askBack()).body)).toMatchObject({ refused: { code: 'busy' } })
  await press('externalCall.back', 'client', 'hangup')
  await reaches('externalCall.back', 'attached')
  expect(portal.of('telephony.externalCall.finish')).toMatchObject([{ CALL_ID: 'externalCall.back', USER_ID: '5', STATUS_CODE: '200' }])
  expect((await look()).calls).toHaveLength(1)
})

test('a visitor’s request that cannot be called is refused in words, and nothing is registered', async () => {
  await installed()
  expect(JSON.parse((await askBack({ PHONE_NUMBER: '+1/555@evil' })).body)).toMatchObject({ refused: { code: 'invalid_number' } })
  expect(JSON.parse((await askBack({ LINE_NUMBER: 'a&b' })).body)).toMatchObject({ refused: { code: 'unavailable' } })
  portal.extension = null
  expect(JSON.parse((await askBack()).body)).toEqual({ refused: { code: 'busy', text: 'Nobody with an extension is free.' } })
  expect(portal.of('telephony.externalCall.register')).toEqual([])
})

test('a repeated event never rings again: during the call, after it, and after a restart', async () => {
  await installed()
  await Promise.all([click('externalCall.2'), click('externalCall.2'), click('externalCall.2')])
  await ringing('externalCall.2', 'agent')
  await press('externalCall.2', 'agent', 'decline')
  await reaches('externalCall.2', 'closed')
  expect((await click('externalCall.2')).headers.get('hookswitch-dedupe')).toBe('externalCall.2')
  await phone.close()
  phone = await startPhone()
  expect((await click('externalCall.2')).status).toBe(200)
  expect(portal.of('telephony.externalCall.finish')).toEqual([
    { CALL_ID: 'externalCall.2', USER_ID: '5', DURATION: 0, STATUS_CODE: '603', FAILED_REASON: 'The agent declined (cause 21)' },
  ])
  expect((await look()).calls).toHaveLength(1)
})

test.each([
  ['agent does not answer', [], '304'],
  ['agent hangs up while the customer rings', ['agent answer', 'agent hangup'], '603-S'],
  ['customer is busy', ['agent answer', 'client busy'], '486'],
  ['customer declines', ['agent answer', 'client decline'], '603'],
  ['customer does not answer', ['agent answer'], '304'],
])('%s: the portal hears the right code', async (_, presses, code) => {
  await installed()
  await click('externalCall.3')
  for (const one of presses) {
    const [leg, key] = one.split(' ') as ['agent' | 'client', string]
    if (key === 'hangup') await ringing('externalCall.3', 'client')
    else await ringing('externalCall.3', leg)
    expect(await press('externalCall.3', leg, key)).toBe(200)
  }
  await reaches('externalCall.3', 'closed')
  expect(portal.of('telephony.externalCall.finish').map(({ STATUS_CODE, DURATION }) => [STATUS_CODE, DURATION])).toEqual([[code, 0]])
  const call = await callOf('externalCall.3')
  expect([call?.agent.state, call?.client.state]).not.toContain('ringing')
})

test('what cannot be dialled is refused at once, in words, and may be replayed', async () => {
  await installed()
  const refused = async (callId: string, more: Record<string, unknown> = {}) =>
    ((await (await click(callId, more)).json()) as { refused: { code: string } }).refused.code
  for (const number of ['+1555;0100', '0100@evil', 'PJSIP/1&PJSIP/2', '1', '', '5'.repeat(21)]) {
    expect(await refused('externalCall.4', { PHONE_NUMBER: number, PHONE_NUMBER_INTERNATIONAL: number })).toBe('invalid_number')
  }
  portal.extension = null
  expect(await refused('externalCall.4')).toBe('no_extension')
  portal.extension = '101'
  await click('externalCall.4')
  await ringing('externalCall.4', 'agent')
  expect(await refused('externalCall.5')).toBe('busy')
  expect(portal.of('telephony.externalCall.finish')).toEqual([])
})

test('a portal that is down is told later, once, and a lost reply does not cost the recording', async () => {
  await installed()
  await click('externalCall.6')
  await ringing('externalCall.6', 'agent')
  await press('externalCall.6', 'agent', 'answer')
  await ringing('externalCall.6', 'client')
  await press('externalCall.6', 'client', 'answer')
  await reaches('externalCall.6', 'talking')
  portal.isDown = true
  await press('externalCall.6', 'agent', 'hangup')
  await expect.poll(() => logged.some((line) => line.includes('was not told'))).toBe(true)
  await phone.close()
  portal.isDown = false
  portal.losesReply = true
  phone = await startPhone()
  await reaches('externalCall.6', 'attached')
  expect(portal.finished).toEqual(new Set(['externalCall.6']))
  expect(portal.uploads).toHaveLength(1)
})

test('a portal without the progress method is asked for it once', async () => {
  portal.hasProgress = false
  await installed()
  for (const callId of ['externalCall.7', 'externalCall.8']) {
    await click(callId)
    await ringing(callId, 'agent')
    await press(callId, 'agent', 'answer')
    await ringing(callId, 'client')
    await press(callId, 'client', 'decline')
    await reaches(callId, 'closed')
  }
  expect(portal.of('hookswitch.call.progress')).toHaveLength(1)
})

test('an incoming call is registered, shown to the responsible user and finished', async () => {
  await installed()
  await fetch(`${phone.url}api/incoming`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: phone.url.slice(0, -1) },
    body: '{"number":"+15550199"}',
  })
  await expect.poll(async () => (await look()).calls[0]?.agent.state).toBe('ringing')
  const { callId } = (await look()).calls[0]!
  await press(callId, 'agent', 'answer')
  await reaches(callId, 'talking')
  await press(callId, 'client', 'hangup')
  await reaches(callId, 'attached')
  expect(portal.of('telephony.externalCall.register')).toMatchObject([{ TYPE: 2, PHONE_NUMBER: '+15550199', USER_ID: '5' }])
  expect(portal.of('telephony.externalCall.show')).toEqual([{ CALL_ID: callId, USER_ID: [5] }])
  expect(portal.of('telephony.externalCall.finish')).toMatchObject([{ CALL_ID: callId, STATUS_CODE: '200' }])
})

test('a caller who gives up is a missed call', async () => {
  await installed()
  await fetch(`${phone.url}api/incoming`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: phone.url.slice(0, -1) },
    body: '{"number":"+15550199"}',
  })
  await expect.poll(async () => (await look()).calls[0]?.agent.state).toBe('ringing')
  const { callId } = (await look()).calls[0]!
  await press(callId, 'client', 'hangup')
  await reaches(callId, 'closed')
  expect(portal.of('telephony.externalCall.finish')).toMatchObject([{ STATUS_CODE: '304', DURATION: 0 }])
})

test('after ONAPPUNINSTALL nothing is taken, and the tokens are gone', async () => {
  await installed()
  expect((await fetch(`${phone.url}handler`, event('ONAPPUNINSTALL', { CLEAN: 1 }))).status).toBe(200)
  expect((await click('externalCall.9')).status).toBe(403)
  expect(() => statSync(join(dataDir, 'data', 'installation.json'))).toThrow('ENOENT')
})

test('a foreign page, a foreign host name and a form cannot press a button or listen', async () => {
  await installed()
  await click('externalCall.10')
  await ringing('externalCall.10', 'agent')
  const own = phone.url.slice(0, -1)
  const ask = (path: string, headers: Record<string, string>, method = 'POST') =>
    new Promise<number>((resolve, reject) => {
      const body = method === 'POST' ? JSON.stringify({ callId: 'externalCall.10', leg: 'agent', press: 'answer' }) : undefined
      httpRequest(`${phone.url}${path}`, { method, headers }, (response) => (response.destroy(), resolve(response.statusCode ?? 0)))
        .on('error', reject)
        .end(body)
    })
  const json = { 'content-type': 'application/json' }
  expect(await ask('api/press', json)).toBe(403)
  expect(await ask('api/press', { ...json, origin: 'https://evil.example' })).toBe(403)
  expect(await ask('api/press', { ...json, origin: own, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await ask('api/press', { origin: own, 'content-type': 'text/plain' })).toBe(415)
  expect(await ask('api/press', { ...json, origin: own, host: 'evil.example' })).toBe(421)
  expect(await ask('api/live', { 'sec-fetch-site': 'same-site' }, 'GET')).toBe(403)
  expect(await ask('api/live', { host: 'evil.example' }, 'GET')).toBe(421)
  expect((await callOf('externalCall.10'))?.agent.state).toBe('ringing')
  expect((await fetch(phone.url)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

test('a start while the portal is down comes through when it is back', async () => {
  await installed()
  await phone.close()
  portal.isDown = true
  phone = await startPhone()
  await expect.poll(() => logged.some((line) => line.includes('events are not bound')), { timeout: 3000 }).toBe(true)
  expect((await look()).isInstalled).toBe(true)
  portal.isDown = false
  const before = portal.of('event.bind').length
  await expect.poll(() => portal.of('event.bind').length - before, { timeout: 3000 }).toBe(3)
})

/** The phone as a process of its own, as `npm start` runs it. Takes the place of the one in this process. */
async function spawnPhone() {
  const file = join(dataDir, 'app.json')
  writeFileSync(file, JSON.stringify({ clientId: 'local.1', clientSecret: 's', portalUrl: portal.origin }), { mode: 0o600 })
  const bin = join(import.meta.dirname, '../../bin/demo-phone.mjs')
  const child = spawn(process.execPath, [bin, '--data', join(dataDir, 'data'), '--port', '0'], {
    env: { ...process.env, HOOKSWITCH_APP_FILE: file },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = /^demo phone listening on (http:\/\/127\.0\.0\.1:\d+\/)\n$/.exec(line.toString())?.[1]
  expect(url).toBeDefined()
  await phone.close()
  phone = {
    url: url!,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
  return child
}

test('kill -9 in the middle of a talk: after the restart it is told once, truthfully, and the event rings nobody', async () => {
  const first = await spawnPhone()
  await installed()
  await click('externalCall.11')
  await ringing('externalCall.11', 'agent')
  await press('externalCall.11', 'agent', 'answer')
  await ringing('externalCall.11', 'client')
  await press('externalCall.11', 'client', 'answer')
  await reaches('externalCall.11', 'talking')
  first.kill('SIGKILL')
  await once(first, 'exit')
  await spawnPhone()
  expect((await click('externalCall.11')).headers.get('hookswitch-dedupe')).toBe('externalCall.11')
  await reaches('externalCall.11', 'closed')
  expect(portal.of('telephony.externalCall.finish')).toMatchObject([{ CALL_ID: 'externalCall.11', STATUS_CODE: '200', DURATION: 1 }])
  expect((await callOf('externalCall.11'))?.agent.state).toBe('ended')
})

test('kill -9 while the phone rings: OTHER, and SIGTERM ends the process with 0', async () => {
  const first = await spawnPhone()
  await installed()
  await click('externalCall.12')
  await ringing('externalCall.12', 'agent')
  first.kill('SIGKILL')
  await once(first, 'exit')
  const second = await spawnPhone()
  await click('externalCall.12')
  await reaches('externalCall.12', 'closed')
  expect(portal.of('telephony.externalCall.finish')).toMatchObject([{ STATUS_CODE: 'OTHER', DURATION: 0 }])
  second.kill('SIGTERM')
  expect(await once(second, 'exit')).toEqual([0, null])
})

test('a button that does nothing says so', async () => {
  expect(await press('externalCall.none', 'agent', 'answer')).toBe(409)
  expect(await press('externalCall.none', 'agent', 'dance')).toBe(400)
})
