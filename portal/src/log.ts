import { pino, type Logger } from 'pino'

/**
 * The process log: one JSON line an entry on stderr, or nothing at all when `level` is `silent`. It is written beside the work, at once, and what is left
 * when the process ends: only a killed process may take its last lines along.
 */
export function createLog(level: string): Log {
  return pino(
    { level, base: null, redact: ['*.password', '*.access_token', '*.refresh_token'] },
    pino.destination({ dest: 2, sync: false }),
  )
}

/** The subset of pino that the portal uses. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
