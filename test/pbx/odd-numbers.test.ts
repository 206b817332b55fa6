/** Numbers as people and pages have them, from the click to the dial string: what is a number is dialled, and nothing else ever is. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startOffice, until, type Office } from './office.ts'

let office: Office
let rungBefore: readonly number[] = []
beforeAll(async () => {
  office = await startOffice()
})
afterAll(async () => {
  await office?.stop()
})
beforeEach(async () => {
  await office.begin()
  rungBefore = [office.desk.calls.length, office.world.calls.length]
})

const rung = () => [office.desk.calls.length - rungBefore[0]!, office.world.calls.length - rungBefore[1]!]

test.each([
  ['+1 (212) 555-0161', '+12125550161', ''],
  ['+1.212.555.0162', '+12125550162', ''],
  ['+1212555/0163', '+12125550163', ''],
  ['212 555-0164', '+12125550164', ''],
  ['+12125550165,30', '+12125550165', '30'],
])('%j is dialled as %s, and %j is keyed after the answer', async (typed, dialled, digits) => {
  const callId = await office.click(typed)
  ;(await office.desk.next()).answer()
  const client = await office.world.next()
  expect(client.to).toBe(dialled)
  client.answer()
  await client.until('acked')
  await until(() => client.digits() === digits, 'the digits are keyed')
  client.bye()
  await office.finished(callId, { isRecorded: false })
  expect(rung()).toEqual([1, 1])
})

test.each([
  ['+12125550168&+12125550169', 'number_letters'],
  ['+12125550168;+12125550169', 'number_letters'],
  ['+12125550168,+12125550169', 'number_letters'],
  ['+12125550168@10', 'number_letters'],
  ['212555016|8', 'number_letters'],
  ['PJSIP/101&PJSIP/102', 'number_letters'],
  ['${SHELL(id)}', 'number_letters'],
  ['+12125550168 ext. 9&8', 'number_letters'],
  ['*72', 'number_service_code'],
])('%j is refused at the click, in words: there is no call, and nobody is rung', async (number, code) => {
  const answer = await office.house.admin.api('POST', '/clicks', { number })
  expect(answer).toMatchObject({ status: 422, body: { code, detail: expect.stringMatching(/ not /) } })
  expect((await office.house.admin.api('GET', '/calls')).body.items.map((one: { number: string }) => one.number)).not.toContain(number)
  await office.expectQuiet()
  expect(rung()).toEqual([0, 0])
})

test('two numbers in two lines are no number for the connector: the call, the trace and the log say so, and nobody is rung', async () => {
  const callId = await office.click('+1 212 555 0164\n0165')
  await until(async () => (await office.call(callId)).delivery?.refusal !== null, 'it is refused')
  const call = await office.call(callId)
  const why = '“+1 212 555 0164 0165” cannot be dialled.'
  expect(call).toMatchObject({ state: 'finished', statusCode: 'OTHER', delivery: { refusal: why } })
  expect(JSON.stringify((await office.house.admin.api('GET', `/traces/${call['traceId']}`)).body)).toContain(why)
  expect(office.logged.some((line) => line.includes('invalid_number') && line.includes(callId))).toBe(true)
  await office.expectQuiet()
  expect(rung()).toEqual([0, 0])
})
