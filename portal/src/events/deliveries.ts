/** The rows of deliveries: claimed, rendered, recorded, recovered, proven, replayed. What happens to them is decided in delivery/. */
import { sql } from 'kysely'
import { decideAbandoned, type Decision, type Reason } from '../delivery/engine.ts'
import type { Outgoing, Sent } from '../delivery/send.ts'
import type { WorkerPorts } from '../delivery/worker.ts'
import { PortalError } from '../errors.ts'
import { GuardFailed } from '../store/engine.ts'
import type { Store, Tx } from '../store/store.ts'
import type { DeliveryState } from '../states.ts'
import type { Row } from '../store/tables.ts'
import type { BoundHandler } from './bindings.ts'
import { leaseMs, sendingDialLeaseMs, waitingDialLeaseMs, type DeliveryJob } from './outbox.ts'
import { maskTokens, renderBody, type BodyParts } from './delivery-body.ts'

/** What deliveries need from other parts. */
export interface DeliveriesParts extends BodyParts {
  readonly processId: string
  /** runs in the transaction that settles or retries a dial: the call follows its delivery */
  settled(tx: Tx, job: DeliveryJob, decision: Decision): Promise<void> | void
  /** tells browsers what changed */
  changed(portalId: number, names: readonly string[]): void
}

/** Names of live updates for a delivery. */
function changedNames(job: DeliveryJob): string[] {
  return job.callId === null ? ['deliveries', `delivery:${job.id}`] : ['deliveries', `delivery:${job.id}`, `call:${job.callId}`]
}

/** The ports of the delivery loop on the store. */
export function createDeliveries(parts: DeliveriesParts) {
  const { store, clock, bindings, processId } = parts

  const record: WorkerPorts<DeliveryJob>['record'] = async (job, request, sent, decision) => {
    await store.transaction(async (tx) => {
      tx.insert('attempt', attemptRow(store.nextId('attempt'), job, { request, sent, decision }))
      // a refused or expired dial closes its call: only if no report of the app has proven it before
      if (job.deliveryClass === 'dial' && (decision.state === 'failed' || decision.state === 'expired')) {
        const { numUpdatedRows } = await settleQuery(tx.db, job, decision, job.attempts + 1).executeTakeFirst()
        if (numUpdatedRows === 1n) await parts.settled(tx, job, decision)
      } else {
        tx.write(settleQuery(store.build, job, decision, job.attempts + 1))
        if (job.deliveryClass === 'dial') await parts.settled(tx, job, decision)
      }
      if (sent.dedupe !== null && sent.dedupe === job.callId && bindings.byId(job.handlerId)?.dedupes === 0) {
        tx.write(store.build.updateTable('handler').set({ dedupes: 1 }).where('id', '=', job.handlerId))
        tx.afterCommit(() => void bindings.changed())
      }
      tx.afterCommit(() => parts.changed(job.portalId, changedNames(job)))
    })
  }

  const recordUnsent = async (job: DeliveryJob, decision: Decision): Promise<void> => {
    await store.transaction(async (tx) => {
      const { numUpdatedRows } = await settleQuery(tx.db, job, decision, job.attempts).executeTakeFirst()
      if (numUpdatedRows === 1n && job.deliveryClass === 'dial') await parts.settled(tx, job, decision)
      tx.afterCommit(() => parts.changed(job.portalId, changedNames(job)))
    })
  }

  const settleQuery = (db: Store['build'], job: DeliveryJob, decision: Decision, attempts: number) =>
    db
      .updateTable('delivery')
      .set({
        state: decision.state,
        reason: decision.reason,
        refusal: decision.refusal,
        due_at: decision.dueAt,
        settled_at: decision.dueAt === null ? clock.now() : null,
        attempts,
        lease_owner: null,
        lease_until: null,
      })
      .where('id', '=', job.id)
      .where('state', 'in', ['pending', 'sending', 'retrying'])

  const claimDue = async (limit: number): Promise<DeliveryJob[]> => {
    const now = clock.now()
    const rows = await store.transaction(async (tx) => {
      const { rows: claimed } = await sql<Row<'delivery'>>`
        update delivery set lease_owner = ${processId},
          lease_until = cast(${now} as bigint) + case when delivery_class = 'dial' then ${sql.lit(waitingDialLeaseMs)} else ${sql.lit(leaseMs)} end
        where id in (
          select id from delivery
          where state in ('pending', 'retrying') and due_at <= ${now} and (lease_until is null or lease_until <= ${now})
          order by due_at, id limit ${limit} ${sql.raw(store.claimSuffix)}
        ) returning *`.execute(tx.db)
      return claimed
    })
    if (rows.length === 0) return []
    const events = await store.read
      .selectFrom('event')
      .selectAll()
      .where(
        'id',
        'in',
        rows.map((row) => row.event_id),
      )
      .execute()
    const byId = new Map(events.map((event) => [event.id, event]))
    return rows.toSorted((a, b) => a.id - b.id).map((row) => jobOf(row, byId.get(row.event_id), bindings.byId(row.handler_id)))
  }

  /** Dials and notices that another process left `sending` (design 11.7). With `all`, whatever their lease says. */
  const recover = async ({ all }: { all: boolean }): Promise<void> => {
    await store.transaction(async (tx) => {
      const now = clock.now()
      let query = tx.db
        .selectFrom('delivery')
        .selectAll()
        .where('state', 'in', ['sending', 'pending', 'retrying'])
        .where('lease_owner', 'is not', null)
      if (!all) query = query.where('lease_until', '<=', now).where('state', '=', 'sending')
      for (const row of await query.execute()) {
        const handler = bindings.byId(row.handler_id)
        if (row.state !== 'sending') {
          await tx.db.updateTable('delivery').set({ lease_owner: null, lease_until: null }).where('id', '=', row.id).execute()
          continue
        }
        const decision = decideAbandoned({
          deliveryClass: row.delivery_class,
          dedupes: handler?.dedupes === 1,
          deadlineAt: row.deadline_at,
          now,
        })
        const job = jobOf(row, undefined, handler)
        await settleQuery(tx.db, job, decision, row.attempts).execute()
        if (row.delivery_class === 'dial') await parts.settled(tx, job, decision)
        tx.afterCommit(() => parts.changed(row.portal_id, changedNames(job)))
      }
    })
  }

  return {
    record,
    recordUnsent,
    claimDue,
    recover,
    async nextDueAt(): Promise<number | null> {
      const row = await store.read
        .selectFrom('delivery')
        .select((eb) => eb.fn.min('due_at').as('due'))
        .where('state', 'in', ['pending', 'retrying'])
        .where('lease_owner', 'is', null)
        .executeTakeFirst()
      return row?.due ?? null
    },
    /** In the group commit: when many clicks wait for a slot, each of these would else be a commit of its own. */
    async markSending(job: DeliveryJob): Promise<boolean> {
      const marked = store.build
        .updateTable('delivery')
        .set({ state: 'sending', lease_owner: processId, lease_until: clock.now() + sendingDialLeaseMs })
        .where('id', '=', job.id)
        .where('state', 'in', ['pending', 'retrying'])
      try {
        await store.transaction((tx) => tx.write(marked, { name: 'waiting', rows: 1 }))
        return true
      } catch (error) {
        if (error instanceof GuardFailed) return false
        throw error
      }
    },
    render: (job: DeliveryJob) => renderBody(parts, job),
    /** Why a delivery is not sent any more: its handler was unbound or disabled, its app uninstalled meanwhile. Only the farewell still goes out. */
    obstacle(job: DeliveryJob): Reason | null {
      if (job.event === 'ONAPPUNINSTALL') return null
      const handler = bindings.byId(job.handlerId)
      if (!handler) return 'no_handler'
      if (handler.enabled === 0) return 'handler_disabled'
      // said by the very transaction that ends the installation, which this process may not have read yet
      return job.event === 'ONAPPINSTALL' ? null : handler.ownerProblem
    },
    /** A REST call of the app about a CALL_ID proves that its dial arrived (design 6). Answers nothing; costs one write. */
    prove(tx: Tx, callId: string): void {
      tx.write(
        store.build
          .updateTable('delivery')
          .set({ state: 'delivered', reason: 'reported', settled_at: clock.now(), due_at: null })
          .where('call_id', '=', callId)
          .where('delivery_class', '=', 'dial')
          .where('state', 'in', ['sending', 'unconfirmed']),
      )
    },
    /** The call is over: its dials that were not sent yet are not sent any more. */
    cancelDials(tx: Tx, callId: string): void {
      tx.write(
        store.build
          .updateTable('delivery')
          .set({ state: 'canceled', reason: 'call_over', settled_at: clock.now(), due_at: null, lease_owner: null, lease_until: null })
          .where('call_id', '=', callId)
          .where('delivery_class', '=', 'dial')
          .where('state', 'in', ['pending', 'retrying']),
      )
      tx.write(
        store.build
          .deleteFrom('offline_event')
          .where('call_id', '=', callId)
          .where('process_id', '=', '')
          .where('expires_at', 'is not', null),
      )
    },
    /** Sends a delivery again, as a new one that names the old. A dial keeps its CALL_ID and gets a new deadline. */
    async replay({
      portalId,
      id,
      confirmDial,
      shelfLifeMs,
    }: {
      portalId: number
      id: number
      confirmDial: boolean
      shelfLifeMs: number
    }): Promise<number> {
      const newId = store.nextId('delivery')
      await store.transaction(async (tx) => {
        const row = await tx.db.selectFrom('delivery').selectAll().where('id', '=', id).where('portal_id', '=', portalId).executeTakeFirst()
        if (!row) throw new PortalError('delivery_not_found', { id })
        if (row.delivery_class === 'dial' && !confirmDial) throw new PortalError('confirm_dial', { call: row.call_id ?? '' })
        const handler = bindings.byId(row.handler_id)
        if (!handler || handler.enabled === 0) throw new PortalError('replay_no_handler')
        const now = clock.now()
        await tx.db
          .insertInto('delivery')
          .values({
            ...row,
            id: newId,
            url: handler.url,
            state: 'pending',
            reason: null,
            refusal: null,
            attempts: 0,
            due_at: now,
            deadline_at: row.delivery_class === 'dial' ? now + shelfLifeMs : null,
            lease_owner: null,
            lease_until: null,
            settled_at: null,
            replay_of: id,
            created_at: now,
          })
          .execute()
        tx.afterCommit(() => parts.changed(portalId, ['deliveries']))
      })
      return newId
    },
  }
}

/** The ports of the loop and the verbs on deliveries. */
export type Deliveries = ReturnType<typeof createDeliveries>

function jobOf(row: Row<'delivery'>, event: Row<'event'> | undefined, handler: BoundHandler | null): DeliveryJob {
  return {
    id: row.id,
    handlerId: row.handler_id,
    deliveryClass: row.delivery_class,
    orderKey: row.delivery_class === 'dial' || row.call_id === null ? null : `${row.owner} ${row.url} ${row.call_id}`,
    createdAt: event?.created_at ?? row.created_at,
    deadlineAt: row.deadline_at,
    retries: handler ? handler.retries === 1 : true,
    attempts: row.attempts,
    reserved: false,
    portalId: row.portal_id,
    eventId: row.event_id,
    event: row.event,
    owner: row.owner,
    url: row.url,
    callId: row.call_id,
    userId: event?.user_id ?? null,
    data: event ? (JSON.parse(event.data) as Record<string, unknown>) : {},
  }
}

function attemptRow(id: number, job: DeliveryJob, { request, sent, decision }: { request: Outgoing; sent: Sent; decision: Decision }) {
  const { ending } = sent
  return {
    id,
    portal_id: job.portalId,
    delivery_id: job.id,
    number: job.attempts + 1,
    started_at: sent.startedAt,
    duration_ms: Math.round(sent.durationMs),
    connect_ms: sent.connectMs === null ? null : Math.round(sent.connectMs),
    first_byte_ms: sent.firstByteMs === null ? null : Math.round(sent.firstByteMs),
    outcome: decision.state satisfies DeliveryState,
    reason: decision.reason,
    status: ending.kind === 'answered' ? ending.status : null,
    error: ending.kind === 'answered' ? null : ending.error,
    request_headers: JSON.stringify(request.headers),
    request_body: maskTokens(request.body),
    response_body: sent.responseBody,
  }
}
