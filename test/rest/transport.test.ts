import { request as requestHttp } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
/** `/rest/<user>/<token>`, no slash at its end */
let hook: string
let contactId: number

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

beforeAll(async () => {
  house = await startPortal({ settings: { recordings: { maxBytes: 4 * 2 ** 20 } } })
  app = await house.addApp()
  hook = new URL(await house.addIncomingWebhook(['telephony', 'crm', 'user'])).pathname.replace(/\/$/, '')
  contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200', VALUE_TYPE: 'WORK' }] })
})

afterAll(() => house.stop())

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => request(house.url + path, { headers })
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> =>
  request(house.url + path, { method: 'POST', body, headers })

describe('a method is found', () => {
  test.each([
    '/profile',
    '/profile/',
    '/profile.json',
    '/profile.json/',
    '//profile',
    '//profile/',
    '/PROFILE',
    '/Profile.JSON',
    '/profile?bx24_request_id=1&bx24_sdk_ver=2&bx24_sdk_type=3',
  ])('below a webhook at %s, by GET and by POST', async (path) => {
    for (const answer of [await get(hook + path), await post(hook + path, '{}', json), await post(hook + path, '', form)]) {
      expect(answer).toMatchObject({ status: 200, body: { result: { NAME: 'Admin' } } })
      expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    }
  })

  test.each([
    '/rest/profile',
    '/rest/profile/',
    '/rest/profile.json',
    '/rest//profile',
    '/rest//profile.json',
    '//rest//profile',
    '/rest/PROFILE',
    '/rest//rest/profile',
  ])('with a token at %s', async (path) => {
    expect((await get(`${path}?auth=${app.accessToken}`)).body.result).toMatchObject({ NAME: 'Admin' })
    expect((await post(path, `auth=${app.accessToken}`, form)).body.result).toMatchObject({ NAME: 'Admin' })
  })

  test('whose name has capitals', async () => {
    for (const name of [
      'telephony.externalCall.searchCrmEntities',
      'telephony.externalcall.searchcrmentities',
      'TELEPHONY.EXTERNALCALL.SEARCHCRMENTITIES',
    ]) {
      expect((await get(`${hook}/${name}?PHONE_NUMBER=%2B15550100200`)).body.result[0].CRM_ENTITY_ID).toBe(contactId)
    }
  })
})

describe('a token is taken', () => {
  test('from the query, a form, a multipart form, JSON and the Authorization header', async () => {
    const multipart = new FormData()
    multipart.set('auth', app.accessToken)
    const answers = [
      await get(`/rest/profile?auth=${app.accessToken}`),
      await post(`/rest/profile?auth=${app.accessToken}`, '{}', json),
      await post('/rest/profile', `auth=${app.accessToken}`, form),
      await post('/rest/profile', multipart),
      await post('/rest/profile', JSON.stringify({ auth: app.accessToken }), json),
      await get('/rest/profile', { authorization: `Bearer ${app.accessToken}` }),
      await post('/rest/profile', '{}', { ...json, authorization: `Bearer ${app.accessToken}` }),
    ]
    expect(answers.map((answer) => answer.body.result?.NAME)).toEqual(Array.from({ length: answers.length }, () => 'Admin'))
  })

  test('and when it is missing, wrong or forged the answer says which', async () => {
    const noAuth = { status: 401, body: { error: 'NO_AUTH_FOUND', error_description: 'Wrong authorization data' } }
    expect(await get('/rest/profile')).toMatchObject(noAuth)
    expect(await post('/rest/profile', '{}', json)).toMatchObject(noAuth)
    expect(await post('/rest/profile', JSON.stringify({ auth: { a: 1 } }), json)).toMatchObject(noAuth)
    expect(await get('/rest/profile?auth[]=1')).toMatchObject(noAuth)
    expect(await get('/rest/1/0123456789abcdef/profile')).toMatchObject(noAuth)
    expect(await get(`${hook.replace(/\d+/, '99')}/profile`)).toMatchObject(noAuth)
    for (const wrong of ['nonsense', '0'.repeat(70), `${app.accessToken.slice(0, -1)}${app.accessToken.endsWith('0') ? '1' : '0'}`]) {
      expect(await get(`/rest/profile?auth=${wrong}`)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    }
  })

  test('an auth in a webhook’s parameters changes nothing', async () => {
    expect(await post(`${hook}/profile`, JSON.stringify({ auth: 'whatever' }), json)).toMatchObject({ status: 200 })
  })
})

describe('parameters', () => {
  const named = (answer: Answer): unknown => answer.body.result?.map((one: { NAME: string }) => one.NAME)

  test('are the same from a form, a multipart form, JSON and the query', async () => {
    const multipart = new FormData()
    multipart.set('filter[NAME]', 'Nora')
    multipart.append('select[]', 'ID')
    multipart.append('select[]', 'NAME')
    const bracketed = 'filter[NAME]=Nora&select[]=ID&select[]=NAME'
    const answers = [
      await post(`${hook}/crm.contact.list`, JSON.stringify({ filter: { NAME: 'Nora' }, select: ['ID', 'NAME'] }), json),
      await post(`${hook}/crm.contact.list`, bracketed, form),
      await post(`${hook}/crm.contact.list`, encodeURI(bracketed).replaceAll('[', '%5B').replaceAll(']', '%5D'), form),
      await post(`${hook}/crm.contact.list`, multipart),
      await get(`${hook}/crm.contact.list?${bracketed}`),
      await post(`${hook}/crm.contact.list?filter[NAME]=Nora`, JSON.stringify({ select: ['ID', 'NAME'] }), json),
    ]
    for (const answer of answers) expect(answer.body.result).toEqual([{ ID: String(contactId), NAME: 'Nora' }])
  })

  test('of the query and the body are merged', async () => {
    expect(named(await post(`${hook}/crm.contact.list?select[]=NAME`, 'filter[NAME]=Nobody', form))).toEqual([])
    expect(named(await post(`${hook}/crm.contact.list?filter[NAME]=Nora`, 'select[]=NAME', form))).toEqual(['Nora'])
  })

  test.each([
    ['null', { id: null }],
    ['an empty text', { id: '' }],
    ['nothing', {}],
  ])('given as %s are absent', async (_, body) => {
    expect(await post(`${hook}/crm.contact.get`, JSON.stringify(body), json)).toMatchObject({
      status: 400,
      body: { error: '', error_description: 'ID is not defined or invalid' },
    })
    expect(await post(`${hook}/crm.contact.get?id=${contactId}`, JSON.stringify(body), json)).toMatchObject({
      status: 200,
      body: { result: { NAME: 'Nora' } },
    })
  })

  test.each(['ID', 'id', 'Id'])('are known as %s', async (name) => {
    expect((await get(`${hook}/crm.contact.get?${name}=${contactId}`)).body.result.NAME).toBe('Nora')
  })

  test.each(['null', 'null\n', '{}', '[]'])('are none in the JSON body %j; those of the query count', async (body) => {
    const answer = await post(`${hook}/crm.contact.get?id=${contactId}`, body, json)
    expect(answer).toMatchObject({ status: 200, body: { result: { NAME: 'Nora' } } })
  })

  test('that nobody knows are ignored', async () => {
    expect((await get(`${hook}/crm.contact.get?id=${contactId}&__order=1&bx24_sdk_ver=9&any[thing]=1`)).status).toBe(200)
  })

  test.each([true, 'true', 1, '1', 'Y', 'y'])('a switch is on as %j', async (on) => {
    expect((await post(`${hook}/scope`, JSON.stringify({ FULL: on }), json)).body.result).toContain('disk')
  })

  test.each([false, 'false', 0, '0', 'N', null, ''])('a switch is off as %j', async (off) => {
    expect((await post(`${hook}/scope`, JSON.stringify({ FULL: off }), json)).body.result).toEqual(['telephony', 'crm', 'user'])
  })

  test('a body without a content type is told by its first letter', async () => {
    expect(
      (await request(`${house.url}${hook}/crm.contact.get`, { method: 'POST', body: new Blob([`{"id":${contactId}}`]) })).body.result.NAME,
    ).toBe('Nora')
    expect(
      (await request(`${house.url}${hook}/crm.contact.get`, { method: 'POST', body: new Blob([`id=${contactId}`]) })).body.result.NAME,
    ).toBe('Nora')
  })

  test('a JSON body that says it is text is read all the same', async () => {
    expect((await post(`${hook}/crm.contact.get`, `{"id":${contactId}}`, { 'content-type': 'text/plain' })).body.result.NAME).toBe('Nora')
  })
})

describe('an answer', () => {
  const timeKeys = ['start', 'finish', 'duration', 'processing', 'date_start', 'date_finish', 'operating_reset_at', 'operating']

  test('has result and time, in this order, and no more', async () => {
    const { body } = await get(`${hook}/server.time`)
    expect(Object.keys(body)).toEqual(['result', 'time'])
    expect(Object.keys(body.time)).toEqual(timeKeys)
    for (const key of ['start', 'finish', 'duration', 'processing', 'operating_reset_at', 'operating'])
      expect(typeof body.time[key], key).toBe('number')
    expect(body.time.date_start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
    expect(body.time.start).toBeCloseTo(Date.now() / 1000, -2)
    expect(body.time.finish).toBeGreaterThanOrEqual(body.time.start)
    expect(body.time.operating_reset_at).toBeGreaterThan(body.time.start)
  })

  test('counts operating time up for a method', async () => {
    const first = (await get(`${hook}/methods`)).body.time.operating
    expect((await get(`${hook}/methods`)).body.time.operating).toBeGreaterThan(first)
  })

  test('of a list has total, and next only when more rows exist', async () => {
    const { body } = await get(`${hook}/crm.contact.list`)
    expect(Object.keys(body)).toEqual(['result', 'total', 'time'])
    expect(body.total).toBe(1)
    for (let index = 0; index < 50; index++) await house.addLead({ TITLE: `Page ${index}` })
    expect((await get(`${hook}/crm.lead.list`)).body).toMatchObject({ total: 50 })
    expect((await get(`${hook}/crm.lead.list`)).body).not.toHaveProperty('next')
    await house.addLead({ TITLE: 'Page 50' })
    expect(Object.keys((await get(`${hook}/crm.lead.list`)).body)).toEqual(['result', 'next', 'total', 'time'])
    expect((await get(`${hook}/crm.lead.list`)).body).toMatchObject({ total: 51, next: 50 })
    expect((await get(`${hook}/crm.lead.list?start=50`)).body.result).toHaveLength(1)
    expect((await get(`${hook}/crm.lead.list?START=50`)).body).not.toHaveProperty('next')
  })

  test('with start=-1 counts nothing', async () => {
    const { body } = await get(`${hook}/crm.lead.list?start=-1&order[ID]=ASC&filter[>ID]=0`)
    expect(Object.keys(body)).toEqual(['result', 'time'])
    expect(body.result).toHaveLength(50)
  })

  test('of a refusal has its code and text and no time', async () => {
    const { body, status } = await get(`${hook}/no.such.method`)
    expect(status).toBe(404)
    expect(body).toEqual({ error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' })
  })

  test('names the argument that is missing', async () => {
    expect(await app.call('event.bind', { handler: 'https://example.com/' })).toMatchObject({
      status: 400,
      body: { error: 'ERROR_ARGUMENT', error_description: "Argument 'EVENT' is null or empty", argument: 'EVENT' },
    })
  })

  test('says that the scope is missing', async () => {
    const narrow = new URL(await house.addIncomingWebhook(['crm'])).pathname
    expect(await get(`${narrow}telephony.externalLine.get`)).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', error_description: 'The request requires higher privileges than provided by the webhook token' },
    })
    const small = await house.addApp({ scope: ['crm'] })
    expect(await small.call('telephony.externalLine.get')).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', error_description: 'The request requires higher privileges than provided by the access token' },
    })
  })

  test('of REST 3.0 says that it is not served', async () => {
    for (const path of [hook.replace('/rest/', '/rest/api/'), '/rest/api']) {
      expect(await post(`${path}/profile`, '{}', json)).toMatchObject({
        status: 404,
        body: { error: { code: 'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION', message: expect.stringMatching(/ Call profile as /) } },
      })
    }
  })

  test('may be read by pages of other origins', async () => {
    const headers = { origin: 'https://app.example.com' }
    for (const answer of [
      await get(`${hook}/profile`, headers),
      await get(`${hook}/no.such.method`, headers),
      await get('/rest/profile', headers),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
    const preflight = await fetch(`${house.url}${hook}/profile`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('a batch', () => {
  const batch = (body: unknown): Promise<Answer> => post(`${hook}/batch`, JSON.stringify(body), json)

  test('takes a map', async () => {
    const { status, body } = await batch({
      halt: 0,
      cmd: { who: 'profile', card: `crm.contact.get?id=${contactId}`, list: 'crm.lead.list' },
    })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['result', 'time'])
    const { result } = body
    expect(Object.keys(result)).toEqual(['result', 'result_error', 'result_total', 'result_next', 'result_time'])
    expect(Object.keys(result.result)).toEqual(['who', 'card', 'list'])
    expect(result.result.card.NAME).toBe('Nora')
    expect([result.result_error, result.result_total, result.result_next]).toEqual([[], { list: 51 }, { list: 50 }])
    expect(Object.keys(result.result_time.who)).toEqual(expect.arrayContaining(['duration', 'operating', 'operating_reset_at']))
  })

  test('takes a list, and answers lists', async () => {
    const { result } = (await batch({ cmd: ['profile', 'server.time'] })).body
    expect(result.result).toHaveLength(2)
    expect([result.result_error, result.result_total, result.result_next]).toEqual([[], [], []])
    expect(result.result_time).toHaveLength(2)
  })

  test('without commands answers empty lists', async () => {
    for (const cmd of [[], {}])
      expect((await batch({ cmd })).body.result).toEqual({
        result: [],
        result_error: [],
        result_total: [],
        result_next: [],
        result_time: [],
      })
  })

  test('comes from a form and from the query, each command encoded twice', async () => {
    const command = encodeURIComponent('crm.contact.list?filter[NAME]=Nora&select[]=NAME')
    const single = `cmd[a]=${command}&cmd[b]=profile&halt=0`
    const double = `cmd%5Ba%5D=${encodeURIComponent('crm.contact.list?filter%5BNAME%5D=Nora&select%5B0%5D=NAME')}&cmd%5Bb%5D=profile&halt=0`
    const multipart = new FormData()
    multipart.set('cmd[a]', 'crm.contact.list?filter[NAME]=Nora&select[]=NAME')
    multipart.set('cmd[b]', 'profile')
    for (const answer of [
      await post(`${hook}/batch`, single, form),
      await post(`${hook}/batch`, double, form),
      await get(`${hook}/batch?${single}`),
      await get(`${hook}/batch?${double}`),
      await post(`${hook}/batch`, multipart),
    ]) {
      expect(answer.body.result.result.a).toEqual([{ ID: String(contactId), NAME: 'Nora' }])
      expect(answer.body.result.result.b.NAME).toBe('Admin')
    }
  })

  test('takes method names in any case, with .json, and ignores an auth within', async () => {
    const { result } = (await batch({ cmd: { a: 'PROFILE', b: '/profile.json?auth=none', c: 'profile?' } })).body
    expect(result.result_error).toEqual([])
    expect(Object.values(result.result)).toHaveLength(3)
  })

  test('fills $result of earlier commands, encoded or not', async () => {
    const { result } = (
      await batch({
        cmd: {
          call: `telephony.externalCall.register?USER_ID=${house.admin.userId}&PHONE_NUMBER=${encodeURIComponent('+15550100200')}&TYPE=1`,
          card: 'crm.contact.get?id=$result[call][CRM_ENTITY_ID]',
          again: `crm.contact.list?${encodeURIComponent('filter[ID]')}=${encodeURIComponent('$result[card][ID]')}&select[]=PHONE`,
          first: 'crm.contact.get?ID=$result[again][0][PHONE][0][VALUE]',
          end: `telephony.externalCall.finish?CALL_ID=$result[call][CALL_ID]&USER_ID=${house.admin.userId}&DURATION=5&FAILED_REASON=of $result[card][NAME]`,
        },
      })
    ).body
    expect(result.result.card.NAME).toBe('Nora')
    expect(result.result.again[0].PHONE[0].VALUE).toBe('+15550100200')
    expect(result.result_error).toEqual({ first: { error: '', error_description: expect.any(String) } })
    expect(result.result.end).toMatchObject({ CALL_ID: result.result.call.CALL_ID, CALL_FAILED_REASON: 'of Nora' })
  })

  test('takes $result of a list by its index', async () => {
    const { result } = (await batch({ cmd: [`crm.contact.list?filter[NAME]=Nora`, 'crm.contact.get?id=$result[0][0][ID]'] })).body
    expect(result.result[1].NAME).toBe('Nora')
  })

  test('a $result of nothing is no value', async () => {
    const { result } = (
      await batch({ cmd: { a: 'crm.contact.get?id=$result[none][ID]', b: 'crm.contact.get?id=$result[__proto__][constructor]' } })
    ).body
    expect(result.result).toEqual([])
    expect(result.result_error.a).toEqual({ error: '', error_description: 'ID is not defined or invalid' })
    expect(result.result_error.b).toEqual({ error: '', error_description: 'ID is not defined or invalid' })
  })

  test.each([1, '1', true, 'true', 'Y'])('stops at the first error with halt %j', async (halt) => {
    const { result } = (await batch({ halt, cmd: { a: 'profile', b: 'no.such.method', c: 'profile' } })).body
    expect(Object.keys(result.result)).toEqual(['a'])
    expect(result.result_error).toEqual({ b: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } })
  })

  test.each([0, '0', false, 'false', null, undefined])('goes on after an error with halt %j', async (halt) => {
    const { result } = (await batch({ halt, cmd: { a: 'profile', b: 'no.such.method', c: 'profile' } })).body
    expect(Object.keys(result.result)).toEqual(['a', 'c'])
  })

  test('refuses a batch within', async () => {
    const { status, body } = await batch({ cmd: { a: 'batch?cmd[x]=profile', b: 'BATCH.json?cmd[x]=profile', c: 'profile' } })
    expect(status).toBe(200)
    const refused = { error: 'ERROR_BATCH_METHOD_NOT_ALLOWED', error_description: 'Method is not allowed for batch usage' }
    expect(body.result.result_error).toEqual({ a: refused, b: refused })
  })

  test('carries recordings in a form, each command encoded twice: inline beyond the usual limit of bodies, and for an upload address', async () => {
    const sound = Buffer.alloc(3 * 2 ** 20, 'RIFF\u00ff\u00fe')
    const commandsOf = (commands: Record<string, [method: string, params: Record<string, string>]>): string =>
      Object.entries(commands)
        .map(([key, [method, params]]) => [`cmd[${key}]`, `${method}?${new URLSearchParams(params).toString()}`] as const)
        .map(([name, command]) => `${encodeURIComponent(name)}=${encodeURIComponent(command)}`)
        .join('&')
    const auth = app.accessToken
    const run = async (commands: Parameters<typeof commandsOf>[0]) =>
      (await post('/rest/batch', `auth=${auth}&halt=0&${commandsOf(commands)}`, form)).body.result
    const call = { USER_ID: String(house.admin.userId), PHONE_NUMBER: '+15550100288', TYPE: '1', auth }
    const register = 'telephony.externalcall.register_66a1b2c3d4e5f.12345678'
    const { CALL_ID } = (await run({ [register]: ['telephony.externalcall.register', call] })).result[register]
    const { result, result_error } = await run({
      finish: [
        'telephony.externalcall.finish',
        { CALL_ID, USER_ID: call.USER_ID, DURATION: '3', STATUS_CODE: '200', ADD_TO_CHAT: '0', auth },
      ],
      inline: ['telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.wav', FILE_CONTENT: sound.toString('base64'), auth }],
      address: ['telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.wav', auth }],
    })
    expect(result_error).toEqual([])
    expect(result.address).toEqual({ uploadUrl: expect.stringContaining('/rest/upload.json?'), fieldName: 'file' })
    const played = await fetch(`${house.url}/v1/recordings/${result.inline.FILE_ID}`, { headers: { cookie: house.admin.cookie } })
    expect(Buffer.from(await played.arrayBuffer()).equals(sound)).toBe(true)
    const upload = new FormData()
    upload.set(result.address.fieldName, new Blob(['RIFF']), 'a.wav')
    expect((await post(new URL(result.address.uploadUrl).pathname + new URL(result.address.uploadUrl).search, upload)).body.result).toEqual(
      {
        FILE_ID: expect.any(Number),
      },
    )
  })

  test('runs 50 commands and refuses the rest', async () => {
    const { status, body } = await batch({
      cmd: Object.fromEntries(Array.from({ length: 53 }, (_, index) => [`k${index}`, 'server.time'])),
    })
    expect(status).toBe(200)
    expect(Object.keys(body.result.result)).toHaveLength(50)
    const refused = { error: 'ERROR_BATCH_LENGTH_EXCEEDED', error_description: 'Max batch length exceeded' }
    expect(body.result.result_error).toEqual({ k50: refused, k51: refused, k52: refused })
  })

  test.each([
    ['a number', [5]],
    ['a map', [{ method: 'profile' }]],
    ['null', [null]],
    ['an empty text', ['']],
  ])('a command that is %s is an error of its slot', async (_, cmd) => {
    const { status, body } = await batch({ cmd: [...cmd, 'profile'] })
    expect(status).toBe(200)
    expect(body.result.result_error[0] ?? body.result.result_error['0']).toMatchObject({ error: 'ERROR_METHOD_NOT_FOUND' })
    expect(body.result.result['1'].NAME).toBe('Admin')
  })

  test('a command nested too deep is an error of its slot', async () => {
    const { status, body } = await batch({ cmd: { deep: `crm.contact.list?filter${'[a]'.repeat(10_000)}=1`, good: 'profile' } })
    expect(status).toBe(200)
    expect(body.result.result_error.deep).toMatchObject({ error: 'INVALID_REQUEST' })
    expect(body.result.result.good.NAME).toBe('Admin')
  })

  test('that is no list of commands is refused', async () => {
    expect(await batch({ cmd: 'profile' })).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT', argument: 'cmd' } })
  })
})

describe('a body that cannot be read', () => {
  const refused = {
    status: 400,
    body: { error: 'INVALID_REQUEST', error_description: expect.stringContaining('The request body cannot be read') },
  }

  test.each(['{', '{"a":', '[1,2', 'nul', '"text"', '5', 'true'])('as JSON %s', async (body) => {
    expect(await post(`${hook}/profile`, body, json)).toMatchObject(refused)
  })

  test('has 10 000 brackets', async () => {
    expect(await post(`${hook}/profile`, `${'['.repeat(10_000)}${']'.repeat(10_000)}`, json)).toMatchObject(refused)
    expect(await post(`${hook}/profile`, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, json)).toMatchObject(refused)
    expect(await post(`${hook}/profile`, '['.repeat(10_000), json)).toMatchObject(refused)
    expect(await post(`${hook}/profile`, `a${'[b]'.repeat(10_000)}=1`, form)).toMatchObject(refused)
    const multipart = new FormData()
    multipart.set(`a${'[b]'.repeat(2000)}`, '1')
    expect((await post(`${hook}/profile`, multipart)).status).toBe(400)
    expect((await get(`${hook}/profile?a${'[b]'.repeat(1000)}=1`)).status).toBe(400)
  })

  test('is a multipart form without its boundary, or cut off', async () => {
    expect(await post(`${hook}/profile`, 'x', { 'content-type': 'multipart/form-data' })).toMatchObject(refused)
    expect(
      await post(`${hook}/profile`, '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nva', {
        'content-type': 'multipart/form-data; boundary=b',
      }),
    ).toMatchObject(refused)
  })

  test('is larger than 2 MiB: 413 names the setting, and the portal lives', async () => {
    const text = 'x'.repeat(3 * 2 ** 20)
    const tooLarge = {
      status: 413,
      body: { error: 'INVALID_REQUEST', error_description: expect.stringContaining('the setting bodies.maxBytes') },
    }
    expect(await post(`${hook}/crm.contact.add`, JSON.stringify({ fields: { NAME: text } }), json)).toMatchObject(tooLarge)
    expect(await post(`${hook}/crm.contact.add`, `fields[NAME]=${text}`, form)).toMatchObject(tooLarge)
    const multipart = new FormData()
    multipart.set('fields[NAME]', text)
    expect(await post(`${hook}/crm.contact.add`, multipart)).toMatchObject(tooLarge)
    const chunks = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 3; index++) controller.enqueue(new TextEncoder().encode(text.slice(0, 2 ** 20)))
        controller.close()
      },
    })
    expect(
      await request(`${house.url}${hook}/crm.contact.add`, { method: 'POST', body: chunks, headers: json, duplex: 'half' } as RequestInit),
    ).toMatchObject(tooLarge)
    expect((await get(`${hook}/crm.contact.list`)).body.total).toBe(1)
  })

  test('of 2 MiB less a little is taken', async () => {
    expect(await post(`${hook}/profile`, JSON.stringify({ ignored: 'x'.repeat(2 * 2 ** 20 - 100) }), json)).toMatchObject({ status: 200 })
  })
})

describe('a hostile body', () => {
  test('does not reach the prototypes', async () => {
    const bodies: Array<[string, Record<string, string>]> = [
      ['{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"filter":{"__proto__":{"polluted":1}}}', json],
      ['__proto__[polluted]=1&constructor[prototype][polluted]=1&filter[__proto__][polluted]=1&a=1', form],
      ['__proto__=1', form],
    ]
    for (const [body, headers] of bodies) {
      const answer = await post(`${hook}/crm.contact.list`, body, headers)
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }
    expect(await post(`${hook}/batch`, '{"cmd":{"__proto__":"profile","constructor":"profile"}}', json)).toMatchObject({ status: 200 })
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(await get(`${hook}/${name}`)).toMatchObject({ status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND' } })
  })

  test.each([
    '/rest',
    '/rest/',
    '/rest//',
    '/rest/1',
    '/rest/1/',
    '/rest/%00',
    '/rest/%ff',
    '/rest/%',
    `/rest/${'a'.repeat(5000)}`,
    '/rest/..%2f..%2fetc',
  ])('at %s is refused in the envelope of REST', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(JSON.stringify(answer.body)).toMatch(/error|code/)
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('by %s calls nothing', async (verb) => {
    expect((await request(`${house.url}${hook}/profile`, { method: verb })).status).toBe(405)
  })

  test('with bytes that are no UTF-8 is no bug', async () => {
    expect((await post(`${hook}/crm.contact.list`, new Uint8Array([0x66, 0x3d, 0xff, 0xfe, 0x00]), form)).status).toBe(200)
    expect((await get(`${hook}/crm.contact.list?filter[NAME]=%ff%00%e0%a4`)).status).toBe(200)
  })
})

describe('a recording in a body', () => {
  test('may be larger than other bodies, up to its own setting', async () => {
    const registered = (
      await post(
        `${hook}/telephony.externalCall.register`,
        JSON.stringify({ USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100299', TYPE: 1 }),
        json,
      )
    ).body.result
    await post(
      `${hook}/telephony.externalCall.finish`,
      JSON.stringify({ CALL_ID: registered.CALL_ID, USER_ID: house.admin.userId, DURATION: 1 }),
      json,
    )
    const attach = (bytes: number) =>
      post(
        `${hook}/telephony.externalCall.attachRecord`,
        JSON.stringify({ CALL_ID: registered.CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: Buffer.alloc(bytes, 7).toString('base64') }),
        json,
      )
    expect(await attach(3 * 2 ** 20)).toMatchObject({ status: 200, body: { result: { FILE_ID: expect.any(Number) } } })
    for (const bytes of [4 * 2 ** 20 + 1, 8 * 2 ** 20]) {
      expect(await attach(bytes)).toMatchObject({
        status: 413,
        body: { error_description: expect.stringContaining('recordings.maxBytes') },
      })
    }
  })
})

test('a portal that requires https says so over http', async () => {
  const strict = await startPortal({ settings: { rest: { requireHttps: true } } })
  try {
    expect(await request(`${strict.url}/rest/server.time`)).toMatchObject({
      status: 400,
      body: { error: 'INVALID_REQUEST', error_description: 'Https required' },
    })
  } finally {
    await strict.stop()
  }
})

test('a batch of fifty long commands comes through the address of a GET', async () => {
  const filter = new URLSearchParams([['PHONE_NUMBER', '+15550100200']]).toString()
  const commands = Array.from({ length: 50 }, (_, at): [string, string] => [
    `cmd[find_customer_${at}]`,
    `telephony.externalCall.searchCrmEntities?${filter}&comment=${encodeURIComponent('Звонок '.repeat(8))}`,
  ])
  const query = new URLSearchParams([...commands, ['halt', '0']]).toString()
  expect(query.length).toBeGreaterThan(30_000)
  const found = Object.values((await get(`${hook}/batch.json?${query}`)).body.result.result) as { CRM_ENTITY_ID: number }[][]
  expect(found.map(([first]) => first?.CRM_ENTITY_ID)).toEqual(Array.from({ length: 50 }, () => contactId))
  expect((await get(`${hook}/profile?x=${'a'.repeat(70_000)}`)).status).toBe(431)
})

test('a client that takes the portal for its HTTP proxy, and so sends whole addresses, is answered', async () => {
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(house.url)
      requestHttp({ hostname, port, path: `http://portal.example${path}`, agent: false }, (answer) => {
        answer.setEncoding('utf8')
        let text = ''
        answer.on('data', (part: string) => (text += part))
        answer.on('end', () => resolve(text))
      })
        .on('error', reject)
        .end()
    })
  for (const path of [`${hook}/profile.json`, `/rest/profile?auth=${app.accessToken}`])
    expect(JSON.parse(await ask(path)).result).toMatchObject({ NAME: 'Admin' })
  expect(JSON.parse(await ask(`${hook}/no.such.method`)).error).toBe('ERROR_METHOD_NOT_FOUND')
})

describe('a request that offers HTTP/2, as Java’s and curl’s clients do on every new connection without TLS', () => {
  const offer = (path: string, { method = 'GET', body = '', upgrade = 'h2c' } = {}) =>
    new Promise<{ status: number; version: string; text: string }>((resolve, reject) => {
      const headers = {
        ...json,
        'content-length': body.length,
        connection: 'Upgrade, HTTP2-Settings',
        'http2-settings': 'AAMAAABkAAQAAP__',
        upgrade,
      }
      const asked = requestHttp(house.url + path, { method, headers, agent: false }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, version: answer.httpVersion, text: Buffer.concat(parts).toString() }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })

  test('is answered in HTTP/1.1, with its body read', async () => {
    const got = await offer(`${hook}/profile.json`)
    expect([got.status, got.version, JSON.parse(got.text).result.NAME]).toEqual([200, '1.1', 'Admin'])
    const body = JSON.stringify({ USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100277', TYPE: 2 })
    const registered = await offer(`${hook}/telephony.externalcall.register.json`, { method: 'POST', body })
    expect([registered.status, JSON.parse(registered.text).result.CALL_ID]).toEqual([200, expect.stringMatching(/^externalCall\./)])
    const token = await offer(`/oauth/token/?grant_type=refresh_token&client_id=${app.clientId}&client_secret=wrong&refresh_token=x`)
    expect([token.status, JSON.parse(token.text).error]).toEqual([401, 'invalid_client'])
  })

  test('is no way to a WebSocket where there is none', async () => {
    expect(await offer(`${hook}/profile.json`, { upgrade: 'WebSocket' })).toMatchObject({ status: 404, text: '' })
  })
})
