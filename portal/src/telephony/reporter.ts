import type { Kysely } from 'kysely'
import { PortalError } from '../errors.ts'
import type { Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import type { CallsParts } from './call-parts.ts'

/** Who reports: a REST caller and what it owns. */
export interface Reporter {
  readonly portalId: number
  readonly userId: number
  /** `app:3` or `incoming` */
  readonly owner: string
}

/** The person that a report names; `undefined` = not given. */
export interface Named {
  readonly userId: number | undefined
  readonly userPhoneInner: string | undefined
}

/**
 * The user that a report names: USER_ID wins; one that is unknown but somebody's extension is taken as that (contract 4.10).
 * Throws the contract's refusals.
 */
export async function findReported(db: Kysely<Tables>, portalId: number, { userId, userPhoneInner }: Named): Promise<Row<'user'>> {
  if (userId === undefined && userPhoneInner === undefined) throw new PortalError('call_user_missing')
  const users = db.selectFrom('user').selectAll().where('portal_id', '=', portalId)
  const byExtension = (extension: string) =>
    users.where('extension', '=', extension).where('is_active', '=', 1).orderBy('id').executeTakeFirst()
  if (userId === undefined) {
    const found = await byExtension(userPhoneInner!)
    if (!found) throw new PortalError('call_user_missing')
    return found
  }
  const found = (await users.where('id', '=', userId).executeTakeFirst()) ?? (await byExtension(String(userId)))
  if (!found || found.is_active === 0) throw new PortalError('call_user_unknown')
  return found
}

/** The call with this CALL_ID. */
export function findCall(db: Kysely<Tables>, portalId: number, callId: string): Promise<Row<'call'> | undefined> {
  return db.selectFrom('call').selectAll().where('call_id', '=', callId).where('portal_id', '=', portalId).executeTakeFirst()
}

/** The call, if it is the reporter's (design 11.3). */
export async function findOwnCall(db: Kysely<Tables>, reporter: Reporter, callId: string): Promise<Row<'call'> | undefined> {
  const call = await findCall(db, reporter.portalId, callId)
  return call?.owner === reporter.owner ? call : undefined
}

/** Every REST call of the app about its call is a word from it, and proof that its dial arrived (design 6). */
export function hear(parts: Pick<CallsParts, 'store' | 'clock' | 'deliveries' | 'changed'>, tx: Tx, call: Row<'call'>): void {
  parts.deliveries.prove(tx, call.call_id)
  tx.write(parts.store.build.updateTable('call').set({ reported_at: parts.clock.now() }).where('id', '=', call.id))
  tx.afterCommit(() => parts.changed(call.portal_id, ['calls', `call:${call.call_id}`]))
}
