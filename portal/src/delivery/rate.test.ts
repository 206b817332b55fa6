import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextTurnAt, takeTurn } from './rate.ts'

/** The times at which POSTs start that all want to start at once. */
function startsOf(count: number, perMinute: number | null): number[] {
  const starts: number[] = []
  let turn = 0
  let now = 1_000_000
  for (let n = 0; n < count; n++) {
    now = Math.max(now, nextTurnAt(turn, now, perMinute))
    turn = takeTurn(turn, now, perMinute)
    starts.push(now - 1_000_000)
  }
  return starts
}

test('without a limit all start at once', () => {
  expect(startsOf(3, null)).toEqual([0, 0, 0])
})

test('a slow handler gets one after the other, a fast one a second’s worth at once', () => {
  expect(startsOf(3, 6)).toEqual([0, 10_000, 20_000])
  expect(startsOf(12, 600).filter((at) => at === 0)).toHaveLength(10)
})

test('in no minute there are more than the limit and a second’s worth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (perMinute) => {
      const starts = startsOf(perMinute * 2, perMinute)
      const burst = Math.max(1, Math.ceil(perMinute / 60))
      const worst = Math.max(...starts.map((from, index) => starts.slice(index).filter((at) => at < from + 60_000 - 1).length))
      expect(worst).toBeLessThanOrEqual(perMinute + burst)
    }),
    { numRuns: 30 },
  )
})

test('a clock that was set back holds nobody for longer than one turn', () => {
  const turn = takeTurn(0, 10_000_000, 6)
  expect(nextTurnAt(turn, 5_000, 6)).toBe(5_000)
})
