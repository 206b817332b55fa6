import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOffice, until, type CallView, type Office } from './office.ts'
import { callIn } from './sip-caller.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice({
    dialplan: [
      '[internal](+)',
      'exten => _+X.,1,Dial(PJSIP/${EXTEN}@trunk,20)',
      'same => n,Hangup()',
      '[from-trunk](+)',
      'exten => 700,1,Dial(PJSIP/101,20)',
      'same => n,Hangup()',
    ].join('\n'),
    asterisk: { lines: { '+15550188': { dial: 'Local/{number}@internal/n' } }, agentDial: 'Local/{extension}@internal/n' },
  })
})
afterAll(async () => {
  await office?.stop()
})

const ended = async (number: string): Promise<CallView[]> => {
  const list = async () => (await office.house.admin.api('GET', `/calls?search=${number.slice(1)}`)).body.items as CallView[]
  await until(async () => (await list()).some(({ state }) => state === 'finished'), `the call of ${number} is logged`)
  return list()
}
const outside = { hz: 1000 }

test('a call dialled by hand is logged as outgoing, with its length, for the user of the phone, on the customer’s timeline; nobody sees a card', async () => {
  const contact = await office.house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550104001', VALUE_TYPE: 'WORK' }] })
  const phone = await callIn(office.asterisk.sipPort, { from: '101', to: '+15550104001', hz: 440 })
  const client = await office.world.next()
  client.ring()
  client.answer()
  await phone.until('200')
  const from = Date.now()
  await until(() => Date.now() - from > 1_100, 'they talk for a second')
  phone.bye()
  const [call, ...more] = await ended('+15550104001')
  expect(more).toEqual([])
  const entity = { kind: 'contact', id: contact }
  expect(call).toMatchObject({ direction: 'outgoing', statusCode: '200', userId: office.house.admin.userId, entity })
  const timeline = await office.house.admin.api('GET', `/contacts/${contact}/timeline`)
  expect(JSON.stringify(timeline.body)).toContain(call!.callId)
  expect(Math.abs(call!.durationSeconds! - 1.1)).toBeLessThanOrEqual(1)
  expect((await office.house.admin.api('GET', '/calls/open')).body.items).toEqual([])
  phone.close()
})

test('one that is busy has its code', async () => {
  const phone = await callIn(office.asterisk.sipPort, { from: '101', to: '+15550104002', hz: 440 })
  ;(await office.world.next()).reject(486, 'Busy Here')
  expect(await ended('+15550104002')).toMatchObject([{ direction: 'outgoing', statusCode: '486', durationSeconds: 0 }])
  phone.close()
})

test('a call that the dialplan gives to a phone is logged as incoming, and missed when nobody took it', async () => {
  const caller = await callIn(office.asterisk.sipPort, { from: '+15550104003', to: '700', ...outside })
  const desk = await office.desk.next()
  desk.answer()
  await caller.until('200')
  desk.bye()
  expect(await ended('+15550104003')).toMatchObject([{ direction: 'incoming', statusCode: '200', userId: office.house.admin.userId }])
  caller.close()
  const second = await callIn(office.asterisk.sipPort, { from: '+15550104004', to: '700', ...outside })
  const ringing = await office.desk.next()
  ringing.ring()
  await second.until('180')
  second.cancel()
  expect(await ended('+15550104004')).toMatchObject([{ direction: 'incoming', statusCode: '304', durationSeconds: 0 }])
  second.close()
})

test('a click whose legs both go through the dialplan is not logged a second time', async () => {
  const callId = await office.click('+1 555 010 4005')
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  client.answer()
  await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
  client.bye()
  await office.finished(callId, { isRecorded: false })
  await office.expectQuiet()
  // A call that is made after it is logged: so whatever this one left behind would have been.
  const phone = await callIn(office.asterisk.sipPort, { from: '101', to: '+15550104006', hz: 440 })
  ;(await office.world.next()).reject(486, 'Busy Here')
  await ended('+15550104006')
  expect(await ended('+15550104005')).toMatchObject([{ callId }])
  phone.close()
})
