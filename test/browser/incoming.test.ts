/// <reference lib="dom" />
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, viewports } from './people.ts'

let house: TestPortal
let pbx: TestApp
let browser: Browser
let ann: Person
let bob: Person
let cleo: Person
let noraId: number
const known = '+12125550142'

beforeAll(async () => {
  house = await startPortal()
  pbx = await house.addApp({ title: 'Office PBX' })
  ;[ann, bob, cleo] = [await house.addPerson('Ann', '111'), await house.addPerson('Bob', '112'), await house.addPerson('Cleo', '113')]
  noraId = await house.addContact({
    NAME: 'Nora',
    LAST_NAME: 'Whitfield',
    ASSIGNED_BY_ID: bob.userId,
    PHONE: [{ VALUE: known, VALUE_TYPE: 'MOBILE' }],
  })
  browser = await launchChromium(inject('chromium'))
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** A signed-in browser of a person; its pages must not complain. */
async function openBrowser(person: Person): Promise<BrowserContext> {
  const context = await openContext(browser, viewports.desktop)
  onTestFinished(() => context.close())
  const [name = '', value = ''] = person.cookie.split('=')
  await context.addCookies([{ name, value, url: house.url }])
  return context
}
async function openPage(context: BrowserContext, path = '/contacts'): Promise<Page> {
  const page = await context.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  const streams = page.waitForResponse((response) => response.url().endsWith('/v1/live'))
  await page.goto(house.url + path)
  await streams
  return page
}
const openOf = async (person: Person): Promise<Page> => openPage(await openBrowser(person))

type Params = Readonly<Record<string, unknown>>
const telephony = async (method: string, params: Params) => (await pbx.call(`telephony.externalCall.${method}`, params)).body.result
let lastId = 0
const comeIn = async (params: Params): Promise<string> =>
  (await telephony('register', { TYPE: 2, PHONE_NUMBER: known, EXTERNAL_CALL_ID: `in-${++lastId}`, ...params })).CALL_ID
const cardOf = (page: Page, callId: string): Locator => page.locator(`[data-call-dock] article[data-call-id="${callId}"]`)
const sees = (page: Page, callId: string): Promise<void> => cardOf(page, callId).waitFor()
const seesNot = (page: Page, callId: string): Promise<void> => cardOf(page, callId).waitFor({ state: 'detached' })
const says = (page: Page, callId: string, words: string | RegExp): Promise<void> =>
  cardOf(page, callId).getByRole('status').filter({ hasText: words }).waitFor()

describe('a call comes in while three people have the portal open', () => {
  test('it pops up at its user, then at all who are rung; when one answers it goes from the others and ends at that one', async () => {
    const [annPage, bobPage, cleoPage] = [await openOf(ann), await openOf(bob), await openOf(cleo)]
    const callId = await comeIn({ USER_ID: ann.userId })
    await sees(annPage, callId)
    await says(annPage, callId, 'Incoming call')
    await cardOf(annPage, callId).getByText('Nora Whitfield').waitFor()
    await cardOf(annPage, callId).getByText('Responsible: Bob').waitFor()
    expect(await cardOf(annPage, callId).getAttribute('data-direction')).toBe('incoming')

    await telephony('show', { CALL_ID: callId, USER_ID: [bob.userId, cleo.userId] })
    await Promise.all([bobPage, cleoPage].map((page) => sees(page, callId)))
    await cardOf(bobPage, callId).getByText('You are responsible').waitFor()

    await telephony('hide', { CALL_ID: callId, USER_ID: [ann.userId, cleo.userId] })
    await Promise.all([annPage, cleoPage].map((page) => seesNot(page, callId)))
    expect(await cardOf(bobPage, callId).count()).toBe(1)
    await pbx.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
    await says(bobPage, callId, /^Talking$/)
    await cardOf(bobPage, callId).getByRole('button', { name: 'Open contact' }).click()
    await bobPage.getByRole('heading', { level: 1, name: 'Nora Whitfield' }).waitFor()

    await telephony('finish', { CALL_ID: callId, USER_ID: bob.userId, DURATION: 65 })
    await says(bobPage, callId, 'Finished, 1:05')
    const timeline = bobPage.getByRole('region', { name: 'Timeline' })
    await timeline.locator(`article[data-call-id="${callId}"]`).getByText('1:05').waitFor()
    await timeline.getByText('Incoming call from (212) 555-0142: talked 1:05').waitFor()
    for (const page of [annPage, cleoPage]) expect(await cardOf(page, callId).count()).toBe(0)
  })

  test('it hunts from one to the next, and hide without people takes it from everybody', async () => {
    const pages = [await openOf(ann), await openOf(bob), await openOf(cleo)] as const
    const callId = await comeIn({ USER_ID: ann.userId, SHOW: 0 })
    for (const [index, person] of [ann, bob, cleo].entries()) {
      await telephony('show', { CALL_ID: callId, USER_ID: person.userId })
      await sees(pages[index]!, callId)
      expect(await Promise.all(pages.map((page) => cardOf(page, callId).count()))).toEqual([0, 1, 2].map((one) => (one === index ? 1 : 0)))
      await telephony('hide', { CALL_ID: callId, USER_ID: String(person.userId) })
      await seesNot(pages[index]!, callId)
    }
    await telephony('show', { CALL_ID: callId, USER_ID: [ann, bob, cleo].map((person) => person.userId) })
    await Promise.all(pages.map((page) => sees(page, callId)))
    await telephony('hide', { CALL_ID: callId })
    await Promise.all(pages.map((page) => seesNot(page, callId)))
  })

  test('somebody unknown becomes a contact while they talk, and the call stands on the new card', async () => {
    const page = await openOf(cleo)
    const number = '+12125550177'
    const callId = await comeIn({ USER_ID: cleo.userId, PHONE_NUMBER: number })
    await cardOf(page, callId).getByText('Not in the CRM').waitFor()
    await cardOf(page, callId).getByRole('button', { name: 'Create contact' }).click()
    await page.getByLabel('First name').fill('Rosa')
    await page.getByLabel('Last name').fill('Lind')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Rosa Lind' }).waitFor()
    await cardOf(page, callId).getByText('Rosa Lind').waitFor()
    await telephony('finish', { CALL_ID: callId, USER_ID: cleo.userId, DURATION: 30 })
    await page.getByRole('region', { name: 'Timeline' }).locator(`article[data-call-id="${callId}"]`).getByText('Incoming call').waitFor()
  })

  test('nobody answers: it is missed at whom it rang, on the timeline, and the responsible person has a note', async () => {
    const page = await openOf(ann)
    const callId = await comeIn({ USER_ID: ann.userId })
    await sees(page, callId)
    await telephony('finish', { CALL_ID: callId, USER_ID: ann.userId, DURATION: 0, STATUS_CODE: 304 })
    await says(page, callId, 'Missed')
    await page.goto(`${house.url}/contacts/${noraId}`)
    await page.locator(`section article[data-call-id="${callId}"][data-outcome="304"]`).getByText('Missed').waitFor()
    const notesOf = async (person: Person) =>
      (await person.api('GET', '/notifications')).body.items.map((note: { message: string }) => note.message)
    expect(await notesOf(bob)).toContain(`Missed call: Nora Whitfield, (212) 555-0142`)
    expect(await notesOf(ann)).toEqual([])
  })
})

test('a call that comes in redirected (TYPE 3) is an incoming one: it rings at whom it goes to, and stands in all places as that', async () => {
  const [annPage, bobPage] = [await openOf(ann), await openOf(bob)]
  const callId = await comeIn({ USER_ID: ann.userId, TYPE: 3 })
  await says(annPage, callId, 'Incoming call')
  const card = cardOf(annPage, callId)
  expect(await card.getAttribute('data-direction')).toBe('incoming')
  await card.getByText('Nora Whitfield').waitFor()
  await card.getByText('Responsible: Bob').waitFor()
  await card.getByRole('img', { name: 'Incoming' }).waitFor()
  // it is handed on: from her to him
  await telephony('show', { CALL_ID: callId, USER_ID: bob.userId })
  await telephony('hide', { CALL_ID: callId, USER_ID: ann.userId })
  await sees(bobPage, callId)
  await seesNot(annPage, callId)
  await pbx.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
  await says(bobPage, callId, /^Talking$/)
  const finished = await telephony('finish', { CALL_ID: callId, USER_ID: bob.userId, DURATION: 9 })
  expect(finished).toMatchObject({ INCOMING: '3', CALL_STATUS: 1, PORTAL_USER_ID: bob.userId })
  await says(bobPage, callId, 'Finished, 0:09')
  await bobPage.goto(`${house.url}/contacts/${noraId}`)
  await bobPage.locator(`section article[data-call-id="${callId}"]`).getByText('Incoming call').waitFor()
  await bobPage.goto(`${house.url}/calls`)
  await bobPage.locator('tr', { hasText: '0:09' }).getByRole('img', { name: 'Incoming' }).waitFor()
})

test('of all tabs of one person one rings, until the call is answered', async () => {
  const context = await openBrowser(bob)
  await context.addInitScript(() => {
    const counted = window as unknown as { tones: number }
    counted.tones = 0
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...args) {
      counted.tones += 1
      start.apply(this, args)
    }
  })
  const tabs = [await openPage(context), await openPage(context, '/companies'), await openPage(context, '/leads')]
  // a browser plays nothing before a press
  for (const tab of tabs) await tab.getByRole('heading', { level: 1 }).click()
  const callId = await comeIn({ USER_ID: bob.userId })
  await Promise.all(tabs.map((tab) => sees(tab, callId)))
  await Promise.race(tabs.map((tab) => tab.waitForFunction(() => (window as unknown as { tones: number }).tones > 0)))
  const tones = () => Promise.all(tabs.map((tab) => tab.evaluate(() => (window as unknown as { tones: number }).tones)))
  expect((await tones()).filter((count) => count > 0)).toHaveLength(1)
  await pbx.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
  await Promise.all(tabs.map((tab) => says(tab, callId, /^Talking$/)))
  await tabs[0]!.waitForFunction(async () => (await navigator.locks.query()).held?.length === 0)
})
