import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Outbox } from '../events/outbox.ts'
import type { Loose } from '../rest/php.ts'
import { fold } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import { fieldsOf, isComputed, personOf, titleOf, typeIds, type EntityColumns, type EntityType, type Field } from './classic-fields.ts'
import { activityRemoved, entityEvents } from './events.ts'
import { currencyOf } from './currencies.ts'
import { readValue, type ColumnValue } from './field-values.ts'
import { semanticOf } from './queries.ts'
import { multifieldsOf, removeMultifields, writeMultifields, type MultifieldWrites } from './multifields.ts'

/** Tells browsers what changed; names such as `contact:4` and `contacts`. */
export type Changed = (portalId: number, names: readonly string[], userIds?: readonly number[]) => void

/** Who does it. */
export interface Author {
  readonly portalId: number
  readonly userId: number
}

/** What is to be written: values by column of the table, and multi-fields. Columns that the type does not have are ignored. */
export interface EntityWrite {
  readonly fields: Readonly<Record<string, Loose>>
  readonly multifields?: MultifieldWrites
}

/** A card with its multi-fields in their order. */
export interface EntityRecord {
  readonly type: EntityType
  readonly row: EntityColumns
  readonly multifields: readonly Row<'multifield'>[]
}

/** What names a list of cards of a type has in the live stream. */
export const listNames: Readonly<Record<EntityType, string>> = { contact: 'contacts', company: 'companies', lead: 'leads', deal: 'deals' }

/** Contacts, companies, leads and deals. Any active user may read and write all of them. */
export interface Entities {
  /** Adds a card, says so, answers its id. Throws ERROR_CORE for values that cannot be. */
  create(tx: Tx, type: EntityType, write: EntityWrite, by: Author): Promise<number>
  /** Changes what is given and leaves the rest. Throws `crm_not_found`. */
  change(tx: Tx, card: { type: EntityType; id: number }, write: EntityWrite, by: Author): Promise<void>
  /** Deletes a card with its multi-fields and the activities that belong to no other card. Calls stay in the statistics. */
  remove(tx: Tx, card: { type: EntityType; id: number }, by: Author): Promise<void>
  /** A card, or null. `db`: the transaction's, to read inside one. */
  find(portalId: number, card: { type: EntityType; id: number }, db?: Kysely<Tables>): Promise<EntityRecord | null>
}

/** Builds the verbs of the cards. */
export function createEntities({
  store,
  clock,
  outbox,
  changed,
}: {
  store: Store
  clock: Clock
  outbox: Pick<Outbox, 'emit'>
  changed: Changed
}): Entities {
  const say = (
    tx: Tx,
    { type, id, what, by }: { type: EntityType; id: number; what: 'added' | 'changed' | 'removed'; by: Author },
  ): void => {
    outbox.emit(tx, entityEvents[type][what], { id }, by)
    tx.afterCommit(() => changed(by.portalId, [`${type}:${id}`, listNames[type]]))
  }

  return {
    async create(tx, type, write, by) {
      const now = clock.now()
      const portal = await portalOf(tx, by.portalId)
      const given = readColumns(type, write.fields)
      const values: Record<string, ColumnValue> = {
        ...emptyColumns(type, { now, country: portal.country }),
        assigned_by_id: by.userId,
        ...given,
      }
      if (values['assigned_by_id'] === null) values['assigned_by_id'] = by.userId
      checkNamed(type, values)
      await checkReferences(tx, { type, portalId: by.portalId, values: given })
      const authored = { portal_id: by.portalId, created_by_id: by.userId, modified_by_id: by.userId, created_at: now, updated_at: now }
      const row = { ...values, ...authored, search: searchOf(type, values as unknown as EntityColumns) }
      const { id } = await tx.db
        .insertInto(tableOf(type))
        .values(row as never)
        .returning('id')
        .executeTakeFirstOrThrow()
      if ((type === 'lead' || type === 'deal') && values['title'] === '')
        await nameByNumber(tx, { type, id, values, language: portal.language })
      await writeMultifields(tx, { portalId: by.portalId, type, id, country: portal.country }, write.multifields ?? { writes: [] })
      say(tx, { type, id, what: 'added', by })
      return id
    },

    async change(tx, { type, id }, write, by) {
      const found = await rowOf(tx.db, by.portalId, { type, id })
      if (!found) throw new PortalError('crm_not_found')
      const values = readColumns(type, write.fields)
      if (values['assigned_by_id'] === null) delete values['assigned_by_id']
      const row = { ...found, ...values }
      checkNamed(type, row)
      await checkReferences(tx, { type, portalId: by.portalId, values })
      const change = { ...values, modified_by_id: by.userId, updated_at: clock.now(), search: searchOf(type, row) }
      await tx.db
        .updateTable(tableOf(type))
        .set(change as never)
        .where('portal_id', '=', by.portalId)
        .where('id', '=', id)
        .execute()
      const { country } = await portalOf(tx, by.portalId)
      await writeMultifields(tx, { portalId: by.portalId, type, id, country }, write.multifields ?? { writes: [] })
      say(tx, { type, id, what: 'changed', by })
    },

    async remove(tx, { type, id }, by) {
      const { numDeletedRows } = await tx.db
        .deleteFrom(tableOf(type))
        .where('portal_id', '=', by.portalId)
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      if (Number(numDeletedRows) === 0) throw new PortalError('crm_not_found')
      removeMultifields(tx, { portalId: by.portalId, type, id })
      tx.write(tx.db.deleteFrom('note').where('portal_id', '=', by.portalId).where('entity_type', '=', type).where('entity_id', '=', id))
      forgetReferences(tx, { type, id, portalId: by.portalId })
      for (const activityId of await removeActivities(tx, { type, id, portalId: by.portalId }))
        outbox.emit(tx, activityRemoved, { id: activityId }, by)
      say(tx, { type, id, what: 'removed', by })
    },

    async find(portalId, { type, id }, db = store.read) {
      const row = await rowOf(db, portalId, { type, id })
      if (!row) return null
      return { type, row, multifields: (await multifieldsOf(db, { portalId, type, ids: [id] })).get(id) ?? [] }
    },
  }
}

/** The tables share the columns that generic code names; its queries are typed by one of them. */
export function tableOf(type: EntityType): 'contact' {
  return type as 'contact'
}

async function rowOf(
  db: Kysely<Tables>,
  portalId: number,
  { type, id }: { type: EntityType; id: number },
): Promise<EntityColumns | undefined> {
  const query = db.selectFrom(tableOf(type)).selectAll().where('portal_id', '=', portalId).where('id', '=', id)
  return (type === 'lead' || type === 'deal' ? query.select(semanticOf(type).as('semantic')) : query).executeTakeFirst()
}

async function portalOf(tx: Tx, portalId: number): Promise<{ country: string; language: string }> {
  return tx.db.selectFrom('portal').select(['country', 'language']).where('id', '=', portalId).executeTakeFirstOrThrow()
}

const dayMs = 86_400_000

function isWritable(field: Field): boolean {
  return !field.readOnly && !isComputed(field) && field.kind !== 'id'
}

/** What a new card says where nothing was said. */
function emptyColumns(type: EntityType, { now, country }: { now: number; country: string }): Record<string, ColumnValue> {
  const empty: Record<string, ColumnValue> = {}
  for (const field of fieldsOf[type]) {
    if (!isWritable(field)) continue
    const isText = field.kind === 'text' || field.kind === 'status'
    const isNumber = field.kind === 'flag' || field.kind === 'money' || (field.kind === 'integer' && !field.nullable)
    empty[field.column] = isText ? '' : isNumber ? 0 : field.kind === 'currency' ? currencyOf(country) : null
  }
  empty['opened'] = 1
  if (type === 'lead') empty['status_id'] = 'NEW'
  if (type === 'deal') {
    const today = now - (now % dayMs)
    Object.assign(empty, { stage_id: 'NEW', type_id: 'SALE', begindate: today, closedate: today + 7 * dayMs })
  }
  return empty
}

function readColumns(type: EntityType, fields: Readonly<Record<string, Loose>>): Record<string, ColumnValue> {
  const values: Record<string, ColumnValue> = {}
  for (const field of fieldsOf[type]) {
    if (!isWritable(field) || !Object.hasOwn(fields, field.column) || fields[field.column] === undefined) continue
    const value = readValue(field, fields[field.column])
    // a stage and a currency are never empty: a cleared one stays what it was
    if ((field.column === 'status_id' || field.column === 'stage_id' || field.kind === 'currency') && value === '') continue
    const isZero = value === null && !field.nullable && (field.kind === 'integer' || field.kind === 'money')
    values[field.column] = isZero ? 0 : value
  }
  return values
}

function checkNamed(type: EntityType, values: Readonly<Record<string, ColumnValue>>): void {
  if (type === 'contact' && values['name'] === '' && values['last_name'] === '')
    throw new PortalError('crm_field', { detail: 'A contact needs a first or last name (NAME, LAST_NAME)' })
  if (type === 'company' && values['title'] === '') throw new PortalError('crm_field', { detail: 'A company needs a name (TITLE)' })
}

/** What a card points at has to exist in its portal. */
async function checkReferences(
  tx: Tx,
  { type, portalId, values }: { type: EntityType; portalId: number; values: Readonly<Record<string, ColumnValue>> },
): Promise<void> {
  for (const field of fieldsOf[type]) {
    const id = values[field.column]
    if (typeof id !== 'number' || (field.kind !== 'user' && field.kind !== 'contact' && field.kind !== 'company')) continue
    const found = await tx.db.selectFrom(field.kind).select('id').where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
    if (!found) throw new PortalError('crm_field', { detail: `${field.name}: there is no ${field.kind} ${id}` })
  }
}

/** A lead or deal without a title is called by the person, else by its number. */
async function nameByNumber(
  tx: Tx,
  { type, id, values, language }: { type: 'lead' | 'deal'; id: number; values: Record<string, ColumnValue>; language: string },
): Promise<void> {
  const word = language === 'ru' ? { lead: 'Лид', deal: 'Сделка' }[type] : { lead: 'Lead', deal: 'Deal' }[type]
  const person = type === 'lead' ? personOf(values as unknown as Row<'lead'>) : ''
  const title = person.slice(0, 255) || `${word} #${id}`
  const search = searchOf(type, { ...values, title } as unknown as EntityColumns)
  await tx.db.updateTable(type).set({ title, search }).where('id', '=', id).execute()
}

function searchOf(type: EntityType, row: EntityColumns): string {
  if (type === 'lead') return fold(`${(row as Row<'lead'>).title} ${personOf(row as Row<'lead'>)} ${(row as Row<'lead'>).company_title}`)
  return fold(titleOf(type, row))
}

function forgetReferences(tx: Tx, { type, id, portalId }: { type: EntityType; id: number; portalId: number }): void {
  if (type !== 'contact' && type !== 'company') return
  const column = type === 'contact' ? 'contact_id' : 'company_id'
  for (const table of ['lead', 'deal'] as const)
    tx.write(
      tx.db
        .updateTable(table)
        .set({ [column]: null })
        .where('portal_id', '=', portalId)
        .where(column, '=', id),
    )
  if (type === 'company')
    tx.write(tx.db.updateTable('contact').set({ company_id: null }).where('portal_id', '=', portalId).where('company_id', '=', id))
}

/** Takes a card out of its activities; answers the activities that thereby belong to nothing and are gone. */
async function removeActivities(tx: Tx, { type, id, portalId }: { type: EntityType; id: number; portalId: number }): Promise<number[]> {
  const bound = tx.db
    .selectFrom('activity_binding')
    .select('activity_id')
    .where('portal_id', '=', portalId)
    .where('owner_type_id', '=', typeIds[type])
    .where('owner_id', '=', id)
  const ids = (await bound.execute()).map((row) => row.activity_id)
  if (ids.length === 0) return []
  await tx.db
    .deleteFrom('activity_binding')
    .where('portal_id', '=', portalId)
    .where('owner_type_id', '=', typeIds[type])
    .where('owner_id', '=', id)
    .execute()
  const gone: number[] = []
  for (let from = 0; from < ids.length; from += 500) {
    const some = ids.slice(from, from + 500)
    const left = tx.db.selectFrom('activity_binding').select('activity_id').where('activity_id', 'in', some)
    const removed = await tx.db
      .deleteFrom('activity')
      .where('portal_id', '=', portalId)
      .where('id', 'in', some)
      .where('id', 'not in', left)
      .returning('id')
      .execute()
    gone.push(...removed.map((row) => row.id))
  }
  return gone
}
