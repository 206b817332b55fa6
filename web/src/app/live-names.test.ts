import { expect, test } from 'vitest'
import { readChangedNames, staleKeysOf } from './live-names.ts'

test('a change of one contact refreshes its card, its timeline and the list of contacts, and no other card', () => {
  expect(staleKeysOf('contact:4')).toEqual([
    ['card', 'contact', 4],
    ['timeline', 'contact', 4],
    ['rows', 'contact'],
    ['calls', 'open'],
  ])
})

test('a change of one call refreshes the open call cards and the timelines', () => {
  const keys = staleKeysOf('call:externalCall.1f.1700000000')
  expect(keys).toContainEqual(['calls', 'open'])
  expect(keys).toContainEqual(['timeline'])
})

test('a note refreshes the bell, a change of settings the compatibility switches', () => {
  expect(staleKeysOf('notifications')).toEqual([['notifications']])
  expect(staleKeysOf('settings')).toContainEqual(['switches'])
})

test('a star makes everything stale: names were missed', () => {
  expect(staleKeysOf('*')).toEqual([[]])
})

test('a name this version does not know refreshes nothing', () => {
  expect(staleKeysOf('weather')).toEqual([])
})

test('a message that is not JSON, or has no list of names, names nothing', () => {
  expect(readChangedNames('{"names":["calls","call:1"]}')).toEqual(['calls', 'call:1'])
  expect(readChangedNames('{"names":["calls",7]}')).toEqual(['calls'])
  expect(readChangedNames('{"names":"calls"}')).toEqual([])
  expect(readChangedNames('hello')).toEqual([])
})
