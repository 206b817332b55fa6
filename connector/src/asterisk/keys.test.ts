import { expect, test } from 'vitest'
import { readKeys } from './keys.ts'
import { createNames } from './names.ts'
import { createRooms } from './rooms.ts'

/** Keys in order, each a tenth of a second after the other unless `pauses` says more; answers what the last of them means. */
function key(
  keys: string,
  { code = '*2', pauses = {} }: { code?: string; pauses?: Readonly<Record<number, number>> } = {},
): string | undefined {
  const rooms = createRooms(createNames('hookswitch'))
  const leg = rooms.agent(rooms.of('c1'), '101')
  let at = 1_000
  let meant: string | undefined
  for (const [i, digit] of keys.split('').entries()) {
    at += pauses[i] ?? 100
    meant = readKeys(leg, { digit, at }, code)
  }
  return meant
}

test.each([
  ['*2102#', '102'],
  ['55*2102#', '102'],
  ['*21#*2102#', '102'],
  ['*2*2102#', '102'],
  ['*2102', undefined],
  ['*2#', undefined],
  ['102#', undefined],
  ['*21*02#', undefined],
  [`*2${'9'.repeat(21)}#`, undefined],
])('%s hands over to %s', (keys, to) => {
  expect(key(keys)).toBe(to)
})

test('keys that come seconds apart are no code, and without a code nothing is one', () => {
  expect(key('*2102#', { pauses: { 3: 6_000 } })).toBeUndefined()
  expect(key('*2102#', { code: '' })).toBeUndefined()
})
