import { Type } from 'typebox'
import { PortalError } from '../../errors.ts'
import type { BoundHandler, Bindings } from '../../events/bindings.ts'
import { readProfileName } from '../../events/profiles.ts'
import { readId } from './path-id.ts'
import { route, type Route } from './route.ts'
import { Handler } from './schemas.ts'

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
    enabled: handler.enabled === 1,
    problem: problemOf(handler),
    ownerTitle: handler.ownerTitle,
  }
}

function problemOf(handler: BoundHandler): string | null {
  if (handler.disabled_reason !== null) return handler.disabled_reason
  if (handler.ownerProblem !== null) return 'The installation of the app is not finished: nothing is sent'
  return handler.addressProblem === null ? null : `Nothing can be sent there: ${handler.addressProblem}`
}

const HandlerInput = Type.Partial(
  Type.Object({
    profile: Handler.properties.profile,
    retries: Type.Boolean(),
    dedupes: Type.Boolean(),
    enabled: Type.Boolean(),
  }),
)

const asFlag = (value: boolean): 0 | 1 => (value ? 1 : 0)

/** `/handlers/:id`: how events are delivered to a handler. */
export function handlerRoutes({
  bindings,
  changed,
}: {
  bindings: Bindings
  changed: (portalId: number, names: readonly string[]) => void
}): Route[] {
  const find = (portalId: number, id: number): BoundHandler => {
    const handler = bindings.byId(id)
    if (handler?.portal_id !== portalId) throw new PortalError('handler_not_found', { id })
    return handler
  }
  return [
    route({
      method: 'PATCH',
      path: '/handlers/:id',
      about: 'Changes how events are delivered to a handler: wire profile, retries, whether it drops repeats, enabled.',
      access: 'admin',
      body: HandlerInput,
      answers: { 200: Handler },
      async run({ caller, params, body }) {
        const { id } = find(caller.portalId, readId(params['id'], 'handler_not_found'))
        if (Object.keys(body).length > 0) {
          await bindings.change(caller.portalId, id, {
            ...(body.profile !== undefined && { profile: body.profile }),
            ...(body.retries !== undefined && { retries: asFlag(body.retries) }),
            ...(body.dedupes !== undefined && { dedupes: asFlag(body.dedupes) }),
            ...(body.enabled !== undefined && { enabled: asFlag(body.enabled), ...(body.enabled && { disabled_reason: null }) }),
          })
          changed(caller.portalId, ['apps', 'settings', 'webhooks'])
        }
        return presentHandler(find(caller.portalId, id))
      },
    }),
  ]
}
