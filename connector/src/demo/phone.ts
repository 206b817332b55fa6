import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createApp } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { startServer } from '../server.ts'
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
  const server = await startServer({ app, config, log, health: () => ({ ok: true, installed: app.isInstalled() }), page: page.serve })
  origins = [...new Set([server.origin, `http://127.0.0.1:${server.port}`, `http://localhost:${server.port}`])]
  return {
    url: `${server.origin}/`,
    async close() {
      page.close()
      await server.close()
    },
  }
}
