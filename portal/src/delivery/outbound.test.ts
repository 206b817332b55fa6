import { describe, expect, test } from 'vitest'
import { checkAddress, checkUrl, guardedLookup, OutboundBlocked } from './outbound.ts'

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
