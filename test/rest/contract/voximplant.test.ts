import { expect } from 'vitest'
import { openContract, type ContractHouse } from '../../support/contract.ts'
import { digits, exact, fields, flag, isoTime, like, list, map, nil, num, orNull, str } from '../../support/shape.ts'

const { contract } = openContract(
  ['telephony', 'crm'],
  async (house) => {
    await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200' }] })
    await finishOne(house, {})
    await house.portal.users.change(house.portalId, house.eve.userId, { target: `app:${house.app.id}` })
  },
  { refusalsEverywhere: true },
)

async function finishOne({ ask, eve }: ContractHouse, params: Readonly<Record<string, unknown>>): Promise<void> {
  const { CALL_ID } = await ask('telephony.externalCall.register', {
    USER_ID: eve.userId,
    PHONE_NUMBER: '+15550100200',
    TYPE: 1,
    ...params,
  })
  await ask('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId, DURATION: 9, COST: 1.5, COST_CURRENCY: 'USD', VOTE: 5 })
  await ask('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: 'AAAA' })
  expect(CALL_ID).toMatch(/^externalCall/)
}

const statistic = fields({
  ID: digits,
  PORTAL_USER_ID: digits,
  PORTAL_NUMBER: str,
  PHONE_NUMBER: str,
  CALL_ID: like(/^externalCall\./),
  EXTERNAL_CALL_ID: orNull(str),
  CALL_CATEGORY: exact('external'),
  CALL_LOG: nil,
  CALL_DURATION: digits,
  CALL_START_DATE: isoTime,
  CALL_RECORD_URL: orNull(like(/^http/)),
  CALL_VOTE: orNull(digits),
  COST: like(/^\d+\.\d{4}$/),
  COST_CURRENCY: str,
  CALL_FAILED_CODE: str,
  CALL_FAILED_REASON: str,
  CRM_ENTITY_TYPE: orNull(str),
  CRM_ENTITY_ID: orNull(digits),
  CRM_ACTIVITY_ID: orNull(digits),
  REST_APP_ID: orNull(digits),
  REST_APP_NAME: orNull(str),
  TRANSCRIPT_ID: orNull(digits),
  TRANSCRIPT_PENDING: flag,
  SESSION_ID: nil,
  REDIAL_ATTEMPT: nil,
  COMMENT: orNull(str),
  RECORD_DURATION: orNull(str),
  RECORD_FILE_ID: orNull(num),
  CALL_TYPE: digits,
})
contract('voximplant.statistic.get', {
  section: '4.9',
  answers: [
    { who: ['app', 'webhook', 'app of Eve'], total: true, shape: list(statistic) },
    {
      when: 'filtered and sorted',
      total: true,
      params: ({ eve }) => ({
        FILTER: { '>=CALL_DURATION': 9, CALL_FAILED_CODE: ['200', '304'], PORTAL_USER_ID: eve.userId },
        SORT: 'CALL_START_DATE',
        ORDER: 'DESC',
      }),
      shape: list(statistic),
    },
    { when: 'nothing that matches', total: true, params: () => ({ FILTER: { CALL_ID: 'none' } }), shape: exact([]) },
    { when: 'without counting', params: () => ({ start: -1 }), shape: list(statistic) },
  ],
  refuses: [
    {
      when: 'a filter by a field that is not there',
      params: { FILTER: { NOTHING: 1 } },
      error: 'ERROR_ARGUMENT',
      text: "Argument 'FILTER' has the field NOTHING, which cannot be filtered by",
    },
    {
      when: 'sorting by CALL_TYPE',
      params: { SORT: 'CALL_TYPE' },
      error: 'ERROR_ARGUMENT',
      text: "Argument 'SORT' is CALL_TYPE, which cannot be sorted by",
    },
    { when: 'a range of one value', params: { FILTER: { '><CALL_DURATION': 1 } }, error: 'ERROR_ARGUMENT', text: /^Argument 'FILTER' needs two values/ },
  ],
}) // oxfmt-ignore

const phoneOf = fields({
  ID: digits,
  DEFAULT_LINE: orNull(str),
  PHONE_ENABLED: flag,
  SIP_SERVER: nil,
  SIP_LOGIN: nil,
  SIP_PASSWORD: nil,
  INNER_NUMBER: orNull(digits),
})
contract('voximplant.user.get', {
  section: '4.9',
  answers: [
    { params: ({ eve }) => ({ USER_ID: eve.userId }), shape: list(phoneOf) },
    { when: 'several', params: ({ eve, admin }) => ({ USER_ID: [eve.userId, admin.userId] }), shape: list(phoneOf, 2) },
    {
      when: 'oneself, without rights',
      who: ['app of Eve', 'webhook of Eve'],
      params: ({ eve }) => ({ USER_ID: [eve.userId] }),
      shape: list(phoneOf),
    },
    { when: 'nobody who is there', params: () => ({ USER_ID: 999_999 }), shape: exact([]) },
  ],
  refuses: [
    { when: 'no USER_ID', error: '', text: 'Parameter USER_ID is not set' },
    { when: 'a USER_ID that is none', params: { USER_ID: 'x' }, error: '', text: 'Parameter USER_ID is not set' },
    {
      when: 'others, without rights',
      who: ['app of Eve', 'webhook of Eve'],
      params: ({ admin }) => ({ USER_ID: admin.userId }),
      status: 403,
      error: 'ACCESS_DENIED',
      text: 'Access denied! You have no permission to query selected users',
    },
  ],
})

contract('voximplant.tts.voices.get', { section: '4.9', answers: { who: ['app', 'webhook', 'app of Eve'], shape: map(str) } })

contract('voximplant.url.get', {
  section: '4.9',
  answers: {
    shape: fields({
      detail_statistics: like(/^http/),
      buy_connector: like(/^http/),
      edit_config: like(/^http/),
      lines: like(/^http/),
    }),
  },
})

for (const method of [
  'voximplant.user.activatePhone',
  'voximplant.user.deactivatePhone',
  'voximplant.sip.add',
  'voximplant.sip.update',
  'voximplant.sip.delete',
  'voximplant.sip.get',
  'voximplant.sip.status',
  'voximplant.sip.connector.status',
])
  contract(method, {
    section: '4.9, the end',
    refuses: [
      {
        when: 'everybody: the portal has no telephony of its own',
        params: { USER_ID: 1, CONFIG_ID: 1, REG_ID: 1, SERVER: 'sip.example.com', LOGIN: 'a', PASSWORD: 'b' },
        status: 403,
        error: 'ACCESS_DENIED',
        text: 'Access denied!',
      },
    ],
  })

for (const method of ['voximplant.callback.start', 'voximplant.infocall.startWithText', 'voximplant.infocall.startWithSound'])
  contract(method, {
    section: '4.9, the end',
    refuses: [
      {
        when: 'every line: the portal has none of its own',
        params: { FROM_LINE: 'reg1', TO_NUMBER: '+15550100200', TEXT_TO_PRONOUNCE: 'Hello', URL: 'http://127.0.0.1/a.mp3' },
        error: 'ERROR_CORE',
        text: 'Could not find line reg1',
      },
    ],
  })
