import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A handler behind a cable that can be pulled: it lives in a network namespace of its own. */
export interface RemoteHandler {
  readonly url: string
  /** bodies of the requests that it got, with the time of each */
  readonly received: ReadonlyArray<{ readonly at: number; readonly body: string }>
  /** pulls the cable: packets in both directions are lost, nobody is told */
  cut(): void
  mend(): void
  close(): Promise<void>
}

function run(...words: string[]): void {
  const { status, stderr, error } = spawnSync('ip', words, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`)
}

/** Whether this machine lets us make network namespaces: root on Linux with iproute2. */
export function canCutNetworks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const probe = `hs-probe-${process.pid}`
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) return false
  const made = spawnSync('ip', ['link', 'add', `hp${process.pid}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', probe]).status === 0
  if (made) run('link', 'del', `hp${process.pid}`)
  run('netns', 'del', probe)
  return made
}

/** Starts a handler in a namespace. It answers each request after `answerMs`. */
export async function startRemoteHandler({ answerMs = 0 }: { answerMs?: number } = {}): Promise<RemoteHandler> {
  const [second, third] = [Math.floor(process.pid / 250) % 250, process.pid % 250]
  const [name, link, here, there] = [`hs-${process.pid}`, `hs${process.pid}`, `10.${second}.${third}.1`, `10.${second}.${third}.2`]
  const within = (...words: string[]): void => run('netns', 'exec', name, 'ip', ...words)
  run('netns', 'add', name)
  run('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  run('addr', 'add', `${here}/30`, 'dev', link)
  run('link', 'set', link, 'up')
  within('addr', 'add', `${there}/30`, 'dev', 'eth0')
  within('link', 'set', 'lo', 'up')
  within('link', 'set', 'eth0', 'up')
  const received: Array<{ at: number; body: string }> = []
  const script = fileURLToPath(new URL('./remote-handler.ts', import.meta.url))
  const child: ChildProcess = spawn('ip', ['netns', 'exec', name, process.execPath, script, there, String(answerMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the remote handler ended with ${code}`)))
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n')
      text = lines.pop()!
      for (const line of lines) {
        const said = JSON.parse(line) as { port: number } | { body: string; at: number }
        if ('port' in said) resolve(said.port)
        else received.push(said)
      }
    })
  })
  return {
    url: `http://${there}:${port}/handler`,
    received,
    cut: () => within('link', 'set', 'eth0', 'down'),
    mend: () => within('link', 'set', 'eth0', 'up'),
    async close() {
      child.removeAllListeners('exit')
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      run('netns', 'del', name)
    },
  }
}
