import { Pool, type Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { guardedConnector, NotConnected, type Connection } from './connect.ts'
import { readRefusal, readRetryAfter, type Ending } from './engine.ts'
import { checkUrl, type AllowPrivate, type Blocked, type Resolve } from './outbound.ts'

/** One POST to be made. */
export interface Outgoing {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** how long it may take in all; the sender's `totalMs` when left out */
  readonly timeoutMs?: number
}

/** What came of it, for the attempt log. Times in milliseconds. */
export interface Sent {
  readonly ending: Ending
  readonly startedAt: number
  readonly durationMs: number
  /** until there was a connection to write to */
  readonly connectMs: number | null
  /** of it: the name, the TLS handshake; null when there was none of it */
  readonly dnsMs: number | null
  readonly tlsMs: number | null
  /** an open connection was used again; null when there was none at all */
  readonly reused: boolean | null
  readonly firstByteMs: number | null
  /** first 4 KiB of the answer */
  readonly responseBody: string | null
  /** `hookswitch-dedupe` of the answer: the CALL_ID of which the handler will drop repeats */
  readonly dedupe: string | null
}

/** Makes one POST; never throws, never follows a redirect, never takes longer than it may. */
export interface Sender {
  send(request: Outgoing): Promise<Sent>
  close(): Promise<void>
}

/** Limits of a sender. Defaults: design 11.6. */
export interface SenderSettings {
  readonly clock: Clock
  readonly allowPrivate: AllowPrivate
  readonly connectMs?: number
  readonly totalMs?: number
  /** asks the DNS; the machine's own when left out */
  readonly resolve?: Resolve
}

/** of an answer, for the log */
const keptBytes = 4096
/** of an answer, to find a refusal in; what is longer is cut off */
const readBytes = 65_536
const idlePoolMs = 60_000
const urlsKept = 1000

/** Keeps one pool of connections for each origin; idle pools are closed. */
export function createSender({ clock, allowPrivate, connectMs = 3000, totalMs = 10_000, resolve }: SenderSettings): Sender {
  const pools = new Map<string, { pool: Pool; usedAt: number }>()
  const urls = new Map<string, URL | Blocked>()
  /** undici starts a request and writes it in one turn: the connection that is written to next is that of the request started last */
  let starting: ((connection: Connection) => void) | null = null
  const connector = guardedConnector({
    allowPrivate,
    timeoutMs: connectMs,
    ...(resolve && { resolve }),
    onWrite(connection) {
      starting?.(connection)
      starting = null
    },
  })

  /** The verdict on a URL asks nobody and stays the same; that on the address of its name is given when a socket is opened. */
  const urlOf = (text: string): URL | Blocked => {
    let url = urls.get(text)
    if (!url) {
      if (urls.size >= urlsKept) urls.clear()
      urls.set(text, (url = checkUrl(text, allowPrivate) ?? new URL(text)))
    }
    return url
  }

  const poolOf = (origin: string): Pool => {
    const now = clock.now()
    let entry = pools.get(origin)
    if (!entry) {
      for (const [other, { pool, usedAt }] of pools) {
        if (now - usedAt < idlePoolMs || pool.stats.running + pool.stats.queued > 0) continue
        pools.delete(other)
        void pool.close().catch(() => {})
      }
      // no cap on connections here: the worker's slots are the cap, and one handler must not wait for another of its origin (design 11.9)
      // idle connections are dropped before usual servers (5 s) drop them: a POST on a connection that the server has just closed is ambiguous
      entry = {
        pool: new Pool(origin, { pipelining: 1, connect: connector, keepAliveTimeout: 2000, keepAliveMaxTimeout: 4000 }),
        usedAt: now,
      }
      pools.set(origin, entry)
    }
    entry.usedAt = now
    return entry.pool
  }

  return {
    send(request) {
      const url = urlOf(request.url)
      if (!(url instanceof URL)) return Promise.resolve(unsent(clock.now(), url.text))
      return new Promise((done) =>
        post({
          pool: poolOf(url.origin),
          url,
          request,
          clock,
          totalMs: request.timeoutMs ?? totalMs,
          resolve: done,
          onStart: (seen) => (starting = seen),
        }),
      )
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

function unsent(startedAt: number, error: string): Sent {
  return {
    ending: { kind: 'not_sent', reason: 'ssrf_blocked', error },
    startedAt,
    durationMs: 0,
    connectMs: null,
    dnsMs: null,
    tlsMs: null,
    reused: null,
    firstByteMs: null,
    responseBody: null,
    dedupe: null,
  }
}

interface Post {
  readonly pool: Pool
  readonly url: URL
  readonly request: Outgoing
  readonly clock: Clock
  readonly totalMs: number
  readonly resolve: (sent: Sent) => void
  /** the request is written now; `seen` wants to know on which connection */
  readonly onStart: (seen: (connection: Connection) => void) => void
}

function post({ pool, url, request, clock, totalMs, resolve, onStart }: Post): void {
  const startedAt = clock.now()
  const started = performance.now()
  const since = (): number => Math.round((performance.now() - started) * 100) / 100
  let connectMs: number | null = null
  let connection: Connection | null = null
  let firstByteMs: number | null = null
  let status = 0
  let headers: Readonly<Record<string, string | string[] | undefined>> = {}
  let kept = ''
  let controller: Dispatcher.DispatchController | null = null
  let done = false

  const header = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  const finish = (ending: Ending): void => {
    if (done) return
    done = true
    clearTimeout(timer)
    const responseBody = status === 0 ? null : kept.slice(0, keptBytes)
    resolve({
      ending,
      startedAt,
      durationMs: since(),
      connectMs,
      dnsMs: connection?.dnsMs ?? null,
      tlsMs: connection?.tlsMs ?? null,
      reused: connection ? connection.isUsedAgain : null,
      firstByteMs,
      responseBody,
      dedupe: header('hookswitch-dedupe') ?? null,
    })
  }
  const answered = (): void => {
    const refusal = readRefusal(kept, header('content-type'))
    finish({ kind: 'answered', status, retryAfterMs: readRetryAfter(header('retry-after'), clock.now()), refusal })
  }
  // an answer whose status is known but whose body never ends is an answer
  const timer = setTimeout(() => {
    if (status !== 0) answered()
    else if (connectMs === null) finish({ kind: 'not_sent', reason: 'connect', error: `no connection within ${totalMs} ms` })
    else {
      finish({ kind: 'silent', reason: 'timeout', error: `no answer within ${totalMs} ms` })
      // closed in order, the connection would bring the request to a handler that is reached again minutes later
      connection?.reset()
    }
    controller?.abort(new Error('timed out'))
  }, totalMs)

  pool.dispatch(
    {
      path: url.pathname + url.search,
      method: 'POST',
      headers: { ...request.headers },
      body: request.body,
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    {
      onRequestStart(given) {
        controller = given
        if (done) return given.abort(new Error('timed out'))
        connectMs = since()
        onStart((seen) => {
          connection = seen
        })
      },
      onResponseStart(_, statusCode, responseHeaders) {
        // 102 and 103 come before the answer
        if (statusCode < 200) return
        firstByteMs = since()
        status = statusCode
        headers = responseHeaders
      },
      onResponseData(given, chunk) {
        kept = (kept + chunk.toString('utf8')).slice(0, readBytes)
        if (kept.length < readBytes) return
        answered()
        given.abort(new Error('the answer is longer than is kept'))
      },
      onResponseEnd: answered,
      onResponseError(_, error) {
        if (status !== 0) answered()
        else if (error instanceof NotConnected) finish({ kind: 'not_sent', reason: error.reason, error: error.message })
        else if (connectMs === null) finish({ kind: 'not_sent', reason: 'connect', error: error.message })
        else finish({ kind: 'silent', reason: 'connection_lost', error: error.message })
      },
    },
  )
}
