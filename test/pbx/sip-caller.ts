/** The other half of a SIP phone: it calls somebody through the PBX (RFC 3261 as far as loopback needs it). */
import { randomBytes } from 'node:crypto'
import { openMedia, openSocket } from './sip-media.ts'
import { answerTo, parse, soon, type Message } from './sip-phone.ts'

/** A call that was made by {@link callIn}. */
export interface OutgoingSipCall {
  /** status lines of what came back, and `bye` from the other side, in order */
  readonly happened: readonly string[]
  readonly heard: () => number[]
  /** resolves when a line of `happened` begins with `what`: `180`, `200`, `486`, `bye` */
  until(what: string): Promise<void>
  /** takes it back before the answer */
  cancel(): void
  bye(): void
  press(keys: string): Promise<void>
  close(): void
}

/** Calls `to` at a PBX. `from` is the number that the PBX sees; the name of an endpoint for a phone of the house. */
export async function callIn(pbxPort: number, who: { from: string; to: string; hz: number }): Promise<OutgoingSipCall> {
  const [socket, media] = [await openSocket(), await openMedia(who.hz)]
  const { port } = socket.address()
  const [id, tag, branch] = [8, 6, 8].map((bytes) => randomBytes(bytes).toString('hex')) as [string, string, string]
  const uri = `sip:${who.to}@127.0.0.1:${pbxPort}`
  const happened: string[] = []
  const watchers: Array<() => void> = []
  let to = `<${uri}>`
  let target = uri
  let isOpen = true

  const note = (what: string) => {
    happened.push(what)
    for (const watcher of watchers.splice(0)) watcher()
  }
  const say = (method: string, sequence: number, more: { uri?: string; branch?: string; body?: string } = {}) => {
    const body = more.body ?? ''
    const lines = [
      `${method} ${more.uri ?? target} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${more.branch ?? randomBytes(8).toString('hex')}`,
      'Max-Forwards: 70',
      `From: <sip:${who.from}@127.0.0.1>;tag=${tag}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:${who.from}@127.0.0.1:${port}>`,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    if (isOpen) socket.send(`${lines.join('\r\n')}\r\n\r\n${body}`, pbxPort, '127.0.0.1')
  }
  const close = () => {
    media.close()
    if (isOpen) socket.close()
    isOpen = false
  }

  function receive(message: Message): void {
    const [, status = ''] = /^SIP\/2\.0 (\d{3})/.exec(message.start) ?? []
    if (status === '') {
      socket.send(answerTo(message, '200 OK', { tag: '' }), pbxPort, '127.0.0.1')
      if (message.start.startsWith('BYE ')) note('bye')
      return
    }
    if (!message.headers['cseq']?.endsWith('INVITE')) return
    to = message.headers['to'] ?? to
    if (status.startsWith('2')) {
      target = /<(sip:[^>]+)>/.exec(message.headers['contact'] ?? '')?.[1] ?? uri
      say('ACK', 1)
    } else if (status >= '300') say('ACK', 1, { uri, branch })
    if (message.body) media.hum(message.body)
    if (!happened.includes(message.start.slice(8))) note(message.start.slice(8))
  }

  socket.on('message', (data) => {
    const message = parse(data.toString('utf8'))
    if (message) receive(message)
  })
  say('INVITE', 1, { uri, branch, body: media.sdp() })
  return {
    happened,
    heard: () => media.heard,
    press: (keys) => media.press(keys),
    cancel: () => say('CANCEL', 1, { uri, branch }),
    bye: () => say('BYE', 2),
    close,
    until: (what) =>
      soon(`the caller gets ${what} (there was ${happened.join(', ') || 'nothing'})`, (resolve) => {
        const look = (): void => {
          if (happened.some((one) => one.startsWith(what))) resolve()
          else watchers.push(look)
        }
        look()
      }),
  }
}
