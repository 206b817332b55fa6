import { expect, test } from 'vitest'
import type { TraceStep } from '../api/types.ts'
import { stepWordsOf, verdictWordsOf } from './trace-words.ts'

const step = (kind: string, detail: Record<string, unknown>, text = ''): TraceStep => ({ at: 0, kind, text, detail })
const traceOf = (...steps: TraceStep[]) => ({ id: 1, callId: 'c', verdict: '', steps })

test('a delivery step names its event, state and reason', () => {
  expect(stepWordsOf(step('delivery_unconfirmed', { reason: 'timeout' }, 'ONEXTERNALCALLSTART unconfirmed: …'))).toEqual({
    key: 'deliveryReason',
    values: { event: 'ONEXTERNALCALLSTART' },
    state: 'unconfirmed',
    reason: 'timeout',
  })
})

test('an attempt without a status was not answered', () => {
  expect(stepWordsOf(step('attempt', { attempt: 2, status: null, durationMs: 10_000 }))?.key).toBe('attemptSilent')
  expect(stepWordsOf(step('attempt', { attempt: 1, status: 200, durationMs: 12 }))?.key).toBe('attempt')
})

test('a kind that is not known here keeps the words of the portal', () => {
  expect(stepWordsOf(step('comet', {}))).toBeNull()
})

test('the verdict of a visitor’s request says whether the app took it, until there is a call', () => {
  const asked = (...steps: TraceStep[]) =>
    verdictWordsOf({ ...traceOf(step('asked', { number: '+12125550101', form: 'F' }), ...steps), callId: null })
  expect(asked()).toMatchObject({ key: 'askedWaits' })
  expect(asked(step('delivery_delivered', { reason: null }))).toMatchObject({ key: 'askedTaken' })
  expect(asked(step('delivery_unconfirmed', { reason: 'timeout' }))).toMatchObject({ key: 'askedUnsure', reason: 'timeout' })
  expect(asked(step('delivery_failed', { reason: 'refused', refusal: 'Nobody is here.' }))).toMatchObject({
    key: 'askedNotTaken',
    reason: 'Nobody is here',
  })
})

test('the verdict says why a phone did not ring, or that they talked', () => {
  expect(verdictWordsOf(traceOf(step('skipped', { reason: 'no_target' })))).toMatchObject({ key: 'skipped', reason: 'no_target' })
  expect(verdictWordsOf(traceOf(step('finished', { closedBy: 'app', duration: 42, statusCode: '200' })))).toMatchObject({
    key: 'talked',
    seconds: 42,
  })
  expect(
    verdictWordsOf(traceOf(step('delivery_failed', { reason: 'connect' }), step('finished', { closedBy: 'portal', statusCode: 'OTHER' }))),
  ).toMatchObject({ key: 'notRung', reason: 'connect' })
  expect(verdictWordsOf(traceOf(step('talking', {})))).toBeNull()
})
