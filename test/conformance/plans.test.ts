import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillHistory, openHand, type Hand } from '../support/history.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { readPlan, type Plan } from '../support/plans.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearStatements, type Ear, type HeardStatement } from '../support/statements.ts'
import { engines, type EmptyDatabase } from './engines.ts'

/** Tables that grow with every click, and those that grow with the company. */
const growing = [
  'event',
  'delivery',
  'attempt',
  'call',
  'call_card',
  'last_click',
  'trace',
  'trace_step',
  'statistic',
  'session',
  'notification',
  'contact',
  'multifield',
  'activity',
  'activity_binding',
]

/** The few rows of one call, delivery, number or card, and those that are open, may be put in order; nothing else may. */
const fewRows =
  /\b(delivery_call|attempt_delivery|trace_step_call|call_call_id|recording_call|call_card_user|sqlite_autoindex_call_card_1|call_card_pkey|trace_call|event_call|multifield_match|multifield_entity|delivery_due)\b/

describe.each(engines)('with 100,000 past deliveries on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp
  let hand: Hand
  let ear: Ear
  let lastNumber = 3000

  const heardDuring = async (work: () => Promise<void>): Promise<ReadonlyMap<string, HeardStatement>> => {
    ear.take()
    await work()
    return ear.take()
  }
  /** what would cost more as history grows, in words; nothing when all is well */
  const faultsOf = async (statements: ReadonlyMap<string, HeardStatement>): Promise<string[]> => {
    const faults: string[] = []
    for (const statement of statements.values()) {
      const plan: Plan | null = await readPlan(hand, database.address, statement)
      if (plan === null) continue
      const scanned = plan.scanned.filter((table) => growing.includes(table))
      if (scanned.length > 0) faults.push(`scans ${scanned.join()}: ${statement.sql} | ${plan.text}`)
      const isOfGrowing = growing.some((table) => new RegExp(`\\b(from|join|into|update) "?${table}\\b`).test(statement.sql))
      if (plan.isSorted && isOfGrowing && !fewRows.test(plan.text)) faults.push(`sorts: ${statement.sql} | ${plan.text}`)
    }
    return faults
  }
  const namesOf = (statements: ReadonlyMap<string, HeardStatement>): string => [...statements.keys()].join('\n')
  const until = async <T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await look()
      if (isSo(found)) return found
      if (tries === 400) throw new Error(`it did not get there: ${JSON.stringify(found)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const click = async (): Promise<string> =>
    (await house.admin.api('POST', '/clicks', { number: `+1555010${++lastNumber}` })).body.call.callId
  const settled = (callId: string) =>
    until(
      async () => (await house.admin.api('GET', `/deliveries?callId=${callId}&event=ONEXTERNALCALLSTART`)).body.items[0]?.state as string,
      (state) => !['pending', 'sending', 'retrying'].includes(state),
    )

  beforeAll(async () => {
    database = await create()
    ear = hearStatements()
    house = await startPortal({ databaseUrl: database.address })
    handler = await startListener()
    app = await house.addApp()
    for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND'])
      await app.call('event.bind', { event, handler: handler.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    const { body } = await house.admin.api('GET', `/handlers?appId=${app.id}&event=ONEXTERNALCALLSTART`)
    await house.addContact({ NAME: 'Ada', PHONE: [{ VALUE: '+15550102999', VALUE_TYPE: 'WORK' }] })
    hand = await openHand(database.address)
    // history comes last, with the statistics of it
    await fillHistory(hand, {
      deliveries: 100_000,
      portalId: house.portalId,
      userId: house.admin.userId,
      handlerId: body.items[0].id,
      owner: `app:${app.id}`,
      endsAt: Date.now() - 86_400_000,
    })
  }, 120_000)
  afterAll(async () => {
    ear.stop()
    await hand.close()
    await house.stop()
    await handler.close()
    await database.drop()
  })

  test('a click, its delivery and its record read and write by indexes alone', async () => {
    // what is remembered of a clicker is read anew when their row was written
    await house.portal.users.change(house.portalId, house.admin.userId, { workPosition: 'Sales' })
    const statements = await heardDuring(async () => {
      const callId = await click()
      expect(await settled(callId)).toBe('delivered')
    })
    // the scenario went where it should have gone
    for (const part of ['last_click', 'insert into "call"', 'insert into "delivery"', 'insert into "attempt"', 'session'])
      expect(namesOf(statements)).toContain(part)
    expect(await faultsOf(statements)).toEqual([])
  })

  test('so does the rest of the call: reported, finished, looked at', async () => {
    const callId = await click()
    await settled(callId)
    const statements = await heardDuring(async () => {
      const finished = await app.call('telephony.externalcall.finish', {
        CALL_ID: callId,
        USER_ID: house.admin.userId,
        DURATION: 60,
        STATUS_CODE: 200,
      })
      expect(finished.status).toBe(200)
      const { body } = await house.admin.api('GET', `/calls/${callId}`)
      expect(body.state).toBe('finished')
      for (const path of ['/calls/open', `/calls/${callId}/trace`, '/calls']) await house.admin.api('GET', path)
      await app.call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+15550102999'] })
      await app.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '+15550102999' })
    })
    expect(namesOf(statements)).toContain('statistic')
    expect(await faultsOf(statements)).toEqual([])
  })

  test('what is due is claimed, and what a dead process left is found, among the open ones only', async () => {
    const statements = await heardDuring(async () => {
      await house.portal.deliveries.claimDue(100, [])
      await house.portal.deliveries.nextDueAt([])
      await house.portal.deliveries.recover({ all: false })
      await house.portal.deliveries.recover({ all: true })
    })
    expect(statements.size).toBeGreaterThanOrEqual(4)
    expect(await faultsOf(statements)).toEqual([])
  })

  test('the log of deliveries and the metrics are read by indexes, whatever the state', async () => {
    const statements = await heardDuring(async () => {
      for (const state of ['failed', 'unconfirmed', 'pending', 'delivered'])
        for (const path of ['/deliveries', '/attempts']) expect((await house.admin.api('GET', `${path}?state=${state}`)).status).toBe(200)
      for (const path of ['/deliveries', '/attempts', '/events']) expect((await house.admin.api('GET', path)).body.items.length).toBe(50)
      await fetch(`${house.url}/metrics`)
    })
    expect(await faultsOf(statements)).toEqual([])
  })
})
