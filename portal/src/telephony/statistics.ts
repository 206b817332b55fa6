/** The statistics rows and their filters (contract 4.9). */
import { sql, type Expression, type SqlBool } from 'kysely'
import { PortalError } from '../errors.ts'
import { pageSize } from '../rest/method.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { looseIsoText } from '../rest/time-text.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

type Column = keyof Row<'statistic'> & string
type Reading = 'number' | 'text' | 'time'

/** A wire field: what it is in a row, and how values for it are read. */
interface Field {
  readonly at: Expression<unknown>
  readonly read: Reading
}

const column = (name: Column, read: Reading): Field => ({ at: sql.ref(name), read })
/** the same in every row */
const constant = (value: string | null): Field => ({ at: sql`cast(${value === null ? sql`null` : sql.lit(value)} as text)`, read: 'text' })

/** Wire fields that can be filtered by: all but RECORD_FILE_ID. */
const fields: Readonly<Record<string, Field>> = {
  ID: column('id', 'number'),
  PORTAL_USER_ID: column('user_id', 'number'),
  PORTAL_NUMBER: column('portal_number', 'text'),
  PHONE_NUMBER: column('phone_number', 'text'),
  CALL_ID: column('call_id', 'text'),
  EXTERNAL_CALL_ID: column('external_call_id', 'text'),
  CALL_CATEGORY: constant('external'),
  CALL_LOG: constant(null),
  CALL_DURATION: column('duration', 'number'),
  CALL_START_DATE: column('started_at', 'time'),
  CALL_VOTE: column('vote', 'number'),
  COST: column('cost', 'number'),
  COST_CURRENCY: column('cost_currency', 'text'),
  CALL_FAILED_CODE: column('failed_code', 'text'),
  CALL_FAILED_REASON: column('failed_reason', 'text'),
  CRM_ENTITY_TYPE: column('entity_type', 'text'),
  CRM_ENTITY_ID: column('entity_id', 'number'),
  CRM_ACTIVITY_ID: column('activity_id', 'number'),
  REST_APP_ID: column('app_id', 'number'),
  REST_APP_NAME: column('app_name', 'text'),
  TRANSCRIPT_ID: column('transcript_id', 'number'),
  TRANSCRIPT_PENDING: constant('N'),
  SESSION_ID: constant(null),
  REDIAL_ATTEMPT: constant(null),
  COMMENT: column('comment', 'text'),
  RECORD_DURATION: column('record_duration', 'number'),
  CALL_TYPE: column('call_type', 'number'),
}

/** CALL_RECORD_URL is made of the id of the file. */
function fieldOf(name: string, recordUrl: string): Field | undefined {
  const upper = name.toUpperCase()
  if (upper === 'CALL_RECORD_URL') return { at: sql`(cast(${recordUrl} as text) || cast(record_file_id as text))`, read: 'text' }
  return Object.hasOwn(fields, upper) ? fields[upper] : undefined
}

/** What to list; `offset` -1 does not count. */
export interface StatisticQuery {
  readonly portalId: number
  /** CALL_RECORD_URL up to the id of the file */
  readonly recordUrl: string
  readonly filter: LooseMap
  readonly sort: string
  readonly descending: boolean
  readonly offset: number
}

type Where = Expression<SqlBool>

function readValue(field: string, read: Reading, value: Loose): string | number {
  if (typeof value === 'object' || value === undefined)
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `has a value for ${field} that is no single value` })
  if (read === 'text') return String(value)
  const number = read === 'time' ? Date.parse(looseIsoText(String(value)) ?? String(value)) : Number(value)
  if (!Number.isFinite(number))
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `has a value for ${field} that is no ${read}` })
  return number
}

/** Whole numbers as they are; what no integer column could hold is compared as a float, which both engines can. */
function operand(value: string | number): Expression<unknown> {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? sql`cast(${value} as double precision)` : sql`${value}`
}

const never = sql<SqlBool>`1 = 0`
type Comparison = '=' | '>' | '>=' | '<' | '<='

/** A second on the wire is all its milliseconds. */
function compare(field: Field, operator: Comparison, value: string | number): Where {
  const to = (sign: string, limit: string | number): Where => sql<SqlBool>`${field.at} ${sql.raw(sign)} ${operand(limit)}`
  if (field.read !== 'time' || typeof value !== 'number') return to(operator, value)
  const second = value - (value % 1000)
  if (operator === '=') return sql<SqlBool>`(${to('>=', second)} and ${to('<=', second + 999)})`
  return to(operator, operator === '>' || operator === '<=' ? second + 999 : second)
}

/** Rows whose field is one of the values. */
function isAnyOf(field: Field, values: ReadonlyArray<string | number>): Where {
  if (values.length === 0) return never
  if (field.read === 'time' && values.length <= 100)
    return sql<SqlBool>`(${sql.join(
      values.map((value) => compare(field, '=', value)),
      sql` or `,
    )})`
  return sql<SqlBool>`${field.at} in (${sql.join(values.map(operand))})`
}

/** The opposite, true also for rows that have no value. */
function none(condition: Where, field: Field): Where {
  return sql<SqlBool>`(not ${condition} or ${field.at} is null)`
}

/** Rows that hold one of the parts. LIKE tells upper and lower case apart on one engine and not on the other; this does on both. */
function contains(field: Field, parts: ReadonlyArray<string | number>): Where {
  if (parts.length === 0) return never
  const text = sql`cast(${field.at} as text)`
  const found = parts.slice(0, 100).map((part) => sql<SqlBool>`replace(${text}, ${String(part)}, '') <> ${text}`)
  return sql<SqlBool>`(${sql.join(found, sql` or `)})`
}

function isBetween(field: Field, key: string, [from, to]: ReadonlyArray<string | number>): Where {
  if (from === undefined || to === undefined)
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `needs two values for ${key.slice(0, 100)}` })
  return sql<SqlBool>`(${compare(field, '>=', from)} and ${compare(field, '<=', to)})`
}

function readCondition(key: string, value: Loose, recordUrl: string): Where {
  const [, negation = '', operator = '', name = ''] = /^(!)?(><|>=|<=|>|<|=|%|\?)?(.*)$/.exec(key) ?? []
  const field = fieldOf(name, recordUrl)
  if (!field) throw new PortalError('statistic_filter', { field: name.slice(0, 100) })
  if (value === null || value === '') return negation ? sql<SqlBool>`${field.at} is not null` : sql<SqlBool>`${field.at} is null`
  const list = Array.isArray(value) ? (value as readonly Loose[]) : isMap(value) ? Object.values(value) : null
  const values = (list ?? [value]).map((given) => readValue(name, field.read, given))
  const condition = positive(field, { key, operator, values, isList: list !== null })
  return negation ? none(condition, field) : condition
}

interface Asked {
  readonly key: string
  readonly operator: string
  readonly values: ReadonlyArray<string | number>
  readonly isList: boolean
}

function positive(field: Field, { key, operator, values, isList }: Asked): Where {
  if (operator === '><') return isBetween(field, key, isList ? values : [])
  if (operator === '%' || operator === '?') return contains(field, values)
  return isList ? isAnyOf(field, values) : compare(field, operator === '' ? '=' : (operator as Comparison), values[0]!)
}

const mostConditions = 100

function readFilter({ filter, recordUrl }: StatisticQuery): Where {
  const conditions = Object.entries(filter).map(([key, value]) => readCondition(key, value, recordUrl))
  if (conditions.length > mostConditions)
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `must have at most ${mostConditions} conditions` })
  return conditions.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

/** Lists statistics rows, 50 a page. */
export async function listStatistics(store: Store, query: StatisticQuery): Promise<{ rows: Row<'statistic'>[]; total: number | null }> {
  const sort = fieldOf(query.sort, query.recordUrl)
  if (!sort || query.sort.toUpperCase() === 'CALL_TYPE') throw new PortalError('statistic_sort', { field: query.sort })
  const filtered = store.read.selectFrom('statistic').where('portal_id', '=', query.portalId).where(readFilter(query))
  const rows = await filtered
    .selectAll()
    .orderBy(sort.at, query.descending ? 'desc' : 'asc')
    .orderBy('id', query.descending ? 'desc' : 'asc')
    .limit(pageSize)
    .offset(Math.max(query.offset, 0))
    .execute()
  if (query.offset === -1) return { rows, total: null }
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { rows, total: Number(total) }
}
