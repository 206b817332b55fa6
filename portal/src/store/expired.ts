/** What is worth nothing to anybody once its time is over: deleted without an archive, for most of it is secrets. */
import { sql } from 'kysely'
import type { Store } from './store.ts'

/** What the sweep needs. */
export interface ExpiredParts {
  readonly store: Store
  readonly now: number
  readonly isStopped: () => boolean
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const batchRows = 500

/** Deletes expired sessions, codes, tokens, upload addresses and latches of double clicks; puts away cards of calls that were over yesterday. */
export async function forgetExpired({ store, now, isStopped }: ExpiredParts): Promise<Record<string, number>> {
  const inBatches = async (batch: () => Promise<number>): Promise<number> => {
    for (let total = 0; ;) {
      const count = isStopped() ? 0 : await batch()
      total += count
      if (count < batchRows) return total
    }
  }
  const keyed = (table: 'session' | 'auth_code' | 'refresh_token' | 'upload', key: 'token_hash' | 'code_hash', expiredAt: number) =>
    inBatches(() =>
      store.transaction(async (tx) => {
        const { numAffectedRows } = await sql`
          delete from ${sql.table(table)} where ${sql.ref(key)} in (
            select ${sql.ref(key)} from ${sql.table(table)} where expires_at < ${expiredAt} limit ${batchRows})`.execute(tx.db)
        return Number(numAffectedRows ?? 0)
      }),
    )
  return {
    sessions: await keyed('session', 'token_hash', now),
    // one that was used twice is answered so for an hour
    codes: await keyed('auth_code', 'code_hash', now - hourMs),
    tokens: await keyed('refresh_token', 'token_hash', now),
    uploads: await keyed('upload', 'token_hash', now - dayMs),
    cards: await inBatches(() => putCardsAway(store, now - dayMs)),
    doubleClicks: await forgetClicks({ store, now, isStopped }),
  }
}

/** Whose call it was keeps the card until they dismiss it: one that nobody dismissed would be looked at with every open card, for ever. */
function putCardsAway(store: Store, before: number): Promise<number> {
  return store.transaction(async (tx) => {
    const { numAffectedRows } = await sql`
      update call_card set dismissed_at = ${before} where dismissed_at is null and hidden_at is null and (call_id, user_id) in (
        select card.call_id, card.user_id from call_card card join call on call.call_id = card.call_id
        where card.dismissed_at is null and card.hidden_at is null and card.shown_at < ${before} and call.state = 'finished' limit ${batchRows})`.execute(
      tx.db,
    )
    return Number(numAffectedRows ?? 0)
  })
}

/** A latch is of use for seconds, as long as a dial may take. */
async function forgetClicks({ store, now, isStopped }: ExpiredParts): Promise<number> {
  let total = 0
  let after: readonly [number, number, string] = [-1, -1, '']
  while (!isStopped()) {
    const { rows } = await sql<{ portal_id: number; user_id: number; digits: string; created_at: number }>`
      select portal_id, user_id, digits, created_at from last_click where (portal_id, user_id, digits) > (${after[0]}, ${after[1]}, ${after[2]})
      order by portal_id, user_id, digits limit ${batchRows}`.execute(store.read)
    const last = rows.at(-1)
    if (!last) break
    const old = rows.filter((row) => row.created_at < now - dayMs)
    await store.transaction((tx) => {
      for (const row of old)
        tx.write(
          store.build
            .deleteFrom('last_click')
            .where('portal_id', '=', row.portal_id)
            .where('user_id', '=', row.user_id)
            .where('digits', '=', row.digits)
            .where('created_at', '=', row.created_at),
        )
    })
    total += old.length
    after = [last.portal_id, last.user_id, last.digits]
  }
  return total
}
