/**
 * `npm run bench`: the path click → durable → POST to the handler → recorded, on Hookswitch and on its peers, in one run, as a table.
 *
 *   npm run bench -- --rounds 5 --seconds 6 --only sqlite,limit,bullmq
 *   npm run bench -- --only sqlite --rates 1000 --fsync-ms 8     as on a slow disk: each fsync takes 8 ms longer (needs cc)
 *
 * Absolute figures are those of the machine and the moment. What counts are the ratios of one run: every round runs all systems once, one after
 * the other, and the ratios are medians over the rounds. The load process is the same for all (load.ts) and shares the machine with them.
 */
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabase, startPostgres, type PostgresServer } from '../support/postgres.ts'
import { findFreePort } from '../support/ports.ts'
import type { Orders, Report } from './load.ts'
import type { OurOrders } from './ours.ts'
import type { PeerOrders } from './peer.ts'
import { end, started, startScript } from './started.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    rates: { type: 'string', default: '200,1000,half' },
    'fsync-ms': { type: 'string', default: '0' },
  },
})
const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const fsyncMs = Number(options['fsync-ms'])
const here = import.meta.dirname

/** A system that is up: where clicks go, who clicks, and the processes whose time is its cost. */
interface Running {
  readonly port: number
  readonly people: Orders['people']
  /** processes of Node, then those of its database or queue, their children included */
  readonly pids: readonly number[]
  readonly servicePids: readonly number[]
  stop(): Promise<void>
}

interface System {
  readonly name: string
  readonly label: string
  start(handlerPort: number): Promise<Running>
}

const version = (name: string): string => {
  const path = join(here, '../../node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

/** The process, its children and theirs. */
function family(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      parents.set(Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]))
    } catch {
      // it has ended meanwhile
    }
  }
  const belongs = (one: number): boolean => one === pid || (parents.has(one) && belongs(parents.get(one)!))
  return [...parents.keys()].filter(belongs)
}

/** Milliseconds of processor time that processes have used. */
function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return sum + (Number(fields[11]) + Number(fields[12])) * 10
    } catch {
      return sum
    }
  }, 0)
}

function residentMb(pids: readonly number[]): number {
  return Math.round(
    pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0), 0) / 1024,
  )
}

// ---- systems

/** The environment of a system that writes itself; Redis and PostgreSQL keep the disk as it is. */
function onSlowDisk(): Record<string, string> {
  if (fsyncMs === 0) return {}
  if (slowFsync === null) {
    slowFsync = join(folder(), 'slow-fsync.so')
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', slowFsync, join(here, 'slow-fsync.c'), '-ldl'])
  }
  return { LD_PRELOAD: slowFsync, FSYNC_MS: String(fsyncMs) }
}
let slowFsync: string | null = null

const folders: string[] = []
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hookswitch-bench-'))
  folders.push(made)
  return made
}

let postgres: PostgresServer | null = null
const database = async (): Promise<string> => {
  postgres ??= await startPostgres({ durable: true })
  return (await createDatabase(postgres.url)).url
}

async function startOurs(
  { databaseUrl, isLimit, second }: { databaseUrl: string | null; isLimit: boolean; second: boolean },
  handlerPort: number,
): Promise<Running> {
  const port = await findFreePort()
  const dataDir = folder()
  const orders: OurOrders = {
    dataDir,
    port,
    databaseUrl,
    isLimit,
    people: 20,
    handlers: [`http://127.0.0.1:${handlerPort}/handler`],
    joins: false,
  }
  const { child, said } = await startScript<{ people: Orders['people'] }>('ours.ts', { OURS: JSON.stringify(orders), ...onSlowDisk() })
  const children = [child]
  if (second)
    children.push((await startScript('ours.ts', { OURS: JSON.stringify({ ...orders, port: await findFreePort(), joins: true }) })).child)
  return {
    port,
    people: said.people,
    pids: children.map((one) => one.pid!),
    servicePids: databaseUrl === null ? [] : [postgres!.watcherPid],
    stop: async () => void (await Promise.all(children.map(end))),
  }
}

async function startRedis(): Promise<{ child: ChildProcess; port: number }> {
  const port = await findFreePort()
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--dir', folder()],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  started.add(child)
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve()
    })
  })
  return { child, port }
}

async function startPeer(kind: PeerOrders['kind'], split: boolean, handlerPort: number): Promise<Running> {
  const redis = kind === 'bullmq' ? await startRedis() : null
  const isOnPostgres = kind === 'pg-boss' || kind === 'graphile-worker'
  const orders: PeerOrders = {
    kind,
    role: split ? 'ingest' : 'both',
    port: await findFreePort(),
    handlerUrl: `http://127.0.0.1:${handlerPort}/handler`,
    redisPort: redis?.port ?? 0,
    databaseUrl: isOnPostgres ? await database() : '',
  }
  const { child } = await startScript('peer.ts', { PEER: JSON.stringify(orders) })
  const children = [child]
  if (split) children.push((await startScript('peer.ts', { PEER: JSON.stringify({ ...orders, role: 'worker' }) })).child)
  return {
    port: orders.port,
    people: [{ 'x-person': '1' }],
    pids: children.map((one) => one.pid!),
    servicePids: redis ? [redis.child.pid!] : isOnPostgres ? [postgres!.watcherPid] : [],
    async stop() {
      await Promise.all(children.map(end))
      if (redis) await end(redis.child)
    },
  }
}

const systems: readonly System[] = [
  {
    name: 'limit',
    label: '(f) Hookswitch, its store acknowledging at once',
    start: (at) => startOurs({ databaseUrl: null, isLimit: true, second: false }, at),
  },
  {
    name: 'sqlite',
    label: '(a) Hookswitch on SQLite, WAL, synchronous=FULL',
    start: (at) => startOurs({ databaseUrl: null, isLimit: false, second: false }, at),
  },
  {
    name: 'postgres',
    label: '(b) Hookswitch on PostgreSQL, 1 process',
    start: async (at) => startOurs({ databaseUrl: await database(), isLimit: false, second: false }, at),
  },
  {
    name: 'postgres2',
    label: '(b) Hookswitch on PostgreSQL, 2 processes',
    start: async (at) => startOurs({ databaseUrl: await database(), isLimit: false, second: true }, at),
  },
  {
    name: 'bullmq',
    label: `(c) BullMQ ${version('bullmq')}, Redis appendfsync always, 1 process`,
    start: (at) => startPeer('bullmq', false, at),
  },
  {
    name: 'bullmq2',
    label: `(c) BullMQ ${version('bullmq')}, Redis appendfsync always, ingest + worker`,
    start: (at) => startPeer('bullmq', true, at),
  },
  {
    name: 'pg-boss',
    label: `(d) pg-boss ${version('pg-boss')}, inserts batched by us, 4 × batchSize 64`,
    start: (at) => startPeer('pg-boss', false, at),
  },
  {
    name: 'graphile',
    label: `(e) graphile-worker ${version('graphile-worker')}, localQueue 128`,
    start: (at) => startPeer('graphile-worker', false, at),
  },
  { name: 'undici', label: `undici ${version('undici')} alone, no queue`, start: (at) => startPeer('undici', false, at) },
]

// ---- measuring

/** What one run of a system at one rate gave. */
interface Measured extends Report {
  readonly cpuPer10k: number
  readonly mb: number
}

async function measure(running: Running, handlerPort: number, rate: number | null, firstNumber: number): Promise<Measured> {
  const orders: Orders = {
    host: '127.0.0.1',
    port: running.port,
    path: '/v1/clicks',
    people: running.people,
    handlerPort,
    seconds,
    rate,
    connections: 64,
    window: 256,
    warmUpSeconds: 3,
    firstNumber,
  }
  const load = fork(join(here, 'load.ts'), {
    env: { ...process.env, LOAD: JSON.stringify(orders) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const pids = [...running.pids, ...running.servicePids.flatMap(family)]
  let [before, after] = [0, 0]
  load.on('message', (message) => {
    if (message === 'measuring') before = cpuMs(pids)
    else after = cpuMs(pids)
  })
  let text = ''
  load.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await new Promise((resolve) => load.once('close', resolve))
  const report = JSON.parse(text) as Report
  return { ...report, cpuPer10k: (after - before) / 1000 / ((report.perSecond * seconds) / 10_000), mb: residentMb(running.pids) }
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? Number.NaN
const rates = options.rates.split(',').filter((rate) => rate !== '')

async function runOnce(system: System): Promise<Record<string, Measured>> {
  const handlerPort = await findFreePort()
  const running = await system.start(handlerPort)
  try {
    const max = await measure(running, handlerPort, null, 0)
    const found: Record<string, Measured> = { max }
    for (const [index, rate] of rates.entries())
      found[rate] = await measure(
        running,
        handlerPort,
        rate === 'half' ? Math.round(max.perSecond / 2) : Number(rate),
        20_000 * (index + 1),
      )
    return found
  } finally {
    await running.stop()
  }
}

async function main(): Promise<void> {
  const wanted = options.only === '' ? systems : systems.filter((system) => options.only.split(',').includes(system.name))
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${rounds} rounds of ${seconds} s\n`)
  const all = new Map<string, Array<Record<string, Measured>>>(wanted.map((system) => [system.name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const system of wanted) {
      const found = await runOnce(system)
      all.get(system.name)!.push(found)
      const { max } = found
      console.error(
        `round ${round + 1} ${system.name}: ${max!.perSecond}/s, p50 ${max!.p50} ms, ${max!.cpuPer10k.toFixed(2)} s per 10k${max!.firstRefusal ? ` refused: ${max!.firstRefusal}` : ''}`,
      )
    }
  const of = (name: string, pick: (one: Record<string, Measured>) => number): number => median(all.get(name)!.map(pick))
  const show = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '–')
  const loads = ['max', ...rates].map((rate) => (/^\d+$/.test(rate) ? `${rate}/s` : rate))
  const head = [
    'System',
    'clicks/s',
    ...loads.map((load) => `p50/p99 ms at ${load}`),
    ...loads.map((load) => `acknowledged at ${load}`),
    'CPU s per 10,000',
    'MB',
    'lost',
    'doubled',
  ]
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`)
  for (const { name, label } of wanted) {
    const sum = (pick: (one: Measured) => number): number =>
      all
        .get(name)!
        .flatMap((one) => Object.values(one))
        .reduce((total, one) => total + pick(one), 0)
    const cells = [
      label,
      show(
        of(name, (one) => one['max']!.perSecond),
        0,
      ),
      ...['max', ...rates].map((rate) => `${show(of(name, (one) => one[rate]!.p50))} / ${show(of(name, (one) => one[rate]!.p99))}`),
      ...['max', ...rates].map((rate) => `${show(of(name, (one) => one[rate]!.ackP50))} / ${show(of(name, (one) => one[rate]!.ackP99))}`),
      show(of(name, (one) => one['max']!.cpuPer10k)),
      show(
        of(name, (one) => one['max']!.mb),
        0,
      ),
      String(sum((one) => one.lost)),
      String(sum((one) => one.doubled)),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
  const ratio = (a: string, b: string, pick: (one: Record<string, Measured>) => number, text: string): void => {
    if (!all.has(a) || !all.has(b)) return
    const each = all.get(a)!.map((one, round) => pick(one) / pick(all.get(b)![round]!))
    console.log(`${text}: ${show(median(each))}  [${each.map((one) => show(one)).join(', ')}]`)
  }
  const speed = (one: Record<string, Measured>): number => one['max']!.perSecond
  const cost = (one: Record<string, Measured>): number => one['max']!.cpuPer10k
  console.log('')
  ratio('sqlite', 'limit', speed, 'SQLite / limit (f)')
  ratio('sqlite', 'bullmq', speed, 'SQLite / BullMQ always, 1 process')
  ratio('sqlite', 'bullmq2', speed, 'SQLite / BullMQ always, ingest + worker')
  ratio('sqlite', 'bullmq', cost, 'CPU per 10,000: SQLite / BullMQ always, 1 process')
  ratio('sqlite', 'bullmq2', cost, 'CPU per 10,000: SQLite / BullMQ always, ingest + worker')
  ratio('postgres', 'limit', speed, 'PostgreSQL / limit (f)')
  ratio('postgres', 'pg-boss', speed, 'PostgreSQL / pg-boss batched')
}

try {
  await main()
} finally {
  await Promise.all([...started].map(end))
  await (postgres as PostgresServer | null)?.close()
  for (const made of folders) rmSync(made, { recursive: true, force: true })
}
