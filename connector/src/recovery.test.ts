import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDataDir } from './app.ts'
import type { Call } from './call.ts'
import { systemClock } from './clock.ts'
import { createHandsets, type Handsets } from './demo/handsets.ts'
import type { Journal } from './journal.ts'
import { pauseMs } from './outbox.ts'
import type { Pbx } from './pbx.ts'
import { createSwitchboard, DEFAULT_LIMITS, type Switchboard } from './switchboard.ts'

/** The connector dies, the phones live on (as on an Asterisk): the same handsets meet a new switchboard on the same journal. */
let dir: string
let handsets: Handsets
let journal: Journal
let switchboard: Switchboard

let connects: Pbx['connect'] | undefined
let isAway = false

const open = (): Switchboard => {
  journal = openDataDir(dir)
  return createSwitchboard({
    pbx: {
      ...handsets,
      list: () => (isAway ? Promise.reject(new Error('away')) : handsets.list()),
      connect: (one) => (connects ?? handsets.connect)(one),
    },
    journal,
    progress: { tell: () => {}, card: () => {}, settled: async () => {} },
    clock: systemClock,
    log: () => {},
    limits: { ...DEFAULT_LIMITS, agentRingMs: 150 },
    onEnded: () => {},
    onMoved: () => {},
  })
}
const restart = async (meanwhile = () => {}) => {
  switchboard.close()
  journal.close()
  meanwhile()
  await settle()
  switchboard = open()
  await switchboard.recover()
  await settle()
}
const settle = () => new Promise((wake) => setTimeout(wake, 20))
const call = (callId: string, receivedAt = Date.now()): Call => ({
  callId,
  direction: 'out',
  state: 'new',
  userId: '5',
  extension: '101',
  number: '+15550100',
  line: '',
  extensionDigits: '',
  agentName: '',
  clientName: '',
  receivedAt,
})

beforeEach(() => {
  connects = undefined
  dir = mkdtempSync(join(tmpdir(), 'recovery-'))
  handsets = createHandsets({ recordingsDir: dir, clock: systemClock, randomRef: () => 'r' })
  switchboard = open()
})
afterEach(() => {
  switchboard.close()
  journal.close()
  rmSync(dir, { recursive: true })
})

test('a call that was written down but never rung is rung after the restart, if it is young', async () => {
  journal.insert(call('c1'))
  await restart()
  expect(handsets.pair('c1')?.agent.state).toBe('ringing')
  expect(switchboard.take(call('c1'))).toBe(false)
})

test('an old one is not: a click is good for seconds', async () => {
  journal.insert(call('c1', Date.now() - 31_000))
  await restart()
  expect(handsets.pair('c1')).toBeUndefined()
  expect(journal.find('c1')).toMatchObject({ state: 'ended', statusCode: 'OTHER' })
})

test('a phone that rang on is taken up again and dials the customer once', async () => {
  switchboard.take(call('c1'))
  await settle()
  await restart()
  handsets.press('c1', 'agent', 'answer')
  await settle()
  expect(handsets.pair('c1')?.client.state).toBe('ringing')
  expect(journal.find('c1')?.state).toBe('client_ringing')
})

test('an agent who answered meanwhile gets the customer', async () => {
  switchboard.take(call('c1'))
  await settle()
  await restart(() => handsets.press('c1', 'agent', 'answer'))
  expect(handsets.pair('c1')?.client.state).toBe('ringing')
})

test('a talk goes on; one whose customer left meanwhile is ended as a talk', async () => {
  switchboard.take(call('c1'))
  await settle()
  handsets.press('c1', 'agent', 'answer')
  await settle()
  handsets.press('c1', 'client', 'answer')
  await settle()
  await restart()
  expect(journal.find('c1')?.state).toBe('talking')
  await restart(() => handsets.press('c1', 'client', 'hangup'))
  expect(journal.find('c1')).toMatchObject({ state: 'ended', statusCode: '200' })
  expect(await handsets.list()).toEqual([])
})

test('an end that nobody saw is dated to when the connector last lived, however long it was away', async () => {
  switchboard.take(call('c1'))
  await settle()
  handsets.press('c1', 'agent', 'answer')
  await settle()
  handsets.press('c1', 'client', 'answer')
  await settle()
  switchboard.close()
  const closedAt = Date.now()
  handsets.press('c1', 'client', 'hangup')
  await new Promise((wake) => setTimeout(wake, 200))
  journal.close()
  isAway = true
  switchboard = open()
  await switchboard.recover().catch(() => {})
  await new Promise((wake) => setTimeout(wake, 200))
  isAway = false
  await switchboard.recover()
  expect(journal.find('c1')!.endedAt).toBeLessThanOrEqual(closedAt)
})

test('a ringing phone that vanished ends the call and is not rung again', async () => {
  switchboard.take(call('c1'))
  await settle()
  await restart(() => handsets.press('c1', 'agent', 'decline'))
  expect(journal.find('c1')).toMatchObject({ state: 'ended', statusCode: 'OTHER' })
  expect(await handsets.list()).toEqual([])
})

describe('a caller', () => {
  const ringForCaller = async (): Promise<void> => {
    handsets.callIn('+15550100')
    const seats = [{ userId: '5', name: '', extension: '101', state: 'ringing' as const }]
    switchboard.take({ ...call('c1'), direction: 'in', seats }, () => handsets.takeIncoming('demo-r', call('c1')))
    await settle()
  }

  test('who was answered meanwhile talks, for longer than a phone may ring', async () => {
    await ringForCaller()
    await restart(() => handsets.press('c1', 'agent', 'answer'))
    await new Promise((wake) => setTimeout(wake, 200))
    expect(journal.find('c1')?.state).toBe('talking')
    expect(await handsets.list()).toHaveLength(2)
  })

  test('is brought together with who answered, though the connector died between the answer and that', async () => {
    await ringForCaller()
    connects = async () => {}
    handsets.press('c1', 'agent', 'answer')
    await settle()
    expect(journal.find('c1')?.state).toBe('talking')
    connects = undefined
    await restart()
    expect(journal.find('c1')).toMatchObject({ state: 'talking', isRecorded: true })
  })
})

test('legs that belong to no open call are hung up', async () => {
  await handsets.placeAgentLeg(call('stray'))
  await restart()
  expect(await handsets.list()).toEqual([])
})

test('pauses between reports double up to five minutes, with jitter', () => {
  expect([0, 1, 2, 8, 9, 50].map((tries) => pauseMs(tries, 0.5))).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000])
  expect([pauseMs(0, 0), pauseMs(0, 1)]).toEqual([750, 1250])
})
