import { expect, test } from 'vitest'
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
