/** Rows that only grow are removed once nobody can need them. */
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

const dayMs = 86_400_000
/** Finished requests of visitors, with their numbers. */
export const callbackRequestDays = 180
/** Missed calls that nobody has looked at; the calls themselves stay. */
export const missedCallDays = 30
/** Each opening of a page of an app writes a refresh token; pages that are open hold the newest of them. */
export const keptFrameTokens = 10

/** One transaction removes so many rows: the writer is not held for long. */
const batchRows = 500

/** Builds the sweep. */
export function createOldRows({ store, clock }: { store: Store; clock: Clock }) {
  const { build } = store

  /** `remove` takes at most so many rows and says how many there were. */
  const removeAll = async (remove: (limit: number) => Promise<number>): Promise<void> => {
    while ((await remove(batchRows)) === batchRows);
  }

  /** Sessions, codes and refresh tokens that are good for nothing any more. */
  const removeExpired = async (now: number): Promise<void> => {
    for (const [table, key] of [
      ['session', 'token_hash'],
      ['refresh_token', 'token_hash'],
      ['auth_code', 'code_hash'],
    ] as const)
      await removeAll(async (limit) => {
        const old = build
          .selectFrom(table as 'session')
          .select(key as 'token_hash')
          .where('expires_at', '<=', now)
          .limit(limit)
        const gone = await store.transaction((tx) =>
          tx.db
            .deleteFrom(table as 'session')
            .where(key as 'token_hash', 'in', old)
            .executeTakeFirstOrThrow(),
        )
        return Number(gone.numDeletedRows)
      })
  }

  /** Per app and user all but the newest that were written for its pages. */
  const removeFrameTokens = (): Promise<void> =>
    removeAll(async (limit) => {
      const numbered = build
        .selectFrom('refresh_token')
        .select('token_hash')
        .select((eb) =>
          eb.fn
            .agg<number>('row_number')
            .over((over) => over.partitionBy(['app_id', 'user_id']).orderBy('expires_at', 'desc').orderBy('token_hash'))
            .as('place'),
        )
        .where('purpose', '=', 'frame')
      const old = build.selectFrom(numbered.as('numbered')).select('token_hash').where('place', '>', keptFrameTokens).limit(limit)
      const gone = await store.transaction((tx) =>
        tx.db.deleteFrom('refresh_token').where('token_hash', 'in', old).executeTakeFirstOrThrow(),
      )
      return Number(gone.numDeletedRows)
    })

  const removeRequests = (before: number): Promise<void> =>
    removeAll(async (limit) => {
      const old = build
        .selectFrom('callback_request')
        .select('id')
        .where('created_at', '<', before)
        .where('outcome', '!=', 'waiting')
        .limit(limit)
      const gone = await store.transaction((tx) => tx.db.deleteFrom('callback_request').where('id', 'in', old).executeTakeFirstOrThrow())
      return Number(gone.numDeletedRows)
    })

  const removeMissed = (before: number): Promise<void> =>
    removeAll(async (limit) => {
      const old = build.selectFrom('missed_call').select('call_id').where('created_at', '<', before).limit(limit)
      const gone = await store.transaction((tx) => tx.db.deleteFrom('missed_call').where('call_id', 'in', old).executeTakeFirstOrThrow())
      return Number(gone.numDeletedRows)
    })

  return {
    /** Removes what is old, in small transactions. */
    async sweep(): Promise<void> {
      const now = clock.now()
      await removeExpired(now)
      await removeFrameTokens()
      await removeRequests(now - callbackRequestDays * dayMs)
      await removeMissed(now - missedCallDays * dayMs)
    },
  }
}
