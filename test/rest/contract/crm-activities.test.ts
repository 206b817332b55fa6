import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { digits, exact, fields, flag, isoTime, like, list, num, orNull, str, type Shape } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { contact: 0, company: 0, call: 0, deal: 0 }
/** three activities of the company, a day apart */
const listed: number[] = []
const paged: number[] = []
let count = 0

const base = (house: ContractHouse) => ({
  TYPE_ID: 2,
  SUBJECT: 'A call',
  RESPONSIBLE_ID: house.eve.userId,
  COMMUNICATIONS: [{ VALUE: '+15550100230', ENTITY_ID: ids.contact, ENTITY_TYPE_ID: 3 }],
})
const add = (house: ContractHouse, more: Params = {}): Promise<number> =>
  house.ask('crm.activity.add', { fields: { ...base(house), ...more } })

const { contract } = openContract(
  ['crm', 'telephony'],
  async (house) => {
    ids.contact = await house.addContact({ NAME: 'Called', PHONE: [{ VALUE: '+15550100230' }] })
    ids.company = await house.addCompany({ TITLE: 'Harbour' })
    ids.deal = await house.ask('crm.deal.add', { fields: { TITLE: 'Roof' } })
    const { CALL_ID } = await house.ask('telephony.externalCall.register', {
      USER_ID: house.eve.userId,
      PHONE_NUMBER: '+15550100230',
      TYPE: 1,
    })
    ids.call = (await house.ask('telephony.externalCall.finish', { CALL_ID, USER_ID: house.eve.userId, DURATION: 10 })).CRM_ACTIVITY_ID
    await house.ask('telephony.externalCall.attachRecord', {
      CALL_ID,
      FILENAME: 'call.mp3',
      FILE_CONTENT: Buffer.from('not really a sound').toString('base64'),
    })
    await house.ask('telephony.call.attachTranscription', {
      CALL_ID,
      MESSAGES: [
        { SIDE: 'User', START_TIME: 0, STOP_TIME: 2, MESSAGE: 'Hello' },
        { SIDE: 'Client', START_TIME: 3, STOP_TIME: 4, MESSAGE: 'Good day' },
      ],
    })
    for (const [index, SUBJECT] of ['First', 'Second', 'Third'].entries())
      listed.push(
        await add(house, {
          SUBJECT,
          OWNER_TYPE_ID: 4,
          OWNER_ID: ids.company,
          START_TIME: `2026-03-${12 - index}T09:00:00+00:00`,
          COMPLETED: index === 1 ? 'Y' : 'N',
        }),
      )
    for (let index = 0; index < 51; index++) paged.push(await add(house, { SUBJECT: 'paged' }))
  },
  { refusalsEverywhere: true },
)

const row: Readonly<Record<string, Shape>> = {
  ID: digits,
  OWNER_ID: digits,
  OWNER_TYPE_ID: like(/^[1-4]$/),
  TYPE_ID: like(/^[1-6]$/),
  PROVIDER_ID: str,
  PROVIDER_TYPE_ID: str,
  SUBJECT: str,
  START_TIME: isoTime,
  END_TIME: isoTime,
  COMPLETED: flag,
  STATUS: like(/^[123]$/),
  RESPONSIBLE_ID: digits,
  PRIORITY: like(/^[0-3]$/),
  DESCRIPTION: str,
  DESCRIPTION_TYPE: like(/^[123]$/),
  DIRECTION: like(/^[012]$/),
  ORIGIN_ID: orNull(like(/^VI_externalCall\.[0-9a-f]{32}\.\d+$/)),
  AUTHOR_ID: digits,
  CREATED: isoTime,
  LAST_UPDATED: isoTime,
}
const rowOf = (known: Readonly<Record<string, unknown>>): Record<string, Shape> =>
  Object.fromEntries(Object.entries(row).map(([name, shape]) => [name, Object.hasOwn(known, name) ? exact(known[name]) : shape]))
const communications = (id: unknown): Shape =>
  exact([
    {
      ID: String(id),
      TYPE: 'PHONE',
      VALUE: '+15550100230',
      ENTITY_ID: String(ids.contact),
      ENTITY_TYPE_ID: '3',
      ENTITY_SETTINGS: { NAME: 'Called' },
    },
  ])
const call = (house: ContractHouse) => ({
  ID: String(ids.call),
  OWNER_ID: String(ids.contact),
  OWNER_TYPE_ID: '3',
  TYPE_ID: '2',
  PROVIDER_ID: 'VOXIMPLANT_CALL',
  PROVIDER_TYPE_ID: 'CALL',
  SUBJECT: 'Outgoing call to Called',
  COMPLETED: 'Y',
  STATUS: '2',
  RESPONSIBLE_ID: String(house.eve.userId),
  DIRECTION: '2',
})
const files = list(fields({ id: num, url: like(/^http.*\/recordings?\//) }))

const refusal = (when: string, text: string, params: Params): Refusing => ({ when, params, error: '', text })
const wrongIds: Refusing[] = [undefined, null, '', 'x', [1]].map((id) =>
  refusal(`ID is ${JSON.stringify(id) ?? 'nothing'}`, 'ID is not defined or invalid', { id, fields: { SUBJECT: 'x' } }),
)
const notFound = refusal('there is no such activity', 'Activity is not found', { id: 999_999, fields: { SUBJECT: 'x' } })
const wrongFields = (more: Params = {}): Refusing[] =>
  [undefined, 'x'].map((sent) => refusal(`fields are ${sent ?? 'nothing'}`, "Parameter 'fields' must be array.", { ...more, fields: sent }))

contract('crm.activity.fields', {
  section: '8.4',
  answers: {
    who: everybody,
    shape: fields(
      Object.fromEntries(
        [...Object.keys(row), 'COMMUNICATIONS'].map((name) => [
          name,
          fields({
            type: name === 'COMMUNICATIONS' ? exact('crm_activity_communication') : like(/^(integer|string|datetime|char|user)$/),
            isRequired: exact(['OWNER_ID', 'OWNER_TYPE_ID', 'TYPE_ID', 'SUBJECT', 'RESPONSIBLE_ID', 'COMMUNICATIONS'].includes(name)),
            isReadOnly: exact(['ID', 'STATUS', 'ORIGIN_ID', 'AUTHOR_ID', 'CREATED', 'LAST_UPDATED'].includes(name)),
            isImmutable: exact(false),
            isMultiple: exact(name === 'COMMUNICATIONS'),
            isDynamic: exact(false),
            title: str,
          }),
        ]),
      ),
    ),
  },
})

contract('crm.activity.communication.fields', {
  section: '8.4',
  answers: {
    who: everybody,
    shape: fields(
      Object.fromEntries(
        ['ID', 'ACTIVITY_ID', 'ENTITY_ID', 'ENTITY_TYPE_ID', 'TYPE', 'VALUE'].map((name) => [
          name,
          fields({
            type: exact(name === 'TYPE' || name === 'VALUE' ? 'string' : 'integer'),
            isRequired: exact(false),
            isReadOnly: exact(name === 'ID' || name === 'ACTIVITY_ID'),
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

/** A field that `add` and `update` refuse alike. */
const wrongValues = (send: (values: Params) => (house: ContractHouse) => Params): Refusing[] =>
  (
    [
      ['the subject is empty', 'The field SUBJECT is not defined or empty', { SUBJECT: ' ' }],
      ['the subject is a map', 'The field SUBJECT is not defined or invalid', { SUBJECT: { a: 1 } }],
      ['nobody is responsible', 'The field RESPONSIBLE_ID is not defined or invalid', { RESPONSIBLE_ID: 999_999 }],
      ['there is no such direction', 'The field DIRECTION is not defined or invalid', { DIRECTION: 3 }],
      ['there is no such priority', 'The field PRIORITY is not defined or invalid', { PRIORITY: 'high' }],
      ['there is no such kind of description', 'The field DESCRIPTION_TYPE is not defined or invalid', { DESCRIPTION_TYPE: 4 }],
      ['a participant is a word', 'The field COMMUNICATIONS is not defined or invalid', { COMMUNICATIONS: ['x'] }],
      [
        'a call has two participants',
        'The only one communication is allowed for activity of specified type',
        { COMMUNICATIONS: [{ VALUE: '+15550100231' }, { VALUE: '+15550100232' }] },
      ],
      [
        'there is no such type of the owner',
        'Could not build binding. Please ensure that owner info and communications are defined correctly',
        { OWNER_TYPE_ID: 31, OWNER_ID: 1 },
      ],
    ] as const
  )
    .map(([when, text, values]): Refusing => ({ when, params: send(values), error: '', text }))
    .concat({
      when: 'the start is a word',
      params: send({ START_TIME: 'soon' }),
      error: 'ERROR_CORE',
      text: 'The field START_TIME must be an ISO 8601 time',
    })

contract('crm.activity.add', {
  section: '8.4',
  answers: [
    { who: everybody, params: (house) => ({ fields: base(house) }), shape: num },
    {
      when: 'without a responsible person: it is the caller',
      params: (house) => ({ fields: { ...base(house), RESPONSIBLE_ID: undefined, SUBJECT: `Of the caller ${++count}` } }),
      shape: num,
      after: async (house, sent) => [
        await house.ask('crm.activity.list', { filter: { SUBJECT: (sent['fields'] as { SUBJECT: string }).SUBJECT } }),
        [{ RESPONSIBLE_ID: String(house.admin.userId) }],
      ],
    },
    {
      when: 'an activity of an app, with an owner and no participants',
      params: (house) => ({
        fields: {
          ...base(house),
          TYPE_ID: '6',
          PROVIDER_ID: 'MY_APP',
          PROVIDER_TYPE_ID: 'NOTE',
          COMMUNICATIONS: '',
          OWNER_TYPE_ID: '2',
          OWNER_ID: String(ids.deal),
        },
      }),
      shape: num,
    },
  ],
  refuses: [
    ...wrongFields(),
    ...wrongValues((values) => (house) => ({ fields: { ...base(house), ...values } })),
    ...(
      [
        ['without a subject', 'The field SUBJECT is not defined or empty', { SUBJECT: undefined }],
        ['without a type', 'The field TYPE_ID is not defined or invalid', { TYPE_ID: undefined }],
        ['of no such type', 'The field TYPE_ID is not defined or invalid', { TYPE_ID: 7 }],
        ['without participants', 'The field COMMUNICATIONS is not defined or invalid', { COMMUNICATIONS: undefined }],
        [
          'that belongs to nothing',
          'Could not build binding. Please ensure that owner info and communications are defined correctly',
          { COMMUNICATIONS: [{ VALUE: '+15550100230' }] },
        ],
        [
          'whose owner does not exist',
          'Could not build binding. Please ensure that owner info and communications are defined correctly',
          { COMMUNICATIONS: [{ VALUE: '1' }], OWNER_TYPE_ID: 3, OWNER_ID: 999_999 },
        ],
        [
          'of an app without a provider',
          'The custom activity without provider is not supported in current context',
          { TYPE_ID: 6, OWNER_TYPE_ID: 3, OWNER_ID: 1 },
        ],
      ] as const
    ).map(([when, text, values]): Refusing => ({
      when,
      params: (house) => ({ fields: { ...base(house), ...values } }),
      error: '',
      text,
    })),
  ],
})

contract('crm.activity.get', {
  section: '8.4',
  answers: [
    {
      when: 'a finished call with its record',
      who: everybody,
      params: () => ({ id: ids.call }),
      shape: (house) => fields({ ...rowOf(call(house)), COMMUNICATIONS: communications(ids.call), FILES: files }),
    },
    {
      when: 'an activity that was added',
      params: async (house) => ({
        ID: await add(house, {
          START_TIME: '2026-03-10T12:00:00+03:00',
          END_TIME: '2026-03-10T09:05:00+00:00',
          COMPLETED: 'Y',
          PRIORITY: 3,
          DIRECTION: 1,
          DESCRIPTION: 'Talked',
          DESCRIPTION_TYPE: 3,
        }),
      }),
      shape: (house, { ID }) =>
        fields({
          ...rowOf({
            ...call(house),
            ID: String(ID),
            SUBJECT: 'A call',
            START_TIME: '2026-03-10T09:00:00+00:00',
            END_TIME: '2026-03-10T09:05:00+00:00',
            PRIORITY: '3',
            DIRECTION: '1',
            DESCRIPTION: 'Talked',
            DESCRIPTION_TYPE: '3',
            AUTHOR_ID: String(house.admin.userId),
          }),
          COMMUNICATIONS: communications(ID),
          FILES: exact([]),
        }),
    },
  ],
  refuses: [...wrongIds, notFound],
})

const found = (when: string, filter: Params | ((house: ContractHouse) => Params), wanted: readonly number[]): Answering => ({
  when,
  params: (house) => ({
    filter: { OWNER_TYPE_ID: 4, OWNER_ID: ids.company, ...(typeof filter === 'function' ? filter(house) : filter) },
    select: ['ID'],
  }),
  total: wanted.length,
  shape: () => exact(wanted.map((index) => ({ ID: String(listed[index]) }))),
})
const byBinding = (when: string, BINDINGS: () => unknown): Answering => ({
  when,
  params: () => ({ filter: { BINDINGS: BINDINGS() }, select: ['SUBJECT'], order: { ID: 'ASC' } }),
  total: 3,
  shape: () => exact(listed.map((id, index) => ({ ID: String(id), SUBJECT: ['First', 'Second', 'Third'][index] }))),
})

contract('crm.activity.list', {
  section: '6.4, 8.4',
  answers: [
    {
      when: 'all plain fields without select, no participants and no files',
      who: everybody,
      params: () => ({ filter: { ID: ids.call } }),
      total: 1,
      shape: (house) => list(fields(rowOf(call(house)))),
    },
    {
      when: 'participants and files by name',
      params: () => ({ filter: { ID: ids.call }, select: ['*', 'COMMUNICATIONS', 'FILES'] }),
      total: 1,
      shape: (house) => list(fields({ ...rowOf(call(house)), COMMUNICATIONS: communications(ids.call), FILES: files })),
    },
    { when: 'nothing found is an empty list', params: () => ({ filter: { SUBJECT: 'none' } }), total: 0, shape: exact([]) },
    found('the earliest first', {}, [2, 1, 0]),
    found('by state', { COMPLETED: 'Y' }, [1]),
    found('by time', { '>=START_TIME': '2026-03-11T09:00:00+00:00', '<START_TIME': '2026-03-12T00:00:00+00:00' }, [1]),
    found('by subject', { '%SUBJECT': 'ir' }, [2, 0]),
    found('by what it is not', { '!SUBJECT': ['First', 'Second'] }, [2]),
    found('by the responsible person', (house) => ({ RESPONSIBLE_ID: house.eve.userId, PROVIDER_ID: 'VOXIMPLANT_CALL' }), [2, 1, 0]),
    byBinding('by a card that they stand on', () => [{ OWNER_TYPE_ID: 4, OWNER_ID: ids.company }]),
    byBinding('by one binding without its list', () => ({ OWNER_TYPE_ID: '4', OWNER_ID: String(ids.company) })),
    {
      when: 'a page of 50',
      params: () => ({ filter: { SUBJECT: 'paged' }, select: ['ID'], order: { ID: 'DESC' } }),
      total: 51,
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
      when: 'the last page',
      params: () => ({ filter: { SUBJECT: 'paged' }, select: ['ID'], order: { ID: 'DESC' }, start: 50 }),
      total: 51,
      shape: () => exact([{ ID: String(paged[0]) }]),
    },
    {
      when: 'start=-1 counts nothing; >ID goes on',
      params: () => ({ filter: { SUBJECT: 'paged', '>ID': paged[0] }, select: ['ID'], order: { ID: 'ASC' }, start: -1 }),
      shape: () => exact(paged.slice(1).map((id) => ({ ID: String(id) }))),
    },
  ],
  refuses: [
    refusal('the filter is a word', "Parameter 'filter' must be array", { filter: 'x' }),
    refusal('the order is a word', "Parameter 'order' must be array", { order: 'x' }),
    refusal('there is no such field to filter by', 'Failed to get list. General error: there is no field PHONE to filter by', {
      filter: { PHONE: '1' },
    }),
    refusal('a binding has no card', 'Failed to get list. General error: BINDINGS is a list of OWNER_TYPE_ID and OWNER_ID', {
      filter: { BINDINGS: [{ OWNER_TYPE_ID: 4 }] },
    }),
    {
      when: 'an id is filtered by a word',
      params: { filter: { ID: 'x' } },
      error: 'ERROR_CORE',
      text: 'The field ID must be a whole number',
    },
  ],
})

contract('crm.activity.update', {
  section: '8.4',
  answers: {
    who: everybody,
    params: async (house) => ({
      id: await add(house),
      fields: { SUBJECT: 'Changed', COMPLETED: 'Y', TYPE_ID: 1, OWNER_TYPE_ID: 4, OWNER_ID: 1 },
    }),
    shape: exact(true),
    after: async (house, { id }) => [
      await house.ask('crm.activity.get', { id }),
      { SUBJECT: 'Changed', COMPLETED: 'Y', STATUS: '2', TYPE_ID: '2', OWNER_TYPE_ID: '3', OWNER_ID: String(ids.contact) },
    ],
  },
  refuses: [...wrongIds, notFound, ...wrongFields({ id: 1 }), ...wrongValues((values) => () => ({ id: listed[0], fields: values }))],
})

contract('crm.activity.delete', {
  section: '8.4',
  answers: {
    who: everybody,
    params: async (house) => ({ id: await add(house) }),
    shape: exact(true),
    after: async (house, { id }) => [(await house.as('app', 'crm.activity.get', { id })).body.error_description, 'Activity is not found'],
  },
  refuses: [...wrongIds, notFound],
})

const missing = (name: string, params: Params): Refusing => ({
  when: `${name} is left out`,
  params,
  error: '100',
  text: `Could not find value for parameter {${name}}`,
})
const noActivity: Refusing = {
  when: 'there is no such activity',
  params: () => ({ activityId: 999_999, entityTypeId: 4, entityId: ids.company }),
  error: 'NOT_FOUND',
  text: 'There is no activity 999999',
}
const missingOfBinding: Refusing[] = [
  missing('activityId', { entityTypeId: 4, entityId: 1 }),
  missing('entityTypeId', { activityId: 1, entityId: 1 }),
  missing('entityId', { activityId: 1, entityTypeId: 4 }),
]
const ownerText = 'There is no lead, deal, contact or company with this entityTypeId and entityId'

contract('crm.activity.binding.list', {
  section: '8.4',
  answers: {
    who: everybody,
    params: () => ({ activityId: listed[0] }),
    shape: () =>
      exact([
        { entityTypeId: 3, entityId: ids.contact },
        { entityTypeId: 4, entityId: ids.company },
      ]),
  },
  refuses: [missing('activityId', {}), noActivity],
})

contract('crm.activity.binding.add', {
  section: '8.4',
  answers: {
    who: everybody,
    params: async (house) => ({ activityId: await add(house), entityTypeId: 2, entityId: ids.deal }),
    shape: exact(true),
  },
  refuses: [
    ...missingOfBinding,
    noActivity,
    {
      when: 'there is no such card',
      params: () => ({ activityId: listed[0], entityTypeId: 3, entityId: 999_999 }),
      error: 'OWNER_NOT_FOUND',
      text: ownerText,
    },
    {
      when: 'there is no such type',
      params: () => ({ activityId: listed[0], entityTypeId: 31, entityId: 1 }),
      error: 'OWNER_NOT_FOUND',
      text: ownerText,
    },
    {
      when: 'it stands there already',
      params: () => ({ activityId: listed[0], entityTypeId: 4, entityId: ids.company }),
      error: 'ACTIVITY_IS_ALREADY_BOUND',
      text: 'The activity is bound to this card already',
    },
  ],
})

contract('crm.activity.binding.delete', {
  section: '8.4',
  answers: {
    who: everybody,
    params: async (house) => ({
      activityId: await add(house, { OWNER_TYPE_ID: 4, OWNER_ID: ids.company }),
      entityTypeId: 4,
      entityId: ids.company,
    }),
    shape: exact(true),
    after: async (house, { activityId }) => [
      await house.ask('crm.activity.get', { id: activityId }),
      { OWNER_TYPE_ID: '3', OWNER_ID: String(ids.contact) },
    ],
  },
  refuses: [
    ...missingOfBinding,
    noActivity,
    {
      when: 'there is no such type',
      params: () => ({ activityId: listed[0], entityTypeId: 31, entityId: 1 }),
      error: 'OWNER_NOT_FOUND',
      text: ownerText,
    },
    {
      when: 'it does not stand there',
      params: () => ({ activityId: listed[0], entityTypeId: 2, entityId: ids.deal }),
      error: 'BINDING_NOT_FOUND',
      text: 'The activity is not bound to this card',
    },
    {
      when: 'it would stand on nothing',
      params: async (house) => ({ activityId: await add(house), entityTypeId: 3, entityId: ids.contact }),
      error: 'LAST_BINDING_CANNOT_BE_DELETED',
      text: 'An activity stands on one card at least: bind it to another one first',
    },
  ],
})

contract('crm.activity.call.getTranscript', {
  section: '8.4',
  answers: [
    { who: everybody, params: () => ({ activityId: ids.call }), shape: exact({ transcription: 'User: Hello\nClient: Good day' }) },
    { when: 'no transcript is null', params: () => ({ activityId: listed[0] }), shape: exact(null) },
  ],
  refuses: [undefined, 'x', 999_999].map((activityId) => ({
    when: `the activity is ${activityId ?? 'left out'}`,
    params: { activityId },
    error: 'NOT_FOUND',
    text: 'Element not found',
  })),
})
