import type { Call } from '../api/types.ts'
import type { en } from '../app/texts/en/index.ts'

/** A sentence about a call, by its key in the texts. */
export type SentenceKey = keyof (typeof en)['call']['sentence']
/** How a call ended, by its key in the texts. */
export type OutcomeKey = keyof (typeof en)['call']['outcome']

/** `waits` something is under way; `talks`; `done` a good end; `failed` an end that was not wished; `unsure` nobody knows. */
export type CallMood = 'waits' | 'talks' | 'done' | 'failed' | 'unsure'

/** What the call card says, as parts of a text. */
export interface CallSentence {
  key: SentenceKey
  values: { app: string; duration: string }
  mood: CallMood
  /** shown below in the handler's own words */
  refusal: string | null
}

/** What the large button of a call card does. */
export type NextAction = 'open' | 'add' | 'again' | 'close'

/** What is happening with a call, in one sentence. `duration` is written by the caller for its language. */
export function sentenceOf(call: Call, duration: string): CallSentence {
  const [key, mood] = readState(call)
  const refusal = call.delivery?.refusal ?? reasonOf(call)
  return { key, mood, values: { app: call.delivery?.handlerTitle || call.target || '', duration }, refusal }
}

/** Ends that say too little by themselves; of a talk, what was wrong with it is its recording. */
const unexplained: ReadonlySet<OutcomeKey> = new Set(['unreachable', 'unknown', 'forbidden', 'blocked', 'noMoney', 'talked'])

/** Why it ended so, in the app's words, where they say more than the outcome. */
function reasonOf(call: Call): string | null {
  const outcome = outcomeOf(call)
  if (outcome === null || call.closedByPortal || !unexplained.has(outcome)) return null
  return call.failedReason || null
}

function readState(call: Call): [SentenceKey, CallMood] {
  if (call.state === 'finished') return readEnd(call)
  if (call.state === 'talking') return call.noReport ? ['noReport', 'unsure'] : ['talking', 'talks']
  if (call.noReport) return ['noReport', 'unsure']
  if (call.state === 'ringing_client') return ['ringingClient', 'waits']
  if (call.direction === 'incoming') return ['incoming', 'waits']
  if (call.direction === 'info') return ['info', 'waits']
  if (call.state === 'ringing_agent') return ['ringingAgent', 'waits']
  return readDelivery(call)
}

function readDelivery(call: Call): [SentenceKey, CallMood] {
  switch (call.delivery?.state) {
    case 'pending':
    case 'sending':
      return ['waitingForApp', 'waits']
    case 'retrying':
      return ['retrying', 'waits']
    case 'unconfirmed':
      return ['unconfirmed', 'unsure']
    case 'failed':
    case 'skipped':
      return [failureKeyOf(call), 'failed']
    case 'expired':
      return [latenessKeyOf(call), 'failed']
    case 'canceled':
      return ['canceled', 'failed']
    case 'delivered':
      return ['taken', 'waits']
    case undefined:
      return ['registered', 'waits']
  }
}

function readEnd(call: Call): [SentenceKey, CallMood] {
  const delivery = call.delivery?.state
  if (call.closedByPortal && (delivery === 'failed' || delivery === 'skipped')) return [failureKeyOf(call), 'failed']
  if (call.closedByPortal && delivery === 'expired') return [latenessKeyOf(call), 'failed']
  if (call.closedByPortal) return ['closedByPortal', 'unsure']
  if (wasAnswered(call)) return ['finished', 'done']
  return ['ended', 'failed']
}

/** An app that has not answered lately is not tried at all for a moment: then nothing was too late. */
function latenessKeyOf(call: Call): SentenceKey {
  return call.delivery?.reason === 'breaker_open' ? 'resting' : 'expired'
}

function failureKeyOf(call: Call): SentenceKey {
  const reason = call.delivery?.reason ?? ''
  if (call.delivery?.refusal || reason === 'refused') return 'refused'
  if (reason === 'dns' || reason === 'connect' || reason === 'tls') return 'unreachable'
  if (reason === 'ssrf_blocked') return 'blocked'
  if (reason.startsWith('http_')) return 'appError'
  return 'notDelivered'
}

const outcomes: Readonly<Record<string, OutcomeKey>> = {
  '200': 'talked',
  '304': 'missed',
  '402': 'noMoney',
  '403': 'forbidden',
  '404': 'wrongNumber',
  '423': 'blocked',
  '480': 'unavailable',
  '484': 'wrongNumber',
  '486': 'busy',
  '503': 'unreachable',
  '603': 'declined',
  '603-S': 'canceled',
  OTHER: 'unknown',
}

/** How a call ended, from its STATUS_CODE and its direction; null while it is open. */
export function outcomeOf(call: Pick<Call, 'statusCode' | 'state' | 'direction'>): OutcomeKey | null {
  if (call.state !== 'finished') return null
  const key = outcomeOfCode(call.statusCode)
  return key === 'missed' && call.direction !== 'incoming' ? 'noAnswer' : key
}

/** A STATUS_CODE in words. */
export function outcomeOfCode(statusCode: string | null): OutcomeKey {
  return outcomes[(statusCode ?? '').replace(/^VI_STATUS_/, '')] ?? 'unknown'
}

/** True when the customer and the employee talked. */
export function wasAnswered(call: Pick<Call, 'statusCode' | 'state'>): boolean {
  return call.state === 'finished' && outcomeOfCode(call.statusCode) === 'talked'
}

/** The one thing a person most likely wants next. `onEntityPage`: the card of this call's customer is already open. */
export function nextActionOf(call: Call, onEntityPage: boolean): NextAction {
  const { mood } = sentenceOf(call, '')
  if (mood === 'failed' && call.direction !== 'incoming') return 'again'
  if (mood === 'unsure' && call.state !== 'talking') return 'again'
  if (call.state === 'finished' && (onEntityPage || !call.entity)) return call.entity ? 'close' : 'add'
  if (!call.entity) return 'add'
  return onEntityPage ? 'close' : 'open'
}

/** Whether the card shows a running clock. */
export function isUnderWay(call: Call): boolean {
  return call.state !== 'finished'
}

/** Whether the phone of the person at this screen rings now, as far as is known. */
export function ringsHere(call: Call): boolean {
  if (call.state === 'finished' || call.state === 'talking' || call.noReport) return false
  if (call.direction === 'incoming') return call.state !== 'ringing_client'
  return call.state === 'ringing_agent'
}
