import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOffice, type Office } from './office.ts'
import { readWav, sampleRate, toneShare } from './tone.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice()
})
afterAll(async () => {
  await office?.stop()
})

test('a click rings the desk, then the customer; both hear each other; the portal has code, duration and a recording of both', async () => {
  const { desk, world, click, finished } = office
  const callId = await click('+1 555 010 0155')
  const agent = await desk.next()
  expect([agent.from, agent.to]).toEqual(['+15550100155', '101'])
  expect(world.calls).toHaveLength(0)
  agent.ring()
  await expect.poll(async () => (await office.call(callId)).state).toBe('ringing_agent')
  agent.answer()
  const client = await world.next()
  expect([client.from, client.to]).toEqual(['+15550188', '+15550100155'])
  client.ring()
  await expect.poll(async () => (await office.call(callId)).state).toBe('ringing_client')
  client.answer()
  const talkedFrom = Date.now()
  await expect.poll(async () => (await office.call(callId)).state).toBe('talking')
  await expect.poll(() => Math.min(agent.heard().length, client.heard().length), { timeout: 10_000 }).toBeGreaterThan(1.6 * sampleRate)
  client.bye()
  const talkedSeconds = (Date.now() - talkedFrom) / 1000
  await agent.until('bye')
  const call = await finished(callId)
  expect(call).toMatchObject({ statusCode: '200' })
  expect(Math.abs(call.durationSeconds! - talkedSeconds)).toBeLessThan(1)
  expect(toneShare(agent.heard().slice(-sampleRate), 1000)).toBeGreaterThan(0.9)
  expect(toneShare(client.heard().slice(-sampleRate), 440)).toBeGreaterThan(0.9)
  expect(Math.abs(call.recording.durationSeconds - talkedSeconds)).toBeLessThan(1)
  const file = await fetch(`${office.house.url}${call.recording.url}`, { headers: { cookie: office.house.admin.cookie } })
  const [sound] = readWav(Buffer.from(await file.arrayBuffer()))
  expect(Math.abs(sound!.length / sampleRate - talkedSeconds)).toBeLessThan(1)
  for (const hz of [440, 1000]) expect(toneShare(sound!, hz)).toBeGreaterThan(0.3)
  await office.expectQuiet()
})
