/** What several processes need beside the claim: the order of notices in the database, and leases that last as long as their holder. */
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { leaseMs, type DeliveryJob } from './outbox.ts'

const holdMs = 30_000
const renewedTogether = 1000

/** The ports of the loop on deliveries of all processes. */
export function createDeliveryOrder({ store, clock, processId }: { store: Store; clock: Clock; processId: string }) {
  return {
    /**
     * Which of these notices have an older one of the same app, address and call that is still open, in whatever process. One that
     * failed holds those behind it for 30 s after its first attempt, then they pass it (design 11.9).
     */
    async heldBack(jobs: readonly DeliveryJob[]): Promise<ReadonlySet<number>> {
      const now = clock.now()
      const ids = jobs.map((job) => job.id)
      const { rows } = await sql<{ id: number }>`
        select younger.id from delivery as younger
        where younger.id in (${sql.join(ids)}) and exists (
          select 1 from delivery as older
          where older.call_id = younger.call_id and older.portal_id = younger.portal_id
            and older.delivery_class = 'notice' and older.owner = younger.owner and older.url = younger.url
            and older.state in ('pending', 'sending', 'retrying')
            and (older.created_at < younger.created_at or (older.created_at = younger.created_at and older.id < younger.id))
            and case
                  when older.attempts > 0 then coalesce(
                    (select min(attempt.started_at + attempt.duration_ms) from attempt where attempt.delivery_id = older.id), older.created_at)
                  when older.due_at > cast(${now} as bigint) then older.created_at
                  else cast(${now} as bigint)
                end > cast(${now - holdMs} as bigint)
        )`.execute(store.read)
      return new Set(rows.map((row) => Number(row.id)))
    },

    /** Keeps the notices that wait in this process; when it dies others have them within a lease. */
    async renew(jobs: readonly DeliveryJob[]): Promise<void> {
      const ids = jobs.filter((job) => job.deliveryClass === 'notice').map((job) => job.id)
      for (let from = 0; from < ids.length; from += renewedTogether)
        await store.transaction((tx) =>
          tx.write(
            store.build
              .updateTable('delivery')
              .set({ lease_until: clock.now() + leaseMs })
              .where('id', 'in', ids.slice(from, from + renewedTogether))
              .where('lease_owner', '=', processId)
              .where('state', 'in', ['pending', 'retrying']),
          ),
        )
    },
  }
}
