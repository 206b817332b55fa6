/// <reference lib="dom" />
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, testPassword, type TestApp, type TestPortal } from '../support/portal.ts'
import { appFrame, moveCall, startAppServer } from './app-frames.ts'
import { openContext, signIn, viewports } from './people.ts'

/** A background page as a developer of a browser phone writes it: it binds every event of the interface and keeps what it hears. */
const worker = `
window.heard = []
window.b24 = await B24Js.initializeB24Frame()
const { command, event } = await b24.placement.getInterface()
window.offered = { command, event }
await Promise.all(event.map((name) => b24.placement.bindEvent(name, (...args) => window.heard.push([name.split('::')[1], ...args]))))
document.body.dataset.ready = 'yes'
`
interface WorkerWindow {
  heard: unknown[][]
  offered: { command: string[]; event: string[] }
  b24: { placement: { title: string; options: Record<string, unknown>; call(name: string, params?: unknown): Promise<unknown> } }
}

let house: TestPortal
let browser: Browser
let app: Awaited<ReturnType<typeof startAppServer>>
let phone: TestApp
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
const bind = (path: string, params: Readonly<Record<string, unknown>> = {}, by = phone) =>
  by.call('placement.bind', {
    PLACEMENT: 'PAGE_BACKGROUND_WORKER',
    HANDLER: app.origin + path,
    OPTIONS: { errorHandlerUrl: `${app.origin}/slow-error` },
    ...params,
  })

beforeAll(async () => {
  house = await startPortal()
  app = await startAppServer({ '/worker': worker, '/worker-of-eve': worker })
  phone = await house.addApp({ title: 'Browser phone', scope: ['placement', 'telephony', 'crm'] })
  await bind('/worker')
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

async function openAdmin(): Promise<{ page: Page; frame: Frame }> {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${house.url}/contacts`)
  const frame = await appFrame(page, '/worker')
  await frame.locator('[data-ready]').waitFor({ state: 'attached' })
  return { page, frame }
}
const heard = (frame: Frame, event: string): Promise<unknown[][]> =>
  frame.evaluate((name) => (window as unknown as WorkerWindow).heard.filter(([one]) => one === name).map(([, ...args]) => args), event)
const hears = (frame: Frame, event: string, count = 1): Promise<unknown> =>
  frame.waitForFunction(
    ([name, many]) => (window as unknown as WorkerWindow).heard.filter(([one]) => one === name).length >= Number(many),
    [event, count] as const,
    // an unseen page draws nothing, so it cannot be looked at when it draws
    { polling: 50 },
  )
const command = (frame: Frame, name: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
  frame.evaluate(([method, sent]) => (window as unknown as WorkerWindow).b24.placement.call(method, sent), [name, params] as const)
const isOver = async (callId: string): Promise<void> =>
  void (await phone.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 0 }))

test('an unseen page of an app drives the card of a call that it registered, by the official SDK, and hears every button', async () => {
  const { page, frame } = await openAdmin()
  const { offered, placement, options } = await frame.evaluate(() => {
    const { offered: all, b24 } = window as unknown as WorkerWindow
    return { offered: all, placement: b24.placement.title, options: b24.placement.options }
  })
  expect(placement).toBe('PAGE_BACKGROUND_WORKER')
  expect(options).toEqual({ ID: 'PAGE_BACKGROUND_WORKER', URI: '/contacts' })
  expect(offered.command).toHaveLength(9)
  expect(offered.event).toHaveLength(17)
  const noCard = [{ result: 'error', errorCode: 'Call card is undefined' }]
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'connected' })).toEqual(noCard)

  const registered = await phone.call('telephony.externalcall.register', {
    USER_ID: house.admin.userId,
    PHONE_NUMBER: '+12125550171',
    TYPE: 2,
  })
  const callId = registered.body.result.CALL_ID as string
  await hears(frame, 'initialized')
  expect(await heard(frame, 'initialized')).toEqual([
    [
      expect.objectContaining({
        CALL_ID: callId,
        PHONE_NUMBER: '+12125550171',
        CALL_DIRECTION: 'incoming',
        CRM_ENTITY_ID: 0,
        CALL_LIST_MODE: false,
      }),
    ],
  ])
  const card = page.locator(`[data-call-id="${callId}"]`)
  const press = (name: string) => card.getByRole('button', { name, exact: true }).click()
  expect(await command(frame, 'CallCardGetListUiStates')).toHaveLength(12)
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'asleep' })).toEqual([{ result: 'error', errorCode: 'Invalid ui state' }])

  await press('Skip')
  await press('Answer')
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'connected' })).toEqual([])
  await card.getByRole('timer').waitFor()
  expect(await command(frame, 'CallCardSetCardTitle', { title: 'Ms Quill' })).toEqual([])
  expect(await command(frame, 'CallCardSetStatusText', { statusText: 'On the line' })).toEqual([])
  await card.getByText('Ms Quill').waitFor()
  await card.getByText('On the line').waitFor()
  await press('Mute')
  await press('Unmute')
  expect(await command(frame, 'CallCardSetHold', { held: true })).toEqual([])
  await press('Take off hold')
  await press('Keypad')
  await press('8')
  await press('#')
  await press('Rate the quality')
  await press('5')
  await press('Note')
  await card.getByRole('textbox', { name: 'Note about this call' }).fill('Wants a call back')
  await press('Save the note')
  await press('Transfer')
  await page.getByRole('dialog').getByRole('button', { name: /Admin/ }).click()
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'transferring' })).toEqual([])
  await press('Transfer now')
  await press('Back to the call')
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'moneyError' })).toEqual([])
  await press('Tell the administrator')
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'redial' })).toEqual([])
  await press('Call')
  expect(await command(frame, 'CallCardSetUiState', { uiState: 'transferConnected' })).toEqual([])
  await press('Hang up')
  await hears(frame, 'hangupButtonClick')
  expect(await frame.evaluate(() => (window as unknown as WorkerWindow).heard.slice(1))).toEqual([
    ['skipButtonClick', []],
    ['answerButtonClick', []],
    ['muteButtonClick', true],
    ['muteButtonClick', false],
    ['holdButtonClick', false],
    ['dialpadButtonClick', '8'],
    ['dialpadButtonClick', '#'],
    ['qualityMeterClick', '5'],
    ['addCommentButtonClick', 'Wants a call back'],
    ['transferButtonClick', { phoneNumber: '+12125550171', target: String(house.admin.userId) }],
    ['completeTransferButtonClick', []],
    ['cancelTransferButtonClick', []],
    ['notifyAdminButtonClick', []],
    ['makeCallButtonClick', []],
    ['hangupButtonClick', []],
  ])
  await isOver(callId)
  expect(await command(frame, 'CallCardClose')).toEqual([])
  await card.waitFor({ state: 'detached' })
  expect(await command(frame, 'CallCardSetMute', { muted: true })).toEqual(noCard)
})

test("the card of a click is not driven by the background page of the app, and another app's call is not either", async () => {
  const { page, frame } = await openAdmin()
  await phone.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: `${app.origin}/events` })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${phone.id}` })
  const click = await house.admin.api('POST', '/clicks', { number: '+12125550172' })
  const card = page.locator(`[data-call-id="${click.body.call.callId}"]`)
  await card.waitFor()
  expect(await card.getByRole('button', { name: 'Hang up' }).count()).toBe(0)
  expect(await command(frame, 'CallCardClose')).toEqual([{ result: 'error', errorCode: 'Call card is undefined' }])
  expect(await heard(frame, 'initialized')).toEqual([])
  await isOver(click.body.call.callId)

  const other = await house.addApp({ title: 'Another phone' })
  const registered = await other.call('telephony.externalcall.register', {
    USER_ID: house.admin.userId,
    PHONE_NUMBER: '+12125550173',
    TYPE: 2,
  })
  const foreign = page.locator(`[data-call-id="${registered.body.result.CALL_ID}"]`)
  await foreign.waitFor()
  expect(await foreign.getByRole('button', { name: 'Answer' }).count()).toBe(0)
  expect(await command(frame, 'CallCardClose')).toEqual([{ result: 'error', errorCode: 'Call card is undefined' }])
  await other.call('telephony.externalcall.finish', { CALL_ID: registered.body.result.CALL_ID, USER_ID: house.admin.userId })
})

test('in a call list the page hears of the next customer, and of another one on the card', async () => {
  const { page, frame } = await openAdmin()
  const companyId = await house.addCompany({ TITLE: 'Listed', PHONE: [{ VALUE: '+12125550174', VALUE_TYPE: 'WORK' }] })
  const list = await phone.call('crm.calllist.add', { ENTITY_TYPE: 'COMPANY', ENTITIES: [companyId] })
  const registered = await phone.call('telephony.externalcall.register', {
    USER_ID: house.admin.userId,
    PHONE_NUMBER: '+12125550174',
    TYPE: 1,
    CALL_LIST_ID: list.body.result,
  })
  const callId = registered.body.result.CALL_ID as string
  await hears(frame, 'initialized')
  expect(await heard(frame, 'initialized')).toEqual([
    [expect.objectContaining({ CALL_LIST_MODE: true, CALL_DIRECTION: 'outgoing', CRM_ENTITY_ID: companyId })],
  ])
  await page.locator(`[data-call-id="${callId}"]`).getByRole('button', { name: 'Next customer' }).click()
  await hears(frame, 'nextButtonClick')
  const leadId = await house.addLead({ TITLE: 'Other' })
  await moveCall(house, { callId, type: 'LEAD', id: leadId })
  await phone.call('telephony.externalcall.show', { CALL_ID: callId, USER_ID: house.admin.userId })
  await hears(frame, 'entityChanged')
  expect(await heard(frame, 'entityChanged')).toEqual([[{ PHONE_NUMBER: '+12125550174', CRM_ENTITY_TYPE: 'LEAD', CRM_ENTITY_ID: leadId }]])
  await page.locator(`[data-call-id="${callId}"]`).getByRole('button', { name: 'Close the call card' }).click()
  await hears(frame, 'closeButtonClick')
  await isOver(callId)
})

test('a background page that does not come is counted, the eleventh time it is removed and its app is told', async () => {
  const slow = await house.addApp({ title: 'Slow phone', scope: ['placement', 'telephony'] })
  await bind('/hangs', {}, slow)
  // the clock below is turned for every page, so the other app's is not there meanwhile
  await phone.call('placement.unbind', { PLACEMENT: 'PAGE_BACKGROUND_WORKER' })
  onTestFinished(() => bind('/worker').then(() => undefined))
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.clock.install()
  for (let time = 1; time <= 11; time++) {
    const asked = page.waitForRequest((request) => request.url().startsWith(`${app.origin}/hangs`))
    await page.goto(`${house.url}/contacts`)
    await asked
    const counted = page.waitForResponse((response) => response.url().endsWith('/slow'))
    await page.clock.runFor(5_001)
    expect(await (await counted).json()).toEqual({ removed: time === 11 })
  }
  await app.waitFor('ERROR_PLACEMENT_LOADING_OVERTIME')
  expect((await slow.call('placement.get')).body.result).toEqual([])
})

test('a background page that is bound for one person runs for nobody else', async () => {
  const eve = await house.addPerson('Eve', '105')
  const own = await house.addApp({ title: 'Phone of Eve', scope: ['placement', 'telephony'] })
  expect((await bind('/worker-of-eve', { USER_ID: eve.userId }, own)).body.result).toBe(true)
  const { page } = await openAdmin()
  expect(page.frames().filter((frame) => frame.url().includes('/worker-of-eve'))).toEqual([])
  const context = await openContext(browser, viewports.desktop)
  onTestFinished(() => context.close())
  const hers = await context.newPage()
  await signIn(hers, { url: house.url, email: 'eve@example.com', password: testPassword })
  await (await appFrame(hers, '/worker-of-eve')).locator('[data-ready]').waitFor({ state: 'attached' })
})
