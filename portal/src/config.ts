import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

const Port = Type.Integer({ minimum: 1, maximum: 65535 })
const Bytes = Type.Integer({ minimum: 1024, maximum: 2 ** 31 })

const Days = Type.Integer({ minimum: 0, maximum: 36_500 })

/** The settings as they stand in `hookswitch.json`; all may be left out. The comments are the text of docs/reference/settings.md. */
export const Settings = Type.Object(
  {
    /** path of a SQLite file, or `postgres://…`; the variable `DATABASE_URL` is read too, when it begins so */
    databaseUrl: Type.String({ minLength: 1 }),
    /** which part of the work this process does, on PostgreSQL: requests without sending (`web`), sending without requests (`delivery`); all when left out */
    only: Type.Union([Type.Literal('web'), Type.Literal('delivery')]),
    /** address to listen on */
    host: Type.String({ minLength: 1 }),
    /** port to listen on */
    port: Port,
    /** with `tls`: https listens here and http on `port`; without it https takes `port` alone */
    httpsPort: Port,
    /** the address that people and apps use; every URL given out is built from it (design 11.16) */
    publicUrl: Type.String({ pattern: '^https?://[^/?#]+/?$' }),
    /** addresses or ranges of proxies whose X-Forwarded-* headers count */
    trustedProxies: Type.Array(Type.String()),
    /** HTTPS by the portal itself: with the given files, or `local` for an authority made for development */
    tls: Type.Union([
      Type.Literal('local'),
      Type.Object(
        {
          /** PEM file of the certificate and its chain */
          certFile: Type.String({ minLength: 1 }),
          /** PEM file of the key */
          keyFile: Type.String({ minLength: 1 }),
        },
        { additionalProperties: false },
      ),
    ]),
    /** private addresses that handlers may have (design 11.10) */
    outbound: Type.Object(
      { allowPrivate: Type.Union([Type.Literal('none'), Type.Literal('loopback'), Type.Literal('private')]) },
      { additionalProperties: false },
    ),
    /** the largest recording, decoded */
    recordings: Type.Object({ maxBytes: Bytes }, { additionalProperties: false }),
    /** the largest body of any other request */
    bodies: Type.Object({ maxBytes: Bytes }, { additionalProperties: false }),
    rest: Type.Object(
      { /** REST over plain http is refused (contract 6.1) */ requireHttps: Type.Boolean() },
      { additionalProperties: false },
    ),
    metrics: Type.Object(
      {
        /** who reads /metrics sends it as a bearer token; without it they are for this machine only */ token: Type.String({
          pattern: '^[!-~]{16,}$',
        }),
      },
      { additionalProperties: false },
    ),
    retention: Type.Object(
      {
        /** days after which the bodies and headers of attempts go; 0 = they are kept as long as the attempt */
        bodiesDays: Type.Optional(Days),
        /** days after which deliveries, their attempts and events go; 0 = never. Open ones stay */
        deliveriesDays: Type.Optional(Days),
        /** days after which the traces of clicks go; 0 = never. The calls themselves stay */
        tracesDays: Type.Optional(Days),
        /** days after which notes under the bell go; 0 = never */
        notificationsDays: Type.Optional(Days),
        /** days after which requests of callback forms go; 0 = never */
        callbackRequestsDays: Type.Optional(Days),
        /** what goes is written to `archive` in the data folder first */
        archive: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    log: Type.Object(
      {
        /** the least important lines that are logged */
        level: Type.Union([
          Type.Literal('debug'),
          Type.Literal('info'),
          Type.Literal('warn'),
          Type.Literal('error'),
          Type.Literal('silent'),
        ]),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

/** How long a portal keeps what grows with every click. Days; 0 = for ever. */
export interface RetentionRules {
  readonly bodiesDays: number
  readonly deliveriesDays: number
  readonly tracesDays: number
  readonly notificationsDays: number
  readonly callbackRequestsDays: number
  readonly archive: boolean
}

/** What holds unless the operator or an admin says otherwise. */
export const defaultRetention: RetentionRules = {
  bodiesDays: 14,
  deliveriesDays: 90,
  tracesDays: 365,
  notificationsDays: 90,
  callbackRequestsDays: 180,
  archive: true,
}

/** The settings of one process, complete. */
export interface Config {
  /** folder of the database, recordings, keys */
  readonly dataDir: string
  readonly databaseUrl: string
  /** null: all of the work */
  readonly only: 'web' | 'delivery' | null
  readonly host: string
  readonly port: number
  /** null: http and https are not both served */
  readonly httpsPort: number | null
  /** without a slash at the end */
  readonly publicUrl: string
  readonly trustedProxies: readonly string[]
  /** null: plain http only */
  readonly tls: Static<typeof Settings>['tls'] | null
  readonly outbound: { readonly allowPrivate: 'none' | 'loopback' | 'private' }
  readonly recordings: { readonly maxBytes: number }
  readonly bodies: { readonly maxBytes: number }
  readonly rest: { readonly requireHttps: boolean }
  readonly metrics: { readonly token: string | null }
  readonly retention: RetentionRules
  readonly log: { readonly level: string }
}

/** A setting is wrong; the message is one line for the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Environment variables, by the setting they stand for. `trustedProxies` is a comma list, `tls` takes `local` only. */
export const variables = {
  HOOKSWITCH_DATABASE_URL: 'databaseUrl',
  HOOKSWITCH_ONLY: 'only',
  HOOKSWITCH_HOST: 'host',
  HOOKSWITCH_PORT: 'port',
  HOOKSWITCH_HTTPS_PORT: 'httpsPort',
  HOOKSWITCH_PUBLIC_URL: 'publicUrl',
  HOOKSWITCH_TRUSTED_PROXIES: 'trustedProxies',
  HOOKSWITCH_TLS: 'tls',
  HOOKSWITCH_TLS_CERT_FILE: 'tls.certFile',
  HOOKSWITCH_TLS_KEY_FILE: 'tls.keyFile',
  HOOKSWITCH_OUTBOUND_ALLOW_PRIVATE: 'outbound.allowPrivate',
  HOOKSWITCH_RECORDINGS_MAX_BYTES: 'recordings.maxBytes',
  HOOKSWITCH_BODIES_MAX_BYTES: 'bodies.maxBytes',
  HOOKSWITCH_REST_REQUIRE_HTTPS: 'rest.requireHttps',
  HOOKSWITCH_METRICS_TOKEN: 'metrics.token',
  HOOKSWITCH_RETENTION_BODIES_DAYS: 'retention.bodiesDays',
  HOOKSWITCH_RETENTION_DELIVERIES_DAYS: 'retention.deliveriesDays',
  HOOKSWITCH_RETENTION_TRACES_DAYS: 'retention.tracesDays',
  HOOKSWITCH_RETENTION_NOTIFICATIONS_DAYS: 'retention.notificationsDays',
  HOOKSWITCH_RETENTION_CALLBACK_REQUESTS_DAYS: 'retention.callbackRequestsDays',
  HOOKSWITCH_RETENTION_ARCHIVE: 'retention.archive',
  HOOKSWITCH_LOG_LEVEL: 'log.level',
} as const

/** What of our prefix is meant for other processes: the web's development server, the demo phone, tests. */
const otherVariables = /^HOOKSWITCH_(DATA_DIR|URL|APP_FILE|DEMO_\w+|TEST_\w+)$/

const check = Compile(Settings)

/** Reads the settings: environment before `hookswitch.json` before defaults. Throws ConfigError for what it does not know or cannot use. */
export function loadConfig({
  env,
  dataDir = env['HOOKSWITCH_DATA_DIR'] ?? 'data',
  overrides = {},
}: {
  env: Readonly<Record<string, string | undefined>>
  /** folder of `hookswitch.json`; default HOOKSWITCH_DATA_DIR, then `./data` */
  dataDir?: string
  /** options of the command line, by setting name */
  overrides?: Readonly<Record<string, unknown>>
}): Config {
  const folder = resolve(dataDir)
  const file = join(folder, 'hookswitch.json')
  const settings = merge(merge(merge(readFile(file), fromPlatform(env)), fromEnvironment(env)), overrides)
  const problem = check.Errors(partial(settings))[0]
  if (problem) throw new ConfigError(`${file} or the environment: ${describe(problem)}`)
  return complete(folder, settings)
}

type Loose = Readonly<Record<string, unknown>>

/** Fills what is left out, so that only what was given is judged. */
function partial(settings: Loose): unknown {
  const stand: Static<typeof Settings> = {
    databaseUrl: 'x',
    only: 'web',
    host: 'x',
    port: 1,
    httpsPort: 1,
    publicUrl: 'http://x',
    trustedProxies: [],
    tls: 'local',
    outbound: { allowPrivate: 'none' },
    recordings: { maxBytes: 1024 },
    bodies: { maxBytes: 1024 },
    rest: { requireHttps: false },
    metrics: { token: '0123456789abcdef' },
    retention: {},
    log: { level: 'info' },
  }
  return { ...stand, ...settings }
}

function describe({ keyword, instancePath, message }: { keyword: string; instancePath: string; message: string }): string {
  const name = instancePath.slice(1).replaceAll('/', '.')
  // the schema of a name that is not declared is `false`
  if (keyword === 'boolean') return `unknown setting ${name}`
  return `${name || 'the settings'} ${message}`
}

function readFile(file: string): Loose {
  if (!existsSync(file)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it must be a JSON object')
    return value as Loose
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

/** `DATABASE_URL` is what platforms set; an address of another database is not meant for us. */
function fromPlatform(env: Readonly<Record<string, string | undefined>>): Loose {
  const address = env['DATABASE_URL']
  return address !== undefined && isPostgres(address) ? { databaseUrl: address } : {}
}

/** Is this the address of a PostgreSQL database? Anything else is the path of a SQLite file. */
export function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//.test(address)
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Loose {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('HOOKSWITCH_') || otherVariables.test(name) || value === undefined || value === '') continue
    if (!Object.hasOwn(variables, name))
      throw new ConfigError(`unknown environment variable ${name}. Known are: ${Object.keys(variables).join(', ')}`)
    put(settings, variables[name as keyof typeof variables], value)
  }
  return settings
}

function put(settings: Record<string, unknown>, path: string, text: string): void {
  const [outer = '', inner] = path.split('.')
  if (inner === undefined)
    settings[outer] =
      outer === 'trustedProxies'
        ? text
            .split(',')
            .map((one) => one.trim())
            .filter(Boolean)
        : numberOrText(outer, text)
  else settings[outer] = { ...(typeof settings[outer] === 'object' ? settings[outer] : {}), [inner]: numberOrText(inner, text) }
}

function numberOrText(name: string, text: string): unknown {
  if (name === 'requireHttps' || name === 'archive') return Value.Convert(Type.Boolean(), text)
  return /^(port|httpsPort|maxBytes|\w+Days)$/.test(name) && /^\d+$/.test(text) ? Number(text) : text
}

function merge(below: Loose, above: Loose): Loose {
  const merged: Record<string, unknown> = { ...below }
  for (const [name, value] of Object.entries(above)) {
    if (value === undefined) continue
    const lower = merged[name]
    const bothMaps = isPlain(value) && isPlain(lower)
    merged[name] = bothMaps ? { ...lower, ...value } : value
  }
  return merged
}

function isPlain(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function complete(dataDir: string, given: Partial<Static<typeof Settings>>): Config {
  for (const proxy of given.trustedProxies ?? []) {
    const known = /^(loopback|linklocal|uniquelocal)$/.test(proxy) || ipaddr.isValid(proxy) || ipaddr.isValidCIDR(proxy)
    if (!known) throw new ConfigError(`trustedProxies: ${proxy} is neither an IP address nor a range such as 10.0.0.0/8`)
  }
  const host = given.host ?? '127.0.0.1'
  const port = given.port ?? 8484
  const tls = given.tls ?? null
  const httpsPort = given.httpsPort ?? null
  if (httpsPort !== null && tls === null) throw new ConfigError('httpsPort needs tls: set it to "local", or to your certFile and keyFile')
  if (httpsPort !== null && httpsPort === port)
    throw new ConfigError('httpsPort and port must differ; leave httpsPort out to serve https alone')
  return {
    dataDir,
    ...databaseOf(dataDir, given),
    host,
    port,
    httpsPort,
    publicUrl: new URL(given.publicUrl ?? defaultPublicUrl({ host, port, httpsPort, isTls: tls !== null })).origin,
    trustedProxies: given.trustedProxies ?? [],
    tls,
    outbound: given.outbound ?? { allowPrivate: 'none' },
    recordings: given.recordings ?? { maxBytes: 200 * 2 ** 20 },
    bodies: given.bodies ?? { maxBytes: 2 * 2 ** 20 },
    rest: given.rest ?? { requireHttps: false },
    metrics: given.metrics ?? { token: null },
    retention: { ...defaultRetention, ...given.retention },
    log: given.log ?? { level: 'info' },
  }
}

function databaseOf(dataDir: string, given: Partial<Static<typeof Settings>>): Pick<Config, 'databaseUrl' | 'only'> {
  const databaseUrl = given.databaseUrl ?? join(dataDir, 'hookswitch.db')
  const only = given.only ?? null
  if (only !== null && !isPostgres(databaseUrl))
    throw new ConfigError(`only: ${only} needs PostgreSQL: set databaseUrl, or DATABASE_URL, to postgres://…`)
  return { databaseUrl, only }
}

/** The address of this machine as the listener has it; `0.0.0.0` and `::` are reached by the loopback. */
function defaultPublicUrl({
  host,
  port,
  httpsPort,
  isTls,
}: {
  host: string
  port: number
  httpsPort: number | null
  isTls: boolean
}): string {
  const name = /^(0\.0\.0\.0|::|\[::\]|127\.0\.0\.1)$/.test(host)
    ? '127.0.0.1'
    : host.includes(':') && !host.startsWith('[')
      ? `[${host}]`
      : host
  return `${isTls ? 'https' : 'http'}://${name}:${httpsPort ?? port}`
}
