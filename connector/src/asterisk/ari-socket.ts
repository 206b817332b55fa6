import WebSocket from 'ws'
import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import type { AriAccess } from './ari-client.ts'
import type { AriStreamMessage } from './ari-types.ts'

/** What the stream of events tells its owner. */
export interface AriSocketParts {
  readonly access: AriAccess
  /** Name of the Stasis application. One name is one connection: a second one takes the events over. */
  readonly application: string
  /** Events of all channels, not of those that are ours only. */
  readonly isAll: boolean
  readonly clock: Clock
  readonly log: Log
  readonly onOpen: () => void
  readonly onMessage: (message: AriStreamMessage) => void
  /** `status`: what Asterisk answered by HTTP in the place of letting us in. */
  readonly onClose: (status?: number) => void
  /** Somebody else connected under our name. The stream stays closed from here on. */
  readonly onReplaced: () => void
}

/** The stream of events. */
export interface AriSocket {
  /** Resolves when Asterisk has let go of it: a new one under the same name that came before that would be deaf (measured, Asterisk 16). */
  close(): Promise<void>
}

const PING_EVERY_MS = 5_000
const SILENT_FOR_MS = 15_000
const LONGEST_PAUSE_MS = 5_000
const CLOSED_WITHIN_MS = 1_000

/** Opens the stream and opens it again for ever: 0.1, 0.2, 0.4 … 5 s after each loss. */
export function openAriSocket(parts: AriSocketParts): AriSocket {
  const { access, application, clock, log } = parts
  const url = `${access.url.replace(/^http/, 'ws')}/ari/events?app=${encodeURIComponent(application)}${parts.isAll ? '&subscribeAll=true' : ''}`
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`
  let socket: WebSocket | undefined
  let cancel = () => {}
  let tries = 0
  let isClosed = false
  let lastWords = ''

  function connect(): void {
    const own = new WebSocket(url, { headers: { authorization }, handshakeTimeout: SILENT_FOR_MS })
    let heardAt = clock.now()
    let stopPing = () => {}
    let refusedBy: number | undefined
    const ping = () => {
      if (clock.now() - heardAt > SILENT_FOR_MS) return own.terminate()
      own.ping()
      stopPing = clock.after(PING_EVERY_MS, ping)
    }
    socket = own
    own.on('open', () => {
      tries = 0
      lastWords = ''
      ping()
      parts.onOpen()
    })
    own.on('pong', () => (heardAt = clock.now()))
    own.on('message', (data: Buffer) => {
      heardAt = clock.now()
      if (own === socket) receive(data)
    })
    own.on('unexpected-response', (_, answer) => {
      refusedBy = answer.statusCode
      own.terminate()
    })
    own.on('error', (error) => {
      const words = refusedBy === undefined ? wordsOf(error) : wordsOfStatus(refusedBy, access)
      // While Asterisk is down each try says the same.
      if (words !== lastWords) log('warn', 'no connection to Asterisk', { why: words })
      lastWords = words
    })
    own.on('close', () => {
      stopPing()
      if (own !== socket || isClosed) return
      socket = undefined
      parts.onClose(refusedBy)
      cancel = clock.after(Math.min(100 * 2 ** tries++, LONGEST_PAUSE_MS), connect)
    })
  }

  function receive(data: Buffer): void {
    const message = JSON.parse(data.toString('utf8')) as AriStreamMessage
    if (message.type !== 'ApplicationReplaced') return parts.onMessage(message)
    void close()
    parts.onReplaced()
  }

  async function close(): Promise<void> {
    isClosed = true
    cancel()
    const own = socket
    if (!own || own.readyState === WebSocket.CLOSED) return
    await new Promise<void>((resolve) => {
      const stopWaiting = clock.after(CLOSED_WITHIN_MS, () => own.terminate())
      own.on('close', () => {
        stopWaiting()
        resolve()
      })
      own.close()
    })
  }

  connect()
  return { close }
}

function wordsOfStatus(status: number, { url, user }: AriAccess): string {
  if (status === 401) return `it does not take the user “${user}” with this password`
  return status === 404 ? `a web server answers at ${url}, but it has no ARI` : `it answers ${status}`
}
