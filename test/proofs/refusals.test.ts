import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readDeclared } from '../../scripts/describe-portal.ts'
import type { ErrorKey } from '../../portal/src/errors.ts'
import { eventCatalogue } from '../../portal/src/portal.ts'
import type { Method } from '../../portal/src/rest/method.ts'
import { readProofs } from '../support/proofs.ts'

/** Reads what the tests of the rest lane were seen to do. It proves nothing by itself: run `npm test -- --lane rest,proofs`. */
const advice = 'The notes come from the last run of each test file: run the whole rest lane first (npm test -- --lane rest,proofs).'

const { methods } = await readDeclared()
const proofs = readProofs()
/** What hits a refusal by chance is no proof of it. */
const aimed = proofs.filter(({ file }) => !file.endsWith('crash-proof.test.ts'))
const inContract = aimed.filter(({ file }) => file.startsWith('test/rest/contract/'))

/** Refusals that the router makes for any method, before its `run`; each is provoked in test/rest/contract/framework.test.ts. */
const ofFramework: ReadonlySet<ErrorKey> = new Set<ErrorKey>([
  'method_not_found',
  'insufficient_scope',
  'wrong_auth_type',
  'batch_method',
  'argument_wrong',
  'too_many_values',
  'operation_time_limit',
  'storage_full',
  'storage_down',
])

/** It stands in the slot of a command, which is then not looked at: no method is noted. framework.test.ts provokes it. */
const unseen: ReadonlySet<ErrorKey> = new Set<ErrorKey>(['batch_length'])

/** The refusals of a row that no parameter of it, and no context, already makes plain. */
function mayRefuse(row: Method, key: string): boolean {
  return ofFramework.has(key as ErrorKey) || row.contextError === key || (row.errors as readonly string[]).includes(key)
}

test('the rest lane left notes', () => {
  expect(proofs.length, advice).toBeGreaterThan(1000)
  expect(proofs.every(({ file }) => existsSync(join(import.meta.dirname, '../..', file)))).toBe(true)
})

describe('every method', () => {
  test('is held to the contract by a test of test/rest/contract', () => {
    const proved = new Set(inContract.filter(({ how }) => how === 'proved').map(({ name }) => name))
    const missing = [...methods.keys()].filter((name) => !proved.has(name))
    expect(missing, advice).toEqual([])
  })

  test('has each refusal of its row provoked', () => {
    const provoked = new Set(aimed.map(({ name, how }) => `${name} ${how}`))
    const missing = [...methods].flatMap(([name, row]) =>
      row.errors.filter((key) => !unseen.has(key) && !provoked.has(`${name} ${key}`)).map((key) => `${name}: ${key}`),
    )
    expect(missing, advice).toEqual([])
  })

  test('lists every refusal that was seen of it', () => {
    const unlisted = new Map<string, string>()
    for (const { name, how, file, test: by } of proofs) {
      const row = methods.get(name)
      if (row && how !== null && how !== 'proved' && !mayRefuse(row, how)) unlisted.set(`${name}: ${how}`, `${file}: ${by}`)
    }
    expect(Object.fromEntries(unlisted), 'add the key to `errors` of the row').toEqual({})
  })
})

test('every event is held to the contract by a test of test/rest/contract', () => {
  const proved = new Set(inContract.filter(({ how }) => how === 'proved').map(({ name }) => name))
  const missing = [...eventCatalogue().keys()].filter((name) => !proved.has(name))
  expect(missing, advice).toEqual([])
})
