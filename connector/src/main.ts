import { systemClock } from './clock.ts'
import { readConfig, USAGE } from './config.ts'
import { startDemoPhone } from './demo/phone.ts'
import { createLog } from './log.ts'
import { closeOnSignal, endWithWords } from './process.ts'

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') return void process.stdout.write(USAGE)
  const log = createLog((line) => process.stderr.write(line), systemClock.now)
  const phone = await startDemoPhone(config, { clock: systemClock, log })
  process.stdout.write(`demo phone listening on ${phone.url}\n`)
  closeOnSignal(phone, log)
}

main().catch((error: unknown) => endWithWords('demo phone', error))
