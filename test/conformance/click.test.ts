import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('a click on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let handler: Listener
  let app: TestApp
  let contactId: number

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    handler = await startListener()
    app = await house.addApp()
    for (const event of ['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND', 'ONCRMACTIVITYADD'])
      await app.call('event.bind', { event, handler: handler.url })
    await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
    contactId = await house.addContact({ NAME: 'Conny', PHONE: [{ VALUE: '+15550100800' }] })
  })
  afterAll(async () => {
    await house.stop()
    await handler.close()
    await database.drop()
  })

  test('is delivered, finished and stands on the timeline with its recording', async () => {
    const { body } = await house.admin.api('POST', '/clicks', { number: '+15550100800', entity: { kind: 'contact', id: contactId } })
    const { callId } = body.call
    await handler.waitFor('ONVOXIMPLANTCALLINIT')
    await handler.waitFor(callId)
    const finished = await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 7 })
    expect(finished.body.result).toMatchObject({ CALL_ID: callId, CALL_DURATION: 7, CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: contactId })
    const record = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(40), Buffer.alloc(100)]).toString('base64')
    expect(
      typeof (await app.call('telephony.externalCall.attachRecord', { CALL_ID: callId, FILENAME: 'a.wav', FILE_CONTENT: record })).body
        .result.FILE_ID,
    ).toBe('number')
    await handler.waitFor('ONVOXIMPLANTCALLEND')
    await handler.waitFor('ONCRMACTIVITYADD')
    const { body: timeline } = await house.admin.api('GET', `/contacts/${contactId}/timeline`)
    const entry = timeline.items.find((item: { kind: string }) => item.kind === 'call')
    expect(entry.call).toMatchObject({ callId, durationSeconds: 7, state: 'finished', recording: { filename: 'a.wav' } })
    const played = await fetch(`${house.url}${entry.call.recording.url}`, { headers: { cookie: house.admin.cookie, range: 'bytes=0-3' } })
    expect([played.status, await played.text()]).toEqual([206, 'RIFF'])
  })

  test('of many tabs at once is one call', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => house.admin.api('POST', '/clicks', { number: '+15550100801' })))
    expect(new Set(answers.map((answer) => answer.body.call.callId)).size).toBe(1)
  })

  test('in a burst of 200 numbers is 200 calls, each delivered once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (__, n) => house.admin.api('POST', '/clicks', { number: `+1555020${1000 + n}` })),
    )
    const ids = answers.map((answer) => answer.body.call.callId as string)
    expect(new Set(ids).size).toBe(200)
    await handler.waitFor(ids.at(-1)!, 2, 15_000)
    for (let tries = 0; tries < 200; tries++) {
      const open = await house.admin.api('GET', '/deliveries?event=ONEXTERNALCALLSTART&state=delivered')
      if (open.body.items.length === 50 && handler.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART')).length >= 202) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (const id of ids)
      expect(
        handler.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART') && one.body.includes(id)),
        id,
      ).toHaveLength(1)
  })

  test('replayed by a person asks first, keeps the CALL_ID and is sent again', async () => {
    const { body } = await house.admin.api('POST', '/clicks', { number: '+15550100802' })
    const { callId } = body.call
    await handler.waitFor(callId)
    const { body: log } = await house.admin.api('GET', `/deliveries?callId=${callId}&event=ONEXTERNALCALLSTART`)
    const replay = `/deliveries/${log.items[0].id}/replay`
    expect((await house.admin.api('POST', replay, {})).body.code).toBe('confirm_dial')
    expect((await house.admin.api('POST', replay, { confirmDial: true })).status).toBe(201)
    for (
      let tries = 0;
      tries < 200 && handler.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART') && one.body.includes(callId)).length < 2;
      tries++
    )
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(handler.received.filter((one) => one.body.includes('ONEXTERNALCALLSTART') && one.body.includes(callId))).toHaveLength(2)
  })

  test('registered by the app inside the window answers the same CALL_ID', async () => {
    const { body } = await house.admin.api('POST', '/clicks', { number: '+1 (555) 010-0803' })
    const again = await app.call('telephony.externalCall.register', { USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100803', TYPE: 1 })
    expect(again.body.result.CALL_ID).toBe(body.call.callId)
  })
})
