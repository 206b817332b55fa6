/// <reference lib="dom" />
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { loopbackPhones, openBrowserPerson, sorcery, switchPhoneOn, type BrowserPerson } from './browser-phone.ts'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium } from '../support/chromium.ts'
import { testPassword } from '../support/portal.ts'
import { startOffice, until, type Office } from './office.ts'

/** Passwords are good for 8 s, and renewed after two thirds of it. */
const lifeMs = 8_000

let office: Office
let anna: BrowserPerson
beforeAll(async () => {
  const browserPhones = { ...loopbackPhones, minutes: lifeMs / 60_000 }
  office = await startOffice({ asterisk: { browserPhones }, files: () => ({ sorcery }) })
  anna = await openBrowserPerson(inject('chromium'), { url: office.house.url, name: 'Admin', hz: 620, dir: office.asterisk.dir })
  await switchPhoneOn(anna.page)
})
afterAll(async () => {
  await anna?.close()
  await office?.stop()
})

const state = (words: string) => anna.page.getByRole('button', { name: `Browser phone: ${words}` })

/** the password that Asterisk takes now; '' for none */
async function passwordOf(extension: string): Promise<string> {
  const { url, user, password } = office.asterisk.ari
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const answer = await fetch(`${url}/ari/asterisk/config/dynamic/res_pjsip/auth/hookswitch-${extension}`, { headers: { authorization } })
  if (answer.status === 404) return ''
  const fields = (await answer.json()) as { attribute: string; value: string }[]
  return fields.find(({ attribute }) => attribute === 'password')?.value ?? ''
}

/** a click rings in the browser and is taken there */
async function expectClickTaken(number: string): Promise<void> {
  const callId = await office.click(number)
  const client = await office.world.next()
  client.reject(486, 'Busy Here')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '486' })
}

test('a password is renewed before it expires, and the phone stays reachable beyond its life', async () => {
  const first = await passwordOf('101')
  expect(first).toHaveLength(32)
  await until(async () => ![first, ''].includes(await passwordOf('101')), 'there is another password')
  const second = await passwordOf('101')
  await until(async () => ![first, second, ''].includes(await passwordOf('101')), 'it is renewed again')
  await state('ready').waitFor()
  await expectClickTaken('+1 212 555 0121')
})

test('a phone that is not renewed is taken back by Asterisk, and the desk phone rings again', async () => {
  await anna.page.getByRole('button', { name: /^Browser phone/ }).click()
  await anna.page.getByRole('dialog').getByRole('switch').uncheck({ force: true })
  await anna.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await state('off').waitFor()
  await until(async () => !(await office.asterisk.cli('pjsip show contacts')).includes('hookswitch-101'), 'it is not registered any more')
  const callId = await office.click('+1 212 555 0122')
  const agent = await office.desk.next()
  agent.reject(603, 'Decline')
  await office.finished(callId)
  await until(async () => (await passwordOf('101')) === '', 'the phone is taken back')
  await switchPhoneOn(anna.page)
})

test('a microphone that is refused is told in words that say what to do', async () => {
  const context = await anna.browser.newContext()
  onTestFinished(() => context.close())
  // the flags of the browser allow what nobody was asked for
  await context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
  })
  const page = await context.newPage()
  const [name, value] = office.house.admin.cookie.split('=') as [string, string]
  await context.addCookies([{ name, value, url: office.house.url }])
  await page.goto(office.house.url)
  await page.getByRole('button', { name: /^Browser phone/ }).click()
  await page.getByRole('dialog').getByRole('switch').check({ force: true })
  await page.getByRole('alert').getByText('Allow it at the lock in the address bar').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})

test('a page without https is told in words; the microphone is not even asked for', async () => {
  // a name that is not localhost makes http insecure, as it does for everybody
  const browser = await launchChromium(inject('chromium'), ['--host-resolver-rules=MAP crm.test 127.0.0.1'])
  onTestFinished(() => browser.close())
  const url = office.house.url.replace('127.0.0.1', 'crm.test')
  const context = await openContext(browser)
  const [name, value] = office.house.admin.cookie.split('=') as [string, string]
  await context.addCookies([{ name, value, url }])
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('button', { name: /^Browser phone/ }).click()
  await page.getByRole('dialog').getByRole('switch').check({ force: true })
  await page.getByRole('alert').getByText('Browsers give the microphone to https pages only').waitFor()
})

test('a browser that finds no way for the sound says so on the card of the call, and what may be done', async () => {
  // as in a network that lets no UDP through
  const blocked = await launchChromium(inject('chromium'), ['--webrtc-ip-handling-policy=disable_non_proxied_udp'])
  onTestFinished(() => blocked.close())
  const una = await office.house.addPerson('Una', '105')
  const context = await openContext(blocked, viewports.desktop)
  await context.grantPermissions(['microphone'], { origin: office.house.url })
  const page = await context.newPage()
  await signIn(page, { url: office.house.url, email: 'una@example.com', password: testPassword })
  await switchPhoneOn(page)
  const callId = await office.click('+1 212 555 0125', una)
  const card = page.locator(`[data-call-id="${callId}"]`)
  await card.getByRole('alert').getByText('No way for the sound was found between this browser and the PBX.').waitFor({ timeout: 20_000 })
  await card.getByRole('button', { name: 'Hang up' }).click()
  await office.finished(callId, { isRecorded: false })
  await office.expectQuiet()
})

test('another browser of the same person takes the phone over; the first one says so and does not take it back by itself', async () => {
  const context = await openContext(anna.browser)
  onTestFinished(() => context.close())
  await context.grantPermissions(['microphone'], { origin: office.house.url })
  const other = await context.newPage()
  await signIn(other, { url: office.house.url, email: 'admin@example.com', password: testPassword })
  await switchPhoneOn(other)
  await state('not working').click()
  await anna.page.getByRole('alert').getByText('Another browser of yours has become the phone.').waitFor()
  await expectClickTaken('+1 212 555 0124')
  await anna.page.getByRole('button', { name: 'Try again' }).click()
  await anna.page.getByRole('dialog').getByText('Ready: calls ring here.').waitFor()
  await anna.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await other.getByRole('button', { name: 'Browser phone: not working' }).waitFor()
})

test('a connector that gives out no phones any more is told in words', async () => {
  const { house } = office
  await house.admin.api('PUT', '/telephony', { portalTarget: null })
  onTestFinished(async () => {
    await house.admin.api('PUT', '/telephony', { portalTarget: 'app:1' })
  })
  await state('not working').waitFor({ timeout: 20_000 })
  await state('not working').click()
  await anna.page.getByRole('alert').getByText('The phone app of your clicks has no browser phones').waitFor()
})
