/** From a press in the browser to the timeline, however the call ends: what the card says at each step, and what stands on the timeline afterwards. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium } from '../support/chromium.ts'
import { testPassword } from '../support/portal.ts'
import { startOffice, until, type CallView, type Office } from './office.ts'
import type { SipCall } from './sip-phone.ts'
import { sampleRate } from './tone.ts'

let office: Office
let browser: Browser
let page: Page
beforeAll(async () => {
  ;[office, browser] = await Promise.all([
    startOffice({ endpointLines: ['rtp_timeout=3'], limits: { agentRingMs: 4000, clientRingMs: 4000 } }),
    launchChromium(inject('chromium')),
  ])
  page = await (await openContext(browser, viewports.desktop)).newPage()
  await signIn(page, { url: office.house.url, email: 'admin@example.com', password: testPassword })
})
afterAll(async () => {
  await browser?.close()
  await office?.stop()
})

let people = 0
let card: Locator
beforeEach(async () => {
  await office.begin()
})

/** Opens the card of a new customer and presses its number. */
async function press(): Promise<void> {
  people += 1
  const number = `(212) 555-0${String(150 + people)}`
  const id = await office.house.addContact({ NAME: `Customer ${people}`, PHONE: [{ VALUE: `+1 ${number}`, VALUE_TYPE: 'WORK' }] })
  await page.goto(`${office.house.url}/contacts/${id}`)
  await page.getByRole('button', { name: `Call ${number}` }).click()
  card = page.locator('[data-call-dock]').getByRole('article', { name: `Call with Customer ${people}`, exact: true })
}

const says = (text: string | RegExp): Promise<void> => card.getByRole('status').filter({ hasText: text }).waitFor()

/** The desk phone rings, and the card says so. */
async function rungDesk(): Promise<SipCall> {
  const agent = await office.desk.next()
  agent.ring()
  await says('Ringing your phone')
  return agent
}

/** The desk has answered, the customer's phone rings, and the card says so. */
async function rungCustomer(): Promise<{ agent: SipCall; client: SipCall }> {
  const agent = await rungDesk()
  agent.answer()
  const client = await office.world.next()
  client.ring()
  await says('Ringing the customer')
  return { agent, client }
}

async function talk(): Promise<{ agent: SipCall; client: SipCall; from: number }> {
  const { agent, client } = await rungCustomer()
  client.answer()
  await says(/^Talking$/)
  const from = Date.now()
  await until(() => Math.min(agent.heard().length, client.heard().length) > 1.2 * sampleRate, 'both hear 1.2 s')
  return { agent, client, from }
}

/** The card says how it ended; the timeline says the same; the portal has the code, and the PBX has nothing left. */
async function endsAs(
  words: string | RegExp,
  { code, onTimeline = words }: { code: string; onTimeline?: string | RegExp },
): Promise<CallView> {
  await says(words)
  const callId = (await card.getAttribute('data-call-id'))!
  const entry = page.locator(`section[aria-label="Timeline"] article[data-call-id="${callId}"]`)
  await entry.getByText('Outgoing call').waitFor()
  await entry.getByText(onTimeline).first().waitFor()
  const call = await office.finished(callId)
  expect(call.statusCode).toBe(code)
  if (code !== '200') expect(call.durationSeconds).toBe(0)
  await office.expectQuiet()
  return call
}

test('the desk phone is busy', async () => {
  await press()
  ;(await office.desk.next()).reject(486, 'Busy Here')
  await endsAs('Busy', { code: '486' })
})

test('the desk phone declines', async () => {
  await press()
  ;(await rungDesk()).reject(603, 'Decline')
  await endsAs('Declined', { code: '603' })
})

test('nobody answers the desk phone', async () => {
  await press()
  const agent = await rungDesk()
  await agent.until('canceled')
  await endsAs('No answer', { code: '304' })
})

test('the desk phone vanishes while it rings', async () => {
  await press()
  ;(await rungDesk()).vanish()
  await endsAs('No answer', { code: '304' })
})

test('the desk hangs up before the customer’s phone rings', async () => {
  await press()
  const agent = await rungDesk()
  agent.answer()
  const client = await office.world.next()
  agent.bye()
  await client.until('canceled')
  await endsAs('Canceled by the caller', { code: '603-S' })
})

test('the desk hangs up while the customer’s phone rings', async () => {
  await press()
  const { agent, client } = await rungCustomer()
  agent.bye()
  await client.until('canceled')
  await endsAs('Canceled by the caller', { code: '603-S' })
})

test.each([
  [486, 'Busy Here', 'Busy', '486'],
  [603, 'Decline', 'Declined', '603'],
  [404, 'Not Found', 'Wrong number', '404'],
  [503, 'Service Unavailable', 'Not reachable', '503'],
])('the customer’s network says %i %s', async (status, reason, words, code) => {
  await press()
  const agent = await rungDesk()
  agent.answer()
  ;(await office.world.next()).reject(status, reason)
  await agent.until('bye')
  await endsAs(words, { code })
})

test('the customer does not answer', async () => {
  await press()
  const { agent, client } = await rungCustomer()
  await client.until('canceled')
  await agent.until('bye')
  await endsAs('No answer', { code: '304' })
})

test('the customer vanishes while their phone rings', async () => {
  await press()
  const { agent, client } = await rungCustomer()
  client.vanish()
  await agent.until('bye')
  await endsAs('No answer', { code: '304' })
})

test.each(['agent', 'client'] as const)('the %s hangs up the talk', async (who) => {
  await press()
  const legs = await talk()
  legs[who].bye()
  const seconds = (Date.now() - legs.from) / 1000
  const { durationSeconds, recording } = await endsAs(/^Finished, 0:0\d$/, { code: '200', onTimeline: /0:0\d/ })
  for (const length of [durationSeconds!, recording.durationSeconds]) expect(Math.abs(length - seconds)).toBeLessThan(1.5)
})

test.each(['agent', 'client'] as const)('the %s’s phone vanishes in the talk, and Asterisk gives it up', async (who) => {
  await press()
  const legs = await talk()
  legs[who].vanish()
  await legs[who === 'agent' ? 'client' : 'agent'].until('bye')
  await endsAs(/^Finished, 0:/, { code: '200', onTimeline: /0:/ })
})
