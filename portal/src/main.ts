import { CommanderError } from 'commander'
import { CommandError, commands } from './cli/commands.ts'
import { ConfigError } from './config.ts'
import { PortalError } from './errors.ts'

try {
  await commands().parseAsync(process.argv)
} catch (error) {
  const isTaken = (error as { code?: string }).code === 'EADDRINUSE'
  if (error instanceof CommanderError) process.exit(error.exitCode)
  if (isTaken) process.stderr.write(`The port is in use: ${(error as Error).message}. Give another one by --port\n`)
  else if (error instanceof CommandError || error instanceof ConfigError || error instanceof PortalError)
    process.stderr.write(`${error.message}\n`)
  else process.stderr.write(`${(error as Error).stack ?? String(error)}\n`)
  process.exit(1)
}
