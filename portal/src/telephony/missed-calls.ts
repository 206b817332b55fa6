/** Missed calls that the person who was told of them has not looked at: the number beside Calls. */
import type { Store, Tx } from '../store/store.ts'
import type { NewRow } from '../store/tables.ts'

/** Builds the verbs on missed calls. */
export function createMissedCalls({
  store,
  changed,
}: {
  store: Store
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}) {
  return {
    /** How many there are. */
    async count(portalId: number, userId: number): Promise<number> {
      const { count } = await store.read
        .selectFrom('missed_call')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('portal_id', '=', portalId)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    /** The person looks at the calls. */
    async look(portalId: number, userId: number): Promise<void> {
      await store.transaction((tx) => {
        tx.write(store.build.deleteFrom('missed_call').where('portal_id', '=', portalId).where('user_id', '=', userId))
        tx.afterCommit(() => changed(portalId, ['missed-calls'], [userId]))
      })
    },
  }
}

/** The verbs on missed calls. */
export type MissedCalls = ReturnType<typeof createMissedCalls>

/** Counts a missed call for a person; a call that is reported again counts once. */
export async function countMissed(tx: Tx, missed: NewRow<'missed_call'>): Promise<void> {
  await tx.db
    .insertInto('missed_call')
    .values(missed)
    .onConflict((conflict) => conflict.column('call_id').doNothing())
    .execute()
}
