import { expect } from 'vitest'
import { openContract, type ContractHouse, type Params, type Who } from '../../support/contract.ts'
import { digits, exact, fields, like, list, nil, num, oneOf, orNull, str, type Shape } from '../../support/shape.ts'

let contactId: number
let leadId: number
const known = '+15550100200'
const leadNumber = '+15550100300'
let last = 1000
const nextNumber = (): string => `+1555010${++last}`

const everybody = ['app', 'webhook', 'app of Eve', 'webhook of Eve'] as const
const { contract } = openContract(
  ['telephony', 'crm'],
  async (made) => {
    contactId = await made.addContact({ NAME: 'Nora', LAST_NAME: 'Bright', PHONE: [{ VALUE: known }], ASSIGNED_BY_ID: made.eve.userId })
    leadId = await made.addLead({ TITLE: 'A lead', PHONE: [{ VALUE: leadNumber }] })
  },
  { refusalsEverywhere: true },
)

const core = (text: string | RegExp) => ({ error: 'ERROR_CORE', text })
const noUser = core('USER_ID or USER_PHONE_INNER should be set')
const unknownUser = core('User is not found or is not active')
const callId = like(/^externalCall\.[0-9a-f]{32}\.\d{10}$/)
const registered = (changes: Readonly<Record<string, Shape>> = {}) =>
  fields({
    CALL_ID: callId,
    CRM_CREATED_LEAD: nil,
    CRM_CREATED_ENTITIES: exact([]),
    CRM_ENTITY_TYPE: exact(''),
    CRM_ENTITY_ID: nil,
    ...changes,
  })
const register = async ({ as, eve }: ContractHouse, who: Who, params: Params = {}): Promise<string> => {
  const { body } = await as(who, 'telephony.externalCall.register', { USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 1, ...params })
  expect(body.error, JSON.stringify(body)).toBeUndefined()
  return body.result.CALL_ID as string
}

contract('telephony.externalCall.register', {
  section: '4.2',
  answers: [
    {
      when: 'a number that a contact has',
      who: everybody,
      params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: known, TYPE: 1, EXTERNAL_CALL_ID: `x${++last}` }),
      shape: () => registered({ CRM_ENTITY_TYPE: exact('CONTACT'), CRM_ENTITY_ID: exact(contactId) }),
    },
    {
      when: 'a number that nobody has',
      params: () => ({ USER_PHONE_INNER: '105', PHONE_NUMBER: nextNumber(), TYPE: 2 }),
      shape: registered(),
    },
    {
      when: 'the card is named',
      params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 1, CRM_ENTITY_TYPE: 'LEAD', CRM_ENTITY_ID: leadId }),
      shape: () => registered({ CRM_ENTITY_TYPE: exact('LEAD'), CRM_ENTITY_ID: exact(leadId) }),
    },
    {
      when: 'with every parameter, as the PHP SDK sends it: both names of the user, nulls for what is not given',
      params: ({ eve }) => ({
        USER_PHONE_INNER: '105',
        USER_ID: eve.userId,
        PHONE_NUMBER: '79780000000',
        CALL_START_DATE: '2026-03-10T11:19:38+03:00',
        CRM_CREATE: 0,
        CRM_SOURCE: null,
        CRM_ENTITY_TYPE: 'CONTACT',
        CRM_ENTITY_ID: null,
        SHOW: 1,
        CALL_LIST_ID: null,
        LINE_NUMBER: `line-${++last}`,
        TYPE: 1,
        ADD_TO_CHAT: 0,
        EXTERNAL_CALL_ID: `pbx-${last}`,
      }),
      shape: registered(),
    },
    {
      when: 'an unknown number with CRM_CREATE makes a lead',
      params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 2, CRM_CREATE: 1 }),
      shape: oneOf(
        registered({
          CRM_CREATED_LEAD: num,
          CRM_CREATED_ENTITIES: list(fields({ ENTITY_TYPE: exact('LEAD'), ENTITY_ID: num })),
          CRM_ENTITY_TYPE: exact('LEAD'),
          CRM_ENTITY_ID: num,
        }),
      ),
    },
  ],
  refuses: [
    { when: 'no user', params: () => ({ PHONE_NUMBER: nextNumber(), TYPE: 1 }), ...noUser },
    { when: 'an extension that nobody has', params: () => ({ USER_PHONE_INNER: '999', PHONE_NUMBER: nextNumber(), TYPE: 1 }), ...noUser },
    { when: 'a user who is not there', params: () => ({ USER_ID: 999_999, PHONE_NUMBER: nextNumber(), TYPE: 1 }), ...unknownUser },
    { when: 'a TYPE that is not there', params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 6 }), ...core('Unknown TYPE') },
    { when: 'no TYPE', params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: nextNumber() }), ...core('Unknown TYPE') },
    { when: 'a start that is no time', params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: nextNumber(), TYPE: 1, CALL_START_DATE: 'yesterday' }), ...core('CALL_START_DATE should be in the ISO-8601 format') },
    { when: 'a number that is none', params: ({ eve }) => ({ USER_ID: eve.userId, PHONE_NUMBER: 'somebody', TYPE: 1 }), ...core('Unsupported phone number format') },
    { when: 'no number', params: ({ eve }) => ({ USER_ID: eve.userId, TYPE: 1 }), ...core('Unsupported phone number format') },
  ],
}) // oxfmt-ignore

const finished = (changes: Readonly<Record<string, Shape>> = {}) =>
  fields({
    CALL_ID: callId,
    EXTERNAL_CALL_ID: nil,
    PORTAL_USER_ID: num,
    PHONE_NUMBER: str,
    PORTAL_NUMBER: str,
    INCOMING: exact('1'),
    CALL_DURATION: exact(95),
    CALL_START_DATE: exact({}),
    CALL_STATUS: exact(1),
    CALL_VOTE: exact(5),
    COST: exact(1.5),
    COST_CURRENCY: exact('USD'),
    CALL_FAILED_CODE: exact('200'),
    CALL_FAILED_REASON: str,
    REST_APP_ID: digits,
    REST_APP_NAME: str,
    CRM_ACTIVITY_ID: num,
    COMMENT: nil,
    CRM_ENTITY_TYPE: exact('CONTACT'),
    CRM_ENTITY_ID: num,
    ID: num,
    ...changes,
  })
const report = { DURATION: 95, COST: 1.5, COST_CURRENCY: 'USD', VOTE: 5, STATUS_CODE: 200, FAILED_REASON: '', ADD_TO_CHAT: 1 }

contract('telephony.externalCall.finish', {
  section: '4.3',
  answers: [
    {
      when: 'a call of an app, credited by USER_ID',
      who: ['app', 'app of Eve'],
      params: async (made, who) => ({
        CALL_ID: await register(made, who, { PHONE_NUMBER: known, EXTERNAL_CALL_ID: null, LINE_NUMBER: `l${++last}` }),
        USER_ID: made.eve.userId,
        ...report,
      }),
      shape: ({ eve }) => finished({ PORTAL_USER_ID: exact(eve.userId), PHONE_NUMBER: exact(known), PORTAL_NUMBER: like(/^l\d+$/) }),
    },
    {
      when: 'a call of a webhook, credited by USER_PHONE_INNER: no app',
      who: ['webhook', 'webhook of Eve'],
      params: async (made, who) => ({ CALL_ID: await register(made, who, { PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: `e${++last}` }), USER_PHONE_INNER: '105', ...report }),
      shape: finished({ EXTERNAL_CALL_ID: like(/^e\d+$/), INCOMING: exact('2'), REST_APP_ID: nil, REST_APP_NAME: exact('') }),
    },
    {
      when: 'the PHP SDK puts the extension into USER_ID',
      who: ['app'],
      params: async (made, who) => ({ CALL_ID: await register(made, who, { PHONE_NUMBER: known, LINE_NUMBER: `l${++last}` }), USER_ID: '105', ...report }),
      shape: ({ eve }) => finished({ PORTAL_USER_ID: exact(eve.userId) }),
    },
    {
      when: 'a missed call of an unknown number: no activity, no card',
      who: ['app'],
      params: async (made, who) => ({ CALL_ID: await register(made, who), USER_ID: made.eve.userId }),
      shape: oneOf(
        withoutActivity({
          PORTAL_NUMBER: exact('REST_APP:'),
          CALL_DURATION: exact(0),
          CALL_STATUS: exact(0),
          CALL_VOTE: exact(0),
          COST: exact(0),
          COST_CURRENCY: exact(''),
          CALL_FAILED_CODE: exact('304'),
          CRM_ENTITY_TYPE: exact(''),
          CRM_ENTITY_ID: nil,
        }),
      ),
    },
    {
      when: 'an outcome with a letter, given as it is',
      who: ['app'],
      params: async (made, who) => ({ CALL_ID: await register(made, who, { PHONE_NUMBER: known, LINE_NUMBER: `l${++last}` }), USER_ID: made.eve.userId, ...report, DURATION: 0, STATUS_CODE: '603-S', FAILED_REASON: 'a & b' }),
      shape: finished({ CALL_DURATION: exact(0), CALL_STATUS: exact(0), CALL_FAILED_CODE: exact('603-S'), CALL_FAILED_REASON: exact('a & b') }),
    },
  ],
  refuses: [
    { when: 'CALL_ID is a list', params: ({ eve }) => ({ CALL_ID: ['a', 'b'], USER_ID: eve.userId }), error: 'INVALID_ARGUMENT', text: 'CALL_ID must be a string' },
    { when: 'no CALL_ID', params: ({ eve }) => ({ USER_ID: eve.userId }), error: 'INVALID_ARGUMENT', text: 'CALL_ID must be a string' },
    { when: 'an unknown call', params: ({ eve }) => ({ CALL_ID: 'externalCall.none', USER_ID: eve.userId }), ...core('Call is not found (call should be registered prior to finishing') },
    { when: 'no user', params: async (made, who) => ({ CALL_ID: await register(made, who) }), ...noUser },
    { when: 'a user who is not there', params: async (made, who) => ({ CALL_ID: await register(made, who), USER_ID: 999_999 }), ...unknownUser },
    { when: 'an extension that nobody has', params: async (made, who) => ({ CALL_ID: await register(made, who), USER_PHONE_INNER: '999' }), ...noUser },
    {
      when: 'a call that is finished',
      async params(made, who) {
        const again = { CALL_ID: await register(made, who), USER_ID: made.eve.userId }
        await made.as(who, 'telephony.externalCall.finish', again)
        return again
      },
      ...core('Call is not found (call should be registered prior to finishing'),
    },
    { when: 'a call of another app', who: 'app', params: async (made) => ({ CALL_ID: await register(made, 'app of Eve'), USER_ID: made.eve.userId }), ...core('Call is not found (call should be registered prior to finishing') },
  ],
}) // oxfmt-ignore

function withoutActivity(changes: Readonly<Record<string, Shape>>): Shape {
  const shape = finished(changes)
  const { CRM_ACTIVITY_ID: _, ...others } = shape.kind === 'fields' ? shape.fields : {}
  return fields(others)
}

for (const verb of ['show', 'hide'] as const)
  contract(`telephony.externalCall.${verb}`, {
    section: '4.4',
    answers: [
      { when: 'one user', who: everybody, params: async (made, who) => ({ CALL_ID: await register(made, who), USER_ID: made.admin.userId }), shape: exact(true) },
      { when: 'several users', params: async (made, who) => ({ CALL_ID: await register(made, who), USER_ID: [made.admin.userId, made.eve.userId] }), shape: exact(true) },
      { when: 'nobody named', params: async (made, who) => ({ CALL_ID: await register(made, who) }), shape: exact(true) },
      { when: 'an unknown call: no error', params: ({ eve }) => ({ CALL_ID: 'externalCall.none', USER_ID: eve.userId }), shape: exact(false) },
      { when: 'a call of another app', who: ['app'], params: async (made) => ({ CALL_ID: await register(made, 'app of Eve') }), shape: exact(false) },
      { when: 'a call of an app, by a webhook (contract 13.31)', who: ['webhook', 'webhook of Eve'], params: async (made) => ({ CALL_ID: await register(made, 'app of Eve') }), shape: exact(true) },
    ],
    refuses: [{ when: 'CALL_ID is a list', params: { CALL_ID: ['a'] }, error: 'INVALID_ARGUMENT', text: 'CALL_ID must be a string' }],
  }) // oxfmt-ignore

const assigned = fields({
  ID: digits,
  TIMEMAN_STATUS: like(/^(OPENED|CLOSED|PAUSED|EXPIRED|UNAVAILABLE|NOT_INSTALLED)$/),
  USER_PHONE_INNER: orNull(digits),
  WORK_PHONE: orNull(str),
  PERSONAL_PHONE: orNull(str),
  PERSONAL_MOBILE: orNull(str),
})
contract('telephony.externalCall.searchCrmEntities', {
  section: '4.5',
  answers: [
    {
      when: 'a contact',
      who: everybody,
      params: () => ({ PHONE_NUMBER: '+1 (555) 010-0200' }),
      shape: () => list(fields({ CRM_ENTITY_TYPE: exact('CONTACT'), CRM_ENTITY_ID: exact(contactId), ASSIGNED_BY_ID: num, NAME: exact('Nora Bright'), ASSIGNED_BY: assigned })),
    },
    {
      when: 'a lead',
      params: () => ({ PHONE_NUMBER: leadNumber }),
      shape: () => list(fields({ CRM_ENTITY_TYPE: exact('LEAD'), CRM_ENTITY_ID: exact(leadId), ASSIGNED_BY_ID: num, NAME: exact('A lead'), ASSIGNED_BY: assigned })),
    },
    { when: 'nobody', params: () => ({ PHONE_NUMBER: '+15550109999' }), shape: exact([]) },
  ],
  refuses: [
    { when: 'no number', ...core('PHONE_NUMBER is empty') },
    { when: 'an empty number', params: { PHONE_NUMBER: '' }, ...core('PHONE_NUMBER is empty') },
  ],
}) // oxfmt-ignore

contract('hookswitch.call.progress', {
  section: 'our extension, design 7',
  answers: [
    ...(['ringing_agent', 'ringing_client', 'talking'] as const).map((STATE) => ({
      when: STATE,
      params: async (made: ContractHouse, who: Who) => ({ CALL_ID: await register(made, who), STATE, AT: '2026-03-10T11:19:38+03:00' }),
      shape: exact(true),
    })),
    { when: 'an unknown call', params: () => ({ CALL_ID: 'externalCall.none', STATE: 'talking' }), shape: exact(false) },
  ],
  refuses: [
    { when: 'no CALL_ID', params: { STATE: 'talking' }, error: 'INVALID_ARGUMENT', text: 'CALL_ID must be a string' },
    { when: 'no state', params: { CALL_ID: 'x' }, error: 'ERROR_ARGUMENT', text: "Argument 'STATE' must be ringing_agent, ringing_client or talking" },
    { when: 'a state that is not there', params: { CALL_ID: 'x', STATE: 'asleep' }, error: 'ERROR_ARGUMENT', text: "Argument 'STATE' must be ringing_agent, ringing_client or talking" },
  ],
}) // oxfmt-ignore
