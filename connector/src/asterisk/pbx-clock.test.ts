import { expect, test } from 'vitest'
import { createPbxClock } from './pbx-clock.ts'

const start = Date.UTC(2026, 11, 1, 10)

/** A PBX and our clock. */
function createPair() {
  let now = start
  const timeOf = createPbxClock({ now: () => now })
  return {
    timeOf,
    pass: (ms: number) => (now += ms),
    now: () => now,
    /** an event that happens now, by a clock that is so far ahead of ours, and is heard `delayMs` later */
    hear(aheadMs: number, delayMs: number): number {
      const stamp = new Date(now + aheadMs).toISOString().replace('Z', '+0000')
      now += delayMs
      return timeOf(stamp)
    },
  }
}

test.each([0, 3_600_000, -3_600_000])(
  'a clock that is %i ms ahead is put right, and what took long to get here keeps its time',
  (aheadMs) => {
    const pair = createPair()
    pair.hear(aheadMs, 2)
    pair.pass(10_000)
    const happened = pair.now()
    expect(pair.hear(aheadMs, 900)).toBe(happened + 2)
  },
)

test.each([3_600_000, -3_600_000, -10_000])('a clock that is set by %i ms between two events makes their distance no other', (setByMs) => {
  const pair = createPair()
  const answered = pair.hear(0, 5)
  pair.pass(60_000)
  expect(pair.hear(setByMs, 5) - answered).toBe(60_005)
  pair.pass(1_000)
  expect(pair.hear(setByMs, 5) - answered).toBe(61_010)
})

test('the zone of the timestamp counts; without a timestamp it is now', () => {
  const { timeOf, pass } = createPair()
  timeOf('2026-12-01T10:00:00.000+0000')
  pass(1000)
  expect(timeOf('2026-12-01T12:00:01.000+0200')).toBe(start + 1000)
  expect(timeOf(undefined)).toBe(start + 1000)
  expect(timeOf('yesterday')).toBe(start + 1000)
})
