import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { nodeListener } from '@hookswitch/sdk'
import { createApp } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { wordsOf, type Log } from '../log.ts'
import type { Limits } from '../switchboard.ts'
import { createHandsets } from './handsets.ts'
import { createPage } from './page.ts'

/** A running demo phone. */
export interface DemoPhone {
  /** With a slash at its end. */
  readonly url: string
  /** Stops taking calls, lets reports under way finish, closes everything. */
  close(): Promise<void>
}

/** Starts the connector on simulated handsets: `/install` and `/handler` for the portal, the page for a person. Resolves when it listens. */
export async function startDemoPhone(
  config: Config,
  parts: { readonly clock: Clock; readonly log: Log; readonly limits?: Limits },
): Promise<DemoPhone> {
  const { clock, log } = parts
  const handsets = createHandsets({
    recordingsDir: join(config.dataDir, 'recordings'),
    clock,
    randomRef: () => randomBytes(8).toString('hex'),
  })
  const app = createApp({ config, pbx: handsets, ...parts })
  let origins: readonly string[] = []
  const page = createPage({ app, handsets, portalUrl: config.portalUrl, origins: () => origins, clock })
  const fault = (error: unknown) => log('error', 'a request failed', { why: wordsOf(error) })
  const install = nodeListener(app.install, fault)
  const handler = nodeListener(app.handler, fault)

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === '/install') return install(request, response)
    if (path === '/handler') return handler(request, response)
    if (path === '/healthz')
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, installed: app.isInstalled() }))
    if (!page.serve(request, response, path)) return response.writeHead(404).end()
  })
  await app.start()
  const port = await listen(server, config)
  const host = config.host === '::1' ? '[::1]' : config.host
  origins = [...new Set([host, '127.0.0.1', 'localhost'])].map((name) => `http://${name}:${port}`)
  app.bind(`http://${host}:${port}`)
  return {
    url: `http://${host}:${port}/`,
    async close() {
      page.close()
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
