/// <reference lib="dom" />
import type { Browser } from 'playwright-core'
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let handler: Listener
let app: TestApp
let browser: Browser

beforeEach(async () => {
  house = await startPortal()
  handler = await startListener()
  app = await house.addApp({ title: 'PBX' })
  await app.call('event.bind', { event: 'ONAPPUPDATE', handler: handler.url })
  browser = await launchChromium(inject('chromium'))
})
afterEach(async () => {
  await browser?.close()
  await house?.stop()
  await handler?.close()
})

test('an administrator writes another version of an application, which is told of it, and what its clicks without a card say', async () => {
  const context = await openContext(browser, viewports.desktop)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await signIn(page, { url: house.url, email: 'admin@example.com', password: testPassword })
  const complaints = hearComplaints(page)
  onTestFinished(() => expect(complaints.texts).toEqual([]))
  await page.goto(`${house.url}/settings/applications/${app.id}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  const version = dialog.getByLabel('Version')
  expect(await version.inputValue()).toBe('1')
  await version.fill('')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('A whole number, 1 to 1000000.').waitFor()
  await version.fill('2')
  await dialog.getByLabel('A click without a card says').selectOption('LEAD')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  const [update] = await handler.waitFor('event=ONAPPUPDATE&')
  const said = new URLSearchParams(update!.body)
  expect([said.get('data[PREVIOUS_VERSION]'), said.get('data[VERSION]')]).toEqual(['1', '2'])
  const card = (await house.admin.api('GET', `/apps/${app.id}`)).body
  expect(card).toMatchObject({ version: 2, unknownEntity: 'LEAD', applicationToken: said.get('auth[application_token]') })
  // the page shows the token that counts now
  await page.getByText(card.applicationToken).waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  expect(await dialog.getByLabel('A click without a card says').inputValue()).toBe('LEAD')
})
