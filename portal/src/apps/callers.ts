import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { hashSecret } from './oauth.ts'
import { readScope } from './scopes.ts'
import type { Tokens } from './tokens.ts'

/** Who stands behind a token or a webhook address. */
export interface Callers {
  /** An app's access token: the user's rights within the app's scope. Refuses by expired_token or invalid_token. */
  ofToken(token: string): Promise<Caller>
  /** `/rest/<user>/<token>/`: the owner's rights within the webhook's scope. Refuses by no_auth_found. */
  ofWebhook(userId: number, token: string): Promise<Caller>
}

const seenEveryMs = 60_000

/** Resolves callers; notes at most once a minute that an app or webhook was heard of. */
export function createCallers({ store, clock, tokens, log }: { store: Store; clock: Clock; tokens: Tokens; log: Log }): Callers {
  const seen = new Map<string, number>()
  const note = (table: 'app' | 'incoming_webhook', id: number): void => {
    const now = clock.now()
    if (now - (seen.get(`${table} ${id}`) ?? 0) < seenEveryMs) return
    seen.set(`${table} ${id}`, now)
    const update =
      table === 'app'
        ? store.build.updateTable('app').set({ last_seen_at: now }).where('id', '=', id)
        : store.build.updateTable('incoming_webhook').set({ last_used_at: now }).where('id', '=', id)
    store.transaction((tx) => tx.write(update)).catch((err: unknown) => log.warn({ err }, 'could not note when an app was heard of'))
  }

  return {
    async ofToken(token) {
      const verdict = tokens.verify(token)
      if (verdict.kind === 'expired') throw new PortalError('expired_token')
      if (verdict.kind === 'forged') throw new PortalError('invalid_token')
      const { appId, userId, epoch } = verdict.grant
      const app = await store.read
        .selectFrom('app')
        .select(['portal_id', 'scope', 'grant_epoch', 'deleted_at'])
        .where('id', '=', appId)
        .executeTakeFirst()
      if (!app || app.deleted_at !== null || app.grant_epoch !== epoch) throw new PortalError('invalid_token')
      const user = await findUser(store, app.portal_id, userId)
      if (!user || user.is_active === 0) throw new PortalError('invalid_token')
      note('app', appId)
      return { portalId: app.portal_id, userId, isAdmin: user.is_admin === 1, via: 'app', appId, scope: new Set(readScope(app)) }
    },
    async ofWebhook(userId, token) {
      const webhook = await store.read
        .selectFrom('incoming_webhook')
        .selectAll()
        .where('token_hash', '=', hashSecret(token))
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      if (!webhook || webhook.user_id !== userId) throw new PortalError('no_auth_found')
      const user = await findUser(store, webhook.portal_id, userId)
      if (!user || user.is_active === 0) throw new PortalError('no_auth_found')
      note('incoming_webhook', webhook.id)
      return {
        portalId: webhook.portal_id,
        userId,
        isAdmin: user.is_admin === 1,
        via: 'webhook',
        appId: null,
        webhookId: webhook.id,
        scope: new Set(readScope(webhook)),
      }
    },
  }
}

function findUser(store: Store, portalId: number, id: number) {
  return store.read
    .selectFrom('user')
    .select(['is_active', 'is_admin'])
    .where('id', '=', id)
    .where('portal_id', '=', portalId)
    .executeTakeFirst()
}
