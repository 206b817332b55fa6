import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPhone } from './phones.ts'

const ru = { country: 'RU' }
const us = { country: 'US' }
const gb = { country: 'GB' }

describe('readPhone', () => {
  it('cuts the extension off and keeps the separators of the number', () => {
    expect(readPhone('+7 (495) 123-45-67 доб. 12', ru)).toEqual({
      phoneNumber: '+7 (495) 123-45-67',
      international: '+74951234567',
      extension: '12',
      digits: '74951234567',
      display: '8 (495) 123-45-67 доб. 12',
      dialable: { ok: true },
    })
  })

  it.each([
    ['+1 212 555 0123 ext 12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123 ext. 12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123x12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123 #12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123,12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123,,12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123;ext=12', '+1 212 555 0123', '12'],
    ['+1 212 555 0123 (доб.12)', '+1 212 555 0123', '12'],
    ['+1 212 555 0123 внутр. 0042', '+1 212 555 0123', '0042'],
    ['tel:+12125550123;ext=7', '+12125550123', '7'],
    ['  +1 212 555 0123  ', '+1 212 555 0123', ''],
    ['34#12', '34', '12'],
  ])('reads %s', (typed, phoneNumber, extension) => {
    expect(readPhone(typed, us)).toMatchObject({ phoneNumber, extension, dialable: { ok: true } })
  })

  it.each([
    ['8 (495) 123-45-67', ru, '+74951234567'],
    ['84951234567', ru, '+74951234567'],
    ['495 123-45-67', ru, '+74951234567'],
    ['8 10 1 212 555 0123', ru, '+12125550123'],
    ['00 44 7700 900123', ru, '+447700900123'],
    ['8 727 250 0000', { country: 'KZ' }, '+77272500000'],
    ['(212) 555-0123', us, '+12125550123'],
    ['011 44 20 7946 0123', us, '+442079460123'],
    ['442079460123', us, '+442079460123'],
    ['79991234567', us, '+79991234567'],
    ['020 7946 0123', gb, '+442079460123'],
    ['07700 900123', gb, '+447700900123'],
    ['+44 (0)20 7946 0123', gb, '+442079460123'],
    ['00 1 212 555 0123', gb, '+12125550123'],
    ['+15550100200', us, '+15550100200'],
    ['+1 212 555 0123', { country: 'nowhere' }, '+12125550123'],
    ['\u202a+1 212 555‑0123\u202c', us, '+12125550123'],
    ['＋１２１２５５５０１２３', us, '+12125550123'],
  ])('knows %s in %o as %s', (typed, rules, international) => {
    expect(readPhone(typed, rules)).toMatchObject({ international, digits: international.slice(1), dialable: { ok: true } })
  })

  it.each(['112', '34', '1001', '5551234', '123-45-67'])('leaves %s as typed, and it may be dialled', (typed) => {
    expect(readPhone(typed, ru)).toMatchObject({
      phoneNumber: typed,
      international: typed,
      digits: typed.replace(/\D/g, ''),
      display: typed,
      dialable: { ok: true },
    })
  })

  it('writes foreign numbers internationally and its own as people write them', () => {
    expect(readPhone('+442079460123', us).display).toBe('+44 20 7946 0123')
    expect(readPhone('+12125550123', us).display).toBe('(212) 555-0123')
    expect(readPhone('+74950000123', { country: 'KZ' }).display).toBe('+7 495 000 01 23')
  })

  it.each(['*100#', '**21#', '#31#+12125550123', '8*123'])('refuses %s unless service codes are allowed', (typed) => {
    expect(readPhone(typed, us)).toMatchObject({
      phoneNumber: typed,
      international: typed,
      extension: '',
      dialable: { ok: false, code: 'service_code' },
    })
    expect(readPhone(typed, { ...us, allowServiceCodes: true }).dialable).toEqual({ ok: true })
  })

  it.each(['', '   ', '+', '--', '\0'])('calls %j empty', (typed) => {
    expect(readPhone(typed, us).dialable).toEqual({ ok: false, code: 'empty' })
  })

  it.each([
    'call me',
    '1-800-FLOWERS',
    'доб. 12',
    '+7 495 000-01-23, +7 495 000-01-24',
    '+1+2125550123',
    '+1 212 555 0123 (office)',
    '7'.repeat(300),
    '*;rm -rf',
  ])('does not take %s for a number', (typed) => {
    expect(readPhone(typed, { ...us, allowServiceCodes: true }).dialable).toEqual({ ok: false, code: 'letters' })
  })

  it('compares service codes apart from the digits in them', () => {
    expect(readPhone('**21#', us).digits).not.toBe(readPhone('21', us).digits)
  })

  it('never throws, and echoes what it cannot parse', () => {
    const country = fc.constantFrom('US', 'RU', 'GB', 'KZ', 'DE', '', 'XX', '__proto__')
    const char = fc.constantFrom(...Array.from('0123456789+*#,;x()- .доб ext=№'))
    const typed = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: char, maxLength: 60 }),
      fc.string({ unit: char, minLength: 90, maxLength: 400 }),
    )
    fc.assert(
      fc.property(typed, country, (text, where) => {
        const read = readPhone(text, { country: where })
        expect(read.international === read.phoneNumber || /^\+\d{5,17}$/.test(read.international)).toBe(true)
        expect(read.extension).toMatch(/^\d{0,20}$/)
        expect(read.digits).toMatch(/^[\d*#]*$/)
        if (read.dialable.ok) expect(read.digits).not.toBe('')
      }),
      { numRuns: 3000 },
    )
  })

  it('reads its own E.164 form back as the same number', () => {
    const number = fc.tuple(fc.constantFrom('1212', '1617', '7495', '4420', '4930'), fc.integer({ min: 1_000_000, max: 9_999_999 }))
    fc.assert(
      fc.property(number, fc.constantFrom('US', 'RU', 'GB'), ([code, rest], country) => {
        const first = readPhone(`+${code}${rest}`, { country })
        expect(readPhone(first.international, { country }).digits).toBe(first.digits)
        expect(readPhone(first.display, { country }).digits).toBe(first.digits)
      }),
    )
  })

  it('stays fast for hostile text', () => {
    const started = performance.now()
    for (const piece of ['x1', ',', ' ', '(,;.-', 'доб', '1,', '#1 ']) readPhone(piece.repeat(200_000), us)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
