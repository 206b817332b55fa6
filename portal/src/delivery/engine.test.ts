import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, decideAbandoned, readRefusal, readRetryAfter, type Ending, type Situation } from './engine.ts'

const dial = (change: Partial<Situation> = {}): Situation => ({
  deliveryClass: 'dial',
  attempts: 1,
  createdAt: 0,
  deadlineAt: 30_000,
  retries: true,
  now: 1000,
  random: 0.5,
  ...change,
})
const notice = (change: Partial<Situation> = {}): Situation => ({ ...dial(change), deliveryClass: 'notice', deadlineAt: null, ...change })
const answered = (status: number, more: Partial<Extract<Ending, { kind: 'answered' }>> = {}): Ending => ({
  kind: 'answered',
  status,
  retryAfterMs: null,
  refusal: null,
  ...more,
})

describe('a dial', () => {
  test.each([
    [answered(200), 'delivered', null],
    [answered(204), 'delivered', null],
    [answered(200, { refusal: { code: 'busy', text: 'on another call' } }), 'failed', 'refused'],
    [answered(302), 'failed', 'http_3xx'],
    [answered(404), 'failed', 'http_4xx'],
    [answered(500), 'unconfirmed', 'http_5xx'],
    [answered(503), 'unconfirmed', 'http_5xx'],
    [answered(503, { retryAfterMs: 1000 }), 'retrying', 'http_5xx'],
    [answered(429), 'retrying', 'http_429'],
    [{ kind: 'silent', reason: 'timeout', error: '' } as const, 'unconfirmed', 'timeout'],
    [{ kind: 'silent', reason: 'connection_lost', error: '' } as const, 'unconfirmed', 'connection_lost'],
    [{ kind: 'not_sent', reason: 'connect', error: '' } as const, 'retrying', 'connect'],
    [{ kind: 'not_sent', reason: 'dns', error: '' } as const, 'retrying', 'dns'],
    [{ kind: 'not_sent', reason: 'tls', error: '' } as const, 'retrying', 'tls'],
    [{ kind: 'not_sent', reason: 'ssrf_blocked', error: 'no' } as const, 'failed', 'ssrf_blocked'],
  ])('after %j is %s for %s', (ending, state, reason) => {
    expect(decide(dial(), ending)).toMatchObject({ state, reason })
  })

  test('is never sent again once its request was written', () => {
    const written = fc.oneof(
      fc.record({
        kind: fc.constant('silent' as const),
        reason: fc.constantFrom('timeout' as const, 'connection_lost' as const),
        error: fc.string(),
      }),
      fc
        .integer({ min: 200, max: 599 })
        .filter((status) => status !== 429)
        .map((status) => answered(status)),
    )
    fc.assert(
      fc.property(
        written,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 60_000 }),
        (ending, attempts, now) => decide(dial({ attempts, now }), ending).state !== 'retrying',
      ),
    )
  })

  test('that failed with others does not come again at the same moment as they', () => {
    const refused: Ending = { kind: 'not_sent', reason: 'connect', error: '' }
    const dues = [0, 0.25, 0.5, 0.75, 0.999].map((random) => decide(dial({ random }), refused).dueAt)
    expect(dues).toEqual([1160, 1180, 1200, 1220, 1240])
  })

  test('comes never before its handler asked for, however its pause is spread', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(chance, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20_000 }), (random, attempts, retryAfterMs) => {
        const { dueAt } = decide(dial({ random, attempts }), answered(429, { retryAfterMs }))
        return dueAt !== null && dueAt >= 1000 + retryAfterMs
      }),
    )
  })

  test('does not expire because its pause was spread beyond its deadline', () => {
    const refused: Ending = { kind: 'not_sent', reason: 'connect', error: '' }
    expect(decide(dial({ now: 29_790, random: 0.999 }), refused)).toMatchObject({ state: 'retrying', dueAt: 29_990 })
  })

  test('is never due at or after its deadline', () => {
    const retryable = fc.oneof(
      fc.record({
        kind: fc.constant('not_sent' as const),
        reason: fc.constantFrom('dns' as const, 'connect' as const, 'tls' as const),
        error: fc.string(),
      }),
      fc.option(fc.integer({ min: 0, max: 100_000 })).map((retryAfterMs) => answered(429, { retryAfterMs })),
    )
    fc.assert(
      fc.property(retryable, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 60_000 }), (ending, attempts, now) => {
        const decision = decide(dial({ attempts, now }), ending)
        return decision.state === 'expired'
          ? decision.dueAt === null
          : decision.state === 'retrying' && decision.dueAt! < 30_000 && decision.dueAt! >= now
      }),
    )
  })

  test('that was under way when its process died is not sent again, unless its handler drops repeats', () => {
    expect(decideAbandoned({ deliveryClass: 'dial', dedupes: false, deadlineAt: 30_000, now: 1000 })).toMatchObject({
      state: 'unconfirmed',
      reason: 'crash',
    })
    expect(decideAbandoned({ deliveryClass: 'dial', dedupes: true, deadlineAt: 30_000, now: 1000 })).toMatchObject({
      state: 'retrying',
      dueAt: 1000,
    })
    expect(decideAbandoned({ deliveryClass: 'dial', dedupes: true, deadlineAt: 30_000, now: 30_000 })).toMatchObject({ state: 'expired' })
  })
})

describe('a notice', () => {
  test('is retried after every refusal and silence, with growing waits, and fails in the end', () => {
    let now = 0
    for (let attempts = 1; ; attempts++) {
      const decision = decide(notice({ attempts, now }), attempts % 2 ? answered(500) : { kind: 'silent', reason: 'timeout', error: '' })
      if (decision.state === 'failed') {
        expect(attempts).toBe(11)
        break
      }
      expect(decision.state).toBe('retrying')
      now = decision.dueAt!
    }
    expect(now).toBeGreaterThan(24 * 3_600_000)
  })

  test('waits at least as long as Retry-After says', () => {
    expect(decide(notice(), answered(503, { retryAfterMs: 3_600_000 })).dueAt).toBe(3_601_000)
  })

  test('of a handler without retries has one try', () => {
    expect(decide(notice({ retries: false }), answered(500))).toMatchObject({ state: 'failed', reason: 'http_5xx' })
  })
})

describe('what a handler answers', () => {
  test('Retry-After is read as seconds or a date', () => {
    expect(readRetryAfter('3', 0)).toBe(3000)
    expect(readRetryAfter(new Date(10_000).toUTCString(), 4000)).toBe(6000)
    expect(readRetryAfter('soon', 0)).toBeNull()
    expect(readRetryAfter(undefined, 0)).toBeNull()
  })

  test('a refusal is read out of JSON and out of nothing else', () => {
    expect(readRefusal('{"refused":{"code":"busy","text":"on the phone"}}', 'application/json')).toEqual({
      code: 'busy',
      text: 'on the phone',
    })
    expect(readRefusal('{"ok":true}', 'application/json')).toBeNull()
    expect(readRefusal('{"refused":true}', 'application/json')).toBeNull()
    expect(readRefusal('refused', 'text/html')).toBeNull()
    expect(readRefusal('{"refused":{"code"', 'application/json')).toBeNull()
  })
})
