/**
 * The offline queue: events that wait until their app fetches them (contract 3.5). One row for each object, app and connector:
 * a later change replaces the waiting row. What a reader has reserved is left alone; changes after that are a new row.
 */
import { createHash, randomBytes } from 'node:crypto'
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely'
import type { Clock } from '../clock.ts'
import { dialShelfLifeMs } from '../delivery/engine.ts'
import { PortalError } from '../errors.ts'
import { pageSize } from '../rest/method.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { looseIsoText } from '../rest/time-text.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'

/** A record as its reader gets it. */
export type OfflineRecord = Row<'offline_event'>

/** Whose queue is read. */
export interface QueueKey {
  readonly portalId: number
  /** `app:<id>` */
  readonly owner: string
  /** `auth_connector`; '' = the common queue */
  readonly connector: string
}

/** Whose reservations are meant: a process id names them in all queues of the app. */
export type App = Pick<QueueKey, 'portalId' | 'owner'>

/** An event for a queue. */
export interface QueuedEvent extends QueueKey {
  readonly event: string
  /** names the object within its event: the next change of it replaces the waiting row */
  readonly objectKey: string
  readonly callId: string | null
  readonly userId: number | null
  readonly data: Readonly<Record<string, unknown>>
  /** good for seconds: never handed out later */
  readonly isDial: boolean
}

/** Something was put into a queue, caused by a user or by nobody. */
export interface Queued extends QueueKey {
  readonly userId: number | null
}

/** What to take; rows are reserved under `processId` unless they are cleared at once. */
export interface Taking {
  readonly filter: LooseMap
  readonly order: LooseMap
  readonly limit: number
  readonly clears: boolean
  readonly processId: string | null
  /** also what was marked as failed before */
  readonly withErrors: boolean
}

const reservedForMs = 30 * 24 * 3_600_000
const limitMost = 500

const columns = {
  ID: { column: 'id', read: 'number' },
  TIMESTAMP_X: { column: 'changed_at', read: 'time' },
  EVENT_NAME: { column: 'event', read: 'text' },
  MESSAGE_ID: { column: 'message_id', read: 'message' },
  PROCESS_ID: { column: 'process_id', read: 'text' },
  ERROR: { column: 'error', read: 'number' },
} as const satisfies Readonly<Record<string, { column: keyof OfflineRecord; read: 'number' | 'text' | 'time' | 'message' }>>

/** Fields that a queue can be filtered and ordered by, with what is stored there. */
type Field = (typeof columns)[keyof typeof columns]
type Builder = ExpressionBuilder<Tables, 'offline_event'>

function fieldOf(name: string, argument: 'filter' | 'order'): Field {
  const field = (columns as Readonly<Record<string, Field>>)[name.trim().toUpperCase()]
  if (!field)
    throw new PortalError('argument_wrong', {
      argument,
      problem: `has the field ${name.slice(0, 40)}: it knows ${Object.keys(columns).join(', ')}`,
    })
  return field
}

const messageDigits = 13

/**
 * MESSAGE_ID on the wire: a whole number in a text, as in the documentation; the official PHP SDK reads it as an integer. It is the first 52
 * bits of what is stored, so that no JSON parser rounds it.
 */
export function messageIdOnWire(stored: string): string {
  return String(Number.parseInt(stored.slice(0, messageDigits), 16))
}

const storedMessage = sql<string>`substr(message_id, 1, ${sql.lit(messageDigits)})`
const toStored = (messageId: number): string => messageId.toString(16).padStart(messageDigits, '0')

function readValue(field: Field, value: Loose): string | number {
  const wrong = (): never => {
    throw new PortalError('argument_wrong', { argument: 'filter', problem: `has a value for ${field.column} that cannot be read` })
  }
  if (typeof value === 'object' || value === undefined || typeof value === 'boolean') return wrong()
  if (field.read === 'text') return String(value)
  const number = field.read === 'time' ? Date.parse(looseIsoText(String(value)) ?? String(value)) : Number(value)
  if (!Number.isSafeInteger(number)) return wrong()
  return field.read === 'message' ? toStored(Math.max(number, 0)) : number
}

const conditionsMost = 50

/** Filter and order as they were sent, unless there are more of them than a statement can hold. */
function entriesOf(sent: LooseMap, argument: 'filter' | 'order'): Array<[string, Loose]> {
  const entries = Object.entries(sent)
  if (entries.length > conditionsMost)
    throw new PortalError('argument_wrong', { argument, problem: `has more than ${conditionsMost} fields` })
  return entries
}

/** A second on the wire is all its milliseconds. */
function compareTime(eb: Builder, operator: (typeof comparisons)[keyof typeof comparisons], second: number): Expression<SqlBool> {
  const [from, to] = [eb('changed_at', '>=', second), eb('changed_at', '<', second + 1000)]
  if (operator === '=') return eb.and([from, to])
  if (operator === '!=') return eb.not(eb.and([from, to]))
  if (operator === '>' || operator === '<=') return operator === '>' ? eb.not(to) : to
  return operator === '>=' ? from : eb.not(from)
}

const comparisons = { '': '=', '=': '=', '>': '>', '<': '<', '>=': '>=', '<=': '<=', '!': '!=', '!=': '!=' } as const

function condition(eb: Builder, key: string, value: Loose): Expression<SqlBool> {
  const [, operator = '', name = ''] = /^(>=|<=|!=|!@|[<>=!@])?(.*)$/s.exec(key) ?? []
  const field = fieldOf(name, 'filter')
  const column = field.read === 'message' ? storedMessage : field.column
  const list = Array.isArray(value) ? (value as readonly Loose[]) : isMap(value) ? Object.values(value) : null
  if (list || operator.endsWith('@')) {
    const values = (list ?? [value]).map((one) => readValue(field, one))
    if (values.length === 0) return operator.startsWith('!') ? eb('id', '>', 0) : eb('id', '<', 0)
    return eb(column, operator.startsWith('!') ? 'not in' : 'in', values)
  }
  const compared = readValue(field, value)
  const comparison = comparisons[operator as keyof typeof comparisons]
  return field.read === 'time' ? compareTime(eb, comparison, Number(compared)) : eb(column, comparison, compared)
}

function ordering(order: LooseMap, otherwise: LooseMap): Array<readonly [keyof OfflineRecord, 'asc' | 'desc']> {
  const wished = entriesOf(Object.keys(order).length === 0 ? otherwise : order, 'order')
  const read = wished.map(([name, direction]) => {
    const isDescending = typeof direction === 'string' && direction.toUpperCase() === 'DESC'
    return [fieldOf(name, 'order').column, isDescending ? 'desc' : 'asc'] as const
  })
  return read.some(([column]) => column === 'id') ? read : [...read, ['id', 'asc'] as const]
}

/** 32 hex digits that stay the same for an object, an app and a connector: by them a later change finds the waiting row. */
function messageIdOf({ owner, connector, event, objectKey }: QueuedEvent): string {
  return createHash('sha256').update([owner, connector, event, objectKey].join('\n')).digest('hex').slice(0, 32)
}

/** The queue of all apps of this database. */
export function createOfflineQueue({ store, clock }: { store: Store; clock: Clock }) {
  const ofApp =
    ({ portalId, owner }: App) =>
    (eb: Builder) =>
      eb.and([eb('portal_id', '=', portalId), eb('owner', '=', owner)])
  const inQueue = (key: QueueKey) => (eb: Builder) => eb.and([ofApp(key)(eb), eb('connector', '=', key.connector)])

  const findTaken = async (tx: Tx, key: QueueKey, taking: Taking, of: (eb: Builder) => Expression<SqlBool>) => {
    let query = tx.db
      .selectFrom('offline_event')
      .selectAll()
      .where(inQueue(key))
      .where(of)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', clock.now())]))
      .where((eb) => eb.and(entriesOf(taking.filter, 'filter').map(([name, value]) => condition(eb, name, value))))
    for (const [column, direction] of ordering(taking.order, { TIMESTAMP_X: 'ASC' })) query = query.orderBy(column, direction)
    // readers that come at the same time pass over each other's rows
    return query
      .limit(Math.min(Math.max(taking.limit, 1), limitMost))
      .modifyEnd(sql.raw(store.claimSuffix))
      .execute()
  }

  /** The trace of a click says when its app fetched it. */
  const tellTrace = (tx: Tx, row: OfflineRecord, callId: string): void =>
    tx.insert('trace_step', {
      id: store.nextId('trace_step'),
      portal_id: row.portal_id,
      call_id: callId,
      at: clock.now(),
      kind: 'fetched',
      detail: JSON.stringify({ owner: row.owner, connector: row.connector }),
    })

  return {
    /** Puts an event into a queue, without reading. */
    add(tx: Tx, queued: QueuedEvent): void {
      const now = clock.now()
      const row = {
        portal_id: queued.portalId,
        owner: queued.owner,
        connector: queued.connector,
        event: queued.event,
        message_id: messageIdOf(queued),
        call_id: queued.callId,
        user_id: queued.userId,
        data: JSON.stringify(queued.data),
        process_id: '',
        error: 0 as const,
        expires_at: queued.isDial ? now + dialShelfLifeMs : null,
        changed_at: now,
      }
      tx.write(
        store.build
          .insertInto('offline_event')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(['portal_id', 'message_id'])
              .where(sql<SqlBool>`process_id = ''`)
              .doUpdateSet((eb) => ({
                user_id: eb.ref('excluded.user_id'),
                data: eb.ref('excluded.data'),
                expires_at: eb.ref('excluded.expires_at'),
                changed_at: eb.ref('excluded.changed_at'),
              })),
          ),
      )
    },

    /**
     * Takes the first rows of a queue: removed at once, or reserved under a process id. With the id of an earlier reservation its
     * rows come again until they are cleared or marked as failed, then the next ones. Readers never get the same row.
     */
    async take(key: QueueKey, taking: Taking): Promise<{ processId: string | null; records: OfflineRecord[] }> {
      const processId = taking.clears ? null : (taking.processId ?? randomBytes(16).toString('hex'))
      const records = await store.transaction(async (tx) => {
        const own = taking.processId
        let found: OfflineRecord[] = []
        if (own !== null)
          found = await findTaken(tx, key, taking, (eb) =>
            taking.withErrors ? eb('process_id', '=', own) : eb.and([eb('process_id', '=', own), eb('error', '=', 0)]),
          )
        if (found.length === 0)
          found = await findTaken(tx, key, taking, (eb) =>
            taking.withErrors ? eb.or([eb('process_id', '=', ''), eb('error', '=', 1)]) : eb('process_id', '=', ''),
          )
        const ids = found.map((row) => row.id)
        if (ids.length === 0) return found
        for (const row of found)
          if (row.call_id !== null && row.expires_at !== null && row.process_id === '') tellTrace(tx, row, row.call_id)
        if (processId === null) await tx.db.deleteFrom('offline_event').where('id', 'in', ids).execute()
        else await tx.db.updateTable('offline_event').set({ process_id: processId, error: 0 }).where('id', 'in', ids).execute()
        return found
      })
      return { processId, records }
    },

    /** A page of a queue, reserved rows included; changes nothing. `start` -1 counts nothing. */
    async list(
      key: QueueKey,
      { filter, order, start }: { filter: LooseMap; order: LooseMap; start: number },
    ): Promise<{ records: OfflineRecord[]; total: number | null }> {
      const all = store.read
        .selectFrom('offline_event')
        .where(inQueue(key))
        .where((eb) => eb.and(entriesOf(filter, 'filter').map(([name, value]) => condition(eb, name, value))))
      let query = all.selectAll()
      for (const [column, direction] of ordering(order, { ID: 'ASC' })) query = query.orderBy(column, direction)
      const records = await query.limit(pageSize).offset(Math.max(start, 0)).execute()
      if (start === -1) return { records, total: null }
      const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
      return { records, total: Number(total) }
    },

    /** Removes reserved rows: all of the process, or those named by id or, without ids, by message id. */
    async clear(app: App, named: Named): Promise<void> {
      await store.transaction(async (tx) => {
        await tx.db.deleteFrom('offline_event').where(ofApp(app)).where(namedRows(named)).execute()
      })
    },

    /** Marks reserved rows as failed: they are handed out again only to who asks for failed ones. */
    async markFailed(app: App, named: Named): Promise<void> {
      await store.transaction(async (tx) => {
        await tx.db.updateTable('offline_event').set({ error: 1 }).where(ofApp(app)).where(namedRows(named)).execute()
      })
    },

    /** Removes reservations older than 30 days; answers the calls whose dials nobody fetched in time, for `dropLate`. */
    async sweep(): Promise<ReadonlyArray<{ readonly portalId: number; readonly callId: string }>> {
      const now = clock.now()
      const isOld = (eb: Builder) => eb.and([eb('process_id', '!=', ''), eb('changed_at', '<', now - reservedForMs)])
      const isLate = (eb: Builder) => eb.and([eb('process_id', '=', ''), eb('expires_at', '<=', now)])
      const rows = await store.read
        .selectFrom('offline_event')
        .select(['id', 'portal_id', 'call_id'])
        .where((eb) => eb.or([isOld(eb), isLate(eb)]))
        .limit(500)
        .execute()
      if (rows.length === 0) return []
      await store.transaction((tx) => {
        tx.write(store.build.deleteFrom('offline_event').where((eb) => eb.or([isOld(eb), eb.and([isLate(eb), eb('call_id', 'is', null)])])))
      })
      const calls = new Map(rows.flatMap((row) => (row.call_id === null ? [] : [[row.call_id, row.portal_id] as const])))
      return [...calls].map(([callId, portalId]) => ({ portalId, callId }))
    },

    /** Removes the dials of a call that nobody fetched in time. True when there were any and none is left in a queue or with a reader. */
    async dropLate(tx: Tx, callId: string): Promise<boolean> {
      const { numDeletedRows } = await tx.db
        .deleteFrom('offline_event')
        .where('call_id', '=', callId)
        .where('process_id', '=', '')
        .where('expires_at', '<=', clock.now())
        .executeTakeFirst()
      if (numDeletedRows === 0n) return false
      const left = await tx.db
        .selectFrom('offline_event')
        .select('id')
        .where('call_id', '=', callId)
        .where('expires_at', 'is not', null)
        .executeTakeFirst()
      return left === undefined
    },
  }
}

/** The verbs on the queue. */
export type OfflineQueue = ReturnType<typeof createOfflineQueue>

/** Rows of one process: all, or those with these ids, or these message ids. */
export interface Named {
  readonly processId: string
  readonly ids?: readonly number[]
  readonly messageIds?: readonly number[]
}

function namedRows({ processId, ids, messageIds }: Named): (eb: Builder) => Expression<SqlBool> {
  return (eb) => {
    const conditions = [eb('process_id', '=', processId)]
    if (ids !== undefined) conditions.push(ids.length === 0 ? eb('id', '=', -1) : eb('id', 'in', [...ids]))
    else if (messageIds !== undefined)
      conditions.push(messageIds.length === 0 ? eb('id', '=', -1) : eb(storedMessage, 'in', messageIds.map(toStored)))
    return eb.and(conditions)
  }
}
