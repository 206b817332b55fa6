import { expect, test } from 'vitest'
import { encodePhpForm, MalformedForm, parsePhpForm } from './php-form.ts'

test('an event body of the contract becomes nested maps of strings', () => {
  const body =
    'event=ONEXTERNALCALLSTART&event_handler_id=12&data%5BPHONE_NUMBER%5D=%2B15550100200&data%5BEXTENSION%5D=&ts=1790000000&auth%5Bscope%5D=crm%2Ctelephony'
  expect(parsePhpForm(body)).toEqual({
    event: 'ONEXTERNALCALLSTART',
    event_handler_id: '12',
    data: { PHONE_NUMBER: '+15550100200', EXTENSION: '' },
    ts: '1790000000',
    auth: { scope: 'crm,telephony' },
  })
})

test('deep keys, appended keys, plus signs and unescaped brackets are read as PHP reads them', () => {
  expect(parsePhpForm('data[FIELDS][ID]=7&list[]=a&list[]=b+c&flag')).toEqual({
    data: { FIELDS: { ID: '7' } },
    list: { 0: 'a', 1: 'b c' },
    flag: '',
  })
})

test('no key reaches a prototype', () => {
  const form = parsePhpForm('__proto__[polluted]=1&data[constructor][prototype][polluted]=1')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(Object.getPrototypeOf(form)).toBeNull()
})

test('bad escapes, conflicting keys, too many pairs and too deep keys are refused', () => {
  expect(() => parsePhpForm('a=%E0%A4%A')).toThrow(MalformedForm)
  expect(() => parsePhpForm('a=1&a[b]=2')).toThrow(MalformedForm)
  expect(() => parsePhpForm('a[b]=2&a=1')).toThrow(MalformedForm)
  expect(() => parsePhpForm(Array.from({ length: 2001 }, (_, i) => `k${i}=1`).join('&'))).toThrow(MalformedForm)
  expect(() => parsePhpForm(`a${'[x]'.repeat(10)}=1`)).toThrow(MalformedForm)
})

test('parameters are written as http_build_query writes them, and read back', () => {
  const text = encodePhpForm({ CALL_ID: 'a b', USER_ID: [1, 2], SHOW: true, none: null, empty: [], filter: { '>ID': 5 } })
  expect(text).toBe('CALL_ID=a+b&USER_ID%5B0%5D=1&USER_ID%5B1%5D=2&SHOW=1&filter%5B%3EID%5D=5')
  expect(parsePhpForm(text)).toEqual({ CALL_ID: 'a b', USER_ID: { 0: '1', 1: '2' }, SHOW: '1', filter: { '>ID': '5' } })
})
