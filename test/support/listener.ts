import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came over the wire. */
export interface Received {
  readonly method: string
  /** `1.1` */
  readonly httpVersion: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** raw body, undecoded */
  readonly body: string
  readonly at: number
}

/** A plain HTTP server that keeps every request: the handler of a connector, seen from outside. */
export interface Listener {
  readonly url: string
  readonly received: readonly Received[]
  /** how the next requests are answered; default: 200 with nothing */
  answer(reply: (response: ServerResponse, request: Received) => void): void
  /** the first `count` requests whose body holds `part`; fails after `withinMs` */
  waitFor(part: string, count?: number, withinMs?: number): Promise<Received[]>
  close(): Promise<void>
}

/** Starts a listener on loopback; `port` 0 takes any free one. */
export async function startListener(port = 0): Promise<Listener> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let reply: (response: ServerResponse, request: Received) => void = (response) => void response.end()
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const { method = '', httpVersion } = request
      const one = { method, httpVersion, path: request.url ?? '', headers: request.headers, body, at: Date.now() }
      received.push(one)
      reply(response, one)
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/handler`,
    received,
    answer(next) {
      reply = next
    },
    waitFor(part, count = 1, withinMs = 5000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = received.filter((one) => one.body.includes(part))
          if (found.length < count) return
          done()
          resolve(found)
        }
        const timer = setTimeout(() => {
          done()
          reject(
            new Error(
              `${count} requests with ${part} did not come within ${withinMs} ms; there were ${received.map((one) => one.body.slice(0, 60)).join(' | ') || 'none'}`,
            ),
          )
        }, withinMs)
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      })
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
