/**
 * Calls and their states. Only forward; a report that is behind the state changes nothing.
 *
 *   registered ──▶ announced ──▶ ringing_agent ──▶ ringing_client ──▶ talking ──▶ finished
 *       │   a dial was delivered     └────── reported by hookswitch.call.progress ─────┘      ▲
 *       └──────────────── finish by the app, or by the portal: a dial that failed or ─────────┘
 *                         expired, or no word for too long. What the portal closed, the first
 *                         later finish of the app corrects (design 11.1).
 */
import type { Decision } from '../delivery/engine.ts'
import { PortalError } from '../errors.ts'
import type { DeliveryJob } from '../events/outbox.ts'
import type { CallState } from '../states.ts'
import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { createCallCards } from './call-cards.ts'
import type { CallsParts } from './call-parts.ts'
import { callTalking } from './events.ts'
import { finishCall, type Report } from './finish.ts'
import { isWithPoller } from './pollers.ts'
import { createRegistrations } from './registration.ts'
import { madeBy } from './new-call.ts'
import { findCall, findOwnCall, findReported, hear, type Named, type Reporter } from './reporter.ts'

const stateOrder: readonly CallState[] = ['registered', 'announced', 'ringing_agent', 'ringing_client', 'talking', 'finished']

/** Builds the verbs on calls. */
export function createCalls(parts: CallsParts) {
  const { store, clock } = parts

  const announceCall = store.prepare((db, { callId }: { callId: string }) =>
    db.updateTable('call').set({ state: 'announced' }).where('call_id', '=', callId).where('state', '=', 'registered'),
  )

  return {
    ...createRegistrations(parts),
    ...createCallCards(parts),

    find: (portalId: number, callId: string) => findCall(store.read, portalId, callId),

    /** Finishes a call: statistics row, activity, card closed everywhere, events (contract 4.3). */
    async finish(reporter: Reporter, callId: string, report: Report & Named) {
      return store.transaction(async (tx) => {
        const call = await findOwnCall(tx.db, reporter, callId)
        if (report.userId === undefined && report.userPhoneInner === undefined) throw new PortalError('call_user_missing')
        if (!call || call.closed_by === 'app') throw new PortalError('call_not_found')
        const user = await findReported(tx.db, reporter.portalId, report)
        hear(parts, tx, call)
        // the objects that the call made go to whom it is credited; those that were there before stay whose they were (contract 4.3)
        await parts.crm.assign(tx, madeBy(call), { portalId: reporter.portalId, userId: user.id, actorId: reporter.userId })
        return finishCall(parts, tx, { call, report, userId: user.id, closedBy: 'app', actorId: reporter.userId })
      })
    },

    /** A middle state, reported by the app: our extension to the contract (design 7). False when the call is not the reporter's. */
    async progress(
      reporter: Reporter,
      callId: string,
      { state, at }: { state: 'ringing_agent' | 'ringing_client' | 'talking'; at: number | undefined },
    ): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findOwnCall(tx.db, reporter, callId)
        if (!call) return false
        hear(parts, tx, call)
        // An app whose clock is behind or ahead says what cannot be: then it counts when it was heard.
        const saidAt = at !== undefined && at >= call.started_at && at <= clock.now() ? at : clock.now()
        tx.insert('trace_step', {
          id: store.nextId('trace_step'),
          portal_id: call.portal_id,
          call_id: callId,
          at: saidAt,
          kind: state,
          detail: '{}',
        })
        if (stateOrder.indexOf(state) <= stateOrder.indexOf(call.state)) return true
        const answered = state === 'talking' ? { answered_at: saidAt } : {}
        await tx.db
          .updateTable('call')
          .set({ state, ...answered })
          .where('id', '=', call.id)
          .execute()
        if (state === 'talking' && !parts.switches.of(call.portal_id).callStartEvent)
          parts.outbox.emit(tx, callTalking, { callId, userId: call.user_id }, { portalId: call.portal_id, userId: reporter.userId })
        return true
      })
    },

    /** The call follows its dial: delivered → announced; refused or expired everywhere → closed provisionally (design 11.6). */
    async followDelivery(tx: Tx, job: DeliveryJob, decision: Decision): Promise<void> {
      if (job.callId === null) return
      if (decision.state === 'delivered') {
        tx.write(announceCall({ callId: job.callId }))
        return
      }
      if (decision.state !== 'failed' && decision.state !== 'expired') return
      const others = await tx.db
        .selectFrom('delivery')
        .select('state')
        .where('call_id', '=', job.callId)
        .where('delivery_class', '=', 'dial')
        .where('id', '!=', job.id)
        .execute()
      if (others.some((other) => !['failed', 'expired', 'canceled'].includes(other.state))) return
      if (await isWithPoller(tx, job.callId)) return
      const call = await findCall(tx.db, job.portalId, job.callId)
      if (!call || call.state === 'finished') return
      const failedReason = decision.refusal ?? `${decision.state}: ${decision.reason ?? ''}`
      await finishCall(parts, tx, {
        call,
        userId: call.user_id,
        closedBy: 'portal',
        actorId: null,
        report: { duration: 0, statusCode: 'OTHER', failedReason, cost: 0, costCurrency: '', vote: null },
      })
    },

    /** Nobody fetched the click from its offline queue in time: closed provisionally, unless it went another way too (design 6). */
    async closeUnfetched(portalId: number, callId: string): Promise<void> {
      await store.transaction(async (tx) => {
        if (!(await parts.offline.dropLate(tx, callId))) return
        const call = await findCall(tx.db, portalId, callId)
        if (!call || call.state !== 'registered' || call.reported_at !== null) return
        const others = await tx.db
          .selectFrom('delivery')
          .select('state')
          .where('call_id', '=', callId)
          .where('delivery_class', '=', 'dial')
          .execute()
        if ((await isWithPoller(tx, callId)) || others.some((other) => !['failed', 'expired', 'canceled'].includes(other.state))) return
        const failedReason = 'The phone app did not fetch the click in time'
        const report = { duration: 0, statusCode: 'OTHER', failedReason, cost: 0, costCurrency: '', vote: null }
        await finishCall(parts, tx, { call, userId: call.user_id, closedBy: 'portal', actorId: null, report })
      })
    },

    /** Closes calls that had no word from their app for as long as their portal waits: 12 hours, or what its admin set (design 11.1). */
    async closeSilent(): Promise<number> {
      return store.transaction(async (tx) => {
        let closed = 0
        for (const { id } of await tx.db.selectFrom('portal').select('id').execute()) {
          for (const call of await findSilent(tx.db, id, clock.now() - parts.switches.of(id).closeSilentMinutes * 60_000)) {
            const failedReason = 'No report from the phone app'
            const report = { duration: 0, statusCode: '304', failedReason, cost: 0, costCurrency: '', vote: null }
            await finishCall(parts, tx, { call, userId: call.user_id, closedBy: 'portal', actorId: null, report })
            closed++
          }
        }
        return closed
      })
    },
  }
}

/** Open calls of a portal without a word since then: a hundred at most, the rest have their turn at the next look. */
function findSilent(db: Tx['db'], portalId: number, before: number): Promise<Row<'call'>[]> {
  return db
    .selectFrom('call')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('state', '!=', 'finished')
    .where('started_at', '<', before)
    .where('created_at', '<', before)
    .where((eb) => eb.or([eb('reported_at', 'is', null), eb('reported_at', '<', before)]))
    .limit(100)
    .execute()
}

/** The verbs on calls. */
export type Calls = ReturnType<typeof createCalls>
