import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, like, list, nil, num, orNull, str } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const contacts: number[] = []
const ids = { list: 0, companies: 0, company: 0 }

const { contract } = openContract(
  ['crm'],
  async (house) => {
    for (const NAME of ['One', 'Two', 'Three']) contacts.push(await house.addContact({ NAME }))
    ids.company = await house.addCompany({ TITLE: 'Harbour' })
    ids.list = await add(house, { WEBFORM_ID: 7 })
    ids.companies = await add(house, { ENTITY_TYPE: 'COMPANY', ENTITIES: [ids.company] })
  },
  { refusalsEverywhere: true },
)

const add = (house: ContractHouse, more: Params = {}): Promise<number> =>
  house.ask('crm.calllist.add', { ENTITY_TYPE: 'CONTACT', ENTITIES: contacts.slice(0, 2), ...more })

const refusal = (when: string, error: string, text: string, params: Refusing['params']): Refusing => ({
  when,
  params: params ?? {},
  error,
  text,
})
const missing = (name: string, params: Params): Refusing => refusal(`${name} is left out`, 'ERROR_ARGUMENT', `${name} is not found`, params)
/** what add and update refuse alike; `send` adds what update needs */
const wrongLists = (send: (params: Params) => Params): Refusing[] => [
  missing('ENTITY_TYPE', send({ ENTITIES: [1] })),
  missing('ENTITIES', send({ ENTITY_TYPE: 'CONTACT' })),
  refusal('the participants are a word', 'ENTITIES_ERROR', 'Entities is not array', send({ ENTITY_TYPE: 'CONTACT', ENTITIES: 'x' })),
  ...['x', 0, -1].map((WEBFORM_ID) =>
    refusal(`the form is ${WEBFORM_ID}`, 'WEBFORM_ERROR', 'Incorrect webform id', () =>
      send({ ENTITY_TYPE: 'CONTACT', ENTITIES: contacts, WEBFORM_ID }),
    ),
  ),
]
const wrongIds = (error: string, send: (params: Params) => Params): Refusing[] =>
  [[999_999], ['x'], [0], [1.5], [], Array.from({ length: 5001 }, (_, index) => index + 1)].map((ENTITIES) =>
    refusal(
      `the participants are ${JSON.stringify(ENTITIES).slice(0, 20)}`,
      error,
      'Incorrect entities id',
      send({ ENTITY_TYPE: 'CONTACT', ENTITIES }),
    ),
  )

contract('crm.calllist.add', {
  section: '5',
  answers: [
    { who: everybody, params: () => ({ ENTITY_TYPE: 'CONTACT', ENTITIES: contacts, WEBFORM_ID: 7 }), shape: num },
    {
      when: 'of companies, each once',
      params: () => ({ entity_type: 'company', entities: [ids.company, String(ids.company)] }),
      shape: num,
    },
  ],
  refuses: [
    ...wrongLists((params) => params),
    ...wrongIds('ENTITY_ERROR', (params) => params),
    refusal('of deals', 'ENTITY_TYPE_ERROR', 'Incorrect entity type', { ENTITY_TYPE: 'DEAL', ENTITIES: [1] }),
  ],
})

const row = {
  ID: digits,
  DATE_CREATE: like(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  CREATED_BY_ID: digits,
  WEBFORM_ID: orNull(digits),
  ENTITY_TYPE_ID: like(/^[34]$/),
}

contract('crm.calllist.get', {
  section: '5',
  answers: [
    {
      when: 'all strings',
      who: everybody,
      params: () => ({ ID: ids.list }),
      shape: (house) =>
        fields({
          ...row,
          ID: exact(String(ids.list)),
          CREATED_BY_ID: exact(String(house.admin.userId)),
          WEBFORM_ID: exact('7'),
          ENTITY_TYPE_ID: exact('3'),
          ENTITY_TYPE: exact('CONTACT'),
        }),
    },
    {
      when: 'of companies, without a form',
      params: () => ({ id: String(ids.companies) }),
      shape: fields({ ...row, WEBFORM_ID: nil, ENTITY_TYPE_ID: exact('4'), ENTITY_TYPE: exact('COMPANY') }),
    },
  ],
  refuses: [
    missing('ID', {}),
    ...['x', 0, 999_999].map((ID) => refusal(`the list is ${ID}`, 'LIST_ID_ERROR', 'Incorrect list id', { ID })),
  ],
})

const found = (when: string, FILTER: () => Params, wanted: () => readonly number[]): Answering => ({
  when,
  params: () => ({ FILTER: FILTER(), SELECT: ['ID'], ORDER: { ID: 'ASC' } }),
  shape: () => exact(wanted().map((id) => ({ ID: String(id) }))),
})
const mine = () => ({ ID: [ids.list, ids.companies] })

contract('crm.calllist.list', {
  section: '5',
  answers: [
    { when: 'all fields without SELECT', who: everybody, shape: list(fields(row), 2) },
    {
      when: 'the selected fields',
      params: () => ({ SELECT: ['ENTITY_TYPE_ID', 'WEBFORM_ID'], FILTER: { '=ID': ids.list } }),
      shape: () => exact([{ ID: String(ids.list), WEBFORM_ID: '7', ENTITY_TYPE_ID: '3' }]),
    },
    found(
      'by type',
      () => ({ ...mine(), ENTITY_TYPE_ID: 4 }),
      () => [ids.companies],
    ),
    found(
      'by several types',
      () => ({ ...mine(), '@ENTITY_TYPE_ID': [3, 4] }),
      () => [ids.list, ids.companies],
    ),
    found(
      'by another type',
      () => ({ ...mine(), '!ENTITY_TYPE_ID': '3' }),
      () => [ids.companies],
    ),
    found(
      'by form',
      () => ({ ...mine(), '>=WEBFORM_ID': 7 }),
      () => [ids.list],
    ),
    found(
      'by id',
      () => ({ '>ID': ids.list, '<=ID': ids.companies }),
      () => [ids.companies],
    ),
    found(
      'by none of these',
      () => ({ ...mine(), '!@ID': [ids.list] }),
      () => [ids.companies],
    ),
    found(
      'nothing',
      () => ({ ID: 999_999 }),
      () => [],
    ),
    {
      when: 'newest first',
      params: () => ({ FILTER: mine(), SELECT: ['ID'], ORDER: { ID: 'DESC' } }),
      shape: () => exact([{ ID: String(ids.companies) }, { ID: String(ids.list) }]),
    },
  ],
  refuses: [
    refusal('the filter is a word', '', "Parameter 'filter' must be array", { FILTER: 'x' }),
    refusal('the order is a word', '', "Parameter 'order' must be array", { ORDER: 'x' }),
    ...['TITLE', 'DATE_CREATE'].map((name) =>
      refusal(
        `there is filtered by ${name}`,
        '100',
        `Unknown field ${name} of a call list: it has ID, DATE_CREATE, CREATED_BY_ID, WEBFORM_ID and ENTITY_TYPE_ID`,
        { FILTER: { [name]: 'x' } },
      ),
    ),
    refusal('an id is filtered by a word', 'ERROR_CORE', 'The field ID must be a whole number', { FILTER: { ID: 'x' } }),
  ],
})

contract('crm.calllist.items.get', {
  section: '5',
  answers: [
    {
      when: 'in the order of calling',
      who: everybody,
      params: () => ({ LIST_ID: ids.list }),
      shape: () => exact(contacts.slice(0, 2).map((ID) => ({ ID, STATUS: 'IN_WORK', ENTITY_TYPE: 3 }))),
    },
    {
      when: 'of one status',
      params: () => ({ list_id: String(ids.companies), filter: { STATUS: 'IN_WORK' } }),
      shape: () => exact([{ ID: ids.company, STATUS: 'IN_WORK', ENTITY_TYPE: 4 }]),
    },
    {
      when: 'of several statuses that nobody has',
      params: () => ({ LIST_ID: ids.list, FILTER: { STATUS: ['SUCCESS', 'STOP_CALLING'] } }),
      shape: exact([]),
    },
  ],
  refuses: [
    missing('LIST_ID', {}),
    ...['x', 0, -1].map((LIST_ID) => refusal(`the list is ${LIST_ID}`, 'LIST_ID_ERROR', 'List id should be positive', { LIST_ID })),
    refusal('there is no such list', 'LIST_ID_ERROR', 'Call list is not found', { LIST_ID: 999_999 }),
    refusal('there is no such status', 'STATUS_ERROR', 'Incorrect status', () => ({ LIST_ID: ids.list, FILTER: { STATUS: 'NONE' } })),
    refusal('the filter is a word', '', "Parameter 'filter' must be array", () => ({ LIST_ID: ids.list, FILTER: 'x' })),
  ],
})

contract('crm.calllist.statuslist', {
  section: '5',
  answers: {
    who: everybody,
    shape: list(fields({ ID: num, NAME: str, SORT: num, STATUS_ID: like(/^(IN_WORK|SUCCESS|WRONG_NUMBER|STOP_CALLING)$/) }), 4),
  },
})

contract('crm.calllist.update', {
  section: '5',
  answers: {
    who: everybody,
    params: async (house) => ({ LIST_ID: await add(house, { WEBFORM_ID: 7 }), ENTITY_TYPE: 'CONTACT', ENTITIES: contacts.slice(1) }),
    shape: exact(true),
    after: async (house, { LIST_ID }) => [
      [await house.ask('crm.calllist.get', { ID: LIST_ID }), await house.ask('crm.calllist.items.get', { LIST_ID })],
      [{ WEBFORM_ID: null }, contacts.slice(1).map((ID) => ({ ID }))],
    ],
  },
  refuses: [
    missing('LIST_ID', { ENTITY_TYPE: 'CONTACT', ENTITIES: [1] }),
    ...['x', 999_999].map((LIST_ID) =>
      refusal(`the list is ${LIST_ID}`, 'LIST_ID_ERROR', 'Incorrect list id or access denied', () => ({
        LIST_ID,
        ENTITY_TYPE: 'CONTACT',
        ENTITIES: contacts,
      })),
    ),
    ...wrongLists((params) => ({ LIST_ID: ids.list, ...params })),
    refusal('of deals', 'ENTITY_TYPE_ERROR', 'EntityType is incorrect', { LIST_ID: 1, ENTITY_TYPE: 'DEAL', ENTITIES: [1] }),
    refusal('of companies', 'ENTITY_TYPE_ERROR', 'Discrepancy between the type of call participants and incoming type', () => ({
      LIST_ID: ids.list,
      ENTITY_TYPE: 'COMPANY',
      ENTITIES: [ids.company],
    })),
    ...wrongIds('ENTITIES_ERROR', (params) => params).map((one) => ({
      ...one,
      params: () => ({ LIST_ID: ids.list, ...(one.params as Params) }),
    })),
  ],
})
