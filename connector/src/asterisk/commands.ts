import { createInterface } from 'node:readline/promises'
import { systemClock } from '../clock.ts'
import { ConfigError, readArguments } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { readAsteriskConfig, type AsteriskConfig } from './config.ts'
import { describeFinding, isGoodEnough } from './findings.ts'
import { describePreview, previewDial } from './preview.ts'
import { look, setUp, type Terminal } from './set-up.ts'
import { callForTest } from './test-call.ts'

/** The process around a command. */
export interface CommandParts {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly write: (text: string) => void
  /** Absent: nobody sits there. */
  readonly terminal?: Terminal
}

/** Runs `init`, `check` or `preview` and answers the exit code: 0, or 1 when something is wrong. `undefined`: the words are another command. */
export async function runCommand(words: readonly string[], parts: CommandParts): Promise<number | undefined> {
  const [command, ...rest] = words
  if (command === 'init') return init(rest, parts)
  if (command === 'check') return check(rest, parts)
  if (command === 'preview') return preview(rest, parts)
  return undefined
}

const CONFIG = { config: { type: 'string' } } as const
const CALL = { extension: { type: 'string' }, number: { type: 'string' }, call: { type: 'boolean' } } as const
const INIT = {
  ...CONFIG,
  ...CALL,
  force: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  'ari-url': { type: 'string' },
  'ari-user': { type: 'string' },
  'ari-password': { type: 'string' },
  'portal-url': { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret': { type: 'string' },
  line: { type: 'string' },
  dial: { type: 'string' },
} as const

/** Nothing is logged to the terminal: the findings say it. */
const silent: Log = createLog(() => {}, systemClock.now)

async function init(words: readonly string[], { env, write, terminal }: CommandParts): Promise<number> {
  const values = readArguments(words, INIT)
  const isSilent = values.yes === true || terminal === undefined
  const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  const wish = {
    path: values.config ?? 'asterisk.json',
    isForced: values.force === true,
    isSilent,
    isCall: values.call === true,
    ...given('url', values['ari-url']),
    ...given('user', values['ari-user']),
    ...given('password', values['ari-password'] ?? env['HOOKSWITCH_ARI_PASSWORD']),
    ...given('portalUrl', values['portal-url']),
    ...given('clientId', values['client-id']),
    ...given('clientSecret', values['client-secret'] ?? env['HOOKSWITCH_CLIENT_SECRET']),
    ...given('extension', values.extension),
    ...given('line', values.line),
    ...given('dial', values.dial),
    ...given('number', values.number),
  }
  const quiet: Terminal = { say: write, ask: (_, usual) => Promise.resolve(usual) }
  const isGood = await setUp(wish, { terminal: isSilent ? quiet : terminal, clock: systemClock, log: silent })
  return isGood ? 0 : 1
}

async function check(words: readonly string[], { env, write }: CommandParts): Promise<number> {
  const values = readArguments(words, { ...CONFIG, ...CALL, line: { type: 'string' }, json: { type: 'boolean' } })
  const { settings } = readRunConfig(values.config, env)
  const findings = await look(settings, values.extension)
  const say = values.json ? () => {} : write
  for (const finding of findings) say(describeFinding(finding))
  if (values.call && isGoodEnough(findings)) {
    if (!values.extension) throw new ConfigError('--call needs --extension: whose phone shall ring')
    const { extension, number = '', line = '' } = values
    const onStep = (text: string) => say(`${text}\n`)
    const called = await callForTest({ settings, extension, number, line, clock: systemClock, log: silent, onStep })
    for (const finding of called) say(describeFinding(finding))
    findings.push(...called)
  }
  if (values.json) write(`${JSON.stringify({ findings }, null, 2)}\n`)
  return isGoodEnough(findings) ? 0 : 1
}

function preview(words: readonly string[], { env, write }: CommandParts): Promise<number> {
  const [number = '', ...rest] = words
  const values = readArguments(rest, { ...CONFIG, extension: { type: 'string' }, line: { type: 'string' } })
  if (number === '' || number.startsWith('-')) throw new ConfigError('which number? hookswitch-asterisk preview +15550100 --config FILE')
  const { settings } = readRunConfig(values.config, env)
  const found = previewDial(settings, { number, extension: values.extension ?? '101', line: values.line ?? '' })
  write(describePreview(found))
  return Promise.resolve(found.ok ? 0 : 1)
}

function readRunConfig(path: string | undefined, env: CommandParts['env']): AsteriskConfig {
  const read = readAsteriskConfig(['run', ...(path === undefined ? [] : ['--config', path])], env)
  if (read === 'help') throw new ConfigError('no configuration')
  return read
}

/** The terminal of this process, if somebody sits there. What is typed is shown, passwords too. */
export function openTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY) return undefined
  return {
    say: (text) => void process.stdout.write(text),
    async ask(question, usual) {
      const lines = createInterface({ input: process.stdin, output: process.stdout })
      const typed = await lines.question(usual === '' ? `${question}: ` : `${question} [${usual}]: `)
      lines.close()
      return typed.trim() || usual
    },
  }
}
