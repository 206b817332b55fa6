import { expect, test } from 'vitest'
import { createNames } from './names.ts'

const names = createNames('hookswitch')

test.each(['externalCall.0123456789abcdef0123456789abcdef.1790000000', 'a-client', 'with_underscore', 'a/b:c d', '-agent-'])(
  'the id of a leg tells the CALL_ID %j and the leg',
  (callId) => {
    for (const part of ['agent', 'client', 'bridge'] as const) {
      const id = names.of(callId, part)
      expect(id).toMatch(/^[\w.-]{1,149}$/)
      expect(names.read(id)).toEqual({ callId, part })
    }
    expect(names.recording(callId)).toMatch(/^[\w.-]+$/)
  },
)

test('a CALL_ID too long for an id is one of its own all the same, and known as ours', () => {
  const [first, second] = ['x'.repeat(255), `${'x'.repeat(254)}y`].map((callId) => names.of(callId, 'agent')) as [string, string]
  expect(first).not.toBe(second)
  expect(first.length).toBeLessThan(149)
  expect(names.read(first)).toEqual({ callId: undefined, part: 'agent' })
})

test('ids of others are not ours', () => {
  for (const id of ['1790000000.12', 'hookswitch2-c1-agent', 'hookswitch-c1-sales', 'hookswitch-agent', 'PJSIP/101-00000001']) {
    expect(names.read(id)).toBeUndefined()
  }
  expect(names.read(createNames('second').of('c1', 'agent'))).toBeUndefined()
})
