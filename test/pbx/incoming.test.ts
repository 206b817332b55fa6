import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Person } from '../support/portal.ts'
import { request } from '../support/portal.ts'
import { expectRecordedWhole, startOffice, until, type CallView, type Office } from './office.ts'
import { callIn, type OutgoingSipCall } from './sip-caller.ts'
import { startSipPhone, type SipPhone } from './sip-phone.ts'
import { sampleRate, toneShare } from './tone.ts'

let office: Office
let bosPhone: SipPhone
let cysPhone: SipPhone
let bo: Person
let cy: Person

beforeAll(async () => {
  ;[bosPhone, cysPhone] = [await startSipPhone({ hz: 600 }), await startSipPhone({ hz: 700 })]
  office = await startOffice({
    phones: { 103: { contact: bosPhone.port }, 104: { contact: cysPhone.port } },
    asterisk: { lines: { '+15550188': { dial: 'PJSIP/{number}@trunk', group: ['101', '103', '104', '105'] } } },
    limits: { firstRingMs: 1_500, agentRingMs: 4_000 },
  })
  bo = await office.house.addPerson('Bo', '103')
  cy = await office.house.addPerson('Cy', '104')
  // As if their browsers were open: at work.
  for (const { userId } of [bo, cy]) await office.house.portal.users.seen({ id: userId, last_seen_at: null })
})
afterAll(async () => {
  await office?.stop()
  await bosPhone?.close()
  await cysPhone?.close()
})

let numbers = 0
let number = ''
let caller: OutgoingSipCall
beforeEach(() => {
  numbers += 1
  number = `+1555010${String(3000 + numbers)}`
})
afterEach(async () => {
  // What a failed test left is hung up, or the next one would meet it.
  caller?.bye()
  caller?.close()
  await office.expectQuiet()
})

const ring = async (): Promise<void> => {
  caller = await callIn(office.asterisk.sipPort, { from: number, to: '15550188', hz: 1000 })
}

/** The customer of this test, for whom Bo is responsible. */
const addCustomer = () =>
  office.house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: number, VALUE_TYPE: 'WORK' }], ASSIGNED_BY_ID: bo.userId })

/** The newest call of the number in the portal. */
async function call(): Promise<CallView> {
  const find = async () => (await office.house.admin.api('GET', `/calls?search=${number.slice(1)}`)).body.items[0] as CallView | undefined
  await until(async () => (await find()) !== undefined, 'the portal has the call')
  return (await find())!
}

const seesCard = async (person: Person, callId: string): Promise<boolean> =>
  ((await person.api('GET', '/calls/open')).body.items as CallView[]).some((one) => one.callId === callId)

test('a customer rings at the responsible person alone; card, sound both ways, recording, and the missed moments of nobody else', async () => {
  await addCustomer()
  const [others, alones] = [office.desk.calls.length, cysPhone.calls.length]
  await ring()
  const agent = await bosPhone.next()
  expect([agent.fromName, agent.from]).toEqual(['Nora', number])
  agent.ring()
  await caller.until('180')
  const { callId } = await call()
  await until(() => seesCard(bo, callId), 'Bo sees the card')
  await until(async () => (await office.call(callId)).state === 'ringing_agent', 'the portal knows that it rings')
  expect(await seesCard(office.house.admin, callId)).toBe(false)
  agent.answer()
  await caller.until('200')
  await until(() => Math.min(agent.heard().length, caller.heard().length) > 1.2 * sampleRate, 'both hear 1.2 s')
  expect(toneShare(agent.heard().slice(-sampleRate / 2), 1000)).toBeGreaterThan(0.9)
  expect(toneShare(caller.heard().slice(-sampleRate / 2), 600)).toBeGreaterThan(0.9)
  caller.bye()
  await agent.until('bye')
  const done = await office.finished(callId)
  expect(done).toMatchObject({ direction: 'incoming', statusCode: '200', userId: bo.userId, line: '+15550188' })
  expectRecordedWhole(done)
  expect([office.desk.calls.length, cysPhone.calls.length]).toEqual([others, alones])
})

test('when the responsible person does not answer the group rings too; the first to answer has the card, the others lose it', async () => {
  await addCustomer()
  await ring()
  const first = await bosPhone.next()
  first.ring()
  const [second, third] = [await office.desk.next(), await cysPhone.next()]
  for (const one of [second, third]) one.ring()
  const { callId } = await call()
  await until(() => seesCard(cy, callId), 'Cy sees the card')
  expect(await seesCard(bo, callId)).toBe(true)
  third.answer()
  await Promise.all([first.until('canceled'), second.until('canceled'), caller.until('200')])
  await until(async () => !(await seesCard(bo, callId)), 'Bo loses the card')
  expect([await seesCard(cy, callId), await seesCard(office.house.admin, callId)]).toEqual([true, false])
  third.bye()
  await caller.until('bye')
  expect(await office.finished(callId, { isRecorded: false })).toMatchObject({ statusCode: '200', userId: cy.userId })
})

test('who declines does not hold the caller up: the group rings at once; two who answer at once do not both talk', async () => {
  await addCustomer()
  await ring()
  ;(await bosPhone.next()).reject(603, 'Decline')
  const both = await Promise.all([office.desk.next(), cysPhone.next()])
  for (const one of both) one.answer()
  const { callId } = await call()
  await until(() => both.filter((one) => one.happened.includes('bye')).length === 1, 'one of the two is hung up')
  const talking = both.find((one) => !one.happened.includes('bye'))!
  await until(() => talking.heard().length > sampleRate, 'the other hears the caller')
  expect(toneShare(talking.heard().slice(-sampleRate / 2), 1000)).toBeGreaterThan(0.9)
  caller.bye()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })
})

test('nobody answers: the caller hears ringing, is left to the dialplan, and the call is missed', async () => {
  await ring()
  const all = await Promise.all([office.desk.next(), bosPhone.next(), cysPhone.next()])
  for (const one of all) one.ring()
  await caller.until('180')
  for (const one of all) await one.until('canceled')
  await caller.until('200')
  await caller.until('bye')
  const { callId } = await call()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '304', durationSeconds: 0, direction: 'incoming' })
})

test('a caller who gives up while it rings is missed, and nothing rings on', async () => {
  await addCustomer()
  await ring()
  const agent = await bosPhone.next()
  agent.ring()
  await caller.until('180')
  caller.cancel()
  await agent.until('canceled')
  const { callId } = await call()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '304', failedReason: 'The caller hung up before the answer' })
})

test('a responsible person who has a break is not rung first', async () => {
  await addCustomer()
  expect((await bo.api('PATCH', '/me', { isPaused: true })).status).toBe(200)
  await ring()
  const second = await cysPhone.next()
  second.answer()
  await caller.until('200')
  second.bye()
  const { callId } = await call()
  expect(await office.finished(callId, { isRecorded: false })).toMatchObject({ userId: cy.userId })
  await bo.api('PATCH', '/me', { isPaused: false })
})

test('a talk is handed over by keys: the card and the credit go along', async () => {
  await addCustomer()
  await ring()
  const first = await bosPhone.next()
  first.answer()
  await caller.until('200')
  const { callId } = await call()
  await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
  await first.press('*2104#')
  const second = await cysPhone.next()
  expect(second.from).toBe(number)
  second.ring()
  await until(() => seesCard(cy, callId), 'Cy sees the card')
  expect(first.happened).not.toContain('bye')
  second.answer()
  await first.until('bye')
  await until(async () => !(await seesCard(bo, callId)), 'Bo loses the card')
  await until(() => second.heard().length > sampleRate, 'Cy hears the caller')
  expect(toneShare(second.heard().slice(-sampleRate / 2), 1000)).toBeGreaterThan(0.5)
  caller.bye()
  await second.until('bye')
  const done = await office.finished(callId)
  expect(done).toMatchObject({ statusCode: '200', userId: cy.userId })
  expectRecordedWhole(done)
})

test('a talk that is handed over to somebody who declines stays where it is; one of a click is handed over too', async () => {
  const callId = await office.click(number)
  const first = await office.desk.next()
  first.answer()
  const client = await office.world.next()
  client.answer()
  await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
  await first.press('*2103#')
  ;(await bosPhone.next()).reject(603, 'Decline')
  await first.press('*2104#')
  const second = await cysPhone.next()
  second.answer()
  await first.until('bye')
  await until(() => client.heard().length > sampleRate, 'the customer hears')
  second.bye()
  await client.until('bye')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200', userId: cy.userId })
})

test('a visitor of a web page is called back: the form’s employee first', async () => {
  const answer = await office.house.admin.api('GET', '/callback-forms')
  const target = answer.body.targets[0].id as string
  const added = await office.house.admin.api('POST', '/callback-forms', {
    title: 'Call me',
    text: 'A visitor asks for a call',
    voice: 'ukenglishfemale',
    target,
    userId: office.house.admin.userId,
    countries: ['US'],
    enabled: true,
  })
  expect(added.status, JSON.stringify(added.body)).toBe(201)
  const asked = await request(`${office.house.url}/forms/${added.body.key}`, {
    method: 'POST',
    body: new URLSearchParams({ number: '+12125550144', website: '' }),
  })
  expect(asked.status).toBe(200)
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  expect(client.to).toBe('+12125550144')
  client.answer()
  number = '+12125550144'
  const { callId } = await call()
  await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
  client.bye()
  expect(await office.finished(callId, { isRecorded: false })).toMatchObject({ statusCode: '200' })
})
