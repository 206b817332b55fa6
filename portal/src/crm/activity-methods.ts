import { PortalError } from '../errors.ts'
import { Listed, method, pageSize, type Method, type Methods } from '../rest/method.ts'
import { integer, list, map } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { activityFields } from './classic-fields.ts'
import { presentValue, readFilter, readOrder, readSelect, type Selection } from './classic.ts'
import { boundCondition, queryRows, type Condition } from './queries.ts'

/** Recordings of calls as `FILES` of their activities, by CALL_ID. */
export type RecordingFiles = (
  portalId: number,
  callIds: readonly string[],
) => Promise<ReadonlyMap<string, ReadonlyArray<{ readonly id: number; readonly url: string }>>>

/** What the rows need. */
export interface ActivityParts {
  readonly store: Store
  readonly recordingFiles: RecordingFiles
}

/** `crm.activity.get` and `.list` (contract 8.4). */
export function activityMethods(parts: ActivityParts): Methods {
  const { store, recordingFiles } = parts
  return {
    'crm.activity.get': method({
      scope: 'crm',
      about: 'An activity, for instance a finished call, with its participants and recordings.',
      params: { ID: integer('id of the activity', 'crm_id').required('crm_id') },
      errors: ['crm_id', 'activity_not_found'],
      async run({ params, caller }) {
        const row = await store.read
          .selectFrom('activity')
          .selectAll()
          .where('portal_id', '=', caller.portalId)
          .where('id', '=', params.ID)
          .executeTakeFirst()
        if (!row) throw new PortalError('activity_not_found')
        const files = await recordingFiles(caller.portalId, row.call_id === null ? [] : [row.call_id])
        return presentActivity(row, 'everything', files)
      },
    }),
    'crm.activity.list': activityList(parts),
  }
}

function activityList({ store, recordingFiles }: ActivityParts): Method {
  return method({
    scope: 'crm',
    about: 'A page of 50 activities, by default by START_TIME.',
    params: {
      SELECT: list('names; COMMUNICATIONS and FILES only by name'),
      FILTER: map('values by name; BINDINGS: list of OWNER_TYPE_ID and OWNER_ID', 'crm_filter'),
      ORDER: map('ASC or DESC by name', 'crm_order'),
      START: integer('offset, a multiple of 50; -1 counts nothing'),
    },
    errors: ['crm_filter', 'crm_order', 'crm_list', 'crm_field'],
    async run({ params, caller: { portalId }, start }) {
      const selection = readSelect(activityFields, params.SELECT)
      const order = readOrder(activityFields, params.ORDER ?? { START_TIME: 'ASC' })
      const query = {
        conditions: readActivityFilter(portalId, params.FILTER ?? {}),
        order,
        limit: pageSize,
        offset: Math.max(start, 0),
        isCounted: start >= 0,
      }
      const { rows, total } = await queryRows(store.read, { table: 'activity', portalId, query })
      const activities = rows as unknown as Row<'activity'>[]
      const callIds = selection?.has('FILES') ? activities.flatMap((row) => row.call_id ?? []) : []
      const files = await recordingFiles(portalId, callIds)
      return new Listed(
        activities.map((row) => presentActivity(row, selection, files)),
        total,
        start,
      )
    },
  })
}

function readActivityFilter(portalId: number, filter: LooseMap): Condition[] {
  const { BINDINGS: bindings, ...rest } = filter
  const conditions = readFilter({ portalId, country: '', fields: activityFields }, rest)
  if (bindings === undefined || bindings === null || bindings === '') return conditions
  const sent: readonly Loose[] =
    isMap(bindings) && !Object.hasOwn(bindings, 'OWNER_ID')
      ? Object.values(bindings)
      : Array.isArray(bindings)
        ? (bindings as readonly Loose[])
        : [bindings]
  const owners = sent.map((one) => ({
    typeId: isMap(one) ? Number(one['OWNER_TYPE_ID']) : Number.NaN,
    id: isMap(one) ? Number(one['OWNER_ID']) : Number.NaN,
  }))
  if (!owners.every(({ typeId, id }) => Number.isSafeInteger(typeId) && Number.isSafeInteger(id)))
    throw new PortalError('crm_list', { detail: 'BINDINGS is a list of OWNER_TYPE_ID and OWNER_ID' })
  return [...conditions, boundCondition(portalId, owners)]
}

type Files = Awaited<ReturnType<RecordingFiles>>

function presentActivity(row: Row<'activity'>, selection: Selection | 'everything', files: Files): Record<string, unknown> {
  const columns = row as unknown as Readonly<Record<string, string | number | null>>
  const isShown = (name: string) => selection === 'everything' || (selection?.has(name) ?? false)
  const shown: Record<string, unknown> = {}
  for (const field of activityFields)
    if (selection === null || isShown(field.name)) shown[field.name] = presentValue(field, columns[field.column] ?? null)
  if (isShown('COMMUNICATIONS')) shown['COMMUNICATIONS'] = presentCommunications(row)
  const own = row.call_id === null ? [] : (files.get(row.call_id) ?? [])
  if (isShown('FILES')) shown['FILES'] = own.map(({ id, url }) => ({ id, url }))
  return shown
}

function presentCommunications(row: Row<'activity'>): unknown[] {
  const stored = JSON.parse(row.communications) as { type: string; value: string; entityTypeId: number; entityId: number; title: string }[]
  return stored.map((one) => ({
    ID: String(row.id),
    TYPE: one.type,
    VALUE: one.value,
    ENTITY_ID: String(one.entityId),
    ENTITY_TYPE_ID: String(one.entityTypeId),
    ENTITY_SETTINGS: one.title === '' ? [] : { NAME: one.title },
  }))
}
