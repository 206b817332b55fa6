/** How much a caller may ask: the operating-time counters of every answer, and the original's limits where a portal emulates them (contract 6.6). */
import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'

/** The limits of the original as a portal emulates them. */
export interface Limits {
  /** the leaky bucket, per portal and source address: how many requests it holds, how many leak out in a second */
  readonly bucket: BucketSize
  /** seconds that a method may take of an app or webhook within ten minutes */
  readonly operatingSeconds: number
  /** seconds that a request may take */
  readonly requestSeconds: number
  /** every request is answered OVERLOAD_LIMIT: a fault that a developer ordered */
  readonly isOverloaded: boolean
}

/** Size of a leaky bucket. */
export interface BucketSize {
  readonly capacity: number
  readonly perSecond: number
}

/** The bucket by tariff (contract 6.6). */
export const bucketSizes = {
  standard: { capacity: 50, perSecond: 2 },
  enterprise: { capacity: 250, perSecond: 5 },
} as const satisfies Readonly<Record<string, BucketSize>>

/** What is in a bucket at a time. */
export interface Bucket {
  readonly level: number
  readonly atMs: number
}

/** Pours one request in. `isFull`: it did not fit, and the bucket only leaked. Within t seconds at most capacity + perSecond · t requests fit. */
export function pour(bucket: Bucket | undefined, size: BucketSize, nowMs: number): { readonly bucket: Bucket; readonly isFull: boolean } {
  // a clock that was set back leaks nothing, and does not leak the same second twice
  const atMs = Math.max(bucket?.atMs ?? nowMs, nowMs)
  const leaked = bucket ? ((atMs - bucket.atMs) / 1000) * size.perSecond : 0
  const level = Math.max((bucket?.level ?? 0) - leaked, 0)
  const isFull = level + 1 > size.capacity
  return { bucket: { level: isFull ? level : level + 1, atMs }, isFull }
}

const minuteMs = 60_000
const bucketCount = 10
const windowMs = bucketCount * minuteMs

/** Seconds spent within one minute, which begins with its first call. */
export interface Minute {
  readonly startMs: number
  readonly seconds: number
}

/** The minutes that still count: at most ten, the oldest first. */
export function liveMinutes(minutes: readonly Minute[], nowMs: number): readonly Minute[] {
  return minutes[0] === undefined || minutes[0].startMs + windowMs > nowMs
    ? minutes
    : minutes.filter(({ startMs }) => startMs + windowMs > nowMs)
}

/** The minutes after a call that took so long. */
export function spend(minutes: readonly Minute[], seconds: number, nowMs: number): readonly Minute[] {
  const live = liveMinutes(minutes, nowMs)
  const last = live.at(-1)
  if (!last || last.startMs + minuteMs <= nowMs) return [...live, { startMs: nowMs, seconds }]
  return [...live.slice(0, -1), { startMs: last.startMs, seconds: last.seconds + seconds }]
}

/** The counters of a `time` block: what was spent within ten minutes, and when the oldest minute of it falls out. */
export interface Operating {
  readonly operating_reset_at: number
  readonly operating: number
}

function sumOf(minutes: readonly Minute[]): number {
  return minutes.reduce((sum, { seconds }) => sum + seconds, 0)
}

function countersOf(minutes: readonly Minute[], nowMs: number): Operating {
  const resetAtMs = (minutes[0]?.startMs ?? nowMs) + windowMs
  return { operating_reset_at: Math.floor(resetAtMs / 1000), operating: Number(sumOf(minutes).toFixed(6)) }
}

/** As many callers or addresses are remembered; beyond that those that are not needed any more are dropped, and then the oldest. */
const mostKeys = 10_000

/** Seconds spent per method and app or webhook within ten one-minute buckets. Of this process only. */
export class OperatingTime {
  readonly #spent = new Map<string, readonly Minute[]>()

  /** Refuses by `operation_time_limit` while the method has used up its time. */
  check({ caller, method, nowMs, limitSeconds }: { caller: Caller; method: string; nowMs: number; limitSeconds: number }): void {
    const minutes = liveMinutes(this.#spent.get(keyOf(caller, method)) ?? [], nowMs)
    if (minutes.length > 0 && sumOf(minutes) >= limitSeconds) throw new PortalError('operation_time_limit')
  }

  /** Adds what a call took; answers the counters for its `time` block. */
  add({ caller, method, seconds, nowMs }: { caller: Caller; method: string; seconds: number; nowMs: number }): Operating {
    const key = keyOf(caller, method)
    const minutes = spend(this.#spent.get(key) ?? [], seconds, nowMs)
    this.#spent.delete(key)
    this.#spent.set(key, minutes)
    makeRoom(this.#spent, (one) => liveMinutes(one, nowMs).length === 0)
    return countersOf(minutes, nowMs)
  }
}

/** Requests per portal and source address (contract 6.6). Of this process only. */
export class Intensity {
  readonly #buckets = new Map<string, Bucket>()

  /** Counts a request; refuses by `query_limit` when the bucket is full, by `overload_limit` when that was ordered. */
  admit({ portalId, address, limits, nowMs }: { portalId: number; address: string; limits: Limits; nowMs: number }): void {
    if (limits.isOverloaded) throw new PortalError('overload_limit')
    const key = `${portalId} ${address}`
    const { bucket, isFull } = pour(this.#buckets.get(key), limits.bucket, nowMs)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    makeRoom(this.#buckets, ({ level, atMs }) => level <= ((nowMs - atMs) / 1000) * limits.bucket.perSecond)
    if (isFull) throw new PortalError('query_limit')
  }
}

/** Which app or webhook: limits are each one's own, calls and lines belong to all incoming webhooks together (`ownerOf`). */
function keyOf(caller: Caller, method: string): string {
  const who = caller.appId === null ? `webhook ${caller.webhookId ?? `of ${caller.userId}`}` : `app ${caller.appId}`
  return `${caller.portalId} ${who} ${method}`
}

/** Entries are in the order of their last use. */
function makeRoom<V>(map: Map<string, V>, isIdle: (value: V) => boolean): void {
  if (map.size <= mostKeys) return
  for (const [key, value] of map) if (isIdle(value)) map.delete(key)
  for (const key of map.keys()) {
    if (map.size <= mostKeys / 2) break
    map.delete(key)
  }
}
