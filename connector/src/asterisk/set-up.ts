import { existsSync, writeFileSync } from 'node:fs'
import { ConfigError, readApp } from '../config.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createAriClient } from './ari-client.ts'
import { checkAsterisk } from './checks.ts'
import { describeFinding, describeSnippet, isGoodEnough, type Finding } from './findings.ts'
import { describePreview, previewDial } from './preview.ts'
import { readSettings, SettingsError, type AsteriskSettings } from './settings.ts'
import { browserPhoneSnippets, incomingSnippet } from './snippets.ts'
import { callForTest } from './test-call.ts'

/** Who sits in front of it. */
export interface Terminal {
  say(text: string): void
  /** What was typed, or `usual` for nothing. A terminal that nobody sits at answers `usual`. */
  ask(question: string, usual: string): Promise<string>
}

/** What the set-up is told by the command line; what is missing is asked for. */
export interface SetUpWish {
  /** The file to be written. */
  readonly path: string
  readonly isForced: boolean
  /** Nobody is asked: what is missing has its usual value. */
  readonly isSilent: boolean
  readonly url?: string
  readonly user?: string
  readonly password?: string
  readonly portalUrl?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly extension?: string
  readonly line?: string
  readonly dial?: string
  /** For the test call; empty: only the own phone. */
  readonly number?: string
  /** Make the test call without asking. */
  readonly isCall: boolean
}

/** What the set-up works with. */
export interface SetUpParts {
  readonly terminal: Terminal
  readonly clock: Clock
  readonly log: Log
}

type Access = { url: string; user: string; password: string }

/**
 * `hookswitch-asterisk init`: asks, looks, says what is wrong and what to do, and writes the configuration file (0600), whatever it found, so
 * that only Asterisk is left to be put right. True when nothing was wrong.
 */
export async function setUp(wish: SetUpWish, parts: SetUpParts): Promise<boolean> {
  const { terminal } = parts
  if (existsSync(wish.path) && !wish.isForced)
    throw new ConfigError(`${wish.path} exists; --force writes it anew, or look at it by: hookswitch-asterisk check --config ${wish.path}`)
  terminal.say('1. Asterisk\n\n')
  const access = await findAccess(wish, parts)
  const { extension, line, dial } = await askForCalls(wish, access, terminal)
  const asterisk = { ...access, lines: { [line]: { dial, name: line } } }
  const settings = settingsOf(asterisk)
  terminal.say('\n')
  const findings = await look(settings, extension)
  for (const finding of findings) terminal.say(describeFinding(finding))
  terminal.say(`\nA click on +15550155 will dial:\n${describePreview(previewDial(settings, { number: '+15550155', extension, line: '' }))}`)
  if (isGoodEnough(findings)) findings.push(...(await offerCall({ wish, settings, extension }, parts)))

  terminal.say('\n2. The portal\n\n')
  const app = await askForApp(wish, terminal)
  // Refuses what cannot be an application before it is written.
  readApp('the answers', app)
  writeFileSync(wish.path, `${JSON.stringify({ ...app, asterisk }, null, 2)}\n`, { mode: 0o600 })
  terminal.say(`${wish.path} is written; it holds secrets, and only you can read it.\n`)
  terminal.say(describeNext(wish.path, { application: settings.application, extension }))
  return isGoodEnough(findings)
}

/** Asks until ARI lets us in, or the person goes on without. */
async function findAccess(wish: SetUpWish, { terminal }: SetUpParts): Promise<Access> {
  let access: Access = { url: wish.url ?? 'http://127.0.0.1:8088', user: wish.user ?? 'hookswitch', password: wish.password ?? '' }
  if (wish.isSilent && access.password === '') throw new ConfigError('--ari-password or HOOKSWITCH_ARI_PASSWORD is needed')
  for (let isAgain = false; ; isAgain = true) {
    if (isAgain || wish.url === undefined) access.url = await terminal.ask('Address of Asterisk’s web server', access.url)
    if (isAgain || wish.user === undefined) access.user = await terminal.ask('ARI user', access.user)
    if (isAgain || access.password === '') access.password = await terminal.ask('ARI password', access.password)
    access = { ...access, url: access.url.replace(/\/+$/, '') }
    const [entry] = await look(settingsOf({ ...access, lines: { none: { dial: 'PJSIP/{number}' } } }), undefined)
    if (entry?.state === 'fine' || wish.isSilent) return access
    terminal.say(describeFinding(entry!))
    if (!/^y/i.test(await terminal.ask('Try again', 'yes'))) return access
  }
}

async function askForCalls(wish: SetUpWish, access: Access, terminal: Terminal) {
  const names = await endpointNames(access)
  const trunk = names.find((name) => !/^\d+$/.test(name) && !name.startsWith('hookswitch-'))
  if (names.length > 0) terminal.say(`Asterisk knows: ${names.join(', ')}\n`)
  const extension = wish.extension ?? (await terminal.ask('Your extension', names.find((name) => /^\d+$/.test(name)) ?? '101'))
  const line = wish.line ?? (await terminal.ask('Number of your line', '+15550100'))
  const usual = trunk === undefined ? 'PJSIP/{digits}' : `PJSIP/{number}@${trunk}`
  const dial = wish.dial ?? (await terminal.ask('How customers are dialled', usual))
  return { extension, line, dial }
}

/** For suggestions only. */
async function endpointNames(access: Access): Promise<string[]> {
  const ari = createAriClient(access)
  try {
    return (await ari.call('endpoints.list', {})).filter(({ technology }) => technology === 'PJSIP').map(({ resource }) => resource)
  } catch {
    return []
  } finally {
    ari.close()
  }
}

async function askForApp(wish: SetUpWish, terminal: Terminal) {
  const portalUrl = wish.portalUrl ?? (await terminal.ask('Address of the portal', 'http://127.0.0.1:8484'))
  terminal.say('In the portal: Settings → Applications → Add an application; “API only”; scopes telephony, crm, user_brief;\n')
  terminal.say('install callback http://127.0.0.1:8486/install. It shows a client id and a secret.\n')
  const clientId = wish.clientId ?? (await terminal.ask('Client id', ''))
  const clientSecret = wish.clientSecret ?? (await terminal.ask('Client secret', ''))
  return { clientId, clientSecret, portalUrl }
}

async function offerCall(
  { wish, settings, extension }: { wish: SetUpWish; settings: AsteriskSettings; extension: string },
  { terminal, clock, log }: SetUpParts,
): Promise<Finding[]> {
  const isWanted =
    wish.isCall || /^y/i.test(await terminal.ask(`Ring ${extension} now, to see that it works`, wish.isSilent ? 'no' : 'yes'))
  if (!isWanted) return []
  const number = wish.number ?? (await terminal.ask('A number to be called by the trunk after it (empty: none)', ''))
  const onStep = (text: string) => terminal.say(`${text}\n`)
  const findings = await callForTest({ settings, extension, number, line: '', clock, log, onStep })
  for (const finding of findings) terminal.say(describeFinding(finding))
  return findings
}

function describeNext(path: string, names: { readonly application: string; readonly extension: string }): string {
  const parts = [
    '\n3. Start it\n',
    `hookswitch-asterisk run --config ${path}`,
    'Then, in the portal: Settings → Telephony → Where a click goes → this application.',
    "\n4. If you want: calls that come in. Write instead of what the context of your trunk has, then: asterisk -rx 'dialplan reload'",
    describeSnippet(incomingSnippet(names)),
    '5. If you want: browsers as phones. Add "browserPhones": true inside "asterisk" of the file, and restart Asterisk with',
    ...browserPhoneSnippets.map(describeSnippet),
  ]
  return parts.join('\n')
}

/** All that can be seen without ringing. */
export async function look(settings: AsteriskSettings, extension: string | undefined): Promise<Finding[]> {
  const ari = createAriClient(settings.ari)
  try {
    return await checkAsterisk(ari, { settings, extensions: extension ? [extension] : [], isConnected: false, clock: systemClock })
  } finally {
    ari.close()
  }
}

function settingsOf(asterisk: unknown): AsteriskSettings {
  try {
    return readSettings(asterisk)
  } catch (error) {
    if (error instanceof SettingsError) throw new ConfigError(error.message, { cause: error })
    throw error
  }
}
