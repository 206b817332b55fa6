/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, testPassword, type TestPortal } from '../support/portal.ts'
import { openContext, signIn, viewports } from './people.ts'

interface AuthData {
  readonly access_token: string
  readonly refresh_token: string
}
/** What these tests use of the official SDK in the app's page. */
interface SdkFrame {
  readonly auth: { getAuthData(): AuthData | false; refreshAuth(): Promise<AuthData | false>; isAdmin: boolean }
  readonly parent: { setTitle(title: string): Promise<unknown>; imPhoneTo(phone: string): Promise<unknown>; fitWindow(): Promise<unknown> }
  readonly isInstallMode: boolean
  getLang(): string
  installFinish(): Promise<unknown>
}
interface AppWindow {
  B24Js: { initializeB24Frame(): Promise<SdkFrame> }
  b24: SdkFrame
}

const sdkFile = join(dirname(createRequire(import.meta.url).resolve('@bitrix24/b24jssdk')), '../umd/index.min.js')

let house: TestPortal
let browser: Browser
/** serves the app's pages, the SDK for them, and takes the app's events */
let app: Listener
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  house = await startPortal()
  app = await startListener()
  const sdk = readFileSync(sdkFile)
  app.answer((response, { path }) => {
    if (path === '/sdk.js') return void response.setHeader('content-type', 'text/javascript').end(sdk)
    const name = path.startsWith('/install') ? 'Install page' : 'Main page'
    return void response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>${name}</title><h1>${name}</h1><script src="/sdk.js"></script><body style="height:900px">`)
  })
  browser = await launchChromium(inject('chromium'))
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), { url: house.url, email: 'admin@example.com', password: testPassword })
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
  await app?.close()
})

async function openAdmin(): Promise<Page> {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  return context.newPage()
}

/** Adds an app with pages by the form of the settings, as an admin does; answers its id. */
async function addApp(page: Page, title: string): Promise<number> {
  const origin = new URL(app.url).origin
  const answer = await house.admin.api('POST', '/apps', {
    title,
    kind: 'ui',
    url: `${origin}/main`,
    installUrl: `${origin}/install`,
    scope: ['telephony', 'crm'],
  })
  await page.goto(`${house.url}/settings/applications/${answer.body.app.id}`)
  await page.getByRole('heading', { level: 2, name: title }).waitFor()
  return answer.body.app.id
}

/** The frame that shows the app's page of this name, with the official SDK at work in it. */
async function frameWith(page: Page, heading: string): Promise<Frame> {
  await page.frameLocator('main iframe').frameLocator('iframe').getByRole('heading', { name: heading }).waitFor()
  const frame = (await (await page.frameLocator('main iframe').locator('iframe').elementHandle()).contentFrame())!
  await frame.waitForFunction(() => 'B24Js' in window)
  await frame.evaluate(async () => {
    const inApp = window as unknown as AppWindow
    inApp.b24 = await inApp.B24Js.initializeB24Frame()
  })
  return frame
}

async function rest(method: string, params: Readonly<Record<string, unknown>>, auth: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${house.url}/rest/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...params, auth }),
  })
  return (await response.json()) as Record<string, unknown>
}
const tokenIn = (frame: Frame): Promise<string> =>
  frame.evaluate(() => {
    const auth = (window as unknown as AppWindow).b24.auth.getAuthData()
    return auth ? auth.access_token : ''
  })

test('the install page of an app finishes the installation by the official SDK; only then clicks reach the app', async () => {
  const page = await openAdmin()
  const id = await addApp(page, 'Dialer with pages')
  await page.getByText('Installation is not finished').first().waitFor()
  await page.getByRole('link', { name: 'Open the app' }).click()
  const install = await frameWith(page, 'Install page')

  // what was posted into the frame (contract 7.2)
  const posted = app.received.find(({ path, body }) => path.startsWith('/install?') && body !== '')!
  const query = new URLSearchParams(posted.path.split('?')[1])
  const fields = new URLSearchParams(posted.body)
  const origin = new URL(house.url)
  expect(posted.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect([...query.keys()].toSorted()).toEqual(['APP_SID', 'DOMAIN', 'LANG', 'PROTOCOL'])
  expect(query.get('DOMAIN')).toBe(origin.host)
  expect(query.get('PROTOCOL')).toBe('0')
  expect(query.get('LANG')).toBe('en')
  expect(query.get('APP_SID')).toMatch(/^[0-9a-f]{32}$/)
  expect([...fields.keys()].toSorted()).toEqual(
    [
      'APPLICATION_SCOPE',
      'APPLICATION_TOKEN',
      'AUTH_EXPIRES',
      'AUTH_ID',
      'PLACEMENT',
      'PLACEMENT_OPTIONS',
      'REFRESH_ID',
      'SERVER_ENDPOINT',
      'member_id',
      'status',
    ].toSorted(),
  )
  expect(fields.get('AUTH_EXPIRES')).toBe('3600')
  expect(fields.get('SERVER_ENDPOINT')).toBe(`${house.url}/rest/`)
  expect(fields.get('APPLICATION_SCOPE')).toBe('telephony,crm')
  expect(fields.get('PLACEMENT')).toBe('DEFAULT')
  expect(JSON.parse(fields.get('PLACEMENT_OPTIONS')!)).toHaveProperty('URI')
  expect(fields.get('AUTH_ID')).toMatch(/^[0-9a-f]{70}$/)

  // the SDK has said setInstall by itself; that ends nothing
  const auth = await tokenIn(install)
  expect(auth).toMatch(/^[0-9a-f]{70}$/)
  expect(await install.evaluate(() => (window as unknown as AppWindow).b24.isInstallMode)).toBe(true)
  expect(await install.evaluate(() => (window as unknown as AppWindow).b24.auth.isAdmin)).toBe(true)
  expect((await rest('app.info', {}, auth))['result']).toMatchObject({ INSTALLED: false })
  expect((await rest('event.bind', { event: 'ONEXTERNALCALLSTART', handler: app.url }, auth))['result']).toBe(true)
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${id}` })
  const early = await house.admin.api('POST', '/clicks', { number: '+12125550151' })
  expect(early.body).toMatchObject({ code: 'not_installed' })

  await install.evaluate(() => void (window as unknown as AppWindow).b24.installFinish())
  const main = await frameWith(page, 'Main page')
  const now = await tokenIn(main)
  expect((await rest('app.info', {}, now))['result']).toMatchObject({ INSTALLED: true })
  expect(await main.evaluate(() => (window as unknown as AppWindow).b24.isInstallMode)).toBe(false)
  const click = await house.admin.api('POST', '/clicks', { number: '+12125550152' })
  expect(click.status).toBe(201)
  const [event] = await app.waitFor(encodeURIComponent(click.body.call.callId))
  expect(new URLSearchParams(event!.body).get('event')).toBe('ONEXTERNALCALLSTART')
  expect(app.received.filter(({ body }) => body.includes('12125550151'))).toEqual([])
})

test('an app in its frame gets new tokens, sets the title, fits its height and asks for a call', async () => {
  const page = await openAdmin()
  const id = await addApp(page, 'Framed helper')
  await house.admin.api('POST', `/apps/${id}/install-finish`)
  await page.goto(`${house.url}/apps/${id}`)
  const frame = await frameWith(page, 'Main page')
  const [first, second] = await frame.evaluate(async () => {
    const { auth } = (window as unknown as AppWindow).b24
    const before = auth.getAuthData() as AuthData
    return [before, (await auth.refreshAuth()) as AuthData]
  })
  // access tokens of one second are alike; refresh tokens never are
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect(second.access_token).toMatch(/^[0-9a-f]{70}$/)
  expect(await rest('app.info', {}, second.access_token)).toHaveProperty('result')

  await frame.evaluate(() => (window as unknown as AppWindow).b24.parent.setTitle('Calls: today'))
  await page.getByRole('heading', { level: 1, name: 'Calls: today' }).waitFor()
  await frame.evaluate(() => (window as unknown as AppWindow).b24.parent.fitWindow())
  await page.waitForFunction(() => (document.querySelector('main iframe')?.clientHeight ?? 0) >= 900)
  await frame.evaluate(() => void (window as unknown as AppWindow).b24.parent.imPhoneTo('+12125550153'))
  const number = page.getByRole('textbox', { name: 'Number to call' })
  await number.waitFor()
  expect(await number.inputValue()).toBe('+12125550153')
  expect((await house.admin.api('GET', '/calls?search=2125550153')).body.items).toEqual([])
})

test("the admin's button marks an app as installed", async () => {
  const page = await openAdmin()
  const id = await addApp(page, 'Needs a push')
  await page.getByRole('button', { name: 'Mark as installed' }).click()
  await page.getByText('The application is installed and gets its events.').waitFor()
  await page.getByRole('button', { name: 'Mark as installed' }).waitFor({ state: 'detached' })
  await page.getByText('Installed', { exact: true }).first().waitFor()
  expect((await house.admin.api('GET', `/apps/${id}`)).body.installed).toBe(true)
})
