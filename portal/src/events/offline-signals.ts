/** ONOFFLINEEVENT: tells an app that its offline queue has something, at most once in `minTimeout` seconds (contract 3.5). */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { GuardFailed } from '../store/engine.ts'
import type { Store } from '../store/store.ts'
import type { BoundHandler, Bindings } from './bindings.ts'
import { offlineWaiting } from './events.ts'
import type { Queued } from './offline.ts'
import type { Outbox } from './outbox.ts'

/** What the signals need. */
export interface OfflineSignalParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly bindings: Pick<Bindings, 'bound' | 'byId'>
  readonly outbox: Outbox
}

const graceMs = 5_000
const reminded = 500

/** `options.minTimeout` of a handler in milliseconds; 1 s when it is not given or nonsense. */
export function minTimeoutMs(options: string): number {
  const { minTimeout } = JSON.parse(options) as { minTimeout?: unknown }
  const seconds = minTimeout === undefined || minTimeout === null || minTimeout === '' ? 1 : Number(minTimeout)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 86_400) * 1000 : 1000
}

/** Builds the signals. What comes inside the timeout is told at its end, so that nothing stays in the queue untold. */
export function createOfflineSignals({ store, clock, log, bindings, outbox }: OfflineSignalParts) {
  const planned = new Map<number, () => void>()
  let closed = false

  const send = async (handler: BoundHandler, queued: Queued): Promise<void> => {
    const now = clock.now()
    const waitMs = minTimeoutMs(handler.options)
    try {
      await store.transaction((tx) => {
        tx.write(
          store.build
            .insertInto('offline_signal')
            .values({ handler_id: handler.id, sent_at: now })
            .onConflict((conflict) =>
              conflict
                .column('handler_id')
                .doUpdateSet((eb) => ({ sent_at: eb.ref('excluded.sent_at') }))
                .where('offline_signal.sent_at', '<=', now - waitMs),
            ),
          { name: 'timeout', rows: 1 },
        )
        outbox.emit(tx, offlineWaiting, {}, { portalId: queued.portalId, userId: queued.userId, handlers: [handler] })
      })
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error
      plan(handler, queued, now + waitMs)
    }
  }

  const plan = (handler: BoundHandler, queued: Queued, atMs: number): void => {
    if (closed || planned.has(handler.id)) return
    const cancel = clock.at(atMs, () => {
      planned.delete(handler.id)
      raise(handler, queued)
    })
    planned.set(handler.id, cancel)
  }

  const raise = (handler: BoundHandler, queued: Queued): void => {
    if (closed || planned.has(handler.id)) return
    send(handler, queued).catch((error: unknown) => log.error({ err: error, handler: handler.id }, 'ONOFFLINEEVENT could not be said'))
  }

  return {
    /** To be called after the commit that filled the queue. */
    queued(queued: Queued): void {
      for (const handler of bindings.bound(queued.portalId, offlineWaiting.name, queued.owner)) {
        const isMeant = handler.kind === 'online' && handler.enabled === 1 && handler.ownerProblem === null
        if (isMeant && (handler.connector === '' || handler.connector === queued.connector)) raise(handler, queued)
      }
    },

    /** Says what a process that died had planned to say: something waits that came after the last signal, and its time is over. */
    async remind(): Promise<void> {
      const rows = await store.read
        .selectFrom('handler')
        .leftJoin('offline_signal', 'offline_signal.handler_id', 'handler.id')
        .innerJoin('offline_event', (join) =>
          join.onRef('offline_event.portal_id', '=', 'handler.portal_id').onRef('offline_event.owner', '=', 'handler.owner'),
        )
        .select(['handler.id', 'offline_event.connector', 'offline_event.user_id', 'offline_event.changed_at'])
        .where('handler.event', '=', offlineWaiting.name)
        .where('handler.kind', '=', 'online')
        .where('handler.enabled', '=', 1)
        .where('handler.deleted_at', 'is', null)
        .where('offline_event.process_id', '=', '')
        .where((eb) => eb('offline_event.changed_at', '>', eb.fn.coalesce('offline_signal.sent_at', eb.val(0))))
        .where((eb) => eb.or([eb('handler.connector', '=', ''), eb('handler.connector', '=', eb.ref('offline_event.connector'))]))
        .orderBy('offline_event.changed_at', 'desc')
        .limit(reminded)
        .execute()
      const told = new Set<number>()
      for (const { id, connector, user_id: userId, changed_at: changedAt } of rows) {
        const handler = bindings.byId(id)
        if (!handler || handler.ownerProblem !== null || told.has(id)) continue
        told.add(id)
        // what is newer is still being said by the process that it came to
        if (changedAt + minTimeoutMs(handler.options) + graceMs <= clock.now())
          raise(handler, { portalId: handler.portal_id, owner: handler.owner, connector, userId })
      }
    },

    /** Forgets what is planned. */
    close(): void {
      closed = true
      for (const cancel of planned.values()) cancel()
      planned.clear()
    },
  }
}

/** The signals of this process. */
export type OfflineSignals = ReturnType<typeof createOfflineSignals>
