import { randomInt } from 'node:crypto'
import { request as requestHttp, type IncomingMessage, type Server } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import type { SignIn } from '../directory/sign-in.ts'
import type { Log } from '../log.ts'
import type { Row } from '../store/tables.ts'
import { readSessionToken } from './sessions.ts'

/** What the way of the phones' signalling needs. */
export interface PhoneSocketParts {
  readonly signIn: Pick<SignIn, 'userOf'>
  /** where the signalling of this person's phone goes; null when there is none */
  readonly socketOf: (user: Row<'user'>) => Promise<string | null>
  /** is a page of this origin ours? */
  readonly isOwnOrigin: (origin: string, request: IncomingMessage) => boolean
  /** why the portal may not connect to an address now, or null */
  readonly blockedAddress: (url: string) => Promise<string | null>
  readonly log: Log
}

/**
 * Whether a request that offers another protocol means a WebSocket. All others are answered in HTTP/1.1, as if they had not offered it: the HTTP
 * clients of Java and curl offer h2c with the first request of each connection without TLS (RFC 7540, 3.2).
 */
export function asksForWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket'
}

const path = '/v1/phone/socket'
const connectMs = 5_000
/** a WebSocket's close frame with the code 4001: the person's phone is in another browser now */
const takenOver = Buffer.from([0x88, 0x02, 0x0f, 0xa1])
const plainLoopback = '127.0.0.1'
const sessionCheckMs = 60_000
/** of the browser's handshake: what the PBX needs to know. The session's cookie stays here. */
const passed = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions']

/**
 * `GET /v1/phone/socket`: the SIP signalling of a browser phone, handed on to the PBX of the person's phone app. One origin and one
 * certificate serve the page and its phone; the PBX stays on loopback. Only for signed-in people and our own pages.
 */
export function servePhoneSocket(listener: Server, parts: PhoneSocketParts): { close(): void } {
  const open = new Map<number, Duplex>()
  const receive = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    if ((request.url ?? '').split('?', 1)[0] !== path) return refuse(socket, 404)
    const { origin } = request.headers
    // a WebSocket is not held by the same-origin policy: the Origin is all there is
    if (typeof origin !== 'string' || !parts.isOwnOrigin(origin, request)) return refuse(socket, 403)
    const token = readSessionToken(request.headers.cookie)
    const user = token === null ? null : await parts.signIn.userOf(token)
    if (!user || token === null) return refuse(socket, 401)
    const target = await parts.socketOf(user)
    if (target === null || target === '') return refuse(socket, 409)
    const problem = await parts.blockedAddress(target.replace(/^ws/i, 'http'))
    if (problem !== null) {
      parts.log.warn({ problem }, 'the signalling of a browser phone may not go there')
      return refuse(socket, 502)
    }
    const stillAllowed = async (): Promise<boolean> => (await parts.signIn.userOf(token)) !== null
    connect({ request, socket, head, target }, { userId: user.id, stillAllowed, open, log: parts.log })
  }
  listener.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    receive(request, socket, head).catch((error: unknown) => {
      parts.log.error({ err: error }, 'the signalling of a browser phone was not handed on')
      refuse(socket, 500)
    })
  })
  return { close: () => open.forEach((socket) => socket.destroy()) }
}

interface Handshake {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly target: string
}

interface Standing {
  readonly stillAllowed: () => Promise<boolean>
  readonly userId: number
  /** the one phone of each person */
  readonly open: Map<number, Duplex>
  readonly log: Log
}

/**
 * Asterisk (16, measured) forgets the registrations of all WebSocket phones of one address when one of them goes. On loopback each
 * connection therefore comes from an address of its own; systems with only one loopback address refuse that, and do without.
 */
function ownAddress({ hostname }: URL): string | undefined {
  return hostname === plainLoopback ? `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}` : undefined
}

function connect(handshake: Handshake, standing: Standing, localAddress = ownAddress(new URL(handshake.target))): void {
  const { request, socket, head, target } = handshake
  const { log } = standing
  const url = new URL(target.replace(/^ws/i, 'http'))
  const headers = Object.fromEntries(
    passed.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])),
  )
  const ask = url.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = ask(url, {
    headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' },
    timeout: connectMs,
    agent: false,
    ...(localAddress !== undefined && { localAddress }),
  })
  const fail = (why: string): void => {
    log.warn({ why }, 'the PBX did not take the signalling of a browser phone')
    refuse(socket, 502)
  }
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${connectMs / 1000} s`)))
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRNOTAVAIL' && localAddress !== plainLoopback) connect(handshake, standing, plainLoopback)
    else fail(error.message)
  })
  outgoing.on('response', (response) => {
    response.resume()
    fail(`it answered ${response.statusCode ?? 0}`)
  })
  outgoing.on('upgrade', (response, far, farHead) => {
    far.setTimeout(0)
    const answered = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'].flatMap((name) =>
      response.headers[name] === undefined ? [] : [`${name}: ${String(response.headers[name])}`],
    )
    socket.write(['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: websocket', ...answered, '', ''].join('\r\n'))
    if (farHead.length > 0) socket.write(farHead)
    if (head.length > 0) far.write(head)
    join({ near: socket, far }, standing)
  })
  socket.on('close', () => outgoing.destroy())
  outgoing.end()
}

/** Both ways, until one side closes or the person is signed out. */
function join({ near, far }: { near: Duplex; far: Duplex }, { userId, stillAllowed, open }: Standing): void {
  // a PBX rings one phone for a person: two browsers would take it from each other at each registration
  open.get(userId)?.end(takenOver)
  open.set(userId, near)
  const look = async (): Promise<void> => {
    if (!(await stillAllowed().catch(() => true))) near.destroy()
  }
  const timer = setInterval(() => void look(), sessionCheckMs)
  timer.unref()
  near.pipe(far)
  far.on('data', (data: Buffer) => {
    if (near.writable && !near.write(data)) far.pause()
  })
  near.on('drain', () => far.resume())
  far.on('end', () => near.end())
  near.on('finish', () => far.destroy())
  far.on('error', () => far.destroy())
  far.on('close', () => near.destroy())
  near.on('close', () => {
    clearInterval(timer)
    if (open.get(userId) === near) open.delete(userId)
    far.destroy()
  })
}

const words: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
}

function refuse(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy()
  socket.end(`HTTP/1.1 ${status} ${words[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
