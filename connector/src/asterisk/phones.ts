import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import type { BrowserPhones, PhoneAccess } from '../pbx.ts'
import { AriRefusal, isGone, unlessGone, type AriClient } from './ari-client.ts'
import type { BrowserPhoneSettings } from './settings.ts'

/** SIP header that tells a browser phone whose call an INVITE is: it answers those of its own clicks by itself. */
export const CALL_HEADER = 'X-Hookswitch-Call'

/** Browser phones of one Asterisk: endpoints that are pushed into its memory and taken out again when they expire. */
export interface Phones extends BrowserPhones {
  /** Dial string of the browser phone of an extension; `undefined` when none is registered. */
  find(extension: string): Promise<string | undefined>
  close(): void
}

/** What phones work with. */
export interface PhonesParts {
  readonly phones: BrowserPhoneSettings
  readonly settings: { readonly application: string }
  readonly ari: AriClient
  readonly clock: Clock
  readonly log: Log
}

const KINDS = ['endpoint', 'aor', 'auth'] as const

/**
 * Gives out phones. Asterisk must keep `endpoint`, `aor` and `auth` in a wizard that can be written to (sorcery.conf); its restart forgets
 * them, the browser is refused then and asks for new ones.
 */
export function createPhones({ phones, settings, ari, clock, log }: PhonesParts): Phones {
  const issued = new Map<string, { readonly access: PhoneAccess; readonly renewsAt: number; readonly cancel: () => void }>()
  const nameOf = (extension: string): string => `${settings.application}-${extension}`

  async function put(kind: (typeof KINDS)[number], id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const list = Object.entries(fields).map(([attribute, value]) => ({ attribute, value }))
    // Asterisk takes a list of tuples; its own description has a map.
    const order = { configClass: 'res_pjsip', objectType: kind, id, fields: list as unknown as Readonly<Record<string, string>> }
    await ari.call('asterisk.updateObject', order)
  }

  async function push(id: string, password: string): Promise<void> {
    try {
      await put('auth', id, { auth_type: 'userpass', username: id, password })
      await put('aor', id, { max_contacts: '1', remove_existing: 'yes', minimum_expiration: '30' })
      // A browser that died says nothing: without its sound the call is ended.
      const usual = { context: 'internal', disallow: 'all', allow: 'alaw,ulaw', direct_media: 'no', rtp_timeout: '60' }
      await put('endpoint', id, { ...usual, ...phones.endpoint, webrtc: 'yes', aors: id, auth: id })
    } catch (error) {
      if (!(error instanceof AriRefusal)) throw error
      throw new Error(`Asterisk does not take phones by ARI (${error.message}): sorcery.conf needs a line for it`, { cause: error })
    }
  }

  async function forget(extension: string): Promise<void> {
    issued.delete(extension)
    for (const objectType of KINDS)
      await unlessGone(ari.call('asterisk.deleteObject', { configClass: 'res_pjsip', objectType, id: nameOf(extension) }))
  }

  async function isThere(id: string): Promise<boolean> {
    return (await stateOf(id)) !== undefined
  }

  async function stateOf(resource: string): Promise<string | undefined> {
    try {
      return (await ari.call('endpoints.get', { tech: 'PJSIP', resource })).state
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }

  return {
    socket: phones.socket,
    async issue(extension) {
      const id = nameOf(extension)
      const known = issued.get(extension)
      if (known && clock.now() < known.renewsAt && (await isThere(id))) return known.access
      const password = randomBytes(24).toString('base64url')
      await push(id, password)
      known?.cancel()
      const access = {
        login: id,
        password,
        domain: new URL(phones.socket).hostname,
        expiresAt: clock.now() + phones.lifeMs,
        iceServers: phones.iceServers,
      }
      const cancel = clock.after(phones.lifeMs, () => {
        forget(extension).catch((error: unknown) => log('warn', 'a browser phone was not taken back', { extension, why: wordsOf(error) }))
      })
      issued.set(extension, { access, renewsAt: clock.now() + phones.lifeMs / 2, cancel })
      return access
    },
    async find(extension) {
      // What cannot be asked is not there: the phone on the desk rings.
      const state = await stateOf(nameOf(extension)).catch(() => undefined)
      return state === 'online' ? `PJSIP/${nameOf(extension)}` : undefined
    },
    close() {
      for (const { cancel } of issued.values()) cancel()
    },
  }
}
