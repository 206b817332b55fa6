import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { accessSeconds, type Tokens } from './tokens.ts'

const codeMs = 30_000
const refreshMs = 180 * 86_400_000
/** how long a refresh token that was replaced still works: its answer may have been lost (contract 7.1) */
const graceMs = 60_000

/** The answer of the token endpoint, keys in the contract's order (7.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly expires: number
  readonly expires_in: number
  readonly scope: string
  /** host of the OAuth server, not of the portal */
  readonly domain: string
  readonly server_endpoint: string
  readonly status: 'L'
  readonly client_endpoint: string
  readonly member_id: string
  readonly user_id: number
  readonly refresh_token: string
}

/** The addresses that are given out, all from the configured public URL (design 11.16). */
export interface Endpoints {
  /** host with its port, no scheme */
  readonly domain: string
  readonly clientEndpoint: string
  readonly serverEndpoint: string
}

/** Builds them. */
export function endpointsOf(publicUrl: string): Endpoints {
  const url = new URL(publicUrl)
  return { domain: url.host, clientEndpoint: `${url.origin}/rest/`, serverEndpoint: `${url.origin}/rest/` }
}

/** SHA-256 in hex: how secrets of full entropy are stored. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The code flow, refresh and revocation. */
export interface OAuth {
  /** The address to redirect to, with a code that is good once and for 30 s. Refuses an app that this user may not use. */
  authorize(user: Row<'user'>, request: { clientId: string; state: string }): Promise<string>
  /** `authorization_code` and `refresh_token`. Refusals carry the OAuth codes. */
  token(request: Readonly<Record<string, unknown>>): Promise<TokenAnswer>
  /** A refresh token for this user of this app, written in `tx`. Of those for `frame` only the newest are kept. */
  grantRefresh(tx: Tx, grant: { portalId: number; appId: number; userId: number; epoch: number; purpose?: 'frame' }): string
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly tokens: Tokens
  readonly publicUrl: string
}

function randomToken(): string {
  return randomBytes(35).toString('hex')
}

function isSameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** OAuth for local apps (contract 7.1). */
export function createOAuth(parts: Parts): OAuth {
  const { store, clock } = parts

  const grantRefresh: OAuth['grantRefresh'] = (tx, { portalId, appId, userId, epoch, purpose }) => {
    const token = randomToken()
    const now = clock.now()
    tx.write(
      store.build
        .deleteFrom('refresh_token')
        .where('app_id', '=', appId)
        .where('user_id', '=', userId)
        .where((eb) => eb.or([eb('expires_at', '<', now), eb('replaced_at', '<', now - graceMs)])),
    )
    tx.insert('refresh_token', {
      token_hash: hashSecret(token),
      portal_id: portalId,
      app_id: appId,
      user_id: userId,
      grant_epoch: epoch,
      expires_at: now + refreshMs,
      replaced_at: null,
      purpose: purpose ?? '',
    })
    return token
  }

  const findClient = async (tx: Tx, clientId: unknown, secret: unknown): Promise<Row<'app'>> => {
    if (typeof clientId !== 'string' || typeof secret !== 'string' || clientId === '' || secret === '')
      throw new PortalError('oauth_client')
    const app = await tx.db
      .selectFrom('app')
      .selectAll()
      .where('client_id', '=', clientId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!app || !isSameHash(app.secret_hash, hashSecret(secret))) throw new PortalError('oauth_client')
    return app
  }

  const answer = async (tx: Tx, app: Row<'app'>, userId: number): Promise<TokenAnswer> => {
    const portal = await tx.db.selectFrom('portal').select('member_id').where('id', '=', app.portal_id).executeTakeFirstOrThrow()
    const { token, expires } = parts.tokens.issue({ appId: app.id, userId, epoch: app.grant_epoch })
    const refreshToken = grantRefresh(tx, { portalId: app.portal_id, appId: app.id, userId, epoch: app.grant_epoch })
    const { domain, clientEndpoint, serverEndpoint } = endpointsOf(parts.publicUrl)
    return {
      access_token: token,
      expires,
      expires_in: accessSeconds,
      scope: app.scope,
      domain,
      server_endpoint: serverEndpoint,
      status: 'L',
      client_endpoint: clientEndpoint,
      member_id: portal.member_id,
      user_id: userId,
      refresh_token: refreshToken,
    }
  }

  return {
    grantRefresh,
    async authorize(user, { clientId, state }) {
      const app = await store.read
        .selectFrom('app')
        .selectAll()
        .where('client_id', '=', clientId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      if (!app || app.portal_id !== user.portal_id) throw new PortalError('oauth_client')
      if (app.installed === 0 && user.is_admin === 0) throw new PortalError('user_access')
      if (app.url === '') throw new PortalError('app_without_page', { title: app.title })
      const code = randomToken()
      const portal = await store.transaction(async (tx) => {
        const now = clock.now()
        tx.write(store.build.deleteFrom('auth_code').where('expires_at', '<', now - 3_600_000))
        tx.insert('auth_code', {
          code_hash: hashSecret(code),
          portal_id: app.portal_id,
          app_id: app.id,
          user_id: user.id,
          expires_at: now + codeMs,
          used_at: null,
        })
        return tx.db.selectFrom('portal').select('member_id').where('id', '=', app.portal_id).executeTakeFirstOrThrow()
      })
      const { domain } = endpointsOf(parts.publicUrl)
      const target = new URL(app.url)
      for (const [name, value] of Object.entries({
        code,
        state,
        domain,
        member_id: portal.member_id,
        scope: app.scope,
        server_domain: domain,
      })) {
        target.searchParams.set(name, value)
      }
      return target.href
    },
    async token(request) {
      const kind = request['grant_type']
      if (kind !== 'authorization_code' && kind !== 'refresh_token') {
        throw new PortalError('oauth_request', { detail: 'grant_type must be authorization_code or refresh_token' })
      }
      return store.transaction(async (tx) => {
        const app = await findClient(tx, request['client_id'], request['client_secret'])
        const userId =
          kind === 'authorization_code'
            ? await useCode(tx, app, request['code'], clock)
            : await useRefresh(tx, app, request['refresh_token'], clock)
        const user = await tx.db.selectFrom('user').select('is_active').where('id', '=', userId).executeTakeFirst()
        if (user?.is_active !== 1) throw new PortalError('oauth_grant', { what: 'grant of a user who is not active any more' })
        return answer(tx, app, userId)
      })
    },
  }
}

async function useCode(tx: Tx, app: Row<'app'>, code: unknown, clock: Clock): Promise<number> {
  if (typeof code !== 'string' || code === '') throw new PortalError('oauth_request', { detail: 'code is missing' })
  const row = await tx.db
    .updateTable('auth_code')
    .set({ used_at: clock.now() })
    .where('code_hash', '=', hashSecret(code))
    .where('app_id', '=', app.id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .returning('user_id')
    .executeTakeFirst()
  if (!row) throw new PortalError('oauth_grant', { what: 'code' })
  return row.user_id
}

async function useRefresh(tx: Tx, app: Row<'app'>, token: unknown, clock: Clock): Promise<number> {
  if (typeof token !== 'string' || token === '') throw new PortalError('oauth_request', { detail: 'refresh_token is missing' })
  const now = clock.now()
  const row = await tx.db
    .selectFrom('refresh_token')
    .selectAll()
    .where('token_hash', '=', hashSecret(token))
    .where('app_id', '=', app.id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  const isSpent = row?.replaced_at != null && row.replaced_at < now - graceMs
  if (!row || isSpent || row.grant_epoch !== app.grant_epoch) throw new PortalError('oauth_grant', { what: 'refresh token' })
  if (row.replaced_at === null) {
    await tx.db.updateTable('refresh_token').set({ replaced_at: now }).where('token_hash', '=', row.token_hash).execute()
  }
  return row.user_id
}
