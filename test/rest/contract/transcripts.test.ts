import { openContract, type ContractHouse, type Who } from '../../support/contract.ts'
import { exact, fields, nil, num } from '../../support/shape.ts'

let last = 1000
const { contract } = openContract(
  ['telephony', 'crm'],
  async ({ addContact }) => void (await addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200' }] })),
  { refusalsEverywhere: true },
)

const both = ['app', 'webhook', 'app of Eve', 'webhook of Eve'] as const
const core = (text: string | RegExp) => ({ error: 'ERROR_CORE', text })
const messages = [
  { SIDE: 'User', START_TIME: 0, STOP_TIME: 4, MESSAGE: 'Good morning' },
  { SIDE: 'Client', START_TIME: 5, STOP_TIME: 9, MESSAGE: 'Good morning to you' },
]
const spoiled = (change: object) => ({ CALL_ID: 'externalCall.x', MESSAGES: [messages[0], { ...messages[1], ...change }] })

async function finishedCall({ as, eve }: ContractHouse, who: Who): Promise<{ callId: string; activityId: number }> {
  const asked = { USER_ID: eve.userId, PHONE_NUMBER: '+15550100200', TYPE: 1, LINE_NUMBER: `line-${++last}` }
  const callId = (await as(who, 'telephony.externalCall.register', asked)).body.result.CALL_ID as string
  const { body } = await as(who, 'telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 9 })
  return { callId, activityId: body.result.CRM_ACTIVITY_ID as number }
}

contract('telephony.call.attachTranscription', {
  section: '4.7',
  answers: [
    {
      who: both,
      params: async (house, who) => ({ CALL_ID: (await finishedCall(house, who)).callId, MESSAGES: messages, COST: 0.5, COST_CURRENCY: 'USD' }),
      shape: fields({ TRANSCRIPT_ID: num }),
    },
    {
      when: 'without cost',
      params: async (house, who) => ({ CALL_ID: (await finishedCall(house, who)).callId, MESSAGES: messages }),
      shape: fields({ TRANSCRIPT_ID: num }),
    },
  ],
  refuses: [
    { when: 'no CALL_ID', params: { MESSAGES: messages }, ...core('CALL_ID should be set') },
    { when: 'no messages', params: { CALL_ID: 'externalCall.x' }, ...core('MESSAGES should be an array') },
    { when: 'messages that are a text', params: { CALL_ID: 'externalCall.x', MESSAGES: 'hello' }, ...core('MESSAGES should be an array') },
    { when: 'a side that is not there', params: spoiled({ SIDE: 'Nobody' }), ...core('MESSAGES[1][SIDE] should be either Client or User') },
    { when: 'a start before the call', params: spoiled({ START_TIME: -1 }), ...core('MESSAGES[1][START_TIME] should be greater or equal to zero') },
    { when: 'no end', params: spoiled({ STOP_TIME: 0 }), ...core('MESSAGES[1][STOP_TIME] should be greater than zero') },
    { when: 'nothing said', params: spoiled({ MESSAGE: '' }), ...core('MESSAGES[1][MESSAGE] is empty') },
    { when: 'an unknown call', params: { CALL_ID: 'externalCall.x', MESSAGES: messages }, ...core('Call externalCall.x is not found. Is it finished?') },
  ],
}) // oxfmt-ignore

contract('crm.activity.call.getTranscript', {
  section: '4.7',
  answers: [
    {
      when: 'a transcript',
      who: both,
      params: async (house, who) => {
        const { callId, activityId } = await finishedCall(house, who)
        await house.as(who, 'telephony.call.attachTranscription', { CALL_ID: callId, MESSAGES: messages })
        return { activityId }
      },
      shape: fields({ transcription: exact('User: Good morning\nClient: Good morning to you') }),
    },
    { when: 'none', params: async (house, who) => ({ activityId: (await finishedCall(house, who)).activityId }), shape: nil },
  ],
  refuses: [
    { when: 'no activity', error: 'NOT_FOUND', text: 'Element not found' },
    { when: 'an activity that is not there', params: { activityId: 999_999 }, error: 'NOT_FOUND', text: 'Element not found' },
  ],
})
