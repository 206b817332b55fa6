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

test('a CALL_ID too long for an id is refused, before anything is dialled', () => {
  expect(() => names.of('x'.repeat(116), 'agent')).toThrow('too long for a PBX')
  expect(createNames('a'.repeat(20)).of('x'.repeat(115), 'bridge').length).toBeLessThanOrEqual(149)
})

test('ids of others are not ours', () => {
  for (const id of ['1790000000.12', 'hookswitch2-c1-agent', 'hookswitch-c1-sales', 'hookswitch-agent', 'PJSIP/101-00000001']) {
    expect(names.read(id)).toBeUndefined()
  }
  expect(names.read(createNames('second').of('c1', 'agent'))).toBeUndefined()
})
