import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Which addresses the portal may send to (setting `outbound.allowPrivate`, design 11.10). */
export type AllowPrivate = 'none' | 'loopback' | 'private'

/** Why an address or URL may not be sent to. The text names what to change. */
export interface Blocked {
  readonly reason: 'ssrf_blocked'
  readonly text: string
}

/** Thrown by the lookup of a socket when the address that it would connect to is blocked. */
export class OutboundBlocked extends Error {
  override readonly name = 'OutboundBlocked'
}

// cloud metadata services outside 169.254.0.0/16: Alibaba, Oracle, and AWS over IPv6
const metadataAddresses = new Set(['100.100.100.200', '192.0.0.192', 'fd00:ec2::254'])

/** The verdict on one IP address, as text in any notation. Null means it may be sent to. */
export function checkAddress(address: string, allow: AllowPrivate): Blocked | null {
  if (!ipaddr.isValid(address)) return { reason: 'ssrf_blocked', text: `${address} is not an IP address` }
  const ip = ipaddr.process(address) // IPv4 inside IPv6 becomes IPv4
  const range = ip.range()
  if (range === 'linkLocal' || metadataAddresses.has(ip.toString())) {
    return { reason: 'ssrf_blocked', text: `${address} is a link-local or metadata address; the portal never sends there` }
  }
  if (range === 'unicast') return null
  if (range === 'loopback') return allow === 'none' ? refuse(address, 'a loopback address', 'loopback') : null
  if (range === 'private' || range === 'uniqueLocal' || range === 'carrierGradeNat') {
    return allow === 'private' ? null : refuse(address, 'a private address', 'private')
  }
  return { reason: 'ssrf_blocked', text: `${address} (${range}) is not an address of one host; the portal never sends there` }
}

function refuse(address: string, what: string, setting: AllowPrivate): Blocked {
  return { reason: 'ssrf_blocked', text: `${address} is ${what}; the setting outbound.allowPrivate=${setting} allows it` }
}

/** What can be said of a URL without asking the DNS: its scheme, and its host when that is an address or `localhost`. */
export function checkUrl(text: string, allow: AllowPrivate): Blocked | null {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { reason: 'ssrf_blocked', text: `${text} is not a URL` }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { reason: 'ssrf_blocked', text: 'only http and https addresses can be sent to' }
  if (url.username !== '' || url.password !== '')
    return { reason: 'ssrf_blocked', text: 'user and password in an address are not sent: use a secret path, or check the signature' }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return checkAddress(host, allow)
  if (/(^|\.)localhost$/i.test(host)) return checkAddress('127.0.0.1', allow)
  return null
}

type LookupCallback = (error: Error | null, address: string | Array<{ address: string; family: number }>, family?: number) => void

/**
 * A `lookup` for sockets that resolves a name once and hands over only allowed addresses: the address that was checked is the one
 * that is connected to. Fails with OutboundBlocked when none is left.
 */
export function guardedLookup(allow: AllowPrivate) {
  return (host: string, options: { all?: boolean; family?: number | string }, callback: LookupCallback): void => {
    lookup(host, { all: true }, (error, found) => {
      if (error) return callback(error, [])
      const allowed = found.filter((one) => checkAddress(one.address, allow) === null)
      const first = allowed[0]
      if (!first) return callback(new OutboundBlocked(checkAddress(found[0]?.address ?? host, allow)?.text ?? `${host} has no address`), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
