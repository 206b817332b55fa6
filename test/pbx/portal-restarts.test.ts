import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PortalProcess } from '../support/processes.ts'
import { expectRecordedWhole, startOffice, until, type Office } from './office.ts'
import { movePortal } from './portal-process.ts'
import type { SipCall } from './sip-phone.ts'
import { sampleRate } from './tone.ts'

let office: Office
let portal: PortalProcess
let isRunning = false

async function startPortal(): Promise<void> {
  await portal.start()
  isRunning = true
}

async function killPortal(): Promise<void> {
  isRunning = false
  await portal.kill()
}

beforeAll(async () => {
  office = await startOffice({ isProcess: true })
  portal = await movePortal(office.house)
  isRunning = true
})
afterAll(async () => {
  await portal?.kill()
  await office?.stop()
})

let numbers = 0
let number = ''
let rungBefore: readonly number[] = []
beforeEach(async () => {
  if (!isRunning) await startPortal()
  await office.begin()
  numbers += 1
  number = `+1555010${String(5000 + numbers)}`
  rungBefore = [office.desk.calls.length, office.world.calls.length]
})

/** The portal has the call once, over, and each phone was rung once. */
async function expectOnce(callId: string): Promise<void> {
  const list = await office.house.admin.api('GET', `/calls?search=${number.slice(1)}`)
  expect((list.body.items as { callId: string; state: string }[]).map((one) => [one.callId, one.state])).toEqual([[callId, 'finished']])
  expect([office.desk.calls.length - rungBefore[0]!, office.world.calls.length - rungBefore[1]!]).toEqual([1, 1])
  await office.expectQuiet()
}

const health = async () => (await (await fetch(`${office.connector.url}/healthz`)).json()) as { calls: number; unreported: number }

async function talk(agent: SipCall): Promise<SipCall> {
  agent.answer()
  const client = await office.world.next()
  client.answer()
  await until(() => agent.heard().length > 1.2 * sampleRate, 'they talk for a second')
  return client
}

test('the portal is killed while the desk rings: the call goes on, and is reported with its length when the portal is back', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_agent', 'the portal knows that it rings')
  await killPortal()
  const client = await talk(agent)
  client.bye()
  await agent.until('bye')
  await startPortal()
  const call = await office.finished(callId)
  expect(call).toMatchObject({ statusCode: '200' })
  expect(call.durationSeconds).toBeGreaterThanOrEqual(1)
  expectRecordedWhole(call)
  await expectOnce(callId)
})

test('the portal is killed while both talk, and is back before they hang up: nothing is lost', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  const client = await talk(agent)
  await until(async () => (await office.call(callId)).state === 'talking', 'the portal knows that they talk')
  await killPortal()
  await startPortal()
  agent.bye()
  await client.until('bye')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })
  await expectOnce(callId)
})

test('the portal is killed in the moment of the hang-up: the call is finished once, with its recording', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  const client = await talk(agent)
  client.bye()
  await killPortal()
  await agent.until('bye')
  await startPortal()
  const call = await office.finished(callId)
  expect(call).toMatchObject({ statusCode: '200' })
  expect(call.durationSeconds).toBeGreaterThanOrEqual(1)
  await expectOnce(callId)
})

test('the portal is away when a call ends, and the connector is killed too: it is reported once, when both are back', async () => {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  const client = await talk(agent)
  await killPortal()
  client.bye()
  await agent.until('bye')
  await until(async () => (await health()).unreported === 1, 'the connector keeps it')
  await office.connector.kill()
  await office.connector.start()
  expect(await health()).toMatchObject({ unreported: 1, calls: 0 })
  await startPortal()
  const call = await office.finished(callId)
  expect(call).toMatchObject({ statusCode: '200' })
  expectRecordedWhole(call)
  await expectOnce(callId)
  await until(async () => (await health()).unreported === 0, 'nothing is left to report')
})
