/// <reference lib="dom" />
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startAsNpmStart, type Started } from '../support/started.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

const shots = join(import.meta.dirname, 'shots')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let house: Started
let browser: Browser
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

/** Ids of what the screens show. */
const ids = { talkedTrace: 0, talkedCall: '', lastCall: '', failedDelivery: 0, uiApp: 0, demoApp: 0, callListId: 0, handler: 0 }

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  house = await startAsNpmStart()
  browser = await launchChromium(inject('chromium'))
  await fillHouse()
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), house)
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
})

/** Places a call through the demo phone and lets both people do what is wanted; answers the trace. */
async function call(
  contactId: number,
  number: string,
  presses: ReadonlyArray<readonly ['agent' | 'client', 'answer' | 'decline' | 'busy' | 'hangup']>,
): Promise<number> {
  const { body } = await house.api('POST', '/clicks', { number, entity: { kind: 'contact', id: contactId } })
  for (const [leg, press] of presses) await vi.waitUntil(() => house.press(body.call.callId, leg, press), 5000)
  const settled = () => house.api('GET', `/calls/${body.call.callId}`).then((answer) => answer.body.state)
  await vi.waitUntil(async () => (await settled()) === 'finished', 5000)
  await house.api('POST', `/calls/${body.call.callId}/dismiss`)
  ids.lastCall = body.call.callId
  return body.call.traceId
}

/** A company that has been at work: calls of each kind, an app with pages, webhooks. */
async function fillHouse(): Promise<void> {
  ids.talkedTrace = await call(1, '+1 (212) 555-0112', [
    ['agent', 'answer'],
    ['client', 'answer'],
    ['client', 'hangup'],
  ])
  ids.talkedCall = ids.lastCall
  await call(1, '+1 (212) 555-0113', [
    ['agent', 'answer'],
    ['client', 'busy'],
  ])
  await call(4, '+1 (310) 555-0122', [['agent', 'decline']])
  await house.api('PATCH', '/callback-forms/1', { enabled: true })
  const app = await house.api('POST', '/apps', {
    title: 'Sales board',
    kind: 'ui',
    url: 'http://127.0.0.1:9/board',
    installUrl: 'http://127.0.0.1:9/install',
    scope: ['crm', 'telephony'],
  })
  ids.uiApp = app.body.app.id
  await house.api('POST', '/webhooks/incoming', { title: 'Nightly import', scope: ['crm'], userId: 1 })
  await house.api('POST', '/webhooks/outgoing', {
    title: 'Call archive',
    url: 'http://127.0.0.1:9/archive',
    events: ['ONVOXIMPLANTCALLEND'],
  })
  const { body: apps } = await house.api('GET', '/apps')
  ids.demoApp = apps.items.find((one: { title: string }) => one.title === 'Demo phone').id
  const { body: deliveries } = await house.api('GET', '/deliveries')
  ids.failedDelivery = deliveries.items[0].id
  const { body: handlers } = await house.api('GET', '/handlers')
  ids.handler = handlers.items[0].id
  const { body: lists } = await house.api('GET', '/call-lists')
  ids.callListId = lists.items[0].id
}

const screens: Readonly<Record<string, () => string>> = {
  contacts: () => '/contacts',
  'contacts-nobody': () => '/contacts?search=nobodyatall',
  'contact-with-calls': () => '/contacts/1',
  'contact-without-calls': () => '/contacts/19',
  'contact-new': () => '/contacts/new',
  companies: () => '/companies',
  company: () => '/companies/1',
  leads: () => '/leads',
  lead: () => '/leads/3',
  'company-new': () => '/companies/new',
  'lead-new': () => '/leads/new',
  'call-lists': () => '/call-lists',
  'call-list': () => `/call-lists/${ids.callListId}`,
  calls: () => '/calls',
  call: () => `/calls/${ids.talkedCall}`,
  dial: () => '/dial?number=%2B12125550112',
  'dial-asked': () => '/dial?number=112&asked=app',
  deliveries: () => '/deliveries',
  delivery: () => `/deliveries/${ids.failedDelivery}`,
  trace: () => `/traces/${ids.talkedTrace}`,
  telephony: () => '/settings/telephony',
  'set-up': () => '/settings/set-up',
  users: () => '/settings/users',
  webhooks: () => '/settings/webhooks',
  'callback-forms': () => '/settings/callback-forms',
  'callback-form': () => '/settings/callback-forms/1',
  applications: () => '/settings/applications',
  application: () => `/settings/applications/${ids.demoApp}`,
  'application-not-installed': () => `/settings/applications/${ids.uiApp}`,
  handlers: () => '/settings/handlers',
  handler: () => `/settings/handlers/${ids.handler}`,
  compatibility: () => '/settings/compatibility',
  data: () => '/settings/data',
  'no-page': () => '/nothing/here',
  // last: it speaks the language that was used here before
  'sign-in': () => '/sign-in',
}

/** What is wrong with the page as it stands, in words; empty when nothing is. */
async function faultsOf(
  page: Page,
  { isPhone, language, scheme }: { isPhone: boolean; language: string; scheme: string },
): Promise<string[]> {
  const faults: string[] = []
  const look = await page.evaluate(() => ({
    headings: [...document.querySelectorAll('h1')].filter((one) => one.textContent?.trim()).length,
    language: document.documentElement.lang,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }))
  if (look.headings === 0) faults.push('no heading of level 1')
  if (isPhone && look.overflow > 0) faults.push(`scrolls sideways by ${look.overflow} px`)
  if (look.language !== language) faults.push(`says that its language is ${look.language}`)
  // words differ between the languages, colours do not
  if (language === 'ru' && scheme === 'dark') return faults
  const results = (await page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: { run: (options: unknown) => Promise<unknown> } }
    return checker.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
  })) as AxeResults
  for (const { id, impact, nodes } of results.violations) {
    if (impact !== 'serious' && impact !== 'critical') continue
    faults.push(
      `${id} (${impact}): ${nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n').at(1)?.trim() ?? ''}`)
        .join(' | ')}`,
    )
  }
  return faults
}

/** Everything that was asked for is here, and the words are too. */
async function untilQuiet(page: Page): Promise<void> {
  await page.locator('h1, h2').first().waitFor()
  await page.waitForFunction(
    () =>
      document.fonts.status === 'loaded' &&
      !document.querySelector('.mantine-Loader-root') &&
      document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity),
  )
}

describe.each(['en', 'ru'] as const)('in %s', (language) => {
  test.each(['desktop', 'phone'] as const)(
    'every screen on a %s, light and dark, has a heading, fits, and has no grave fault for those who cannot see it well',
    async (device) => {
      await house.api('PATCH', '/me', { language })
      const context = await openContext(browser, { ...viewports[device], storageState: signedIn, reducedMotion: 'reduce' })
      await context.addInitScript({ content: axe })
      const faults: Record<string, string[]> = {}
      const open = Object.entries(screens)
      const work = async (): Promise<void> => {
        const page = await context.newPage()
        const complaints = hearComplaints(page)
        for (let next = open.shift(); next; next = open.shift()) {
          const [name, pathOf] = next
          await page.goto(`${house.url}${pathOf()}`)
          await untilQuiet(page)
          for (const scheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme: scheme })
            await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
            await page.screenshot({ path: join(shots, `${name}-${language}-${device}-${scheme}.png`) })
            const found = await faultsOf(page, { isPhone: device === 'phone', language, scheme })
            if (found.length > 0) faults[`${name}, ${scheme}`] = found
          }
          const said = complaints.texts.splice(0)
          if (said.length > 0) faults[`${name}, console`] = said
        }
      }
      await Promise.all([work(), work()])
      await context.close()
      writeFileSync(join(shots, `faults-${language}-${device}.json`), JSON.stringify(faults, null, 2))
      expect(faults).toEqual({})
    },
    // some sixty pages; 20 s alone, three times that beside a busy neighbour
    150_000,
  )
})
