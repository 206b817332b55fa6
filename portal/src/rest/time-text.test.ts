import { describe, expect, it } from 'vitest'
import { isoText, looseIsoText } from './time-text.ts'

describe('a time as clients write it', () => {
  it.each([
    ['2026-02-01', '2026-02-01'],
    [' 2026-02-01 10:00 ', '2026-02-01 10:00'],
    ['2026-02-01T10:00:00 03:00', '2026-02-01T10:00:00+03:00'],
    ['2026-02-01 10:00:00.5 0300', '2026-02-01 10:00:00.5+0300'],
    ['01.02.2026', '2026-02-01'],
    ['01.02.2026 10:00', '2026-02-01 10:00'],
    ['31.12.2026 23:59:59', '2026-12-31 23:59:59'],
    ['02/01/2026', null],
    ['1.2.2026', null],
    ['01.02.2026 soon', null],
    ['soon', null],
    ['', null],
  ])('%j is read as %j', (text, expected) => {
    expect(looseIsoText(text)).toBe(expected)
  })

  it('has no dots where only ISO 8601 is taken', () => {
    expect(isoText('01.02.2026')).toBeNull()
    expect(isoText('2026-02-01T10:00:00+03:00')).toBe('2026-02-01T10:00:00+03:00')
  })
})
