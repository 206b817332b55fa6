import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { createLog, type Log } from '../log.ts'
import type { Breaker } from './breaker.ts'
import type { Limits } from './desk.ts'
import type { Decision } from './engine.ts'
import type { Sent } from './send.ts'
import type { Job, Worker } from './worker-ports.ts'
import { createWorker } from './worker.ts'

/** A clock that stands until it is turned. */
function turnable(): Clock & { turn(ms: number): Promise<void> } {
  let time = 1_000_000
  let timers: Array<{ at: number; run: () => void }> = []
  return {
    now: () => time,
    at(timeMs, run) {
      const timer = { at: timeMs, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async turn(ms) {
      time += ms
      const due = timers.filter((timer) => timer.at <= time)
      timers = timers.filter((timer) => timer.at > time)
      for (const timer of due) timer.run()
      await settle()
    },
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

interface World {
  readonly clock: ReturnType<typeof turnable>
  readonly worker: Worker<Job>
  /** ids in the order of their POSTs */
  readonly posted: number[]
  readonly recorded: Array<{ id: number; decision: Decision }>
  /** ends the open POST of a delivery */
  answer(id: number, status: number, retryAfterMs?: number | null, durationMs?: number): Promise<void>
  /** what the next claim finds */
  due: Job[]
  /** handlers that the last claim left out */
  except: readonly number[]
  limits: Limits
  /** ids of deliveries that a report has settled */
  readonly provenIds: Set<number>
  readonly released: number[]
  /** ids that were turned to `sending`, or that was said of again */
  readonly marked: number[]
  /** what is not to be sent any more */
  readonly unwanted: Set<number>
  readonly breakers: Breaker[]
  /** lines of the log that warn */
  readonly warnings: unknown[][]
  /** ends the open POST of a delivery in silence */
  silence(id: number): Promise<void>
}

function world(): World {
  const clock = turnable()
  const posted: number[] = []
  const recorded: World['recorded'] = []
  const open = new Map<number, (sent: Sent) => void>()
  const released: number[] = []
  const marked: number[] = []
  const unwanted = new Set<number>()
  const breakers: Breaker[] = []
  const warnings: unknown[][] = []
  const self = {
    due: [] as Job[],
    except: [] as readonly number[],
    limits: { slots: 8, perMinute: null } as Limits,
    provenIds: new Set<number>(),
  }
  const worker = createWorker<Job>({
    clock,
    random: () => 0.5,
    log: { ...createLog('silent'), warn: (...line: unknown[]) => void warnings.push(line) } as Log,
    sender: {
      send: ({ url }) =>
        new Promise((resolve) => {
          const id = Number(url)
          posted.push(id)
          open.set(id, resolve)
        }),
    },
    claimDue: (_, except) => {
      self.except = except
      return Promise.resolve(self.due.splice(0))
    },
    nextDueAt: () => Promise.resolve(null),
    markSending: ({ id }) => {
      marked.push(id)
      return Promise.resolve(!unwanted.has(id))
    },
    obstacle: () => null,
    render: (job) => ({ url: String(job.id), headers: {}, body: '' }),
    record: (job, _request, _sent, decision) => {
      recorded.push({ id: job.id, decision })
      return Promise.resolve({ isProven: self.provenIds.has(job.id) })
    },
    recordUnsent: (job, decision) => {
      recorded.push({ id: job.id, decision })
      return Promise.resolve()
    },
    limitsOf: () => self.limits,
    release: (jobs) => {
      released.push(...jobs.map((one) => one.id))
      return Promise.resolve()
    },
    breakerChanged: (_, breaker) => breakers.push(breaker),
  })
  return Object.assign(self, {
    clock,
    worker,
    posted,
    recorded,
    released,
    marked,
    unwanted,
    breakers,
    warnings,
    async answer(id: number, status: number, retryAfterMs: number | null = null, durationMs = 1) {
      open.get(id)?.({ ...sentAt(clock.now()), durationMs, ending: { kind: 'answered', status, retryAfterMs, refusal: null } })
      await settle()
    },
    async silence(id: number) {
      open.get(id)?.({ ...sentAt(clock.now()), ending: { kind: 'silent', reason: 'timeout', error: '' } })
      await settle()
    },
  })
}

const sentAt = (startedAt: number): Omit<Sent, 'ending'> => ({
  startedAt,
  durationMs: 1,
  connectMs: 1,
  dnsMs: null,
  tlsMs: null,
  reused: false,
  firstByteMs: 1,
  responseBody: '',
  dedupe: null,
})

function job(id: number, change: Partial<Job> = {}): Job {
  return {
    id,
    handlerId: 1,
    deliveryClass: 'notice',
    orderKey: null,
    callId: null,
    createdAt: 1_000_000,
    deadlineAt: null,
    retries: true,
    attempts: 0,
    reserved: false,
    ...change,
  }
}

const dial = (id: number, change: Partial<Job> = {}): Job => job(id, { deliveryClass: 'dial', deadlineAt: 1_030_000, ...change })

test('a handler that takes five seconds or more is logged as slow, a quicker one is not', async () => {
  const { worker, answer, warnings } = world()
  worker.accept([job(1), job(2)])
  await settle()
  await answer(1, 200, null, 4999)
  expect(warnings).toEqual([])
  await answer(2, 200, null, 5000)
  expect(warnings).toEqual([[{ delivery: 2, handler: 1, ms: 5000 }, 'a handler is slow']])
})

describe('notices of one handler and call', () => {
  test('go one after the other, whatever the answers', async () => {
    const { worker, posted, answer } = world()
    worker.accept([job(1, { orderKey: 'a' }), job(2, { orderKey: 'a' }), job(3, { orderKey: 'b' })])
    await settle()
    expect(posted).toEqual([1, 3])
    await answer(1, 200)
    expect(posted).toEqual([1, 3, 2])
  })

  test('wait for one in retry for 30 s, then pass it', async () => {
    const { worker, posted, answer, clock } = world()
    worker.accept([job(1, { orderKey: 'a' }), job(2, { orderKey: 'a' })])
    await settle()
    await answer(1, 500)
    await clock.turn(29_000)
    expect(posted).toEqual([1])
    await clock.turn(1_000)
    expect(posted).toEqual([1, 2])
  })

  test('follow at once when the retry succeeds', async () => {
    const one = world()
    one.worker.accept([job(1, { orderKey: 'a' }), job(2, { orderKey: 'a' })])
    await settle()
    await one.answer(1, 500)
    one.due = [job(1, { orderKey: 'a', attempts: 1 })]
    one.worker.wake()
    await settle()
    await settle()
    expect(one.posted).toEqual([1, 1])
    await one.answer(1, 200)
    expect(one.posted).toEqual([1, 1, 2])
  })
})

describe('a handler that hangs', () => {
  test('holds at most its own slots; another handler is served at once', async () => {
    const { worker, posted } = world()
    worker.accept(Array.from({ length: 20 }, (_, n) => job(n + 1)))
    worker.accept([job(100, { handlerId: 2 })])
    await settle()
    expect(posted.filter((id) => id <= 20)).toHaveLength(8)
    expect(posted).toContain(100)
  })

  test('gets its next delivery when one ends, dials first', async () => {
    const { worker, posted, answer } = world()
    worker.accept(Array.from({ length: 9 }, (_, n) => job(n + 1)))
    worker.accept([dial(50)])
    await settle()
    await answer(3, 200)
    expect(posted.at(-1)).toBe(50)
  })
})

describe('a dial', () => {
  const reserve = ({ worker }: World, count: number): number =>
    Array.from({ length: count }, () => worker.reserve(1)).filter(Boolean).length
  const reserved = (first: number, count: number): Job[] =>
    Array.from({ length: count }, (_, n) => dial(first + n, { reserved: true, callId: `call ${first + n}` }))
  /** A handler that took as many POSTs a moment ago, and has another one in hand. */
  const moving = async (taken: number): Promise<World> => {
    const one = world()
    reserve(one, 1)
    one.worker.accept(reserved(1000, 1))
    for (let id = 1001; id <= 1000 + taken; id++) {
      reserve(one, 1)
      one.worker.accept(reserved(id, 1))
      await settle()
      await one.answer(id, 200)
    }
    one.posted.length = 0
    one.recorded.length = 0
    return one
  }

  test('is reserved while others are committed, and posted when one of the slots is free: no POST more than there are slots', async () => {
    const one = await moving(80)
    expect(reserve(one, 70)).toBe(64)
    one.worker.accept(reserved(1, 64))
    await settle()
    expect(one.posted).toEqual([1, 2, 3, 4, 5, 6, 7])
    await one.answer(3, 200)
    expect(one.posted).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    // every commit but their own was spared them
    expect(one.marked).toEqual([])
  })

  test('is reserved as often as its handler took one a moment ago', async () => {
    const one = await moving(20)
    expect(reserve(one, 100)).toBe(20)
    one.worker.accept(reserved(1, 20))
    await settle()
    expect(reserve(one, 100)).toBe(7)
    const later = await moving(20)
    await later.clock.turn(25)
    expect(reserve(later, 100)).toBe(10)
  })

  test('is not reserved while nothing of its handler comes back', async () => {
    const one = world()
    expect(reserve(one, 9)).toBe(8)
    one.worker.accept(reserved(1, 8))
    await settle()
    expect(reserve(one, 1)).toBe(0)
    const later = await moving(80)
    await later.clock.turn(50)
    // the free slots, and no more
    expect(reserve(later, 100)).toBe(7)
  })

  test('that was not committed gives its reservation back', async () => {
    const one = await moving(80)
    expect(reserve(one, 70)).toBe(64)
    one.worker.release(dial(1, { reserved: true }))
    expect(reserve(one, 2)).toBe(1)
  })

  test('that waited for its slot is looked at again: its call may be over', async () => {
    const one = await moving(80)
    reserve(one, 9)
    one.worker.accept(reserved(1, 9))
    await settle()
    await one.clock.turn(1_001)
    one.unwanted.add(8)
    await one.answer(1, 200)
    await one.answer(2, 200)
    expect(one.marked).toEqual([8, 9])
    expect(one.posted).toEqual([1, 2, 3, 4, 5, 6, 7, 9])
    expect(one.recorded).toContainEqual({ id: 8, decision: { state: 'canceled', reason: 'call_over', dueAt: null, refusal: null } })
  })

  test('that is reserved and gets no slot before its deadline expires unsent', async () => {
    const one = await moving(80)
    reserve(one, 8)
    one.worker.accept(reserved(1, 8))
    await settle()
    await one.clock.turn(30_000)
    expect(one.recorded).toMatchObject([{ id: 8, decision: { state: 'expired', reason: 'deadline' } }])
  })

  test('that is being committed keeps a part of the slots from notices, and no more', async () => {
    const one = await moving(80)
    reserve(one, 20)
    one.worker.accept(Array.from({ length: 8 }, (_, n) => job(100 + n)))
    await settle()
    expect(one.posted).toEqual([100, 101, 102])
    one.worker.accept(reserved(1, 20))
    await settle()
    expect(one.posted.slice(3)).toEqual([1, 2, 3, 4])
  })

  test('that is reserved and not posted is given back when the process ends', async () => {
    const one = await moving(80)
    reserve(one, 8)
    one.worker.accept(reserved(1, 8))
    await settle()
    const closing = one.worker.close()
    for (const id of [1000, 1, 2, 3, 4, 5, 6, 7]) await one.answer(id, 200)
    await closing
    expect(one.posted).not.toContain(8)
    expect(one.released).toEqual([8])
  })

  test('that waited past its deadline expires unsent', async () => {
    const { worker, posted, recorded, answer, clock } = world()
    worker.accept(Array.from({ length: 8 }, (_, n) => job(n + 1)))
    worker.accept([dial(50)])
    await settle()
    await clock.turn(30_000)
    expect(recorded).toMatchObject([{ id: 50, decision: { state: 'expired', reason: 'deadline' } }])
    await answer(1, 200)
    expect(posted).not.toContain(50)
  })
})

test('what is handed over twice is sent once', async () => {
  const { worker, posted } = world()
  worker.accept([job(1)])
  worker.accept([job(1)])
  await settle()
  expect(posted).toEqual([1])
})

test('a closed worker starts nothing new, waits for what is under way and gives the rest back', async () => {
  const { worker, posted, answer, released } = world()
  worker.accept(Array.from({ length: 9 }, (_, n) => job(n + 1)))
  await settle()
  let isClosed = false
  const closing = worker.close().then(() => (isClosed = true))
  await answer(1, 200)
  expect([posted.length, isClosed]).toEqual([8, false])
  for (let id = 2; id <= 8; id++) await answer(id, 200)
  await closing
  expect(posted).toHaveLength(8)
  expect(released).toEqual([9])
})

describe('a handler that is not well', () => {
  /** five dials end in silence */
  const sicken = async (one: World): Promise<void> => {
    one.worker.accept([1, 2, 3, 4, 5].map((id) => dial(id, { callId: `call ${id}` })))
    await settle()
    for (const id of [1, 2, 3, 4, 5]) await one.silence(id)
  }

  test('gets no new dial: it ends at once, unsent, for a reason of its own', async () => {
    const one = world()
    await sicken(one)
    expect(one.breakers).toMatchObject([{ openings: 1, reason: 'timeout' }])
    one.worker.accept([dial(6)])
    await settle()
    expect(one.posted).not.toContain(6)
    expect(one.recorded.at(-1)).toMatchObject({ id: 6, decision: { state: 'expired', reason: 'breaker_open' } })
    expect(one.worker.reserve(1)).toBe(false)
  })

  test('leaves its notices waiting, and costs other handlers nothing', async () => {
    const one = world()
    await sicken(one)
    one.worker.accept([job(7), job(8, { handlerId: 2 })])
    await settle()
    expect(one.posted.slice(5)).toEqual([8])
    expect(one.recorded.at(-1)).toMatchObject({ id: 7, decision: { state: 'pending', reason: 'breaker_open', dueAt: 1_005_000 } })
    one.worker.wake()
    await settle()
    expect(one.except).toEqual([1])
  })

  test('is tried with one delivery after its rest, and with all when that is taken', async () => {
    const one = world()
    await sicken(one)
    await one.clock.turn(5_000)
    one.worker.accept([dial(6), dial(7)])
    await settle()
    expect(one.posted.slice(5)).toEqual([6])
    await one.answer(6, 200)
    expect(one.posted.slice(5)).toEqual([6, 7])
    expect(one.breakers.at(-1)?.openedAt).toBeNull()
  })

  test('rests longer when the try fails', async () => {
    const one = world()
    await sicken(one)
    await one.clock.turn(5_000)
    one.worker.accept([job(6)])
    await settle()
    await one.answer(6, 500)
    expect(one.breakers.at(-1)).toMatchObject({ openings: 2, retryAt: 1_015_000 })
  })

  test('is well after all when its app reports about a call whose dial it left unanswered', async () => {
    const one = world()
    await sicken(one)
    one.worker.proven('call 3')
    one.worker.accept([dial(6)])
    await settle()
    expect(one.posted).toContain(6)
  })

  test('is not suspected for dials that a report had proven before their time was over', async () => {
    const one = world()
    for (const id of [1, 2, 3, 4, 5]) one.provenIds.add(id)
    await sicken(one)
    expect(one.breakers).toEqual([])
  })
})

describe('the limits of a handler', () => {
  test('bound how much it is given at the same time', async () => {
    const one = world()
    one.limits = { slots: 1, perMinute: null }
    one.worker.accept([job(1), job(2)])
    await settle()
    expect(one.posted).toEqual([1])
    expect(one.worker.reserve(1)).toBe(false)
    await one.answer(1, 200)
    expect(one.posted).toEqual([1, 2])
  })

  test('bound how much it is given in a minute', async () => {
    const one = world()
    one.limits = { slots: 8, perMinute: 60 }
    one.worker.accept([job(1), job(2), job(3)])
    await settle()
    expect(one.posted).toEqual([1])
    await one.clock.turn(999)
    expect(one.posted).toEqual([1])
    await one.clock.turn(1)
    expect(one.posted).toEqual([1, 2])
    await one.clock.turn(1000)
    expect(one.posted).toEqual([1, 2, 3])
  })

  test('do not hold a dial beyond its deadline: it is told when that is over, not when its turn comes', async () => {
    const one = world()
    one.limits = { slots: 8, perMinute: 1 }
    one.worker.accept([dial(1), dial(2)])
    await settle()
    await one.clock.turn(30_000)
    expect(one.recorded.at(-1)).toMatchObject({ id: 2, decision: { state: 'expired', reason: 'deadline' } })
    expect(one.posted).toEqual([1])
  })

  test('let its notices wait for as long as it asked by Retry-After, not its dials', async () => {
    const one = world()
    one.worker.accept([job(1)])
    await settle()
    await one.answer(1, 429, 20_000)
    one.worker.accept([job(2), dial(3)])
    await settle()
    expect(one.posted).toEqual([1, 3])
    await one.clock.turn(20_000)
    expect(one.posted).toEqual([1, 3, 2])
  })
})
