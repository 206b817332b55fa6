import { openContract, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, isoTime, like, list, num, str } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { deal: 0, other: 0, first: 0, second: 0, ofCall: 0 }

const { contract } = openContract(
  ['crm', 'telephony'],
  async (house) => {
    ids.deal = await house.ask('crm.deal.add', { fields: { TITLE: 'A deal' } })
    ids.other = await house.addLead({ TITLE: 'A lead', PHONE: [{ VALUE: '+15550100260' }] })
    ids.first = await add(house, { AUTHOR_ID: house.eve.userId, COMMENT: 'The first' })
    ids.second = await add(house, { COMMENT: 'The second' })
    ids.ofCall = await noteOfCall(house)
  },
  { refusalsEverywhere: true },
)

const add = (house: ContractHouse, values: Params = {}): Promise<number> =>
  house.ask('crm.timeline.comment.add', { fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: 'Said', ...values } })

/** A note that the portal wrote of a call: no comment of anybody. */
async function noteOfCall(house: ContractHouse): Promise<number> {
  const call = { USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100260', TYPE: 1 }
  const { CALL_ID } = await house.ask('telephony.externalCall.register', call)
  await house.ask('telephony.externalCall.finish', { CALL_ID, USER_ID: house.admin.userId, DURATION: 5, ADD_TO_CHAT: 1 })
  const { items } = (await house.admin.api('GET', `/leads/${ids.other}/timeline`)).body
  return (items as Array<{ kind: string; id: number }>).find((one) => one.kind === 'note')!.id
}

const row = {
  ID: digits,
  ENTITY_ID: digits,
  ENTITY_TYPE: like(/^(lead|deal|contact|company)$/),
  CREATED: isoTime,
  COMMENT: str,
  AUTHOR_ID: digits,
  FILES: exact({}),
}
const first = (house: ContractHouse) =>
  fields({
    ...row,
    ID: exact(String(ids.first)),
    ENTITY_ID: exact(String(ids.deal)),
    ENTITY_TYPE: exact('deal'),
    COMMENT: exact('The first'),
    AUTHOR_ID: exact(String(house.eve.userId)),
  })

const noOwner: Omit<Refusing, 'when'> = {
  error: 'OWNER_NOT_FOUND',
  text: 'There is no such card: ENTITY_TYPE is lead, deal, contact or company, ENTITY_ID its id',
}
const empty: Omit<Refusing, 'when'> = { error: 'INVALID_ARG_VALUE', text: 'The comment is empty: COMMENT is a text' }
const missing = (name: string, params: Params = {}): Refusing => ({
  when: `${name} is left out`,
  params,
  error: '100',
  text: `Could not find value for parameter {${name}}`,
})
const wrongFields = (more: Params = {}): Refusing => ({
  when: 'fields are a word',
  params: { ...more, fields: 'x' },
  error: '',
  text: "Parameter 'fields' must be array.",
})
const wrongId: Refusing = { when: 'the id is a word', params: { id: 'x', fields: {} }, error: '', text: 'ID is not defined or invalid.' }
const notThere: Omit<Refusing, 'when'> = { error: 'NOT_FOUND', text: 'Not found.' }
const denied: Omit<Refusing, 'when'> = {
  who: ['app of Eve', 'webhook of Eve'],
  error: 'ACCESS_DENIED',
  text: 'Somebody else wrote this comment: only they and administrators change it',
}

contract('crm.timeline.comment.fields', {
  section: '8.4',
  answers: {
    who: everybody,
    shape: exact(
      Object.fromEntries(
        [
          ['ID', 'integer', 'ID', { isReadOnly: true }],
          ['CREATED', 'datetime', 'Created on', { isReadOnly: true }],
          ['ENTITY_ID', 'integer', 'Id of the card', { isRequired: true, isImmutable: true }],
          ['ENTITY_TYPE', 'string', 'Type of the card', { isRequired: true, isImmutable: true }],
          ['AUTHOR_ID', 'integer', 'Author', { isImmutable: true }],
          ['COMMENT', 'string', 'Text', {}],
          ['FILES', 'attached_diskfile', 'Files', { isMultiple: true }],
        ].map(([name, type, title, is]) => [
          name,
          {
            type,
            isRequired: false,
            isReadOnly: false,
            isImmutable: false,
            isMultiple: false,
            isDynamic: false,
            ...(is as object),
            title,
          },
        ]),
      ),
    ),
  },
})

contract('crm.timeline.comment.add', {
  section: '8.4',
  answers: [
    {
      who: everybody,
      params: () => ({ fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: 'New comment', FILES: [['1.gif', 'R0lGODlh']] } }),
      shape: num,
    },
    {
      when: 'in the name of somebody else, on the timeline that people read',
      params: (house) => ({
        fields: { ENTITY_TYPE: 'LEAD', ENTITY_ID: String(ids.other), COMMENT: 'Of Eve', AUTHOR_ID: house.eve.userId },
      }),
      shape: num,
      after: async (house) => {
        const { items } = (await house.admin.api('GET', `/leads/${ids.other}/timeline`)).body
        const [note] = items as unknown[]
        return [note, { kind: 'note', text: 'Of Eve', author: { id: house.eve.userId } }]
      },
    },
  ],
  refuses: [
    missing('fields'),
    wrongFields(),
    { when: 'there is no such card', params: { fields: { ENTITY_TYPE: 'deal', ENTITY_ID: 999_999, COMMENT: 'x' } }, ...noOwner },
    { when: 'it is no card', params: { fields: { ENTITY_TYPE: 'order', ENTITY_ID: 1, COMMENT: 'x' } }, ...noOwner },
    { when: 'no card is named', params: { fields: { COMMENT: 'x' } }, ...noOwner },
    { when: 'it says nothing', params: () => ({ fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: ' ' } }), ...empty },
    { when: 'it is a map', params: () => ({ fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: { a: 1 } } }), ...empty },
    {
      when: 'nobody wrote it',
      params: () => ({ fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: 'x', AUTHOR_ID: 999_999 } }),
      error: 'INVALID_ARG_VALUE',
      text: 'There is no such user: AUTHOR_ID is the id of one',
    },
    {
      when: 'its author is a word',
      params: () => ({ fields: { ENTITY_TYPE: 'deal', ENTITY_ID: ids.deal, COMMENT: 'x', AUTHOR_ID: 'eve' } }),
      error: 'INVALID_ARG_VALUE',
      text: 'There is no such user: AUTHOR_ID is the id of one',
    },
  ],
})

const unknown = [undefined, '', 'x', [1], 0, -1].map((id): Refusing => ({
  when: `the id is ${JSON.stringify(id) ?? 'left out'}`,
  params: { id },
  error: '',
  text: 'ID is not defined or invalid.',
}))

contract('crm.timeline.comment.get', {
  section: '8.4',
  answers: { who: everybody, params: () => ({ id: ids.first }), shape: first },
  refuses: [
    ...unknown,
    { when: 'there is no such comment', params: { id: 999_999 }, error: '', text: 'Not found.' },
    { when: 'it is what the portal says of a call', params: () => ({ id: ids.ofCall }), error: '', text: 'Not found.' },
  ],
})

const of = (more: Params = {}): Params => ({ filter: { ENTITY_TYPE: 'contact', ENTITY_ID: 0 }, ...more })
/** A contact with so many comments. */
async function contactWith(house: ContractHouse, count: number): Promise<Params> {
  const ENTITY_ID = await house.addContact({ NAME: 'Nora' })
  for (let index = 1; index <= count; index++) await add(house, { ENTITY_TYPE: 'contact', ENTITY_ID, COMMENT: `${index}` })
  return { ENTITY_TYPE: 'contact', ENTITY_ID }
}

contract('crm.timeline.comment.list', {
  section: '6.4, 8.4',
  answers: [
    {
      who: ['app', 'app of Eve'],
      params: async (house) => ({ filter: await contactWith(house, 2), order: { ID: 'DESC' } }),
      total: 2,
      shape: list(fields({ ...row, ENTITY_TYPE: exact('contact'), COMMENT: like(/^[12]$/) }), 2),
      after: async (house, sent) => [
        (await house.ask('crm.timeline.comment.list', sent)).map((one: { COMMENT: string }) => one.COMMENT),
        ['2', '1'],
      ],
    },
    {
      when: 'the selected fields, the id among them',
      params: async (house) => ({ filter: await contactWith(house, 1), select: ['COMMENT', 'NOT_A_FIELD'] }),
      total: 1,
      shape: list(fields({ ID: digits, COMMENT: exact('1') })),
    },
    {
      when: 'the second page',
      who: ['app'],
      encodings: ['json'],
      params: async (house) => ({ filter: await contactWith(house, 51), start: 50 }),
      total: 51,
      shape: list(fields({ ...row, COMMENT: exact('51') })),
    },
    {
      when: 'what the portal says of a call is not in it',
      params: async (house) => {
        for (const { ID } of await house.ask('crm.timeline.comment.list', { filter: { ENTITY_TYPE: 'lead', ENTITY_ID: ids.other } }))
          await house.ask('crm.timeline.comment.delete', { id: ID })
        return { filter: { ENTITY_TYPE: 'lead', ENTITY_ID: ids.other } }
      },
      total: 0,
      shape: exact([]),
    },
  ],
  refuses: [
    missing('filter'),
    { when: 'the filter is a word', params: { filter: 'x' }, error: '', text: "Parameter 'filter' must be array" },
    { when: 'the order is a word', params: of({ order: 'x' }), error: '', text: "Parameter 'order' must be array" },
    { when: 'there is no such card', params: { filter: { ENTITY_TYPE: 'deal', ENTITY_ID: 999_999 } }, ...noOwner },
    { when: 'no card is named', params: of(), ...noOwner },
  ],
})

contract('crm.timeline.comment.update', {
  section: '8.4',
  answers: [
    {
      params: async (house) => ({ id: await add(house), fields: { COMMENT: 'Changed' } }),
      shape: num,
      after: async (house, { id }) => [await house.ask('crm.timeline.comment.get', { id }), { COMMENT: 'Changed' }],
    },
    {
      when: "Eve's own, on the card that it stands on",
      who: ['app of Eve'],
      params: (house) => ({
        id: ids.first,
        ownerTypeId: 2,
        ownerId: ids.deal,
        fields: { COMMENT: 'The first', AUTHOR_ID: house.admin.userId },
      }),
      shape: num,
      after: async (house) => [await house.ask('crm.timeline.comment.get', { id: ids.first }), { AUTHOR_ID: String(house.eve.userId) }],
    },
  ],
  refuses: [
    missing('id', { fields: { COMMENT: 'x' } }),
    missing('fields', { id: 1 }),
    wrongFields({ id: 1 }),
    wrongId,
    { when: 'there is no such comment', params: { id: 999_999, fields: { COMMENT: 'x' } }, ...notThere },
    { when: 'it is what the portal says of a call', params: () => ({ id: ids.ofCall, fields: { COMMENT: 'x' } }), ...notThere },
    {
      when: 'it stands on another card',
      params: () => ({ id: ids.second, ownerTypeId: 1, ownerId: ids.other, fields: { COMMENT: 'x' } }),
      ...notThere,
    },
    {
      when: 'the card is of no type',
      params: () => ({ id: ids.second, ownerTypeId: 31, ownerId: 1, fields: { COMMENT: 'x' } }),
      ...noOwner,
    },
    { when: 'it says nothing any more', params: () => ({ id: ids.second, fields: { COMMENT: '' } }), ...empty },
    { when: 'somebody else wrote it', params: () => ({ id: ids.second, fields: { COMMENT: 'x' } }), ...denied },
  ],
})

contract('crm.timeline.comment.delete', {
  section: '8.4',
  answers: {
    params: async (house) => ({ id: await add(house), ownerTypeId: 2, ownerId: ids.deal }),
    shape: exact(null),
    after: async (house, { id }) => [(await house.as('app', 'crm.timeline.comment.get', { id })).body.error_description, 'Not found.'],
  },
  refuses: [
    missing('id'),
    wrongId,
    { when: 'there is no such comment', params: { id: 999_999 }, ...notThere },
    { when: 'it stands on another card', params: () => ({ id: ids.second, ownerTypeId: 1, ownerId: ids.other }), ...notThere },
    { when: 'the card has no id', params: () => ({ id: ids.second, ownerTypeId: 2 }), ...noOwner },
    { when: 'somebody else wrote it', params: () => ({ id: ids.second }), ...denied },
  ],
})
