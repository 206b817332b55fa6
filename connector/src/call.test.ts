import { expect, test } from 'vitest'
import { advance, talkSeconds, type Call, type CallInput, type Effect } from './call.ts'
import { codeOfCause } from './outcome.ts'

const fresh: Call = {
  callId: 'externalCall.1',
  direction: 'out',
  state: 'new',
  userId: '5',
  extension: '101',
  number: '+15550100',
  line: '',
  extensionDigits: '',
  agentName: 'Ann Agent',
  clientName: '',
  receivedAt: 1000,
}
const leg = (name: 'agent' | 'client', state: 'ringing' | 'answered' | 'ended', at: number, q850?: number): CallInput => ({
  type: 'leg',
  leg: name,
  state,
  at,
  ...(q850 === undefined ? {} : { cause: { q850 } }),
})
const begin: CallInput = { type: 'begin', at: 1000 }
const dial: CallInput = { type: 'dial_client', at: 2500 }

function play(call: Call, ...inputs: CallInput[]): { call: Call; effects: Effect[] } {
  const effects: Effect[] = []
  let now = call
  for (const input of inputs) {
    const step = advance(now, input)
    now = step.call
    effects.push(...step.effects)
  }
  return { call: now, effects }
}
const names = (effects: readonly Effect[]) =>
  effects.map((effect) =>
    'leg' in effect ? `${effect.type} ${effect.leg}` : effect.type === 'progress' ? `progress ${effect.state}` : effect.type,
  )

const toTalk = [
  begin,
  leg('agent', 'ringing', 1100),
  leg('agent', 'answered', 2500),
  dial,
  leg('client', 'ringing', 2600),
  leg('client', 'answered', 4000),
]

test('a talk: agent first, customer second, and what follows from each step', () => {
  const { call, effects } = play(fresh, ...toTalk, { type: 'recording', isRecorded: true }, leg('client', 'ended', 9400, 16))
  expect(names(effects)).toEqual([
    'place_agent',
    'limit',
    'progress ringing_agent',
    'dial_client',
    'place_client',
    'limit',
    'progress ringing_client',
    'record',
    'limit',
    'progress talking',
    'hangup agent',
    'report',
  ])
  expect(call).toMatchObject({ state: 'ended', statusCode: '200', endedBy: 'client', talkingAt: 4000, endedAt: 9400, isRecorded: true })
  expect(talkSeconds(call)).toBe(5)
})

test('late, doubled and overtaking events move nothing backwards and place nothing twice', () => {
  const talking = play(fresh, ...toTalk).call
  for (const late of [
    begin,
    dial,
    leg('agent', 'ringing', 5000),
    leg('agent', 'answered', 5000),
    leg('client', 'ringing', 5000),
    leg('client', 'answered', 5000),
  ]) {
    expect(advance(talking, late)).toEqual({ call: talking, effects: [] })
  }
  const answeredAtOnce = play(fresh, begin, leg('agent', 'answered', 1500), leg('agent', 'ringing', 1600))
  expect(names(answeredAtOnce.effects)).toEqual(['place_agent', 'limit', 'dial_client'])
})

test('an answer that comes after the end is hung up', () => {
  const over = play(fresh, begin, { type: 'end', at: 26_000, ending: { kind: 'ring_timeout', leg: 'agent' } }).call
  const { call, effects } = advance(over, leg('agent', 'answered', 26_001))
  expect([call, names(effects)]).toEqual([over, ['hangup agent']])
})

test('the customer is never dialled when the agent did not answer', () => {
  const { call, effects } = play(fresh, begin, leg('agent', 'ended', 3000, 21), dial)
  expect(names(effects)).not.toContain('place_client')
  expect(call.statusCode).toBe('603')
})

test.each([
  ['agent busy', [begin, leg('agent', 'ended', 2, 17)], '486', 'agent'],
  ['agent declines', [begin, leg('agent', 'ended', 2, 21)], '603', 'agent'],
  ['agent lets it ring', [begin, { type: 'end', at: 2, ending: { kind: 'ring_timeout', leg: 'agent' } }], '304', 'connector'],
  ['taken back', [begin, { type: 'end', at: 2, ending: { kind: 'canceled' } }], '603-S', 'connector'],
  ['agent leaves while the customer rings', [begin, leg('agent', 'answered', 2), dial, leg('agent', 'ended', 3, 16)], '603-S', 'agent'],
  ['customer busy', [begin, leg('agent', 'answered', 2), dial, leg('client', 'ended', 3, 17)], '486', 'client'],
  [
    'customer lets it ring',
    [begin, leg('agent', 'answered', 2), dial, { type: 'end', at: 3, ending: { kind: 'ring_timeout', leg: 'client' } }],
    '304',
    'connector',
  ],
  ['no such number', [begin, leg('agent', 'answered', 2), dial, leg('client', 'ended', 3, 1)], '404', 'client'],
  ['nobody knows', [begin, { type: 'end', at: 2, ending: { kind: 'lost', text: 'restarted' } }], 'OTHER', 'connector'],
] satisfies [string, CallInput[], string, string][])('%s', (_, inputs, statusCode, endedBy) => {
  expect(play(fresh, ...inputs).call).toMatchObject({ state: 'ended', statusCode, endedBy })
})

test('an incoming call talks when the agent answers, and is missed when the caller gives up', () => {
  const seats = [{ userId: '5', name: 'Ann Agent', extension: '101', state: 'ringing' as const }]
  const incoming: Call = { ...fresh, direction: 'in', seats }
  const talk = play(incoming, begin, leg('client', 'answered', 1001), leg('agent', 'ringing', 1100), leg('agent', 'answered', 2000))
  expect(talk.call).toMatchObject({ state: 'talking', talkingAt: 2000 })
  expect(names(talk.effects)).toEqual([
    'show',
    'place_agent',
    'limit',
    'progress ringing_agent',
    'connect',
    'hide',
    'limit',
    'progress talking',
  ])
  expect(play(incoming, begin, leg('client', 'ended', 1500, 16)).call).toMatchObject({ statusCode: '304', endedBy: 'client' })
})

const seat = (extension: string, state: 'ringing' | 'waiting') => ({ userId: `u${extension}`, name: extension, extension, state })
const group: Call = {
  ...fresh,
  direction: 'in',
  userId: 'u101',
  seats: [seat('101', 'ringing'), seat('102', 'waiting'), seat('103', 'waiting')],
}
const at = (extension: string, state: 'ringing' | 'answered' | 'ended', time: number, q850 = 16): CallInput => ({
  type: 'leg',
  leg: 'agent',
  extension,
  state,
  at: time,
  ...(state === 'ended' ? { cause: { q850 } } : {}),
})

test('the responsible person rings alone, then the others too; who answers first talks, the others are let go', () => {
  expect(play(group, begin).effects).toEqual([
    { type: 'show', userIds: ['u101'] },
    { type: 'place_agent', extension: '101' },
    { type: 'limit', on: 'first' },
  ])
  const { call, effects } = play(
    group,
    begin,
    { type: 'widen' },
    { type: 'widen' },
    at('103', 'answered', 5000),
    at('101', 'answered', 5001),
  )
  expect(call).toMatchObject({ state: 'talking', userId: 'u103', extension: '103', talkingAt: 5000 })
  expect(effects.slice(3)).toEqual([
    { type: 'show', userIds: ['u102', 'u103'] },
    { type: 'place_agent', extension: '102' },
    { type: 'place_agent', extension: '103' },
    { type: 'limit', on: 'agent' },
    { type: 'connect' },
    { type: 'hangup', leg: 'agent', extension: '101' },
    { type: 'hangup', leg: 'agent', extension: '102' },
    { type: 'hide', userIds: ['u101', 'u102'] },
    { type: 'limit', on: 'talk' },
    { type: 'progress', state: 'talking', at: 5000 },
    { type: 'hangup', leg: 'agent', extension: '101' },
  ])
})

test('who declines makes the others ring at once; when all have, the call is missed', () => {
  const widened = play(group, begin, at('101', 'ended', 2000, 21))
  expect(names(widened.effects).slice(3)).toEqual(['show', 'place_agent', 'place_agent', 'limit'])
  const missed = play(widened.call, at('102', 'ended', 3000, 17), at('103', 'ended', 4000, 21))
  expect(missed.call).toMatchObject({ state: 'ended', statusCode: '304', endedBy: 'connector', endedAt: 4000 })
})

test('a talk is handed over when the other phone is answered, and stays where it is when it is not', () => {
  const talking = play(fresh, ...toTalk).call
  const to = { userId: 'u102', name: 'Bo', extension: '102' }
  const ringing = play(talking, { type: 'transfer', to }, { type: 'transfer', to: { ...to, extension: '103' } })
  expect(ringing.effects).toEqual([
    { type: 'show', userIds: ['u102'] },
    { type: 'place_agent', extension: '102' },
  ])
  expect(play(ringing.call, at('102', 'ended', 9000, 21)).call).toMatchObject({ state: 'talking', userId: '5', extension: '101' })
  const taken = play(ringing.call, at('102', 'answered', 9000))
  expect(taken.call).toMatchObject({ state: 'talking', userId: 'u102', extension: '102', agentName: 'Bo', talkingAt: talking.talkingAt })
  expect(taken.effects).toEqual([{ type: 'connect' }, { type: 'hangup', leg: 'agent', extension: '101' }, { type: 'hide', userIds: ['5'] }])
  expect(play(taken.call, at('101', 'ended', 9100)).call.state).toBe('talking')
  expect(play(taken.call, at('102', 'ended', 9500)).call).toMatchObject({ state: 'ended', statusCode: '200' })
})

test('an agent who hands over and hangs up leaves the customer ringing at the other phone, not alone', () => {
  const to = { userId: 'u102', name: 'Bo', extension: '102' }
  const left = play(play(fresh, ...toTalk).call, { type: 'transfer', to }, at('101', 'ended', 9000))
  expect(left.call.state).toBe('talking')
  expect(play(left.call, at('102', 'answered', 9500)).call).toMatchObject({ state: 'talking', extension: '102' })
  expect(play(left.call, at('102', 'ended', 9500, 21)).call).toMatchObject({ state: 'ended', statusCode: '200' })
})

test('a SIP status goes before the Q.850 cause, and unknown ones are OTHER', () => {
  expect(
    [
      { q850: 16, sip: 600 },
      { q850: 17, sip: 407 },
      { q850: 0, sip: 410 },
      { q850: 0, sip: 487 },
      { q850: 0, sip: 502 },
      { q850: 17, sip: 418 },
    ].map((cause) => codeOfCause(cause, true)),
  ).toEqual(['486', '403', '404', '304', '503', 'OTHER'])
  expect([16, 17, 18, 19, 20, 21, 22, 28, 34, 57, 127].map((q850) => codeOfCause({ q850 }, true))).toEqual([
    '304',
    '486',
    '304',
    '304',
    '480',
    '603',
    '404',
    '484',
    '503',
    '403',
    'OTHER',
  ])
  // Nobody was there to not answer.
  expect([0, 16, 17, 18, 19].map((q850) => codeOfCause({ q850 }, false))).toEqual(['480', 'OTHER', '486', '480', '480'])
})
