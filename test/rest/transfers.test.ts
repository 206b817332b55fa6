import { beforeEach, expect, test } from 'vitest'
import type { Person } from '../support/portal.ts'
import { withExchange } from './exchange.ts'

const at = withExchange()

let callId: string
let numbers = 100
beforeEach(async () => {
  await at.app.call('hookswitch.phone.set', { URL: at.listener.url })
  at.listener.answer((response) => void response.end('{}'))
  numbers += 1
  const order = { USER_ID: at.house.admin.userId, PHONE_NUMBER: `+12125550${numbers}`, TYPE: 1, SHOW: 1 }
  callId = (await at.app.call('telephony.externalcall.register', order)).body.result.CALL_ID as string
  await at.app.call('hookswitch.call.progress', { CALL_ID: callId, STATE: 'talking' })
})

const transfer = (extension: unknown, by: Person = at.house.admin) => by.api('POST', `/calls/${callId}/transfer`, { extension })
const call = async () => (await at.house.admin.api('GET', `/calls/${callId}`)).body

test('the app of the call is asked, with its token, who hands it over and to which extension; it needs no browser phones for that', async () => {
  expect((await at.house.admin.api('GET', '/phone')).body).toEqual({ isOffered: false })
  expect((await call()).canTransfer).toBe(true)
  expect((await transfer('104')).status).toBe(204)
  const form = new URLSearchParams(at.listener.received.at(-1)!.body)
  expect(form.get('event')).toBe('HOOKSWITCHTRANSFER')
  expect([form.get('data[CALL_ID]'), form.get('data[USER_ID]'), form.get('data[EXTENSION]')]).toEqual([
    callId,
    String(at.house.admin.userId),
    '104',
  ])
  expect(form.get('auth[application_token]')).toMatch(/^\w{20,}$/)
})

test('who sees the card of an open call is told, whoever came last at the end, and nobody once it is over', async () => {
  expect((await call()).viewers).toEqual([{ id: at.house.admin.userId, name: 'Admin' }])
  await at.app.call('telephony.externalcall.show', { CALL_ID: callId, USER_ID: [at.cy.userId] })
  expect((await call()).viewers.map((one: { name: string }) => one.name)).toEqual(['Admin', 'Cy'])
  await at.app.call('telephony.externalcall.hide', { CALL_ID: callId, USER_ID: [at.house.admin.userId] })
  expect((await call()).viewers.map((one: { name: string }) => one.name)).toEqual(['Cy'])
  await at.app.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: at.house.admin.userId, DURATION: 5, STATUS_CODE: '200' })
  expect(await call()).toMatchObject({ viewers: [], canTransfer: false })
})

test('only who has the card hands it over, only a talk, only through an app that can, and only to digits', async () => {
  expect((await transfer('104', at.cy)).body).toMatchObject({ status: 404, code: 'call_unknown' })
  expect((await transfer('104&105')).status).toBe(422)
  const asked = at.listener.received.length
  await at.app.call('hookswitch.phone.set', {})
  expect((await call()).canTransfer).toBe(false)
  expect((await transfer('104')).body).toMatchObject({ status: 409, code: 'transfer_none' })
  await at.app.call('hookswitch.phone.set', { URL: at.listener.url })
  await at.app.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: at.house.admin.userId, DURATION: 5, STATUS_CODE: '200' })
  expect((await transfer('104')).body).toMatchObject({ status: 409, code: 'transfer_early' })
  expect(at.listener.received).toHaveLength(asked)
})

test('a refusal is told in the words of the app; an app that is away, or answers nonsense, is named', async () => {
  at.listener.answer((response) => void response.end(JSON.stringify({ refused: { code: 'busy', text: 'Cy is on another call.' } })))
  const refused = await transfer('104')
  expect(refused.body).toMatchObject({
    status: 409,
    code: 'transfer_refused',
    detail: 'The call was not handed over: Cy is on another call.',
  })
  at.listener.answer((response) => void response.end('<html>'))
  expect((await transfer('104')).body).toMatchObject({ status: 502, code: 'transfer_unreachable' })
  await at.app.call('hookswitch.phone.set', { URL: 'http://127.0.0.1:9/phone' })
  expect((await transfer('104')).body.detail).toMatch(/^Exchange cannot be asked to hand the call over: /)
})
