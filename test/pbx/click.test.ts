/// <reference lib="dom" />
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium } from '../support/chromium.ts'
import { testPassword } from '../support/portal.ts'
import { startOffice, until, type Office } from './office.ts'
import { readWav, sampleRate, toneShare } from './tone.ts'

let office: Office
let browser: Browser
beforeAll(async () => {
  ;[office, browser] = await Promise.all([startOffice(), launchChromium(inject('chromium'))])
})
afterAll(async () => {
  await browser?.close()
  await office?.stop()
})

test('a click rings the desk, then the customer; both hear each other; the portal has code, duration and a recording of both', async () => {
  const { desk, world, click, finished } = office
  const callId = await click('+1 555 010 0155')
  const agent = await desk.next()
  expect([agent.from, agent.to]).toEqual(['+15550100155', '101'])
  expect(world.calls).toHaveLength(0)
  agent.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_agent', 'the portal has it as ringing_agent')
  agent.answer()
  const client = await world.next()
  expect([client.from, client.to]).toEqual(['+15550188', '+15550100155'])
  client.ring()
  await until(async () => (await office.call(callId)).state === 'ringing_client', 'the portal has it as ringing_client')
  client.answer()
  const answeredAt = Date.now()
  await until(async () => (await office.call(callId)).state === 'talking', 'the portal has it as talking')
  const talkedFrom = Date.now()
  await until(() => Math.min(agent.heard().length, client.heard().length) > 1.6 * sampleRate, 'both hear 1.6 s')
  client.bye()
  const endedAt = Date.now()
  await agent.until('bye')
  const call = await finished(callId)
  expect(call).toMatchObject({ statusCode: '200' })
  expect(toneShare(agent.heard().slice(-sampleRate), 1000)).toBeGreaterThan(0.9)
  expect(toneShare(client.heard().slice(-sampleRate), 440)).toBeGreaterThan(0.9)
  const file = await fetch(`${office.house.url}${call.recording.url}`, { headers: { cookie: office.house.admin.cookie } })
  const [sound] = readWav(Buffer.from(await file.arrayBuffer()))
  // The talk began between the answer and what was seen of it.
  for (const seconds of [call.durationSeconds!, call.recording.durationSeconds, sound!.length / sampleRate]) {
    expect(seconds).toBeGreaterThan((endedAt - talkedFrom) / 1000 - 1)
    expect(seconds).toBeLessThan((endedAt - answeredAt) / 1000 + 1)
  }
  for (const hz of [440, 1000]) expect(toneShare(sound!, hz)).toBeGreaterThan(0.3)
  await office.expectQuiet()
})

test('from a press in the browser to the sound on the timeline', async () => {
  const { desk, world, house } = office
  await house.addContact({ NAME: 'Nora Whitfield', PHONE: [{ VALUE: '+1 212 555 0112', VALUE_TYPE: 'WORK' }] })
  const page = await (await openContext(browser, viewports.desktop)).newPage()
  await signIn(page, { url: house.url, email: 'admin@example.com', password: testPassword })
  await page.getByRole('link', { name: 'Nora Whitfield' }).click()
  const numbers = page.getByRole('list', { name: 'Phones' })
  await numbers.getByRole('button', { name: 'Call (212) 555-0112' }).dblclick()
  const words = page.locator('[data-call-dock] article[data-call-id]').first().getByRole('status')
  const says = (text: string | RegExp): Promise<void> => words.filter({ hasText: text }).waitFor()

  const agent = await desk.next()
  expect([agent.fromName, agent.from]).toEqual(['Nora Whitfield', '+12125550112'])
  agent.ring()
  await says('Ringing your phone')
  agent.answer()
  const client = await world.next()
  client.ring()
  await says('Ringing the customer')
  client.answer()
  await says(/^Talking$/)
  await until(() => Math.min(agent.heard().length, client.heard().length) > 1.2 * sampleRate, 'both hear 1.2 s')
  agent.bye()
  await says(/^Finished, 0:0\d$/)
  const entry = page.locator('section[aria-label="Timeline"] article[data-call-id]').first()
  await entry.getByText('Outgoing call').waitFor()
  await entry.getByRole('button', { name: 'Play the recording' }).click()
  const audio = await entry.locator('audio').elementHandle()
  await page.waitForFunction((player) => player instanceof HTMLAudioElement && player.currentTime > 0.3, audio)
  await office.expectQuiet()
})
