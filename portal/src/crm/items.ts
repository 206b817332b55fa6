/** The dialect of `crm.item.*` (contract 8.3): camelCase names, real numbers, filters with groups. It stands on the classic fields. */
import { PortalError } from '../errors.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import { fieldsOf, isComputed, multifieldTypes, typeIds, type EntityType, type Field } from './classic-fields.ts'
import { fieldCondition, fieldTypes, listValues, presentComputed, readFilterKey, readMultifield, type FilterOf } from './classic.ts'
import type { EntityRecord, EntityWrite } from './entities.ts'
import type { MultifieldWrite } from './multifields.ts'
import { allOf, anyOf, type Condition, type Query } from './queries.ts'

/** A classic field under its camelCase name. */
export interface ItemField {
  readonly name: string
  readonly field: Field
}

const ownNames: Readonly<Record<string, string>> = {
  CREATED_BY_ID: 'createdBy',
  MODIFY_BY_ID: 'updatedBy',
  DATE_CREATE: 'createdTime',
  DATE_MODIFY: 'updatedTime',
  STATUS_ID: 'stageId',
  STATUS_SEMANTIC_ID: 'stageSemanticId',
  COMPANY_TYPE: 'typeId',
}

/** The fields of a type, in the order of the answers. */
export function itemFieldsOf(type: EntityType): readonly ItemField[] {
  return fieldsOf[type].map((field) => ({ name: ownNames[field.name] ?? camelCase(field.name), field }))
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Types whose items point at contacts by a list too. */
function hasContactIds(type: EntityType): boolean {
  return type === 'lead' || type === 'deal'
}

/** What `fields` of add and update ask for. Unknown and read-only names are ignored. */
export function readItem(type: EntityType, fields: LooseMap): EntityWrite {
  const columns: Record<string, Loose> = {}
  for (const { name, field } of itemFieldsOf(type))
    if (!field.readOnly && Object.hasOwn(fields, name)) columns[field.column] = fields[name] ?? ''
  if (hasContactIds(type) && Object.hasOwn(fields, 'contactIds')) columns['contact_id'] = listValues(fields['contactIds'])[0] ?? ''
  return { fields: columns, multifields: { writes: type === 'deal' ? [] : readFm(fields['fm']) } }
}

/** Values without id are added, those with id changed, as in the classic methods (contract 8.2). */
function readFm(sent: Loose): MultifieldWrite[] {
  if (sent === null || sent === undefined || sent === '') return []
  if (typeof sent !== 'object') throw new PortalError('item_field', { detail: 'Invalid value of field "fm": it is a list' })
  return Object.values(sent).map((one: Loose) => {
    const typeId = isMap(one) ? multifieldTypes.find((known) => known === one['typeId']) : undefined
    if (!isMap(one) || !typeId)
      throw new PortalError('item_field', { detail: 'Invalid value of field "fm": a value has typeId PHONE, EMAIL, WEB or IM' })
    const { id: ID, value: VALUE, valueType: VALUE_TYPE, delete: DELETE } = one
    return readMultifield(typeId, { ID, VALUE_TYPE, DELETE, ...(VALUE !== undefined && { VALUE }) })
  })
}

/** Names of `select`; null: everything, with `fm` and `entityTypeId`, which cannot be had by name. */
export type ItemSelection = ReadonlySet<string> | null

/** Reads `select`; names that the type does not have are ignored. */
export function readItemSelect(select: readonly Loose[] | undefined): ItemSelection {
  if (!select || select.length === 0 || select.includes('*')) return null
  return new Set(['id', ...select.filter((name) => typeof name === 'string')])
}

/** An item: numbers are numbers, references that are not set 0, flags Y or N, times ISO 8601 with a zone. */
export function presentItem(card: EntityRecord, selection: ItemSelection = null): Record<string, unknown> {
  const row = card.row as unknown as Readonly<Record<string, string | number | null>>
  const shown: Record<string, unknown> = {}
  for (const { name, field } of itemFieldsOf(card.type)) {
    if (selection && !selection.has(name)) continue
    shown[name] = presentComputed(field, card) ?? presentItemValue(field, row[field.column] ?? null)
  }
  if (!selection && card.type !== 'deal')
    shown['fm'] = card.multifields.map((one) => ({ id: one.id, valueType: one.value_type, value: one.value, typeId: one.type_id }))
  if (hasContactIds(card.type) && (!selection || selection.has('contactIds')))
    shown['contactIds'] = typeof row['contact_id'] === 'number' ? [row['contact_id']] : []
  if (!selection) shown['entityTypeId'] = typeIds[card.type]
  return shown
}

function presentItemValue(field: Field, value: string | number | null): string | number | null {
  switch (field.kind) {
    case 'flag':
      return value === 1 ? 'Y' : 'N'
    case 'money':
      return Number(value) / 100
    case 'time':
    case 'date':
      return value === null ? null : isoSeconds(Number(value))
    case 'contact':
    case 'company':
    case 'user':
      return value ?? 0
    default:
      return value === '' && field.nullable ? null : value
  }
}

/** The answer of `crm.item.fields`. */
export function presentItemFields(type: EntityType): Record<string, unknown> {
  const described = (field: { name: string; kind: string; title: string; readOnly?: boolean; multiple?: boolean }) => ({
    type: field.kind,
    isRequired: false,
    isReadOnly: field.readOnly ?? false,
    isImmutable: false,
    isMultiple: field.multiple ?? false,
    isDynamic: false,
    title: field.title,
    upperName: field.name,
  })
  const plain = itemFieldsOf(type).map(({ name, field }) => {
    const kind = field.kind === 'flag' || field.kind === 'has' || field.kind === 'closed' ? 'boolean' : fieldTypes[field.kind]
    return [name, { ...described({ ...field, kind }), isRequired: field.required }] as const
  })
  const fm = ['fm', described({ name: 'FM', kind: 'crm_multifield', title: 'Phones, e-mails and addresses', multiple: true })] as const
  const contactIds = ['contactIds', described({ name: 'CONTACT_IDS', kind: 'crm_contact', title: 'Contacts', multiple: true })] as const
  return Object.fromEntries([...plain, ...(type === 'deal' ? [] : [fm]), ...(hasContactIds(type) ? [contactIds] : [])])
}

const deepestGroup = 10

/**
 * Reads `filter`: names with the classic prefixes, and groups under numeric keys, each with its `logic` (AND unless OR). A name
 * that the type does not have is refused: ignoring it would find everything.
 */
export function readItemFilter(of: FilterOf & { readonly type: EntityType }, filter: LooseMap, depth = 0): Condition | null {
  if (depth > deepestGroup)
    throw new PortalError('item_argument', { problem: `Invalid filter: groups are nested deeper than ${deepestGroup}` })
  const conditions: Condition[] = []
  let isOr = false
  for (const [key, value] of Object.entries(filter)) {
    if (key.toLowerCase() === 'logic') isOr = typeof value === 'string' && value.toUpperCase() === 'OR'
    else if (/^\d+$/.test(key)) {
      // PHP's forms write a group of groups as a list
      const inner = Array.isArray(value) ? Object.fromEntries(Object.entries(value as readonly Loose[])) : value
      const group = isMap(inner) ? readItemFilter(of, inner, depth + 1) : notAllowed('filter', key)
      if (group) conditions.push(group)
    } else conditions.push(itemCondition(of, key, value))
  }
  if (conditions.length === 0) return null
  return isOr ? anyOf(conditions) : allOf(conditions)
}

function itemCondition(of: FilterOf & { readonly type: EntityType }, key: string, value: Loose): Condition {
  const { operator, name } = readFilterKey(key)
  const wanted = name === 'contactIds' && hasContactIds(of.type) ? 'contactId' : name
  const found = itemFieldsOf(of.type).find((one) => one.name === wanted)
  if (!found) return notAllowed('filter', name)
  const values = listValues(value)
  if (found.field.kind !== 'has' && values.some((one) => typeof one === 'object' && one !== null)) return wrongValue(name)
  try {
    return fieldCondition(of, { field: found.field, operator, values })
  } catch (error) {
    if (error instanceof PortalError && error.key === 'crm_field') return wrongValue(name)
    throw error
  }
}

function notAllowed(where: 'filter' | 'order', name: string): never {
  throw new PortalError('item_argument', { problem: `Invalid ${where}: field '${name.slice(0, 100)}' is not allowed in ${where}` })
}

function wrongValue(name: string): never {
  throw new PortalError('item_argument', { problem: `Invalid filter: field '${name.slice(0, 100)}' has invalid value` })
}

/** Reads `order`. */
export function readItemOrder(type: EntityType, order: LooseMap | undefined): Query['order'] {
  return Object.entries(order ?? {}).map(([name, sent]) => {
    const found = itemFieldsOf(type).find((one) => one.name === name && !isComputed(one.field))
    if (!found) return notAllowed('order', name)
    const direction = typeof sent === 'string' ? sent.trim().toUpperCase() : ''
    if (direction !== 'ASC' && direction !== 'DESC') {
      const given = typeof sent === 'object' ? 'a list' : String(sent).slice(0, 100)
      throw new PortalError('item_argument', {
        problem: `Invalid order: allowed sort directions are ASC, DESC. But got '${given}' for field '${name}'`,
      })
    }
    return { column: found.field.column, descending: direction === 'DESC' }
  })
}
