/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
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

async function openPage(): Promise<Page> {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  await page.goto(`${house.url}/settings/telephony`)
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Data' }).click()
  await page.getByRole('heading', { name: 'How long data is kept' }).waitFor()
  return page
}
const rules = async () => (await house.admin.api('GET', '/retention')).body.rules

test('days are saved by Enter, nonsense is not, the archive is turned by a press', async () => {
  const page = await openPage()
  expect(await rules()).toMatchObject({ deliveriesDays: 90, archive: true })
  const days = page.getByLabel('Events and deliveries')
  await days.fill('1.5')
  await days.press('Enter')
  await page.getByText('A whole number of days from 0 to 36500.').waitFor()
  expect(await rules()).toMatchObject({ deliveriesDays: 90 })
  await days.fill('30')
  await days.press('Enter')
  await expect.poll(rules).toMatchObject({ deliveriesDays: 30 })
  await page.getByLabel('Write it to the archive first').focus()
  await page.keyboard.press('Space')
  await expect.poll(rules).toMatchObject({ deliveriesDays: 30, archive: false })
})

test('the page says what the last run removed', async () => {
  const page = await openPage()
  await page.getByText('None yet').waitFor()
  await house.portal.retention.run()
  await page.reload()
  await page.getByText('nothing was old enough.').waitFor()
})
