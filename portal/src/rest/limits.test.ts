import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../caller.ts'
import { Intensity, OperatingTime, bucketSizes, liveMinutes, pour, spend, type Bucket, type Limits, type Minute } from './limits.ts'

const size = fc.record({ capacity: fc.integer({ min: 1, max: 300 }), perSecond: fc.double({ min: 0.1, max: 20, noNaN: true }) })
const steps = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 400 })

describe('a leaky bucket', () => {
  test('never lets more through than its capacity and what leaked, from any moment on', () => {
    fc.assert(
      fc.property(size, steps, (bucketSize, waits) => {
        let bucket: Bucket | undefined
        let nowMs = 1_000_000
        const admitted: number[] = []
        for (const wait of waits) {
          nowMs += wait
          const poured = pour(bucket, bucketSize, nowMs)
          bucket = poured.bucket
          if (!poured.isFull) admitted.push(nowMs)
        }
        for (const [first, startMs] of admitted.entries())
          for (const [last, endMs] of admitted.entries())
            if (last >= first)
              expect(last - first + 1).toBeLessThanOrEqual(bucketSize.capacity + bucketSize.perSecond * ((endMs - startMs) / 1000) + 1e-6)
      }),
      { numRuns: 60 },
    )
  })

  test('refuses nobody who asks no faster than it leaks', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 300 }), (bucketSize, count) => {
        let bucket: Bucket | undefined
        const everyMs = Math.ceil(1000 / bucketSize.perSecond)
        for (let index = 0; index < count; index++) {
          const poured = pour(bucket, bucketSize, index * everyMs)
          expect(poured.isFull).toBe(false)
          bucket = poured.bucket
        }
      }),
    )
  })

  test('of the usual tariff holds 50 at once, then two a second', () => {
    let bucket: Bucket | undefined
    const ask = (nowMs: number): boolean => {
      const poured = pour(bucket, bucketSizes.standard, nowMs)
      bucket = poured.bucket
      return !poured.isFull
    }
    expect(Array.from({ length: 60 }, () => ask(0)).filter(Boolean)).toHaveLength(50)
    expect([ask(499), ask(500), ask(500), ask(1000), ask(1000)]).toEqual([false, true, false, true, false])
    expect(Array.from({ length: 60 }, () => ask(3_600_000)).filter(Boolean)).toHaveLength(50)
  })

  test('leaks nothing while the clock goes back', () => {
    const full = { level: 50, atMs: 10_000 }
    expect(pour(full, bucketSizes.standard, 0)).toEqual({ bucket: full, isFull: true })
  })
})

describe('operating time', () => {
  const calls = fc.array(
    fc.record({ waitMs: fc.integer({ min: 0, max: 200_000 }), seconds: fc.double({ min: 0, max: 60, noNaN: true }) }),
    {
      maxLength: 200,
    },
  )

  test('is in at most ten buckets, each begun a minute after the one before, none older than ten minutes', () => {
    fc.assert(
      fc.property(calls, (all) => {
        let minutes: readonly Minute[] = []
        let nowMs = 0
        for (const { waitMs, seconds } of all) {
          nowMs += waitMs
          minutes = spend(minutes, seconds, nowMs)
          expect(minutes.length).toBeLessThanOrEqual(10)
          for (const [index, { startMs }] of minutes.entries()) {
            expect(startMs).toBeGreaterThan(nowMs - 600_000)
            if (index > 0) expect(startMs - minutes[index - 1]!.startMs).toBeGreaterThanOrEqual(60_000)
          }
        }
      }),
    )
  })

  test('sums what was spent in the last nine minutes whole, and nothing older than ten', () => {
    fc.assert(
      fc.property(calls, (all) => {
        let minutes: readonly Minute[] = []
        let nowMs = 0
        const spent: Array<{ atMs: number; seconds: number }> = []
        for (const { waitMs, seconds } of all) {
          nowMs += waitMs
          spent.push({ atMs: nowMs, seconds })
          minutes = spend(minutes, seconds, nowMs)
          const sum = liveMinutes(minutes, nowMs).reduce((total, minute) => total + minute.seconds, 0)
          const since = (ms: number): number => spent.filter((one) => one.atMs > nowMs - ms).reduce((total, one) => total + one.seconds, 0)
          expect(sum).toBeGreaterThanOrEqual(since(540_000) - 1e-6)
          expect(sum).toBeLessThanOrEqual(since(600_000) + 1e-6)
        }
      }),
    )
  })

  const caller = (change: Partial<Caller>): Caller => ({
    portalId: 1,
    userId: 1,
    isAdmin: true,
    via: 'app',
    appId: 3,
    scope: new Set(),
    ...change,
  })

  test('is each app’s and each webhook’s own, and each method’s', () => {
    const time = new OperatingTime()
    const callers = [
      caller({}),
      caller({ appId: 4 }),
      caller({ portalId: 2 }),
      caller({ via: 'webhook', appId: null, webhookId: 1 }),
      caller({ via: 'webhook', appId: null, webhookId: 2 }),
    ]
    for (const [index, one] of callers.entries())
      expect(time.add({ caller: one, method: 'a', seconds: index + 1, nowMs: 0 })).toEqual({
        operating: index + 1,
        operating_reset_at: 600,
      })
    expect(time.add({ caller: callers[0]!, method: 'b', seconds: 9, nowMs: 0 }).operating).toBe(9)
    // a user of an app more: the app's time all the same
    expect(time.add({ caller: caller({ userId: 2 }), method: 'a', seconds: 1, nowMs: 0 }).operating).toBe(2)
  })

  test('blocks a method at its limit until operating_reset_at, and no other one', () => {
    const time = new OperatingTime()
    const check = (method: string, nowMs: number) => () => time.check({ caller: caller({}), method, nowMs, limitSeconds: 480 })
    expect(time.add({ caller: caller({}), method: 'a', seconds: 300, nowMs: 0 }).operating_reset_at).toBe(600)
    expect(check('a', 1000)).not.toThrow()
    expect(time.add({ caller: caller({}), method: 'a', seconds: 180, nowMs: 300_000 })).toEqual({ operating: 480, operating_reset_at: 600 })
    expect(check('a', 300_000)).toThrow(expect.objectContaining({ code: 'OPERATION_TIME_LIMIT', status: 429 }))
    expect(check('b', 300_000)).not.toThrow()
    expect(check('a', 599_999)).toThrow()
    expect(check('a', 600_000)).not.toThrow()
    expect(time.add({ caller: caller({}), method: 'a', seconds: 0, nowMs: 600_000 })).toEqual({ operating: 180, operating_reset_at: 900 })
  })
})

test('intensity is counted per portal and address', () => {
  const intensity = new Intensity()
  const limits: Limits = { bucket: { capacity: 1, perSecond: 1 }, operatingSeconds: 480, requestSeconds: 60, isOverloaded: false }
  const ask = (portalId: number, address: string) => () => intensity.admit({ portalId, address, limits, nowMs: 0 })
  for (const [portalId, address] of [
    [1, 'a'],
    [1, 'b'],
    [2, 'a'],
  ] as const) {
    expect(ask(portalId, address)).not.toThrow()
    expect(ask(portalId, address)).toThrow(expect.objectContaining({ code: 'QUERY_LIMIT_EXCEEDED', status: 503 }))
  }
  // ten thousand addresses later the first ones are forgotten, nothing grows for ever
  for (let index = 0; index < 12_000; index++) ask(3, String(index))()
  expect(ask(1, 'a')).not.toThrow()
})
