/// <reference lib="dom" />
import type { Browser } from 'playwright-core'
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { openContext, viewports } from './people.ts'

let house: TestPortal
let browser: Browser

beforeEach(async () => {
  house = await startPortal()
  browser = await launchChromium(inject('chromium'))
})
afterEach(async () => {
  await browser?.close()
  await house?.stop()
})

test.each([
  ['ru', 'Добавить сотрудника', 'Эл. почта', 'Имя', 'Сохранить', 'Адрес admin@example.com уже есть у другого пользователя'],
  ['en', 'Add a user', 'Email', 'First name', 'Save', 'Another user has the e-mail address admin@example.com'],
] as const)('what the portal refuses is read in the reader’s language: %s', async (language, add, email, name, save, words) => {
  await house.admin.api('PATCH', '/me', { language })
  const context = await openContext(browser, viewports.desktop)
  onTestFinished(() => context.close())
  const [cookie = '', value = ''] = house.admin.cookie.split('=')
  await context.addCookies([{ name: cookie, value, url: house.url }])
  const page = await context.newPage()
  await page.goto(`${house.url}/settings/users`)
  await page.getByRole('button', { name: add }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(name, { exact: true }).fill('Ева')
  await dialog.getByLabel(email).fill('admin@example.com')
  await dialog.getByRole('button', { name: save }).click()
  const alert = dialog.getByRole('alert')
  await alert.getByText(words, { exact: true }).waitFor()
  expect(await alert.count()).toBe(1)
})
