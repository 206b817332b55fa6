import { expect, test } from 'vitest'
import { createNames } from './names.ts'

const names = createNames('hookswitch')

test.each(['externalCall.0123456789abcdef0123456789abcdef.1790000000', 'a-client', 'with_underscore', 'a/b:c d', '-agent-'])(
  'the id of a leg tells the CALL_ID %j and the leg',
  (callId) => {
    for (const part of ['agent.101', 'client', 'bridge'] as const) {
      const id = names.of(callId, part)
      expect(id).toMatch(/^[\w.-]{1,149}$/)
      expect(names.read(id)).toEqual({ callId, part: part.replace('.101', ''), extension: part === 'agent.101' ? '101' : '', round: 1 })
    }
    expect(names.recording(callId)).toMatch(/^[\w.-]+$/)
  },
)

test('a phone that is rung again in the same call has another id', () => {
  expect(names.read(names.of('c1', 'agent.101.2'))).toEqual({ callId: 'c1', part: 'agent', extension: '101', round: 2 })
})

test('a CALL_ID too long for an id is refused, before anything is dialled', () => {
  expect(() => names.of('x'.repeat(101), 'client')).toThrow('too long for a PBX')
  expect(createNames('a'.repeat(20)).of('x'.repeat(100), `agent.${'9'.repeat(20)}`).length).toBeLessThanOrEqual(149)
})

test('ids of others are not ours', () => {
  for (const id of [
    '1790000000.12',
    'hookswitch2-c1-agent',
    'hookswitch-c1-sales',
    'hookswitch-agent.101',
    'hookswitch-c1-agent',
    'hookswitch-c1-client.101',
    'PJSIP/101-00000001',
  ]) {
    expect(names.read(id)).toBeUndefined()
  }
  expect(names.read(createNames('second').of('c1', 'agent.101'))).toBeUndefined()
})
