/// <reference lib="dom" />
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, testPassword, type TestPortal } from '../support/portal.ts'
import { tryToRead, tryToWrite, type Write } from './attacks.ts'
import { openContext, signIn, viewports } from './people.ts'

let house: TestPortal
let browser: Browser
/** the server of the hostile pages, and of the app that stands in a frame */
let hostile: Listener
/** a second origin of the same attacker */
let other: Listener
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let appId: number

const secretName = 'Ada Hidden'

beforeAll(async () => {
  house = await startPortal()
  ;[hostile, other] = [await startListener(), await startListener()]
  for (const server of [hostile, other])
    server.answer((response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Win a prize</title><body>Hello'))
  await house.addContact({ NAME: 'Ada', LAST_NAME: 'Hidden', PHONE: [{ VALUE: '+12125550142', VALUE_TYPE: 'WORK' }] })
  const added = await house.admin.api('POST', '/apps', {
    title: 'Framed',
    kind: 'ui',
    url: hostile.url,
    installUrl: `${hostile.url}/install`,
    scope: ['telephony'],
  })
  appId = added.body.app.id
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${appId}` })
  browser = await launchChromium(inject('chromium'))
  const context = await openContext(browser, viewports.desktop)
  await signIn(await context.newPage(), { url: house.url, email: 'admin@example.com', password: testPassword })
  signedIn = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser?.close()
  await house?.stop()
  await hostile?.close()
  await other?.close()
})

const reads = [
  '/v1/session',
  '/v1/contacts',
  '/v1/contacts/1',
  '/v1/calls',
  '/v1/apps',
  '/v1/telephony',
  '/v1/live',
  '/v1/users',
  '/v1/deliveries',
]
const writes = (): Write[] => [
  { method: 'POST', path: '/v1/clicks', body: { number: '+12125550199' } },
  { method: 'PUT', path: '/v1/telephony', body: { country: 'RU', allowServiceCodes: true } },
  { method: 'PATCH', path: '/v1/me', body: { language: 'ru' } },
  { method: 'PATCH', path: '/v1/users/1', body: { name: 'Taken' } },
  { method: 'POST', path: `/v1/apps/${appId}/install-finish`, body: {} },
  { method: 'POST', path: `/v1/apps/${appId}/frame`, body: {} },
  { method: 'POST', path: `/v1/apps/${appId}/secret`, body: {} },
  { method: 'POST', path: '/v1/webhooks/incoming', body: { title: 'Back door', scope: ['crm'], userId: 1 } },
  { method: 'DELETE', path: '/v1/contacts/1', body: {} },
  { method: 'DELETE', path: '/v1/session', body: {} },
]

/** All that the attacks would have changed. */
async function stateOfHouse(): Promise<unknown> {
  const { read } = house.portal.store
  const [calls, contacts, webhooks, apps, traces] = await Promise.all([
    read.selectFrom('call').select('call_id').execute(),
    house.admin.api('GET', '/contacts'),
    house.admin.api('GET', '/webhooks/incoming'),
    read.selectFrom('app').select(['id', 'installed', 'secret_hash']).execute(),
    read.selectFrom('trace').select('id').execute(),
  ])
  const { body: telephony } = await house.admin.api('GET', '/telephony')
  const { body: users } = await house.admin.api('GET', '/users')
  const { body: session } = await house.admin.api('GET', '/session')
  return {
    calls: calls.length,
    clicks: traces.length,
    contacts: contacts.body.items.map((row: { title: string }) => row.title),
    webhooks: webhooks.body.items.length,
    apps,
    settings: [telephony.country, telephony.allowServiceCodes, telephony.portalTarget],
    users: users.items.map((user: { name: string }) => user.name),
    language: session.user.language,
  }
}

let before: unknown
beforeEach(async () => {
  before = await stateOfHouse()
})

/** A browser in which the victim is signed in; keeps the portal's answers to everybody but the portal's own pages. */
async function openVictim(): Promise<{ context: BrowserContext; page: Page; foreign: string[] }> {
  const context = await openContext(browser, { ...viewports.desktop, storageState: signedIn })
  onTestFinished(() => context.close())
  const foreign: string[] = []
  context.on('response', (response) => {
    const request = response.request()
    const site = request.headers()['referer'] ?? ''
    if (response.url().startsWith(`${house.url}/v1`) && !site.startsWith(house.url))
      foreign.push(`${response.status()} ${request.method()} ${response.url()}`)
  })
  return { context, page: await context.newPage(), foreign }
}

/** The victim is really signed in here: else the attacks would prove nothing. */
async function expectSignedIn(context: BrowserContext): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${house.url}/contacts`)
  await page.getByRole('link', { name: secretName }).waitFor()
  await page.close()
}

async function attackFrom(place: Page | Frame, context: BrowserContext, foreign: readonly string[]): Promise<void> {
  expect(await place.evaluate(tryToRead, { portal: house.url, paths: reads })).toEqual([])
  expect(await place.evaluate(tryToWrite, { portal: house.url, writes: writes() })).toEqual([])
  expect(foreign.length).toBeGreaterThan(reads.length)
  expect(foreign.filter((line) => !line.startsWith('403 '))).toEqual([])
  expect(await stateOfHouse()).toEqual(before)
  await expectSignedIn(context)
}

describe.each([
  ['another port of the same host', (url: string) => url],
  ['another host name', (url: string) => url.replace('127.0.0.1', 'localhost')],
])('a page on %s', (_, at) => {
  test('places no call, changes nothing and reads nothing', async () => {
    const { context, page, foreign } = await openVictim()
    await page.goto(at(hostile.url))
    await attackFrom(page, context, foreign)
  })

  test('sees nothing by taking the whole window to an address of the own API, not even by a form', async () => {
    const { page } = await openVictim()
    for (const path of ['/v1/contacts', '/v1/session', '/v1/apps']) {
      await page.goto(at(hostile.url))
      const [answer] = await Promise.all([
        page.waitForResponse(house.url + path),
        page.evaluate((href) => void (location.href = href), house.url + path),
      ])
      expect(answer.status()).toBe(403)
      expect(await answer.text()).not.toContain(secretName)
    }
    await page.goto(at(hostile.url))
    const [answer] = await Promise.all([
      page.waitForResponse(`${house.url}/v1/clicks`),
      page.evaluate((action) => {
        const form = Object.assign(document.createElement('form'), { action, method: 'post', enctype: 'text/plain' })
        form.append(Object.assign(document.createElement('input'), { name: '{"number":"+12125550199","x":"', value: '"}' }))
        document.body.append(form)
        form.submit()
      }, `${house.url}/v1/clicks`),
    ])
    expect(answer.status()).toBe(403)
    expect(await stateOfHouse()).toEqual(before)
  })

  test('cannot look into a window of the portal that it opened, nor command it; a link opens the dialer and calls nothing', async () => {
    const { context, page } = await openVictim()
    await page.goto(at(hostile.url))
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate((url) => void ((window as unknown as { taken: Window | null }).taken = window.open(url)), `${house.url}/contacts`),
    ])
    await popup.getByRole('link', { name: secretName }).waitFor()
    const seen = await page.evaluate(() => {
      const { taken } = window as unknown as { taken: Window }
      const looks = [() => taken.document.body.textContent, () => taken.localStorage.length, () => taken.location.href, () => taken.name]
      for (const text of [
        'imPhoneTo:{"phone":"+12125550199"}:x',
        'setInstallFinish:x',
        { method: 'imPhoneTo', params: { phone: '+12125550199' }, appSid: '' },
      ])
        taken.postMessage(text, '*')
      return looks.flatMap((look) => {
        try {
          return [String(look())]
        } catch {
          return []
        }
      })
    })
    expect(seen).toEqual([])
    await page.evaluate((url) => {
      ;(window as unknown as { taken: Window }).taken.location.href = url
    }, `${house.url}/dial?number=%2B12125550199`)
    await popup.getByRole('textbox', { name: 'Number to call' }).waitFor()
    await popup.getByRole('button', { name: 'Call', exact: true }).waitFor()
    expect(await stateOfHouse()).toEqual(before)
  })

  test('cannot put the portal into a frame', async () => {
    const { page } = await openVictim()
    await page.goto(at(hostile.url))
    const framePage = `/v1/frame-page?origin=${encodeURIComponent(new URL(hostile.url).origin)}`
    for (const path of ['/', '/contacts', '/dial?number=112', `/apps/${appId}`, '/sign-in', framePage]) {
      await page.evaluate(
        (src) =>
          new Promise((done) => {
            const frame = Object.assign(document.createElement('iframe'), { src })
            frame.addEventListener('load', done)
            document.body.append(frame)
          }),
        house.url + path,
      )
    }
    const blocked = 'chrome-error://chromewebdata/'
    await expect
      .poll(() =>
        page
          .frames()
          .slice(1)
          .map((frame) => frame.url()),
      )
      .toEqual([blocked, blocked, blocked, blocked, blocked, blocked])
  })
})

describe('an app in a frame of the portal', () => {
  /** Opens the app's page and gives its frame. */
  async function openApp(page: Page): Promise<Frame> {
    await page.goto(`${house.url}/apps/${appId}`)
    const inner = page.frameLocator('main iframe').locator('iframe')
    await inner.waitFor()
    const handle = await inner.elementHandle()
    const frame = (await handle.contentFrame())!
    await frame.waitForURL((url) => url.href.startsWith(hostile.url))
    await frame.waitForLoadState()
    return frame
  }
  const sidOf = (frame: Frame): string => new URL(frame.url()).searchParams.get('APP_SID')!
  /** Asks the portal's page for its init data; when the answer is here, everything posted before was seen. */
  const ask = (frame: Frame, command: string) =>
    frame.evaluate(
      (message) =>
        new Promise<string>((done) => {
          const key = message.split(':').at(-2)!
          const hear = (event: MessageEvent): void => {
            if (typeof event.data !== 'string' || !event.data.startsWith(`${key}:`)) return
            window.removeEventListener('message', hear)
            done(event.data)
          }
          window.addEventListener('message', hear)
          window.parent.postMessage(message, '*')
        }),
      command,
    )

  test('places no call, changes nothing and reads nothing with the cookie of the person who looks at it', async () => {
    const { context, page, foreign } = await openVictim()
    const frame = await openApp(page)
    await attackFrom(frame, context, foreign)
  })

  test('cannot look at the portal around it, nor take its window elsewhere', async () => {
    const { page } = await openVictim()
    const frame = await openApp(page)
    const seen = await frame.evaluate((elsewhere) => {
      const attempts = [
        () => window.parent.document.body.textContent,
        () => window.parent.localStorage.length,
        () => window.top!.location.href,
        () => {
          window.top!.location.href = elsewhere
          return 'moved'
        },
        () => {
          const link = Object.assign(document.createElement('a'), { href: elsewhere, target: '_top' })
          document.body.append(link)
          link.click()
          return ''
        },
      ]
      return attempts.map((attempt) => {
        try {
          return attempt()
        } catch (error) {
          return (error as Error).name
        }
      })
    }, other.url)
    expect(seen).toEqual(['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError', ''])
    await ask(frame, `getInitData:k1:${sidOf(frame)}`)
    expect(page.url()).toBe(`${house.url}/apps/${appId}`)
  })

  test('imPhoneTo opens the dialer and calls nothing; the call waits for a press of the person', async () => {
    const { page } = await openVictim()
    const frame = await openApp(page)
    await frame.evaluate((message) => window.parent.postMessage(message, '*'), `imPhoneTo:{"phone":"+12125550177"}:k2:${sidOf(frame)}`)
    await page.waitForURL(/\/dial\?/)
    const number = page.getByRole('textbox', { name: 'Number to call' })
    await number.waitFor()
    expect(await number.inputValue()).toBe('+12125550177')
    await page.getByText('An app asks you to call this number').waitFor()
    // a key that the person was pressing in the app's page must not fall on the dialer
    expect(await number.evaluate((field) => field === document.activeElement)).toBe(false)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    expect(await stateOfHouse()).toEqual(before)
    const [click] = await Promise.all([
      page.waitForResponse(`${house.url}/v1/clicks`),
      page.getByRole('button', { name: 'Call', exact: true }).click(),
    ])
    // not installed yet, so the press is refused with words; it was the person's, and it was heard
    expect(click.status()).toBe(409)
    await page.getByText('Nothing was called').waitFor()
  })

  test('is not heard with another APP_SID, from a window within or beside it, or after it went to another origin', async () => {
    const { context, page } = await openVictim()
    const frame = await openApp(page)
    const sid = sidOf(frame)
    const title = await page.title()

    // wrong, empty and missing APP_SID
    await frame.evaluate((messages) => messages.forEach((message) => window.parent.postMessage(message, '*')), [
      `setTitle:{"title":"Taken"}:${'0'.repeat(32)}`,
      'setTitle:{"title":"Taken"}:',
      'setTitle:{"title":"Taken"}',
      { method: 'setTitle', params: { title: 'Taken' }, appSid: '' },
      { method: 'imPhoneTo', params: { phone: '+12125550199' } },
      'setInstallFinish:k:',
    ] as unknown[])
    // a frame within the app's frame, of the same origin, that knows the right one
    await frame.evaluate(
      async ([src, message]) => {
        const inner = document.createElement('iframe')
        inner.src = src!
        const loaded = new Promise((done) => inner.addEventListener('load', done))
        document.body.append(inner)
        await loaded
        const script = inner.contentDocument!.createElement('script')
        script.textContent = `window.top.postMessage(${JSON.stringify(message)}, '*'); window.top.postMessage(${JSON.stringify(message!.replace('setTitle:{"title":"Taken"}', 'setInstallFinish'))}, '*')`
        inner.contentDocument!.body.append(script)
      },
      [hostile.url, `setTitle:{"title":"Taken"}:${sid}`],
    )
    // a window that the app opened
    const [popup] = await Promise.all([context.waitForEvent('page'), frame.evaluate((url) => void window.open(url), hostile.url)])
    await popup.evaluate((message) => window.opener.parent.postMessage(message, '*'), `setTitle:{"title":"Taken"}:${sid}`)
    await popup.close()
    // the same page still works, so all that came before it was seen and not obeyed
    expect(await ask(frame, `getInitData:k3:${sid}`)).toContain('"AUTH_ID"')
    expect(await page.title()).toBe(title)
    expect(page.url()).toBe(`${house.url}/apps/${appId}`)

    // the app's window goes to an origin that is not the app's: our policy leaves it no page there
    await frame.evaluate((url) => void (location.href = url), other.url)
    await page.getByRole('button', { name: 'Load the page again' }).waitFor()
    expect(page.frames().map((each) => each.url())).toEqual([`${house.url}/apps/${appId}`])
    expect(other.received.filter(({ path }) => !path.startsWith('/favicon'))).toEqual([])
    expect(await stateOfHouse()).toEqual(before)
  })

  test('nobody but an administrator ends its installation', async () => {
    const { page } = await openVictim()
    const clerk = await house.addPerson('Clerk', '102')
    const context = await openContext(browser, viewports.desktop)
    onTestFinished(() => context.close())
    const own = await context.newPage()
    await signIn(own, { url: house.url, email: 'clerk@example.com', password: testPassword })
    await own.goto(`${house.url}/apps/${appId}`)
    await own.getByRole('alert').waitFor()
    expect(await own.locator('iframe').count()).toBe(0)
    expect((await clerk.api('POST', `/apps/${appId}/install-finish`)).status).toBe(403)
    await page.close()
  })
})
