import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { request, type Answer } from './portal.ts'
import { findFreePort } from './ports.ts'

const entry = fileURLToPath(new URL('../../portal/bin/hookswitch.mjs', import.meta.url))

/** A portal process of its own, as an operator starts it. */
export interface PortalProcess {
  readonly url: string
  /** starts it, and waits until it is ready */
  start(): Promise<void>
  /** `kill -9` */
  kill(): Promise<void>
  /** SIGTERM, and waits for its end; answers its exit code */
  stop(): Promise<number | null>
  /** one request of the own API; `path` begins below /v1 */
  api(method: string, path: string, body?: unknown): Promise<Answer>
}

/** A process on a data folder and, if told, a database; `origin` and `cookie` are those of who asks. Without `port` it takes a free one. */
export async function portalProcess({
  dataDir,
  databaseUrl = '',
  cookie,
  origin,
  only,
  nodeOptions = '',
  port: givenPort,
  settings = {},
}: {
  dataDir: string
  databaseUrl?: string
  cookie: string
  origin: string
  only?: 'web' | 'delivery'
  nodeOptions?: string
  port?: number
  /** settings as variables of the environment */
  settings?: Readonly<Record<string, string>>
}): Promise<PortalProcess> {
  const port = givenPort ?? (await findFreePort())
  const url = `http://127.0.0.1:${port}`
  const args = [entry, 'serve', '--data', dataDir, '--port', String(port), ...(only ? [`--only=${only}`] : [])]
  let child: ChildProcess | null = null

  const ended = (one: ChildProcess): Promise<number | null> =>
    one.exitCode !== null || one.signalCode !== null
      ? Promise.resolve(one.exitCode)
      : new Promise((resolve) => one.once('exit', (code) => resolve(code)))

  return {
    url,
    async start() {
      const env = { ...process.env, DATABASE_URL: databaseUrl, NODE_OPTIONS: nodeOptions, ...settings }
      const started = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
      child = started
      for (let tries = 0; tries < 3000; tries++) {
        if ((await fetch(`${url}/readyz`).catch(() => null))?.status === 200) return
        if (started.exitCode !== null) throw new Error(`the portal ended with ${started.exitCode}`)
        await wait(10)
      }
      throw new Error('the portal was not ready within 30 s')
    },
    async kill() {
      if (!child) return
      child.kill('SIGKILL')
      await ended(child)
    },
    async stop() {
      if (!child) return null
      child.kill('SIGTERM')
      return ended(child)
    },
    api: (method, path, body) =>
      request(`${url}/v1${path}`, {
        method,
        headers: { cookie, origin, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  }
}
