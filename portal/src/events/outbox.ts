/** Says events: writes the event and one delivery for each of its handlers inside the transaction that makes it true. */
import type { Clock } from '../clock.ts'
import { dialShelfLifeMs } from '../delivery/engine.ts'
import type { Job, Worker } from '../delivery/worker.ts'
import type { Store, Tx } from '../store/store.ts'
import type { BoundHandler, Bindings } from './bindings.ts'
import type { EventDeclaration } from './event.ts'

/** A delivery on its way, with what is needed to render it without reading. */
export interface DeliveryJob extends Job {
  readonly portalId: number
  readonly eventId: number
  readonly event: string
  readonly owner: string
  readonly url: string
  readonly callId: string | null
  /** who caused the event */
  readonly userId: number | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Whose the event is. */
export interface About {
  readonly portalId: number
  /** who caused it; null when nobody did: then handlers get no tokens (contract 1.3) */
  readonly userId: number | null
  /** only the handlers of this app or webhook */
  readonly only?: string
  /** only these handlers; their owner's state was looked at by the caller */
  readonly handlers?: readonly BoundHandler[]
}

/** The outbox of this process. */
export interface Outbox {
  /** Records the event; a worker gets its deliveries after the commit. Answers how many deliveries there are. */
  emit<Fact>(tx: Tx, declaration: EventDeclaration<Fact>, fact: Fact, about: About): number
}

/** Where no ready handler is bound, nothing is written. */
export function createOutbox({
  store,
  clock,
  bindings,
  worker,
  processId,
}: {
  store: Store
  clock: Clock
  bindings: Bindings
  worker: Worker<DeliveryJob>
  processId: string
}): Outbox {
  return {
    emit(tx, declaration, fact, about) {
      const handlers =
        about.handlers ??
        bindings
          .bound(about.portalId, declaration.name, about.only)
          .filter((handler) => handler.enabled === 1 && handler.kind === 'online' && handler.ownerProblem === null)
      if (handlers.length === 0) return 0
      const now = clock.now()
      const data = declaration.data(fact)
      const callId = declaration.callId?.(fact) ?? null
      const eventId = store.nextId('event')
      tx.insert('event', {
        id: eventId,
        portal_id: about.portalId,
        name: declaration.name,
        user_id: about.userId,
        call_id: callId,
        data: JSON.stringify(data),
        created_at: now,
      })
      const isDial = declaration.deliveryClass === 'dial'
      const deadlineAt = isDial ? now + dialShelfLifeMs : null
      const jobs = handlers.map((handler): DeliveryJob => {
        const reserved = isDial && worker.reserve(handler.id)
        if (reserved) tx.afterRollback(() => worker.release(handler.id))
        return {
          id: store.nextId('delivery'),
          handlerId: handler.id,
          deliveryClass: declaration.deliveryClass,
          orderKey: isDial || callId === null ? null : `${handler.owner} ${handler.url} ${callId}`,
          createdAt: now,
          deadlineAt,
          retries: handler.retries === 1,
          attempts: 0,
          reserved,
          portalId: about.portalId,
          eventId,
          event: declaration.name,
          owner: handler.owner,
          url: handler.url,
          callId,
          userId: about.userId,
          data,
        }
      })
      for (const job of jobs) tx.insert('delivery', deliveryRow(job, processId, now))
      tx.afterCommit(() => worker.accept(jobs))
      return jobs.length
    },
  }
}

/** How long a process may keep a delivery before others take it over. */
export const leaseMs = 60_000

function deliveryRow(job: DeliveryJob, processId: string, now: number) {
  return {
    id: job.id,
    portal_id: job.portalId,
    event_id: job.eventId,
    event: job.event,
    handler_id: job.handlerId,
    owner: job.owner,
    url: job.url,
    delivery_class: job.deliveryClass,
    call_id: job.callId,
    state: job.reserved ? ('sending' as const) : ('pending' as const),
    reason: null,
    attempts: 0,
    due_at: now,
    deadline_at: job.deadlineAt,
    lease_owner: processId,
    lease_until: now + leaseMs,
    settled_at: null,
    refusal: null,
    replay_of: null,
    created_at: now,
  }
}
