/** What is posted for a delivery: the body in the handler's wire profile, signed, with tokens issued now. */
import type { Clock } from '../clock.ts'
import type { Outgoing } from '../delivery/send.ts'
import { buildForm } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Bindings, BoundHandler } from './bindings.ts'
import type { EventDeclaration } from './event.ts'
import type { DeliveryJob } from './outbox.ts'
import { shapeBody } from './profiles.ts'
import type { Signer, Signing } from './signatures.ts'

/** Whose `auth` map is wanted for a body (contract 1.3). */
export interface AuthWish {
  readonly portalId: number
  readonly owner: string
  readonly event: string
  /** whose tokens; null = none */
  readonly userId: number | null
}

/** What a body is made from. */
export interface BodyParts {
  readonly store: Store
  readonly clock: Clock
  readonly bindings: Bindings
  readonly signer: Signer
  /** name → declaration, for wire profiles */
  readonly catalogue: ReadonlyMap<string, EventDeclaration<never>>
  /** the ordered `auth` map, tokens issued now */
  auth(wish: AuthWish): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>
  /** how long a handler of this portal may take for its answer (contract 13.1) */
  timeoutMs(portalId: number): number
}

/** Renders a delivery. A handler that was bound for a user carries that user's tokens, whoever acted (contract 1.3). */
export async function renderBody(parts: BodyParts, job: DeliveryJob, traceparent: string): Promise<Outgoing> {
  const handler = parts.bindings.byId(job.handlerId) ?? (await findHandler(parts.store, job.handlerId))
  const profiled = parts.catalogue.get(job.event)?.profiles?.[handler.profile]
  const userId = handler.auth_user_id > 0 ? handler.auth_user_id : job.userId
  const sent = {
    event: job.event,
    event_handler_id: job.handlerId,
    data: profiled ? profiled(job.data) : job.data,
    ts: Math.floor(job.createdAt / 1000),
    auth: await parts.auth({ portalId: job.portalId, owner: job.owner, event: job.event, userId }),
  }
  const body = buildForm(shapeBody(handler.profile, sent))
  const headers = headersOf(job, { handler, body, traceparent, now: parts.clock.now(), signer: parts.signer })
  return { url: job.url, headers, body, timeoutMs: parts.timeoutMs(job.portalId) }
}

async function findHandler(store: Store, id: number): Promise<Signing & Pick<BoundHandler, 'profile' | 'auth_user_id'>> {
  return store.read
    .selectFrom('handler')
    .select(['profile', 'auth_user_id', 'secret', 'old_secret', 'old_secret_until'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

interface Rendered {
  readonly handler: Signing
  readonly body: string
  readonly traceparent: string
  readonly now: number
  readonly signer: Signer
}

function headersOf(job: DeliveryJob, { handler, body, traceparent, now, signer }: Rendered): Record<string, string> {
  const id = `msg_${job.eventId}_${job.handlerId}`
  const timestamp = String(Math.floor(now / 1000))
  return {
    'user-agent': 'Bitrix24 Webhook Engine',
    'content-type': 'application/x-www-form-urlencoded',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signer.sign(handler, `${id}.${timestamp}.${body}`, now),
    traceparent,
    'hookswitch-attempt': String(job.attempts + 1),
    ...(job.deadlineAt !== null && { 'hookswitch-deadline': new Date(job.deadlineAt).toISOString() }),
  }
}

/** Tokens are good for an hour and open the portal: the attempt log keeps them masked (design 11.11). */
export function maskTokens(body: string): string {
  return body.replace(/(auth%5B(?:access_token|refresh_token|application_token)%5D=)[^&]*/g, '$1***')
}
