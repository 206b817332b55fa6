import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let contactId: number
let callId: string

const messages = [
  { SIDE: 'User', START_TIME: 0, STOP_TIME: 2, MESSAGE: 'Good morning' },
  { SIDE: 'Client', START_TIME: 2, STOP_TIME: 5, MESSAGE: 'Привет, “you” 🙂' },
]
const attach = (params: Readonly<Record<string, unknown>>, by: TestApp = app) =>
  by.call('telephony.call.attachTranscription', { CALL_ID: callId, ...params })
const register = async (phone: string) =>
  (await app.call('telephony.externalCall.register', { USER_ID: house.admin.userId, PHONE_NUMBER: phone, TYPE: 2 })).body.result
    .CALL_ID as string

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp()
  contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550141000' }] })
  callId = await register('+15550141000')
})
afterAll(() => house.stop())

test('a transcript of a call that is not finished is refused', async () => {
  const refused = await attach({ MESSAGES: messages })
  expect([refused.status, refused.body]).toEqual([
    400,
    { error: 'ERROR_CORE', error_description: `Call ${callId} is not found. Is it finished?` },
  ])
})

test('a transcript is stored, named in the statistics and read back by REST and by the own API', async () => {
  const finished = await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 5 })
  const activityId = finished.body.result.CRM_ACTIVITY_ID as number
  expect((await app.call('crm.activity.call.getTranscript', { activityId })).body.result).toBeNull()
  expect((await house.admin.api('GET', `/calls/${callId}/transcript`)).body).toEqual({ id: null, lines: [] })

  const attached = await attach({ MESSAGES: messages, COST: '1.5', COST_CURRENCY: 'USD' })
  expect(attached.body.result).toEqual({ TRANSCRIPT_ID: expect.any(Number) })
  const id = attached.body.result.TRANSCRIPT_ID as number
  const { body: statistics } = await app.call('voximplant.statistic.get', { FILTER: { TRANSCRIPT_ID: id } })
  expect(statistics.result).toMatchObject([{ CALL_ID: callId, TRANSCRIPT_ID: String(id), TRANSCRIPT_PENDING: 'N' }])
  expect((await app.call('crm.activity.call.getTranscript', { activityId })).body.result).toEqual({
    transcription: 'User: Good morning\nClient: Привет, “you” 🙂',
  })
  expect((await house.admin.api('GET', `/calls/${callId}/transcript`)).body).toEqual({
    id,
    lines: [
      { side: 'user', startSeconds: 0, stopSeconds: 2, text: 'Good morning' },
      { side: 'client', startSeconds: 2, stopSeconds: 5, text: 'Привет, “you” 🙂' },
    ],
  })
  expect((await house.admin.api('GET', `/contacts/${contactId}/timeline`)).status).toBe(200)
})

test('a form with brackets does the same, a repeat replaces the transcript', async () => {
  const webhook = new URLSearchParams({
    auth: app.accessToken,
    CALL_ID: callId,
    'MESSAGES[0][SIDE]': 'client',
    'MESSAGES[0][START_TIME]': '0',
    'MESSAGES[0][STOP_TIME]': '1',
    'MESSAGES[0][MESSAGE]': 'Again',
  })
  const attached = await request(`${house.url}/rest/telephony.call.attachtranscription`, { method: 'POST', body: webhook })
  expect(typeof attached.body.result.TRANSCRIPT_ID).toBe('number')
  const { body } = await house.admin.api('GET', `/calls/${callId}/transcript`)
  expect(body.lines).toEqual([{ side: 'client', startSeconds: 0, stopSeconds: 1, text: 'Again' }])
  expect(body.id).toBe(attached.body.result.TRANSCRIPT_ID)
})

test('another app, a nonsense call and an absent activity are refused', async () => {
  const other = await house.addApp({ title: 'Other' })
  for (const refused of [
    await attach({ MESSAGES: messages }, other),
    await attach({ CALL_ID: "x' or 1=1", MESSAGES: messages }),
    await attach({ CALL_ID: `externalCall.${'0'.repeat(32)}.1`, MESSAGES: messages }),
  ])
    expect([refused.status, refused.body.error, String(refused.body.error_description).endsWith('Is it finished?')]).toEqual([
      400,
      'ERROR_CORE',
      true,
    ])
  for (const activityId of [999_999, 'x', undefined])
    expect((await app.call('crm.activity.call.getTranscript', { activityId })).body).toEqual({
      error: 'NOT_FOUND',
      error_description: 'Element not found',
    })
  expect((await house.admin.api('GET', '/calls/nothing/transcript')).status).toBe(404)
})

test.each([
  [{ CALL_ID: '', MESSAGES: messages }, 'CALL_ID should be set'],
  [{ CALL_ID: ['x'], MESSAGES: messages }, 'CALL_ID should be set'],
  [{}, 'MESSAGES should be an array'],
  [{ MESSAGES: 'hello' }, 'MESSAGES should be an array'],
  [{ MESSAGES: [messages[0], { ...messages[1], SIDE: 'Robot' }] }, 'MESSAGES[1][SIDE] should be either Client or User'],
  [{ MESSAGES: [null] }, 'MESSAGES[0][SIDE] should be either Client or User'],
  [{ MESSAGES: [{ ...messages[0], START_TIME: -1 }] }, 'MESSAGES[0][START_TIME] should be greater or equal to zero'],
  [{ MESSAGES: [{ ...messages[0], STOP_TIME: 0 }] }, 'MESSAGES[0][STOP_TIME] should be greater than zero'],
  [{ MESSAGES: [{ ...messages[0], MESSAGE: '' }] }, 'MESSAGES[0][MESSAGE] is empty'],
  [{ MESSAGES: [{ ...messages[0], MESSAGE: { a: 1 } }] }, 'MESSAGES[0][MESSAGE] is empty'],
] as const)('%j is refused: %s', async (params, text) => {
  const refused = await attach(params)
  expect([refused.status, refused.body]).toEqual([400, { error: 'ERROR_CORE', error_description: text }])
})
