/**
 * The promises of design 6 and 11.6 to 11.9, held against random histories: handlers that answer, refuse, hang and vanish, processes
 * that die at any moment, clocks that are set. The loop and the decisions are the real ones; the store is a model of its statements.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { createLog } from '../log.ts'
import type { DeliveryClass, DeliveryState } from '../states.ts'
import { decideAbandoned, dialShelfLifeMs, type Decision, type Ending, type Reason } from './engine.ts'
import type { Sent } from './send.ts'
import type { Job, Worker } from './worker-ports.ts'
import { createWorker } from './worker.ts'

const runs = process.env['LONG'] === '1' ? 50_000 : 2_000
const slots = 2
const attemptMs = 10_000
/** the first one and ten more, about 25 hours in all */
const triesOfNotices = 10

/** A row of the delivery table, as far as the loop goes. */
interface DeliveryRow {
  readonly id: number
  readonly handlerId: number
  readonly deliveryClass: DeliveryClass
  readonly orderKey: string | null
  readonly callId: string
  readonly createdAt: number
  readonly deadlineAt: number | null
  readonly dedupes: boolean
  readonly retries: boolean
  state: DeliveryState
  reason: Reason | null
  attempts: number
  dueAt: number | null
  leaseOwner: number | null
  leaseUntil: number | null
}

/** A POST as the handler's side of the wire knows it. */
interface Posted {
  readonly id: number
  readonly at: number
  /** the handler may have taken it: it was written and not refused in so many words */
  readonly mayHaveArrived: boolean
  /** the handler said yes, or what a handler of notices may say instead */
  readonly tookIt: boolean
}

type Command =
  | { readonly kind: 'dial'; readonly handlerId: number; readonly dedupes: boolean; readonly diesAfterCommit: boolean }
  | { readonly kind: 'notice'; readonly handlerId: number; readonly call: number; readonly retries: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'set_clock'; readonly byMs: number }
  | { readonly kind: 'crash' }
  /** another process looks for what was abandoned: by its clock, leases are over */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'report'; readonly nth: number }
  | { readonly kind: 'hang_up'; readonly nth: number }

type Behaviour = { readonly ending: Ending; readonly ms: number }

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const quiet = createLog('silent')

/** Forward only; a report, or the answer to an attempt that was called abandoned, ends the doubt of what is unconfirmed. */
const allowed: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  pending: ['pending', 'sending', 'delivered', 'retrying', 'failed', 'expired', 'canceled', 'unconfirmed'],
  sending: ['sending', 'delivered', 'retrying', 'failed', 'expired', 'canceled', 'unconfirmed'],
  retrying: ['retrying', 'sending', 'delivered', 'failed', 'expired', 'canceled', 'unconfirmed'],
  unconfirmed: ['delivered', 'failed', 'expired', 'unconfirmed'],
  delivered: [],
  failed: [],
  expired: [],
  skipped: [],
  canceled: [],
}

class World {
  readonly rows = new Map<number, DeliveryRow>()
  readonly posted: Posted[] = []
  readonly problems: string[] = []
  readonly reported = new Set<number>()
  /** calls that are over */
  readonly isOver = new Set<string>()
  /** since then holds of lanes are remembered and the clock was not set */
  calmSince = 0
  wasSet = false
  #behaviours: readonly Behaviour[]
  #wallOffset = 1_000_000_000
  #elapsed = 0
  #timers: Array<{ due: number; run: () => void }> = []
  #process = 0
  #inFlight = new Map<number, number>()
  #held = new Map<number, number>()
  #insertedAt = new Map<number, number>()
  /** the handler asked by Retry-After to be left alone with it until then */
  #notBefore = new Map<number, number>()
  worker: Worker<Job>

  constructor(behaviours: readonly Behaviour[]) {
    this.#behaviours = behaviours
    this.worker = this.#start()
  }

  now = (): number => this.#wallOffset + this.#elapsed

  /** timers count elapsed time, as the machine's do */
  readonly #clock: Clock = {
    now: this.now,
    at: (timeMs, run) => {
      const timer = { due: this.#elapsed + Math.max(0, timeMs - this.now()), run }
      this.#timers.push(timer)
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      }
    },
  }

  async wait(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    for (;;) {
      await settle()
      this.#checkWaiting()
      const [next] = this.#timers.filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#elapsed = Math.max(this.#elapsed, next.due)
      next.run()
    }
    this.#elapsed = end
  }

  heal(): void {
    this.#behaviours = [{ ending: answered(200), ms: 10 }]
  }

  setClock(byMs: number): void {
    this.#wallOffset += byMs
    this.wasSet = true
  }

  crash(): void {
    this.#process += 1
    this.#timers = []
    this.#inFlight.clear()
    this.#held.clear()
    this.calmSince = this.now()
    for (const row of this.rows.values()) {
      if (row.state === 'sending') {
        const { deliveryClass, dedupes, deadlineAt } = row
        this.#write(row, decideAbandoned({ deliveryClass, dedupes, deadlineAt, now: this.now() }))
      }
      row.leaseOwner = row.leaseUntil = null
    }
    this.worker = this.#start()
    this.worker.wake()
  }

  /** what another statement than the loop's does to a row */
  change(row: DeliveryRow, from: readonly DeliveryState[], state: DeliveryState, reason: Reason): void {
    if (!from.includes(row.state)) return
    if (reason === 'reported') this.reported.add(row.id)
    this.#move(row, state)
    Object.assign(row, { reason, dueAt: null, leaseOwner: null, leaseUntil: null })
  }

  insert(row: Omit<DeliveryRow, 'state' | 'reason' | 'attempts' | 'dueAt' | 'leaseOwner' | 'leaseUntil'>, diesAfterCommit: boolean): void {
    const reserved = row.deliveryClass === 'dial' && this.worker.reserve(row.handlerId)
    this.#insertedAt.set(row.id, this.#elapsed)
    const lease = row.deliveryClass === 'notice' ? 60_000 : reserved ? 20_000 : 2_000
    this.rows.set(row.id, {
      ...row,
      state: reserved ? 'sending' : 'pending',
      reason: null,
      attempts: 0,
      dueAt: this.now(),
      leaseOwner: this.#process,
      leaseUntil: this.now() + lease,
    })
    if (diesAfterCommit) this.crash()
    else this.worker.accept([jobOf(this.rows.get(row.id)!, reserved)])
  }

  #start(): Worker<Job> {
    const self = this.#process
    /** a dead process says and writes nothing any more */
    const alive = <T>(answer: () => T): Promise<T> =>
      new Promise((resolve) => {
        if (self === this.#process) resolve(answer())
      })
    const sweepAt = (): void =>
      void this.#clock.at(this.now() + 5_000, () => {
        if (self !== this.#process) return
        const held = new Set(this.worker.held().map(({ id }) => id))
        this.recoverAbandoned((row) => held.has(row.id))
        this.worker.wake()
        sweepAt()
      })
    sweepAt()
    return createWorker<Job>({
      clock: this.#clock,
      random: () => 0.5,
      log: quiet,
      sender: { send: ({ url }) => this.#post(Number(url), self) },
      limitsOf: () => ({ slots, perMinute: null }),
      obstacle: () => null,
      render: (job) => ({ url: String(job.id), headers: {}, body: '' }),
      breakerChanged() {},
      claimDue: (limit, except) => alive(() => this.#claim(limit, except)),
      nextDueAt: () => alive(() => null),
      release: () => alive(() => {}),
      markSending: (job) =>
        alive(() => {
          const row = this.rows.get(job.id)!
          const isStill = row.state === 'sending' && row.leaseOwner === this.#process && !this.isOver.has(row.callId)
          if (row.state !== 'pending' && row.state !== 'retrying' && !isStill) return false
          this.#move(row, 'sending')
          Object.assign(row, { leaseOwner: this.#process, leaseUntil: this.now() + 20_000 })
          return true
        }),
      record: (job, _, __, decision) =>
        alive(() => {
          const row = this.rows.get(job.id)!
          const isOpen = ['pending', 'sending', 'retrying'].includes(row.state)
          const isKnownNow = row.state === 'unconfirmed' && row.reason === 'crash' && decision.dueAt === null
          if (isOpen || isKnownNow) this.#write(row, decision, job.attempts + 1)
          return { isProven: !isOpen && row.state === 'delivered' }
        }),
      recordUnsent: (job, decision) =>
        alive(() => {
          const row = this.rows.get(job.id)!
          if (['pending', 'sending', 'retrying'].includes(row.state)) this.#write(row, decision)
        }),
    })
  }

  #claim(limit: number, except: readonly number[]): Job[] {
    const now = this.now()
    const due = [...this.rows.values()].filter(
      (row) =>
        (row.state === 'pending' || row.state === 'retrying') &&
        row.dueAt !== null &&
        row.dueAt <= now &&
        (row.leaseUntil === null || row.leaseUntil <= now) &&
        (row.deliveryClass === 'dial' || !except.includes(row.handlerId)),
    )
    return due.slice(0, limit).map((row) => {
      row.leaseOwner = this.#process
      row.leaseUntil = now + (row.deliveryClass === 'dial' ? 2_000 : 60_000)
      return jobOf(row, false)
    })
  }

  recoverAbandoned(isHeld: (row: DeliveryRow) => boolean): void {
    const now = this.now()
    for (const row of this.rows.values()) {
      if (isHeld(row) || row.state !== 'sending' || row.leaseUntil === null || row.leaseUntil > now) continue
      const { deliveryClass, dedupes, deadlineAt } = row
      this.#write(row, decideAbandoned({ deliveryClass, dedupes, deadlineAt, now }))
    }
  }

  #write(row: DeliveryRow, decision: Decision, attempts = row.attempts): void {
    this.#move(row, decision.state)
    if (decision.dueAt === null) this.#held.delete(row.id)
    else if (!this.#held.has(row.id)) this.#held.set(row.id, this.#elapsed)
    Object.assign(row, { reason: decision.reason, dueAt: decision.dueAt, attempts, leaseOwner: null, leaseUntil: null })
  }

  #move(row: DeliveryRow, state: DeliveryState): void {
    if (!allowed[row.state].includes(state)) this.problems.push(`delivery ${row.id} went from ${row.state} to ${state}`)
    row.state = state
  }

  #post(id: number, self: number): Promise<Sent> {
    if (self !== this.#process) return new Promise(() => {})
    const row = this.rows.get(id)!
    const startedAt = this.now()
    const { ending, ms } = this.#behaviours[this.posted.length % this.#behaviours.length]!
    this.#checkPost(row, startedAt)
    this.posted.push({ id, at: startedAt, mayHaveArrived: mayHaveArrived(ending), tookIt: tookIt(row, ending) })
    this.#inFlight.set(row.handlerId, (this.#inFlight.get(row.handlerId) ?? 0) + 1)
    if (this.#inFlight.get(row.handlerId)! > slots) this.problems.push(`handler ${row.handlerId} got more than ${slots} at a time`)
    return new Promise((resolve) => {
      const takes = ending.kind === 'silent' && ending.reason === 'timeout' ? attemptMs : ms
      const began = this.#elapsed
      // the time of an attempt is elapsed time: setting the clock does not change it
      const wait = (): void => {
        if (self !== this.#process) return
        const left = takes - (this.#elapsed - began)
        if (left > 0) return void this.#timers.push({ due: this.#elapsed + left, run: wait })
        this.#inFlight.set(row.handlerId, this.#inFlight.get(row.handlerId)! - 1)
        if (ending.kind === 'answered' && ending.retryAfterMs !== null && !mayHaveArrived(ending))
          this.#notBefore.set(id, this.#elapsed + ending.retryAfterMs)
        resolve({ ...emptySent, startedAt, ending })
      }
      wait()
    })
  }

  /** A dial that waits in this process waits for a slot: with nothing under way at its handler it would have been sent, or ended. */
  #checkWaiting(): void {
    for (const row of this.rows.values())
      if ((this.#isWaitingDial(row) || this.#isReservedDial(row)) && (this.#inFlight.get(row.handlerId) ?? 0) === 0)
        this.problems.push(`dial ${row.id} waits though nothing goes on at handler ${row.handlerId}`)
  }

  #isWaitingDial(row: DeliveryRow): boolean {
    return row.deliveryClass === 'dial' && row.state === 'pending' && row.attempts === 0 && row.leaseOwner === this.#process
  }

  #isReservedDial(row: DeliveryRow): boolean {
    const isMine = row.deliveryClass === 'dial' && row.state === 'sending' && row.leaseOwner === this.#process
    return isMine && !this.posted.some((one) => one.id === row.id)
  }

  /** What holds for every delivery when it is posted. */
  #checkTurn(row: DeliveryRow): void {
    if (row.deliveryClass === 'notice') {
      if (!row.retries && row.attempts > 0 && row.reason !== 'crash')
        this.problems.push(`notice ${row.id} was tried again though its handler has no retries`)
      // what a dead process left is taken up in the order of its ids
      for (const dial of this.calmSince === 0 ? this.rows.values() : [])
        if (dial.handlerId === row.handlerId && this.#isWaitingDial(dial) && this.#insertedAt.get(dial.id)! < this.#elapsed)
          this.problems.push(`dial ${dial.id} waited for notice ${row.id}`)
    }
    const notBefore = this.#notBefore.get(row.id) ?? 0
    if (this.calmSince === 0 && !this.wasSet && this.#elapsed < notBefore)
      this.problems.push(`delivery ${row.id} was posted ${notBefore - this.#elapsed} ms before the time that its handler asked for`)
  }

  #checkPost(row: DeliveryRow, at: number): void {
    this.#checkTurn(row)
    if (row.deliveryClass === 'dial') {
      if (row.deadlineAt !== null && at >= row.deadlineAt) this.problems.push(`dial ${row.id} was posted after its deadline`)
      if (!row.dedupes && this.posted.some((one) => one.id === row.id && one.mayHaveArrived))
        this.problems.push(`dial ${row.id} was posted again though it may have arrived`)
      // a clock that jumps between the commit and the POST lets another process give it up: the clicker was told that it may be dialled, or that
      // it is too late, or it is sent again to a handler that drops repeats
      const isDoubted = ['unconfirmed', 'retrying', 'expired'].includes(row.state)
      const isGivenUp = this.wasSet && isDoubted && !this.posted.some((one) => one.id === row.id)
      if (row.state !== 'sending' && !isGivenUp) this.problems.push(`dial ${row.id} was posted while ${row.state}`)
      return
    }
    if (this.calmSince > 0 || this.wasSet) return
    for (const other of this.rows.values()) {
      if (other.orderKey !== row.orderKey || other.id >= row.id || other.dueAt === null || row.attempts > 0) continue
      const heldFor = this.#elapsed - (this.#held.get(other.id) ?? this.#elapsed)
      if (heldFor < 30_000) this.problems.push(`notice ${row.id} passed ${other.id}, which waits for ${heldFor} ms only`)
    }
  }
}

const emptySent: Omit<Sent, 'startedAt' | 'ending'> = {
  durationMs: 1,
  connectMs: 1,
  dnsMs: null,
  tlsMs: null,
  reused: false,
  firstByteMs: 1,
  responseBody: '',
  dedupe: null,
}

/** 429, and 503 with Retry-After, say that it was not taken; whoever did not get the request has not taken it either. */
function mayHaveArrived(ending: Ending): boolean {
  if (ending.kind !== 'answered') return ending.kind === 'silent'
  return ending.status !== 429 && !(ending.status === 503 && ending.retryAfterMs !== null)
}

/** Any 2xx but a refusal; a refusal concerns dials alone. */
function tookIt({ deliveryClass }: DeliveryRow, ending: Ending): boolean {
  if (ending.kind !== 'answered' || ending.status < 200 || ending.status >= 300) return false
  return deliveryClass === 'notice' || ending.refusal === null
}

/** Why this end contradicts what was posted, or null. */
function checkEnd(world: World, row: DeliveryRow): string | null {
  const { id, state, reason, deliveryClass } = row
  const posts = world.posted.filter((one) => one.id === id)
  const wasTaken = posts.some((one) => one.tookIt)
  if (state === 'delivered' && !wasTaken && !world.reported.has(id)) return `${id} is delivered, but nobody took it`
  // a crash may come between the answer and its record; a dial that may be repeated and was called abandoned after its time stays expired
  const isDoubtful = world.calmSince > 0 || (row.dedupes && reason === 'crash')
  if (state !== 'delivered' && wasTaken && !isDoubtful) return `${id} is ${state}, but it was taken`
  if (deliveryClass !== 'notice' || state !== 'failed') return null
  return !row.retries || reason === 'http_410' || posts.length > triesOfNotices
    ? null
    : `notice ${id} was given up after ${posts.length} tries`
}

function jobOf(row: DeliveryRow, reserved: boolean): Job {
  const { id, handlerId, deliveryClass, orderKey, callId, createdAt, deadlineAt, retries, attempts } = row
  return { id, handlerId, deliveryClass, orderKey, callId, createdAt, deadlineAt, retries, attempts, reserved }
}

const answered = (status: number, retryAfterMs: number | null = null, isRefusal = false): Ending => ({
  kind: 'answered',
  status,
  retryAfterMs,
  refusal: isRefusal ? { code: 'busy', text: '' } : null,
})

const anyBehaviour: fc.Arbitrary<Behaviour> = fc.record({
  ending: fc.oneof(
    { weight: 4, arbitrary: fc.constant(answered(200)) },
    {
      weight: 6,
      arbitrary: fc.constantFrom<Ending>(
        answered(200, null, true),
        answered(302),
        answered(404),
        answered(410),
        answered(429),
        answered(429, 5_000),
        answered(500),
        answered(503),
        answered(503, 2_000),
        answered(503, 100_000),
        { kind: 'silent', reason: 'timeout', error: '' },
        { kind: 'silent', reason: 'connection_lost', error: '' },
        { kind: 'not_sent', reason: 'connect', error: '' },
        { kind: 'not_sent', reason: 'dns', error: '' },
        { kind: 'not_sent', reason: 'tls', error: '' },
        { kind: 'not_sent', reason: 'ssrf_blocked', error: '' },
      ),
    },
  ),
  ms: fc.integer({ min: 0, max: 9_999 }),
})

const handlerId = fc.integer({ min: 1, max: 2 })
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('dial' as const),
      handlerId,
      dedupes: fc.boolean(),
      diesAfterCommit: fc.nat(20).map((n) => n === 0),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('notice' as const), handlerId, call: fc.nat(2), retries: fc.nat(4).map((n) => n > 0) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(500), fc.nat(40_000)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set_clock' as const), byMs: fc.integer({ min: -600_000, max: 600_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stranger' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('report' as const), nth: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hang_up' as const), nth: fc.nat(6) }) },
)

async function live(world: World, commands: readonly Command[]): Promise<void> {
  let lastId = 0
  const nth = (n: number): DeliveryRow | undefined => [...world.rows.values()].filter((row) => row.deliveryClass === 'dial')[n]
  for (const command of commands) {
    switch (command.kind) {
      case 'dial':
        lastId += 1
        world.insert(
          {
            id: lastId,
            handlerId: command.handlerId,
            deliveryClass: 'dial',
            orderKey: null,
            callId: `call ${lastId}`,
            createdAt: world.now(),
            deadlineAt: world.now() + dialShelfLifeMs,
            dedupes: command.dedupes,
            retries: true,
          },
          command.diesAfterCommit,
        )
        break
      case 'notice':
        lastId += 1
        world.insert(
          {
            id: lastId,
            handlerId: command.handlerId,
            deliveryClass: 'notice',
            orderKey: `${command.handlerId} ${command.call}`,
            callId: `other ${command.call}`,
            createdAt: world.now(),
            deadlineAt: null,
            dedupes: false,
            retries: command.retries,
          },
          false,
        )
        break
      case 'wait':
        await world.wait(command.ms)
        break
      case 'set_clock':
        world.setClock(command.byMs)
        break
      case 'crash':
        world.crash()
        break
      case 'stranger':
        world.recoverAbandoned(() => false)
        break
      case 'report': {
        // an app knows of a call what it was sent
        const row = nth(command.nth)
        if (!row || !world.posted.some((one) => one.id === row.id && one.mayHaveArrived)) break
        world.change(row, ['sending', 'unconfirmed'], 'delivered', 'reported')
        world.worker.proven(row.callId)
        break
      }
      case 'hang_up': {
        const row = nth(command.nth)
        if (!row) break
        world.isOver.add(row.callId)
        world.change(row, ['pending', 'retrying'], 'canceled', 'call_over')
      }
    }
  }
}

test(`${runs} histories keep every promise`, { timeout: 600_000 }, async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBehaviour, { minLength: 1, maxLength: 12 }),
      fc.array(anyCommand, { minLength: 1, maxLength: 40 }),
      async (behaviours, commands) => {
        const world = new World(behaviours)
        await live(world, commands)
        // a dial comes to an end with its deadline and the attempt that may be under way then
        if (!world.wasSet) {
          await world.wait(dialShelfLifeMs + attemptMs + 5_000)
          const late = [...world.rows.values()].filter((row) => row.deliveryClass === 'dial' && row.dueAt !== null)
          expect(late.map(({ id, state }) => `dial ${id} is still ${state}`)).toEqual([])
        }
        // when the handlers are well again nothing is left behind: what is still open waits for its time
        world.heal()
        await world.wait(240_000)
        expect([...world.rows.values()].filter((row) => row.dueAt !== null && row.dueAt < world.now() - 15_000)).toEqual([])
        expect(world.problems).toEqual([])
        expect([...world.rows.values()].map((row) => checkEnd(world, row)).filter((fault) => fault !== null)).toEqual([])
        for (const { state } of world.rows.values()) seen.add(state)
      },
    ),
    { numRuns: runs },
  )
  for (const state of ['canceled', 'delivered', 'expired', 'failed', 'unconfirmed']) expect(seen).toContain(state)
})
