import { sql, type SqlBool } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Outbox } from '../events/outbox.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { titleOf, typeIds, type EntityColumns, type EntityType } from './classic-fields.ts'
import { listNames, tableOf, type Changed } from './entities.ts'
import { activityAdded, activityChanged } from './events.ts'

/** What an activity has to know of a finished call. */
export interface CallFacts {
  readonly portalId: number
  readonly callId: string
  /** TYPE: 1 out, 2 in, 3 in redirected, 4 callback, 5 info (contract 4.2) */
  readonly type: number
  /** who talked: responsible for the activity */
  readonly userId: number
  /** who reported it, whose tokens the event carries; null: the portal itself (contract 1.3) */
  readonly actorId: number | null
  /** as it was dialled or shown */
  readonly phoneNumber: string
  readonly startedAt: number
  readonly endedAt: number
  readonly isAnswered: boolean
  readonly card: { readonly type: EntityType; readonly id: number }
  /** cards that the call made: the activity stands on them too */
  readonly created?: ReadonlyArray<{ readonly type: EntityType; readonly id: number }>
}

/** One entry of a card's timeline. */
export interface TimelineItem {
  /** id of the activity or the note; 0 for the entry that the card was added */
  readonly id: number
  readonly kind: 'call' | 'activity' | 'note' | 'created'
  readonly at: number
  readonly subject: string
  readonly text: string
  readonly authorId: number
  /** of a call */
  readonly callId: string | null
  /** the call that a note tells of */
  readonly tellsOf: string | null
}

/** Where the next page of a timeline begins. */
export interface TimelinePlace {
  readonly at: number
  readonly isNote: boolean
  readonly id: number
}

/** Activities of calls, and the timelines they stand on (contract 8.4). */
export interface Timeline {
  /** Writes the activity of a finished call on its card (for a contact on its company too), says so, answers its id. Null when the card is gone. */
  addCallActivity(tx: Tx, facts: CallFacts): Promise<number | null>
  /** Corrects it after a later report (design 11.1). False when the activity is gone. */
  correctCallActivity(tx: Tx, activityId: number, facts: CallFacts): Promise<boolean>
  /** A page of a card's timeline, newest first; null when there is no such card. */
  page(query: {
    portalId: number
    card: { type: EntityType; id: number }
    after: TimelinePlace | null
    limit: number
  }): Promise<{ items: readonly TimelineItem[]; next: TimelinePlace | null } | null>
}

/** Builds the timeline. */
export function createTimeline({
  store,
  clock,
  outbox,
  changed,
}: {
  store: Store
  clock: Clock
  outbox: Pick<Outbox, 'emit'>
  changed: Changed
}): Timeline {
  const tell = (tx: Tx, portalId: number, owners: readonly Owner[]): void => {
    tx.afterCommit(() =>
      changed(
        portalId,
        owners.flatMap(({ type, id }) => [`${type}:${id}`, listNames[type]]),
      ),
    )
  }

  return {
    async addCallActivity(tx, facts) {
      const owners = await ownersOf(tx, facts)
      const [owner] = owners
      if (!owner) return null
      const now = clock.now()
      const row = { ...(await callColumns(tx, facts, owner)), portal_id: facts.portalId, created_at: now, updated_at: now }
      const { id } = await tx.db.insertInto('activity').values(row).returning('id').executeTakeFirstOrThrow()
      for (const one of owners)
        tx.insert('activity_binding', { activity_id: id, portal_id: facts.portalId, owner_type_id: typeIds[one.type], owner_id: one.id })
      outbox.emit(tx, activityAdded, { id, callId: facts.callId }, causedBy(facts))
      tell(tx, facts.portalId, owners)
      return id
    },

    async correctCallActivity(tx, activityId, facts) {
      const owners = await ownersOf(tx, facts)
      const [owner] = owners
      if (!owner) return false
      const change = { ...(await callColumns(tx, facts, owner)), updated_at: clock.now() }
      const update = tx.db.updateTable('activity').set(change).where('portal_id', '=', facts.portalId).where('id', '=', activityId)
      if (Number((await update.executeTakeFirstOrThrow()).numUpdatedRows) === 0) return false
      outbox.emit(tx, activityChanged, { id: activityId, callId: facts.callId }, causedBy(facts))
      tell(tx, facts.portalId, owners)
      return true
    },

    async page({ portalId, card, after, limit }) {
      const found: EntityColumns | undefined = await store.read
        .selectFrom(tableOf(card.type))
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('id', '=', card.id)
        .executeTakeFirst()
      if (!found) return null
      const query = { portalId, card, after, limit: limit + 1 }
      const [activities, notes] = [await activitiesOf(store, query), await notesOf(store, query)]
      const both = [...activities.map(itemOf), ...notes.map(noteItemOf)].toSorted(newestFirst)
      const items = both.slice(0, limit)
      const last = items.at(-1)
      // the entry that the card was added is always the last one
      if (both.length > limit && last) return { items, next: { at: last.at, isNote: last.kind === 'note', id: last.id } }
      const created = {
        id: 0,
        kind: 'created' as const,
        at: found.created_at,
        subject: '',
        text: '',
        authorId: found.created_by_id,
        callId: null,
        tellsOf: null,
      }
      return { items: [...items, created], next: null }
    },
  }
}

interface Owner {
  readonly type: EntityType
  readonly id: number
  readonly title: string
}

function causedBy(facts: CallFacts): { portalId: number; userId: number | null } {
  return { portalId: facts.portalId, userId: facts.actorId }
}

/** The card of the call, the company of a contact, and what the call made; nothing when the card is gone. */
async function ownersOf(tx: Tx, { portalId, card, created = [] }: CallFacts): Promise<Owner[]> {
  const row: EntityColumns | undefined = await tx.db
    .selectFrom(tableOf(card.type))
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('id', '=', card.id)
    .executeTakeFirst()
  if (!row) return []
  const owners: Owner[] = [{ ...card, title: titleOf(card.type, row) }]
  if (card.type === 'contact' && row.company_id !== null) {
    const company = await tx.db
      .selectFrom('company')
      .select(['id', 'title'])
      .where('portal_id', '=', portalId)
      .where('id', '=', row.company_id)
      .executeTakeFirst()
    if (company) owners.push({ type: 'company', id: company.id, title: company.title })
  }
  for (const { type, id } of created) {
    if (owners.some((owner) => owner.type === type && owner.id === id)) continue
    const made: EntityColumns | undefined = await tx.db
      .selectFrom(tableOf(type))
      .selectAll()
      .where('portal_id', '=', portalId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (made) owners.push({ type, id, title: titleOf(type, made) })
  }
  return owners
}

async function callColumns(tx: Tx, facts: CallFacts, owner: Owner) {
  const { language } = await tx.db.selectFrom('portal').select('language').where('id', '=', facts.portalId).executeTakeFirstOrThrow()
  const isIncoming = facts.type === 2 || facts.type === 3
  const isMissed = isIncoming && !facts.isAnswered
  const number = withoutNul(facts.phoneNumber)
  return {
    type_id: 2,
    provider_id: 'VOXIMPLANT_CALL',
    provider_type_id: 'CALL',
    direction: isIncoming ? 1 : 2,
    subject: subjectOf({
      language,
      kind: isMissed ? 'missed' : isIncoming ? 'incoming' : facts.type === 4 ? 'callback' : 'outgoing',
      client: owner.title || number,
    }),
    description: '',
    description_type: 1,
    start_at: facts.startedAt,
    end_at: facts.endedAt,
    completed: isMissed ? (0 as const) : (1 as const),
    status: isMissed ? 1 : 2,
    priority: 2,
    responsible_id: facts.userId,
    author_id: facts.userId,
    owner_type_id: typeIds[owner.type],
    owner_id: owner.id,
    communications: JSON.stringify([
      { type: 'PHONE', value: number, entityTypeId: typeIds[owner.type], entityId: owner.id, title: owner.title },
    ]),
    call_id: facts.callId,
  }
}

const subjects = {
  en: { outgoing: 'Outgoing call to', incoming: 'Incoming call from', missed: 'Missed call from', callback: 'Callback to' },
  ru: { outgoing: 'Исходящий звонок:', incoming: 'Входящий звонок:', missed: 'Пропущенный звонок:', callback: 'Обратный звонок:' },
} as const

function subjectOf({ language, kind, client }: { language: string; kind: keyof (typeof subjects)['en']; client: string }): string {
  return `${subjects[language === 'ru' ? 'ru' : 'en'][kind]} ${client}`
}

interface TimelineQuery {
  readonly portalId: number
  readonly card: { readonly type: EntityType; readonly id: number }
  readonly after: TimelinePlace | null
  readonly limit: number
}

function activitiesOf(store: Store, { portalId, card, after, limit }: TimelineQuery): Promise<Row<'activity'>[]> {
  let query = store.read
    .selectFrom('activity')
    .selectAll('activity')
    .innerJoin('activity_binding', 'activity_binding.activity_id', 'activity.id')
    .where('activity_binding.portal_id', '=', portalId)
    .where('activity_binding.owner_type_id', '=', typeIds[card.type])
    .where('activity_binding.owner_id', '=', card.id)
    .where('activity.provider_id', '<>', 'CALL_LIST')
  // of what happened at the same time notes come after activities
  if (after?.isNote) query = query.where('activity.start_at', '<', after.at)
  else if (after)
    query = query.where(sql<SqlBool>`(activity.start_at < ${after.at} or (activity.start_at = ${after.at} and activity.id < ${after.id}))`)
  return query.orderBy('activity.start_at', 'desc').orderBy('activity.id', 'desc').limit(limit).execute()
}

function notesOf(store: Store, { portalId, card, after, limit }: TimelineQuery): Promise<Row<'note'>[]> {
  let query = store.read
    .selectFrom('note')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('entity_type', '=', card.type)
    .where('entity_id', '=', card.id)
  if (after) {
    const isEarlier = after.isNote ? sql<SqlBool>`(created_at = ${after.at} and id < ${after.id})` : sql<SqlBool>`created_at = ${after.at}`
    query = query.where(sql<SqlBool>`(created_at < ${after.at} or ${isEarlier})`)
  }
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
}

function newestFirst(a: TimelineItem, b: TimelineItem): number {
  return b.at - a.at || Number(a.kind === 'note') - Number(b.kind === 'note') || b.id - a.id
}

function noteItemOf(row: Row<'note'>): TimelineItem {
  return {
    id: row.id,
    kind: 'note',
    at: row.created_at,
    subject: '',
    text: row.text,
    authorId: row.author_id,
    callId: null,
    tellsOf: row.call_id,
  }
}

function itemOf(row: Row<'activity'>): TimelineItem {
  const kind = row.provider_id === 'VOXIMPLANT_CALL' ? ('call' as const) : ('activity' as const)
  return {
    id: row.id,
    kind,
    at: row.start_at,
    subject: row.subject,
    text: row.description,
    authorId: row.responsible_id,
    callId: row.call_id,
    tellsOf: null,
  }
}
