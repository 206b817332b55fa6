import { ownerOf, type Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import type { Log } from '../log.ts'
import { Intensity, OperatingTime, type Limits } from './limits.ts'
import { Listed, pageSize, type Method, type Methods } from './method.ts'
import { readParams } from './params.ts'
import type { Loose, LooseMap } from './php.ts'

/** The `time` block of every answer (contract 6.2). Seconds since 1970 as decimals. */
export interface TimeBlock {
  readonly start: number
  readonly finish: number
  readonly duration: number
  readonly processing: number
  readonly date_start: string
  readonly date_finish: string
  readonly operating_reset_at: number
  readonly operating: number
}

/** What one method answered, before it becomes an envelope. */
export interface Outcome {
  readonly result: unknown
  readonly total: number | null
  readonly next: number | null
  readonly time: TimeBlock
}

/** Whose call is running, for what happens inside it. */
export interface Cause {
  /** `app:<id>` or `incoming` */
  readonly owner: string
  /** its `auth_connector` (contract 3.5) */
  readonly connector: string
}

/** What a router may be told of the portal; it works without. */
export interface RouterOptions {
  /** runs the work of a call that named its connector, so that `causedBy` of the outbox knows it */
  readonly within?: <T>(cause: Cause, work: () => T) => T
  /** the switch strictAppContext of a portal */
  readonly isStrict?: (portalId: number) => boolean
  /** told how each call of a method ended, inside a batch too: the key of the refusal, or null */
  readonly answered?: Answered
  /** the limits of the original that a portal emulates; null: none */
  readonly limitsOf?: (portalId: number) => Limits | null
}

/** Is told the method's lower-case name and how its call ended: null for an answer, a key of the error table, or `bug`. */
export type Answered = (method: string, refusal: ErrorKey | 'bug' | null) => void

/** Finds a method by its name in any case, checks who may call it, reads its parameters, runs it. Knows none of them. */
export class Router {
  readonly #methods = new Map<string, Method>()
  readonly #operating = new OperatingTime()
  readonly #intensity = new Intensity()
  readonly #clock: Clock
  readonly #options: RouterOptions

  constructor(clock: Clock, options: RouterOptions = {}) {
    this.#clock = clock
    this.#options = options
  }

  /** Adds the rows of an area. A name that exists already is a bug. */
  add(methods: Methods): void {
    for (const [name, row] of Object.entries(methods)) {
      if (name !== name.toLowerCase()) throw new Error(`${name} is not lower-case`)
      if (this.#methods.has(name)) throw new Error(`${name} is declared twice`)
      this.#methods.set(name, row)
    }
  }

  /** All rows, in the order of their areas. */
  get rows(): ReadonlyMap<string, Method> {
    return this.#methods
  }

  /** May this caller see the method at all? A scope that is missing hides it (contract 6.3). */
  isAvailable(row: Method, caller: Caller): boolean {
    return row.scope === null || caller.via === 'web' || row.scope.split('|').some((scope) => caller.scope.has(scope))
  }

  /**
   * Runs what a request asks for within the limits that the portal emulates (contract 6.6): it is counted once, however many commands a batch has.
   * Who waits longer than a request may take is refused by `request_time`; the work is not broken off.
   */
  async request(name: string, sent: LooseMap, { caller, address }: { caller: Caller; address: string }): Promise<Outcome> {
    const limits = this.#options.limitsOf?.(caller.portalId) ?? null
    if (!limits) return this.call(name, sent, caller)
    this.#intensity.admit({ portalId: caller.portalId, address, limits, nowMs: this.#clock.now() })
    return withinTime(this.call(name, sent, caller), { clock: this.#clock, seconds: limits.requestSeconds })
  }

  /** Runs a method. Throws PortalError for refusals. */
  async call(name: string, sent: LooseMap, caller: Caller, inBatch = false): Promise<Outcome> {
    const { answered } = this.#options
    if (!answered) return this.#call(name, sent, caller, inBatch)
    try {
      const outcome = await this.#call(name, sent, caller, inBatch)
      answered(name.toLowerCase(), null)
      return outcome
    } catch (error) {
      answered(name.toLowerCase(), error instanceof PortalError ? error.key : 'bug')
      throw error
    }
  }

  async #call(name: string, sent: LooseMap, caller: Caller, inBatch: boolean): Promise<Outcome> {
    const startMs = this.#clock.now()
    const started = performance.now()
    const row = this.#methods.get(name.toLowerCase())
    if (!row) throw new PortalError('method_not_found')
    if (!this.isAvailable(row, caller))
      throw new PortalError('insufficient_scope', { token: caller.via === 'webhook' ? 'webhook' : 'access' })
    if (row.context === 'app' && caller.via !== 'app') throw new PortalError(row.contextError ?? 'wrong_auth_type')
    if (row.contextWhenStrict === 'app' && caller.via === 'webhook' && this.#options.isStrict?.(caller.portalId))
      throw new PortalError('wrong_auth_type')
    if (row.notInBatch && inBatch) throw new PortalError('batch_method')
    const limitSeconds = this.#options.limitsOf?.(caller.portalId)?.operatingSeconds
    if (limitSeconds !== undefined) this.#operating.check({ caller, method: name.toLowerCase(), nowMs: startMs, limitSeconds })
    const run = () => row.run({ caller, params: readParams(row.params, sent), sent, start: readStart(sent) })
    const connector = readConnector(sent)
    const { within } = this.#options
    const timed = { caller, row, name: name.toLowerCase(), startMs, started }
    let answer: unknown
    try {
      answer = await (within && connector !== '' ? within({ owner: ownerOf(caller), connector }, run) : run())
    } catch (error) {
      // a refusal took its time too
      this.#timeBlock(timed)
      throw error
    }
    const time = this.#timeBlock(timed)
    if (answer instanceof Listed) return { result: answer.result, total: answer.total, next: answer.next, time }
    return { result: answer, total: null, next: null, time }
  }

  #timeBlock({ caller, row, name, startMs, started }: Timed): TimeBlock {
    const tookMs = performance.now() - started
    const seconds = Number((tookMs / 1000).toFixed(6))
    const finishMs = startMs + tookMs
    return {
      start: startMs / 1000,
      finish: Number((finishMs / 1000).toFixed(6)),
      duration: seconds,
      processing: seconds,
      date_start: isoSeconds(startMs),
      date_finish: isoSeconds(finishMs),
      // what only runs others spends nothing itself
      ...this.#operating.add({ caller, method: name, seconds: row.runsOthers ? 0 : seconds, nowMs: startMs }),
    }
  }
}

interface Timed {
  readonly caller: Caller
  readonly row: Method
  readonly name: string
  readonly startMs: number
  /** by `performance.now()` */
  readonly started: number
}

async function withinTime<T>(work: Promise<T>, { clock, seconds }: { clock: Clock; seconds: number }): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = clock.at(clock.now() + seconds * 1000, () => reject(new PortalError('request_time', { seconds })))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
    // after the time nobody waits for it; how it ends is its own affair
    work.catch(() => undefined)
  }
}

/** `2026-03-10T11:19:38+00:00`: how every time of day is written on the wire. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`
}

function readConnector(sent: LooseMap): string {
  const value = sent['auth_connector'] ?? sent['AUTH_CONNECTOR']
  return typeof value === 'string' ? value.slice(0, 255) : ''
}

function readStart(sent: LooseMap): number {
  const value: Loose = sent['start'] ?? sent['START'] ?? sent['Start']
  const start = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0
  if (start === -1) return -1
  return Number.isSafeInteger(start) && start > 0 ? start - (start % pageSize) : 0
}

/** The envelope of a success; keys in the contract's order (6.2). */
export function successEnvelope(outcome: Outcome): Record<string, unknown> {
  return {
    result: outcome.result,
    ...(outcome.next !== null && { next: outcome.next }),
    ...(outcome.total !== null && { total: outcome.total }),
    time: outcome.time,
  }
}

/** The envelope of a refusal or a bug. A bug is logged under a reference that the answer names. */
export function errorEnvelope(error: unknown, log: Log): { status: number; body: Record<string, unknown> } {
  let refusal: PortalError
  if (error instanceof PortalError) refusal = error
  else {
    const ref = Math.random().toString(36).slice(2, 10)
    log.error({ err: error, ref }, 'a call failed by a bug')
    refusal = new PortalError('internal', { ref })
  }
  const argument = refusal.details['argument']
  return {
    status: refusal.status,
    body: { error: refusal.code, error_description: refusal.message, ...(argument !== undefined && { argument }) },
  }
}
