import { lookup } from 'node:dns'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Resolve } from '../../portal/src/delivery/outbound.ts'
import { startListener, type Listener, type Received } from '../support/listener.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock, type TurnableClock } from '../support/turnable-clock.ts'
import { engines, type EmptyDatabase } from './engines.ts'

/** Looks again until it is so; the looked-at thing changes by itself, within milliseconds. */
async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const found = await look()
    if (isSo(found)) return found
    if (tries === 400) throw new Error(`it did not get there: ${JSON.stringify(found)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe.each(engines)('deliveries on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let clock: TurnableClock
  let handler: Listener
  let app: TestApp
  let lastNumber = 1000

  /** the DNS of these tests: one name inside, one that nobody knows yet */
  const resolve: Resolve = (host, callback) => {
    if (host === 'inside.example') callback(null, [{ address: '10.0.0.1', family: 4 }])
    else lookup(host, { all: true }, callback)
  }
  const api = (method: string, path: string, body?: unknown): Promise<Answer> => house.admin.api(method, path, body)
  const withKey = (path: string, key: string, body: unknown): Promise<Answer> =>
    request(`${house.url}/v1${path}`, {
      method: 'POST',
      headers: { cookie: house.admin.cookie, origin: house.url, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    })
  const handlerOf = async (event: string): Promise<{ id: number } & Record<string, unknown>> => {
    const { body } = await api('GET', `/handlers?appId=${app.id}&event=${event}`)
    return body.items[0]
  }
  const click = async (): Promise<string> => {
    const { body } = await api('POST', '/clicks', { number: `+1555010${++lastNumber}` })
    return body.call.callId
  }
  const dialOf = async (callId: string) => (await api('GET', `/deliveries?callId=${callId}&event=ONEXTERNALCALLSTART`)).body.items[0]
  const notesOf = async (): Promise<string[]> =>
    (await api('GET', '/notifications')).body.items.map((note: { message: string }) => note.message)

  beforeAll(async () => {
    database = await create()
    clock = createTurnableClock()
    house = await startPortal({ databaseUrl: database.address, world: { clock, resolve } })
    handler = await startListener()
    app = await house.addApp()
    for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONCRMCONTACTADD'])
      await app.call('event.bind', { event, handler: handler.url })
    await api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  })
  beforeEach(() => handler.answer((response) => void response.end()))
  afterAll(async () => {
    await house.stop()
    await handler.close()
    await database.drop()
  })

  test('an address whose name leads inside is refused when it is saved, and again when it is sent to', async () => {
    const url = 'http://inside.example/handler'
    const saved = await api('POST', '/webhooks/outgoing', { title: 'Inside', url, events: ['ONCRMCONTACTADD'] })
    expect([saved.status, saved.body.code]).toEqual([422, 'blocked_url'])
    expect(saved.body.detail).toContain('outbound.allowPrivate=private')
    const installed = await api('POST', '/apps', { title: 'Inside', kind: 'api', installUrl: url, scope: [] })
    expect([installed.status, installed.body.code]).toEqual([422, 'blocked_url'])
    // event.bind takes it, as the original does; what is sent there is refused
    expect((await app.call('event.bind', { event: 'ONCRMLEADADD', handler: url })).body.result).toBe(true)
    await house.addLead({ TITLE: 'Lea' })
    const refused = await until(
      async () => (await api('GET', '/deliveries?event=ONCRMLEADADD')).body.items[0],
      (one) => one?.reason === 'ssrf_blocked',
    )
    expect(refused.state).toBe('retrying')
    await app.call('event.unbind', { event: 'ONCRMLEADADD' })
  })

  test('a handler that was changed its secret signs with both for a day, then with the new one alone', async () => {
    const { id } = await handlerOf('ONEXTERNALCALLSTART')
    const { secret: old } = (await api('GET', `/handlers/${id}/secret`)).body
    const { secret, oldSecretUntil } = (await api('POST', `/handlers/${id}/secret`, {})).body
    expect(secret).not.toBe(old)
    expect(oldSecretUntil).toBeGreaterThan(clock.now() + 23 * 3_600_000)
    const signedOf = async (callId: string): Promise<Received> => {
      const all = await handler.waitFor(callId, 2)
      return all.find(({ body }) => body.includes('event=ONEXTERNALCALLSTART'))!
    }
    const during = await signedOf(await click())
    const verify = (by: string, { body, headers }: Received) =>
      new Webhook(by).verify(body, headers as Record<string, string>, { jsonParse: false })
    for (const one of [secret, old]) expect(() => verify(one, during)).not.toThrow()
    expect(() => verify(`whsec_${Buffer.alloc(24).toString('base64')}`, during)).toThrow('signature')
    clock.turn(25 * 3_600_000)
    const after = await signedOf(await click())
    expect(String(during.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(String(after.headers['webhook-signature']).split(' ')).toHaveLength(1)
  })

  test('a test of a handler is sent the way of every event, once, and its attempt is answered', async () => {
    const { id } = await handlerOf('ONCRMCONTACTADD')
    handler.answer((response) => void response.writeHead(500).end('broken'))
    const { status, body } = await api('POST', `/handlers/${id}/test`, {})
    expect(status).toBe(201)
    expect(body).toMatchObject({ event: 'ONAPPTEST', handlerId: id, state: 'failed', reason: 'http_5xx', attempts: 1 })
    expect(body.attemptLog).toMatchObject([{ status: 500, responseBody: 'broken' }])
    expect((await api('POST', '/handlers/999999/test', {})).body.code).toBe('handler_not_found')
  })

  test('410 switches a handler off and tells the administrators; they can switch it on again', async () => {
    const { id } = await handlerOf('ONEXTERNALCALLSTART')
    handler.answer((response, { body }) => void response.writeHead(body.includes('ONEXTERNALCALLSTART') ? 410 : 200).end())
    const callId = await click()
    await until(
      () => dialOf(callId),
      ({ state }) => state === 'failed',
    )
    expect(await dialOf(callId)).toMatchObject({ reason: 'http_410' })
    const off = await until(
      async () => (await api('GET', `/handlers/${id}`)).body,
      (one) => one.enabled === false,
    )
    expect(off).toMatchObject({ disabledReason: 'gone' })
    await until(notesOf, (notes) => notes.some((note) => note.includes('410 Gone')))
    const refused = await api('POST', '/clicks', { number: '+15550100777' })
    expect([refused.status, refused.body.code]).toEqual([409, 'handler_disabled'])
    expect((await api('POST', `/handlers/${id}/test`, {})).body.code).toBe('handler_off')
    expect((await api('PATCH', `/handlers/${id}`, { enabled: true })).body).toMatchObject({ enabled: true, disabledReason: null })
  })

  test('a handler that is not well is not sent to for a moment: the clicker is told at once, the admin too, notices wait, all by itself', async () => {
    const { id } = await handlerOf('ONEXTERNALCALLSTART')
    handler.answer((response, { body }) => void response.writeHead(body.includes('ONEXTERNALCALLSTART') ? 500 : 200).end())
    const sick = [await click(), await click(), await click(), await click(), await click()]
    for (const callId of sick)
      await until(
        () => dialOf(callId),
        ({ state }) => state === 'unconfirmed',
      )
    const open = await until(
      async () => (await api('GET', `/handlers/${id}`)).body.breaker,
      ({ state }) => state === 'open',
    )
    expect(open).toMatchObject({ reason: 'http_5xx' })
    await until(notesOf, (notes) => notes.some((note) => note.includes('does not take ONEXTERNALCALLSTART')))
    const before = handler.received.length
    const callId = await click()
    const told = await until(
      async () => (await api('GET', `/calls/${callId}`)).body,
      ({ state, delivery }) => state === 'finished' && delivery.state === 'expired',
    )
    expect(told).toMatchObject({ state: 'finished', closedByPortal: true, delivery: { reason: 'breaker_open' } })
    expect(handler.received.slice(before).filter(({ body }) => body.includes('event=ONEXTERNALCALLSTART'))).toEqual([])
    handler.answer((response) => void response.end())
    clock.turn(5_000)
    await handler.waitFor(`event=ONEXTERNALCALLSTART&event_handler_id=${id}`)
    const well = await click()
    await until(
      () => dialOf(well),
      ({ state }) => state === 'delivered',
    )
    await until(
      async () => (await api('GET', `/handlers/${id}`)).body.breaker,
      ({ state }) => state === 'closed',
    )
  })

  describe('a click that is under way', () => {
    /** a click whose request has arrived; `answer` ends it */
    const underWay = async (): Promise<{ callId: string; answer: () => void }> => {
      const answers: Array<() => void> = []
      handler.answer((response, { body }) => void (isDial(body) ? answers.push(() => response.end()) : response.end()))
      const callId = await click()
      await until(
        async () => answers.length,
        (count) => count === 1,
      )
      return { callId, answer: answers[0]! }
    }
    const isDial = (body: string): boolean => body.includes('event=ONEXTERNALCALLSTART')

    test('when the clock is set ahead stays so until it is answered', async () => {
      const { callId, answer } = await underWay()
      for (const byMs of [25_000, 5_000]) {
        clock.turn(byMs)
        // what looks for the abandoned goes through the one writer before this
        await api('PATCH', `/handlers/${(await handlerOf('ONEXTERNALCALLSTART')).id}`, { slots: null })
      }
      expect(await dialOf(callId)).toMatchObject({ state: 'sending' })
      answer()
      await until(
        () => dialOf(callId),
        ({ state }) => state === 'delivered',
      )
    })

    test('and that another process took for abandoned is delivered when it is answered', async () => {
      const { callId, answer } = await underWay()
      const { store } = house.portal
      const doubt = { state: 'unconfirmed' as const, reason: 'crash', due_at: null, lease_owner: null, lease_until: null }
      await store.transaction((tx) =>
        tx.write(store.build.updateTable('delivery').set(doubt).where('call_id', '=', callId).where('delivery_class', '=', 'dial')),
      )
      expect(await dialOf(callId)).toMatchObject({ state: 'unconfirmed', reason: 'crash' })
      answer()
      await until(
        () => dialOf(callId),
        ({ state, reason }) => state === 'delivered' && reason === null,
      )
    })
  })

  test('the limits of a handler are checked and kept', async () => {
    const { id } = await handlerOf('ONCRMCONTACTADD')
    expect((await api('PATCH', `/handlers/${id}`, { slots: 0 })).status).toBe(422)
    expect((await api('PATCH', `/handlers/${id}`, { slots: 1, perMinute: 60 })).body).toMatchObject({ slots: 1, perMinute: 60 })
    expect((await api('PATCH', `/handlers/${id}`, { slots: null, perMinute: null })).body).toMatchObject({ slots: null, perMinute: null })
  })

  describe('sent again by a filter', () => {
    test('are those that the plan has counted, or none', async () => {
      handler.answer((response) => void response.writeHead(404).end())
      const { id } = await handlerOf('ONCRMCONTACTADD')
      await api('PATCH', `/handlers/${id}`, { retries: false })
      for (const NAME of ['Ada', 'Bob', 'Cyd']) await house.addContact({ NAME })
      const filter = { handlerId: id, state: 'failed', event: 'ONCRMCONTACTADD' }
      const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)])).toString()
      const { body: plan } = await until(
        () => api('GET', `/replay-plan?${query}`),
        ({ body }) => body.notices === 3,
      )
      handler.answer((response) => void response.end())
      const wrong = await api('POST', '/replays', { filter, upToId: plan.upToId, expectedCount: 2 })
      expect([wrong.status, wrong.body.code]).toEqual([409, 'replay_changed'])
      const done = await api('POST', '/replays', { filter, upToId: plan.upToId, expectedCount: 3 })
      expect([done.status, done.body]).toEqual([201, { count: 3 }])
      const again = await until(
        async () => (await api('GET', `/deliveries?handlerId=${id}&state=delivered`)).body.items,
        (items) => items.length === 3,
      )
      expect(new Set(again.map((one: { replayOf: number }) => one.replayOf)).size).toBe(3)
    })

    test('do not place calls unless that is said', async () => {
      const { id } = await handlerOf('ONEXTERNALCALLSTART')
      const callId = await click()
      await until(
        () => dialOf(callId),
        ({ state }) => state === 'delivered',
      )
      const filter = { callId, handlerId: id }
      const { body: plan } = await api('GET', `/replay-plan?callId=${callId}&handlerId=${id}`)
      expect(plan).toMatchObject({ notices: 0, dials: 1 })
      const ask = (dials: string | undefined, expectedCount: number) =>
        api('POST', '/replays', { filter, upToId: plan.upToId, expectedCount, ...(dials && { dials }) })
      expect((await ask(undefined, 1)).body.code).toBe('confirm_dials')
      expect((await ask('leave_out', 0)).body).toEqual({ count: 0 })
      expect((await ask('place', 1)).body).toEqual({ count: 1 })
      await handler.waitFor(callId, 3)
    })

    test('are none when a name of the filter is not known: it would have meant more', async () => {
      for (const path of ['/deliveries?handler=5', '/replay-plan?handler=5', '/events?since=1']) {
        const { status, body } = await api('GET', path)
        expect([status, body.code], path).toEqual([422, 'invalid_input'])
      }
      expect((await api('GET', '/deliveries?handler=5')).body.detail).toContain(
        'handler is not known; known are state, reason, event, handlerId',
      )
      const { status, body } = await api('POST', '/replays', { filter: { handler: 5 }, upToId: 1, expectedCount: 0 })
      expect([status, body.code, body.detail]).toEqual([422, 'invalid_input', expect.stringContaining('filter handler is not known')])
    })

    test('are not the deliveries of others, and only administrators do it', async () => {
      const person = await house.addPerson('Paula', null)
      for (const [method, path] of [
        ['GET', '/replay-plan'],
        ['POST', '/replays'],
        ['GET', '/handlers'],
      ] as const)
        expect((await person.api(method, path, method === 'POST' ? {} : undefined)).status).toBe(403)
    })
  })

  describe('a request under an Idempotency-Key', () => {
    test('is done once, also when it comes twice at the same time, and gets its first answer again', async () => {
      const body = { title: 'Twice', scope: ['crm'] }
      const both = await Promise.all([withKey('/webhooks/incoming', 'key-1', body), withKey('/webhooks/incoming', 'key-1', body)])
      expect(both.every(({ status, body: answer }) => status === 201 || answer.code === 'idempotency_running')).toBe(true)
      const first = both.find(({ status }) => status === 201)!
      const again = await withKey('/webhooks/incoming', 'key-1', body)
      expect([again.status, again.body]).toEqual([201, first.body])
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      const { body: list } = await api('GET', '/webhooks/incoming')
      expect(list.items.filter((one: { title: string }) => one.title === 'Twice')).toHaveLength(1)
    })

    test('is another request with another body: refused', async () => {
      await withKey('/webhooks/incoming', 'key-2', { title: 'One', scope: ['crm'] })
      const other = await withKey('/webhooks/incoming', 'key-2', { title: 'Other', scope: ['crm'] })
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_body'])
    })

    test('that was refused may be tried again; a key that is none is refused', async () => {
      const wrong = { title: 'Later', url: 'http://10.0.0.1/', events: ['ONCRMCONTACTADD'] }
      for (let tries = 0; tries < 2; tries++) expect((await withKey('/webhooks/outgoing', 'key-3', wrong)).body.code).toBe('blocked_url')
      expect((await withKey('/webhooks/incoming', 'k'.repeat(256), { title: 'Long', scope: [] })).body.code).toBe('idempotency_key')
    })

    test('is forgotten after a day; until then what is kept shows nobody the answer', async () => {
      const body = { title: 'Kept', scope: ['crm'] }
      const { url } = (await withKey('/webhooks/incoming', 'key-4', body)).body
      const rows = await house.portal.store.read.selectFrom('idempotency_key').selectAll().execute()
      expect(JSON.stringify(rows)).not.toContain(String(url).split('/').at(-2))
      expect(JSON.stringify(rows)).not.toContain('key-4')
      clock.turn(25 * 3_600_000)
      const later = await withKey('/webhooks/incoming', 'key-4', body)
      expect(later.status).toBe(201)
      expect(later.body.url).not.toBe(url)
    })

    test('of a click is one call', async () => {
      const body = { number: '+15550100999' }
      const first = await withKey('/clicks', 'click-1', body)
      expect((await withKey('/clicks', 'click-1', body)).body.call?.callId).toBe(first.body.call?.callId)
    })
  })

  test('attempts are listed by the same filter, newest first, in pages of any size', async () => {
    const callId = await click()
    const dial = await until(
      () => dialOf(callId),
      ({ state }) => state === 'delivered',
    )
    const newId = (await api('POST', `/deliveries/${dial.id}/replay`, { confirmDial: true })).body.id as number
    const { body } = await until(
      () => api('GET', `/attempts?callId=${callId}&event=onexternalcallstart&limit=1`),
      ({ body: page }) => page.items[0]?.deliveryId === newId,
    )
    expect(body.items).toMatchObject([{ deliveryId: newId, number: 1, status: 200, callId, event: 'ONEXTERNALCALLSTART' }])
    const rest = await api('GET', `/attempts?callId=${callId}&event=onexternalcallstart&limit=1&cursor=${body.nextCursor}`)
    expect(rest.body).toMatchObject({ items: [{ deliveryId: dial.id }], nextCursor: null })
  })

  test('a page is as long as is asked for, and never longer than 200', async () => {
    for (const path of ['/deliveries', '/attempts', '/events']) {
      const { body } = await api('GET', `${path}?limit=1`)
      expect([body.items.length, typeof body.nextCursor], path).toEqual([1, 'string'])
      for (const limit of ['0', '201', 'all']) expect((await api('GET', `${path}?limit=${limit}`)).status).toBe(422)
    }
  })

  test('a state that there is not is answered with those that there are', async () => {
    const { body } = await api('GET', '/deliveries?state=lost')
    expect(body.detail).toBe(
      'query state: must be one of pending, sending, delivered, unconfirmed, retrying, failed, expired, skipped, canceled',
    )
  })

  test('events are listed with their deliveries', async () => {
    const { body } = await api('GET', '/events?name=ONCRMCONTACTADD')
    expect(body.items.length).toBeGreaterThanOrEqual(3)
    const { body: card } = await api('GET', `/events/${body.items[0].id}`)
    expect(card).toMatchObject({ name: 'ONCRMCONTACTADD', data: { FIELDS: {} } })
    expect(card.deliveries.length).toBeGreaterThan(0)
    expect((await api('GET', '/events/999999999')).body.code).toBe('no_such_event')
  })
})
