import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appMethodConfirmed, appPaid } from '../../../portal/src/apps/events.ts'
import type { EventDeclaration } from '../../../portal/src/events/event.ts'
import { eventCatalogue } from '../../../portal/src/portal.ts'
import { expectGoldenBody } from '../../support/golden.ts'
import { startListener, type Listener, type Received } from '../../support/listener.ts'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'
import { proved } from '../../support/proofs.ts'

const catalogue = eventCatalogue()
const scope = ['crm', 'telephony', 'user_brief']
/** What an outgoing webhook can hear: what happens in the portal, not in the life of an app. */
const heardByWebhooks = [...catalogue.values()].filter((one) => one.scope !== null).map((one) => one.name)

let house: TestPortal
let eve: Person
let app: TestApp
let handler: Listener
let webhook: Listener
let hook: { readonly id: number; readonly token: string }

const ask = async (by: TestApp, method: string, params: Readonly<Record<string, unknown>> = {}) => {
  const { body } = await by.call(method, params)
  expect(body.error, `${method}: ${JSON.stringify(body)}`).toBeUndefined()
  return body.result
}
const say = <Fact>(declaration: EventDeclaration<Fact>, fact: Fact, owner: TestApp) =>
  house.portal.store.transaction(
    (tx) => void house.portal.outbox.emit(tx, declaration, fact, { portalId: house.portalId, userId: eve.userId, only: `app:${owner.id}` }),
  )
const received = async (listener: Listener, event: string): Promise<Received> => {
  const isIt = (one: Received): boolean => one.body.startsWith(`event=${event}&`)
  await listener.waitFor(`event=${event}&`)
  return listener.received.find(isIt)!
}
const authKeys = ({ body }: Received): string[] =>
  [...new URLSearchParams(body).keys()].filter((key) => key.startsWith('auth[')).map((key) => key.slice(5, -1))
const form = ({ body }: Received): URLSearchParams => new URLSearchParams(body)

/** Makes everything happen that events tell of, once. */
async function live(): Promise<void> {
  const phone = [{ VALUE: '+15550100200', VALUE_TYPE: 'WORK' }]
  const contactId = await ask(app, 'crm.contact.add', { fields: { NAME: 'Nora', PHONE: phone } })
  await ask(app, 'crm.contact.update', { id: contactId, fields: { NAME: 'Nora B' } })
  for (const [kind, fields] of [['company', { TITLE: 'Harbour' }], ['lead', { TITLE: 'A lead' }], ['deal', { TITLE: 'A deal' }]] as const) {
    const id = await ask(app, `crm.${kind}.add`, { fields })
    await ask(app, `crm.${kind}.update`, { id, fields: { TITLE: 'Changed' } })
    await ask(app, `crm.${kind}.delete`, { id })
  } // oxfmt-ignore
  await call(contactId)
  await visit(`app:${app.id}`)
  await visit(`webhook:${hook.id}`)
  const communications = [{ VALUE: '+15550100200', ENTITY_ID: contactId, ENTITY_TYPE_ID: 3 }]
  const activity = { TYPE_ID: 2, SUBJECT: 'Meet', RESPONSIBLE_ID: 1, COMMUNICATIONS: communications }
  const activityId = await ask(app, 'crm.activity.add', { fields: activity })
  await ask(app, 'crm.activity.update', { id: activityId, fields: { SUBJECT: 'Meet again' } })
  await ask(app, 'crm.activity.delete', { id: activityId })
  await ask(app, 'crm.contact.delete', { id: contactId })
  await ask(app, 'event.test', { text: 'two words & кириллица', nested: { list: ['a'] }, yes: true, nothing: null, empty: '' })
  await say(appPaid, { code: 'pbx', version: 1, paymentExpired: false, days: 30, language: 'en' }, app)
  await say(appMethodConfirmed, { token: 'f'.repeat(32), method: 'voximplant.user.get', confirmed: true, language: 'en' }, app)
}

async function call(contactId: number): Promise<void> {
  const click = (number: string) => eve.api('POST', '/clicks', { number, entity: { kind: 'contact', id: contactId } })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const { body } = await click('+1 (555) 010-0200')
  const { callId } = body.call as { callId: string }
  await received(handler, 'ONEXTERNALCALLSTART')
  await ask(app, 'hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
  await ask(app, 'telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 7, COST: 0.5, FAILED_REASON: 'a & b' })
  await house.admin.api('PUT', '/telephony', { portalTarget: `webhook:${hook.id}` })
  await click('+1 (555) 010-0201')
  await received(webhook, 'ONEXTERNALCALLSTART')
}

/** A visitor of a page asks to be called back. */
async function visit(target: string): Promise<void> {
  const form = {
    title: 'Call me',
    text: 'A visitor asks for a call',
    voice: 'ukenglishfemale',
    target,
    userId: eve.userId,
    countries: ['US'],
    enabled: true,
  }
  const { body } = await house.admin.api('POST', '/callback-forms', form)
  await request(`${house.url}/forms/${body.key}`, { method: 'POST', body: new URLSearchParams({ number: '+12125550100', website: '' }) })
}

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  handler = await startListener()
  webhook = await startListener()
  app = await house.addApp({ scope })
  for (const event of catalogue.keys())
    await ask(app, 'event.bind', { event: event.toLowerCase(), handler: `${handler.url}?key=a b&c[]=1` })
  await ask(app, 'event.bind', { event: 'ONCRMDEALADD', event_type: 'offline' })
  const added = await house.admin.api('POST', '/webhooks/outgoing', { title: 'PBX', url: webhook.url, events: heardByWebhooks })
  hook = added.body
  await live()
  await house.admin.api('PATCH', `/apps/${app.id}`, { version: 2 })
  await received(handler, 'ONAPPUPDATE')
  await installAndRemove()
})
afterAll(async () => {
  await house.stop()
  await handler.close()
  await webhook.close()
})

/** The begin and the end of an app, at the same listener. */
async function installAndRemove(): Promise<void> {
  const other = await house.addApp({ title: 'Short-lived', scope, installed: false })
  for (const event of ['ONAPPINSTALL', 'ONAPPUNINSTALL']) await ask(other, 'event.bind', { event, handler: handler.url })
  await house.admin.api('POST', `/apps/${other.id}/install-finish`)
  await received(handler, 'ONAPPINSTALL')
  await house.admin.api('DELETE', `/apps/${other.id}`)
}

/** Ids of handlers move when an event is added to the catalogue; the body has one all the same. */
const withoutHandler = ({ body }: Received): string => body.replace(/&event_handler_id=\d+&/, '&event_handler_id=<handler>&')

describe('the body is byte for byte the golden file (contract 1.1, 1.2, 2, 7.4)', () => {
  test.each([...catalogue.keys()])('%s', async (event) => {
    await expectGoldenBody(`events/${event}-app`, withoutHandler(await received(handler, event)))
    if (heardByWebhooks.includes(event)) await expectGoldenBody(`events/${event}-webhook`, withoutHandler(await received(webhook, event)))
    proved(event)
  })
})

describe('the request (contract 1.1)', () => {
  test('is a POST of HTTP/1.1 to the address as it was bound, its query included', async () => {
    const one = await received(handler, 'ONCRMCONTACTADD')
    expect([one.method, one.httpVersion]).toEqual(['POST', '1.1'])
    expect([...new URL(one.path, 'http://x').searchParams]).toEqual([['key', 'a b'], ['c[]', '1']]) // oxfmt-ignore
    expect(one.headers).toMatchObject({
      'user-agent': 'Bitrix24 Webhook Engine',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(one.body)),
    })
  })

  test('has event, event_handler_id, data, ts and auth in this order', async () => {
    for (const event of catalogue.keys()) {
      const tops = [...form(await received(handler, event)).keys()].map((key) => key.split('[')[0])
      const order = [...new Set(tops)]
      expect([event, order]).toEqual([event, ['event', 'event_handler_id', ...(event === 'ONOFFLINEEVENT' ? [] : ['data']), 'ts', 'auth']])
    }
  })

  test('encodes as PHP does: + for a space, brackets and all else but letters, digits and -_. by per cent, UTF-8', async () => {
    const { body } = await received(handler, 'ONAPPTEST')
    expect(body).toMatch(/^[\w%&=+.-]+$/)
    expect(body).toContain('&data%5BQUERY%5D%5Btext%5D=two+words+%26+%D0%BA%D0%B8%D1%80%D0%B8%D0%BB%D0%BB%D0%B8%D1%86%D0%B0&')
    expect(body).toContain('&data%5BQUERY%5D%5Bnested%5D%5Blist%5D%5B0%5D=a&')
  })

  test('omits nulls and sends empty texts and true as 1', async () => {
    const tried = form(await received(handler, 'ONAPPTEST'))
    expect(tried.has('data[QUERY][nothing]')).toBe(false)
    expect([tried.get('data[QUERY][empty]'), tried.get('data[QUERY][yes]')]).toEqual(['', '1'])
    const started = (await received(handler, 'ONEXTERNALCALLSTART')).body
    expect(started).toContain('&data%5BEXTENSION%5D=&')
    expect(started).toContain('&data%5BLINE_NUMBER%5D=&')
    const calls = webhook.received.filter((one) => one.body.startsWith('event=ONVOXIMPLANTCALLINIT&'))
    // the second click went to a webhook: there is no app
    expect(calls.map((one) => form(one).has('data[REST_APP_ID]'))).toEqual([true, false])
  })

  test('has no data where an event has none', async () => {
    expect((await received(handler, 'ONOFFLINEEVENT')).body).not.toContain('data%5B')
  })

  test('names the event in capitals, however it was bound', async () => {
    for (const event of catalogue.keys()) expect(form(await received(handler, event)).get('event')).toBe(event)
  })

  test('has as ts the second in which it happened: INIT and the click share it', async () => {
    const [init, start] = [form(await received(handler, 'ONVOXIMPLANTCALLINIT')), form(await received(handler, 'ONEXTERNALCALLSTART'))]
    expect(init.get('ts')).toBe(start.get('ts'))
    expect(Math.abs(Number(start.get('ts')) - Date.now() / 1000)).toBeLessThan(120)
  })
})

const withUser = ['access_token', 'expires', 'expires_in', 'scope', 'domain', 'server_endpoint', 'status', 'client_endpoint', 'member_id', 'user_id', 'application_token'] // oxfmt-ignore
const longAccess = [...withUser.slice(0, -1), 'refresh_token', 'application_token']
const withoutUser = ['scope', 'domain', 'server_endpoint', 'status', 'client_endpoint', 'member_id', 'application_token']
const bare = ['domain', 'server_endpoint', 'client_endpoint', 'member_id', 'application_token']

describe('auth (contract 1.3)', () => {
  const tokenWorksAs = async (one: Received): Promise<string> =>
    (await request(`${house.url}/rest/profile?auth=${form(one).get('auth[access_token]')!}`)).body.result.ID as string

  test('of a handler of an app: the tokens of who caused it, no refresh token', async () => {
    const usual = [...catalogue.keys()].filter((event) => !/^ONAPP(?!TEST)|^ONOFFLINE|CALLBACK/.test(event))
    for (const event of usual) expect([event, authKeys(await received(handler, event))]).toEqual([event, withUser])
    const click = await received(handler, 'ONEXTERNALCALLSTART')
    expect([form(click).get('auth[user_id]'), form(click).get('data[USER_ID]'), await tokenWorksAs(click)]).toEqual(Array(3).fill(String(eve.userId)))
    const added = await received(handler, 'ONCRMCONTACTADD')
    expect([form(added).get('auth[user_id]'), await tokenWorksAs(added)]).toEqual(Array(2).fill(String(house.admin.userId)))
  }) // oxfmt-ignore

  test('holds values as the captures have them', async () => {
    const auth = (name: string) => form(click).get(`auth[${name}]`)!
    const click = await received(handler, 'ONEXTERNALCALLSTART')
    const token = auth('access_token')
    expect(token).toMatch(/^[0-9a-f]{70}$/)
    // expiry in front, little-endian; the user at hex 25 to 32
    expect(Buffer.from(token.slice(0, 8), 'hex').readUInt32LE()).toBe(Number(auth('expires')))
    expect(Number.parseInt(token.slice(24, 32), 16)).toBe(eve.userId)
    expect(Number(auth('expires')) - Number(form(click).get('ts'))).toBeGreaterThanOrEqual(3600)
    expect([auth('expires_in'), auth('scope'), auth('status')]).toEqual(['3600', scope.join(','), 'L'])
    expect([auth('domain'), auth('server_endpoint'), auth('client_endpoint')]).toEqual([new URL(house.url).host, `${house.url}/rest/`, `${house.url}/rest/`])
    expect([auth('member_id'), auth('application_token')]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
  }) // oxfmt-ignore

  test('of ONAPPINSTALL, ONAPPUPDATE and ONOFFLINEEVENT holds a refresh token that works', async () => {
    for (const event of ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONOFFLINEEVENT'])
      expect([event, authKeys(await received(handler, event))]).toEqual([event, longAccess])
    const refresh = form(await received(handler, 'ONOFFLINEEVENT')).get('auth[refresh_token]')!
    const { body } = await request(
      `${house.url}/oauth/token/?grant_type=refresh_token&client_id=${app.clientId}&client_secret=${app.clientSecret}&refresh_token=${refresh}`,
    )
    expect(body).toMatchObject({ access_token: expect.stringMatching(/^[0-9a-f]{70}$/), user_id: house.admin.userId })
  })

  test('of ONAPPUNINSTALL, ONAPPPAYMENT and ONAPPMETHODCONFIRM holds no tokens, no scope and no status', async () => {
    for (const event of ['ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM'])
      expect([event, authKeys(await received(handler, event))]).toEqual([event, bare])
  })

  test('of an outgoing webhook is five keys, with the webhook’s own token', async () => {
    for (const event of heardByWebhooks) {
      const one = await received(webhook, event)
      expect([event, authKeys(one)]).toEqual([event, bare])
      expect(form(one).get('auth[application_token]')).toBe(hook.token)
    }
  })

  test('of a handler bound for a user is that user’s, whoever acted; once deactivated, nobody’s', async () => {
    const zoe = await house.addPerson('Zoe', '106')
    const own = await startListener()
    try {
      await ask(app, 'event.bind', { event: 'ONCRMLEADADD', handler: own.url, auth_type: zoe.userId })
      await house.addLead({ TITLE: 'By the admin' })
      const first = (await own.waitFor('ONCRMLEADADD'))[0]!
      expect([authKeys(first), form(first).get('auth[user_id]'), await tokenWorksAs(first)]).toEqual([withUser, String(zoe.userId), String(zoe.userId)])
      await house.portal.users.change(house.portalId, zoe.userId, { isActive: false })
      await house.addLead({ TITLE: 'Once more' })
      expect(authKeys((await own.waitFor('ONCRMLEADADD', 2))[1]!)).toEqual(withoutUser)
    } finally {
      await own.close()
    }
  }) // oxfmt-ignore

  test('of what nobody caused has neither tokens nor user: a visitor’s wish, a call that the portal closed', async () => {
    expect(authKeys(await received(handler, 'ONEXTERNALCALLBACKSTART'))).toEqual(withoutUser)
    const refusing = await startListener()
    refusing.answer((response) => response.writeHead(404).end())
    const pbx = await house.addApp({ title: 'Refusing', scope })
    try {
      await ask(pbx, 'event.bind', { event: 'ONEXTERNALCALLSTART', handler: refusing.url })
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${pbx.id}` })
      const { body } = await eve.api('POST', '/clicks', { number: '+15550100299' })
      const isEnd = (one: Received) => one.body.startsWith('event=ONVOXIMPLANTCALLEND&') && one.body.includes(body.call.callId)
      await expect.poll(() => handler.received.some(isEnd)).toBe(true)
      expect(authKeys(handler.received.find(isEnd)!)).toEqual(withoutUser)
    } finally {
      await refusing.close()
    }
  })

  test('of the install callback has tokens and the refresh token; the callback has no event_handler_id', async () => {
    const install = await startListener()
    try {
      await house.admin.api('POST', '/apps', { title: 'API only', kind: 'api', installUrl: install.url, scope })
      const callback = (await install.waitFor('ONAPPINSTALL'))[0]!
      expect(authKeys(callback)).toEqual(longAccess)
      expect(form(callback).has('event_handler_id')).toBe(false)
    } finally {
      await install.close()
    }
  })
})

describe('nothing is sent (contract 1.5)', () => {
  const deliveriesTo = async (one: TestApp): Promise<string[]> =>
    (await house.portal.store.read.selectFrom('delivery').select('event').where('owner', '=', `app:${one.id}`).execute()).map(
      (row) => row.event,
    )

  test('to an app whose installation is not finished, although event.bind answered true', async () => {
    const half = await house.addApp({ title: 'Half', scope, installed: false })
    expect(await ask(half, 'event.bind', { event: 'ONCRMLEADADD', handler: handler.url })).toBe(true)
    expect((await ask(half, 'app.info')).INSTALLED).toBe(false)
    await house.addLead({ TITLE: 'Too early' })
    expect(await deliveriesTo(half)).toEqual([])
    await house.admin.api('POST', `/apps/${half.id}/install-finish`)
    expect((await ask(half, 'app.info')).INSTALLED).toBe(true)
    await house.addLead({ TITLE: 'Now' })
    expect(await deliveriesTo(half)).toEqual(['ONCRMLEADADD'])
  })

  test('to an app that was uninstalled, but ONAPPUNINSTALL', async () => {
    const gone = await house.addApp({ title: 'Gone', scope })
    for (const event of ['ONCRMLEADADD', 'ONAPPUNINSTALL']) await ask(gone, 'event.bind', { event, handler: handler.url })
    await house.admin.api('DELETE', `/apps/${gone.id}`)
    await house.addLead({ TITLE: 'After' })
    expect(await deliveriesTo(gone)).toEqual(['ONAPPUNINSTALL'])
  })

  test('to an API-only app before it binds, and it counts as installed at once', async () => {
    const { body } = await house.admin.api('POST', '/apps', { title: 'API', kind: 'api', scope })
    expect(body.app).toMatchObject({ installed: true })
  })

  test('of an event whose scope is missing: it is not offered and cannot be bound', async () => {
    const narrow = await house.addApp({ title: 'Narrow', scope: ['user'] })
    expect(await ask(narrow, 'events')).not.toContain('ONCRMLEADADD')
    expect((await narrow.call('event.bind', { event: 'ONCRMLEADADD', handler: handler.url })).body.error).toBe('ERROR_EVENT_NOT_FOUND')
  })

  test('of a click to apps that are not its target (contract 2.2)', async () => {
    const other = await house.addApp({ title: 'Other', scope })
    await ask(other, 'event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    const { body } = await eve.api('POST', '/clicks', { number: '+15550100298' })
    await handler.waitFor(body.call.callId)
    expect(await deliveriesTo(other)).toEqual([])
  })
})
