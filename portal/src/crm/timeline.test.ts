import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PortalError } from '../errors.ts'
import { openTestPortal, type TestPortal } from './test-portal.ts'
import type { CallFacts, TimelinePlace } from './timeline.ts'

let portal: TestPortal
let portalId: number
let company: number
let contact: number

beforeAll(async () => {
  portal = await openTestPortal({ country: 'RU', language: 'ru' })
  portalId = portal.by.portalId
  company = await portal.store.transaction((tx) => portal.entities.create(tx, 'company', { fields: { title: 'Лад' } }, portal.by))
  contact = await portal.store.transaction((tx) =>
    portal.entities.create(tx, 'contact', { fields: { name: 'Пётр', last_name: 'Гусев', company_id: company } }, portal.by),
  )
})
afterAll(() => portal.close())

function facts(more: Partial<CallFacts> = {}): CallFacts {
  const card = { type: 'contact' as const, id: contact }
  return {
    portalId,
    callId: 'externalCall.a',
    type: 1,
    userId: portal.by.userId,
    actorId: portal.by.userId,
    phoneNumber: '+74950000117',
    startedAt: 1_000_000,
    endedAt: 1_060_000,
    isAnswered: true,
    card,
    ...more,
  }
}

const addCall = (more: Partial<CallFacts> = {}): Promise<number | null> =>
  portal.store.transaction((tx) => portal.timeline.addCallActivity(tx, facts(more)))
const page = (card: { type: 'contact' | 'company' | 'lead'; id: number }, limit = 50) =>
  portal.timeline.page({ portalId, card, after: null, limit })

describe('the activity of a call', () => {
  it('stands on the contact and on its company, in the language of the portal, and is said', async () => {
    const id = await addCall()
    expect(portal.said).toContain(`ONCRMACTIVITYADD ${String(id)}`)
    expect(portal.changes).toEqual(expect.arrayContaining([`contact:${contact}`, `company:${company}`]))
    for (const card of [
      { type: 'contact' as const, id: contact },
      { type: 'company' as const, id: company },
    ]) {
      const shown = await page(card)
      expect(shown?.items[0]).toEqual({
        id,
        kind: 'call',
        at: 1_000_000,
        subject: 'Исходящий звонок: Пётр Гусев',
        text: '',
        authorId: portal.by.userId,
        callId: 'externalCall.a',
        tellsOf: null,
      })
      expect(shown?.items.at(-1)).toMatchObject({ kind: 'created', id: 0 })
    }
  })

  it('is not completed when an incoming call was missed, and is once the report corrects it', async () => {
    const id = await addCall({ callId: 'externalCall.b', type: 2, isAnswered: false, startedAt: 2_000_000, endedAt: 2_000_000 })
    const row = () => portal.store.read.selectFrom('activity').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(await row()).toMatchObject({ completed: 0, status: 1, direction: 1, subject: 'Пропущенный звонок: Пётр Гусев' })
    expect(
      await portal.store.transaction((tx) =>
        portal.timeline.correctCallActivity(
          tx,
          id!,
          facts({ callId: 'externalCall.b', type: 2, startedAt: 2_000_000, endedAt: 2_030_000 }),
        ),
      ),
    ).toBe(true)
    expect(await row()).toMatchObject({ completed: 1, status: 2, end_at: 2_030_000, subject: 'Входящий звонок: Пётр Гусев' })
    expect(portal.said.filter((one) => one.endsWith(` ${String(id)}`))).toEqual([
      `ONCRMACTIVITYADD ${String(id)}`,
      `ONCRMACTIVITYUPDATE ${String(id)}`,
    ])
  })

  it('is not written for a card that is gone, and correcting one that is gone changes nothing', async () => {
    expect(await addCall({ card: { type: 'lead', id: 424_242 } })).toBeNull()
    expect(await portal.store.transaction((tx) => portal.timeline.correctCallActivity(tx, 424_242, facts()))).toBe(false)
    expect(await portal.timeline.page({ portalId, card: { type: 'lead', id: 424_242 }, after: null, limit: 5 })).toBeNull()
  })

  it('is said by nobody when the transaction does not commit', async () => {
    const before = portal.said.length
    await expect(
      portal.store.transaction(async (tx) => {
        await portal.timeline.addCallActivity(tx, facts({ callId: 'externalCall.never' }))
        throw new PortalError('internal')
      }),
    ).rejects.toThrow()
    expect(portal.said).toHaveLength(before)
    expect(await portal.store.read.selectFrom('activity').select('id').where('call_id', '=', 'externalCall.never').execute()).toEqual([])
  })

  it('pages through calls that began in the same millisecond without losing or repeating one', async () => {
    const lead = await portal.store.transaction((tx) => portal.entities.create(tx, 'lead', { fields: { title: 'Same' } }, portal.by))
    for (let n = 0; n < 5; n++) await addCall({ callId: `externalCall.same${n}`, card: { type: 'lead', id: lead } })
    for (let n = 0; n < 3; n++) {
      portal.setNow(facts().startedAt)
      await portal.notes.add({ type: 'lead', id: lead }, `note ${n}`, portal.by)
    }
    const seen: string[] = []
    let after: TimelinePlace | null = null
    do {
      const shown = await portal.timeline.page({ portalId, card: { type: 'lead', id: lead }, after, limit: 2 })
      seen.push(...(shown?.items ?? []).map((item) => `${item.kind} ${item.id}`))
      after = shown?.next ?? null
    } while (after)
    const ids = (kind: string) => seen.filter((one) => one.startsWith(kind)).map((one) => Number(one.split(' ')[1]))
    expect(seen.map((one) => one.split(' ')[0])).toEqual([...Array(5).fill('call'), ...Array(3).fill('note'), 'created'])
    for (const kind of ['call', 'note']) expect(ids(kind)).toEqual(ids(kind).toSorted((a, b) => b - a))
    expect(new Set(seen).size).toBe(9)
  })

  it('goes with its last card, and stays while another card has it', async () => {
    const gone = await portal.store.transaction((tx) =>
      portal.entities.create(tx, 'contact', { fields: { name: 'Gone', company_id: company } }, portal.by),
    )
    const shared = await addCall({ callId: 'externalCall.shared', card: { type: 'contact', id: gone } })
    const alone = await portal.store.transaction((tx) => portal.entities.create(tx, 'lead', { fields: { title: 'Alone' } }, portal.by))
    const own = await addCall({ callId: 'externalCall.own', card: { type: 'lead', id: alone } })
    await portal.store.transaction((tx) => portal.entities.remove(tx, { type: 'contact', id: gone }, portal.by))
    await portal.store.transaction((tx) => portal.entities.remove(tx, { type: 'lead', id: alone }, portal.by))
    expect((await page({ type: 'company', id: company }))?.items.map((item) => item.id)).toContain(shared)
    expect(portal.said).toContain(`ONCRMACTIVITYDELETE ${String(own)}`)
    expect(portal.said).not.toContain(`ONCRMACTIVITYDELETE ${String(shared)}`)
  })
})

describe('a deleted company', () => {
  it('is taken out of its contacts', async () => {
    const id = await portal.store.transaction((tx) =>
      portal.entities.create(tx, 'company', { fields: { title: 'Short-lived' } }, portal.by),
    )
    const person = await portal.store.transaction((tx) =>
      portal.entities.create(tx, 'contact', { fields: { name: 'Stays', company_id: id } }, portal.by),
    )
    await portal.store.transaction((tx) => portal.entities.remove(tx, { type: 'company', id }, portal.by))
    expect((await portal.entities.find(portalId, { type: 'contact', id: person }))?.row).toMatchObject({ company_id: null })
  })
})

describe('a call list', () => {
  it('keeps the status of participants who stay, and is tied to calls', async () => {
    const people: number[] = []
    for (const name of ['A', 'B', 'C'])
      people.push(await portal.store.transaction((tx) => portal.entities.create(tx, 'contact', { fields: { name } }, portal.by)))
    const id = await portal.store.transaction((tx) =>
      portal.callLists.create(tx, { type: 'contact', entityIds: people.slice(0, 2) }, portal.by),
    )
    const list = await portal.callLists.find(portalId, id)
    expect(list?.title).toBe(`Обзвон #${id}`)
    expect(portal.said).toContain(`ONCRMACTIVITYADD ${String(list?.activity_id)}`)
    expect(await portal.callLists.find(portal.stranger.portalId, id)).toBeNull()
    const [first, second] = await portal.callLists.items(portalId, id)
    expect(
      await portal.store.transaction((tx) =>
        portal.callLists.setStatus(tx, { portalId, callListId: id, itemId: second!.id, status: 'SUCCESS' }),
      ),
    ).toBe(true)
    expect(
      await portal.store.transaction((tx) =>
        portal.callLists.setStatus(tx, { portalId: portal.stranger.portalId, callListId: id, itemId: second!.id, status: 'IN_WORK' }),
      ),
    ).toBe(false)
    await portal.store.transaction((tx) =>
      portal.callLists.tieCall(tx, {
        portalId,
        callListId: id,
        entity: { type: 'contact', id: first!.entity_id },
        callId: 'externalCall.x',
        isSuccess: false,
      }),
    )
    await portal.store.transaction((tx) => portal.callLists.replace(tx, id, { type: 'contact', entityIds: people.slice(1) }, portal.by))
    const items = await portal.callLists.items(portalId, id)
    expect(items.map((item) => [item.entity_id, item.status])).toEqual([
      [people[1], 'SUCCESS'],
      [people[2], 'IN_WORK'],
    ])
    expect(await portal.callLists.holds(portalId, id, people[0]!)).toBe(false)
    expect((await page({ type: 'contact', id: people[1]! }))?.items.map((item) => item.kind)).toEqual(['created'])
    await expect(
      portal.store.transaction((tx) => portal.callLists.setStatus(tx, { portalId, callListId: id, itemId: second!.id, status: 'DONE' })),
    ).rejects.toThrow('Incorrect status')
  })

  it('is not half-written when one participant does not exist', async () => {
    const before = await portal.store.read.selectFrom('call_list').select('id').execute()
    await expect(
      portal.store.transaction((tx) => portal.callLists.create(tx, { type: 'company', entityIds: [company, 424_242] }, portal.by)),
    ).rejects.toThrow('Incorrect entities id')
    expect(await portal.store.read.selectFrom('call_list').select('id').execute()).toEqual(before)
  })
})
