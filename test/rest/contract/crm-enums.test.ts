import { openContract, type Refusing, type Who } from '../../support/contract.ts'
import { exact } from '../../support/shape.ts'

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
