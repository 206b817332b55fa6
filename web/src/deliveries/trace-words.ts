import type { Trace, TraceStep } from '../api/types.ts'
import type { en } from '../app/texts/en/index.ts'

type StepKey = keyof (typeof en)['trace']['step']
type VerdictKey = keyof (typeof en)['trace']['verdict']

/** What a sentence is made of; `statusCode`, `state` and `reason` are still codes, `seconds` a duration. */
export interface TraceWords<Key> {
  key: Key
  values: Partial<Record<'number' | 'international' | 'extension' | 'target' | 'event' | 'status' | 'ms', string>>
  statusCode?: string
  state?: string
  reason?: string
  seconds?: number
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** A step by its kind and detail, for a language the portal does not speak; null when the kind is not known here. */
export function stepWordsOf(step: TraceStep): TraceWords<StepKey> | null {
  const { detail, kind } = step
  const event = /^ON[A-Z]+/.exec(step.text)?.[0] ?? ''
  switch (kind) {
    case 'clicked':
      return { key: 'clicked', values: { number: textOf(detail['number']) } }
    case 'asked':
      return { key: 'asked', values: { number: textOf(detail['number']), target: textOf(detail['form']) } }
    case 'normalised': {
      const values = { international: textOf(detail['international']), extension: textOf(detail['extension']) }
      return { key: values.extension ? 'normalisedExtension' : 'normalised', values }
    }
    case 'skipped':
      return { key: 'skipped', values: {}, reason: textOf(detail['reason']) }
    case 'target':
      return { key: 'target', values: { target: textOf(detail['targetTitle']) || textOf(detail['target']) } }
    case 'attempt': {
      const values = { event, number: textOf(detail['attempt']), status: textOf(detail['status']), ms: textOf(detail['durationMs']) }
      return { key: values.status ? 'attempt' : 'attemptSilent', values }
    }
    case 'registered':
    case 'ringing_agent':
    case 'ringing_client':
    case 'talking':
    case 'record_fetched':
      return { key: kind, values: {} }
    case 'record_failed':
      return { key: kind, values: { status: textOf(detail['problem']) } }
    case 'finished':
      return {
        key: detail['closedBy'] === 'portal' ? 'finishedByPortal' : 'finished',
        values: {},
        statusCode: textOf(detail['statusCode']),
        seconds: Number(detail['duration']) || 0,
      }
    default:
      return kind.startsWith('delivery_') ? deliveryWordsOf(step, event) : null
  }
}

function deliveryWordsOf({ kind, detail }: TraceStep, event: string): TraceWords<StepKey> {
  const state = kind.slice('delivery_'.length)
  const reason = textOf(detail['reason'])
  return reason ? { key: 'deliveryReason', values: { event }, state, reason } : { key: 'delivery', values: { event }, state }
}

/** Of a visitor's request for which no call was registered yet. */
function askedVerdictOf(trace: Trace): TraceWords<VerdictKey> {
  const last = trace.steps.findLast((step) => step.kind.startsWith('delivery_'))
  const reason = textOf(last?.detail['refusal']) || textOf(last?.detail['reason'])
  const isFetched = trace.steps.some((step) => step.kind === 'fetched')
  if (isFetched || last?.kind === 'delivery_delivered') return { key: 'askedTaken', values: {} }
  if (last?.kind === 'delivery_unconfirmed') return { key: 'askedUnsure', values: {}, reason }
  const isOver = last?.kind === 'delivery_failed' || last?.kind === 'delivery_expired'
  return isOver ? { key: 'askedNotTaken', values: {}, reason: reason.replace(/[.\s]+$/, '') } : { key: 'askedWaits', values: {} }
}

/** The verdict by the last decisive step; null while the call is open. */
export function verdictWordsOf(trace: Trace): TraceWords<VerdictKey> | null {
  const skipped = trace.steps.find((step) => step.kind === 'skipped')
  if (skipped) return { key: 'skipped', values: {}, reason: textOf(skipped.detail['reason']) }
  const end = trace.steps.findLast((step) => step.kind === 'finished')
  if (!end) return trace.callId === null && trace.steps.some((step) => step.kind === 'asked') ? askedVerdictOf(trace) : null
  const seconds = Number(end.detail['duration']) || 0
  const statusCode = textOf(end.detail['statusCode'])
  if (end.detail['closedBy'] !== 'portal')
    return seconds > 0 ? { key: 'talked', values: {}, seconds } : { key: 'ended', values: {}, statusCode }
  const reason = trace.steps.findLast((step) => step.kind.startsWith('delivery_') && textOf(step.detail['reason']) !== '')?.detail['reason']
  return reason === undefined ? null : { key: 'notRung', values: {}, reason: textOf(reason) }
}
