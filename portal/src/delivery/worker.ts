/**
 * The delivery loop: which delivery is sent when. It knows no domain; what to send and what to write down comes in as ports.
 * One handler never slows another: each has its own desk (slots, rate, breaker). Notices of one handler and call go one after the
 * other (`lanes.ts`). Dials pass notices and wait for none.
 */
import { isOutage } from '../errors.ts'
import { breakerState, closedBreaker, healthOf, learn, type Evidence } from './breaker.ts'
import { Desk } from './desk.ts'
import { decide, decideHeld, isPastDeadline, pauseOf, slowHandlerMs, type Decision } from './engine.ts'
import { createLanes } from './lanes.ts'
import { createPreparations } from './preparations.ts'
import type { Sent } from './send.ts'
import { createTurns } from './turns.ts'
import type { Job, Worker, WorkerPorts } from './worker-ports.ts'

const sweepMs = 5_000
const claimLimit = 256
/** how often a database that is away is asked again */
const againMs = 250
const closingTriesMost = 40
/** longest pause between two clicks that an open breaker ends */
const pauseMsMost = 50
/** after so long a wait for its slot a dial is looked at again before it is posted: its call may be over, others may have given it up */
const staleMs = 1_000
/** calls whose dial ended in silence, newest last */
const doubtsKept = 1000

const callOver: Decision = { state: 'canceled', reason: 'call_over', dueAt: null, refusal: null }
const tooLate: Decision = { state: 'expired', reason: 'deadline', dueAt: null, refusal: null }

/** Starts the loop; `wake` it once recovery is done. */
export function createWorker<J extends Job>(ports: WorkerPorts<J>): Worker<J> {
  const { clock, log } = ports
  const desks = new Map<number, Desk<J>>()
  const known = new Map<number, J>()
  const underway = new Set<Promise<void>>()
  const doubts = new Map<string, number>()
  const deadlines = new Map<number, () => void>()
  /** since when the dials that wait for a slot stand as `sending` in the store: their leases run from then */
  const leasedAt = new Map<number, number>()
  const preparations = createPreparations(ports.render)
  const timers = new Map<number, () => void>()
  let cancelWake: (() => void) | null = null
  let wakeAt = Number.POSITIVE_INFINITY
  let sweeping = false
  let sweepAgain = false
  let closed = false
  let closingTries = 0

  const deskOf = (handlerId: number): Desk<J> => {
    let desk = desks.get(handlerId)
    if (!desk) desks.set(handlerId, (desk = new Desk()))
    return desk
  }

  const lanes = createLanes<J>(clock, (job) => {
    const desk = deskOf(job.handlerId)
    desk.add(job)
    fill(job.handlerId, desk)
    if (desk.dials.includes(job)) watch(job)
  })

  const { heldBack } = ports
  const turns = heldBack ? createTurns<J>({ clock, log, heldBack, enter: (job) => lanes.enter(job) }) : null
  const leave = (job: J, isComingBack: boolean): void => {
    lanes.leave(job, isComingBack)
    if (job.orderKey !== null) turns?.ended(job.orderKey)
  }

  /** A database that is away for a moment: what has to be written down is written down when it is back. */
  const whenBack = async <T>(work: () => Promise<T> | T, untilMs: number | null): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (!isOutage(error) || isPastDeadline(untilMs, clock.now())) throw error
        if (closed && (closingTries += 1) > closingTriesMost) throw error
        await new Promise<void>((resolve) => void clock.at(clock.now() + Math.min(50 * (tries + 1), againMs), resolve))
      }
    }
  }

  /** A dial that waits is told to be late when it is, not when its turn comes. */
  const watch = (job: J): void => {
    if (job.deadlineAt === null || deadlines.has(job.id)) return
    const giveUp = (): void => {
      deadlines.delete(job.id)
      if (deskOf(job.handlerId).remove(job)) track(job, end(job, tooLate))
    }
    deadlines.set(job.id, clock.at(job.deadlineAt, giveUp))
  }
  const unwatch = (job: J): void => {
    deadlines.get(job.id)?.()
    deadlines.delete(job.id)
  }

  const track = (job: J, work: Promise<void>): void => {
    const run = work
      .catch((error: unknown) =>
        log.error({ err: error, delivery: job.id }, 'a delivery could not be recorded; it is tried again when its lease ends'),
      )
      .finally(() => {
        underway.delete(run)
        known.delete(job.id)
        leasedAt.delete(job.id)
        preparations.forget(job)
      })
    underway.add(run)
  }

  /** A dial that waited as `pending`: it is committed as `sending`, and then waits for a slot. */
  const reserve = (job: J, desk: Desk<J>): void => {
    let since = 0
    const run = whenBack(() => {
      since = clock.now()
      return ports.markSending(job)
    }, job.deadlineAt)
      .catch((error: unknown) => {
        log.error({ err: error, delivery: job.id }, 'a delivery could not be taken up; it is tried again when its lease ends')
        return false
      })
      .then((isReserved) => {
        underway.delete(run)
        if (isReserved) return committed(job, desk, since)
        desk.released()
        unwatch(job)
        known.delete(job.id)
        leave(job, false)
        fill(job.handlerId, desk)
      })
    underway.add(run)
  }

  const committed = (job: J, desk: Desk<J>, since: number): void => {
    leasedAt.set(job.id, since)
    desk.committed(job)
    fill(job.handlerId, desk)
    if (desk.reserved.includes(job)) watch(job)
  }

  const start = (job: J): void => {
    unwatch(job)
    let holdsSlot = true
    const leaveSlot = (isTaken: boolean): void => {
      if (!holdsSlot) return
      holdsSlot = false
      const desk = deskOf(job.handlerId)
      desk.ended(clock.now(), isTaken)
      fill(job.handlerId, desk)
    }
    track(
      job,
      runJob(job, () => leaveSlot(true)).finally(() => leaveSlot(false)),
    )
  }

  const fill = (handlerId: number, desk: Desk<J>): void => {
    while (!closed) {
      const now = clock.now()
      if (desk.state(now) === 'open') {
        turnAway(desk)
        break
      }
      const turn = desk.take(now, ports.limitsOf(handlerId))
      if (turn.step === 'post') start(turn.job)
      else if (turn.step === 'reserve') reserve(turn.job, desk)
      else {
        if (turn.askAt !== null) fillAt(handlerId, turn.askAt)
        break
      }
    }
    if (desk.isIdle(clock.now())) desks.delete(handlerId)
  }

  const fillAt = (handlerId: number, timeMs: number): void => {
    timers.get(handlerId)?.()
    timers.set(
      handlerId,
      clock.at(timeMs, () => {
        timers.delete(handlerId)
        fill(handlerId, deskOf(handlerId))
      }),
    )
  }

  /**
   * The breaker is open: new dials end at once, with a reason that the clicker reads; the others wait in the store. They are written down one after the
   * other, in half of the time: a hundred at once would keep the clicks on other handlers waiting.
   */
  const turnAway = (desk: Desk<J>): void => {
    const { retryAt } = desk.breaker
    let before: Promise<void> = Promise.resolve()
    for (const job of desk.clear()) {
      unwatch(job)
      let begunAt = 0
      const run = before.then(() => {
        begunAt = clock.now()
        return end(job, decideHeld(job, retryAt))
      })
      track(job, run)
      before = run.catch(() => {}).then(() => pause(clock.now() - begunAt))
    }
    wakeBy(retryAt)
  }

  const pause = async (ms: number): Promise<void> => {
    if (ms > 0 && !closed) await new Promise<void>((resolve) => void clock.at(clock.now() + Math.min(ms, pauseMsMost), resolve))
  }

  /** Ends a delivery's turn without a POST. */
  const end = async (job: J, decision: Decision): Promise<void> => {
    try {
      await whenBack(() => ports.recordUnsent(job, decision), null)
      ports.ended?.(job, decision, null)
    } finally {
      leave(job, decision.dueAt !== null)
    }
  }

  const runJob = async (job: J, leaveSlot: () => void): Promise<void> => {
    if (isPastDeadline(job.deadlineAt, clock.now())) return end(job, tooLate)
    const obstacle = ports.obstacle(job)
    // a dial that fails closes its call
    if (obstacle !== null)
      return end(job, { state: job.deliveryClass === 'dial' ? 'failed' : 'canceled', reason: obstacle, dueAt: null, refusal: null })
    let isComingBack = false
    try {
      const since = leasedAt.get(job.id) ?? clock.now()
      const isStale = Math.abs(clock.now() - since) > staleMs
      if (isStale && !(await whenBack(() => ports.markSending(job), job.deadlineAt))) {
        await whenBack(() => ports.recordUnsent(job, callOver), null)
        ports.ended?.(job, callOver, null)
        return
      }
      const ready = isStale ? null : preparations.of(job)
      const request =
        ready ??
        (await whenBack(() => ports.render(job), job.deadlineAt).catch((error: unknown) => {
          if (isOutage(error)) return null
          throw error
        }))
      // what came before took its time: a slow disk must not make a late dial
      if (request === null || isPastDeadline(job.deadlineAt, clock.now())) {
        await whenBack(() => ports.recordUnsent(job, tooLate), null)
        ports.ended?.(job, tooLate, null)
        return
      }
      const sent = await ports.sender.send(request)
      if (sent.durationMs >= slowHandlerMs)
        log.warn({ delivery: job.id, handler: job.handlerId, ms: Math.round(sent.durationMs) }, 'a handler is slow')
      const decision = decide({ ...job, attempts: job.attempts + 1, now: clock.now(), random: ports.random() }, sent.ending)
      isComingBack = decision.dueAt !== null
      // who took it well can take the next one while this one is written down
      if (decision.state === 'delivered') leaveSlot()
      const { isProven } = await whenBack(() => ports.record(job, request, sent, decision), null)
      learnFrom(job, sent, decision, isProven)
      ports.ended?.(job, decision, sent)
      if (decision.dueAt !== null) wakeBy(decision.dueAt)
    } finally {
      leave(job, isComingBack)
    }
  }

  const learnFrom = (job: J, sent: Sent, decision: Decision, isProven: boolean): void => {
    const now = clock.now()
    const desk = deskOf(job.handlerId)
    desk.pause(now, pauseOf(sent.ending))
    if (sent.ending.kind === 'silent' && job.deliveryClass === 'dial' && job.callId !== null && !isProven) {
      doubts.set(job.callId, job.handlerId)
      const [oldest] = doubts.keys()
      if (doubts.size > doubtsKept && oldest !== undefined) doubts.delete(oldest)
    }
    judge(job.handlerId, desk, {
      health: healthOf(sent.ending, isProven),
      deliveryId: job.id,
      reason: decision.reason,
      startedAt: sent.startedAt,
      now,
    })
  }

  const judge = (handlerId: number, desk: Desk<J>, evidence: Evidence): void => {
    const before = desk.breaker
    desk.breaker = learn(before, evidence)
    if (desk.breaker.openedAt === before.openedAt && desk.breaker.retryAt === before.retryAt) return
    ports.breakerChanged(handlerId, desk.breaker)
    if (breakerState(desk.breaker, evidence.now) === 'open') turnAway(desk)
    else void sweep()
  }

  const trust = (handlerId: number): void => {
    const desk = desks.get(handlerId)
    if (!desk) return
    const wasOpen = desk.breaker.openedAt !== null
    desk.breaker = closedBreaker
    desk.unpause()
    if (wasOpen) ports.breakerChanged(handlerId, closedBreaker)
    fill(handlerId, desk)
    if (wasOpen) void sweep()
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

  const resting = (): number[] => {
    const now = clock.now()
    return [...desks].filter(([, desk]) => desk.state(now) === 'open').map(([handlerId]) => handlerId)
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
        const jobs = await ports.claimDue(claimLimit, resting())
        if (closed) return await ports.release(jobs)
        accept(jobs)
        if (jobs.length === claimLimit) sweepAgain = true
      } while (sweepAgain && !closed)
      wakeBy(Math.min((await ports.nextDueAt(resting())) ?? Number.POSITIVE_INFINITY, clock.now() + sweepMs))
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
      known.set(job.id, job)
      if (job.reserved) committed(job, deskOf(job.handlerId), job.createdAt)
      else if (turns && job.orderKey !== null) turns.wait(job)
      else lanes.enter(job)
    }
  }

  return {
    reserve: (handlerId) => !closed && deskOf(handlerId).reserve(clock.now(), ports.limitsOf(handlerId)),
    prepare: preparations.begin,
    release(job) {
      preparations.forget(job)
      const desk = deskOf(job.handlerId)
      desk.released()
      fill(job.handlerId, desk)
    },
    accept,
    wake: () => void sweep(),
    proven(callId) {
      const handlerId = doubts.get(callId)
      if (handlerId === undefined) return
      doubts.delete(callId)
      trust(handlerId)
    },
    trust,
    tryNow(handlerId) {
      const desk = desks.get(handlerId)
      if (desk?.state(clock.now()) === 'open') desk.breaker = { ...desk.breaker, retryAt: clock.now() }
    },
    get load() {
      return known.size
    },
    held: () => [...known.values()],
    report() {
      const now = clock.now()
      return [...desks].map(([handlerId, desk]) => ({
        handlerId,
        waiting: desk.waiting,
        inFlight: desk.inFlight,
        breaker: desk.state(now),
      }))
    },
    async close() {
      closed = true
      cancelWake?.()
      for (const cancel of [...deadlines.values(), ...timers.values()]) cancel()
      while (underway.size > 0) await Promise.all(underway)
      const waiting = [...[...desks.values()].flatMap((desk) => desk.clear()), ...lanes.clear(), ...(turns?.clear() ?? [])]
      if (waiting.length > 0) await ports.release(waiting)
    },
  }
}
