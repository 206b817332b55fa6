import { Type, type Static } from 'typebox'
import { PortalError } from '../../errors.ts'
import type { Bindings } from '../../events/bindings.ts'
import { filterDeliveries, type DeliveryFilter, type Replays } from '../../events/replays.ts'
import type { Store } from '../../store/store.ts'
import type { Row } from '../../store/tables.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { readId } from './path-id.ts'
import { route, type Route } from './route.ts'
import {
  Delivery,
  DeliveryCard,
  DeliveryFilterFields,
  EventCard,
  EventRow,
  LoggedAttempt,
  Page,
  ReplayPlan,
  type Attempt,
} from './schemas.ts'

/** What the delivery log needs. */
export interface DeliveryRoutesParts {
  readonly store: Store
  readonly bindings: Bindings
  readonly replays: Replays
  /** looks for due deliveries now */
  wake(): void
}

const usualPage = 50

type FilterFields = Static<typeof DeliveryFilterFields>

function readFilter(fields: FilterFields): DeliveryFilter {
  const { appId, webhookId, state, reason, event, handlerId, callId, from, to } = fields
  const owner = appId === undefined ? (webhookId === undefined ? undefined : `webhook:${webhookId}`) : `app:${appId}`
  return {
    ...(state !== undefined && { state }),
    ...(reason !== undefined && { reason }),
    ...(event !== undefined && { event }),
    ...(handlerId !== undefined && { handlerId }),
    ...(owner !== undefined && { owner }),
    ...(callId !== undefined && { callId }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

/** A delivery in the shape of the own API. */
export function presentDelivery(bindings: Pick<Bindings, 'byId'>, row: Row<'delivery'>): Delivery {
  return {
    id: row.id,
    eventId: row.event_id,
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
  }
}

/** One delivery with its attempts. */
export async function presentDeliveryCard({ store, bindings }: Pick<DeliveryRoutesParts, 'store' | 'bindings'>, row: Row<'delivery'>) {
  const attempts = await store.read.selectFrom('attempt').selectAll().where('delivery_id', '=', row.id).orderBy('number').execute()
  return { ...presentDelivery(bindings, row), attemptLog: attempts.map(presentAttempt) }
}

/** The delivery log, the events behind it, and replay. */
export function deliveryRoutes(parts: DeliveryRoutesParts): Route[] {
  return [...logRoutes(parts), ...replayRoutes(parts), ...eventRoutes(parts)]
}

function finder({ store }: Pick<DeliveryRoutesParts, 'store'>) {
  return async (portalId: number, text: string | undefined): Promise<Row<'delivery'>> => {
    const id = readId(text, 'delivery_not_found')
    const row = await store.read
      .selectFrom('delivery')
      .selectAll()
      .where('id', '=', id)
      .where('portal_id', '=', portalId)
      .executeTakeFirst()
    if (!row) throw new PortalError('delivery_not_found', { id })
    return row
  }
}

const PageFields = {
  cursor: Type.String({ maxLength: 200 }),
  limit: Type.Integer({ minimum: 1, maximum: 200, description: 'rows of a page; usually 50' }),
}

function logRoutes(parts: DeliveryRoutesParts): Route[] {
  const { store, bindings } = parts
  const find = finder(parts)
  return [
    route({
      method: 'GET',
      path: '/deliveries',
      about: 'The delivery log, newest first.',
      access: 'user',
      query: Type.Partial(Type.Object({ ...DeliveryFilterFields.properties, ...PageFields })),
      answers: { 200: Page(Delivery) },
      async run({ caller, query }) {
        const { cursor, limit = usualPage } = query
        const before = decodeCursor(cursor, 1)?.[0] ?? null
        let rows = filterDeliveries(store.read.selectFrom('delivery').selectAll(), caller.portalId, readFilter(query))
        if (before !== null) rows = rows.where('id', '<', before)
        const found = await rows
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute()
        return pageOf(found, limit, { present: (row) => presentDelivery(bindings, row), placeOf: (row) => [row.id] })
      },
    }),
    attemptsRoute(parts),
    route({
      method: 'GET',
      path: '/deliveries/:id',
      about: 'One delivery with its attempts.',
      access: 'user',
      answers: { 200: DeliveryCard },
      run: async ({ caller, params }) => presentDeliveryCard(parts, await find(caller.portalId, params['id'])),
    }),
  ]
}

/** `found` has one row more than the page, if there is one. `placeOf`: where the page after this row begins. */
function pageOf<R, T>(
  found: readonly R[],
  limit: number,
  { present, placeOf }: { present: (row: R) => T; placeOf: (row: R) => readonly number[] },
) {
  return {
    items: found.slice(0, limit).map(present),
    nextCursor: found.length > limit ? encodeCursor(placeOf(found[limit - 1]!)) : null,
  }
}

function attemptsRoute({ store }: Pick<DeliveryRoutesParts, 'store'>): Route {
  return route({
    method: 'GET',
    path: '/attempts',
    about: 'The POSTs of all deliveries that a filter lets through: newest delivery first, its last attempt first.',
    access: 'user',
    query: Type.Partial(Type.Object({ ...DeliveryFilterFields.properties, ...PageFields })),
    answers: { 200: Page(LoggedAttempt) },
    async run({ caller, query }) {
      const { cursor, limit = usualPage } = query
      const [deliveryId, number] = decodeCursor(cursor, 2) ?? []
      const filtered = filterDeliveries(store.read.selectFrom('delivery'), caller.portalId, readFilter(query))
      let rows = store.read
        .selectFrom(filtered.select(['id', 'event', 'handler_id', 'call_id']).as('of'))
        .innerJoin('attempt', 'attempt.delivery_id', 'of.id')
        .selectAll('attempt')
        .select(['of.event', 'of.handler_id', 'of.call_id'])
      if (deliveryId !== undefined && number !== undefined)
        rows = rows.where((eb) =>
          eb.and([eb('of.id', '<=', deliveryId), eb.or([eb('of.id', '<', deliveryId), eb('attempt.number', '<', number)])]),
        )
      const found = await rows
        .orderBy('of.id', 'desc')
        .orderBy('attempt.number', 'desc')
        .limit(limit + 1)
        .execute()
      const present = (row: (typeof found)[number]): Static<typeof LoggedAttempt> => ({
        deliveryId: row.delivery_id,
        event: row.event,
        handlerId: row.handler_id,
        callId: row.call_id,
        ...presentAttempt(row),
      })
      return pageOf(found, limit, { present, placeOf: (row) => [row.delivery_id, row.number] })
    },
  })
}

function replayRoutes(parts: DeliveryRoutesParts): Route[] {
  const { bindings, replays, wake } = parts
  const find = finder(parts)
  return [
    route({
      method: 'POST',
      path: '/deliveries/:id/replay',
      about: 'Sends a delivery again. A dial places a call and has to be confirmed.',
      access: 'admin',
      body: Type.Object({ confirmDial: Type.Optional(Type.Boolean()) }),
      answers: { 201: Delivery },
      async run({ caller, params, body }) {
        const { id } = await find(caller.portalId, params['id'])
        const newId = await replays.one({ portalId: caller.portalId, id, confirmDial: body.confirmDial === true })
        wake()
        return presentDelivery(bindings, await find(caller.portalId, String(newId)))
      },
    }),
    route({
      method: 'GET',
      path: '/replay-plan',
      about:
        'What sending all deliveries of a filter again would do. What is still under way does not count. At most 10,000 are sent at once.',
      access: 'admin',
      query: DeliveryFilterFields,
      answers: { 200: ReplayPlan },
      run: ({ caller, query }) => replays.plan(caller.portalId, readFilter(query)),
    }),
    route({
      method: 'POST',
      path: '/replays',
      about:
        'Sends all deliveries of a filter again that a plan has counted (GET /replay-plan). Refused when the count is another one now. Deliveries that place a call are refused unless `dials` says what to do with them.',
      access: 'admin',
      body: Type.Object({
        filter: DeliveryFilterFields,
        upToId: Type.Integer({ description: 'from the plan' }),
        expectedCount: Type.Integer({ description: 'notices of the plan, and its dials if they are to be placed' }),
        dials: Type.Optional(Type.Union([Type.Literal('refuse'), Type.Literal('leave_out'), Type.Literal('place')])),
      }),
      answers: { 201: Type.Object({ count: Type.Number() }) },
      async run({ caller, body }) {
        const { upToId, expectedCount, dials = 'refuse' } = body
        const count = await replays.many({ portalId: caller.portalId, filter: readFilter(body.filter), upToId, expectedCount, dials })
        wake()
        return { count }
      },
    }),
  ]
}

function eventRoutes({ store, bindings }: DeliveryRoutesParts): Route[] {
  const present = (row: Row<'event'>): Static<typeof EventRow> => ({
    id: row.id,
    name: row.name,
    callId: row.call_id,
    userId: row.user_id,
    createdAt: row.created_at,
  })
  return [
    route({
      method: 'GET',
      path: '/events',
      about: 'What happened and had at least one handler, newest first.',
      access: 'user',
      query: Type.Partial(
        Type.Object({
          name: Type.String({ maxLength: 100 }),
          callId: Type.String({ maxLength: 100 }),
          from: Type.Integer(),
          to: Type.Integer(),
          ...PageFields,
        }),
      ),
      answers: { 200: Page(EventRow) },
      async run({ caller, query }) {
        const { cursor, limit = usualPage } = query
        const before = decodeCursor(cursor, 1)?.[0] ?? null
        let rows = store.read.selectFrom('event').selectAll().where('portal_id', '=', caller.portalId)
        if (before !== null) rows = rows.where('id', '<', before)
        if (query.name !== undefined) rows = rows.where('name', '=', query.name.toUpperCase())
        if (query.callId !== undefined) rows = rows.where('call_id', '=', query.callId)
        if (query.from !== undefined) rows = rows.where('created_at', '>=', query.from)
        if (query.to !== undefined) rows = rows.where('created_at', '<', query.to)
        const found = await rows
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute()
        return pageOf(found, limit, { present, placeOf: (row) => [row.id] })
      },
    }),
    route({
      method: 'GET',
      path: '/events/:id',
      about: 'One event with its data and its deliveries.',
      access: 'user',
      answers: { 200: EventCard },
      async run({ caller, params }) {
        const id = readId(params['id'], 'no_such_event')
        const row = await store.read
          .selectFrom('event')
          .selectAll()
          .where('id', '=', id)
          .where('portal_id', '=', caller.portalId)
          .executeTakeFirst()
        if (!row) throw new PortalError('no_such_event', { id })
        const deliveries = await store.read
          .selectFrom('delivery')
          .selectAll()
          .where('event_id', '=', id)
          .orderBy('id')
          .limit(1000)
          .execute()
        return {
          ...present(row),
          data: JSON.parse(row.data) as Record<string, unknown>,
          deliveries: deliveries.map((delivery) => presentDelivery(bindings, delivery)),
        }
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
    dnsMs: row.dns_ms,
    tlsMs: row.tls_ms,
    reused: row.reused === null ? null : row.reused === 1,
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
