/**
 * Many calls at once on one Asterisk: 100 in `npm run test:long`, a handful otherwise. As shipped, portal and connector are processes of their
 * own; so are the phones. Prints what it measured; `npm run bench:calls` runs it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../support/portal.ts'
import type { PortalProcess } from '../support/processes.ts'
import { expectRecordedWhole, startOffice, until, type Office } from './office.ts'
import { monotonicMs, startPhonesProcess, type PhonesProcess } from './phones-process.ts'
import { movePortal } from './portal-process.ts'

const isLong = process.env['LONG'] === '1'
const count = Number(process.env['HOOKSWITCH_TEST_CALLS'] ?? (isLong ? 100 : 8))
/** Between two clicks: as many people click as a busy office has, not all in one moment. */
const PAUSE_MS = 150

let phones: PhonesProcess
let office: Office
let portal: PortalProcess
const people = new Map<string, Person>()

beforeAll(async () => {
  phones = await startPhonesProcess()
  const extensions = Array.from({ length: count }, (_, i) => String(2001 + i))
  office = await startOffice({
    phones: Object.fromEntries(extensions.map((extension) => [extension, { contact: phones.deskPort }])),
    worldPort: phones.worldPort,
    isProcess: true,
    asterisk: { maxCalls: 200 },
  })
  for (const extension of extensions) people.set(extension, await office.house.addPerson(`Ann${extension}`, extension))
  portal = await movePortal(office.house)
}, 120_000)
afterAll(async () => {
  await portal?.kill()
  await office?.stop()
  await phones?.close()
})

/** the value that `share` of the values do not exceed */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0

test(`${count} calls at once: each desk rings at once, all talk, all are finished right`, async () => {
  // a call that an earlier try has left is none of this one
  phones.hangUp()
  await phones.rung()
  const clickedAt = new Map<string, number>()
  const callIds: string[] = []
  const [clicks, startedAt] = [[] as Promise<void>[], performance.now()]
  for (const [extension, person] of people) {
    clickedAt.set(extension, monotonicMs())
    clicks.push(office.click(`+155501${extension}`, person).then((callId) => void callIds.push(callId)))
    await wait(PAUSE_MS)
  }
  await Promise.all(clicks)
  const states = async () => Promise.all(callIds.map(async (callId) => (await office.call(callId)).state))
  await until(async () => (await states()).every((state) => state === 'talking'), 'all talk at once')
  const talkingAfterMs = performance.now() - startedAt
  const { desks, world } = await phones.rung()
  phones.hangUp()
  const finished = []
  for (const callId of callIds) finished.push(await office.finished(callId))
  const rungAfterMs = desks.map(({ to, at }) => at - clickedAt.get(to)!)
  const [half, most, all] = [0.5, 0.95, 1].map((share) => quantile(rungAfterMs, share).toFixed(1))
  const talking = `all talk after ${(talkingAfterMs / 1000).toFixed(1)} s`
  process.stdout.write(`${count} calls at once: click to INVITE p95 ${most} ms, median ${half} ms, most ${all} ms; ${talking}\n`)
  expect(desks.map(({ to }) => to).toSorted()).toEqual([...people.keys()])
  expect(world).toHaveLength(count)
  expect(finished.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: count }, () => '200'))
  expect(finished.filter(({ recording }) => recording === null)).toEqual([])
  for (const call of finished) expectRecordedWhole(call)
  await office.expectQuiet()
})
