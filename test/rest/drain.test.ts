import { mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPortal } from '../../portal/src/portal.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal } from '../support/portal.ts'

let dataDir: string
let handler: Listener

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-drain-'))
  handler = await startListener()
})
afterAll(async () => {
  await handler.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('a portal that is stopped lets the attempt under way end and leaves what waits to the next one, at once', async () => {
  const house = await startPortal({ dataDir })
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const { body } = await house.admin.api('GET', '/handlers')
  await house.admin.api('PATCH', `/handlers/${body.items[0].id}`, { slots: 1 })
  const held: ServerResponse[] = []
  handler.answer((response) => void held.push(response))
  const click = async (number: string): Promise<string> => (await house.admin.api('POST', '/clicks', { number })).body.call.callId
  const first = await click('+15550100101')
  await handler.waitFor(first)
  const second = await click('+15550100102')
  const stopping = house.stop()
  await vi.waitUntil(async () => (await fetch(`${house.url}/healthz`).catch(() => null)) === null)
  handler.answer((response) => void response.end())
  for (const response of held) response.end()
  await stopping
  expect(handler.received).toHaveLength(1)

  const next = await createPortal(house.portal.config)
  const leases = await next.store.read.selectFrom('delivery').select(['call_id', 'state', 'lease_owner']).orderBy('id').execute()
  expect(leases).toEqual([
    { call_id: first, state: 'delivered', lease_owner: null },
    { call_id: second, state: 'pending', lease_owner: null },
  ])
  await next.start()
  await handler.waitFor(second)
  await next.stop()
  expect(handler.received).toHaveLength(2)
})
