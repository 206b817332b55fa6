import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { isPostgres, loadConfig, type Config } from '../config.ts'
import { nameCompany } from '../directory/departments.ts'
import { hashPassword, randomPassword } from '../directory/sign-in.ts'
import { comparableEvents, diffProfiles } from '../events/profile-diff.ts'
import { profileNames, type ProfileName } from '../events/profiles.ts'
import { createPortal, eventCatalogue, type Portal } from '../portal.ts'
import { lockFolder } from '../store/lock.ts'
import { CommandError } from './command-error.ts'
import { addDataCommands } from './data-commands.ts'
import { runDemoPhone } from './demo-phone.ts'
import { migratePortal, type MigrateOptions } from './migrate.ts'
import { startSpans } from './otel.ts'
import { adminEmail, seedCompany, seedDemoPhone } from './seed.ts'

interface Options {
  readonly data?: string
  readonly port?: number
  readonly demoPort?: number
  readonly tls?: string
  readonly only?: string
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('a port is a number from 1 to 65535.')
  return port
}

function configOf(options: Options, overrides: Readonly<Record<string, unknown>> = {}): Config {
  const given = {
    ...overrides,
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.only !== undefined && { only: options.only }),
  }
  return loadConfig({ env: process.env, ...(options.data !== undefined && { dataDir: options.data }), overrides: given })
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** The command line of the portal. */
export function commands(): Command {
  const program = new Command('hookswitch').description('The click-to-call portal').version('0.1.0').exitOverride()
  const withPlace = (command: Command): Command =>
    command
      .option('--data <folder>', 'folder of the database, recordings and keys (default: data)')
      .option('--port <number>', 'port to listen on (default: 8484)', readPort)

  withPlace(program.command('start'))
    .description('the portal with a demo company and the demo phone, for this machine only')
    .option('--demo-port <number>', "port of the demo phone's page", readPort, 8485)
    .option('--tls <local>', 'serve https by a local authority')
    .action((options: Options) => start(options))
  withPlace(program.command('serve'))
    .description('the portal alone')
    .addOption(
      new Option('--only <part>', 'a part of the work, on PostgreSQL: requests without sending, or sending without requests').choices([
        'web',
        'delivery',
      ]),
    )
    .action((options: Options) => serve(options))
  withPlace(program.command('setup'))
    .description("make a portal's first admin")
    .requiredOption('--email <address>')
    .option('--title <name>', 'name of the company', 'Hookswitch')
    .option('--country <code>', 'ISO code of the country that numbers without + belong to', 'US')
    .option('--allow-private <which>', 'private addresses that handlers may have: none, loopback or private', 'none')
    .action((options: Options & { email: string; title: string; country: string; allowPrivate: string }) => setUp(options))
  withPlace(program.command('reset-password <email>'))
    .description('give a user a new password and sign them out everywhere')
    .action((email: string, options: Options) => resetPassword(email, options))
  addDataCommands(program, (options) => configOf(options))
  program
    .command('migrate')
    .description('move a SQLite portal to PostgreSQL; run it again to go on where it was broken off')
    .option('--data <folder>', 'folder of the database, recordings and keys (default: data)')
    .requiredOption('--to <address>', 'an empty database: postgres://user:password@host/database')
    .option('--again', 'empty what a half-done move has brought and begin anew')
    .action((options: MigrateOptions) => migratePortal(options, say))
  program
    .command('profiles')
    .description('the wire profiles of event bodies')
    .command('diff <first> <second> [event]')
    .description('two wire profiles of an event, line by line (default: ONEXTERNALCALLSTART)')
    .action((first: string, second: string, event: string | undefined) => showProfileDiff(first, second, event ?? 'ONEXTERNALCALLSTART'))
  return program
}

function showProfileDiff(first: string, second: string, event: string): void {
  const known = (name: string): ProfileName => {
    const found = profileNames.find((one) => one === name)
    if (!found) throw new CommandError(`there is no wire profile ${name}. Known are: ${profileNames.join(', ')}`)
    return found
  }
  const events = comparableEvents(eventCatalogue())
  const found = events.get(event.toUpperCase())
  if (!found) throw new CommandError(`there is no event ${event} to compare. Known are: ${[...events.keys()].join(', ')}`)
  for (const { sign, text } of diffProfiles(found, known(first), known(second))) say(`${sign} ${text}`)
}

async function opened<T>(config: Config, use: (portal: Portal) => Promise<T>): Promise<T> {
  const portal = await createPortal(config)
  try {
    return await use(portal)
  } finally {
    await portal.close()
  }
}

/** Keeps other portals off the data folder; the lock lasts as long as the returned release is held. */
async function lock(config: Config): Promise<() => void> {
  if (isPostgres(config.databaseUrl)) return () => {}
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const release = lockFolder(config.dataDir)
  if (!release) throw new CommandError(`another portal is running on ${config.dataDir}: stop it, or give another folder by --data`)
  return release
}

async function start(options: Options): Promise<void> {
  // for this machine only; private addresses of the machine itself may be sent to: the demo phone lives there (design 11.10, 11.13)
  const config = configOf(options, {
    host: '127.0.0.1',
    outbound: { allowPrivate: 'loopback' },
    log: { level: process.env['HOOKSWITCH_LOG_LEVEL'] ?? 'warn' },
  })
  const release = await lock(config)
  const demoPort = options.demoPort ?? 8485
  const demoUrl = `http://127.0.0.1:${demoPort}`
  const portal = await createPortal(config)
  // listening comes first: a port that is taken must not cost the password, which is shown once
  const { advice } = await portal.start()
  const password = await seedCompany(portal)
  const appFile = await seedDemoPhone(portal, demoUrl)
  const stopDemoPhone = runDemoPhone({ config, appFile, port: demoPort })
  say('')
  say(`  Hookswitch      ${config.publicUrl}`)
  say(`  Sign in as      ${adminEmail}`)
  say(
    password === null
      ? `  Password        given at the first start; a new one: npm run hookswitch -- reset-password ${adminEmail}`
      : `  Password        ${password}   (shown this once)`,
  )
  say(`  Demo phone      ${demoUrl}/   two handsets to answer on; a simulation, no real phone is called`)
  for (const line of advice) say(`  ${line}`)
  say('')
  stopOnSignal(async () => {
    await stopDemoPhone()
    await portal.stop()
    release()
  })
}

async function serve(options: Options): Promise<void> {
  const config = configOf(options)
  const release = await lock(config)
  const stopSpans = await startSpans(process.env)
  const portal = await createPortal(config)
  if (portal.isNew) say('This portal has no users yet. Make the first admin: hookswitch setup --email you@example.com')
  const { addresses, advice } = await portal.start()
  if (config.only === 'delivery') say(`Hookswitch sends deliveries; its health and metrics are at ${addresses.join(' and ')}`)
  else say(`Hookswitch listens on ${addresses.join(' and ')}; its address is ${config.publicUrl}`)
  for (const line of advice) say(line)
  // now, and not at the end: a process that is killed has none
  flushCompileCache()
  stopOnSignal(async () => {
    await portal.stop()
    await stopSpans()
    release()
  })
}

async function setUp(options: Options & { email: string; title: string; country: string; allowPrivate: string }): Promise<void> {
  const config = configOf(options)
  await opened(config, async (portal) => {
    const account = await portal.portals.first()
    if (!account) throw new Error('a portal makes its account when it is built')
    if ((await portal.users.all(account.id)).length > 0) throw new CommandError('this portal is set up already')
    if (!/^[A-Z]{2}$/.test(options.country)) throw new CommandError('--country is a code of two capital letters, such as US')
    const password = randomPassword()
    await portal.users.create(account.id, {
      name: 'Admin',
      lastName: '',
      email: options.email,
      passwordHash: await hashPassword(password),
      isAdmin: true,
    })
    await portal.portals.change(account.id, { title: options.title, country: options.country })
    await portal.store.transaction((tx) => nameCompany(tx, account.id, options.title))
    say(`Sign in as ${options.email} with the password ${password}`)
    if (options.allowPrivate !== config.outbound.allowPrivate) await allowPrivate(config.dataDir, options.allowPrivate)
  })
}

/** Writes the setting beside those that are in `hookswitch.json` already (design 11.10). */
async function allowPrivate(dataDir: string, which: string): Promise<void> {
  if (!['none', 'loopback', 'private'].includes(which)) throw new CommandError('--allow-private is none, loopback or private')
  const path = join(dataDir, 'hookswitch.json')
  const settings = existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>) : {}
  await writeFile(path, `${JSON.stringify({ ...settings, outbound: { allowPrivate: which } }, null, 2)}\n`)
  say(`Handlers may have ${which === 'none' ? 'no private' : which} addresses: ${path}`)
}

async function resetPassword(email: string, options: Options): Promise<void> {
  await opened(configOf(options), async (portal) => {
    const user = await portal.users.byEmail(email)
    if (!user) throw new CommandError(`there is no user ${email}`)
    const password = randomPassword()
    await portal.users.change(user.portal_id, user.id, { passwordHash: await hashPassword(password) })
    say(`The new password of ${user.email} is ${password}`)
  })
}

/** Ends in order on the first signal, at once on the second. */
function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false
  const onSignal = (): void => {
    if (isStopping) process.exit(130)
    isStopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
