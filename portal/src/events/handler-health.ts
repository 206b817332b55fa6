/** What becomes of a handler whose health changes: its row says so, the administrators are told. */
import type { Breaker } from '../delivery/breaker.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Bindings, BoundHandler } from './bindings.ts'

/** A note to every administrator, in the language of each; a newer one with the same tag replaces it. */
export interface AdminNote {
  readonly portalId: number
  readonly tag: string
  readonly text: Readonly<Record<'en' | 'ru', string>>
}

/** What the health of handlers is told to. */
export interface HandlerHealthParts {
  readonly store: Store
  readonly bindings: Bindings
  readonly log: Log
  tellAdmins(note: AdminNote): Promise<void>
  /** tells browsers what changed */
  changed(portalId: number, names: readonly string[]): void
}

/** Names of live updates for a handler. */
export function handlerNames(id: number): readonly string[] {
  return ['handlers', `handler:${id}`, 'apps', 'webhooks', 'settings']
}

/** The verbs on a handler's health. They run beside the delivery loop, never in its way. */
export function createHandlerHealth({ store, bindings, log, tellAdmins, changed }: HandlerHealthParts) {
  const running = new Set<Promise<void>>()
  // one after the other: an opening and the closing after it are written in that order
  let last: Promise<void> = Promise.resolve()

  const inOrder = (handlerId: number, work: (handler: BoundHandler) => Promise<void>): void => {
    const run = last
      .then(async () => {
        const handler = bindings.byId(handlerId)
        if (handler) await work(handler)
      })
      .catch((error: unknown) => log.error({ err: error, handler: handlerId }, 'the health of a handler could not be written down'))
      .finally(() => running.delete(run))
    last = run
    running.add(run)
  }

  return {
    /** The circuit breaker of a handler opened, opened again or closed. */
    breakerChanged(handlerId: number, breaker: Breaker): void {
      log.warn({ handler: handlerId, open: breaker.openedAt !== null, reason: breaker.reason }, 'the circuit breaker of a handler')
      inOrder(handlerId, async (handler) => {
        await bindings.change(handler.portal_id, handlerId, {
          breaker_opened_at: breaker.openedAt,
          breaker_retry_at: breaker.openedAt === null ? null : breaker.retryAt,
          breaker_reason: breaker.reason,
        })
        changed(handler.portal_id, handlerNames(handlerId))
        const tag = `breaker ${handlerId}`
        if (breaker.openedAt === null) await tellAdmins({ portalId: handler.portal_id, tag, text: closedText(handler) })
        else if (breaker.openings === 1)
          await tellAdmins({ portalId: handler.portal_id, tag, text: openText(handler, breaker.reason ?? '') })
      })
    },
    /** A handler answered 410 and was disabled. */
    gone(handlerId: number): void {
      inOrder(handlerId, async (handler) => {
        await bindings.changed()
        changed(handler.portal_id, handlerNames(handlerId))
        await tellAdmins({ portalId: handler.portal_id, tag: `gone ${handlerId}`, text: goneText(handler) })
      })
    },
    /** What a process that died had written: a new one begins with closed breakers. `restedBefore`: only what was to be tried again before that time. */
    async forget(restedBefore: number | null): Promise<void> {
      await store.transaction((tx) =>
        tx.write(
          store.build
            .updateTable('handler')
            .set({ breaker_opened_at: null, breaker_retry_at: null, breaker_reason: null })
            .where('breaker_opened_at', 'is not', null)
            .$if(restedBefore !== null, (query) => query.where('breaker_retry_at', '<', restedBefore)),
        ),
      )
      await bindings.changed()
    },
    /** Waits for what is being written. */
    async close(): Promise<void> {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** The verbs on a handler's health. */
export type HandlerHealth = ReturnType<typeof createHandlerHealth>

function openText({ event, url, ownerTitle }: BoundHandler, reason: string): AdminNote['text'] {
  return {
    en: `${ownerTitle} does not take ${event} at ${url} (${reason}). Until it answers again, clicks are refused at once and other events wait. See Settings → Handlers.`,
    ru: `${ownerTitle} не принимает ${event} по адресу ${url} (${reason}). Пока он не ответит, звонки сразу отклоняются, а остальные события ждут. См. Настройки → Обработчики.`,
  }
}

function closedText({ event, url, ownerTitle }: BoundHandler): AdminNote['text'] {
  return {
    en: `${ownerTitle} takes ${event} at ${url} again.`,
    ru: `${ownerTitle} снова принимает ${event} по адресу ${url}.`,
  }
}

function goneText({ event, url, ownerTitle }: BoundHandler): AdminNote['text'] {
  return {
    en: `${ownerTitle} answered 410 Gone to ${event} at ${url}: this handler is switched off and gets nothing more. Switch it on again under Settings → Handlers.`,
    ru: `${ownerTitle} ответил 410 Gone на ${event} по адресу ${url}: этот обработчик выключен и больше ничего не получает. Включить его можно в Настройки → Обработчики.`,
  }
}
