import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PortalUnreachable, type PortalClient } from '@hookswitch/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataDir } from './app.ts'
import type { Call } from './call.ts'
import { createHandsets, type Handsets } from './demo/handsets.ts'
import type { Journal } from './journal.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { sweepRecordings } from './recording-sweep.ts'

/** A clock that is turned, whose timers go off a millisecond early, as those of Node may (seen on a busy machine). */
function turnableClock() {
  let now = 1_796_000_000_000
  const timers = new Set<{ at: number; work: () => void }>()
  return {
    // Time goes on while one looks.
    now: () => now++,
    random: () => 0.5,
    after(ms: number, work: () => void) {
      const timer = { at: now + Math.max(0, ms - 2), work }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    /** Lets time pass; work that it wakes is waited for. */
    async turn(ms: number) {
      const end = now + ms
      for (;;) {
        const next = [...timers].toSorted((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.work()
        await settle()
      }
      now = Math.max(now, end)
    },
  }
}
const settle = () => new Promise((wake) => setTimeout(wake, 2))

let dir: string
let clock: ReturnType<typeof turnableClock>
let journal: Journal
let handsets: Handsets
let outbox: Outbox
let isDown: boolean
let told: string[]
let tries: number

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outbox-'))
  clock = turnableClock()
  journal = openDataDir(dir)
  handsets = createHandsets({ recordingsDir: dir, clock, randomRef: () => 'r' })
  ;[isDown, told, tries] = [true, [], 0]
  const call = async (method: string, params: { readonly CALL_ID?: string }) => {
    tries += 1
    if (isDown) throw new PortalUnreachable(method, 'connect ECONNREFUSED')
    told.push(`${method} ${params.CALL_ID}`)
    return {}
  }
  const portal = { call, attachRecord: (callId: string) => call('attachRecord', { CALL_ID: callId }) } as unknown as PortalClient
  const progress = { tell: () => {}, card: () => {}, settled: async () => {} }
  outbox = createOutbox({ journal, pbx: handsets, progress, portal: () => portal, clock, log: () => {}, onMoved: () => {} })
})
afterEach(async () => {
  await outbox.close()
  journal.close()
  rmSync(dir, { recursive: true })
})

const ended = (callId: string, more: Partial<Call> = {}): Call => ({
  callId,
  direction: 'out',
  state: 'ended',
  userId: '5',
  extension: '101',
  number: '+15550100',
  line: '',
  extensionDigits: '',
  agentName: '',
  clientName: '',
  receivedAt: clock.now(),
  endedAt: clock.now(),
  statusCode: '486',
  ...more,
})
const end = (callId: string): void => {
  journal.insert(ended(callId))
  outbox.wake()
}

test('a portal that is down for an hour is asked now and then, and told of every call once when it is back', async () => {
  for (const callId of ['c1', 'c2', 'c3']) end(callId)
  await settle()
  await clock.turn(3_600_000)
  // 1, 2, 4 … 300 s: about twenty tries a call, not thousands.
  expect(tries).toBeGreaterThan(3 * 12)
  expect(tries).toBeLessThan(3 * 30)
  expect([journal.unreported(), told]).toEqual([3, []])
  isDown = false
  await clock.turn(5 * 60_000)
  expect(told.toSorted()).toEqual(['c1', 'c2', 'c3'].map((callId) => `telephony.externalCall.finish ${callId}`))
  expect(journal.unreported()).toBe(0)
})

test('the first report that gets through takes the others along at once; so does any word of the portal', async () => {
  end('c1')
  await settle()
  await clock.turn(3_000_000)
  end('c2')
  await settle()
  isDown = false
  await clock.turn(1_500)
  expect(told).toHaveLength(2)
  isDown = true
  end('c3')
  await settle()
  await clock.turn(3_000_000)
  isDown = false
  outbox.hear()
  await settle()
  expect(told).toHaveLength(3)
})

test('recordings stay on the PBX for their time, those that nobody took for a week; of open calls none goes', async () => {
  const dropped: string[] = []
  const there = ['attached', 'refused', 'open', 'orphan']
  const pbx = {
    ...handsets,
    listRecordings: async () => there.filter((callId) => !dropped.includes(callId)),
    dropRecording: async (callId: string) => void dropped.push(callId),
  }
  journal.insert(ended('attached', { state: 'attached' }))
  journal.insert(ended('refused', { state: 'closed' }))
  journal.insert(ended('open', { state: 'reported' }))
  const day = 24 * 3_600_000
  const sweep = () => sweepRecordings({ pbx, journal, clock, log: () => {}, keepMs: 2 * day })
  await sweep()
  expect(dropped).toEqual([])
  await clock.turn(2 * day)
  await sweep()
  expect(dropped).toEqual(['attached'])
  await clock.turn(5 * day)
  expect(await sweep()).toBe(2)
  expect(dropped).toEqual(['attached', 'refused', 'orphan'])
})
