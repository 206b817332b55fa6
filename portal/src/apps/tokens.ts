import { createHmac, createSecretKey, randomFillSync, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** How long an access token is good, in seconds (contract 7.1). */
export const accessSeconds = 3600

/** What an access token says. */
export interface Grant {
  readonly appId: number
  readonly userId: number
  /** `app.grant_epoch` at the time of issue; a higher one of the app has revoked it */
  readonly epoch: number
}

/** An access token with its end. */
export interface IssuedToken {
  /** 70 lower-case hex digits */
  readonly token: string
  /** seconds since 1970 */
  readonly expires: number
}

/** `forged` covers everything that we did not issue. */
export type TokenVerdict = { readonly kind: 'good'; readonly grant: Grant } | { readonly kind: 'expired' } | { readonly kind: 'forged' }

/** Access tokens that need no row (design 11.11). */
export interface Tokens {
  issue(grant: Grant): IssuedToken
  verify(token: string): TokenVerdict
}

const tokenBytes = 35
const signedBytes = 19

/**
 * Layout of the 35 bytes, after the captures of contract 1.3: 0–3 expiry in seconds, little-endian; 4–7 app id; 8–11 grant
 * epoch; 12–15 user id (hex digits 25–32); 16–18 random, so that a client that refreshes within a second sees another token; 19–34
 * HMAC-SHA256 of the bytes before it, cut to 128 bits. Ids are big-endian.
 */
export function createTokens({ key, clock }: { key: Buffer; clock: Clock }): Tokens {
  const sealKey = createSecretKey(key)
  const seal = (head: Buffer): Buffer =>
    createHmac('sha256', sealKey)
      .update('access token 2')
      .update(head)
      .digest()
      .subarray(0, tokenBytes - signedBytes)
  // three bytes at a time, drawn together: each draw asks the system
  const spice = Buffer.alloc(3 * 1024)
  let spent = spice.length
  const season = (token: Buffer): void => {
    if (spent === spice.length) {
      randomFillSync(spice)
      spent = 0
    }
    spice.copy(token, 16, spent, (spent += signedBytes - 16))
  }
  return {
    issue({ appId, userId, epoch }) {
      const expires = Math.floor(clock.now() / 1000) + accessSeconds
      const token = Buffer.alloc(tokenBytes)
      token.writeUInt32LE(expires, 0)
      token.writeUInt32BE(appId, 4)
      token.writeUInt32BE(epoch, 8)
      token.writeUInt32BE(userId, 12)
      season(token)
      seal(token.subarray(0, signedBytes)).copy(token, signedBytes)
      return { token: token.toString('hex'), expires }
    },
    verify(text) {
      if (!/^[0-9a-f]{70}$/.test(text)) return { kind: 'forged' }
      const token = Buffer.from(text, 'hex')
      if (!timingSafeEqual(seal(token.subarray(0, signedBytes)), token.subarray(signedBytes))) return { kind: 'forged' }
      if (token.readUInt32LE(0) * 1000 <= clock.now()) return { kind: 'expired' }
      return { kind: 'good', grant: { appId: token.readUInt32BE(4), epoch: token.readUInt32BE(8), userId: token.readUInt32BE(12) } }
    },
  }
}
