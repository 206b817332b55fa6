import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntityType } from './classic-fields.ts'
import { rematchPhones } from './multifields.ts'
import { readPhone } from './phones.ts'
import { addDemoCompany, demoCompany } from './seed-data.ts'
import { openTestPortal, type TestPortal } from './test-portal.ts'

let portal: TestPortal
let portalId: number

beforeAll(async () => {
  portal = await openTestPortal({ country: 'US' })
  portalId = portal.by.portalId
})
afterAll(() => portal.close())

function add(type: EntityType, fields: Record<string, string | number>, ...phones: string[]): Promise<number> {
  const writes = phones.map((value) => ({ typeId: value.includes('@') ? ('EMAIL' as const) : ('PHONE' as const), value }))
  return portal.store.transaction((tx) => portal.entities.create(tx, type, { fields, multifields: { writes } }, portal.by))
}

const digitsOf = (typed: string): string => readPhone(typed, { country: 'US' }).digits
const titles = async (type: EntityType, search: string): Promise<string[]> =>
  (await portal.lookup.page({ portalId, type, search, beforeId: null, limit: 50 })).cards.map((card) => `${card.row.id}`)

describe('findByPhone', () => {
  it('answers contacts, then companies, then open leads, then closed ones', async () => {
    const closed = await add('lead', { title: 'Closed', status_id: 'JUNK' }, '+1 212 555 0100')
    const open = await add('lead', { title: 'Open' }, '(212) 555-0100')
    const company = await add('company', { title: 'Acme' }, '2125550100')
    const contact = await add('contact', { name: 'Ann', last_name: 'Lee' }, '001 212 555 0100')
    const found = await portal.lookup.findByPhone(portalId, digitsOf('12125550100'))
    expect(found).toEqual([
      { type: 'contact', id: contact, title: 'Ann Lee', responsibleId: portal.by.userId },
      { type: 'company', id: company, title: 'Acme', responsibleId: portal.by.userId },
      { type: 'lead', id: open, title: 'Open', responsibleId: portal.by.userId },
      { type: 'lead', id: closed, title: 'Closed', responsibleId: portal.by.userId },
    ])
  })

  it('finds nobody for nothing, and nobody of another portal', async () => {
    expect(await portal.lookup.findByPhone(portalId, '')).toEqual([])
    expect(await portal.lookup.findByPhone(portal.stranger.portalId, digitsOf('12125550100'))).toEqual([])
  })

  it('sees what its own transaction wrote', async () => {
    await portal.store.transaction(async (tx) => {
      const id = await portal.entities.create(
        tx,
        'contact',
        { fields: { name: 'New' }, multifields: { writes: [{ typeId: 'PHONE', value: '+12125550101' }] } },
        portal.by,
      )
      expect((await portal.lookup.findByPhone(portalId, '12125550101', tx.db)).map((match) => match.id)).toEqual([id])
    })
  })
})

describe('rematchPhones', () => {
  it('finds numbers without + by the new country of the portal, and leaves others', async () => {
    const other = await openTestPortal({ country: 'US' })
    const writes = [
      { typeId: 'PHONE' as const, value: '020 7946 0199' },
      { typeId: 'PHONE' as const, value: '+1 212 555 0199' },
    ]
    await other.store.transaction((tx) =>
      other.entities.create(tx, 'contact', { fields: { name: 'Moved' }, multifields: { writes } }, other.by),
    )
    expect(await other.lookup.findByPhone(other.by.portalId, '442079460199')).toEqual([])
    expect(await rematchPhones(other.store, other.by.portalId, 'GB')).toBe(1)
    for (const digits of ['442079460199', '12125550199']) expect(await other.lookup.findByPhone(other.by.portalId, digits)).toHaveLength(1)
    await other.close()
  })
})

describe('page', () => {
  it('finds by parts of names in any order, case and accent, by company, part of a number, and e-mail', async () => {
    const company = await add('company', { title: 'Zephyr Works' })
    const id = await add(
      'contact',
      { name: 'Zoë', last_name: 'Ёлкина-Smith', company_id: company },
      '+44 20 7946 0111',
      'zoe@zephyr.example',
    )
    for (const search of ['zoe', 'ЕЛКИНА', 'smith ZOË', 'zephyr works', '7946 01', '020 7946 0111', '+44 20 7946', 'zoe@zeph'])
      expect(await titles('contact', search)).toEqual([String(id)])
    for (const search of ['smith anna', '%', '_', '7946 09', '79', 'zo_']) expect(await titles('contact', search)).not.toContain(String(id))
  })

  it('walks through everything once, newest first, and counts only all cards on their first page', async () => {
    const ids: number[] = []
    for (let n = 0; n < 7; n++) ids.unshift(await add('lead', { title: `Walk ${n}` }))
    const seen: number[] = []
    let beforeId: number | null = null
    const totals: Array<number | null> = []
    do {
      const page = await portal.lookup.page({ portalId, type: 'lead', search: 'walk', beforeId, limit: 3 })
      seen.push(...page.cards.map((card) => card.row.id))
      totals.push(page.total)
      beforeId = page.nextBeforeId
    } while (beforeId !== null)
    expect(seen).toEqual(ids)
    expect(totals).toEqual([null, null, null])
    expect((await portal.lookup.page({ portalId, type: 'lead', search: '', beforeId: null, limit: 3 })).total).toBe(9)
  })

  it('puts names that begin with the text first in the quick search', async () => {
    await add('contact', { name: 'Old', last_name: 'Quill' })
    await add('company', { title: 'Quill Ltd' })
    const found = await portal.lookup.quickSearch(portalId, 'quill', 10)
    expect(found.map((card) => card.type)).toEqual(['company', 'contact'])
    expect(await portal.lookup.quickSearch(portalId, '  ', 10)).toEqual([])
  })
})

describe('callParty', () => {
  it('takes a deal for its contact, else its company, else nobody', async () => {
    const company = await add('company', { title: 'Party' })
    const contact = await add('contact', { name: 'Party' })
    expect(await portal.lookup.callParty(portalId, await add('deal', { title: 'A', contact_id: contact, company_id: company }))).toEqual({
      type: 'contact',
      id: contact,
    })
    expect(await portal.lookup.callParty(portalId, await add('deal', { title: 'B', company_id: company }))).toEqual({
      type: 'company',
      id: company,
    })
    expect(await portal.lookup.callParty(portalId, await add('deal', { title: 'C' }))).toBeNull()
  })
})

describe('the demo company', () => {
  it('holds fictional numbers only, and every one of them can be dialled', async () => {
    const phones = [
      ...demoCompany.companies.flatMap((one) => one.phones),
      ...demoCompany.contacts.flatMap(([, , , , ...rest]) => rest),
      ...demoCompany.leads.flatMap(([, , , , , ...rest]) => rest),
    ]
    expect(phones.length).toBeGreaterThan(50)
    for (const phone of phones) {
      const read = readPhone(phone.replace(/^[A-Z]+ /, ''), { country: phone.includes(' 07') ? 'GB' : 'US' })
      expect(read.dialable).toEqual({ ok: true })
      expect(read.international).toMatch(/^\+(1(206|212|310|312|415|617)55501\d\d|442079460\d{3}|447700900\d{3}|749500001\d\d)$/)
    }
  })

  it('writes the same rows each time, in one transaction', async () => {
    const other = await openTestPortal({ country: 'GB', language: 'en' })
    const ids = await other.store.transaction((tx) => addDemoCompany(tx, { ...other, by: other.by }))
    expect([ids.companies.length, ids.contacts.length, ids.leads.length, ids.callLists.length]).toEqual([12, 30, 10, 2])
    const nora = await other.entities.find(other.by.portalId, { type: 'contact', id: ids.contacts[0]! })
    expect(nora?.multifields.map((one) => one.value)).toEqual(['+1 (212) 555-0112', '+1 (212) 555-0113', 'contact1@harbourvine.example'])
    const lists = await other.callLists.page({ portalId: other.by.portalId, beforeId: null, limit: 10 })
    expect(lists.lists.map((one) => [one.list.title, one.total, one.done])).toEqual([
      ['Contract renewals', 6, 0],
      ['Spring offer: call everybody once', 12, 0],
    ])
    const [match] = await other.lookup.findByPhone(other.by.portalId, readPhone('07700 900181', { country: 'GB' }).digits)
    expect(match?.title).toBe('Fiona MacAllister')
    await other.close()
  })
})
