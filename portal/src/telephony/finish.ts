/** The end of a call: statistics row, activity, closed cards, events; and the later report that corrects what the portal had closed. */
import { idOf } from '../caller.ts'
import type { Tx } from '../store/store.ts'
import type { NewRow, Row } from '../store/tables.ts'
import type { FinishedCall, CalledCard } from '../crm/call-crm.ts'
import type { CallsParts } from './call-parts.ts'
import { noteCall } from './call-note.ts'
import { callEnded } from './events.ts'
import { tellMissed } from './missed.ts'
import { madeBy } from './new-call.ts'
import { isAnswered, isMissed } from './outcome.ts'

/** What is reported of an ended call; durations in seconds. */
export interface Report {
  readonly duration: number
  readonly statusCode: string | undefined
  readonly failedReason: string
  readonly cost: number
  readonly costCurrency: string
  readonly vote: number | null
  /** ADD_TO_CHAT: a note on the card's timeline; not when the portal itself closes the call */
  readonly note?: boolean
  /** RECORD_URL: fetched in the background */
  readonly recordUrl?: string | undefined
}

/** A finished call with its statistics row. */
export interface Finished {
  readonly call: Row<'call'>
  readonly statistic: Row<'statistic'>
}

interface Ending {
  readonly call: Row<'call'>
  readonly report: Report
  /** who is credited */
  readonly userId: number
  readonly closedBy: 'app' | 'portal'
  /** who caused it, for the events' tokens; null for the portal itself */
  readonly actorId: number | null
}

/** Writes the end of a call inside a transaction. A call that only the portal had closed is corrected: no second END. */
export async function finishCall(parts: CallsParts, tx: Tx, ending: Ending): Promise<Finished> {
  const { store, clock } = parts
  const { report } = ending
  const call = await tieLate(parts, tx, ending.call)
  const isCorrection = call.closed_by === 'portal'
  const statusCode = report.statusCode ?? (report.duration > 0 ? '200' : '304')
  const endedAt = clock.now()
  const activityId = await writeActivity(parts, tx, { ending: { ...ending, call }, statusCode })
  const statistic = await writeStatistic(parts, tx, { ending: { ...ending, call }, statusCode, activityId })
  const change = {
    state: 'finished' as const,
    reusable: 0 as const,
    user_id: ending.userId,
    entity_type: call.entity_type,
    entity_id: call.entity_id,
    duration: report.duration,
    status_code: statusCode,
    failed_reason: report.failedReason,
    ended_at: endedAt,
    answered_at: call.answered_at ?? (report.duration > 0 ? endedAt - report.duration * 1000 : null),
    closed_by: ending.closedBy,
    statistic_id: statistic.id,
    activity_id: activityId,
  }
  tx.write(store.build.updateTable('call').set(change).where('id', '=', call.id))
  // the card closes at everybody; whom the call is credited to keeps its outcome on screen for a while
  tx.write(
    store.build
      .updateTable('call_card')
      .set({ hidden_at: endedAt })
      .where('call_id', '=', call.call_id)
      .where('user_id', '!=', ending.userId)
      .where('hidden_at', 'is', null),
  )
  parts.deliveries.cancelDials(tx, call.call_id)
  if (report.note) await noteCall(parts, tx, { call, userId: ending.userId, end: { statusCode, duration: report.duration } })
  // what the portal closes without a report may have been answered
  if (ending.closedBy === 'app') await tellMissed(parts, tx, { call, userId: ending.userId, statusCode })
  if (report.recordUrl !== undefined) parts.records.ask(tx, { portalId: call.portal_id, callId: call.call_id, url: report.recordUrl })
  if (!isCorrection) {
    parts.outbox.emit(
      tx,
      callEnded,
      {
        callId: call.call_id,
        type: call.type,
        number: call.number,
        portalNumber: statistic.portal_number,
        userId: ending.userId,
        duration: report.duration,
        startedAt: call.started_at,
        cost: report.cost,
        costCurrency: report.costCurrency,
        statusCode,
        failedReason: report.failedReason,
        activityId,
      },
      { portalId: call.portal_id, userId: ending.actorId },
    )
  }
  const names = [
    'calls',
    `call:${call.call_id}`,
    ...(call.entity_type === '' ? [] : [`${call.entity_type.toLowerCase()}:${call.entity_id}`]),
  ]
  tx.afterCommit(() => parts.changed(call.portal_id, names))
  return { call: { ...call, ...change }, statistic }
}

/** A card of the number that was added while they talked is the call's card too. */
async function tieLate({ crm }: CallsParts, tx: Tx, call: Row<'call'>): Promise<Row<'call'>> {
  if (call.entity_type !== '') return call
  const [card] = await crm.findByPhone(call.portal_id, call.digits, tx.db)
  return card ? { ...call, entity_type: card.type, entity_id: card.id } : call
}

async function writeActivity(
  parts: CallsParts,
  tx: Tx,
  { ending, statusCode }: { ending: Ending; statusCode: string },
): Promise<number | null> {
  const { call, report } = ending
  if (call.entity_type === '') return null
  const facts: FinishedCall = {
    portalId: call.portal_id,
    callId: call.call_id,
    entity: { type: call.entity_type as CalledCard['type'], id: call.entity_id },
    made: madeBy(call),
    type: call.type,
    isMissed: isMissed(call, statusCode),
    userId: ending.userId,
    actorId: ending.actorId,
    number: call.number,
    startedAt: call.started_at,
    endedAt: call.started_at + report.duration * 1000,
  }
  if (call.call_list_id !== 0)
    await parts.crm.tieToCallList(tx, {
      portalId: call.portal_id,
      callListId: call.call_list_id,
      entity: facts.entity,
      callId: call.call_id,
      isSuccess: isAnswered(statusCode) && parts.switches.of(call.portal_id).callListSuccess,
    })
  if (call.activity_id !== null) {
    await parts.crm.correctActivity(tx, call.activity_id, facts)
    return call.activity_id
  }
  return parts.crm.addActivity(tx, facts)
}

/** An app without a line: the literal of the contract's capture, or with its id by a switch (contract 13.11). */
function portalNumber({ switches }: CallsParts, call: Row<'call'>): string {
  if (call.line_number !== '') return call.line_number
  return switches.of(call.portal_id).portalNumberWithAppId ? `REST_APP:${idOf(call.owner, 'app') ?? ''}` : 'REST_APP:'
}

async function writeStatistic(
  parts: CallsParts,
  tx: Tx,
  { ending, statusCode, activityId }: { ending: Ending; statusCode: string; activityId: number | null },
): Promise<Row<'statistic'>> {
  const { call, report } = ending
  const appId = idOf(call.owner, 'app')
  const app = appId === null ? undefined : await tx.db.selectFrom('app').select('title').where('id', '=', appId).executeTakeFirst()
  const row: NewRow<'statistic'> = {
    portal_id: call.portal_id,
    call_id: call.call_id,
    external_call_id: call.external_call_id,
    user_id: ending.userId,
    portal_number: portalNumber(parts, call),
    phone_number: call.number,
    call_type: call.type,
    duration: report.duration,
    started_at: call.started_at,
    vote: report.vote,
    cost: report.cost,
    cost_currency: report.costCurrency,
    failed_code: statusCode,
    failed_reason: report.failedReason,
    entity_type: call.entity_type === '' ? null : call.entity_type,
    entity_id: call.entity_id === 0 ? null : call.entity_id,
    activity_id: activityId,
    app_id: appId,
    app_name: app?.title ?? '',
    comment: null,
    record_file_id: null,
    record_duration: null,
    transcript_id: null,
  }
  if (call.statistic_id === null) return tx.db.insertInto('statistic').values(row).returningAll().executeTakeFirstOrThrow()
  const { record_file_id: _file, record_duration: _length, transcript_id: _text, comment: _comment, ...correction } = row
  return tx.db.updateTable('statistic').set(correction).where('id', '=', call.statistic_id).returningAll().executeTakeFirstOrThrow()
}
