/** The processes of a bench: whatever happens, they end with it. */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

/** Everything that was started. */
export const started = new Set<ChildProcess>()

/** Starts a script that says over IPC when it is ready; answers what it said. */
export async function startScript<T>(script: string, env: Record<string, string>): Promise<{ child: ChildProcess; said: T }> {
  const child = fork(join(import.meta.dirname, script), { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  started.add(child)
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)))
  const said = await new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${errors}`)))
  })
  child.removeAllListeners('exit')
  return { child, said }
}

/** Lets a process end in order; kills it when that takes longer than 5 s. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(timer)
  started.delete(child)
}
