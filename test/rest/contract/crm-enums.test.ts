import { openContract, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, isoTime, like, list, nil, orNull, str } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const { contract } = openContract(['crm'], undefined, { refusalsEverywhere: true })

const numbered = (...names: readonly string[]) =>
  exact(['', ...names].map((NAME, ID) => ({ ID, NAME, SYMBOL_CODE: null, SYMBOL_CODE_SHORT: null })))

for (const [name, shape] of [
  ['activityType', numbered('Meeting', 'Call', 'Task', 'E-mail', 'Action', 'Action of an app')],
  ['activityDirection', numbered('Incoming', 'Outgoing')],
  ['activityStatus', numbered('Waiting', 'Completed', 'Completed by itself')],
  ['activityPriority', numbered('Low', 'Medium', 'High')],
  ['activityNotifyType', numbered('min.', 'h.', 'd.')],
  ['contentType', numbered('Plain text', 'BBCode', 'HTML')],
  [
    'ownerType',
    exact([
      { ID: 1, NAME: 'Lead', SYMBOL_CODE: 'LEAD', SYMBOL_CODE_SHORT: 'L' },
      { ID: 2, NAME: 'Deal', SYMBOL_CODE: 'DEAL', SYMBOL_CODE_SHORT: 'D' },
      { ID: 3, NAME: 'Contact', SYMBOL_CODE: 'CONTACT', SYMBOL_CODE_SHORT: 'C' },
      { ID: 4, NAME: 'Company', SYMBOL_CODE: 'COMPANY', SYMBOL_CODE_SHORT: 'CO' },
    ]),
  ],
] as const)
  contract(`crm.enum.${name}`, { section: '8.4', answers: { who: everybody, shape } })

const described = (type: string, title: string, isReadOnly: boolean) => ({
  type,
  isRequired: false,
  isReadOnly,
  isImmutable: false,
  isMultiple: false,
  isDynamic: false,
  title,
})

contract('crm.enum.fields', {
  section: '8.4',
  answers: {
    who: everybody,
    shape: exact({
      ID: described('int', 'ID', true),
      NAME: described('string', 'Name', true),
      SYMBOL_CODE: described('string', 'Code', true),
      SYMBOL_CODE_SHORT: described('string', 'Short code', true),
    }),
  },
})

contract('crm.multifield.fields', {
  section: '8.2',
  answers: {
    who: everybody,
    shape: exact({
      ID: described('int', 'ID', true),
      TYPE_ID: described('string', 'PHONE, EMAIL, WEB or IM', true),
      VALUE: described('string', 'Value', false),
      VALUE_TYPE: described('string', 'WORK, MOBILE, HOME …', false),
    }),
  },
})

const general = { id: 0, name: 'General', sort: 100, entityTypeId: 2, isDefault: 'Y' }
const wrongTypes: readonly Refusing[] = [
  { when: 'the type is left out', params: { id: 0 }, error: '100', text: 'Could not find value for parameter {entityTypeId}' },
  {
    when: 'there is no such type',
    params: { entityTypeId: 31, id: 0 },
    error: 'NOT_FOUND',
    text: 'There is no entity type 31: 1 is a lead, 2 a deal, 3 a contact, 4 a company',
  },
  {
    when: 'leads have no pipelines',
    params: { entityTypeId: 1, id: 0 },
    error: 'ENTITY_TYPE_NOT_SUPPORTED',
    text: 'Entity type lead is not supported: only deals have pipelines',
  },
]

contract('crm.category.list', {
  section: '8.3',
  answers: { who: everybody, params: () => ({ entityTypeId: 2 }), total: 1, shape: exact({ categories: [general] }) },
  refuses: wrongTypes,
})

contract('crm.category.get', {
  section: '8.3',
  answers: { who: everybody, params: () => ({ entityTypeId: 2, id: 0 }), shape: exact({ category: general }) },
  refuses: [
    ...wrongTypes,
    { when: 'the id is left out', params: { entityTypeId: 2 }, error: '100', text: 'Could not find value for parameter {id}' },
    { when: 'there is no such pipeline', params: { entityTypeId: 2, id: 1 }, error: 'NOT_FOUND', text: 'Item not found' },
  ],
})

contract('crm.category.fields', {
  section: '8.3',
  answers: {
    who: everybody,
    params: () => ({ entityTypeId: 2 }),
    shape: exact({
      fields: {
        id: { ...described('integer', 'ID', true), upperName: 'ID' },
        name: { ...described('string', 'NAME', false), upperName: 'NAME' },
        sort: { ...described('integer', 'SORT', false), upperName: 'SORT' },
        entityTypeId: { ...described('integer', 'ENTITY_TYPE_ID', true), isRequired: true, upperName: 'ENTITY_TYPE_ID' },
        isDefault: { ...described('boolean', 'IS_DEFAULT', true), upperName: 'IS_DEFAULT' },
      },
    }),
  },
  refuses: wrongTypes,
})

contract('crm.dealcategory.list', {
  section: '8.3',
  answers: {
    when: 'the general pipeline is not in it',
    who: everybody,
    params: () => ({ order: { SORT: 'ASC' }, filter: { IS_LOCKED: 'N' }, select: ['ID', 'NAME', 'SORT'] }),
    total: 0,
    shape: exact([]),
  },
  refuses: [
    { when: 'the filter is a word', params: { filter: 'x' }, error: '', text: "Parameter 'filter' must be array" },
    { when: 'the order is a word', params: { order: 'x' }, error: '', text: "Parameter 'order' must be array" },
  ],
})

const noId = [undefined, '', 'x', [1], -1].map((id): Refusing => ({
  when: `the id is ${JSON.stringify(id) ?? 'left out'}`,
  params: { id },
  error: '',
  text: 'ID is not defined or invalid',
}))
const noPipeline: Refusing = { when: 'there is no such pipeline', params: { id: 1 }, error: '', text: 'Not found' }

contract('crm.dealcategory.get', {
  section: '8.3',
  answers: {
    who: everybody,
    params: () => ({ id: 0 }),
    shape: fields({ ID: exact('0'), CREATED_DATE: isoTime, NAME: exact('General'), IS_LOCKED: exact('N'), SORT: exact('100') }),
  },
  refuses: [...noId, noPipeline],
})

contract('crm.dealcategory.default.get', { section: '8.3', answers: { who: everybody, shape: exact({ ID: 0, NAME: 'General' }) } })

contract('crm.dealcategory.status', {
  section: '8.3',
  answers: [
    { who: everybody, params: () => ({ id: 0 }), shape: exact('DEAL_STAGE') },
    { when: 'the general one without an id', shape: exact('DEAL_STAGE') },
  ],
  refuses: [noPipeline, { when: 'the id is a word', params: { id: 'x' }, error: '', text: 'ID is not defined or invalid' }],
})

contract('crm.dealcategory.fields', {
  section: '8.3',
  answers: {
    who: everybody,
    shape: exact({
      ID: described('integer', 'ID', true),
      CREATED_DATE: described('datetime', 'Created on', true),
      NAME: { ...described('string', 'Name', false), isRequired: true },
      IS_LOCKED: described('char', 'Locked', true),
      SORT: described('integer', 'Order', false),
    }),
  },
})

const stage = {
  ID: digits,
  ENTITY_ID: exact('DEAL_STAGE'),
  STATUS_ID: str,
  NAME: str,
  NAME_INIT: str,
  SORT: digits,
  SYSTEM: exact('Y'),
  CATEGORY_ID: nil,
  COLOR: orNull(str),
  SEMANTICS: orNull(like(/^[SF]$/)),
  EXTRA: fields({ SEMANTICS: like(/^(process|success|failure)$/), COLOR: str }),
}

contract('crm.dealcategory.stage.list', {
  section: '8.3',
  answers: [
    {
      who: everybody,
      params: () => ({ id: 0 }),
      total: true,
      shape: list(fields(stage), 4),
      after: async (house, sent) => [
        await house.ask('crm.dealcategory.stage.list', sent),
        await house.ask('crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE' } }),
      ],
    },
    { when: 'the general one without an id', total: true, shape: list(fields(stage), 4) },
    { when: 'of a pipeline that is not there nothing', params: () => ({ id: 10 }), total: 0, shape: exact([]) },
  ],
})

contract('crm.settings.mode.get', {
  section: '4.2',
  answers: [
    { who: everybody, shape: exact(1) },
    {
      when: 'the portal works without leads',
      params: async (house) => {
        await house.admin.api('PATCH', '/switches', { crmMode: 'simple' })
        return {}
      },
      shape: exact(2),
      after: async (house) => [(await house.admin.api('PATCH', '/switches', { crmMode: 'classic' })).status, 200],
    },
  ],
})

contract('crm.enum.settings.mode', {
  section: '4.2',
  answers: {
    who: everybody,
    shape: exact([
      { ID: 1, NAME: 'Classic CRM' },
      { ID: 2, NAME: 'Simple CRM' },
    ]),
  },
})

const dollars = {
  CURRENCY: exact('USD'),
  AMOUNT_CNT: exact('1'),
  AMOUNT: exact('1.0000'),
  SORT: exact('100'),
  BASE: exact('Y'),
  FULL_NAME: exact('US Dollar'),
  LID: exact('en'),
  FORMAT_STRING: exact('$#'),
  DEC_POINT: exact('.'),
  THOUSANDS_SEP: exact(','),
  DECIMALS: exact('2'),
  DATE_UPDATE: isoTime,
}
const wordsOf = (known: Readonly<Record<string, string>>) =>
  fields({
    FORMAT_STRING: str,
    FULL_NAME: exact(known['name']),
    DEC_POINT: exact(known['point']),
    THOUSANDS_SEP: str,
    DECIMALS: exact('2'),
  })

contract('crm.currency.list', {
  section: '8.1',
  answers: {
    who: everybody,
    params: () => ({ order: { sort: 'asc', currency: 'asc' } }),
    total: 0,
    shape: list(fields(dollars)),
  },
  refuses: [{ when: 'the order is a word', params: { order: 'x' }, error: '', text: "Parameter 'order' must be array" }],
})

contract('crm.currency.get', {
  section: '8.1',
  answers: {
    who: everybody,
    params: () => ({ id: 'usd' }),
    shape: fields({
      ...dollars,
      LANG: fields({ en: wordsOf({ name: 'US Dollar', point: '.' }), ru: wordsOf({ name: 'доллар США', point: ',' }) }),
    }),
  },
  refuses: [
    { when: 'the code is left out', error: '', text: 'ID is not defined or invalid' },
    { when: 'the code is a list', params: { id: ['USD'] }, error: '', text: 'ID is not defined or invalid' },
    { when: 'there is no such currency', params: { id: 'ZZZ' }, error: '', text: 'Not found' },
  ],
})

contract('crm.currency.base.get', { section: '8.1', answers: { who: everybody, shape: exact('USD') } })

contract('crm.currency.fields', {
  section: '8.1',
  answers: {
    who: everybody,
    shape: exact({
      CURRENCY: described('string', 'Currency', true),
      AMOUNT_CNT: described('int', 'Units', true),
      AMOUNT: described('double', 'Rate', true),
      BASE: described('char', 'The currency of the portal', true),
      SORT: described('int', 'Order', true),
      DATE_UPDATE: described('datetime', 'Changed on', true),
      LID: described('string', 'Language', true),
      FORMAT_STRING: described('string', 'How amounts are written', true),
      FULL_NAME: described('string', 'Name', true),
      DEC_POINT: described('string', 'Decimal point', true),
      THOUSANDS_SEP: described('string', 'Thousands separator', true),
      DECIMALS: described('int', 'Decimals', true),
      LANG: { ...described('currency_localization', 'Words by language', true), isMultiple: true },
    }),
  },
})
