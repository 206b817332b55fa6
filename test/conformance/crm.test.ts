import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('cards on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let app: TestApp

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    app = await house.addApp()
  })
  afterAll(async () => {
    await house.stop()
    await database.drop()
  })

  const ask = async (method: string, params: Readonly<Record<string, unknown>>) => (await app.call(method, params)).body.result
  const addDeal = (values: Readonly<Record<string, unknown>>): Promise<number> => ask('crm.deal.add', { fields: { TITLE: 'D', ...values } })

  test('amounts keep their hundredths, are compared as numbers and ordered by', async () => {
    const amounts = ['0.1', '999.99', '1000', '-5.005', '12345678901.23']
    for (const OPPORTUNITY of amounts) await addDeal({ OPPORTUNITY, SOURCE_ID: 'AMOUNTS' })
    const found = async (filter: object): Promise<string[]> =>
      (
        await ask('crm.deal.list', { filter: { SOURCE_ID: 'AMOUNTS', ...filter }, order: { OPPORTUNITY: 'ASC' }, select: ['OPPORTUNITY'] })
      ).map((deal: { OPPORTUNITY: string }) => deal.OPPORTUNITY)
    expect(await found({})).toEqual(['-5.00', '0.10', '999.99', '1000.00', '12345678901.23'])
    expect(await found({ '>=OPPORTUNITY': '999.99', '<OPPORTUNITY': 2000 })).toEqual(['999.99', '1000.00'])
    expect(await found({ OPPORTUNITY: [0.1, '1000.00'] })).toEqual(['0.10', '1000.00'])
    const { items } = await ask('crm.item.list', { entityTypeId: 2, filter: { '>opportunity': 1000 }, select: ['opportunity'] })
    expect(items).toEqual([{ id: expect.any(Number), opportunity: 12345678901.23 }])
  })

  test('days are those that were written, whatever the time of day and the zone; cleared ones are null', async () => {
    const id = await addDeal({ BEGINDATE: '2026-03-01T23:30:00-08:00', CLOSEDATE: '2026-04-15', PROBABILITY: 40 })
    expect(await ask('crm.deal.get', { id })).toMatchObject({
      BEGINDATE: '2026-03-01T00:00:00+00:00',
      CLOSEDATE: '2026-04-15T00:00:00+00:00',
      PROBABILITY: '40',
    })
    const list = { filter: { ID: id, '<=CLOSEDATE': '2026-04-15', '>BEGINDATE': '2026-02-28' }, select: ['ID'] }
    expect(await ask('crm.deal.list', list)).toEqual([{ ID: String(id) }])
    await ask('crm.deal.update', { id, fields: { CLOSEDATE: '', PROBABILITY: '', OPPORTUNITY: '', CURRENCY_ID: '' } })
    expect(await ask('crm.deal.get', { id })).toMatchObject({ CLOSEDATE: null, PROBABILITY: null, OPPORTUNITY: '0.00', CURRENCY_ID: 'USD' })
  })

  test('what the stage of a lead or deal means is shown and filtered by, before its directory is made and after', async () => {
    await addDeal({ STAGE_ID: 'LOSE', SOURCE_ID: 'MEANING' })
    await addDeal({ STAGE_ID: 'EXECUTING', SOURCE_ID: 'MEANING' })
    for (const STATUS_ID of ['NEW', 'CONVERTED', 'JUNK']) await house.addLead({ TITLE: STATUS_ID, STATUS_ID, COMMENTS: 'meaning' })
    const meanings = async (): Promise<unknown> => {
      const deals = await ask('crm.deal.list', { filter: { SOURCE_ID: 'MEANING', CLOSED: 'N' }, select: ['STAGE_SEMANTIC_ID', 'CLOSED'] })
      const filter = { COMMENTS: 'meaning', '!STATUS_SEMANTIC_ID': 'P' }
      const leads = await ask('crm.lead.list', { filter, select: ['STATUS_SEMANTIC_ID'], order: { ID: 'ASC' } })
      return [...deals, ...leads].map(({ ID: _, ...values }: Record<string, string>) => Object.values(values).join())
    }
    expect(await meanings()).toEqual(['P,N', 'S', 'F'])
    await ask('crm.status.list', {})
    expect(await meanings()).toEqual(['P,N', 'S', 'F'])
  })

  test('the activity of a call is found by its ORIGIN_ID, in whole and in part', async () => {
    await house.addContact({ NAME: 'Called', PHONE: [{ VALUE: '+15550100291' }] })
    const call = { USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100291', TYPE: 1 }
    const { CALL_ID } = await ask('telephony.externalCall.register', call)
    const { CRM_ACTIVITY_ID } = await ask('telephony.externalCall.finish', { CALL_ID, USER_ID: house.admin.userId, DURATION: 1 })
    for (const filter of [{ ORIGIN_ID: `VI_${CALL_ID}` }, { '%ORIGIN_ID': CALL_ID }, { '=%ORIGIN_ID': `VI_%${CALL_ID.slice(-8)}` }])
      expect(await ask('crm.activity.list', { filter, select: ['ID', 'ORIGIN_ID'] })).toEqual([
        { ID: String(CRM_ACTIVITY_ID), ORIGIN_ID: `VI_${CALL_ID}` },
      ])
  })

  test('comments are paged in their order, changed and deleted', async () => {
    const ENTITY_ID = await house.addLead({ TITLE: 'L' })
    const filter = { ENTITY_TYPE: 'lead', ENTITY_ID }
    for (let index = 0; index < 52; index++) await ask('crm.timeline.comment.add', { fields: { ...filter, COMMENT: `${index}` } })
    const page = await app.call('crm.timeline.comment.list', { filter, order: { CREATED: 'DESC', ID: 'DESC' }, start: 50 })
    expect(page.body).toMatchObject({ total: 52, result: [{ COMMENT: '1' }, { COMMENT: '0' }] })
    const { ID } = page.body.result[0]
    expect(await ask('crm.timeline.comment.update', { id: ID, fields: { COMMENT: 'Changed' } })).toBe(Number(ID))
    expect((await ask('crm.timeline.comment.get', { id: ID })).COMMENT).toBe('Changed')
    expect(await ask('crm.timeline.comment.delete', { id: ID })).toBe(null)
    expect((await app.call('crm.timeline.comment.list', { filter })).body.total).toBe(51)
  })

  test('missed calls are counted once each and looked at once', async () => {
    for (const EXTERNAL_CALL_ID of ['a', 'b']) {
      const call = { USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100290', TYPE: 2, EXTERNAL_CALL_ID }
      const { CALL_ID } = await ask('telephony.externalCall.register', call)
      for (let times = 0; times < 2; times++)
        await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: house.admin.userId, DURATION: 0 })
    }
    expect((await house.admin.api('GET', '/missed-calls')).body).toEqual({ count: 2 })
    await house.admin.api('POST', '/missed-calls/looked-at', {})
    expect((await house.admin.api('GET', '/missed-calls')).body).toEqual({ count: 0 })
  })
})
