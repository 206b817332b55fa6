import { PortalError } from '../errors.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** What can be said of a department. */
export interface DepartmentInput {
  readonly name?: string
  readonly sort?: number
  readonly parentId?: number | null
  readonly headUserId?: number | null
}

/** All departments of a portal, by id. */
export function departmentsOf(store: Store, portalId: number): Promise<Row<'department'>[]> {
  return store.read.selectFrom('department').selectAll().where('portal_id', '=', portalId).orderBy('id').execute()
}

/** Gives the company, which is the first department, its name; answers its id. */
export async function nameCompany(tx: Tx, portalId: number, name: string): Promise<number> {
  const { id } = await tx.db.selectFrom('department').select('id').where('portal_id', '=', portalId).orderBy('id').executeTakeFirstOrThrow()
  await tx.db.updateTable('department').set({ name }).where('id', '=', id).execute()
  return id
}

/** A new department; answers its id. Throws `department_parent`, `department_head`. */
export async function addDepartment(tx: Tx, department: DepartmentInput & { portalId: number; name: string }): Promise<number> {
  await checkDepartment(tx, { portalId: department.portalId, id: null }, department)
  const { id } = await tx.db
    .insertInto('department')
    .values({
      portal_id: department.portalId,
      name: department.name,
      sort: department.sort ?? 500,
      parent_id: department.parentId ?? null,
      head_user_id: department.headUserId ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Changes what is given. Throws `department_not_found`, `department_parent`, `department_head`. */
export async function changeDepartment(tx: Tx, of: { portalId: number; id: number }, input: DepartmentInput): Promise<void> {
  await findIn(tx, of)
  await checkDepartment(tx, of, input)
  const change = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.sort !== undefined && { sort: input.sort }),
    ...(input.parentId !== undefined && { parent_id: input.parentId }),
    ...(input.headUserId !== undefined && { head_user_id: input.headUserId }),
  }
  if (Object.keys(change).length > 0) await tx.db.updateTable('department').set(change).where('id', '=', of.id).execute()
}

/** Throws `department_not_found`, `department_top` for the first one, `department_filled` when something belongs to it. */
export async function removeDepartment(tx: Tx, of: { portalId: number; id: number }): Promise<void> {
  await findIn(tx, of)
  const all = await tx.db.selectFrom('department').selectAll().where('portal_id', '=', of.portalId).orderBy('id').execute()
  if (all[0]?.id === of.id) throw new PortalError('department_top')
  const people = await tx.db.selectFrom('user').select('departments').where('portal_id', '=', of.portalId).execute()
  const isFilled = people.some((user) => (JSON.parse(user.departments) as number[]).includes(of.id))
  if (isFilled || all.some((one) => one.parent_id === of.id)) throw new PortalError('department_filled')
  await tx.db.deleteFrom('department').where('id', '=', of.id).execute()
}

async function findIn(tx: Tx, { portalId, id }: { portalId: number; id: number }): Promise<void> {
  const found = tx.db.selectFrom('department').select('id').where('portal_id', '=', portalId).where('id', '=', id)
  if (!(await found.executeTakeFirst())) throw new PortalError('department_not_found')
}

/** The parent is another department, and not one below this one; the head is a user. */
async function checkDepartment(
  tx: Tx,
  { portalId, id }: { portalId: number; id: number | null },
  { parentId, headUserId }: DepartmentInput,
): Promise<void> {
  if (parentId !== undefined && parentId !== null) {
    const all = await tx.db.selectFrom('department').select(['id', 'parent_id']).where('portal_id', '=', portalId).execute()
    const parents = new Map(all.map((one) => [one.id, one.parent_id]))
    let above: number | null = parentId
    for (let steps = 0; above !== null && above !== id && steps < all.length; steps++) above = parents.get(above) ?? null
    if (!parents.has(parentId) || above !== null) throw new PortalError('department_parent', { id: parentId })
  }
  if (headUserId === undefined || headUserId === null) return
  const head = tx.db.selectFrom('user').select('id').where('portal_id', '=', portalId).where('id', '=', headUserId)
  if (!(await head.executeTakeFirst())) throw new PortalError('department_head', { id: headUserId })
}
