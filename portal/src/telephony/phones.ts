/** Browser phones: the app that drives the PBX gives them out, one for each person, for a while. The portal asks and keeps no password. */
import { idOf } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { PhoneQuestions } from './phone-questions.ts'
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
  readonly questions: PhoneQuestions
  /** why the portal may not send to an address, or null */
  readonly blockedAddress: (url: string) => Promise<string | null>
}

const question = 'HOOKSWITCHPHONE'

/** Builds the verbs on browser phones. */
export function createPhones({ store, clock, targets, questions, blockedAddress }: PhonesParts) {
  /** the app that gets the clicks of this person, if it gives out phones: a phone of another one would not ring */
  const appOf = async (user: Row<'user'>): Promise<Row<'app'> | null> => {
    const portal = await store.read.selectFrom('portal').selectAll().where('id', '=', user.portal_id).executeTakeFirstOrThrow()
    const { target } = await targets.choose(portal, user)
    const appId = target ? idOf(target.handlerOwner, 'app') : null
    if (appId === null) return null
    const query = store.read.selectFrom('app').selectAll().where('id', '=', appId).where('portal_id', '=', user.portal_id)
    const app = await query.where('deleted_at', 'is', null).where('phone_socket', '<>', '').executeTakeFirst()
    return app ?? null
  }

  const ask = async (app: Row<'app'>, user: Row<'user'>): Promise<PhoneAccess> => {
    const data = { USER_ID: String(user.id), EXTENSION: user.extension ?? '' }
    const answer = await questions.ask(app, { event: question, data })
    if ('unreachable' in answer) throw new PortalError('phone_unreachable', { title: app.title, problem: answer.unreachable })
    if ('refused' in answer) throw new PortalError('phone_refused', { title: app.title, problem: answer.refused })
    const access = readAccess(answer.said, clock.now())
    if (!access) throw new PortalError('phone_unreachable', { title: app.title, problem: 'what it answered is no phone' })
    return access
  }

  return {
    /**
     * Says where an app is asked for phones and for transfers, and where the phones' signalling goes; without the latter it gives out none.
     * Two empty texts take it back. Refuses by phone_address.
     */
    async offer({ portalId, appId }: { portalId: number; appId: number }, { url, socket }: { url: string; socket: string }): Promise<void> {
      const isGood = (url === '' ? socket === '' : isAddress(url, /^https?:/i)) && (socket === '' || isAddress(socket, /^wss?:/i))
      if (!isGood) throw new PortalError('phone_address')
      // one verdict with handlers: a socket is refused where a POST to the same place would be
      for (const address of [url, socket.replace(/^ws/i, 'http')].filter((one) => one !== '')) {
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

/** What a browser registers with, as the app answered it; null when it is none. */
function readAccess(answer: Readonly<Record<string, unknown>>, now: number): PhoneAccess | null {
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
