import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Log } from '../../portal/src/log.ts'
import { buildForm } from '../../portal/src/rest/php.ts'
import { createDatabase, startPostgres, type PostgresServer } from '../support/postgres.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

/**
 * Whatever is sent, the answer is a result or a refusal, never a bug. The seed is fixed so that a run can be repeated: `FUZZ_SEED`
 * sets another, `LONG=1` runs fifty times as many.
 */

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_122)
const isLong = process.env['LONG'] === '1'
const runs = (count: number) => ({ seed, numRuns: isLong ? count * 50 : count })

const bugs: unknown[] = []
const log: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (details: unknown, text?: string) => void bugs.push([text, String((details as { err?: Error }).err?.stack ?? details)]),
}

const engines = [
  ['SQLite', 8],
  ['PostgreSQL', 4],
] as const

let postgres: PostgresServer | null
let house: TestPortal
let app: TestApp
let hook: string
let person: Person

const hostileTexts = [
  '', ' ', '0', '-0', '-1', '1', '2', '1.5', '1e3', '1e400', '-9223372036854775809', '9007199254740993', '9'.repeat(40), '0x10', 'NaN', 'Infinity', 'null', 'true', 'Y', 'N', '\u0000', 'a\u0000b', '\uD800', '\uFEFF',
  '\u202e', '💥', 'доб. 12', "' or 1=1 --", '";drop table call;--', '%', '_', '!', '\\', '%00', '../../etc/passwd', '[]', '{}', '$result[a][b]', '$result[', '__proto__', 'constructor', 'toString', '+15550100200',
  '+1 (555) 010-0200 ext. 5', '**21#', '112', 'CONTACT', 'LEAD', 'DEAL', 'PHONE', 'DESC', '*', 'ID', '2026-01-01T00:00:00Z', '2026-13-45T99:99:99+99:99', '+275760-09-13T00:00:00Z', '-271821-04-20', 'online', 'offline',
  'ONCRMLEADADD', 'http://127.0.0.1:9/x.mp3', 'http://[::1', 'http://0x7f.1/a.wav', 'ftp://x/a.mp3', 'a.mp3', '.wav', 'AAAA', '====', 'x'.repeat(70_000),
] // oxfmt-ignore
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, -1, 1.5, 50, 1e21, 1e308, 2 ** 31, 2 ** 53, 2 ** 63, -(2 ** 63)),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const scalar = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
)

const names = [
  'ID', 'NAME', 'LAST_NAME', 'TITLE', 'PHONE', 'EMAIL', 'HAS_PHONE', 'ASSIGNED_BY_ID', 'COMPANY_ID', 'CONTACT_ID', 'STATUS_ID', 'OPENED', 'DATE_CREATE', 'COMMENTS', 'VALUE', 'VALUE_TYPE', 'DELETE', 'BINDINGS', 'OWNER_ID',
  'OWNER_TYPE_ID', 'CALL_DURATION', 'CALL_START_DATE', 'CALL_ID', 'COST', 'PORTAL_USER_ID', 'START_TIME', 'COMPLETED', 'ACTIVE', 'UF_PHONE_INNER', 'UF_DEPARTMENT', 'NAME_SEARCH', 'STATUS', '0', '1', '-1', '999999', '__proto__',
  'constructor', 'length', 'toString', '', '\u0000', '*', 'logic',
] // oxfmt-ignore
const prefixes = ['', '', '', '=', '!', '!=', '>', '>=', '<', '<=', '%', '!%', '=%', '%=', '!=%', '@', '!@', '><', '!><', '?']
const key = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom(...names)).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: text },
)
const nested = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 5, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
  ),
})).value

const mapOf = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), nested), { maxKeys: 4, noNullPrototype: true })
const plausible: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  integer: fc.oneof(number, fc.constantFrom('1', 1, 2, '2')),
  'integer or list': fc.oneof(number, fc.array(fc.oneof(number, text), { maxLength: 3 })),
  double: number,
  '0/1': fc.constantFrom(0, 1, '0', '1', 'Y', 'N', true),
  string: text,
  'ISO 8601 time': text,
  map: mapOf,
  list: fc.oneof(fc.array(scalar, { maxLength: 4 }), fc.array(key, { maxLength: 4 }), mapOf),
  any: fc.oneof(mapOf, scalar),
}

type Row = TestPortal['portal']['router']['rows'] extends ReadonlyMap<string, infer R> ? R : never

function paramsOf(row: Row): fc.Arbitrary<Record<string, unknown>> {
  const own = Object.fromEntries(
    Object.entries(row.params).map(([name, param]) => [
      name,
      fc.oneof({ weight: 3, arbitrary: plausible[param.type] ?? nested }, { weight: 1, arbitrary: nested }),
    ]),
  )
  const declared = fc.record(own, { requiredKeys: [], noNullPrototype: true })
  const extra = fc.dictionary(fc.oneof(key, fc.constantFrom('start', 'FILTER', 'order', 'SORT', 'halt', 'FULL')), nested, {
    maxKeys: 2,
    noNullPrototype: true,
  })
  return fc.tuple(extra, declared).map(([more, given]) => ({ ...more, ...given }))
}

function judge(answer: Answer, what: string): void {
  const body = JSON.stringify(answer.body)
  if (answer.status >= 500 || body.includes('INTERNAL_SERVER_ERROR'))
    throw new Error(`${what}: ${answer.status} ${body.slice(0, 300)}\n${JSON.stringify(bugs.at(-1))?.slice(0, 1500)}`)
  if (typeof answer.body !== 'object') throw new Error(`${what}: no JSON but ${body.slice(0, 200)}`)
}

/** JSON as it may come over the wire: lone surrogates and `__proto__` too. */
const asJson = (value: unknown): string => JSON.stringify(value)

/** A form cannot hold lone surrogates; `buildForm` refuses them as encodeURIComponent does. */
const asForm = (value: Record<string, unknown>): string =>
  buildForm(JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/gi, '?')) as Record<string, unknown>)

/** Values that a schema asks for, most of the time. */
function fromSchema(schema: TSchema): fc.Arbitrary<unknown> {
  const {
    type,
    anyOf,
    allOf,
    const: literal,
    properties,
    items,
  } = schema as {
    type?: string
    anyOf?: TSchema[]
    allOf?: TSchema[]
    const?: unknown
    properties?: Record<string, TSchema>
    items?: TSchema
  }
  const good = ((): fc.Arbitrary<unknown> => {
    if (literal !== undefined) return fc.constant(literal)
    if (anyOf) return fc.oneof(...anyOf.map(fromSchema))
    if (allOf) return fc.tuple(...allOf.map(fromSchema)).map((parts) => Object.assign({}, ...parts) as unknown)
    if (properties)
      return fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, fromSchema(inner)])), {
        requiredKeys: [],
        noNullPrototype: true,
      })
    if (type === 'array' && items) return fc.array(fromSchema(items), { maxLength: 3 })
    if (type === 'integer' || type === 'number') return number
    if (type === 'boolean') return fc.boolean()
    if (type === 'null') return fc.constant(null)
    return text
  })()
  return fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: nested })
}

describe.each(engines)('on %s,', (engine, count) => {
  beforeAll(async () => {
    bugs.length = 0
    postgres = engine === 'PostgreSQL' ? await startPostgres() : null
    house = await startPortal({ world: { log }, ...(postgres && { databaseUrl: (await createDatabase(postgres.url)).url }) })
    person = await house.addPerson('Eve', '105')
    app = await house.addApp({ scope: ['telephony', 'crm', 'user', 'department', 'placement'] })
    hook = await house.addIncomingWebhook(['telephony', 'crm', 'user', 'department'])
    for (const number of ['+15550100200', '112']) await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: number }] })
    await house.addCompany({ TITLE: 'Harbour' })
    await house.addLead({ TITLE: 'A lead' })
  })

  afterAll(async () => {
    await house.stop()
    await postgres?.close()
  })

  describe('no method of REST', () => {
    const rows = (): Array<[string, Row]> => [...house.portal.router.rows].filter(([name]) => name !== 'batch')

    const fuzz = async (
      send: (name: string, params: Record<string, unknown>) => Promise<Answer>,
      count: number,
    ): Promise<Map<number, number>> => {
      const seen = new Map<number, number>()
      for (const [name, row] of rows()) {
        await fc.assert(
          fc.asyncProperty(paramsOf(row), async (params) => {
            const answer = await send(name, params)
            judge(answer, name)
            seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
          }),
          runs(count),
        )
      }
      return seen
    }

    test('answers 500 to JSON of an app', { timeout: isLong ? 1_800_000 : 30_000 }, async () => {
      const seen = await fuzz(
        (name, params) =>
          request(`${house.url}/rest/${name}?auth=${app.accessToken}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: asJson(params),
          }),
        count,
      )
      // it would prove nothing if all were refused
      expect(seen.get(200)).toBeGreaterThan(count * 5)
      expect(seen.get(400)).toBeGreaterThan(count * 5)
      expect(bugs).toEqual([])
    })

    test('answers 500 to forms of a webhook', { timeout: isLong ? 1_800_000 : 30_000 }, async () => {
      const seen = await fuzz(
        (name, params) =>
          request(hook + name, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: asForm(params) }),
        count,
      )
      expect(seen.get(200)).toBeGreaterThan(count * 5)
      expect(bugs).toEqual([])
    })

    test('answers 500 inside a batch', { timeout: isLong ? 1_800_000 : 30_000 }, async () => {
      const command = fc
        .constantFrom(...rows())
        .chain(([name, row]) => paramsOf(row).map((params) => `${name}?${asForm(params).slice(0, 100_000)}`))
      const reference = fc
        .tuple(fc.constantFrom(...rows().map(([name]) => name)), key, key)
        .map(([name, a, b]) => `${name}?ID=$result[a][${a}]&filter[$result[${b}]]=$result[a][0][${a}]&CALL_ID=x$result[a]`)
      const commands = fc.oneof(
        fc.dictionary(
          fc.oneof(fc.constantFrom('a', 'b', '0', '1', '__proto__'), key),
          fc.oneof({ weight: 4, arbitrary: command }, { weight: 3, arbitrary: reference }, { weight: 1, arbitrary: nested }),
          { maxKeys: 6, noNullPrototype: true },
        ),
        fc.array(fc.oneof(command, reference, nested), { maxLength: 6 }),
        nested,
      )
      await fc.assert(
        fc.asyncProperty(commands, nested, async (cmd, halt) => {
          const answer = await request(`${hook}batch`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: asJson({ cmd, halt }),
          })
          judge(answer, `batch ${asJson(cmd).slice(0, 500)}`)
        }),
        runs(count * 8),
      )
      expect(bugs).toEqual([])
    })

    test('answers 500 to bytes that are no body', { timeout: isLong ? 1_800_000 : 30_000 }, async () => {
      const types = [
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'multipart/form-data; boundary=b',
        'text/plain',
        'application/octet-stream',
        '',
        ';;',
        'multipart/form-data; boundary=',
      ]
      const path = fc.oneof(
        fc.constantFrom('crm.contact.add', 'batch', 'upload.json', 'telephony.externalcall.attachrecord', 'oauth/token'),
        fc.webPath(),
        fc.webQueryParameters(),
      )
      await fc.assert(
        fc.asyncProperty(
          path,
          fc.constantFrom(...types),
          fc.oneof(
            fc.uint8Array({ maxLength: 200 }),
            text.map((one) => new TextEncoder().encode(one)),
            fc.json().map((one) => new TextEncoder().encode(one)),
          ),
          async (end, type, bytes) => {
            for (const url of [hook + end, `${house.url}/rest/${end}?auth=${app.accessToken}`]) {
              const answer = await request(url, {
                method: 'POST',
                headers: type === '' ? {} : { 'content-type': type },
                body: new Uint8Array(bytes),
              })
              judge(answer, `${url} ${type}`)
            }
          },
        ),
        runs(count * 6),
      )
      expect(bugs).toEqual([])
    })

    test('answers 500 to lists of many values, or to many conditions', { timeout: 60_000 }, async () => {
      const many = (length: number) => Array.from({ length }, (_, index) => index + 1)
      const conditions = Object.fromEntries(
        many(1200).map((index) => [
          Array.from('>date_create')
            .map((letter, bit) => (index & (1 << bit) ? letter.toUpperCase() : letter))
            .join(''),
          '2026-01-01',
        ]),
      )
      for (const [name, row] of rows()) {
        for (const [param, { type }] of Object.entries(row.params)) {
          const values = /list|any/.test(type)
            ? [many(1500), many(33_000)]
            : type === 'map'
              ? [
                  { ID: many(1500) },
                  { ID: many(33_000) },
                  { BINDINGS: many(1500).map((id) => ({ OWNER_TYPE_ID: 3, OWNER_ID: id })) },
                  conditions,
                ]
              : []
          for (const value of values) {
            // one step a value by design, not in a loop of the database
            if (name === 'access.name' || name === 'user.access') continue
            judge(
              await app.call(name, { [param]: value, CALL_ID: 'x', ID: 1, TYPE: 'PHONE', ENTITY_TYPE: 'CONTACT' }),
              `${name} ${param} ${type}`,
            )
          }
        }
      }
      expect(bugs).toEqual([])
    })

    test('and the portal still answers', async () => {
      expect((await app.call('profile')).body.result.ID).toBe(String(house.admin.userId))
    })
  })

  describe('no route of the own API', () => {
    /** what would take the fuzz its own session, app or secret; they are asked with ids that are nobody's */
    const harmful = /^(DELETE \/session|(DELETE|POST|PATCH) \/apps\/|(DELETE) \/webhooks\/|PATCH \/users\/)/
    const foreignId = fc.constantFrom(
      '0',
      '-1',
      '999999',
      'abc',
      '%00',
      '1e3',
      '9007199254740993',
      '__proto__',
      '%F0%9F%92%A5',
      '1'.repeat(40),
    )
    const anyId = fc.oneof(foreignId, fc.constantFrom('1', '2', '3'))

    test('answers 500 to anybody', { timeout: isLong ? 1_800_000 : 30_000 }, async () => {
      const seen = new Map<number, number>()
      for (const row of house.portal.routes) {
        const name = `${row.method} ${row.path}`
        if (name === 'DELETE /session') continue
        const parts = row.path.split('/').filter((part) => part.startsWith(':')).length
        const ids = fc.tuple(...Array.from({ length: parts }, () => (harmful.test(name) ? foreignId : anyId)))
        const query = row.query ? fromSchema(row.query) : fc.constant({})
        const body = row.body ? fromSchema(row.body) : fc.constant(undefined)
        await fc.assert(
          fc.asyncProperty(ids, query, body, fc.constantFrom(house.admin, house.admin, person, null), async (own, asked, sent, by) => {
            const left = [...own] as string[]
            const path = row.path.replace(/:\w+/g, () => left.shift()!)
            const form = typeof asked === 'object' && asked !== null ? asForm(asked as Record<string, unknown>) : ''
            const url = `/v1${path}${form === '' ? '' : `?${form.slice(0, 4000)}`}`
            const headers = {
              origin: house.url,
              ...(by && { cookie: by.cookie }),
              ...(sent !== undefined && { 'content-type': 'application/json' }),
            }
            const answer = await request(house.url + url, {
              method: row.method,
              headers,
              ...(sent !== undefined && row.method !== 'GET' && { body: asJson(sent) }),
            })
            seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
            if (answer.status === 204) return
            judge(answer, `${row.method} ${url.slice(0, 300)} ${asJson(sent)?.slice(0, 500)}`)
          }),
          runs(count),
        )
      }
      expect((seen.get(200) ?? 0) + (seen.get(201) ?? 0) + (seen.get(204) ?? 0)).toBeGreaterThan(count * 3)
      expect(seen.get(422)).toBeGreaterThan(count)
      expect(bugs).toEqual([])
      expect((await house.admin.api('GET', '/session')).status).toBe(200)
    })
  })
})
