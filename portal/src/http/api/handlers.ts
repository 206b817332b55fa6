import type { BoundHandler } from '../../events/bindings.ts'
import type { Handler } from './schemas.ts'

/** A handler in the shape of the own API. */
export function presentHandler(handler: BoundHandler): Handler {
  return {
    id: handler.id,
    event: handler.event,
    url: handler.url,
    kind: handler.kind,
    authUserId: handler.auth_user_id,
    profile: handler.profile === '2024' ? '2024' : 'current',
    retries: handler.retries === 1,
    dedupes: handler.dedupes === 1,
    enabled: handler.enabled === 1,
    problem: handler.disabled_reason ?? (handler.ownerProblem === null ? null : 'The installation of the app is not finished: nothing is sent'),
    ownerTitle: handler.ownerTitle,
  }
}
