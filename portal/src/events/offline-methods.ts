import { ownerOf, type Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, type Methods } from '../rest/method.ts'
import { flag, integer, integers, list, map, text } from '../rest/params.ts'
import type { Loose } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import { messageIdOnWire, type OfflineQueue, type OfflineRecord, type QueueKey } from './offline.ts'

const authConnector = text('name of the queue, as it was bound; the common one if absent')
const processId = text('the reservation, as event.offline.get answered it').required()
const messageIds = list('MESSAGE_ID of the records; all of the reservation if absent')

/** The queue belongs to the app; only administrators get at it (contract 3.5). */
function queueOf(caller: Caller, connector: string | undefined): QueueKey {
  if (!caller.isAdmin) throw new PortalError('access_denied')
  return { portalId: caller.portalId, owner: ownerOf(caller), connector: connector ?? '' }
}

/** What is no number names no record. */
function named(values: readonly Loose[] | undefined): { messageIds: number[] } | object {
  return values === undefined ? {} : { messageIds: values.map(Number).filter((id) => Number.isSafeInteger(id) && id >= 0) }
}

/** event.offline.* (contract 3.5). */
export function offlineMethods({ offline }: { offline: OfflineQueue }): Methods {
  return {
    'event.offline.get': method({
      scope: null,
      about: "Takes the first events of the app's offline queue. Parallel readers get different ones.",
      context: 'app',
      params: {
        filter: map('conditions by field: ID, TIMESTAMP_X, EVENT_NAME, MESSAGE_ID'),
        order: map('ASC or DESC by field; TIMESTAMP_X ASC'),
        limit: integer('how many; 50, at most 500'),
        clear: flag('1: they are removed; 0: they are reserved under the process_id of the answer, until event.offline.clear'),
        process_id: text('an earlier reservation: its records come again, then new ones join it'),
        auth_connector: authConnector,
        error: flag('1: also those that were marked by event.offline.error'),
      },
      errors: ['access_denied', 'argument_wrong'],
      async run({ params, caller }) {
        const taken = await offline.take(queueOf(caller, params.auth_connector), {
          filter: params.filter ?? {},
          order: params.order ?? {},
          limit: params.limit ?? 50,
          clears: params.clear ?? true,
          processId: params.process_id?.slice(0, 64) ?? null,
          withErrors: params.error === true,
        })
        return { process_id: taken.processId, events: taken.records.map(presentRecord) }
      },
    }),
    'event.offline.list': method({
      scope: null,
      about: "A page of the app's offline queue, reserved events included. Changes nothing.",
      context: 'app',
      params: {
        filter: map('conditions by field: ID, TIMESTAMP_X, EVENT_NAME, MESSAGE_ID, PROCESS_ID, ERROR'),
        order: map('ASC or DESC by field; ID ASC'),
        auth_connector: authConnector,
      },
      errors: ['access_denied', 'argument_wrong'],
      async run({ params, caller, start }) {
        const query = { filter: params.filter ?? {}, order: params.order ?? {}, start }
        const { records, total } = await offline.list(queueOf(caller, params.auth_connector), query)
        const rows = records.map((record) => ({ ...presentRecord(record), PROCESS_ID: record.process_id, ERROR: String(record.error) }))
        return new Listed(rows, total, start)
      },
    }),
    'event.offline.clear': method({
      scope: null,
      about: 'Removes reserved events: they were worked off.',
      context: 'app',
      params: { process_id: processId, id: integers('ids of the records'), message_id: messageIds },
      errors: ['access_denied', 'argument'],
      async run({ params, caller }) {
        const { portalId, owner } = queueOf(caller, undefined)
        const rows = { processId: params.process_id, ...(params.id !== undefined && { ids: params.id }), ...named(params.message_id) }
        await offline.clear({ portalId, owner }, rows)
        return true
      },
    }),
    'event.offline.error': method({
      scope: null,
      about: 'Marks reserved events as failed: they come again only to who asks for failed ones.',
      context: 'app',
      params: { process_id: processId, message_id: messageIds },
      errors: ['access_denied', 'argument'],
      async run({ params, caller }) {
        const { portalId, owner } = queueOf(caller, undefined)
        await offline.markFailed({ portalId, owner }, { processId: params.process_id, ...named(params.message_id) })
        return true
      },
    }),
  }
}

function presentRecord(record: OfflineRecord) {
  const data = asTexts(JSON.parse(record.data)) as Record<string, unknown>
  return {
    ID: String(record.id),
    TIMESTAMP_X: isoSeconds(record.changed_at),
    EVENT_NAME: record.event,
    EVENT_DATA: Object.keys(data).length === 0 ? false : data,
    EVENT_ADDITIONAL: record.user_id === null ? false : { user_id: String(record.user_id) },
    MESSAGE_ID: messageIdOnWire(record.message_id),
  }
}

/** The same texts as an online handler gets; nulls are left out (contract 0.3.1). */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value !== 'object' || value === null) return String(value)
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(kept.map(([key, inner]) => [key, asTexts(inner)]))
}
