import { expect, test } from 'vitest'
import type { Call } from '../api/types.ts'
import { nextActionOf, outcomeOf, ringsHere, sentenceOf } from './call-sentence.ts'

const delivery = { id: 1, state: 'delivered', reason: null, handlerTitle: 'Demo phone', refusal: null } as const

function aCall(change: Partial<Call> = {}): Call {
  return {
    callId: 'c1',
    traceId: 1,
    direction: 'outgoing',
    number: '+1 212 555 0123',
    display: '+1 212-555-0123',
    international: '+12125550123',
    entity: { kind: 'contact', id: 4, title: 'Ann Lee' },
    responsible: null,
    vote: null,
    cost: 0,
    costCurrency: '',
    hasTranscript: false,
    recordProblem: null,
    userId: 1,
    userName: 'Sam',
    state: 'registered',
    noReport: false,
    closedByPortal: false,
    delivery,
    target: 'Demo phone',
    line: null,
    callListId: null,
    raisedByAppId: null,
    startedAt: 0,
    answeredAt: null,
    endedAt: null,
    durationSeconds: 0,
    statusCode: null,
    failedReason: '',
    recording: null,
    viewers: [],
    canTransfer: false,
    ...change,
  }
}

const keyOf = (change: Partial<Call>) => sentenceOf(aCall(change), '0:42').key

test('before an app took the call, the card names the app it waits for', () => {
  const sentence = sentenceOf(aCall({ delivery: { ...delivery, state: 'sending' } }), '')
  expect(sentence).toMatchObject({ key: 'waitingForApp', mood: 'waits', values: { app: 'Demo phone' } })
  expect(keyOf({ delivery: { ...delivery, state: 'retrying' } })).toBe('retrying')
})

test('the progress that a connector reports wins over the state of the delivery', () => {
  expect(keyOf({ state: 'ringing_agent', delivery: { ...delivery, state: 'unconfirmed' } })).toBe('ringingAgent')
  expect(keyOf({ state: 'ringing_client' })).toBe('ringingClient')
  expect(keyOf({ state: 'talking' })).toBe('talking')
})

test('an unconfirmed call says that the phone may still ring and offers to call again', () => {
  const call = aCall({ delivery: { ...delivery, state: 'unconfirmed', reason: 'timeout' } })
  expect(sentenceOf(call, '')).toMatchObject({ key: 'unconfirmed', mood: 'unsure' })
  expect(nextActionOf(call, true)).toBe('again')
})

test('a call the portal closed because its delivery failed tells the reason, not the status code', () => {
  const closed = { state: 'finished', closedByPortal: true, statusCode: 'OTHER' } as const
  expect(keyOf({ ...closed, delivery: { ...delivery, state: 'failed', reason: 'connect' } })).toBe('unreachable')
  expect(keyOf({ ...closed, delivery: { ...delivery, state: 'failed', reason: 'http_4xx' } })).toBe('appError')
  expect(keyOf({ ...closed, delivery: { ...delivery, state: 'failed', reason: 'ssrf_blocked' } })).toBe('blocked')
  expect(keyOf({ ...closed, delivery: { ...delivery, state: 'failed', reason: 'refused', refusal: 'Ann is on another call' } })).toBe(
    'refused',
  )
  expect(keyOf({ ...closed, delivery: { ...delivery, state: 'expired', reason: 'deadline' } })).toBe('expired')
})

test('an end that says too little by itself is shown with the app’s reason; one that everybody knows is not', () => {
  const said = (change: Partial<Call>) => sentenceOf(aCall({ state: 'finished', ...change }), '').refusal
  const failedReason = 'The customer could not be reached (the trunk is not there)'
  expect(said({ statusCode: '503', failedReason })).toBe(failedReason)
  expect(said({ statusCode: '200', failedReason: 'Not recorded: the disk is full' })).toBe('Not recorded: the disk is full')
  expect(said({ statusCode: '200' })).toBeNull()
  expect(said({ statusCode: '486', failedReason: 'The customer is busy (cause 17)' })).toBeNull()
  expect(said({ statusCode: 'OTHER', failedReason: 'deadline', closedByPortal: true })).toBeNull()
})

test('a late report of the app corrects what the portal closed', () => {
  expect(keyOf({ state: 'finished', closedByPortal: false, statusCode: '200', delivery: { ...delivery, state: 'unconfirmed' } })).toBe(
    'finished',
  )
})

test('304 is a missed call when it came in, and no answer when we called', () => {
  expect(outcomeOf(aCall({ state: 'finished', statusCode: '304', direction: 'incoming' }))).toBe('missed')
  expect(outcomeOf(aCall({ state: 'finished', statusCode: '304' }))).toBe('noAnswer')
  expect(outcomeOf(aCall({ state: 'finished', statusCode: '999' }))).toBe('unknown')
  expect(outcomeOf(aCall({ state: 'talking' }))).toBeNull()
})

test('the next action opens the customer, or adds one when the number is nobody’s', () => {
  expect(nextActionOf(aCall({ state: 'talking' }), false)).toBe('open')
  expect(nextActionOf(aCall({ state: 'talking' }), true)).toBe('close')
  expect(nextActionOf(aCall({ state: 'talking', entity: null }), false)).toBe('add')
  expect(nextActionOf(aCall({ state: 'finished', statusCode: '486' }), true)).toBe('again')
})

test('the tab rings only while the person’s own phone rings', () => {
  expect(ringsHere(aCall({ state: 'ringing_agent' }))).toBe(true)
  expect(ringsHere(aCall({ state: 'ringing_client' }))).toBe(false)
  expect(ringsHere(aCall({ state: 'registered', direction: 'incoming', delivery: null }))).toBe(true)
  expect(ringsHere(aCall({ state: 'ringing_agent', noReport: true }))).toBe(false)
})
