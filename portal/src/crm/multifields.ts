import type { Kysely } from 'kysely'
import { PortalError } from '../errors.ts'
import { fold, withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import { valueKinds, type EntityType, type MultifieldType } from './classic-fields.ts'
import { readPhone } from './phones.ts'

/** A change of the phones, e-mails, addresses or messengers of one card (contract 8.2). */
export interface MultifieldWrite {
  readonly typeId: MultifieldType
  /** the value to change; without it, or when the card has no such value, one is added */
  readonly id?: number
  /** '' removes a value that has an id; absent keeps it */
  readonly value?: string
  readonly valueType?: string
  readonly remove?: boolean
}

/** All that is to happen to the multi-fields of a card. */
export interface MultifieldWrites {
  readonly writes: readonly MultifieldWrite[]
  /** of these types, values whose id is not among the writes are removed, and the order of the writes becomes theirs */
  readonly replacing?: readonly MultifieldType[]
}

/** The card that the values belong to. */
export interface Owner {
  readonly portalId: number
  readonly type: EntityType
  readonly id: number
  /** for numbers without a + */
  readonly country: string
}

const mostValues = 200
const longestValue = 255

/** What a value is found by: the digits of a phone number, other values without case and accents. */
export function matchOf(typeId: string, value: string, country: string): string {
  return typeId === 'PHONE' ? readPhone(value, { country }).digits.slice(0, 100) : fold(value)
}

/** The values of many cards, in their order, by card id. */
export async function multifieldsOf(
  db: Kysely<Tables>,
  { portalId, type, ids }: { portalId: number; type: EntityType; ids: readonly number[] },
): Promise<Map<number, Row<'multifield'>[]>> {
  const found = new Map<number, Row<'multifield'>[]>()
  if (ids.length === 0) return found
  const rows = await db
    .selectFrom('multifield')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('entity_type', '=', type)
    .where('entity_id', 'in', [...new Set(ids)])
    .orderBy('position')
    .orderBy('id')
    .execute()
  for (const row of rows) {
    const own = found.get(row.entity_id)
    if (own) own.push(row)
    else found.set(row.entity_id, [row])
  }
  return found
}

/** Applies the writes. Answers whether anything changed. */
export async function writeMultifields(tx: Tx, owner: Owner, { writes, replacing = [] }: MultifieldWrites): Promise<boolean> {
  if (writes.length === 0 && replacing.length === 0) return false
  const current = (await multifieldsOf(tx.db, { portalId: owner.portalId, type: owner.type, ids: [owner.id] })).get(owner.id) ?? []
  if (current.length + writes.length > mostValues)
    throw new PortalError('crm_field', { detail: `A card has at most ${mostValues} phones, e-mails and addresses` })
  const byId = new Map(current.map((row) => [row.id, row]))
  const named = new Set(writes.map((write) => write.id))
  let position = current.reduce((most, row) => Math.max(most, row.position + 1), 0)
  let isChanged = false
  for (const row of current) {
    if (!replacing.includes(row.type_id as MultifieldType) || named.has(row.id)) continue
    tx.write(tx.db.deleteFrom('multifield').where('id', '=', row.id))
    isChanged = true
  }
  for (const write of writes) {
    const row = write.id === undefined ? undefined : byId.get(write.id)
    const isReplacing = replacing.includes(write.typeId)
    if (row && row.type_id === write.typeId)
      isChanged = changeValue(tx, { row, write, owner, position: isReplacing ? position++ : row.position }) || isChanged
    else isChanged = addValue(tx, { write, owner, position: position++ }) || isChanged
  }
  return isChanged
}

/**
 * Reads the stored numbers of a portal anew after its country changed: numbers without + now belong to the new one. In steps of
 * their own, so that clicks get their turn; it can be repeated. Answers how many numbers are found by other digits than before.
 */
export async function rematchPhones(store: Store, portalId: number, country: string): Promise<number> {
  const phones = store.read
    .selectFrom('multifield')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('type_id', '=', 'PHONE')
    .orderBy('id')
    .limit(500)
  let changed = 0
  for (let rows = await phones.execute(); rows.length > 0; rows = await phones.where('id', '>', rows.at(-1)?.id ?? 0).execute()) {
    const stale = rows.map((row) => ({ row, match: matchOf('PHONE', row.value, country) })).filter(({ row, match }) => row.match !== match)
    changed += stale.length
    await store.transaction((tx) => {
      for (const { row, match } of stale) {
        tx.write(store.build.updateTable('multifield').set({ match }).where('id', '=', row.id).where('value', '=', row.value))
      }
    })
  }
  return changed
}

/** Removes all values of a card. */
export function removeMultifields(tx: Tx, { portalId, type, id }: { portalId: number; type: EntityType; id: number }): void {
  tx.write(tx.db.deleteFrom('multifield').where('portal_id', '=', portalId).where('entity_type', '=', type).where('entity_id', '=', id))
}

function changeValue(
  tx: Tx,
  { row, write, owner, position }: { row: Row<'multifield'>; write: MultifieldWrite; owner: Owner; position: number },
): boolean {
  const value = write.value === undefined ? row.value : readText(write.value)
  if (write.remove || value === '') {
    tx.write(tx.db.deleteFrom('multifield').where('id', '=', row.id))
    return true
  }
  const valueType = write.valueType === undefined ? row.value_type : readKind(write.valueType)
  if (value === row.value && valueType === row.value_type && position === row.position) return false
  const match = matchOf(row.type_id, value, owner.country)
  tx.write(tx.db.updateTable('multifield').set({ value, value_type: valueType, match, position }).where('id', '=', row.id))
  return true
}

function addValue(tx: Tx, { write, owner, position }: { write: MultifieldWrite; owner: Owner; position: number }): boolean {
  const value = readText(write.value ?? '')
  if (write.remove || value === '') return false
  tx.insert('multifield', {
    portal_id: owner.portalId,
    entity_type: owner.type,
    entity_id: owner.id,
    type_id: write.typeId,
    value_type: readKind(write.valueType ?? ''),
    value,
    match: matchOf(write.typeId, value, owner.country),
    position,
  })
  return true
}

function readText(value: string): string {
  const text = withoutNul(value).trim()
  if (text.length > longestValue)
    throw new PortalError('crm_field', { detail: `A phone, e-mail or address is longer than ${longestValue} characters` })
  return text
}

/** Kinds beyond the known ones (messengers have their own) are kept as sent. */
function readKind(valueType: string): string {
  const kind = withoutNul(valueType).trim().toUpperCase().slice(0, 50)
  return kind === '' ? valueKinds[0] : kind
}
