import { appendFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fillHistory, openHand, type Hand } from '../support/history.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

const dayMs = 86_400_000

describe.each(engines)('retention on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp
  let hand: Hand
  let handlerId: number

  const count = async (table: string, where = '1 = 1'): Promise<number> =>
    Number((await hand.rows(`select count(*) as n from ${table} where ${where}`))[0]!['n'])
  /** deliveries with all that belongs to them, the newest of which is so many days old, one a minute */
  const past = (deliveries: number, days: number) =>
    fillHistory(hand, {
      deliveries,
      portalId: house.portalId,
      userId: house.admin.userId,
      handlerId,
      owner: `app:${app.id}`,
      endsAt: Date.now() - days * dayMs,
      apartMs: 60_000,
    })
  const linesOf = async (table: string): Promise<Array<Record<string, unknown>>> => {
    const rows: Array<Record<string, unknown>> = []
    for (const file of (await house.portal.archive.list()).filter((one) => one.table === table))
      for await (const line of house.portal.archive.lines(table, file.day)) rows.push(JSON.parse(line))
    return rows
  }
  const clear = async (): Promise<void> => {
    for (const table of ['event', 'delivery', 'attempt', 'call', 'call_card', 'trace', 'trace_step', 'statistic', 'contact', 'multifield'])
      await hand.run(`delete from ${table} where true`)
    for (const table of ['last_click', 'retention_mark']) await hand.run(`delete from ${table} where true`)
    await hand.run(`delete from session where token_hash like 'past %'`)
  }

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    handler = await startListener()
    app = await house.addApp()
    await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    handlerId = (await house.admin.api('GET', `/handlers?appId=${app.id}&event=ONEXTERNALCALLSTART`)).body.items[0].id
    hand = await openHand(database.address)
  })
  afterEach(() => clear())
  afterAll(async () => {
    await hand.close()
    await house.stop()
    await handler.close()
    await database.drop()
  })

  test('bodies go after 14 days, deliveries with attempts and events after 90, traces after a year; calls stay', async () => {
    await past(1000, 89.9)
    // what is young stays, though its id is far below: ids are given out in blocks
    await hand.run(`update delivery set created_at = ${Date.now()} where id = -999`)
    await hand.run(`update event set created_at = ${Date.now()} where id = -999`)
    const young = await count('delivery', `created_at >= ${Date.now() - 90 * dayMs}`)
    expect(young).toBeGreaterThan(100)
    expect(young).toBeLessThan(300)
    const planned = await house.portal.retention.plan()
    expect(await count('delivery')).toBe(1000)
    const done = await house.portal.retention.run()
    expect(done).toMatchObject(planned)
    expect(await count('delivery')).toBeGreaterThanOrEqual(young - 1)
    expect(await count('delivery')).toBeLessThanOrEqual(young)
    expect(await count('event')).toBe(await count('delivery'))
    expect(await count('attempt')).toBe(await count('delivery'))
    expect(await count('attempt', `request_body <> ''`)).toBe(0)
    expect([await count('trace'), await count('call'), await count('statistic')]).toEqual([500, 500, 500])
    // all that went is in the archive, once
    const gone = 1000 - (await count('delivery'))
    for (const table of ['delivery', 'event', 'attempt']) {
      const ids = (await linesOf(table)).map((row) => row['id'])
      expect([table, ids.length, new Set(ids).size]).toEqual([table, gone, gone])
    }
    const bodies = await linesOf('attempt-bodies')
    expect(bodies.length).toBe(1000)
    expect(bodies[0]!['request_body']).toBe('x'.repeat(900))
    await hand.run(`update trace set created_at = ${Date.now() - 366 * dayMs} where id <= -900`)
    const { body } = await house.admin.api('GET', '/retention')
    expect(body.last.report).toMatchObject({ deliveries: gone, events: gone, bodies: 1000 })
    expect(body.archive.rows).toBe(3 * gone + 1000)
    expect(await house.portal.retention.run()).toMatchObject({ deliveries: 0, bodies: 0 })
  })

  test('what is open stays: a delivery under way, and all of a call that is not over', async () => {
    await past(40, 400)
    await hand.run(`update delivery set state = 'retrying', due_at = 1, settled_at = null where id = -40`)
    await hand.run(`update call set state = 'talking' where id = -20`)
    await house.portal.retention.run()
    const ids = async (table: string): Promise<number[]> =>
      (await hand.rows(`select id from ${table} order by id`)).map((row) => Number(row['id']))
    expect(await ids('delivery')).toEqual([-40, -20, -19])
    expect(await ids('event')).toEqual([-40, -20, -19])
    expect(await ids('attempt')).toEqual([-40, -20, -19])
    expect(await ids('trace')).toEqual([-20])
    expect(await ids('trace_step')).toEqual([-20])
    // and goes when it is over
    await hand.run(`update delivery set state = 'failed', due_at = null where id = -40`)
    await hand.run(`update call set state = 'finished' where id = -20`)
    await house.portal.retention.run()
    expect([await count('delivery'), await count('event'), await count('trace')]).toEqual([0, 0, 0])
  })

  test('a run that was killed between file and commit leaves no row in the archive twice', async () => {
    // around noon: all of a day
    const days = 200.5 - (1 - (Date.now() % dayMs) / dayMs)
    await past(10, days)
    await house.portal.retention.run()
    const before = (await linesOf('delivery')).length
    const file = (await house.portal.archive.list()).find(({ table, rows }) => table === 'delivery' && rows === 10)!
    const path = join(house.dataDir, 'archive', 'delivery', `${file.day}.ndjson.gz`)
    await appendFile(path, 'half of a member')
    expect((await linesOf('delivery')).length).toBe(before)
    const { size } = await stat(path)
    await clear()
    await past(10, days)
    await house.portal.retention.run()
    expect((await linesOf('delivery')).length).toBe(before + 10)
    expect((await stat(path)).size).toBeGreaterThan(size)
  })

  test('two runs at a time: one does it, the other says that it is being done', async () => {
    await past(100, 200)
    const other = house.portal.retention.run()
    const both = await Promise.all([other, house.portal.retention.run()])
    expect(both.filter((one) => one === null)).toHaveLength(1)
    expect(await count('delivery')).toBe(0)
  })

  test('days and archive are for admins to choose; 0 is for ever, without an archive nothing is written', async () => {
    const changed = await house.admin.api('PATCH', '/retention', { deliveriesDays: 0, bodiesDays: 0 })
    expect(changed.body).toMatchObject({ deliveriesDays: 0, bodiesDays: 0, tracesDays: 365, archive: true })
    await past(20, 500)
    await house.portal.retention.run()
    expect([await count('delivery'), await count('attempt', `request_body <> ''`), await count('trace')]).toEqual([20, 20, 0])
    const rows = (await linesOf('delivery')).length
    await house.admin.api('PATCH', '/retention', { deliveriesDays: 1, archive: false })
    await house.portal.retention.run()
    expect(await count('delivery')).toBe(0)
    expect((await linesOf('delivery')).length).toBe(rows)
    for (const wrong of [{ deliveriesDays: -1 }, { deliveriesDays: 1.5 }, { tracesDays: 'x' }, { archive: 1 }])
      expect((await house.admin.api('PATCH', '/retention', wrong)).status).toBeGreaterThanOrEqual(400)
    const person = await house.addPerson('Bob', '102')
    expect((await person.api('GET', '/retention')).status).toBe(403)
  })

  test('what has expired is forgotten, and cards of calls that were over yesterday are put away', async () => {
    await past(40, 20)
    await hand.run('update call_card set dismissed_at = null')
    await hand.run(`update call set state = 'talking' where id = -20`)
    const own = await count('session')
    const done = await house.portal.retention.run()
    expect(done).toMatchObject({ sessions: 2, cards: 19, doubleClicks: 4 })
    expect(await count('session')).toBe(own - 2)
    expect(await count('call_card', 'dismissed_at is null')).toBe(1)
    expect((await house.admin.api('GET', '/retention')).status).toBe(200)
  })
})
