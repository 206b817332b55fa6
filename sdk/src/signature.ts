import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Header names in lower case, as node:http gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** How far a signed time may lie from ours, either way. */
export const SIGNATURE_TOLERANCE_S = 5 * 60

/** True when both are the same text; takes the same time wherever they differ. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/**
 * Signs a body by Standard Webhooks: `v1,` + base64 of HMAC-SHA256 over `id.timestamp.body`.
 * `secret` is `whsec_` + base64; `timestampS` are unix seconds.
 */
export function signBody(secret: string, id: string, timestampS: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`
}

/**
 * True when `webhook-id`, `webhook-timestamp` and `webhook-signature` prove that the holder of `secret` sent this very body not more than
 * five minutes ago. The signature header may hold several, parted by spaces, while a secret is being changed.
 */
export function isSignedBody(secret: string, headers: RequestHeaders, body: string, nowMs: number): boolean {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  if (!id || !/^\d{1,12}$/.test(timestamp) || !signatures) return false
  const timestampS = Number(timestamp)
  if (Math.abs(nowMs / 1000 - timestampS) > SIGNATURE_TOLERANCE_S) return false
  const expected = signBody(secret, id, timestampS, body)
  return signatures.split(' ').some((signature) => isSameText(signature, expected))
}

function header(headers: RequestHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
