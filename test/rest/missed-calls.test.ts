import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let eve: Person
let rita: Person
let contactId: number
const known = '+15550100220'
let lastId = 0

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp()
  eve = await house.addPerson('Eve', '105')
  rita = await house.addPerson('Rita', '106')
  contactId = await house.addContact({ NAME: 'Nora', LAST_NAME: 'Bright', PHONE: [{ VALUE: known }], ASSIGNED_BY_ID: rita.userId })
})
afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const end = async (register: Params, finish: Params): Promise<string> => {
  const call = { USER_ID: eve.userId, PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: `m${++lastId}`, ...register }
  const { CALL_ID } = (await app.call('telephony.externalCall.register', call)).body.result
  const answer = await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId, DURATION: 0, ...finish })
  expect(answer.status).toBe(200)
  return CALL_ID
}
const notes = async (person: Person): Promise<string[]> =>
  (await person.api('GET', '/notifications')).body.items.map((note: { message: string }) => note.message)

test('a missed call is told to the responsible person of the card, once, in their language', async () => {
  await rita.api('PATCH', '/me', { language: 'ru' })
  const callId = await end({}, {})
  expect(await notes(rita)).toEqual(['Пропущенный звонок: Nora Bright, +1 555 010 0220'])
  expect(await notes(eve)).toEqual([])
  const { items } = (await eve.api('GET', `/contacts/${contactId}/timeline`)).body
  const entry = items.find((one: { call: { callId: string } | null }) => one.call?.callId === callId)
  expect(entry).toMatchObject({ kind: 'call', call: { direction: 'incoming', statusCode: '304', responsible: { id: rita.userId } } })
})

test('a missed call is counted beside Calls, for the responsible person alone, until they look', async () => {
  const countOf = async (person: Person): Promise<number> => (await person.api('GET', '/missed-calls')).body.count
  await rita.api('POST', '/missed-calls/looked-at', {})
  const ofEve = await countOf(eve)
  const callId = await end({}, {})
  await end({}, { DURATION: 9 })
  expect([await countOf(rita), await countOf(eve)]).toEqual([1, ofEve])
  await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 0 })
  expect(await countOf(rita)).toBe(1)
  expect((await rita.api('POST', '/missed-calls/looked-at', {})).status).toBe(204)
  expect(await countOf(rita)).toBe(0)
})

test('of somebody unknown it is told to whom the call is credited', async () => {
  await end({ PHONE_NUMBER: '+15550100229' }, {})
  expect(await notes(eve)).toEqual(['Missed call: +1 555 010 0229'])
})

test.each([
  ['answered', {}, { DURATION: 5 }],
  ['answered, in the words of older connectors', {}, { DURATION: 5, STATUS_CODE: 'VI_STATUS_200' }],
  ['outgoing', { TYPE: 1 }, {}],
  ['a callback', { TYPE: 4 }, {}],
])('a call that is %s is told to nobody', async (_, register, finish) => {
  const before = [await notes(eve), await notes(rita)]
  await end(register, finish)
  expect([await notes(eve), await notes(rita)]).toEqual(before)
})

test.each(['304', '603', '603-S', '486', '480', 'OTHER', 'SOMETHING'])('an incoming call that ended with %s was missed', async (code) => {
  const before = (await notes(rita)).length
  await end({ TYPE: 3 }, { STATUS_CODE: code })
  expect((await notes(rita)).length).toBe(before + 1)
})

test('what the portal closes by itself is told to nobody: it may have been answered', async () => {
  const before = (await notes(rita)).length
  const call = { USER_ID: eve.userId, PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: 'silent' }
  const { CALL_ID } = (await app.call('telephony.externalCall.register', call)).body.result
  const day = Date.now() - 86_400_000
  const { store, calls } = house.portal
  await store.transaction((tx) =>
    tx.write(store.build.updateTable('call').set({ started_at: day, created_at: day, reported_at: day }).where('call_id', '=', CALL_ID)),
  )
  expect(await calls.closeSilent()).toBe(1)
  expect((await notes(rita)).length).toBe(before)
  // the late report is a report like any other
  await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId })
  expect((await notes(rita)).length).toBe(before + 1)
})

test('the card of a missed call stays open at whom it rang, says so, and goes from the others', async () => {
  const call = { USER_ID: eve.userId, PHONE_NUMBER: known, TYPE: 2, EXTERNAL_CALL_ID: 'rings' }
  const { CALL_ID } = (await app.call('telephony.externalCall.register', call)).body.result
  await app.call('telephony.externalCall.show', { CALL_ID, USER_ID: [eve.userId, rita.userId] })
  await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID: eve.userId })
  const openOf = async (person: Person) =>
    (await person.api('GET', '/calls/open')).body.items.filter((one: { callId: string }) => one.callId === CALL_ID)
  expect(await openOf(eve)).toMatchObject([{ state: 'finished', statusCode: '304' }])
  expect(await openOf(rita)).toEqual([])
})
