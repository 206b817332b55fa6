/** Calls as the call card, the timeline and the statistics page show them. */
import { idOf } from '../caller.ts'
import type { Store } from '../store/store.ts'
import type { CallState, DeliveryState } from '../states.ts'
import type { Row } from '../store/tables.ts'
import type { CrmOfCalls, CalledCard, FoundCard } from '../crm/call-crm.ts'
import { displayOf } from './displayed-number.ts'
import { reuseWindowMs } from './registration.ts'

/** A call in the shape of the own API (`Call` in http/api/schemas.ts). */
export interface PresentedCall {
  callId: string
  traceId: number | null
  direction: 'outgoing' | 'incoming' | 'callback' | 'info'
  number: string
  display: string
  international: string
  entity: { kind: 'contact' | 'company' | 'lead'; id: number; title: string } | null
  responsible: { id: number; name: string } | null
  userId: number
  userName: string
  state: CallState
  noReport: boolean
  closedByPortal: boolean
  delivery: { id: number; state: DeliveryState; reason: string | null; handlerTitle: string; refusal: string | null } | null
  target: string | null
  line: string | null
  callListId: number | null
  /** the app that registered the call by itself; null for clicks and webhooks */
  raisedByAppId: number | null
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  durationSeconds: number
  statusCode: string | null
  failedReason: string
  vote: number | null
  cost: number
  costCurrency: string
  hasTranscript: boolean
  /** why the record that the app named could not be fetched */
  recordProblem: string | null
  recording: { id: number; url: string; durationSeconds: number | null; filename: string } | null
  /** of an open call: who sees its card, whoever came to it last at the end */
  viewers: { id: number; name: string }[]
  /** they talk, and the app can be asked to hand the talk over */
  canTransfer: boolean
}

/** What presenting needs. */
export interface PresentParts {
  readonly store: Store
  readonly crm: Pick<CrmOfCalls, 'find' | 'findByPhone'>
  /** milliseconds since 1970 */
  now(): number
}

const directions = ['outgoing', 'outgoing', 'incoming', 'incoming', 'callback', 'info'] as const

/** Presents calls of one portal, in the order of their rows. */
export async function presentCalls(
  { store, crm, now }: PresentParts,
  portalId: number,
  calls: readonly Row<'call'>[],
): Promise<PresentedCall[]> {
  if (calls.length === 0) return []
  const callIds = calls.map((call) => call.call_id)
  const portal = await store.read
    .selectFrom('portal')
    .select(['country', 'allow_service_codes'])
    .where('id', '=', portalId)
    .executeTakeFirstOrThrow()
  const deliveries = await store.read
    .selectFrom('delivery')
    .selectAll()
    .where('call_id', 'in', callIds)
    .where('delivery_class', '=', 'dial')
    .orderBy('id')
    .execute()
  const recordings = await store.read.selectFrom('recording').selectAll().where('call_id', 'in', callIds).execute()
  const { titles, phoneApps } = await ownersOf(store, calls)
  const viewers = await viewersOf(store, calls)
  const cards = await cardsOf(crm, portalId, calls)
  const userIds = new Set([...calls.map((call) => call.user_id), ...[...cards.values()].map((card) => card.assignedById)])
  for (const ids of viewers.values()) for (const id of ids) userIds.add(id)
  const users = await store.read
    .selectFrom('user')
    .select(['id', 'name', 'last_name'])
    .where('portal_id', '=', portalId)
    .where('id', 'in', [...userIds])
    .execute()
  const nameOf = (id: number): string => {
    const user = users.find((one) => one.id === id)
    return user ? `${user.name} ${user.last_name}`.trim() : ''
  }
  const fetches = await store.read
    .selectFrom('record_fetch')
    .selectAll()
    .where('call_id', 'in', callIds)
    .where('state', '=', 'failed')
    .execute()
  const statistics = await store.read
    .selectFrom('statistic')
    .select(['call_id', 'vote', 'cost', 'cost_currency', 'transcript_id'])
    .where('portal_id', '=', portalId)
    .where('call_id', 'in', callIds)
    .execute()
  const nowMs = now()
  return calls.map((call) => {
    const delivery = decisive(deliveries.filter((one) => one.call_id === call.call_id))
    const card = cards.get(call.call_id) ?? null
    const recording = recordings.find((one) => one.call_id === call.call_id)
    return presentCall(call, {
      display: displayOf(call, portal.country),
      card,
      responsibleName: card ? nameOf(card.assignedById) : '',
      userName: nameOf(call.user_id),
      delivery: delivery ? presentDelivery(delivery, titles) : null,
      target: titles.get(delivery?.owner ?? call.owner) ?? null,
      statistic: statistics.find((one) => one.call_id === call.call_id),
      recordProblem: recording ? null : (fetches.find((one) => one.call_id === call.call_id)?.problem ?? null),
      recording,
      viewers: (viewers.get(call.call_id) ?? []).map((id) => ({ id, name: nameOf(id) })),
      canTransfer: call.state === 'talking' && phoneApps.has(call.owner),
      nowMs,
    })
  })
}

/** What stands beside the row of a call. */
export interface CallFacts {
  /** the number as people in the portal's country write it */
  readonly display: string
  /** null: no card, or it is gone */
  readonly card: FoundCard | null
  readonly responsibleName: string
  readonly userName: string
  readonly delivery: PresentedCall['delivery']
  readonly target: string | null
  readonly statistic: Pick<Row<'statistic'>, 'vote' | 'cost' | 'cost_currency' | 'transcript_id'> | undefined
  readonly recordProblem: string | null
  readonly recording: Row<'recording'> | undefined
  readonly viewers: PresentedCall['viewers']
  readonly canTransfer: boolean
  readonly nowMs: number
}

/** One call with its facts in hand: nothing is read. */
export function presentCall(call: Row<'call'>, facts: CallFacts): PresentedCall {
  const { card, recording } = facts
  return {
    callId: call.call_id,
    traceId: call.trace_id,
    direction: directions[call.type] ?? 'outgoing',
    number: call.number,
    display: facts.display,
    international: call.international,
    entity: card ? { kind: card.type.toLowerCase() as 'contact', id: card.id, title: card.title } : null,
    responsible: card ? { id: card.assignedById, name: facts.responsibleName } : null,
    userId: call.user_id,
    userName: facts.userName,
    state: call.state,
    noReport: call.state !== 'finished' && facts.nowMs - (call.reported_at ?? call.created_at) > reuseWindowMs,
    closedByPortal: call.closed_by === 'portal',
    delivery: facts.delivery,
    target: facts.target,
    line: call.line_number === '' ? null : call.line_number,
    callListId: call.call_list_id === 0 ? null : call.call_list_id,
    raisedByAppId: call.trace_id === null ? idOf(call.owner, 'app') : null,
    startedAt: call.started_at,
    answeredAt: call.answered_at,
    endedAt: call.ended_at,
    durationSeconds: call.duration,
    statusCode: call.status_code,
    failedReason: call.failed_reason,
    ...presentStatistic(facts.statistic),
    recordProblem: facts.recordProblem,
    recording: recording ? presentRecording(recording) : null,
    viewers: facts.viewers,
    canTransfer: facts.canTransfer,
  }
}

function presentDelivery({ id, state, reason, owner, refusal }: Row<'delivery'>, titles: ReadonlyMap<string, string>) {
  return { id, state, reason, handlerTitle: titles.get(owner) ?? '', refusal }
}

function presentRecording({ id, duration_seconds: durationSeconds, filename }: Row<'recording'>) {
  return { id, url: `/v1/recordings/${id}`, durationSeconds, filename }
}

function presentStatistic(row: Pick<Row<'statistic'>, 'vote' | 'cost' | 'cost_currency' | 'transcript_id'> | undefined) {
  if (!row) return { vote: null, cost: 0, costCurrency: '', hasTranscript: false }
  return { vote: row.vote, cost: row.cost, costCurrency: row.cost_currency, hasTranscript: row.transcript_id !== null }
}

const gravity: Readonly<Record<DeliveryState, number>> = {
  delivered: 0,
  sending: 1,
  pending: 1,
  retrying: 1,
  unconfirmed: 2,
  canceled: 3,
  skipped: 3,
  expired: 4,
  failed: 5,
}

/** With several handlers the best state tells what became of the call: one that took it is enough. Of equal ones the newest, so that a replay shows. */
function decisive(deliveries: readonly Row<'delivery'>[]): Row<'delivery'> | undefined {
  return deliveries.toSorted((a, b) => gravity[a.state] - gravity[b.state] || b.id - a.id)[0]
}

/** What apps and webhooks of the portal are called, and which of them can be asked to hand a talk over. */
async function ownersOf(store: Store, calls: readonly Row<'call'>[]) {
  const portalId = calls[0]!.portal_id
  const apps = await store.read.selectFrom('app').select(['id', 'title', 'phone_url']).where('portal_id', '=', portalId).execute()
  const hooks = await store.read.selectFrom('outgoing_webhook').select(['id', 'title']).where('portal_id', '=', portalId).execute()
  const titles = new Map<string, string>([
    ...apps.map((app) => [`app:${app.id}`, app.title] as const),
    ...hooks.map((hook) => [`webhook:${hook.id}`, hook.title] as const),
  ])
  return { titles, phoneApps: new Set<string>(apps.filter((app) => app.phone_url !== '').map((app) => `app:${app.id}`)) }
}

/** Who sees the cards of the open ones among these calls, by CALL_ID, in the order in which they came to see them. */
async function viewersOf(store: Store, calls: readonly Row<'call'>[]): Promise<Map<string, number[]>> {
  const viewers = new Map<string, number[]>()
  const open = calls.filter((call) => call.state !== 'finished').map((call) => call.call_id)
  if (open.length === 0) return viewers
  const query = store.read.selectFrom('call_card').select(['call_id', 'user_id']).where('call_id', 'in', open)
  for (const { call_id: callId, user_id: userId } of await query
    .where('hidden_at', 'is', null)
    .orderBy('shown_at')
    .orderBy('user_id')
    .execute())
    viewers.set(callId, [...(viewers.get(callId) ?? []), userId])
  return viewers
}

/**
 * The cards of the calls, by CALL_ID. An open call of nobody's number looks again: a card that is added while it rings or while they talk
 * shows on the call card at once.
 */
async function cardsOf(crm: PresentParts['crm'], portalId: number, calls: readonly Row<'call'>[]): Promise<Map<string, FoundCard>> {
  const tied = new Map(calls.filter((call) => call.entity_type !== '').map((call) => [`${call.entity_type}:${call.entity_id}`, call]))
  const found = new Map<string, FoundCard | null>(
    await Promise.all(
      [...tied].map(async ([key, { entity_type: type, entity_id: id }]) => {
        return [key, await crm.find(portalId, { type: type as CalledCard['type'], id })] as const
      }),
    ),
  )
  const cards = new Map<string, FoundCard>()
  for (const call of calls) {
    const isLoose = call.entity_type === '' && call.state !== 'finished'
    const card = isLoose ? (await crm.findByPhone(portalId, call.digits))[0] : found.get(`${call.entity_type}:${call.entity_id}`)
    if (card) cards.set(call.call_id, card)
  }
  return cards
}
