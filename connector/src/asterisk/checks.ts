import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { wordsOf } from '../log.ts'
import type { PbxCheck, Preflight } from '../pbx.ts'
import { AriRefusal, isGone, unlessGone, type AriClient } from './ari-client.ts'
import type { AsteriskSettings } from './settings.ts'

/** What checking works with. */
export interface ChecksParts {
  readonly settings: AsteriskSettings
  readonly ari: AriClient
  readonly clock: Clock
  /** Whether the phone of an extension can be rung, and by which dial string. */
  readonly askPhone: (extension: string) => Promise<Preflight>
  readonly phoneOf: (extension: string) => Promise<string>
}

/** Looks at everything that a first call needs, and rings a phone for a test. */
export interface Checks {
  check(extension: string): Promise<readonly PbxCheck[]>
  /** Rings a phone; whoever answers hears a tone for 3 s. Rejects with words for the person who asked. */
  ring(extension: string): Promise<void>
  /** Is this channel a test's own? */
  isTest(channelId: string): boolean
  /** A phone that was rung for a test has answered. */
  answered(channelId: string): void
}

/** First argument of the Stasis application in a test. */
export const RING_TEST = 'ring-test'

const TONE_MS = 3_000
const RING_SECONDS = 20
const good = { ok: true, code: '', text: '' } as const

/** Makes the checks of one Asterisk. */
export function createChecks({ settings, ari, clock, askPhone, phoneOf }: ChecksParts): Checks {
  const prefix = `${settings.application}-ringtest-`

  /** The first failure tells what the others would only repeat. */
  async function access(): Promise<PbxCheck> {
    try {
      await ari.call('asterisk.getInfo', {})
      return { name: 'ari', subject: settings.ari.url, ...good }
    } catch (error) {
      const isDenied = error instanceof AriRefusal && (error.status === 401 || error.status === 403)
      const code = isDenied ? 'password' : error instanceof AriRefusal ? 'other' : 'unreachable'
      const text = isDenied
        ? `Asterisk does not take the user “${settings.ari.user}” with this password: compare ari.conf with the connector's file.`
        : `Asterisk's REST interface does not answer: ${wordsOf(error)}. See http.conf, and whether the module res_ari is loaded.`
      return { name: 'ari', subject: settings.ari.url, ok: false, code, text }
    }
  }

  /** An order about a channel that cannot be: refused as unknown if orders are taken at all. */
  async function rights(): Promise<PbxCheck> {
    const subject = settings.ari.user
    try {
      await ari.call('channels.answer', { channelId: `${prefix}none` })
    } catch (error) {
      if (!isGone(error))
        return {
          name: 'rights',
          subject,
          ok: false,
          code: 'read_only',
          text: `Asterisk takes no orders from “${subject}”: ari.conf needs read_only=no.`,
        }
    }
    return { name: 'rights', subject, ...good }
  }

  async function recordings(): Promise<PbxCheck[]> {
    if (settings.recording === 'off') return []
    const check = { name: 'recordings', subject: '/var/spool/asterisk/recording' } as const
    try {
      await ari.call('recordings.listStored', {})
      return [{ ...check, ...good }]
    } catch {
      const text = 'Asterisk has no folder for recordings: make /var/spool/asterisk/recording, owned by the user of Asterisk.'
      return [{ ...check, ok: false, code: 'no_folder', text }]
    }
  }

  async function line(number: string, dial: string): Promise<PbxCheck> {
    const check = { name: 'line', subject: number } as const
    const [, tech, resource] = /^(PJSIP|SIP|IAX2)\/(?:[^@/]*@)?([^@/]+)/.exec(dial) ?? []
    // what the dialplan or a placeholder chooses cannot be asked for
    if (!tech || !resource || resource.includes('{')) return { ...check, ...good }
    try {
      const { state } = await ari.call('endpoints.get', { tech, resource })
      if (state !== 'offline') return { ...check, ...good }
      return {
        ...check,
        ok: false,
        code: 'offline',
        text: `The trunk “${resource}” of the line ${number} is not registered, or does not answer.`,
      }
    } catch (error) {
      const code = isGone(error) ? 'no_endpoint' : 'other'
      const text = isGone(error) ? `Asterisk has no trunk “${resource}”, which the line ${number} dials: ${dial}.` : wordsOf(error)
      return { ...check, ok: false, code, text }
    }
  }

  async function phone(extension: string): Promise<PbxCheck[]> {
    if (extension === '') return []
    const check = { name: 'phone', subject: extension } as const
    const failed = (error: unknown): Preflight => ({ ok: false, code: 'unavailable', text: wordsOf(error) })
    const verdict = await askPhone(extension).catch(failed)
    return [verdict.ok ? { ...check, ...good } : { ...check, ok: false, code: verdict.code, text: verdict.text }]
  }

  return {
    async check(extension) {
      const first = await access()
      if (!first.ok) return [first]
      const lines = Object.entries(settings.lines).map(([number, { dial }]) => line(number, dial))
      const others = await Promise.all([rights(), recordings(), Promise.all(lines), phone(extension)])
      return [first, ...others.flat()]
    },
    async ring(extension) {
      const verdict = await askPhone(extension)
      if (!verdict.ok) throw new Error(verdict.text)
      const order = { endpoint: await phoneOf(extension), channelId: `${prefix}${randomUUID()}`, timeout: RING_SECONDS }
      await ari.call('channels.originate', { ...order, app: settings.application, appArgs: RING_TEST, callerId: '"Hookswitch test" <>' })
    },
    isTest: (channelId) => channelId.startsWith(prefix),
    answered(channelId) {
      const end = () => void unlessGone(ari.call('channels.hangup', { channelId, reason: 'normal' })).catch(() => undefined)
      ari.call('channels.play', { channelId, media: ['tone:600/250,0/250'] }).then(() => clock.after(TONE_MS, end), end)
    },
  }
}
