import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { findFreeUdpPort } from './asterisk.ts'
import { startOffice, type Office } from './office.ts'
import { startSipp, type SippPhone, type SippStep } from './sipp.ts'
import { readWav, toneShare } from './tone.ts'

let office: Office
let dir: string
let ports: { desk: number; world: number }
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hookswitch-sipp-'))
  ports = { desk: await findFreeUdpPort(), world: await findFreeUdpPort() }
  office = await startOffice({
    phones: { 901: { contact: ports.desk }, 902: { contact: ports.world } },
    asterisk: { users: { 101: { dial: 'PJSIP/901' } }, lines: { '+15550188': { dial: 'PJSIP/{number}@902' } } },
    limits: { agentRingMs: 3_000, clientRingMs: 3_000 },
  })
})
afterAll(async () => {
  await office?.stop()
  await rm(dir, { recursive: true, force: true })
})

let numbers = 0
beforeEach(async () => {
  numbers += 1
  await office.begin()
})

interface Scenario {
  readonly desk: readonly SippStep[]
  readonly world?: readonly SippStep[]
  readonly statusCode: string | readonly string[]
}

const talkMs = { pauseMs: 1_500 }
const reject = (status: number, reason: string): SippStep => ({ reject: status, reason })
const answers: readonly SippStep[] = ['ring', 'answer', 'waitForBye']

const scenarios: Readonly<Record<string, Scenario>> = {
  'an answer, and the customer hangs up': { desk: answers, world: ['ring', { pauseMs: 200 }, 'answer', talkMs, 'bye'], statusCode: '200' },
  'an answer, and the desk hangs up': {
    desk: ['ring', 'answer', { pauseMs: 2_000 }, 'bye'],
    world: ['answer', 'waitForBye'],
    statusCode: '200',
  },
  'early media, then an answer': { desk: answers, world: ['early', { pauseMs: 500 }, 'answer', talkMs, 'bye'], statusCode: '200' },
  'a customer who is busy': { desk: answers, world: [reject(486, 'Busy Here')], statusCode: '486' },
  'a customer who declines': { desk: answers, world: ['ring', reject(603, 'Decline')], statusCode: '603' },
  'a customer who does not answer': { desk: answers, world: ['ring', 'waitForCancel'], statusCode: '304' },
  'a customer who is unavailable': { desk: answers, world: [reject(480, 'Temporarily Unavailable')], statusCode: '480' },
  'a desk that hangs up while the customer rings': {
    desk: ['ring', 'answer', { pauseMs: 800 }, 'bye'],
    world: ['ring', 'waitForCancel'],
    statusCode: '603-S',
  },
  'a desk that declines': { desk: ['ring', reject(603, 'Decline')], statusCode: '603' },
  'a desk that is busy': { desk: [reject(486, 'Busy Here')], statusCode: '486' },
  'a desk that does not answer': { desk: ['ring', 'waitForCancel'], statusCode: '304' },
}

// Nine and more of the scenarios against phones by other authors; they wait on purpose, so in long runs only.
if (process.env['LONG'] === '1')
  test.each(Object.entries(scenarios))('SIPp plays %s', async (name, { desk, world, statusCode }) => {
    const open = (part: 'desk' | 'world', steps: readonly SippStep[]): Promise<SippPhone> =>
      startSipp({ dir, name: `${part}-${numbers}`, port: ports[part], steps })
    const phones = [await open('desk', desk), ...(world ? [await open('world', world)] : [])]
    onTestFinished(() => phones.forEach((phone) => phone.stop()))
    const callId = await office.click(`+1555010${String(7000 + numbers)}`)
    await Promise.all(phones.map((phone) => phone.done()))
    const call = await office.finished(callId)
    expect(call.statusCode, name).toBe(statusCode)
    await office.expectQuiet()
    if (statusCode !== '200') return expect(call.durationSeconds).toBe(0)
    expect(call.durationSeconds).toBeGreaterThanOrEqual(1)
    const file = await fetch(`${office.house.url}${call.recording.url}`, { headers: { cookie: office.house.admin.cookie } })
    const [sound] = readWav(Buffer.from(await file.arrayBuffer()))
    return expect(toneShare(sound!, 1000)).toBeGreaterThan(0.5)
  })
