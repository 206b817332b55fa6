/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { defaultSwitches } from '../../portal/src/directory/switches.ts'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, testPassword, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let browser: Browser
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  house = await startPortal()
  browser = await launchChromium(inject('chromium'))
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), { url: house.url, email: 'admin@example.com', password: testPassword })
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})
afterEach(() => house.admin.api('PATCH', '/switches', defaultSwitches))

async function openPage(): Promise<Page> {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  await page.goto(`${house.url}/settings/compatibility`)
  await page.getByRole('heading', { name: 'Compatibility switches' }).waitFor()
  return page
}
const switches = async () => (await house.admin.api('GET', '/switches')).body

describe('settings, compatibility', () => {
  test.each([
    ['Refuse telephony methods to incoming webhooks', { strictAppContext: true }],
    ['A repeated registration is the same call', { reuseWindow: false }],
    ['A click without a card says LEAD', { unknownEntity: 'LEAD' }],
    ['PORTAL_NUMBER with the id of the application', { portalNumberWithAppId: true }],
    ['ONVOXIMPLANTCALLSTART at once', { callStartEvent: true }],
    ['An answered call of a call list is a success', { callListSuccess: true }],
  ])('“%s” is turned by a press, and says that it is changed', async (label, changed) => {
    const page = await openPage()
    expect(await page.getByText('changed', { exact: true }).count()).toBe(0)
    // the input of the switch lies under its track
    await page.getByLabel(label).focus()
    await page.keyboard.press('Space')
    await page.getByText('changed', { exact: true }).waitFor()
    await expect.poll(switches).toEqual({ ...defaultSwitches, ...changed })
  })

  test('the limits are chosen with their seconds', async () => {
    const page = await openPage()
    await page.getByLabel('Limits', { exact: true }).selectOption('enterprise')
    const operating = page.getByLabel('Seconds a method may take in ten minutes')
    await operating.fill('0')
    await page.getByText('A number of seconds above 0').waitFor()
    await operating.fill('30')
    await operating.press('Enter')
    await expect.poll(switches).toEqual({ ...defaultSwitches, limits: 'enterprise', limitOperatingSeconds: 30 })
    await page.getByLabel('Limits', { exact: true }).selectOption('overload')
    await page.getByText('Every REST call is refused now').waitFor()
  })

  test('the seconds of a handler are written and kept within their bounds', async () => {
    const page = await openPage()
    const seconds = page.getByLabel('Seconds a handler may take to answer')
    expect(await seconds.inputValue()).toBe('10')
    await seconds.fill('61')
    await page.getByText('A whole number of seconds, 1 to 60.').waitFor()
    await seconds.press('Enter')
    await seconds.fill('25')
    await seconds.press('Enter')
    await expect.poll(switches).toEqual({ ...defaultSwitches, handlerSeconds: 25 })
  })

  test('another administrator’s change is seen at once', async () => {
    const page = await openPage()
    await house.admin.api('PATCH', '/switches', { callStartEvent: true })
    await page.getByText('changed', { exact: true }).waitFor()
    expect(await page.getByLabel('ONVOXIMPLANTCALLSTART at once').isChecked()).toBe(true)
  })

  test('two wire profiles stand side by side, what differs has a sign and words', async () => {
    const page = await openPage()
    const lines = page.getByRole('list', { name: 'Lines of the two bodies' }).getByRole('listitem')
    await page.getByText('4 lines differ').waitFor()
    const marked = lines.filter({ hasText: 'only in' })
    expect(await marked.allTextContents()).toEqual([
      '−event_handler_id=12only in current',
      '−data[IS_MOBILE]=0only in current',
      '−data[CRM_ENTITY_TYPE]=only in current',
      '+data[CRM_ENTITY_TYPE]=LEADonly in 2018',
    ])
    await page.getByLabel('Second', { exact: true }).selectOption('webhook')
    await lines.filter({ hasText: 'auth[access_token]' }).filter({ hasText: 'only in current' }).waitFor()
    await page.getByLabel('Second', { exact: true }).selectOption('2024')
    await page.getByLabel('Event', { exact: true }).selectOption('ONCRMCONTACTADD')
    await page.getByText('The two bodies are the same.').waitFor()
  })

  test('who is no administrator has no such tab', async () => {
    await house.addPerson('Clerk', null)
    const context = await openContext(browser, viewports.desktop)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await signIn(page, { url: house.url, email: 'clerk@example.com', password: testPassword })
    await page.goto(`${house.url}/settings/telephony`)
    await page.getByRole('link', { name: 'Users' }).waitFor()
    expect(await page.getByRole('link', { name: 'Compatibility' }).count()).toBe(0)
  })
})
