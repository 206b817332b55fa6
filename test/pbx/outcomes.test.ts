import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isByDialplan, startOffice, until, type Office } from './office.ts'
import type { SipCall } from './sip-phone.ts'
import { sampleRate, toneShare } from './tone.ts'

let office: Office
/** What a phone that has rung and says 480 comes to: Asterisk 16 tells a cause that others have too. */
let unavailable = '480'
let is16 = false
beforeAll(async () => {
  office = await startOffice({ limits: { agentRingMs: 4000, clientRingMs: 4000 } })
  is16 = (await office.asterisk.cli('core show version')).startsWith('Asterisk 16.')
  if (is16) unavailable = '304'
})
afterAll(async () => {
  await office?.stop()
})

let numbers = 0
let number = ''
beforeEach(async () => {
  await office.begin()
  numbers += 1
  number = `+1555010${String(1000 + numbers)}`
})

/** A click whose desk phone rings. */
async function clicked(): Promise<{ callId: string; agent: SipCall }> {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.ring()
  return { callId, agent }
}

/** The desk has answered, the customer's INVITE is there. */
async function dialled(): Promise<{ callId: string; agent: SipCall; client: SipCall }> {
  const { callId, agent } = await clicked()
  agent.answer()
  return { callId, agent, client: await office.world.next() }
}

async function endedAs(callId: string, statusCode: string): Promise<string> {
  const call = await office.finished(callId)
  expect([call.statusCode, call.durationSeconds]).toEqual([statusCode, 0])
  await office.expectQuiet()
  return call.failedReason ?? ''
}

describe('the desk phone', () => {
  test.each([
    [486, 'Busy Here', '486'],
    [603, 'Decline', '603'],
    [480, 'Temporarily Unavailable', 'unavailable'],
  ])('that says %i ends the call, and no customer is dialled', async (status, reason, code) => {
    const before = office.world.calls.length
    const { callId, agent } = await clicked()
    await until(async () => (await office.call(callId)).state === 'ringing_agent', 'the portal knows that it rings')
    agent.reject(status, reason)
    await endedAs(callId, code === 'unavailable' ? unavailable : code)
    expect(office.world.calls).toHaveLength(before)
  })

  test('that nobody answers is canceled in time', async () => {
    const { callId, agent } = await clicked()
    await agent.until('canceled')
    expect(await endedAs(callId, '304')).toBe('The agent did not answer')
  })

  test('that is hung up while the customer rings takes the call back', async () => {
    const { callId, agent, client } = await dialled()
    client.ring()
    agent.bye()
    await client.until('canceled')
    await endedAs(callId, '603-S')
  })

  test('that is hung up before the customer answered anything takes the call back', async () => {
    const { callId, agent, client } = await dialled()
    agent.bye()
    await client.until('canceled')
    await endedAs(callId, '603-S')
  })

  test('that is hung up in the moment of its answer leaves nothing ringing', async () => {
    const { callId, agent } = await clicked()
    agent.answer()
    await agent.until('acked')
    agent.bye()
    await endedAs(callId, '603-S')
    for (const call of office.world.calls) expect(call.happened).toContain('ended')
  })

  // The dialplan cannot be asked.
  if (!isByDialplan) {
    test('that is not registered is not rung: the clicker reads why', async () => {
      const person = await office.house.addPerson('Una', '102')
      const callId = await office.click(number, person)
      await until(async () => (await office.call(callId)).delivery?.refusal !== null, 'the click is refused')
      expect((await office.call(callId)).delivery.refusal).toBe('Your phone (extension 102) is not registered at the PBX.')
      await office.desk.register(office.asterisk.sipPort, { user: '102', password: 'secret102' })
      const look = () => office.asterisk.cli('pjsip show endpoint 102')
      await until(async () => (await look()).includes('Not in use'), 'the PBX has it as reachable')
      const second = await office.click(`${number}9`, person)
      const agent = await office.desk.next()
      agent.reject(603, 'Decline')
      await endedAs(second, '603')
    })

    test('that the PBX does not know is not rung: the clicker reads why', async () => {
      const callId = await office.click(number, await office.house.addPerson('Ulf', '199'))
      await until(async () => (await office.call(callId)).delivery?.refusal !== null, 'the click is refused')
      expect((await office.call(callId)).delivery.refusal).toBe('The PBX knows no extension 199.')
    })
  }
})

describe('the customer', () => {
  test.each([
    [486, 'Busy Here', '486'],
    [404, 'Not Found', '404'],
    [603, 'Decline', '603'],
    [480, 'Temporarily Unavailable', '480'],
    [484, 'Address Incomplete', '484'],
    [503, 'Service Unavailable', '503'],
  ])('whose network says %i is reported so, and the desk is hung up', async (status, reason, code) => {
    const { callId, agent, client } = await dialled()
    client.reject(status, reason)
    await agent.until('bye')
    await endedAs(callId, code)
  })

  // Asterisk 16 tells a Q.850 cause, into which it folds what the network said; 22 tells the SIP status itself, of PJSIP channels.
  test.each([
    [400, 'OTHER', 'OTHER'],
    [401, '603', '403'],
    [402, 'OTHER', '402'],
    [403, '603', '403'],
    [407, '603', '403'],
    [408, '480', '304'],
    [410, '404', '404'],
    [423, 'OTHER', '423'],
    [485, '404', '404'],
    [487, 'OTHER', '304'],
    [488, 'OTHER', 'OTHER'],
    [500, '503', '503'],
    [501, 'OTHER', '503'],
    [502, '480', '503'],
    [600, '486', '486'],
    [604, '404', '404'],
    [606, 'OTHER', 'OTHER'],
  ])('whose network says %i is reported as far as this Asterisk tells it', async (status, on16, on22) => {
    const { callId, client } = await dialled()
    client.reject(status, 'So It Is')
    await endedAs(callId, is16 || isByDialplan ? on16 : on22)
  })

  // The rows of the table by Q.850 cause. Asterisk 16 takes the cause that the network adds; 22 tells the SIP status, and takes no cause beside it.
  test.each([
    [1, '404'],
    [2, '480'],
    [3, '480'],
    [16, 'OTHER'],
    [17, '486'],
    [18, '480'],
    [19, '480'],
    [20, '480'],
    [21, '603'],
    [22, '404'],
    [27, '480'],
    [28, '484'],
    [34, '503'],
    [38, '503'],
    [41, '503'],
    [42, '503'],
    [44, '503'],
    [47, '503'],
    [50, '403'],
    [52, '403'],
    [55, '403'],
    [57, '403'],
    [127, 'OTHER'],
  ])('whose network names the cause %i, and rang nobody, is reported by it', async (cause, code) => {
    const { callId, client } = await dialled()
    client.reject(480, 'Temporarily Unavailable', { Reason: `Q.850;cause=${cause}` })
    await endedAs(callId, is16 ? code : '480')
  })

  test('who does not answer is given up in time', async () => {
    const { callId, agent, client } = await dialled()
    client.ring()
    await client.until('canceled')
    await agent.until('bye')
    expect(await endedAs(callId, '304')).toBe('The customer did not answer')
  })

  test('is heard before the answer: announcements of the network reach the desk', async () => {
    const { callId, agent, client } = await dialled()
    client.early()
    await until(async () => (await office.call(callId)).state === 'ringing_client', 'the portal knows that it rings')
    await until(() => agent.heard().length > sampleRate / 2, 'the desk hears something')
    expect(toneShare(agent.heard().slice(-sampleRate / 4), 1000)).toBeGreaterThan(0.9)
    client.reject(480, 'Temporarily Unavailable')
    await endedAs(callId, unavailable)
  })
})

test('a click that is delivered again rings nobody a second time', async () => {
  const before = office.desk.calls.length
  const { callId, agent } = await clicked()
  const list = await office.house.admin.api('GET', `/deliveries?event=ONEXTERNALCALLSTART&callId=${callId}`)
  const replay = await office.house.admin.api('POST', `/deliveries/${list.body.items[0].id}/replay`, { confirmDial: true })
  expect(replay.status, JSON.stringify(replay.body)).toBeLessThan(300)
  await until(() => office.logged.some((line) => line.includes('a repeat was dropped') && line.includes(callId)), 'the repeat is dropped')
  agent.reject(603, 'Decline')
  await endedAs(callId, '603')
  expect(office.desk.calls.length - before).toBe(1)
})

test('digits of an extension are sent when the customer has answered', async () => {
  const callId = await office.click(`${number} ext. 42`)
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  expect(client.to).toBe(number)
  client.answer()
  await until(() => client.digits() === '42', 'the customer’s exchange hears 42')
  agent.bye()
  await office.finished(callId)
})
