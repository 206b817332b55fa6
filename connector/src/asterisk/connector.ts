import { join } from 'node:path'
import { createApp } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { startServer } from '../server.ts'
import type { AsteriskConfig } from './config.ts'
import { connectAsterisk } from './driver.ts'
import { lineOf } from './routes.ts'

/** A running connector. */
export interface AsteriskConnector {
  /** Without a slash at its end. */
  readonly url: string
  /** Stops taking calls, lets reports under way finish; calls that stand go on. */
  close(): Promise<void>
}

/** Asterisk's own ring limits are the safety net below ours (pbx 7). */
const SAFETY_MS = 5_000

/** Starts the connector: `/install` and `/handler` for the portal, `/healthz` for who watches it. Resolves when it listens, whatever Asterisk does. */
export async function startAsteriskConnector(
  { config, settings, limits }: AsteriskConfig,
  parts: { readonly clock: Clock; readonly log: Log },
): Promise<AsteriskConnector> {
  const { log } = parts
  const pbx = connectAsterisk({
    ...parts,
    settings,
    ring: { agentMs: limits.agentRingMs + SAFETY_MS, clientMs: limits.clientRingMs + SAFETY_MS },
    recordingsDir: join(config.dataDir, 'recordings'),
  })
  const groupOf = (line: string) => lineOf(settings, line)?.group ?? []
  const app = createApp({ ...parts, config, pbx, limits, groupOf, keepRecordingsMs: settings.keepRecordingsDays * 24 * 3_600_000 })
  const health = () => ({
    ok: pbx.state() === 'up' && app.isInstalled(),
    installed: app.isInstalled(),
    pbx: pbx.state(),
    name: pbx.name,
    calls: app.liveCalls(),
    unreported: app.unreportedCalls(),
  })
  const server = await startServer({ app, config, log, health })
  return { url: server.origin, close: server.close }
}
