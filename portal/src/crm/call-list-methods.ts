import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, integer, map, text } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CallLists, CallListType, NewCallList } from './call-lists.ts'
import { typeIds, typeOfName, type Field } from './classic-fields.ts'
import { readFilter, readOrder, readSelect } from './classic.ts'
import type { Author } from './entities.ts'
import { queryRows } from './queries.ts'
import type { Statuses } from './statuses.ts'

/** What the rows need. */
export interface CallListParts {
  readonly store: Store
  readonly callLists: CallLists
  readonly statuses: Statuses
}

const plain = { readOnly: true, required: false, nullable: true, maxLength: 255 } as const
const listFields: readonly Field[] = [
  { name: 'ID', column: 'id', kind: 'id', title: 'ID', ...plain },
  { name: 'CREATED_BY_ID', column: 'created_by_id', kind: 'user', title: 'Created by', ...plain },
  { name: 'WEBFORM_ID', column: 'webform_id', kind: 'integer', title: 'CRM form', ...plain },
]
const dateCreate: Field = { name: 'DATE_CREATE', column: 'created_at', kind: 'time', title: 'Created on', ...plain }

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

const newList = {
  ENTITY_TYPE: text('CONTACT or COMPANY'),
  ENTITIES: anything('list of ids'),
  WEBFORM_ID: integer('CRM form', 'call_list_webform'),
}

/** `crm.calllist.*` (contract 5). Any user may work with any list. */
export function callListMethods(parts: CallListParts): Methods {
  const { store, callLists, statuses } = parts
  return {
    'crm.calllist.add': method({
      scope: 'crm',
      about: 'Adds a call list of contacts or companies; the result is its id.',
      params: newList,
      errors: ['call_list_param', 'call_list_type', 'call_list_entities', 'call_list_entity_ids', 'call_list_webform'],
      run: ({ params, caller }) => store.transaction((tx) => callLists.create(tx, readList(params, 'call_list_type'), authorOf(caller))),
    }),
    'crm.calllist.update': method({
      scope: 'crm',
      about: 'Replaces the participants of a call list; without WEBFORM_ID its form is cleared.',
      params: { LIST_ID: integer('the list', 'call_list_update_id'), ...newList },
      errors: [
        'call_list_param',
        'call_list_update_id',
        'call_list_update_type',
        'call_list_other_type',
        'call_list_entities',
        'call_list_new_ids',
        'call_list_webform',
      ],
      async run({ params, caller }) {
        const id = needed('LIST_ID', params.LIST_ID)
        await store.transaction((tx) => callLists.replace(tx, id, readList(params, 'call_list_update_type'), authorOf(caller)))
        return true
      },
    }),
    'crm.calllist.get': method({
      scope: 'crm',
      about: 'A call list.',
      params: { ID: integer('the list', 'call_list_id') },
      errors: ['call_list_param', 'call_list_id'],
      async run({ params, caller }) {
        const found = await callLists.find(caller.portalId, needed('ID', params.ID))
        if (!found) throw new PortalError('call_list_id')
        return presentList(found)
      },
    }),
    'crm.calllist.statuslist': method({
      scope: 'crm',
      about: 'How it can stand with a participant.',
      params: {},
      errors: [],
      run: async ({ caller }) =>
        (await statuses.ofDirectory(caller.portalId, 'CALL_LIST')).map((one) => ({
          ID: one.id,
          NAME: one.name,
          SORT: one.sort,
          STATUS_ID: one.status_id,
        })),
    }),
    ...readingMethods(parts),
  }
}

function readingMethods({ store, callLists, statuses }: CallListParts): Methods {
  return {
    'crm.calllist.list': method({
      scope: 'crm',
      about: 'Call lists.',
      params: { SELECT: anything('names'), FILTER: map('values by name', 'crm_filter'), ORDER: map('ASC or DESC by name', 'crm_order') },
      errors: ['crm_filter', 'crm_order', 'crm_field', 'call_list_field'],
      run: ({ params, caller }) => listLists(store, { ...params, portalId: caller.portalId }),
    }),
    'crm.calllist.items.get': method({
      scope: 'crm',
      about: 'The participants of a call list, in the order of calling.',
      params: { LIST_ID: integer('the list', 'call_list_not_positive'), FILTER: map('STATUS', 'crm_filter') },
      errors: ['call_list_param', 'call_list_not_positive', 'call_list_not_found', 'call_list_status', 'crm_filter'],
      run: ({ params, caller }) =>
        listItems(
          { callLists, statuses },
          { portalId: caller.portalId, id: needed('LIST_ID', params.LIST_ID), filter: params.FILTER ?? {} },
        ),
    }),
  }
}

function needed<T>(argument: string, value: T | undefined): T {
  if (value === undefined) throw new PortalError('call_list_param', { argument })
  return value
}

function readList(
  params: { ENTITY_TYPE: string | undefined; ENTITIES: Loose; WEBFORM_ID: number | undefined },
  typeRefusal: 'call_list_type' | 'call_list_update_type',
): NewCallList {
  const type = typeOfName(needed('ENTITY_TYPE', params.ENTITY_TYPE))
  if (type !== 'contact' && type !== 'company') throw new PortalError(typeRefusal)
  const sent = needed('ENTITIES', params.ENTITIES)
  if (typeof sent !== 'object' || sent === null) throw new PortalError('call_list_entities')
  const webformId = params.WEBFORM_ID ?? null
  if (webformId !== null && webformId <= 0) throw new PortalError('call_list_webform')
  return {
    type,
    entityIds: Object.values(sent).map((id: Loose) => (typeof id === 'number' || typeof id === 'string' ? Number(id) : Number.NaN)),
    webformId,
  }
}

async function listLists(
  store: Store,
  { portalId, SELECT, FILTER, ORDER }: { portalId: number; SELECT: Loose; FILTER: LooseMap | undefined; ORDER: LooseMap | undefined },
): Promise<unknown> {
  const filter = Object.fromEntries(Object.entries(FILTER ?? {}).map(readTypeFilter))
  for (const key of Object.keys(filter)) {
    const name = key.replace(/^[<>=!@]+/, '').toUpperCase()
    if (![...listFields, typeField].some((field) => field.name === name))
      throw new PortalError('call_list_field', { field: name.slice(0, 100) })
  }
  const conditions = readFilter({ portalId, country: '', fields: [...listFields, typeField] }, filter)
  const query = { conditions, order: readOrder([...listFields, dateCreate, typeField], ORDER), limit: 5000, offset: 0, isCounted: false }
  const { rows } = await queryRows(store.read, { table: 'call_list', portalId, query })
  const sent = Array.isArray(SELECT) ? (SELECT as readonly Loose[]) : isMap(SELECT) ? Object.values(SELECT) : undefined
  const selection = readSelect([...listFields, dateCreate, typeField], sent)
  return (rows as unknown as Row<'call_list'>[]).map((row) => {
    const { ENTITY_TYPE: _, ...shown } = presentList(row)
    return selection ? Object.fromEntries(Object.entries(shown).filter(([name]) => selection.has(name))) : shown
  })
}

const typeField: Field = { name: 'ENTITY_TYPE_ID', column: 'entity_type', kind: 'text', title: 'Type of the participants', ...plain }

/** The wire has 3 and 4, the table the words. */
function readTypeFilter([key, value]: [string, Loose]): [string, Loose] {
  if (!/ENTITY_TYPE_ID$/i.test(key)) return [key, value]
  const word = (id: Loose): Loose => (id === 3 || id === '3' ? 'contact' : id === 4 || id === '4' ? 'company' : 'none')
  return [key, Array.isArray(value) ? value.map((one: Loose) => word(one)) : word(value)]
}

async function listItems(
  { callLists, statuses }: Pick<CallListParts, 'callLists' | 'statuses'>,
  { portalId, id, filter }: { portalId: number; id: number; filter: LooseMap },
): Promise<unknown> {
  if (id <= 0) throw new PortalError('call_list_not_positive')
  const found = await callLists.find(portalId, id)
  if (!found) throw new PortalError('call_list_not_found')
  const sent = filter['STATUS']
  const wanted = sent === undefined || sent === null || sent === '' ? [] : Array.isArray(sent) ? (sent as readonly Loose[]) : [sent]
  const known = await statuses.ofDirectory(portalId, 'CALL_LIST')
  if (!wanted.every((status) => known.some((one) => one.status_id === status))) throw new PortalError('call_list_status')
  const items = await callLists.items(portalId, id, wanted as readonly string[])
  return items.map((item) => ({ ID: item.entity_id, STATUS: item.status, ENTITY_TYPE: typeIds[found.entity_type as CallListType] }))
}

function presentList(row: Row<'call_list'>): Record<string, string | null> {
  return {
    ID: String(row.id),
    DATE_CREATE: new Date(row.created_at).toISOString().slice(0, 19).replace('T', ' '),
    CREATED_BY_ID: String(row.created_by_id),
    WEBFORM_ID: row.webform_id === null ? null : String(row.webform_id),
    ENTITY_TYPE_ID: String(typeIds[row.entity_type as CallListType]),
    ENTITY_TYPE: row.entity_type.toUpperCase(),
  }
}
