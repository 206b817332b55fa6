/** What a call makes in the CRM by itself: leads, contacts and deals (contract 4.2). */
import type { Kysely } from 'kysely'
import { PortalError } from '../errors.ts'
import type { Tx } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import { closedLeadStatuses, type EntityType } from './classic-fields.ts'
import type { Author, Entities } from './entities.ts'
import type { Match } from './lookup.ts'

/** A card that was made for a call. */
export interface CreatedCard {
  readonly type: 'lead' | 'contact' | 'deal'
  readonly id: number
}

/** What is asked for by a call whose client is not known, or has nothing going on. */
export interface Wanted {
  /** who caused it: the events carry their tokens */
  readonly by: Author
  /** the call's user, responsible unless the client has somebody */
  readonly userId: number
  readonly number: string
  /** TYPE of the call */
  readonly callType: number
  /** STATUS_ID of a source; '' takes that of calls */
  readonly sourceId: string
  /** the cards of the number, best first */
  readonly found: readonly Match[]
  /** classic: leads; simple: contacts with deals */
  readonly mode: 'classic' | 'simple'
  /** make one more for a client who has no active lead or deal */
  readonly repeatSales: boolean
}

const words = {
  en: { incoming: 'Incoming call', outgoing: 'Outgoing call', callback: 'Callback request', repeat: 'Repeat sale' },
  ru: { incoming: 'Входящий звонок', outgoing: 'Исходящий звонок', callback: 'Заказ обратного звонка', repeat: 'Повторная продажа' },
} as const

/** What came of a wish for cards. */
export interface Creation {
  /** the first is what the call is tied to when nobody was found; empty when there was nothing to make */
  readonly created: readonly CreatedCard[]
  /** why not all of it could be made, in words; null: nothing went wrong */
  readonly problem: string | null
}

/**
 * Makes what is wanted. A card that is refused does not take the call with it (contract 4.2, LEAD_CREATION_ERROR): its client may be deleted by
 * another process between the search and here.
 */
export async function autoCreate(entities: Entities, tx: Tx, wanted: Wanted): Promise<Creation> {
  const created: CreatedCard[] = []
  try {
    await makeCards(entities, tx, { wanted, made: (card) => created.push(card) })
    return { created, problem: null }
  } catch (error) {
    if (!(error instanceof PortalError) || error.key !== 'crm_field') throw error
    return { created, problem: error.message }
  }
}

async function makeCards(
  entities: Entities,
  tx: Tx,
  { wanted, made }: { wanted: Wanted; made: (card: CreatedCard) => void },
): Promise<void> {
  const { found, by } = wanted
  if (found.length > 0 && !wanted.repeatSales) return
  if (found.length > 0 && (await hasActiveSale(tx.db, by.portalId, found))) return
  const { language } = await tx.db.selectFrom('portal').select('language').where('id', '=', by.portalId).executeTakeFirstOrThrow()
  const said = words[language === 'ru' ? 'ru' : 'en']
  const client = found.find((match) => match.type === 'contact' || match.type === 'company')
  const own = {
    assigned_by_id: await responsibleFor(tx.db, wanted, client ?? found[0]),
    source_id: (wanted.sourceId || (wanted.callType === 4 ? 'CALLBACK' : 'CALL')).slice(0, 255),
  }
  if (client) {
    const title = `${said.repeat}: ${client.title || wanted.number}`.slice(0, 255)
    const type = wanted.mode === 'simple' ? 'deal' : 'lead'
    const fields = { ...own, title, [client.type === 'contact' ? 'contact_id' : 'company_id']: client.id }
    return made({ type, id: await entities.create(tx, type, { fields }, by) })
  }
  const isIncoming = wanted.callType === 2 || wanted.callType === 3
  const title = `${wanted.callType === 4 ? said.callback : isIncoming ? said.incoming : said.outgoing}: ${wanted.number}`.slice(0, 255)
  const multifields = { writes: [{ typeId: 'PHONE' as const, value: wanted.number.slice(0, 255) }] }
  if (wanted.mode === 'classic')
    return made({ type: 'lead', id: await entities.create(tx, 'lead', { fields: { ...own, title }, multifields }, by) })
  const contactId = await entities.create(tx, 'contact', { fields: { ...own, name: wanted.number.slice(0, 100) }, multifields }, by)
  made({ type: 'contact', id: contactId })
  made({ type: 'deal', id: await entities.create(tx, 'deal', { fields: { ...own, title, contact_id: contactId } }, by) })
}

/** The client's responsible person, if they still work here, else the call's user. */
async function responsibleFor(db: Kysely<Tables>, { by, userId }: Wanted, client: Match | undefined): Promise<number> {
  if (!client) return userId
  const user = await db
    .selectFrom('user')
    .select('id')
    .where('portal_id', '=', by.portalId)
    .where('id', '=', client.responsibleId)
    .where('is_active', '=', 1)
    .executeTakeFirst()
  return user?.id ?? userId
}

/** Whether one of these cards is a lead under way, or has a lead or deal under way. */
export async function hasActiveSale(db: Kysely<Tables>, portalId: number, cards: readonly Match[]): Promise<boolean> {
  const idsOf = (type: EntityType): number[] => [0, ...cards.filter((card) => card.type === type).map((card) => card.id)]
  const closedLeads = await closedStages(db, { portalId, entityId: 'STATUS', otherwise: closedLeadStatuses })
  const lead = await db
    .selectFrom('lead')
    .select('id')
    .where('portal_id', '=', portalId)
    .where('status_id', 'not in', closedLeads)
    .where((eb) =>
      eb.or([eb('id', 'in', idsOf('lead')), eb('contact_id', 'in', idsOf('contact')), eb('company_id', 'in', idsOf('company'))]),
    )
    .limit(1)
    .executeTakeFirst()
  if (lead) return true
  const closedDeals = await closedStages(db, { portalId, entityId: 'DEAL_STAGE', otherwise: ['WON', 'LOSE'] })
  const deal = await db
    .selectFrom('deal')
    .select('id')
    .where('portal_id', '=', portalId)
    .where('stage_id', 'not in', closedDeals)
    .where((eb) => eb.or([eb('contact_id', 'in', idsOf('contact')), eb('company_id', 'in', idsOf('company'))]))
    .limit(1)
    .executeTakeFirst()
  return deal !== undefined
}

/** The stages that end a lead or a deal, those that an admin added too. */
async function closedStages(
  db: Kysely<Tables>,
  { portalId, entityId, otherwise }: { portalId: number; entityId: string; otherwise: readonly string[] },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('crm_status')
    .select('status_id')
    .where('portal_id', '=', portalId)
    .where('entity_id', '=', entityId)
    .where('semantics', 'in', ['S', 'F'])
    .execute()
  return rows.length > 0 ? rows.map((row) => row.status_id) : otherwise
}

/** Makes a user responsible for cards that a call made; cards that are gone, or are theirs, are left alone. */
export async function assignCreated(
  entities: Entities,
  tx: Tx,
  { cards, userId, by }: { cards: readonly CreatedCard[]; userId: number; by: Author },
): Promise<void> {
  for (const card of cards) {
    const found = await entities.find(by.portalId, card, tx.db)
    if (!found || found.row.assigned_by_id === userId) continue
    await entities.change(tx, card, { fields: { assigned_by_id: userId } }, by)
  }
}
