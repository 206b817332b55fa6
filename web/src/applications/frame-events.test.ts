import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFrameEvents } from './frame-events.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const open = () => {
  const posted: string[] = []
  return {
    posted,
    events: createFrameEvents({ names: ['CallCard::BeforeClose', 'CallCard::CallStateChanged'], post: (one) => posted.push(one) }),
  }
}

test('an event of the first second waits until the SDK no longer takes it for the answer to the binding', () => {
  const { posted, events } = open()
  expect(events.bind('CallCard::CallStateChanged', 'k1')).toBe(true)
  events.say('CallCard::CallStateChanged', 'connecting')
  vi.advanceTimersByTime(900)
  events.say('CallCard::CallStateChanged', 'connected')
  expect(posted).toEqual([])
  vi.advanceTimersByTime(100)
  expect(posted).toEqual(['k1:"connecting"', 'k1:"connected"'])
})

test('one value goes as it is, several as a list, none as an empty list, to everybody who bound', () => {
  const { posted, events } = open()
  events.bind('CallCard::CallStateChanged', 'k1')
  events.bind('CallCard::CallStateChanged', 'k2')
  events.bind('CallCard::BeforeClose', 'k3')
  vi.advanceTimersByTime(1_000)
  events.say('CallCard::CallStateChanged', 'idle', { failedCode: '486' })
  events.say('CallCard::BeforeClose')
  expect(posted).toEqual(['k1:["idle",{"failedCode":"486"}]', 'k2:["idle",{"failedCode":"486"}]', 'k3:[]'])
})

test('an event that the place does not have is not bound, and after the end nothing is said', () => {
  const { posted, events } = open()
  expect(events.bind('BackgroundCallCard::initialized', 'k1')).toBe(false)
  expect(events.bind('CallCard::BeforeClose', '')).toBe(false)
  events.bind('CallCard::BeforeClose', 'k2')
  events.say('CallCard::BeforeClose')
  events.close()
  vi.advanceTimersByTime(2_000)
  events.say('CallCard::BeforeClose')
  expect(posted).toEqual([])
})
