import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal } from '../../portal/src/portal.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { findFreePort } from '../support/ports.ts'
import { request, startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'
import { engines, type EmptyDatabase } from './engines.ts'

interface OfflineRecord {
  readonly ID: string
  readonly EVENT_NAME: string
  readonly EVENT_DATA: { readonly CALL_ID?: string; readonly FIELDS?: { readonly ID: string } }
  readonly MESSAGE_ID: string
  readonly PROCESS_ID?: string
  readonly ERROR?: string
}

describe.each(engines)('the offline queue on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp
  let number = 1000

  const take = async (params: Readonly<Record<string, unknown>> = {}, by: TestApp = app) => {
    const { body } = await by.call('event.offline.get', params)
    expect(body.error, JSON.stringify(body)).toBeUndefined()
    return body.result as { process_id: string | null; events: OfflineRecord[] }
  }
  const list = async (params: Readonly<Record<string, unknown>> = {}) =>
    (await app.call('event.offline.list', params)).body as { result: OfflineRecord[]; total: number; next?: number }
  const click = async (): Promise<string> => {
    const { body } = await house.admin.api('POST', '/clicks', { number: `+1555021${number++}` })
    return body.call.callId as string
  }
  const callIds = (events: readonly OfflineRecord[]) => events.map((event) => event.EVENT_DATA.CALL_ID)

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    handler = await startListener()
    app = await house.addApp()
    await app.call('event.bind', { event: 'OnExternalCallStart', event_type: 'offline' })
    await app.call('event.bind', { event: 'ONCRMCONTACTUPDATE', event_type: 'offline' })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  })
  afterAll(async () => {
    await house.stop()
    await handler.close()
    await database.drop()
  })
  beforeEach(async () => {
    for (let events = 1; events > 0;) events = (await take({ limit: 500 })).events.length
  })

  test('gives a poller each click, in order, none lost and none twice, also with two readers at once', async () => {
    const got: Array<{ reader: number; callIds: string[] }> = []
    let isOver = false
    const read = async (reader: number): Promise<void> => {
      for (;;) {
        const wasOver = isOver
        const { events } = await take({ limit: 7 })
        if (events.length > 0) got.push({ reader, callIds: callIds(events) as string[] })
        else if (wasOver) return
      }
    }
    const readers = [read(0), read(1)]
    const clicked: string[] = []
    for (let round = 0; round < 12; round++) clicked.push(...(await Promise.all(Array.from({ length: 10 }, click))))
    isOver = true
    await Promise.all(readers)
    const all = got.flatMap((one) => one.callIds)
    expect(all.toSorted()).toEqual(clicked.toSorted())
    expect(new Set(all).size).toBe(120)
  })

  test('is bound without a handler and shown by event.get', async () => {
    const { body } = await app.call('event.get')
    expect(body.result).toContainEqual({ event: 'ONEXTERNALCALLSTART', handler: '', auth_type: '0', offline: 1 })
    const again = await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', event_type: 'offline', handler: handler.url })
    expect([again.status, again.body.error_description]).toEqual([400, 'Unable to set event handler: Handler already binded'])
  })

  test('hands clicks out in the order in which they were made', async () => {
    const clicked: string[] = []
    for (let n = 0; n < 12; n++) clicked.push(await click())
    const first = await take({ limit: 5 })
    const second = await take({ limit: 50 })
    expect(callIds([...first.events, ...second.events])).toEqual(clicked)
    expect(first.process_id).toBeNull()
  })

  test('keeps what is reserved from other readers until it is cleared', async () => {
    for (let n = 0; n < 6; n++) await click()
    const reservations = await Promise.all([take({ clear: 0, limit: 3 }), take({ clear: 0, limit: 3 })])
    const [one, two] = reservations
    expect(new Set(callIds([...one.events, ...two.events])).size).toBe(6)
    expect(one.process_id).toMatch(/^[0-9a-f]{32}$/)
    expect(one.process_id).not.toBe(two.process_id)
    expect((await take()).events).toEqual([])
    expect((await list()).total).toBe(6)
    expect((await list({ filter: { PROCESS_ID: one.process_id } })).result.map((row) => row.ID)).toEqual(one.events.map((row) => row.ID))
    // after a crash the process gets its own rows again
    expect((await take({ clear: 0, process_id: one.process_id })).events).toEqual(one.events)
    await app.call('event.offline.clear', { process_id: one.process_id, id: [one.events[0]!.ID] })
    await app.call('event.offline.clear', { process_id: one.process_id, message_id: [one.events[1]!.MESSAGE_ID] })
    expect((await take({ clear: 0, process_id: one.process_id })).events).toEqual([one.events[2]])
    expect((await app.call('event.offline.clear', { process_id: two.process_id })).body.result).toBe(true)
    expect((await list()).result.map((row) => row.ID)).toEqual([one.events[2]!.ID])
    await app.call('event.offline.clear', { process_id: one.process_id })
  })

  test('gives what was marked as failed only to who asks for it', async () => {
    const callId = await click()
    const { process_id: processId, events } = await take({ clear: 0 })
    await app.call('event.offline.error', { process_id: processId, message_id: [events[0]!.MESSAGE_ID] })
    expect((await list()).result[0]).toMatchObject({ ERROR: '1', PROCESS_ID: processId })
    expect((await take()).events).toEqual([])
    expect((await take({ process_id: processId })).events).toEqual([])
    expect(callIds((await take({ error: 1 })).events)).toEqual([callId])
    expect((await list()).total).toBe(0)
  })

  test('holds one record for an object, with its last change; a change after a reservation is a new one', async () => {
    const id = await house.addContact({ NAME: 'Nora' })
    const other = await house.addContact({ NAME: 'Omar' })
    const update = (contact: number, name: string) => app.call('crm.contact.update', { id: contact, fields: { NAME: name } })
    for (const name of ['a', 'b', 'c']) await update(id, name)
    await update(other, 'x')
    const { process_id: processId, events } = await take({ clear: 0 })
    expect(events.map((event) => [event.EVENT_NAME, event.EVENT_DATA.FIELDS?.ID])).toEqual([
      ['ONCRMCONTACTUPDATE', String(id)],
      ['ONCRMCONTACTUPDATE', String(other)],
    ])
    await update(id, 'd')
    const after = await take({ clear: 0 })
    expect(after.events.map((event) => event.MESSAGE_ID)).toEqual([events[0]!.MESSAGE_ID])
    // the older and the newer one may be failed, cleared and joined without getting into each other's way
    await app.call('event.offline.error', { process_id: processId })
    expect((await take({ clear: 0, error: 1, process_id: after.process_id })).events).toHaveLength(1)
    expect((await take({ clear: 0, error: 1 })).events).toHaveLength(2)
    for (const row of (await list()).result) await app.call('event.offline.clear', { process_id: row.PROCESS_ID })
    expect((await list()).total).toBe(0)
  })

  test('loses no change that is made while readers take records of the same object', async () => {
    const id = await house.addContact({ NAME: 'Rae' })
    const seen: OfflineRecord[] = []
    for (let round = 0; round < 15; round++) {
      const [answer] = await Promise.all([
        app.call('crm.contact.update', { id, fields: { NAME: `n${round}` } }),
        take().then(({ events }) => seen.push(...events)),
        take().then(({ events }) => seen.push(...events)),
      ])
      expect(answer.body.result).toBe(true)
    }
    seen.push(...(await take()).events)
    expect(seen.length).toBeGreaterThan(0)
    expect(new Set(seen.map((row) => row.ID)).size).toBe(seen.length)
    await app.call('crm.contact.update', { id, fields: { NAME: 'last' } })
    expect((await take()).events).toHaveLength(1)
  })

  test('keeps queues of connectors apart and does not echo what the connector did itself', async () => {
    await app.call('event.bind', { event: 'ONCRMCONTACTADD', event_type: 'offline', auth_connector: 'erp' })
    const add = (connector?: string) =>
      app.call('crm.contact.add', { fields: { NAME: 'Echo' }, ...(connector && { auth_connector: connector }) })
    await add('erp')
    const fromOther = (await add('shop')).body.result as number
    const fromNobody = (await add()).body.result as number
    const inBatch = await app.call('batch', { cmd: { a: 'crm.contact.add?fields[NAME]=Echo&auth_connector=erp' } })
    expect(inBatch.body.result.result.a).toBeGreaterThan(0)
    expect((await take()).events).toEqual([])
    expect((await list({ auth_connector: 'erp' })).result.map((row) => row.EVENT_DATA.FIELDS?.ID)).toEqual([
      String(fromOther),
      String(fromNobody),
    ])
    expect((await take({ auth_connector: 'erp' })).events).toHaveLength(2)
    expect((await app.call('event.unbind', { event: 'ONCRMCONTACTADD', event_type: 'offline' })).body.result.count).toBe(1)
  })

  test('filters, orders and pages', async () => {
    const clicked = await Promise.all(Array.from({ length: 60 }, click))
    const all = await list()
    expect([all.result.length, all.total, all.next]).toEqual([50, 60, 50])
    expect((await list({ start: 50 })).result).toHaveLength(10)
    expect((await list({ start: -1 })).total).toBeUndefined()
    const ids = all.result.map((row) => Number(row.ID))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect((await list({ order: { ID: 'DESC' } })).result[0]!.ID).not.toBe(all.result[0]!.ID)
    const [first, second] = all.result as [OfflineRecord, OfflineRecord]
    expect((await list({ filter: { '@ID': [first.ID, second.ID] } })).total).toBe(2)
    expect((await list({ filter: { '>ID': second.ID, '!MESSAGE_ID': first.MESSAGE_ID } })).total).toBe(58)
    expect((await list({ filter: { EVENT_NAME: 'ONCRMCONTACTUPDATE' } })).total).toBe(0)
    expect((await list({ filter: { '>TIMESTAMP_X': '2001-01-01T00:00:00+00:00' } })).total).toBe(60)
    const { TIMESTAMP_X: shown } = all.result.at(-1)! as OfflineRecord & { TIMESTAMP_X: string }
    const counted = async (operator: string) => (await list({ filter: { [`${operator}TIMESTAMP_X`]: shown } })).total
    const [equal, less, greater] = [await counted('='), await counted('<'), await counted('>')]
    expect(equal).toBeGreaterThan(0)
    expect(equal + less + greater).toBe(60)
    expect([await counted('!'), await counted('<='), await counted('>=')]).toEqual([less + greater, less + equal, greater + equal])
    expect((await take({ filter: { '<=ID': second.ID }, order: { ID: 'DESC' } })).events.map((row) => row.ID)).toEqual([
      second.ID,
      first.ID,
    ])
    for (const params of [
      { filter: { 'ID; drop': 1 } },
      { order: { NAME: 'ASC' } },
      { filter: { ID: 'x' } },
      { filter: { ID: { a: [1] } } },
      { order: Object.fromEntries(Array.from({ length: 64 }, (__, n) => [`${' '.repeat(n)}ID`, 'ASC'])) },
    ]) {
      const refused = await app.call('event.offline.get', params)
      expect([refused.status, refused.body.error], JSON.stringify(params)).toEqual([400, 'ERROR_ARGUMENT'])
    }
    expect(clicked).toHaveLength(60)
  })

  test('is closed to people without rights, to webhooks and to other apps', async () => {
    const bo = await house.addPerson('Bo', null)
    const other = await house.addApp({ title: 'Other', by: bo })
    for (const method of ['event.offline.get', 'event.offline.list']) {
      const refused = await other.call(method)
      expect([refused.status, refused.body]).toEqual([403, { error: 'ACCESS_DENIED', error_description: 'Access denied!' }])
    }
    const bound = await other.call('event.bind', { event: 'ONCRMCONTACTADD', event_type: 'offline' })
    expect([bound.status, bound.body.error_description]).toEqual([
      403,
      'Access denied! Offline events binding requires administrator access rights',
    ])
    const unbound = await other.call('event.unbind', { event: 'ONCRMCONTACTADD', event_type: 'offline' })
    expect(unbound.body.error_description).toBe('Access denied! Offline events unbinding requires administrator access rights')
    const webhook = await house.addIncomingWebhook(['telephony'])
    expect((await (await fetch(`${webhook}event.offline.get`)).json()) as object).toMatchObject({ error: 'WRONG_AUTH_TYPE' })
    await click()
    const third = await house.addApp({ title: 'Third' })
    expect((await take({}, third)).events).toEqual([])
    expect((await take()).events).toHaveLength(1)
    expect((await app.call('event.offline.clear', {})).body).toMatchObject({ error: 'ERROR_ARGUMENT', argument: 'process_id' })
  })

  test('is a way for a click: the target is ready, the call waits for a report, a second click meanwhile is the same call', async () => {
    const { body: telephony } = await house.admin.api('GET', '/telephony')
    expect(telephony.targets.find((target: { id: string }) => target.id === `app:${app.id}`)).toMatchObject({ ready: true, problem: null })
    const { body } = await house.admin.api('POST', '/clicks', { number: '+15550210001' })
    expect(body.call).toMatchObject({ state: 'registered', delivery: null })
    const { events } = await take()
    expect(events[0]).toMatchObject({
      EVENT_NAME: 'ONEXTERNALCALLSTART',
      EVENT_DATA: { PHONE_NUMBER: '+15550210001', USER_ID: String(house.admin.userId), CALL_ID: body.call.callId, IS_MOBILE: '0' },
      EVENT_ADDITIONAL: { user_id: String(house.admin.userId) },
    })
    const finished = await app.call('telephony.externalCall.finish', {
      CALL_ID: body.call.callId,
      USER_ID: house.admin.userId,
      DURATION: 3,
    })
    expect(finished.body.result.CALL_STATUS).toBe(1)
  })

  test('holds a click that also went to a handler: a refusal there does not end what a poller may still take', async () => {
    handler.answer((response) => response.writeHead(404).end())
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
    try {
      const callId = await click()
      await handler.waitFor(callId)
      await expect
        .poll(async () => (await house.admin.api('GET', `/calls/${callId}`)).body)
        .toMatchObject({ state: 'registered', delivery: { state: 'failed' } })
      expect(callIds((await take()).events)).toEqual([callId])
      const { body } = await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 1 })
      expect(body.result.CALL_STATUS).toBe(1)
    } finally {
      await app.call('event.unbind', { event: 'ONEXTERNALCALLSTART', handler: handler.url, event_type: 'online' })
      handler.answer((response) => void response.end())
    }
  })

  test('drops a click whose call is over before it was fetched', async () => {
    const callId = await click()
    await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId })
    expect((await take()).events).toEqual([])
  })

  test('tells by ONOFFLINEEVENT that something waits, at most once in minTimeout', async () => {
    await app.call('event.bind', { event: 'ONOFFLINEEVENT', handler: handler.url, options: { minTimeout: 1 } })
    const began = Date.now()
    for (let n = 0; n < 10; n++) await click()
    const [first] = await handler.waitFor('event=ONOFFLINEEVENT')
    expect(first!.body).toContain('refresh_token%5D=')
    expect(first!.body).not.toContain('data%5B')
    const [, second] = await handler.waitFor('event=ONOFFLINEEVENT', 2)
    expect(second!.at - first!.at).toBeGreaterThan(900)
    const told = handler.received.filter((one) => one.body.includes('ONOFFLINEEVENT')).length
    expect(told).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - began) / 1000))
    expect((await app.call('event.unbind', { event: 'ONOFFLINEEVENT' })).body.result.count).toBe(1)
  })
})

describe.each(engines)('a click that nobody fetches on %s', (_, create) => {
  test('is not handed out after its deadline, and its call is closed with a reason', async () => {
    const database = await create()
    const clock = createTurnableClock()
    const house = await startPortal({ databaseUrl: database.address, world: { clock } })
    try {
      const app = await house.addApp()
      await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', event_type: 'offline' })
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
      const late = (await house.admin.api('POST', '/clicks', { number: '+15550219001' })).body.call.callId as string
      expect((await house.admin.api('POST', '/clicks', { number: '+15550219001' })).body.call.callId).toBe(late)
      const fetched = (await house.admin.api('POST', '/clicks', { number: '+15550219002' })).body.call.callId as string
      const reserved = await app.call('event.offline.get', { clear: 0, order: { ID: 'DESC' }, limit: 1 })
      expect(reserved.body.result.events[0].EVENT_DATA.CALL_ID).toBe(fetched)
      clock.turn(10_000)
      expect((await house.admin.api('POST', '/clicks', { number: '+15550219001' })).body.call.callId).toBe(late)
      clock.turn(25_000)
      expect((await app.call('event.offline.get', {})).body.result.events).toEqual([])
      await expect
        .poll(async () => (await house.admin.api('GET', `/calls/${late}`)).body)
        .toMatchObject({
          state: 'finished',
          closedByPortal: true,
          statusCode: 'OTHER',
          failedReason: 'The phone app did not fetch the click in time',
        })
      const { body: kept } = await house.admin.api('GET', `/calls/${fetched}`)
      expect(kept.state).toBe('registered')
      const { body: trace } = await house.admin.api('GET', `/traces/${kept.traceId}`)
      expect(trace.verdict).toBe('The phone app fetched the click and has not reported about the call yet.')
      expect(trace.steps.map((step: { kind: string }) => step.kind)).toContain('fetched')
    } finally {
      await house.stop()
      await database.drop()
    }
  })
})

describe.each(engines.filter(([name]) => name === 'PostgreSQL'))('two processes on one %s', (_, create) => {
  test('share the queue: each click is handed out by one of them, once', async () => {
    const database = await create()
    const house = await startPortal({ databaseUrl: database.address })
    const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-second-'))
    const port = await findFreePort()
    const overrides = { port, host: '127.0.0.1', log: { level: 'silent' }, databaseUrl: database.address }
    const second = await createPortal(loadConfig({ env: {}, dataDir, overrides }))
    await second.start()
    try {
      const app = await house.addApp()
      await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', event_type: 'offline' })
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
      const seen: string[] = []
      let isOver = false
      const read = async (url: string): Promise<void> => {
        for (;;) {
          const wasOver = isOver
          const { body } = await request(`${url}/rest/event.offline.get?auth=${app.accessToken}&limit=3`)
          const events = body.result.events as OfflineRecord[]
          seen.push(...events.map((event) => event.EVENT_DATA.CALL_ID ?? ''))
          if (events.length === 0 && wasOver) return
        }
      }
      const readers = [house.url, `http://127.0.0.1:${port}`, house.url, `http://127.0.0.1:${port}`].map(read)
      const clicked: string[] = []
      for (let n = 0; n < 40; n++)
        clicked.push((await house.admin.api('POST', '/clicks', { number: `+1555022${1000 + n}` })).body.call.callId as string)
      isOver = true
      await Promise.all(readers)
      expect(seen.toSorted()).toEqual(clicked.toSorted())
      // a switch that one process changes holds in the other
      await house.admin.api('PATCH', '/switches', { strictAppContext: true })
      await expect.poll(() => second.switches.of(house.portalId).strictAppContext).toBe(true)
    } finally {
      await second.stop()
      await house.stop()
      await rm(dataDir, { recursive: true, force: true })
      await database.drop()
    }
  })
})

describe.each(engines)('what a process had queued and not told when it died on %s', (_, create) => {
  test('is told by another, once', async () => {
    const database = await create()
    const clock = createTurnableClock()
    const listener = await startListener()
    const house = await startPortal({ databaseUrl: database.address, world: { clock } })
    try {
      const app = await house.addApp()
      await app.call('event.bind', { event: 'ONOFFLINEEVENT', handler: listener.url, options: { minTimeout: 2 } })
      const { store } = house.portal
      await store.transaction((tx) =>
        tx.insert('offline_event', {
          portal_id: house.portalId,
          owner: `app:${app.id}`,
          connector: '',
          event: 'ONCRMCONTACTADD',
          message_id: 'left',
          call_id: null,
          user_id: house.admin.userId,
          data: '{}',
          process_id: '',
          error: 0,
          expires_at: null,
          changed_at: clock.now(),
        }),
      )
      clock.turn(11_000)
      await listener.waitFor('event=ONOFFLINEEVENT')
      clock.turn(11_000)
      clock.turn(11_000)
      await house.admin.api('GET', '/session')
      expect(listener.received.filter((one) => one.body.includes('event=ONOFFLINEEVENT'))).toHaveLength(1)
    } finally {
      await house.stop()
      await listener.close()
      await database.drop()
    }
  })
})
