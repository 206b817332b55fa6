import type { Caller } from '../caller.ts'
import type { SwitchBoard } from '../directory/switches.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, pageSize, type Method, type Methods } from '../rest/method.ts'
import { anything, integer, list, map, text } from '../rest/params.ts'
import type { LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Activities } from './activities.ts'
import { activityMethods, type RecordingFiles } from './activity-methods.ts'
import { activityWriteMethods } from './activity-write-methods.ts'
import { callListMethods } from './call-list-methods.ts'
import type { CallLists } from './call-lists.ts'
import { fieldsOf, typeOfName, type EntityColumns, type EntityType } from './classic-fields.ts'
import { presentCard, presentFields, readFields, readFilter, readOrder, readSelect } from './classic.ts'
import type { Author, Entities } from './entities.ts'
import { categoryMethods } from './category-methods.ts'
import { commentMethods } from './comment-methods.ts'
import { currencyMethods } from './currency-methods.ts'
import { enumMethods } from './enum-methods.ts'
import { itemMethods } from './item-methods.ts'
import { linkMethods } from './link-methods.ts'
import type { Links } from './links.ts'
import { countryOf, type Lookup } from './lookup.ts'
import { multifieldsOf } from './multifields.ts'
import type { Notes } from './notes.ts'
import { queryRows } from './queries.ts'
import { statusMethods } from './status-methods.ts'
import type { Statuses } from './statuses.ts'

/** What the methods of this area are made of. */
export interface CrmParts {
  readonly store: Store
  readonly entities: Entities
  readonly lookup: Lookup
  readonly callLists: CallLists
  readonly activities: Activities
  readonly statuses: Statuses
  readonly links: Links
  readonly notes: Notes
  readonly switches: Pick<SwitchBoard, 'of'>
  /** recordings of calls as files of their activities */
  readonly recordingFiles: RecordingFiles
}

/** `crm.*` of contract 5 and 8: any active user may read and write all of it; the router has checked the scope. */
export function crmMethods(parts: CrmParts): Methods {
  return {
    ...entityMethods(parts, 'contact'),
    ...entityMethods(parts, 'company'),
    ...entityMethods(parts, 'lead'),
    ...entityMethods(parts, 'deal'),
    'crm.duplicate.findbycomm': duplicateMethod(parts),
    ...activityMethods(parts),
    ...callListMethods(parts),
    ...itemMethods(parts),
    ...activityWriteMethods(parts),
    ...statusMethods(parts),
    ...linkMethods(parts),
    ...enumMethods(parts),
    ...categoryMethods(parts),
    ...commentMethods(parts),
    ...currencyMethods(parts),
  }
}

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

function cardId(id: number): number {
  if (id <= 0) throw new PortalError('crm_id')
  return id
}

const idParam = { ID: integer('id of the card', 'crm_id').required('crm_id') }
const fieldsParam = {
  FIELDS: map('values by name', 'crm_fields').required('crm_fields'),
  PARAMS: anything('REGISTER_SONET_EVENT, IMPORT: taken and not needed'),
}

function entityMethods({ store, entities }: CrmParts, type: EntityType): Methods {
  const add = method({
    scope: 'crm',
    about: `Adds a ${type}; the result is its id.`,
    params: fieldsParam,
    errors: ['crm_fields', 'crm_field'],
    run: ({ params, caller }) => store.transaction((tx) => entities.create(tx, type, readFields(type, params.FIELDS), authorOf(caller))),
  })
  const update = method({
    scope: 'crm',
    about: `Changes the given fields of a ${type}. Phones and e-mails: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed.`,
    params: { ...idParam, ...fieldsParam },
    errors: ['crm_id', 'crm_not_found', 'crm_fields', 'crm_field'],
    async run({ params, caller }) {
      const card = { type, id: cardId(params.ID) }
      await store.transaction((tx) => entities.change(tx, card, readFields(type, params.FIELDS), authorOf(caller)))
      return true
    },
  })
  const remove = method({
    scope: 'crm',
    about: `Deletes a ${type}.`,
    params: idParam,
    errors: ['crm_id', 'crm_not_found'],
    async run({ params, caller }) {
      await store.transaction((tx) => entities.remove(tx, { type, id: cardId(params.ID) }, authorOf(caller)))
      return true
    },
  })
  const get = method({
    scope: 'crm',
    about: `A ${type} with its phones and e-mails.`,
    params: idParam,
    errors: ['crm_id', 'crm_not_found'],
    async run({ params, caller }) {
      const card = await entities.find(caller.portalId, { type, id: cardId(params.ID) })
      if (!card) throw new PortalError('crm_not_found')
      return presentCard(card, 'everything')
    },
  })
  const fields = method({ scope: 'crm', about: `The fields of a ${type}.`, params: {}, errors: [], run: () => presentFields(type) })
  const rows = { add, update, delete: remove, get, list: listMethod(store, type), fields }
  return Object.fromEntries(Object.entries(rows).map(([verb, row]) => [`crm.${type}.${verb}`, row]))
}

function listMethod(store: Store, type: EntityType): Method {
  return method({
    scope: 'crm',
    about: `A page of 50 cards. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it; a list means any of it; PHONE and EMAIL match exactly.`,
    params: {
      SELECT: list('names; * for all plain fields; PHONE, EMAIL, WEB and IM only by name'),
      FILTER: map('values by name', 'crm_filter'),
      ORDER: map('ASC or DESC by name', 'crm_order'),
      START: integer('offset, a multiple of 50; -1 counts nothing'),
    },
    errors: ['crm_filter', 'crm_order', 'crm_list', 'crm_field'],
    run: ({ params, caller, start }) => listCards({ store, type, portalId: caller.portalId, start, ...params }),
  })
}

interface CardList {
  readonly store: Store
  readonly type: EntityType
  readonly portalId: number
  readonly start: number
  readonly SELECT: Parameters<typeof readSelect>[1]
  readonly FILTER: LooseMap | undefined
  readonly ORDER: LooseMap | undefined
}

async function listCards({ store, type, portalId, start, SELECT, FILTER, ORDER }: CardList): Promise<Listed> {
  const country = await countryOf(store.read, portalId)
  const selection = readSelect(fieldsOf[type], SELECT)
  const conditions = readFilter({ portalId, country, fields: fieldsOf[type], type }, FILTER ?? {})
  const query = { conditions, order: readOrder(fieldsOf[type], ORDER), limit: pageSize, offset: Math.max(start, 0), isCounted: start >= 0 }
  const { rows, total } = await queryRows(store.read, { table: type, portalId, query })
  const multifields = await multifieldsOf(store.read, { portalId, type, ids: (rows as { id: number }[]).map((row) => row.id) })
  const cards = (rows as unknown as EntityColumns[]).map((row) => ({
    type,
    row,
    multifields: multifields.get(row.id) ?? ([] as Row<'multifield'>[]),
  }))
  return new Listed(
    cards.map((card) => presentCard(card, selection)),
    total,
    start,
  )
}

function duplicateMethod({ lookup }: CrmParts): Method {
  return method({
    scope: 'crm',
    about: 'Ids of the leads, contacts and companies that have one of these phones or e-mails.',
    params: {
      TYPE: text('PHONE or EMAIL', 'comm_type_wrong').required('comm_type'),
      VALUES: list('up to 20 phones or e-mails', 'comm_values').required('comm_values'),
      ENTITY_TYPE: text('LEAD, CONTACT or COMPANY', 'comm_entity_type'),
    },
    errors: ['comm_type', 'comm_type_wrong', 'comm_values', 'comm_values_many', 'comm_entity_type'],
    run: ({ params, caller }) => findDuplicates(lookup, { ...params, portalId: caller.portalId }),
  })
}

async function findDuplicates(
  lookup: Lookup,
  { portalId, TYPE, VALUES, ENTITY_TYPE }: { portalId: number; TYPE: string; VALUES: readonly unknown[]; ENTITY_TYPE: string | undefined },
): Promise<unknown> {
  const typeId = TYPE.toUpperCase()
  if (typeId !== 'PHONE' && typeId !== 'EMAIL') throw new PortalError('comm_type_wrong')
  const values = VALUES.filter((value) => typeof value === 'string' || typeof value === 'number').map(String)
  if (values.length === 0) throw new PortalError('comm_values')
  if (VALUES.length > 20) throw new PortalError('comm_values_many')
  const only = ENTITY_TYPE === undefined ? null : typeOfName(ENTITY_TYPE)
  if (only === 'deal' || (ENTITY_TYPE !== undefined && only === null)) throw new PortalError('comm_entity_type')
  const found: Record<string, number[]> = {}
  for (const type of only ? [only] : (['lead', 'contact', 'company'] as const)) {
    const ids = await lookup.findByCommunication({ portalId, typeId, values, type })
    if (ids.length > 0) found[type.toUpperCase()] = ids
    // contract 8.3: a type that is full is the last one
    if (ids.length >= 20) break
  }
  return Object.keys(found).length === 0 ? [] : found
}
