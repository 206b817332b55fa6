import { expect, test } from 'vitest'
import type { BrowserPhones, Pbx, PhoneAccess } from './pbx.ts'
import { createPhoneReceiver } from './phone-receiver.ts'

const access: PhoneAccess = { login: 'h-101', password: 'p', domain: 'pbx.test', expiresAt: 1_795_392_000_500, iceServers: [] }
const asked: string[] = []
const phones: BrowserPhones = {
  socket: 'ws://pbx.test/ws',
  issue(extension) {
    asked.push(extension)
    return extension === '404' ? Promise.reject(new Error('The PBX cannot be reached.')) : Promise.resolve(access)
  },
}

function ask(
  fields: Readonly<Record<string, string>>,
  parts: { token?: string; phones?: BrowserPhones | undefined; more?: Pick<Pbx, 'check' | 'ring'> } = { phones },
) {
  const receiver = createPhoneReceiver({
    applicationToken: () => parts.token ?? 'secret',
    pbx: { name: 'Test PBX', ...(parts.phones && { phones: parts.phones }), check: () => Promise.resolve([]), ...parts.more },
    handOver({ callId, userId, to }) {
      asked.push(`${callId} of ${userId} to ${to}`)
      return Promise.resolve(to === '105' ? 'Cy is on another call.' : undefined)
    },
    log: () => {},
  })
  const auth = { domain: 'crm.test', server_endpoint: 'https://crm.test/rest/', client_endpoint: 'https://crm.test/rest/', member_id: 'm' }
  const all = {
    event: 'HOOKSWITCHPHONE',
    ts: '1',
    ...Object.fromEntries(Object.entries(auth).map(([key, text]) => [`auth[${key}]`, text])),
    ...fields,
  }
  return receiver.receive({ headers: {}, body: new URLSearchParams(all).toString() })
}
const wish = (extension: string) => ({ 'data[USER_ID]': '1', 'data[EXTENSION]': extension, 'auth[application_token]': 'secret' })

test('the portal gets what to register with, times in seconds', async () => {
  const { status, body } = await ask(wish('101'))
  expect([status, JSON.parse(body)]).toEqual([
    200,
    { login: 'h-101', password: 'p', domain: 'pbx.test', iceServers: [], expires: 1_795_392_000 },
  ])
})

test('nobody but the portal gets one, and nothing but an extension reaches the PBX', async () => {
  asked.length = 0
  expect((await ask({ ...wish('101'), 'auth[application_token]': 'guess' })).status).toBe(403)
  expect((await ask({ ...wish('101'), event: 'ONEXTERNALCALLSTART' })).status).toBe(400)
  expect((await ask({ 'data[EXTENSION][x]': '101', 'data[USER_ID]': '1', 'auth[application_token]': 'secret' })).status).toBe(400)
  for (const extension of ['', '101&102', '../auth/admin', 'a b', '1'.repeat(21)]) {
    const { status, body } = await ask(wish(extension))
    expect([status, body.includes('"refused"')], extension).toEqual([200, true])
  }
  expect(asked).toEqual([])
})

test('why there is none is told in words; a PBX without such phones answers 404', async () => {
  expect(JSON.parse((await ask(wish('404'))).body)).toEqual({ refused: { code: 'unavailable', text: 'The PBX cannot be reached.' } })
  expect((await ask(wish('101'), { phones: undefined })).status).toBe(404)
})

test('a talk is handed over when the portal asks for it, and why not is told in words; a phone is not needed for it', async () => {
  asked.length = 0
  const transfer = (to: string, more: Readonly<Record<string, string>> = { 'data[CALL_ID]': 'c1' }) =>
    ask({ ...wish(to), event: 'HOOKSWITCHTRANSFER', ...more }, { phones: undefined })
  expect(await transfer('104')).toMatchObject({ status: 200, body: '{}' })
  expect(JSON.parse((await transfer('105')).body)).toEqual({ refused: { code: 'unavailable', text: 'Cy is on another call.' } })
  expect(asked).toEqual(['c1 of 1 to 104', 'c1 of 1 to 105'])
  expect((await transfer('104', {})).status).toBe(400)
  expect((await transfer('104&102')).body).toContain('"refused"')
  expect((await transfer('104', { 'data[CALL_ID]': 'c1', 'auth[application_token]': 'guess' })).status).toBe(403)
  expect(asked).toHaveLength(2)
})

test('what is wrong with the PBX is answered as it was found; a phone is rung for a test, or the person reads why not', async () => {
  const found = { name: 'line', subject: '+15550100', ok: false, code: 'offline', text: 'The trunk is not registered.' } as const
  const more = {
    check: () => Promise.resolve([found]),
    ring: (extension: string) => (extension === '101' ? Promise.resolve() : Promise.reject(new Error('No such phone.'))),
  }
  const checked = await ask({ ...wish(''), event: 'HOOKSWITCHCHECK' }, { phones, more })
  expect(JSON.parse(checked.body)).toEqual({ pbx: 'Test PBX', checks: [found] })
  expect(await ask({ ...wish('101'), event: 'HOOKSWITCHRING' }, { phones, more })).toMatchObject({ status: 200, body: '{}' })
  expect((await ask({ ...wish('102'), event: 'HOOKSWITCHRING' }, { phones, more })).body).toContain('No such phone.')
  expect((await ask({ ...wish(''), event: 'HOOKSWITCHRING' }, { phones, more })).body).toContain('"refused"')
  expect((await ask({ ...wish('101'), event: 'HOOKSWITCHRING' })).status).toBe(404)
})
