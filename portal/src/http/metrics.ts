/** `/metrics` for Prometheus: what became of deliveries, how long it took, what waits, how busy the process is. */
import { timingSafeEqual, createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Decision } from '../delivery/engine.ts'
import type { Sent } from '../delivery/send.ts'
import type { DeskReport } from '../delivery/worker-ports.ts'
import { PortalError } from '../errors.ts'
import type { DeliveryJob } from '../events/outbox.ts'
import type { Store } from '../store/store.ts'

/** What metrics are read from. */
export interface MetricsParts {
  readonly store: Store
  readonly clock: Clock
  /** what waits and goes on in this process */
  readonly report: () => readonly DeskReport[]
  /** setting `metrics.token`; null = for this machine only */
  readonly token: string | null
}

/** Who asks for the metrics. */
export interface Scrape {
  readonly headers: IncomingHttpHeaders
  /** of the connection itself, not what a proxy says */
  readonly peer: string
}

/** The metrics of one process. */
export interface Metrics {
  /** an attempt has ended, or a delivery was settled without one */
  ended(job: DeliveryJob, decision: Decision, sent: Sent | null): void
  /** The text of `/metrics`; throws `metrics_refused`. */
  scrape(from: Scrape): Promise<{ readonly type: string; readonly text: string }>
  close(): void
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const breakerNumbers = { closed: 0, half_open: 1, open: 2 } as const

/** Names begin with `hookswitch_`; times are seconds. */
export function createMetrics({ store, clock, report, token }: MetricsParts): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const attempts = new Counter({
    name: 'hookswitch_attempts_total',
    help: 'POSTs to handlers, by class of the event and by what came of them.',
    labelNames: ['class', 'outcome'],
    registers,
  })
  const deliveries = new Counter({
    name: 'hookswitch_deliveries_total',
    help: 'Deliveries that have come to an end, by class, state and reason.',
    labelNames: ['class', 'state', 'reason'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'hookswitch_attempt_seconds',
    help: 'From the start of an attempt to its end.',
    labelNames: ['class'],
    buckets: seconds,
    registers,
  })
  const clickSeconds = new Histogram({
    name: 'hookswitch_click_to_delivered_seconds',
    help: 'From the click to the answer of the handler that took it.',
    buckets: seconds,
    registers,
  })
  const waiting = new Gauge({
    name: 'hookswitch_deliveries_open',
    help: 'Deliveries in the database that have not come to an end, by class and state. All processes.',
    labelNames: ['class', 'state'],
    registers,
  })
  const oldest = new Gauge({
    name: 'hookswitch_oldest_due_seconds',
    help: 'How long the delivery that is due longest has been due. All processes.',
    registers,
  })
  const queued = new Gauge({
    name: 'hookswitch_queue_depth',
    help: 'Deliveries that wait in the memory of this process for a slot of their handler.',
    registers,
  })
  const inFlight = new Gauge({ name: 'hookswitch_attempts_in_flight', help: 'POSTs under way in this process.', registers })
  const breakers = new Gauge({
    name: 'hookswitch_breaker_state',
    help: 'Circuit breakers of handlers that are in use: 0 closed, 1 half open, 2 open. This process.',
    labelNames: ['handler'],
    registers,
  })
  const loopDelay = new Gauge({
    name: 'hookswitch_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'],
    registers,
  })
  const memory = new Gauge({ name: 'process_resident_memory_bytes', help: 'Memory of this process.', registers })
  const cpu = new Gauge({ name: 'process_cpu_seconds_total', help: 'CPU time of this process.', registers })
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()

  const readDatabase = async (): Promise<void> => {
    const rows = await store.read
      .selectFrom('delivery')
      .select((eb) => ['delivery_class', 'state', eb.fn.countAll<number>().as('count'), eb.fn.min('due_at').as('due')])
      // the index of the open ones
      .where('due_at', 'is not', null)
      .where('state', 'in', ['pending', 'sending', 'retrying'])
      .groupBy(['delivery_class', 'state'])
      .execute()
    waiting.reset()
    for (const { delivery_class: deliveryClass, state, count } of rows) waiting.set({ class: deliveryClass, state }, Number(count))
    const due = rows.flatMap((row) => (row.state !== 'sending' && row.due ? [Number(row.due)] : []))
    oldest.set(due.length === 0 ? 0 : Math.max(0, (clock.now() - Math.min(...due)) / 1000))
  }

  const readProcess = (): void => {
    const desks = report()
    queued.set(desks.reduce((sum, desk) => sum + desk.waiting, 0))
    inFlight.set(desks.reduce((sum, desk) => sum + desk.inFlight, 0))
    breakers.reset()
    for (const { handlerId, breaker } of desks) breakers.set({ handler: String(handlerId) }, breakerNumbers[breaker])
    for (const percent of [50, 99]) loopDelay.set({ quantile: String(percent / 100) }, delay.percentile(percent) / 1e9)
    loopDelay.set({ quantile: '1' }, delay.count === 0 ? 0 : delay.max / 1e9)
    delay.reset()
    memory.set(process.memoryUsage.rss())
    const { userCPUTime, systemCPUTime } = process.resourceUsage()
    cpu.set((userCPUTime + systemCPUTime) / 1e6)
  }

  return {
    ended({ deliveryClass, createdAt }, { state, reason, dueAt }, sent) {
      if (sent) {
        attempts.inc({ class: deliveryClass, outcome: reason ?? 'ok' })
        attemptSeconds.observe({ class: deliveryClass }, sent.durationMs / 1000)
      }
      if (dueAt !== null) return
      deliveries.inc({ class: deliveryClass, state, reason: reason ?? '' })
      if (deliveryClass === 'dial' && state === 'delivered') clickSeconds.observe(Math.max(0, clock.now() - createdAt) / 1000)
    },
    async scrape(from) {
      if (!isAllowed(from, token)) throw new PortalError('metrics_refused')
      await readDatabase()
      readProcess()
      return { type: registry.contentType, text: await registry.metrics() }
    },
    close: () => void delay.disable(),
  }
}

/** With a token: who has it. Without: this machine, but no proxy on it, which would open them to all the world. */
function isAllowed({ headers, peer }: Scrape, token: string | null): boolean {
  if (token !== null) return isSame(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '', token)
  const isForwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)
  return !isForwarded && /^(127\.|::1$|::ffff:127\.)/.test(peer)
}

function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}
