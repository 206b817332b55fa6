import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('calls on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal
  let app: TestApp
  let files: Server

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
    app = await house.addApp()
    files = createServer((asked, response) => {
      response.statusCode = asked.url === '/a.mp3' ? 200 : 404
      response.end('sound')
    })
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await house.stop()
    await new Promise((resolve) => files.close(resolve))
    await database.drop()
  })

  const register = async (params: Readonly<Record<string, unknown>>) =>
    (await app.call('telephony.externalCall.register', { USER_ID: house.admin.userId, TYPE: 2, CRM_CREATE: 1, ...params })).body.result
  const finish = async (callId: string, params: Readonly<Record<string, unknown>>) =>
    (await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, ...params })).body.result

  test('make a contact and a deal, later a repeat deal; notes and calls stand on the timeline in pages', async () => {
    await house.admin.api('PATCH', '/switches', { crmMode: 'simple', repeatSales: true })
    const made = await register({ PHONE_NUMBER: '+15550100850' })
    expect(made.CRM_CREATED_ENTITIES.map((one: { ENTITY_TYPE: string }) => one.ENTITY_TYPE)).toEqual(['CONTACT', 'DEAL'])
    const eve = await house.addPerson('Eve', '105')
    await finish(made.CALL_ID, { USER_ID: eve.userId, DURATION: 3 })
    const next = { PHONE_NUMBER: '+15550100850', EXTERNAL_CALL_ID: 'next' }
    expect((await register(next)).CRM_CREATED_ENTITIES).toEqual([])
    const deal = made.CRM_CREATED_ENTITIES[1].ENTITY_ID as number
    await app.call('crm.deal.update', { id: deal, fields: { STAGE_ID: 'LOSE' } })
    expect((await register({ ...next, EXTERNAL_CALL_ID: 'again' })).CRM_CREATED_ENTITIES).toMatchObject([{ ENTITY_TYPE: 'DEAL' }])
    await eve.api('POST', `/contacts/${made.CRM_ENTITY_ID}/notes`, { text: 'ÄÖ “quoted” \u0000 text' })
    const { items } = (await eve.api('GET', `/contacts/${made.CRM_ENTITY_ID}/timeline`)).body
    expect(items.map((entry: { kind: string }) => entry.kind)).toEqual(['note', 'note', 'note', 'note', 'call', 'created'])
    expect(items.find((entry: { kind: string }) => entry.kind === 'call').call.responsible.id).toBe(eve.userId)
    await house.admin.api('PATCH', '/switches', { crmMode: 'classic', repeatSales: false })
  })

  test('are found in the statistics by every field that a row has, but by the number of its file, and sorted by all but CALL_TYPE', async () => {
    const made = await register({ PHONE_NUMBER: '+15550100855', EXTERNAL_CALL_ID: 'found' })
    await finish(made.CALL_ID, { DURATION: 5, VOTE: 4, COST: 1.5, COST_CURRENCY: 'USD', FAILED_REASON: 'none' })
    await app.call('telephony.externalCall.attachRecord', { CALL_ID: made.CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: 'AAAA' })
    const other = await register({ PHONE_NUMBER: '+15550100856' })
    await finish(other.CALL_ID, {})
    const list = async (params: object) => (await app.call('voximplant.statistic.get', params as Record<string, unknown>)).body
    const [row] = (await list({ FILTER: { CALL_ID: made.CALL_ID } })).result as Array<Record<string, string | null>>
    expect(row!['CALL_RECORD_URL']).toMatch(/^http.*\/v1\/recordings\/\d+$/)
    const idsOf = (body: { result: Array<{ ID: string }> }): string[] => body.result.map(({ ID }) => ID)
    for (const [field, value] of Object.entries(row!)) {
      if (field !== 'RECORD_FILE_ID') {
        expect([field, idsOf(await list({ FILTER: { CALL_ID: made.CALL_ID, [field]: value ?? '' } }))]).toEqual([field, [row!['ID']]])
        expect([field, idsOf(await list({ FILTER: { CALL_ID: made.CALL_ID, [`!${field}`]: value ?? '' } }))]).toEqual([field, []])
        if (field !== 'CALL_TYPE') expect([field, (await list({ SORT: field, ORDER: 'DESC' })).error]).toEqual([field, undefined])
      }
    }
    const url = row!['CALL_RECORD_URL']
    expect(idsOf(await list({ FILTER: { CALL_RECORD_URL: url } }))).toEqual([row!['ID']])
    expect(idsOf(await list({ FILTER: { '!CALL_RECORD_URL': '', CALL_ID: [made.CALL_ID, other.CALL_ID] } }))).toEqual([row!['ID']])
    expect(idsOf(await list({ FILTER: { CALL_CATEGORY: 'call' } }))).toEqual([])
    expect(idsOf(await list({ FILTER: { '%CALL_CATEGORY': 'extern', TRANSCRIPT_PENDING: ['N', 'Y'], CALL_ID: made.CALL_ID } }))).toEqual([
      row!['ID'],
    ])
    expect((await list({ FILTER: { RECORD_FILE_ID: 1 } })).error).toBe('ERROR_ARGUMENT')
  })

  test('fetch the record that finish names, and say why they could not; a missed one is told', async () => {
    const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
    const [good, bad] = [await register({ PHONE_NUMBER: '+15550100851' }), await register({ PHONE_NUMBER: '+15550100852' })]
    await finish(good.CALL_ID, { DURATION: 3, RECORD_URL: `${url}/a.mp3\u0000` })
    await finish(bad.CALL_ID, { RECORD_URL: `${url}/b.mp3` })
    const callOf = async (callId: string) => (await house.admin.api('GET', `/calls/${callId}`)).body
    await expect.poll(async () => (await callOf(good.CALL_ID)).recording).toMatchObject({ filename: 'a.mp3' })
    await expect.poll(async () => (await callOf(bad.CALL_ID)).recordProblem, { timeout: 12_000 }).toBe('Server returns HTTP error code 404')
    expect(JSON.stringify((await house.admin.api('GET', '/notifications')).body)).toContain('+15550100852')
  }, 20_000)
})
