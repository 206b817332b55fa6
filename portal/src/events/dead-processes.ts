/** Which processes have died with deliveries in their hands: nobody waits for their leases then. */
import type { Store } from '../store/store.ts'

/** A process that lost its connection for a moment is back by then. */
const missingMs = 1_500
/** after the database was away: until then processes find their way back to it */
const settledMs = 5_000

/** Looks for dead processes; to be asked every two seconds. */
export function createDeadProcesses({ store }: { readonly store: Store }) {
  let missingSince = new Map<string, number>()
  return {
    /** Those that hold open deliveries and have had no connection for two looks. */
    async find(): Promise<string[]> {
      if ((store.heardForMs ?? 0) < settledMs) {
        missingSince = new Map()
        return []
      }
      const rows = await store.read
        .selectFrom('delivery')
        .select('lease_owner')
        .distinct()
        // settled ones have no due time: with it the index of the open ones is read, without it the whole table
        .where('due_at', 'is not', null)
        .where('state', 'in', ['pending', 'sending', 'retrying'])
        .where('lease_owner', 'is not', null)
        .where('lease_owner', '<>', store.processId)
        .execute()
      const holders = rows.flatMap((row) => row.lease_owner ?? [])
      const gone = holders.length === 0 ? [] : await store.goneAmong(holders)
      const now = performance.now()
      missingSince = new Map(gone.map((processId) => [processId, missingSince.get(processId) ?? now]))
      return gone.filter((processId) => now - (missingSince.get(processId) ?? now) >= missingMs)
    },
  }
}
