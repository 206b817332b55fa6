import type { Caller } from '../caller.ts'
import type { ErrorKey } from '../errors.ts'
import type { Params, Read } from './params.ts'
import type { LooseMap } from './php.ts'

/** One call of a method. */
export interface MethodCall<P extends Params = Params> {
  readonly caller: Caller
  /** what the row declared, read */
  readonly params: Read<P>
  /** all that was sent, for methods that also take filters at top level */
  readonly sent: LooseMap
  /** paging offset: a multiple of the page size, 0 without `start`, -1 for "do not count" (contract 6.4) */
  readonly start: number
}

/** A REST method. The key of its row is its lower-case wire name. */
export interface Method<P extends Params = Params> {
  /** the scope that grants it; null = every token may (contract 6.7) */
  readonly scope: string | null
  readonly about: string
  /** `app`: an OAuth token only; others get `contextError` */
  readonly context?: 'app'
  /** like `context`, only while the portal's switch strictAppContext is on (contract 4.0) */
  readonly contextWhenStrict?: 'app'
  /** default wrong_auth_type */
  readonly contextError?: ErrorKey
  /** not allowed inside batch (file transfer) */
  readonly notInBatch?: boolean
  /** runs other methods, whose time is counted as theirs and not as its own (contract 6.6) */
  readonly runsOthers?: boolean
  readonly params: P
  /** the refusals that are its own, beyond those of the framework */
  readonly errors: readonly ErrorKey[]
  /** read → one verb of the domain → present. What it returns is `result`; a `Listed` adds `total` and `next`. */
  run(call: MethodCall<P>): unknown
}

/** The rows of one area. */
export type Methods = Readonly<Record<string, Method>>

/** Declares a row; infers the type of its parameters. */
export function method<P extends Params>(row: Method<P>): Method {
  return row
}

/** Rows on a page of every list (contract 6.4). */
export const pageSize = 50

/** The result of a list method: `next` is sent only when more rows exist, `total` unless counting was not asked for. */
export class Listed {
  readonly result: unknown
  readonly total: number | null
  readonly next: number | null
  /** `total` null: `start=-1`, nothing was counted. */
  constructor(result: unknown, total: number | null, start: number) {
    this.result = result
    this.total = total
    this.next = total !== null && start + pageSize < total ? start + pageSize : null
  }
}
