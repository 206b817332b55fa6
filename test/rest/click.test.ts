import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let handler: Listener
let stranger: Listener
let app: TestApp
let caller: Person
let contactId: number
let companyId: number
let leadId: number

const phone = (value: string) => [{ VALUE: value, VALUE_TYPE: 'WORK' }]

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
  stranger = await startListener()
  for (const name of ['Bo', 'Cy', 'Di']) await house.addPerson(name, null)
  caller = await house.addPerson('Eve', '105')
  contactId = await house.addContact({ NAME: 'Nora', PHONE: phone('+1 (555) 010-0200') })
  companyId = await house.addCompany({ TITLE: 'Harbour', PHONE: phone('+15550100300') })
  leadId = await house.addLead({ TITLE: 'A lead', PHONE: phone('+7 (495) 123-45-67 доб. 12') })
  app = await house.addApp({ scope: ['crm', 'telephony', 'user_brief'] })
  await app.call('event.bind', { event: 'OnExternalCallStart', handler: handler.url })
  const other = await house.addApp({ title: 'Other' })
  await other.call('event.bind', { event: 'OnExternalCallStart', handler: stranger.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
})

afterAll(async () => {
  await house.stop()
  await handler.close()
  await stranger.close()
})

/** What changes from run to run is named, the rest is byte for byte. */
function fixed(body: string): string {
  return body
    .replace(/externalCall\.[0-9a-f]{32}\.\d{10}/g, 'externalCall.<32 hex>.<unix time>')
    .replace(/access_token%5D=[0-9a-f]{70}/, 'access_token%5D=<70 hex>')
    .replace(/(expires%5D|&ts)=\d{10}/g, '$1=<unix time>')
    .replace(/(member_id%5D|application_token%5D)=[0-9a-f]{32}/g, '$1=<32 hex>')
    .replace(/127\.0\.0\.1(%3A|:)\d+/g, '<portal>')
    .replaceAll('&', '\n&')
}

async function expectGolden(name: string, body: string): Promise<void> {
  const file = new URL(`./golden/${name}.txt`, import.meta.url)
  const text = `${fixed(body)}\n`
  if (process.env['GOLDEN'] === 'write') await writeFile(file, text)
  expect(text).toBe(await readFile(file, 'utf8'))
}

async function click(by: Person, body: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await by.api('POST', '/clicks', body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  const { callId } = answer.body.call as { callId: string }
  const [received] = await handler.waitFor(callId)
  return received!.body
}

describe('the body of ONEXTERNALCALLSTART is byte for byte the contract’s', () => {
  test('from a contact', async () => {
    await expectGolden('contact', await click(caller, { number: '+1 (555) 010-0200', entity: { kind: 'contact', id: contactId } }))
  })

  test('from a company', async () => {
    await expectGolden('company', await click(caller, { number: '+15550100300', entity: { kind: 'company', id: companyId } }))
  })

  test('from a lead, with an extension', async () => {
    await expectGolden('lead', await click(caller, { number: '+7 (495) 123-45-67 доб. 12', entity: { kind: 'lead', id: leadId } }))
  })

  test('from a call list', async () => {
    const list = await house.admin.api('POST', '/call-lists', { entityKind: 'contact', entityIds: [contactId] })
    expect(list.status).toBe(201)
    await expectGolden(
      'call-list',
      await click(house.admin, { number: '+1 (555) 010-0200', entity: { kind: 'contact', id: contactId }, callListId: list.body.id }),
    )
  })

  test('from a mobile client', async () => {
    await expectGolden(
      'mobile',
      await click(house.admin, { number: '+15550100300', entity: { kind: 'company', id: companyId }, device: 'mobile' }),
    )
  })

  test('with a line as the target', async () => {
    await app.call('telephony.externalLine.add', { NUMBER: 'line-1', NAME: 'First' })
    const { body } = await house.admin.api('GET', '/telephony')
    const line = (body.targets as Array<{ id: string; kind: string }>).find((target) => target.kind === 'line')
    await house.admin.api('PUT', '/telephony', { portalTarget: line!.id })
    try {
      await expectGolden('line', await click(house.admin, { number: '+15550100201', entity: { kind: 'contact', id: contactId } }))
    } finally {
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    }
  })

  test('of a number that no card has', async () => {
    await expectGolden('unknown', await click(house.admin, { number: '34' }))
  })

  test('in the wire profile of 2024', async () => {
    const { body } = await house.admin.api('GET', `/apps/${app.id}`)
    const bound = (body.handlers as Array<{ id: number }>)[0]!
    await house.admin.api('PATCH', `/handlers/${bound.id}`, { profile: '2024' })
    try {
      await expectGolden('profile-2024', await click(house.admin, { number: '+15550100202', entity: { kind: 'contact', id: contactId } }))
      await expectGolden(
        'profile-2024-mobile',
        await click(house.admin, { number: '+15550100203', entity: { kind: 'contact', id: contactId }, device: 'mobile' }),
      )
      await expectGolden(
        'profile-2024-company',
        await click(house.admin, { number: '+15550100211', entity: { kind: 'company', id: companyId } }),
      )
      await expectGolden(
        'profile-2024-lead',
        await click(house.admin, { number: '+7 (495) 123-45-67 доб. 13', entity: { kind: 'lead', id: leadId } }),
      )
      const list = await house.admin.api('POST', '/call-lists', { entityKind: 'contact', entityIds: [contactId] })
      await expectGolden(
        'profile-2024-call-list',
        await click(house.admin, { number: '+15550100212', entity: { kind: 'contact', id: contactId }, callListId: list.body.id }),
      )
      const { body: telephony } = await house.admin.api('GET', '/telephony')
      const line = (telephony.targets as Array<{ id: string; kind: string }>).find((target) => target.kind === 'line')
      await house.admin.api('PUT', '/telephony', { portalTarget: line!.id })
      await expectGolden(
        'profile-2024-line',
        await click(house.admin, { number: '+15550100213', entity: { kind: 'contact', id: contactId } }),
      )
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    } finally {
      await house.admin.api('PATCH', `/handlers/${bound.id}`, { profile: 'current' })
    }
  })

  test('to an outgoing webhook', async () => {
    const hook = await house.admin.api('POST', '/webhooks/outgoing', {
      title: 'PBX',
      url: `${handler.url}?hook=1`,
      events: ['ONEXTERNALCALLSTART'],
    })
    expect(hook.status, JSON.stringify(hook.body)).toBe(201)
    await house.admin.api('PUT', '/telephony', { portalTarget: `webhook:${hook.body.id}` })
    try {
      const body = await click(house.admin, { number: '+15550100204', entity: { kind: 'contact', id: contactId } })
      await expectGolden('webhook', body)
      expect(body).toContain(`application_token%5D=${String(hook.body.token)}`)
      expect(handler.received.at(-1)!.path).toBe('/handler?hook=1')
    } finally {
      await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    }
  })
})

test('the request is a form, says who sends it, and is signed', async () => {
  await click(caller, { number: '+15550100205' })
  const { headers } = handler.received.at(-1)!
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(headers['user-agent']).toBe('Bitrix24 Webhook Engine')
  expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
  expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(headers['hookswitch-attempt']).toBe('1')
})

test('the tokens in the body are fresh and work as the clicking user', async () => {
  const body = new URLSearchParams(await click(caller, { number: '+15550100206' }))
  expect(body.get('auth[user_id]')).toBe(String(caller.userId))
  expect(Number(body.get('auth[expires]')) * 1000).toBeGreaterThan(Date.now() + 3_590_000)
  const profile = await fetch(`${house.url}/rest/profile?auth=${body.get('auth[access_token]')!}`).then((answer) => answer.json())
  expect(profile).toMatchObject({ result: { ID: String(caller.userId), ADMIN: false } })
})

test('every subscriber hears ONVOXIMPLANTCALLINIT, the click goes to the target alone', async () => {
  const other = await house.addApp({ title: 'Watcher' })
  await other.call('event.bind', { event: 'ONVOXIMPLANTCALLINIT', handler: stranger.url })
  await click(caller, { number: '+15550100207' })
  const [init] = await stranger.waitFor('ONVOXIMPLANTCALLINIT')
  const body = new URLSearchParams(init!.body)
  expect(body.get('data[CALLER_ID]')).toBe('+15550100207')
  expect(body.get('data[REST_APP_ID]')).toBe(String(app.id))
  expect(body.get('data[CALL_TYPE]')).toBe('1')
})

test('a second app that is bound to the same event has received nothing by now', () => {
  expect(handler.received.length).toBeGreaterThan(10)
  expect(stranger.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART'))).toHaveLength(0)
})

describe('a double click', () => {
  test('is one call, from however many tabs it comes', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => caller.api('POST', '/clicks', { number: '+1 555 010-0208' })))
    const ids = new Set(answers.map((answer) => answer.body.call.callId as string))
    expect(ids.size).toBe(1)
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
    await handler.waitFor([...ids][0]!)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(handler.received.filter((one) => one.body.includes([...ids][0]!))).toHaveLength(1)
  })

  test('on another number, or by another user, is another call', async () => {
    const [one, two, three] = await Promise.all([
      caller.api('POST', '/clicks', { number: '+15550100209' }),
      caller.api('POST', '/clicks', { number: '+15550100210' }),
      house.admin.api('POST', '/clicks', { number: '+15550100209' }),
    ])
    expect(new Set([one, two, three].map((answer) => answer.body.call.callId)).size).toBe(3)
  })
})

describe('a number that cannot be called', () => {
  test.each([
    ['**21#', 'number_service_code'],
    ['call me', 'number_letters'],
    ['+1 555 CALL', 'number_letters'],
    ['', 'number_empty'],
    ['  ', 'number_empty'],
  ])('%j is refused before any call exists: %s', async (number, code) => {
    const answer = await caller.api('POST', '/clicks', { number })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ code })
  })

  test('service codes are called once the admin allows them', async () => {
    await house.admin.api('PUT', '/telephony', { allowServiceCodes: true })
    try {
      expect(await click(caller, { number: '**21#' })).toContain('data%5BPHONE_NUMBER%5D=%2A%2A21%23')
    } finally {
      await house.admin.api('PUT', '/telephony', { allowServiceCodes: false })
    }
  })

  test('112 is called as it is typed', async () => {
    const body = new URLSearchParams(await click(caller, { number: '112' }))
    expect([body.get('data[PHONE_NUMBER]'), body.get('data[PHONE_NUMBER_INTERNATIONAL]')]).toEqual(['112', '112'])
  })
})
