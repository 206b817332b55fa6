import { expect, test } from 'vitest'
import type { Call } from '../api/types.ts'
import { withLeaving, type ShownCall } from './leaving.ts'

const call = (callId: string): Call => ({ callId }) as Call
const shown = (...names: string[]): ShownCall[] => names.map((name) => ({ call: call(name), isLeaving: false }))
const names = (all: ShownCall[]): string[] => all.map((one) => (one.isLeaving ? `(${one.call.callId})` : one.call.callId))

test('a call that is gone stays where it stood, so no other card moves', () => {
  expect(names(withLeaving(shown('a', 'b', 'c'), [call('a'), call('c')]))).toEqual(['a', '(b)', 'c'])
  expect(names(withLeaving(shown('a', 'b'), [call('b')]))).toEqual(['(a)', 'b'])
  expect(names(withLeaving(shown('a', 'b', 'c'), []))).toEqual(['(a)', '(b)', '(c)'])
})

test('a new call comes to its place while others leave', () => {
  expect(names(withLeaving(shown('a', 'b'), [call('new'), call('b')]))).toEqual(['(a)', 'new', 'b'])
})

test('a call that comes back while it leaves is shown again', () => {
  const leaving = withLeaving(shown('a'), [])
  expect(names(withLeaving(leaving, [call('a')]))).toEqual(['a'])
})
