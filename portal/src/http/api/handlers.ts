import { Type, type Static } from 'typebox'
import { breakerState } from '../../delivery/breaker.ts'
import { PortalError } from '../../errors.ts'
import { newSecret, type BoundHandler, type Bindings } from '../../events/bindings.ts'
import type { Deliveries } from '../../events/deliveries.ts'
import { appTest } from '../../events/events.ts'
import { handlerNames } from '../../events/handler-health.ts'
import type { Outbox } from '../../events/outbox.ts'
import { readProfileName } from '../../events/profiles.ts'
import type { Store } from '../../store/store.ts'
import type { Change } from '../../store/tables.ts'
import { presentDeliveryCard } from './deliveries.ts'
import { readId } from './path-id.ts'
import { route, type Route } from './route.ts'
import { DeliveryCard, Handler, HandlerCard, HandlerSecret } from './schemas.ts'

/** What the rows of handlers need. */
export interface HandlerRoutesParts {
  readonly store: Store
  readonly bindings: Bindings
  readonly outbox: Outbox
  readonly deliveries: Pick<Deliveries, 'attempted'>
  /** ends the rest of an open breaker: the next delivery is its try */
  readonly tryNow: (handlerId: number) => void
  /** forgets what is known against a handler */
  readonly trust: (handlerId: number) => void
  readonly now: () => number
  /** how long an attempt may take */
  timeoutMs(portalId: number): number
  changed(portalId: number, names: readonly string[]): void
}

const dayMs = 24 * 3_600_000
/** the old secret signs too for this long */
const overlapMs = dayMs
/** by this much the wait for a test is longer than its attempt can take */
const testMoreMs = 5_000

/** A handler in the shape of the own API. */
export function presentHandler(handler: BoundHandler): Handler {
  return {
    id: handler.id,
    event: handler.event,
    url: handler.url,
    kind: handler.kind,
    authUserId: handler.auth_user_id,
    profile: readProfileName(handler.profile),
    retries: handler.retries === 1,
    dedupes: handler.dedupes === 1,
    slots: handler.slots,
    perMinute: handler.per_minute,
    enabled: handler.enabled === 1,
    disabledReason: handler.disabled_reason === 'gone' ? 'gone' : null,
    breaker: presentBreaker(handler),
    oldSecretUntil: handler.old_secret_until,
    problem: problemOf(handler),
    owner: handler.owner,
    ownerTitle: handler.ownerTitle,
    createdAt: handler.created_at,
  }
}

function presentBreaker(handler: BoundHandler): Handler['breaker'] {
  const { breaker_opened_at: openedAt, breaker_retry_at: retryAt, breaker_reason: reason } = handler
  if (openedAt === null || retryAt === null) return { state: 'closed', openedAt: null, retryAt: null, reason: null }
  return { state: 'open', openedAt, retryAt, reason }
}

function problemOf(handler: BoundHandler): string | null {
  if (handler.disabled_reason === 'gone') return 'It answered 410 Gone and was switched off: nothing is sent. Switch it on when it is back'
  if (handler.disabled_reason !== null) return handler.disabled_reason
  if (handler.ownerProblem !== null) return 'The installation of the app is not finished: nothing is sent'
  return handler.addressProblem === null ? null : `Nothing can be sent there: ${handler.addressProblem}`
}

const OrNull = <const S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])

const HandlerInput = Type.Partial(
  Type.Object({
    profile: Handler.properties.profile,
    retries: Type.Boolean(),
    dedupes: Type.Boolean(),
    slots: OrNull(Type.Integer({ minimum: 1, maximum: 256 })),
    perMinute: OrNull(Type.Integer({ minimum: 1, maximum: 600_000 })),
    enabled: Type.Boolean(),
  }),
)

const asFlag = (value: boolean): 0 | 1 => (value ? 1 : 0)

function changeOf(body: Static<typeof HandlerInput>): Change<'handler'> {
  return {
    ...(body.profile !== undefined && { profile: body.profile }),
    ...(body.retries !== undefined && { retries: asFlag(body.retries) }),
    ...(body.dedupes !== undefined && { dedupes: asFlag(body.dedupes) }),
    ...(body.slots !== undefined && { slots: body.slots }),
    ...(body.perMinute !== undefined && { per_minute: body.perMinute }),
    ...(body.enabled !== undefined && { enabled: asFlag(body.enabled), ...(body.enabled && { disabled_reason: null }) }),
  }
}

/** `/handlers`: how events are delivered to each. */
export function handlerRoutes(parts: HandlerRoutesParts): Route[] {
  const { bindings } = parts
  const find = (portalId: number, text: string | undefined): BoundHandler => {
    const id = readId(text, 'handler_not_found')
    const handler = bindings.byId(id)
    if (handler?.portal_id !== portalId) throw new PortalError('handler_not_found', { id })
    return handler
  }
  const presentNow = (handler: BoundHandler): Handler => {
    const shown = presentHandler(handler)
    const { openedAt, retryAt } = shown.breaker
    if (openedAt === null || retryAt === null) return shown
    const state = breakerState({ failures: [], openedAt, retryAt, openings: 1, reason: null }, parts.now())
    return { ...shown, breaker: { ...shown.breaker, state } }
  }
  return [
    route({
      method: 'GET',
      path: '/handlers',
      about: 'All handlers: of apps and of outgoing webhooks.',
      access: 'admin',
      query: Type.Partial(Type.Object({ appId: Type.Integer(), webhookId: Type.Integer(), event: Type.String({ maxLength: 100 }) })),
      answers: { 200: Type.Object({ items: Type.Array(Handler) }) },
      run({ caller, query }) {
        const { appId, webhookId, event } = query
        const items = bindings
          .ofPortal(caller.portalId)
          .filter((one) => event === undefined || one.event === event.toUpperCase())
          .filter((one) => appId === undefined || one.owner === `app:${appId}`)
          .filter((one) => webhookId === undefined || one.owner === `webhook:${webhookId}`)
        return { items: items.map(presentNow) }
      },
    }),
    route({
      method: 'GET',
      path: '/handlers/:id',
      about: 'One handler, with what became of its deliveries of the last 24 hours.',
      access: 'admin',
      answers: { 200: HandlerCard },
      async run({ caller, params }) {
        const handler = find(caller.portalId, params['id'])
        return { ...presentNow(handler), lastDay: await countLastDay(parts, handler) }
      },
    }),
    route({
      method: 'PATCH',
      path: '/handlers/:id',
      about: 'Changes how events are delivered to a handler: wire profile, retries, whether it drops repeats, limits, enabled.',
      access: 'admin',
      body: HandlerInput,
      answers: { 200: Handler },
      async run({ caller, params, body }) {
        const { id } = find(caller.portalId, params['id'])
        if (Object.keys(body).length > 0) await bindings.change(caller.portalId, id, changeOf(body))
        if (body.enabled === true) parts.trust(id)
        parts.changed(caller.portalId, handlerNames(id))
        return presentNow(find(caller.portalId, params['id']))
      },
    }),
    route({
      method: 'POST',
      path: '/handlers/:id/test',
      about: 'Sends ONAPPTEST to this handler, once, the way of every event, and answers the delivery with its attempt.',
      access: 'admin',
      body: Type.Object({}),
      answers: { 201: DeliveryCard },
      run: ({ caller, params }) => sendTest(parts, find(caller.portalId, params['id']), caller.userId),
    }),
    ...secretRoutes(parts, find),
  ]
}

function secretRoutes(
  { bindings, now, changed }: HandlerRoutesParts,
  find: (portalId: number, text: string | undefined) => BoundHandler,
): Route[] {
  return [
    route({
      method: 'GET',
      path: '/handlers/:id/secret',
      about: 'The secret that signs what is sent to a handler (Standard Webhooks).',
      access: 'admin',
      answers: { 200: HandlerSecret },
      run({ caller, params }) {
        const { secret, old_secret_until: oldSecretUntil } = find(caller.portalId, params['id'])
        return { secret, oldSecretUntil }
      },
    }),
    route({
      method: 'POST',
      path: '/handlers/:id/secret',
      about: 'Makes a new secret. For 24 hours the old one signs too: the header has both signatures.',
      access: 'admin',
      body: Type.Object({}),
      answers: { 201: HandlerSecret },
      async run({ caller, params }) {
        const { id, secret: oldSecret } = find(caller.portalId, params['id'])
        const secret = newSecret()
        const oldSecretUntil = now() + overlapMs
        await bindings.change(caller.portalId, id, { secret, old_secret: oldSecret, old_secret_until: oldSecretUntil })
        changed(caller.portalId, handlerNames(id))
        return { secret, oldSecretUntil }
      },
    }),
  ]
}

async function countLastDay({ store, now }: HandlerRoutesParts, handler: BoundHandler): Promise<Static<typeof HandlerCard>['lastDay']> {
  const rows = await store.read
    .selectFrom('delivery')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('portal_id', '=', handler.portal_id)
    .where('handler_id', '=', handler.id)
    .where('created_at', '>=', now() - dayMs)
    .groupBy('state')
    .execute()
  return rows.map(({ state, count }) => ({ state, count: Number(count) }))
}

async function sendTest(parts: HandlerRoutesParts, handler: BoundHandler, userId: number): Promise<unknown> {
  const { store, outbox, deliveries } = parts
  const problem = handler.kind === 'offline' ? 'it fetches its events itself' : handler.enabled === 0 ? 'it is switched off' : null
  if (problem !== null || handler.ownerProblem !== null)
    throw new PortalError('handler_off', { problem: problem ?? problemOf(handler) ?? '' })
  // the test itself is the try of an open breaker
  parts.tryNow(handler.id)
  let id = 0
  let ended = Promise.resolve()
  await store.transaction(
    (tx) =>
      void outbox.emit(
        tx,
        appTest,
        { query: {}, language: 'en' },
        {
          portalId: handler.portal_id,
          userId,
          handlers: [handler],
          isOnce: true,
          onDeliveries([first = 0]) {
            id = first
            ended = deliveries.attempted(first, parts.timeoutMs(handler.portal_id) + testMoreMs)
          },
        },
      ),
  )
  await ended
  const row = await store.read.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return presentDeliveryCard(parts, row)
}
