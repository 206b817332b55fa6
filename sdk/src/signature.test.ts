import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { isSameText, isSignedBody, signBody } from './signature.ts'

const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`
const now = 1_790_000_000_000
const signed = (body: string, at = now / 1000) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(at),
  'webhook-signature': signBody(secret, 'msg_1', at, body),
})

test('the example of the Standard Webhooks specification verifies', () => {
  const body = '{"test": 2432232314}'
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  expect(isSignedBody('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', headers, body, 1614265330_000)).toBe(true)
})

test('a changed body, a foreign secret, a missing header and an old time are refused', () => {
  expect(isSignedBody(secret, signed('a=1'), 'a=1', now)).toBe(true)
  expect(isSignedBody(secret, signed('a=1'), 'a=2', now)).toBe(false)
  expect(isSignedBody('whsec_AAAA', signed('a=1'), 'a=1', now)).toBe(false)
  expect(isSignedBody(secret, { ...signed('a=1'), 'webhook-id': undefined }, 'a=1', now)).toBe(false)
  expect(isSignedBody(secret, signed('a=1', now / 1000 - 301), 'a=1', now)).toBe(false)
  expect(isSignedBody(secret, signed('a=1', now / 1000 + 301), 'a=1', now)).toBe(false)
})

test('one of several signatures is enough while a secret is being changed', () => {
  const headers = signed('a=1')
  expect(isSignedBody(secret, { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` }, 'a=1', now)).toBe(true)
})

test('texts of different lengths are different, not an exception', () => {
  expect(isSameText('abc', 'abc')).toBe(true)
  expect(isSameText('abc', 'abcd')).toBe(false)
  expect(isSameText('', 'a')).toBe(false)
})

describe('beside the library of Standard Webhooks', () => {
  const nowMs = Date.now()
  const atS = Math.floor(nowMs / 1000)
  const anySecret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`)
  const anyId = fc.stringMatching(/^msg_[0-9A-Za-z_]{1,40}$/)
  const anyBody = fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.toWellFormed())
  const libraryVerifies = (by: string, headers: Record<string, string>, body: string): boolean => {
    try {
      new Webhook(by).verify(body, headers, { jsonParse: false })
      return true
    } catch {
      return false
    }
  }

  test('what we sign it verifies, and what it signs we verify', () => {
    fc.assert(
      fc.property(anySecret, anyId, anyBody, (by, id, body) => {
        const ours = signBody(by, id, atS, body)
        const theirs = new Webhook(by).sign(id, new Date(atS * 1000), body)
        expect(ours).toBe(theirs)
        const headers = { 'webhook-id': id, 'webhook-timestamp': String(atS), 'webhook-signature': theirs }
        expect([isSignedBody(by, headers, body, nowMs), libraryVerifies(by, headers, body)]).toEqual([true, true])
      }),
    )
  })

  test('while a secret is being changed, both verify by the old and by the new one, and neither by a third', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anySecret, { minLength: 3, maxLength: 3 }),
        anyId,
        anyBody,
        ([older = '', newer = '', third = ''], id, body) => {
          const both = `${signBody(newer, id, atS, body)} ${signBody(older, id, atS, body)}`
          const headers = { 'webhook-id': id, 'webhook-timestamp': String(atS), 'webhook-signature': both }
          for (const [by, isGood] of [
            [older, true],
            [newer, true],
            [third, false],
          ] as const)
            expect([isSignedBody(by, headers, body, nowMs), libraryVerifies(by, headers, body)]).toEqual([isGood, isGood])
        },
      ),
    )
  })

  test('both refuse the same broken headers', () => {
    const good = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(atS), 'webhook-signature': signBody(secret, 'msg_1', atS, 'a=1') }
    const broken: ReadonlyArray<Record<string, string>> = [
      { ...good, 'webhook-timestamp': String(atS - 400) },
      { ...good, 'webhook-timestamp': String(atS + 400) },
      { ...good, 'webhook-timestamp': 'soon' },
      { ...good, 'webhook-id': 'msg_2' },
      { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') },
      { ...good, 'webhook-signature': 'v1,' },
      { ...good, 'webhook-signature': '' },
    ]
    for (const headers of broken)
      expect([isSignedBody(secret, headers, 'a=1', nowMs), libraryVerifies(secret, headers, 'a=1')], JSON.stringify(headers)).toEqual([
        false,
        false,
      ])
  })
})
