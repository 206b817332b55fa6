/** Filters and order of `user.get` (contract 8.5): prefixes before a field's name, a list means "one of". */
import { isTrue } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { fold } from '../store/fold.ts'

/** A user as it stands on the wire. */
export type WireUser = Readonly<Record<string, unknown>>

/** One condition; true when the row meets it. */
export type Condition = (row: WireUser) => boolean

type Operator = '=' | '!' | '>=' | '>' | '<=' | '<' | '%' | '!%' | 'begins'

const prefix = /^(!=%|!%=|!%|=%|%=|!@|@|>=|<=|!=|>|<|=|!|%)?(.+)$/
const operators: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '@': '=',
  '!': '!',
  '!=': '!',
  '!@': '!',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '%': '%',
  '=%': '%',
  '%=': '%',
  '!%': '!%',
  '!=%': '!%',
  '!%=': '!%',
}

const searchable = ['NAME_SEARCH', 'FIND']

/** What is filtered for, by field in upper case, as it came: in `FILTER` and at top level. Unknown names are ignored, as in the original. */
export function readConditions({
  sent,
  fields,
}: {
  sent: LooseMap
  fields: ReadonlySet<string>
}): Array<{ field: string; operator: Operator; value: Loose }> {
  const conditions: Array<{ field: string; operator: Operator; value: Loose }> = []
  const take = (map: LooseMap): void => {
    for (const [key, value] of Object.entries(map)) {
      const match = prefix.exec(key.toUpperCase())
      const field = match?.[2] ?? ''
      const operator = operators[match?.[1] ?? ''] ?? '='
      if (!(fields.has(field) || searchable.includes(field)) || value === undefined) continue
      // null is "not given", but "not null" asks for those that have something
      if (value !== null) conditions.push({ field, operator, value })
      else if (operator === '!') conditions.push({ field, operator, value: '' })
    }
  }
  for (const [key, value] of Object.entries(sent)) if (key.toUpperCase() === 'FILTER' && isMap(value)) take(value)
  take(sent)
  return conditions
}

/** The values of an exact condition on a field, for an index; null when there is none. */
export function exactValues(conditions: ReturnType<typeof readConditions>, field: string): readonly string[] | null {
  const exact = conditions.find((one) => one.field === field && one.operator === '=')
  const values = exact ? listOf(exact.value) : []
  return values.length > 0 && values.every((value) => value !== '' && value !== false) ? values.map(asText) : null
}

const begun = new Set(['NAME', 'LAST_NAME', 'SECOND_NAME', 'WORK_POSITION', 'EMAIL'])

/** As `user.search` takes conditions: texts match by their beginning (the original's fast search, contract 8.5). */
export function byBeginning(conditions: ReturnType<typeof readConditions>): ReturnType<typeof readConditions> {
  return conditions.map((one) => (one.operator === '=' && begun.has(one.field) ? { ...one, operator: 'begins' } : one))
}

/** A condition on rows. */
export function toCondition({ field, operator, value }: ReturnType<typeof readConditions>[number]): Condition {
  if (searchable.includes(field)) {
    const wanted = listOf(value).map((one) => fold(asText(one)))
    return (row) =>
      wanted.some((one) =>
        fold(['NAME', 'LAST_NAME', 'NAME', 'EMAIL', 'WORK_POSITION'].map((name) => asText(row[name])).join(' ')).includes(one),
      )
  }
  if (operator === '=' || operator === '!') return (row) => listOf(value).some((one) => equals(row[field], one)) === (operator === '=')
  if (operator === 'begins') return (row) => listOf(value).some((one) => fold(asText(row[field])).startsWith(fold(asText(one))))
  if (operator === '%' || operator === '!%') {
    const wanted = fold(asText(value).replace(/^%|%$/g, ''))
    return (row) => fold(asText(row[field])).includes(wanted) === (operator === '%')
  }
  return (row) => {
    const order = compare(row[field], value)
    return operator === '>' ? order > 0 : operator === '>=' ? order >= 0 : operator === '<' ? order < 0 : order <= 0
  }
}

function listOf(value: unknown): readonly Loose[] {
  if (Array.isArray(value)) return value as Loose[]
  return isMap(value) ? Object.values(value) : [value as Loose]
}

/** Scalars as their text, everything else as nothing. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function equals(own: unknown, wanted: Loose): boolean {
  if (typeof own === 'boolean') return own === isTrue(wanted)
  if (Array.isArray(own)) return own.some((one) => asText(one) === asText(wanted))
  if (wanted === false) return asText(own) === ''
  return asText(own).toLowerCase() === asText(wanted).toLowerCase()
}

/** Numbers by value, everything else as text. */
export function compare(one: unknown, other: unknown): number {
  const [a, b] = [asText(one), asText(other)]
  const [x, y] = [Number(a), Number(b)]
  if (a !== '' && b !== '' && Number.isFinite(x) && Number.isFinite(y)) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}
