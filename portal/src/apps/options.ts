import { PortalError } from '../errors.ts'
import type { Loose, LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'

/** Whose options: of the app (`userId` 0) or of one user of it. */
export interface OptionsOf {
  readonly portalId: number
  readonly appId: number
  readonly userId: number
}

/** All options by name. */
export async function readOptions(store: Store, { appId, userId }: OptionsOf): Promise<Record<string, Loose>> {
  const rows = await store.read
    .selectFrom('app_option')
    .select(['name', 'value'])
    .where('app_id', '=', appId)
    .where('user_id', '=', userId)
    .orderBy('name')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value) as Loose]))
}

/** Each is a statement of its own: 1000 take 20 ms, and nobody else writes meanwhile. */
const mostOptions = 1000

/** Adds and replaces; what is not named stays. Throws `too_many_values`. */
export async function writeOptions(store: Store, { portalId, appId, userId }: OptionsOf, options: LooseMap): Promise<void> {
  const entries = Object.entries(options)
  if (entries.length > mostOptions) throw new PortalError('too_many_values', { most: mostOptions })
  await store.transaction((tx) => {
    for (const [name, value] of entries) {
      const row = { portal_id: portalId, app_id: appId, user_id: userId, name, value: JSON.stringify(value ?? null) }
      tx.write(
        store.build
          .insertInto('app_option')
          .values(row)
          .onConflict((conflict) => conflict.columns(['app_id', 'user_id', 'name']).doUpdateSet({ value: row.value })),
      )
    }
  })
}
