import { afterAll, beforeAll, expect, test } from 'vitest'
import { startListener, type Listener } from '../../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../../support/portal.ts'
import { proved } from '../../support/proofs.ts'

let house: TestPortal
let listener: Listener
let watcher: TestApp
let eve: Person
let ofEve: TestApp
let contact: number

beforeAll(async () => {
  house = await startPortal()
  listener = await startListener()
  eve = await house.addPerson('Eve', '105')
  watcher = await house.addApp({ title: 'Watcher', scope: ['crm'] })
  ofEve = await house.addApp({ title: 'Of Eve', scope: ['crm'], by: eve })
  contact = await house.addContact({ NAME: 'Owner' })
})
afterAll(async () => {
  await house.stop()
  await listener.close()
})

const ask = async (method: string, params: object) => {
  const { body } = await ofEve.call(method, params as Record<string, unknown>)
  expect(body.error, JSON.stringify(body)).toBeUndefined()
  return body.result
}

test.each([
  ['contact', () => ({ NAME: 'Nora' })],
  ['company', () => ({ TITLE: 'Harbour' })],
  ['lead', () => ({ TITLE: 'A lead' })],
  ['deal', () => ({ TITLE: 'A deal' })],
  ['activity', () => ({ TYPE_ID: 6, PROVIDER_ID: 'X', SUBJECT: 'x', RESPONSIBLE_ID: eve.userId, OWNER_TYPE_ID: 3, OWNER_ID: contact })],
])('ONCRM… of a %s carry its id and the tokens of who did it (contract 1.1–1.3, 8)', async (type, fields) => {
  const names = ['ADD', 'UPDATE', 'DELETE'].map((what) => `ONCRM${type.toUpperCase()}${what}`)
  for (const event of names) expect((await watcher.call('event.bind', { event, handler: listener.url })).body.result).toBe(true)
  const id = (await ask(`crm.${type}.add`, { fields: fields() })) as number
  await ask(`crm.${type}.update`, { id, fields: type === 'activity' ? { SUBJECT: 'y' } : { COMMENTS: 'y' } })
  await ask(`crm.${type}.delete`, { id })
  for (const name of names) {
    const [received] = await listener.waitFor(`event=${name}&`)
    const form = new URLSearchParams(received!.body)
    expect([...form.keys()]).toEqual([
      'event',
      'event_handler_id',
      'data[FIELDS][ID]',
      'ts',
      ...['access_token', 'expires', 'expires_in', 'scope', 'domain', 'server_endpoint', 'status', 'client_endpoint', 'member_id'].map(
        (key) => `auth[${key}]`,
      ),
      'auth[user_id]',
      'auth[application_token]',
    ])
    expect([form.get('event'), form.get('data[FIELDS][ID]'), form.get('auth[user_id]'), form.get('auth[scope]')]).toEqual([
      name,
      String(id),
      String(eve.userId),
      'crm',
    ])
    proved(name)
  }
})
