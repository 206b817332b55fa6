/**
 * A SIP phone inside the test (RFC 3261 as far as a phone on loopback needs it): takes INVITEs over UDP, and does what the test says, when
 * it says it; hums while it talks, and keeps what it hears.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { RemoteInfo, Socket } from 'node:dgram'
import { openMedia, openSocket, type SipMedia } from './sip-media.ts'

/** A request that rang this phone, and all that can be done about it. */
export interface SipCall {
  /** lower-case names; the last one of a name wins */
  readonly headers: Readonly<Record<string, string>>
  /** user part of the request URI, of `From`, and its display name */
  readonly to: string
  readonly from: string
  readonly fromName: string
  /** what has happened to it, in order: `canceled`, `acked`, `bye` (from the other side), `ended` */
  readonly happened: readonly string[]
  /** key presses heard (RFC 4733) */
  readonly digits: () => string
  /** samples heard so far */
  readonly heard: () => number[]
  /** presses keys in the talk */
  press(keys: string): Promise<void>
  ring(): void
  /** 183 with sound: the phone begins to hum */
  early(): void
  answer(): void
  reject(status: number, reason: string, headers?: Readonly<Record<string, string>>): void
  bye(): void
  /** is gone without a word: sends and answers nothing any more */
  vanish(): void
  /** resolves when `what` has happened */
  until(what: 'canceled' | 'acked' | 'bye'): Promise<void>
}

/** A phone that listens. */
export interface SipPhone {
  readonly port: number
  /** every INVITE since the start, retransmissions not counted */
  readonly calls: readonly SipCall[]
  /** what is done with a call as it comes; by default nothing but `100 Trying` */
  onInvite: (call: SipCall) => void
  /** resolves with the next call that nobody took yet and that has not ended */
  next(): Promise<SipCall>
  /** registers at the PBX with a password (digest), or takes that back */
  register(pbxPort: number, who: { user: string; password: string; seconds?: number }): Promise<void>
  /** hangs up or declines every call that has not ended, and forgets who waited for one: as it was at its start */
  clear(): void
  close(): Promise<void>
}

/** A SIP message, read. */
export interface Message {
  readonly start: string
  readonly headers: Record<string, string>
  /** Via and Record-Route as they came, in order */
  readonly lines: readonly string[]
  readonly body: string
}

/** Starts a phone on a free port of loopback that hums at `hz`. */
export async function startSipPhone({ hz }: { hz: number }): Promise<SipPhone> {
  const socket = await openSocket()
  const { port } = socket.address()
  const byId = new Map<string, ReturnType<typeof createCall>>()
  const calls: SipCall[] = []
  const untaken: SipCall[] = []
  const waiting: Array<(call: SipCall) => void> = []
  const replies = new Map<string, (reply: Message) => void>()

  const phone: SipPhone = {
    port,
    calls,
    onInvite: () => {},
    next() {
      while (untaken[0]?.happened.includes('ended')) untaken.shift()
      const call = untaken.shift()
      return call
        ? Promise.resolve(call)
        : soon('an INVITE comes', (resolve) => {
            waiting.push(resolve)
            // Who has given up takes no call from those who come after.
            return () => void waiting.splice(waiting.indexOf(resolve), 1)
          })
    },
    register: (pbxPort, who) => register({ socket, port, pbxPort, replies, ...who }),
    clear() {
      phone.onInvite = () => {}
      untaken.length = 0
      waiting.length = 0
      for (const { face, isAnswered } of byId.values()) {
        if (face.happened.includes('ended')) continue
        if (isAnswered()) face.bye()
        else face.reject(480, 'Temporarily Unavailable')
      }
    },
    async close() {
      for (const call of byId.values()) call.end()
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }

  function receive(data: Buffer, remote: RemoteInfo): void {
    const message = parse(data.toString('utf8'))
    if (!message) return
    const id = message.headers['call-id'] ?? ''
    if (message.start.startsWith('SIP/2.0')) return replies.get(id)?.(message)
    const method = message.start.split(' ', 1)[0]
    const reply = (status: string, extra: readonly string[] = []) =>
      socket.send(answerTo(message, status, { extra, tag: '' }), remote.port, remote.address)
    const known = byId.get(id)
    if (method === 'INVITE' && !known) return void invite(id, message, remote)
    if (known) return known.receive(method ?? '', message, reply)
    if (method !== 'ACK') reply(method === 'OPTIONS' ? '200 OK' : '481 Call Does Not Exist')
  }

  async function invite(id: string, message: Message, remote: RemoteInfo): Promise<void> {
    const call = createCall({ socket, port, hz, invite: message, remote })
    byId.set(id, call)
    await call.ready
    calls.push(call.face)
    const taker = waiting.shift()
    if (taker) taker(call.face)
    else untaken.push(call.face)
    phone.onInvite(call.face)
  }

  socket.on('message', receive)
  return phone
}

/** One call of the phone. */
function createCall(parts: { socket: Socket; port: number; hz: number; invite: Message; remote: RemoteInfo }) {
  const { socket, port, hz, invite, remote } = parts
  const tag = randomBytes(6).toString('hex')
  const happened: string[] = []
  const watchers: Array<() => void> = []
  let media: SipMedia | undefined
  let lastReply: Buffer | undefined
  let isFinal = false
  let isAnswered = false
  let isVanished = false
  let sequence = 100

  const say = (status: string, extra: readonly string[] = [], body = '') => {
    lastReply = answerTo(invite, status, { tag, extra: [`Contact: <sip:phone@127.0.0.1:${port}>`, ...extra], body })
    socket.send(lastReply, remote.port, remote.address)
  }
  const note = (what: string) => {
    happened.push(what)
    for (const watcher of watchers.splice(0)) watcher()
  }
  function end(): void {
    media?.close()
    if (!happened.includes('ended')) note('ended')
  }

  const ready = openMedia(hz).then((opened) => {
    media = opened
    say('100 Trying')
  })

  const face: SipCall = {
    headers: invite.headers,
    to: /^INVITE sips?:(?:([^@;>]+)@)?/.exec(invite.start)?.[1] ?? '',
    from: /sips?:([^@>]+)@/.exec(invite.headers['from'] ?? '')?.[1] ?? '',
    fromName: /^\s*"([^"]*)"/.exec(invite.headers['from'] ?? '')?.[1] ?? '',
    happened,
    digits: () => media?.digits() ?? '',
    heard: () => media?.heard ?? [],
    press: (keys) => media!.press(keys),
    ring: () => !isFinal && say('180 Ringing'),
    early() {
      say('183 Session Progress', ['Content-Type: application/sdp'], media!.sdp())
      media!.hum(invite.body)
    },
    answer() {
      if (isFinal) return
      isFinal = true
      isAnswered = true
      say('200 OK', ['Content-Type: application/sdp', 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS'], media!.sdp())
      media!.hum(invite.body)
    },
    reject(status, reason, headers = {}) {
      isFinal = true
      say(
        `${status} ${reason}`,
        Object.entries(headers).map(([name, text]) => `${name}: ${text}`),
      )
      end()
    },
    bye() {
      const contact = /<(sip:[^>]+)>/.exec(invite.headers['contact'] ?? '')?.[1] ?? `sip:127.0.0.1:${remote.port}`
      const lines = [
        `BYE ${contact} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${randomBytes(8).toString('hex')}`,
        'Max-Forwards: 70',
        `From: ${invite.headers['to']};tag=${tag}`,
        `To: ${invite.headers['from']}`,
        `Call-ID: ${invite.headers['call-id']}`,
        `CSeq: ${++sequence} BYE`,
        'Content-Length: 0',
      ]
      socket.send(`${lines.join('\r\n')}\r\n\r\n`, remote.port, remote.address)
      end()
    },
    vanish() {
      isVanished = true
      end()
    },
    until: (what) =>
      soon(`the call is ${what} (it is ${happened.join(', ') || 'untouched'})`, (resolve) => {
        const look = (): void => {
          if (happened.includes(what)) resolve()
          else watchers.push(look)
        }
        look()
      }),
  }

  return {
    face,
    isAnswered: () => isAnswered,
    ready,
    end,
    receive(method: string, message: Message, reply: (status: string, extra?: readonly string[]) => void): void {
      if (isVanished) return undefined
      if (method === 'INVITE') return lastReply ? socket.send(lastReply, remote.port, remote.address) : undefined
      if (method === 'ACK') return happened.includes('acked') ? undefined : note('acked')
      reply('200 OK')
      if (method === 'BYE') {
        note('bye')
        end()
      }
      if (method === 'CANCEL' && !isFinal) {
        isFinal = true
        note('canceled')
        say('487 Request Terminated')
        end()
      }
    },
  }
}

/** Rejects when it does not come about within 10 s: a test then says what was missing. */
export function soon<T>(what: string, wait: (resolve: (value: T) => void) => (() => void) | void): Promise<T> {
  const started = new Error(`it did not come about within 10 s that ${what}`)
  return new Promise((resolve, reject) => {
    const undo: { run?: (() => void) | void } = {}
    const timer = setTimeout(() => {
      undo.run?.()
      reject(started)
    }, 10_000)
    undo.run = wait((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}

/** Reads a message; `undefined` for what is none. */
export function parse(text: string): Message | undefined {
  const split = text.indexOf('\r\n\r\n')
  if (split < 0) return undefined
  const [start = '', ...lines] = text.slice(0, split).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim()
  }
  return { start, headers, lines: lines.filter((line) => /^(via|record-route):/i.test(line)), body: text.slice(split + 4) }
}

/** An answer to a request. */
export function answerTo(request: Message, status: string, more: { tag: string; extra?: readonly string[]; body?: string }): Buffer {
  const { tag, extra = [], body = '' } = more
  const { to = '', from = '', cseq = '' } = request.headers
  const lines = [
    `SIP/2.0 ${status}`,
    ...request.lines,
    `From: ${from}`,
    `To: ${to}${tag && !to.includes(';tag=') && !status.startsWith('100') ? `;tag=${tag}` : ''}`,
    `Call-ID: ${request.headers['call-id']}`,
    `CSeq: ${cseq}`,
    ...extra,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

async function register(parts: {
  socket: Socket
  port: number
  pbxPort: number
  replies: Map<string, (reply: Message) => void>
  user: string
  password: string
  seconds?: number
}): Promise<void> {
  const { socket, port, pbxPort, replies, user, password, seconds = 300 } = parts
  const [id, tag, uri] = [randomBytes(8).toString('hex'), randomBytes(6).toString('hex'), `sip:127.0.0.1:${pbxPort}`]
  const ask = (sequence: number, authorization: string): Promise<Message> =>
    new Promise((resolve) => {
      replies.set(id, resolve)
      const lines = [
        `REGISTER ${uri} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${randomBytes(8).toString('hex')}`,
        'Max-Forwards: 70',
        `From: <sip:${user}@127.0.0.1>;tag=${tag}`,
        `To: <sip:${user}@127.0.0.1>`,
        `Call-ID: ${id}`,
        `CSeq: ${sequence} REGISTER`,
        `Contact: <sip:${user}@127.0.0.1:${port}>;expires=${seconds}`,
        ...(authorization ? [`Authorization: ${authorization}`] : []),
        'Content-Length: 0',
      ]
      socket.send(`${lines.join('\r\n')}\r\n\r\n`, pbxPort, '127.0.0.1')
    })
  const challenge = (await ask(1, '')).headers['www-authenticate'] ?? ''
  const [realm = '', nonce = ''] = ['realm', 'nonce'].map((name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '')
  const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:00000001:c0ffee:auth:${md5(`REGISTER:${uri}`)}`)
  const answer = await ask(
    2,
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="c0ffee", qop=auth, nc=00000001` +
      (/opaque="([^"]*)"/.exec(challenge) ? `, opaque="${/opaque="([^"]*)"/.exec(challenge)![1]}"` : ''),
  )
  replies.delete(id)
  if (!answer.start.startsWith('SIP/2.0 200')) throw new Error(`the PBX did not take the registration: ${answer.start}`)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
