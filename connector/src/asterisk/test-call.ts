import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import { codeOfCause } from '../outcome.ts'
import type { HangupCause, LegEvent, LegName, PbxCall } from '../pbx.ts'
import { connectAsterisk } from './driver.ts'
import type { Finding } from './findings.ts'
import type { AsteriskSettings } from './settings.ts'

/** A call that shows whether phones ring. */
export interface TestCallParts {
  readonly settings: AsteriskSettings
  readonly extension: string
  /** Called after the phone was answered; empty: nobody. */
  readonly number: string
  /** By which line; empty: the first. */
  readonly line: string
  readonly clock: Clock
  readonly log: Log
  /** Told while it goes on, e.g. that a phone rings now. */
  readonly onStep: (text: string) => void
}

const CONNECTED_WITHIN_MS = 5_000
const ANSWERED_WITHIN_MS = 30_000

/**
 * Rings an extension, and then a number, as a click would: by the same driver, under a name of its own, so that a connector at work is not
 * disturbed. Hangs up as soon as what was asked for is answered. Nothing is told to a portal.
 */
export async function callForTest(parts: TestCallParts): Promise<Finding[]> {
  const { settings, clock } = parts
  const application = `${settings.application.slice(0, 15)}check`
  const pbx = connectAsterisk({
    ...parts,
    settings: { ...settings, application, logDeskCalls: false, recording: 'off' },
    ring: { agentMs: ANSWERED_WITHIN_MS, clientMs: ANSWERED_WITHIN_MS },
    recordingsDir: '',
  })
  const call: PbxCall = {
    callId: `check.${randomBytes(6).toString('hex')}`,
    extension: parts.extension,
    number: parts.number || parts.extension,
    line: parts.line,
    extensionDigits: '',
    agentName: '',
    clientName: 'Hookswitch test call',
  }
  const legs = listen(pbx.events, { clock, onStep: parts.onStep })
  try {
    if (!(await legs.isUp()))
      return [{ check: 'call', state: 'wrong', code: 'failed', text: 'The test call could not be made: no events came from Asterisk.' }]
    const agent = await ring('agent', async () => pbx.placeAgentLeg(call), legs)
    const findings = [describeAgent(parts.extension, agent)]
    if (agent.kind === 'answered' && parts.number !== '')
      findings.push(describeClient(parts.number, await ring('client', async () => pbx.placeClientLeg(call), legs)))
    return findings
  } finally {
    for (const leg of ['agent', 'client'] as const) await pbx.hangup({ callId: call.callId, leg }).catch(() => {})
    await legs.areGone()
    await pbx.close()
  }
}

type Result =
  | { readonly kind: 'answered' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'ended'; readonly cause: HangupCause }
  | { readonly kind: 'refused'; readonly text: string }

interface Legs {
  isUp(): Promise<boolean>
  settled(leg: LegName): Promise<Result>
  areGone(): Promise<void>
}

/** Follows the two legs; each promise settles once, or by itself when its time is over. */
function listen(
  events: (listener: (event: { readonly type: string }) => void) => unknown,
  parts: Pick<TestCallParts, 'clock' | 'onStep'>,
): Legs {
  const up = Promise.withResolvers<boolean>()
  const legs = { agent: Promise.withResolvers<Result>(), client: Promise.withResolvers<Result>() }
  const standing = new Set<LegName>()
  const gone = Promise.withResolvers<void>()
  events((event) => {
    if (event.type === 'up') up.resolve(true)
    if (event.type !== 'leg') return
    const { leg, state, cause } = event as LegEvent
    if (state === 'ringing') parts.onStep(leg === 'agent' ? 'Your phone rings: answer it.' : 'The other phone rings.')
    if (state === 'answered') legs[leg].resolve({ kind: 'answered' })
    if (state === 'ended') legs[leg].resolve({ kind: 'ended', cause: cause ?? { q850: 16 } })
    if (state === 'ended') standing.delete(leg)
    else standing.add(leg)
    if (standing.size === 0) gone.resolve()
  })
  const within = async <T>(work: Promise<T>, ms: number, late: T): Promise<T> => {
    const timer = Promise.withResolvers<T>()
    const cancel = parts.clock.after(ms, () => timer.resolve(late))
    return Promise.race([work, timer.promise]).finally(cancel)
  }
  return {
    isUp: () => within(up.promise, CONNECTED_WITHIN_MS, false),
    settled: (leg) => within<Result>(legs[leg].promise, ANSWERED_WITHIN_MS, { kind: 'silent' }),
    areGone: () => (standing.size === 0 ? Promise.resolve() : within(gone.promise, CONNECTED_WITHIN_MS, undefined)),
  }
}

async function ring(leg: LegName, place: () => Promise<void>, legs: Legs): Promise<Result> {
  try {
    await place()
  } catch (error) {
    return { kind: 'refused', text: wordsOf(error) }
  }
  return legs.settled(leg)
}

function describeAgent(extension: string, result: Result): Finding {
  const found = { check: 'call', about: extension } as const
  if (result.kind === 'answered') return { ...found, state: 'fine', code: 'fine', text: `The phone of ${extension} rang and was answered.` }
  const remedy = 'See what is said of this phone above; asterisk -rvvv shows what Asterisk does.'
  if (result.kind === 'refused')
    return { ...found, state: 'wrong', code: 'not_rung', text: `The phone of ${extension} was not rung: ${result.text}.`, remedy }
  if (result.kind === 'silent')
    return {
      ...found,
      state: 'warning',
      code: 'not_answered',
      text: `Nobody answered at ${extension} within ${ANSWERED_WITHIN_MS / 1000} s.`,
    }
  return {
    ...found,
    state: 'warning',
    code: 'not_answered',
    text: `The phone of ${extension} did not take the call: ${REASONS[codeOfCause(result.cause, true)] ?? 'it failed'} (${namesOf(result.cause)}).`,
    remedy,
  }
}

function describeClient(number: string, result: Result): Finding {
  const found = { check: 'call', about: number } as const
  if (result.kind === 'answered') return { ...found, state: 'fine', code: 'fine', text: `${number} was called by the trunk and answered.` }
  const remedy =
    'The provider’s account and number format; a template with {digits} dials without the plus. asterisk -rvvv shows what the provider says.'
  if (result.kind === 'refused')
    return { ...found, state: 'wrong', code: 'not_rung', text: `${number} was not dialled: ${result.text}.`, remedy }
  if (result.kind === 'silent')
    return { ...found, state: 'warning', code: 'not_answered', text: `${number} was dialled, and nobody answered.` }
  return {
    ...found,
    state: 'warning',
    code: 'not_answered',
    text: `${number} was dialled: ${REASONS[codeOfCause(result.cause, false)] ?? 'it failed'} (${namesOf(result.cause)}).`,
    remedy,
  }
}

const REASONS: Readonly<Record<string, string>> = {
  '304': 'nobody answered',
  '402': 'the provider wants money',
  '403': 'it is not allowed',
  '404': 'there is no such number',
  '480': 'it is not reachable',
  '484': 'the number is not complete',
  '486': 'it is busy',
  '503': 'the line does not work',
  '603': 'it was declined',
}

function namesOf({ q850, sip }: HangupCause): string {
  return sip === undefined ? `cause ${q850}` : `SIP ${sip}`
}
