import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CallsParts } from './call-parts.ts'
import { requestKeyOf } from './request-key.ts'
import type { Reporter } from './reporter.ts'

/** A call registered later than this after a request is another matter. */
const tieMs = 30 * 60_000

/** The newest request that the reporter got for this number and has not registered a call for yet. */
export function findAsked(
  tx: Tx,
  { reporter, digits, now }: { reporter: Reporter; digits: string; now: number },
): Promise<Row<'callback_request'> | undefined> {
  return tx.db
    .selectFrom('callback_request')
    .selectAll()
    .where('portal_id', '=', reporter.portalId)
    .where('owner', '=', reporter.owner)
    .where('digits', '=', digits)
    .where('created_at', '>', now - tieMs)
    .where('call_id', 'is', null)
    .where('outcome', 'in', ['waiting', 'delivered', 'unconfirmed', 'failed', 'expired'])
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

/** The app registered the call: the request has its outcome, and its dial has provably arrived. */
export function tieToCall({ store, deliveries, changed }: CallsParts, tx: Tx, request: Row<'callback_request'>, call: Row<'call'>): void {
  tx.write(
    store.build
      .updateTable('callback_request')
      .set({ call_id: call.call_id, outcome: 'called', reason: null })
      .where('id', '=', request.id),
  )
  deliveries.prove(tx, requestKeyOf(request.id))
  tx.afterCommit(() => changed(call.portal_id, ['callback-requests']))
}
