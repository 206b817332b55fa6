import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../caller.ts'
import { openTestPortal, type TestPortal } from '../../crm/test-portal.ts'
import { Users } from '../../directory/users.ts'
import { callListRoutes } from './call-lists.ts'
import { cardRoutes } from './cards.ts'
import { ApiAnswer, type Route } from './route.ts'
import type { Call, EntityCard, EntityRow } from './schemas.ts'

let portal: TestPortal
let routes: readonly Route[]
let caller: Caller
const aCall = { callId: 'externalCall.1' } as Call

beforeAll(async () => {
  portal = await openTestPortal({ country: 'US' })
  caller = { ...portal.by, isAdmin: false, via: 'web', appId: null, scope: new Set() }
  const users = new Users({ store: portal.store, clock: { now: () => 0, at: () => () => {} }, changed: () => {} })
  const presentCalls = async (_: number, callIds: readonly string[]) =>
    new Map(callIds.filter((id) => id === aCall.callId).map((id) => [id, aCall]))
  routes = [...cardRoutes({ ...portal, users, presentCalls }), ...callListRoutes({ ...portal, users, presentCalls })]
})
afterAll(() => portal.close())

/** Calls a route as the server does, and holds its answer to its schema. */
async function ask(
  what: string,
  { params = {}, query = {}, body = {} }: { params?: Record<string, string>; query?: object; body?: object } = {},
): Promise<unknown> {
  const row = routes.find((one) => `${one.method} ${one.path}` === what)
  if (!row) throw new Error(`no route ${what}`)
  if (row.body) expect(Value.Check(row.body, body)).toBe(true)
  const answer = await row.run({ caller, params, query, body, headers: {}, address: '' } as unknown as Parameters<Route['run']>[0])
  const status = answer instanceof ApiAnswer ? answer.status : Number(Object.keys(row.answers)[0])
  const shown = answer instanceof ApiAnswer ? answer.body : answer
  const schema = row.answers[status]
  if (schema && !what.includes('timeline')) expect([...Value.Errors(schema, shown)]).toEqual([])
  return shown
}

describe('cards', () => {
  it('are added, shown, changed and deleted', async () => {
    const company = (await ask('POST /companies', { body: { title: 'Acme', phones: [{ value: '+44 20 7946 0101' }] } })) as EntityCard
    const body = {
      name: 'Ann',
      lastName: 'Lee',
      position: 'Owner',
      companyId: company.id,
      phones: [{ value: '212 555 0101', kind: 'MOBILE' }, { value: '34' }],
      emails: [{ value: 'ann@example.org' }],
    }
    const card = (await ask('POST /contacts', { body })) as EntityCard
    expect(card).toMatchObject({
      kind: 'contact',
      title: 'Ann Lee',
      subtitle: 'Acme',
      position: 'Owner',
      company: { id: company.id, title: 'Acme' },
      responsible: { id: caller.userId, name: 'Nora Bell' },
      phones: [
        { value: '212 555 0101', kind: 'MOBILE', display: '(212) 555-0101', international: '+12125550101' },
        { value: '34', display: '34', international: '34' },
      ],
    })
    expect(await ask('GET /companies/:id', { params: { id: String(company.id) } })).toMatchObject({
      phones: [{ display: '+44 20 7946 0101' }],
      contacts: [{ id: card.id, title: 'Ann Lee', phones: [{}, {}] }],
    })

    const [first, second] = card.phones
    const phones = [{ id: second!.id, value: '35' }, { value: '+1 212 555 0102' }]
    const changed = (await ask('PATCH /contacts/:id', { params: { id: String(card.id) }, body: { phones, companyId: null } })) as EntityCard
    expect(changed).toMatchObject({
      name: 'Ann',
      company: null,
      subtitle: '',
      emails: card.emails,
      phones: [{ id: second!.id, value: '35' }, { value: '+1 212 555 0102' }],
    })
    expect(changed.phones.map((phone) => phone.id)).not.toContain(first!.id)

    await ask('DELETE /contacts/:id', { params: { id: String(card.id) } })
    await expect(ask('GET /contacts/:id', { params: { id: String(card.id) } })).rejects.toMatchObject({
      key: 'card_not_found',
      status: 404,
    })
    await expect(ask('PATCH /contacts/:id', { params: { id: String(card.id) }, body: {} })).rejects.toMatchObject({ key: 'card_not_found' })
  })

  it.each(['0', '-1', 'x', '1e3', '99999999999999999999', ''])('says that there is no contact %j', async (id) => {
    await expect(ask('GET /contacts/:id', { params: { id } })).rejects.toMatchObject({ key: 'card_not_found' })
  })

  it('are listed in pages by a cursor that hides its meaning, and foreign cursors are refused', async () => {
    for (let n = 0; n < 52; n++) await ask('POST /leads', { body: { title: `Page ${n}`, name: 'Pat' } })
    const first = (await ask('GET /leads', { query: { search: 'page' } })) as { items: EntityRow[]; nextCursor: string }
    expect([first.items.length, first.items[0]?.subtitle]).toEqual([50, 'Pat'])
    expect(await ask('GET /leads')).toMatchObject({ total: 52 })
    const second = (await ask('GET /leads', { query: { search: 'page', cursor: first.nextCursor } })) as {
      items: EntityRow[]
      nextCursor: string | null
    }
    expect([second.items.map((row) => row.title), second.nextCursor]).toEqual([['Page 1', 'Page 0'], null])
    for (const cursor of [
      'x',
      '????',
      Buffer.from('{}').toString('base64url'),
      Buffer.from('[1,2]').toString('base64url'),
      Buffer.from('["1"]').toString('base64url'),
    ]) {
      await expect(ask('GET /leads', { query: { cursor } })).rejects.toMatchObject({ key: 'bad_cursor', status: 400 })
    }
  })

  it('are found over all kinds by the quick search', async () => {
    const { items } = (await ask('GET /search', { query: { q: 'page 1' } })) as { items: EntityRow[] }
    expect(items.length).toBeLessThanOrEqual(10)
    expect(items[0]?.title).toMatch(/^Page 1/)
  })

  it('show their calls on the timeline', async () => {
    const lead = (await ask('POST /leads', { body: { title: 'Called' } })) as EntityCard
    const facts = {
      portalId: caller.portalId,
      callId: aCall.callId,
      type: 1,
      userId: caller.userId,
      actorId: caller.userId,
      phoneNumber: '34',
      startedAt: 5,
      endedAt: 6,
      isAnswered: true,
      card: { type: 'lead' as const, id: lead.id },
    }
    await portal.store.transaction((tx) => portal.timeline.addCallActivity(tx, facts))
    expect(await ask('GET /leads/:id/timeline', { params: { id: String(lead.id) } })).toMatchObject({
      items: [
        { kind: 'call', subject: 'Outgoing call to Called', author: { name: 'Nora Bell' }, call: aCall },
        { kind: 'created', call: null },
      ],
      nextCursor: null,
    })
  })
})

describe('call lists', () => {
  it('are made of cards and marked one by one', async () => {
    const one = (await ask('POST /contacts', { body: { name: 'One' } })) as EntityCard
    const two = (await ask('POST /contacts', { body: { name: 'Two' } })) as EntityCard
    const made = (await ask('POST /call-lists', { body: { entityKind: 'contact', entityIds: [two.id, one.id], title: 'Spring' } })) as {
      id: number
      items: { id: number }[]
    }
    expect(made).toMatchObject({
      title: 'Spring',
      total: 2,
      done: 0,
      createdByName: 'Nora Bell',
      items: [{ entity: { title: 'Two' }, status: 'IN_WORK', lastCall: null }, { entity: { title: 'One' } }],
    })
    await portal.store.transaction((tx) =>
      portal.callLists.tieCall(tx, {
        portalId: caller.portalId,
        callListId: made.id,
        entity: { type: 'contact', id: two.id },
        callId: aCall.callId,
        isSuccess: false,
      }),
    )
    const params = { id: String(made.id), itemId: String(made.items[0]!.id) }
    await ask('PATCH /call-lists/:id/items/:itemId', { params, body: { status: 'SUCCESS' } })
    expect(await ask('GET /call-lists')).toMatchObject({ items: [{ id: made.id, total: 2, done: 1 }], nextCursor: null })
    await expect(
      ask('PATCH /call-lists/:id/items/:itemId', { params: { ...params, itemId: '424242' }, body: { status: 'SUCCESS' } }),
    ).rejects.toMatchObject({ status: 404 })
    await ask('DELETE /contacts/:id', { params: { id: String(one.id) } })
    const row = await portal.callLists.items(caller.portalId, made.id)
    expect(row).toHaveLength(2)
    await expect(ask('GET /call-lists/:id', { params: { id: '424242' } })).rejects.toMatchObject({ key: 'card_not_found' })
  })
})
