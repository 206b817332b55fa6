import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('requests of visitors on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    handler = await startListener()
    app = await house.addApp()
    await app.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', handler: handler.url })
  })
  afterAll(async () => {
    await house.stop()
    await handler.close()
    await database.drop()
  })

  const addForm = async (input: Readonly<Record<string, unknown>> = {}) => {
    const form = { title: 'Call me', target: `app:${app.id}`, enabled: true, createLead: true, ...input }
    return (await house.admin.api('POST', '/callback-forms', form)).body as { id: number; url: string }
  }
  const ask = (url: string, number: string) =>
    request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ number }) })
  const bodiesFor = (number: string) => handler.received.filter((one) => one.body.includes(encodeURIComponent(number)))

  test('that come together for one number are one event, one lead and one row', async () => {
    const form = await addForm()
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(form.url, '+12125550130')))
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200))
    await handler.waitFor(encodeURIComponent('+12125550130'))
    const { items } = (await house.admin.api('GET', `/callback-forms/${form.id}/requests`)).body
    expect(items).toHaveLength(1)
    expect(bodiesFor('+12125550130')).toHaveLength(1)
    const leads = await app.call('crm.lead.list', { filter: { TITLE: 'Callback request: +12125550130' } })
    expect(leads.body.result).toHaveLength(1)
  })

  test('that come together from one address do not pass its limit', async () => {
    const form = await addForm({ perAddress: { hour: 3, day: 3 }, createLead: false })
    const numbers = Array.from({ length: 8 }, (_unused, index) => `+1212555014${index}`)
    const answers = await Promise.all(numbers.map((number) => ask(form.url, number)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(3)
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(5)
    expect(Number(answers.find((answer) => answer.status === 429)!.headers.get('retry-after'))).toBeGreaterThan(3590 * 24)
  })

  test('are tied to the call that the app registers, and what became of it is told', async () => {
    const form = await addForm()
    await ask(form.url, '+12125550131')
    await handler.waitFor(encodeURIComponent('+12125550131'))
    const register = { USER_ID: house.admin.userId, PHONE_NUMBER: '+12125550131', TYPE: 4 }
    const { body } = await app.call('telephony.externalCall.register', register)
    await app.call('telephony.externalCall.finish', { CALL_ID: body.result.CALL_ID, USER_ID: house.admin.userId, DURATION: 5 })
    const [kept] = (await house.admin.api('GET', `/callback-forms/${form.id}/requests`)).body.items
    expect(kept).toMatchObject({ outcome: 'called', call: { callId: body.result.CALL_ID, durationSeconds: 5, userName: 'Admin' } })
    expect((await house.admin.api('GET', `/traces/${kept.traceId}`)).body.verdict).toBe('They talked for 5 seconds.')
  })
})
