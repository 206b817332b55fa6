/** Deliveries in the store: claimed, rendered, recorded, recovered, proven. What happens to them is decided in delivery/. */
import type { Span } from '@opentelemetry/api'
import { sql, type ExpressionBuilder } from 'kysely'
import { defaultSlots, type Limits } from '../delivery/desk.ts'
import { decideAbandoned, type Decision, type Reason } from '../delivery/engine.ts'
import type { Outgoing } from '../delivery/send.ts'
import type { WorkerPorts } from '../delivery/worker-ports.ts'
import { GuardFailed } from '../store/engine.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import { renderBody, type BodyParts } from './delivery-body.ts'
import { attemptRow, endedFrom, isDelivered, jobOf, openStates, updateSettled, type Settled } from './delivery-rows.ts'
import { endAttemptSpan, startAttemptSpan, traceparentOf } from './delivery-spans.ts'
import { leaseMs, sendingMarginMs, waitingDialLeaseMs, type DeliveryJob } from './outbox.ts'

/** What deliveries need from other parts. */
export interface DeliveriesParts extends BodyParts {
  readonly processId: string
  /** runs in the transaction that settles or retries a dial: the call follows its delivery */
  settled(tx: Tx, job: DeliveryJob, decision: Decision): Promise<void> | void
  /** the app reported about this call */
  proven(callId: string): void
  /** a handler said by 410 that it is gone: it was disabled; runs after the commit */
  gone(job: DeliveryJob): void
  /** tells browsers what changed */
  changed(portalId: number, names: readonly string[]): void
}

const releasedTogether = 1000

/** Which deliveries to recover. */
export interface Recovery {
  readonly all: boolean
  /** processes that have died */
  readonly dead?: readonly string[]
  /** what this process keeps in memory */
  readonly held?: ReadonlyArray<{ readonly id: number }>
}

/** Names of live updates for a delivery. */
function changedNames(job: DeliveryJob): string[] {
  return job.callId === null ? ['deliveries', `delivery:${job.id}`] : ['deliveries', `delivery:${job.id}`, `call:${job.callId}`]
}

/** The ports of the delivery loop on the store. */
export function createDeliveries(parts: DeliveriesParts) {
  const { store, clock, bindings, processId } = parts

  const spans = new WeakMap<Outgoing, Span>()
  const awaited = new Map<number, () => void>()
  const told = (job: DeliveryJob): void => {
    parts.changed(job.portalId, changedNames(job))
    awaited.get(job.id)?.()
  }

  const record: WorkerPorts<DeliveryJob>['record'] = async (job, request, sent, decision) => {
    let isProven = false
    const span = spans.get(request)
    if (span) endAttemptSpan(span, sent, decision)
    await store.transaction(async (tx) => {
      tx.insert('attempt', attemptRow(store.nextId('attempt'), job, { request, sent, decision }))
      // who settled it before was a report of the app: what a refused or expired dial does to its call is not done then
      if (job.deliveryClass === 'dial' && decision.state !== 'delivered') {
        const from = decision.dueAt === null ? endedFrom : openStates
        const { numUpdatedRows } = await updateSettled(tx.db, settledValues(job, decision, job.attempts + 1), from).executeTakeFirst()
        if (numUpdatedRows === 1n) await parts.settled(tx, job, decision)
        else isProven = await isDelivered(tx, job.id)
      } else {
        tx.write(settleStatement(job, decision, job.attempts + 1))
        tx.mayWait()
        if (job.deliveryClass === 'dial') await parts.settled(tx, job, decision)
      }
      if (sent.dedupe !== null && sent.dedupe === job.callId && bindings.byId(job.handlerId)?.dedupes === 0) {
        tx.write(store.build.updateTable('handler').set({ dedupes: 1 }).where('id', '=', job.handlerId))
        tx.afterCommit(() => void bindings.changed())
      }
      if (decision.reason === 'http_410') disable(tx, job)
      tx.afterCommit(() => told(job))
    })
    return { isProven }
  }

  const disable = (tx: Tx, job: DeliveryJob): void => {
    const handler = bindings.byId(job.handlerId)
    if (handler?.enabled !== 1 || job.event === 'ONAPPUNINSTALL') return
    tx.write(store.build.updateTable('handler').set({ enabled: 0, disabled_reason: 'gone' }).where('id', '=', job.handlerId))
    tx.afterCommit(() => parts.gone(job))
  }

  const recordUnsent = async (job: DeliveryJob, decision: Decision): Promise<void> => {
    await store.transaction(async (tx) => {
      const { numUpdatedRows } = await settleQuery(tx.db, job, decision, job.attempts).executeTakeFirst()
      if (numUpdatedRows === 1n && job.deliveryClass === 'dial') await parts.settled(tx, job, decision)
      tx.afterCommit(() => told(job))
    })
  }

  const settledValues = (job: DeliveryJob, { state, reason, refusal, dueAt }: Decision, attempts: number): Settled => ({
    state,
    reason,
    refusal,
    dueAt,
    settledAt: dueAt === null ? clock.now() : null,
    attempts,
    id: job.id,
  })
  const endedCall = (eb: ExpressionBuilder<Tables, 'delivery'>) =>
    eb.selectFrom('call').select('call.id').whereRef('call.call_id', '=', 'delivery.call_id').where('call.state', '=', 'finished')
  const mark = store.prepare((db, { id, leaseUntil }: { id: number; leaseUntil: number }) =>
    db
      .updateTable('delivery')
      .set({ state: 'sending', lease_owner: processId, lease_until: leaseUntil })
      .where('id', '=', id)
      .where((eb) =>
        eb.or([
          eb('state', 'in', ['pending', 'retrying']),
          // said before, and it is still so: nobody gave it up, its call is not over
          eb.and([eb('state', '=', 'sending'), eb('lease_owner', '=', processId), eb.not(eb.exists(endedCall(eb)))]),
        ]),
      ),
  )
  const settle = store.prepare<Settled>((db, settled) => updateSettled(db, settled))
  const settleEnded = store.prepare<Settled>((db, settled) => updateSettled(db, settled, endedFrom))
  const settleStatement = (job: DeliveryJob, decision: Decision, attempts: number) =>
    (decision.state === 'delivered' ? settleEnded : settle)(settledValues(job, decision, attempts))
  const settleQuery = (db: Store['build'], job: DeliveryJob, decision: Decision, attempts: number) =>
    updateSettled(db, settledValues(job, decision, attempts))

  const claimDue = async (limit: number, except: readonly number[]): Promise<DeliveryJob[]> => {
    const now = clock.now()
    const others = except.length === 0 ? sql`` : sql`and (delivery_class = 'dial' or handler_id not in (${sql.join(except)}))`
    const rows = await store.transaction(async (tx) => {
      const { rows: claimed } = await sql<Row<'delivery'>>`
        update delivery set lease_owner = ${processId},
          lease_until = cast(${now} as bigint) + case when delivery_class = 'dial' then ${sql.lit(waitingDialLeaseMs)} else ${sql.lit(leaseMs)} end
        where id in (
          select id from delivery
          where state in ('pending', 'retrying') and due_at <= ${now} and (lease_until is null or lease_until <= ${now}) ${others}
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

  /**
   * Dials and notices that another process left `sending` (design 11.7). With `all`, whatever their lease says; all that `dead` processes had,
   * too. Nothing that this process is about (`held`): a clock that was set ahead ends leases, not attempts.
   */
  const recover = async ({ all, dead = [], held = [] }: Recovery): Promise<void> => {
    const own = new Set(held.map(({ id }) => id))
    await store.transaction(async (tx) => {
      const now = clock.now()
      let query = tx.db
        .selectFrom('delivery')
        .selectAll()
        // settled ones have no due time: with it the index of the open ones is read, without it the whole table
        .where('due_at', 'is not', null)
        .where('state', 'in', ['sending', 'pending', 'retrying'])
        .where('lease_owner', 'is not', null)
      if (!all)
        query = query.where((eb) =>
          eb.or([
            eb.and([eb('lease_until', '<=', now), eb('state', '=', 'sending')]),
            ...(dead.length > 0 ? [eb('lease_owner', 'in', [...dead])] : []),
          ]),
        )
      for (const row of await query.execute()) {
        if (row.lease_owner === processId && own.has(row.id)) continue
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
    async nextDueAt(except: readonly number[]): Promise<number | null> {
      let query = store.read
        .selectFrom('delivery')
        .select((eb) => eb.fn.min('due_at').as('due'))
        .where('due_at', 'is not', null)
        .where('state', 'in', ['pending', 'retrying'])
        .where('lease_owner', 'is', null)
      if (except.length > 0)
        query = query.where((eb) => eb.or([eb('delivery_class', '=', 'dial'), eb('handler_id', 'not in', [...except])]))
      return (await query.executeTakeFirst())?.due ?? null
    },
    /** What this process had leased and did not post: others may have it at once. */
    async release(jobs: readonly DeliveryJob[]): Promise<void> {
      const ids = jobs.map((job) => job.id)
      for (let from = 0; from < ids.length; from += releasedTogether)
        await store.transaction((tx) =>
          tx.write(
            store.build
              .updateTable('delivery')
              .set({ lease_owner: null, lease_until: null, state: sql`case when attempts > 0 then 'retrying' else 'pending' end` })
              .where('id', 'in', ids.slice(from, from + releasedTogether))
              .where('lease_owner', '=', processId)
              .where('state', 'in', ['pending', 'retrying', 'sending']),
          ),
        )
    },
    /** What a handler is given at a time. */
    limitsOf(handlerId: number): Limits {
      const handler = bindings.byId(handlerId)
      return { slots: handler?.slots ?? defaultSlots, perMinute: handler?.per_minute ?? null }
    },
    /** In the group commit: when many clicks wait for their turn, each of these would else be a commit of its own. */
    async markSending(job: DeliveryJob): Promise<boolean> {
      try {
        const leaseUntil = clock.now() + parts.timeoutMs(job.portalId) + sendingMarginMs
        await store.transaction((tx) => tx.write(mark({ id: job.id, leaseUntil }), { name: 'waiting', rows: 1 }))
        return true
      } catch (error) {
        if (error instanceof GuardFailed) return false
        throw error
      }
    },
    async render(job: DeliveryJob): Promise<Outgoing> {
      const span = startAttemptSpan(job)
      const request = await renderBody(parts, job, traceparentOf(span))
      spans.set(request, span)
      return request
    },
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
      tx.afterCommit(() => parts.proven(callId))
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
    /** What another process said of a delivery: whoever waits for it here looks. */
    heard(names: readonly string[]): void {
      for (const name of names) if (name.startsWith('delivery:')) awaited.get(Number(name.slice('delivery:'.length)))?.()
    },
    /** Resolves when an attempt of this delivery has ended or it was settled without one, or after that time. */
    attempted(id: number, withinMs: number): Promise<void> {
      return new Promise((resolve) => {
        const done = (): void => {
          cancel()
          awaited.delete(id)
          resolve()
        }
        const cancel = clock.at(clock.now() + withinMs, done)
        awaited.set(id, done)
      })
    },
  }
}

/** The ports of the loop and the verbs on deliveries. */
export type Deliveries = ReturnType<typeof createDeliveries>
