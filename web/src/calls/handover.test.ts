import { expect, test } from 'vitest'
import { handoverOf } from './handover.ts'

const anna = { id: 1, name: 'Anna' }
const boris = { id: 2, name: 'Boris' }
const talk = { state: 'talking', canTransfer: true, viewers: [anna, boris] } as const
const call = (
  changes: Partial<{ state: 'talking' | 'ringing_agent'; canTransfer: boolean; viewers: { id: number; name: string }[] }> = {},
) => ({
  ...talk,
  viewers: [...talk.viewers],
  ...changes,
})

test('whoever came to the card last is rung; the others see whose phone it is', () => {
  expect(handoverOf(call(), 1)).toEqual({ kind: 'away', name: 'Boris' })
  expect(handoverOf(call(), 2)).toEqual({ kind: 'toMe', name: 'Anna' })
})

test('a card that one alone sees, a call that rings, and an app that cannot hand over are no transfer', () => {
  expect(handoverOf(call({ viewers: [anna] }), 1)).toBeNull()
  expect(handoverOf(call({ viewers: [] }), 1)).toBeNull()
  expect(handoverOf(call({ state: 'ringing_agent' }), 1)).toBeNull()
  expect(handoverOf(call({ canTransfer: false }), 1)).toBeNull()
  expect(handoverOf(call(), 3)).toBeNull()
})
