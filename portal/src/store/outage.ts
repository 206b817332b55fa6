/** What a database that is away for a moment looks like: those errors are told as `storage_down`, everything else is a bug or a guard. */
import { PortalError } from '../errors.ts'

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
/** shutting down, crashed, starting, too many connections, a standby that was not promoted yet */
const serverCodes = /^(57P0[1235]|08\w{3}|53300|25006)$/
const words =
  /Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|connection timeout/i
const retryAfterSeconds = 2

/** The refusal for an error of a database that cannot be reached; any other error as it is. */
export function asOutage(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PortalError) return error
  const { code } = error as { code?: unknown }
  // several addresses of one name were tried
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  if (inner !== undefined) return asOutage(inner)
  const isKnown = typeof code === 'string' && (networkCodes.has(code) || serverCodes.test(code))
  if (!isKnown && !words.test(error.message)) return error
  return new PortalError('storage_down', { problem: typeof code === 'string' ? code : 'connection lost', retryAfterSeconds })
}

/** Runs work on the database; an outage is thrown as `storage_down`. */
export async function tellingOutages<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asOutage(error)
  }
}
