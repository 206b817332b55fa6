import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { closeOnSignal, endWithWords } from '../process.ts'
import { openTerminal, runCommand } from './commands.ts'
import { ASTERISK_USAGE, readAsteriskConfig } from './config.ts'
import { startAsteriskConnector } from './connector.ts'

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const terminal = openTerminal()
  const write = (text: string) => void process.stdout.write(text)
  const exitCode = await runCommand(words, { env: process.env, write, ...(terminal && { terminal }) })
  if (exitCode !== undefined) return void (process.exitCode = exitCode)
  const config = readAsteriskConfig(words, process.env)
  if (config === 'help') return void process.stdout.write(ASTERISK_USAGE)
  const log = createLog((line) => process.stderr.write(line), systemClock.now)
  const connector = await startAsteriskConnector(config, { clock: systemClock, log })
  process.stdout.write(`Asterisk connector listening on ${connector.url}\n`)
  closeOnSignal(connector, log)
}

main().catch((error: unknown) => endWithWords('hookswitch-asterisk', error))
