/// <reference lib="dom" />
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { request, startPortal, testPassword, type TestPortal } from '../support/portal.ts'
import { appFrame, moveCall, startAppServer } from './app-frames.ts'
import { hearComplaints, openContext, signIn, viewports } from './people.ts'

/** What an app's developer writes with the official SDK: an installer, a tab of the call card, a page of the statistics. */
const installer = `
const b24 = await B24Js.initializeB24Frame()
const call = (method, params) => b24.actions.v2.call.make({ method, params, requestId: method + Math.random() })
const origin = location.origin
for (const params of [
  { PLACEMENT: 'CALL_CARD', HANDLER: origin + '/card', TITLE: 'Customer', LANG_ALL: { en: { TITLE: 'Customer' }, ru: { TITLE: 'Клиент' } } },
  { PLACEMENT: 'TELEPHONY_ANALYTICS_MENU', HANDLER: origin + '/report', TITLE: 'Talk time', LANG_ALL: { ru: { TITLE: 'Время разговоров' } } },
]) {
  const answer = await call('placement.bind', params)
  if (!answer.isSuccess) throw new Error(answer.getErrorMessages().join())
}
await call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: origin + '/events' })
await b24.installFinish()
`
const card = `
const show = (id, value) => {
  const line = Object.assign(document.createElement('p'), { className: id, textContent: typeof value === 'string' ? value : JSON.stringify(value) })
  document.body.append(line)
}
const b24 = await B24Js.initializeB24Frame()
window.b24 = b24
show('placement', b24.placement.title)
show('options', b24.placement.options)
show('interface', await b24.placement.getInterface())
show('status', await b24.placement.call('getStatus'))
await Promise.all(['CallCard::EntityChanged', 'CallCard::CallStateChanged', 'CallCard::BeforeClose'].map((event) =>
  b24.placement.bindEvent(event, (...args) => {
    show('event', [event, ...args])
    void fetch('/heard', { method: 'POST', body: JSON.stringify([event, ...args]), mode: 'no-cors' })
  })))
show('bound', 'bound')
`
const report = `
const b24 = await B24Js.initializeB24Frame()
document.body.append('report of ' + b24.placement.title + ' at ' + b24.placement.options.URI)
`
const main = `await B24Js.initializeB24Frame(); document.body.append('main page')`

let house: TestPortal
let browser: Browser
let app: Awaited<ReturnType<typeof startAppServer>>
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  house = await startPortal()
  app = await startAppServer({ '/install': installer, '/card': card, '/report': report, '/main': main })
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

let appId = 0
let token = ''
const rest = async (method: string, params: Readonly<Record<string, unknown>>) =>
  (
    await request(`${house.url}/rest/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...params, auth: token }),
    })
  ).body

test('an app of the official SDK installs itself in its frame and stands as a tab in the call card, without a reload of the page', async () => {
  const page = await openAdmin()
  const complaints = hearComplaints(page)
  // the page is open before the app is there: its own policy cannot know the app's origin
  await page.goto(`${house.url}/contacts`)
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()
  await page.evaluate(() => Object.assign(window, { isSamePage: true }))
  const added = await house.admin.api('POST', '/apps', {
    title: 'Card helper',
    kind: 'ui',
    url: `${app.origin}/main`,
    installUrl: `${app.origin}/install`,
    scope: ['telephony', 'crm', 'placement'],
  })
  appId = added.body.app.id
  await page.getByRole('link', { name: 'Settings' }).first().click()
  await page.getByRole('link', { name: 'Applications' }).first().click()
  await page.getByRole('link', { name: 'Card helper', exact: true }).click()
  // the install page binds, finishes, and makes way for the main page
  await (await appFrame(page, '/main')).getByText('main page').waitFor()
  expect((await house.admin.api('GET', `/apps/${appId}`)).body.installed).toBe(true)

  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${appId}` })
  const contactId = await house.addContact({ NAME: 'Nora', LAST_NAME: 'Quill', PHONE: [{ VALUE: '+12125550161', VALUE_TYPE: 'WORK' }] })
  await page.getByRole('link', { name: 'Contacts' }).first().click()
  await page.getByRole('link', { name: 'Nora Quill' }).click()
  await page
    .getByRole('button', { name: /Call .*555/ })
    .first()
    .click()
  const dock = page.locator('[data-call-dock]')
  await dock.getByRole('tab', { name: 'Customer' }).waitFor()
  const frame = await appFrame(page, '/card')
  await frame.locator('.bound').waitFor()
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)

  const [event] = await app.waitFor('ONEXTERNALCALLSTART')
  const callId = new URLSearchParams(event!.body).get('data[CALL_ID]')!
  token = new URLSearchParams(event!.body).get('auth[access_token]')!
  const options = JSON.parse((await frame.locator('.options').textContent())!)
  expect(options).toEqual({
    CALL_ID: callId,
    PHONE_NUMBER: '+12125550161',
    LINE_NUMBER: '',
    LINE_NAME: '',
    CRM_ENTITY_TYPE: 'CONTACT',
    CRM_ENTITY_ID: String(contactId),
    CRM_BINDINGS: [{ ENTITY_TYPE: 'CONTACT', ENTITY_ID: String(contactId) }],
    CRM_ACTIVITY_ID: 'undefined',
    CALL_DIRECTION: 'outgoing',
    CALL_STATE: expect.stringMatching(/^(idle|connecting)$/),
    CALL_LIST_MODE: 'false',
    URI: `/contacts/${contactId}`,
  })
  const posted = app.received.find(({ path, body }) => path.startsWith('/card?') && body !== '')!
  expect(JSON.parse(new URLSearchParams(posted.body).get('PLACEMENT_OPTIONS')!)).toEqual(options)
  expect(new URLSearchParams(posted.body).get('PLACEMENT')).toBe('CALL_CARD')
  expect(await frame.locator('.placement').textContent()).toBe('CALL_CARD')
  expect(JSON.parse((await frame.locator('.interface').textContent())!)).toEqual({
    command: ['getStatus', 'disableAutoClose', 'enableAutoClose'],
    event: ['CallCard::EntityChanged', 'CallCard::CallStateChanged', 'CallCard::BeforeClose'],
  })
  expect(JSON.parse((await frame.locator('.status').textContent())!)).toMatchObject({
    CALL_ID: callId,
    CRM_ENTITY_ID: contactId,
    CRM_BINDINGS: [{ ENTITY_TYPE: 'CONTACT', ENTITY_ID: contactId }],
    CALL_LIST_MODE: false,
  })

  // the card's events reach the app's page
  await rest('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
  await frame.locator('.event', { hasText: '["CallCard::CallStateChanged","connected"]' }).waitFor()
  const companyId = await house.addCompany({ TITLE: 'Quill Ltd' })
  await moveCall(house, { callId, type: 'COMPANY', id: companyId })
  await rest('telephony.externalcall.show', { CALL_ID: callId, USER_ID: house.admin.userId })
  const moved = { PHONE_NUMBER: '+12125550161', CRM_ENTITY_TYPE: 'COMPANY', CRM_ENTITY_ID: companyId }
  await frame.locator('.event', { hasText: JSON.stringify(['CallCard::EntityChanged', moved]) }).waitFor()
  expect(
    await frame.evaluate(() =>
      (window as unknown as { b24: { placement: { call(name: string): Promise<unknown> } } }).b24.placement.call('disableAutoClose'),
    ),
  ).toEqual([])
  await rest('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 0, STATUS_CODE: '486' })
  await frame.locator('.event', { hasText: '["CallCard::CallStateChanged",["idle",{"failedCode":"486"}]]' }).waitFor()
  await page.getByRole('button', { name: 'Close the call card' }).click()
  await app.waitFor('CallCard::BeforeClose')
  await page.locator('[data-app-tab]').waitFor({ state: 'detached' })
  expect(complaints.texts.filter((text) => /Content Security Policy|frame/i.test(text))).toEqual([])
})

test('a page beside the statistics opens from their menu, in the words of the person’s language', async () => {
  const page = await openAdmin()
  await page.goto(`${house.url}/calls`)
  await page.getByRole('button', { name: 'Pages of apps' }).click()
  await page.getByRole('menuitem', { name: 'Talk time' }).click()
  await page.getByRole('heading', { level: 1, name: 'Talk time' }).waitFor()
  await (await appFrame(page, '/report')).getByText(/^report of TELEPHONY_ANALYTICS_MENU at \/calls\/pages\/\d+$/).waitFor()

  await house.admin.api('PATCH', '/me', { language: 'ru' })
  onTestFinished(() => house.admin.api('PATCH', '/me', { language: 'en' }).then(() => undefined))
  await page.goto(`${house.url}/calls`)
  await page.getByRole('button', { name: 'Страницы приложений' }).click()
  await page.getByRole('menuitem', { name: 'Время разговоров' }).waitFor()
})

/** What these tests use of the official SDK in the app's page. */
interface Sdk {
  readonly options: {
    appSet(name: string, value: unknown): Promise<void>
    userSet(name: string, value: unknown): Promise<void>
    appGet(name: string): unknown
  }
  readonly dialog: {
    selectUser(): Promise<unknown>
    selectUsers(): Promise<unknown>
    selectCRM(wish: unknown): Promise<unknown>
    selectAccess(blocked: readonly string[]): Promise<unknown>
  }
  readonly slider: {
    openSliderAppPage(params: unknown): Promise<unknown>
    closeSliderAppPage(): Promise<unknown>
    openPath(url: URL, width: number): Promise<unknown>
    getUrl(path: string): URL
  }
  readonly parent: { imCallTo(userId: number): Promise<unknown>; imOpenMessenger(): Promise<unknown>; closeApplication(): Promise<unknown> }
  readonly placement: {
    title: string
    options: Record<string, unknown>
    call(name: string, params?: unknown): Promise<unknown>
    getInterface(): Promise<unknown>
  }
}
type SdkWindow = { b24: Sdk; B24Js: { initializeB24Frame(): Promise<Sdk> }; answer: unknown }

/** Opens the app's main page with the SDK at hand. */
async function openMain(page: Page) {
  await page.goto(`${house.url}/apps/${appId}`)
  const frame = await appFrame(page, '/main')
  await frame.getByText('main page').waitFor()
  await frame.evaluate(async () => {
    const inApp = window as unknown as SdkWindow
    inApp.b24 = await inApp.B24Js.initializeB24Frame()
  })
  return frame
}

test('a page stores options, and they are there when it asks again; what the portal does not have is refused at once', async () => {
  const page = await openAdmin()
  const frame = await openMain(page)
  await frame.evaluate(async () => {
    const { options } = (window as unknown as SdkWindow).b24
    await options.appSet('queue', 'sales')
    await options.userSet('tone', { loud: true })
  })
  expect((await rest('app.option.get', {})).result).toEqual({ queue: 'sales' })
  expect((await rest('user.option.get', {})).result).toEqual({ tone: { loud: true } })
  const again = await openMain(page)
  expect(await again.evaluate(() => (window as unknown as SdkWindow).b24.options.appGet('queue'))).toBe('sales')

  // what the portal does not have is answered, not left hanging
  const refused = { result: 'error', errorCode: 'METHOD_NOT_SUPPORTED' }
  expect(await again.evaluate(() => (window as unknown as SdkWindow).b24.parent.imOpenMessenger())).toEqual(refused)
  expect(await again.evaluate(() => (window as unknown as SdkWindow).b24.placement.call('getStatus'))).toEqual(refused)
  expect(await again.evaluate(() => (window as unknown as SdkWindow).b24.placement.getInterface())).toEqual({ command: [], event: [] })
})

test('a page lets the person choose colleagues and cards in dialogs of the portal', async () => {
  const page = await openAdmin()
  const frame = await openMain(page)
  const eve = await house.addPerson('Evelyn', '105')
  await house.addCompany({ TITLE: 'Quill and Sons' })
  /** asks, and keeps the answer in the page while the person chooses */
  const ask = (what: 'selectUser' | 'selectUsers' | 'selectCRM' | 'selectAccess', wish?: unknown) =>
    frame.evaluate(
      ([name, params]) => {
        const inApp = window as unknown as SdkWindow
        inApp.answer = undefined
        void inApp.b24.dialog[name](params as never).then((answer) => (inApp.answer = { answer }))
      },
      [what, wish] as const,
    )
  const answer = async () => (await frame.waitForFunction(() => (window as unknown as SdkWindow).answer)).jsonValue()
  const dialog = page.getByRole('dialog')

  await ask('selectUser')
  await dialog.getByRole('button', { name: /Evelyn/ }).click()
  expect(await answer()).toEqual({
    answer: { id: String(eve.userId), name: 'Evelyn', photo: '', position: '', url: '', sub: false, sup: false },
  })
  await ask('selectUsers')
  await dialog.getByRole('button', { name: /Evelyn/ }).click()
  await dialog.getByRole('button', { name: /Admin/ }).click()
  await dialog.getByRole('button', { name: 'Choose 2' }).click()
  expect(await answer()).toMatchObject({ answer: [{ name: 'Evelyn' }, { name: 'Admin' }] })
  await ask('selectCRM', { entityType: ['company'], multiple: false })
  await dialog.getByRole('textbox', { name: 'Search' }).fill('quill')
  await dialog.getByRole('button', { name: /Quill and Sons/ }).click()
  expect(await answer()).toMatchObject({
    answer: { company: [{ id: expect.stringMatching(/^CO_\d+$/), type: 'company', title: 'Quill and Sons' }] },
  })
  await ask('selectAccess', ['AU'])
  await dialog.getByRole('button', { name: /Evelyn/ }).click()
  expect(await dialog.getByRole('button', { name: 'All employees' }).count()).toBe(0)
  await dialog.getByRole('button', { name: 'Choose 1' }).click()
  expect(await answer()).toEqual({ answer: [{ id: `U${eve.userId}`, name: 'Evelyn' }] })
  await ask('selectUser')
  await dialog.getByRole('button', { name: 'Close' }).click()
  expect(await answer()).toEqual({ answer: null })
})

test('a page opens itself above the portal, closes again, opens cards, and asks to call a colleague', async () => {
  const page = await openAdmin()
  const frame = await openMain(page)
  await frame.evaluate(() => {
    const inApp = window as unknown as SdkWindow
    inApp.answer = undefined
    void inApp.b24.slider.openSliderAppPage({ bx24_title: 'Above', order: 5 }).then(() => (inApp.answer = 'closed'))
  })
  const drawer = page.getByRole('dialog', { name: 'Above' })
  await drawer.waitFor()
  const above = drawer.frameLocator('iframe').frameLocator('iframe')
  await above.getByText('main page').waitFor()
  const options = app.received
    .filter(({ path, body }) => path.startsWith('/main?') && body !== '')
    .map(({ body }) => new URLSearchParams(body).get('PLACEMENT_OPTIONS')!)
  expect(JSON.parse(options.at(-1)!)).toMatchObject({ bx24_title: 'Above', order: 5, IFRAME: 'Y' })
  expect(await frame.evaluate(() => (window as unknown as SdkWindow).answer)).toBeUndefined()
  await above.locator('body').evaluate(async () => {
    const b24 = await (window as unknown as SdkWindow).B24Js.initializeB24Frame()
    void b24.slider.closeSliderAppPage().catch(() => undefined)
  })
  await drawer.waitFor({ state: 'detached' })
  await frame.waitForFunction(() => (window as unknown as SdkWindow).answer === 'closed')

  const contactId = await house.addContact({ NAME: 'Otto', LAST_NAME: 'Path' })
  const openPath = (path: string) =>
    frame.evaluate(async (wanted) => {
      const { slider } = (window as unknown as SdkWindow).b24
      return slider.openPath(slider.getUrl(wanted), 1000).catch((error: Error) => error.message)
    }, path)
  expect(await openPath('/company/personal/user/1/')).toBe('PATH_NOT_AVAILABLE')
  await frame.evaluate(async (userId) => void (await (window as unknown as SdkWindow).b24.parent.imCallTo(userId)), house.admin.userId)
  await page.waitForURL(/\/dial\?/)
  expect(await page.getByRole('textbox', { name: 'Number to call' }).inputValue()).toBe('101')
  const again = await openMain(page)
  await again.evaluate((id) => {
    const { slider } = (window as unknown as SdkWindow).b24
    void slider.openPath(slider.getUrl(`/crm/contact/details/${id}/`), 1000)
  }, contactId)
  await page.getByRole('heading', { level: 1, name: 'Otto Path' }).waitFor()
})

test('disableAutoClose keeps the card of a good call, enableAutoClose closes it', async () => {
  const page = await openAdmin()
  await page.clock.install()
  await page.goto(`${house.url}/contacts`)
  const click = await house.admin.api('POST', '/clicks', { number: '+12125550162' })
  const { callId } = click.body.call
  const card = page.locator(`[data-call-id="${callId}"]`)
  await card.waitFor()
  const frame = await appFrame(page, '/card')
  await page.clock.runFor(2_000)
  await frame.waitForFunction(() => 'b24' in window)
  const call = (name: string) => frame.evaluate((command) => (window as unknown as SdkWindow).b24.placement.call(command), name)
  expect(await call('disableAutoClose')).toEqual([])
  await rest('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 9 })
  await card.getByText(/Finished/).waitFor()
  await page.clock.runFor(40_000)
  expect(await card.isVisible()).toBe(true)
  expect(await call('enableAutoClose')).toEqual([])
  await card.waitFor({ state: 'hidden' })
})
