import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPostgres, loadConfig, type Config } from '../config.ts'
import { createLog } from '../log.ts'
import { lockFolder } from '../store/lock.ts'
import { movePortal, type MoveProgress } from '../store/move.ts'

/** What `hookswitch migrate` is asked for. */
export interface MigrateOptions {
  readonly data?: string
  readonly to: string
  readonly again?: boolean
}

/** Cannot be moved; the message is one line for the terminal. */
export class MigrateError extends Error {
  override readonly name = 'MigrateError'
}

const lineEveryMs = 2000
const barWidth = 30

/** Moves the SQLite portal of a data folder to PostgreSQL. */
export async function migratePortal(options: MigrateOptions, say: (line: string) => void): Promise<void> {
  if (!isPostgres(options.to))
    throw new MigrateError('--to is the address of a PostgreSQL database: postgres://user:password@host/database')
  const { from, dataDir } = sourceOf(options)
  if (!existsSync(from)) throw new MigrateError(`there is no SQLite database at ${from}: give the portal's folder by --data`)
  const release = lockFolder(dataDir)
  if (!release) throw new MigrateError(`a portal is running on ${dataDir}: stop it first`)
  try {
    const progress = createProgress(process.stdout)
    const { tables, rows, rowsBefore } = await movePortal({
      from,
      to: options.to,
      isAgain: options.again === true,
      log: createLog('warn'),
      progress: progress.show,
    })
    progress.end()
    say(
      `Moved ${rows} rows of ${tables} tables${rowsBefore > 0 ? `, ${rowsBefore} of them before it was broken off` : ''}. Counts and checksums of all tables agree.`,
    )
    say('')
    say(`Now set the database in ${join(dataDir, 'hookswitch.json')}, or by the variable DATABASE_URL:`)
    say(`  "databaseUrl": "${masked(options.to)}"`)
    say(`Recordings stay in ${join(dataDir, 'recordings')}. ${from} is not used any more: keep it until you have seen the portal at work.`)
  } finally {
    release()
  }
}

/** DATABASE_URL may name the new database already: the old one is what the file of settings says. */
function sourceOf({ data }: MigrateOptions): { from: string; dataDir: string } {
  const env = { ...process.env, DATABASE_URL: undefined, HOOKSWITCH_DATABASE_URL: undefined, HOOKSWITCH_ONLY: undefined }
  const read = (databaseUrl?: string): Config =>
    loadConfig({
      env,
      ...(data !== undefined && { dataDir: data }),
      overrides: { ...(databaseUrl !== undefined && { databaseUrl }) },
    })
  const { dataDir, databaseUrl } = withoutOnly(read)
  return { dataDir, from: isPostgres(databaseUrl) ? join(dataDir, 'hookswitch.db') : databaseUrl }
}

/** `only` in the file belongs to the new database too. */
function withoutOnly(read: (databaseUrl?: string) => Config): Config {
  const { dataDir } = read('postgres://')
  const file = join(dataDir, 'hookswitch.json')
  const { databaseUrl } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { databaseUrl?: string }) : {}
  return { ...read('postgres://'), databaseUrl: databaseUrl ?? join(dataDir, 'hookswitch.db') }
}

function masked(address: string): string {
  return address.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1:…@')
}

/** A bar on a terminal, a line now and then elsewhere. */
function createProgress(out: NodeJS.WriteStream): { show(at: MoveProgress): void; end(): void } {
  let lastAt = 0
  let isShown = false
  return {
    show({ step, table, rows, allRows }) {
      const now = Date.now()
      const part = allRows === 0 ? 1 : Math.min(rows / allRows, 1)
      if (now - lastAt < (out.isTTY ? 50 : lineEveryMs) && part < 1) return
      lastAt = now
      const percent = `${Math.floor(part * 100)} %`.padStart(5)
      if (!out.isTTY) return void out.write(`${step} ${percent}  ${rows} of ${allRows} rows  ${table}\n`)
      isShown = true
      const filled = Math.round(part * barWidth)
      out.write(`\r${step.padEnd(9)} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${percent}  ${table.padEnd(28).slice(0, 28)}`)
    },
    end: () => void (isShown && out.write('\n')),
  }
}
