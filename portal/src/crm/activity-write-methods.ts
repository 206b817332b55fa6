import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { integer, map } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import { boundTo, type Activities, type ActivityInput, type ActivityOwner, type Communication } from './activities.ts'
import { activityFields, typeIds, typeOfId, type Field } from './classic-fields.ts'
import { presentDescription } from './classic.ts'
import type { Author } from './entities.ts'
import { readValue } from './field-values.ts'

/** What the rows need. */
export interface ActivityWriteParts {
  readonly store: Store
  readonly activities: Activities
}

const idParam = { ID: integer('id of the activity', 'crm_id').required('crm_id') }
const fieldsParam = { FIELDS: map('values by name', 'crm_fields').required('crm_fields') }
const inputErrors = ['crm_fields', 'crm_field', 'activity_field', 'activity_communications', 'activity_owner'] as const

/** `crm.activity.add`, `.update`, `.delete`, `.fields` and `.binding.*` (contract 8.4). */
export function activityWriteMethods(parts: ActivityWriteParts): Methods {
  const { store, activities } = parts
  return {
    'crm.activity.fields': method({
      scope: 'crm',
      about: 'The fields of an activity.',
      params: {},
      errors: [],
      run: () => presentActivityFields(),
    }),
    'crm.activity.communication.fields': method({
      scope: 'crm',
      about: 'The fields of one of the COMMUNICATIONS of an activity.',
      params: {},
      errors: [],
      run: () => Object.fromEntries(communicationFields.map((field) => [field.name, presentDescription(field)])),
    }),
    'crm.activity.add': method({
      scope: 'crm',
      about:
        'Adds an activity; the result is its id. A call has exactly one of COMMUNICATIONS; without OWNER_ID it belongs to the card of the first.',
      params: fieldsParam,
      errors: [...inputErrors, 'activity_provider'],
      run: ({ params, caller }) => store.transaction((tx) => activities.add(tx, readNew(params.FIELDS, caller.userId), authorOf(caller))),
    }),
    'crm.activity.update': method({
      scope: 'crm',
      about: 'Changes the given fields of an activity; its type, provider and owner stay.',
      params: { ...idParam, ...fieldsParam },
      errors: ['crm_id', 'activity_not_found', ...inputErrors],
      async run({ params, caller }) {
        await store.transaction((tx) => activities.change(tx, params.ID, readInput(params.FIELDS), authorOf(caller)))
        return true
      },
    }),
    'crm.activity.delete': method({
      scope: 'crm',
      about: 'Deletes an activity. With the activity of a call list goes the list.',
      params: idParam,
      errors: ['crm_id', 'activity_not_found'],
      async run({ params, caller }) {
        await store.transaction((tx) => activities.remove(tx, params.ID, authorOf(caller)))
        return true
      },
    }),
    ...bindingMethods(parts),
  }
}

const activityParam = { activityId: integer('id of the activity') }
const bindingParams = {
  ...activityParam,
  entityTypeId: integer('1 lead, 2 deal, 3 contact, 4 company'),
  entityId: integer('id of the card'),
}

function bindingMethods({ store, activities }: ActivityWriteParts): Methods {
  return {
    'crm.activity.binding.add': method({
      scope: 'crm',
      about: 'Puts an activity on one more card.',
      params: bindingParams,
      errors: ['item_parameter', 'binding_activity', 'binding_owner', 'binding_exists'],
      async run({ params, caller }) {
        const [id, owner] = [needed('activityId', params.activityId), readCard(params)]
        await store.transaction((tx) => activities.bind(tx, id, owner, authorOf(caller)))
        return true
      },
    }),
    'crm.activity.binding.delete': method({
      scope: 'crm',
      about: 'Takes an activity off a card; it stays on one at least.',
      params: bindingParams,
      errors: ['item_parameter', 'binding_activity', 'binding_owner', 'binding_not_found', 'binding_last'],
      async run({ params, caller }) {
        const [id, owner] = [needed('activityId', params.activityId), readCard(params)]
        await store.transaction((tx) => activities.unbind(tx, id, owner, authorOf(caller)))
        return true
      },
    }),
    'crm.activity.binding.list': method({
      scope: 'crm',
      about: 'The cards that an activity stands on.',
      params: activityParam,
      errors: ['item_parameter', 'binding_activity'],
      async run({ params, caller }) {
        const id = needed('activityId', params.activityId)
        const owners = await boundTo(store.read, caller.portalId, id)
        if (owners.length === 0) throw new PortalError('binding_activity', { id })
        return owners.map((owner) => ({ entityTypeId: typeIds[owner.type], entityId: owner.id }))
      },
    }),
  }
}

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

function needed(name: string, value: number | undefined): number {
  if (value === undefined) throw new PortalError('item_parameter', { name })
  return value
}

function readCard(params: { readonly entityTypeId: number | undefined; readonly entityId: number | undefined }): ActivityOwner {
  const type = typeOfId(needed('entityTypeId', params.entityTypeId))
  const id = needed('entityId', params.entityId)
  if (!type) throw new PortalError('binding_owner')
  return { type, id }
}

const requiredNames = new Set(['OWNER_ID', 'OWNER_TYPE_ID', 'TYPE_ID', 'SUBJECT', 'RESPONSIBLE_ID'])
const ownNames = new Set(['ID', 'STATUS', 'ORIGIN_ID', 'AUTHOR_ID', 'CREATED', 'LAST_UPDATED'])

const described = { readOnly: false, required: false, nullable: true, maxLength: 255 } as const
const communicationFields: readonly Field[] = [
  { name: 'ID', column: 'id', kind: 'id', title: 'ID', ...described, readOnly: true },
  { name: 'ACTIVITY_ID', column: 'activity_id', kind: 'id', title: 'Activity', ...described, readOnly: true },
  { name: 'ENTITY_ID', column: 'entity_id', kind: 'integer', title: 'Card', ...described },
  { name: 'ENTITY_TYPE_ID', column: 'entity_type_id', kind: 'integer', title: 'Type of the card', ...described },
  { name: 'TYPE', column: 'type', kind: 'text', title: 'Type', ...described },
  { name: 'VALUE', column: 'value', kind: 'text', title: 'Value', ...described },
]

function presentActivityFields(): Record<string, unknown> {
  const plain = activityFields.map(
    (field) =>
      [field.name, presentDescription({ ...field, required: requiredNames.has(field.name), readOnly: ownNames.has(field.name) })] as const,
  )
  const communications = { type: 'crm_activity_communication', isRequired: true, isReadOnly: false, isImmutable: false, isMultiple: true }
  return { ...Object.fromEntries(plain), COMMUNICATIONS: { ...communications, isDynamic: false, title: 'Participants' } }
}

function isGiven(value: Loose): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** What a new activity has to have. Without a responsible person it is the caller's. */
function readNew(fields: LooseMap, userId: number): ActivityInput {
  const input: ActivityInput = { responsibleId: userId, ...readInput(fields) }
  if (input.subject === undefined) throw new PortalError('activity_field', { field: 'SUBJECT', problem: 'empty' })
  if (input.typeId === undefined) throw new PortalError('activity_field', { field: 'TYPE_ID', problem: 'invalid' })
  return input
}

/** Unknown and read-only names are ignored. */
function readInput(sent: LooseMap): ActivityInput {
  const fields = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toUpperCase(), value]))
  const number = (name: string): number | undefined => readNumber(fields, name)
  const text = (name: string): string | undefined => (Object.hasOwn(fields, name) ? readText(name, fields[name]) : undefined)
  const given: { [K in keyof ActivityInput]: ActivityInput[K] | undefined } = {
    typeId: inRange('TYPE_ID', number('TYPE_ID'), [1, 6]),
    providerId: text('PROVIDER_ID'),
    providerTypeId: text('PROVIDER_TYPE_ID'),
    owner: readOwner(number('OWNER_TYPE_ID'), number('OWNER_ID')),
    subject: text('SUBJECT'),
    description: text('DESCRIPTION'),
    descriptionType: inRange('DESCRIPTION_TYPE', number('DESCRIPTION_TYPE'), [1, 3]),
    direction: inRange('DIRECTION', number('DIRECTION'), [0, 2]),
    priority: inRange('PRIORITY', number('PRIORITY'), [0, 3]),
    startAt: readTime(fields, 'START_TIME'),
    endAt: readTime(fields, 'END_TIME'),
    isCompleted: isGiven(fields['COMPLETED']) ? readValue(fieldOf('COMPLETED'), fields['COMPLETED']) === 1 : undefined,
    responsibleId: number('RESPONSIBLE_ID'),
    communications: isGiven(fields['COMMUNICATIONS']) ? readCommunications(fields['COMMUNICATIONS']) : undefined,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function fieldOf(name: string): Field {
  const field = activityFields.find((one) => one.name === name)
  if (!field) throw new Error(`no field ${name}`)
  return field
}

/** A whole number above 0; 0 too where it means something. */
function readNumber(fields: LooseMap, name: string): number | undefined {
  const value = fields[name]
  if (!isGiven(value)) return undefined
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number) || number < 0) throw new PortalError('activity_field', { field: name, problem: 'invalid' })
  return number
}

function inRange(field: string, number: number | undefined, [least, most]: readonly [number, number]): number | undefined {
  if (number === undefined || (number >= least && number <= most)) return number
  throw new PortalError('activity_field', { field, problem: 'invalid' })
}

function readText(name: string, value: Loose): string {
  if (typeof value === 'object' && value !== null) throw new PortalError('activity_field', { field: name, problem: 'invalid' })
  return String(value ?? '')
}

function readTime(fields: LooseMap, name: string): number | undefined {
  const time = isGiven(fields[name]) ? readValue(fieldOf(name), fields[name]) : undefined
  return typeof time === 'number' ? time : undefined
}

function readOwner(typeId: number | undefined, id: number | undefined): ActivityOwner | undefined {
  if (typeId === undefined || id === undefined) return undefined
  const type = typeOfId(typeId)
  if (!type) throw new PortalError('activity_owner')
  return { type, id }
}

function readCommunications(sent: Loose): Communication[] {
  const isOne = isMap(sent) && Object.hasOwn(sent, 'VALUE')
  const entries: readonly Loose[] = isOne ? [sent] : typeof sent === 'object' && sent !== null ? Object.values(sent) : [sent]
  return entries.map((entry) => {
    if (!isMap(entry)) throw new PortalError('activity_field', { field: 'COMMUNICATIONS', problem: 'invalid' })
    const value = readText('COMMUNICATIONS', entry['VALUE'])
    const type = readText('COMMUNICATIONS', entry['TYPE']).toUpperCase().slice(0, 20)
    const cardType = typeOfId(readNumber(entry, 'ENTITY_TYPE_ID') ?? 0)
    const cardId = readNumber(entry, 'ENTITY_ID')
    return { type: type || guessType(value), value, card: cardType && cardId ? { type: cardType, id: cardId } : null }
  })
}

function guessType(value: string): string {
  return value.includes('@') ? 'EMAIL' : value === '' ? '' : 'PHONE'
}
