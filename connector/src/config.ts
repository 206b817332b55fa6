import { readFileSync, statSync } from 'node:fs'
import { parseArgs, type ParseArgsConfig } from 'node:util'

/** Settings that every connector has. */
export interface Config {
  readonly app: { readonly clientId: string; readonly clientSecret: string }
  /** Origin of the portal. */
  readonly portalUrl: string
  /** Origin of the OAuth host if it is another one. */
  readonly oauthUrl?: string
  /** Where the portal reaches this process; `http://<host>:<port>` unless told. */
  readonly appUrl?: string
  /** `whsec_…`: demand signed events. */
  readonly webhookSecret?: string
  /** Lines to be added at the installation. */
  readonly lines: readonly { readonly number: string; readonly name: string }[]
  readonly dataDir: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** A setting is missing or wrong; the message is for the person who starts the process. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Where the help text ends and the reader begins. */
export const USAGE = `demo phone of Hookswitch: two simulated handsets, no real phone is called

  demo-phone [--data DIR] [--host 127.0.0.1] [--port 8485]

  HOOKSWITCH_APP_FILE   JSON file that only its owner can read (chmod 600):
                        { "clientId", "clientSecret", "portalUrl",
                          "oauthUrl"?, "appUrl"?, "webhookSecret"?, "line"?: { "number", "name" } }
`

/** Reads arguments, environment and the app file. Throws {@link ConfigError}; answers `'help'` for `--help`. */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config | 'help' {
  const values = readArguments(args, DEMO_OPTIONS)
  if (values.help) return 'help'
  const path = env['HOOKSWITCH_APP_FILE']
  if (!path) throw new ConfigError('HOOKSWITCH_APP_FILE is not set: the path of the JSON file with clientId, clientSecret and portalUrl')
  const host = values.host ?? '127.0.0.1'
  if (!/^(127(\.\d{1,3}){3}|localhost|::1)$/.test(host))
    throw new ConfigError(`--host ${host}: the demo phone serves this machine only (127.0.0.1)`)
  const file = readOwnFile(path)
  return {
    ...readApp(path, file),
    lines: readLine(file['line']),
    dataDir: values.data ?? 'data/demo-phone',
    host,
    port: portOf(values.port, 8485),
  }
}

const DEMO_OPTIONS = {
  data: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads a command line. Throws {@link ConfigError} on what `options` does not know. */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** The port of `--port`; 0 is any free one. */
export function portOf(text: string | undefined, usual: number): number {
  const port = Number(text ?? usual)
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new ConfigError(`--port ${text ?? ''}: a number up to 65535`)
  return port
}

/** Reads a file that holds a secret: a JSON object that only its owner can read. Throws {@link ConfigError}. */
export function readOwnFile(path: string): Readonly<Record<string, unknown>> {
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      throw new ConfigError(`${path} can be read by others: it holds a secret, run chmod 600 on it`)
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  return parseObject(path, text)
}

function parseObject(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Said below, without the text: it holds a secret.
  }
  throw new ConfigError(`${path} is not a JSON object`)
}

/** How the app signs in at its portal, from the file at `path`. Throws {@link ConfigError}. */
export function readApp(
  path: string,
  file: Readonly<Record<string, unknown>>,
): Pick<Config, 'app' | 'portalUrl' | 'oauthUrl' | 'appUrl' | 'webhookSecret'> {
  const { clientId, clientSecret, portalUrl, oauthUrl, appUrl, webhookSecret } = file
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string' || !clientId || !clientSecret) {
    throw new ConfigError(`${path}: clientId and clientSecret are needed`)
  }
  return {
    app: { clientId, clientSecret },
    portalUrl: originOf(path, 'portalUrl', portalUrl),
    ...(oauthUrl === undefined ? {} : { oauthUrl: originOf(path, 'oauthUrl', oauthUrl) }),
    ...(appUrl === undefined ? {} : { appUrl: originOf(path, 'appUrl', appUrl) }),
    ...(typeof webhookSecret === 'string' ? { webhookSecret } : {}),
  }
}

function readLine(line: unknown): Config['lines'] {
  const { number, name = number } = (line ?? {}) as { readonly number?: unknown; readonly name?: unknown }
  return typeof number === 'string' && typeof name === 'string' ? [{ number, name }] : []
}

function originOf(path: string, key: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new ConfigError(`${path}: ${key} must be an http or https address`)
  return url.origin
}
