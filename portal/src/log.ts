import { pino, type Logger } from 'pino'

/** The process log: one JSON line an entry on stderr, or nothing at all when `level` is `silent`. */
export function createLog(level: string): Log {
  return pino({ level, base: null, redact: ['*.password', '*.access_token', '*.refresh_token'] }, pino.destination({ dest: 2, sync: true }))
}

/** The subset of pino that the portal uses. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
