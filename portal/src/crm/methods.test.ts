import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import type { LooseMap } from '../rest/php.ts'
import { Router, type Outcome } from '../rest/router.ts'
import { crmMethods } from './methods.ts'
import { openTestPortal, type TestPortal } from './test-portal.ts'

let portal: TestPortal
let caller: Caller
let router: Router

beforeAll(async () => {
  portal = await openTestPortal({ country: 'RU' })
  caller = { ...portal.by, isAdmin: false, via: 'webhook', appId: null, scope: new Set(['crm']) }
  router = new Router({ now: () => 0, at: () => () => {} })
  router.add(
    crmMethods({
      ...portal,
      recordingFiles: async (_, callIds) =>
        new Map(callIds.map((callId) => [callId, [{ id: 5, url: `https://crm.example.org/${callId}` }]])),
    }),
  )
})
afterAll(() => portal.close())

const outcome = (name: string, sent: LooseMap = {}, by = caller): Promise<Outcome> => router.call(name, sent, by)
/** The parts of answers that these tests look into. */
interface Shown {
  readonly ID: string
  readonly NAME: string
  readonly TITLE: string
  readonly PHONE?: ReadonlyArray<{ readonly ID: string; readonly VALUE: string; readonly VALUE_TYPE: string }>
}
const call = async (name: string, sent: LooseMap = {}, by = caller): Promise<unknown> => (await outcome(name, sent, by)).result
const add = async (name: string, sent: LooseMap): Promise<number> => (await call(name, sent)) as number
const get = async (name: string, id: number): Promise<Shown> => (await call(name, { id })) as Shown
const list = async (name: string, sent: LooseMap, by = caller): Promise<Shown[]> => (await call(name, sent, by)) as Shown[]
const refusal = async (name: string, sent: LooseMap = {}): Promise<string> => {
  const error: unknown = await call(name, sent).catch((thrown: unknown) => thrown)
  if (!(error instanceof PortalError)) throw new Error(`${name} was not refused: ${String(error)}`)
  return `${error.status} ${error.code}|${error.message}`
}

describe('crm.contact', () => {
  it('adds with a number, gets with strings, flags and times', async () => {
    const company = await add('crm.company.add', { fields: { TITLE: 'Acme', PHONE: [{ VALUE: '+7 495 000-01-01' }] } })
    const id = await add('crm.contact.add', {
      FIELDS: {
        NAME: 'Ирина',
        LAST_NAME: 'Ёлкина',
        COMPANY_ID: String(company),
        OPENED: 'N',
        UNKNOWN: 1,
        PHONE: { 0: { VALUE: '8 (495) 000-01-02', VALUE_TYPE: 'MOBILE' } },
        EMAIL: [{ VALUE: 'Irina@Example.org' }],
      },
    })
    expect(typeof id).toBe('number')
    const got = await call('crm.contact.get', { id: String(id) })
    expect(got).toMatchObject({
      ID: String(id),
      NAME: 'Ирина',
      SECOND_NAME: '',
      LAST_NAME: 'Ёлкина',
      POST: null,
      COMPANY_ID: String(company),
      HAS_PHONE: 'Y',
      OPENED: 'N',
      ASSIGNED_BY_ID: String(caller.userId),
      DATE_CREATE: '2026-03-10T09:00:00+00:00',
      PHONE: [{ ID: expect.stringMatching(/^\d+$/), VALUE_TYPE: 'MOBILE', VALUE: '8 (495) 000-01-02', TYPE_ID: 'PHONE' }],
      EMAIL: [{ VALUE_TYPE: 'WORK', VALUE: 'Irina@Example.org' }],
    })
    expect(got).not.toHaveProperty('UNKNOWN')
    expect(portal.said).toContain(`ONCRMCONTACTADD ${id}`)
    expect(portal.changes).toEqual(expect.arrayContaining([`contact:${id}`, 'contacts']))
  })

  it('changes, adds and removes phones by their ids and leaves the others alone', async () => {
    const id = await add('crm.contact.add', {
      fields: { NAME: 'Phones', PHONE: ['+12125550101', '+12125550102', '+12125550103', '+12125550104'].map((VALUE) => ({ VALUE })) },
    })
    const phones = async (): Promise<NonNullable<Shown['PHONE']>> => (await get('crm.contact.get', id)).PHONE ?? []
    const [one, two, three, four] = await phones()
    expect(
      await call('crm.contact.update', {
        id,
        fields: {
          PHONE: [
            { ID: one!.ID, VALUE: '+12125550111', VALUE_TYPE: 'HOME' },
            { ID: two!.ID, DELETE: 'Y' },
            { ID: three!.ID, VALUE: '' },
            { VALUE: '+12125550105' },
          ],
        },
      }),
    ).toBe(true)
    expect((await phones()).map(({ VALUE, VALUE_TYPE }) => `${VALUE} ${VALUE_TYPE}`)).toEqual([
      '+12125550111 HOME',
      '+12125550104 WORK',
      '+12125550105 WORK',
    ])
    expect((await phones())[1]!.ID).toBe(four!.ID)
    expect((await get('crm.contact.get', id)).NAME).toBe('Phones')
    expect(portal.said).toContain(`ONCRMCONTACTUPDATE ${id}`)
  })

  it('never changes a phone of another card through its id', async () => {
    const victim = await add('crm.contact.add', { fields: { NAME: 'Victim', PHONE: [{ VALUE: '+12125550106' }] } })
    const other = await add('crm.contact.add', { fields: { NAME: 'Other' } })
    const [phone] = (await get('crm.contact.get', victim)).PHONE ?? []
    await call('crm.contact.update', { id: other, fields: { PHONE: [{ ID: phone!.ID, VALUE: '+12125550107' }] } })
    expect((await get('crm.contact.get', victim)).PHONE).toEqual([phone])
    expect((await get('crm.contact.get', other)).PHONE).toMatchObject([{ VALUE: '+12125550107' }])
  })

  it('finds by exact phone number however it is written, and by e-mail in any case', async () => {
    const id = await add('crm.contact.add', {
      fields: { NAME: 'Exact', PHONE: [{ VALUE: '8 (495) 000-01-33' }], EMAIL: [{ VALUE: 'Exact@Example.org' }] },
    })
    for (const PHONE of ['+74950000133', '84950000133', '8 (495) 000-01-33', '4950000133', ['+12125550199', '+74950000133']]) {
      expect(await call('crm.contact.list', { filter: { PHONE }, select: ['ID'] })).toEqual([{ ID: String(id) }])
    }
    expect(await call('crm.contact.list', { FILTER: { EMAIL: 'exact@EXAMPLE.org' }, SELECT: ['ID', 'PHONE'] })).toMatchObject([
      { ID: String(id), PHONE: [{ VALUE: '8 (495) 000-01-33' }] },
    ])
    expect(await call('crm.contact.list', { filter: { PHONE: '' } })).toEqual([])
    expect(await call('crm.contact.list', { filter: { PHONE: '49500001' } })).toEqual([])
  })

  it('selects plain fields by default, multi-fields only by name', async () => {
    const [all] = await list('crm.contact.list', { filter: { NAME: 'Exact' } })
    expect(all).toHaveProperty('HAS_PHONE', 'Y')
    expect(all).not.toHaveProperty('PHONE')
    const [star] = await list('crm.contact.list', { filter: { NAME: 'Exact' }, select: ['*', 'UF_*', 'PHONE'] })
    expect(star).toMatchObject({ NAME: 'Exact', PHONE: [{}] })
    expect(star).not.toHaveProperty('EMAIL')
    expect(await call('crm.contact.list', { filter: { NAME: 'Exact' }, select: ['NAME'] })).toEqual([{ ID: all!.ID, NAME: 'Exact' }])
  })

  it('pages by 50 with total and next, and counts nothing for start=-1', async () => {
    const ids: number[] = []
    for (let n = 0; n < 53; n++) ids.push(await add('crm.contact.add', { fields: { NAME: 'Paged', LAST_NAME: `N${n}` } }))
    const first = await outcome('crm.contact.list', { filter: { NAME: 'Paged' }, order: { ID: 'DESC' } })
    expect(first).toMatchObject({ total: 53, next: 50 })
    expect((first.result as { ID: string }[])[0]!.ID).toBe(String(ids.at(-1)))
    const second = await outcome('crm.contact.list', { filter: { NAME: 'Paged' }, order: { ID: 'DESC' }, start: 50 })
    expect(second).toMatchObject({ total: 53, next: null })
    expect(second.result).toHaveLength(3)
    const uncounted = await outcome('crm.contact.list', { filter: { NAME: 'Paged', '>ID': ids[49]! }, order: { ID: 'ASC' }, start: -1 })
    expect(uncounted).toMatchObject({ total: null, next: null })
    expect((uncounted.result as { ID: string }[]).map((row) => row.ID)).toEqual(ids.slice(50).map(String))
  })

  it('deletes with its phones, says so, and then knows nothing of it', async () => {
    const id = await add('crm.contact.add', { fields: { NAME: 'Gone', PHONE: '+12125550108' } })
    expect(await call('crm.contact.delete', { ID: id })).toBe(true)
    expect(await refusal('crm.contact.get', { id })).toBe('400 |Not found')
    expect(await refusal('crm.contact.delete', { id })).toBe('400 |Not found')
    expect(await call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+12125550108'] })).toEqual([])
    expect(portal.said.filter((one) => one === `ONCRMCONTACTDELETE ${id}`)).toHaveLength(1)
  })
})

describe('filters', () => {
  const names = async (filter: LooseMap): Promise<string[]> =>
    (await list('crm.company.list', { filter: { SOURCE_ID: 'F', ...filter } })).map((row) => row.TITLE)

  beforeAll(async () => {
    for (const TITLE of ['Alpha', 'Alphabet', '100% Beta', 'Gamma_1', 'Ящик'])
      await add('crm.company.add', {
        fields: { TITLE, SOURCE_ID: 'F', INDUSTRY: TITLE === 'Alpha' ? 'IT' : '', ...(TITLE === 'Alpha' && { PHONE: '+12125550109' }) },
      })
  })

  it.each<[LooseMap, string[]]>([
    [{ TITLE: 'Alpha' }, ['Alpha']],
    [{ '=TITLE': ['Alpha', 'Ящик'] }, ['Alpha', 'Ящик']],
    [{ '@TITLE': ['Alpha', 'Ящик'] }, ['Alpha', 'Ящик']],
    [{ '!@TITLE': ['Alpha', 'Ящик', 'Gamma_1'] }, ['100% Beta', 'Alphabet']],
    [{ '!TITLE': 'Alpha', '%TITLE': 'lpha' }, ['Alphabet']],
    [{ '!=TITLE': ['Alpha', 'Alphabet', 'Ящик'] }, ['100% Beta', 'Gamma_1']],
    [{ '%TITLE': '%' }, ['100% Beta']],
    [{ '%TITLE': '_' }, ['Gamma_1']],
    [{ '%TITLE': 'щи' }, ['Ящик']],
    [{ '!%TITLE': 'a' }, ['Ящик']],
    [{ '%=TITLE': 'Alpha%' }, ['Alpha', 'Alphabet']],
    [{ '=%TITLE': '%ta' }, ['100% Beta']],
    [{ '=%TITLE': 'Al%bet' }, ['Alphabet']],
    [{ '=%TITLE': 'Ящ%' }, ['Ящик']],
    [{ '!=%TITLE': 'Al%', '!TITLE': 'Ящик' }, ['100% Beta', 'Gamma_1']],
    [{ INDUSTRY: '', '%TITLE': 'l' }, ['Alphabet']],
    [{ '!INDUSTRY': '' }, ['Alpha']],
    [{ HAS_PHONE: 'Y' }, ['Alpha']],
    [{ '!HAS_PHONE': 'Y', '%TITLE': 'Al' }, ['Alphabet']],
    [{ '!PHONE': '+12125550109', '%TITLE': 'Al' }, ['Alphabet']],
    [{ DATE_CREATE: '2026-03-10T09:00:00+00:00', '%TITLE': 'Al' }, ['Alpha', 'Alphabet']],
    [{ '>DATE_CREATE': '2026-03-10T09:00:00+00:00' }, []],
    [{ '>=DATE_CREATE': '2026-03-10T12:00:00+03:00', TITLE: 'Alpha' }, ['Alpha']],
    [{ '>=DATE_CREATE': '2026-03-10T12:00:00 03:00', TITLE: 'Alpha' }, ['Alpha']],
    [{ '>DATE_CREATE': '11.03.2026' }, []],
    [{ '>=DATE_CREATE': '09.03.2026 23:59:59', TITLE: 'Alpha' }, ['Alpha']],
    [{ '<DATE_CREATE': '2026-03-10T09:00:00+00:00' }, []],
    [{ '!DATE_CREATE': '2026-03-10T09:00:00Z' }, []],
    [{ '@ID': [] }, []],
  ])('%j', async (filter, expected) => {
    expect((await names(filter)).sort()).toEqual([...expected].sort())
  })

  it('sees no rows of another portal', async () => {
    const other = { ...caller, ...portal.stranger }
    expect(await call('crm.company.list', {}, other)).toEqual([])
    const [mine] = await list('crm.company.list', { filter: { TITLE: 'Alpha' } })
    await expect(call('crm.company.get', { id: mine!.ID }, other)).rejects.toThrow('Not found')
    await expect(call('crm.company.update', { id: mine!.ID, fields: { TITLE: 'Stolen' } }, other)).rejects.toThrow('Not found')
    await expect(call('crm.contact.add', { fields: { NAME: 'X', COMPANY_ID: mine!.ID } }, other)).rejects.toThrow(/no company/)
  })
})

describe('refusals', () => {
  it.each<[string, LooseMap, string]>([
    ['crm.contact.get', {}, '400 |ID is not defined or invalid'],
    ['crm.contact.get', { id: 'x' }, '400 |ID is not defined or invalid'],
    ['crm.contact.get', { id: -4 }, '400 |ID is not defined or invalid'],
    ['crm.contact.get', { id: ['1'] }, '400 |ID is not defined or invalid'],
    ['crm.contact.get', { id: '999999999' }, '400 |Not found'],
    ['crm.contact.add', {}, "400 |Parameter 'fields' must be array."],
    ['crm.contact.add', { fields: 'x' }, "400 |Parameter 'fields' must be array."],
    ['crm.contact.add', { fields: {} }, '400 ERROR_CORE|A contact needs a first or last name (NAME, LAST_NAME)'],
    ['crm.contact.add', { fields: { NAME: { a: 1 } } }, '400 ERROR_CORE|The field NAME must be a single value'],
    ['crm.contact.add', { fields: { NAME: 'x'.repeat(256) } }, '400 ERROR_CORE|The field NAME is longer than 255 characters'],
    ['crm.contact.add', { fields: { NAME: 'x', COMPANY_ID: 'abc' } }, '400 ERROR_CORE|The field COMPANY_ID must be a whole number'],
    ['crm.contact.add', { fields: { NAME: 'x', ASSIGNED_BY_ID: 99999 } }, '400 ERROR_CORE|ASSIGNED_BY_ID: there is no user 99999'],
    [
      'crm.contact.add',
      { fields: { NAME: 'x', PHONE: [{ VALUE: { a: 'b' } }] } },
      '400 ERROR_CORE|PHONE: VALUE, VALUE_TYPE and ID must be single values',
    ],
    [
      'crm.contact.add',
      { fields: { NAME: 'x', PHONE: [{ VALUE: '1'.repeat(256) }] } },
      '400 ERROR_CORE|A phone, e-mail or address is longer than 255 characters',
    ],
    ['crm.company.add', { fields: { TITLE: ' \0' } }, '400 ERROR_CORE|A company needs a name (TITLE)'],
    ['crm.contact.list', { filter: 'x' }, "400 |Parameter 'filter' must be array"],
    ['crm.contact.list', { order: 'x' }, "400 |Parameter 'order' must be array"],
    ['crm.contact.list', { filter: { NOPE: 1 } }, '400 |Failed to get list. General error: there is no field NOPE to filter by'],
    ['crm.contact.list', { filter: { '>DATE_CREATE': 'soon' } }, '400 ERROR_CORE|The field DATE_CREATE must be an ISO 8601 time'],
    ['crm.activity.get', { id: 12345 }, '400 |Activity is not found'],
    ['crm.duplicate.findbycomm', { values: ['1'] }, '400 Communication type is not defined|Communication type is not defined'],
    ['crm.duplicate.findbycomm', { type: 'PHONE' }, '400 Communication values is not defined|Communication values is not defined'],
  ])('%s %j', async (name, sent, expected) => {
    expect(await refusal(name, sent)).toBe(expected)
  })

  it('leaves a filter with a prefix that there is not aside, and keeps the others', async () => {
    const count = async (filter: LooseMap) => (await outcome('crm.lead.list', { filter })).total
    await call('crm.lead.add', { fields: { TITLE: 'Of this state', STATUS_ID: 'NEW' } })
    const all = await count({})
    expect([await count({ '<>STATUS_ID': 'NEW' }), await count({ '<>STATUS_ID': 'JUNK' })]).toEqual([all, all])
    expect(await count({ '<>STATUS_ID': 'NEW', TITLE: 'Of this state' })).toBe(1)
    expect(await count({ '!STATUS_ID': 'NEW', TITLE: 'Of this state' })).toBe(0)
  })

  it('writes nothing of a card that it refuses', async () => {
    const before = await outcome('crm.lead.list')
    await refusal('crm.lead.add', { fields: { TITLE: 'Half', PHONE: [{ VALUE: '+12125550110' }, { VALUE: '1'.repeat(300) }] } })
    expect((await outcome('crm.lead.list')).total).toBe(before.total)
    expect(await call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+12125550110'] })).toEqual([])
  })

  it('takes text that no person types without failing', async () => {
    const nasty = ['\0', '\ud800', '😀'.repeat(60), "'; drop table contact; --", '%_!\\', '__proto__', 'ﬀ́']
    for (const NAME of nasty) {
      const id = await add('crm.contact.add', { fields: { NAME, LAST_NAME: 'Nasty', PHONE: NAME, EMAIL: NAME } })
      await call('crm.contact.list', { filter: { '%NAME': NAME, NAME, '=%NAME': `${NAME}%`, PHONE: NAME, EMAIL: NAME } })
      await portal.lookup.page({ portalId: caller.portalId, type: 'contact', search: NAME, beforeId: null, limit: 10 })
      await call('crm.contact.update', { id, fields: { NAME: 'x' } })
    }
    expect(
      await call('crm.contact.list', { filter: { __proto__: 'x' } as LooseMap, order: JSON.parse('{"__proto__":"ASC"}') as LooseMap }),
    ).toBeInstanceOf(Array)
  })
})

describe('leads, deals and the rest', () => {
  it('names a lead without a title by its person or its number, and keeps its stage', async () => {
    const id = await add('crm.lead.add', { fields: { STATUS_ID: 'IN_PROCESS' } })
    expect(await call('crm.lead.get', { id })).toMatchObject({ TITLE: `Lead #${id}`, STATUS_ID: 'IN_PROCESS' })
    const person = await add('crm.lead.add', { fields: { NAME: 'Ann', LAST_NAME: 'Lee' } })
    expect(await call('crm.lead.get', { id: person })).toMatchObject({ TITLE: 'Ann Lee', STATUS_ID: 'NEW', CONTACT_ID: null })
    const deal = await add('crm.deal.add', { fields: { TITLE: 'Big one', PHONE: [{ VALUE: '+12125550111' }] } })
    expect(await call('crm.deal.get', { id: deal })).toMatchObject({ TITLE: 'Big one', CATEGORY_ID: '0', STAGE_ID: 'NEW' })
    expect(portal.said).toContain(`ONCRMDEALADD ${deal}`)
  })

  it('describes the fields', async () => {
    expect(await call('crm.contact.fields')).toMatchObject({
      ID: { type: 'integer', isRequired: false, isReadOnly: true, isImmutable: false, isMultiple: false, isDynamic: false, title: 'ID' },
      COMPANY_ID: { type: 'crm_company' },
      PHONE: { type: 'crm_multifield', isMultiple: true },
    })
    expect(await call('crm.deal.fields')).not.toHaveProperty('PHONE')
  })

  it('finds duplicates by type, with numbers, and stops at a type that is full', async () => {
    const lead = await add('crm.lead.add', { fields: { TITLE: 'Dup', PHONE: '+12125550120' } })
    const contact = await add('crm.contact.add', { fields: { NAME: 'Dup', PHONE: '+1 (212) 555-0120 ext 7' } })
    expect(await call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+12125550120 ext 9'] })).toEqual({
      LEAD: [lead],
      CONTACT: [contact],
    })
    expect(await call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+12125550120'], entity_type: 'CONTACT' })).toEqual({
      CONTACT: [contact],
    })
    for (let n = 0; n < 20; n++) await add('crm.lead.add', { fields: { TITLE: 'Many', PHONE: '+12125550120' } })
    const full = (await call('crm.duplicate.findbycomm', { type: 'PHONE', values: ['+12125550120'] })) as Record<string, number[]>
    expect(Object.keys(full)).toEqual(['LEAD'])
    expect(full['LEAD']).toHaveLength(20)
  })

  it('reads activities with their participants and recordings', async () => {
    const contact = await add('crm.contact.add', { fields: { NAME: 'Called', PHONE: '+12125550121' } })
    const facts = {
      portalId: caller.portalId,
      callId: 'externalCall.1',
      type: 1,
      userId: caller.userId,
      actorId: caller.userId,
      phoneNumber: '+12125550121',
      startedAt: 1000,
      endedAt: 61_000,
      isAnswered: true,
      card: { type: 'contact' as const, id: contact },
    }
    const id = await portal.store.transaction((tx) => portal.timeline.addCallActivity(tx, facts))
    expect(await call('crm.activity.get', { id })).toMatchObject({
      ID: String(id),
      TYPE_ID: '2',
      PROVIDER_ID: 'VOXIMPLANT_CALL',
      PROVIDER_TYPE_ID: 'CALL',
      DIRECTION: '2',
      SUBJECT: 'Outgoing call to Called',
      COMPLETED: 'Y',
      START_TIME: '1970-01-01T00:00:01+00:00',
      OWNER_TYPE_ID: '3',
      OWNER_ID: String(contact),
      RESPONSIBLE_ID: String(caller.userId),
      COMMUNICATIONS: [{ TYPE: 'PHONE', VALUE: '+12125550121', ENTITY_ID: String(contact), ENTITY_TYPE_ID: '3' }],
      FILES: [{ id: 5, url: 'https://crm.example.org/externalCall.1' }],
    })
    const found = await call('crm.activity.list', {
      filter: { BINDINGS: [{ OWNER_TYPE_ID: 3, OWNER_ID: contact }] },
      select: ['ID', 'FILES'],
    })
    expect(found).toEqual([{ ID: String(id), FILES: [{ id: 5, url: 'https://crm.example.org/externalCall.1' }] }])
    expect((await list('crm.activity.list', { filter: { OWNER_TYPE_ID: 3, OWNER_ID: contact } }))[0]).not.toHaveProperty('COMMUNICATIONS')
  })

  it('lists sources, and keeps call lists as the contract writes them', async () => {
    expect(await call('crm.status.list', { filter: { ENTITY_ID: 'SOURCE' } })).toContainEqual(
      expect.objectContaining({ STATUS_ID: 'CALL' }),
    )
    const company = await add('crm.company.add', { fields: { TITLE: 'Listed' } })
    const contact = await add('crm.contact.add', { fields: { NAME: 'Listed' } })
    const id = await add('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: [String(contact)] })
    expect(await call('crm.calllist.get', { ID: id })).toEqual({
      ID: String(id),
      DATE_CREATE: '2026-03-10 09:00:00',
      CREATED_BY_ID: String(caller.userId),
      WEBFORM_ID: null,
      ENTITY_TYPE_ID: '3',
      ENTITY_TYPE: 'CONTACT',
    })
    expect(await call('crm.calllist.items.get', { LIST_ID: id })).toEqual([{ ID: contact, STATUS: 'IN_WORK', ENTITY_TYPE: 3 }])
    expect(await call('crm.calllist.list', { FILTER: { ENTITY_TYPE_ID: 3, '>=ID': id }, SELECT: ['ID', 'ENTITY_TYPE_ID'] })).toEqual([
      { ID: String(id), ENTITY_TYPE_ID: '3' },
    ])
    expect(await refusal('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: [company + 100_000] })).toBe(
      '400 ENTITY_ERROR|Incorrect entities id',
    )
    expect(await refusal('crm.calllist.add', { ENTITY_TYPE: 'LEAD', ENTITIES: [1] })).toBe('400 ENTITY_TYPE_ERROR|Incorrect entity type')
    expect(await refusal('crm.calllist.add', { ENTITIES: [1] })).toBe('400 ERROR_ARGUMENT|ENTITY_TYPE is not found')
    expect(await refusal('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: '1' })).toBe('400 ENTITIES_ERROR|Entities is not array')
    expect(await refusal('crm.calllist.update', { LIST_ID: id, ENTITY_TYPE: 'COMPANY', ENTITIES: [company] })).toMatch(
      /^400 ENTITY_TYPE_ERROR\|Discrepancy/,
    )
    expect(await refusal('crm.calllist.items.get', { LIST_ID: 0 })).toBe('400 LIST_ID_ERROR|List id should be positive')
    expect(await refusal('crm.calllist.items.get', { LIST_ID: id, FILTER: { STATUS: 'X' } })).toBe('400 STATUS_ERROR|Incorrect status')
    expect(await refusal('crm.calllist.list', { FILTER: { DATE_CREATE: 1 } })).toMatch(/^400 100\|Unknown field DATE_CREATE/)
  })
})
