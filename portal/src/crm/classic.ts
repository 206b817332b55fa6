/** The classic dialect of contract 8.1 and 8.2: reads `fields`, `select`, `filter` and `order`, writes rows. */
import { PortalError } from '../errors.ts'
import { isTrue } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import type { Row } from '../store/tables.ts'
import { fieldsOf, isComputed, multifieldTypes, type EntityType, type Field, type MultifieldType } from './classic-fields.ts'
import type { EntityRecord, EntityWrite } from './entities.ts'
import { readValue } from './field-values.ts'
import { matchOf, type MultifieldWrite } from './multifields.ts'
import {
  anyOf,
  hasCondition,
  multifieldCondition,
  negated,
  semanticCondition,
  valueCondition,
  type Condition,
  type Operator,
  type Query,
} from './queries.ts'

/** What `fields` of add and update ask for. Unknown and read-only names are ignored. */
export function readFields(type: EntityType, fields: LooseMap): EntityWrite {
  const columns: Record<string, Loose> = {}
  const writes: MultifieldWrite[] = []
  const known = new Map(fieldsOf[type].map((field) => [field.name, field]))
  for (const [key, value] of Object.entries(fields)) {
    const name = key.toUpperCase()
    const field = known.get(name)
    if (field && !field.readOnly) columns[field.column] = value ?? ''
    else if (type !== 'deal' && isMultifieldType(name)) writes.push(...readMultifields(name, value))
  }
  return { fields: columns, multifields: { writes } }
}

function isMultifieldType(name: string): name is MultifieldType {
  return (multifieldTypes as readonly string[]).includes(name)
}

/** A list or map of values, one value, or a plain text. */
function readMultifields(typeId: MultifieldType, sent: Loose): MultifieldWrite[] {
  if (sent === null || sent === undefined || sent === '') return []
  if (typeof sent !== 'object') return [{ typeId, value: String(sent) }]
  const isOne = isMap(sent) && ['VALUE', 'ID', 'DELETE', 'VALUE_TYPE'].some((name) => Object.hasOwn(sent, name))
  const entries: readonly Loose[] = isOne ? [sent] : Object.values(sent)
  return entries.map((entry) => readMultifield(typeId, entry))
}

/** One value of a list of phones, e-mails or addresses. */
export function readMultifield(typeId: MultifieldType, entry: Loose): MultifieldWrite {
  if (!isMap(entry)) return { typeId, value: scalar(typeId, entry) ?? '' }
  const id = Number(scalar(typeId, entry['ID']) ?? '')
  const value = Object.hasOwn(entry, 'VALUE') ? (scalar(typeId, entry['VALUE']) ?? '') : undefined
  const valueType = scalar(typeId, entry['VALUE_TYPE'])
  return {
    typeId,
    ...(Number.isSafeInteger(id) && id > 0 && { id }),
    ...(value !== undefined && { value }),
    ...(valueType !== undefined && valueType !== '' && { valueType }),
    remove: isTrue(entry['DELETE']),
  }
}

function scalar(typeId: MultifieldType, value: Loose): string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'object') throw new PortalError('crm_field', { detail: `${typeId}: VALUE, VALUE_TYPE and ID must be single values` })
  return String(value)
}

/** Names of `select`: null means all plain fields. */
export type Selection = ReadonlySet<string> | null

/** Reads `select`: `*` stands for all plain fields, multi-fields come only by their name. */
export function readSelect(fields: readonly Field[], select: readonly Loose[] | undefined): Selection {
  if (!select || select.length === 0) return null
  const names = new Set(['ID'])
  for (const one of select) {
    const name = typeof one === 'string' ? one.toUpperCase() : ''
    if (name === '*') for (const field of fields) names.add(field.name)
    else names.add(name)
  }
  return names
}

const filterKey = /^(>=|<=|!=%|!%=|!=|!%|!@|=%|%=|>|<|!|=|%|@)?(.*)$/s
const operators: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '@': '=',
  '!': '!=',
  '!=': '!=',
  '!@': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '%': 'contains',
  '!%': '!contains',
  '=%': 'like',
  '%=': 'like',
  '!=%': '!like',
  '!%=': '!like',
}

/** What a filter is about. */
export interface FilterOf {
  readonly portalId: number
  /** for phone numbers without a + */
  readonly country: string
  readonly fields: readonly Field[]
  /** cards only: they have multi-fields */
  readonly type?: EntityType
}

type CardFilterOf = FilterOf & { readonly type: EntityType }

function isOfCards(of: FilterOf): of is CardFilterOf {
  return of.type !== undefined
}

/**
 * Reads `filter`. A name that the type does not have is refused: ignoring it would find everything. `[""]` stands for no filter: PHP clients
 * send it. A key with a prefix that there is not, such as `<>STATUS_ID`, is left aside: that is what the original was seen to do.
 */
export function readFilter(of: FilterOf, filter: LooseMap): Condition[] {
  const isAside = ([key, sent]: readonly [string, Loose]): boolean =>
    (sent === '' && /^\d+$/.test(key)) || /^[<>=!%@]/.test(readFilterKey(key).name)
  const named = Object.entries(filter).filter((entry) => !isAside(entry))
  return named.map(([key, sent]) => {
    const { operator, name: sentName } = readFilterKey(key)
    const name = sentName.toUpperCase()
    const values = listValues(sent)
    const field = of.fields.find((one) => one.name === name)
    if (field) return fieldCondition(of, { field, operator, values })
    if (isOfCards(of) && of.type !== 'deal' && isMultifieldType(name)) return multifieldFilter(of, { typeId: name, operator, values })
    throw new PortalError('crm_list', { detail: `there is no field ${name.slice(0, 100)} to filter by` })
  })
}

/** The prefix of a filter key as an operator, and the name behind it. */
export function readFilterKey(key: string): { readonly operator: Operator; readonly name: string } {
  const [, prefix = '', name = ''] = filterKey.exec(key) ?? []
  return { operator: operators[prefix] ?? '=', name }
}

/** A value of a filter as a list: what came as one, a map with numeric keys, or a single value. */
export function listValues(sent: Loose): readonly Loose[] {
  return isMap(sent) ? Object.values(sent) : Array.isArray(sent) ? (sent as readonly Loose[]) : [sent]
}

/** One condition on a field. Throws ERROR_CORE for values that it cannot have. */
export function fieldCondition(
  of: FilterOf,
  { field, operator, values }: { field: Field; operator: Operator; values: readonly Loose[] },
): Condition {
  if (field.kind === 'has' && isOfCards(of)) return hasFilter(of, { field, operator, isWanted: isTrue(values[0]) })
  if (of.type === 'lead' || of.type === 'deal') {
    if (field.kind === 'semantic') return stageFilter(of.type, operator, values.map(String))
    if (field.kind === 'closed') return stageFilter(of.type, operator, isTrue(values[0]) ? ['S', 'F'] : ['P'])
  }
  return fieldFilter(field, operator, values)
}

function hasFilter(
  { portalId, type }: CardFilterOf,
  { field, operator, isWanted }: { field: Field; operator: Operator; isWanted: boolean },
): Condition {
  const condition = hasCondition({ portalId, type, typeId: field.column })
  return isWanted === (operator === '=') ? condition : negated(condition)
}

function stageFilter(type: 'lead' | 'deal', operator: Operator, meanings: readonly string[]): Condition {
  const condition = semanticCondition(type, meanings)
  return operator === '!=' ? negated(condition) : condition
}

/** A second on the wire is all its milliseconds. */
function fieldFilter(field: Field, operator: Operator, values: readonly Loose[]): Condition {
  const read = values.map((value) => readValue(field, value))
  const [first] = read
  if (field.kind !== 'time' || typeof first !== 'number') return valueCondition(field, operator, read)
  const second = first - (first % 1000)
  if (operator === '>' || operator === '<=') return valueCondition(field, operator, [second + 999])
  if (operator === '>=' || operator === '<') return valueCondition(field, operator, [first])
  const outside = anyOf([valueCondition(field, '<', [second]), valueCondition(field, '>', [second + 999])])
  return operator === '!=' ? outside : negated(outside)
}

function multifieldFilter(
  { portalId, country, type }: CardFilterOf,
  { typeId, operator, values }: { typeId: MultifieldType; operator: Operator; values: readonly Loose[] },
): Condition {
  const texts = values.map((value) => scalar(typeId, value) ?? '')
  const matches = texts.map((text) => matchOf(typeId, text, country)).filter((match) => match !== '')
  const condition = multifieldCondition({ portalId, type, typeId, matches })
  return operator.startsWith('!') ? negated(condition) : condition
}

/** Reads `order`; names that the type does not have are ignored. */
export function readOrder(fields: readonly Field[], order: LooseMap | undefined): Query['order'] {
  return Object.entries(order ?? {}).flatMap(([key, direction]) => {
    const field = fields.find((one) => one.name === key.toUpperCase() && !isComputed(one))
    return field ? [{ column: field.column, descending: typeof direction === 'string' && /^\s*desc/i.test(direction) }] : []
  })
}

/** A row of `get` (with the multi-fields) or `list`: scalars are strings or null, flags Y or N, times ISO 8601 with a zone. */
export function presentCard(card: EntityRecord, selection: Selection | 'everything'): Record<string, unknown> {
  const row = card.row as unknown as Readonly<Record<string, string | number | null>>
  const shown: Record<string, unknown> = {}
  for (const field of fieldsOf[card.type]) {
    if (selection !== 'everything' && selection !== null && !selection.has(field.name)) continue
    shown[field.name] = presentComputed(field, card) ?? presentValue(field, row[field.column] ?? null)
  }
  for (const typeId of multifieldTypes) {
    if (selection !== 'everything' && !selection?.has(typeId)) continue
    const values = card.multifields.filter((one) => one.type_id === typeId)
    if (values.length > 0) shown[typeId] = values.map(presentMultifield)
  }
  return shown
}

/** What stands in no column, alike in both dialects; undefined for all other fields. */
export function presentComputed(field: Field, { row, multifields }: Pick<EntityRecord, 'row' | 'multifields'>): string | undefined {
  if (field.kind === 'has') return multifields.some((one) => one.type_id === field.column) ? 'Y' : 'N'
  const meaning = (row as unknown as { readonly semantic?: string }).semantic ?? 'P'
  if (field.kind === 'semantic') return meaning
  return field.kind === 'closed' ? (meaning === 'P' ? 'N' : 'Y') : undefined
}

/** One scalar as the classic methods write it. */
export function presentValue(field: Field, value: string | number | null): string | null {
  if (value === null) return null
  if (field.kind === 'flag') return value === 1 ? 'Y' : 'N'
  if (field.kind === 'time' || field.kind === 'date') return isoSeconds(Number(value))
  if (field.kind === 'money') return (Number(value) / 100).toFixed(2)
  if (field.kind === 'origin') return `VI_${value}`
  return value === '' && field.nullable ? null : String(value)
}

function presentMultifield(row: Row<'multifield'>): Record<string, string> {
  return { ID: String(row.id), VALUE_TYPE: row.value_type, VALUE: row.value, TYPE_ID: row.type_id }
}

/** `type` of the `fields` methods. */
export const fieldTypes: Readonly<Record<Field['kind'], string>> = {
  id: 'integer',
  text: 'string',
  status: 'crm_status',
  flag: 'char',
  time: 'datetime',
  date: 'date',
  integer: 'integer',
  money: 'double',
  currency: 'crm_currency',
  user: 'user',
  contact: 'crm_contact',
  company: 'crm_company',
  json: 'string',
  has: 'char',
  semantic: 'string',
  closed: 'char',
  origin: 'string',
}

/** One field as the `fields` methods describe it. */
export function presentDescription(field: Pick<Field, 'kind' | 'title' | 'required' | 'readOnly'>): Record<string, unknown> {
  return describe(fieldTypes[field.kind], field.title, field)
}

function describe(
  type: string,
  title: string,
  { required = false, readOnly = false, multiple = false }: { required?: boolean; readOnly?: boolean; multiple?: boolean },
): Record<string, unknown> {
  return { type, isRequired: required, isReadOnly: readOnly, isImmutable: false, isMultiple: multiple, isDynamic: false, title }
}

/** The answer of the `fields` methods. */
export function presentFields(type: EntityType): Record<string, unknown> {
  const plain = fieldsOf[type].map((field) => [field.name, presentDescription(field)] as const)
  const titles = { PHONE: 'Phone', EMAIL: 'E-mail', WEB: 'Website', IM: 'Messenger' } as const
  const multiple =
    type === 'deal'
      ? []
      : multifieldTypes.map((typeId) => [typeId, describe('crm_multifield', titles[typeId], { multiple: true })] as const)
  return Object.fromEntries([...plain, ...multiple])
}
