/** Deliveries sent again by a person: as new ones that name the old. A dial keeps its CALL_ID, gets a new deadline and is asked about. */
import { sql, type Expression, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { Clock } from '../clock.ts'
import { dialShelfLifeMs } from '../delivery/engine.ts'
import { PortalError } from '../errors.ts'
import type { DeliveryState } from '../states.ts'
import type { Store } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import type { Bindings } from './bindings.ts'

/** Which deliveries; what is left out matches everything. */
export interface DeliveryFilter {
  readonly state?: DeliveryState
  readonly reason?: string
  readonly event?: string
  readonly handlerId?: number
  /** `app:3` or `webhook:2` */
  readonly owner?: string
  readonly callId?: string
  /** created then or later */
  readonly from?: number
  /** created before */
  readonly to?: number
}

/** The deliveries of a portal that a filter matches. */
export function filterDeliveries<O>(
  query: SelectQueryBuilder<Tables, 'delivery', O>,
  portalId: number,
  filter: DeliveryFilter,
): SelectQueryBuilder<Tables, 'delivery', O> {
  return query.where((eb) => {
    const all: Array<Expression<SqlBool>> = [eb('portal_id', '=', portalId)]
    if (filter.state !== undefined) all.push(eb('state', '=', filter.state), indexOf(filter.state))
    if (filter.reason !== undefined) all.push(eb('reason', '=', filter.reason))
    if (filter.event !== undefined) all.push(eb('event', '=', filter.event.toUpperCase()))
    if (filter.handlerId !== undefined) all.push(eb('handler_id', '=', filter.handlerId))
    if (filter.owner !== undefined) all.push(eb('owner', '=', filter.owner))
    if (filter.callId !== undefined) all.push(eb('call_id', '=', filter.callId))
    if (filter.from !== undefined) all.push(eb('created_at', '>=', filter.from))
    if (filter.to !== undefined) all.push(eb('created_at', '<', filter.to))
    return eb.and(all)
  })
}

/** Says nothing new, but in the words of a partial index: SQLite does not look into parameters. What was delivered has none, it is nearly all. */
function indexOf(state: DeliveryState): Expression<SqlBool> {
  if (underWay.includes(state)) return sql<SqlBool>`due_at is not null`
  return state === 'delivered' ? sql<SqlBool>`due_at is null` : sql<SqlBool>`settled_at is not null and state <> 'delivered'`
}

/** What a replay of many would do, or did. */
export interface ReplayPlan {
  /** matching notices */
  readonly notices: number
  /** matching dials: each places a call */
  readonly dials: number
  /** match, but their handler is unbound or disabled */
  readonly withoutHandler: number
  /** the newest delivery that was looked at: what comes later does not belong to it */
  readonly upToId: number
}

/** A replay of many. */
export interface ReplayMany {
  readonly portalId: number
  readonly filter: DeliveryFilter
  /** `refuse`: throws `confirm_dials` when there is any */
  readonly dials: 'refuse' | 'leave_out' | 'place'
  /** from the plan that the person saw */
  readonly upToId: number
  readonly expectedCount: number
}

const underWay: readonly DeliveryState[] = ['pending', 'sending', 'retrying']
/** More are not sent again at once. */
export const mostReplays = 10_000
const together = 200

/** The verbs on replays. `changed` tells browsers. */
export function createReplays({
  store,
  clock,
  bindings,
  changed,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly bindings: Bindings
  readonly changed: (portalId: number, names: readonly string[]) => void
}) {
  const isReachable = (handlerId: number): boolean => bindings.byId(handlerId)?.enabled === 1

  const again = (row: Row<'delivery'>, newId: number): Row<'delivery'> => {
    const now = clock.now()
    return {
      ...row,
      id: newId,
      url: bindings.byId(row.handler_id)?.url ?? row.url,
      state: 'pending',
      reason: null,
      refusal: null,
      attempts: 0,
      due_at: now,
      deadline_at: row.delivery_class === 'dial' ? now + dialShelfLifeMs : null,
      lease_owner: null,
      lease_until: null,
      settled_at: null,
      replay_of: row.id,
      created_at: now,
    }
  }

  const plan = async (portalId: number, filter: DeliveryFilter, upToId?: number): Promise<ReplayPlan> => {
    const newest =
      upToId ??
      (
        await store.read
          .selectFrom('delivery')
          .select((eb) => eb.fn.max('id').as('id'))
          .executeTakeFirst()
      )?.id ??
      0
    const groups = await filterDeliveries(store.read.selectFrom('delivery'), portalId, filter)
      .where('id', '<=', newest)
      .where('state', 'not in', underWay)
      .select((eb) => ['handler_id', 'delivery_class', eb.fn.countAll<number>().as('count')])
      .groupBy(['handler_id', 'delivery_class'])
      .execute()
    const sum = (which: (group: (typeof groups)[number]) => boolean): number =>
      groups.filter(which).reduce((total, group) => total + Number(group.count), 0)
    return {
      notices: sum((one) => isReachable(one.handler_id) && one.delivery_class === 'notice'),
      dials: sum((one) => isReachable(one.handler_id) && one.delivery_class === 'dial'),
      withoutHandler: sum((one) => !isReachable(one.handler_id)),
      upToId: newest,
    }
  }

  return {
    /** Sends one again; answers the new id. Throws `delivery_not_found`, `confirm_dial`, `replay_under_way`, `replay_no_handler`. */
    async one({ portalId, id, confirmDial }: { portalId: number; id: number; confirmDial: boolean }): Promise<number> {
      const newId = store.nextId('delivery')
      await store.transaction(async (tx) => {
        const row = await tx.db.selectFrom('delivery').selectAll().where('id', '=', id).where('portal_id', '=', portalId).executeTakeFirst()
        if (!row) throw new PortalError('delivery_not_found', { id })
        // its first call may still be placed: two would be one too many
        if (row.delivery_class === 'dial' && underWay.includes(row.state)) throw new PortalError('replay_under_way')
        if (row.delivery_class === 'dial' && !confirmDial) throw new PortalError('confirm_dial', { call: row.call_id ?? '' })
        if (!isReachable(row.handler_id)) throw new PortalError('replay_no_handler')
        await tx.db.insertInto('delivery').values(again(row, newId)).execute()
        tx.afterCommit(() => changed(portalId, ['deliveries']))
      })
      return newId
    },

    /** What sending all that match again would do. What is under way is not counted. */
    plan: (portalId: number, filter: DeliveryFilter): Promise<ReplayPlan> => plan(portalId, filter),

    /** Sends all that match again; answers how many. Throws `confirm_dials`, `replay_changed`, `replay_too_many`; then nothing was sent. */
    async many({ portalId, filter, dials, upToId, expectedCount }: ReplayMany): Promise<number> {
      const found = await plan(portalId, filter, upToId)
      const count = found.notices + (dials === 'place' ? found.dials : 0)
      if (dials === 'refuse' && found.dials > 0) throw new PortalError('confirm_dials', { dials: found.dials })
      if (count !== expectedCount) throw new PortalError('replay_changed', { count })
      if (count > mostReplays) throw new PortalError('replay_too_many', { count, most: mostReplays })
      let afterId = 0
      for (;;) {
        let query = filterDeliveries(store.read.selectFrom('delivery'), portalId, filter)
          .where('id', '<=', upToId)
          .where('id', '>', afterId)
          .where('state', 'not in', underWay)
        if (dials !== 'place') query = query.where('delivery_class', '=', 'notice')
        const rows = await query.selectAll().orderBy('id').limit(together).execute()
        await store.transaction((tx) => {
          for (const row of rows) if (isReachable(row.handler_id)) tx.insert('delivery', again(row, store.nextId('delivery')))
        })
        if (rows.length < together) break
        afterId = rows.at(-1)!.id
      }
      changed(portalId, ['deliveries'])
      return count
    },
  }
}

/** The verbs on replays. */
export type Replays = ReturnType<typeof createReplays>
