/**
 * Spans from the click to the attempt, by the API of OpenTelemetry. Without its SDK (see cli/otel.ts) they cost next to nothing, and
 * handlers get a `traceparent` all the same: the trace id is that of the CALL_ID, so that every system can find the trace by it.
 */
import { randomUUID } from 'node:crypto'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api'
import type { Decision } from '../delivery/engine.ts'
import type { Sent } from '../delivery/send.ts'
import type { DeliveryJob } from './outbox.ts'

/** What of a delivery a span needs. */
export type Traced = Pick<DeliveryJob, 'eventId' | 'callId' | 'traceparent'>

/** `traceparent` of the span (W3C Trace Context). */
export function traceparentOf(span: Span): string {
  const { traceId, spanId } = span.spanContext()
  // a span that is not recorded has the id of its parent: handlers get one of their own then
  return `00-${traceId}-${span.isRecording() ? spanId : newSpanId()}-01`
}

/** 16 hex digits, from the random half of a UUID: that has a pool, where `randomBytes` asks the system each time. */
function newSpanId(): string {
  return randomUUID().slice(19).replace('-', '')
}

/** Begins the span of a click; its trace is named by the CALL_ID. End it when the click is acknowledged. */
export function startClickSpan(callId: string, startedAt: number): Span {
  return tracer().startSpan(
    'click',
    { kind: SpanKind.SERVER, startTime: startedAt, attributes: { 'hookswitch.call_id': callId } },
    contextOf({ eventId: 0, callId, traceparent: null }),
  )
}

/** Begins the span of an attempt, below the click that caused it. */
export function startAttemptSpan(job: DeliveryJob): Span {
  const span = tracer().startSpan(`deliver ${job.event}`, { kind: SpanKind.CLIENT }, contextOf(job))
  if (!span.isRecording()) return span
  const { protocol, host, pathname } = new URL(job.url)
  return span.setAttributes({
    'http.request.method': 'POST',
    // without its query: that may hold a secret
    'url.full': `${protocol}//${host}${pathname}`,
    'hookswitch.event': job.event,
    'hookswitch.delivery_id': job.id,
    'hookswitch.attempt': job.attempts + 1,
    ...(job.callId !== null && { 'hookswitch.call_id': job.callId }),
  })
}

/** Ends the span of an attempt. */
export function endAttemptSpan(span: Span, { ending }: Pick<Sent, 'ending'>, decision: Decision): void {
  if (ending.kind === 'answered') span.setAttribute('http.response.status_code', ending.status)
  else span.setAttribute('error.type', ending.reason)
  span.setAttribute('hookswitch.state', decision.state)
  if (decision.reason !== null) {
    span.setAttribute('hookswitch.reason', decision.reason)
    span.setStatus({ code: SpanStatusCode.ERROR, message: decision.reason })
  }
  span.end()
}

function tracer() {
  return trace.getTracer('hookswitch')
}

/** The parent: the click's span when it is known, else a point that every process finds by the CALL_ID or the event. */
function contextOf({ eventId, callId, traceparent }: Traced): Context {
  const given = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(traceparent ?? '')
  const traceId = given?.[1] ?? /^externalCall\.([0-9a-f]{32})\./.exec(callId ?? '')?.[1] ?? eventId.toString(16).padStart(32, '0')
  const spanId = given?.[2] ?? traceId.slice(16)
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: given === null })
}
