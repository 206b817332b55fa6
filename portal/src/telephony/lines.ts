/** External lines: what an app names so that calls can be told apart by the number they go out by (contract 4.8). */
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Change, Row, Tables } from '../store/tables.ts'
import type { Kysely } from 'kysely'

/** Whose lines. */
export interface LineOwner {
  readonly portalId: number
  readonly owner: string
}

/** The lines of all apps. */
export function createLines({
  store,
  clock,
  changed,
}: {
  store: Store
  clock: Clock
  changed: (portalId: number, names: readonly string[]) => void
}) {
  const find = (whose: LineOwner, number: string): Promise<Row<'line'> | undefined> =>
    store.read
      .selectFrom('line')
      .selectAll()
      .where('portal_id', '=', whose.portalId)
      .where('owner', '=', whose.owner)
      .where('number', '=', number)
      .executeTakeFirst()

  return {
    find,
    list: (whose: LineOwner): Promise<Row<'line'>[]> =>
      store.read
        .selectFrom('line')
        .selectAll()
        .where('portal_id', '=', whose.portalId)
        .where('owner', '=', whose.owner)
        .orderBy('id')
        .execute(),
    /** Adds a line; a number is there once for each app. Answers its id. */
    async add(whose: LineOwner, line: { number: string; name: string; crmAutoCreate: boolean }): Promise<number> {
      const number = line.number.slice(0, 255)
      return store.transaction(async (tx) => {
        const { id } =
          (await tx.db
            .insertInto('line')
            .values({
              portal_id: whose.portalId,
              owner: whose.owner,
              number,
              name: line.name.slice(0, 255),
              crm_auto_create: line.crmAutoCreate ? 1 : 0,
              created_at: clock.now(),
            })
            .onConflict((conflict) => conflict.columns(['owner', 'number']).doNothing())
            .returning('id')
            .executeTakeFirst()) ?? {}
        if (id === undefined) throw new PortalError('line_exists')
        tx.afterCommit(() => changed(whose.portalId, ['settings']))
        return id
      })
    },
    /** Changes name or auto-create. Answers the line's id. */
    async update(whose: LineOwner, number: string, change: Pick<Change<'line'>, 'name' | 'crm_auto_create'>): Promise<number> {
      if (Object.keys(change).length === 0) throw new PortalError('line_no_fields')
      return store.transaction(async (tx) => {
        const row = await tx.db
          .updateTable('line')
          .set(change)
          .where('portal_id', '=', whose.portalId)
          .where('owner', '=', whose.owner)
          .where('number', '=', number)
          .returning('id')
          .executeTakeFirst()
        if (!row) throw new PortalError('line_not_found', { number })
        tx.afterCommit(() => changed(whose.portalId, ['settings']))
        return row.id
      })
    },
    /** Removes a line; targets that name it fall back to none. */
    async remove(whose: LineOwner, number: string): Promise<void> {
      await store.transaction(async (tx) => {
        const row = await tx.db
          .deleteFrom('line')
          .where('portal_id', '=', whose.portalId)
          .where('owner', '=', whose.owner)
          .where('number', '=', number)
          .returning('id')
          .executeTakeFirst()
        if (!row) throw new PortalError('line_not_found', { number })
        await tx.db
          .updateTable('portal')
          .set({ target: null })
          .where('id', '=', whose.portalId)
          .where('target', '=', `line:${row.id}`)
          .execute()
        await tx.db
          .updateTable('user')
          .set({ target: null })
          .where('portal_id', '=', whose.portalId)
          .where('target', '=', `line:${row.id}`)
          .execute()
        tx.afterCommit(() => changed(whose.portalId, ['settings']))
      })
    },
  }
}

/** The verbs on lines. */
export type Lines = ReturnType<typeof createLines>

/** For outgoing calls the line's CRM_AUTO_CREATE counts as CRM_CREATE (contract 4.2). False for '' and lines that are not there. */
export async function createsByLine(db: Kysely<Tables>, line: LineOwner & { readonly number: string }): Promise<boolean> {
  if (line.number === '') return false
  const row = await db
    .selectFrom('line')
    .select('crm_auto_create')
    .where('owner', '=', line.owner)
    .where('number', '=', line.number)
    .where('portal_id', '=', line.portalId)
    .executeTakeFirst()
  return row?.crm_auto_create === 1
}
