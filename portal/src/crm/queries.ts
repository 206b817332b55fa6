/** Conditions, order and pages of the list methods, on both engines alike. Comparisons of text are exact, case included. */
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import type { Tables } from '../store/tables.ts'
import type { EntityType, Field } from './classic-fields.ts'
import type { ColumnValue } from './field-values.ts'

/** One condition of a list. */
export type Condition = RawBuilder<SqlBool>
/** `contains` looks for the value, `like` for a pattern in which `%` stands for anything. */
export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'contains' | '!contains' | 'like' | '!like'

/** Nothing matches. */
export const never: Condition = sql<SqlBool>`1 = 0`

/** What a field is compared as. The ORIGIN_ID of a call's activity is its CALL_ID behind `VI_`, as the original writes it. */
function columnOf({ kind, column }: Field): RawBuilder<unknown> {
  return kind === 'origin' ? sql`coalesce('VI_' || ${sql.ref(column)}, '')` : sql.ref(column)
}

/** A column against values; several values mean any of them (or none of them, negated), null or '' an empty column. */
export function valueCondition(field: Field, operator: Operator, values: readonly ColumnValue[]): Condition {
  const column = columnOf(field)
  switch (operator) {
    case '=':
      return equalsAny(field, [...new Set(values)])
    case '!=':
      return not(valueCondition(field, '=', values), field)
    case 'contains':
      return anyOf(values.map((value) => containsText(field, String(value ?? ''))))
    case '!contains':
      return not(valueCondition(field, 'contains', values), field)
    case 'like':
      return anyOf(values.map((value) => matchesPattern(field, String(value ?? ''))))
    case '!like':
      return not(valueCondition(field, 'like', values), field)
    default:
      return anyOf(values.map((value) => (value === null ? never : sql<SqlBool>`${column} ${sql.raw(operator)} ${value}`)))
  }
}

function equalsAny(field: Field, values: readonly ColumnValue[]): Condition {
  const given = values.filter((value) => !isEmpty(value))
  const some = given.length === 0 ? [] : [sql<SqlBool>`${columnOf(field)} in (${sql.join(given)})`]
  return anyOf(given.length === values.length ? some : [...some, emptyColumn(field)])
}

/** Cards that have one of these values, by what values are found by (`matchOf`). */
export function multifieldCondition({
  portalId,
  type,
  typeId,
  matches,
}: {
  portalId: number
  type: EntityType
  typeId: string
  matches: readonly string[]
}): Condition {
  if (matches.length === 0) return never
  const found = sql`select entity_id from multifield where portal_id = ${portalId} and type_id = ${typeId} and ${sql.ref('match')} in (${sql.join(matches)}) and entity_type = ${type}`
  return sql<SqlBool>`id in (${found})`
}

/** Cards that have any value of this type. */
export function hasCondition({ portalId, type, typeId }: { portalId: number; type: EntityType; typeId: string }): Condition {
  return sql<SqlBool>`id in (select entity_id from multifield where portal_id = ${portalId} and type_id = ${typeId} and entity_type = ${type})`
}

/** What the stage of a lead or deal means: P under way, S won, F lost, as its directory says, which a portal may not have made yet. */
export function semanticOf(type: 'lead' | 'deal'): RawBuilder<string> {
  const [directory, stage] = type === 'lead' ? (['STATUS', 'lead.status_id'] as const) : (['DEAL_STAGE', 'deal.stage_id'] as const)
  const said = sql`select case semantics when '' then 'P' else semantics end from crm_status where crm_status.portal_id = ${sql.ref(`${type}.portal_id`)} and entity_id = ${directory} and crm_status.status_id = ${sql.ref(stage)}`
  const usual = sql`case ${sql.ref(stage)} when 'CONVERTED' then 'S' when 'WON' then 'S' when 'JUNK' then 'F' when 'LOSE' then 'F' else 'P' end`
  return sql<string>`coalesce((${said}), ${usual})`
}

/** Leads or deals whose stage means one of these. */
export function semanticCondition(type: 'lead' | 'deal', meanings: readonly string[]): Condition {
  return meanings.length === 0 ? never : sql<SqlBool>`${semanticOf(type)} in (${sql.join(meanings)})`
}

/** Activities that stand on one of these cards. */
export function boundCondition(portalId: number, owners: ReadonlyArray<{ readonly typeId: number; readonly id: number }>): Condition {
  const any = anyOf(owners.map(({ typeId, id }) => sql<SqlBool>`(owner_type_id = ${typeId} and owner_id = ${id})`))
  return sql<SqlBool>`id in (select activity_id from activity_binding where portal_id = ${portalId} and ${any})`
}

/** The opposite of a condition that is never null. */
export function negated(condition: Condition): Condition {
  return sql<SqlBool>`not (${condition})`
}

/** At least one of them. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? never : balanced(conditions, sql` or `)
}

/** All of them. */
export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql<SqlBool>`1 = 1` : balanced(conditions, sql` and `)
}

/** Halves within halves: SQLite refuses an expression that is more than 1000 levels deep, which 1000 conditions in a row would be. */
function balanced(conditions: readonly Condition[], between: RawBuilder<unknown>): Condition {
  if (conditions.length <= 8) return sql<SqlBool>`(${sql.join(conditions, between)})`
  const middle = Math.ceil(conditions.length / 2)
  return sql<SqlBool>`(${balanced(conditions.slice(0, middle), between)}${between}${balanced(conditions.slice(middle), between)})`
}

/** A page of a list. */
export interface Query {
  readonly conditions: readonly Condition[]
  readonly order: ReadonlyArray<{ readonly column: string; readonly descending: boolean }>
  readonly limit: number
  readonly offset: number
  /** false: `total` is null */
  readonly isCounted: boolean
}

/** A table has fewer columns; SQLite refuses more than 2000. */
const mostOrders = 50

/** The rows of a page; `id` settles what the order leaves open. */
export async function queryRows<T extends EntityType | 'activity' | 'call_list' | 'crm_status'>(
  db: Kysely<Tables>,
  { table, portalId, query }: { table: T; portalId: number; query: Query },
): Promise<{ rows: Record<string, unknown>[]; total: number | null }> {
  const from = db
    .selectFrom(table as 'contact')
    .where('portal_id', '=', portalId)
    .where(allOf(query.conditions))
  const total = query.isCounted ? Number((await from.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow()).count) : null
  let page = table === 'lead' || table === 'deal' ? from.selectAll().select(semanticOf(table).as('semantic')) : from.selectAll()
  for (const { column, descending } of query.order.slice(0, mostOrders)) page = page.orderBy(column as 'id', descending ? 'desc' : 'asc')
  if (!query.order.some(({ column }) => column === 'id')) page = page.orderBy('id')
  return { rows: await page.limit(query.limit).offset(query.offset).execute(), total }
}

function isEmpty(value: ColumnValue): boolean {
  return value === null || value === ''
}

function isText(field: Field): boolean {
  return field.kind === 'text' || field.kind === 'status' || field.kind === 'currency' || field.kind === 'json' || field.kind === 'origin'
}

function emptyColumn(field: Field): Condition {
  const column = columnOf(field)
  return isText(field) ? sql<SqlBool>`${column} = ''` : sql<SqlBool>`${column} is null`
}

/** Also true where the column is null. */
function not(condition: Condition, field: Field): Condition {
  return isText(field) ? negated(condition) : sql<SqlBool>`(not (${condition}) or ((${condition}) is null))`
}

/** LIKE tells upper and lower case apart on one engine and not on the other; these forms do on both. */
function containsText(field: Field, text: string): Condition {
  if (!isText(field)) return never
  return text === '' ? sql<SqlBool>`1 = 1` : sql<SqlBool>`replace(${columnOf(field)}, ${text}, '') <> ${columnOf(field)}`
}

function matchesPattern(field: Field, pattern: string): Condition {
  if (!isText(field)) return never
  const column = columnOf(field)
  const [first = '', ...rest] = pattern.split('%')
  const last = rest.pop()
  if (last === undefined) return sql<SqlBool>`${column} = ${first}`
  const parts: Condition[] = rest.filter((part) => part !== '').map((part) => containsText(field, part))
  if (first !== '') parts.push(sql<SqlBool>`substr(${column}, 1, ${lengthOf(first)}) = ${first}`)
  if (last !== '')
    parts.push(
      sql<SqlBool>`length(${column}) >= ${lengthOf(last)} and substr(${column}, length(${column}) - ${lengthOf(last) - 1}) = ${last}`,
    )
  return parts.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`(${sql.join(parts, sql` and `)})`
}

/** Characters as the databases count them. */
function lengthOf(text: string): number {
  return Array.from(text).length
}
