import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { request, type Answer } from './portal.ts'
import { findFreePort } from './ports.ts'

/** A portal with its demo company and its demo phone, each in a process of its own. */
export interface Started {
  /** printed by the process, as is the sign-in */
  readonly url: string
  readonly email: string
  readonly password: string
  readonly demoUrl: string
  readonly dataDir: string
  /** one request of the own API as the admin; `path` begins below /v1 */
  api(method: string, path: string, body?: unknown): Promise<Answer>
  /** presses a button of a simulated phone; answers false when that button does nothing now */
  press(callId: string, leg: 'agent' | 'client', press: 'answer' | 'decline' | 'busy' | 'hangup'): Promise<boolean>
  stop(): Promise<void>
}

const entry = join(import.meta.dirname, '../../portal/bin/hookswitch.mjs')

/** Starts what `npm start` starts, in a new data folder; ready when a click would ring the demo phone. Stop it in `afterAll`. */
export async function startAsNpmStart(): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-started-'))
  const [port, demoPort] = [await findFreePort(), await findFreePort()]
  const child = spawn(process.execPath, [entry, 'start', '--data', dataDir, '--port', String(port), '--demo-port', String(demoPort)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const output = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output.text += text))
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const read = (pattern: RegExp) =>
      until(
        () => pattern.exec(output.text)?.[1] ?? null,
        child,
        () => output.text,
      )
    const url = await read(/^\s*Hookswitch\s+(\S+)$/m)
    const email = await read(/^\s*Sign in as\s+(\S+)$/m)
    const password = await read(/^\s*Password\s+(\S+)\s+\(shown this once\)$/m)
    const demoUrl = await read(/^\s*Demo phone\s+(\S+)/m)
    const api = await signIn({ url, email, password })
    const isReady = async (): Promise<true | null> => {
      const targets = (await api('GET', '/targets')).body.items as ReadonlyArray<{ ready: boolean; kind: string }>
      return targets.some((target) => target.kind === 'app' && target.ready) ? true : null
    }
    await until(isReady, child, () => output.text)
    const press: Started['press'] = async (callId, leg, button) => {
      const answer = await request(`${demoUrl}api/press`, {
        method: 'POST',
        headers: { origin: new URL(demoUrl).origin, 'content-type': 'application/json' },
        body: JSON.stringify({ callId, leg, press: button }),
      })
      return answer.status === 200
    }
    return { url, email, password, demoUrl, dataDir, api, press, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function signIn({ url, email, password }: Pick<Started, 'url' | 'email' | 'password'>): Promise<Started['api']> {
  const opened = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const cookie = opened.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`nobody is signed in: ${await opened.text()}`)
  return (method, path, body) =>
    request(`${url}/v1${path}`, {
      method,
      headers: { cookie, origin: url, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
}

/** Asks every 50 ms until there is an answer; fails with the output when the process ends or 20 s are over. */
async function until<T>(ask: () => T | null | Promise<T | null>, child: ChildProcess, output: () => string): Promise<T> {
  const lastAt = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (child.exitCode !== null) throw new Error(`the portal ended with ${child.exitCode}:\n${output()}`)
    if (Date.now() > lastAt) throw new Error(`the portal was not ready within 20 s:\n${output()}`)
    await wait(50)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(force)
}
