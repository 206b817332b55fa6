import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authBlock } from './auth-block.ts'
import { installDelayMs } from './installs.ts'
import { endpointsOf } from './oauth.ts'
import { newClientId, newClientSecret } from './registry.ts'
import { createTokens } from './tokens.ts'

let now = Date.UTC(2026, 2, 10)
const clock = { now: () => now, at: () => () => {} }
const tokens = createTokens({ key: randomBytes(32), clock })
const id = fc.integer({ min: 1, max: 2 ** 32 - 1 })

describe('an access token', () => {
  it('says what it was issued for, in the layout of the captures', () => {
    fc.assert(
      fc.property(id, id, id, (appId, userId, epoch) => {
        const { token, expires } = tokens.issue({ appId, userId, epoch })
        expect(token).toMatch(/^[0-9a-f]{70}$/)
        expect(expires).toBe(now / 1000 + 3600)
        expect(Buffer.from(token.slice(0, 8), 'hex').readUInt32LE()).toBe(expires)
        expect(Number.parseInt(token.slice(24, 32), 16)).toBe(userId)
        expect(tokens.verify(token)).toEqual({ kind: 'good', grant: { appId, userId, epoch } })
      }),
    )
  })

  it('is another one each time, also within a second', () => {
    const all = Array.from({ length: 10 }, () => tokens.issue({ appId: 1, userId: 2, epoch: 3 }).token)
    expect(new Set(all).size).toBe(10)
  })

  it('is forged when any digit of it differs, also when it is over', () => {
    const { token } = tokens.issue({ appId: 1, userId: 2, epoch: 3 })
    for (let place = 0; place < token.length; place++) {
      const changed = token.slice(0, place) + ((Number.parseInt(token[place]!, 16) + 1) % 16).toString(16) + token.slice(place + 1)
      expect(tokens.verify(changed)).toEqual({ kind: 'forged' })
    }
    for (const wrong of ['', 'x', token.toUpperCase(), `${token}00`, token.slice(2)])
      expect(tokens.verify(wrong)).toEqual({ kind: 'forged' })
    expect(createTokens({ key: randomBytes(32), clock }).verify(token)).toEqual({ kind: 'forged' })
  })

  it('is good to the last millisecond of its hour', () => {
    const { token } = tokens.issue({ appId: 1, userId: 2, epoch: 3 })
    now += 3_599_999
    expect(tokens.verify(token).kind).toBe('good')
    now += 1
    expect(tokens.verify(token).kind).toBe('expired')
  })
})

describe('the auth map', () => {
  const facts = { endpoints: endpointsOf('https://crm.example.com:8443'), memberId: 'm', applicationToken: 'a', refreshToken: null }
  const access = { token: 't', expires: 1727022526, userId: 7 }

  it('has the keys of the captures in their order, all as text', () => {
    expect(authBlock({ ...facts, access, scope: 'crm,telephony' })).toEqual({
      access_token: 't',
      expires: '1727022526',
      expires_in: '3600',
      scope: 'crm,telephony',
      domain: 'crm.example.com:8443',
      server_endpoint: 'https://crm.example.com:8443/rest/',
      status: 'L',
      client_endpoint: 'https://crm.example.com:8443/rest/',
      member_id: 'm',
      user_id: '7',
      application_token: 'a',
    })
  })

  it.each([
    [{ access: null, scope: 'crm' }, ['scope', 'domain', 'server_endpoint', 'status', 'client_endpoint', 'member_id', 'application_token']],
    [{ access: null, scope: null }, ['domain', 'server_endpoint', 'client_endpoint', 'member_id', 'application_token']],
    [
      { access, scope: 'crm', refreshToken: 'r' },
      [
        'access_token',
        'expires',
        'expires_in',
        'scope',
        'domain',
        'server_endpoint',
        'status',
        'client_endpoint',
        'member_id',
        'user_id',
        'refresh_token',
        'application_token',
      ],
    ],
  ])('has by the presence matrix for %j: %j', (given, keys) => {
    expect(Object.keys(authBlock({ ...facts, ...given }))).toEqual(keys)
  })
})

describe('a local app', () => {
  it('has credentials of the usual form', () => {
    for (let tries = 0; tries < 100; tries++) {
      expect(newClientId()).toMatch(/^local\.[0-9a-f]{14}\.\d{8}$/)
      expect(newClientSecret()).toMatch(/^[A-Za-z0-9]{50}$/)
    }
  })

  it('is called back after 1 s, every 15 s for an hour, then every 5 minutes, for about a day', () => {
    expect([1, 2, 3, 4, 5, 240, 241, 515].map(installDelayMs)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 300_000, 300_000])
    const total = Array.from({ length: 515 }, (_, index) => installDelayMs(index + 1)).reduce((sum, ms) => sum + ms, 0)
    expect(total / 3_600_000).toBeGreaterThan(23.9)
  })
})
