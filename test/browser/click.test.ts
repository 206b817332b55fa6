/// <reference lib="dom" />
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startAsNpmStart, type Started } from '../support/started.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

let house: Started
let browser: Browser
/** cookies of the signed-in admin */
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  house = await startAsNpmStart()
  browser = await launchChromium(inject('chromium'))
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), house)
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

type Viewport = keyof typeof viewports

/** A person who is signed in; their pages must not complain. */
async function openPerson(viewport: Viewport): Promise<{ context: BrowserContext; openPage: (path: string) => Promise<Page> }> {
  const context = await openContext(browser, { ...viewports[viewport], storageState: signedIn })
  onTestFinished(() => context.close())
  return {
    context,
    async openPage(path) {
      const page = await context.newPage()
      const complaints = hearComplaints(page)
      onTestFinished(() => expect(complaints.texts).toEqual([]))
      await page.goto(`${house.url}${path}`)
      return page
    },
  }
}

const card = (page: Page): Locator => page.locator('[data-call-dock] article[data-call-id]').first()
const sentence = (page: Page): Locator => card(page).getByRole('status')
const callIdOf = async (page: Page): Promise<string> => (await card(page).getAttribute('data-call-id'))!
const says = (page: Page, words: string | RegExp): Promise<void> => sentence(page).filter({ hasText: words }).waitFor()
const timelineEntry = (page: Page, callId: string): Locator =>
  page.locator(`section[aria-label="Timeline"] article[data-call-id="${callId}"]`)

/** The body of the POST that told the phone app of the click. */
async function bodyOfClick(callId: string): Promise<URLSearchParams> {
  const list = await house.api('GET', `/deliveries?event=ONEXTERNALCALLSTART&callId=${callId}`)
  expect(list.body.items).toHaveLength(1)
  const { body } = await house.api('GET', `/deliveries/${list.body.items[0].id}`)
  return new URLSearchParams(body.attemptLog[0].requestBody as string)
}

async function callsWith(callId: string): Promise<{ state: string; statusCode: string; durationSeconds: number }> {
  return (await house.api('GET', `/calls/${callId}`)).body
}

/** The next test finds a free phone and no cards. */
async function clearDesk(): Promise<void> {
  const { items } = (await house.api('GET', '/calls')).body as { items: ReadonlyArray<{ callId: string; state: string }> }
  for (const { callId, state } of items) {
    if (state !== 'finished') await Promise.all([house.press(callId, 'agent', 'decline'), house.press(callId, 'agent', 'hangup')])
    await house.api('POST', `/calls/${callId}/dismiss`)
  }
}
afterEach(clearDesk)

describe.each<[Viewport, { contact: string; number: string; international: string; isMobile: string }]>([
  ['desktop', { contact: 'Nora Whitfield', number: '(212) 555-0112', international: '+12125550112', isMobile: '0' }],
  ['phone', { contact: 'Elias Okafor', number: '(212) 555-0114', international: '+12125550114', isMobile: '1' }],
])('on a %s', (viewport, { contact, number, international, isMobile }) => {
  test('a person presses a number, both phones are answered and hung up; the timeline has the call and its recording plays', async () => {
    const { context, openPage } = await openPerson(viewport)
    const demo = await context.newPage()
    await demo.goto(house.demoUrl)
    const page = await openPage('/contacts')
    await page.getByRole('link', { name: contact }).click()
    await page.getByRole('heading', { level: 1, name: contact }).waitFor()

    // a double click is one call
    await page
      .getByRole('list', { name: 'Phones' })
      .getByRole('button', { name: `Call ${number}` })
      .dblclick()
    await says(page, 'Ringing your phone')
    const callId = await callIdOf(page)
    expect(await page.locator('[data-call-dock] article').count()).toBe(1)
    expect(await card(page).getAttribute('aria-label')).toBe(`Call with ${contact}`)
    const body = await bodyOfClick(callId)
    expect(body.get('data[PHONE_NUMBER_INTERNATIONAL]')).toBe(international)
    expect(body.get('data[CRM_ENTITY_TYPE]')).toBe('CONTACT')
    expect(body.get('data[CALL_ID]')).toBe(callId)
    expect(body.get('data[IS_MOBILE]')).toBe(isMobile)

    await demo.bringToFront()
    await demo.getByTestId('agent-answer').click()
    await says(page, 'Ringing the customer')
    await demo.getByTestId('client-answer').click()
    await says(page, /^Talking$/)
    await page.bringToFront()

    // the timer runs, and neither it nor the card is lost by a reload
    await card(page).getByRole('timer').filter({ hasText: '0:01' }).waitFor()
    await page.reload()
    await says(page, /^Talking$/)
    expect(await callIdOf(page)).toBe(callId)
    await card(page)
      .getByRole('timer')
      .filter({ hasText: /0:0[2-9]/ })
      .waitFor()

    await demo.bringToFront()
    await demo.getByTestId('client-hangup').click()
    await page.bringToFront()
    await says(page, /^Finished, 0:0\d$/)
    const { durationSeconds, statusCode } = await callsWith(callId)
    expect(statusCode).toBe('200')
    expect(durationSeconds).toBeGreaterThanOrEqual(1)
    const entry = timelineEntry(page, callId)
    await entry.getByText('Outgoing call').waitFor()
    expect(await entry.locator('time[datetime^="PT"]').first().innerText()).toBe(`0:0${durationSeconds}`)

    await card(page).getByRole('button', { name: 'Close the call card' }).click()
    await entry.getByRole('button', { name: 'Play the recording' }).click()
    await entry.getByRole('button', { name: 'Pause' }).waitFor()
    const audio = entry.locator('audio')
    await page.waitForFunction((player) => player instanceof HTMLAudioElement && player.currentTime > 0.3, await audio.elementHandle())
    const played = await audio.evaluate((player: HTMLAudioElement) => ({
      ready: player.readyState,
      error: player.error,
      duration: player.duration,
    }))
    expect(played).toMatchObject({ ready: 4, error: null })
    expect(Math.abs(played.duration - durationSeconds)).toBeLessThanOrEqual(1.5)
    // the next seek is a range request of the same file
    await audio.evaluate((player: HTMLAudioElement) => (player.currentTime = player.duration - 0.2))
    await page.waitForFunction((player) => player instanceof HTMLAudioElement && player.ended, await audio.elementHandle())
  })
})

test('a number is a press away on the cards of a company and a lead, in the lists, and in a call list', async () => {
  const places = [
    { path: '/contacts', row: 'Grace Lindqvist', type: 'CONTACT' },
    { path: '/companies', row: 'Copperfield Roofing', type: 'COMPANY' },
    { path: '/leads', row: 'Quote for 40 office chairs', type: 'LEAD' },
    { path: '/companies', row: 'Maple Street Bakery', type: 'COMPANY', opens: true },
    { path: '/leads', row: 'Trade fair: wants a catalogue', type: 'LEAD', opens: true },
    { path: '/call-lists', list: 'Spring offer: call everybody once', row: 'Priya Raman', type: 'CONTACT' },
  ]
  const { openPage } = await openPerson('desktop')
  const page = await openPage('/contacts')
  for (const { path, row, type, opens, list } of places) {
    await clearDesk()
    await page.goto(`${house.url}${path}`)
    if (list) await page.getByRole('link', { name: list }).click()
    const place = page.getByRole('row').filter({ hasText: row })
    if (opens) {
      await place.getByRole('link', { name: row }).click()
      await page.getByRole('list', { name: 'Phones' }).locator('[data-phone-chip]').first().click()
    } else await place.locator('[data-phone-chip]').first().click()
    await says(page, 'Ringing your phone')
    const callId = await callIdOf(page)
    const body = await bodyOfClick(callId)
    expect(body.get('data[CRM_ENTITY_TYPE]'), row).toBe(type)
    const { body: target } = await house.api('GET', `/calls/${callId}`)
    expect(body.get('data[CRM_ENTITY_ID]')).toBe(String(target.entity.id))
    expect(target.entity.title).toBe(row)
    expect(body.get('data[CALL_LIST_ID]')).toBe(list ? /\d+$/.exec(page.url())![0] : '0')
    expect(await house.press(callId, 'agent', 'decline')).toBe(true)
    await page.locator(`[data-call-dock] article[data-call-id="${callId}"][data-state="finished"]`).first().waitFor()
  }
})

test('what the customer does instead of answering stands in words on the card and the timeline', async () => {
  const { openPage } = await openPerson('desktop')
  const page = await openPage('/contacts')
  const outcomes = [
    { contact: 'Tom Delacroix', press: 'decline', words: 'Declined', code: '603' },
    { contact: 'Owen Copperfield', press: 'busy', words: 'Busy', code: '486' },
  ] as const
  for (const { contact, press, words, code } of outcomes) {
    await clearDesk()
    await page.goto(`${house.url}/contacts`)
    await page.getByRole('link', { name: contact }).click()
    await page.getByRole('list', { name: 'Phones' }).locator('[data-phone-chip]').first().click()
    await says(page, 'Ringing your phone')
    const callId = await callIdOf(page)
    await house.press(callId, 'agent', 'answer')
    await says(page, 'Ringing the customer')
    await house.press(callId, 'client', press)
    await says(page, words)
    await card(page).getByRole('button', { name: 'Call again' }).waitFor()
    await timelineEntry(page, callId).getByText(words).waitFor()
    expect(await callsWith(callId)).toMatchObject({ statusCode: code, durationSeconds: 0 })
    expect(await timelineEntry(page, callId).locator('audio').count()).toBe(0)
  }
})

test('the why of a call that came to nothing opens its trace', async () => {
  const { openPage } = await openPerson('desktop')
  const page = await openPage('/contacts')
  await page.getByRole('link', { name: 'Maria Santos' }).click()
  await page.getByRole('list', { name: 'Phones' }).locator('[data-phone-chip]').first().click()
  await says(page, 'Ringing your phone')
  await house.press(await callIdOf(page), 'agent', 'decline')
  await card(page).getByRole('link', { name: 'Why?' }).click()
  await page.waitForURL(/\/traces\/\d+$/)
  await page.getByText('ONEXTERNALCALLSTART').first().waitFor()
})

/** Counts the tones that a tab plays, as `window.tones`. */
function countTones(): void {
  const counted = window as unknown as { tones: number }
  counted.tones = 0
  const start = OscillatorNode.prototype.start
  OscillatorNode.prototype.start = function (...args) {
    counted.tones += 1
    start.apply(this, args)
  }
}
const tonesOf = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as { tones: number }).tones)
const untilRings = (page: Page) => page.waitForFunction(() => (window as unknown as { tones: number }).tones > 0)

describe('every tab of the person shows the card', () => {
  test('one of them rings, another takes over when it is closed, and dismissing closes the card in all', async () => {
    const { context, openPage } = await openPerson('desktop')
    await context.addInitScript(countTones)
    const tabs = [await openPage('/contacts'), await openPage('/companies'), await openPage('/calls')]
    const [first] = tabs as [Page, Page, Page]
    await first.getByRole('row').filter({ hasText: 'Daniel Kowalski' }).locator('[data-phone-chip]').first().click()
    await Promise.all(tabs.map((tab) => says(tab, 'Ringing your phone')))
    const callId = await callIdOf(first)
    expect(await Promise.all(tabs.map(callIdOf))).toEqual([callId, callId, callId])

    // all three want the lock, one holds it
    await first.waitForFunction(async () => {
      const { held = [], pending = [] } = await navigator.locks.query()
      return held.length === 1 && pending.length === 2
    })
    const ringing = await Promise.race(tabs.map(async (tab) => untilRings(tab).then(() => tab)))
    const counts = await Promise.all(tabs.map(tonesOf))
    expect(counts.filter((count) => count > 0)).toHaveLength(1)

    const left = tabs.filter((tab) => tab !== ringing)
    await ringing.close()
    const next = await Promise.race(left.map(async (tab) => untilRings(tab).then(() => tab)))
    const quiet = left.find((tab) => tab !== next)!
    expect(await tonesOf(quiet)).toBe(0)

    await quiet.getByRole('button', { name: 'Close the call card' }).click()
    for (const tab of left) await tab.locator('[data-call-dock] article').waitFor({ state: 'detached' })
    await next.waitForFunction(async () => (await navigator.locks.query()).held?.length === 0)
    // the call itself goes on
    expect(await callsWith(callId)).toMatchObject({ state: 'ringing_agent' })
    await house.press(callId, 'agent', 'decline')
  })

  test('without Web Locks, as on plain http, a lease does the same', async () => {
    const { context, openPage } = await openPerson('desktop')
    await context.addInitScript(countTones)
    await context.addInitScript(() => void delete (Navigator.prototype as { locks?: unknown }).locks)
    const tabs = [await openPage('/contacts'), await openPage('/companies')]
    const [first] = tabs as [Page, Page]
    expect(await first.evaluate(() => 'locks' in navigator)).toBe(false)
    await first.getByRole('row').filter({ hasText: 'Hannah Brandt' }).locator('[data-phone-chip]').first().click()
    await Promise.all(tabs.map((tab) => says(tab, 'Ringing your phone')))
    const ringing = await Promise.race(tabs.map(async (tab) => untilRings(tab).then(() => tab)))
    const quiet = tabs.find((tab) => tab !== ringing)!
    expect(await tonesOf(quiet)).toBe(0)
    await ringing.close()
    await untilRings(quiet)
    await house.press(await callIdOf(quiet), 'agent', 'decline')
  })
})
