import type { EventAuth, EventName, PortalEvents } from './contract.ts'
import { MalformedForm, parsePhpForm, type PhpMap, type PhpValue } from './php-form.ts'
import { isSameText, isSignedBody, type RequestHeaders } from './signature.ts'

/** A request as it came: the raw body is needed, because what is signed is the text and not its meaning. */
export interface RawRequest {
  readonly headers: RequestHeaders
  readonly body: string
}

/** What to answer. */
export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One event of the portal, verified. */
export interface PortalEvent<Name extends string = string> {
  readonly event: Name
  readonly data: Name extends EventName ? PortalEvents[Name] : PhpMap
  readonly auth: EventAuth
  /** When the portal said it, unix seconds. */
  readonly ts: number
  /** Id of the binding that this delivery is for; absent on some portals. */
  readonly eventHandlerId: string | undefined
}

/** A listener's word to the portal. Portals other than Hookswitch ignore the body and the headers. */
export type Answer =
  | { readonly accepted: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly refused: { readonly code: string; readonly text: string } }

/** Says yes, with reply headers if wanted (`hookswitch-dedupe: CALL_ID` says that a repeat of this call would be dropped, design 11.7). */
export function accept(headers: Readonly<Record<string, string>> = {}): Answer {
  return { accepted: true, headers }
}

/**
 * Says no; the person who clicked reads `text` at once (design 11.6). Codes in use: `busy`, `no_extension`, `invalid_number`,
 * `not_allowed`, `unavailable`.
 */
export function refuse(refusal: { readonly code: string; readonly text: string }): Answer {
  return { refused: { code: refusal.code, text: refusal.text } }
}

/** Lets a listener learn whether the portal is still waiting for its word. */
export interface Exchange {
  /** True once 200 has gone out: a refusal can no longer be told by the reply. */
  isAnswered(): boolean
}

/** Receives one kind of event. What it returns becomes the reply, if it comes in time. */
export type Listener<Name extends string> = (event: PortalEvent<Name>, exchange: Exchange) => Answer | void | Promise<Answer | void>

/** Settings of an event handler. */
export interface HandlerSettings {
  /** The token learnt at the installation; asked for at each event. `undefined` (not installed) refuses everything. */
  readonly applicationToken: () => string | undefined
  /** `whsec_…`; when given, every request must be signed with it (Standard Webhooks). */
  readonly secret?: string
  /** How long a listener may keep the portal waiting; then 200 goes out and the work continues. 1500 ms unless told. */
  readonly answerWithinMs?: number
  /** Told of every listener that threw, with the event it had. */
  readonly onError: (error: unknown, event: PortalEvent) => void
  readonly now?: () => number
}

/** Anything that turns a raw request into a reply; {@link nodeListener} serves it. */
export interface Receiver {
  receive(request: RawRequest): Promise<RawReply>
}

/** The handler of an app's events. */
export interface EventHandler extends Receiver {
  /** Adds a listener. Several for one event all run; the first refusal is the answer. */
  on<Name extends EventName>(event: Name, listener: Listener<Name>): EventHandler
  on(event: string, listener: Listener<string>): EventHandler
}

/**
 * Makes the handler of an app's events. The order is the security: the signature over the raw body if there is a secret, then parsing,
 * then the application token in constant time, and only then a listener. Replies: 403 for a wrong token or signature, 400 for a body that
 * is no event, 200 for an event nobody listens to, 500 when a listener threw before the answer was due.
 */
export function createEventHandler(settings: HandlerSettings): EventHandler {
  const listeners = new Map<string, Listener<string>[]>()

  async function receive(request: RawRequest): Promise<RawReply> {
    const now = settings.now ?? Date.now
    if (settings.secret !== undefined && !isSignedBody(settings.secret, request.headers, request.body, now()))
      return reply(403, 'wrong signature')
    const event = readEvent(request.body)
    if (!event) return reply(400, 'not an event')
    const expected = settings.applicationToken()
    if (expected === undefined || !isSameText(event.auth.application_token, expected)) return reply(403, 'wrong application_token')
    return answerInTime(event, listeners.get(event.event) ?? [])
  }

  async function answerInTime(event: PortalEvent, wanted: readonly Listener<string>[]): Promise<RawReply> {
    let isAnswered = false
    let timer: NodeJS.Timeout | undefined
    const due = new Promise<RawReply>((resolve) => {
      timer = setTimeout(() => resolve(reply(200)), settings.answerWithinMs ?? 1500)
    })
    const work = Promise.allSettled(wanted.map(async (listener) => listener(event, { isAnswered: () => isAnswered })))
    const first = await Promise.race([due, work.then((outcomes) => replyOf(outcomes, (error) => settings.onError(error, event)))])
    clearTimeout(timer)
    isAnswered = true
    return first
  }

  const handler: EventHandler = {
    receive,
    on(name: string, listener: Listener<never>) {
      const key = name.toUpperCase()
      listeners.set(key, [...(listeners.get(key) ?? []), listener as Listener<string>])
      return handler
    },
  }
  return handler
}

function replyOf(outcomes: readonly PromiseSettledResult<Answer | void>[], onError: (error: unknown) => void): RawReply {
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  for (const error of errors) onError(error)
  const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : []))
  for (const answer of answers) {
    if ('refused' in answer) return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
  }
  if (errors.length > 0) return reply(500)
  const headers = answers.flatMap((answer) => ('accepted' in answer ? Object.entries(answer.headers) : []))
  return { status: 200, headers: Object.fromEntries(headers), body: '' }
}

/** Reads an event's body (contract 1.2), or `undefined` if it is none. Nothing in it is trusted before its token has been compared. */
export function readEvent(body: string): PortalEvent | undefined {
  let form: PhpMap
  try {
    form = parsePhpForm(body)
  } catch (error) {
    if (error instanceof MalformedForm) return undefined
    throw error
  }
  const { event, data = {}, auth, ts, event_handler_id: handlerId } = form
  if (typeof event !== 'string' || event === '' || typeof data === 'string' || !isEventAuth(auth)) return undefined
  return {
    event: event.toUpperCase(),
    data,
    auth: auth as unknown as EventAuth,
    ts: typeof ts === 'string' ? Number(ts) : 0,
    eventHandlerId: typeof handlerId === 'string' ? handlerId : undefined,
  }
}

function isEventAuth(auth: PhpValue | undefined): auth is PhpMap {
  return (
    typeof auth === 'object' && Object.values(auth).every((value) => typeof value === 'string') && auth['application_token'] !== undefined
  )
}

function reply(status: number, body = ''): RawReply {
  return { status, headers: body ? { 'content-type': 'text/plain; charset=utf-8' } : {}, body }
}
