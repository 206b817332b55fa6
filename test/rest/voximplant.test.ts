import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let bo: Person
let ofBo: TestApp

beforeAll(async () => {
  house = await startPortal()
  bo = await house.addPerson('Bo', '105')
  app = await house.addApp()
  ofBo = await house.addApp({ title: 'Of Bo', by: bo })
})
afterAll(() => house.stop())

describe('voximplant.user.get', () => {
  test('answers target and extension, of one user or of several, and asks nobody for a confirmation', async () => {
    await house.admin.api('PUT', '/telephony', { allowUserTargets: true })
    expect((await bo.api('PUT', '/me/target', { target: `app:${app.id}` })).status).toBe(204)
    const both = await app.call('voximplant.user.get', { USER_ID: [bo.userId, house.admin.userId, 999_999] })
    const sip = { PHONE_ENABLED: 'N', SIP_SERVER: null, SIP_LOGIN: null, SIP_PASSWORD: null }
    expect(both.body.result).toEqual([
      { ID: String(house.admin.userId), DEFAULT_LINE: null, ...sip, INNER_NUMBER: '101' },
      { ID: String(bo.userId), DEFAULT_LINE: `app:${app.id}`, ...sip, INNER_NUMBER: '105' },
    ])
    expect(Object.keys(both.body.result[0])).toEqual([
      'ID',
      'DEFAULT_LINE',
      'PHONE_ENABLED',
      'SIP_SERVER',
      'SIP_LOGIN',
      'SIP_PASSWORD',
      'INNER_NUMBER',
    ])
    expect((await app.call('voximplant.user.get', { USER_ID: String(bo.userId) })).body.result).toHaveLength(1)
  })

  test('refuses without USER_ID, and people without rights about others', async () => {
    for (const params of [{}, { USER_ID: [] }, { USER_ID: 'x' }]) {
      const refused = await app.call('voximplant.user.get', params)
      expect([refused.status, refused.body]).toEqual([400, { error: '', error_description: 'Parameter USER_ID is not set' }])
    }
    expect((await ofBo.call('voximplant.user.get', { USER_ID: bo.userId })).body.result).toHaveLength(1)
    const refused = await ofBo.call('voximplant.user.get', { USER_ID: [bo.userId, house.admin.userId] })
    expect([refused.status, refused.body]).toEqual([
      403,
      { error: 'ACCESS_DENIED', error_description: 'Access denied! You have no permission to query selected users' },
    ])
  })
})

test('voices and addresses are maps of texts', async () => {
  const { body: voices } = await app.call('voximplant.tts.voices.get')
  expect(voices.result).toMatchObject({ usinternalfemale: expect.any(String), ruinternalfemale: expect.any(String) })
  const { body: urls } = await app.call('voximplant.url.get')
  expect(Object.keys(urls.result)).toEqual(['detail_statistics', 'buy_connector', 'edit_config', 'lines'])
  expect(urls.result.detail_statistics).toBe(`${house.url}/calls`)
})

describe('what only the original’s own telephony can do is refused, never pretended', () => {
  test.each([
    ['voximplant.line.outgoing.sip.set', { CONFIG_ID: 1 }, 400, 'ERROR_ARGUMENT', 'Specified CONFIG_ID is not found'],
    ['voximplant.callback.start', { FROM_LINE: 'reg1', TO_NUMBER: '+15550100100' }, 400, 'ERROR_CORE', 'Could not find line reg1'],
    ['voximplant.infocall.startwithtext', { FROM_LINE: 'reg2' }, 400, 'ERROR_CORE', 'Could not find line reg2'],
    ['voximplant.infocall.startWithSound', {}, 400, 'ERROR_CORE', 'Could not find line '],
    ['voximplant.sip.add', { SERVER: 's', LOGIN: 'l' }, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.sip.update', {}, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.sip.delete', {}, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.sip.get', {}, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.sip.status', {}, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.sip.connector.status', {}, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.user.activatePhone', { USER_ID: 1 }, 403, 'ACCESS_DENIED', 'Access denied!'],
    ['voximplant.user.deactivatePhone', { USER_ID: 1 }, 403, 'ACCESS_DENIED', 'Access denied!'],
  ] as const)('%s', async (method, params, status, error, text) => {
    const refused = await app.call(method, params)
    expect([refused.status, refused.body]).toEqual([status, { error, error_description: text }])
  })
})
