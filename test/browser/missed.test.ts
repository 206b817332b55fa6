/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let app: TestApp
let browser: Browser
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let lastId = 0

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'PBX' })
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

async function openPage(viewport: keyof typeof viewports): Promise<Page> {
  const context = await openContext(browser, { ...viewports[viewport], storageState: signedIn })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  await page.goto(`${house.url}/contacts`)
  return page
}

async function missCall(): Promise<void> {
  const USER_ID = house.admin.userId
  const call = { USER_ID, PHONE_NUMBER: '+15550100280', TYPE: 2, SHOW: 0, EXTERNAL_CALL_ID: `b${++lastId}` }
  const { CALL_ID } = (await app.call('telephony.externalCall.register', call)).body.result
  expect((await app.call('telephony.externalCall.finish', { CALL_ID, USER_ID, DURATION: 0 })).status).toBe(200)
}

test.each(['desktop', 'phone'] as const)(
  'a missed call is counted beside Calls at once on a %s, until they are looked at',
  async (viewport) => {
    const page = await openPage(viewport)
    const calls = page
      .getByRole('navigation')
      .getByRole('link', { name: /^Calls/ })
      .filter({ visible: true })
    await calls.waitFor()
    expect(await calls.getAttribute('aria-label')).toBe('Calls')
    await missCall()
    await missCall()
    const counted = page.getByRole('link', { name: 'Calls, 2 missed', exact: true }).filter({ visible: true })
    await counted.waitFor()
    expect(await counted.locator('[data-missed-count]').innerText()).toBe('2')
    await counted.click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Calls', exact: true }).filter({ visible: true }).waitFor()
    expect((await house.admin.api('GET', '/missed-calls')).body).toEqual({ count: 0 })
  },
)
