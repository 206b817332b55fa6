import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, type Methods } from '../rest/method.ts'
import { anything, integer, isTrue, map, text } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Field } from './classic-fields.ts'
import { presentDescription, presentValue, readFilter, readOrder } from './classic.ts'
import { queryRows } from './queries.ts'
import { statusDirectories, type StatusInput, type Statuses } from './statuses.ts'

/** What the rows need. */
export interface StatusParts {
  readonly store: Store
  readonly statuses: Statuses
}

const plain = { readOnly: false, required: false, nullable: true, maxLength: 255 } as const
const fields: readonly Field[] = [
  { name: 'ID', column: 'id', kind: 'id', title: 'ID', ...plain, readOnly: true },
  { name: 'ENTITY_ID', column: 'entity_id', kind: 'text', title: 'Directory', ...plain, required: true },
  { name: 'STATUS_ID', column: 'status_id', kind: 'text', title: 'Value', ...plain, required: true },
  { name: 'NAME', column: 'name', kind: 'text', title: 'Name', ...plain, required: true },
  { name: 'NAME_INIT', column: 'name_init', kind: 'text', title: 'Name that it came with', ...plain, readOnly: true, nullable: false },
  { name: 'SORT', column: 'sort', kind: 'integer', title: 'Order', ...plain },
  { name: 'SYSTEM', column: 'is_system', kind: 'flag', title: 'Came with the portal', ...plain, readOnly: true },
  { name: 'COLOR', column: 'color', kind: 'text', title: 'Colour', ...plain },
  { name: 'SEMANTICS', column: 'semantics', kind: 'text', title: 'S success, F failure, else in progress', ...plain },
]

/** Stages of pipelines beside the general one would have its id; there are none. */
const category: Field = { name: 'CATEGORY_ID', column: 'id', kind: 'integer', title: 'Pipeline', ...plain, readOnly: true }

/** `CATEGORY_ID` stands behind `SYSTEM`. */
function withCategory(shown: Readonly<Record<string, unknown>>, value: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shown).flatMap((pair) => (pair[0] === 'SYSTEM' ? [pair, [category.name, value]] : [pair])))
}

const idParam = { ID: integer('id of the value', 'status_id').required('status_id') }
const fieldsParam = { FIELDS: map('ENTITY_ID, STATUS_ID, NAME, SORT, COLOR, SEMANTICS', 'status_parameters').required('status_parameters') }

/** `crm.status.*`: everybody reads the directories, administrators write them. */
export function statusMethods(parts: StatusParts): Methods {
  return { ...readingMethods(parts), ...writingMethods(parts.statuses) }
}

function readingMethods({ store, statuses }: StatusParts): Methods {
  return {
    'crm.status.fields': method({
      scope: 'crm',
      about: 'The fields of a value of a directory.',
      params: {},
      errors: [],
      run: () =>
        withCategory(Object.fromEntries(fields.map((field) => [field.name, presentDescription(field)])), presentDescription(category)),
    }),
    'crm.status.list': method({
      scope: 'crm',
      about: 'The values of SOURCE, STATUS, DEAL_STAGE and CALL_LIST, all at once, by SORT.',
      params: { FILTER: map('values by name', 'crm_filter'), ORDER: map('ASC or DESC by name', 'crm_order') },
      errors: ['crm_filter', 'crm_order', 'crm_list', 'crm_field'],
      async run({ params, caller: { portalId } }) {
        await statuses.prepare(portalId)
        const rows = await listStatuses(store, portalId, params)
        return new Listed(rows.map(presentStatus), rows.length, 0)
      },
    }),
    'crm.status.get': method({
      scope: 'crm',
      about: 'A value of a directory.',
      params: idParam,
      errors: ['status_id', 'status_not_found'],
      run: async ({ params, caller }) => presentStatus(await statuses.find(caller.portalId, params.ID)),
    }),
    'crm.dealcategory.stage.list': method({
      scope: 'crm',
      about: 'The stages of a pipeline of deals, as crm.status.list has them. A pipeline that is not there has none.',
      params: { ID: integer('id of the pipeline; 0, the general one, if absent') },
      errors: [],
      async run({ params, caller }) {
        const rows = (params.ID ?? 0) === 0 ? await statuses.ofDirectory(caller.portalId, 'DEAL_STAGE') : []
        return new Listed(rows.map(presentStatus), rows.length, 0)
      },
    }),
    'crm.status.entity.types': method({
      scope: 'crm',
      about: 'The directories.',
      params: {},
      errors: [],
      async run({ caller }) {
        const portal = await store.read.selectFrom('portal').select('language').where('id', '=', caller.portalId).executeTakeFirstOrThrow()
        return statusDirectories(portal.language).map(({ id, title }) => ({ ID: id, NAME: title }))
      },
    }),
    'crm.status.entity.items': method({
      scope: 'crm',
      about: 'The values of one directory, in short.',
      params: { entityId: text('SOURCE, STATUS, DEAL_STAGE or CALL_LIST', 'status_parameters').required('status_parameters') },
      errors: ['status_parameters'],
      async run({ params, caller }) {
        const rows = await statuses.ofDirectory(caller.portalId, params.entityId)
        return rows.map((row) => ({ NAME: row.name, SORT: row.sort, STATUS_ID: row.status_id }))
      },
    }),
  }
}

function writingMethods(statuses: Statuses): Methods {
  return {
    'crm.status.add': method({
      scope: 'crm',
      about: 'Adds a value to a directory; the result is its id. Administrators only.',
      params: fieldsParam,
      errors: ['crm_access', 'status_parameters', 'status_entity', 'status_required', 'status_duplicate'],
      run: ({ params, caller }) => statuses.add(asAdmin(caller), readInput(params.FIELDS)),
    }),
    'crm.status.update': method({
      scope: 'crm',
      about: 'Changes NAME, SORT, COLOR or SEMANTICS of a value. Administrators only.',
      params: { ...idParam, ...fieldsParam },
      errors: ['crm_access', 'status_id', 'status_not_found', 'status_parameters', 'status_required'],
      async run({ params, caller }) {
        await statuses.change(asAdmin(caller), params.ID, readInput(params.FIELDS))
        return true
      },
    }),
    'crm.status.delete': method({
      scope: 'crm',
      about: 'Deletes a value that nothing has. Those that came with the portal: with PARAMS[FORCED]=Y. Administrators only.',
      params: { ...idParam, PARAMS: anything('FORCED: Y') },
      errors: ['crm_access', 'status_id', 'status_not_found', 'status_system', 'status_first', 'status_used'],
      async run({ params, caller }) {
        await statuses.remove(asAdmin(caller), params.ID, isMap(params.PARAMS) && isTrue(params.PARAMS['FORCED']))
        return true
      },
    }),
  }
}

async function listStatuses(
  store: Store,
  portalId: number,
  { FILTER, ORDER }: { FILTER: LooseMap | undefined; ORDER: LooseMap | undefined },
): Promise<Row<'crm_status'>[]> {
  const conditions = readFilter({ portalId, country: '', fields }, FILTER ?? {})
  const query = { conditions, order: readOrder(fields, ORDER ?? { SORT: 'ASC' }), limit: 10_000, offset: 0, isCounted: false }
  return (await queryRows(store.read, { table: 'crm_status', portalId, query })).rows as unknown as Row<'crm_status'>[]
}

const extraSemantics: Readonly<Record<string, string>> = { S: 'success', F: 'failure' }

function presentStatus(row: Row<'crm_status'>): Record<string, unknown> {
  const columns = row as unknown as Readonly<Record<string, string | number | null>>
  const own = Object.fromEntries(fields.map((field) => [field.name, presentValue(field, columns[field.column] ?? null)]))
  const shown = withCategory(own, null)
  const isStage = row.entity_id === 'STATUS' || row.entity_id === 'DEAL_STAGE'
  return isStage ? { ...shown, EXTRA: { SEMANTICS: extraSemantics[row.semantics] ?? 'process', COLOR: row.color } } : shown
}

function asAdmin(caller: Caller): number {
  if (!caller.isAdmin) throw new PortalError('crm_access')
  return caller.portalId
}

function readInput(sent: LooseMap): StatusInput {
  const given = new Map(Object.entries(sent).map(([name, value]) => [name.toUpperCase(), readText(value)]))
  const [entityId, statusId, name, color] = ['ENTITY_ID', 'STATUS_ID', 'NAME', 'COLOR'].map((one) => given.get(one))
  const sort = given.has('SORT') ? Number(given.get('SORT')) : undefined
  const semantics = given.get('SEMANTICS')
  if (sort !== undefined && !Number.isSafeInteger(sort)) throw new PortalError('status_parameters')
  return {
    ...(entityId !== undefined && { entityId }),
    ...(statusId !== undefined && { statusId }),
    ...(name !== undefined && { name }),
    ...(sort !== undefined && { sort }),
    ...(color !== undefined && { color }),
    ...(semantics !== undefined && { semantics: semantics === 'S' || semantics === 'F' ? semantics : '' }),
  }
}

function readText(value: Loose): string {
  if (typeof value === 'object' && value !== null) throw new PortalError('status_parameters')
  return String(value ?? '')
}
