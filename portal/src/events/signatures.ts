/** Standard Webhooks: what a handler verifies that a delivery is ours by. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { BoundHandler } from './bindings.ts'

/** The secrets of a handler; the old one signs too until its time has come. */
export type Signing = Pick<BoundHandler, 'secret' | 'old_secret' | 'old_secret_until'>

const keysKept = 1000

/** Signs by secrets of handlers. Keys are made once: that costs more than the signature. */
export interface Signer {
  /** `webhook-signature` of `id.timestamp.body`: that of the new secret first, the old one's while it is being replaced. */
  sign(signing: Signing, signed: string, now: number): string
}

/** Makes a signer. */
export function createSigner(): Signer {
  const keys = new Map<string, KeyObject>()
  const keyOf = (secret: string): KeyObject => {
    let key = keys.get(secret)
    if (!key) {
      if (keys.size >= keysKept) keys.clear()
      keys.set(secret, (key = createSecretKey(secret.replace(/^whsec_/, ''), 'base64')))
    }
    return key
  }
  const signatureOf = (secret: string, signed: string): string =>
    `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`
  return {
    sign({ secret, old_secret: oldSecret, old_secret_until: until }, signed, now) {
      const signature = signatureOf(secret, signed)
      return oldSecret !== null && until !== null && now < until ? `${signature} ${signatureOf(oldSecret, signed)}` : signature
    },
  }
}
