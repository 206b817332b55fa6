import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileNames, wireProfiles, type ProfileName } from '../../portal/src/events/profiles.ts'
import { expectGoldenBody } from '../support/golden.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let handler: Listener
let app: TestApp
let contactId: number
let handlers: Array<{ readonly id: number; readonly event: string }>
let number = 7000

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
  contactId = await house.addContact({ NAME: 'Nora' })
  app = await house.addApp({ scope: ['crm', 'telephony'] })
  for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONCRMCONTACTUPDATE'])
    await app.call('event.bind', { event, handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  handlers = (await house.admin.api('GET', `/apps/${app.id}`)).body.handlers
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})

async function choose(profile: ProfileName): Promise<void> {
  for (const { id } of handlers) {
    const answer = await house.admin.api('PATCH', `/handlers/${id}`, { profile })
    expect([answer.status, answer.body.profile]).toEqual([200, profile])
  }
}

async function click(fields: Readonly<Record<string, unknown>>): Promise<string> {
  const { body } = await house.admin.api('POST', '/clicks', fields)
  const both = await handler.waitFor(body.call.callId, 2)
  // the number is another one each time: without it the files of two profiles differ in nothing but the profile
  return both.find((one) => one.body.startsWith('event=ONEXTERNALCALLSTART'))!.body.replaceAll(/%2B1555011\d{4}/g, '<number>')
}

describe.each(profileNames)('the wire profile %s', (profile) => {
  test('of a click and of a change of a card is byte for byte the golden file', async () => {
    await choose(profile)
    await expectGoldenBody(
      `profiles/${profile}-click`,
      await click({ number: `+1555011${number++}`, entity: { kind: 'contact', id: contactId }, device: 'mobile' }),
    )
    await expectGoldenBody(`profiles/${profile}-click-unknown`, await click({ number: `+1555011${number++}` }))
    const before = handler.received.length
    await app.call('crm.contact.update', { id: contactId, fields: { NAME: profile } })
    const count = handler.received.slice(0, before).filter((one) => one.body.includes('ONCRMCONTACTUPDATE')).length
    const changes = await handler.waitFor('ONCRMCONTACTUPDATE', count + 1)
    await expectGoldenBody(`profiles/${profile}-contact`, changes.at(-1)!.body)
  })

  test('is explained in the documentation', async () => {
    const page = await readFile(new URL('../../docs/explanation/wire-profiles.md', import.meta.url), 'utf8')
    expect(page).toContain(`| \`${profile}\` |`)
    expect(wireProfiles[profile].about).not.toBe('')
  })
})

describe('/v1/profiles', () => {
  test('names every profile and every event that they can be compared for', async () => {
    const { body } = await house.admin.api('GET', '/profiles')
    expect(body.items.map((item: { name: string }) => item.name)).toEqual(profileNames)
    expect(body.events).toEqual(expect.arrayContaining(['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONCRMDEALDELETE']))
    const somebody = await house.addPerson('Differ', null)
    for (const path of ['/profiles', '/profiles/diff?first=current&second=2018']) expect((await somebody.api('GET', path)).status).toBe(403)
  })

  test('shows two profiles of a click line by line', async () => {
    const { body } = await house.admin.api('GET', '/profiles/diff?first=current&second=2018')
    expect(body.event).toBe('ONEXTERNALCALLSTART')
    const changed = body.lines.filter((line: { sign: string }) => line.sign !== ' ')
    expect(changed).toEqual([
      { sign: '-', text: 'event_handler_id=12' },
      { sign: '-', text: 'data[IS_MOBILE]=0' },
      { sign: '-', text: 'data[CRM_ENTITY_TYPE]=' },
      { sign: '+', text: 'data[CRM_ENTITY_TYPE]=LEAD' },
    ])
    const contact = (await house.admin.api('GET', '/profiles/diff?first=current&second=2024&event=oncrmcontactadd')).body
    expect([contact.event, contact.lines.every((line: { sign: string }) => line.sign === ' ')]).toEqual(['ONCRMCONTACTADD', true])
  })

  test('refuses what is no profile and no event', async () => {
    expect((await house.admin.api('GET', '/profiles/diff?first=current&second=1999')).body).toMatchObject({
      status: 422,
      code: 'invalid_input',
    })
    expect((await house.admin.api('GET', '/profiles/diff?first=current')).body).toMatchObject({ status: 422, code: 'invalid_input' })
    expect((await house.admin.api('GET', '/profiles/diff?first=current&second=2018&event=ONX')).body).toMatchObject({
      status: 422,
      code: 'unknown_event',
    })
  })
})

test('a profile that is not known is refused', async () => {
  const answer = await house.admin.api('PATCH', `/handlers/${handlers[0]!.id}`, { profile: '1999' })
  expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input'])
})

test('a click that waits in an offline queue has the data of its profile', async () => {
  const poller = await house.addApp({ title: 'Poller' })
  await poller.call('event.bind', { event: 'ONEXTERNALCALLSTART', event_type: 'offline' })
  const [bound] = (await house.admin.api('GET', `/apps/${poller.id}`)).body.handlers
  await house.admin.api('PATCH', `/handlers/${bound.id}`, { profile: '2018' })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${poller.id}` })
  await house.admin.api('POST', '/clicks', { number: '+15550107900' })
  const { events } = (await poller.call('event.offline.get')).body.result
  expect(events[0].EVENT_DATA).toMatchObject({ PHONE_NUMBER: '+15550107900', CRM_ENTITY_TYPE: 'LEAD', CRM_ENTITY_ID: '0' })
  expect(events[0].EVENT_DATA).not.toHaveProperty('IS_MOBILE')
})
