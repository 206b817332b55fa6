/** Connections of the sender: only to addresses that may be sent to, with the time that each phase took. */
import { isIP, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import { checkAddress, guardedLookup, OutboundBlocked, type AllowPrivate, type Resolve } from './outbound.ts'

/** One connection as an attempt found it. A phase that did not take place, or took place for an earlier attempt, is null. */
export interface Connection {
  readonly dnsMs: number | null
  readonly tlsMs: number | null
  readonly isUsedAgain: boolean
  /** ends it by a reset: what was written and has not reached the other side never will */
  reset(): void
}

/** What a connector is made of. */
export interface ConnectorParts {
  readonly allowPrivate: AllowPrivate
  readonly timeoutMs: number
  readonly resolve?: Resolve
  /** a request begins to be written to this connection */
  readonly onWrite: (connection: Connection) => void
}

/** The connector failed: nothing was written. */
export class NotConnected extends Error {
  readonly reason: 'dns' | 'connect' | 'tls' | 'ssrf_blocked'
  constructor(reason: NotConnected['reason'], cause: Error) {
    super(cause.message, { cause })
    this.reason = reason
  }
}

/** Connects for undici. HTTP/1.1 only: a lost connection then makes one delivery ambiguous, not all that share it. */
export function guardedConnector({ allowPrivate, timeoutMs, resolve, onWrite }: ConnectorParts): buildConnector.connector {
  const lookup = guardedLookup(allowPrivate, resolve)
  const connect = buildConnector({ timeout: 0, allowH2: false, lookup: lookup as never }) as unknown as Connect
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const blocked = isIP(host) ? checkAddress(host, allowPrivate) : null
    if (blocked) return callback(new NotConnected('ssrf_blocked', new OutboundBlocked(blocked.text)), null)
    const phases = { dnsMs: null as number | null, tlsMs: null as number | null }
    const started = performance.now()
    let last: Socket
    const timer = setTimeout(() => last.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    const ended = (error: Error | null, connected: Socket | null): void => {
      clearTimeout(timer)
      if (error || !connected) return callback(new NotConnected(reasonOf(error ?? new Error('not connected')), error ?? new Error()), null)
      overlookContinue(connected, { ...phases, reset: () => void plain.resetAndDestroy() }, onWrite)
      callback(null, connected)
    }
    // TLS comes second, over a connection that stands: only a plain one can be reset
    const isSecure = options.protocol === 'https:'
    const { servername: _, ...address } = options
    const plain = connect({ ...address, protocol: 'http:', port: options.port || (isSecure ? '443' : '80') }, (error, connected) => {
      if (error || !connected || !isSecure) return ended(error, connected)
      const connectedAt = performance.now()
      last = connect({ ...options, httpSocket: connected }, (failure, secured) => {
        phases.tlsMs = performance.now() - connectedAt
        ended(failure, secured)
      })
    })
    last = plain
    plain.once('lookup', () => (phases.dnsMs = performance.now() - started))
    return undefined
  }
}

type Connect = (options: buildConnector.Options, ended: (error: Error | null, connected: Socket | null) => void) => Socket

function reasonOf(error: Error & { code?: string }): NotConnected['reason'] {
  if (error instanceof OutboundBlocked) return 'ssrf_blocked'
  const code = error.code ?? ''
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code)) return 'dns'
  if (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/.test(code) ||
    /TLS|certificate|SSL/i.test(error.message)
  )
    return 'tls'
  return 'connect'
}

const continueLine = Buffer.from('HTTP/1.1 100')
const longestInterim = 16_384

/**
 * undici ends a connection on which a `100 Continue` comes that it did not ask for, though every client has to overlook it (RFC 9110,
 * 15.2); for a dial that would be an ambiguous silence. It reads by `read()` and writes a request in one turn, and one request is on a
 * connection at a time: so what begins after a write is the beginning of an answer, and a 100 there is taken out.
 */
function overlookContinue(socket: Socket, phases: Omit<Connection, 'isUsedAgain'>, onWrite: (connection: Connection) => void): void {
  const read = socket.read.bind(socket) as () => Buffer | null
  const write = socket.write.bind(socket) as (...all: unknown[]) => boolean
  let isAnswerAwaited = false
  let uses = 0
  let held: Buffer | null = null
  socket.write = (...all: unknown[]) => {
    if (!isAnswerAwaited) {
      isAnswerAwaited = true
      uses += 1
      onWrite(uses === 1 ? { ...phases, isUsedAgain: false } : { ...phases, dnsMs: null, tlsMs: null, isUsedAgain: true })
    }
    return write(...all)
  }
  socket.read = (() => {
    for (;;) {
      const chunk = read()
      if (!isAnswerAwaited || chunk === null) return chunk
      const seen: Buffer = held ? Buffer.concat([held, chunk]) : chunk
      held = null
      const rest = afterContinue(seen)
      if (rest === 'more' && seen.length < longestInterim) held = seen
      else {
        isAnswerAwaited = false
        return rest === 'more' ? seen : rest
      }
    }
  }) as Socket['read']
}

/** What follows the interim answers at the beginning; `more` when that cannot be said yet. */
function afterContinue(bytes: Buffer): Buffer | 'more' {
  let rest = bytes
  for (;;) {
    const known = Math.min(rest.length, continueLine.length)
    if (rest.compare(continueLine, 0, known, 0, known) !== 0) return rest
    const end = known < continueLine.length ? -1 : rest.indexOf('\r\n\r\n')
    if (end < 0) return 'more'
    rest = rest.subarray(end + 4)
  }
}
