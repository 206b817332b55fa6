/**
 * The delivery loop: which delivery is sent when. It knows no domain; what to send and what to write down comes in as ports.
 * One handler never slows another: each has its own queue and slots. Notices of one handler and call go one after the other; a
 * notice in retry holds those behind it for 30 s at most (design 11.9). Dials pass notices and wait for none.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { DeliveryClass } from '../states.ts'
import { decide, isPastDeadline, type Decision, type Reason } from './engine.ts'
import type { Outgoing, Sender, Sent } from './send.ts'

/** A delivery as the loop sees it. */
export interface Job {
  readonly id: number
  readonly handlerId: number
  readonly deliveryClass: DeliveryClass
  /** notices with the same key go one after the other */
  readonly orderKey: string | null
  readonly createdAt: number
  readonly deadlineAt: number | null
  readonly retries: boolean
  /** attempts made so far */
  readonly attempts: number
  /** committed as `sending` with a slot that `reserve` gave */
  readonly reserved: boolean
}

/** What the loop needs from the outside. */
export interface WorkerPorts<J extends Job> {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly sender: Pick<Sender, 'send'>
  /** leases what is due and nobody's; soonest first */
  claimDue(limit: number): Promise<J[]>
  /** when the next one is due, or null */
  nextDueAt(): Promise<number | null>
  /** durably turns a pending dial to `sending`; false when it is not to be sent any more */
  markSending(job: J): Promise<boolean>
  /** why it is not to be sent any more, or null */
  obstacle(job: J): Reason | null
  /** the request, tokens issued now */
  render(job: J): Promise<Outgoing> | Outgoing
  /** writes down the attempt and the decision */
  record(job: J, request: Outgoing, sent: Sent, decision: Decision): Promise<void>
  /** writes down the end of a delivery that was never posted */
  recordUnsent(job: J, decision: Decision): Promise<void>
}

/** The running loop. */
export interface Worker<J extends Job> {
  /** a slot for a dial that is about to be committed as `sending`; false when the handler has none free */
  reserve(handlerId: number): boolean
  /** gives a reserved slot back: the commit failed */
  release(handlerId: number): void
  /** hands over committed deliveries; nothing is polled for */
  accept(jobs: readonly J[]): void
  /** looks for due deliveries now: after a start, a replay, a wake-up from another process */
  wake(): void
  /** deliveries that wait or are under way here */
  readonly load: number
  /** starts nothing new, waits for what is under way */
  close(): Promise<void>
}

const slotsPerHandler = 8
const holdMs = 30_000
const sweepMs = 5_000
const claimLimit = 256

interface Lane<J> {
  busy: boolean
  heldUntil: number
  readonly waiting: J[]
}

interface Desk<J> {
  inFlight: number
  readonly dials: J[]
  readonly notices: J[]
}

/** Starts the loop; `wake` it once recovery is done. */
export function createWorker<J extends Job>(ports: WorkerPorts<J>): Worker<J> {
  const { clock, log } = ports
  const desks = new Map<number, Desk<J>>()
  const lanes = new Map<string, Lane<J>>()
  const known = new Set<number>()
  const underway = new Set<Promise<void>>()
  let cancelWake: (() => void) | null = null
  let wakeAt = Number.POSITIVE_INFINITY
  let sweeping = false
  let sweepAgain = false
  let closed = false

  const deskOf = (handlerId: number): Desk<J> => {
    let desk = desks.get(handlerId)
    if (!desk) desks.set(handlerId, (desk = { inFlight: 0, dials: [], notices: [] }))
    return desk
  }

  const start = (job: J): void => {
    const run = runJob(job)
      .catch((error: unknown) =>
        log.error({ err: error, delivery: job.id }, 'a delivery could not be recorded; it is tried again when its lease ends'),
      )
      .finally(() => {
        underway.delete(run)
        known.delete(job.id)
        const desk = deskOf(job.handlerId)
        desk.inFlight -= 1
        fill(job.handlerId, desk)
      })
    underway.add(run)
  }

  const fill = (handlerId: number, desk: Desk<J>): void => {
    while (!closed && desk.inFlight < slotsPerHandler) {
      const job = desk.dials.shift() ?? desk.notices.shift()
      if (!job) break
      desk.inFlight += 1
      start(job)
    }
    if (desk.inFlight === 0 && desk.dials.length === 0 && desk.notices.length === 0) desks.delete(handlerId)
  }

  const enqueue = (job: J): void => {
    const desk = deskOf(job.handlerId)
    if (job.deliveryClass === 'dial') desk.dials.push(job)
    else desk.notices.push(job)
    fill(job.handlerId, desk)
  }

  const enterLane = (job: J): void => {
    if (job.orderKey === null) return enqueue(job)
    let lane = lanes.get(job.orderKey)
    if (!lane) lanes.set(job.orderKey, (lane = { busy: false, heldUntil: 0, waiting: [] }))
    if (lane.busy || (lane.heldUntil > clock.now() && job.attempts === 0)) lane.waiting.push(job)
    else {
      lane.busy = true
      enqueue(job)
    }
  }

  const leaveLane = (job: J, decision: Decision | null): void => {
    if (job.orderKey === null) return
    const key = job.orderKey
    const lane = lanes.get(key)
    if (!lane) return
    lane.busy = false
    if (decision?.state === 'retrying') {
      lane.heldUntil ||= clock.now() + holdMs
      clock.at(lane.heldUntil, () => advance(key))
    } else if (job.attempts > 0 || decision) lane.heldUntil = 0
    advance(key)
  }

  const advance = (key: string): void => {
    const lane = lanes.get(key)
    if (!lane || lane.busy || lane.heldUntil > clock.now()) return
    const next = lane.waiting.shift()
    if (!next) return void lanes.delete(key)
    lane.busy = true
    enqueue(next)
  }

  const runJob = async (job: J): Promise<void> => {
    let decision: Decision | null = null
    try {
      if (isPastDeadline(job.deadlineAt, clock.now())) {
        decision = { state: 'expired', reason: 'deadline', dueAt: null, refusal: null }
        await ports.recordUnsent(job, decision)
        return
      }
      const obstacle = ports.obstacle(job)
      if (obstacle !== null) {
        // a dial that fails closes its call
        decision = { state: job.deliveryClass === 'dial' ? 'failed' : 'canceled', reason: obstacle, dueAt: null, refusal: null }
        await ports.recordUnsent(job, decision)
        return
      }
      if (job.deliveryClass === 'dial' && !job.reserved && !(await ports.markSending(job))) return
      const request = await ports.render(job)
      const sent = await ports.sender.send(request)
      decision = decide({ ...job, attempts: job.attempts + 1, now: clock.now(), random: ports.random() }, sent.ending)
      await ports.record(job, request, sent, decision)
      if (decision.dueAt !== null) wakeBy(decision.dueAt)
    } finally {
      leaveLane(job, decision)
    }
  }

  const wakeBy = (timeMs: number): void => {
    if (closed || timeMs >= wakeAt) return
    cancelWake?.()
    wakeAt = timeMs
    cancelWake = clock.at(timeMs, () => {
      wakeAt = Number.POSITIVE_INFINITY
      void sweep()
    })
  }

  const sweep = async (): Promise<void> => {
    if (sweeping) {
      sweepAgain = true
      return
    }
    sweeping = true
    try {
      do {
        sweepAgain = false
        const jobs = await ports.claimDue(claimLimit)
        accept(jobs)
        if (jobs.length === claimLimit) sweepAgain = true
      } while (sweepAgain && !closed)
      wakeBy(Math.min((await ports.nextDueAt()) ?? Number.POSITIVE_INFINITY, clock.now() + sweepMs))
    } catch (error) {
      log.error({ err: error }, 'due deliveries could not be claimed; trying again')
      wakeBy(clock.now() + 1000)
    } finally {
      sweeping = false
    }
  }

  const accept = (jobs: readonly J[]): void => {
    for (const job of jobs) {
      if (known.has(job.id)) continue
      known.add(job.id)
      if (job.reserved) start(job)
      else enterLane(job)
    }
  }

  return {
    reserve(handlerId) {
      const desk = deskOf(handlerId)
      if (closed || desk.inFlight >= slotsPerHandler || desk.dials.length > 0) return false
      desk.inFlight += 1
      return true
    },
    release(handlerId) {
      const desk = deskOf(handlerId)
      desk.inFlight -= 1
      fill(handlerId, desk)
    },
    accept,
    wake: () => void sweep(),
    get load() {
      return known.size
    },
    async close() {
      closed = true
      cancelWake?.()
      await Promise.all(underway)
    },
  }
}
