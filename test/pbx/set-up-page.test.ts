/// <reference lib="dom" />
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readAsteriskConfig } from '../../connector/src/asterisk/config.ts'
import { startAsteriskConnector, type AsteriskConnector } from '../../connector/src/asterisk/connector.ts'
import { ariSnippet, httpSnippet } from '../../connector/src/asterisk/snippets.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium } from '../support/chromium.ts'
import { startPortal, testPassword, type TestPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { startAsterisk, type TestAsterisk } from './asterisk.ts'
import { until } from './office.ts'
import { startSipPhone, type SipPhone } from './sip-phone.ts'
import { sampleRate, toneShare } from './tone.ts'

let house: TestPortal
let [desk, world]: SipPhone[] = []
let page: Page
let asterisk: TestAsterisk
let connector: AsteriskConnector | undefined
let opened: Array<() => Promise<void>> = []
// each try of the test begins from nothing
beforeEach(async () => {
  connector = undefined
  opened = []
  ;[desk, world, house] = await Promise.all([startSipPhone({ hz: 440 }), startSipPhone({ hz: 1000 }), startPortal()])
  await house.admin.api('PATCH', `/users/${house.admin.userId}`, { extension: null })
  const browser = await launchChromium(inject('chromium'))
  opened.push(
    () => desk!.close(),
    () => world!.close(),
    () => house.stop(),
    () => browser.close(),
  )
  page = await (await openContext(browser, viewports.desktop)).newPage()
  await signIn(page, { url: house.url, email: 'admin@example.com', password: testPassword })
})
afterEach(async () => {
  await connector?.close()
  for (const close of opened.toReversed()) await close()
})

const step = (title: string) => page.getByRole('region', { name: title })
const finding = (name: string) => page.locator(`[data-finding="${name}"]`)
const fileOf = async (path: string) => `${await page.getByRole('figure', { name: path, exact: true }).locator('pre').innerText()}\n`

/** Starts the connector with what the page gave, once more after a change. */
async function startConnector(text: string, port: number): Promise<void> {
  await connector?.close()
  const file = join(asterisk.dir, 'asterisk.json')
  await writeFile(file, text, { mode: 0o600 })
  const config = readAsteriskConfig(['run', '--config', file, '--data', join(asterisk.dir, 'connector'), '--port', String(port)], {})
  if (config === 'help') throw new Error('no order to run')
  connector = await startAsteriskConnector(config, { clock: systemClock, log: () => {} })
}

test('from nothing to the first call with what the set-up page gives; what is wrong on the way it says in words', async () => {
  const port = await findFreePort()
  await page.goto(`${house.url}/settings/telephony`)
  await page.getByRole('link', { name: 'Connect a PBX' }).last().click()
  await step('Register the connector').getByLabel('Where the connector will run').fill(`http://127.0.0.1:${port}/install`)
  await step('Register the connector').getByRole('button', { name: 'Register it' }).click()
  await step('Register the connector').getByText('Done', { exact: true }).waitFor()
  await finding('installed').getByText('Start the connector').waitFor()

  const ari = await fileOf('/etc/asterisk/ari.conf')
  const password = /password=(\w{32})/.exec(ari)![1]!
  // the command line prints the same
  expect([await fileOf('/etc/asterisk/http.conf'), ari]).toEqual([httpSnippet().text, ariSnippet('hookswitch', password).text])
  asterisk = await startAsterisk({
    phones: { 101: { contact: desk!.port } },
    trunkPort: world!.port,
    // the machinery of the tests asks with this one
    files: () => ({ ari: ari.replace(password, 'only-for-tests') }),
  })
  opened.push(() => asterisk.stop())
  const text = (await fileOf('asterisk.json')).replace('http://127.0.0.1:8088', asterisk.ari.url)
  expect(text).toContain(password)
  const given = text.replace(password, 'only-for-tests')

  await startConnector(text, port)
  await finding('installed').getByText('good').waitFor()
  await finding('ari').getByText('Asterisk refuses user or password').waitFor()
  await startConnector(given.replace('@trunk', '@trank'), port)
  await finding('line').getByText('Asterisk knows no such trunk').waitFor()
  await startConnector(given, port)
  await step('Does it work?').getByText('Done', { exact: true }).waitFor()
  expect(await finding('line').innerText()).toContain('good')

  const own = step('Your own phone')
  await own.getByLabel('Your extension').fill('199')
  await own.getByRole('button', { name: 'Save' }).click()
  await finding('phone').getByText('Asterisk knows no extension 199').waitFor()
  await own.getByRole('button', { name: 'Ring my phone' }).click()
  await own.getByRole('alert').getByText('The phone was not rung').waitFor()
  await own.getByLabel('Your extension').fill('101')
  await own.getByRole('button', { name: 'Save' }).click()
  await finding('phone').getByText('good').waitFor()
  await own.getByRole('button', { name: 'Ring my phone' }).click()
  const tested = await desk!.next()
  tested.answer()
  await own.getByText('Extension 101 rings now').waitFor()
  await until(() => tested.heard().length > sampleRate, 'the tone is heard')
  expect(
    toneShare(tested.heard().slice(-sampleRate / 4), 600) + toneShare(tested.heard().slice(-sampleRate / 2, -sampleRate / 4), 600),
  ).toBeGreaterThan(0.5)
  await tested.until('bye')
  expect((await house.admin.api('GET', '/calls')).body.items).toEqual([])

  await page.getByRole('button', { name: 'Send clicks to Asterisk' }).click()
  await step('Send clicks there').getByText('Done', { exact: true }).waitFor()
  await step('The first call').getByLabel('Number to call').fill('+1 212 555 0148')
  await step('The first call').getByRole('button', { name: 'Call' }).click()
  ;(await desk!.next()).answer()
  const client = await world!.next()
  expect(client.to).toBe('+12125550148')
  client.answer()
  await step('The first call').getByText('Done', { exact: true }).waitFor()
  client.bye()
})
