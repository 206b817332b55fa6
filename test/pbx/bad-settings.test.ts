/// <reference lib="dom" />
/** Settings that stopped to be right while the connector runs: each click says what is wrong, on its card, in its trace and in the log. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium } from '../support/chromium.ts'
import { testPassword } from '../support/portal.ts'
import { startOffice, until, type Office } from './office.ts'

let office: Office
let browser: Browser
let page: Page
beforeAll(async () => {
  ;[office, browser] = await Promise.all([startOffice(), launchChromium(inject('chromium'))])
  page = await (await openContext(browser, viewports.desktop)).newPage()
  await signIn(page, { url: office.house.url, email: 'admin@example.com', password: testPassword })
})
afterAll(async () => {
  await browser?.close()
  await office?.stop()
})

let numbers = 0
let number = ''
beforeEach(async () => {
  await office.begin()
  numbers += 1
  number = `+1212555${String(100 + numbers).padStart(4, '0')}`
})

/** Writes something else into a file of Asterisk until the test is over; `reload` makes Asterisk read it, `restore` what it was. */
async function spoil(name: string, change: (text: string) => string, { reload, restore = reload }: Record<string, () => Promise<unknown>>) {
  const path = join(office.asterisk.dir, 'etc', name)
  const before = await readFile(path, 'utf8')
  expect(change(before)).not.toBe(before)
  onTestFinished(async () => {
    await writeFile(path, before)
    await restore!()
  })
  await writeFile(path, change(before))
  await reload!()
}

const reloadAri = () => office.asterisk.cli('module reload res_ari.so')
const reloadPhones = () => office.asterisk.cli('module reload res_pjsip.so')
const restart = async () => {
  await office.asterisk.kill()
  await until(async () => (await fetch(`${office.connector.url}/healthz`)).status === 503, 'the connector has noticed')
  await office.begin()
}
const withAnotherPassword = (text: string): string => text.replace('password=only-for-tests', 'password=another-one')
const withoutTrunk = (text: string): string => text.replace('[trunk]\ntype=endpoint', '[elsewhere]\ntype=endpoint')

const pressOnPage = async (): Promise<string> => {
  await office.house.addContact({ NAME: `Customer ${numbers}`, PHONE: [{ VALUE: number, VALUE_TYPE: 'WORK' }] })
  await page.goto(office.house.url)
  await page.getByRole('link', { name: `Customer ${numbers}` }).click()
  await page
    .getByRole('list', { name: 'Phones' })
    .getByRole('button', { name: /^Call / })
    .click()
  // not that of the test before
  const card = page.locator('[data-call-dock] article[data-call-id]').filter({ hasText: `Customer ${numbers}` })
  return (await card.getAttribute('data-call-id'))!
}

/** The card in Chromium, the trace and the log say `why`. */
async function expectTold(callId: string, why: string, logged: string): Promise<void> {
  await page.locator(`[data-call-dock] article[data-call-id="${callId}"]`).getByText(why).waitFor()
  const { traceId } = await office.call(callId)
  expect(JSON.stringify((await office.house.admin.api('GET', `/traces/${traceId}`)).body)).toContain(why)
  expect(office.logged.some((line) => line.includes(logged) && line.includes(callId))).toBe(true)
}

/** As {@link expectTold}, and nobody was rung. */
async function expectRefused(callId: string, why: string): Promise<void> {
  const rung = [office.desk.calls.length, office.world.calls.length]
  await expectTold(callId, why, 'a click was refused')
  expect(await office.call(callId)).toMatchObject({ state: 'finished', statusCode: 'OTHER', delivery: { refusal: why } })
  expect([office.desk.calls.length, office.world.calls.length]).toEqual(rung)
}

const wrongLogin = 'The PBX does not take the connector’s login: its user and password are not those of ari.conf.'

test('an ARI password that is not right any more is told, though the connection still stands', async () => {
  await spoil('ari.conf', withAnotherPassword, { reload: reloadAri })
  await expectRefused(await pressOnPage(), wrongLogin)
})

test('an ARI password with which the connector cannot connect is told', async () => {
  await office.asterisk.kill()
  let started: Promise<void> | undefined
  const reload = () => {
    // It is ready for who knows the password: for this test not before the file is as it was.
    started = office.asterisk.start()
    started.catch(() => {})
    return until(
      () => office.logged.some((line) => line.includes('it does not take the user “hookswitch” with this password')),
      'it says so',
    )
  }
  const restore = async () => {
    await reloadAri()
    await started
  }
  await spoil('ari.conf', withAnotherPassword, { reload, restore })
  await expectRefused(await pressOnPage(), wrongLogin)
})

test('a trunk that is not there is told before anybody is rung', async () => {
  await spoil('pjsip.conf', withoutTrunk, { reload: restart })
  await expectRefused(await pressOnPage(), 'The trunk “trunk” of line +15550188 is not there: the PBX knows no endpoint of that name.')
})

test('a trunk that nothing answers at is told before anybody is rung', async () => {
  const unreachable = (text: string): string =>
    text.replace(/\[trunk\]\ntype=aor\ncontact=.*/, '[trunk]\ntype=aor\nqualify_frequency=1\nqualify_timeout=0.5\ncontact=sip:127.0.0.1:9')
  await spoil('pjsip.conf', unreachable, { reload: reloadPhones })
  await until(async () => (await office.asterisk.cli('pjsip show endpoint trunk')).includes('Unavailable'), 'Asterisk has noticed')
  await expectRefused(await pressOnPage(), 'The trunk “trunk” of line +15550188 is not reachable from the PBX.')
})

test('a trunk that goes while the desk rings ends the call as not reachable, and says why', async () => {
  const callId = await pressOnPage()
  const agent = await office.desk.next()
  agent.ring()
  await spoil('pjsip.conf', withoutTrunk, { reload: reloadPhones })
  agent.answer()
  await agent.until('bye')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '503', durationSeconds: 0 })
  await expectTold(
    callId,
    'The customer could not be reached (for Asterisk the trunk is not there, or not reachable)',
    'the PBX did not ring the client',
  )
  await office.expectQuiet()
})
