import { expect, test } from 'vitest'
import { readCommand, readHeight, readTextOf, writeAnswer } from './frame-protocol.ts'

const sid = '0123456789abcdef0123456789abcdef'

test('a command with parameters and a callback is read whole, colons in the JSON included', () => {
  expect(readCommand(`setTitle:{"title":"Calls: today"}:key7:${sid}`, sid)).toEqual({
    method: 'setTitle',
    params: { title: 'Calls: today' },
    callback: 'key7',
  })
})

test('empty parts are left out by the app: only a callback, only parameters, or neither', () => {
  expect(readCommand(`getInitData:key1:${sid}`, sid)).toEqual({ method: 'getInitData', params: null, callback: 'key1' })
  expect(readCommand(`resizeWindow:{"width":"100%","height":500}:${sid}`, sid)).toEqual({
    method: 'resizeWindow',
    params: { width: '100%', height: 500 },
    callback: '',
  })
  expect(readCommand(`closeApplication:${sid}`, sid)).toEqual({ method: 'closeApplication', params: null, callback: '' })
})

test('the object form carries commands that have a colon', () => {
  expect(readCommand({ method: 'CallCard::close', params: '{"a":1}', callback: 'k', appSid: sid }, sid)).toEqual({
    method: 'CallCard::close',
    params: { a: 1 },
    callback: 'k',
  })
})

test('a message of another rendering, of another kind, or of no kind is no command', () => {
  expect(readCommand(`getInitData:key1:${'f'.repeat(32)}`, sid)).toBeNull()
  expect(readCommand({ method: 'getInitData', appSid: 'x' }, sid)).toBeNull()
  expect(readCommand({ hello: 'world' }, sid)).toBeNull()
  expect(readCommand(null, sid)).toBeNull()
  expect(readCommand(`:${sid}`, sid)).toBeNull()
})

test('an answer is the callback key and JSON', () => {
  expect(writeAnswer('key1', { AUTH_ID: 'x' })).toBe('key1:{"AUTH_ID":"x"}')
  expect(writeAnswer('key1', undefined)).toBe('key1:[]')
  expect(writeAnswer('key1', null)).toBe('key1:null')
})

test('a height an app asks for stays within what is sensible', () => {
  expect(readHeight({ height: '640' })).toBe(640)
  expect(readHeight({ height: 1e9 })).toBe(20_000)
  expect(readHeight({ height: 'tall' })).toBeNull()
})

test('a number to call is read from either form', () => {
  expect(readTextOf({ phone: '+12125550123' }, 'phone')).toBe('+12125550123')
  expect(readTextOf('+12125550123', 'phone')).toBe('+12125550123')
  expect(readTextOf({ other: 1 }, 'phone')).toBe('')
})
