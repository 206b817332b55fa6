import { expect, test } from 'vitest'
import { prettyBody, readFormBody } from './form-body.ts'
import { readPhases } from './phases.ts'

test('a form body is shown key by key, decoded, in its order', () => {
  expect(readFormBody('event=ONEXTERNALCALLSTART&data%5BPHONE_NUMBER%5D=%2B7+495+123&data%5BLINE_NUMBER%5D=')).toEqual([
    { name: 'event', value: 'ONEXTERNALCALLSTART' },
    { name: 'data[PHONE_NUMBER]', value: '+7 495 123' },
    { name: 'data[LINE_NUMBER]', value: '' },
  ])
})

test('a broken percent sign does not lose the pair', () => {
  expect(readFormBody('a=100%&b=2')).toEqual([
    { name: 'a', value: '100%' },
    { name: 'b', value: '2' },
  ])
})

test('JSON is no form, and is indented', () => {
  expect(readFormBody('{"a=1":2}')).toBeNull()
  expect(prettyBody('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(prettyBody('plain')).toBe('plain')
})

test('an attempt that never connected spent all its time connecting', () => {
  expect(readPhases({ durationMs: 3000, connectMs: null, dnsMs: null, tlsMs: null, firstByteMs: null })).toEqual([
    { name: 'connect', ms: 3000 },
  ])
  expect(readPhases({ durationMs: 100, connectMs: 10, dnsMs: null, tlsMs: null, firstByteMs: 90 })).toEqual([
    { name: 'connect', ms: 10 },
    { name: 'wait', ms: 80 },
    { name: 'read', ms: 10 },
  ])
})

test('the name and the handshake stand apart from the connection when they took place', () => {
  expect(readPhases({ durationMs: 100, connectMs: 40, dnsMs: 5, tlsMs: 20, firstByteMs: 90 })).toEqual([
    { name: 'dns', ms: 5 },
    { name: 'connect', ms: 15 },
    { name: 'tls', ms: 20 },
    { name: 'wait', ms: 50 },
    { name: 'read', ms: 10 },
  ])
})
