import { collectionOf } from '../api/portal.ts'
import type { EntityKind, EntityRow, User } from '../api/types.ts'

/** An employee as `selectUser` answers it; types as the official SDK declares them. */
export function selectedUser(user: User) {
  const name = [user.name, user.lastName].filter(Boolean).join(' ')
  return { id: String(user.id), name, photo: '', position: user.workPosition, url: '', sub: false, sup: false }
}

const marks: Record<EntityKind, string> = { lead: 'L', contact: 'C', company: 'CO' }

/** Cards as `selectCRM` answers them: a list for each kind that was chosen. */
export function selectedCrm(rows: EntityRow[]): Partial<Record<EntityKind, unknown[]>> {
  const chosen: Partial<Record<EntityKind, unknown[]>> = {}
  for (const row of rows) {
    const one = {
      id: `${marks[row.kind]}_${row.id}`,
      type: row.kind,
      place: row.kind,
      title: row.title,
      desc: row.subtitle,
      url: `/${collectionOf[row.kind]}/${row.id}`,
      ...(row.kind !== 'lead' && { image: '' }),
    }
    chosen[row.kind] = [...(chosen[row.kind] ?? []), one]
  }
  return chosen
}
