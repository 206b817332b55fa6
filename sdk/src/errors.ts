/**
 * The portal answered, and the answer was no (contract 6.2, 6.3).
 *
 * Carries the method and the parameters that were refused, so that one log line is a reproduction. `auth` and tokens are never in it.
 */
export class PortalRefusal extends Error {
  override readonly name = 'PortalRefusal'
  /** The portal's code, e.g. `ERROR_CORE`; some of its answers have an empty one. */
  readonly code: string
  /** The portal's own words. Some callers must match on them, because their code is empty or shared. */
  readonly description: string
  /** HTTP status. A few refusals come with 200. */
  readonly status: number
  /** The REST method, or `oauth/token` for a refused refresh. */
  readonly method: string
  readonly params: unknown

  constructor(refusal: { code: string; description: string; status: number; method: string; params?: unknown }) {
    super(`${refusal.method}: ${refusal.code || 'refused'} (${refusal.status}) ${refusal.description}`.trim())
    this.code = refusal.code
    this.description = refusal.description
    this.status = refusal.status
    this.method = refusal.method
    this.params = refusal.params
  }

  /** True when the same call may succeed later without a change: limits and faults of the portal. */
  get isTemporary(): boolean {
    return this.status >= 500 || this.status === 429 || this.code === 'QUERY_LIMIT_EXCEEDED' || this.code === 'OVERLOAD_LIMIT'
  }
}

/**
 * Nothing that the portal itself said came back: no connection, a time-out, or something in between answered in its place (an HTML page of
 * a proxy). Whether the portal did what was asked is unknown. Not thrown for a refusal, however odd.
 */
export class PortalUnreachable extends Error {
  override readonly name = 'PortalUnreachable'
  readonly method: string
  /** HTTP status if anything answered at all. */
  readonly status: number | undefined

  constructor(method: string, why: string, options: { cause?: unknown; status?: number } = {}) {
    super(`${method}: no answer from the portal: ${why}`, { cause: options.cause })
    this.method = method
    this.status = options.status
  }
}
