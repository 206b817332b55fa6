/// <reference lib="dom" />
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

const shots = join(import.meta.dirname, 'shots')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let house: TestPortal
let browser: Browser
let handler: Listener
let app: TestApp
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let dialHandler = 0

const stateOf = async (callId: string): Promise<string> =>
  (await house.admin.api('GET', `/deliveries?callId=${callId}&event=ONEXTERNALCALLSTART`)).body.items[0]?.state

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  house = await startPortal()
  handler = await startListener()
  app = await house.addApp({ title: 'Desk phone' })
  for (const event of ['ONEXTERNALCALLSTART', 'ONCRMCONTACTADD']) await app.call('event.bind', { event, handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const { body } = await house.admin.api('GET', `/handlers?event=ONEXTERNALCALLSTART`)
  dialHandler = body.items[0].id
  browser = await launchChromium(inject('chromium'))
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), { url: house.url, email: 'admin@example.com', password: testPassword })
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
  await handler?.close()
})

const open = async (path: string): Promise<Page> => {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  const page = await context.newPage()
  await page.goto(`${house.url}${path}`)
  return page
}

test('an administrator sends what failed again: filters, the count, one press', async () => {
  handler.answer((response) => void response.writeHead(404).end('no such page'))
  const { body } = await house.admin.api('GET', `/handlers?event=ONCRMCONTACTADD`)
  await house.admin.api('PATCH', `/handlers/${body.items[0].id}`, { retries: false })
  for (const NAME of ['Ada', 'Bob']) await house.addContact({ NAME })
  const callId = (await house.admin.api('POST', '/clicks', { number: '+15550100123' })).body.call.callId
  await vi.waitUntil(async () => (await stateOf(callId)) === 'failed', 5000)
  const page = await open('/deliveries')
  await page.getByLabel('State').selectOption('failed')
  await page.getByRole('button', { name: 'More filters' }).click()
  await page.getByLabel('Reason').selectOption('http_4xx')
  await page.waitForURL(/state=failed.*reason=http_4xx/)
  await page.getByRole('button', { name: 'Send these again' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('2 events go to their handlers once more').waitFor()
  await dialog.getByLabel('Also place 1 call again').waitFor()
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(shots, 'replay-many.png') })
  handler.answer((response) => void response.end())
  await dialog.getByRole('button', { name: 'Send 2 again' }).click()
  await page.getByText('2 deliveries are sent again.').waitFor()
  await handler.waitFor('ONCRMCONTACTADD', 4)
  expect(handler.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART'))).toHaveLength(1)
  await page.context().close()
})

test('an administrator sees a handler that does not answer, tests it, and it is well again', async () => {
  handler.answer((response) => void response.writeHead(500).end('broken'))
  for (let n = 0; n < 5; n++) {
    const { body } = await house.admin.api('POST', '/clicks', { number: `+1555010020${n}` })
    await vi.waitUntil(async () => (await stateOf(body.call.callId)) === 'unconfirmed', 5000)
  }
  const page = await open('/settings/handlers')
  await page.getByRole('link', { name: /ONEXTERNALCALLSTART.*Not answering/ }).click()
  await page.getByText('Clicks that go to it are refused at once').waitFor()
  await page.screenshot({ path: join(shots, 'handler-open.png'), fullPage: true })
  handler.answer((response) => void response.end('thank you'))
  await page.getByRole('button', { name: 'Send a test event' }).click()
  await page.getByText('thank you').waitFor()
  await page.locator('[data-health="closed"]').waitFor()
  expect(handler.received.at(-1)?.body).toContain('event=ONAPPTEST')
  await page.context().close()
})

test('a click on a handler that does not answer says so on the call card, at once', async () => {
  handler.answer((response) => void response.writeHead(500).end('broken'))
  for (let n = 0; n < 5; n++) {
    const { body } = await house.admin.api('POST', '/clicks', { number: `+1555010030${n}` })
    await vi.waitUntil(async () => (await stateOf(body.call.callId)) === 'unconfirmed', 5000)
  }
  const page = await open('/dial?number=%2B15550100345')
  await page.getByRole('button', { name: /^Call/ }).first().click()
  await page.getByText('has not answered lately').first().waitFor()
  handler.answer((response) => void response.end())
  await house.admin.api('POST', `/handlers/${dialHandler}/test`, {})
  await page.context().close()
})

test('the limits and the secret of a handler can be changed', async () => {
  const page = await open(`/settings/handlers/${dialHandler}`)
  await page.getByLabel('At the same time').fill('3')
  await page.getByLabel('In a minute').click()
  await vi.waitUntil(async () => (await house.admin.api('GET', `/handlers/${dialHandler}`)).body.slots === 3, 5000)
  const { secret } = (await house.admin.api('GET', `/handlers/${dialHandler}/secret`)).body
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click()
  await page.getByText('The secret before it signs too until').waitFor()
  await page.getByText('whsec_').waitFor()
  expect(await page.getByText('whsec_').textContent()).not.toBe(secret)
  await page.context().close()
})

describe.each(['en', 'ru'] as const)('in %s', (language) => {
  test.each(['desktop', 'phone'] as const)('the pages of handlers and deliveries have no fault on a %s', async (device) => {
    await house.admin.api('PATCH', '/me', { language })
    const context = await openContext(browser, {
      ...viewports[device],
      storageState: signedIn,
      colorScheme: language === 'ru' ? 'dark' : 'light',
    })
    const page = await context.newPage()
    const complaints = hearComplaints(page)
    for (const [name, path] of [
      ['handlers', '/settings/handlers'],
      ['handler', `/settings/handlers/${dialHandler}`],
      ['deliveries-filtered', `/deliveries?handlerId=${dialHandler}`],
    ] as const) {
      await page.goto(`${house.url}${path}`)
      await page.locator('main').locator('a,h2').filter({ hasText: 'ONEXTERNALCALLSTART' }).first().waitFor()
      await page.locator('[data-state],[data-health]').first().waitFor()
      await page.screenshot({ path: join(shots, `${name}-${language}-${device}.png`), fullPage: true })
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      expect(isWide, `${name} is wider than the ${device}`).toBe(false)
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
      expect(violations.map((one) => `${name}: ${one.id} ${one.nodes[0]?.html ?? ''}`)).toEqual([])
    }
    expect(complaints.texts).toEqual([])
    await context.close()
  })
})
