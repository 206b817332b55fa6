/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, viewports } from './people.ts'

let house: TestPortal
let pbx: TestApp
let browser: Browser
let ann: Person
let contactId: number
const known = '+12125550142'

beforeAll(async () => {
  house = await startPortal()
  pbx = await house.addApp({ title: 'Office PBX' })
  ann = await house.addPerson('Ann', '111')
  await house.addPerson('Bob', '112')
  contactId = await house.addContact({ NAME: 'Nora', LAST_NAME: 'Whitfield', ASSIGNED_BY_ID: ann.userId, PHONE: [{ VALUE: known }] })
  const { CALL_ID } = (await pbx.call('telephony.externalCall.register', { USER_ID: ann.userId, TYPE: 2, PHONE_NUMBER: known, SHOW: 0 }))
    .body.result
  await pbx.call('telephony.externalCall.finish', { CALL_ID, USER_ID: ann.userId, DURATION: 95, VOTE: 4, COST: 1.25, COST_CURRENCY: 'EUR' })
  await pbx.call('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: Buffer.from('x').toString('base64') })
  await pbx.call('telephony.call.attachTranscription', {
    CALL_ID,
    MESSAGES: [
      { SIDE: 'User', START_TIME: 0, STOP_TIME: 4, MESSAGE: 'Good morning' },
      { SIDE: 'Client', START_TIME: 5, STOP_TIME: 9, MESSAGE: 'Forty rolls, please <b>&' },
    ],
  })
  browser = await launchChromium(inject('chromium'))
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

async function openPage(path: string, person: Person = ann, viewport: keyof typeof viewports = 'desktop'): Promise<Page> {
  const context: BrowserContext = await openContext(browser, viewports[viewport])
  onTestFinished(() => context.close())
  const [name = '', value = ''] = person.cookie.split('=')
  await context.addCookies([{ name, value, url: house.url }])
  const page = await context.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  await page.goto(house.url + path)
  return page
}

describe.each(['desktop', 'phone'] as const)('on a %s', (viewport) => {
  test('the page of a call has its facts, its recording and the conversation, side by side of who spoke', async () => {
    const page = await openPage('/calls', ann, viewport)
    await page.getByRole('row').filter({ hasText: 'Nora Whitfield' }).getByRole('link', { name: 'Talked' }).click()
    await page.getByRole('heading', { level: 1, name: 'Call with Nora Whitfield' }).waitFor()
    // its address can be opened anew, although it ends like the name of a file
    await page.reload()
    const facts = page.locator('dl')
    await facts.getByText('€1.25').waitFor()
    await facts.getByRole('img', { name: '4 of 5' }).waitFor()
    await facts.getByText('1:35').waitFor()
    await page.getByRole('button', { name: 'Play the recording' }).waitFor()
    const lines = page.getByRole('list', { name: 'Transcript' }).getByRole('listitem')
    await lines.first().waitFor()
    expect(
      await lines.evaluateAll((all) =>
        all.map((line) => [(line as HTMLElement).dataset['side'], (line as HTMLElement).innerText.replace(/\s+/g, ' ')]),
      ),
    ).toEqual([
      ['user', 'Ann 0:00 Good morning'],
      ['client', 'Nora Whitfield 0:05 Forty rolls, please <b>&'],
    ])
    const edges = await lines.evaluateAll((all) => all.map((line) => line.getBoundingClientRect().left))
    expect(edges[0]).toBeGreaterThan(edges[1]!)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewports[viewport].viewport.width)
    await page.getByRole('link', { name: 'Open contact' }).click()
    await page.getByRole('heading', { level: 1, name: 'Nora Whitfield' }).waitFor()
  })
})

test('the timeline opens the conversation, takes a note by keyboard, and lets its author delete it', async () => {
  const page = await openPage(`/contacts/${contactId}`)
  const timeline = page.getByRole('region', { name: 'Timeline' })
  await timeline.getByRole('button', { name: 'Transcript' }).click()
  await timeline.getByText('Good morning').waitFor()
  await timeline.getByText('Incoming call from (212) 555-0142: talked 1:35').waitFor()

  await timeline.getByLabel('Write a note').fill('Likes rye\nbread')
  await page.keyboard.press('Control+Enter')
  const note = timeline.locator('article[data-entry="note"]').filter({ hasText: 'Likes rye' })
  await note.waitFor()
  expect(await timeline.getByLabel('Write a note').inputValue()).toBe('')
  expect(await note.innerText()).toContain('Ann')
  await note.getByRole('button', { name: 'Delete' }).click()
  await note.waitFor({ state: 'detached' })
})

test('a note that another person writes comes in live, and is not theirs to delete', async () => {
  const page = await openPage(`/contacts/${contactId}`)
  const timeline = page.getByRole('region', { name: 'Timeline' })
  await timeline.getByText('Card created').waitFor()
  await expect
    .poll(async () => {
      await house.admin.api('POST', `/contacts/${contactId}/notes`, { text: 'From the office' })
      return timeline.getByText('From the office').count()
    })
    .toBeGreaterThan(0)
  expect(
    await timeline.locator('article').filter({ hasText: 'From the office' }).first().getByRole('button', { name: 'Delete' }).count(),
  ).toBe(0)
})

test('the responsible person of a card is changed by name', async () => {
  const page = await openPage(`/contacts/${contactId}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('combobox', { name: 'Responsible' }).fill('Bo')
  await page.getByRole('option', { name: 'Bob' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('dl').getByText('Bob').waitFor()
  expect((await house.admin.api('GET', `/contacts/${contactId}`)).body.responsible.name).toBe('Bob')
})

test('an admin chooses what calls make in the CRM; others are not asked', async () => {
  const page = await openPage('/settings/telephony', house.admin)
  await page.getByRole('combobox', { name: 'An unknown number becomes' }).selectOption({ label: 'a contact with a deal' })
  await page.getByText('A known client without an active lead or deal gets a new deal.').waitFor()
  await page.getByLabel('Repeat sales').click()
  await expect.poll(async () => (await house.admin.api('GET', '/switches')).body).toMatchObject({ crmMode: 'simple', repeatSales: true })
  const other = await openPage('/settings/telephony', ann)
  await other.getByRole('heading', { name: 'Lines' }).waitFor()
  expect(await other.getByRole('heading', { name: 'Calls in the CRM' }).count()).toBe(0)
})

test('a person takes a break and comes back, and apps read it', async () => {
  const page = await openPage('/contacts')
  const status = async () =>
    (await pbx.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: '+12125550188' })).body.result[0].ASSIGNED_BY.TIMEMAN_STATUS
  await house.addContact({ NAME: 'Mine', ASSIGNED_BY_ID: ann.userId, PHONE: [{ VALUE: '+12125550188' }] })
  await page.getByRole('button', { name: /Ann/ }).click()
  await page.getByRole('menuitem', { name: 'Take a break' }).click()
  await expect.poll(status).toBe('PAUSED')
  await page.getByRole('button', { name: /On a break/ }).click()
  await page.getByRole('menuitem', { name: 'Back to work' }).click()
  await expect.poll(status).toBe('OPENED')
})
