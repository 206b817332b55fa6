import { CommanderError } from 'commander'
import { CommandError } from './cli/command-error.ts'
import { commands } from './cli/commands.ts'
import { MigrateError } from './cli/migrate.ts'
import { ConfigError } from './config.ts'
import { PortalError } from './errors.ts'

// the data folder holds secrets: what is made here is for its owner alone
process.umask(0o077)

try {
  await commands().parseAsync(process.argv)
} catch (error) {
  const isTaken = (error as { code?: string }).code === 'EADDRINUSE'
  if (error instanceof CommanderError) process.exit(error.exitCode)
  if (isTaken) process.stderr.write(`The port is in use: ${(error as Error).message}. Give another one by --port\n`)
  else if (/^(EEXIST|ENOTDIR|EACCES|EROFS|ENOSPC|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(String((error as { code?: string }).code)))
    process.stderr.write(`The data folder cannot be used: ${(error as Error).message}. Give another one by --data\n`)
  else if (error instanceof CommandError || error instanceof MigrateError || error instanceof ConfigError || error instanceof PortalError)
    process.stderr.write(`${error.message}\n`)
  else process.stderr.write(`${(error as Error).stack ?? String(error)}\n`)
  process.exit(1)
}
