import { expect, test } from 'vitest'
import { formatDuration, formatMilliseconds } from './duration.ts'

test('a duration reads as on a phone', () => {
  expect(formatDuration(7)).toBe('0:07')
  expect(formatDuration(42.9)).toBe('0:42')
  expect(formatDuration(60)).toBe('1:00')
  expect(formatDuration(3789)).toBe('1:03:09')
})

test('a clock that runs behind the portal never shows a negative time', () => {
  expect(formatDuration(-3)).toBe('0:00')
  expect(formatDuration(Number.NaN)).toBe('0:00')
})

test('milliseconds keep the precision that is worth reading', () => {
  expect(formatMilliseconds(8.4)).toBe('8 ms')
  expect(formatMilliseconds(8.4, 'ru')).toMatch(/^8\s?мс$/)
  expect(formatMilliseconds(1240)).toBe('1.24 sec')
  expect(formatMilliseconds(10_000)).toBe('10.0 sec')
  expect(formatMilliseconds(223_400)).toBe('3:43')
})
