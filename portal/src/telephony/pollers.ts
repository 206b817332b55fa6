import type { Tx } from '../store/store.ts'

/** A dial that an app polls for: it waits in an offline queue, or was fetched from there. `key`: the CALL_ID, or the key of a callback request. */
export async function isWithPoller(tx: Tx, key: string): Promise<boolean> {
  const inQueue = await tx.db
    .selectFrom('offline_event')
    .select('id')
    .where('call_id', '=', key)
    .where('expires_at', 'is not', null)
    .executeTakeFirst()
  const fetched = await tx.db
    .selectFrom('trace_step')
    .select('id')
    .where('call_id', '=', key)
    .where('kind', '=', 'fetched')
    .executeTakeFirst()
  return inQueue !== undefined || fetched !== undefined
}
