import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Bindings } from '../events/bindings.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { readAddress } from './address.ts'
import { hashSecret } from './oauth.ts'
import { writeScope } from './scopes.ts'

/** What webhooks need. */
export interface WebhookParts {
  readonly store: Store
  readonly clock: Clock
  readonly bindings: Pick<Bindings, 'bind' | 'unbind' | 'changed'>
  readonly publicUrl: string
  readonly changed: (portalId: number, names: readonly string[]) => void
  /** upper-case names of the events that may be chosen */
  readonly eventNames: ReadonlySet<string>
  /** why the portal may not send to an address, or null */
  readonly blockedAddress: (url: string) => Promise<string | null>
}

/** Incoming webhooks (REST by an address) and outgoing ones (events to an address), contract 7.3. */
export function createWebhooks(parts: WebhookParts) {
  const { store, clock } = parts

  const readEvents = (events: readonly string[]): string[] => {
    const names = [...new Set(events.map((name) => name.trim().toUpperCase()).filter(Boolean))]
    const unknown = names.find((name) => !parts.eventNames.has(name))
    if (unknown !== undefined || names.length === 0)
      throw new PortalError('unknown_event', { event: unknown ?? '(none chosen)', known: [...parts.eventNames].join(', ') })
    return names
  }

  return {
    /** Those that are not deleted. */
    incoming: (portalId: number): Promise<Row<'incoming_webhook'>[]> =>
      store.read
        .selectFrom('incoming_webhook')
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .execute(),

    /** The address holds the secret and is not stored: it is shown once. It acts as `userId` within `scope`. */
    async addIncoming({
      portalId,
      userId,
      title,
      scope,
    }: {
      portalId: number
      userId: number
      title: string
      scope: readonly string[]
    }): Promise<{ row: Row<'incoming_webhook'>; url: string }> {
      const token = randomBytes(16).toString('hex')
      const names = writeScope(scope)
      const row = await store.transaction(async (tx) => {
        tx.afterCommit(() => parts.changed(portalId, ['webhooks']))
        return tx.db
          .insertInto('incoming_webhook')
          .values({
            portal_id: portalId,
            user_id: userId,
            token_hash: hashSecret(token),
            title: title.trim(),
            scope: names,
            last_used_at: null,
            created_at: clock.now(),
            deleted_at: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
      })
      return { row, url: `${parts.publicUrl}/rest/${userId}/${token}/` }
    },

    /** Its address answers NO_AUTH_FOUND from now on. */
    async deleteIncoming(portalId: number, id: number): Promise<void> {
      await store.transaction(async (tx) => {
        const { numUpdatedRows } = await tx.db
          .updateTable('incoming_webhook')
          .set({ deleted_at: clock.now() })
          .where('id', '=', id)
          .where('portal_id', '=', portalId)
          .where('deleted_at', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new PortalError('webhook_not_found', { id })
        tx.afterCommit(() => parts.changed(portalId, ['webhooks']))
      })
    },

    /** Those that are not deleted. */
    outgoing: (portalId: number): Promise<Row<'outgoing_webhook'>[]> =>
      store.read
        .selectFrom('outgoing_webhook')
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .execute(),

    /** One handler row for each event; `token` is what the receiver compares with `application_token`. */
    async addOutgoing({
      portalId,
      userId,
      title,
      url,
      events,
    }: {
      portalId: number
      userId: number
      title: string
      url: string
      events: readonly string[]
    }): Promise<Row<'outgoing_webhook'>> {
      const address = readAddress('url', url)
      if (address === '') throw new PortalError('bad_url', { field: 'url' })
      const problem = await parts.blockedAddress(address)
      if (problem !== null) throw new PortalError('blocked_url', { field: 'url', problem })
      const names = readEvents(events)
      const row = await store.transaction(async (tx) => {
        const hook = await tx.db
          .insertInto('outgoing_webhook')
          .values({
            portal_id: portalId,
            title: title.trim(),
            url: address,
            token: randomBytes(16).toString('hex'),
            created_by_id: userId,
            created_at: clock.now(),
            deleted_at: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        for (const event of names) {
          await parts.bindings.bind(tx, { portalId, owner: `webhook:${hook.id}`, event, url: address, authUserId: 0, kind: 'online' })
        }
        return hook
      })
      await parts.bindings.changed()
      parts.changed(portalId, ['webhooks'])
      return row
    },

    /** Its handlers go; who called by it falls back to no target. */
    async deleteOutgoing(portalId: number, id: number): Promise<void> {
      await store.transaction(async (tx) => {
        const owner = `webhook:${id}`
        const { numUpdatedRows } = await tx.db
          .updateTable('outgoing_webhook')
          .set({ deleted_at: clock.now() })
          .where('id', '=', id)
          .where('portal_id', '=', portalId)
          .where('deleted_at', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new PortalError('webhook_not_found', { id })
        await parts.bindings.unbind(tx, { portalId, owner })
        await tx.db.updateTable('portal').set({ target: null }).where('id', '=', portalId).where('target', '=', owner).execute()
        await tx.db.updateTable('user').set({ target: null }).where('portal_id', '=', portalId).where('target', '=', owner).execute()
      })
      await parts.bindings.changed()
      parts.changed(portalId, ['webhooks', 'settings'])
    },
  }
}

/** The webhooks of the portals. */
export type Webhooks = ReturnType<typeof createWebhooks>
