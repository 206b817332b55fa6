import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, pageSize, type Method, type Methods } from '../rest/method.ts'
import { anything, integer, list, map } from '../rest/params.ts'
import type { Loose, LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import { fieldsOf, typeOfId, type EntityColumns, type EntityType } from './classic-fields.ts'
import type { Author, Entities, EntityRecord } from './entities.ts'
import { presentItem, presentItemFields, readItem, readItemFilter, readItemOrder, readItemSelect } from './items.ts'
import { countryOf } from './lookup.ts'
import { multifieldsOf } from './multifields.ts'
import { queryRows } from './queries.ts'

/** What the rows need. */
export interface ItemParts {
  readonly store: Store
  readonly entities: Entities
}

const ofType = {
  entityTypeId: integer('1 lead, 2 deal, 3 contact, 4 company'),
  useOriginalUfNames: anything('taken and not needed: there are no fields of the account’s own'),
}
const ofItem = { ...ofType, id: integer('id of the item') }

/** `crm.item.*` of contract 8.3. */
export function itemMethods(parts: ItemParts): Methods {
  const { entities } = parts
  return {
    'crm.item.fields': method({
      scope: 'crm',
      about: 'The fields of a type, by their camelCase names.',
      params: ofType,
      errors: ['item_parameter', 'item_type'],
      run: ({ params }) => ({ fields: presentItemFields(readType(params.entityTypeId)) }),
    }),
    'crm.item.get': method({
      scope: 'crm',
      about: 'An item with its phones and e-mails as `fm`.',
      params: ofItem,
      errors: ['item_parameter', 'item_type', 'item_not_found'],
      run: async ({ params, caller }) => ({ item: presentItem(await findItem(entities, caller, readCard(params))) }),
    }),
    'crm.item.list': listMethod(parts),
    ...changeMethods(parts),
  }
}

function changeMethods({ store, entities }: ItemParts): Methods {
  return {
    'crm.item.add': method({
      scope: 'crm',
      about: 'Adds an item; the result is the item.',
      params: { ...ofType, fields: map('values by camelCase name; fm: list of typeId, valueType, value', 'item_map') },
      errors: ['item_parameter', 'item_type', 'item_map', 'item_field'],
      async run({ params, caller }) {
        const type = readType(params.entityTypeId)
        const fields = needed('fields', params.fields)
        const id = await asItems(() => store.transaction((tx) => entities.create(tx, type, readItem(type, fields), authorOf(caller))))
        return { item: presentItem(await findItem(entities, caller, { type, id })) }
      },
    }),
    'crm.item.update': method({
      scope: 'crm',
      about:
        'Changes the given fields of an item; the result is the item. Values of fm: without id added, with id changed, with an empty value removed.',
      params: { ...ofItem, fields: map('values by camelCase name', 'item_map') },
      errors: ['item_parameter', 'item_type', 'item_not_found', 'item_map', 'item_field'],
      async run({ params, caller }) {
        const card = readCard(params)
        const fields = needed('fields', params.fields)
        await asItems(() => store.transaction((tx) => entities.change(tx, card, readItem(card.type, fields), authorOf(caller))))
        return { item: presentItem(await findItem(entities, caller, card)) }
      },
    }),
    'crm.item.delete': method({
      scope: 'crm',
      about: 'Deletes an item; the result is an empty list.',
      params: ofItem,
      errors: ['item_parameter', 'item_type', 'item_not_found'],
      async run({ params, caller }) {
        const card = readCard(params)
        await asItems(() => store.transaction((tx) => entities.remove(tx, card, authorOf(caller))))
        return []
      },
    }),
  }
}

function listMethod({ store }: ItemParts): Method {
  return method({
    scope: 'crm',
    about:
      'A page of 50 items. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it, and groups under numeric keys with `logic` AND or OR.',
    params: {
      ...ofType,
      select: list('names; fm and entityTypeId come with * or without select'),
      filter: map('values by name', 'item_map'),
      order: map('ASC or DESC by name', 'item_map'),
      start: integer('offset, a multiple of 50; -1 counts nothing'),
    },
    errors: ['item_parameter', 'item_type', 'item_map', 'item_argument'],
    run: ({ params, caller, start }) =>
      listItems(store, { ...params, type: readType(params.entityTypeId), portalId: caller.portalId, start }),
  })
}

interface ItemList {
  readonly type: EntityType
  readonly portalId: number
  readonly start: number
  readonly select: readonly Loose[] | undefined
  readonly filter: LooseMap | undefined
  readonly order: LooseMap | undefined
}

async function listItems(store: Store, { type, portalId, start, select, filter, order }: ItemList): Promise<Listed> {
  const selection = readItemSelect(select)
  const of = { portalId, country: await countryOf(store.read, portalId), fields: fieldsOf[type], type }
  const condition = readItemFilter(of, filter ?? {})
  const query = {
    conditions: condition ? [condition] : [],
    order: readItemOrder(type, order),
    limit: pageSize,
    offset: Math.max(start, 0),
    isCounted: start >= 0,
  }
  const { rows, total } = await queryRows(store.read, { table: type, portalId, query })
  const cards = rows as unknown as EntityColumns[]
  const multifields = await multifieldsOf(store.read, { portalId, type, ids: cards.map((row) => row.id) })
  const items = cards.map((row) => presentItem({ type, row, multifields: multifields.get(row.id) ?? [] }, selection))
  return new Listed({ items }, total, start)
}

function needed<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new PortalError('item_parameter', { name })
  return value
}

function readType(id: number | undefined): EntityType {
  const type = typeOfId(needed('entityTypeId', id))
  if (!type) throw new PortalError('item_type', { id: id ?? 0 })
  return type
}

function readCard(params: { readonly entityTypeId: number | undefined; readonly id: number | undefined }): {
  type: EntityType
  id: number
} {
  return { type: readType(params.entityTypeId), id: needed('id', params.id) }
}

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

async function findItem(entities: Entities, caller: Caller, card: { type: EntityType; id: number }): Promise<EntityRecord> {
  const found = await entities.find(caller.portalId, card)
  if (!found) throw new PortalError('item_not_found')
  return found
}

/** The refusals of the cards in the codes of this dialect. */
async function asItems<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PortalError && error.key === 'crm_not_found') throw new PortalError('item_not_found')
    if (error instanceof PortalError && error.key === 'crm_field') throw new PortalError('item_field', error.details)
    throw error
  }
}
