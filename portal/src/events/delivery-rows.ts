/** Deliveries and attempts between their rows and the loop: read as jobs, settled, written down. */
import type { Decision } from '../delivery/engine.ts'
import type { Outgoing, Sent } from '../delivery/send.ts'
import type { Store, Tx } from '../store/store.ts'
import type { DeliveryState } from '../states.ts'
import type { Row } from '../store/tables.ts'
import type { BoundHandler } from './bindings.ts'
import { maskTokens } from './delivery-body.ts'
import type { DeliveryJob } from './outbox.ts'

/** A settled delivery, in the columns of its row. */
export type Settled = {
  readonly state: string
  readonly reason: string | null
  readonly refusal: string | null
  readonly dueAt: number | null
  readonly settledAt: number | null
  readonly attempts: number
  readonly id: number
}

/** Of a delivery that is not settled yet. */
export const openStates: readonly DeliveryState[] = ['pending', 'sending', 'retrying']
/**
 * From where an attempt that has ended may settle its delivery: somebody whose clock was set ahead may have called it abandoned while it was under
 * way, and what its handler answered is better than that guess. To `retrying` it does not go from there: the clicker may have dialled again.
 */
export const endedFrom: readonly DeliveryState[] = [...openStates, 'unconfirmed']

/** Settles a delivery that is in one of these states, and nothing else. */
export function updateSettled(db: Store['build'], settled: Settled, from: readonly DeliveryState[] = openStates) {
  return db
    .updateTable('delivery')
    .set({
      state: settled.state as DeliveryState,
      reason: settled.reason,
      refusal: settled.refusal,
      due_at: settled.dueAt,
      settled_at: settled.settledAt,
      attempts: settled.attempts,
      lease_owner: null,
      lease_until: null,
    })
    .where('id', '=', settled.id)
    .where('state', 'in', from)
}

/** A delivery as the loop sees it; without its event it can be settled, not sent. */
export function jobOf(row: Row<'delivery'>, event: Row<'event'> | undefined, handler: BoundHandler | null): DeliveryJob {
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
    traceparent: null,
  }
}

/** What is written down of an attempt; tokens are masked. */
export function attemptRow(
  id: number,
  job: DeliveryJob,
  { request, sent, decision }: { request: Outgoing; sent: Sent; decision: Decision },
) {
  const { ending } = sent
  return {
    id,
    portal_id: job.portalId,
    delivery_id: job.id,
    number: job.attempts + 1,
    started_at: sent.startedAt,
    duration_ms: Math.round(sent.durationMs),
    connect_ms: rounded(sent.connectMs),
    dns_ms: rounded(sent.dnsMs),
    tls_ms: rounded(sent.tlsMs),
    reused: sent.reused === null ? null : sent.reused ? (1 as const) : (0 as const),
    first_byte_ms: rounded(sent.firstByteMs),
    outcome: decision.state satisfies DeliveryState,
    reason: decision.reason,
    status: ending.kind === 'answered' ? ending.status : null,
    error: ending.kind === 'answered' ? null : ending.error,
    request_headers: JSON.stringify(request.headers),
    request_body: maskTokens(request.body),
    response_body: sent.responseBody,
  }
}

/** Whether it has been delivered meanwhile. */
export async function isDelivered(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.db.selectFrom('delivery').select('state').where('id', '=', id).executeTakeFirst()
  return row?.state === 'delivered'
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
