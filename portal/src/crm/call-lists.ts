import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import type { Outbox } from '../events/outbox.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import { typeIds } from './classic-fields.ts'
import type { Author, Changed } from './entities.ts'
import { activityAdded } from './events.ts'
import { isStatus } from './statuses.ts'

/** What call lists are made of. */
export type CallListType = 'contact' | 'company'

/** A call list with the numbers of its participants. */
export interface CallListSummary {
  readonly list: Row<'call_list'>
  readonly total: number
  /** participants that are no longer IN_WORK */
  readonly done: number
}

/** What a call list is made from. */
export interface NewCallList {
  readonly type: CallListType
  /** cards of that type, in the order of calling */
  readonly entityIds: readonly number[]
  readonly title?: string
  readonly webformId?: number | null
}

/** A call of a call list's participant. */
export interface CallOfList {
  readonly portalId: number
  readonly callListId: number
  readonly entity: { readonly type: string; readonly id: number }
  readonly callId: string
  readonly isSuccess: boolean
}

/** Contacts or companies to be called in turn. */
export interface CallLists {
  /** Adds a list and its activity; answers its id. Throws `call_list_entity_ids` when a card does not exist. */
  create(tx: Tx, list: NewCallList, by: Author): Promise<number>
  /** Replaces the participants; those that stay keep their status. Throws `call_list_update_id`, `call_list_other_type`, `call_list_new_ids`. */
  replace(tx: Tx, id: number, list: NewCallList, by: Author): Promise<void>
  /** Sets the status of a participant. False when the list has no such item. */
  setStatus(tx: Tx, item: { portalId: number; callListId: number; itemId: number; status: string }): Promise<boolean>
  /** Ties a call to a participant; with `isSuccess` one that is IN_WORK gets SUCCESS, if there is such a status. Who is no participant is no error. */
  tieCall(tx: Tx, call: CallOfList): Promise<void>
  find(portalId: number, id: number, db?: Kysely<Tables>): Promise<Row<'call_list'> | null>
  /** How far lists have come, in the order given. */
  summarise(lists: readonly Row<'call_list'>[]): Promise<CallListSummary[]>
  /** Newest first. */
  page(query: {
    portalId: number
    beforeId: number | null
    limit: number
  }): Promise<{ lists: CallListSummary[]; nextBeforeId: number | null }>
  /** Participants in the order of calling. */
  items(portalId: number, callListId: number, statuses?: readonly string[]): Promise<Row<'call_list_item'>[]>
  /** Is this card in the list? For the CALL_LIST_ID of a click. */
  holds(portalId: number, callListId: number, entityId: number): Promise<boolean>
}

const chunkSize = 500

/** Builds the call lists. */
export function createCallLists({
  store,
  clock,
  outbox,
  changed,
}: {
  store: Store
  clock: Clock
  outbox: Pick<Outbox, 'emit'>
  changed: Changed
}): CallLists {
  const read = store.read
  const tell = (tx: Tx, portalId: number, id: number): void => tx.afterCommit(() => changed(portalId, ['call-lists', `call-list:${id}`]))

  const summarise: CallLists['summarise'] = async (lists) => {
    if (lists.length === 0) return []
    const counts = await read
      .selectFrom('call_list_item')
      .select(['call_list_id', 'status', (eb) => eb.fn.countAll().as('count')])
      .where(
        'call_list_id',
        'in',
        lists.map((list) => list.id),
      )
      .groupBy(['call_list_id', 'status'])
      .execute()
    const sum = (id: number, isDone: boolean) =>
      counts
        .filter((one) => one.call_list_id === id && (!isDone || one.status !== 'IN_WORK'))
        .reduce((all, one) => all + Number(one.count), 0)
    return lists.map((list) => ({ list, total: sum(list.id, false), done: sum(list.id, true) }))
  }

  return {
    summarise,

    async create(tx, list, by) {
      const entityIds = await checkedIds(tx, { list, by, refusal: 'call_list_entity_ids' })
      const row = {
        portal_id: by.portalId,
        title: titleOf(list),
        entity_type: list.type,
        webform_id: list.webformId ?? null,
        created_by_id: by.userId,
        activity_id: null,
        created_at: clock.now(),
      }
      const { id } = await tx.db.insertInto('call_list').values(row).returning('id').executeTakeFirstOrThrow()
      await addItems(tx, { portalId: by.portalId, callListId: id, entityIds, from: 0 })
      const activityId = await addActivity(tx, { callListId: id, list, entityIds, by, now: clock.now() })
      const title = row.title || (await defaultTitle(tx, by.portalId, id))
      await tx.db.updateTable('call_list').set({ title, activity_id: activityId }).where('id', '=', id).execute()
      outbox.emit(tx, activityAdded, { id: activityId }, by)
      tell(tx, by.portalId, id)
      return id
    },

    async replace(tx, id, list, by) {
      const found = await listOf(tx.db, by.portalId, id)
      if (!found) throw new PortalError('call_list_update_id')
      if (found.entity_type !== list.type) throw new PortalError('call_list_other_type')
      const entityIds = await checkedIds(tx, { list, by, refusal: 'call_list_new_ids' })
      const old = await tx.db.selectFrom('call_list_item').selectAll().where('call_list_id', '=', id).execute()
      const wanted = new Set(entityIds)
      const gone = old.filter((item) => !wanted.has(item.entity_id)).map((item) => item.id)
      for (let from = 0; from < gone.length; from += chunkSize)
        tx.write(tx.db.deleteFrom('call_list_item').where('id', 'in', gone.slice(from, from + chunkSize)))
      const kept = new Set(old.map((item) => item.entity_id))
      await addItems(tx, { portalId: by.portalId, callListId: id, entityIds: entityIds.filter((one) => !kept.has(one)), from: old.length })
      tx.write(
        tx.db
          .updateTable('call_list')
          .set({ webform_id: list.webformId ?? null })
          .where('id', '=', id),
      )
      tell(tx, by.portalId, id)
    },

    async setStatus(tx, { portalId, callListId, itemId, status }) {
      if (!(await isStatus(tx.db, portalId, 'CALL_LIST', status))) throw new PortalError('call_list_status')
      const update = tx.db
        .updateTable('call_list_item')
        .set({ status })
        .where('portal_id', '=', portalId)
        .where('call_list_id', '=', callListId)
      const { numUpdatedRows } = await update.where('id', '=', itemId).executeTakeFirstOrThrow()
      tell(tx, portalId, callListId)
      return Number(numUpdatedRows) > 0
    },

    async tieCall(tx, { portalId, callListId, entity, callId, isSuccess }) {
      const list = await listOf(tx.db, portalId, callListId)
      // a lead may have the id of a participant
      if (list?.entity_type !== entity.type) return
      const item = tx.db.updateTable('call_list_item').where('call_list_id', '=', callListId).where('entity_id', '=', entity.id)
      tx.write(item.set({ last_call_id: callId }))
      if (isSuccess && (await isStatus(tx.db, portalId, 'CALL_LIST', 'SUCCESS')))
        tx.write(item.set({ status: 'SUCCESS' }).where('status', '=', 'IN_WORK'))
      tell(tx, portalId, callListId)
    },

    find: async (portalId, id, db = read) => (await listOf(db, portalId, id)) ?? null,

    async page({ portalId, beforeId, limit }) {
      let query = read.selectFrom('call_list').selectAll().where('portal_id', '=', portalId)
      if (beforeId !== null) query = query.where('id', '<', beforeId)
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      return { lists: await summarise(shown), nextBeforeId: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
    },

    items(portalId, callListId, statuses) {
      const query = read.selectFrom('call_list_item').selectAll().where('portal_id', '=', portalId).where('call_list_id', '=', callListId)
      return (statuses && statuses.length > 0 ? query.where('status', 'in', statuses) : query).orderBy('position').orderBy('id').execute()
    },

    async holds(portalId, callListId, entityId) {
      const item = read.selectFrom('call_list_item').select('id').where('portal_id', '=', portalId).where('call_list_id', '=', callListId)
      return (await item.where('entity_id', '=', entityId).executeTakeFirst()) !== undefined
    },
  }
}

function listOf(db: Kysely<Tables>, portalId: number, id: number): Promise<Row<'call_list'> | undefined> {
  return db.selectFrom('call_list').selectAll().where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
}

function titleOf(list: NewCallList): string {
  return withoutNul(list.title ?? '')
    .trim()
    .slice(0, 255)
}

/** The cards once each, all of which exist. */
async function checkedIds(tx: Tx, { list, by, refusal }: { list: NewCallList; by: Author; refusal: ErrorKey }): Promise<number[]> {
  const ids = [...new Set(list.entityIds)]
  if (ids.length === 0 || ids.length > 5000 || !ids.every((id) => Number.isSafeInteger(id) && id > 0)) throw new PortalError(refusal)
  for (let from = 0; from < ids.length; from += chunkSize) {
    const some = ids.slice(from, from + chunkSize)
    const rows = await tx.db.selectFrom(list.type).select('id').where('portal_id', '=', by.portalId).where('id', 'in', some).execute()
    if (rows.length !== some.length) throw new PortalError(refusal)
  }
  return ids
}

async function addItems(
  tx: Tx,
  { portalId, callListId, entityIds, from }: { portalId: number; callListId: number; entityIds: readonly number[]; from: number },
): Promise<void> {
  const rows = entityIds.map((entityId, index) => ({
    portal_id: portalId,
    call_list_id: callListId,
    entity_id: entityId,
    status: 'IN_WORK',
    position: from + index,
    last_call_id: null,
  }))
  for (let at = 0; at < rows.length; at += chunkSize)
    await tx.db
      .insertInto('call_list_item')
      .values(rows.slice(at, at + chunkSize))
      .execute()
}

async function defaultTitle(tx: Tx, portalId: number, id: number): Promise<string> {
  const { language } = await tx.db.selectFrom('portal').select('language').where('id', '=', portalId).executeTakeFirstOrThrow()
  return `${language === 'ru' ? 'Обзвон' : 'Call list'} #${id}`
}

/** A call list is an activity with its participants (contract 5). */
async function addActivity(
  tx: Tx,
  {
    callListId,
    list,
    entityIds,
    by,
    now,
  }: { callListId: number; list: NewCallList; entityIds: readonly number[]; by: Author; now: number },
): Promise<number> {
  const owner = { owner_type_id: typeIds[list.type], owner_id: entityIds[0] ?? 0 }
  const row = {
    portal_id: by.portalId,
    type_id: 6,
    provider_id: 'CALL_LIST',
    provider_type_id: 'CALL_LIST',
    direction: 0,
    subject: await defaultTitle(tx, by.portalId, callListId),
    description: '',
    description_type: 1,
    start_at: now,
    end_at: now,
    completed: 0 as const,
    status: 1,
    priority: 2,
    responsible_id: by.userId,
    author_id: by.userId,
    ...owner,
    communications: '[]',
    call_id: null,
    created_at: now,
    updated_at: now,
  }
  const { id } = await tx.db.insertInto('activity').values(row).returning('id').executeTakeFirstOrThrow()
  const bindings = entityIds.map((entityId) => ({
    activity_id: id,
    portal_id: by.portalId,
    owner_type_id: owner.owner_type_id,
    owner_id: entityId,
  }))
  for (let at = 0; at < bindings.length; at += chunkSize)
    await tx.db
      .insertInto('activity_binding')
      .values(bindings.slice(at, at + chunkSize))
      .execute()
  return id
}
