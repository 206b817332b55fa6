import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEventHandler, createInstallReceiver, nodeListener, type Installation } from '../../sdk/src/index.ts'
import { startPortal, type TestApp, type TestPortal } from '../support/portal.ts'

/* An application made with our SDK lives through another version: ONAPPUPDATE goes to the address of the install callback (contract 7.4). */

let house: TestPortal
let app: TestApp
let server: Server
let installation: Installation | undefined
const stored: Installation[] = []
const heard: string[] = []

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp({ title: 'PBX' })
  const receiver = createInstallReceiver({
    app: { clientId: app.clientId, clientSecret: app.clientSecret },
    portalUrl: house.url,
    store(next) {
      installation = next
      stored.push(next)
    },
    onError: () => {},
  })
  const handler = createEventHandler({ applicationToken: () => installation?.applicationToken, onError: () => {} })
  handler.on('ONAPPTEST', (event) => void heard.push(String(event.data['QUERY'] && JSON.stringify(event.data['QUERY']))))
  const [installs, events] = [nodeListener(receiver), nodeListener(handler)]
  server = createServer((request, response) => (request.url === '/install' ? installs : events)(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await app.call('event.bind', { event: 'ONAPPUPDATE', handler: `${url}/install` })
  await app.call('event.bind', { event: 'ONAPPTEST', handler: `${url}/handler` })
})
afterAll(async () => {
  await house.stop()
  await new Promise((resolve) => server.close(resolve))
})

test('the install receiver takes the new application token, and the handler takes the events that carry it', async () => {
  const deliveries = async (event: string): Promise<string[]> =>
    (await house.portal.store.read.selectFrom('delivery').select('state').where('event', '=', event).orderBy('id').execute()).map(
      ({ state }) => state,
    )
  for (const version of [2, 3]) {
    await house.admin.api('PATCH', `/apps/${app.id}`, { version })
    await expect.poll(() => stored.length).toBe(version - 1)
    const { applicationToken } = (await house.admin.api('GET', `/apps/${app.id}`)).body
    expect(stored.at(-1)).toMatchObject({ applicationToken, clientId: app.clientId, userId: String(house.admin.userId) })
    await app.call('event.test', { version })
    await expect.poll(() => heard.length).toBe(version - 1)
  }
  expect(heard).toEqual(['{"version":"2"}', '{"version":"3"}'])
  expect(new Set(stored.map((one) => one.applicationToken)).size).toBe(2)
  await expect.poll(() => deliveries('ONAPPTEST')).toEqual(['delivered', 'delivered'])
  await expect.poll(() => deliveries('ONAPPUPDATE')).toEqual(['delivered', 'delivered'])
})
