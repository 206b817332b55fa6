import { sql, type Kysely, type SqlBool } from 'kysely'
import { containing, fold } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import { closedLeadStatuses, titleOf, type EntityColumns, type EntityType } from './classic-fields.ts'
import { tableOf, type EntityRecord } from './entities.ts'
import { matchOf, multifieldsOf } from './multifields.ts'
import { readPhone } from './phones.ts'
import { anyOf, queryRows, type Condition } from './queries.ts'

/** Who a number belongs to. */
export interface Match {
  readonly type: EntityType
  readonly id: number
  readonly title: string
  /** the responsible user */
  readonly responsibleId: number
}

/** One page of cards, newest first. */
export interface CardPage {
  readonly cards: readonly EntityRecord[]
  /** id to give as `beforeId` for the next page; null on the last one */
  readonly nextBeforeId: number | null
  /** counted on the first page of all cards only: counting matches means looking at every card */
  readonly total: number | null
}

/** Finds cards: by number, by text, by id. Reads only; `db` is the transaction's, to read inside one. */
export interface Lookup {
  /** Best match first: contacts, companies, leads; open leads before closed ones. `digits` as `readPhone` gives them. */
  findByPhone(portalId: number, digits: string, db?: Kysely<Tables>): Promise<Match[]>
  /** Ids of cards with one of these phones or e-mails, oldest first, at most 20 of a type. */
  findByCommunication(search: {
    portalId: number
    typeId: 'PHONE' | 'EMAIL'
    values: readonly string[]
    type: EntityType
  }): Promise<number[]>
  /** A page of a list; `search` is a part of a name or title (a contact's company too), of a phone number (3 digits or more), or of an e-mail. */
  page(query: { portalId: number; type: EntityType; search: string; beforeId: number | null; limit: number }): Promise<CardPage>
  /** Over contacts, companies and leads: names that begin with the text first. */
  quickSearch(portalId: number, search: string, limit: number): Promise<EntityRecord[]>
  /** The cards of these ids that exist, by id. */
  cardsOf(portalId: number, type: EntityType, ids: readonly number[], db?: Kysely<Tables>): Promise<Map<number, EntityRecord>>
  /** What cards are called and who is responsible, by `contact:4`; absent when the card is gone. */
  describe(portalId: number, cards: ReadonlyArray<{ type: EntityType; id: number }>, db?: Kysely<Tables>): Promise<Map<string, Match>>
  /** The first contacts of a company. */
  contactsOf(portalId: number, companyId: number, limit: number): Promise<EntityRecord[]>
  /** Whom a click on a deal is about: its contact, else its company, else null (contract 13.7). */
  callParty(portalId: number, dealId: number): Promise<{ type: 'contact' | 'company'; id: number } | null | undefined>
}

/** The country that a portal's numbers without + belong to. */
export async function countryOf(db: Kysely<Tables>, portalId: number): Promise<string> {
  return (await db.selectFrom('portal').select('country').where('id', '=', portalId).executeTakeFirstOrThrow()).country
}

/** Builds the lookups. */
export function createLookup({ store }: { store: Store }): Lookup {
  const read = store.read
  const ownersOf = (db: Kysely<Tables>, { portalId, digits }: { portalId: number; digits: string }) =>
    db
      .selectFrom('multifield')
      .select(['entity_type', 'entity_id'])
      .distinct()
      .where('portal_id', '=', portalId)
      .where('type_id', '=', 'PHONE')
      .where('match', '=', digits)
      .limit(200)
  const readOwners = store.prepareRead(ownersOf)

  const cardsOf: Lookup['cardsOf'] = async (portalId, type, ids, db = read) => {
    const unique = [...new Set(ids)]
    if (unique.length === 0) return new Map()
    const rows = await db.selectFrom(tableOf(type)).selectAll().where('portal_id', '=', portalId).where('id', 'in', unique).execute()
    return new Map((await withMultifields(db, { portalId, type, rows })).map((card) => [card.row.id, card]))
  }

  const describe: Lookup['describe'] = async (portalId, cards, db = read) => {
    const found = new Map<string, Match>()
    for (const type of new Set(cards.map((card) => card.type))) {
      const ids = [...new Set(cards.filter((card) => card.type === type).map((card) => card.id))]
      const rows: EntityColumns[] = await db
        .selectFrom(tableOf(type))
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('id', 'in', ids)
        .execute()
      for (const row of rows)
        found.set(`${type}:${row.id}`, { type, id: row.id, title: titleOf(type, row), responsibleId: row.assigned_by_id })
    }
    return found
  }

  const page: Lookup['page'] = async ({ portalId, type, search, beforeId, limit }) => {
    const conditions = await searchConditions(read, { portalId, type, search })
    if (beforeId !== null) conditions.push(sql<SqlBool>`id < ${beforeId}`)
    const query = {
      conditions,
      order: [{ column: 'id', descending: true }],
      limit: limit + 1,
      offset: 0,
      isCounted: beforeId === null && conditions.length === 0,
    }
    const { rows, total } = await queryRows(read, { table: type, portalId, query })
    const shown = rows.slice(0, limit) as unknown as EntityColumns[]
    const nextBeforeId = rows.length > limit ? (shown.at(-1)?.id ?? null) : null
    return { cards: await withMultifields(read, { portalId, type, rows: shown }), nextBeforeId, total }
  }

  return {
    cardsOf,
    describe,
    page,

    async findByPhone(portalId, digits, db = read) {
      if (digits === '') return []
      const owners = db === read ? await readOwners({ portalId, digits }) : await ownersOf(db, { portalId, digits }).execute()
      if (owners.length === 0) return []
      const cards = owners.map((owner) => ({ type: owner.entity_type as EntityType, id: owner.entity_id }))
      const known = [...(await describe(portalId, cards, db)).values()]
      const open = await openLeads(db, portalId, known)
      return known.sort((a, b) => rank(a, open) - rank(b, open) || a.id - b.id)
    },

    async findByCommunication({ portalId, typeId, values, type }) {
      const country = await countryOf(read, portalId)
      const matches = [...new Set(values.map((value) => matchOf(typeId, value, country)))].filter((match) => match !== '')
      if (matches.length === 0) return []
      const found = read.selectFrom('multifield').select('entity_id').where('portal_id', '=', portalId).where('type_id', '=', typeId)
      // not the bare column: SQLite would walk all owners of the type in their order instead of looking the values up
      const ofType = sql<SqlBool>`entity_type || '' = ${type}`
      const rows = await found.where('match', 'in', matches).where(ofType).distinct().orderBy('entity_id').limit(20).execute()
      return rows.map((row) => row.entity_id)
    },

    async quickSearch(portalId, search, limit) {
      const wanted = fold(search)
      if (wanted === '') return []
      const pages = []
      for (const type of ['contact', 'company', 'lead'] as const)
        pages.push(...(await page({ portalId, type, search, beforeId: null, limit })).cards)
      const begins = (card: EntityRecord) => (card.row.search.startsWith(wanted) ? 0 : 1)
      return pages.sort((a, b) => begins(a) - begins(b)).slice(0, limit)
    },

    async contactsOf(portalId, companyId, limit) {
      const rows = await read
        .selectFrom('contact')
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('company_id', '=', companyId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return withMultifields(read, { portalId, type: 'contact', rows })
    },

    async callParty(portalId, dealId) {
      const deal = await read
        .selectFrom('deal')
        .select(['contact_id', 'company_id'])
        .where('portal_id', '=', portalId)
        .where('id', '=', dealId)
        .executeTakeFirst()
      if (!deal) return undefined
      if (deal.contact_id) return { type: 'contact', id: deal.contact_id }
      return deal.company_id ? { type: 'company', id: deal.company_id } : null
    },
  }
}

async function withMultifields(
  db: Kysely<Tables>,
  { portalId, type, rows }: { portalId: number; type: EntityType; rows: readonly EntityColumns[] },
): Promise<EntityRecord[]> {
  const multifields = await multifieldsOf(db, { portalId, type, ids: rows.map((row) => row.id) })
  return rows.map((row) => ({ type, row, multifields: multifields.get(row.id) ?? [] }))
}

async function openLeads(db: Kysely<Tables>, portalId: number, matches: readonly Match[]): Promise<ReadonlySet<number>> {
  const ids = matches.filter((match) => match.type === 'lead').map((match) => match.id)
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('lead')
    .select('id')
    .where('portal_id', '=', portalId)
    .where('id', 'in', ids)
    .where('status_id', 'not in', closedLeadStatuses)
    .execute()
  return new Set(rows.map((row) => row.id))
}

function rank(match: Match, open: ReadonlySet<number>): number {
  if (match.type === 'contact') return 0
  if (match.type === 'company') return 1
  return open.has(match.id) ? 2 : 3
}

async function searchConditions(
  db: Kysely<Tables>,
  { portalId, type, search }: { portalId: number; type: EntityType; search: string },
): Promise<Condition[]> {
  const wanted = fold(search.slice(0, 200))
  if (wanted === '') return []
  const words = wanted
    .split(' ')
    .slice(0, 8)
    .map((word) => sql<SqlBool>`search like ${containing(word)} escape '!'`)
  const byName = sql<SqlBool>`(${sql.join(words, sql` and `)})`
  const ways: Condition[] = [byName]
  if (type === 'contact') ways.push(sql<SqlBool>`company_id in (select id from company where portal_id = ${portalId} and ${byName})`)
  const byValue = (typeId: string, part: string) =>
    sql<SqlBool>`id in (select entity_id from multifield where portal_id = ${portalId} and type_id = ${typeId} and entity_type = ${type} and ${sql.ref('match')} like ${containing(part)} escape '!')`
  if (type === 'deal') return [anyOf(ways)]
  if (!wanted.includes(' ')) ways.push(byValue('EMAIL', wanted))
  const digits = search.replace(/\D/g, '')
  if (digits.length >= 3 && /^[\s\d()+./-]+$/.test(search)) {
    const country = await countryOf(db, portalId)
    // a number typed with its trunk prefix is stored without it
    const trunk = country === 'RU' || country === 'KZ' ? /^8/ : /^0+/
    const parts = new Set([digits, digits.replace(trunk, ''), readPhone(search, { country }).digits].filter((part) => part.length >= 3))
    for (const part of parts) ways.push(byValue('PHONE', part))
  }
  return [anyOf(ways)]
}

/** The phones of a card, in their order. */
export function phonesOf(card: EntityRecord): readonly Row<'multifield'>[] {
  return card.multifields.filter((one) => one.type_id === 'PHONE')
}
