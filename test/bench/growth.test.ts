/** 10 million past deliveries must not slow a click down (issue "Delivery that can be trusted", Shows 4). Only for long runs: GROWTH_ROWS changes the number. */
import { afterEach, describe, expect, test } from 'vitest'
import { engines } from '../conformance/engines.ts'
import { fillHistory, openHand } from '../support/history.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'

const pastDeliveries = Number(process.env['GROWTH_ROWS'] ?? 10_000_000)
const rounds = 7
const clicksInRound = Number(process.env['GROWTH_CLICKS'] ?? 2000)
const atOnce = 64
const hourMs = 3_600_000

interface Site {
  readonly house: TestPortal
  readonly handler: Listener
  readonly address: string
  /** clicks per second and CPU per click of each round; CPU of the whole process, handler included */
  readonly perSecond: number[]
  readonly cpuUs: number[]
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Fictional numbers, all different: 555-01xx in 800 areas. */
const numberOf = (index: number): string => `+1${200 + (Math.floor(index / 100) % 800)}55501${String(index % 100).padStart(2, '0')}`

describe.each(engines)('growth on %s', (name, create) => {
  const ends: Array<() => Promise<unknown>> = []
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  }, hourMs)

  const open = async (): Promise<Site> => {
    const database = await create()
    ends.push(() => database.drop())
    const house = await startPortal({ databaseUrl: database.address })
    ends.push(() => house.stop())
    const handler = await startListener()
    ends.push(() => handler.close())
    const app = await house.addApp()
    for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT']) await app.call('event.bind', { event, handler: handler.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    return { house, handler, address: database.address, perSecond: [], cpuUs: [] }
  }

  const fill = async ({ house, address }: Site): Promise<void> => {
    const { body } = await house.admin.api('GET', '/handlers?event=ONEXTERNALCALLSTART')
    const { id: handlerId, appId } = body.items[0]
    const hand = await openHand(address)
    const facts = { portalId: house.portalId, userId: house.admin.userId, handlerId, owner: `app:${appId}`, apartMs: 500 }
    // what the default policy leaves: the bodies of the last days, the rest without
    await fillHistory(hand, { ...facts, deliveries: pastDeliveries, endsAt: Date.now() - hourMs, bodyBytes: 100 })
    await hand.close()
  }

  /** All have arrived; or no delivery is open any more, for one that expired or was canceled never arrives. */
  const settled = async ({ portal }: TestPortal, haveArrived: () => boolean): Promise<void> => {
    const open = portal.store.read.selectFrom('delivery').select('id').where('due_at', 'is not', null).limit(1)
    for (let waits = 1; !haveArrived(); waits++) {
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (waits % 500 !== 0 || (await open.executeTakeFirst())) continue
      const rows = await portal.store.read
        .selectFrom('delivery')
        .select((eb) => ['state', 'reason', eb.fn.countAll<number>().as('count')])
        .where('id', '>', 0)
        .groupBy(['state', 'reason'])
        .execute()
      throw new Error(`not all deliveries arrived: ${JSON.stringify(rows)}`)
    }
  }

  let lastNumber = 0
  const runRound = async ({ house, handler, perSecond, cpuUs }: Site): Promise<void> => {
    const arrived = handler.received.length + 2 * clicksInRound
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    let left = clicksInRound
    const clicker = async (): Promise<void> => {
      while (left-- > 0) {
        const click = { portalId: house.portalId, userId: house.admin.userId, number: numberOf(lastNumber++), entity: null }
        const { outcome } = await house.portal.clicks.click({ ...click, callListId: 0, isMobile: false })
        if (outcome !== 'registered') throw new Error(outcome)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, clicker))
    await settled(house, () => handler.received.length >= arrived)
    perSecond.push(clicksInRound / ((performance.now() - startedAt) / 1000))
    const { user, system } = process.cpuUsage(cpuBefore)
    cpuUs.push((user + system) / clicksInRound)
  }

  test(
    `${pastDeliveries} past deliveries leave at least 0.9 of the throughput of an empty database`,
    async () => {
      const [empty, full] = [await open(), await open()]
      const fillStartedAt = performance.now()
      await fill(full)
      const fillSeconds = (performance.now() - fillStartedAt) / 1000
      for (const site of [empty, full, empty, full]) await runRound(site) // warm-up
      for (const site of [empty, full]) site.perSecond.length = site.cpuUs.length = 0
      for (let round = 0; round < rounds; round++) for (const site of round % 2 === 0 ? [empty, full] : [full, empty]) await runRound(site)
      const show = ({ perSecond, cpuUs }: Site): string =>
        `${median(perSecond).toFixed(0)} clicks/s [${Math.min(...perSecond).toFixed(0)}-${Math.max(...perSecond).toFixed(0)}], ${median(cpuUs).toFixed(0)} us CPU a click`
      const ratio = median(empty.perSecond.map((value, round) => full.perSecond[round]! / value))
      console.log(
        `${name}, ${pastDeliveries} past deliveries (made in ${fillSeconds.toFixed(0)} s)\n  empty ${show(empty)}\n  full  ${show(full)}\n  ratio ${ratio.toFixed(3)}`,
      )
      expect(ratio).toBeGreaterThanOrEqual(0.9)
    },
    2 * hourMs,
  )
})
