/**
 * What becomes of a visitor's request. The app that gets it registers a TYPE 4 call by itself, and the request is tied to it:
 *
 *   waiting ──▶ delivered ──────────────┐
 *      ├──────▶ unconfirmed ────────────┼──▶ called    the app registered a call for the number within 30 minutes
 *      └──────▶ failed · expired ───────┘
 *   skipped: the target was not ready · refused_country, refused_limit: kept for the admin to see
 */
import type { Decision } from '../delivery/engine.ts'
import type { Notifications } from '../directory/notifications.ts'
import type { OfflineQueue } from '../events/offline.ts'
import type { DeliveryJob } from '../events/outbox.ts'
import type { Store, Tx } from '../store/store.ts'
import type { CallbackOutcome, Row } from '../store/tables.ts'
import { noteOf, type NoteFacts } from './callback-notes.ts'
import { requestIdOf, requestKeyOf } from './request-key.ts'
import { isWithPoller } from './pollers.ts'

/** What notes to the responsible user need. */
export interface CallbackNoteParts {
  readonly notifications: Pick<Notifications, 'write'>
  /** the portal's own address, for the trace */
  readonly publicUrl: string
}

/** What following requests needs. */
export interface CallbackOutcomesParts extends CallbackNoteParts {
  readonly store: Store
  readonly offline: Pick<OfflineQueue, 'dropLate'>
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}

/** Builds the verbs that follow requests. */
export function createCallbackOutcomes(parts: CallbackOutcomesParts) {
  const { store } = parts
  return {
    /** The request follows its dial; the responsible user is told of what did not arrive for certain. */
    async followDelivery(tx: Tx, job: DeliveryJob, { state, reason, refusal }: Decision): Promise<void> {
      const id = requestIdOf(job.callId ?? '')
      if (id === null || !['delivered', 'unconfirmed', 'failed', 'expired'].includes(state)) return
      if (state !== 'delivered') {
        const others = await tx.db
          .selectFrom('delivery')
          .select('state')
          .where('call_id', '=', job.callId)
          .where('delivery_class', '=', 'dial')
          .where('id', '!=', job.id)
          .execute()
        // several handlers: one that has it is enough, and a failure counts only when it is the last
        const isOpen = others.some((other) =>
          state === 'unconfirmed' ? other.state === 'delivered' : !['failed', 'expired', 'canceled'].includes(other.state),
        )
        if (isOpen || (await isWithPoller(tx, job.callId!))) return
      }
      await settle(parts, tx, { id, outcome: state as CallbackOutcome, reason: refusal ?? reason })
    },

    /** Nobody fetched the request from an offline queue in time. */
    async closeUnfetched(key: string): Promise<void> {
      const id = requestIdOf(key)
      if (id === null) return
      await store.transaction(async (tx) => {
        if (!(await parts.offline.dropLate(tx, key)) || (await isWithPoller(tx, key))) return
        const sent = await tx.db.selectFrom('delivery').select('state').where('call_id', '=', key).execute()
        if (sent.some(({ state }) => !['failed', 'expired', 'canceled'].includes(state))) return
        await settle(parts, tx, { id, outcome: 'expired', reason: 'deadline' })
      })
    },
  }
}

/** The verbs that follow requests. */
export type CallbackOutcomes = ReturnType<typeof createCallbackOutcomes>

/** Only forward: what the app called stays called. */
async function settle(
  parts: CallbackOutcomesParts,
  tx: Tx,
  { id, outcome, reason }: { id: number; outcome: CallbackOutcome; reason: string | null },
): Promise<void> {
  const settled = await tx.db
    .updateTable('callback_request')
    .set({ outcome, reason })
    .where('id', '=', id)
    .where('outcome', 'not in', ['called', 'delivered', outcome])
    .returningAll()
    .executeTakeFirst()
  if (!settled) return
  tx.afterCommit(() => parts.changed(settled.portal_id, ['callback-requests']))
  if (outcome === 'delivered' || settled.trace_id === null) return
  const form = await tx.db.selectFrom('callback_form').selectAll().where('id', '=', settled.form_id).executeTakeFirstOrThrow()
  await tellResponsible(parts, tx, { form, id, number: settled.number, outcome, reason, targetTitle: '', traceId: settled.trace_id })
}

interface Told extends Omit<NoteFacts, 'language' | 'traceUrl' | 'formTitle'> {
  readonly form: Row<'callback_form'>
  /** of the request */
  readonly id: number
  readonly traceId: number
}

/** The responsible user reads under the bell that a customer waits; the administrators, when that user is not active any more. */
export async function tellResponsible({ notifications, publicUrl }: CallbackNoteParts, tx: Tx, facts: Told): Promise<void> {
  const { form, id, traceId } = facts
  const active = await tx.db
    .selectFrom('user')
    .select(['id', 'language', 'is_admin'])
    .where('portal_id', '=', form.portal_id)
    .where('is_active', '=', 1)
    .where((eb) => eb.or([eb('id', '=', form.user_id), eb('is_admin', '=', 1)]))
    .execute()
  const responsible = active.filter((user) => user.id === form.user_id)
  for (const { id: userId, language } of responsible.length > 0 ? responsible : active) {
    const message = noteOf({ ...facts, language, formTitle: form.title, traceUrl: `${publicUrl}/traces/${traceId}` })
    await notifications.write(tx, { portalId: form.portal_id, userId, authorId: null, appId: null, message, tag: requestKeyOf(id) })
  }
}
