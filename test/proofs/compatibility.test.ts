import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventCatalogue } from '../../portal/src/portal.ts'
import { errors } from '../../portal/src/errors.ts'
import { neverRefused, originalScopes, partly, refusing } from '../../scripts/original-names.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { readProofs, type Proof } from '../support/proofs.ts'

/*
 * Reads what the tests of the lanes before it were seen to do. `UPDATE=1` writes proved.json anew; `npm run generate` then makes COMPATIBILITY.md.
 */

const path = new URL('proved.json', import.meta.url)
const first = 'run the lanes rest, conformance and browser first, or all of npm test'

let house: TestPortal
let app: TestApp
const proofs = readProofs()
const provedBy = Map.groupBy(
  proofs.filter((one) => one.how === 'proved'),
  (one) => one.name,
)

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ scope: ['telephony', 'crm', 'user', 'department', 'im', 'placement', 'call'] })
})
afterAll(() => house.stop())

/** The contract suite goes first, then the success that has no special case, then what a file shows first: its plainest. */
const inPlainness = (a: Proof, b: Proof): number =>
  Number(b.file.startsWith('test/rest/contract/')) - Number(a.file.startsWith('test/rest/contract/')) ||
  a.file.localeCompare(b.file, 'en') ||
  Number(b.test.endsWith('answers as documented')) - Number(a.test.endsWith('answers as documented'))
const inNames = ([a]: [string, unknown], [b]: [string, unknown]): number => a.localeCompare(b, 'en')

test('proved.json names for every method and event a test that proved it in this run', () => {
  const chosen = [...provedBy].map(([name, all]): [string, { file: string; test: string }] => {
    const { file, test: title } = all.toSorted(inPlainness)[0]!
    return [name, { file, test: title.split(' > ').at(-1)! }]
  })
  const text = `${JSON.stringify(Object.fromEntries(chosen.toSorted(inNames)), null, 2)}\n`
  if (process.env['UPDATE'] === '1') writeFileSync(path, text)
  expect(JSON.parse(readFileSync(path, 'utf8')), first).toEqual(JSON.parse(text))
})

test('every method and every event of the portal is proved', () => {
  const refused = new Set(Object.keys(refusing).map((name) => name.toLowerCase()))
  const names = [...[...house.portal.router.rows.keys()].filter((name) => !refused.has(name)), ...eventCatalogue().keys()]
  expect(
    names.filter((name) => !provedBy.has(name)),
    first,
  ).toEqual([])
})

test('what is said to be missing of a method or an event belongs to one that is here', () => {
  const isHere = (name: string): boolean => house.portal.router.rows.has(name.toLowerCase()) || eventCatalogue().has(name.toUpperCase())
  expect(Object.keys(partly).filter((name) => !isHere(name))).toEqual([])
})

test('a refusal that is listed as without a cause has no row in the error table', () => {
  const rows = Object.values(errors)
  const codes = new Set<string>(rows.map(([code]) => code))
  const texts = new Set<string>(rows.map(([, , text]) => text))
  expect(neverRefused.filter(({ code, text }) => codes.has(code) && (code !== '' || texts.has(text))).map(({ text }) => text)).toEqual([])
})

test('a method that is listed as not here answers ERROR_METHOD_NOT_FOUND', async () => {
  const missing = originalScopes.flatMap((scope) => scope.methods).filter((name) => !house.portal.router.rows.has(name.toLowerCase()))
  expect(missing.length).toBeGreaterThan(0)
  for (const name of missing)
    expect([name, await app.call(name)]).toMatchObject([name, { status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND' } }])
})

test('a method that is listed as refusing answers the code that is listed', async () => {
  for (const [name, error] of Object.entries(refusing))
    expect([name, await app.call(name, { CONFIG_ID: 1, FROM_LINE: 'reg1', TO_NUMBER: '+15550100100' })]).toMatchObject([
      name,
      { body: { error } },
    ])
})

test('an event that is listed as not here cannot be bound', async () => {
  const missing = originalScopes.flatMap((scope) => scope.events).filter((name) => !eventCatalogue().has(name.toUpperCase()))
  expect(missing.length).toBeGreaterThan(0)
  for (const event of missing)
    expect([event, await app.call('event.bind', { event, handler: 'http://127.0.0.1:9/handler' })]).toMatchObject([
      event,
      { status: 400, body: { error: 'ERROR_EVENT_NOT_FOUND' } },
    ])
})
