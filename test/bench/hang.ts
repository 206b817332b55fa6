/**
 * `npm run bench:hang`: what one handler of many that hangs for 10 s per request costs the others. One portal on SQLite, an app with a handler of its
 * own for each person; every round runs the same clicks with all handlers well and with one that hangs, and the ratio of p99 is that of the round.
 *
 *   npm run bench:hang -- --rounds 5 --seconds 10 --rate 2000 --handlers 100
 *
 * Without `--rate` it is half of what the machine gives at most: above that the queue is measured, not the handler.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findFreePort } from '../support/ports.ts'
import type { Orders, Report } from './load.ts'
import type { OurOrders } from './ours.ts'
import { end, started, startScript } from './started.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '' },
    handlers: { type: 'string', default: '100' },
  },
})
const [rounds, seconds, handlers] = [Number(options.rounds), Number(options.seconds), Number(options.handlers)]
const [origin, hung] = ['http://127.0.0.1', '/handler/0']
const folders: string[] = []

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? Number.NaN

/** A portal, its people, and the port where its handlers are. */
interface Running {
  readonly port: number
  readonly handlerPort: number
  readonly people: Orders['people']
  readonly child: ChildProcess
}

async function start(): Promise<Running> {
  const [port, handlerPort] = [await findFreePort(), await findFreePort()]
  const dataDir = mkdtempSync(join(tmpdir(), 'hookswitch-hang-'))
  folders.push(dataDir)
  const urls = Array.from({ length: handlers }, (_, index) => `${origin}:${handlerPort}/handler/${index}`)
  const orders: OurOrders = { dataDir, port, databaseUrl: null, isLimit: false, people: handlers, handlers: urls, joins: false }
  const { child, said } = await startScript<{ people: Orders['people'] }>('ours.ts', { OURS: JSON.stringify(orders) })
  return { port, handlerPort, people: said.people, child }
}

async function run({ port, handlerPort, people }: Running, rate: number | null, hangs: boolean, firstNumber: number): Promise<Report> {
  const orders: Orders = {
    host: '127.0.0.1',
    port,
    path: '/v1/clicks',
    people,
    handlerPort,
    seconds: rate === null ? 5 : seconds,
    rate,
    connections: 64,
    window: 256,
    warmUpSeconds: 3,
    firstNumber,
    ...(hangs && { hang: { person: 0, path: hung } }),
  }
  const load = fork(join(import.meta.dirname, 'load.ts'), {
    env: { ...process.env, LOAD: JSON.stringify(orders) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  started.add(load)
  let text = ''
  load.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await new Promise((resolve) => load.once('close', resolve))
  started.delete(load)
  return JSON.parse(text) as Report
}

/** What became of the dials of the handler that hangs, once none is open. */
async function endsOf({ port, people }: Running): Promise<Record<string, number>> {
  const ask = async (path: string) =>
    (await (await fetch(`${origin}:${port}/v1${path}`, { headers: people[0]! })).json()) as {
      items: Array<{ id: number; url: string; state: string; reason: string | null }>
      nextCursor: string | null
    }
  const handler = (await ask('/handlers')).items.find(({ url }) => url.endsWith(hung))
  if (!handler) throw new Error('the handler that hangs is not there')
  for (let tries = 0; tries < 120; tries += 1) {
    const open = await Promise.all(
      ['pending', 'sending', 'retrying'].map(
        async (state) => (await ask(`/deliveries?handlerId=${handler.id}&state=${state}`)).items.length,
      ),
    )
    if (open.every((count) => count === 0)) break
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const found: Record<string, number> = {}
  for (let path: string | null = `/deliveries?handlerId=${handler.id}`; path !== null;) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(path)
    for (const { state, reason } of page.items) {
      const name = reason === null ? state : `${state} (${reason})`
      found[name] = (found[name] ?? 0) + 1
    }
    path = page.nextCursor === null ? null : `/deliveries?handlerId=${handler.id}&cursor=${encodeURIComponent(page.nextCursor)}`
  }
  return found
}

async function main(): Promise<void> {
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const running = await start()
    const most = await run(running, null, false, 0)
    const rate = options.rate === '' ? Math.round(most.perSecond / 2) : Number(options.rate)
    const well = await run(running, rate, false, 20_000)
    const before = await endsOf(running)
    const hanging = await run(running, rate, true, 50_000)
    ratios.push(hanging.p99 / well.p99)
    const after = Object.entries(await endsOf(running)).filter(([name, count]) => count > (before[name] ?? 0))
    console.log(
      `round ${round + 1}: at most ${most.perSecond}/s; at ${rate}/s all well p50 ${well.p50} p99 ${well.p99} ms, one of ${handlers} hangs: the others p50 ${hanging.p50} p99 ${hanging.p99} ms, ratio ${ratios.at(-1)!.toFixed(2)}; lost ${well.lost + hanging.lost}, doubled ${well.doubled + hanging.doubled}; its clicks: ${after.map(([name, count]) => `${count - (before[name] ?? 0)} ${name}`).join(', ')}`,
    )
    await end(running.child)
  }
  console.log(
    `p99 of the others, with one that hangs / without: ${median(ratios).toFixed(2)}  [${ratios.map((one) => one.toFixed(2)).join(', ')}]`,
  )
}

try {
  await main()
} finally {
  for (const child of started) child.kill('SIGKILL')
  for (const made of folders) rmSync(made, { recursive: true, force: true })
}
