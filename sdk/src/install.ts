import type { EventAuth } from './contract.ts'
import { PortalRefusal, PortalUnreachable } from './errors.ts'
import { readEvent, type RawReply, type RawRequest, type Receiver } from './handler.ts'
import { refreshTokens, type AppCredentials, type Tokens } from './tokens.ts'

/** What an app must remember of its installation on one portal. */
export interface Installation {
  readonly clientId: string
  readonly memberId: string
  readonly domain: string
  /** Whoever installed the app; its stored tokens act as this user. */
  readonly userId: string
  /** Comma-separated. */
  readonly scope: string
  /** Compare it with that of every later event. */
  readonly applicationToken: string
  readonly tokens: Tokens
}

/** Settings of an install receiver. */
export interface InstallSettings {
  readonly app: AppCredentials
  /**
   * Origin of the portal, e.g. `https://crm.example.org`. The app speaks to this one and to no address named in the callback, which
   * anybody could have sent: that is also where the secret goes.
   */
  readonly portalUrl: string
  /** Origin of the OAuth host, if it is not the portal itself. */
  readonly oauthUrl?: string
  /** Makes the installation durable. 200 is answered only after it. */
  readonly store: (installation: Installation) => void | Promise<void>
  /** Told of each callback that was refused and of each fault. */
  readonly onError: (error: unknown) => void
  readonly fetch?: typeof fetch
  readonly now?: () => number
}

/** Both bring an application token that the app does not know yet. */
const bringsToken: ReadonlySet<string> = new Set(['ONAPPINSTALL', 'ONAPPUPDATE'])

/**
 * Receives the install callback, ONAPPINSTALL, and ONAPPUPDATE where it is bound to the same address (contract 7.3, 7.4). Either comes before its
 * application token is known, so it proves itself by its refresh token: only one that the portal gave to this very app can be exchanged with
 * the app's own secret. Replies: 200 stored, 400 no install callback, 403 the portal disowns the tokens, 503 the portal or the store could
 * not be reached (send it again).
 */
export function createInstallReceiver(settings: InstallSettings): Receiver {
  let lastTaken: string | undefined

  async function receive(request: RawRequest): Promise<RawReply> {
    const event = readEvent(request.body)
    if (!event || !bringsToken.has(event.event) || !event.auth.access_token || !event.auth.refresh_token)
      return reply(400, 'not an install callback')
    // A callback repeated after a lost reply carries a refresh token that is spent by now.
    if (event.auth.refresh_token === lastTaken) return reply(200)
    try {
      const tokens = await refreshTokens(settings.app, tokensOf(event.auth, settings), settings)
      await settings.store(installationOf(event.auth, settings.app.clientId, tokens))
      lastTaken = event.auth.refresh_token
      return reply(200)
    } catch (error) {
      settings.onError(error)
      if (error instanceof PortalRefusal && !error.isTemporary) return reply(403, `the portal disowns these tokens: ${error.code}`)
      return reply(503, error instanceof PortalUnreachable ? 'the portal does not answer' : 'not stored')
    }
  }

  return { receive }
}

function tokensOf(auth: EventAuth, settings: InstallSettings): Tokens {
  return {
    accessToken: auth.access_token ?? '',
    refreshToken: auth.refresh_token ?? '',
    expiresAt: Number(auth.expires ?? 0) * 1000,
    clientEndpoint: new URL('/rest/', settings.portalUrl).href,
    serverEndpoint: new URL('/rest/', settings.oauthUrl ?? settings.portalUrl).href,
  }
}

function installationOf(auth: EventAuth, clientId: string, tokens: Tokens): Installation {
  return {
    clientId,
    memberId: auth.member_id,
    domain: auth.domain,
    userId: auth.user_id ?? '',
    scope: auth.scope ?? '',
    applicationToken: auth.application_token,
    tokens,
  }
}

function reply(status: number, body = ''): RawReply {
  return { status, headers: body ? { 'content-type': 'text/plain; charset=utf-8' } : {}, body }
}
