import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { event, type EventDeclaration } from './event.ts'
import { comparableEvents, diffLines, diffProfiles, sampleBody } from './profile-diff.ts'

const rung = event<{ id: number }>({
  name: 'ONRUNG',
  scope: null,
  about: '',
  deliveryClass: 'notice',
  sample: { id: 7 },
  data: ({ id }) => ({ ID: id, NEW: 'x' }),
  profiles: { '2018': ({ NEW: _, ...data }) => data },
}) as EventDeclaration<never>
const silent = { ...rung, name: 'ONSILENT', sample: undefined } as unknown as EventDeclaration<never>
const events = comparableEvents(new Map([rung, silent].map((one) => [one.name, one])))

describe('the difference of two lists', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 })

  test('has the first list in what is no +, the second in what is no -', () => {
    fc.assert(
      fc.property(lines, lines, (first, second) => {
        const diff = diffLines(first, second)
        expect(diff.filter(({ sign }) => sign !== '+').map(({ text }) => text)).toEqual(first)
        expect(diff.filter(({ sign }) => sign !== '-').map(({ text }) => text)).toEqual(second)
      }),
    )
  })

  test('of a list and itself marks nothing', () => {
    fc.assert(fc.property(lines, (list) => diffLines(list, list).every(({ sign }) => sign === ' ')))
  })

  test('marks no more than it must', () => {
    expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([
      { sign: ' ', text: 'a' },
      { sign: '-', text: 'b' },
      { sign: '+', text: 'x' },
      { sign: ' ', text: 'c' },
    ])
  })
})

describe('two profiles', () => {
  test('are compared for events with a sample', () => {
    expect([...events.keys()]).toEqual(['ONRUNG'])
  })

  test('differ in data and envelope alike', () => {
    const changed = diffProfiles(events.get('ONRUNG')!, 'current', '2018').filter(({ sign }) => sign !== ' ')
    expect(changed).toEqual([
      { sign: '-', text: 'event_handler_id=12' },
      { sign: '-', text: 'data[NEW]=x' },
    ])
  })

  test('are whole bodies, decoded', () => {
    expect(sampleBody(events.get('ONRUNG')!, 'webhook')).toEqual([
      'event=ONRUNG',
      'event_handler_id=12',
      'data[ID]=7',
      'data[NEW]=x',
      'ts=1700000000',
      'auth[domain]=crm.example.org',
      'auth[server_endpoint]=https://crm.example.org/rest/',
      'auth[client_endpoint]=https://crm.example.org/rest/',
      `auth[member_id]=${'b'.repeat(32)}`,
      `auth[application_token]=${'c'.repeat(32)}`,
    ])
  })
})
