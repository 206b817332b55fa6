import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, flag, isoTime, like, list, num, orNull, str, type Shape } from '../../support/shape.ts'

/** Wire type that the `fields` method names, and the shape of the value. */
export type FieldRow = readonly [type: string, shape: Shape]

/** What is special about one kind of card (contract 8.1). */
export interface CardKind {
  readonly type: 'contact' | 'company' | 'lead' | 'deal'
  /** the least that a card needs */
  readonly least: Params
  /** all that can be written of one; `ids` are cards to point at */
  readonly full: (ids: Ids) => Record<string, string>
  /** what a card of `least` says where nothing was said */
  readonly empty: Readonly<Record<string, string | null>>
  /** every plain field, in the order of the answers */
  readonly row: Readonly<Record<string, FieldRow>>
  /** fields that must be given */
  readonly required?: readonly string[]
  /** has phones, e-mails, websites and messengers of its own */
  readonly hasMultifields: boolean
  /** `fields` that cannot be written, with the text of the refusal */
  readonly impossible: ReadonlyArray<readonly [when: string, fields: Params, text: string | RegExp]>
}

interface Ids {
  readonly company: number
  readonly contact: number
}

export const textRow: FieldRow = ['string', str]
export const maybeRow: FieldRow = ['string', orNull(str)]
export const statusRow: FieldRow = ['crm_status', orNull(str)]
export const idRow: FieldRow = ['integer', digits]
export const companyRow: FieldRow = ['crm_company', orNull(digits)]
export const contactRow: FieldRow = ['crm_contact', orNull(digits)]
export const dayRow: FieldRow = ['date', orNull(isoTime)]
/** what leads and deals are worth */
export const worthRows = {
  OPPORTUNITY: ['double', like(/^-?\d+\.\d\d$/)],
  CURRENCY_ID: ['crm_currency', orNull(like(/^[A-Z]{3}$/))],
  IS_MANUAL_OPPORTUNITY: ['char', flag],
} as const satisfies Record<string, FieldRow>
export const hasRows = { HAS_PHONE: ['char', flag], HAS_EMAIL: ['char', flag], HAS_IMOL: ['char', exact('N')] } as const satisfies Record<
  string,
  FieldRow
>
/** what a stage means: under way, won or lost */
export const semanticRow: FieldRow = ['string', like(/^[PSF]$/)]
/** fields that every kind ends with */
export const aboutRows = {
  SOURCE_ID: statusRow,
  SOURCE_DESCRIPTION: maybeRow,
  COMMENTS: maybeRow,
  OPENED: ['char', flag],
  ASSIGNED_BY_ID: ['user', digits],
  CREATED_BY_ID: ['user', digits],
  MODIFY_BY_ID: ['user', digits],
  DATE_CREATE: ['datetime', isoTime],
  DATE_MODIFY: ['datetime', isoTime],
} as const satisfies Record<string, FieldRow>

const readOnly = new Set([
  'ID',
  'HAS_PHONE',
  'HAS_EMAIL',
  'HAS_IMOL',
  'STATUS_SEMANTIC_ID',
  'STAGE_SEMANTIC_ID',
  'CLOSED',
  'CREATED_BY_ID',
  'MODIFY_BY_ID',
  'DATE_CREATE',
  'DATE_MODIFY',
])
const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const multifieldNames = ['PHONE', 'EMAIL', 'WEB', 'IM']

const multifields = {
  PHONE: [
    { VALUE: '+15550100210', VALUE_TYPE: 'MOBILE' },
    { VALUE: '+1 (555) 010-0211', VALUE_TYPE: 'WORK' },
  ],
  EMAIL: [{ VALUE: 'card@example.com', VALUE_TYPE: 'HOME' }],
  WEB: [{ VALUE: 'https://example.com/', VALUE_TYPE: 'WORK' }],
  IM: [{ VALUE: 'card', VALUE_TYPE: 'TELEGRAM' }],
}

/** Opens the contract of one kind of card. */
export function holdCards(kind: CardKind): void {
  const { type, least, row, hasMultifields } = kind
  const ids = { company: 0, contact: 0, full: 0, plain: 0 }
  /** 101 cards, to page through, and four to filter */
  const paged: number[] = []
  const filtered: number[] = []

  const add = (house: ContractHouse, more: Params = {}): Promise<number> => house.ask(`crm.${type}.add`, { fields: { ...least, ...more } })
  const { contract } = openContract(
    ['crm'],
    async (house) => {
      ids.company = await house.ask('crm.company.add', { fields: { TITLE: 'Employer' } })
      ids.contact = await house.ask('crm.contact.add', { fields: { NAME: 'Somebody' } })
      ids.full = await add(house, { ...kind.full(ids), ...(hasMultifields && multifields) })
      ids.plain = await add(house)
      for (const [COMMENTS, SOURCE_DESCRIPTION] of [
        ['alpha', 'filtered'],
        ['beta', 'filtered'],
        ['', 'filtered'],
        ['alphabet', 'filtered'],
      ])
        filtered.push(await add(house, { COMMENTS, SOURCE_DESCRIPTION, ...(hasMultifields && COMMENTS === 'beta' && multifields) }))
      for (let index = 0; index < 101; index++) paged.push(await add(house, { COMMENTS: 'paged' }))
    },
    { refusalsEverywhere: true },
  )

  /** the row in its order; what is known of it literally */
  const rowOf = (known: Readonly<Record<string, unknown>>, names = Object.keys(row)): Record<string, Shape> =>
    Object.fromEntries(names.map((name) => [name, Object.hasOwn(known, name) ? exact(known[name]) : row[name]![1]]))
  const valuesOf = (typeId: keyof typeof multifields): Shape =>
    list(fields({ ID: digits, VALUE_TYPE: str, VALUE: str, TYPE_ID: exact(typeId) }), multifields[typeId].length)
  const allValues = { PHONE: valuesOf('PHONE'), EMAIL: valuesOf('EMAIL'), WEB: valuesOf('WEB'), IM: valuesOf('IM') }
  const has = (isSo: boolean) => (hasMultifields ? { HAS_PHONE: isSo ? 'Y' : 'N', HAS_EMAIL: isSo ? 'Y' : 'N' } : {})
  const knownOfFull = () => ({ ID: String(ids.full), ...kind.full(ids), ...has(true) })

  const wrongIds: Refusing[] = [
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['0', 0],
    ['a negative number', -1],
    ['a word', 'x'],
    ['a list', [1]],
  ].map(([what, id]) => ({ when: `ID is ${String(what)}`, params: { id }, error: '', text: 'ID is not defined or invalid' }))
  const notFound: Refusing = { when: 'there is no such card', params: { id: 999_999 }, error: '', text: 'Not found' }
  const wrongFields = (more: Params = {}): Refusing[] =>
    (
      [
        ['fields are left out', undefined],
        ['fields are a word', 'x'],
        ['fields are a number', 5],
      ] as const
    ).map(([when, sent]) => ({ when, params: { ...more, fields: sent }, error: '', text: "Parameter 'fields' must be array." }))

  contract(`crm.${type}.fields`, {
    section: '8.1',
    answers: {
      who: everybody,
      shape: exact(
        Object.fromEntries(
          [
            ...Object.entries(row).map(([name, [wireType]]) => [name, { name, type: wireType, isMultiple: false }] as const),
            ...(hasMultifields ? multifieldNames.map((name) => [name, { name, type: 'crm_multifield', isMultiple: true }] as const) : []),
          ].map(([name, one]) => [name, described(one, kind)]),
        ),
      ),
    },
  })

  contract(`crm.${type}.add`, {
    section: '8.1',
    answers: [
      { who: everybody, params: () => ({ fields: least, params: { REGISTER_SONET_EVENT: 'Y' } }), shape: num },
      {
        when: 'with all that can be said; what is unknown or read-only is left aside',
        params: () => ({
          fields: { ...least, ...kind.full(ids), ...(hasMultifields && multifields), NOT_A_FIELD: 'x', ID: '1', DATE_CREATE: '2020-01-01' },
        }),
        shape: num,
      },
    ],
    refuses: [
      ...wrongFields(),
      ...kind.impossible.map(([when, wrong, text]): Refusing => ({ when, params: { fields: wrong }, error: 'ERROR_CORE', text })),
      {
        when: 'nobody is the responsible person',
        params: { fields: { ...least, ASSIGNED_BY_ID: 999_999 } },
        error: 'ERROR_CORE',
        text: 'ASSIGNED_BY_ID: there is no user 999999',
      },
      {
        when: 'a value is a map',
        params: { fields: { ...least, COMMENTS: { a: 1 } } },
        error: 'ERROR_CORE',
        text: 'The field COMMENTS must be a single value',
      },
      {
        when: 'a text is too long',
        params: { fields: { ...least, SOURCE_ID: 'x'.repeat(256) } },
        error: 'ERROR_CORE',
        text: 'The field SOURCE_ID is longer than 255 characters',
      },
    ],
  })

  contract(`crm.${type}.get`, {
    section: '8.1, 8.2',
    answers: [
      {
        when: 'all scalars are strings, dates have a zone, flags are Y or N',
        who: everybody,
        params: () => ({ id: ids.full }),
        shape: () => fields({ ...rowOf(knownOfFull()), ...(hasMultifields && allValues) }),
      },
      {
        when: 'what is not set is null, and there is no list of phones',
        params: () => ({ ID: String(ids.plain) }),
        shape: (house) =>
          fields(
            rowOf({
              ID: String(ids.plain),
              ...kind.empty,
              ...has(false),
              SOURCE_ID: null,
              SOURCE_DESCRIPTION: null,
              COMMENTS: null,
              OPENED: 'Y',
              ASSIGNED_BY_ID: String(house.admin.userId),
            }),
          ),
      },
    ],
    refuses: [...wrongIds, notFound],
  })

  contract(`crm.${type}.update`, {
    section: '8.1, 8.2',
    answers: [
      {
        who: everybody,
        params: async (house) => ({
          id: await add(house, { SOURCE_ID: 'CALL' }),
          fields: { COMMENTS: 'changed' },
          params: { IMPORT: 'N' },
        }),
        shape: exact(true),
        after: async (house, { id }) => [await house.ask(`crm.${type}.get`, { id }), { ...least, SOURCE_ID: 'CALL', COMMENTS: 'changed' }],
      },
      ...(hasMultifields ? [updatedPhones(type, add)] : []),
    ],
    refuses: [
      ...wrongIds.map((one) => ({ ...one, params: { ...(one.params as Params), fields: { COMMENTS: 'x' } } })),
      { ...notFound, params: { id: 999_999, fields: { COMMENTS: 'x' } } },
      ...wrongFields({ id: 1 }),
      {
        when: 'a text is too long',
        params: () => ({ id: ids.plain, fields: { SOURCE_ID: 'x'.repeat(256) } }),
        error: 'ERROR_CORE',
        text: 'The field SOURCE_ID is longer than 255 characters',
      },
    ],
  })

  contract(`crm.${type}.delete`, {
    section: '8.1',
    answers: {
      who: everybody,
      params: async (house) => ({ id: await add(house) }),
      shape: exact(true),
      after: async (house, { id }) => [(await house.as('app', `crm.${type}.get`, { id })).body.error_description, 'Not found'],
    },
    refuses: [...wrongIds, notFound],
  })

  const found = (when: string, filter: Params | (() => Params), indices: readonly number[]): Answering => ({
    when,
    params: () => ({
      filter: { SOURCE_DESCRIPTION: 'filtered', ...(typeof filter === 'function' ? filter() : filter) },
      select: ['ID'],
      order: { ID: 'ASC' },
    }),
    total: indices.length,
    shape: () => exact(indices.map((index) => ({ ID: String(filtered[index]) }))),
  })
  const page = (when: string, start: number, rows: readonly [from: number, to: number], next?: number): Answering => ({
    when,
    params: () => ({ filter: { COMMENTS: 'paged' }, select: ['ID'], order: { ID: 'ASC' }, start }),
    total: 101,
    ...(next !== undefined && { next }),
    shape: () => exact(paged.slice(...rows).map((id) => ({ ID: String(id) }))),
  })

  contract(`crm.${type}.list`, {
    section: '6.4, 8.1',
    answers: [
      {
        when: 'all plain fields without select, and no multi-fields',
        who: everybody,
        params: () => ({ filter: { ID: ids.full } }),
        total: 1,
        shape: () => list(fields(rowOf(knownOfFull()))),
      },
      {
        when: 'all plain fields for *, multi-fields by name',
        params: () => ({ FILTER: { '=ID': ids.full }, SELECT: hasMultifields ? ['*', 'EMAIL', 'PHONE', 'UF_*'] : ['*'] }),
        total: 1,
        shape: () => list(fields({ ...rowOf(knownOfFull()), ...(hasMultifields && { PHONE: allValues.PHONE, EMAIL: allValues.EMAIL }) })),
      },
      {
        when: 'the selected fields, ID among them, in the order of the row',
        params: () => ({ filter: { ID: ids.full }, select: ['COMMENTS', 'SOURCE_ID', 'NOT_A_FIELD'] }),
        total: 1,
        shape: () => list(fields(rowOf(knownOfFull(), ['ID', 'SOURCE_ID', 'COMMENTS']))),
      },
      { when: 'nothing found is an empty list', params: () => ({ filter: { COMMENTS: 'nobody' } }), total: 0, shape: exact([]) },
      page('the first page of 50', 0, [0, 50], 50),
      page('the second page', 50, [50, 100], 100),
      page('the last page has no next', 100, [100, 101]),
      page('a start between pages is that of its page', 73, [50, 100], 100),
      page('a start behind the end', 150, [101, 101]),
      {
        when: 'start=-1 counts nothing; >ID goes on',
        params: () => ({ filter: { COMMENTS: 'paged', '>ID': paged[49] }, select: ['ID'], order: { ID: 'ASC' }, start: -1 }),
        shape: () => exact(paged.slice(50, 100).map((id) => ({ ID: String(id) }))),
      },
      {
        when: 'descending order',
        params: () => ({ filter: { COMMENTS: 'paged' }, select: ['ID'], order: { ID: 'DESC' } }),
        total: 101,
        next: 50,
        shape: () =>
          exact(
            paged
              .toReversed()
              .slice(0, 50)
              .map((id) => ({ ID: String(id) })),
          ),
      },
      {
        when: 'ordered by two fields',
        params: () => ({
          filter: { SOURCE_DESCRIPTION: 'filtered' },
          select: ['ID'],
          order: { SOURCE_DESCRIPTION: 'ASC', COMMENTS: 'DESC' },
        }),
        total: 4,
        shape: () => exact([1, 3, 0, 2].map((index) => ({ ID: String(filtered[index]) }))),
      },
      found('equal', { COMMENTS: 'alpha' }, [0]),
      found('= equal', { '=COMMENTS': 'beta' }, [1]),
      found('a list means one of', { COMMENTS: ['alpha', 'beta'] }, [0, 1]),
      found('@ one of', { '@COMMENTS': ['alpha', 'beta', 'gamma'] }, [0, 1]),
      found('!@ none of', { '!@COMMENTS': ['alpha', 'beta'] }, [2, 3]),
      found('! not', { '!COMMENTS': 'alpha' }, [1, 2, 3]),
      found('!= not', { '!=COMMENTS': 'alpha' }, [1, 2, 3]),
      found('% contains', { '%COMMENTS': 'pha' }, [0, 3]),
      found('!% does not contain', { '!%COMMENTS': 'pha' }, [1, 2]),
      found('%= a pattern', { '%=COMMENTS': 'alpha%' }, [0, 3]),
      found('=% a pattern', { '=%COMMENTS': '%bet' }, [3]),
      found('!=% not a pattern', { '!=%COMMENTS': 'alpha%' }, [1, 2]),
      found('!%= not a pattern', { '!%=COMMENTS': '%a' }, [2, 3]),
      found('> and <=', () => ({ '>ID': filtered[0], '<=ID': filtered[2] }), [1, 2]),
      found('>= and <', () => ({ '>=ID': filtered[1], '<ID': filtered[3] }), [1, 2]),
      found('dates', { '>=DATE_CREATE': '2020-01-01T00:00:00+00:00', '<DATE_CREATE': '2099-01-01' }, [0, 1, 2, 3]),
      found('names in any case', { comments: 'beta' }, [1]),
      ...(hasMultifields
        ? [
            found('a phone as it is written elsewhere', { PHONE: '1 555 010 0210' }, [1]),
            found('a phone is not found by a part of it', { PHONE: '010-0210' }, []),
            found('an e-mail in any case', { EMAIL: 'CARD@example.com' }, [1]),
            found('has a phone', { HAS_PHONE: 'Y' }, [1]),
            found('has no e-mail', { HAS_EMAIL: 'N' }, [0, 2, 3]),
          ]
        : []),
    ],
    refuses: [
      { when: 'the filter is a word', params: { filter: 'x' }, error: '', text: "Parameter 'filter' must be array" },
      { when: 'the order is a word', params: { order: 'x' }, error: '', text: "Parameter 'order' must be array" },
      {
        when: 'there is no such field to filter by',
        params: { filter: { '>=NOT_A_FIELD': 1 } },
        error: '',
        text: 'Failed to get list. General error: there is no field NOT_A_FIELD to filter by',
      },
      {
        when: 'an id is filtered by a word',
        params: { filter: { ID: 'x' } },
        error: 'ERROR_CORE',
        text: 'The field ID must be a whole number',
      },
      {
        when: 'a date is filtered by a word',
        params: { filter: { '>DATE_CREATE': 'x' } },
        error: 'ERROR_CORE',
        text: 'The field DATE_CREATE must be an ISO 8601 time',
      },
    ],
  })
}

function described({ name, type, isMultiple }: { name: string; type: string; isMultiple: boolean }, kind: CardKind): unknown {
  return {
    type,
    isRequired: kind.required?.includes(name) ?? false,
    isReadOnly: readOnly.has(name),
    isImmutable: false,
    isMultiple,
    isDynamic: false,
    title:
      (name === 'TYPE_ID' && kind.type === 'deal' ? 'Deal type' : titles[name]) ??
      { contact: 'Contact', company: 'Company', lead: 'Lead', deal: 'Deal' }[kind.type] + ' name',
  }
}

const titles: Readonly<Record<string, string>> = {
  ID: 'ID',
  NAME: 'First name',
  SECOND_NAME: 'Second name',
  LAST_NAME: 'Last name',
  POST: 'Position',
  TYPE_ID: 'Contact type',
  COMPANY_TYPE: 'Company type',
  INDUSTRY: 'Industry',
  COMPANY_ID: 'Company',
  CONTACT_ID: 'Contact',
  COMPANY_TITLE: 'Company name',
  STATUS_ID: 'Stage',
  STAGE_ID: 'Stage',
  CATEGORY_ID: 'Pipeline',
  OPPORTUNITY: 'Amount',
  CURRENCY_ID: 'Currency',
  IS_MANUAL_OPPORTUNITY: 'Amount was set by hand',
  PROBABILITY: 'Probability, %',
  BEGINDATE: 'Begins on',
  CLOSEDATE: 'Ends on',
  HAS_PHONE: 'Has phone',
  HAS_EMAIL: 'Has e-mail',
  HAS_IMOL: 'Has open line',
  STATUS_SEMANTIC_ID: 'What the stage means',
  STAGE_SEMANTIC_ID: 'What the stage means',
  CLOSED: 'Closed',
  SOURCE_ID: 'Source',
  SOURCE_DESCRIPTION: 'Source information',
  COMMENTS: 'Comment',
  OPENED: 'Available to everyone',
  ASSIGNED_BY_ID: 'Responsible person',
  CREATED_BY_ID: 'Created by',
  MODIFY_BY_ID: 'Modified by',
  DATE_CREATE: 'Created on',
  DATE_MODIFY: 'Modified on',
  PHONE: 'Phone',
  EMAIL: 'E-mail',
  WEB: 'Website',
  IM: 'Messenger',
}

/** Contract 8.2: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed, the others stay. */
function updatedPhones(type: string, add: (house: ContractHouse, more: Params) => Promise<number>): Answering {
  return {
    when: 'phones without ID are added, with ID changed, with DELETE or an empty VALUE removed, others stay',
    params: async (house) => {
      const id = await add(house, { PHONE: ['1001', '1002', '1003', '1004'].map((VALUE) => ({ VALUE })) })
      const { PHONE } = await house.ask(`crm.${type}.get`, { id })
      const [first, second, third] = PHONE as Array<{ ID: string }>
      return {
        id,
        fields: {
          PHONE: [
            { ID: first!.ID, VALUE: '2001', VALUE_TYPE: 'HOME' },
            { ID: second!.ID, DELETE: 'Y' },
            { ID: third!.ID, VALUE: '' },
            { VALUE: '2005', VALUE_TYPE: 'FAX' },
          ],
        },
      }
    },
    shape: exact(true),
    after: async (house, { id }) => {
      const { PHONE } = await house.ask(`crm.${type}.get`, { id })
      const seen = (PHONE as Array<{ VALUE: string; VALUE_TYPE: string }>).map((one) => [one.VALUE, one.VALUE_TYPE])
      return [
        seen,
        [
          ['2001', 'HOME'],
          ['1004', 'WORK'],
          ['2005', 'FAX'],
        ],
      ]
    },
  }
}
