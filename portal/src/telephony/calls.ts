/**
 * Calls and their states. Only forward; a report that is behind the state changes nothing.
 *
 *   registered ──▶ announced ──▶ ringing_agent ──▶ ringing_client ──▶ talking ──▶ finished
 *       │   a dial was delivered     └────── reported by hookswitch.call.progress ─────┘      ▲
 *       └──────────────── finish by the app, or by the portal: a dial that failed or ─────────┘
 *                         expired, or no word for 12 hours. What the portal closed, the first
 *                         later finish of the app corrects (design 11.1).
 */
import type { Kysely } from 'kysely'
import { idOf } from '../caller.ts'
import { readPhone } from '../crm/phones.ts'
import type { Decision } from '../delivery/engine.ts'
import { PortalError } from '../errors.ts'
import type { DeliveryJob } from '../events/outbox.ts'
import type { Tx } from '../store/store.ts'
import type { CallState } from '../states.ts'
import type { Row, Tables } from '../store/tables.ts'
import type { CalledCard } from '../crm/call-crm.ts'
import { newCallId, reuseWindowMs } from './click.ts'
import { callInit, callTalking } from './events.ts'
import type { CallsParts } from './call-parts.ts'
import { finishCall, type Report } from './finish.ts'

/** Who reports: a REST caller and what it owns. */
export interface Reporter {
  readonly portalId: number
  readonly userId: number
  /** `app:3` or `incoming` */
  readonly owner: string
}

/** A registration by an app (contract 4.2); `undefined` = not given. */
export interface Registration {
  readonly userId: number | undefined
  readonly userPhoneInner: string | undefined
  readonly phoneNumber: string
  readonly type: number
  readonly startedAt: number | undefined
  readonly crmCreate: boolean
  readonly crmSource: string
  readonly entity: CalledCard | null
  readonly show: boolean
  readonly callListId: number
  readonly lineNumber: string | undefined
  readonly externalCallId: string | undefined
}

/** A registered call and what was made for it. */
export interface Registered {
  readonly call: Row<'call'>
  readonly createdLeadId: number | null
}

const stateOrder: readonly CallState[] = ['registered', 'announced', 'ringing_agent', 'ringing_client', 'talking', 'finished']
/** After this time without a word the portal closes a call provisionally (design 11.1). */
const silenceMs = 12 * 3_600_000

/**
 * The user that a report names: USER_ID wins; one that is unknown but somebody's extension is taken as that (contract 4.10).
 * Throws the contract's refusals.
 */
export async function findReported(
  db: Kysely<Tables>,
  portalId: number,
  { userId, userPhoneInner }: Pick<Registration, 'userId' | 'userPhoneInner'>,
): Promise<Row<'user'>> {
  if (userId === undefined && userPhoneInner === undefined) throw new PortalError('call_user_missing')
  const users = db.selectFrom('user').selectAll().where('portal_id', '=', portalId)
  const byExtension = (extension: string) =>
    users.where('extension', '=', extension).where('is_active', '=', 1).orderBy('id').executeTakeFirst()
  if (userId === undefined) {
    const found = await byExtension(userPhoneInner!)
    if (!found) throw new PortalError('call_user_missing')
    return found
  }
  const found = (await users.where('id', '=', userId).executeTakeFirst()) ?? (await byExtension(String(userId)))
  if (!found || found.is_active === 0) throw new PortalError('call_user_unknown')
  return found
}

/** Builds the verbs on calls. */
export function createCalls(parts: CallsParts) {
  const { store, clock } = parts

  const find = (db: Kysely<Tables>, portalId: number, callId: string): Promise<Row<'call'> | undefined> =>
    db.selectFrom('call').selectAll().where('call_id', '=', callId).where('portal_id', '=', portalId).executeTakeFirst()

  const findOwn = async (db: Kysely<Tables>, reporter: Reporter, callId: string): Promise<Row<'call'> | undefined> => {
    const call = await find(db, reporter.portalId, callId)
    return call?.owner === reporter.owner ? call : undefined
  }

  /** Every REST call of the app about its call is a word from it, and proof that its dial arrived. */
  const heard = (tx: Tx, call: Row<'call'>, owner: string): void => {
    parts.deliveries.prove(tx, call.call_id, owner)
    tx.write(store.build.updateTable('call').set({ reported_at: clock.now() }).where('id', '=', call.id))
    tx.afterCommit(() => parts.changed(call.portal_id, ['calls', `call:${call.call_id}`]))
  }

  /** The newest open call of the key that had a word from its app within the window */
  const findReusable = (
    tx: Tx,
    reporter: Reporter,
    { registration, userId, digits }: { registration: Registration; userId: number; digits: string },
  ): Promise<Row<'call'> | undefined> => {
    if (!parts.switches.of(reporter.portalId).reuseWindow) return Promise.resolve(undefined)
    const since = clock.now() - reuseWindowMs
    let query = tx.db
      .selectFrom('call')
      .selectAll()
      .where('portal_id', '=', reporter.portalId)
      .where('owner', '=', reporter.owner)
      .where('digits', '=', digits)
      .where('type', '=', registration.type)
      .where('user_id', '=', userId)
      .where('reusable', '=', 1)
      .where((eb) => eb.or([eb('created_at', '>', since), eb('reported_at', '>', since)]))
    if (registration.lineNumber !== undefined) query = query.where('line_number', '=', registration.lineNumber)
    if (registration.externalCallId !== undefined) query = query.where('external_call_id', '=', registration.externalCallId)
    return query.orderBy('id', 'desc').executeTakeFirst()
  }

  /** The click waits in an offline queue, or its app fetched it from there. */
  const isWithPoller = async (tx: Tx, callId: string): Promise<boolean> => {
    const inQueue = await tx.db
      .selectFrom('offline_event')
      .select('id')
      .where('call_id', '=', callId)
      .where('expires_at', 'is not', null)
      .executeTakeFirst()
    const fetched = await tx.db
      .selectFrom('trace_step')
      .select('id')
      .where('call_id', '=', callId)
      .where('kind', '=', 'fetched')
      .executeTakeFirst()
    return inQueue !== undefined || fetched !== undefined
  }

  const showTo = async (tx: Tx, call: Row<'call'>, userIds: readonly number[]): Promise<void> => {
    const known = await tx.db
      .selectFrom('user')
      .select('id')
      .where('portal_id', '=', call.portal_id)
      .where('id', 'in', [...userIds])
      .execute()
    const shown = { shown_at: clock.now(), hidden_at: null, dismissed_at: null }
    for (const { id } of known) {
      await tx.db
        .insertInto('call_card')
        .values({ call_id: call.call_id, user_id: id, portal_id: call.portal_id, ...shown })
        .onConflict((conflict) => conflict.columns(['call_id', 'user_id']).doUpdateSet(shown))
        .execute()
    }
    tx.afterCommit(() =>
      parts.changed(
        call.portal_id,
        ['calls'],
        known.map((user) => user.id),
      ),
    )
  }

  return {
    find: (portalId: number, callId: string) => find(store.read, portalId, callId),

    /** Registers a call, or answers the newest open one of the same key (contract 4.2, design 11.2). */
    async register(reporter: Reporter, registration: Registration): Promise<Registered> {
      return store.transaction(async (tx) => {
        const user = await findReported(tx.db, reporter.portalId, registration)
        if (![1, 2, 3, 4, 5].includes(registration.type)) throw new PortalError('call_type')
        const { country } = await tx.db.selectFrom('portal').select('country').where('id', '=', reporter.portalId).executeTakeFirstOrThrow()
        const phone = readPhone(registration.phoneNumber, { country, allowServiceCodes: true })
        if (!phone.dialable.ok) throw new PortalError('phone_format')
        const found = await findReusable(tx, reporter, { registration, userId: user.id, digits: phone.digits })
        if (found) {
          heard(tx, found, reporter.owner)
          if (registration.show) await showTo(tx, found, [user.id])
          return { call: found, createdLeadId: null }
        }
        return registerNew(parts, tx, { reporter, registration, user, phone })
      })
    },

    /** Finishes a call: statistics row, activity, card closed everywhere, events (contract 4.3). */
    async finish(reporter: Reporter, callId: string, report: Report & Pick<Registration, 'userId' | 'userPhoneInner'>) {
      return store.transaction(async (tx) => {
        const call = await findOwn(tx.db, reporter, callId)
        if (report.userId === undefined && report.userPhoneInner === undefined) throw new PortalError('call_user_missing')
        if (!call || call.closed_by === 'app') throw new PortalError('call_not_found')
        const user = await findReported(tx.db, reporter.portalId, report)
        heard(tx, call, reporter.owner)
        return finishCall(parts, tx, { call, report, userId: user.id, closedBy: 'app', actorId: reporter.userId })
      })
    },

    /** Shows the call card to users. False when the call is not the reporter's or is over. */
    async show(reporter: Reporter, callId: string, userIds: readonly number[] | undefined): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findOwn(tx.db, reporter, callId)
        if (!call || call.state === 'finished') return false
        heard(tx, call, reporter.owner)
        await showTo(tx, call, userIds ?? [call.user_id])
        return true
      })
    },

    /** Hides the call card from users, or from everybody. False when the call is not the reporter's. */
    async hide(reporter: Reporter, callId: string, userIds: readonly number[] | undefined): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findOwn(tx.db, reporter, callId)
        if (!call) return false
        heard(tx, call, reporter.owner)
        let query = tx.db
          .updateTable('call_card')
          .set({ hidden_at: clock.now() })
          .where('call_id', '=', callId)
          .where('hidden_at', 'is', null)
        if (userIds !== undefined) query = query.where('user_id', 'in', [...userIds])
        await query.execute()
        tx.afterCommit(() => parts.changed(call.portal_id, ['calls']))
        return true
      })
    },

    /** The person closes a card of their own. */
    async dismiss(portalId: number, userId: number, callId: string): Promise<void> {
      await store.transaction((tx) => {
        tx.write(
          store.build
            .updateTable('call_card')
            .set({ dismissed_at: clock.now() })
            .where('call_id', '=', callId)
            .where('user_id', '=', userId)
            .where('portal_id', '=', portalId),
        )
        tx.afterCommit(() => parts.changed(portalId, ['calls'], [userId]))
      })
    },

    /** A middle state, reported by the app: our extension to the contract (design 7). False when the call is not the reporter's. */
    async progress(
      reporter: Reporter,
      callId: string,
      { state, at }: { state: 'ringing_agent' | 'ringing_client' | 'talking'; at: number | undefined },
    ): Promise<boolean> {
      return store.transaction(async (tx) => {
        const call = await findOwn(tx.db, reporter, callId)
        if (!call) return false
        heard(tx, call, reporter.owner)
        const saidAt = Math.min(at ?? clock.now(), clock.now())
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
        tx.write(
          store.build.updateTable('call').set({ state: 'announced' }).where('call_id', '=', job.callId).where('state', '=', 'registered'),
        )
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
      const call = await find(tx.db, job.portalId, job.callId)
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
        const call = await find(tx.db, portalId, callId)
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

    /** Closes calls that had no word from their app for 12 hours. */
    async closeSilent(): Promise<number> {
      const before = clock.now() - silenceMs
      return store.transaction(async (tx) => {
        const silent = await tx.db
          .selectFrom('call')
          .selectAll()
          .where('state', '!=', 'finished')
          .where('started_at', '<', before)
          .where('created_at', '<', before)
          .where((eb) => eb.or([eb('reported_at', 'is', null), eb('reported_at', '<', before)]))
          .limit(100)
          .execute()
        for (const call of silent) {
          const report = {
            duration: 0,
            statusCode: '304',
            failedReason: 'No report from the phone app',
            cost: 0,
            costCurrency: '',
            vote: null,
          }
          await finishCall(parts, tx, { call, userId: call.user_id, closedBy: 'portal', actorId: null, report })
        }
        return silent.length
      })
    },
  }
}

/** The verbs on calls. */
export type Calls = ReturnType<typeof createCalls>

interface NewCall {
  readonly reporter: Reporter
  readonly registration: Registration
  readonly user: Row<'user'>
  readonly phone: ReturnType<typeof readPhone>
}

async function registerNew(parts: CallsParts, tx: Tx, { reporter, registration, user, phone }: NewCall): Promise<Registered> {
  const { store, clock, crm } = parts
  const now = clock.now()
  const given = registration.entity ? await crm.find(reporter.portalId, registration.entity, tx.db) : null
  let entity: CalledCard | null = given ?? (await crm.findByPhone(reporter.portalId, phone.digits, tx.db))[0] ?? null
  let createdLeadId: number | null = null
  if (!entity && (registration.crmCreate || (await createsByLine(tx, reporter, registration)))) {
    const isIncoming = registration.type === 2 || registration.type === 3
    createdLeadId = await crm.addLead(tx, {
      portalId: reporter.portalId,
      userId: user.id,
      actorId: reporter.userId,
      number: phone.phoneNumber,
      sourceId: registration.crmSource,
      isIncoming,
    })
    entity = { type: 'LEAD', id: createdLeadId }
  }
  const call: Row<'call'> = {
    id: store.nextId('call'),
    portal_id: reporter.portalId,
    call_id: newCallId(now),
    type: registration.type,
    user_id: user.id,
    owner: reporter.owner,
    line_number: registration.lineNumber ?? '',
    number: registration.phoneNumber,
    international: phone.international,
    extension: phone.extension,
    digits: phone.digits,
    entity_type: entity?.type ?? '',
    entity_id: entity?.id ?? 0,
    external_call_id: registration.externalCallId ?? null,
    call_list_id: registration.callListId,
    is_mobile: 0,
    crm_create: registration.crmCreate ? 1 : 0,
    crm_source: registration.crmSource,
    created_entities: JSON.stringify(createdLeadId === null ? [] : [{ ENTITY_TYPE: 'LEAD', ENTITY_ID: createdLeadId }]),
    state: 'registered',
    reusable: 1,
    reported_at: now,
    answered_at: null,
    started_at: registration.startedAt ?? now,
    ended_at: null,
    duration: 0,
    status_code: null,
    failed_reason: '',
    closed_by: null,
    statistic_id: null,
    activity_id: null,
    trace_id: null,
    created_at: now,
  }
  tx.insert('call', call)
  if (registration.show)
    tx.insert('call_card', {
      call_id: call.call_id,
      user_id: user.id,
      portal_id: reporter.portalId,
      shown_at: now,
      hidden_at: null,
      dismissed_at: null,
    })
  parts.outbox.emit(
    tx,
    callInit,
    { callId: call.call_id, type: call.type, number: call.number, appId: idOf(reporter.owner, 'app') },
    { portalId: reporter.portalId, userId: reporter.userId },
  )
  if (parts.switches.of(reporter.portalId).callStartEvent)
    parts.outbox.emit(tx, callTalking, { callId: call.call_id, userId: user.id }, { portalId: reporter.portalId, userId: reporter.userId })
  tx.afterCommit(() => parts.changed(reporter.portalId, ['calls', `call:${call.call_id}`]))
  return { call, createdLeadId }
}

/** For outgoing calls the line's CRM_AUTO_CREATE counts as CRM_CREATE (contract 4.2). */
async function createsByLine(tx: Tx, reporter: Reporter, registration: Registration): Promise<boolean> {
  if (registration.type !== 1 || registration.lineNumber === undefined) return false
  const line = await tx.db
    .selectFrom('line')
    .select('crm_auto_create')
    .where('owner', '=', reporter.owner)
    .where('number', '=', registration.lineNumber)
    .where('portal_id', '=', reporter.portalId)
    .executeTakeFirst()
  return line?.crm_auto_create === 1
}
