import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ApiVersion, type AbstractB24, type AjaxResult } from '@bitrix24/b24jssdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { call, connectApp, connectTokens, connectWebhook, refusal, type Any } from '../support/sdk.ts'
import { createTurnableClock, type TurnableClock } from '../support/turnable-clock.ts'

/** The official JavaScript SDK as a black box (contract 0.3.10, A.4): what its strictness takes, others take too. */

interface World {
  readonly house: TestPortal
  readonly clock: TurnableClock
  readonly contactIds: readonly number[]
}

const phone = (value: string) => [{ VALUE: value, VALUE_TYPE: 'WORK' }]
const scopes = ['telephony', 'crm', 'user']
const lastNames = Array.from({ length: 60 }, (_, index) => `Listed ${index}`)

async function startWorld(settings: Readonly<Record<string, unknown>>): Promise<World> {
  const clock = createTurnableClock()
  const house = await startPortal({ world: { clock }, settings })
  const contactIds: number[] = []
  for (const name of lastNames)
    contactIds.push(await house.addContact({ LAST_NAME: name, PHONE: phone(`+1555010${String(1000 + contactIds.length)}`) }))
  return { house, clock, contactIds }
}

let plain: World
let secure: World

beforeAll(async () => {
  plain = await startWorld({})
  secure = await startWorld({ tls: 'local' })
})

afterAll(async () => {
  await plain.house.stop()
  await secure.house.stop()
})

const clients = [
  ['an app by OAuth over http', 'http', 'app'],
  ['an app by OAuth over https', 'https', 'app'],
  ['an incoming webhook over https', 'https', 'webhook'],
] as const

describe.each(clients)('%s', (_, scheme, kind) => {
  let world: World
  let b24: AbstractB24

  beforeAll(async () => {
    world = scheme === 'http' ? plain : secure
    b24 = kind === 'app' ? await connectApp(world.house, { title: 'SDK', scope: scopes }) : await connectWebhook(world.house, scopes)
  })

  const register = (params: Record<string, unknown> = {}): Promise<Any> =>
    call(b24, 'telephony.externalCall.register', { USER_ID: world.house.admin.userId, PHONE_NUMBER: '+15550101000', TYPE: 1, ...params })
  const finish = (callId: string): Promise<Any> =>
    call(b24, 'telephony.externalCall.finish', { CALL_ID: callId, USER_ID: world.house.admin.userId, DURATION: 7, STATUS_CODE: 200 })

  test('speaks to the portal over the scheme it was given', async () => {
    expect(b24.getTargetOrigin()).toBe(world.house.url)
    expect(world.house.url.startsWith(`${scheme}://`)).toBe(true)
    expect(await call(b24, 'profile')).toMatchObject({ ID: String(world.house.admin.userId), ADMIN: true, NAME: 'Admin' })
  })

  test('registers, shows, hides and finishes a call', async () => {
    const registered = await register({ EXTERNAL_CALL_ID: 'flow' })
    expect(registered.CALL_ID).toMatch(/^externalCall\.[0-9a-f]{32}\.\d{10}$/)
    expect([registered.CRM_ENTITY_TYPE, registered.CRM_ENTITY_ID]).toEqual(['CONTACT', world.contactIds[0]])
    const other = await world.house.addPerson(`${scheme}${kind}Other`, null)
    expect(
      await call(b24, 'telephony.externalCall.show', { CALL_ID: registered.CALL_ID, USER_ID: [world.house.admin.userId, other.userId] }),
    ).toBe(true)
    const shown = async () => (await other.api('GET', '/calls/open')).body
    expect(JSON.stringify(await shown())).toContain(registered.CALL_ID)
    expect(await call(b24, 'telephony.externalCall.hide', { CALL_ID: registered.CALL_ID, USER_ID: other.userId })).toBe(true)
    expect(JSON.stringify(await shown())).not.toContain(registered.CALL_ID)
    expect(await finish(registered.CALL_ID)).toMatchObject({
      CALL_DURATION: 7,
      CALL_STATUS: 1,
      CALL_FAILED_CODE: '200',
      INCOMING: '1',
      CALL_START_DATE: {},
    })
  })

  test('attaches a record as base64', async () => {
    const { CALL_ID } = await register({ EXTERNAL_CALL_ID: 'inline' })
    await finish(CALL_ID)
    const sound = Buffer.from('not a real mp3, but its bytes')
    const { FILE_ID } = await call(b24, 'telephony.externalCall.attachRecord', {
      CALL_ID,
      FILENAME: 'call.mp3',
      FILE_CONTENT: sound.toString('base64'),
    })
    expect(await play(world, FILE_ID)).toEqual(sound)
  })

  test('attaches a record by the upload address', async () => {
    const { CALL_ID } = await register({ EXTERNAL_CALL_ID: 'upload' })
    await finish(CALL_ID)
    const offer = await call(b24, 'telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'call.wav', FILE_CONTENT: null })
    expect(offer.uploadUrl.startsWith(`${world.house.url}/rest/upload.json?`)).toBe(true)
    const sound = Buffer.from('RIFF, more or less')
    const form = new FormData()
    form.set(offer.fieldName, new Blob([sound]), 'call.wav')
    const { data } = await b24.getHttpClient(ApiVersion.v2).ajaxClient.post(offer.uploadUrl, form)
    expect(typeof data.result.FILE_ID).toBe('number')
    expect(await play(world, data.result.FILE_ID)).toEqual(sound)
  })

  test('batches a list of commands', async () => {
    const answer = await b24.actions.v2.batch.make({
      calls: [['profile'], ['crm.contact.get', { id: world.contactIds[3] }], ['user.get', { ID: world.house.admin.userId }]],
      options: { isHaltOnError: true },
    })
    expect(answer.getErrorMessages()).toEqual([])
    const [profile, contact, users] = answer.getData() as Any
    expect([profile.NAME, contact.LAST_NAME, users[0].UF_PHONE_INNER]).toEqual(['Admin', lastNames[3], '101'])
  })

  test('batches a map of commands; one that fails does not stop the others unless told to', async () => {
    const calls = {
      good: ['server.time'],
      bad: ['telephony.externalCall.finish', { CALL_ID: 'unknown', USER_ID: 1 }],
      last: ['profile'],
    } as Any
    const going = (await b24.actions.v2.batch.make({ calls, options: { isHaltOnError: false, returnAjaxResult: true } })) as Any
    const all = going.getData()
    expect([all.good.isSuccess, all.bad.isSuccess, all.last.isSuccess]).toEqual([true, false, true])
    expect(all.bad.getErrorMessages().join()).toContain('Call is not found')
    const halted = (await b24.actions.v2.batch.make({ calls, options: { isHaltOnError: true } })) as Any
    expect(halted.isSuccess).toBe(false)
    expect(Object.keys(halted.getData())).not.toContain('last')
  })

  test('chains commands of a batch by $result', async () => {
    const answer = (await b24.actions.v2.batch.make({
      calls: {
        call: [
          'telephony.externalCall.register',
          { USER_ID: world.house.admin.userId, PHONE_NUMBER: '+15550101001', TYPE: 2, EXTERNAL_CALL_ID: 'chain' },
        ],
        end: ['telephony.externalCall.finish', { CALL_ID: '$result[call][CALL_ID]', USER_ID: world.house.admin.userId, DURATION: 3 }],
        row: ['voximplant.statistic.get', { FILTER: { CALL_ID: '$result[end][CALL_ID]' } }],
      } as Any,
      options: { isHaltOnError: true },
    })) as Any
    expect(answer.getErrorMessages()).toEqual([])
    const { call: registered, end, row } = answer.getData()
    expect(end.CALL_ID).toBe(registered.CALL_ID)
    expect(row).toHaveLength(1)
    expect(row[0]).toMatchObject({ CALL_ID: registered.CALL_ID, CALL_DURATION: '3', CALL_TYPE: '2' })
  })

  test('lists more than a page', async () => {
    const params = { select: ['ID', 'LAST_NAME'], filter: { '%LAST_NAME': 'Listed' } }
    const listed = (await b24.actions.v2.callList.make({ method: 'crm.contact.list', params: params, idKey: 'ID' })) as Any
    expect(listed.getData().map((one: Any) => one.LAST_NAME)).toEqual(lastNames)
    const fetched: Any[] = []
    for await (const chunk of b24.actions.v2.fetchList.make({ method: 'crm.contact.list', params: params, idKey: 'ID' }))
      fetched.push(chunk)
    expect(fetched.map((chunk) => chunk.length)).toEqual([50, 10])
  })

  test('pages by next and total', async () => {
    const first = (await b24.actions.v2.call.make({
      method: 'crm.contact.list',
      params: { filter: { '%LAST_NAME': 'Listed' }, start: 0 },
    })) as AjaxResult<Any>
    expect([first.getTotal(), first.isMore()]).toEqual([60, true])
    const second = (await first.getNext(b24.getHttpClient(ApiVersion.v2))) as AjaxResult<Any>
    expect(second.getData()!.result).toHaveLength(10)
    expect(second.isMore()).toBe(false)
  })

  test('hears refusals by their codes', async () => {
    expect(await refusal(b24, 'no.such.method')).toMatchObject({ code: 'ERROR_METHOD_NOT_FOUND', status: 404 })
    expect(await refusal(b24, 'telephony.externalCall.finish', { CALL_ID: 'unknown', USER_ID: 1 })).toMatchObject({
      code: 'ERROR_CORE',
      status: 400,
      message: expect.stringContaining('Call is not found (call should be registered prior to finishing'),
    })
    expect(await refusal(b24, 'crm.contact.get', { id: 999_999 })).toMatchObject({ status: 400 })
  })
})

async function play({ house }: World, fileId: number): Promise<Buffer> {
  const answer = await fetch(`${house.url}/v1/recordings/${fileId}`, { headers: { cookie: house.admin.cookie } })
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

describe.each(['http', 'https'] as const)('an expired token, over %s', (scheme) => {
  const world = (): World => (scheme === 'http' ? plain : secure)

  test('is refreshed by the SDK after the portal says expired_token, and every call of a burst is answered', async () => {
    const { house, clock } = world()
    const app = await house.addApp({ scope: scopes })
    // an app whose own clock is behind: it believes the token good for ever
    const b24 = await connectTokens(house, app, { expires: 4_000_000_000 })
    const refreshed: Any[] = []
    b24.setCallbackRefreshAuth(async (payload: Any) => void refreshed.push(payload.b24OAuthParams))
    const old = app.accessToken
    clock.turn(3_600_000)
    expect(await app.call('profile')).toMatchObject({
      status: 401,
      body: { error: 'expired_token', error_description: 'The access token provided has expired' },
    })
    const answers = await Promise.all([call(b24, 'profile'), call(b24, 'server.time'), call(b24, 'user.current')])
    expect(answers).toMatchObject([{ ID: String(house.admin.userId) }, expect.any(String), { ID: String(house.admin.userId) }])
    // how often it refreshes is the SDK's affair: an answer of 401 that comes late makes it refresh again
    expect(refreshed.length).toBeGreaterThan(0)
    expect(refreshed[0].accessToken).toMatch(/^[0-9a-f]{70}$/)
    expect(refreshed[0].accessToken).not.toBe(old)
    expect(refreshed[0].refreshToken).not.toBe(app.refreshToken)
  })

  test('is refreshed before the call when the app knows that it expired', async () => {
    const { house } = world()
    const b24 = await connectTokens(house, await house.addApp({ scope: scopes }), { expires: 1 })
    let refreshes = 0
    b24.setCallbackRefreshAuth(async () => void refreshes++)
    expect(await call(b24, 'profile')).toMatchObject({ NAME: 'Admin' })
    expect(refreshes).toBe(1)
  })

  test('of an uninstalled app cannot be refreshed: invalid_client', async () => {
    const { house } = world()
    const app = await house.addApp({ scope: scopes })
    const b24 = await connectTokens(house, app)
    await house.admin.api('DELETE', `/apps/${app.id}`)
    expect(await refusal(b24, 'profile')).toMatchObject({ originalError: { code: 'invalid_client', status: 401 } })
  })
})

test('a process trusts the local authority as the portal advises: NODE_EXTRA_CA_CERTS', async () => {
  const url = await secure.house.addIncomingWebhook(scopes)
  const script = `import { B24Hook } from '@bitrix24/b24jssdk'
    const b24 = B24Hook.fromWebhookUrl(process.env.HOOK)
    b24.offClientSideWarning()
    const answer = await b24.actions.v2.call.make({ method: 'profile' })
    console.log(answer.getData().result.NAME)`
  const run = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { PATH: process.env['PATH'] ?? '', HOOK: url, ...env },
    })
  expect((await run({ NODE_EXTRA_CA_CERTS: join(secure.house.dataDir, 'tls', 'ca.crt') })).stdout).toBe('Admin\n')
  await expect(run({})).rejects.toThrow(/certificate/i)
})
