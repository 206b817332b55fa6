import { get as httpGet } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'

/** Contract 14.2: each rule is relied on by at least one client in the wild. */
let house: TestPortal
let app: TestApp
let eve: Person
/** `/rest/<user>/<token>`, no slash at its end */
let hook: string
let contactIds: number[]
let lastNumber = 1000

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

beforeAll(async () => {
  house = await startPortal()
  eve = await house.addPerson('Eve', '105')
  for (const [name, extension] of [['Bo', '102'], ['Cy', '104'], ['Di', null]] as const) await house.addPerson(name, extension) // oxfmt-ignore
  app = await house.addApp()
  hook = new URL(await house.addIncomingWebhook(['telephony', 'crm', 'user'])).pathname.replace(/\/$/, '')
  contactIds = []
  for (const NAME of ['Nora', 'Olga', 'Pia']) contactIds.push(await house.addContact({ NAME, PHONE: [{ VALUE: '+15550100200' }] }))
})
afterAll(() => house.stop())

const get = (path: string): Promise<Answer> => request(house.url + path)
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> =>
  request(house.url + path, { method: 'POST', body, headers })
const postJson = (path: string, body: unknown): Promise<Answer> => post(path, JSON.stringify(body), json)
const names = (answer: Answer): string[] => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return (answer.body.result as Array<{ NAME: string }>).map((one) => one.NAME)
}

describe('paths', () => {
  test.each(['/METHOD', '/METHOD.json', '/METHOD/', '//METHOD/'])('/rest/UID/TOKEN%s', async (pattern) => {
    for (const name of ['profile', 'Profile', 'PROFILE'])
      for (const answer of [await get(hook + pattern.replace('METHOD', name)), await postJson(hook + pattern.replace('METHOD', name), {})])
        expect(answer.body.result).toMatchObject({ NAME: 'Admin' })
  })

  test.each(['/rest/METHOD', '/rest/METHOD.json', '/rest//METHOD'])('%s', async (pattern) => {
    for (const name of ['user.current', 'User.Current', 'USER.CURRENT']) {
      const path = pattern.replace('METHOD', name)
      expect((await get(`${path}?auth=${app.accessToken}`)).body.result).toMatchObject({ NAME: 'Admin' })
      expect((await post(path, `auth=${app.accessToken}`, form)).body.result).toMatchObject({ NAME: 'Admin' })
    }
  })
})

describe('parameters', () => {
  test('GET and POST: the query, a form with PHP brackets and JSON are merged', async () => {
    expect(names(await get(`${hook}/crm.contact.list?filter[NAME]=Nora&select[]=NAME`))).toEqual(['Nora'])
    expect(names(await post(`${hook}/crm.contact.list?select[]=NAME`, 'filter[NAME]=Olga', form))).toEqual(['Olga'])
    expect(names(await postJson(`${hook}/crm.contact.list?filter[NAME]=Pia`, { select: ['NAME'] }))).toEqual(['Pia'])
  })

  test("JSON null and '' mean absent", async () => {
    for (const nothing of [null, '']) {
      const registered = await postJson(`${hook}/telephony.externalCall.register`, {
        USER_ID: eve.userId,
        USER_PHONE_INNER: nothing,
        PHONE_NUMBER: '+15550100201',
        TYPE: 1,
        CALL_START_DATE: nothing,
        CRM_ENTITY_ID: nothing,
        LINE_NUMBER: nothing,
        CALL_LIST_ID: nothing,
      })
      expect(registered.body.result).toMatchObject({ CALL_ID: expect.any(String), CRM_ENTITY_ID: null })
    }
  })

  test('unknown ones are ignored: bx24_*, __order, an auth inside a batch command', async () => {
    const strange = 'bx24_request_id=1&bx24_sdk_ver=2&bx24_sdk_type=php&__order=1'
    expect((await get(`${hook}/profile?${strange}`)).status).toBe(200)
    const { body } = await postJson(`${hook}/batch?${strange}`, { cmd: { a: `profile?auth=whatever&${strange}` } })
    expect(body.result.result.a).toMatchObject({ NAME: 'Admin' })
  })

  test('base64 may hold line breaks', async () => {
    const { body } = await postJson(`${hook}/telephony.externalCall.register`, { USER_ID: eve.userId, PHONE_NUMBER: '+15550100202', TYPE: 1 })
    const { CALL_ID } = body.result
    await postJson(`${hook}/telephony.externalCall.finish`, { CALL_ID, USER_ID: eve.userId, DURATION: 1 })
    const wrapped = Buffer.from('x'.repeat(300))
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n')
    for (const answer of [
      await postJson(`${hook}/telephony.externalCall.attachRecord`, { CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: wrapped }),
      await post(`${hook}/telephony.externalCall.attachRecord`, new URLSearchParams({ CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: wrapped })),
    ])
      expect(answer.body.result).toEqual({ FILE_ID: expect.any(Number) })
  })
}) // oxfmt-ignore

describe('auth', () => {
  test('is the path of a webhook, or auth in the query, the form or the JSON body', async () => {
    for (const answer of [
      await get(`${hook}/profile`),
      await get(`/rest/profile?auth=${app.accessToken}`),
      await post('/rest/profile', `auth=${app.accessToken}`, form),
      await postJson('/rest/profile', { auth: app.accessToken }),
    ])
      expect(answer.body.result).toMatchObject({ NAME: 'Admin' })
  })
})

describe('auth of older clients', () => {
  test('is access_token in the query, the form or the JSON body', async () => {
    for (const answer of [
      await get(`/rest/profile?access_token=${app.accessToken}`),
      await post('/rest/profile', `access_token=${app.accessToken}`, form),
      await postJson('/rest/profile', { access_token: app.accessToken }),
    ])
      expect(answer.body.result).toMatchObject({ NAME: 'Admin' })
    expect(await postJson('/rest/profile', { access_token: '0'.repeat(70) })).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    })
  })
})

describe('names', () => {
  test('FILTER and filter, SELECT and select, ID and id', async () => {
    for (const [filter, select] of [['FILTER', 'SELECT'], ['filter', 'select']] as const)
      expect(names(await postJson(`${hook}/crm.contact.list`, { [filter]: { NAME: 'Nora' }, [select]: ['NAME'] }))).toEqual(['Nora'])
    for (const id of ['ID', 'id']) expect((await get(`${hook}/crm.contact.get?${id}=${contactIds[0]}`)).body.result.NAME).toBe('Nora')
  }) // oxfmt-ignore

  test('EVENT and event, HANDLER and handler', async () => {
    for (const [event, handler] of [['EVENT', 'HANDLER'], ['event', 'handler']] as const)
      expect(
        (await app.call('event.bind', { [event]: 'OnExternalCallStart', [handler]: `http://127.0.0.1:9/${event}` })).body.result,
      ).toBe(true)
  }) // oxfmt-ignore

  test.each(['ACTIVE=true', 'USER_TYPE=employee', 'ID=1'])('filters as plain parameters: %s', async (filter) => {
    const all = (await get(`${hook}/user.get`)).body.result as Array<{ ID: string }>
    const found = (await get(`${hook}/user.get?${filter}`)).body.result as Array<{ ID: string }>
    expect(found.map((one) => one.ID)).toEqual(filter === 'ID=1' ? ['1'] : all.map((one) => one.ID))
  })

  test.each([true, 'true', 1, '1', 'Y'])('booleans as %j', async (yes) => {
    expect((await postJson(`${hook}/user.get`, { ACTIVE: yes })).body.total).toBeGreaterThan(3)
    expect((await postJson(`${hook}/user.get`, { FILTER: { ACTIVE: yes } })).body.total).toBeGreaterThan(3)
    const registered = { USER_ID: eve.userId, PHONE_NUMBER: `+1555010${++lastNumber}`, TYPE: 2, CRM_CREATE: yes }
    expect((await postJson(`${hook}/telephony.externalCall.register`, registered)).body.result.CRM_CREATED_ENTITIES).not.toEqual([])
  }) // oxfmt-ignore

  test('USER_ID of show and hide as one or as a list', async () => {
    const { body } = await postJson(`${hook}/telephony.externalCall.register`, { USER_ID: eve.userId, PHONE_NUMBER: '+15550100203', TYPE: 1 })
    const { CALL_ID } = body.result
    for (const verb of ['show', 'hide'])
      for (const query of [`USER_ID=${eve.userId}`, `USER_ID[]=${eve.userId}`, `USER_ID[0]=1&USER_ID[1]=${eve.userId}`])
        expect((await get(`${hook}/telephony.externalCall.${verb}?CALL_ID=${CALL_ID}&${query}`)).body.result).toBe(true)
  }) // oxfmt-ignore

  test('start=-1 with order and filter[>ID]', async () => {
    const pages: string[][] = []
    for (let last = 0; pages.length < 5;) {
      const { body } = await get(`${hook}/crm.contact.list?start=-1&order[ID]=ASC&filter[%3EID]=${last}&select[]=ID`)
      expect(Object.keys(body)).toEqual(['result', 'time'])
      const ids = (body.result as Array<{ ID: string }>).map((one) => one.ID)
      if (ids.length === 0) break
      pages.push(ids)
      last = Number(ids.at(-1))
    }
    expect(pages.flat()).toEqual(expect.arrayContaining(contactIds.map(String)))
    expect(new Set(pages.flat()).size).toBe(pages.flat().length)
  })

  test('user.get sorts by UF_PHONE_INNER and pages by total', async () => {
    const { body } = await get(`${hook}/user.get?sort=UF_PHONE_INNER&order=asc&start=0`)
    const extensions = (body.result as Array<{ UF_PHONE_INNER: string | null }>).map((one) => one.UF_PHONE_INNER).filter(Boolean)
    expect(extensions).toEqual(['101', '102', '104', '105'])
    expect(body.total).toBe(5)
    expect((await get(`${hook}/user.get?start=50`)).body).toMatchObject({ result: [], total: 5 })
    // a Go client stops at the first user without an extension: those come last
    const sorted = (
      await postJson(`${hook}/user.get`, { sort: 'UF_PHONE_INNER', order: 'DESC', filter: { USER_TYPE: 'employee' }, start: 0 })
    ).body.result
    expect((sorted as Array<{ UF_PHONE_INNER: string | null }>).map((one) => one.UF_PHONE_INNER)).toEqual([
      '105',
      '104',
      '102',
      '101',
      null,
    ])
  })
})

describe('batch', () => {
  const inner = (answer: Answer) => answer.body.result.result as unknown

  test('cmd as a list or a map, from JSON, a form or the query', async () => {
    const command = encodeURIComponent('crm.contact.get?id=1')
    for (const answer of [
      await postJson(`${hook}/batch`, { cmd: ['crm.contact.get?id=1'] }),
      await post(`${hook}/batch`, `cmd[0]=${command}`, form),
      await get(`${hook}/batch?cmd[]=${command}`),
    ])
      expect(inner(answer)).toMatchObject([{ NAME: 'Nora' }])
    for (const answer of [
      await postJson(`${hook}/batch`, { cmd: { one: 'crm.contact.get?id=1' } }),
      await post(`${hook}/batch`, `cmd[one]=${command}`, form),
      await get(`${hook}/batch?cmd[one]=${command}`),
    ])
      expect(inner(answer)).toMatchObject({ one: { NAME: 'Nora' } })
  })

  test.each([[0, true], [1, false], [false, true], [true, false]] as const)('halt %j', async (halt, goesOn) => {
    const { body } = await postJson(`${hook}/batch`, { halt, cmd: { wrong: 'no.such', next: 'server.time' } })
    expect('next' in body.result.result).toBe(goesOn)
  }) // oxfmt-ignore

  test('[] where a map is meant', async () => {
    const { body } = await postJson(`${hook}/batch`, { cmd: [] })
    expect(body.result).toEqual({ result: [], result_error: [], result_total: [], result_next: [], result_time: [] })
    expect(names(await postJson(`${hook}/crm.contact.list`, { filter: [], order: [], select: ['NAME'] }))).toContain('Nora')
  })

  test.each(['$result[first][0][ID]', encodeURIComponent('$result[first][0][ID]')])('$result written as %s', async (reference) => {
    const cmd = { first: 'crm.contact.list?filter[NAME]=Olga&select[]=ID', second: `crm.contact.get?id=${reference}` }
    expect(inner(await postJson(`${hook}/batch`, { cmd }))).toMatchObject({ second: { NAME: 'Olga' } })
  })
})

describe('/oauth/token/', () => {
  const refresh = (one: TestApp) =>
    new URLSearchParams({ grant_type: 'refresh_token', client_id: one.clientId, client_secret: one.clientSecret, refresh_token: one.refreshToken })

  test('by GET query and by POST form on the portal itself', async () => {
    for (const answer of [await get(`/oauth/token/?${refresh(app).toString()}`), await post('/oauth/token/', refresh(app))])
      expect(answer).toMatchObject({ status: 200, body: { access_token: expect.stringMatching(/^[0-9a-f]{70}$/), expires_in: 3600 } })
  })

  test('answers whatever Host a proxy names', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'oauth.bitrix.info' }
      httpGet(`${house.url}/oauth/token/?${refresh(app).toString()}`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject)
    })
    expect(status).toBe(200)
  })
}) // oxfmt-ignore

describe('addresses', () => {
  test('behind TLS termination X-Forwarded-Proto is honoured, and the public URL stands in client_endpoint and uploadUrl', async () => {
    const settings = { publicUrl: 'https://crm.example.org', trustedProxies: ['loopback'], rest: { requireHttps: true } }
    const behind = await startPortal({ settings })
    try {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'crm.example.org', 'content-type': 'application/json' }
      const address = (await behind.portal.webhooks.addIncoming({ portalId: behind.portalId, userId: behind.admin.userId, title: 'Hook', scope: ['telephony'] })).url
      expect(address).toMatch(/^https:\/\/crm\.example\.org\/rest\/\d+\//)
      const call = (method: string, params: unknown) =>
        request(address.replace('https://crm.example.org', behind.url) + method, { method: 'POST', headers, body: JSON.stringify(params) })
      const registered = await call('telephony.externalCall.register', { USER_ID: behind.admin.userId, PHONE_NUMBER: '+15550100201', TYPE: 1 })
      const { CALL_ID } = registered.body.result
      await call('telephony.externalCall.finish', { CALL_ID, USER_ID: behind.admin.userId, DURATION: 1 })
      const { uploadUrl } = (await call('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3' })).body.result
      expect(uploadUrl).toMatch(/^https:\/\/crm\.example\.org\/rest\/upload\.json\?/)
      expect((await request(address.replace('https://crm.example.org', behind.url) + 'profile')).body.error).toBe('INVALID_REQUEST')
      const secret = await behind.admin.api('POST', '/apps', { title: 'PBX', kind: 'api', scope: ['telephony'] })
      expect(JSON.stringify(secret.body)).not.toContain(behind.url)
    } finally {
      await behind.stop()
    }
  }) // oxfmt-ignore

  test('the portal serves https itself', async () => {
    const secure = await startPortal({ settings: { tls: 'local' } })
    try {
      const address = await secure.addIncomingWebhook(['crm'])
      expect(address).toMatch(/^https:\/\//)
      expect((await request(`${address}profile`)).body.result).toMatchObject({ NAME: 'Admin' })
    } finally {
      await secure.stop()
    }
  })
})
