import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nodeListener } from '@hookswitch/sdk'
import type { App } from './app.ts'
import type { Config } from './config.ts'
import { wordsOf, type Log } from './log.ts'

/** What is asked of a connector by HTTP, beside the portal's two addresses. */
export interface ServerParts {
  readonly app: App
  readonly config: Config
  readonly log: Log
  /** What `/healthz` says; it is answered 200 when `ok`, else 503. */
  readonly health: () => { readonly ok: boolean } & Readonly<Record<string, unknown>>
  /** Serves any other path, or answers false. */
  readonly page?: (request: IncomingMessage, response: ServerResponse, path: string) => boolean
}

/** A connector that listens. */
export interface ConnectorServer {
  readonly port: number
  /** As the machine itself reaches it, without a slash at its end. */
  readonly origin: string
  /** Takes no more connections, closes the app, then the connections. */
  close(): Promise<void>
}

/** Serves `/install`, `/handler`, `/phone`, `/check` and `/healthz`. Starts the app before the first request is let in, and binds its events after. */
export async function startServer({ app, config, log, health, page }: ServerParts): Promise<ConnectorServer> {
  const fault = (error: unknown) => log('error', 'a request failed', { why: wordsOf(error) })
  const install = nodeListener(app.install, fault)
  const handler = nodeListener(app.handler, fault)
  const phone = nodeListener(app.phone, fault)
  const check = nodeListener(app.check, fault)
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === '/install') return install(request, response)
    if (path === '/handler') return handler(request, response)
    if (path === '/phone') return phone(request, response)
    if (path === '/check') return check(request, response)
    if (path === '/healthz') {
      const words = health()
      return response.writeHead(words.ok ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(words))
    }
    if (!page?.(request, response, path)) return response.writeHead(404).end()
  })
  await app.start()
  const port = await listen(server, config)
  const origin = `http://${config.host === '::1' ? '[::1]' : config.host}:${port}`
  app.bind(origin)
  return {
    port,
    origin,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await app.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, config: Config): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  return (server.address() as AddressInfo).port
}
