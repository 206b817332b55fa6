import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { exact, fields, flag, isoTime, like, list, num, orNull, str, type Shape } from '../../support/shape.ts'

/** What differs between the four types (contract 8.3). */
interface ItemKind {
  readonly entityTypeId: number
  readonly least: Params
  /** what is written, and read back as it is */
  readonly full: (ids: { company: number; contact: number }) => Record<string, unknown>
  readonly row: Readonly<Record<string, Shape>>
  readonly hasFm: boolean
  readonly hasContactIds: boolean
}

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const text = orNull(str)
const about = {
  sourceId: text,
  sourceDescription: text,
  comments: text,
  opened: flag,
  assignedById: num,
  createdBy: num,
  updatedBy: num,
  createdTime: isoTime,
  updatedTime: isoTime,
}
const has = { hasPhone: flag, hasEmail: flag, hasImol: exact('N') }
const semantic = { stageSemanticId: like(/^[PSF]$/) }
const worth = { opportunity: num, currencyId: like(/^[A-Z]{3}$/), isManualOpportunity: flag }
const person = { name: str, secondName: str, lastName: str, post: text }
const said = { sourceId: 'CALL', sourceDescription: 'by phone', comments: 'hello', opened: 'N' }
const named = { name: 'Nora', secondName: 'May', lastName: 'Bright', post: 'Buyer' }

const kinds: readonly ItemKind[] = [
  {
    entityTypeId: 1,
    least: { title: 'A lead' },
    full: ({ company, contact }) => ({
      title: 'A lead',
      ...named,
      companyTitle: 'Employer',
      stageId: 'IN_PROCESS',
      opportunity: 99.99,
      currencyId: 'GBP',
      isManualOpportunity: 'N',
      companyId: company,
      contactId: contact,
      ...said,
    }),
    row: {
      id: num,
      title: str,
      ...person,
      companyTitle: text,
      stageId: str,
      ...semantic,
      ...worth,
      companyId: num,
      contactId: num,
      ...has,
      ...about,
    },
    hasFm: true,
    hasContactIds: true,
  },
  {
    entityTypeId: 2,
    least: { title: 'A deal' },
    full: ({ company, contact }) => ({
      title: 'A deal',
      typeId: 'SERVICES',
      stageId: 'EXECUTING',
      categoryId: 0,
      probability: 30,
      opportunity: 1250.5,
      currencyId: 'EUR',
      isManualOpportunity: 'Y',
      begindate: '2026-03-01T00:00:00+00:00',
      closedate: '2026-04-15T00:00:00+00:00',
      companyId: company,
      contactId: contact,
      ...said,
    }),
    row: {
      id: num,
      title: str,
      typeId: text,
      stageId: str,
      ...semantic,
      categoryId: num,
      probability: orNull(num),
      ...worth,
      companyId: num,
      contactId: num,
      begindate: orNull(isoTime),
      closedate: orNull(isoTime),
      closed: flag,
      ...about,
    },
    hasFm: false,
    hasContactIds: true,
  },
  {
    entityTypeId: 3,
    least: { name: 'Nora' },
    full: ({ company }) => ({ ...named, typeId: 'CLIENT', companyId: company, ...said }),
    row: { id: num, ...person, typeId: text, companyId: num, ...has, ...about },
    hasFm: true,
    hasContactIds: false,
  },
  {
    entityTypeId: 4,
    least: { title: 'Harbour' },
    full: () => ({ title: 'Harbour', typeId: 'CUSTOMER', industry: 'TRADE', ...said }),
    row: { id: num, title: str, typeId: text, industry: text, ...has, ...about },
    hasFm: true,
    hasContactIds: false,
  },
]
const names = { 1: 'a lead', 2: 'a deal', 3: 'a contact', 4: 'a company' } as Readonly<Record<number, string>>

const phones = [
  { typeId: 'PHONE', valueType: 'MOBILE', value: '+15550100220' },
  { typeId: 'EMAIL', valueType: 'WORK', value: 'item@example.com' },
]
const fmOf = (least: number): Shape => list(fields({ id: num, valueType: str, value: str, typeId: like(/^(PHONE|EMAIL)$/) }), least)
const fm = fmOf(2)

const ids = { company: 0, contact: 0 }
const full: Record<number, number> = {}
const plain: Record<number, number> = {}
const filtered: number[] = []
const paged: number[] = []

const { contract } = openContract(
  ['crm'],
  async (house) => {
    ids.company = await house.addCompany({ TITLE: 'Employer' })
    ids.contact = await house.addContact({ NAME: 'Somebody' })
    for (const { entityTypeId, least, full: all, hasFm } of kinds) {
      full[entityTypeId] = await add(house, entityTypeId, { ...all(ids), ...(hasFm && { fm: phones }) })
      plain[entityTypeId] = await add(house, entityTypeId, least)
    }
    for (const comments of ['alpha', 'beta', '', 'alphabet'])
      filtered.push(await add(house, 3, { name: 'F', comments, sourceDescription: 'filtered', ...(comments === 'beta' && { fm: phones }) }))
    for (let index = 0; index < 101; index++) paged.push(await add(house, 4, { title: 'P', comments: 'paged' }))
  },
  { refusalsEverywhere: true },
)

const add = async (house: ContractHouse, entityTypeId: number, values: Params): Promise<number> =>
  (await house.ask('crm.item.add', { entityTypeId, fields: values })).item.id

const rowOf = (kind: ItemKind, known: Readonly<Record<string, unknown>>): Record<string, Shape> =>
  Object.fromEntries(Object.entries(kind.row).map(([name, shape]) => [name, Object.hasOwn(known, name) ? exact(known[name]) : shape]))
/** all of an item: what is known literally, then the lists */
const itemOf = (kind: ItemKind, known: Readonly<Record<string, unknown>>, values: Shape = exact([])): Shape =>
  fields({
    ...rowOf(kind, known),
    ...(kind.hasFm && { fm: values }),
    ...(kind.hasContactIds && { contactIds: exact(known['contactId'] ? [known['contactId']] : []) }),
    entityTypeId: exact(kind.entityTypeId),
  })
const fullItem = (kind: ItemKind): Shape =>
  itemOf(kind, { id: full[kind.entityTypeId], ...kind.full(ids), ...('hasPhone' in kind.row && { hasPhone: 'Y', hasEmail: 'Y' }) }, fm)

const noType: Refusing = { when: 'the type is left out', error: '100', text: 'Could not find value for parameter {entityTypeId}' }
const wrongType: Refusing = {
  when: 'there is no such type',
  params: { entityTypeId: 31, id: 1, fields: { title: 'x' } },
  error: 'NOT_FOUND',
  text: 'There is no entity type 31: 1 is a lead, 2 a deal, 3 a contact, 4 a company',
}
const noId: Refusing = {
  when: 'the id is left out',
  params: { entityTypeId: 3, fields: { name: 'x' } },
  error: '100',
  text: 'Could not find value for parameter {id}',
}
const notFound: Refusing = {
  when: 'there is no such item',
  params: { entityTypeId: 3, id: 999_999, fields: { name: 'x' } },
  error: 'NOT_FOUND',
  text: 'Item not found',
}
const noFields = (more: Params = {}): Refusing => ({
  when: 'the fields are left out',
  params: { entityTypeId: 3, ...more },
  error: '100',
  text: 'Could not find value for parameter {fields}',
})
const wrongMap = (what: string, more: Params = {}): Refusing => ({
  when: `${what} is a word`,
  params: { entityTypeId: 3, ...more, [what]: 'x' },
  error: 'INVALID_ARG_VALUE',
  text: 'fields, filter and order are maps: values by name',
})
const invalid = (when: string, values: Params, refusal: string | RegExp, more: Params = {}): Refusing => ({
  when,
  params: { entityTypeId: 3, ...more, fields: values },
  error: 'CRM_FIELD_ERROR_VALUE_NOT_VALID',
  text: refusal,
})

contract('crm.item.fields', {
  section: '8.3',
  answers: kinds.map((kind): Answering => {
    const readOnly = /^(id|has.*|stageSemanticId|closed|createdBy|updatedBy|createdTime|updatedTime)$/
    const described = (name: string, type: string | null, isMultiple: boolean, isRequired = false): Shape =>
      fields({
        type: type === null ? str : exact(type),
        isRequired: exact(isRequired),
        isReadOnly: exact(readOnly.test(name)),
        isImmutable: exact(false),
        isMultiple: exact(isMultiple),
        isDynamic: exact(false),
        title: str,
        upperName: like(/^[A-Z_]+$/),
      })
    const types: Readonly<Record<string, string>> = {
      id: 'integer',
      hasPhone: 'boolean',
      opened: 'boolean',
      createdTime: 'datetime',
      assignedById: 'user',
      companyId: 'crm_company',
      contactId: 'crm_contact',
      stageId: 'crm_status',
      title: 'string',
      name: 'string',
    }
    return {
      when: names[kind.entityTypeId]!,
      who: everybody,
      params: () => ({ entityTypeId: kind.entityTypeId }),
      shape: fields({
        fields: fields({
          ...Object.fromEntries(
            Object.keys(kind.row).map((name) => [
              name,
              described(name, types[name] ?? null, false, kind.entityTypeId === 4 && name === 'title'),
            ]),
          ),
          ...(kind.hasFm && { fm: described('fm', 'crm_multifield', true) }),
          ...(kind.hasContactIds && { contactIds: described('contactIds', 'crm_contact', true) }),
        }),
      }),
    }
  }),
  refuses: [noType, wrongType],
})

contract('crm.item.add', {
  section: '8.3',
  answers: kinds.map((kind): Answering => ({
    when: names[kind.entityTypeId]!,
    who: everybody,
    params: () => ({
      entityTypeId: kind.entityTypeId,
      fields: { ...kind.full(ids), notAField: 1, id: 7, ...(kind.hasFm && { fm: phones }) },
      useOriginalUfNames: 'N',
    }),
    shape: () => addedItem(kind),
  })),
  refuses: [
    noType,
    wrongType,
    noFields(),
    wrongMap('fields'),
    invalid('a contact has no name', { comments: 'x' }, 'A contact needs a first or last name (NAME, LAST_NAME)'),
    invalid('nobody is the responsible person', { name: 'x', assignedById: 999_999 }, 'ASSIGNED_BY_ID: there is no user 999999'),
    invalid('fm is a word', { name: 'x', fm: 'x' }, 'Invalid value of field "fm": it is a list'),
    invalid(
      'a value of fm has no type',
      { name: 'x', fm: [{ value: '+15550100221' }] },
      'Invalid value of field "fm": a value has typeId PHONE, EMAIL, WEB or IM',
    ),
  ],
})

function addedItem(kind: ItemKind): Shape {
  const known = { ...kind.full(ids), ...('hasPhone' in kind.row && { hasPhone: 'Y', hasEmail: 'Y' }) }
  return fields({ item: itemOf(kind, known, fm) })
}

contract('crm.item.get', {
  section: '8.3',
  answers: [
    ...kinds.map((kind): Answering => ({
      when: `${names[kind.entityTypeId]!} with numbers for numbers, and fm`,
      who: everybody,
      params: () => ({ entityTypeId: kind.entityTypeId, id: full[kind.entityTypeId] }),
      shape: () => fields({ item: fullItem(kind) }),
    })),
    ...kinds.map((kind): Answering => ({
      when: `${names[kind.entityTypeId]!} of which little is known`,
      params: () => ({ entityTypeId: String(kind.entityTypeId), id: String(plain[kind.entityTypeId]) }),
      shape: () =>
        fields({
          item: itemOf(kind, {
            id: plain[kind.entityTypeId],
            ...kind.least,
            sourceId: null,
            comments: null,
            opened: 'Y',
            ...('companyId' in kind.row && { companyId: 0 }),
            ...('contactId' in kind.row && { contactId: 0 }),
            ...('hasPhone' in kind.row && { hasPhone: 'N', hasEmail: 'N' }),
          }),
        }),
    })),
  ],
  refuses: [noType, wrongType, noId, notFound],
})

contract('crm.item.update', {
  section: '8.3',
  answers: [
    ...kinds.map((kind): Answering => ({
      when: names[kind.entityTypeId]!,
      who: everybody,
      params: async (house) => ({
        entityTypeId: kind.entityTypeId,
        id: await add(house, kind.entityTypeId, { ...kind.least, sourceId: 'CALL' }),
        fields: { comments: 'changed' },
      }),
      shape: (_, { id }) => fields({ item: itemOf(kind, { id, ...kind.least, sourceId: 'CALL', comments: 'changed' }) }),
    })),
    {
      when: 'values of fm: without id added, with id changed, with an empty value or delete removed',
      params: async (house) => {
        const id = await add(house, 3, { name: 'x', fm: [...phones, { typeId: 'WEB', value: 'https://example.com/' }] })
        const [phone, email, web] = (await house.ask('crm.item.get', { entityTypeId: 3, id })).item.fm as Array<{ id: number }>
        return {
          entityTypeId: 3,
          id,
          fields: {
            fm: [
              { id: phone!.id, typeId: 'PHONE', value: '+15550100222' },
              { id: email!.id, typeId: 'EMAIL', value: '' },
              { id: web!.id, typeId: 'WEB', delete: 'Y' },
              { typeId: 'PHONE', valueType: 'HOME', value: '+15550100223' },
            ],
          },
        }
      },
      shape: (_, { id }) => fields({ item: itemOf(kinds[2]!, { id }, fmOf(2)) }),
      after: async (house, { id }) => {
        const { item } = await house.ask('crm.item.get', { entityTypeId: 3, id })
        const seen = (item.fm as Array<{ value: string; valueType: string }>).map((one) => [one.value, one.valueType])
        return [
          seen,
          [
            ['+15550100222', 'MOBILE'],
            ['+15550100223', 'HOME'],
          ],
        ]
      },
    },
  ],
  refuses: [
    noType,
    wrongType,
    noId,
    notFound,
    noFields({ id: 1 }),
    wrongMap('fields', { id: 1 }),
    {
      when: 'a text is too long',
      params: () => ({ entityTypeId: 3, id: full[3], fields: { sourceId: 'x'.repeat(256) } }),
      error: 'CRM_FIELD_ERROR_VALUE_NOT_VALID',
      text: 'The field SOURCE_ID is longer than 255 characters',
    },
  ],
})

contract('crm.item.delete', {
  section: '8.3',
  answers: kinds.map((kind): Answering => ({
    when: names[kind.entityTypeId]!,
    who: everybody,
    params: async (house) => ({ entityTypeId: kind.entityTypeId, id: await add(house, kind.entityTypeId, kind.least) }),
    shape: exact([]),
    after: async (house, sent) => [(await house.as('app', 'crm.item.get', sent)).body.error, 'NOT_FOUND'],
  })),
  refuses: [noType, wrongType, noId, notFound],
})

const found = (when: string, filter: Params | (() => Params), indices: readonly number[]): Answering => ({
  when,
  params: () => ({
    entityTypeId: 3,
    filter: { sourceDescription: 'filtered', ...(typeof filter === 'function' ? filter() : filter) },
    select: ['id'],
    order: { id: 'ASC' },
  }),
  total: indices.length,
  shape: () => exact({ items: indices.map((index) => ({ id: filtered[index] })) }),
})
const page = (when: string, start: number, rows: readonly [from: number, to: number], next?: number): Answering => ({
  when,
  params: () => ({ entityTypeId: 4, filter: { comments: 'paged' }, select: ['id'], order: { id: 'ASC' }, start }),
  total: 101,
  ...(next !== undefined && { next }),
  shape: () => exact({ items: paged.slice(...rows).map((id) => ({ id })) }),
})
const refusedList = (when: string, more: Params, problem: string): Refusing => ({
  when,
  params: { entityTypeId: 3, ...more },
  error: 'INVALID_ARG_VALUE',
  text: problem,
})

contract('crm.item.list', {
  section: '6.4, 8.3, 14.3',
  answers: [
    ...kinds.map((kind): Answering => ({
      when: `${names[kind.entityTypeId]!} with all fields for *`,
      who: everybody,
      params: () => ({ entityTypeId: kind.entityTypeId, filter: { id: full[kind.entityTypeId] }, select: ['*'] }),
      total: 1,
      shape: () => fields({ items: list(fullItem(kind)) }),
    })),
    {
      when: 'the selected fields, id among them, in the order of the row',
      params: () => ({ entityTypeId: 1, filter: { id: full[1] }, select: ['contactIds', 'title', 'assignedById', 'notAField'] }),
      total: 1,
      shape: (house) => exact({ items: [{ id: full[1], title: 'A lead', assignedById: house.admin.userId, contactIds: [ids.contact] }] }),
    },
    {
      when: 'nothing found is an empty list',
      params: () => ({ entityTypeId: 3, filter: { name: 'Nobody' } }),
      total: 0,
      shape: exact({ items: [] }),
    },
    page('the first page of 50', 0, [0, 50], 50),
    page('the second page', 50, [50, 100], 100),
    page('the last page has no next', 100, [100, 101]),
    {
      when: 'start=-1 counts nothing; >id goes on',
      params: () => ({
        entityTypeId: 4,
        filter: { comments: 'paged', '>id': paged[49] },
        select: ['id'],
        order: { id: 'ASC' },
        start: -1,
      }),
      shape: () => exact({ items: paged.slice(50, 100).map((id) => ({ id })) }),
    },
    {
      when: 'descending order',
      params: () => ({
        entityTypeId: 3,
        filter: { sourceDescription: 'filtered' },
        select: ['id'],
        order: { comments: 'DESC', id: 'asc' },
      }),
      total: 4,
      shape: () => exact({ items: [1, 3, 0, 2].map((index) => ({ id: filtered[index] })) }),
    },
    found('equal', { comments: 'alpha' }, [0]),
    found('a list means one of', { comments: ['alpha', 'beta'] }, [0, 1]),
    found('@', { '@comments': ['alpha', 'beta', 'gamma'] }, [0, 1]),
    found('!@', { '!@comments': ['alpha', 'beta'] }, [2, 3]),
    found('!', { '!comments': 'alpha' }, [1, 2, 3]),
    found('!=', { '!=comments': 'alpha' }, [1, 2, 3]),
    found('%', { '%comments': 'pha' }, [0, 3]),
    found('!%', { '!%comments': 'pha' }, [1, 2]),
    found('%=', { '%=comments': 'alpha%' }, [0, 3]),
    found('=%', { '=%comments': '%bet' }, [3]),
    found('!=%', { '!=%comments': 'alpha%' }, [1, 2]),
    found('!%=', { '!%=comments': '%a' }, [2, 3]),
    found('> and <=', () => ({ '>id': filtered[0], '<=id': filtered[2] }), [1, 2]),
    found('>= and <', () => ({ '>=id': filtered[1], '<id': filtered[3] }), [1, 2]),
    found('dates', { '>=createdTime': '2020-01-01T00:00:00+00:00', '<createdTime': '2099-01-01' }, [0, 1, 2, 3]),
    found('has a phone', { hasPhone: 'Y' }, [1]),
    found('a group with OR', { 0: { logic: 'OR', 0: { comments: 'beta' }, 1: { comments: 'alphabet' } } }, [1, 3]),
    found(
      'groups within groups',
      { 0: { logic: 'OR', 0: { comments: 'beta' }, 1: { logic: 'AND', '%comments': 'alpha', '!comments': 'alpha' } } },
      [1, 3],
    ),
    {
      when: 'leads by their contacts',
      params: () => ({ entityTypeId: 1, filter: { contactIds: [ids.contact], id: full[1] }, select: ['id'] }),
      total: 1,
      shape: () => exact({ items: [{ id: full[1] }] }),
    },
  ],
  refuses: [
    noType,
    wrongType,
    wrongMap('filter'),
    wrongMap('order'),
    refusedList(
      'there is no such field to filter by',
      { filter: { '>=NAME': 'x' } },
      "Invalid filter: field 'NAME' is not allowed in filter",
    ),
    refusedList('fm is filtered by', { filter: { fm: 'x' } }, "Invalid filter: field 'fm' is not allowed in filter"),
    refusedList('an id is filtered by a word', { filter: { id: 'x' } }, "Invalid filter: field 'id' has invalid value"),
    refusedList('a field is filtered by a map', { filter: { name: { a: { b: 1 } } } }, "Invalid filter: field 'name' has invalid value"),
    refusedList('a group is a word', { filter: { 0: 'x' } }, "Invalid filter: field '0' is not allowed in filter"),
    refusedList('groups are nested too deep', { filter: nested(11) }, 'Invalid filter: groups are nested deeper than 10'),
    refusedList(
      'there is no such field to order by',
      { order: { hasPhone: 'ASC' } },
      "Invalid order: field 'hasPhone' is not allowed in order",
    ),
    refusedList(
      'there is no such direction',
      { order: { id: 'UP' } },
      "Invalid order: allowed sort directions are ASC, DESC. But got 'UP' for field 'id'",
    ),
  ],
})

function nested(depth: number): Params {
  return depth === 0 ? { name: 'x' } : { 0: nested(depth - 1) }
}
