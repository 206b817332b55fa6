import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setTimeout as wait } from 'node:timers/promises'
import { startOffice, until, type Office } from './office.ts'
import { callIn, type OutgoingSipCall } from './sip-caller.ts'
import { startSipPhone, type SipCall, type SipPhone } from './sip-phone.ts'
import { sampleRate, toneShare } from './tone.ts'

let office: Office
let colleague: SipPhone
beforeAll(async () => {
  colleague = await startSipPhone({ hz: 600 })
  office = await startOffice({ isProcess: true, phones: { 103: { contact: colleague.port } } })
})
afterAll(async () => {
  await office?.stop()
  await colleague?.close()
})

let number = ''
let numbers = 0
let [desksBefore, worldsBefore] = [0, 0]
beforeEach(async () => {
  colleague.clear()
  await office.begin()
  numbers += 1
  number = `+1555010${String(2000 + numbers)}`
  desksBefore = office.desk.calls.length
  worldsBefore = office.world.calls.length
})

const stages = ['the desk rings', 'the desk answered', 'the customer rings', 'both talk'] as const

/** Brings a call to a stage. */
async function bring(stage: (typeof stages)[number]): Promise<{ callId: string; agent: SipCall; client?: SipCall; answeredAt?: number }> {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_agent', 'it rings')
  if (stage === 'the desk rings') return { callId, agent }
  agent.answer()
  if (stage === 'the desk answered') return { callId, agent }
  const client = await office.world.next()
  client.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_client', 'the customer’s phone rings')
  if (stage === 'the customer rings') return { callId, agent, client }
  const answeredAt = Date.now()
  client.answer()
  await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
  await until(() => office.asterisk.isRecording(callId), 'it is recorded')
  return { callId, agent, client, answeredAt }
}

/** Nobody was rung twice, nothing stands, and the portal has the call once, as over. */
async function expectSettled(callId: string): Promise<void> {
  await office.finished(callId)
  await office.expectQuiet()
  const list = await office.house.admin.api('GET', `/calls?search=${number.slice(1)}`)
  expect((list.body.items as { callId: string; state: string }[]).map((one) => [one.callId, one.state])).toEqual([[callId, 'finished']])
  expect(office.desk.calls.length - desksBefore).toBe(1)
  expect(office.world.calls.length - worldsBefore).toBeLessThanOrEqual(1)
}

describe('the connector is killed', () => {
  test('while both talk: they talk on, and the call is reported with its true length and the whole recording', async () => {
    const { callId, agent, client, answeredAt } = await bring('both talk')
    const from = Date.now()
    await office.connector.kill()
    await office.connector.start()
    await until(() => agent.heard().length > 2 * sampleRate, 'they talk for two seconds')
    expect(toneShare(agent.heard().slice(-sampleRate), 1000)).toBeGreaterThan(0.9)
    client!.bye()
    const endedAt = Date.now()
    await expectSettled(callId)
    const call = await office.call(callId)
    expect(call.statusCode).toBe('200')
    // The talk, and its recording, began between the answer and what was seen of it.
    for (const seconds of [call.durationSeconds!, call.recording.durationSeconds]) {
      expect(seconds).toBeGreaterThanOrEqual((endedAt - from) / 1000 - 1)
      expect(seconds).toBeLessThanOrEqual((endedAt - answeredAt!) / 1000 + 1)
    }
  })

  test('while both talk, and they hang up before it is back: reported as the talk that it was', async () => {
    const { callId, agent, client } = await bring('both talk')
    await office.connector.kill()
    client!.bye()
    await wait(100)
    agent.bye()
    await office.connector.start()
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '200' })
    expect((await office.call(callId)).recording).not.toBeNull()
  })

  test('while the desk rings: it is answered after the restart, and the customer is dialled once', async () => {
    const { callId, agent } = await bring('the desk rings')
    await office.connector.kill()
    await office.connector.start()
    agent.answer()
    const client = await office.world.next()
    client.reject(486, 'Busy Here')
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '486' })
  })

  test('in the moment of the click: the desk rings once or not at all, and the portal knows which', async () => {
    const callId = await office.click(number)
    await office.connector.kill()
    await office.connector.start()
    const rings = () => office.desk.calls.length > desksBefore
    const isSettled = async () => {
      const { state, delivery } = await office.call(callId)
      return rings() || state === 'finished' || delivery?.state === 'unconfirmed'
    }
    await until(isSettled, 'the desk rings, or the portal says that it will not')
    if (!rings()) return expect((await office.call(callId)).statusCode).not.toBe('200')
    ;(await office.desk.next()).reject(603, 'Decline')
    await expectSettled(callId)
    return expect(await office.call(callId)).toMatchObject({ statusCode: '603' })
  })

  test('when the INVITE has come to the desk, which rings later: it is not rung again', async () => {
    const callId = await office.click(number)
    const agent = await office.desk.next()
    await office.connector.kill()
    agent.ring()
    await office.connector.start()
    await until(async () => (await office.call(callId)).state === 'ringing_agent', 'the portal learns that it rings')
    agent.reject(486, 'Busy Here')
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '486' })
  })

  test('in the moment of the hang-up: the other side is not left alone, and the talk is reported', async () => {
    const from = Date.now()
    const { callId, agent, client } = await bring('both talk')
    const talkedFrom = Date.now()
    await until(() => agent.heard().length > 1.2 * sampleRate, 'they talk for a second')
    client!.bye()
    const endedAt = Date.now()
    await office.connector.kill()
    await office.connector.start()
    await agent.until('bye')
    await expectSettled(callId)
    const call = await office.call(callId)
    expect(call).toMatchObject({ statusCode: '200' })
    // They began to talk between the two; what is recorded goes on until somebody is there again to end it.
    expect(call.durationSeconds).toBeGreaterThanOrEqual((endedAt - talkedFrom) / 1000 - 1)
    expect(call.durationSeconds).toBeLessThanOrEqual((endedAt - from) / 1000 + 1)
  })

  test('in the moment in which the desk answers: nothing is left standing, nobody is rung twice', async () => {
    office.world.onInvite = (call) => call.reject(486, 'Busy Here')
    const { callId } = await bring('the desk answered')
    await office.connector.kill()
    await office.connector.start()
    await expectSettled(callId)
  })

  test('while the customer rings, who answers meanwhile: they talk', async () => {
    const { callId, agent, client } = await bring('the customer rings')
    await office.connector.kill()
    client!.answer()
    await client!.until('acked')
    await office.connector.start()
    await until(async () => (await office.call(callId)).state === 'talking', 'the portal learns that they talk')
    await until(() => office.asterisk.isRecording(callId), 'it is recorded')
    agent.bye()
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '200' })
  })

  test('while the customer rings, and the desk gives up meanwhile: nobody is left ringing', async () => {
    const { callId, agent, client } = await bring('the customer rings')
    await office.connector.kill()
    agent.bye()
    await office.connector.start()
    await client!.until('canceled')
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: 'OTHER' })
  })
})

describe('the connector is killed while somebody calls in', () => {
  let caller: OutgoingSipCall | undefined
  afterEach(() => {
    // A test that failed has not hung up.
    caller?.cancel()
    caller?.bye()
    caller?.close()
  })

  const ring = async (): Promise<OutgoingSipCall> => {
    caller = await callIn(office.asterisk.sipPort, { from: number, to: '15550188', hz: 1000 })
    return caller
  }

  /** The newest call of the number in the portal. */
  const callOf = async (): Promise<string> => {
    const find = async () =>
      (await office.house.admin.api('GET', `/calls?search=${number.slice(1)}`)).body.items[0]?.callId as string | undefined
    await until(async () => (await find()) !== undefined, 'the portal has the call')
    return (await find())!
  }

  test('and the desk rings: it goes on ringing, is answered after the restart, and they talk', async () => {
    const caller = await ring()
    const agent = await office.desk.next()
    agent.ring()
    const callId = await callOf()
    await office.connector.kill()
    await office.connector.start()
    agent.answer()
    await caller.until('200')
    await until(() => agent.heard().length > 1.5 * sampleRate, 'they talk')
    // A lost packet spoils one window of twenty.
    expect(toneShare(agent.heard().slice(-sampleRate), 1000)).toBeGreaterThan(0.9)
    caller.bye()
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '200', direction: 'incoming' })
  })

  test('and gives up before it is back: missed, and the desk does not ring on', async () => {
    const caller = await ring()
    const agent = await office.desk.next()
    agent.ring()
    const callId = await callOf()
    await office.connector.kill()
    caller.cancel()
    await office.connector.start()
    await agent.until('canceled')
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '304', durationSeconds: 0 })
  })

  test('and talks: the talk goes on, and ends as one', async () => {
    const caller = await ring()
    const agent = await office.desk.next()
    agent.answer()
    await caller.until('200')
    const callId = await callOf()
    await until(() => office.asterisk.isRecording(callId), 'they talk')
    await office.connector.kill()
    await office.connector.start()
    const before = agent.heard().length
    await until(() => agent.heard().length - before > 1.2 * sampleRate, 'they talk on')
    agent.bye()
    await caller.until('bye')
    await expectSettled(callId)
    expect(await office.call(callId)).toMatchObject({ statusCode: '200' })
  })

  test('while a talk is handed over and the other phone rings: it is answered after the restart, and has the customer', async () => {
    const caller = await ring()
    const first = await office.desk.next()
    first.answer()
    await caller.until('200')
    const callId = await callOf()
    await until(() => office.asterisk.isRecording(callId), 'they talk')
    // Keys that a busy machine swallowed are keyed again, as a person would.
    const before = colleague.calls.length
    for (let tries = 0; tries < 5 && colleague.calls.length === before; tries++) {
      await first.press('*2103#')
      const until2s = Date.now() + 2_000
      await until(() => colleague.calls.length > before || Date.now() > until2s, 'it rings, or not')
    }
    const second = await colleague.next()
    second.ring()
    await office.connector.kill()
    await office.connector.start()
    second.answer()
    await first.until('bye')
    await until(() => second.heard().length > sampleRate, 'the other hears the caller')
    expect(toneShare(second.heard().slice(-sampleRate / 2), 1000)).toBeGreaterThan(0.9)
    caller.bye()
    await second.until('bye')
    expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })
    await office.expectQuiet()
  })
})

describe('the connector is killed between two steps', () => {
  test('before it asked for the recording: it asks for it when it is back', async () => {
    const { callId, agent, client } = await bring('the customer rings')
    await office.connector.kill()
    client!.answer()
    await client!.until('acked')
    expect(office.asterisk.isRecording(callId)).toBe(false)
    await office.connector.start()
    await until(() => office.asterisk.isRecording(callId), 'it is recorded')
    const before = client!.heard().length
    await until(() => client!.heard().length - before > 1.2 * sampleRate, 'they talk for another second')
    agent.bye()
    await expectSettled(callId)
    expect((await office.call(callId)).recording.durationSeconds).toBeGreaterThanOrEqual(1)
  })
})

describe('Asterisk is killed', () => {
  test.each(stages)('while %s: the call is closed once, and the next click rings', async (stage) => {
    const { callId, agent: lost, client } = await bring(stage)
    await office.asterisk.kill()
    // Phones are not told: their people hang up.
    for (const call of [lost, client]) call?.bye()
    await office.asterisk.start()
    // A recording of a moment may not have got to the disk.
    expect(await office.finished(callId, { isRecorded: false })).toMatchObject({ statusCode: stage === 'both talk' ? '200' : 'OTHER' })
    await office.expectQuiet()
    await until(async () => (await fetch(`${office.connector.url}/healthz`)).status === 200, 'the connector is connected again')
    const next = await office.click(`${number}0`)
    const agent = await office.desk.next()
    agent.reject(603, 'Decline')
    expect((await office.finished(next)).statusCode).toBe('603')
  })

  test('and is not there: a click is refused at once, in words, and health says so', async () => {
    await office.asterisk.kill()
    await until(async () => (await fetch(`${office.connector.url}/healthz`)).status === 503, 'health says that it is down')
    const callId = await office.click(number)
    await until(async () => (await office.call(callId)).delivery?.refusal !== null, 'the click is refused')
    expect((await office.call(callId)).delivery.refusal).toBe('The PBX cannot be reached.')
    await office.asterisk.start()
    await until(async () => (await fetch(`${office.connector.url}/healthz`)).status === 200, 'the connector is connected again')
  })
})
