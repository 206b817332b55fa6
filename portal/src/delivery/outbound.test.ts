import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkAddress, checkDestination, checkUrl, guardedLookup, OutboundBlocked } from './outbound.ts'

describe('an address', () => {
  test.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '100.100.100.200',
    'fe80::1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '168.63.129.16',
    'fd20:ce::254',
    'fe80::1%eth0',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b:1::1',
    '2001:0:1::1',
    'fec0::1',
    '2001:db8::1',
    '4000::1',
    '::',
  ])('%s is never sent to', (address) => {
    expect(checkAddress(address, 'private')).not.toBeNull()
  })

  test.each([
    ['127.0.0.1', 'none', false],
    ['127.0.0.1', 'loopback', true],
    ['::1', 'loopback', true],
    ['::ffff:127.0.0.1', 'none', false],
    ['10.1.2.3', 'loopback', false],
    ['10.1.2.3', 'private', true],
    ['192.168.1.5', 'none', false],
    ['fd12::1', 'loopback', false],
    ['fd12::1', 'private', true],
    ['93.184.216.34', 'none', true],
    ['2606:2800:220:1::1', 'none', true],
    ['64:ff9b::5db8:d822', 'none', true],
    ['64:ff9b::7f00:1', 'none', false],
    ['64:ff9b::a00:1', 'loopback', false],
    ['64:ff9b::a00:1', 'private', true],
    ['2002:7f00:1::', 'none', false],
    ['::7f00:1', 'none', false],
  ] as const)('%s with outbound.allowPrivate=%s: %s', (address, allow, isAllowed) => {
    expect(checkAddress(address, allow) === null).toBe(isAllowed)
  })

  test('the refusal names the setting', () => {
    expect(checkAddress('10.0.0.1', 'none')?.text).toContain('outbound.allowPrivate=private')
  })
})

describe('a URL', () => {
  test.each(['http://0x7f.1/', 'http://2130706433/', 'http://[::ffff:7f00:1]/', 'http://localhost/', 'http://a.localhost/'])(
    '%s is seen as loopback',
    (url) => {
      expect(checkUrl(url, 'none')).not.toBeNull()
      expect(checkUrl(url, 'loopback')).toBeNull()
    },
  )

  test.each(['ftp://example.org/', 'file:///etc/passwd', 'nonsense', ''])('%s is refused', (url) => {
    expect(checkUrl(url, 'private')).not.toBeNull()
  })
})

test('a lookup hands over no blocked address', async () => {
  const blocked = await new Promise((resolve) => guardedLookup('none')('localhost', { all: true }, (error) => resolve(error)))
  expect(blocked).toBeInstanceOf(OutboundBlocked)
  const found = await new Promise((resolve) => guardedLookup('loopback')('localhost', { all: true }, (_, addresses) => resolve(addresses)))
  expect(found).not.toHaveLength(0)
})

describe('one address in all its notations', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  const allowed = fc.constantFrom('none' as const, 'loopback' as const, 'private' as const)
  const hex = (a: number, b: number): string => ((a << 8) | b).toString(16)

  test('gets one verdict, at save and at send', () => {
    fc.assert(
      fc.property(fc.oneof(octets, fc.constantFrom([127, 0, 0, 1], [169, 254, 169, 254], [10, 0, 0, 1])), allowed, (bytes, allow) => {
        const [a = 0, b = 0, c = 0, d = 0] = bytes
        const whole = ((a * 256 + b) * 256 + c) * 256 + d
        const plain = `${a}.${b}.${c}.${d}`
        const isBlocked = checkAddress(plain, allow) !== null
        const hosts = [
          plain,
          `${plain}.`,
          String(whole),
          `0x${whole.toString(16)}`,
          `0${whole.toString(8)}`,
          `0x${a.toString(16)}.0${b.toString(8)}.${c * 256 + d}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `[::ffff:${plain}]`,
          `[::ffff:${hex(a, b)}:${hex(c, d)}]`,
          `[64:ff9b::${hex(a, b)}:${hex(c, d)}]`,
          `[2002:${hex(a, b)}:${hex(c, d)}::1]`,
        ]
        for (const host of hosts) {
          expect(checkUrl(`http://${host}/`, allow) !== null, host).toBe(isBlocked)
          const seen = new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, '')
          expect(checkAddress(seen, allow) !== null, `${host} as ${seen}`).toBe(isBlocked)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('never leads to a link-local or metadata address, whatever is allowed', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (c, d) => {
        for (const host of [
          `169.254.${c}.${d}`,
          `[64:ff9b::a9fe:${hex(c, d)}]`,
          `[::ffff:169.254.${c}.${d}]`,
          `[2002:a9fe:${hex(c, d)}::]`,
        ])
          expect(checkUrl(`https://${host}/`, 'private')).not.toBeNull()
      }),
    )
  })
})

describe('a destination', () => {
  const resolve =
    (...addresses: readonly string[]) =>
    (_: string, callback: (error: Error | null, found: Array<{ address: string; family: number }>) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )

  test('whose name leads to private addresses only is refused when it is saved', async () => {
    expect((await checkDestination('http://inside.example/', 'none', resolve('10.0.0.1')))?.text).toContain('outbound.allowPrivate=private')
    expect(await checkDestination('http://inside.example/', 'private', resolve('10.0.0.1'))).toBeNull()
    expect(await checkDestination('http://both.example/', 'none', resolve('10.0.0.1', '93.184.216.34'))).toBeNull()
  })

  test('that the DNS does not know yet may be saved', async () => {
    const unknown = (_: string, callback: (error: Error | null, found: []) => void) => callback(new Error('ENOTFOUND'), [])
    expect(await checkDestination('http://later.example/', 'none', unknown)).toBeNull()
  })

  test('localhost with a dot at its end is loopback', () => {
    expect(checkUrl('http://localhost./', 'none')).not.toBeNull()
  })
})
