/** Phones that are gone without a word: a cable is pulled, a mobile leaves the network. Nobody is told, by no packet. */
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { expectRecordedWhole, startOffice, startTalk, until, type Office, type Talk } from './office.ts'
import { startSipPhone } from './sip-phone.ts'
import { sampleRate } from './tone.ts'

/** Asterisk gives a phone up that sends no sound for so long. */
const RTP_TIMEOUT_S = 3

let office: Office
beforeAll(async () => {
  const gone = await startSipPhone({ hz: 440 })
  await gone.close()
  office = await startOffice({
    phones: { 103: { contact: gone.port } },
    endpointLines: [`rtp_timeout=${RTP_TIMEOUT_S}`],
    limits: { agentRingMs: 4_000, clientRingMs: 4_000 },
  })
})
afterAll(async () => {
  await office?.stop()
})

let numbers = 0
let number = ''
beforeEach(async () => {
  await office.begin()
  numbers += 1
  number = `+1555010${String(8000 + numbers)}`
})

async function talk(): Promise<Talk> {
  const talking = await startTalk(office, number)
  await until(() => Math.min(talking.agent.heard().length, talking.client.heard().length) > sampleRate, 'both hear a second')
  return talking
}

test('a desk phone that was pulled out before the click is given up in time, and no customer is dialled', async () => {
  const before = office.world.calls.length
  const callId = await office.click(number, await office.house.addPerson('Vera', '103'))
  expect(await office.finished(callId)).toMatchObject({ durationSeconds: 0, failedReason: 'The agent did not answer', statusCode: '304' })
  expect(office.world.calls).toHaveLength(before)
  await office.expectQuiet()
})

test('a desk phone that vanishes while it rings is given up in time', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_agent', 'it rings')
  agent.vanish()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '304', durationSeconds: 0 })
  await office.expectQuiet()
})

test('a customer who vanishes while their phone rings is given up in time, and the desk is hung up', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  client.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_client', 'it rings')
  client.vanish()
  await agent.until('bye')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '304', durationSeconds: 0 })
  await office.expectQuiet()
})

test('a desk phone that vanishes in the talk: the customer hangs up, and the talk is reported as long as it was', async () => {
  const { callId, agent, client, answeredAt, talkedFrom } = await talk()
  agent.vanish()
  client.bye()
  const endedAt = Date.now()
  const call = await office.finished(callId)
  expect(call.statusCode).toBe('200')
  expect(call.durationSeconds).toBeGreaterThanOrEqual((endedAt - talkedFrom) / 1000 - 1)
  expect(call.durationSeconds).toBeLessThanOrEqual((endedAt - answeredAt) / 1000 + 1)
  expectRecordedWhole(call)
  await office.expectQuiet()
})

test.each(['agent', 'client'] as const)(
  'a phone that vanishes in the talk, and nobody hangs up (%s): Asterisk gives it up, the other one is hung up, and the talk ends there',
  async (who) => {
    const both = await talk()
    onTestFinished(() => office.begin())
    both[who].vanish()
    const vanishedAt = Date.now()
    await both[who === 'agent' ? 'client' : 'agent'].until('bye')
    const endedAt = Date.now()
    expect((endedAt - vanishedAt) / 1000).toBeGreaterThan(RTP_TIMEOUT_S - 1)
    const call = await office.finished(both.callId)
    expect(call.statusCode).toBe('200')
    expect(call.durationSeconds).toBeGreaterThanOrEqual((endedAt - both.talkedFrom) / 1000 - 1)
    expect(call.durationSeconds).toBeLessThanOrEqual((endedAt - both.answeredAt) / 1000 + 1)
    await office.expectQuiet()
  },
)
