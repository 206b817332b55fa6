/** Many calls at once on one Asterisk: 100 in `npm run test:long`, a handful otherwise. Prints what it measured; `npm run bench:calls` runs it. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../support/portal.ts'
import { startOffice, until, type Office } from './office.ts'
import { startSipPhone, type SipCall, type SipPhone } from './sip-phone.ts'

const isLong = process.env['LONG'] === '1'
const count = Number(process.env['HOOKSWITCH_TEST_CALLS'] ?? (isLong ? 100 : 8))
/** Between two clicks: as many people click as a busy office has, not all in one moment. */
const PAUSE_MS = 150

let desks: SipPhone
let office: Office
const people: Person[] = []

beforeAll(async () => {
  desks = await startSipPhone({ hz: 440 })
  const extensions = Array.from({ length: count }, (_, i) => String(2001 + i))
  office = await startOffice({
    phones: Object.fromEntries(extensions.map((extension) => [extension, { contact: desks.port }])),
    asterisk: { maxCalls: 200 },
  })
  for (const extension of extensions) people.push(await office.house.addPerson(`Ann${extension}`, extension))
}, 120_000)
afterAll(async () => {
  await office?.stop()
  await desks?.close()
})

const p95 = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0

test(`${count} calls at once: each desk rings at once, all talk, all are finished right`, async () => {
  const clickedAt = new Map<string, number>()
  const rungAfterMs: number[] = []
  const clients: SipCall[] = []
  desks.onInvite = (call) => {
    rungAfterMs.push(performance.now() - clickedAt.get(call.to)!)
    call.answer()
  }
  office.world.onInvite = (call) => {
    clients.push(call)
    call.answer()
  }
  const callIds: string[] = []
  const [clicks, startedAt] = [[] as Promise<void>[], performance.now()]
  for (const [i, person] of people.entries()) {
    const extension = String(2001 + i)
    clickedAt.set(extension, performance.now())
    clicks.push(office.click(`+1555016${String(1000 + i)}`, person).then((callId) => void callIds.push(callId)))
    await wait(PAUSE_MS)
  }
  await Promise.all(clicks)
  await until(() => clients.length === count, 'all customers are called')
  const states = async () => Promise.all(callIds.map(async (callId) => (await office.call(callId)).state))
  await until(async () => (await states()).every((state) => state === 'talking'), 'all talk at once')
  const talkingAfterMs = performance.now() - startedAt
  for (const client of clients) client.bye()
  const finished = []
  for (const callId of callIds) finished.push(await office.finished(callId))
  process.stdout.write(
    `${count} calls at once: click to INVITE p95 ${p95(rungAfterMs).toFixed(1)} ms, most ${Math.max(...rungAfterMs).toFixed(1)} ms; all talk after ${(talkingAfterMs / 1000).toFixed(1)} s\n`,
  )
  expect(desks.calls).toHaveLength(count)
  expect(finished.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: count }, () => '200'))
  expect(finished.filter(({ recording }) => recording === null)).toEqual([])
  for (const { durationSeconds, recording } of finished)
    expect(Math.abs(durationSeconds! - recording.durationSeconds)).toBeLessThanOrEqual(1)
  await office.expectQuiet()
})
