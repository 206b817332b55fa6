/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let app: TestApp
let browser: Browser
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'PBX', scope: ['im'] })
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

const say = async (MESSAGE: string, method = 'im.notify.system.add'): Promise<number> =>
  (await app.call(method, { USER_ID: house.admin.userId, MESSAGE })).body.result
const note = (page: Page, id: number) => page.locator(`li[data-note-id="${id}"]`)
const allRead = () => house.admin.api('POST', '/notifications/read-all')

describe('the bell', () => {
  test('counts a new note at once; the person reads it, marks it, and the count goes', async () => {
    await allRead()
    const page = await openPage('desktop')
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
    const id = await say('Your [b]line[/b] is [i]down[/i]')
    await page.getByRole('button', { name: 'Notifications, 1 unread' }).click()
    const dialog = page.getByRole('dialog', { name: 'Notifications' })
    await note(page, id).getByText('Your line is down').waitFor()
    expect(await note(page, id).textContent()).toContain('Unread')
    expect(await note(page, id).textContent()).toContain('System')
    await note(page, id).getByRole('button', { name: 'Mark as read' }).click()
    await note(page, id).getByText('Unread').waitFor({ state: 'detached' })
    // live while the list is open, from a person this time
    const second = await say('From a colleague', 'im.notify.personal.add')
    await note(page, second).getByText('Admin').waitFor()
    await dialog.getByRole('button', { name: 'Mark all as read' }).click()
    await note(page, second).getByText('Unread').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
  })

  test('shows what an app wrote as text: no markup, no script, links only to web addresses in a new tab', async () => {
    const id = await say(
      '<img src=x onerror="document.title=\'hit\'"><script>document.title="hit"</script>See [url=https://example.com/a]the card[/url] or [url=javascript:document.title=1]this[/url]',
    )
    const page = await openPage('desktop')
    await page.getByRole('button', { name: /^Notifications, / }).click()
    const item = note(page, id)
    await item.getByText('See').waitFor()
    expect(await item.locator('img, script, iframe').count()).toBe(0)
    const link = item.getByRole('link')
    expect(await link.count()).toBe(1)
    expect([await link.getAttribute('href'), await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
      'https://example.com/a',
      '_blank',
      'noopener noreferrer',
    ])
    expect(await page.title()).not.toContain('hit')
  })

  test('a note that its app deletes goes from the open list', async () => {
    const id = await say('Soon gone')
    const page = await openPage('desktop')
    await page.getByRole('button', { name: /^Notifications, / }).click()
    await note(page, id).waitFor()
    expect((await app.call('im.notify.delete', { ID: id })).body.result).toBe(true)
    await note(page, id).waitFor({ state: 'detached' })
  })

  test('is under More on a phone, with the number on it', async () => {
    await allRead()
    const id = await say('On a phone')
    const page = await openPage('phone')
    await page.getByRole('button', { name: /More/ }).filter({ hasText: '1' }).click()
    await page.getByRole('menuitem', { name: 'Notifications, 1 unread' }).click()
    await note(page, id).getByText('On a phone').waitFor()
    const box = (await page.getByRole('dialog', { name: 'Notifications' }).boundingBox())!
    expect(box.x).toBeGreaterThanOrEqual(0)
    expect(box.x + box.width).toBeLessThanOrEqual(390)
  })

  test('of somebody who was told nothing says what will stand there', async () => {
    await house.addPerson('Newcomer', null)
    const context = await openContext(browser, viewports.desktop)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await signIn(page, { url: house.url, email: 'newcomer@example.com', password: testPassword })
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await page.getByText('Nothing yet.').waitFor()
  })
})
