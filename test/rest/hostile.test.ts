import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'

/** What no client sends in earnest: always a clear refusal in the contract's envelope, never a 500, never half a thing done. */

const scope = ['telephony', 'crm', 'user', 'department', 'placement', 'im']
let house: TestPortal
let app: TestApp
let webhook: string

beforeAll(async () => {
  // what is provoked here proves no method
  house = await startPortal({ world: { answered: () => {} } })
  app = await house.addApp({ scope })
  webhook = await house.addIncomingWebhook(scope)
  await house.addContact({ NAME: 'Ann', PHONE: [{ VALUE: '+15550100200', VALUE_TYPE: 'WORK' }] })
})
afterAll(() => house.stop())

const json = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Promise<Answer> =>
  request(path, { method: 'POST', headers: { 'content-type': type }, body })

/** A request as its bytes are: `fetch` mends addresses and knows no TRACE. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<{ status: number; allow: string; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(house.url)
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode!, allow: response.headers.allow ?? '', type: response.headers['content-type'] ?? '', text }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('an address below /rest that is no call', () => {
  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])(
    '%s is refused in the envelope of REST and names the verbs that are served',
    async (verb) => {
      const answer = await raw(verb, '/rest/user.get')
      expect([answer.status, answer.allow, answer.type]).toEqual([405, 'GET, POST, OPTIONS', 'application/json; charset=UTF-8'])
      expect(JSON.parse(answer.text)).toEqual({ error: 'INVALID_REQUEST', error_description: 'A method is called by GET or POST' })
    },
  )

  test('HEAD is refused without a body', async () => {
    const answer = await raw('HEAD', `${new URL(webhook).pathname}user.get`)
    expect([answer.status, answer.text]).toEqual([405, ''])
  })

  test('OPTIONS is answered to whoever asks, for pages of other origins', async () => {
    expect((await raw('OPTIONS', '/rest/user.get')).status).toBe(204)
  })

  test.each(['/rest/%zz', '/rest/1/x/%E0%A4%A'])('%s is refused in the envelope of REST', async (path) => {
    const answer = await raw('GET', path)
    expect([answer.status, answer.type]).toEqual([400, 'application/json; charset=UTF-8'])
    expect(JSON.parse(answer.text)).toEqual({
      error: 'INVALID_REQUEST',
      error_description: 'The request body cannot be read: the address is not a valid URL',
    })
  })

  test.each(['__proto__', 'constructor', 'toString', 'user.get%00', 'user.get%2F..', '../user.get', 'a'.repeat(8000)])(
    '%s is no method',
    async (name) => {
      const answer = await raw('GET', `${new URL(webhook).pathname}${name}`)
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([404, 'ERROR_METHOD_NOT_FOUND'])
    },
  )
})

describe('a body that is none', () => {
  test.each([
    ['half a map', '{'],
    ['a number', '1'],
    ['100 000 lists within each other', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['20 001 names', JSON.stringify(Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`k${index}`, 1])))],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x7b, 0x7d)],
  ])('%s is refused as unreadable', async (_, body) => {
    const answer = await json(`${webhook}user.get`, body)
    expect([answer.status, answer.body.error]).toEqual([400, 'INVALID_REQUEST'])
    expect(answer.body.error_description).toMatch(/^The request body cannot be read: /)
  })

  test.each(['x', 'multipart/form-data', 'multipart/form-data; boundary=x'])(
    'of the type %s is refused in the envelope of REST',
    async (type) => {
      const answer = await json(`${webhook}user.get`, 'ID=1', type)
      expect([answer.status, answer.body.error]).toEqual([400, 'INVALID_REQUEST'])
    },
  )

  test('a multipart form of 20 001 fields is refused and not cut', async () => {
    const form = new FormData()
    form.append('fields[NAME]', 'Cut')
    for (let index = 0; index < 20_000; index++) form.append(`k${index}`, '1')
    const answer = await request(`${webhook}crm.contact.add`, { method: 'POST', body: form })
    expect([answer.status, answer.body.error]).toEqual([400, 'INVALID_REQUEST'])
    expect((await json(`${webhook}crm.contact.list`, JSON.stringify({ filter: { NAME: 'Cut' } }))).body.total).toBe(0)
  })

  test('names that reach for a prototype are left aside', async () => {
    const answer = await json(`${webhook}user.get`, '{"__proto__":{"FILTER":{"ID":7}},"FILTER":{"__proto__":{"ID":7},"ID":1}}')
    expect(answer.body.result.map((user: { ID: string }) => user.ID)).toEqual(['1'])
  })
})

test('a batch in a form keeps the numbers of its commands, and the last of two commands of one name', async () => {
  const answer = await json(
    `${webhook}batch`,
    'cmd[1]=server.time&cmd[2]=no.such&cmd[2]=profile&cmd[5]=no.such',
    'application/x-www-form-urlencoded',
  )
  expect(Object.keys(answer.body.result.result)).toEqual(['1', '2'])
  expect(answer.body.result.result['2'].ID).toBe('1')
  expect(answer.body.result.result_error).toEqual({ 5: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } })
})

test('in a form one name given twice is its last value, as the original has it', async () => {
  const answer = await json(`${webhook}user.get`, 'FILTER[ID]=777&FILTER[ID]=1', 'application/x-www-form-urlencoded')
  expect(answer.body.total).toBe(1)
})

const isLong = process.env['LONG'] === '1'

describe('every method, whatever stands in each of its parameters', () => {
  const odd: readonly unknown[] = [
    'x',
    '\u0000',
    '\ud800',
    "1' OR '1'='1",
    '9'.repeat(400),
    'a'.repeat(70_000),
    -1,
    1e308,
    9_007_199_254_740_991,
    true,
    [],
    [[1]],
    ['\u0000', null, {}],
    { '': 1 },
    { '\u0000': '\u0000' },
    { ID: { a: [1] } },
    { ID: 9_007_199_254_740_991, TITLE: ['x'], NAME: { 0: 'x' }, PHONE: 'x', EMAIL: [['x']] },
    { toString: 1, constructor: { prototype: 1 }, hasOwnProperty: 1 },
    Array.from({ length: 300 }, (_, index) => index),
  ]
  /** Enough of the others that a method comes to the one that is odd. */
  const usual = {
    ID: 1,
    FIELDS: { NAME: 'x', TITLE: 'x', ENTITY_ID: 'SOURCE', STATUS_ID: 'ODD', ENTITY_TYPE: 'contact', COMMENT: 'x' },
    CALL_ID: 'externalCall.0',
    USER_ID: 1,
    PHONE_NUMBER: '+15550100200',
    TYPE: 1,
    ENTITYTYPEID: 3,
    LIST_ID: 1,
    NUMBER: 'line',
    ENTITY_TYPE: 'CONTACT',
    EVENT: 'ONCRMCONTACTADD',
    HANDLER: 'http://127.0.0.1:9/',
    PROCESS_ID: 'p',
    PLACEMENT: 'CALL_CARD',
  }

  test('answers or refuses, and never fails', { timeout: 240_000 }, async () => {
    const failures: string[] = []
    const ask = async (name: string, params: Record<string, unknown>, by: 'app' | 'webhook'): Promise<void> => {
      const body = JSON.stringify(by === 'app' ? { ...params, auth: app.accessToken } : params)
      const answer = await json(by === 'app' ? `${house.url}/rest/${name}` : webhook + name, body)
      const isEnvelope = answer.status === 200 ? 'result' in answer.body || 'error' in answer.body : typeof answer.body.error === 'string'
      if (answer.status >= 500 || !isEnvelope)
        failures.push(`${name} by ${by} with ${body.slice(0, 150)}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
    // each parameter gets a part of the values, each value goes to every fifth parameter; in a long run all go to all, and alone too
    let turn = 0
    for (const [name, row] of house.portal.router.rows)
      for (const param of name === 'batch' ? ['cmd', 'halt'] : Object.keys(row.params)) {
        const values = isLong ? odd : odd.filter((_, index) => index % 5 === turn % 5)
        turn++
        await Promise.all(
          values.flatMap((value) => [
            ask(name, { ...usual, [param.toUpperCase()]: value }, row.context === 'app' ? 'app' : 'webhook'),
            ...(isLong ? [ask(name, { [param]: value }, 'app')] : []),
          ]),
        )
      }
    expect(failures).toEqual([])
  })
})
