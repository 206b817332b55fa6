import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import type { Loose, LooseMap } from '../rest/php.ts'
import { Router } from '../rest/router.ts'
import { crmMethods } from './methods.ts'
import { openTestPortal, type TestPortal } from './test-portal.ts'

let portal: TestPortal
let router: Router
let caller: Caller

beforeAll(async () => {
  portal = await openTestPortal()
  caller = { ...portal.by, isAdmin: false, via: 'app', appId: 1, scope: new Set(['crm']) }
  router = new Router({ now: () => 0, at: () => () => {} })
  router.add(crmMethods({ ...portal, recordingFiles: async () => new Map() }))
})
afterAll(() => portal.close())

const names = [
  'ID',
  'NAME',
  'TITLE',
  'PHONE',
  'EMAIL',
  'COMPANY_ID',
  'ASSIGNED_BY_ID',
  'STATUS_ID',
  'HAS_PHONE',
  'DATE_CREATE',
  'OPENED',
  'BINDINGS',
  'STATUS',
  'VALUE',
  'DELETE',
  'ENTITY_TYPE_ID',
  'X',
]
const prefixes = ['', '>', '<=', '!', '=', '%', '=%', '!=%', '@', '!@', '><', '!!']
const scalar: fc.Arbitrary<Loose> = fc.oneof(
  fc.constantFrom<Loose>(
    '',
    'Y',
    '1',
    1,
    0,
    -1,
    2 ** 53,
    1e300,
    Number.NaN,
    true,
    null,
    'CONTACT',
    '2026-03-10',
    '9'.repeat(20),
    '\0',
    '%',
    "'",
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer(),
)
const key = fc.oneof(
  fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom(...names)).map(([prefix, name]) => prefix + name),
  fc.string({ maxLength: 8 }),
)
const { value } = fc.letrec<{ value: Loose }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
const parameters = [
  'id',
  'fields',
  'FILTER',
  'select',
  'order',
  'start',
  'type',
  'values',
  'entity_type',
  'ENTITIES',
  'LIST_ID',
  'WEBFORM_ID',
]

it('answers or refuses whatever is sent to any method, and never fails', async () => {
  const sent = fc.dictionary(fc.constantFrom(...parameters), fc.oneof(value, fc.dictionary(key, value, { maxKeys: 4 })), { maxKeys: 5 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...router.rows.keys()), sent, async (name, map) => {
      const error: unknown = await router.call(name, map as LooseMap, caller).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      if (error !== null && !(error instanceof PortalError)) throw error as Error
      if (error !== null) expect(error.status).toBeLessThan(500)
    }),
    { numRuns: 3000 },
  )
})
