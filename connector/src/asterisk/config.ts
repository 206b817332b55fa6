import { isIP } from 'node:net'
import { ConfigError, portOf, readApp, readArguments, readOwnFile, type Config } from '../config.ts'
import { DEFAULT_LIMITS, type Limits } from '../switchboard.ts'
import { readSettings, SettingsError, type AsteriskSettings } from './settings.ts'

/** All that the process is started with. */
export interface AsteriskConfig {
  readonly config: Config
  readonly settings: AsteriskSettings
  readonly limits: Limits
}

/** Where the help text ends and the reader begins. */
export const ASTERISK_USAGE = `Asterisk connector of Hookswitch: a click rings your phone, then the customer's

  hookswitch-asterisk init    [--config asterisk.json] [--yes] [--call] …: sets it up: looks, says what is wrong, writes FILE
  hookswitch-asterisk run     --config FILE [--data DIR] [--host 127.0.0.1] [--port 8486]
  hookswitch-asterisk check   --config FILE [--extension 101] [--call [--number +15550100] [--line …]] [--json]
  hookswitch-asterisk preview NUMBER --config FILE [--extension 101] [--line …]: what would be dialled

  init asks for what it is not told by --ari-url, --ari-user, --ari-password, --portal-url, --client-id, --client-secret, --extension,
  --line, --dial and --number; with --yes it asks nothing. --force writes a file that exists anew.

  FILE   a JSON file that only its owner can read (chmod 600):
         { "clientId", "clientSecret", "portalUrl", "oauthUrl"?, "appUrl"?, "webhookSecret"?,
           "ring"?: { "responsibleSeconds"?: 15, "agentSeconds"?: 25, "clientSeconds"?: 60, "talkMinutes"?: 240 },
           "asterisk": {
             "url"?: "http://127.0.0.1:8088", "user", "password", "application"?: "hookswitch",
             "agentDial"?: "PJSIP/{extension}", "users"?: { "101": { "dial"?: "PJSIP/desk101", "clientDial"?, "trunk"?, "callerId"? } },
             "lines": { "+15550100": { "dial": "PJSIP/{number}@{trunk}", "trunk"?, "callerId"?, "name"?, "group"?: ["101"] } },
             "autoAnswer"?: false, "agentHeaders"?: { "Alert-Info": "…" },
             "browserPhones"?: true,
             "transferKeys"?: "*2", "logDeskCalls"?: true,
             "recording"?: "mono" | "stereo" | "off", "recordingFormat"?: "wav" | "mp3", "keepRecordingsDays"?: 0, "digitsAfterMs"?: 800, "maxCalls"?: 50 } }

  HOOKSWITCH_CONFIG         the same as --config
  HOOKSWITCH_ARI_PASSWORD   goes before "password"
  HOOKSWITCH_CLIENT_SECRET  for init
`

const OPTIONS = {
  config: { type: 'string' },
  data: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads the words after `run`, the environment and the file. Throws {@link ConfigError}; answers `'help'` for `--help` and for no command. */
export function readAsteriskConfig(words: readonly string[], env: Readonly<Record<string, string | undefined>>): AsteriskConfig | 'help' {
  const [command, ...args] = words
  if (command === undefined || command === '--help' || command === '-h') return 'help'
  if (command !== 'run') throw new ConfigError(`“${command}” is no command; there are init, run, check and preview`)
  const values = readArguments(args, OPTIONS)
  if (values.help) return 'help'
  const path = values.config ?? env['HOOKSWITCH_CONFIG']
  if (!path) throw new ConfigError('--config is not set: the path of the JSON file with clientId, clientSecret, portalUrl and asterisk')
  const file = readOwnFile(path)
  const settings = readAsterisk(path, file['asterisk'], env['HOOKSWITCH_ARI_PASSWORD'])
  const lines = Object.entries(settings.lines).map(([number, line]) => ({ number, name: line.name ?? number }))
  const config = {
    ...readApp(path, file),
    lines,
    dataDir: values.data ?? 'data/asterisk',
    host: values.host ?? '127.0.0.1',
    port: portOf(values.port, 8486),
  }
  if (config.appUrl === undefined && /^(0\.0\.0\.0|::)$/.test(config.host))
    throw new ConfigError(`${path}: with --host ${config.host} the portal must be told an address that it can reach: "appUrl"`)
  if (config.host !== 'localhost' && isIP(config.host) === 0) throw new ConfigError(`--host ${config.host}: an address of this machine`)
  return { config, settings, limits: readLimits(path, file['ring']) }
}

function readAsterisk(path: string, value: unknown, password: string | undefined): AsteriskSettings {
  try {
    const isObject = typeof value === 'object' && value !== null
    return readSettings(isObject && password ? { ...value, password } : value)
  } catch (error) {
    if (error instanceof SettingsError) throw new ConfigError(`${path}: ${error.message}`, { cause: error })
    throw error
  }
}

function readLimits(path: string, value: unknown): Limits {
  const ring = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const ms = (key: string, unitMs: number, usual: number): number => {
    const number = ring[key]
    if (number === undefined) return usual
    if (typeof number !== 'number' || !(number > 0) || number * unitMs > 24 * 3_600_000)
      throw new ConfigError(`${path}: ring.${key}: a number above 0`)
    return number * unitMs
  }
  return {
    firstRingMs: ms('responsibleSeconds', 1000, DEFAULT_LIMITS.firstRingMs),
    agentRingMs: ms('agentSeconds', 1000, DEFAULT_LIMITS.agentRingMs),
    clientRingMs: ms('clientSeconds', 1000, DEFAULT_LIMITS.clientRingMs),
    talkMs: ms('talkMinutes', 60_000, DEFAULT_LIMITS.talkMs),
  }
}
