/** What retention walks through, in this order: what is old enough, what is still open, what is kept of it, how it goes. */
import { sql, type Compilable, type SqlBool } from 'kysely'
import type { RetentionRules } from '../config.ts'
import type { Archived } from './archive.ts'
import type { Store } from './store.ts'

/** A row that a walk has come to. */
export interface Candidate {
  readonly id: number
  readonly portal_id: number
  readonly at: number
  readonly call_id: string | null
  readonly state: string
}

/** One walk through a table, along its ids. */
export interface RetentionJob {
  readonly name: string
  readonly days: Exclude<keyof RetentionRules, 'archive'>
  page(afterId: number, limit: number): Promise<readonly Candidate[]>
  /** Of these, the ids that must not be touched yet. */
  open(candidates: readonly Candidate[]): Promise<ReadonlySet<number>>
  /** What is archived of them. */
  read(ids: readonly number[]): Promise<readonly Archived[]>
  /** In one transaction. */
  remove(ids: readonly number[]): readonly Compilable[]
}

const underWay = ['pending', 'sending', 'retrying'] as const
type Walked = 'attempt' | 'delivery' | 'event' | 'trace' | 'trace_step' | 'notification' | 'callback_request'

/** Every walk. A delivery goes with its attempts; an event goes when no delivery of it is left. */
export function retentionJobs(store: Store): readonly RetentionJob[] {
  const { read, build } = store
  const none = async (): Promise<ReadonlySet<number>> => new Set()

  const pageOf =
    (table: Walked, at: string, { callId = sql`null`, state = sql`''` } = {}): RetentionJob['page'] =>
    async (afterId, limit) => {
      const query = sql<Candidate>`
        select id, portal_id, ${sql.ref(at)} as at, ${callId} as call_id, ${state} as state
        from ${sql.table(table)} where id > ${afterId} order by id limit ${limit}`
      return (await query.execute(read)).rows
    }

  /** those whose call is not over */
  const withOpenCall = async (candidates: readonly Candidate[]): Promise<Set<number>> => {
    const callIds = [...new Set(candidates.flatMap(({ call_id: callId }) => callId ?? []))]
    if (callIds.length === 0) return new Set()
    const calls = await read.selectFrom('call').select('call_id').where('call_id', 'in', callIds).where('state', '!=', 'finished').execute()
    const open = new Set(calls.map((call) => call.call_id))
    return new Set(candidates.flatMap(({ id, call_id: callId }) => (callId !== null && open.has(callId) ? id : [])))
  }

  /** a table whose rows go whole */
  const whole = (
    name: string,
    table: Exclude<Walked, 'attempt' | 'delivery' | 'event'>,
    { days, at, callId, open }: Pick<RetentionJob, 'days' | 'open'> & { at: 'created_at' | 'at'; callId?: ReturnType<typeof sql> },
  ): RetentionJob => ({
    name,
    days,
    page: pageOf(table, at, callId ? { callId } : {}),
    open,
    async read(ids) {
      const rows = await read
        .selectFrom(table)
        .selectAll()
        .where('id', 'in', [...ids])
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ table, at: (row as unknown as Record<typeof at, number>)[at], row }))
    },
    remove: (ids) => [build.deleteFrom(table).where('id', 'in', [...ids])],
  })

  const bodies: RetentionJob = {
    name: 'bodies',
    days: 'bodiesDays',
    page: pageOf('attempt', 'started_at'),
    open: none,
    async read(ids) {
      const rows = await read
        .selectFrom('attempt')
        .select(['id', 'portal_id', 'delivery_id', 'number', 'started_at', 'request_headers', 'request_body', 'response_body'])
        .where('id', 'in', [...ids])
        .where('request_body', '!=', '')
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ table: 'attempt-bodies', at: row.started_at, row }))
    },
    remove: (ids) => [
      build
        .updateTable('attempt')
        .set({ request_headers: '{}', request_body: '', response_body: null })
        .where('id', 'in', [...ids])
        .where('request_body', '!=', ''),
    ],
  }

  const deliveries: RetentionJob = {
    name: 'deliveries',
    days: 'deliveriesDays',
    page: pageOf('delivery', 'created_at', { callId: sql`call_id`, state: sql`state` }),
    async open(candidates) {
      const ids = candidates.filter(({ state }) => underWay.some((one) => one === state)).map(({ id }) => id)
      return new Set([...(await withOpenCall(candidates)), ...ids])
    },
    async read(ids) {
      const attempts = await read
        .selectFrom('attempt')
        .selectAll()
        .where('delivery_id', 'in', [...ids])
        .orderBy('id')
        .execute()
      const rows = await read
        .selectFrom('delivery')
        .selectAll()
        .where('id', 'in', [...ids])
        .orderBy('id')
        .execute()
      return [
        ...attempts.map((row) => ({ table: 'attempt', at: row.started_at, row })),
        ...rows.map((row) => ({ table: 'delivery', at: row.created_at, row })),
      ]
    },
    remove: (ids) => [
      build.deleteFrom('attempt').where('delivery_id', 'in', [...ids]),
      build
        .deleteFrom('delivery')
        .where('id', 'in', [...ids])
        .where('state', 'not in', underWay),
    ],
  }

  const withoutDelivery = sql<SqlBool>`not exists (select 1 from delivery where delivery.event_id = event.id)`
  const events: RetentionJob = {
    name: 'events',
    days: 'deliveriesDays',
    page: pageOf('event', 'created_at'),
    async open(candidates) {
      const rows = await read
        .selectFrom('delivery')
        .select('event_id')
        .distinct()
        .where(
          'event_id',
          'in',
          candidates.map(({ id }) => id),
        )
        .execute()
      return new Set(rows.map((row) => row.event_id))
    },
    async read(ids) {
      const rows = await read
        .selectFrom('event')
        .selectAll()
        .where('id', 'in', [...ids])
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ table: 'event', at: row.created_at, row }))
    },
    remove: (ids) => [
      build
        .deleteFrom('event')
        .where('id', 'in', [...ids])
        .where(withoutDelivery),
    ],
  }

  const ofCall = sql`call_id`
  return [
    bodies,
    deliveries,
    events,
    whole('traces', 'trace', { days: 'tracesDays', at: 'created_at', callId: ofCall, open: withOpenCall }),
    whole('traceSteps', 'trace_step', { days: 'tracesDays', at: 'at', callId: ofCall, open: withOpenCall }),
    whole('notifications', 'notification', { days: 'notificationsDays', at: 'created_at', open: none }),
    whole('callbackRequests', 'callback_request', {
      days: 'callbackRequestsDays',
      at: 'created_at',
      callId: ofCall,
      open: async (candidates) => {
        const rows = await read
          .selectFrom('callback_request')
          .select('id')
          .where(
            'id',
            'in',
            candidates.map(({ id }) => id),
          )
          .where('outcome', '=', 'waiting')
          .execute()
        return new Set([...(await withOpenCall(candidates)), ...rows.map((row) => row.id)])
      },
    }),
  ]
}
