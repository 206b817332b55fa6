import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CallsParts } from './call-parts.ts'
import { findCall, hear, type Reporter } from './reporter.ts'

/** Opens the call card of these users, again if it was closed. */
export async function showTo({ clock, changed }: CallsParts, tx: Tx, call: Row<'call'>, userIds: readonly number[]): Promise<void> {
  const known = await tx.db
    .selectFrom('user')
    .select('id')
    .where('portal_id', '=', call.portal_id)
    .where('id', 'in', [...userIds])
    .execute()
  const shown = { shown_at: clock.now(), hidden_at: null, dismissed_at: null }
  for (const { id } of known) {
    await tx.db
      .insertInto('call_card')
      .values({ call_id: call.call_id, user_id: id, portal_id: call.portal_id, ...shown })
      .onConflict((conflict) => conflict.columns(['call_id', 'user_id']).doUpdateSet(shown))
      .execute()
  }
  tx.afterCommit(() =>
    changed(
      call.portal_id,
      ['calls'],
      known.map((user) => user.id),
    ),
  )
}

/** An app shows its own calls, a webhook any (contract 13.31). Only a word of its own app proves that a dial arrived. */
async function findShownCall(db: Tx['db'], { portalId, owner }: Reporter, callId: string): Promise<Row<'call'> | undefined> {
  const call = await findCall(db, portalId, callId)
  return owner === 'incoming' || call?.owner === owner ? call : undefined
}

/** Who sees the call card (contract 4.4). An empty list of users counts as not given. */
export function createCallCards(parts: CallsParts) {
  const { store, clock } = parts
  return {
    /** Shows the call card to users. False when the call is not one that the reporter may show, or is over. */
    async show(reporter: Reporter, callId: string, userIds: readonly number[] | undefined): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findShownCall(tx.db, reporter, callId)
        if (!call || call.state === 'finished') return false
        if (call.owner === reporter.owner) hear(parts, tx, call)
        await showTo(parts, tx, call, userIds?.length ? userIds : [call.user_id])
        return true
      })
    },

    /** Hides the call card from users, or from everybody. False when the call is not one that the reporter may show. */
    async hide(reporter: Reporter, callId: string, userIds: readonly number[] | undefined): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findShownCall(tx.db, reporter, callId)
        if (!call) return false
        if (call.owner === reporter.owner) hear(parts, tx, call)
        let query = tx.db
          .updateTable('call_card')
          .set({ hidden_at: clock.now() })
          .where('call_id', '=', callId)
          .where('hidden_at', 'is', null)
        if (userIds?.length) query = query.where('user_id', 'in', [...userIds])
        await query.execute()
        tx.afterCommit(() => parts.changed(call.portal_id, ['calls']))
        return true
      })
    },

    /** The person closes a card of their own. */
    async dismiss(portalId: number, userId: number, callId: string): Promise<void> {
      await store.transaction((tx) => {
        tx.write(
          store.build
            .updateTable('call_card')
            .set({ dismissed_at: clock.now() })
            .where('call_id', '=', callId)
            .where('user_id', '=', userId)
            .where('portal_id', '=', portalId),
        )
        tx.afterCommit(() => parts.changed(portalId, ['calls'], [userId]))
      })
    },
  }
}
