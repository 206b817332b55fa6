/** What an operator does with the data: remove what is old, read the archive, make a backup. */
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { createPortal, type Portal } from '../portal.ts'
import { copySqlite } from '../store/backup.ts'
import { CommandError } from './command-error.ts'

interface Place {
  readonly data?: string
}

/** Reads the settings of the data folder that the command line names. */
export type ReadConfig = (options: Place) => Config

/** The data folder's own things that a backup holds beside the database: whichever are there. */
const kept = ['recordings', 'archive', 'tls', 'hookswitch.json', 'demo-phone.json', 'demo-phone']

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Adds `prune`, `archive` and `backup`. All of them may be used while a portal is running. */
export function addDataCommands(program: Command, configOf: ReadConfig): void {
  const withPlace = (command: Command): Command =>
    command.option('--data <folder>', 'folder of the database, recordings and keys (default: data)')
  withPlace(program.command('prune'))
    .description('archive and delete what is older than the retention settings say, as the portal does once a day')
    .option('--dry-run', 'say how many rows would go; remove nothing')
    .action((options: Place & { dryRun?: boolean }) => prune(configOf(options), options.dryRun === true))
  const archive = program.command('archive').description('what retention has archived')
  withPlace(archive.command('list'))
    .description('the files of the archive')
    .action((options: Place) => listArchive(configOf(options)))
  withPlace(archive.command('show <table> [day]'))
    .description('the archived rows of a table as lines of JSON, of one day (2026-11-22) or of all')
    .action((table: string, day: string | undefined, options: Place) => showArchive(configOf(options), table, day))
  withPlace(program.command('backup <folder>'))
    .description('copy database, recordings, archive, keys and settings to a new folder; of a PostgreSQL database all but the database')
    .action((folder: string, options: Place) => backUp(configOf(options), folder))
}

async function opened<T>(config: Config, use: (portal: Portal) => Promise<T>): Promise<T> {
  const portal = await createPortal({ ...config, log: { level: 'warn' } })
  try {
    return await use(portal)
  } finally {
    await portal.close()
  }
}

async function prune(config: Config, isDry: boolean): Promise<void> {
  await opened(config, async ({ retention }) => {
    const report = isDry ? await retention.plan() : await retention.run()
    if (!report) throw new CommandError('retention is running already: try again when it has ended')
    for (const [kind, rows] of Object.entries(report)) say(`${String(rows).padStart(9)}  ${kind}`)
    if (isDry) say('Nothing was removed.')
  })
}

async function listArchive(config: Config): Promise<void> {
  await opened(config, async ({ archive }) => {
    for (const { table, day, rows, bytes } of await archive.list())
      say(`${table.padEnd(18)} ${day} ${String(rows).padStart(9)} rows ${String(bytes).padStart(11)} bytes`)
  })
}

async function showArchive(config: Config, table: string, day: string | undefined): Promise<void> {
  await opened(config, async ({ archive }) => {
    const files = (await archive.list()).filter((file) => file.table === table && (day === undefined || file.day === day))
    if (files.length === 0)
      throw new CommandError(`the archive has no ${table}${day ? ` of ${day}` : ''}: hookswitch archive list says what it has`)
    for (const file of files)
      for await (const line of archive.lines(file.table, file.day))
        if (!process.stdout.write(`${line}\n`)) await new Promise((drained) => process.stdout.once('drain', drained))
  })
}

/** The database first: every file that a row names was there before the row. */
async function backUp(config: Config, folder: string): Promise<void> {
  const target = resolve(folder)
  await mkdir(target, { recursive: true, mode: 0o700 })
  if ((await readdir(target)).length > 0) throw new CommandError(`${target} is not empty: a backup wants a folder of its own`)
  const isFile = !/^postgres(ql)?:/.test(config.databaseUrl)
  if (isFile) copySqlite(config.databaseUrl, join(target, 'hookswitch.db'))
  const there = new Set(await readdir(config.dataDir))
  for (const name of kept.filter((one) => there.has(one))) await cp(join(config.dataDir, name), join(target, name), { recursive: true })
  const about = { madeAt: new Date().toISOString(), database: isFile ? 'hookswitch.db' : 'not in here: made by pg_dump' }
  await writeFile(join(target, 'backup.json'), `${JSON.stringify(about, null, 2)}\n`, { mode: 0o600 })
  say(`The backup is in ${target}.${isFile ? '' : ' The database is not in it: run pg_dump, as docs/how-to/back-up.md says.'}`)
}
