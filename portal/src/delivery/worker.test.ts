import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { createLog } from '../log.ts'
import type { Decision } from './engine.ts'
import type { Sent } from './send.ts'
import { createWorker, type Job, type Worker } from './worker.ts'

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
  answer(id: number, status: number): Promise<void>
  /** what the next claim finds */
  due: Job[]
}

function world(): World {
  const clock = turnable()
  const posted: number[] = []
  const recorded: World['recorded'] = []
  const open = new Map<number, (sent: Sent) => void>()
  const self = { due: [] as Job[] }
  const worker = createWorker<Job>({
    clock,
    random: () => 0.5,
    log: createLog('silent'),
    sender: {
      send: ({ url }) =>
        new Promise((resolve) => {
          const id = Number(url)
          posted.push(id)
          open.set(id, resolve)
        }),
    },
    claimDue: () => Promise.resolve(self.due.splice(0)),
    nextDueAt: () => Promise.resolve(null),
    markSending: () => Promise.resolve(true),
    obstacle: () => null,
    render: (job) => ({ url: String(job.id), headers: {}, body: '' }),
    record: (job, _request, _sent, decision) => {
      recorded.push({ id: job.id, decision })
      return Promise.resolve()
    },
    recordUnsent: (job, decision) => {
      recorded.push({ id: job.id, decision })
      return Promise.resolve()
    },
  })
  return Object.assign(self, {
    clock,
    worker,
    posted,
    recorded,
    async answer(id: number, status: number) {
      const sent = { startedAt: 0, durationMs: 1, connectMs: 1, firstByteMs: 1, responseBody: '', dedupe: null }
      open.get(id)?.({ ...sent, ending: { kind: 'answered', status, retryAfterMs: null, refusal: null } })
      await settle()
    },
  })
}

function job(id: number, change: Partial<Job> = {}): Job {
  return {
    id,
    handlerId: 1,
    deliveryClass: 'notice',
    orderKey: null,
    createdAt: 1_000_000,
    deadlineAt: null,
    retries: true,
    attempts: 0,
    reserved: false,
    ...change,
  }
}

const dial = (id: number, change: Partial<Job> = {}): Job => job(id, { deliveryClass: 'dial', deadlineAt: 1_030_000, ...change })

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
  test('has a slot or has none: what is reserved is not given twice', async () => {
    const { worker, posted } = world()
    const slots = Array.from({ length: 10 }, () => worker.reserve(1))
    expect(slots.filter(Boolean)).toHaveLength(8)
    worker.release(1)
    expect(worker.reserve(1)).toBe(true)
    worker.accept([dial(1, { reserved: true })])
    await settle()
    expect(posted).toEqual([1])
  })

  test('that waited past its deadline expires unsent', async () => {
    const { worker, posted, recorded, answer, clock } = world()
    worker.accept(Array.from({ length: 8 }, (_, n) => job(n + 1)))
    worker.accept([dial(50)])
    await settle()
    await clock.turn(30_000)
    await answer(1, 200)
    expect(posted).not.toContain(50)
    expect(recorded.at(-1)).toMatchObject({ id: 50, decision: { state: 'expired', reason: 'deadline' } })
  })
})

test('what is handed over twice is sent once', async () => {
  const { worker, posted } = world()
  worker.accept([job(1)])
  worker.accept([job(1)])
  await settle()
  expect(posted).toEqual([1])
})

test('a closed worker starts nothing new and waits for what is under way', async () => {
  const { worker, posted, answer } = world()
  worker.accept(Array.from({ length: 9 }, (_, n) => job(n + 1)))
  await settle()
  let isClosed = false
  const closing = worker.close().then(() => (isClosed = true))
  await answer(1, 200)
  expect([posted.length, isClosed]).toEqual([8, false])
  for (let id = 2; id <= 8; id++) await answer(id, 200)
  await closing
  expect(posted).toHaveLength(8)
})
