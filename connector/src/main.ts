import { systemClock } from './clock.ts'
import { ConfigError, readConfig, USAGE } from './config.ts'
import { startDemoPhone } from './demo/phone.ts'
import { createLog, wordsOf } from './log.ts'

/** Seconds that reports under way may take after SIGTERM; what is not told by then is told after the next start. */
const CLOSE_WITHIN_MS = 5_000

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') return void process.stdout.write(USAGE)
  const log = createLog((line) => process.stderr.write(line), systemClock.now)
  const phone = await startDemoPhone(config, { clock: systemClock, log })
  process.stdout.write(`demo phone listening on ${phone.url}\n`)

  let isClosing = false
  const close = (): void => {
    if (isClosing) return
    isClosing = true
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS).unref()
    phone.close().then(
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

main().catch((error: unknown) => {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  process.stderr.write(`demo phone: ${isTaken ? 'the port is in use; choose another one by --port' : wordsOf(error)}\n`)
  process.exit(error instanceof ConfigError ? 2 : 1)
})
