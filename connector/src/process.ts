import { ConfigError } from './config.ts'
import { wordsOf, type Log } from './log.ts'

/** Time that reports under way may take after SIGTERM; what is not told by then is told after the next start. */
const CLOSE_WITHIN_MS = 5_000

/** Closes a connector at SIGTERM, SIGINT, or when the process that started it is gone, and ends the process. */
export function closeOnSignal(connector: { close(): Promise<void> }, log: Log): void {
  let isClosing = false
  const close = (): void => {
    if (isClosing) return
    isClosing = true
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS).unref()
    connector.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log('error', 'closing failed', { why: wordsOf(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  // started by a portal that has died: a new one starts its own
  process.on('disconnect', close)
}

/** Ends the process with one line for the person who started it: 2 for a setting, 1 for all else. */
export function endWithWords(name: string, error: unknown): never {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  process.stderr.write(`${name}: ${isTaken ? 'the port is in use; choose another one by --port' : wordsOf(error)}\n`)
  process.exit(error instanceof ConfigError ? 2 : 1)
}
