import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** All departments of a portal, by id. */
export function departmentsOf(store: Store, portalId: number): Promise<Row<'department'>[]> {
  return store.read.selectFrom('department').selectAll().where('portal_id', '=', portalId).orderBy('id').execute()
}

/** A new department; answers its id. */
export async function addDepartment(
  tx: Tx,
  department: { portalId: number; name: string; parentId?: number | null; headUserId?: number | null },
): Promise<number> {
  const { id } = await tx.db
    .insertInto('department')
    .values({
      portal_id: department.portalId,
      name: department.name,
      sort: 500,
      parent_id: department.parentId ?? null,
      head_user_id: department.headUserId ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
