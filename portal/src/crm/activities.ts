/** Activities that apps write (contract 8.4). Those of calls are the timeline's, those of call lists the call lists'. */
import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Outbox } from '../events/outbox.ts'
import { withoutNul } from '../store/fold.ts'
import type { Tx } from '../store/store.ts'
import type { Flag, Row, Tables } from '../store/tables.ts'
import { titleOf, typeIds, typeOfId, type EntityColumns, type EntityType } from './classic-fields.ts'
import { listNames, tableOf, type Author, type Changed } from './entities.ts'
import { activityAdded, activityChanged, activityRemoved } from './events.ts'

/** A card that an activity stands on. */
export interface ActivityOwner {
  readonly type: EntityType
  readonly id: number
}

/** One participant: how and with whom. */
export interface Communication {
  /** PHONE, EMAIL or '' */
  readonly type: string
  readonly value: string
  readonly card: ActivityOwner | null
}

/** What can be said of an activity; times in ms. */
export interface ActivityInput {
  readonly typeId?: number
  readonly providerId?: string
  readonly providerTypeId?: string
  readonly owner?: ActivityOwner
  readonly subject?: string
  readonly description?: string
  readonly descriptionType?: number
  readonly direction?: number
  readonly priority?: number
  readonly startAt?: number
  readonly endAt?: number
  readonly isCompleted?: boolean
  readonly responsibleId?: number
  readonly communications?: readonly Communication[]
}

/** Writes activities and what they stand on. */
export interface Activities {
  /** Answers the id. Throws the `activity_…` refusals. */
  add(tx: Tx, input: ActivityInput, by: Author): Promise<number>
  /** Changes what is given; type, provider and owner stay. Throws `activity_not_found` and the refusals of `add`. */
  change(tx: Tx, id: number, input: ActivityInput, by: Author): Promise<void>
  /** Deletes an activity; with the one of a call list goes the list (contract 5). Throws `activity_not_found`. */
  remove(tx: Tx, id: number, by: Author): Promise<void>
  /** Throws `binding_activity`, `binding_owner`, `binding_exists`. */
  bind(tx: Tx, id: number, owner: ActivityOwner, by: Author): Promise<void>
  /** The first card that is left becomes the owner. Throws `binding_activity`, `binding_not_found`, `binding_last`. */
  unbind(tx: Tx, id: number, owner: ActivityOwner, by: Author): Promise<void>
}

const providers: Readonly<Record<number, readonly [id: string, type: string]>> = {
  1: ['CRM_MEETING', 'MEETING'],
  2: ['VOXIMPLANT_CALL', 'CALL'],
  4: ['CRM_EMAIL', 'EMAIL'],
}

const blank = {
  description: '',
  description_type: 1,
  direction: 0,
  subject: '',
  completed: 0 as Flag,
  status: 1,
  priority: 2,
  communications: '[]',
}

/** Builds the verbs. */
export function createActivities({ clock, outbox, changed }: { clock: Clock; outbox: Pick<Outbox, 'emit'>; changed: Changed }): Activities {
  const tell = (tx: Tx, portalId: number, owners: readonly ActivityOwner[], more: readonly string[] = []): void => {
    const names = [...owners.flatMap(({ type, id }) => [`${type}:${id}`, listNames[type]]), ...more]
    tx.afterCommit(() => changed(portalId, names))
  }

  return {
    async add(tx, input, by) {
      const typeId = input.typeId ?? 0
      const [providerId = '', providerTypeId = ''] = providers[typeId] ?? []
      const provider = input.providerId?.trim() || providerId
      if (provider === '') throw new PortalError('activity_provider')
      if (typeId !== 6 && !input.communications?.length) throw refused('COMMUNICATIONS', 'invalid')
      const now = clock.now()
      const columns = await columnsOf(tx, { direction: 0, ...input, typeId }, by)
      const owners = await ownersOf(tx, by.portalId, [...(input.owner ? [input.owner] : []), ...cardsOf(input.communications)])
      const [owner] = owners
      if (!owner) throw new PortalError('activity_owner')
      const startAt = input.startAt ?? now
      const row = {
        ...blank,
        responsible_id: by.userId,
        start_at: startAt,
        end_at: startAt,
        ...columns,
        portal_id: by.portalId,
        type_id: typeId,
        provider_id: provider,
        provider_type_id: input.providerTypeId ?? (input.providerId === undefined ? providerTypeId : ''),
        author_id: by.userId,
        owner_type_id: typeIds[owner.type],
        owner_id: owner.id,
        call_id: null,
        created_at: now,
        updated_at: now,
      }
      const { id } = await tx.db.insertInto('activity').values(row).returning('id').executeTakeFirstOrThrow()
      for (const one of owners) writeBinding(tx, { id, portalId: by.portalId }, one)
      outbox.emit(tx, activityAdded, { id }, by)
      tell(tx, by.portalId, owners)
      return id
    },

    async change(tx, id, input, by) {
      const found = await findIn(tx, by.portalId, id)
      if (!found) throw new PortalError('activity_not_found')
      const columns = await columnsOf(tx, { ...input, typeId: found.type_id, direction: input.direction ?? found.direction }, by)
      await tx.db
        .updateTable('activity')
        .set({ ...columns, updated_at: clock.now() })
        .where('id', '=', id)
        .execute()
      outbox.emit(tx, activityChanged, { id }, by)
      tell(tx, by.portalId, await boundTo(tx.db, by.portalId, id))
    },

    async remove(tx, id, by) {
      const found = await findIn(tx, by.portalId, id)
      if (!found) throw new PortalError('activity_not_found')
      const owners = await boundTo(tx.db, by.portalId, id)
      tx.write(tx.db.deleteFrom('activity_binding').where('activity_id', '=', id))
      tx.write(tx.db.deleteFrom('activity').where('id', '=', id))
      const lists = found.provider_id === 'CALL_LIST' ? await removeCallLists(tx, by.portalId, id) : []
      outbox.emit(tx, activityRemoved, { id }, by)
      tell(tx, by.portalId, owners, lists.length > 0 ? ['call-lists', ...lists.map((list) => `call-list:${list}`)] : [])
    },

    async bind(tx, id, owner, by) {
      if (!(await findIn(tx, by.portalId, id))) throw new PortalError('binding_activity', { id })
      if ((await ownersOf(tx, by.portalId, [owner])).length === 0) throw new PortalError('binding_owner')
      if ((await boundTo(tx.db, by.portalId, id)).some((one) => isSame(one, owner))) throw new PortalError('binding_exists')
      writeBinding(tx, { id, portalId: by.portalId }, owner)
      outbox.emit(tx, activityChanged, { id }, by)
      tell(tx, by.portalId, [owner])
    },

    async unbind(tx, id, owner, by) {
      const found = await findIn(tx, by.portalId, id)
      if (!found) throw new PortalError('binding_activity', { id })
      const owners = await boundTo(tx.db, by.portalId, id)
      if (!owners.some((one) => isSame(one, owner))) throw new PortalError('binding_not_found')
      const next = owners.find((one) => !isSame(one, owner))
      if (!next) throw new PortalError('binding_last')
      const binding = tx.db.deleteFrom('activity_binding').where('activity_id', '=', id)
      tx.write(binding.where('owner_type_id', '=', typeIds[owner.type]).where('owner_id', '=', owner.id))
      if (found.owner_type_id === typeIds[owner.type] && found.owner_id === owner.id)
        tx.write(tx.db.updateTable('activity').set({ owner_type_id: typeIds[next.type], owner_id: next.id }).where('id', '=', id))
      outbox.emit(tx, activityChanged, { id }, by)
      tell(tx, by.portalId, owners)
    },
  }
}

/** The cards that an activity stands on. */
export async function boundTo(db: Kysely<Tables>, portalId: number, activityId: number): Promise<ActivityOwner[]> {
  const rows = await db
    .selectFrom('activity_binding')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('activity_id', '=', activityId)
    .orderBy('owner_type_id')
    .orderBy('owner_id')
    .execute()
  return rows.flatMap((row) => {
    const type = typeOfId(row.owner_type_id)
    return type ? [{ type, id: row.owner_id }] : []
  })
}

function findIn(tx: Tx, portalId: number, id: number): Promise<Row<'activity'> | undefined> {
  return tx.db.selectFrom('activity').selectAll().where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
}

function isSame(one: ActivityOwner, other: ActivityOwner): boolean {
  return one.type === other.type && one.id === other.id
}

function writeBinding(tx: Tx, activity: { id: number; portalId: number }, owner: ActivityOwner): void {
  tx.insert('activity_binding', {
    activity_id: activity.id,
    portal_id: activity.portalId,
    owner_type_id: typeIds[owner.type],
    owner_id: owner.id,
  })
}

function refused(field: string, problem: 'empty' | 'invalid'): PortalError {
  return new PortalError('activity_field', { field, problem })
}

function cardsOf(communications: readonly Communication[] = []): ActivityOwner[] {
  return communications.flatMap(({ card }) => card ?? [])
}

/** The cards that exist, once each, in the order given. */
async function ownersOf(tx: Tx, portalId: number, wanted: readonly ActivityOwner[]): Promise<Array<ActivityOwner & { title: string }>> {
  const found: Array<ActivityOwner & { title: string }> = []
  for (const { type, id } of wanted) {
    if (found.some((one) => isSame(one, { type, id }))) continue
    const query = tx.db.selectFrom(tableOf(type)).selectAll().where('portal_id', '=', portalId).where('id', '=', id)
    const row: EntityColumns | undefined = await query.executeTakeFirst()
    if (row) found.push({ type, id, title: titleOf(type, row) })
  }
  return found
}

/** What is given as columns, checked. */
async function columnsOf(tx: Tx, input: ActivityInput, by: Author): Promise<Partial<Row<'activity'>>> {
  const subject = input.subject === undefined ? undefined : withoutNul(input.subject).trim().slice(0, 500)
  if (subject === '') throw refused('SUBJECT', 'empty')
  if (input.responsibleId !== undefined) await checkUser(tx, by.portalId, input.responsibleId)
  const communications = input.communications && (await storedCommunications(tx, by.portalId, input))
  return {
    ...(subject !== undefined && { subject }),
    ...(input.description !== undefined && { description: withoutNul(input.description).slice(0, 20_000) }),
    ...(input.descriptionType !== undefined && { description_type: input.descriptionType }),
    ...(input.direction !== undefined && { direction: input.direction }),
    ...(input.priority !== undefined && { priority: input.priority }),
    ...(input.startAt !== undefined && { start_at: input.startAt }),
    ...(input.endAt !== undefined && { end_at: input.endAt }),
    ...(input.isCompleted !== undefined && { completed: input.isCompleted ? 1 : 0, status: input.isCompleted ? 2 : 1 }),
    ...(input.responsibleId !== undefined && { responsible_id: input.responsibleId }),
    ...(communications !== undefined && { communications }),
  }
}

async function checkUser(tx: Tx, portalId: number, id: number): Promise<void> {
  const user = await tx.db.selectFrom('user').select('id').where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
  if (!user) throw refused('RESPONSIBLE_ID', 'invalid')
}

/** A call has exactly one participant (contract 8.4). */
async function storedCommunications(tx: Tx, portalId: number, { communications = [], typeId }: ActivityInput): Promise<string> {
  if (typeId === 2 && communications.length > 1) throw new PortalError('activity_communications')
  if (communications.length > 100) throw refused('COMMUNICATIONS', 'invalid')
  const cards = await ownersOf(tx, portalId, cardsOf(communications))
  const stored = communications.map(({ type, value, card }) => ({
    type,
    value: withoutNul(value).slice(0, 255),
    entityTypeId: card ? typeIds[card.type] : 0,
    entityId: card?.id ?? 0,
    title: (card && cards.find((one) => isSame(one, card))?.title) ?? '',
  }))
  return JSON.stringify(stored)
}

async function removeCallLists(tx: Tx, portalId: number, activityId: number): Promise<number[]> {
  const lists = await tx.db
    .deleteFrom('call_list')
    .where('portal_id', '=', portalId)
    .where('activity_id', '=', activityId)
    .returning('id')
    .execute()
  for (const { id } of lists) tx.write(tx.db.deleteFrom('call_list_item').where('call_list_id', '=', id))
  return lists.map(({ id }) => id)
}
