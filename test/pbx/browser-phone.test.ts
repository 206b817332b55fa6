/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { loopbackPhones, openBrowserPerson, sorcery, switchPhoneOn, type BrowserPerson } from './browser-phone.ts'
import { startOffice, until, type Office } from './office.ts'
import type { SipCall } from './sip-phone.ts'
import { sampleRate, toneShare } from './tone.ts'

const lines = {
  '+15550188': { dial: 'PJSIP/{number}@trunk', name: 'Main' },
  inside: { dial: 'Local/{digits}@colleagues/n', name: 'Inside' },
}
const dialplan = [
  '[colleagues]',
  'exten => _1X.,1,Dial(PJSIP/hookswitch-${EXTEN},20)',
  'same => n,Hangup()',
  'exten => _81X.,1,Goto(${EXTEN:1},1)',
].join('\n')

let office: Office
let anna: BrowserPerson
beforeAll(async () => {
  office = await startOffice({ asterisk: { browserPhones: loopbackPhones, lines }, dialplan, files: () => ({ sorcery }) })
  await office.house.addContact({ NAME: 'Nora Whitfield', PHONE: [{ VALUE: '+1 212 555 0112', VALUE_TYPE: 'WORK' }] })
  anna = await openBrowserPerson(inject('chromium'), { url: office.house.url, name: 'Admin', hz: 620, dir: office.asterisk.dir })
  await switchPhoneOn(anna.page)
})
afterAll(async () => {
  await anna?.close()
  await office?.stop()
})

/** Hertz that were heard, within the width of a bin. */
const near =
  (hz: number) =>
  (heard: number): boolean =>
    Math.abs(heard - hz) < 15

test('a click is answered by the browser itself, and both sides hear each other', async () => {
  const { desk, world, click, finished } = office
  const callId = await click('+1 212 555 0112')
  const client = await world.next()
  client.answer()
  await until(async () => (await office.call(callId)).state === 'talking', 'the portal has it as talking')
  await until(async () => near(1000)(await anna.hears()), 'the browser hears the customer')
  await until(() => client.heard().length > 2 * sampleRate, 'the customer hears two seconds')
  expect(toneShare(client.heard().slice(-sampleRate), 620)).toBeGreaterThan(0.8)
  expect(desk.calls).toHaveLength(0)
  const card = anna.page.locator(`[data-call-id="${callId}"]`)
  await card.getByRole('button', { name: 'Hang up' }).click()
  await client.until('bye')
  expect(await finished(callId)).toMatchObject({ statusCode: '200' })
  await office.expectQuiet()
})

const cardOf = (page: Page, callId: string) => page.locator(`[data-call-id="${callId}"]`)

/** how much of the last half second is the browser's tone; 0 when all is quiet */
function shareOf(client: SipCall, hz: number): number {
  const last = client.heard().slice(-sampleRate / 2)
  const loudest = Math.max(...last.map(Math.abs))
  return loudest < 100 ? 0 : toneShare(last, hz)
}

/** a call on which both talk */
async function talk(number: string): Promise<{ callId: string; client: SipCall }> {
  const callId = await office.click(number)
  const client = await office.world.next()
  client.answer()
  await until(async () => near(1000)(await anna.hears()), 'the browser hears the customer')
  await until(() => client.heard().length > sampleRate && shareOf(client, 620) > 0.8, 'the customer hears the browser')
  return { callId, client }
}

test('mute silences, hold silences both, keys reach the other side; the talk goes on while the page changes', async () => {
  const { callId, client } = await talk('+1 212 555 0113')
  const card = cardOf(anna.page, callId)
  await card.getByRole('button', { name: 'Mute' }).click()
  await until(() => shareOf(client, 620) === 0, 'a muted browser is quiet')
  await card.getByRole('button', { name: 'Unmute' }).click()
  await until(() => shareOf(client, 620) > 0.8, 'it is heard again')

  await card.getByRole('button', { name: 'Hold', exact: true }).click()
  await until(async () => shareOf(client, 620) === 0 && (await anna.hears()) === 0, 'on hold neither hears the other')
  await card.getByRole('button', { name: 'Take off hold' }).click()
  await until(async () => shareOf(client, 620) > 0.8 && near(1000)(await anna.hears()), 'after it both hear each other')

  await card.getByRole('button', { name: 'Keypad' }).click()
  await card.getByRole('button', { name: '4', exact: true }).click()
  await anna.page.locator('body').click({ position: { x: 640, y: 5 } })
  await anna.page.keyboard.type('2#')
  await until(() => client.digits() === '42#', `the customer got the keys (${client.digits()})`)

  // the talk lives in this page: leaving it is asked for, and staying keeps the talk
  const asked = anna.page.waitForEvent('dialog')
  const reload = anna.page.reload({ timeout: 3_000 }).catch(() => undefined)
  const question = await asked
  expect(question.type()).toBe('beforeunload')
  await question.dismiss()
  await reload

  await anna.page.getByRole('link', { name: 'Companies' }).first().click()
  await anna.page.getByRole('heading', { level: 1, name: 'Companies' }).waitFor()
  const before = client.heard().length
  await until(() => client.heard().length > before + sampleRate, 'sound still comes')
  expect(shareOf(client, 620)).toBeGreaterThan(0.8)
  expect(near(1000)(await anna.hears())).toBe(true)
  await card.getByRole('button', { name: 'Hang up' }).click()
  await client.until('bye')
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })
  await office.expectQuiet()
})

test('two browsers talk to each other through a click; only the one that clicked answers by itself', async () => {
  const { house } = office
  await house.addPerson('Boris', '102')
  const targets = (await house.admin.api('GET', '/targets')).body.items as { id: string; number: string | null }[]
  const inside = targets.find((target) => target.number === 'inside')!
  await house.admin.api('PUT', '/me/target', { target: inside.id })
  const boris = await openBrowserPerson(inject('chromium'), { url: house.url, name: 'Boris', hz: 830, dir: office.asterisk.dir })
  onTestFinished(async () => {
    await boris.close()
    await house.admin.api('PUT', '/me/target', { target: null })
  })
  await switchPhoneOn(boris.page)
  const callId = await office.click('102')
  const ringing = boris.page.locator('[data-phone-call]')
  await ringing.getByText('Incoming call').waitFor()
  await until(async () => (await office.call(callId)).state === 'ringing_client', 'the portal has it as ringing_client')
  await ringing.getByRole('button', { name: 'Answer' }).click()
  await until(async () => near(830)(await anna.hears()), 'Anna hears Boris')
  await until(async () => near(620)(await boris.hears()), 'Boris hears Anna')
  await ringing.getByRole('button', { name: 'Hang up' }).click()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })

  // another number, or it would be a double click
  const declined = await office.click('8102')
  await ringing.getByRole('button', { name: 'Decline' }).click()
  await office.finished(declined)
  expect((await office.call(declined)).statusCode).toBe('603')
  await office.expectQuiet()
})

test('a talk is handed over at the card: to a colleague of the list, who declines and then takes it, and the card goes along', async () => {
  const { house } = office
  await house.addPerson('Carla', '103')
  const carla = await openBrowserPerson(inject('chromium'), { url: house.url, name: 'Carla', hz: 830, dir: office.asterisk.dir })
  onTestFinished(() => carla.close())
  await switchPhoneOn(carla.page)
  const { callId, client } = await talk('+1 212 555 0117')
  const [hers, theirs] = [cardOf(anna.page, callId), cardOf(carla.page, callId)]
  const handOver = async (): Promise<void> => {
    await hers.getByRole('button', { name: 'Transfer' }).click()
    await anna.page.getByRole('dialog').getByLabel('Name or extension').fill('car')
    await anna.page.getByRole('button', { name: 'Carla 103' }).click()
    await theirs.getByText('Admin hands this call over to you').waitFor()
    await hers.getByText('Carla’s phone rings; you talk on').waitFor()
  }
  await handOver()
  expect(near(1000)(await anna.hears())).toBe(true)
  await theirs.getByRole('button', { name: 'Decline' }).click()
  await hers.getByText('Carla did not take the call. You still have it.').waitFor()
  await theirs.waitFor({ state: 'hidden' })

  await handOver()
  await theirs.getByRole('button', { name: 'Answer' }).click()
  await hers.waitFor({ state: 'hidden' })
  await until(async () => near(1000)(await carla.hears()), 'Carla hears the customer')
  await until(() => shareOf(client, 830) > 0.8, 'the customer hears Carla')
  await theirs.getByRole('button', { name: 'Hang up' }).click()
  await client.until('bye')
  const carlaId = (await house.admin.api('GET', '/users?search=carla')).body.items[0].id as number
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200', userId: carlaId })
  await office.expectQuiet()
})

test('a typed extension that no phone answers at is refused in words, and the talk goes on', async () => {
  const { callId, client } = await talk('+1 212 555 0118')
  const card = cardOf(anna.page, callId)
  await card.getByRole('button', { name: 'Transfer' }).click()
  const dialog = anna.page.getByRole('dialog')
  await dialog.getByLabel('Name or extension').fill('199')
  await dialog.getByRole('button', { name: 'Ring extension 199' }).click()
  await dialog.getByRole('alert').getByText('The call was not handed over:').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  expect(near(1000)(await anna.hears())).toBe(true)
  await card.getByRole('button', { name: 'Hang up' }).click()
  await client.until('bye')
  await office.finished(callId)
  await office.expectQuiet()
})

test("a call to the agent's browser that is no click of theirs rings and waits", async () => {
  const originate = new URL('/ari/channels', office.asterisk.ari.url)
  const order = { endpoint: 'PJSIP/hookswitch-101', app: 'hookswitch', channelId: 'stranger', callerId: 'Mallory <555>' }
  const variables = { 'PJSIP_HEADER(add,X-Hookswitch-Call)': 'externalCall.somebody-elses' }
  const { user, password } = office.asterisk.ari
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const headers = { authorization, 'content-type': 'application/json' }
  expect((await fetch(originate, { method: 'POST', headers, body: JSON.stringify({ ...order, variables }) })).status).toBe(200)
  const channel = new URL('/ari/channels/stranger', office.asterisk.ari.url)
  const stateOf = async () => ((await (await fetch(channel, { headers })).json()) as { state: string }).state
  await until(async () => (await stateOf()) === 'Ringing', 'the browser rings')
  // a click of one's own is answered within 300 ms
  await anna.page.waitForTimeout(1_000)
  expect(await stateOf()).toBe('Ringing')
  await fetch(channel, { method: 'DELETE', headers })
  await office.expectQuiet()
})

test('after a restart Asterisk knows no phone any more; the browser says so, gets a new one, registers by itself, and talks', async () => {
  const state = (words: string) => anna.page.getByRole('button', { name: `Browser phone: ${words}` })
  await office.asterisk.kill()
  await state('not working').waitFor()
  await office.asterisk.start()
  await until(async () => (await fetch(`${office.connector.url}/healthz`)).status === 200, 'the connector is connected again')
  await state('ready').waitFor({ timeout: 30_000 })
  const { callId, client } = await talk('+1 212 555 0123')
  client.bye()
  expect(await office.finished(callId)).toMatchObject({ statusCode: '200' })
  await office.expectQuiet()
})

test('a second tab does not register, and takes over when the first one is closed', async () => {
  const registered = async () => ((await office.asterisk.cli('pjsip show contacts')).match(/hookswitch-101\//g) ?? []).length
  const second = await anna.context.newPage()
  await second.goto(office.house.url)
  await second.getByRole('button', { name: 'Browser phone: in another tab' }).waitFor()
  expect(await registered()).toBe(1)
  await anna.page.close()
  await second.getByRole('button', { name: 'Browser phone: ready' }).waitFor()
  anna = { ...anna, page: second, hears: (of = second) => anna.hears(of) }
  expect(await registered()).toBe(1)
})
