/// <reference lib="dom" />
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** How a person holds the portal. */
export const viewports = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} as const satisfies Record<string, BrowserContextOptions>

/** What a page complained about since it was opened: thrown errors and what the console shows in red. */
export interface Complaints {
  readonly texts: string[]
}

/** Opens a context in which everything waits 10 s at most. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  context.setDefaultTimeout(10_000)
  return context
}

/** Signs in by the form, as a person does; the context keeps the session. */
export async function signIn(page: Page, who: { url: string; email: string; password: string }): Promise<void> {
  await page.goto(`${who.url}/`)
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()
}

/** Keeps what the page complains about. */
export function hearComplaints(page: Page): Complaints {
  const texts: string[] = []
  page.on('pageerror', (error) => texts.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') texts.push(message.text())
  })
  return { texts }
}
