/** Browser phones: the app that drives the PBX gives them out, one for each person, for a while. The portal asks and keeps no password. */
import type { AuthBlocks } from '../apps/auth-block.ts'
import { idOf } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Sender } from '../delivery/send.ts'
import { PortalError } from '../errors.ts'
import { buildForm } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Targets } from './targets.ts'

/** What a browser registers with. */
export interface PhoneAccess {
  readonly login: string
  readonly password: string
  /** host part of the SIP addresses */
  readonly domain: string
  /** milliseconds since 1970; the password is good until then */
  readonly expiresAt: number
  /** STUN and TURN servers, as a browser takes them */
  readonly iceServers: readonly IceServer[]
}

/** A STUN or TURN server. */
export interface IceServer {
  readonly urls: string
  readonly username?: string
  readonly credential?: string
}

/** What phones are built of. */
export interface PhonesParts {
  readonly store: Store
  readonly clock: Clock
  readonly targets: Pick<Targets, 'choose'>
  readonly auth: AuthBlocks
  readonly sender: Pick<Sender, 'send'>
  /** why the portal may not send to an address, or null */
  readonly blockedAddress: (url: string) => Promise<string | null>
}

const question = 'HOOKSWITCHPHONE'

/** Builds the verbs on browser phones. */
export function createPhones({ store, clock, targets, auth, sender, blockedAddress }: PhonesParts) {
  /** the app that gets the clicks of this person, if it gives out phones: a phone of another one would not ring */
  const appOf = async (user: Row<'user'>): Promise<Row<'app'> | null> => {
    const portal = await store.read.selectFrom('portal').selectAll().where('id', '=', user.portal_id).executeTakeFirstOrThrow()
    const { target } = await targets.choose(portal, user)
    const appId = target ? idOf(target.handlerOwner, 'app') : null
    if (appId === null) return null
    const query = store.read.selectFrom('app').selectAll().where('id', '=', appId).where('portal_id', '=', user.portal_id)
    const app = await query.where('deleted_at', 'is', null).where('phone_url', '<>', '').executeTakeFirst()
    return app ?? null
  }

  const ask = async (app: Row<'app'>, user: Row<'user'>): Promise<PhoneAccess> => {
    const block = await auth.of({ portalId: user.portal_id, owner: `app:${app.id}`, event: question, userId: null })
    const data = { USER_ID: String(user.id), EXTENSION: user.extension ?? '' }
    const body = buildForm({ event: question, data, ts: String(Math.floor(clock.now() / 1000)), auth: block })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { ending, responseBody } = await sender.send({ url: app.phone_url, headers, body })
    if (ending.kind !== 'answered') throw new PortalError('phone_unreachable', { title: app.title, problem: ending.error })
    if (ending.status !== 200) throw new PortalError('phone_unreachable', { title: app.title, problem: `it answered ${ending.status}` })
    const answer = readAnswer(responseBody ?? '', clock.now())
    if (answer === null) throw new PortalError('phone_unreachable', { title: app.title, problem: 'what it answered is no phone' })
    if ('refused' in answer) throw new PortalError('phone_refused', { title: app.title, problem: answer.refused })
    return answer
  }

  return {
    /** Says where an app is asked for phones and where their signalling goes; empty texts take it back. Refuses by phone_address. */
    async offer({ portalId, appId }: { portalId: number; appId: number }, { url, socket }: { url: string; socket: string }): Promise<void> {
      const isBack = url === '' && socket === ''
      if (!isBack && (!isAddress(url, /^https?:/i) || !isAddress(socket, /^wss?:/i))) throw new PortalError('phone_address')
      // one verdict with handlers: a socket is refused where a POST to the same place would be
      for (const address of isBack ? [] : [url, socket.replace(/^ws/i, 'http')]) {
        const problem = await blockedAddress(address)
        if (problem !== null) throw new PortalError('phone_address_blocked', { problem })
      }
      await store.transaction((tx) =>
        tx.write(
          store.build
            .updateTable('app')
            .set({ phone_url: url, phone_socket: socket })
            .where('id', '=', appId)
            .where('portal_id', '=', portalId),
        ),
      )
    },

    /** Whether this person can have a phone in the browser. */
    isOffered: async (user: Row<'user'>): Promise<boolean> => Boolean(user.extension) && (await appOf(user)) !== null,

    /** A phone for this person. Refuses by phone_none, phone_no_extension, phone_refused, phone_unreachable. */
    async issue(user: Row<'user'>): Promise<PhoneAccess> {
      if (!user.extension) throw new PortalError('phone_no_extension')
      const app = await appOf(user)
      if (!app) throw new PortalError('phone_none')
      return ask(app, user)
    },

    /** Where the signalling of this person's phone goes; null when there is none. */
    socketOf: async (user: Row<'user'>): Promise<string | null> => (await appOf(user))?.phone_socket ?? null,
  }
}

/** The verbs on browser phones. */
export type Phones = ReturnType<typeof createPhones>

function isAddress(text: string, scheme: RegExp): boolean {
  if (text.length > 2048 || !scheme.test(text) || !URL.canParse(text)) return false
  const { username, password, hash } = new URL(text)
  return username + password + hash === ''
}

/** The app's answer; null when it is none. */
function readAnswer(body: string, now: number): PhoneAccess | { readonly refused: string } | null {
  const answer = parseMap(body)
  if (!answer) return null
  const refused = answer['refused']
  if (typeof refused === 'object' && refused !== null && 'text' in refused) return { refused: String(refused.text).slice(0, 300) }
  const { login, password, domain, expires, iceServers } = answer
  const isWhole = [login, password, domain].every((text) => typeof text === 'string' && /^[\x21-\x7e]{1,200}$/.test(text))
  const expiresAt = typeof expires === 'number' ? expires * 1000 : Number.NaN
  if (!isWhole || !(expiresAt > now)) return null
  return {
    login: login as string,
    password: password as string,
    domain: domain as string,
    expiresAt,
    iceServers: Array.isArray(iceServers) ? iceServers.flatMap(readIceServer) : [],
  }
}

function readIceServer(value: unknown): IceServer[] {
  if (typeof value !== 'object' || value === null || !('urls' in value) || typeof value.urls !== 'string') return []
  if (!/^(stuns?|turns?):/.test(value.urls)) return []
  const { username, credential } = value as { readonly username?: unknown; readonly credential?: unknown }
  return [
    {
      urls: value.urls,
      ...(typeof username === 'string' && { username }),
      ...(typeof credential === 'string' && { credential }),
    },
  ]
}

function parseMap(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
