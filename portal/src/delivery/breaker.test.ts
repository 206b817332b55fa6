import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakerState, closedBreaker, healthOf, learn, type Breaker, type Evidence } from './breaker.ts'
import type { Ending } from './engine.ts'

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  health: 'unhealthy',
  deliveryId: 1,
  reason: 'timeout',
  startedAt: 0,
  now: 0,
  ...change,
})
const after = (breaker: Breaker, ...all: ReadonlyArray<Partial<Evidence>>): Breaker =>
  all.reduce<Breaker>((known, one) => learn(known, evidence({ startedAt: one.now ?? 0, ...one })), breaker)
const five = [1, 2, 3, 4, 5].map((deliveryId) => ({ deliveryId, now: deliveryId * 100 }))

describe('a breaker', () => {
  test('opens after five failures of at least three deliveries, and rests 5 s', () => {
    expect(after(closedBreaker, ...five.slice(0, 4)).openedAt).toBeNull()
    const open = after(closedBreaker, ...five)
    expect(open).toMatchObject({ openedAt: 500, retryAt: 5500, reason: 'timeout' })
    expect([breakerState(open, 5499), breakerState(open, 5500)]).toEqual(['open', 'half_open'])
  })

  test('does not open for one delivery that is tried again and again', () => {
    const tries = Array.from({ length: 40 }, (_, n) => ({ deliveryId: n % 2, now: n * 100 }))
    expect(after(closedBreaker, ...tries).openedAt).toBeNull()
  })

  test('does not open for failures that are far apart, or with a sign of health between them', () => {
    expect(after(closedBreaker, ...five.map((one, n) => ({ ...one, now: n * 60_000 }))).openedAt).toBeNull()
    expect(after(closedBreaker, ...five.slice(0, 4), { health: 'healthy' }, ...five.slice(4)).openedAt).toBeNull()
  })

  test('is closed by any sign of health', () => {
    expect(after(closedBreaker, ...five, { health: 'healthy', now: 600 })).toBe(closedBreaker)
  })

  test('rests twice as long after each failed try, two minutes at most', () => {
    let breaker = after(closedBreaker, ...five)
    const rests: number[] = []
    for (let n = 0; n < 7; n++) {
      const now = breaker.retryAt
      breaker = after(breaker, { now, deliveryId: 10 + n })
      rests.push(breaker.retryAt - now)
    }
    expect(rests).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000])
  })

  test('learns nothing from attempts that began before it opened', () => {
    const open = after(closedBreaker, ...five)
    expect(learn(open, evidence({ startedAt: 400, now: 10_000 }))).toBe(open)
  })

  test('is not kept open by a clock that was set back', () => {
    const open = after(closedBreaker, ...five.map((one) => ({ ...one, now: 10_000_000 + one.now })))
    expect(breakerState(open, 0)).toBe('half_open')
  })

  test('never opens without a failure, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ health: fc.constantFrom('healthy' as const, 'unclear' as const), now: fc.nat() })), (all) => {
        expect(after(closedBreaker, ...all).openedAt).toBeNull()
      }),
    )
  })
})

describe('the health of a handler', () => {
  const answered = (status: number, retryAfterMs: number | null = null): Ending => ({
    kind: 'answered',
    status,
    retryAfterMs,
    refusal: null,
  })
  test.each([
    [answered(200), 'healthy'],
    [answered(302), 'healthy'],
    [answered(404), 'healthy'],
    [answered(410), 'healthy'],
    [answered(429), 'unclear'],
    [answered(503, 1000), 'unclear'],
    [answered(503), 'unhealthy'],
    [answered(500), 'unhealthy'],
    [{ kind: 'silent', reason: 'timeout', error: '' } as const, 'unhealthy'],
    [{ kind: 'not_sent', reason: 'dns', error: '' } as const, 'unhealthy'],
    [{ kind: 'not_sent', reason: 'ssrf_blocked', error: '' } as const, 'unclear'],
  ])('after %j is %s', (ending, health) => {
    expect(healthOf(ending, false)).toBe(health)
  })

  test('is good when the app has reported about the call, however silent the handler is', () => {
    expect(healthOf({ kind: 'silent', reason: 'timeout', error: '' }, true)).toBe('healthy')
  })
})
