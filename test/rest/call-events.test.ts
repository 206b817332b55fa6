import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectGoldenBody } from '../support/golden.ts'
import { startListener, type Listener, type Received } from '../support/listener.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let handler: Listener
const cards = ['contact', 'company', 'lead', 'deal', 'activity'] as const
const crmEvents = cards.flatMap((card) => ['ADD', 'UPDATE', 'DELETE'].map((what) => `ONCRM${card.toUpperCase()}${what}`))
const callEvents = ['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND']

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
  app = await house.addApp({ scope: ['crm', 'telephony'] })
  for (const event of [...callEvents, ...crmEvents]) await app.call('event.bind', { event, handler: handler.url })
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})

const eventOf = (one: Received): string => new URLSearchParams(one.body).get('event')!
const idOf = (one: Received): string | null => new URLSearchParams(one.body).get('data[FIELDS][ID]')
/** The one delivery of this event that holds the part. */
const arrived = async (event: string, part: string): Promise<Received> => {
  const find = () => handler.received.filter((one) => eventOf(one) === event && one.body.includes(part))
  await expect.poll(() => find().length, { timeout: 5000 }).toBe(1)
  return find()[0]!
}
const ofCard = (event: string, id: number): Promise<Received> => arrived(event, `FIELDS%5D%5BID%5D=${id}&`)
const call = async (method: string, params: Readonly<Record<string, unknown>>): Promise<Answer['body']['result']> =>
  (await app.call(method, params)).body.result
const register = (params: Readonly<Record<string, unknown>>) =>
  call('telephony.externalCall.register', {
    USER_ID: house.admin.userId,
    CALL_START_DATE: '2026-01-02T03:04:05+03:00',
    ...params,
  })
const finish = (callId: string, params: Readonly<Record<string, unknown>> = {}) =>
  call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 12, ...params })

describe('the events of a call', () => {
  test('are byte for byte the golden files, and the activity of the call keeps its place before the end', async () => {
    const contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: '+15550100200' }] })
    let release = (): void => {}
    handler.answer((response, one) => {
      if (eventOf(one) === 'ONVOXIMPLANTCALLINIT') release = () => response.end()
      else response.end()
    })
    const { CALL_ID } = await register({ PHONE_NUMBER: '+15550100200', TYPE: 2, LINE_NUMBER: 'sales' })
    await call('hookswitch.call.progress', { CALL_ID, STATE: 'talking' })
    const { CRM_ACTIVITY_ID } = await finish(CALL_ID, { COST: 1.5, COST_CURRENCY: 'EUR', FAILED_REASON: 'no & none' })
    // another card's event does not wait for them
    await call('crm.contact.update', { id: contactId, fields: { NAME: 'Norah' } })
    await ofCard('ONCRMCONTACTUPDATE', contactId)
    const own = () =>
      handler.received.filter(
        (one) => one.body.includes(CALL_ID) || (eventOf(one).includes('ACTIVITY') && idOf(one) === String(CRM_ACTIVITY_ID)),
      )
    expect(own().map(eventOf)).toEqual(['ONVOXIMPLANTCALLINIT'])
    release()
    handler.answer((response) => void response.end())
    const order = ['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONCRMACTIVITYADD', 'ONVOXIMPLANTCALLEND']
    await expect.poll(() => own().map(eventOf)).toEqual(order)
    for (const one of own()) await expectGoldenBody(`calls/${eventOf(one).toLowerCase()}`, one.body)
  })

  test('of a call without a card, without a line, that failed', async () => {
    const { CALL_ID } = await register({ PHONE_NUMBER: '+15550100299', TYPE: 1 })
    await finish(CALL_ID, { DURATION: 0, STATUS_CODE: '603-S' })
    const end = (await arrived('ONVOXIMPLANTCALLEND', CALL_ID)).body
    await expectGoldenBody('calls/onvoximplantcallend-failed', end)
    expect(new URLSearchParams(end).get('data[PORTAL_NUMBER]')).toBe('REST_APP:')
  })

  test('of a webhook’s call have no app', async () => {
    const hook = await house.addIncomingWebhook(['telephony'])
    const { body } = await request(
      `${hook}telephony.externalCall.register?USER_ID=${house.admin.userId}&PHONE_NUMBER=%2B15550100298&TYPE=1`,
    )
    await expectGoldenBody('calls/onvoximplantcallinit-webhook', (await arrived('ONVOXIMPLANTCALLINIT', body.result.CALL_ID)).body)
  })
})

describe.each(cards)('a %s', (card) => {
  const name = card.toUpperCase()
  const first = { contact: { NAME: 'A' }, company: { TITLE: 'A' }, lead: { TITLE: 'A' }, deal: { TITLE: 'A' } }

  test('says ADD, UPDATE and DELETE in the golden bodies, in the order in which it happened', async () => {
    const owner = await house.addContact({ NAME: 'Owner' })
    const activity = {
      TYPE_ID: 2,
      SUBJECT: 'A call',
      RESPONSIBLE_ID: house.admin.userId,
      COMMUNICATIONS: [{ VALUE: '+15550107200', ENTITY_ID: owner, ENTITY_TYPE_ID: 3 }],
    }
    const id = (await call(`crm.${card}.add`, { fields: card === 'activity' ? activity : first[card] })) as number
    const added = await ofCard(`ONCRM${name}ADD`, id)
    await call(`crm.${card}.update`, { id, fields: card === 'activity' ? { SUBJECT: 'Other' } : { COMMENTS: 'b' } })
    const changed = await ofCard(`ONCRM${name}UPDATE`, id)
    await call(`crm.${card}.delete`, { id })
    const removed = await ofCard(`ONCRM${name}DELETE`, id)
    expect(added.at).toBeLessThanOrEqual(changed.at)
    for (const [what, one] of [
      ['add', added],
      ['update', changed],
      ['delete', removed],
    ] as const)
      await expectGoldenBody(`calls/oncrm-${what}`, one.body.replace(`ONCRM${name}`, 'ONCRM<CARD>').replace(`ID%5D=${id}&`, 'ID%5D=<id>&').replace(/event_handler_id=\d+/, 'event_handler_id=<id>')) // oxfmt-ignore
  })
})

describe('what a call makes by itself is said like anything else', () => {
  test('a lead: ADD when it is made, UPDATE when finish assigns it to another', async () => {
    const eve = await house.addPerson('Eve', '105')
    const { CALL_ID, CRM_CREATED_LEAD } = await register({ PHONE_NUMBER: '+15550100301', TYPE: 2, CRM_CREATE: 1 })
    await ofCard('ONCRMLEADADD', CRM_CREATED_LEAD)
    const { CRM_ACTIVITY_ID } = await finish(CALL_ID, { USER_ID: eve.userId })
    await ofCard('ONCRMLEADUPDATE', CRM_CREATED_LEAD)
    await ofCard('ONCRMACTIVITYADD', CRM_ACTIVITY_ID)
  })

  test('in simple mode a contact and a deal', async () => {
    await house.admin.api('PATCH', '/switches', { crmMode: 'simple' })
    const { CRM_CREATED_ENTITIES } = await register({ PHONE_NUMBER: '+15550100302', TYPE: 2, CRM_CREATE: 1 })
    for (const { ENTITY_TYPE, ENTITY_ID } of CRM_CREATED_ENTITIES) await ofCard(`ONCRM${ENTITY_TYPE}ADD`, ENTITY_ID)
    await house.admin.api('PATCH', '/switches', { crmMode: 'classic' })
  })
})
