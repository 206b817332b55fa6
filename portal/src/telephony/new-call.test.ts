import { expect, test } from 'vitest'
import { newCallId } from './new-call.ts'

const now = Date.UTC(2026, 11, 1)

test('a CALL_ID has the form of the contract (4.1)', () => {
  expect(newCallId(now)).toMatch(/^externalCall\.[0-9a-f]{32}\.1796083200$/)
})

test('calls of one millisecond have ids of their own', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newCallId(now))).size).toBe(1000)
})

test('later calls stand behind earlier ones in an index of ids (decision 0019)', () => {
  const ids = [0, 1, 2, 1000, 86_400_000, 40 * 365 * 86_400_000].map((ms) => newCallId(now + ms))
  expect(ids.toSorted()).toEqual(ids)
})
