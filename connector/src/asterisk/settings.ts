import type { AriAccess } from './ari-client.ts'
import { problemOfTemplate, type Placeholder } from './dial-string.ts'

/** What one extension differs in from the others. */
export interface UserDial {
  /** Dial template of the agent leg. */
  readonly dial?: string
  /** Goes before the dial template of every line: this person's customers are called another way. */
  readonly clientDial?: string
  /** Goes before the caller id of every line. */
  readonly callerId?: string
}

/** A line: where its calls go out, and what the called person sees. */
export interface Line {
  /** Dial template of the client leg, e.g. `PJSIP/{number}@trunk` or `Local/{digits}@from-internal/n`. */
  readonly dial: string
  /** Caller id; the line's number unless told. Empty: what the trunk makes of it. */
  readonly callerId?: string
  /** Extensions that ring for calls to this line when the responsible person does not take them. */
  readonly group?: readonly string[]
  /** Name of the line in the portal. */
  readonly name?: string
}

/** How phones in browsers are given out. */
export interface BrowserPhoneSettings {
  /** Asterisk's WebSocket as the portal reaches it. */
  readonly socket: string
  /** A password is good for so long; a new one is given out after half of it. */
  readonly lifeMs: number
  /** Put over the fields of the endpoint, e.g. `context` or `media_address`. */
  readonly endpoint: Readonly<Record<string, string>>
  readonly iceServers: readonly { readonly urls: string; readonly username?: string; readonly credential?: string }[]
}

/** How Asterisk is asked and told. */
export interface AsteriskSettings {
  readonly ari: AriAccess
  /** Name of the Stasis application. Two connectors need two names. */
  readonly application: string
  /** Dial template of the agent leg. */
  readonly agentDial: string
  /** By extension. */
  readonly users: Readonly<Record<string, UserDial>>
  /** By LINE_NUMBER. The first is used for a click that names none. */
  readonly lines: Readonly<Record<string, Line>>
  /** SIP headers of the agent's INVITE, e.g. for phones that answer by themselves. PJSIP only. */
  readonly agentHeaders: Readonly<Record<string, string>>
  readonly recording: 'mono' | 'stereo' | 'off'
  /** What the portal gets; the PBX always writes WAV. */
  readonly recordingFormat: 'wav' | 'mp3'
  /** So long recordings stay on the PBX after the portal has them; 0: not at all. */
  readonly keepRecordingsDays: number
  /** Phones in browsers; absent: none. */
  readonly browserPhones?: BrowserPhoneSettings
  /** Pause between the client's answer and the extension's digits. */
  readonly digitsAfterMs: number
  /** At most so many calls at once; a click above that is refused (100 recorded calls take one core, pbx 3). */
  readonly maxCalls: number
  /** Calls that people make at their phones are told too. */
  readonly logDeskCalls: boolean
  /** What an agent keys in a talk, followed by an extension and `#`, to hand the call over; empty: nothing. */
  readonly transferKeys: string
}

/** A setting that cannot be used; the message says which and why. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Unread = Readonly<Record<string, unknown>>

const AUTO_ANSWER: Readonly<Record<string, string>> = {
  'Alert-Info': '<http://127.0.0.1>;info=alert-autoanswer;delay=0',
  'Call-Info': '<sip:127.0.0.1>;answer-after=0',
}

/** Reads the object `asterisk` of the configuration. Throws {@link SettingsError}. */
export function readSettings(value: unknown): AsteriskSettings {
  const asterisk = objectOf('asterisk', value)
  const application = textOf('asterisk.application', asterisk['application'], 'hookswitch')
  if (!/^[A-Za-z0-9]{1,20}$/.test(application)) throw new SettingsError('asterisk.application: up to 20 letters and digits')
  const recording = textOf('asterisk.recording', asterisk['recording'], 'mono')
  if (recording !== 'mono' && recording !== 'stereo' && recording !== 'off')
    throw new SettingsError('asterisk.recording: mono, stereo or off')
  const recordingFormat = textOf('asterisk.recordingFormat', asterisk['recordingFormat'], 'wav')
  if (recordingFormat !== 'wav' && recordingFormat !== 'mp3') throw new SettingsError('asterisk.recordingFormat: wav or mp3')
  const agentDial = templateOf('asterisk.agentDial', asterisk['agentDial'] ?? 'PJSIP/{extension}', ['extension'])
  const headers = entriesOf('asterisk.agentHeaders', asterisk['agentHeaders']).map(([name, text]) => headerOf(name, text))
  const ari = readAccess(asterisk)
  const phones = asterisk['browserPhones']
  return {
    ari,
    ...(phones === undefined || phones === false ? {} : { browserPhones: readBrowserPhones(phones === true ? {} : phones, ari) }),
    application,
    agentDial,
    users: Object.fromEntries(entriesOf('asterisk.users', asterisk['users']).map(([extension, user]) => readUser(extension, user))),
    lines: readLines(asterisk['lines']),
    agentHeaders: { ...(asterisk['autoAnswer'] === true ? AUTO_ANSWER : {}), ...Object.fromEntries(headers) },
    recording,
    recordingFormat,
    keepRecordingsDays: numberOf('asterisk.keepRecordingsDays', asterisk['keepRecordingsDays'], { usual: 0, most: 3650 }),
    digitsAfterMs: numberOf('asterisk.digitsAfterMs', asterisk['digitsAfterMs'], { usual: 800, most: 30_000 }),
    maxCalls: numberOf('asterisk.maxCalls', asterisk['maxCalls'], { usual: 50, most: 1000 }),
    logDeskCalls: asterisk['logDeskCalls'] !== false,
    transferKeys: keysOf('asterisk.transferKeys', asterisk['transferKeys'] ?? '*2'),
  }
}

function readAccess(asterisk: Unread): AriAccess {
  const url = textOf('asterisk.url', asterisk['url'], 'http://127.0.0.1:8088')
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
    throw new SettingsError('asterisk.url: an http or https address such as http://127.0.0.1:8088')
  return {
    url: parsed.origin,
    user: textOf('asterisk.user', asterisk['user']),
    password: textOf('asterisk.password', asterisk['password']),
  }
}

function readBrowserPhones(value: unknown, ari: AriAccess): BrowserPhoneSettings {
  const key = 'asterisk.browserPhones'
  const phones = objectOf(key, value)
  const socket = textOf(`${key}.socket`, phones['socket'], `${ari.url.replace(/^http/, 'ws')}/ws`)
  if (!/^wss?:\/\//.test(socket) || !URL.canParse(socket)) throw new SettingsError(`${key}.socket: a ws or wss address`)
  const servers = phones['iceServers'] ?? []
  const minutes = phones['minutes'] ?? 240
  if (typeof minutes !== 'number' || !(minutes > 0) || minutes > 24 * 60) throw new SettingsError(`${key}.minutes: above 0, at most 1440`)
  if (!Array.isArray(servers)) throw new SettingsError(`${key}.iceServers: a list such as [{ "urls": "stun:stun.example.com" }]`)
  return {
    socket,
    lifeMs: minutes * 60_000,
    endpoint: Object.fromEntries(entriesOf(`${key}.endpoint`, phones['endpoint']).map(([name, text]) => fieldOf(name, text))),
    iceServers: servers.map((server: unknown, index) => readIceServer(`${key}.iceServers.${index}`, server)),
  }
}

function fieldOf(name: string, value: unknown): [string, string] {
  const key = `asterisk.browserPhones.endpoint.${name}`
  const text = textOf(key, value)
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(name) || !/^[\x20-\x7e]{1,200}$/.test(text))
    throw new SettingsError(`${key}: a field of a PJSIP endpoint, e.g. "context": "internal"`)
  return [name, text]
}

function readIceServer(key: string, value: unknown): BrowserPhoneSettings['iceServers'][number] {
  const { urls, username, credential } = objectOf(key, value)
  const address = textOf(`${key}.urls`, urls)
  if (!/^(stuns?|turns?):\S+$/.test(address)) throw new SettingsError(`${key}.urls: an address such as stun:stun.example.com`)
  return {
    urls: address,
    ...(username === undefined ? {} : { username: textOf(`${key}.username`, username) }),
    ...(credential === undefined ? {} : { credential: textOf(`${key}.credential`, credential) }),
  }
}

function readUser(extension: string, value: unknown): [string, UserDial] {
  const key = `asterisk.users.${extension}`
  const { dial, clientDial, callerId, trunk } = objectOf(key, value)
  const user: UserDial = {
    ...(dial === undefined ? {} : { dial: templateOf(`${key}.dial`, dial, []) }),
    ...(clientDial === undefined ? {} : { clientDial: clientTemplateOf(`${key}.clientDial`, clientDial, trunk) }),
    ...(callerId === undefined ? {} : { callerId: textOf(`${key}.callerId`, callerId, '') }),
  }
  if (Object.keys(user).length === 0) throw new SettingsError(`${key}: one of "dial", "clientDial" and "callerId" is needed`)
  return [extension, user]
}

function readLines(value: unknown): Readonly<Record<string, Line>> {
  const lines = entriesOf('asterisk.lines', value)
  if (lines.length === 0)
    throw new SettingsError('asterisk.lines: at least one line, e.g. { "+15550100": { "dial": "PJSIP/{number}@trunk" } }')
  return Object.fromEntries(
    lines.map(([number, unread]) => {
      const key = `asterisk.lines.${number}`
      if (!/^[\w.+-]{1,50}$/.test(number)) throw new SettingsError(`${key}: a line is named by letters, digits, “+”, “.”, “_” and “-”`)
      const { dial, callerId, name, group, trunk } = objectOf(key, unread)
      const line: Line = {
        dial: clientTemplateOf(`${key}.dial`, dial, trunk),
        ...(callerId === undefined ? {} : { callerId: textOf(`${key}.callerId`, callerId, '') }),
        ...(group === undefined ? {} : { group: groupOf(`${key}.group`, group) }),
        ...(name === undefined ? {} : { name: textOf(`${key}.name`, name) }),
      }
      return [number, line]
    }),
  )
}

/** `{trunk}` stands for the name beside it, and is put in here, once. */
function clientTemplateOf(key: string, value: unknown, trunk: unknown): string {
  const template = textOf(key, value)
  if (!template.includes('{trunk}')) return templateOf(key, template, ['number', 'digits'])
  const name = textOf(key.replace(/\w+$/, 'trunk'), trunk)
  if (!/^[A-Za-z0-9_.-]{1,50}$/.test(name)) throw new SettingsError(`${key}: “${name}” is no name of a trunk`)
  return templateOf(key, template.replaceAll('{trunk}', name), ['number', 'digits'])
}

function templateOf(key: string, value: unknown, needed: readonly Placeholder[]): string {
  // A short form of the same.
  const template = textOf(key, value).replaceAll('{ext}', '{extension}')
  const problem = problemOfTemplate(template, needed)
  if (problem !== undefined) throw new SettingsError(`${key}: ${problem}`)
  return template
}

function groupOf(key: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > 100 || !value.every((one) => typeof one === 'string' && /^\d{1,20}$/.test(one)))
    throw new SettingsError(`${key}: a list of extensions such as ["101", "102"]`)
  return [...new Set(value as string[])]
}

function keysOf(key: string, value: unknown): string {
  if (typeof value === 'string' && /^[0-9*]{0,5}$/.test(value)) return value
  throw new SettingsError(`${key}: up to five of 0 to 9 and *, such as *2`)
}

/** A header goes to the phone as it stands: no line may end in it. */
function headerOf(name: string, value: unknown): [string, string] {
  const text = textOf(`asterisk.agentHeaders.${name}`, value)
  if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name) || !/^[\x20-\x7e]{1,200}$/.test(text)) {
    throw new SettingsError(`asterisk.agentHeaders.${name}: a SIP header of printable characters`)
  }
  return [name, text]
}

function objectOf(key: string, value: unknown): Unread {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Unread
  throw new SettingsError(`${key}: an object is needed`)
}

function entriesOf(key: string, value: unknown): Array<[string, unknown]> {
  return value === undefined ? [] : Object.entries(objectOf(key, value))
}

function textOf(key: string, value: unknown, usual?: string): string {
  const text = value ?? usual
  if (typeof text !== 'string' || (text === '' && usual !== '')) throw new SettingsError(`${key}: a text is needed`)
  return text
}

function numberOf(key: string, value: unknown, { usual, most }: { readonly usual: number; readonly most: number }): number {
  const number = value ?? usual
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > most)
    throw new SettingsError(`${key}: a whole number up to ${most}`)
  return number
}
