/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startAsNpmStart, type Started } from '../support/started.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** the demo phone may take its time until it answers the portal */
const patient = { timeout: 10_000 }
let house: Started
let browser: Browser
let admin: BrowserContext
let formUrl: string

beforeAll(async () => {
  house = await startAsNpmStart()
  browser = await launchChromium(inject('chromium'))
  admin = await openContext(browser, viewports.desktop)
  await signIn(await admin.newPage(), house)
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** A site of the company on another origin, with the snippet in it. */
async function openSite(attributes = ''): Promise<{ origin: string; close: () => Promise<void> }> {
  const server: Server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' })
    response.end(`<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1><script src="${formUrl}.js" async ${attributes}></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve())))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** Somebody who has never been here. */
async function openVisitor(options: Parameters<typeof openContext>[1] = {}): Promise<Page> {
  const context = await openContext(browser, options)
  onTestFinished(() => context.close())
  return context.newPage()
}

async function adminPage(path: string): Promise<Page> {
  const page = await admin.newPage()
  const complaints = hearComplaints(page)
  onTestFinished(async () => {
    await page.close()
    expect(complaints.texts).toEqual([])
  })
  await page.goto(`${house.url}${path}`)
  return page
}

/** The body of the POST that told the phone app. */
async function bodyOfRequest(number: string): Promise<URLSearchParams> {
  const find = async () => {
    const { body } = await house.api('GET', '/deliveries?event=ONEXTERNALCALLBACKSTART')
    for (const { id } of body.items as Array<{ id: number }>) {
      const card = (await house.api('GET', `/deliveries/${id}`)).body
      const sent = new URLSearchParams((card.attemptLog[0]?.requestBody as string | undefined) ?? '')
      if (sent.get('data[PHONE_NUMBER]') === number) return sent
    }
    return null
  }
  await expect.poll(find, patient).not.toBeNull()
  return (await find())!
}

/** The card that the request brought to the admin, who is at work in the page: answered, talked, hung up. */
async function talk(page: Page, number: string): Promise<void> {
  const card = page.locator('[data-call-dock] article[data-call-id]').filter({ hasText: number })
  await card.waitFor()
  const callId = (await card.getAttribute('data-call-id'))!
  const { body } = await house.api('GET', `/calls/${callId}`)
  expect(body.direction).toBe('callback')
  const press = async (leg: 'agent' | 'client', what: 'answer' | 'hangup') => {
    await expect.poll(() => house.press(callId, leg, what), patient).toBe(true)
  }
  await press('agent', 'answer')
  await press('client', 'answer')
  await expect.poll(async () => (await house.api('GET', `/calls/${callId}`)).body.state, patient).toBe('talking')
  await press('client', 'hangup')
  await expect.poll(async () => (await house.api('GET', `/calls/${callId}`)).body.state, patient).toBe('finished')
  await house.api('POST', `/calls/${callId}/dismiss`)
}

describe('a callback form', () => {
  test('is made ready by an administrator: the seed’s form is off until then', async () => {
    const page = await adminPage('/settings/callback-forms')
    const row = page.getByRole('link', { name: /Call me back/ })
    await row.filter({ hasText: 'Switched off' }).waitFor()
    await row.click()
    formUrl = await page.getByRole('link', { name: 'Open the page' }).evaluate((link: HTMLAnchorElement) => link.href.split('?')[0]!)
    const preview = page.frameLocator('iframe[title="Preview"]')
    await preview.getByText('A preview: the form is switched off and takes no requests.').waitFor()
    const visitor = await openVisitor()
    expect((await visitor.goto(formUrl))!.status()).toBe(404)

    await page.getByLabel('The form is in use').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('In use', { exact: true }).waitFor()
    await preview.getByLabel('Your phone number').waitFor()
    expect(await page.locator('pre').textContent()).toBe(`<script src="${formUrl}.js" async></script>`)
  })

  test('a visitor without scripts fills the page on a phone; the TYPE 4 call pops its card at the right person, and the request is done', async () => {
    const page = await adminPage('/settings/callback-forms')
    await page.getByRole('link', { name: /Call me back/ }).click()
    const visitor = await openVisitor({ ...viewports.phone, javaScriptEnabled: false })
    await visitor.goto(formUrl)
    await visitor.getByLabel('Your phone number').fill('12')
    await visitor.getByRole('button', { name: 'Call me' }).click()
    await visitor.getByRole('alert').filter({ hasText: '“12” is not a complete phone number' }).waitFor()
    expect(await visitor.getByLabel('Your phone number').inputValue()).toBe('12')
    expect(await visitor.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await visitor.getByLabel('Your phone number').fill('(212) 555-0177')
    await visitor.getByRole('button', { name: 'Call me' }).click()
    await visitor.getByRole('heading', { name: 'We are calling you' }).waitFor()

    const sent = await bodyOfRequest('+12125550177')
    expect([...sent.keys()].slice(2, 8)).toEqual(
      ['PHONE_NUMBER', 'TEXT', 'VOICE', 'CRM_ENTITY_TYPE', 'CRM_ENTITY_ID', 'LINE_NUMBER'].map((key) => `data[${key}]`),
    )
    await talk(page, '555-0177')
    await page.getByRole('link', { name: 'Called' }).waitFor()
    await page.getByRole('link', { name: 'Called' }).click()
    await page
      .getByText(/A visitor of the form .* asked to be called back at \+12125550177/)
      .first()
      .waitFor()
    await page
      .getByText(/They talked for/)
      .first()
      .waitFor()
  })

  test('another site embeds it as a button; only a site that the form names may', async () => {
    const site = await openSite()
    onTestFinished(site.close)
    const visitor = await openVisitor(viewports.desktop)
    await visitor.goto(site.origin)
    await visitor.getByRole('button', { name: 'Call me back' }).click()
    await expect.poll(() => visitor.frames().at(-1)!.url(), patient).toContain('chrome-error')

    const page = await adminPage('/settings/callback-forms')
    await page.getByRole('link', { name: /Call me back/ }).click()
    await page.getByRole('combobox', { name: 'Sites that may embed the form' }).fill(`${site.origin}/`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').first().waitFor()

    await visitor.goto(site.origin)
    await visitor.getByRole('button', { name: 'Call me back' }).click()
    const form = visitor.getByRole('dialog').frameLocator('iframe')
    await form.getByLabel('Your phone number').fill('+1 212 555 0178')
    await form.getByRole('button', { name: 'Call me' }).click()
    await form.getByRole('heading', { name: 'We are calling you' }).waitFor()
    expect((await bodyOfRequest('+12125550178')).get('data[VOICE]')).toBe('usinternalfemale')
    await talk(page, '555-0178')
    await page.getByRole('cell', { name: site.origin }).waitFor()
    await visitor.getByRole('button', { name: 'Close' }).click()
    await visitor.getByRole('dialog').waitFor({ state: 'hidden' })
    await visitor.locator('button:focus').filter({ hasText: 'Call me back' }).waitFor()
  })

  test.each(['light', 'dark'] as const)(
    'has no grave fault for those who cannot see it well, %s: open, refused and taken',
    async (colorScheme) => {
      const context = await openContext(browser, { ...viewports.phone, colorScheme })
      onTestFinished(() => context.close())
      await context.addInitScript({ content: axe })
      const page = await context.newPage()
      const faults = async () => {
        const results = (await page.evaluate(() => {
          const { axe: checker } = window as unknown as { axe: { run: () => Promise<unknown> } }
          return checker.run()
        })) as AxeResults
        return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
      }
      const number = page.getByLabel('Your phone number')
      await page.goto(formUrl)
      expect(await faults()).toEqual([])
      await number.fill('+44 20 7946 0123')
      await number.press('Enter')
      await page.getByRole('alert').waitFor()
      expect(await faults()).toEqual([])
      expect(await number.evaluate((field) => field === document.activeElement)).toBe(true)
      await number.fill('(212) 555-0178')
      await number.press('Enter')
      await page.getByRole('heading', { name: 'We are calling you' }).waitFor()
      expect(await faults()).toEqual([])
    },
  )

  test('stands inline where the site wants it, in the visitor’s language', async () => {
    const site = await openSite('data-mode="inline"')
    onTestFinished(site.close)
    const { body } = await house.api('GET', '/callback-forms')
    await house.api('PATCH', `/callback-forms/${body.items[0].id}`, { origins: [site.origin] })
    const visitor = await openVisitor({ ...viewports.phone, locale: 'ru-RU' })
    await visitor.goto(site.origin)
    const form = visitor.frameLocator('iframe')
    await form.getByLabel('Ваш номер телефона').fill('')
    await form.getByRole('button', { name: 'Перезвоните мне' }).waitFor()
  })
})
