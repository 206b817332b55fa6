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

// metadata and platform services of clouds outside the link-local ranges: Alibaba, Oracle, Azure
const metadataAddresses = new Set(['100.100.100.200', '192.0.0.192', '168.63.129.16'])
// AWS, Google and Scaleway over IPv6
const metadataNetworks = ['fd00:ec2::/32', 'fd20:ce::/32', 'fd00:42::/32'].map((network) => ipaddr.parseCIDR(network))
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** The verdict on one IP address, as text in any notation. Null means it may be sent to. */
export function checkAddress(address: string, allow: AllowPrivate): Blocked | null {
  if (!ipaddr.isValid(address)) return { reason: 'ssrf_blocked', text: `${address} is not an IP address` }
  const ip = ipaddr.process(address) // IPv4 mapped into IPv6 becomes IPv4
  const inner = innerAddress(ip)
  if (inner !== null) return checkAddress(inner, allow)
  const range = ip.range()
  if (range === 'linkLocal' || isMetadata(ip)) {
    return { reason: 'ssrf_blocked', text: `${address} is a link-local or metadata address; the portal never sends there` }
  }
  if (range === 'unicast' && (ip.kind() === 'ipv4' || ip.match(globalUnicast))) return null
  if (range === 'loopback') return allow === 'none' ? refuse(address, 'a loopback address', 'loopback') : null
  if (range === 'private' || range === 'uniqueLocal' || range === 'carrierGradeNat') {
    return allow === 'private' ? null : refuse(address, 'a private address', 'private')
  }
  return { reason: 'ssrf_blocked', text: `${address} (${range}) is not an address of one host; the portal never sends there` }
}

/** Networks of IPv6 that lead to an IPv4 address, and where in their bytes it stands: NAT64, 6to4, IPv4-compatible and -translated. */
const innerAddresses = [
  { network: ipaddr.parseCIDR('64:ff9b::/96'), at: 12 },
  { network: ipaddr.parseCIDR('2002::/16'), at: 2 },
  { network: ipaddr.parseCIDR('::ffff:0:0:0/96'), at: 12 },
  { network: ipaddr.parseCIDR('::/96'), at: 12 },
]

function innerAddress(ip: ipaddr.IPv4 | ipaddr.IPv6): string | null {
  const range = ip.range()
  if (ip.kind() === 'ipv4' || range === 'loopback' || range === 'unspecified') return null
  const found = innerAddresses.find(({ network }) => ip.match(network))
  return found
    ? ip
        .toByteArray()
        .slice(found.at, found.at + 4)
        .join('.')
    : null
}

function isMetadata(ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return metadataAddresses.has(ip.toString()) || (ip.kind() === 'ipv6' && metadataNetworks.some((network) => ip.match(network)))
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
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (isIP(host)) return checkAddress(host, allow)
  if (/(^|\.)localhost$/i.test(host)) return checkAddress('127.0.0.1', allow)
  return null
}

type LookupCallback = (error: Error | null, address: string | Array<{ address: string; family: number }>, family?: number) => void

/** Asks the DNS for all addresses of a name. */
export type Resolve = (
  host: string,
  callback: (error: Error | null, found: ReadonlyArray<{ readonly address: string; readonly family: number }>) => void,
) => void

const askMachine: Resolve = (host, callback) => lookup(host, { all: true }, callback)

/**
 * A `lookup` for sockets that resolves a name once and hands over only allowed addresses: the address that was checked is the one
 * that is connected to, whatever the DNS says a moment later. Fails with OutboundBlocked when none is left.
 */
export function guardedLookup(allow: AllowPrivate, resolve: Resolve = askMachine) {
  return (host: string, options: { all?: boolean; family?: number | string }, callback: LookupCallback): void => {
    resolve(host, (error, found) => {
      if (error) return callback(error, [])
      const allowed = found.filter((one) => checkAddress(one.address, allow) === null)
      const first = allowed[0]
      if (!first) return callback(new OutboundBlocked(checkAddress(found[0]?.address ?? host, allow)?.text ?? `${host} has no address`), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

/**
 * The verdict that a POST to this URL would get now, names resolved. A name that the DNS does not know yet is let through: it is judged
 * when it is sent to.
 */
export async function checkDestination(url: string, allow: AllowPrivate, resolve: Resolve = askMachine): Promise<Blocked | null> {
  const blocked = checkUrl(url, allow)
  if (blocked) return blocked
  const { hostname } = new URL(url)
  if (isIP(hostname.replace(/^\[|\]$/g, ''))) return null
  return new Promise((done) =>
    guardedLookup(allow, resolve)(hostname, { all: true }, (error) =>
      done(error instanceof OutboundBlocked ? { reason: 'ssrf_blocked', text: `${hostname}: ${error.message}` } : null),
    ),
  )
}
