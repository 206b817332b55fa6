import { Type } from 'typebox'
import { readScope } from '../../apps/scopes.ts'
import type { Webhooks } from '../../apps/webhooks.ts'
import { fullName, type Users } from '../../directory/users.ts'
import type { Bindings } from '../../events/bindings.ts'
import type { Row } from '../../store/tables.ts'
import { presentHandler } from './handlers.ts'
import { readId } from './path-id.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { IncomingWebhook, OutgoingWebhook } from './schemas.ts'

/** What the rows of webhooks need. */
export interface WebhookApiParts {
  readonly webhooks: Webhooks
  readonly bindings: Bindings
  readonly users: Users
}

const Title = Type.String({ minLength: 1, maxLength: 100 })

/** `/webhooks/incoming` and `/webhooks/outgoing` (admins). */
export function webhookRoutes(parts: WebhookApiParts): Route[] {
  return [...incomingRoutes(parts), ...outgoingRoutes(parts)]
}

function incomingRoutes({ webhooks, users }: WebhookApiParts): Route[] {
  const present = async (row: Row<'incoming_webhook'>) => {
    const user = await users.find(row.portal_id, row.user_id)
    return {
      id: row.id,
      title: row.title,
      userId: row.user_id,
      userName: user ? fullName(user) : '',
      scope: readScope(row),
      lastUsedAt: row.last_used_at,
      createdAt: row.created_at,
    }
  }
  return [
    route({
      method: 'GET',
      path: '/webhooks/incoming',
      about: 'Incoming webhooks, without their secrets.',
      access: 'admin',
      answers: { 200: Type.Object({ items: Type.Array(IncomingWebhook) }) },
      run: async ({ caller }) => ({ items: await Promise.all((await webhooks.incoming(caller.portalId)).map(present)) }),
    }),
    route({
      method: 'POST',
      path: '/webhooks/incoming',
      about: 'Adds an incoming webhook that acts as the caller. Its address holds the secret and is shown in this answer only.',
      access: 'admin',
      body: Type.Object({ title: Title, scope: Type.Array(Type.String({ maxLength: 50 }), { maxItems: 50 }) }),
      answers: { 201: IncomingWebhook },
      async run({ caller, body }) {
        const { row, url } = await webhooks.addIncoming({ portalId: caller.portalId, userId: caller.userId, ...body })
        return new ApiAnswer(201, { ...(await present(row)), url })
      },
    }),
    route({
      method: 'DELETE',
      path: '/webhooks/incoming/:id',
      about: 'Deletes an incoming webhook; its address stops working.',
      access: 'admin',
      answers: { 204: null },
      async run({ caller, params }) {
        await webhooks.deleteIncoming(caller.portalId, readId(params['id'], 'webhook_not_found'))
        return null
      },
    }),
  ]
}

function outgoingRoutes({ webhooks, bindings }: WebhookApiParts): Route[] {
  const present = (row: Row<'outgoing_webhook'>) => {
    const handlers = bindings.ofOwner(row.portal_id, `webhook:${row.id}`)
    return {
      id: row.id,
      title: row.title,
      url: row.url,
      events: [...new Set(handlers.map((handler) => handler.event))],
      token: row.token,
      handlers: handlers.map(presentHandler),
      createdAt: row.created_at,
    }
  }
  return [
    route({
      method: 'GET',
      path: '/webhooks/outgoing',
      about: 'Outgoing webhooks.',
      access: 'admin',
      answers: { 200: Type.Object({ items: Type.Array(OutgoingWebhook) }) },
      run: async ({ caller }) => ({ items: (await webhooks.outgoing(caller.portalId)).map(present) }),
    }),
    route({
      method: 'POST',
      path: '/webhooks/outgoing',
      about: 'Adds an outgoing webhook: the chosen events are posted to its address.',
      access: 'admin',
      body: Type.Object({
        title: Title,
        url: Type.String({ maxLength: 2048 }),
        events: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 }),
      }),
      answers: { 201: OutgoingWebhook },
      async run({ caller, body }) {
        return new ApiAnswer(201, present(await webhooks.addOutgoing({ portalId: caller.portalId, userId: caller.userId, ...body })))
      },
    }),
    route({
      method: 'DELETE',
      path: '/webhooks/outgoing/:id',
      about: 'Deletes an outgoing webhook and its handlers.',
      access: 'admin',
      answers: { 204: null },
      async run({ caller, params }) {
        await webhooks.deleteOutgoing(caller.portalId, readId(params['id'], 'webhook_not_found'))
        return null
      },
    }),
  ]
}
