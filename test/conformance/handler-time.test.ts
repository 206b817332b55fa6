import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal, type Portal } from '../../portal/src/portal.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

/*
 * A portal that gives its handlers a minute (`handlerSeconds`), beside another process that looks for what dead processes have left.
 */

const clock = createTurnableClock()
let database: TestDatabase
let house: TestPortal
let second: Portal
let handler: Listener
const open: ServerResponse[] = []

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  house = await startPortal({ databaseUrl: database.url, world: { clock } })
  const overrides = { port: await findFreePort(), databaseUrl: database.url, log: { level: 'silent' } }
  second = await createPortal(loadConfig({ env: {}, dataDir: house.dataDir, overrides }), { clock })
  handler = await startListener()
  handler.answer((response) => void open.push(response))
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  await house.admin.api('PATCH', '/switches', { handlerSeconds: 60 })
})
afterAll(async () => {
  for (const response of open) response.end()
  await second.stop()
  await house.stop()
  await handler.close()
  await database.drop()
})

test('a click that its handler thinks about is nobody else’s until its time and ten seconds are over, and its answer counts even then', async () => {
  const { callId } = (await house.admin.api('POST', '/clicks', { number: '+15550100870' })).body.call as { callId: string }
  await handler.waitFor(callId)
  const stateOf = async (): Promise<string> => (await house.admin.api('GET', `/calls/${callId}`)).body.delivery.state
  const look = () => second.deliveries.recover({ all: false })
  // longer than the lease of a portal that gives ten seconds
  clock.turn(25_000)
  await look()
  expect(await stateOf()).toBe('sending')
  clock.turn(44_000)
  await look()
  expect(await stateOf()).toBe('sending')
  clock.turn(2_000)
  await look()
  expect(await stateOf()).toBe('unconfirmed')
  for (const response of open) response.end()
  await expect.poll(stateOf).toBe('delivered')
  expect(handler.received).toHaveLength(1)
})
