/** Says events: writes the event and one delivery for each of its handlers inside the transaction that makes it true. */
import type { Clock } from '../clock.ts'
import { dialShelfLifeMs } from '../delivery/engine.ts'
import type { Job, Worker } from '../delivery/worker-ports.ts'
import type { Store, Tx } from '../store/store.ts'
import type { BoundHandler, Bindings } from './bindings.ts'
import type { EventDeclaration } from './event.ts'
import type { OfflineQueue, Queued } from './offline.ts'

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
  /** the span that caused it, while this process remembers it */
  readonly traceparent: string | null
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
  /** the span that causes it */
  readonly traceparent?: string
  /** one try each, whatever the handlers are set to */
  readonly isOnce?: boolean
  /** gets the ids of the deliveries */
  readonly onDeliveries?: (ids: readonly number[]) => void
}

/** The outbox of this process. */
export interface Outbox {
  /** Records the event; a worker gets its deliveries after the commit. Answers the deliveries; what waits in offline queues is not among them. */
  emit<Fact>(tx: Tx, declaration: EventDeclaration<Fact>, fact: Fact, about: About): readonly DeliveryJob[]
}

/** What the outbox needs. */
export interface OutboxParts {
  readonly store: Store
  readonly clock: Clock
  readonly bindings: Bindings
  readonly worker: Worker<DeliveryJob>
  /** whose its deliveries are from the start; null: this process sends none, they are anybody's */
  readonly processId: string | null
  /** how long a handler of a portal may take: the lease of a dial under way is longer */
  timeoutMs(portalId: number): number
  readonly offline: Pick<OfflineQueue, 'add'>
  /** whose REST call is running, with its `auth_connector`: its own queue of that name does not get what it causes (contract 3.5) */
  readonly causedBy: () => { readonly owner: string; readonly connector: string } | null
  /** after the commit that put something into a queue */
  readonly queued: (queued: Queued) => void
}

/** Where no ready handler is bound, nothing is written. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { store, clock, bindings, worker, processId, offline, causedBy, queued, timeoutMs } = parts
  const enqueue = (tx: Tx, handlers: readonly BoundHandler[], said: Said, profiles: EventDeclaration<never>['profiles']): void => {
    const cause = handlers.length === 0 ? null : causedBy()
    const queues = new Map(handlers.map((handler) => [`${handler.owner} ${handler.connector}`, handler]))
    for (const { owner, connector, profile, portal_id: portalId } of queues.values()) {
      if (connector !== '' && cause?.owner === owner && cause.connector === connector) continue
      offline.add(tx, { ...said, portalId, owner, connector, data: profiles?.[profile]?.(said.data) ?? said.data })
      tx.afterCommit(() => queued({ portalId, owner, connector, userId: said.userId }))
    }
  }
  return {
    emit(tx, declaration, fact, about) {
      const bound =
        about.handlers ??
        bindings
          .bound(about.portalId, declaration.name, about.only)
          .filter((handler) => handler.enabled === 1 && handler.ownerProblem === null)
      if (bound.length === 0) return []
      const now = clock.now()
      const data = declaration.data(fact)
      const callId = declaration.callId?.(fact) ?? null
      enqueue(
        tx,
        bound.filter((handler) => handler.kind === 'offline'),
        {
          event: declaration.name,
          objectKey: objectKeyOf(data, callId),
          callId,
          userId: about.userId,
          data,
          isDial: declaration.deliveryClass === 'dial',
        },
        declaration.profiles,
      )
      const handlers = bound.filter((handler) => handler.kind === 'online')
      if (handlers.length === 0) return []
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
        const id = store.nextId('delivery')
        return {
          id,
          handlerId: handler.id,
          deliveryClass: declaration.deliveryClass,
          orderKey: isDial || callId === null ? null : `${handler.owner} ${handler.url} ${callId}`,
          createdAt: now,
          deadlineAt,
          retries: handler.retries === 1 && about.isOnce !== true,
          attempts: 0,
          reserved: isDial && worker.reserve(handler.id),
          portalId: about.portalId,
          eventId,
          event: declaration.name,
          owner: handler.owner,
          url: handler.url,
          callId,
          userId: about.userId,
          data,
          traceparent: about.traceparent ?? null,
        }
      })
      for (const job of jobs.filter(({ reserved }) => reserved)) {
        tx.afterRollback(() => worker.release(job))
        worker.prepare(job)
      }
      for (const job of jobs) tx.insert('delivery', deliveryRow(job, { processId, now, timeoutMs: timeoutMs(job.portalId) }))
      about.onDeliveries?.(jobs.map((job) => job.id))
      tx.afterCommit(() => worker.accept(jobs))
      return jobs
    },
  }
}

type Said = Omit<Parameters<OfflineQueue['add']>[1], 'portalId' | 'owner' | 'connector'>

/** The object that an event is about: its `FIELDS[ID]`, else its call, else the whole of its data. */
function objectKeyOf(data: Readonly<Record<string, unknown>>, callId: string | null): string {
  const fields = data['FIELDS']
  const id = typeof fields === 'object' && fields !== null ? (fields as { ID?: unknown }).ID : undefined
  if (typeof id === 'number' || typeof id === 'string') return `id ${id}`
  return callId ?? JSON.stringify(data)
}

/** How long a process keeps a notice unless it renews it: then it is dead, and others take it over. */
export const leaseMs = 30_000
/** A waiting dial is taken over quickly: it is good for 30 s only, and `markSending` lets one process have it. */
export const waitingDialLeaseMs = 2_000
/** By this much the lease of a dial under way is longer than its attempt can take: after it, its process has died. */
export const sendingMarginMs = 10_000

function deliveryRow(job: DeliveryJob, { processId, now, timeoutMs }: { processId: string | null; now: number; timeoutMs: number }) {
  const dialLeaseMs = job.reserved ? timeoutMs + sendingMarginMs : waitingDialLeaseMs
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
    lease_until: processId === null ? null : now + (job.deliveryClass === 'notice' ? leaseMs : dialLeaseMs),
    settled_at: null,
    refusal: null,
    replay_of: null,
    created_at: now,
  }
}
