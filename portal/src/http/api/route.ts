import type { Static, TSchema } from 'typebox'
import type { Caller } from '../../caller.ts'

/** One request of the own API, checked against its row. */
export interface ApiCall<Q = unknown, B = unknown> {
  readonly caller: Caller
  /** parts of the path, e.g. `id` */
  readonly params: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** network address of the client, after trusted proxies */
  readonly address: string
  /** the browser speaks https, to us or to a trusted proxy */
  readonly isHttps?: boolean
}

/** A row of the own API. Refusals are thrown as PortalError and answered as problem+json. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** below `/v1`, e.g. `/contacts/:id` */
  readonly path: string
  readonly about: string
  /** who may call it; `public` has no session and `caller` is not set */
  readonly access: 'public' | 'user' | 'admin'
  readonly query?: TSchema
  readonly body?: TSchema
  /** the body of the success, by status; the first one is what a plain return value gets. Statuses without a body: null */
  readonly answers: Readonly<Record<number, TSchema | null>>
  run(call: ApiCall<never, never>): unknown
}

/** An answer with another status than the first one, or with headers. */
export class ApiAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** Declares a row; infers query and body from their schemas. */
export function route<Q extends TSchema, B extends TSchema>(
  row: Omit<Route, 'run' | 'query' | 'body'> & { query?: Q; body?: B; run(call: ApiCall<Static<Q>, Static<B>>): unknown },
): Route {
  return row
}
