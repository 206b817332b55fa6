import { presenceOf } from '../directory/users.ts'
import { readPhone } from '../crm/phones.ts'
import type { Store } from '../store/store.ts'
import type { CrmOfCalls } from '../crm/call-crm.ts'

/** Contract 4.5: cards with a number, best match first, each with its responsible person. */
export async function searchCallers(
  { store, crm, now }: { store: Store; crm: CrmOfCalls; now(): number },
  portalId: number,
  number: string,
): Promise<unknown[]> {
  const { country } = await store.read.selectFrom('portal').select('country').where('id', '=', portalId).executeTakeFirstOrThrow()
  const found = await crm.findByPhone(portalId, readPhone(number, { country }).digits)
  if (found.length === 0) return []
  const ids = [...new Set(found.map((entity) => entity.assignedById))]
  const users = await store.read.selectFrom('user').selectAll().where('portal_id', '=', portalId).where('id', 'in', ids).execute()
  return found.map((entity) => {
    const user = users.find((one) => one.id === entity.assignedById)
    return {
      CRM_ENTITY_TYPE: entity.type,
      CRM_ENTITY_ID: entity.id,
      ASSIGNED_BY_ID: entity.assignedById,
      NAME: entity.title,
      ASSIGNED_BY: {
        ID: String(entity.assignedById),
        TIMEMAN_STATUS: user ? presenceOf(user, now()) : 'CLOSED',
        USER_PHONE_INNER: user?.extension ?? null,
        WORK_PHONE: user?.work_phone ?? null,
        PERSONAL_PHONE: user?.personal_phone ?? null,
        PERSONAL_MOBILE: user?.personal_mobile ?? null,
      },
    }
  })
}
