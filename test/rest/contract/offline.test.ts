import { openContract, type ContractHouse, type Refusing } from '../../support/contract.ts'
import { digits, exact, fields, isoTime, like, list, nil, type Shape } from '../../support/shape.ts'

const { contract } = openContract(
  ['telephony', 'crm'],
  async ({ ask }) => {
    await ask('event.bind', { event: 'ONCRMCONTACTADD', event_type: 'offline' })
    await ask('event.bind', { event: 'ONEXTERNALCALLSTART', event_type: 'offline' })
  },
  { refusalsEverywhere: 'app' },
)

let clicks = 0
const onlyApp = ['app'] as const
const refusals: readonly Refusing[] = [
  { when: 'a webhook', who: 'webhook', status: 403, error: 'WRONG_AUTH_TYPE', text: 'Current authorization type is denied for this method' },
  { when: 'no administrator', who: 'app of Eve', params: { process_id: 'x' }, status: 403, error: 'ACCESS_DENIED', text: 'Access denied!' },
] // oxfmt-ignore
const noProcess: Refusing = { when: 'no process_id', error: 'ERROR_ARGUMENT', text: "Argument 'process_id' is null or empty" }
const badFilter: Refusing = { when: 'a filter by a field that is not there', params: { filter: { NAME: 1 } }, error: 'ERROR_ARGUMENT', text: /^Argument 'filter' has the field NAME/ } // oxfmt-ignore

/** Empties the queue and puts one change of a contact into it. */
async function oneChange({ ask, addContact }: ContractHouse): Promise<void> {
  await ask('event.offline.get', { limit: 500 })
  await addContact({ NAME: 'Nora' })
}

async function reserve(house: ContractHouse): Promise<{ process_id: string; events: Array<{ ID: string; MESSAGE_ID: string }> }> {
  await oneChange(house)
  return house.ask('event.offline.get', { clear: 0 })
}

const hex = like(/^[0-9a-f]{32}$/)
const record = {
  ID: digits,
  TIMESTAMP_X: isoTime,
  EVENT_NAME: exact('ONCRMCONTACTADD'),
  EVENT_DATA: fields({ FIELDS: fields({ ID: digits }) }),
  EVENT_ADDITIONAL: fields({ user_id: digits }),
  MESSAGE_ID: digits,
} satisfies Record<string, Shape>

contract('event.offline.get', {
  section: '3.5',
  answers: [
    {
      when: 'deleting what it answers',
      who: onlyApp,
      params: async (house) => (await oneChange(house), {}),
      shape: fields({ process_id: nil, events: list(fields(record)) }),
    },
    {
      when: 'reserving a batch',
      who: onlyApp,
      params: async (house) => (await oneChange(house), { clear: 0, limit: 10, order: { ID: 'ASC' }, filter: { '=EVENT_NAME': 'ONCRMCONTACTADD' } }),
      shape: fields({ process_id: hex, events: list(fields(record)) }),
    },
    { when: 'an empty queue', who: onlyApp, params: async ({ ask }) => (await ask('event.offline.get', { limit: 500 }), {}), shape: exact({ process_id: null, events: [] }) },
    {
      when: 'a click, keyed by its CALL_ID',
      who: onlyApp,
      async params({ ask, admin, app }) {
        await admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
        await ask('event.offline.get', { limit: 500 })
        await admin.api('POST', '/clicks', { number: `+1555010${1000 + ++clicks}` })
        return {}
      },
      shape: fields({ process_id: nil, events: list(fields({ ...record, EVENT_NAME: exact('ONEXTERNALCALLSTART'), EVENT_DATA: clicked() })) }),
    },
  ],
  refuses: [...refusals, badFilter, { when: 'an order by a field that is not there', params: { order: { NAME: 'ASC' } }, error: 'ERROR_ARGUMENT', text: /^Argument 'order' has the field NAME/ }],
}) // oxfmt-ignore

contract('event.offline.list', {
  section: '3.5',
  answers: [
    {
      who: onlyApp,
      total: true,
      params: async (house) => (await oneChange(house), { filter: { ERROR: 0, PROCESS_ID: '' }, order: { ID: 'DESC' } }),
      shape: list(fields({ ...record, PROCESS_ID: exact(''), ERROR: exact('0') })),
    },
    {
      when: 'what is reserved',
      who: onlyApp,
      total: true,
      params: async (house) => ({ filter: { PROCESS_ID: (await reserve(house)).process_id } }),
      shape: list(fields({ ...record, PROCESS_ID: hex, ERROR: exact('0') })),
    },
    {
      when: 'one by its MESSAGE_ID',
      who: onlyApp,
      total: true,
      params: async (house) => ({ filter: { '=MESSAGE_ID': Number((await reserve(house)).events[0]!.MESSAGE_ID) } }),
      shape: list(fields({ ...record, PROCESS_ID: hex, ERROR: exact('0') })),
    },
    { when: 'nothing', who: onlyApp, total: true, params: () => ({ filter: { ID: 999_999 } }), shape: exact([]) },
  ],
  refuses: [...refusals, badFilter],
})

contract('event.offline.clear', {
  section: '3.5',
  answers: [
    { who: onlyApp, params: async (house) => ({ process_id: (await reserve(house)).process_id }), shape: exact(true) },
    {
      when: 'by id',
      who: onlyApp,
      params: async (house) => {
        const { process_id, events } = await reserve(house)
        return { process_id, id: events.map((one) => one.ID) }
      },
      shape: exact(true),
    },
  ],
  refuses: [...refusals, noProcess],
})

contract('event.offline.error', {
  section: '3.5',
  answers: {
    who: onlyApp,
    params: async (house) => {
      const { process_id, events } = await reserve(house)
      return { process_id, message_id: events.map((one) => one.MESSAGE_ID) }
    },
    shape: exact(true),
  },
  refuses: [...refusals, noProcess],
})

function clicked(): Shape {
  const text = like(/^.*$/)
  return fields({
    PHONE_NUMBER: like(/^\+1555010\d{4}$/),
    PHONE_NUMBER_INTERNATIONAL: like(/^\+1555010\d{4}$/),
    EXTENSION: exact(''),
    USER_ID: digits,
    CALL_LIST_ID: exact('0'),
    LINE_NUMBER: exact(''),
    IS_MOBILE: exact('0'),
    CALL_ID: like(/^externalCall\.[0-9a-f]{32}\.\d{10}$/),
    CRM_ENTITY_TYPE: text,
    CRM_ENTITY_ID: digits,
  })
}
