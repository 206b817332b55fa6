import { Type } from 'typebox'
import { dialShelfLifeMs } from '../../delivery/engine.ts'
import { PortalError } from '../../errors.ts'
import type { Bindings } from '../../events/bindings.ts'
import type { Deliveries } from '../../events/deliveries.ts'
import type { Store } from '../../store/store.ts'
import type { Row } from '../../store/tables.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { route, type Route } from './route.ts'
import { Delivery, DeliveryCard, DeliveryState, Page, type Attempt } from './schemas.ts'

/** What the delivery log needs. */
export interface DeliveryRoutesParts {
  readonly store: Store
  readonly bindings: Bindings
  readonly deliveries: Deliveries
  /** looks for due deliveries now */
  wake(): void
}

const pageLimit = 50

/** The delivery log and replay. */
export function deliveryRoutes({ store, bindings, deliveries, wake }: DeliveryRoutesParts): Route[] {
  const present = (row: Row<'delivery'>): Delivery => ({
    id: row.id,
    event: row.event,
    deliveryClass: row.delivery_class,
    state: row.state,
    reason: row.reason,
    handlerId: row.handler_id,
    handlerTitle: bindings.byId(row.handler_id)?.ownerTitle ?? '',
    url: row.url,
    callId: row.call_id,
    attempts: row.attempts,
    createdAt: row.created_at,
    dueAt: row.due_at,
    deadlineAt: row.deadline_at,
    settledAt: row.settled_at,
    replayOf: row.replay_of,
  })
  const find = async (portalId: number, id: string): Promise<Row<'delivery'>> => {
    const row = /^\d{1,15}$/.test(id)
      ? await store.read
          .selectFrom('delivery')
          .selectAll()
          .where('id', '=', Number(id))
          .where('portal_id', '=', portalId)
          .executeTakeFirst()
      : undefined
    if (!row) throw new PortalError('delivery_not_found', { id: id.slice(0, 20) })
    return row
  }

  return [
    route({
      method: 'GET',
      path: '/deliveries',
      about: 'The delivery log, newest first.',
      access: 'user',
      query: Type.Partial(
        Type.Object({
          state: DeliveryState,
          event: Type.String({ maxLength: 100 }),
          handlerId: Type.Integer(),
          callId: Type.String({ maxLength: 100 }),
          from: Type.Integer(),
          to: Type.Integer(),
          cursor: Type.String({ maxLength: 200 }),
        }),
      ),
      answers: { 200: Page(Delivery) },
      async run({ caller, query }) {
        const before = decodeCursor(query.cursor, 1)?.[0] ?? null
        let rows = store.read.selectFrom('delivery').selectAll().where('portal_id', '=', caller.portalId)
        if (before !== null) rows = rows.where('id', '<', before)
        if (query.state !== undefined) rows = rows.where('state', '=', query.state)
        if (query.event !== undefined) rows = rows.where('event', '=', query.event.toUpperCase())
        if (query.handlerId !== undefined) rows = rows.where('handler_id', '=', query.handlerId)
        if (query.callId !== undefined) rows = rows.where('call_id', '=', query.callId)
        if (query.from !== undefined) rows = rows.where('created_at', '>=', query.from)
        if (query.to !== undefined) rows = rows.where('created_at', '<', query.to)
        const found = await rows
          .orderBy('id', 'desc')
          .limit(pageLimit + 1)
          .execute()
        return {
          items: found.slice(0, pageLimit).map(present),
          nextCursor: found.length > pageLimit ? encodeCursor([found[pageLimit - 1]!.id]) : null,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/deliveries/:id',
      about: 'One delivery with its attempts.',
      access: 'user',
      answers: { 200: DeliveryCard },
      async run({ caller, params }) {
        const row = await find(caller.portalId, params['id']!)
        const attempts = await store.read.selectFrom('attempt').selectAll().where('delivery_id', '=', row.id).orderBy('number').execute()
        return { ...present(row), attemptLog: attempts.map(presentAttempt) }
      },
    }),
    route({
      method: 'POST',
      path: '/deliveries/:id/replay',
      about: 'Sends a delivery again. A dial places a call and has to be confirmed.',
      access: 'admin',
      body: Type.Object({ confirmDial: Type.Optional(Type.Boolean()) }),
      answers: { 201: Delivery },
      async run({ caller, params, body }) {
        const row = await find(caller.portalId, params['id']!)
        const id = await deliveries.replay({
          portalId: caller.portalId,
          id: row.id,
          confirmDial: body.confirmDial === true,
          shelfLifeMs: dialShelfLifeMs,
        })
        wake()
        return present(await find(caller.portalId, String(id)))
      },
    }),
  ]
}

function presentAttempt(row: Row<'attempt'>): Attempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    connectMs: row.connect_ms,
    firstByteMs: row.first_byte_ms,
    outcome: row.outcome,
    reason: row.reason,
    status: row.status,
    error: row.error,
    requestBody: row.request_body,
    requestHeaders: JSON.parse(row.request_headers) as Record<string, string>,
    responseBody: row.response_body,
  }
}
