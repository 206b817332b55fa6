/** Calls as the call card, the timeline and the statistics page show them. */
import { idOf } from '../caller.ts'
import { readPhone } from '../crm/phones.ts'
import type { Store } from '../store/store.ts'
import type { CallState, DeliveryState } from '../states.ts'
import type { Row } from '../store/tables.ts'
import type { CrmOfCalls, CalledCard } from '../crm/call-crm.ts'
import { reuseWindowMs } from './click.ts'

/** A call in the shape of the own API (`Call` in http/api/schemas.ts). */
export interface PresentedCall {
  callId: string
  traceId: number | null
  direction: 'outgoing' | 'incoming' | 'callback' | 'info'
  number: string
  display: string
  international: string
  entity: { kind: 'contact' | 'company' | 'lead'; id: number; title: string } | null
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
  recording: { id: number; url: string; durationSeconds: number | null; filename: string } | null
}

/** What presenting needs. */
export interface PresentParts {
  readonly store: Store
  readonly crm: Pick<CrmOfCalls, 'find'>
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
  const users = await store.read
    .selectFrom('user')
    .select(['id', 'name', 'last_name'])
    .where('portal_id', '=', portalId)
    .where('id', 'in', [...new Set(calls.map((call) => call.user_id))])
    .execute()
  const deliveries = await store.read
    .selectFrom('delivery')
    .selectAll()
    .where('call_id', 'in', callIds)
    .where('delivery_class', '=', 'dial')
    .orderBy('id')
    .execute()
  const recordings = await store.read.selectFrom('recording').selectAll().where('call_id', 'in', callIds).execute()
  const titles = await ownerTitles(store, calls)
  const entities = await entityTitles(crm, portalId, calls)
  const nowMs = now()
  return calls.map((call) => {
    const user = users.find((one) => one.id === call.user_id)
    const recording = recordings.find((one) => one.call_id === call.call_id)
    const delivery = decisive(deliveries.filter((one) => one.call_id === call.call_id))
    const entityKey = `${call.entity_type}:${call.entity_id}`
    const owner = delivery?.owner ?? call.owner
    return {
      callId: call.call_id,
      traceId: call.trace_id,
      direction: directions[call.type] ?? 'outgoing',
      number: call.number,
      display: readPhone(call.extension === '' ? call.number : `${call.number} ext. ${call.extension}`, { country: portal.country })
        .display,
      international: call.international,
      entity: entities.has(entityKey)
        ? { kind: call.entity_type.toLowerCase() as 'contact', id: call.entity_id, title: entities.get(entityKey)! }
        : null,
      userId: call.user_id,
      userName: user ? `${user.name} ${user.last_name}`.trim() : '',
      state: call.state,
      noReport: call.state !== 'finished' && nowMs - (call.reported_at ?? call.created_at) > reuseWindowMs,
      closedByPortal: call.closed_by === 'portal',
      delivery: delivery
        ? {
            id: delivery.id,
            state: delivery.state,
            reason: delivery.reason,
            handlerTitle: titles.get(delivery.owner) ?? '',
            refusal: delivery.refusal,
          }
        : null,
      target: titles.get(owner) ?? null,
      line: call.line_number === '' ? null : call.line_number,
      callListId: call.call_list_id === 0 ? null : call.call_list_id,
      raisedByAppId: call.trace_id === null ? idOf(call.owner, 'app') : null,
      startedAt: call.started_at,
      answeredAt: call.answered_at,
      endedAt: call.ended_at,
      durationSeconds: call.duration,
      statusCode: call.status_code,
      failedReason: call.failed_reason,
      recording: recording
        ? {
            id: recording.id,
            url: `/v1/recordings/${recording.id}`,
            durationSeconds: recording.duration_seconds,
            filename: recording.filename,
          }
        : null,
    }
  })
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

async function ownerTitles(store: Store, calls: readonly Row<'call'>[]): Promise<Map<string, string>> {
  const portalId = calls[0]!.portal_id
  const apps = await store.read.selectFrom('app').select(['id', 'title']).where('portal_id', '=', portalId).execute()
  const hooks = await store.read.selectFrom('outgoing_webhook').select(['id', 'title']).where('portal_id', '=', portalId).execute()
  return new Map([
    ...apps.map((app) => [`app:${app.id}`, app.title] as const),
    ...hooks.map((hook) => [`webhook:${hook.id}`, hook.title] as const),
  ])
}

async function entityTitles(crm: Pick<CrmOfCalls, 'find'>, portalId: number, calls: readonly Row<'call'>[]): Promise<Map<string, string>> {
  const keys = new Set(calls.filter((call) => call.entity_type !== '').map((call) => `${call.entity_type}:${call.entity_id}`))
  const found = await Promise.all(
    [...keys].map(async (key) => {
      const [type, id] = key.split(':')
      return [key, await crm.find(portalId, { type: type as CalledCard['type'], id: Number(id) })] as const
    }),
  )
  return new Map(found.flatMap(([key, entity]) => (entity ? [[key, entity.title] as const] : [])))
}
