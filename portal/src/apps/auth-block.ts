import { idOf } from '../caller.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { endpointsOf, type Endpoints, type OAuth } from './oauth.ts'
import { accessSeconds, type IssuedToken, type Tokens } from './tokens.ts'

/** What stands in an `auth` map; what is null is left out. */
export interface AuthFacts {
  readonly access: (IssuedToken & { readonly userId: number }) | null
  /** the app's whole scope; null for outgoing webhooks and uninstalled apps (contract 1.3) */
  readonly scope: string | null
  readonly endpoints: Endpoints
  readonly memberId: string
  readonly refreshToken: string | null
  readonly applicationToken: string
}

/** The `auth` map of an event, in the order of the captures; all values are strings (contract 1.1, 1.3). */
export function authBlock({
  access,
  scope,
  endpoints,
  memberId,
  refreshToken,
  applicationToken,
}: AuthFacts): Readonly<Record<string, string>> {
  return {
    ...(access && { access_token: access.token, expires: String(access.expires), expires_in: String(accessSeconds) }),
    ...(scope !== null && { scope }),
    domain: endpoints.domain,
    server_endpoint: endpoints.serverEndpoint,
    ...(scope !== null && { status: 'L' }),
    client_endpoint: endpoints.clientEndpoint,
    member_id: memberId,
    ...(access && { user_id: String(access.userId) }),
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    application_token: applicationToken,
  }
}

/** Events that carry a refresh token: "long access" (contract 1.3). */
const longAccess = new Set(['ONAPPINSTALL', 'ONAPPUPDATE', 'ONOFFLINEEVENT'])
/** Events that carry neither tokens nor scope and status (contract 1.3). */
const withoutTokens = new Set(['ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM'])

/** Whose map is wanted, for which event. */
export interface AuthBlockWish {
  readonly portalId: number
  /** `app:<id>` or `webhook:<id>` */
  readonly owner: string
  readonly event: string
  /** whose tokens; null = none */
  readonly userId: number | null
}

/** Makes `auth` maps at the time of sending: tokens are fresh (contract 1.7.2). */
export function createAuthBlocks({ store, tokens, oauth, publicUrl }: { store: Store; tokens: Tokens; oauth: OAuth; publicUrl: string }) {
  const endpoints = endpointsOf(publicUrl)
  /** a member_id never changes (contract 13.40) */
  const memberIds = new Map<number, string>()
  const findApp = store.prepareRemembered(['app'], (db, { id, portalId }: { id: number; portalId: number }) =>
    db.selectFrom('app').selectAll().where('id', '=', id).where('portal_id', '=', portalId),
  )
  const findActiveUser = store.prepareRemembered(['user'], (db, { id, portalId }: { id: number; portalId: number }) =>
    db.selectFrom('user').select('id').where('id', '=', id).where('portal_id', '=', portalId).where('is_active', '=', 1),
  )

  /** A user who was deactivated has no tokens any more (contract 1.5). */
  const activeUser = async (portalId: number, userId: number): Promise<number | null> =>
    (await findActiveUser({ id: userId, portalId }))[0]?.id ?? null

  const memberIdOf = async (portalId: number): Promise<string> => {
    const known = memberIds.get(portalId)
    if (known !== undefined) return known
    const { member_id: memberId } = await store.read
      .selectFrom('portal')
      .select('member_id')
      .where('id', '=', portalId)
      .executeTakeFirstOrThrow()
    memberIds.set(portalId, memberId)
    return memberId
  }

  const forApp = async (appId: number, memberId: string, wish: AuthBlockWish): Promise<Readonly<Record<string, string>>> => {
    const [app] = await findApp({ id: appId, portalId: wish.portalId })
    if (!app) throw new Error(`app ${appId} has no row`)
    const isBare = app.deleted_at !== null || withoutTokens.has(wish.event)
    const userId = isBare || wish.userId === null ? null : await activeUser(wish.portalId, wish.userId)
    const access = userId === null ? null : { ...tokens.issue({ appId, userId, epoch: app.grant_epoch }), userId }
    const refreshToken = userId !== null && longAccess.has(wish.event) ? await grant(app, userId) : null
    return authBlock({
      access,
      scope: isBare ? null : app.scope,
      endpoints,
      memberId,
      refreshToken,
      applicationToken: app.application_token,
    })
  }

  const grant = (app: Row<'app'>, userId: number): Promise<string> =>
    store.transaction((tx) => oauth.grantRefresh(tx, { portalId: app.portal_id, appId: app.id, userId, epoch: app.grant_epoch }))

  return {
    /** The owner's row must exist; a deleted app or webhook still gets its map, without tokens. */
    async of(wish: AuthBlockWish): Promise<Readonly<Record<string, string>>> {
      const memberId = await memberIdOf(wish.portalId)
      const appId = idOf(wish.owner, 'app')
      if (appId !== null) return forApp(appId, memberId, wish)
      const webhookId = idOf(wish.owner, 'webhook') ?? -1
      const webhook = await store.read
        .selectFrom('outgoing_webhook')
        .select('token')
        .where('id', '=', webhookId)
        .where('portal_id', '=', wish.portalId)
        .executeTakeFirstOrThrow()
      return authBlock({ access: null, scope: null, endpoints, memberId, refreshToken: null, applicationToken: webhook.token })
    },
  }
}

/** Makes the maps. */
export type AuthBlocks = ReturnType<typeof createAuthBlocks>
