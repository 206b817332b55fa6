import { expect, test, vi } from 'vitest'
import { noAnswer } from '../applications/place.ts'
import { createCardDesk, type DrivenCard } from './card-desk.ts'

const card = (callId: string, startedAt: number, appId = 7): DrivenCard => ({
  callId,
  appId,
  startedAt,
  isIncoming: true,
  close: () => undefined,
})
function open() {
  let time = 1_000
  const desk = createCardDesk({ now: () => time, statusOf: async (callId) => ({ CALL_ID: callId }) })
  const place = desk.placeOf(7)
  const said: unknown[][] = []
  const say = (...args: unknown[]): void => void said.push(args)
  return {
    desk,
    place,
    said,
    say,
    turn: (ms: number) => (time += ms),
    run: (name: string, params: unknown = {}) => place.commands[name]!(params),
  }
}
const undefinedCard = [{ result: 'error', errorCode: 'Call card is undefined' }]

test('a card counts as driven while a page of its app runs, and no other', () => {
  const { desk, place, say } = open()
  desk.show(card('a', 1))
  desk.show(card('other', 1, 8))
  expect(desk.controlOf('a')).toBeNull()
  const leave = place.attach(say)
  expect(desk.controlOf('a')).toMatchObject({ uiState: 'incoming', timer: null })
  expect(desk.controlOf('other')).toBeNull()
  leave()
  expect(desk.controlOf('a')).toBeNull()
})

test('initialized is said once for each card: when the card opens, or when a page binds later', async () => {
  const { desk, place, said, say } = open()
  desk.show(card('a', 1))
  place.attach(say)
  await Promise.resolve()
  expect(said).toEqual([])
  place.onBound!('BackgroundCallCard::initialized', say)
  place.onBound!('BackgroundCallCard::initialized', say)
  desk.show(card('b', 2))
  await vi.waitFor(() => expect(said).toHaveLength(2))
  expect(said).toEqual([
    ['BackgroundCallCard::initialized', { CALL_ID: 'a' }],
    ['BackgroundCallCard::initialized', { CALL_ID: 'b' }],
  ])
})

test('commands go to the newest card of the app, and to none when there is none', () => {
  const { desk, place, say, run } = open()
  place.attach(say)
  expect(run('CallCardSetMute', { muted: true })).toEqual(undefinedCard)
  desk.show(card('old', 1))
  const leave = desk.show(card('new', 2))
  desk.show(card('foreign', 3, 8))
  expect(run('CallCardSetMute', { muted: true })).toEqual([])
  expect([desk.controlOf('old')?.isMuted, desk.controlOf('new')?.isMuted]).toEqual([false, true])
  leave()
  run('CallCardSetHold', { held: 'true' })
  expect(desk.controlOf('old')?.isHeld).toBe(true)
})

test('the timer starts with connected unless told otherwise, stands in other states and goes on where it stood', () => {
  const { desk, place, say, run, turn } = open()
  place.attach(say)
  desk.show(card('a', 1))
  run('CallCardSetUiState', { uiState: 'connected', disableAutoStartTimer: true })
  expect(desk.controlOf('a')?.timer).toBeNull()
  expect(run('CallCardStartTimer')).toBe(noAnswer)
  expect(desk.controlOf('a')?.timer).toEqual({ startedAt: 1_000, stoppedAt: null })
  turn(5_000)
  run('CallCardSetUiState', { uiState: 'transferring' })
  expect(desk.controlOf('a')?.timer).toEqual({ startedAt: 1_000, stoppedAt: 6_000 })
  turn(4_000)
  run('CallCardSetUiState', { uiState: 'connected' })
  expect(desk.controlOf('a')?.timer).toEqual({ startedAt: 5_000, stoppedAt: null })
  run('CallCardSetUiState', { uiState: 'connected' })
  expect(desk.controlOf('a')?.timer).toEqual({ startedAt: 5_000, stoppedAt: null })
  expect(run('CallCardStopTimer')).toBe(noAnswer)
  expect(desk.controlOf('a')?.timer).toEqual({ startedAt: 5_000, stoppedAt: 10_000 })
})

test('a state that does not exist changes nothing', () => {
  const { desk, place, say, run } = open()
  place.attach(say)
  desk.show(card('a', 1))
  for (const uiState of ['asleep', '', null, 1, 'toString'])
    expect(run('CallCardSetUiState', { uiState })).toEqual([{ result: 'error', errorCode: 'Invalid ui state' }])
  expect(run('CallCardSetUiState', null)).toEqual([{ result: 'error', errorCode: 'Invalid ui state' }])
  expect(desk.controlOf('a')?.uiState).toBe('incoming')
})
