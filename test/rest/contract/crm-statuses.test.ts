import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, flag, like, list, nil, num, orNull, str, type Shape } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { own: 0, stage: 0, first: 0, system: 0, used: 0 }
let count = 0

const { contract } = openContract(
  ['crm'],
  async (house) => {
    ids.own = await add(house, { STATUS_ID: 'FAIR', NAME: 'Book fair', SORT: 75 })
    ids.stage = await add(house, {
      ENTITY_ID: 'STATUS',
      STATUS_ID: 'LATER',
      NAME: 'Call later',
      SORT: 25,
      COLOR: '#3399ff',
      SEMANTICS: 'F',
    })
    ids.used = await add(house, { STATUS_ID: 'USED', NAME: 'In use' })
    await house.addContact({ NAME: 'x', SOURCE_ID: 'USED' })
    ids.first = await idOf(house, 'STATUS', 'NEW')
    ids.system = await idOf(house, 'SOURCE', 'WEB')
  },
  { refusalsEverywhere: true },
)

const add = (house: ContractHouse, values: Params = {}): Promise<number> =>
  house.ask('crm.status.add', { fields: { ENTITY_ID: 'SOURCE', STATUS_ID: `S${++count}`, NAME: 'New', ...values } })
const idOf = async (house: ContractHouse, ENTITY_ID: string, STATUS_ID: string): Promise<number> =>
  Number((await house.ask('crm.status.list', { filter: { ENTITY_ID, STATUS_ID } }))[0].ID)

const row = {
  ID: digits,
  ENTITY_ID: like(/^(SOURCE|STATUS|DEAL_STAGE|CALL_LIST)$/),
  STATUS_ID: str,
  NAME: str,
  NAME_INIT: str,
  SORT: digits,
  SYSTEM: flag,
  CATEGORY_ID: nil,
  COLOR: orNull(str),
  SEMANTICS: orNull(like(/^[SF]$/)),
}
const own = () => ({
  ID: String(ids.own),
  ENTITY_ID: 'SOURCE',
  STATUS_ID: 'FAIR',
  NAME: 'Book fair',
  NAME_INIT: '',
  SORT: '75',
  SYSTEM: 'N',
  CATEGORY_ID: null,
  COLOR: null,
  SEMANTICS: null,
})
const stage = () => ({
  ID: String(ids.stage),
  ENTITY_ID: 'STATUS',
  STATUS_ID: 'LATER',
  NAME: 'Call later',
  NAME_INIT: '',
  SORT: '25',
  SYSTEM: 'N',
  CATEGORY_ID: null,
  COLOR: '#3399ff',
  SEMANTICS: 'F',
  EXTRA: { SEMANTICS: 'failure', COLOR: '#3399ff' },
})

const refusal = (when: string, text: string, params: Refusing['params'] = {}): Refusing => ({ when, params: params ?? {}, error: '', text })
const wrongIds = [undefined, '', 'x', [1]].map((id) =>
  refusal(`ID is ${JSON.stringify(id) ?? 'nothing'}`, 'Invalid identifier.', { id, fields: { NAME: 'x' } }),
)
const notFound = refusal('there is no such value', 'Status is not found.', { id: 999_999, fields: { NAME: 'x' } })
const notAdmin = (params: Params): Refusing => ({ ...refusal('Eve is no administrator', 'Access denied.', params), who: 'app of Eve' })
const wrongFields = (more: Params = {}) =>
  [undefined, 'x'].map((sent) => refusal(`fields are ${sent ?? 'nothing'}`, 'Invalid parameters.', { ...more, fields: sent }))

contract('crm.status.fields', {
  section: '8.1',
  answers: {
    who: everybody,
    shape: fields(
      Object.fromEntries(
        Object.keys(row).map((name) => [
          name,
          fields({
            type: like(/^(integer|string|char)$/),
            isRequired: exact(['ENTITY_ID', 'STATUS_ID', 'NAME'].includes(name)),
            isReadOnly: exact(['ID', 'NAME_INIT', 'SYSTEM', 'CATEGORY_ID'].includes(name)),
            isImmutable: exact(false),
            isMultiple: exact(false),
            isDynamic: exact(false),
            title: str,
          }),
        ]),
      ),
    ),
  },
})

contract('crm.status.entity.types', {
  section: '8.1',
  answers: {
    who: everybody,
    shape: exact([
      { ID: 'STATUS', NAME: 'Stages of leads' },
      { ID: 'SOURCE', NAME: 'Sources' },
      { ID: 'DEAL_STAGE', NAME: 'Stages of deals' },
      { ID: 'CALL_LIST', NAME: 'Statuses of call lists' },
    ]),
  },
})

contract('crm.status.entity.items', {
  section: '8.1',
  answers: [
    {
      who: everybody,
      params: () => ({ entityId: 'CALL_LIST' }),
      shape: exact([
        { NAME: 'In progress', SORT: 10, STATUS_ID: 'IN_WORK' },
        { NAME: 'Success', SORT: 20, STATUS_ID: 'SUCCESS' },
        { NAME: 'Wrong number', SORT: 30, STATUS_ID: 'WRONG_NUMBER' },
        { NAME: 'Do not call', SORT: 40, STATUS_ID: 'STOP_CALLING' },
      ]),
    },
    { when: 'no such directory is an empty list', params: () => ({ entityId: 'INVOICE_STATUS' }), shape: exact([]) },
  ],
  refuses: [refusal('no directory is named', 'Invalid parameters.')],
})

contract('crm.status.get', {
  section: '8.1',
  answers: [
    { when: 'a source', who: everybody, params: () => ({ id: ids.own }), shape: () => exact(own()) },
    { when: 'a stage with its meaning', params: () => ({ ID: String(ids.stage) }), shape: () => exact(stage()) },
  ],
  refuses: [...wrongIds, notFound],
})

const found = (when: string, params: Params, wanted: readonly string[]): Answering => ({
  when,
  params: () => params,
  total: wanted.length,
  shape: list(
    fields({ ...row, STATUS_ID: like(new RegExp(`^(${wanted.join('|')})$`)), EXTRA: fields({ SEMANTICS: str, COLOR: str }) }),
    wanted.length,
  ),
})
const order = (when: string, params: Params, wanted: readonly string[]): Answering => ({
  ...found(when, params, wanted),
  after: async (house, sent) => [(await house.ask('crm.status.list', sent)).map((one: { STATUS_ID: string }) => one.STATUS_ID), wanted],
})

contract('crm.status.list', {
  section: '6.4, 8.1',
  answers: [
    { when: 'one source', who: everybody, params: () => ({ filter: { ID: ids.own } }), total: 1, shape: () => exact([own()]) },
    {
      when: 'all of them at once',
      total: true,
      shape: { kind: 'list', least: 20, of: { kind: 'fields', fields: row, more: true } } satisfies Shape,
    },
    order('by SORT', { filter: { ENTITY_ID: 'STATUS' } }, ['NEW', 'IN_PROCESS', 'LATER', 'CONVERTED', 'JUNK']),
    order('in the given order', { filter: { ENTITY_ID: 'STATUS', '!STATUS_ID': 'LATER' }, order: { SORT: 'DESC' } }, [
      'JUNK',
      'CONVERTED',
      'IN_PROCESS',
      'NEW',
    ]),
    order('with a list of values', { filter: { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: ['WON', 'LOSE'] } }, ['WON', 'LOSE']),
    { when: 'nothing found is an empty list', params: () => ({ filter: { ENTITY_ID: 'NONE' } }), total: 0, shape: exact([]) },
  ],
  refuses: [
    refusal('the filter is a word', "Parameter 'filter' must be array", { filter: 'x' }),
    refusal('the order is a word', "Parameter 'order' must be array", { order: 'x' }),
    refusal('there is no such field to filter by', 'Failed to get list. General error: there is no field NOPE to filter by', {
      filter: { NOPE: 1 },
    }),
    {
      when: 'an id is filtered by a word',
      params: { filter: { ID: 'x' } },
      error: 'ERROR_CORE',
      text: 'The field ID must be a whole number',
    },
  ],
})

contract('crm.status.add', {
  section: '8.1',
  answers: {
    params: () => ({ fields: { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: `D${++count}`, NAME: 'Waiting', SORT: '35', SEMANTICS: '' } }),
    shape: num,
    after: async (house, sent) => [
      await house.ask('crm.status.list', { filter: { STATUS_ID: (sent['fields'] as { STATUS_ID: string }).STATUS_ID } }),
      [{ NAME: 'Waiting', SORT: '35', SYSTEM: 'N', EXTRA: { SEMANTICS: 'process', COLOR: '' } }],
    ],
  },
  refuses: [
    notAdmin({ fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'X', NAME: 'x' } }),
    ...wrongFields(),
    refusal('there is no such directory', 'Specified entity type is not supported.', {
      fields: { ENTITY_ID: 'INDUSTRY', STATUS_ID: 'X', NAME: 'x' },
    }),
    refusal('without a directory', 'The field ENTITY_ID is required.', { fields: { STATUS_ID: 'X', NAME: 'x' } }),
    refusal('without a value', 'The field STATUS_ID is required.', { fields: { ENTITY_ID: 'SOURCE', NAME: 'x' } }),
    refusal('without a name', 'The field NAME is required.', { fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'X' } }),
    refusal('the value is there already', 'Duplicate STATUS_ID.', { fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'FAIR', NAME: 'x' } }),
    refusal('the value is too long', 'Invalid parameters.', { fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'x'.repeat(51), NAME: 'x' } }),
    refusal('the place in the order is a word', 'Invalid parameters.', {
      fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'X', NAME: 'x', SORT: 'first' },
    }),
    refusal('the name is a map', 'Invalid parameters.', { fields: { ENTITY_ID: 'SOURCE', STATUS_ID: 'X', NAME: { a: 1 } } }),
  ],
})

contract('crm.status.update', {
  section: '8.1',
  answers: {
    params: async (house) => ({ id: await add(house), fields: { NAME: 'Changed', SORT: 5, STATUS_ID: 'STAYS', ENTITY_ID: 'STATUS' } }),
    shape: exact(true),
    after: async (house, { id }) => [await house.ask('crm.status.get', { id }), { ENTITY_ID: 'SOURCE', NAME: 'Changed', SORT: '5' }],
  },
  refuses: [
    notAdmin({ id: 1, fields: { NAME: 'x' } }),
    ...wrongIds,
    notFound,
    ...wrongFields({ id: 1 }),
    refusal('the name is empty', 'The field NAME is required.', () => ({ id: ids.own, fields: { NAME: ' ' } })),
  ],
})

contract('crm.status.delete', {
  section: '8.1',
  answers: [
    {
      params: async (house) => ({ id: await add(house) }),
      shape: exact(true),
      after: async (house, { id }) => [(await house.as('app', 'crm.status.get', { id })).body.error_description, 'Status is not found.'],
    },
    {
      when: 'one that came with the portal, when forced',
      who: ['app'],
      encodings: ['json'],
      params: async (house) => ({ id: await idOf(house, 'SOURCE', 'TRADE_SHOW'), params: { FORCED: 'Y' } }),
      shape: exact(true),
    },
  ],
  refuses: [
    notAdmin({ id: 1 }),
    ...wrongIds,
    notFound,
    refusal('it came with the portal', 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".', () => ({
      id: ids.system,
    })),
    refusal('new leads begin with it', 'Error on deleting status. New ones begin with it.', () => ({
      id: ids.first,
      params: { FORCED: 'Y' },
    })),
    refusal('a contact has it', 'There are active items in this status.', () => ({ id: ids.used })),
  ],
})
