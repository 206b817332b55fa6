import type { Static } from 'typebox'
import { personOf, titleOf, type EntityType } from '../../crm/classic-fields.ts'
import type { EntityRecord } from '../../crm/entities.ts'
import { countryOf, type Lookup } from '../../crm/lookup.ts'
import { readPhone } from '../../crm/phones.ts'
import { fullName, type Users } from '../../directory/users.ts'
import type { Store } from '../../store/store.ts'
import type { Row } from '../../store/tables.ts'
import type { Email, EntityCard, EntityRow, Phone, ValueKind } from './schemas.ts'

/** What cards are shown with. */
export interface CardShapeParts {
  readonly store: Store
  readonly lookup: Lookup
  readonly users: Pick<Users, 'all'>
}

/** The cards that the web shows; deals have no page. */
export type WebKind = EntityRow['kind']

const webKinds: ReadonlySet<string> = new Set(['WORK', 'MOBILE', 'FAX', 'HOME', 'PAGER', 'MAILING', 'OTHER'])

/** Names of users by id. */
export async function namesOf(users: Pick<Users, 'all'>, portalId: number, ids: readonly number[]): Promise<Map<number, string>> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return new Map()
  return new Map((await users.all(portalId, { ids: unique })).map((user) => [user.id, fullName(user)]))
}

/** Cards of one portal as rows of a list, in the order given. */
export async function showRows(parts: CardShapeParts, portalId: number, cards: readonly EntityRecord[]): Promise<EntityRow[]> {
  if (cards.length === 0) return []
  const country = await countryOf(parts.store.read, portalId)
  const names = await namesOf(
    parts.users,
    portalId,
    cards.map((card) => card.row.assigned_by_id),
  )
  const companyIds = cards.flatMap((card) => (card.type === 'contact' ? ((card.row as Row<'contact'>).company_id ?? []) : []))
  const companies = await parts.lookup.describe(
    portalId,
    companyIds.map((id) => ({ type: 'company' as const, id })),
  )
  return cards.map((card) => {
    const companyTitle =
      card.type === 'contact' ? companies.get(`company:${(card.row as Row<'contact'>).company_id ?? 0}`)?.title : undefined
    return showRow(card, { country, names, companyTitle: companyTitle ?? '' })
  })
}

/** The card with its facts. */
export async function showCard(parts: CardShapeParts, portalId: number, card: EntityRecord): Promise<EntityCard> {
  const country = await countryOf(parts.store.read, portalId)
  const person = card.row as Partial<Row<'lead'>>
  const companyId = card.type === 'company' ? null : (person.company_id ?? null)
  const names = await namesOf(parts.users, portalId, [card.row.assigned_by_id])
  const company =
    companyId === null
      ? undefined
      : (await parts.lookup.describe(portalId, [{ type: 'company', id: companyId }])).get(`company:${companyId}`)
  const contacts = card.type === 'company' ? await parts.lookup.contactsOf(portalId, card.row.id, 100) : []
  return {
    ...showRow(card, { country, names, companyTitle: card.type === 'contact' ? (company?.title ?? '') : '' }),
    name: person.name ?? '',
    secondName: person.second_name ?? '',
    lastName: person.last_name ?? '',
    position: person.position ?? '',
    company: company ? { id: company.id, title: company.title } : null,
    contacts: contacts.map((one) => ({ id: one.row.id, title: titleOf('contact', one.row), phones: phonesOf(one, country) })),
    statusId: card.type === 'lead' ? (person.status_id ?? '') : '',
    sourceId: card.row.source_id,
    comments: card.row.comments,
  }
}

interface Surroundings {
  readonly country: string
  readonly names: ReadonlyMap<number, string>
  readonly companyTitle: string
}

function showRow(card: EntityRecord, { country, names, companyTitle }: Surroundings): EntityRow {
  const responsible = names.get(card.row.assigned_by_id)
  return {
    kind: webKindOf(card.type),
    id: card.row.id,
    title: titleOf(card.type, card.row),
    subtitle: card.type === 'lead' ? personOf(card.row as Row<'lead'>) || (card.row as Row<'lead'>).company_title : companyTitle,
    phones: phonesOf(card, country),
    emails: card.multifields
      .filter((one) => one.type_id === 'EMAIL')
      .map((one): Static<typeof Email> => ({ id: one.id, value: one.value, kind: kindOf(one) })),
    responsible: responsible === undefined ? null : { id: card.row.assigned_by_id, name: responsible },
    createdAt: card.row.created_at,
    updatedAt: card.row.updated_at,
  }
}

function webKindOf(type: EntityType): WebKind {
  if (type === 'deal') throw new Error('deals are not shown')
  return type
}

function phonesOf(card: EntityRecord, country: string): Static<typeof Phone>[] {
  return card.multifields
    .filter((one) => one.type_id === 'PHONE')
    .map((one) => {
      const { display, international } = readPhone(one.value, { country })
      return { id: one.id, value: one.value, kind: kindOf(one), display, international }
    })
}

function kindOf(row: Row<'multifield'>): Static<typeof ValueKind> {
  return webKinds.has(row.value_type) ? (row.value_type as Static<typeof ValueKind>) : 'OTHER'
}
