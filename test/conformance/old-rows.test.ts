import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callbackRequestDays, keptFrameTokens, missedCallDays } from '../../portal/src/directory/old-rows.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'
import { engines, type EmptyDatabase } from './engines.ts'

const dayMs = 86_400_000

describe.each(engines)('old rows on %s', (_, create) => {
  const clock = createTurnableClock()
  let database: EmptyDatabase
  let house: TestPortal
  let app: TestApp

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address, world: { clock } })
    app = await house.addApp({ title: 'Phone' })
  })
  afterAll(async () => {
    await house.stop()
    await database.drop()
  })

  const openFrame = async (): Promise<string> => (await house.admin.api('POST', `/apps/${app.id}/frame`, {})).body.fields.REFRESH_ID
  const tokens = () => house.portal.store.read.selectFrom('refresh_token').select(['token_hash', 'purpose']).execute()
  const refresh = async (refreshToken: string): Promise<number> => {
    const query = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: app.clientId,
      client_secret: app.clientSecret,
      refresh_token: refreshToken,
    })
    return (await fetch(`${house.url}/oauth/token/?${query.toString()}`)).status
  }

  test('of the refresh tokens of pages the newest are kept, and those of the code flow all', async () => {
    const opened: string[] = []
    for (let index = 0; index < keptFrameTokens + 5; index++) {
      clock.turn(1000)
      opened.push(await openFrame())
    }
    await house.portal.oldRows.sweep()
    const left = await tokens()
    expect(left.filter((token) => token.purpose === 'frame')).toHaveLength(keptFrameTokens)
    expect(await refresh(opened.at(-1)!)).toBe(200)
    expect(await refresh(opened.at(-keptFrameTokens)!)).toBe(200)
    expect(await refresh(opened[4]!)).toBe(400)
    expect(await refresh(app.refreshToken)).toBe(200)
  })

  test('a finished request of a visitor goes after its days, one that waits and a newer one stay', async () => {
    const { store } = house.portal
    const now = clock.now()
    const add = (outcome: 'called' | 'waiting', ageDays: number) =>
      store.transaction((tx) =>
        tx.insert('callback_request', {
          portal_id: house.portalId,
          form_id: 1,
          number: '+15550100270',
          digits: '15550100270',
          country: 'US',
          address_hash: '',
          origin: '',
          owner: '',
          entity_type: '',
          entity_id: 0,
          outcome,
          reason: null,
          trace_id: null,
          call_id: null,
          created_at: now - ageDays * dayMs,
        }),
      )
    await add('called', callbackRequestDays + 1)
    await add('called', callbackRequestDays - 1)
    await add('waiting', callbackRequestDays + 1)
    await house.portal.oldRows.sweep()
    const left = await store.read.selectFrom('callback_request').select(['outcome', 'created_at']).orderBy('id').execute()
    expect(left.map((row) => [row.outcome, Math.round((now - row.created_at) / dayMs)])).toEqual([
      ['called', callbackRequestDays - 1],
      ['waiting', callbackRequestDays + 1],
    ])
  })

  test('more rows than one batch are removed; missed calls that nobody looked at after their days', async () => {
    const { store } = house.portal
    const created = clock.now() - (missedCallDays + 1) * dayMs
    await store.transaction((tx) => {
      for (let index = 0; index < 1201; index++)
        tx.insert('missed_call', { call_id: `old${index}`, portal_id: house.portalId, user_id: 1, created_at: created })
      tx.insert('missed_call', { call_id: 'new', portal_id: house.portalId, user_id: 1, created_at: created + 2 * dayMs })
    })
    await house.portal.oldRows.sweep()
    expect(await store.read.selectFrom('missed_call').select('call_id').execute()).toEqual([{ call_id: 'new' }])
  })

  test('sessions, codes and tokens go with their end, by themselves within the hour', async () => {
    const { store } = house.portal
    const count = async (table: 'session' | 'refresh_token') =>
      Number(
        (
          await store.read
            .selectFrom(table)
            .select((eb) => eb.fn.countAll().as('count'))
            .executeTakeFirstOrThrow()
        ).count,
      )
    expect([await count('session'), await count('refresh_token')]).not.toContain(0)
    clock.turn(400 * dayMs)
    await expect.poll(async () => [await count('session'), await count('refresh_token')], { timeout: 10_000 }).toEqual([0, 0])
  })
})
