/**
 * The same path on a queue by other authors: POST /v1/clicks → durable job → POST to the handler → job completed. No sign-in, no rights, no
 * signature: less than ours does. Its orders are in PEER (JSON of PeerOrders); says `{ ready: true }` over IPC.
 */
import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import { Queue, Worker } from 'bullmq'
import { run, makeWorkerUtils, Logger } from 'graphile-worker'
import { PgBoss } from 'pg-boss'
import { Pool } from 'undici'

/** Which queue, and which half of it. */
export interface PeerOrders {
  readonly kind: 'bullmq' | 'pg-boss' | 'graphile-worker' | 'undici'
  /** `ingest` takes clicks, `worker` delivers, `both` does both in one process */
  readonly role: 'both' | 'ingest' | 'worker'
  readonly port: number
  readonly handlerUrl: string
  readonly redisPort: number
  readonly databaseUrl: string
}

const orders = JSON.parse(process.env['PEER'] ?? '{}') as PeerOrders
const concurrency = 64
const handler = new URL(orders.handlerUrl ?? 'http://127.0.0.1:9')
const pool = new Pool(handler.origin, { connections: concurrency, pipelining: 1 })

interface Click {
  readonly callId: string
  readonly number: string
}

/** The body of ONEXTERNALCALLSTART with its length on the wire. */
function bodyOf({ callId, number }: Click): string {
  const fields = `event=ONEXTERNALCALLSTART&event_handler_id=1&data%5BPHONE_NUMBER%5D=${encodeURIComponent(number)}&data%5BCALL_ID%5D=${callId}`
  return `${fields}&pad=${'x'.repeat(Math.max(0, 895 - fields.length))}`
}

async function deliver(click: Click): Promise<void> {
  const answer = await pool.request({
    method: 'POST',
    path: handler.pathname,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: bodyOf(click),
  })
  await answer.body.dump()
  if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`)
}

type Enqueue = (click: Click) => Promise<unknown>

/** Puts what comes while a batch is on its way into the next one: the group commit that pg-boss itself has not. */
function batched(insert: (clicks: Click[]) => Promise<unknown>): Enqueue {
  let waiting: Array<{ click: Click; resolve: () => void; reject: (error: unknown) => void }> = []
  let busy = false
  const drain = async (): Promise<void> => {
    if (busy) return
    busy = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await insert(batch.map((one) => one.click)).then(
        () => batch.forEach((one) => one.resolve()),
        (error: unknown) => batch.forEach((one) => one.reject(error)),
      )
    }
    busy = false
  }
  return (click) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ click, resolve, reject })
      void drain()
    })
}

const open: Readonly<Record<PeerOrders['kind'], () => Promise<Enqueue>>> = {
  async undici() {
    return deliver
  },
  async bullmq() {
    const connection = { host: '127.0.0.1', port: orders.redisPort }
    if (orders.role !== 'ingest') {
      const worker = new Worker('clicks', async (job) => deliver(job.data as Click), {
        connection,
        concurrency,
        removeOnComplete: { count: 1000 },
      })
      await worker.waitUntilReady()
    }
    const queue = new Queue('clicks', { connection })
    await queue.waitUntilReady()
    return (click) => queue.add('click', click, { jobId: click.callId, attempts: 3 })
  },
  async 'pg-boss'() {
    const boss = new PgBoss({ connectionString: orders.databaseUrl, max: 10 })
    boss.on('error', (error: unknown) => console.error(error))
    await boss.start()
    await boss.createQueue('clicks')
    if (orders.role !== 'ingest')
      for (let i = 0; i < 4; i += 1)
        await boss.work('clicks', { batchSize: 64, pollingIntervalSeconds: 0.5 }, async (jobs: Array<{ data: unknown }>) => {
          await Promise.all(jobs.map((job) => deliver(job.data as Click)))
        })
    return batched((clicks) =>
      boss.insert(
        'clicks',
        clicks.map((data) => ({ data })),
      ),
    )
  },
  async 'graphile-worker'() {
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ connectionString: orders.databaseUrl, logger })
    await utils.migrate()
    if (orders.role !== 'ingest')
      await run({
        connectionString: orders.databaseUrl,
        concurrency,
        logger,
        noHandleSignals: true,
        taskList: { click: (payload) => deliver(payload as Click) },
        preset: {
          worker: {
            localQueue: { size: 128 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
            concurrentJobs: concurrency,
            maxPoolSize: 10,
          },
        },
      })
    return (click) => utils.addJob('click', click, { maxAttempts: 3 })
  },
}

const enqueue = await open[orders.kind]()
if (orders.role === 'worker') process.send?.({ ready: true })
else {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const click = { callId: randomUUID(), number: (JSON.parse(body) as { number: string }).number }
      enqueue(click).then(
        () => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(click)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    })
  })
  server.keepAliveTimeout = 120_000
  server.listen(orders.port, '127.0.0.1', () => process.send?.({ ready: true }))
}
