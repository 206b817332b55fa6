import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'

const entry = fileURLToPath(new URL('../../../connector/bin/demo-phone.mjs', import.meta.url))
const restartMs = 2000

/** Runs the demo phone as a process of its own and starts it again when it ends by itself. Returns how to stop it. */
export function runDemoPhone({ config, appFile, port }: { config: Config; appFile: string; port: number }): () => Promise<void> {
  let stopped = false
  let child: ChildProcess
  const start = (): void => {
    const trust = config.tls === 'local' ? { NODE_EXTRA_CA_CERTS: join(config.dataDir, 'tls', 'ca.crt') } : {}
    child = spawn(process.execPath, [entry, '--data', join(config.dataDir, 'demo-phone'), '--port', String(port)], {
      env: { ...process.env, ...trust, HOOKSWITCH_APP_FILE: appFile },
      // the channel tells it that this process has ended, however it ended
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('exit', () => {
      if (!stopped) setTimeout(() => !stopped && start(), restartMs).unref()
    })
  }
  start()
  return async () => {
    stopped = true
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
}
