import { Script } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callbackAsked } from '../../portal/src/telephony/events.ts'
import { expectGoldenBody } from '../support/golden.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { proved } from '../support/proofs.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

const clock = createTurnableClock()
let house: TestPortal
let handler: Listener
let app: TestApp
let eve: Person

interface Form {
  readonly id: number
  readonly key: string
  readonly url: string
}

beforeAll(async () => {
  house = await startPortal({ world: { clock }, settings: { trustedProxies: ['127.0.0.1'] } })
  handler = await startListener()
  eve = await house.addPerson('Eve', '105')
  app = await house.addApp({ title: 'PBX', scope: ['crm', 'telephony', 'user'] })
  await app.call('event.bind', { event: 'OnExternalCallBackStart', handler: handler.url })
})

afterAll(async () => {
  await house.stop()
  await handler.close()
})

async function addForm(input: Readonly<Record<string, unknown>> = {}): Promise<Form> {
  const { status, body } = await house.admin.api('POST', '/callback-forms', {
    title: 'Call me',
    text: 'A visitor asks for a call',
    voice: 'ukenglishfemale',
    target: `app:${app.id}`,
    userId: eve.userId,
    countries: ['US'],
    enabled: true,
    ...input,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body as Form
}

let lastNumber = 100
const nextNumber = (): string => `+12125550${++lastNumber}`
let lastAddress = 0
/** Nobody shares an address with another test. */
const nextAddress = (): string => `198.51.100.${++lastAddress}`

interface Asking {
  number?: string
  address?: string
  headers?: Readonly<Record<string, string>>
  fields?: Readonly<Record<string, string>>
}

/** What a browser sends without a script. */
function ask(form: Form, { number = nextNumber(), address = nextAddress(), headers = {}, fields = {} }: Asking = {}): Promise<Answer> {
  return request(`${house.url}/forms/${form.key}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address, ...headers },
    body: new URLSearchParams({ number, website: '', ...fields }),
  })
}

/** The same by a script. */
function askJson(form: Form, { number = nextNumber(), address = nextAddress(), headers = {} }: Asking = {}): Promise<Answer> {
  return request(`${house.url}/forms/${form.key}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ number }),
  })
}

const wire = (number: string): string => encodeURIComponent(number)
const requestsOf = async (form: Form) => (await house.admin.api('GET', `/callback-forms/${form.id}/requests`)).body.items
const notesOf = async (person: Person) => (await person.api('GET', '/notifications')).body.items as Array<{ message: string }>
const receivedFor = (number: string) => handler.received.filter((one) => one.body.includes(wire(number)))

/** The first request of the form when it has this outcome. */
async function withOutcome(form: Form, outcome: string) {
  await expect.poll(async () => (await requestsOf(form))[0]?.outcome).toBe(outcome)
  return (await requestsOf(form))[0]
}

describe('the body of ONEXTERNALCALLBACKSTART', () => {
  test('to an app has the six fields in the contract’s order, and no tokens: a visitor is no user', async () => {
    const contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+1 (212) 555-0100', VALUE_TYPE: 'WORK' }] })
    const form = await addForm()
    const answer = await ask(form, { number: '+1 (212) 555-0100' })
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('We are calling you')
    const [received] = await handler.waitFor(wire('+12125550100'))
    await expectGoldenBody('callback', received!.body)
    const fields = new URLSearchParams(received!.body)
    expect(fields.get('data[CRM_ENTITY_ID]')).toBe(String(contactId))
    expect(fields.has('auth[access_token]')).toBe(false)
    expect(received!.headers['hookswitch-deadline']).toBeDefined()
    proved(callbackAsked.name)
  })

  test('carries tokens of the responsible user when the form says so, and they work', async () => {
    const form = await addForm({ withTokens: true })
    const number = nextNumber()
    await ask(form, { number })
    const [received] = await handler.waitFor(wire(number))
    const fields = new URLSearchParams(received!.body)
    expect(fields.get('auth[user_id]')).toBe(String(eve.userId))
    const me = await request(`${house.url}/rest/user.current?auth=${fields.get('auth[access_token]')}`)
    expect(me.body.result.ID).toBe(String(eve.userId))
  })

  test('to a line of the app has its number; of an unknown visitor it names no card', async () => {
    await app.call('telephony.externalLine.add', { NUMBER: 'site-line', NAME: 'Site' })
    const { body } = await house.admin.api('GET', '/callback-forms')
    const line = (body.targets as Array<{ id: string; number: string; ready: boolean }>).find((target) => target.number === 'site-line')
    expect(line!.ready).toBe(true)
    const number = nextNumber()
    await ask(await addForm({ target: line!.id }), { number })
    const [received] = await handler.waitFor(wire(number))
    expect(received!.body).toContain('CRM_ENTITY_TYPE%5D=&data%5BCRM_ENTITY_ID%5D=0&data%5BLINE_NUMBER%5D=site-line')
  })

  test('to an outgoing webhook has the webhook’s auth; its call belongs to the incoming webhooks', async () => {
    const hook = await startListener()
    const added = await house.admin.api('POST', '/webhooks/outgoing', {
      title: 'Old PBX',
      url: hook.url,
      events: ['ONEXTERNALCALLBACKSTART'],
    })
    const form = await addForm({ target: `webhook:${added.body.id}` })
    const number = '+12125550199'
    await ask(form, { number })
    const [received] = await hook.waitFor(wire(number))
    await expectGoldenBody('callback-webhook', received!.body)
    expect(receivedFor(number)).toEqual([])
    const rest = await house.addIncomingWebhook(['telephony'])
    const registered = await request(`${rest}telephony.externalcall.register?USER_ID=${eve.userId}&PHONE_NUMBER=${wire(number)}&TYPE=4`)
    expect((await withOutcome(form, 'called')).call.callId).toBe(registered.body.result.CALL_ID)
    await hook.close()
  })

  test('of a form that makes leads names the lead, which the responsible user has', async () => {
    const form = await addForm({ createLead: true })
    const number = nextNumber()
    await ask(form, { number })
    const [received] = await handler.waitFor(wire(number))
    const fields = new URLSearchParams(received!.body)
    expect(fields.get('data[CRM_ENTITY_TYPE]')).toBe('LEAD')
    const lead = await app.call('crm.lead.get', { ID: fields.get('data[CRM_ENTITY_ID]') })
    expect(lead.body.result).toMatchObject({
      TITLE: `Callback request: ${number}`,
      ASSIGNED_BY_ID: String(eve.userId),
      SOURCE_ID: 'CALLBACK',
    })
  })

  test('of a form that makes cards names the new contact, who has a deal, where the CRM works without leads', async () => {
    await house.admin.api('PATCH', '/switches', { crmMode: 'simple' })
    const form = await addForm({ createLead: true })
    const number = nextNumber()
    await ask(form, { number })
    await house.admin.api('PATCH', '/switches', { crmMode: 'classic' })
    const fields = new URLSearchParams((await handler.waitFor(wire(number)))[0]!.body)
    expect(fields.get('data[CRM_ENTITY_TYPE]')).toBe('CONTACT')
    const deals = await app.call('crm.deal.list', { filter: { CONTACT_ID: fields.get('data[CRM_ENTITY_ID]') } })
    expect(deals.body.result).toMatchObject([
      { TITLE: `Callback request: ${number}`, ASSIGNED_BY_ID: String(eve.userId), SOURCE_ID: 'CALLBACK' },
    ])
    expect((await app.call('crm.lead.list', { filter: { PHONE: number } })).body.result).toEqual([])
  })

  test('of a client with nothing going on makes one more lead where repeat sales are on, and still names the client', async () => {
    const number = nextNumber()
    const contact = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: number }] })
    const leadsOf = async () => (await app.call('crm.lead.list', { filter: { CONTACT_ID: contact } })).body.result
    const form = await addForm({ createLead: true })
    await house.admin.api('PATCH', '/switches', { repeatSales: true })
    await ask(form, { number })
    await house.admin.api('PATCH', '/switches', { repeatSales: false })
    const fields = new URLSearchParams((await handler.waitFor(wire(number)))[0]!.body)
    expect([fields.get('data[CRM_ENTITY_TYPE]'), fields.get('data[CRM_ENTITY_ID]')]).toEqual(['CONTACT', String(contact)])
    expect(await leadsOf()).toHaveLength(1)
  })

  test('goes once to each address of the target, and to no other app', async () => {
    const stranger = await startListener()
    const other = await house.addApp({ title: 'Other' })
    await other.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', handler: stranger.url })
    const number = nextNumber()
    await ask(await addForm(), { number })
    await handler.waitFor(wire(number))
    expect(receivedFor(number)).toHaveLength(1)
    expect(stranger.received).toEqual([])
    await stranger.close()
  })
})

describe('the call that the app registers', () => {
  test('with TYPE 4 for the number is tied to the request: list, trace and card show it', async () => {
    const form = await addForm()
    const number = nextNumber()
    await ask(form, { number })
    await handler.waitFor(wire(number))
    const { traceId } = await withOutcome(form, 'delivered')
    const before = await house.admin.api('GET', `/traces/${traceId}`)
    expect(before.body).toMatchObject({ callId: null, verdict: 'The phone app has the request and has not registered a call for it yet.' })
    expect(before.body.steps[0]).toMatchObject({
      kind: 'asked',
      text: `A visitor of the form “Call me” asked to be called back at ${number}`,
    })

    const { body } = await app.call('telephony.externalcall.register', { USER_PHONE_INNER: '105', PHONE_NUMBER: number, TYPE: 4, SHOW: 1 })
    const callId = body.result.CALL_ID as string
    expect((await requestsOf(form))[0]).toMatchObject({ outcome: 'called', call: { callId, state: 'registered', userName: 'Eve' } })
    const cards = await eve.api('GET', '/calls/open')
    expect(cards.body.items[0]).toMatchObject({ callId, direction: 'callback', traceId })
    expect((await house.admin.api('GET', '/calls/open')).body.items).toEqual([])

    await app.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 12, STATUS_CODE: 200 })
    expect((await requestsOf(form))[0].call).toMatchObject({ state: 'finished', durationSeconds: 12, statusCode: '200' })
    const trace = (await house.admin.api('GET', `/traces/${traceId}`)).body
    expect(trace).toMatchObject({ callId, verdict: 'They talked for 12 seconds.' })
    const kinds = trace.steps.map((step: { kind: string }) => step.kind)
    expect(kinds).toEqual(expect.arrayContaining(['asked', 'target', 'attempt', 'delivery_delivered', 'registered', 'finished']))
    expect(kinds.indexOf('asked')).toBeLessThan(kinds.indexOf('registered'))
  })

  test('for another number, of another type, by another app or after 30 minutes is not tied', async () => {
    const form = await addForm()
    const number = nextNumber()
    await ask(form, { number })
    await handler.waitFor(wire(number))
    const register = (by: TestApp, params: Readonly<Record<string, unknown>>) =>
      by.call('telephony.externalcall.register', { USER_ID: eve.userId, PHONE_NUMBER: number, TYPE: 4, ...params })
    const other = await house.addApp({ title: 'Stranger' })
    await register(app, { PHONE_NUMBER: nextNumber() })
    await register(app, { TYPE: 1 })
    await register(other, {})
    clock.turn(31 * 60_000)
    app = await refreshed(app)
    await register(app, {})
    expect((await withOutcome(form, 'delivered')).call).toBeNull()
  })
})

async function refreshed(old: TestApp): Promise<TestApp> {
  const query = `grant_type=refresh_token&client_id=${old.clientId}&client_secret=${old.clientSecret}&refresh_token=${old.refreshToken}`
  const { body } = await request(`${house.url}/oauth/token/?${query}`)
  old.accessToken = body.access_token
  old.refreshToken = body.refresh_token
  return old
}

describe('nothing is sent, and the visitor and the responsible user are told', () => {
  test('when the app has bound no handler', async () => {
    const bare = await house.addApp({ title: 'Bare' })
    const form = await addForm({ target: `app:${bare.id}`, title: 'Bare form' })
    const number = nextNumber()
    const answer = await ask(form, { number })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('600')
    expect(answer.body).toContain('We cannot call you by ourselves right now')
    const [kept] = await requestsOf(form)
    expect(kept).toMatchObject({ number, outcome: 'skipped', reason: 'no_handler', call: null })
    const [note] = await notesOf(eve)
    expect(note!.message).toContain(number)
    expect(note!.message).toContain('Bare has to bind a handler to ONEXTERNALCALLBACKSTART')
    expect(note!.message).toContain(`/traces/${kept.traceId}`)
    const trace = await house.admin.api('GET', `/traces/${kept.traceId}`)
    expect(trace.body.verdict).toBe('Bare has not said where clicks are to be sent. Nothing was called.')
  })

  test('when the installation of the app is not finished', async () => {
    const half = await house.addApp({ title: 'Half', installed: false })
    await half.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', handler: handler.url })
    const form = await addForm({ target: `app:${half.id}` })
    const number = nextNumber()
    expect((await ask(form, { number })).status).toBe(503)
    expect((await requestsOf(form))[0]).toMatchObject({ outcome: 'skipped', reason: 'not_installed' })
    expect(receivedFor(number)).toEqual([])
  })

  test('when the responsible user has left, the administrators are told', async () => {
    const leaver = await house.addPerson('Lee', null)
    const form = await addForm({ userId: leaver.userId, target: null, enabled: false })
    const bare = await house.addApp({ title: 'Deaf' })
    await house.admin.api('PATCH', `/callback-forms/${form.id}`, { target: `app:${bare.id}`, enabled: true })
    await house.admin.api('PATCH', `/users/${leaver.userId}`, { isActive: false })
    const number = nextNumber()
    expect((await ask(form, { number })).status).toBe(503)
    expect((await notesOf(house.admin))[0]!.message).toContain(number)
    expect((await notesOf(eve)).some((note) => note.message.includes(number))).toBe(false)
  })

  test('after the fact: the handler refuses, cannot be reached in time, or is silent', async () => {
    const broken = await startListener()
    const phone = await house.addApp({ title: 'Broken' })
    await phone.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', handler: broken.url })
    const form = await addForm({ target: `app:${phone.id}` })
    broken.answer((response) => void response.writeHead(404).end())
    expect((await ask(form)).status).toBe(200)
    expect(await withOutcome(form, 'failed')).toMatchObject({ reason: 'http_4xx' })
    expect((await notesOf(eve))[0]!.message).toContain('The phone app did not take the request. Call the visitor yourself.')

    broken.answer((response) => void response.end(JSON.stringify({ refused: { code: 'offline', text: 'Nobody is at work' } })))
    await ask(form)
    expect(await withOutcome(form, 'failed')).toMatchObject({ reason: 'Nobody is at work' })

    broken.answer((response) => void response.writeHead(500).end())
    await ask(form)
    const unsure = await withOutcome(form, 'unconfirmed')
    expect((await notesOf(eve))[0]!.message).toContain('It is not known whether the phone app took the request')
    expect((await house.admin.api('GET', `/traces/${unsure.traceId}`)).body.verdict).toContain('so that nobody is called twice')
    expect(broken.received).toHaveLength(3)

    broken.answer((response) => void response.writeHead(503, { 'retry-after': '25' }).end())
    const number = nextNumber()
    await ask(form, { number })
    await broken.waitFor(wire(number))
    await expect
      .poll(() => house.portal.store.read.selectFrom('delivery').select('state').orderBy('id', 'desc').executeTakeFirst())
      .toEqual({ state: 'retrying' })
    clock.turn(31_000)
    expect(await withOutcome(form, 'expired')).toMatchObject({ reason: expect.any(String) })
    await broken.close()
  })
})

describe('an app that polls', () => {
  test('fetches the request from its offline queue in time; later it is gone and the responsible user told', async () => {
    const poller = await house.addApp({ title: 'Poller' })
    await poller.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', event_type: 'offline' })
    const form = await addForm({ target: `app:${poller.id}` })
    const number = nextNumber()
    expect((await ask(form, { number })).status).toBe(200)
    const { body } = await poller.call('event.offline.get', {})
    expect(body.result.events[0].EVENT_DATA).toMatchObject({ PHONE_NUMBER: number, VOICE: 'ukenglishfemale' })
    const { body: registered } = await poller.call('telephony.externalcall.register', {
      USER_ID: eve.userId,
      PHONE_NUMBER: number,
      TYPE: 4,
    })
    expect((await withOutcome(form, 'called')).call.callId).toBe(registered.result.CALL_ID)

    await ask(form)
    clock.turn(40_000)
    await withOutcome(form, 'expired')
    expect((await poller.call('event.offline.get', {})).body.result.events).toEqual([])
  })
})

describe('limits', () => {
  test('the same number again within two minutes is the same request: one event', async () => {
    const form = await addForm({ perNumber: { hour: 1, day: 1 } })
    const number = nextNumber()
    const address = nextAddress()
    const answers = await Promise.all([1, 2, 3, 4].map(() => askJson(form, { number, address })))
    expect(answers.map((answer) => answer.body.ok)).toEqual([true, true, true, true])
    expect(answers.filter((answer) => answer.body.repeated === false)).toHaveLength(1)
    await handler.waitFor(wire(number))
    expect(await requestsOf(form)).toHaveLength(1)
    expect(receivedFor(number)).toHaveLength(1)
  })

  test('a number may ask so often in an hour and in a day, however it is written', async () => {
    const form = await addForm({ perNumber: { hour: 2, day: 3 } })
    const number = '+1 (212) 555-0188'
    const again = (typed: string) => askJson(form, { number: typed })
    expect((await again(number)).status).toBe(200)
    clock.turn(130_000)
    expect((await again('2125550188')).status).toBe(200)
    clock.turn(130_000)
    const refused = await again('001-212-555-0188')
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(3600 - 300)
    expect(seconds).toBeLessThanOrEqual(3600 - 259)
    expect(refused.body).toMatchObject({ ok: false, code: 'callback_limit' })
    clock.turn(seconds * 1000)
    expect((await again(number)).status).toBe(200)
    clock.turn(2 * 3_600_000)
    const daily = await again(number)
    expect(daily.status).toBe(429)
    expect(Number(daily.headers.get('retry-after'))).toBeGreaterThan(12 * 3600)
  })

  test('an address may ask so often; an IPv6 address counts as its /64, refusals of countries count too, and a flood is one row', async () => {
    const form = await addForm({ perAddress: { hour: 2, day: 10 } })
    expect((await ask(form, { address: '2001:db8:1:2::1' })).status).toBe(200)
    expect((await ask(form, { address: '2001:db8:1:2:ffff::9', number: '+44 20 7946 0123' })).status).toBe(422)
    expect((await ask(form, { address: '2001:db8:1:2::77' })).status).toBe(429)
    expect((await ask(form, { address: '2001:db8:1:2::78' })).status).toBe(429)
    expect((await ask(form, { address: '2001:db8:1:3::1' })).status).toBe(200)
    expect((await ask(form, { address: '::ffff:203.0.113.5' })).status).toBe(200)
    expect((await ask(form, { address: '203.0.113.5' })).status).toBe(200)
    expect((await ask(form, { address: '203.0.113.5' })).status).toBe(429)
    const outcomes = (await requestsOf(form)).map((one: { outcome: string }) => one.outcome)
    expect(outcomes.filter((outcome: string) => outcome === 'refused_limit')).toHaveLength(2)
  })

  test('what is refused again or sent again is answered without the database’s writer, which clicks need', async () => {
    const form = await addForm({ perAddress: { hour: 1, day: 1 } })
    const [number, address] = [nextNumber(), nextAddress()]
    expect((await ask(form, { number, address })).status).toBe(200)
    expect((await ask(form, { address })).status).toBe(429)
    const { promise, resolve: release } = Promise.withResolvers<void>()
    const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>()
    const holding = house.portal.store.transaction(async (tx) => {
      await tx.db.selectFrom('portal').select('id').execute()
      hold()
      await promise
    })
    await isHeld
    expect((await ask(form, { address })).status).toBe(429)
    expect((await ask(form, { number, address })).status).toBe(200)
    release()
    await holding
  })

  test('another form has limits of its own, and the address itself is nowhere in the database', async () => {
    const address = '203.0.113.77'
    const limits = { perAddress: { hour: 1, day: 1 } }
    const [one, two] = [await addForm(limits), await addForm(limits)]
    expect((await ask(one, { address })).status).toBe(200)
    expect((await ask(two, { address })).status).toBe(200)
    expect((await ask(one, { address })).status).toBe(429)
    const rows = await house.portal.store.read.selectFrom('callback_request').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(address)
  })

  test('only numbers of the form’s countries are called: not the islands of +1, not premium numbers', async () => {
    const form = await addForm({ countries: ['US', 'RU'] })
    expect((await askJson(form, { number: '+7 495 123-45-67' })).status).toBe(200)
    for (const number of ['+18765550123', '+44 20 7946 0123', '+19005550123']) {
      const refused = await askJson(form, { number })
      expect(refused.status, number).toBe(422)
      expect(refused.body).toMatchObject({ code: 'callback_country', message: expect.stringContaining('United States, Russia') })
      expect(receivedFor(number.replaceAll(' ', ''))).toEqual([])
    }
  })
})

describe('hostile input', () => {
  test.each([
    ['nothing', '', 'number_empty'],
    ['letters', 'call me', 'callback_number'],
    ['a script', '"><script>alert(1)</script>', 'callback_number'],
    ['a service code', '**21*+12125550111#', 'callback_number'],
    ['an emergency number', '112', 'callback_number'],
    ['two lines', '+12125550111\r\nX: y', 'callback_number'],
    ['control characters', '\0\u202E', 'number_empty'],
    ['far too much', '1'.repeat(5000), 'callback_number'],
  ])('%s for a number is refused with what to do, and stands in the page as text', async (_name, number, code) => {
    const form = await addForm()
    expect((await askJson(form, { number })).body).toMatchObject({ ok: false, code, message: expect.stringMatching(/number/) })
    const page = await ask(form, { number })
    expect(page.status).toBe(422)
    expect(page.body).not.toContain('<script')
    expect(page.body).toContain('role="alert"')
    expect(await requestsOf(form)).toEqual([])
  })

  test('the texts of the form are text in the page and in the script of sites', async () => {
    const form = await addForm({ title: `</title><script>alert('t')</script>\u2028` })
    const page = await request(form.url)
    expect(page.body).not.toContain('<script')
    const script = await request(`${form.url}.js`)
    expect(script.body).not.toContain('</title>')
    expect(() => new Script(script.body as string)).not.toThrow()
  })

  test('a body that is too large, no form or not JSON is refused', async () => {
    const form = await addForm()
    const post = (body: string, type: string) =>
      request(`${house.url}/forms/${form.key}`, { method: 'POST', headers: { 'content-type': type }, body })
    expect((await post(`number=${'9'.repeat(100_000)}`, 'application/x-www-form-urlencoded')).status).toBe(413)
    expect((await post('{"number":', 'application/json')).status).toBe(400)
    expect((await post('[[[[', 'text/plain')).status).toBe(400)
    expect((await post('{"number":{"a":1}}', 'application/json')).status).toBe(422)
    expect((await post('number[]=1&number[]=2', 'application/x-www-form-urlencoded')).status).toBe(422)
  })

  test('a program that fills the hidden field is refused', async () => {
    const form = await addForm()
    const answer = await ask(form, { fields: { website: 'https://spam.example' } })
    expect(answer.status).toBe(422)
    expect(answer.body).toContain('Please leave the field that is not for you empty')
    expect(await requestsOf(form)).toEqual([])
  })

  test('a key that is none, of a form that is off or deleted: 404 in words, and nothing about the form', async () => {
    const off = await addForm({ enabled: false, title: 'Secret plans' })
    const gone = await addForm({ title: 'Secret plans' })
    expect((await house.admin.api('DELETE', `/callback-forms/${gone.id}`)).status).toBe(204)
    for (const key of ['x', '%00', '../../etc', 'f'.repeat(24), 'f'.repeat(3000), off.key, gone.key]) {
      const page = await request(`${house.url}/forms/${encodeURIComponent(key)}`)
      expect(page.status, key).toBeGreaterThanOrEqual(400)
      expect(page.status, key).toBeLessThan(500)
      expect(JSON.stringify(page.body)).not.toContain('Secret plans')
    }
    expect((await ask(off)).status).toBe(404)
    expect((await request(`${off.url}.js`)).status).toBe(404)
    expect((await request(`${off.url}?preview=1`)).body).toContain('takes no requests')
    expect((await request(`${(await addForm()).url}?preview=1`)).body).toContain('<button type="submit" disabled>')
  })
})

describe('other sites', () => {
  const site = 'https://shop.example'

  test('may frame the page and post to it only if the form names them', async () => {
    const form = await addForm({ origins: [site] })
    const page = await request(form.url)
    expect(page.headers.get('content-security-policy')).toMatch(new RegExp(`frame-ancestors 'self' ${site} http://127\\.0\\.0\\.1:\\d+$`))
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const allowed = await askJson(form, { headers: { origin: site } })
    expect(allowed.status).toBe(200)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(site)
    expect((await requestsOf(form))[0].origin).toBe(site)
    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null']) {
      const refused = await askJson(form, { headers: { origin } })
      expect(refused.status, origin).toBe(403)
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
      expect(refused.body).toMatchObject({ code: 'callback_origin' })
      const preflight = await fetch(form.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(await requestsOf(form)).toHaveLength(1)
    const preflight = await fetch(form.url, { method: 'OPTIONS', headers: { origin: site, 'access-control-request-method': 'POST' } })
    expect(preflight.headers.get('access-control-allow-origin')).toBe(site)
  })

  test('the page speaks the visitor’s language', async () => {
    const form = await addForm()
    const inLanguage = async (accepted: string) => (await request(form.url, { headers: { 'accept-language': accepted } })).body as string
    expect(await inLanguage('ru-RU,ru;q=0.9,en;q=0.8')).toContain('<html lang="ru">')
    expect(await inLanguage('de,en;q=0.9,ru;q=0.5')).toContain('<html lang="en">')
    expect(await inLanguage('fr')).toContain('<html lang="en">')
    const refused = await ask(form, { number: 'x', headers: { 'accept-language': 'ru' } })
    expect(refused.body).toContain('не похоже на полный номер телефона')
  })
})

describe('the own API', () => {
  test('is for administrators; a new form is off, with limits, for the portal’s country', async () => {
    const refused = await eve.api('GET', '/callback-forms')
    expect(refused.body.code).toBe('admin_only')
    expect((await eve.api('POST', '/callback-forms', { title: 'Mine' })).status).toBe(403)
    const { status, body } = await house.admin.api('POST', '/callback-forms', { title: ' New ' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      title: 'New',
      enabled: false,
      countries: ['US'],
      target: null,
      userId: house.admin.userId,
      withTokens: false,
    })
    expect(body.perNumber).toEqual({ hour: 2, day: 5 })
    const on = await house.admin.api('PATCH', `/callback-forms/${body.id}`, { enabled: true })
    expect(on.body).toMatchObject({ code: 'callback_form_incomplete', detail: expect.stringContaining('choose where its requests go') })
    expect((await house.admin.api('GET', `/callback-forms/${body.id}`)).body.enabled).toBe(false)
    const changed = await house.admin.api('PATCH', `/callback-forms/${body.id}`, {
      enabled: true,
      target: `app:${app.id}`,
      origins: ['https://Shop.example/page?x=1', 'https://shop.example'],
    })
    expect(changed.body).toMatchObject({ enabled: true, origins: ['https://shop.example'] })
  })

  test.each([
    ['voice', { voice: 'robot' }, 'callback_voice'],
    ['target', { target: 'app:9999' }, 'target_unknown'],
    ['user', { userId: 9999 }, 'user_not_found'],
    ['country', { countries: ['ZZ'] }, 'callback_countries'],
    ['site', { origins: ['shop.example'] }, 'callback_site'],
    ['site that would widen the policy', { origins: ['https://a.example;script-src'] }, 'callback_site'],
    ['site of another scheme', { origins: ['javascript:alert(1)'] }, 'callback_site'],
    ['limit', { perAddress: { hour: 0, day: 1 } }, 'invalid_input'],
    ['title', { title: '   ' }, 'invalid_input'],
  ])('refuses a wrong %s', async (_name, input, code) => {
    const form = await addForm()
    const before = (await house.admin.api('GET', `/callback-forms/${form.id}`)).body
    expect((await house.admin.api('PATCH', `/callback-forms/${form.id}`, input)).body.code).toBe(code)
    expect((await house.admin.api('GET', `/callback-forms/${form.id}`)).body).toEqual(before)
  })

  test('pages through the requests', async () => {
    const form = await addForm({ perAddress: { hour: 100, day: 100 } })
    for (let count = 0; count < 52; count++) await ask(form, { number: `+1646555${String(100 + count).padStart(4, '0')}` })
    const first = (await house.admin.api('GET', `/callback-forms/${form.id}/requests`)).body
    expect(first.items).toHaveLength(50)
    const second = (await house.admin.api('GET', `/callback-forms/${form.id}/requests?cursor=${first.nextCursor}`)).body
    expect(second.items.map((one: { number: string }) => one.number)).toEqual(['+16465550101', '+16465550100'])
    expect(second.nextCursor).toBeNull()
  })
})
