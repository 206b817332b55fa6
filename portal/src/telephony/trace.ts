/** The trace of a click: everything that belongs to it, in order, with a verdict in plain words; and what a click would do. */
import { readPhone } from '../crm/phones.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { requireDialable } from './click.ts'
import { requestIdOf } from './request-key.ts'
import { problemAdvice, reasonText, statusText } from './sentences.ts'
import type { Targets } from './targets.ts'

/** One step; `text` is English, `kind` and `detail` are for those who say it in another language. */
export interface TraceStep {
  readonly at: number
  readonly kind: string
  readonly text: string
  readonly detail: Record<string, unknown>
}

/** From the click to the hang-up. */
export interface Trace {
  readonly id: number
  readonly callId: string | null
  readonly verdict: string
  readonly steps: readonly TraceStep[]
}

interface ClickDetail {
  /** of a visitor's request; a click has none */
  readonly callbackForm?: { readonly id: number; readonly title: string }
  /** of a visitor's request */
  readonly number?: string
  readonly typed: string
  readonly phoneNumber: string
  readonly international: string
  readonly extension: string
  readonly targetTitle: string | null
}

/** Builds the verbs on traces. */
export function createTraces({ store, targets }: { store: Store; targets: Targets }) {
  return {
    /** The trace with this id. */
    async read(portalId: number, id: number): Promise<Trace> {
      const head = await store.read
        .selectFrom('trace')
        .selectAll()
        .where('id', '=', id)
        .where('portal_id', '=', portalId)
        .executeTakeFirst()
      if (!head) throw new PortalError('trace_unknown', { id })
      const steps = clickSteps(head)
      if (head.call_id === null) return { id, callId: null, verdict: skippedVerdict(head), steps }
      const requestId = requestIdOf(head.call_id)
      const request =
        requestId === null
          ? undefined
          : await store.read.selectFrom('callback_request').selectAll().where('id', '=', requestId).executeTakeFirst()
      const callId = requestId === null ? head.call_id : (request?.call_id ?? null)
      const keys = [head.call_id, ...(callId === null || callId === head.call_id ? [] : [callId])]
      const call =
        callId === null ? undefined : await store.read.selectFrom('call').selectAll().where('call_id', '=', callId).executeTakeFirst()
      const deliveries = await store.read.selectFrom('delivery').selectAll().where('call_id', 'in', keys).orderBy('id').execute()
      const ids = deliveries.map((delivery) => delivery.id)
      const attempts =
        ids.length === 0 ? [] : await store.read.selectFrom('attempt').selectAll().where('delivery_id', 'in', ids).orderBy('id').execute()
      const reports = await store.read.selectFrom('trace_step').selectAll().where('call_id', 'in', keys).orderBy('id').execute()
      const registered = request && call ? [registeredByApp(call)] : []
      const all = [
        ...steps,
        ...registered,
        ...deliverySteps(deliveries, attempts),
        ...reports.map(reportStep),
        ...(call ? endSteps(call) : []),
      ]
      const dial = deliveries.findLast((delivery) => delivery.delivery_class === 'dial')
      return { id, callId, verdict: verdictOfTrace({ head, request, call, dial, reports }), steps: all.toSorted((a, b) => a.at - b.at) }
    },

    /** What a click of this user on this number would do; nothing is done. */
    async explain(portalId: number, { userId, number }: { userId: number; number: string }) {
      const portal = await store.read.selectFrom('portal').selectAll().where('id', '=', portalId).executeTakeFirstOrThrow()
      const user = await store.read
        .selectFrom('user')
        .selectAll()
        .where('id', '=', userId)
        .where('portal_id', '=', portalId)
        .executeTakeFirst()
      if (!user) throw new PortalError('call_user_unknown')
      const phone = readPhone(number, { country: portal.country, allowServiceCodes: portal.allow_service_codes === 1 })
      const { target, from, problem } = await targets.choose(portal, user)
      const handlers = target ? targets.handlersFor(portalId, target, userId) : []
      const title = target?.title ?? ''
      return {
        number,
        phoneNumber: phone.phoneNumber,
        international: phone.international,
        extension: phone.extension,
        display: phone.display,
        target: target ? { id: target.id, title, from } : null,
        handlers: handlers.map((handler) => ({ id: handler.id, url: handler.url, profile: handler.profile })),
        verdict: verdictBefore(() => requireDialable(phone, number), problem === null ? null : { problem, title }, user.extension),
        warnings: [
          ...(handlers.length > 1 ? [`${title} has ${handlers.length} handlers with different addresses: each of them may dial`] : []),
          ...(user.extension === null ? [`${user.name} has no extension: a phone app may not know which phone to ring`] : []),
        ],
      }
    },
  }
}

/** The verbs on traces. */
export type Traces = ReturnType<typeof createTraces>

function verdictBefore(
  check: () => void,
  blocked: { problem: 'no_target' | 'not_installed' | 'no_handler' | 'handler_disabled'; title: string } | null,
  extension: string | null,
) {
  try {
    check()
    if (blocked) throw new PortalError(blocked.problem, { title: blocked.title })
  } catch (error) {
    if (!(error instanceof PortalError)) throw error
    return { ok: false, code: error.key, text: error.message, adminText: blocked ? problemAdvice(blocked.problem, blocked.title) : '' }
  }
  return {
    ok: true,
    code: 'ok',
    text:
      extension === null ? 'A click is sent to the phone app.' : `A click is sent to the phone app, which rings extension ${extension}.`,
    adminText: '',
  }
}

function verdictOfTrace({
  head,
  request,
  call,
  dial,
  reports,
}: {
  head: Row<'trace'>
  request: Row<'callback_request'> | undefined
  call: Row<'call'> | undefined
  dial: Row<'delivery'> | undefined
  reports: readonly Row<'trace_step'>[]
}): string {
  if (head.outcome === 'skipped') return skippedVerdict(head)
  if (request && !call) return askedVerdict(request, reports)
  return dial || !call ? verdictOf(call, dial) : queueVerdict(call, reports)
}

/** Of a visitor's request for which no call was registered yet. */
function askedVerdict(request: Row<'callback_request'>, reports: readonly Row<'trace_step'>[]): string {
  // the words of an app may end with a full stop of their own
  const why = request.reason === null ? '' : `: ${reasonText(request.reason).replace(/[.\s]+$/, '')}`
  const isTaken = request.outcome === 'delivered' || reports.some((step) => step.kind === 'fetched')
  if (isTaken) return 'The phone app has the request and has not registered a call for it yet.'
  if (request.outcome === 'unconfirmed')
    return `It is not known whether the phone app took the request${why}. It was not sent again, so that nobody is called twice.`
  return request.outcome === 'waiting' ? 'The phone app has not taken the request yet.' : `The phone app did not take the request${why}.`
}

function registeredByApp(call: Row<'call'>): TraceStep {
  const { call_id: callId, user_id: userId } = call
  return { at: call.created_at, kind: 'registered', text: `The phone app registered it as ${callId}`, detail: { callId, userId } }
}

/** Of a visitor's request: nobody clicked. */
function askedSteps(head: Row<'trace'>, { callbackForm, number, targetTitle }: ClickDetail): TraceStep[] {
  const at = head.created_at
  const detail = { form: callbackForm?.title ?? '', formId: callbackForm?.id ?? 0, number: number ?? '' }
  return [
    { at, kind: 'asked', text: `A visitor of the form “${detail.form}” asked to be called back at ${detail.number}`, detail },
    head.outcome === 'skipped'
      ? { at, kind: 'skipped', text: skippedVerdict(head), detail: { reason: head.reason, target: head.target } }
      : { at, kind: 'target', text: `Sent to ${targetTitle ?? 'the phone app'}`, detail: { target: head.target, targetTitle } },
  ]
}

function clickSteps(head: Row<'trace'>): TraceStep[] {
  const detail = JSON.parse(head.detail) as ClickDetail
  if (detail.callbackForm) return askedSteps(head, detail)
  const at = head.created_at
  const extension = detail.extension === '' ? '' : `, extension ${detail.extension}`
  return [
    { at, kind: 'clicked', text: `Clicked ${detail.typed}`, detail: { userId: head.user_id, number: detail.typed } },
    { at, kind: 'normalised', text: `Read as ${detail.international}${extension}`, detail: { ...detail } },
    head.outcome === 'skipped'
      ? { at, kind: 'skipped', text: skippedVerdict(head), detail: { reason: head.reason, target: head.target } }
      : {
          at,
          kind: 'target',
          text: `Sent to ${detail.targetTitle ?? 'the phone app'}`,
          detail: { target: head.target, targetTitle: detail.targetTitle },
        },
    ...(head.call_id === null ? [] : [{ at, kind: 'registered', text: `Registered as ${head.call_id}`, detail: { callId: head.call_id } }]),
  ]
}

function skippedVerdict(head: Row<'trace'>): string {
  const title = (JSON.parse(head.detail) as ClickDetail).targetTitle ?? ''
  const reason = head.reason as Parameters<typeof problemAdvice>[0]
  return `${new PortalError(reason, { title }).message}. Nothing was called.`
}

function deliverySteps(deliveries: readonly Row<'delivery'>[], attempts: readonly Row<'attempt'>[]): TraceStep[] {
  const steps: TraceStep[] = []
  for (const delivery of deliveries) {
    for (const attempt of attempts.filter((one) => one.delivery_id === delivery.id)) {
      const answer = attempt.status === null ? (attempt.error ?? '') : `answered ${attempt.status}`
      const detail = {
        deliveryId: delivery.id,
        attempt: attempt.number,
        status: attempt.status,
        durationMs: attempt.duration_ms,
        connectMs: attempt.connect_ms,
        firstByteMs: attempt.first_byte_ms,
      }
      steps.push({
        at: attempt.started_at,
        kind: 'attempt',
        text: `${delivery.event}: attempt ${attempt.number}, ${answer} after ${attempt.duration_ms} ms`,
        detail,
      })
    }
    const text = `${delivery.event} ${delivery.state}${delivery.reason === null ? '' : `: ${reasonText(delivery.reason)}`}`
    steps.push({
      at: delivery.settled_at ?? delivery.created_at,
      kind: `delivery_${delivery.state}`,
      text,
      detail: { deliveryId: delivery.id, reason: delivery.reason, refusal: delivery.refusal, url: delivery.url },
    })
  }
  return steps
}

const reportTexts: Readonly<Record<string, string>> = {
  fetched: 'The phone app fetched the click from its queue',
  ringing_agent: 'The phone app rings the caller',
  ringing_client: 'The phone app rings the customer',
  talking: 'They talk',
  record_fetched: 'The recording was fetched',
  record_failed: 'The recording could not be fetched',
}

function reportStep(step: Row<'trace_step'>): TraceStep {
  const detail = JSON.parse(step.detail) as Record<string, unknown>
  const problem = typeof detail['problem'] === 'string' ? `: ${detail['problem']}` : ''
  return { at: step.at, kind: step.kind, text: `${reportTexts[step.kind] ?? step.kind}${problem}`, detail }
}

function endSteps(call: Row<'call'>): TraceStep[] {
  if (call.ended_at === null) return []
  const by = call.closed_by === 'portal' ? 'closed by the portal' : 'reported by the phone app'
  const detail = { statusCode: call.status_code, duration: call.duration, failedReason: call.failed_reason, closedBy: call.closed_by }
  return [{ at: call.ended_at, kind: 'finished', text: `Finished, ${by}: ${statusText(call.status_code)}, ${call.duration} s`, detail }]
}

/** Of a call without a delivery: its click went into the offline queue of an app that polls. */
function queueVerdict(call: Row<'call'>, reports: readonly Row<'trace_step'>[]): string {
  if (call.state === 'finished' || call.reported_at !== null) return verdictOf(call, undefined)
  return reports.some((step) => step.kind === 'fetched')
    ? 'The phone app fetched the click and has not reported about the call yet.'
    : 'The click waits until the phone app fetches it.'
}

function verdictOf(call: Row<'call'> | undefined, dial: Row<'delivery'> | undefined): string {
  if (call?.state === 'finished') {
    if (call.closed_by === 'app')
      return call.duration > 0
        ? `They talked for ${call.duration} second${call.duration === 1 ? '' : 's'}.`
        : `The call ended without a conversation: ${statusText(call.status_code)}.`
    return `The phone did not ring: ${dial?.refusal ?? (dial?.reason ? reasonText(dial.reason) : call.failed_reason)}.`
  }
  if (!dial) return 'The phone app has the call and has not reported its end yet.'
  if (dial.state === 'delivered') return 'The phone app has the call and has not reported its end yet.'
  if (dial.state === 'unconfirmed')
    return `It is not known whether the phone app took the call: ${reasonText(dial.reason ?? '')}. It was not sent again, so that nobody is called twice.`
  return `The phone app has not taken the call yet${dial.reason ? `: ${reasonText(dial.reason)}` : ''}.`
}
