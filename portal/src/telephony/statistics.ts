/** The statistics rows and their filters (contract 4.9). */
import { sql, type ExpressionBuilder, type SqlBool, type Expression } from 'kysely'
import { PortalError } from '../errors.ts'
import { pageSize } from '../rest/method.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'

type Column = keyof Row<'statistic'> & string

/** Wire fields that can be filtered by, with their column and how their values are read. */
const fields: Readonly<Record<string, { column: Column; read: 'number' | 'text' | 'time' }>> = {
  ID: { column: 'id', read: 'number' },
  PORTAL_USER_ID: { column: 'user_id', read: 'number' },
  PORTAL_NUMBER: { column: 'portal_number', read: 'text' },
  PHONE_NUMBER: { column: 'phone_number', read: 'text' },
  CALL_ID: { column: 'call_id', read: 'text' },
  EXTERNAL_CALL_ID: { column: 'external_call_id', read: 'text' },
  CALL_DURATION: { column: 'duration', read: 'number' },
  CALL_START_DATE: { column: 'started_at', read: 'time' },
  CALL_VOTE: { column: 'vote', read: 'number' },
  COST: { column: 'cost', read: 'number' },
  COST_CURRENCY: { column: 'cost_currency', read: 'text' },
  CALL_FAILED_CODE: { column: 'failed_code', read: 'text' },
  CALL_FAILED_REASON: { column: 'failed_reason', read: 'text' },
  CRM_ENTITY_TYPE: { column: 'entity_type', read: 'text' },
  CRM_ENTITY_ID: { column: 'entity_id', read: 'number' },
  CRM_ACTIVITY_ID: { column: 'activity_id', read: 'number' },
  REST_APP_ID: { column: 'app_id', read: 'number' },
  REST_APP_NAME: { column: 'app_name', read: 'text' },
  TRANSCRIPT_ID: { column: 'transcript_id', read: 'number' },
  COMMENT: { column: 'comment', read: 'text' },
  RECORD_DURATION: { column: 'record_duration', read: 'number' },
  CALL_TYPE: { column: 'call_type', read: 'number' },
}

/** What to list; `offset` -1 does not count. */
export interface StatisticQuery {
  readonly portalId: number
  readonly filter: LooseMap
  readonly sort: string
  readonly descending: boolean
  readonly offset: number
}

type Where = Expression<SqlBool>

function readValue(field: string, read: 'number' | 'text' | 'time', value: Loose): string | number {
  if (typeof value === 'object' || value === undefined)
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `has a value for ${field} that is no single value` })
  if (read === 'text') return String(value)
  const number = read === 'time' ? Date.parse(String(value)) : Number(value)
  if (Number.isNaN(number))
    throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `has a value for ${field} that is no ${read}` })
  return number
}

function readCondition(eb: ExpressionBuilder<Tables, 'statistic'>, key: string, value: Loose): Where {
  const [, operator = '', name = ''] = /^(!><|><|>=|<=|!=|!%|>|<|!|=|%|\?)?(.*)$/.exec(key) ?? []
  const field = fields[name.toUpperCase()]
  if (!field) throw new PortalError('statistic_filter', { field: name })
  const column = eb.ref(field.column)
  if (value === null || value === '') return operator.startsWith('!') ? eb(column, 'is not', null) : eb(column, 'is', null)
  const list = Array.isArray(value) ? (value as readonly Loose[]) : isMap(value) ? Object.values(value) : null
  const one = (given: Loose): string | number => readValue(name, field.read, given)
  if (operator === '><' || operator === '!><') {
    const [from, to] = (list ?? []).map(one)
    if (from === undefined || to === undefined)
      throw new PortalError('argument_wrong', { argument: 'FILTER', problem: `needs two values for ${key}` })
    const between = eb.and([eb(column, '>=', from), eb(column, '<=', to)])
    return operator === '><' ? between : eb.not(between)
  }
  if (list) return eb(column, operator.startsWith('!') ? 'not in' : 'in', list.map(one))
  if (operator === '%' || operator === '?' || operator === '!%') {
    const pattern = `%${String(one(value)).replace(/[!%_]/g, '!$&')}%`
    const like = sql<SqlBool>`${column} like ${pattern} escape '!'`
    return operator === '!%' ? eb.not(like) : like
  }
  if (operator === '!' || operator === '!=') return eb.or([eb(column, '!=', one(value)), eb(column, 'is', null)])
  return eb(column, operator === '' ? '=' : (operator as '>' | '<' | '>=' | '<=' | '='), one(value))
}

/** Lists statistics rows, 50 a page. */
export async function listStatistics(store: Store, query: StatisticQuery): Promise<{ rows: Row<'statistic'>[]; total: number | null }> {
  const sort = fields[query.sort.toUpperCase()]
  if (!sort || query.sort.toUpperCase() === 'CALL_TYPE') throw new PortalError('statistic_sort', { field: query.sort })
  const filtered = store.read
    .selectFrom('statistic')
    .where('portal_id', '=', query.portalId)
    .where((eb) => eb.and(Object.entries(query.filter).map(([key, value]) => readCondition(eb, key, value))))
  const rows = await filtered
    .selectAll()
    .orderBy(sort.column, query.descending ? 'desc' : 'asc')
    .orderBy('id', query.descending ? 'desc' : 'asc')
    .limit(pageSize)
    .offset(Math.max(query.offset, 0))
    .execute()
  if (query.offset === -1) return { rows, total: null }
  const { total } = await filtered.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { rows, total: Number(total) }
}
