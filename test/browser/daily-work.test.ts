/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let browser: Browser
let page: Page
let app: TestApp
let exchange: Listener
let contactId = 0
let cyId = 0
beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'Exchange', scope: ['telephony', 'crm'] })
  exchange = await startListener()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: exchange.url })
  await app.call('hookswitch.phone.set', { URL: exchange.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  for (const [NAME, VALUE] of [
    ['Nora', '+12125550171'],
    ['Otto', '+12125550172'],
  ] as const)
    contactId = await house.addContact({ NAME, PHONE: [{ VALUE, VALUE_TYPE: 'WORK' }] })
  cyId = (await house.addPerson('Cy', '104')).userId
  browser = await launchChromium(inject('chromium'))
  page = await (await openContext(browser, viewports.desktop)).newPage()
  await signIn(page, { url: house.url, email: 'admin@example.com', password: testPassword })
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
  await exchange?.close()
})

test('a call list is made from the page of call lists: who shall be called is ticked there, and the next one is a press away', async () => {
  await page.goto(`${house.url}/call-lists`)
  await page.getByRole('link', { name: 'Choose contacts' }).click()
  await page.getByText('Tick who shall be called').waitFor()
  const box = page.getByRole('checkbox', { name: /Nora/ })
  expect(await box.evaluate((one) => getComputedStyle(one.closest('.mantine-Checkbox-root')!).opacity)).toBe('1')
  await box.check()
  await page.getByRole('button', { name: 'Make a call list' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Make|Create|Save/ })
    .click()
  await page.getByRole('button', { name: 'Call next: Nora' }).waitFor()
  await page.goto(`${house.url}/call-lists`)
  await page.getByRole('link', { name: 'New call list' }).click()
  await page.getByRole('link', { name: 'Choose companies' }).click()
  await page.getByRole('heading', { level: 1, name: 'Companies' }).waitFor()
})

test('a new contact is one’s own unless another colleague is chosen', async () => {
  await page.goto(`${house.url}/contacts/new`)
  await page.getByLabel('First name').fill('Pia')
  expect(await page.getByRole('combobox', { name: 'Responsible' }).or(page.getByLabel('Responsible')).first().inputValue()).toBe('Admin')
})

test('a talk at the desk phone is handed over by keyboard at its card; why not is told there, and who did not take it', async () => {
  await page.goto(`${house.url}/contacts/${contactId}`)
  await page
    .getByRole('button', { name: /^Call .*0172/ })
    .first()
    .click()
  const [event] = await exchange.waitFor('ONEXTERNALCALLSTART')
  const callId = new URLSearchParams(event!.body).get('data[CALL_ID]')!
  const card = page.locator(`[data-call-id="${callId}"]`)
  await app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
  const dialog = page.getByRole('dialog', { name: 'Transfer the call' })
  const choose = async (): Promise<void> => {
    await card.getByRole('button', { name: 'Transfer' }).press('Enter')
    await dialog.getByLabel('Name or extension').fill('104')
    await dialog.getByRole('button', { name: 'Cy 104' }).press('Enter')
  }
  exchange.answer((response) => void response.end(JSON.stringify({ refused: { code: 'busy', text: 'Cy is on another call.' } })))
  await choose()
  await dialog.getByRole('alert').getByText('The call was not handed over: Cy is on another call.').waitFor()
  // it closes the dialog and leaves the card
  await dialog.getByRole('button', { name: 'Cy 104' }).press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await card.getByRole('button', { name: 'Transfer' }).waitFor()

  exchange.answer((response) => void response.end('{}'))
  await choose()
  await dialog.waitFor({ state: 'detached' })
  await app.call('telephony.externalcall.show', { CALL_ID: callId, USER_ID: [cyId] })
  await card.getByText('Cy’s phone rings; you talk on').waitFor()
  await app.call('telephony.externalcall.hide', { CALL_ID: callId, USER_ID: [cyId] })
  await card.getByRole('alert').getByText('Cy did not take the call').waitFor()
  await app.call('telephony.externalcall.show', { CALL_ID: callId, USER_ID: [cyId] })
  await app.call('telephony.externalcall.hide', { CALL_ID: callId, USER_ID: [house.admin.userId] })
  await card.waitFor({ state: 'detached' })
})
