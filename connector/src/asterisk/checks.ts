import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { wordsOf } from '../log.ts'
import type { PbxCheck } from '../pbx.ts'
import { AriRefusal, isGone, isThere, unlessGone, type AriClient } from './ari-client.ts'
import { endpointOf, trunkOf } from './dial-string.ts'
import { readFindings, type Finding } from './findings.ts'
import { neededModules } from './needed-modules.ts'
import type { Phones } from './phones.ts'
import { agentEndpoint } from './routes.ts'
import type { AsteriskSettings } from './settings.ts'
import { ariSnippet, httpSnippet, modulesSnippet, phoneSnippet, recordingFolderSnippet, trunkSnippet } from './snippets.ts'

/** What shall be looked at. */
export interface CheckWish {
  readonly settings: AsteriskSettings
  /** Whose phones. */
  readonly extensions: readonly string[]
  /** It is the connector itself that asks: that one is connected under the application's name is as it should be. */
  readonly isConnected: boolean
  readonly clock: Clock
}

const DROPPED_WITHIN_MS = 3_000
const ASK_EVERY_MS = 20

const [OLDEST, NEWEST] = [16, 22]

/**
 * Looks whether an Asterisk is ready for the connector, without ringing anybody: what is wrong is told with what to do. Stops at what makes
 * all further questions senseless. Makes a recording of nothing, a moment long, and deletes it.
 */
export async function checkAsterisk(ari: AriClient, wish: CheckWish): Promise<Finding[]> {
  const { settings } = wish
  let version: string
  try {
    version = (await ari.call('asterisk.getInfo', {})).system?.version ?? ''
  } catch (error) {
    return [readEntry(settings, error)]
  }
  const entry: Finding = { check: 'login', state: 'fine', code: 'fine', text: `ARI answers at ${settings.ari.url} and takes the login.` }
  const rights = await checkRights(ari, settings)
  const [modules, isLoaded] = await checkModules(ari, settings)
  const findings = [entry, rights, checkVersion(version), ...modules]
  if (rights.state === 'fine' && settings.recording !== 'off') findings.push(await checkRecording(ari, wish.clock, isLoaded))
  findings.push(await checkApplication(ari, wish))
  for (const number of Object.keys(settings.lines)) findings.push(await checkTrunk(ari, settings, number))
  for (const extension of wish.extensions) findings.push(await checkPhone(ari, settings, extension))
  return findings
}

/** What a running connector is asked to look at; `extension` may be empty. */
export interface ReportWish {
  readonly settings: AsteriskSettings
  readonly extension: string
  readonly isConnected: boolean
  /** Phones in browsers, if there are any: one that is registered is the extension's. */
  readonly phones: Pick<Phones, 'find'> | undefined
  readonly clock: Clock
}

/** What {@link checkAsterisk} finds, as the port tells it. Never rejects. */
export async function reportChecks(ari: AriClient, { extension, phones, ...wish }: ReportWish): Promise<PbxCheck[]> {
  try {
    const inBrowser = extension === '' ? undefined : await phones?.find(extension)
    const extensions = extension === '' || inBrowser !== undefined ? [] : [extension]
    const checks = readFindings(wish.settings, await checkAsterisk(ari, { ...wish, extensions }))
    return inBrowser === undefined ? checks : [...checks, { name: 'phone', subject: extension, ok: true, code: '', text: '' }]
  } catch (error) {
    return [{ name: 'ari', subject: wish.settings.ari.url, ok: false, code: 'failed', text: wordsOf(error) }]
  }
}

/** Why ARI cannot be asked at all. */
function readEntry({ ari }: AsteriskSettings, error: unknown): Finding {
  const status = error instanceof AriRefusal ? error.status : 0
  const port = Number(new URL(ari.url).port) || 8088
  if (status === 401)
    return {
      check: 'login',
      state: 'wrong',
      code: 'wrong_login',
      text: `Asterisk does not take the user “${ari.user}” with this password.`,
      remedy: `Write the same user and password as in ari.conf, then: asterisk -rx 'module reload res_ari'`,
      snippets: [ariSnippet(ari.user)],
    }
  if (status === 404)
    return {
      check: 'address',
      state: 'wrong',
      code: 'no_ari',
      text: `A web server answers at ${ari.url}, but it has no ARI.`,
      remedy: `Switch ARI on and load res_ari, then restart Asterisk: systemctl restart asterisk`,
      snippets: [ariSnippet(ari.user)],
    }
  if (status > 0)
    return {
      check: 'address',
      state: 'wrong',
      code: 'not_ready',
      text: `Asterisk answers, but takes no orders: ${wordsOf(error)}.`,
      remedy: status === 503 ? 'It is starting: try again in a few seconds.' : 'Its log says why.',
    }
  return {
    check: 'address',
    state: 'wrong',
    code: 'unreachable',
    text: `Nothing answers at ${ari.url}: ${wordsOf(error)}.`,
    remedy: `Is Asterisk running on that machine, and its web server on? asterisk -rx 'http show status'`,
    snippets: [httpSnippet(port)],
  }
}

/** Deleting what does not exist shows whether one may delete: 404, or 403. */
async function checkRights(ari: AriClient, settings: AsteriskSettings): Promise<Finding> {
  try {
    await unlessGone(ari.call('recordings.deleteStored', { recordingName: checkName() }))
    return { check: 'rights', state: 'fine', code: 'fine', text: 'The ARI user may give orders.' }
  } catch (error) {
    const isReadOnly = error instanceof AriRefusal && error.status === 403
    return {
      check: 'rights',
      state: 'wrong',
      code: isReadOnly ? 'read_only' : 'failed',
      text: isReadOnly ? `The ARI user “${settings.ari.user}” may only read.` : `Asterisk does not take an order: ${wordsOf(error)}.`,
      ...(isReadOnly && {
        remedy: `Write read_only=no, then: asterisk -rx 'module reload res_ari'`,
        snippets: [ariSnippet(settings.ari.user)],
      }),
    }
  }
}

function checkVersion(version: string): Finding {
  const major = Number(/(\d+)/.exec(version)?.[1] ?? 0)
  const found = { check: 'version', text: `This is Asterisk ${version || '(it does not say which)'}.` } as const
  if (major >= OLDEST && major <= NEWEST) return { ...found, state: 'fine', code: 'fine' }
  const remedy = `The connector was tried with ${OLDEST} to ${NEWEST}.`
  if (major > 0 && major < OLDEST) return { ...found, state: 'wrong', code: 'too_old', remedy: `${remedy} Install a newer one.` }
  return { ...found, state: 'warning', code: 'untried_version', remedy: `${remedy} Others probably work; tell us what does not.` }
}

async function checkModules(ari: AriClient, settings: AsteriskSettings): Promise<[Finding[], (name: string) => boolean]> {
  const running = new Set((await ari.call('asterisk.listModules', {})).filter(({ status }) => status === 'Running').map(({ name }) => name))
  const isLoaded = (name: string) => running.has(`${name}.so`)
  const findings = neededModules(settings).flatMap(({ modules, loss, isVital }): Finding[] => {
    const missing = modules.filter((name) => !isLoaded(name))
    if (missing.length === 0) return []
    return [
      {
        check: 'modules',
        about: missing.join(', '),
        state: isVital ? 'wrong' : 'warning',
        code: 'modules_missing',
        text: `Asterisk has not loaded ${missing.join(', ')}: ${loss}.`,
        remedy: `Now: ${missing.map((name) => `asterisk -rx 'module load ${name}.so'`).join('; ')}. For good:`,
        snippets: [modulesSnippet(missing)],
      },
    ]
  })
  const fine: Finding = { check: 'modules', state: 'fine', code: 'fine', text: 'All modules that are needed are loaded.' }
  return [findings.length > 0 ? findings : [fine], isLoaded]
}

/** Records an empty bridge: nothing else shows whether the folder is there and can be written. */
async function checkRecording(ari: AriClient, clock: Clock, isLoaded: (name: string) => boolean): Promise<Finding> {
  const name = checkName()
  const failed = (error: unknown): Finding => {
    const isFolder = error instanceof AriRefusal && error.status === 500 && isLoaded('chan_bridge_media')
    const text = isFolder
      ? 'Asterisk cannot write recordings: its folder for them is missing, not writable for it, or the disk is full.'
      : `Asterisk does not record: ${wordsOf(error)}.`
    const remedy = isFolder
      ? 'Make the folder “recording” in Asterisk’s spool folder, and look at the disk: df -h'
      : 'See the modules above.'
    const found = { check: 'recording', state: 'warning', text, remedy } as const
    return isFolder ? { ...found, code: 'no_recording_folder', snippets: [recordingFolderSnippet] } : { ...found, code: 'not_recorded' }
  }
  try {
    await ari.call('bridges.createWithId', { bridgeId: name, type: 'mixing', name })
    await ari.call('bridges.record', { bridgeId: name, name, format: 'wav' })
    await dropRecording(ari, clock, name).catch(() => {})
    return { check: 'recording', state: 'fine', code: 'fine', text: 'Asterisk records.' }
  } catch (error) {
    return failed(error)
  } finally {
    await ari.call('bridges.destroy', { bridgeId: name }).catch(() => {})
  }
}

/** A recording that is cancelled now and then leaves its file behind, which comes a moment later: so it is stored, and the file deleted. */
async function dropRecording(ari: AriClient, clock: Clock, name: string): Promise<void> {
  const lastAt = clock.now() + DROPPED_WITHIN_MS
  const waitUntil = async (isSo: () => Promise<boolean>) => {
    while (clock.now() < lastAt && !(await isSo())) await new Promise<void>((wake) => clock.after(ASK_EVERY_MS, wake))
  }
  const named = { recordingName: name }
  // Before it has begun, a stop is not heard.
  await waitUntil(async () => (await ari.call('recordings.getLive', named)).state !== 'queued').catch(() => {})
  await waitUntil(async () => !(await isThere(ari.call('recordings.stop', named))))
  await waitUntil(() => isThere(ari.call('recordings.deleteStored', named)))
}

/** One name is one connection: a second one takes the calls away from the first. */
async function checkApplication(ari: AriClient, { settings, isConnected }: CheckWish): Promise<Finding> {
  const { application } = settings
  const found = { check: 'application', about: application } as const
  const isTaken = await ari.call('applications.get', { applicationName: application }).then(
    () => true,
    (error: unknown) => !isGone(error),
  )
  if (isTaken === isConnected || isConnected)
    return {
      ...found,
      state: 'fine',
      code: 'fine',
      text: isConnected ? 'The connector is connected.' : `The name “${application}” is free.`,
    }
  return {
    ...found,
    state: 'warning',
    code: 'name_in_use',
    text: `A connector is connected to this Asterisk under the name “${application}” already.`,
    remedy: 'If it is another one than yours, give yours a name of its own: "application". Two under one name take calls from each other.',
  }
}

async function checkTrunk(ari: AriClient, settings: AsteriskSettings, number: string): Promise<Finding> {
  const found = { check: 'trunk', about: number } as const
  const template = settings.lines[number]!.dial
  const name = trunkOf(template)
  if (name === undefined)
    return {
      ...found,
      state: 'fine',
      code: 'cannot_be_asked',
      text: `Line ${number} goes out by ${template}: the dialplan decides, so only a call shows whether it works.`,
    }
  const state = await stateOf(ari, { tech: 'PJSIP', resource: name })
  if (state === undefined)
    return {
      ...found,
      state: 'wrong',
      code: 'no_trunk',
      text: `Line ${number} goes out by ${template}, but Asterisk knows no endpoint “${name}”.`,
      remedy: `Write the endpoint into pjsip.conf, or the right name into the line’s "dial". Then: asterisk -rx 'pjsip reload'`,
      snippets: [trunkSnippet(name)],
    }
  if (state === 'offline')
    return {
      ...found,
      state: 'warning',
      code: 'trunk_offline',
      text: `Line ${number}: Asterisk says that the trunk “${name}” is not reachable.`,
      remedy: `asterisk -rx 'pjsip show endpoint ${name}'; the provider’s address, the account and the firewall.`,
    }
  return { ...found, state: 'fine', code: 'fine', text: `Line ${number} goes out by the trunk “${name}”.` }
}

async function checkPhone(ari: AriClient, settings: AsteriskSettings, extension: string): Promise<Finding> {
  const found = { check: 'phone', about: extension } as const
  const dialString = agentEndpoint(settings, { extension, number: '', line: '' })
  const endpoint = endpointOf(dialString)
  if (!endpoint)
    return {
      ...found,
      state: 'fine',
      code: 'cannot_be_asked',
      text: `Extension ${extension} is dialled as ${dialString}: only a call shows whether it rings.`,
    }
  const state = await stateOf(ari, endpoint)
  if (state === undefined)
    return {
      ...found,
      state: 'wrong',
      code: 'unknown_extension',
      text: `Asterisk knows no phone ${dialString}.`,
      remedy: `Write it into pjsip.conf, or choose another extension or "agentDial". Then: asterisk -rx 'pjsip reload'`,
      snippets: [phoneSnippet(extension)],
    }
  if (state === 'offline')
    return {
      ...found,
      state: 'wrong',
      code: 'phone_offline',
      text: `No phone is registered as ${extension}.`,
      remedy: `In the phone: the server’s address, ${endpoint.resource} as the user, and the password of pjsip.conf. asterisk -rx 'pjsip show endpoint ${endpoint.resource}'`,
    }
  return { ...found, state: 'fine', code: 'fine', text: `The phone ${dialString} is there.` }
}

async function stateOf(ari: AriClient, endpoint: { readonly tech: string; readonly resource: string }): Promise<string | undefined> {
  try {
    return (await ari.call('endpoints.get', endpoint)).state ?? 'unknown'
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

function checkName(): string {
  return `hookswitch-check-${randomBytes(6).toString('hex')}`
}
