import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal, type Portal } from '../../portal/src/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { request, startPortal, type TestApp, type TestPortal } from '../support/portal.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

/*
 * Two processes on one PostgreSQL are asked for the same thing at the same time: one does it, the other answers the refusal that a
 * second call always gets, never a bug.
 */

let database: TestDatabase
let house: TestPortal
let second: Portal
let dataDir: string
let urls: readonly string[]
let app: TestApp

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  house = await startPortal({ databaseUrl: database.url })
  dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-second-'))
  const port = await findFreePort()
  const overrides = { port, host: '127.0.0.1', log: { level: 'silent' }, databaseUrl: database.url }
  second = await createPortal(loadConfig({ env: {}, dataDir, overrides }))
  await second.start()
  urls = [house.url, `http://127.0.0.1:${port}`]
  app = await house.addApp({ scope: ['crm', 'user', 'placement', 'telephony'] })
})
afterAll(async () => {
  await second.stop()
  await house.stop()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const rounds = 20
/** asks both processes in the same moment, round after round; `name` is another one in each */
async function askBoth(method: string, params: (name: string) => object): Promise<Array<[status: number, error: string | undefined]>> {
  const seen: Array<[number, string | undefined]> = []
  for (let round = 0; round < rounds; round++) {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...params(`n${round}`), auth: app.accessToken }),
    }
    const answers = await Promise.all(urls.map((url) => request(`${url}/rest/${method}`, init)))
    seen.push(...answers.map(({ status, body }): [number, string | undefined] => [status, body.error_description]))
  }
  return seen
}

test.each([
  [
    'placement.bind',
    (name: string) => ({ PLACEMENT: 'CALL_CARD', HANDLER: `http://127.0.0.1:9/${name}` }),
    [400, 'Unable to set placement handler: Handler already binded'],
  ],
  [
    'event.bind',
    (name: string) => ({ event: 'ONCRMLEADADD', handler: `http://127.0.0.1:9/${name}` }),
    [400, 'Unable to set event handler: Handler already binded'],
  ],
  ['crm.status.add', (name: string) => ({ fields: { ENTITY_ID: 'SOURCE', STATUS_ID: name, NAME: name } }), [400, 'Duplicate STATUS_ID.']],
  [
    'user.add',
    (name: string) => ({ EMAIL: `${name}@example.com` }),
    [400, expect.stringMatching(/^A user with the e-mail address n\d+@example.com exists already$/)],
  ],
  ['telephony.externalLine.add', (name: string) => ({ NUMBER: name, NAME: name }), [400, 'Line already exists']],
])('%s by two processes at once is done once; the other one is told so', async (method, params, refusal) => {
  const seen = await askBoth(method, params)
  expect(seen.filter(([status]) => status === 200)).toHaveLength(rounds)
  for (const answer of seen) if (answer[0] !== 200) expect(answer).toEqual(refusal)
})

test('a place for one page takes one, whichever process is asked', async () => {
  const worker = (name: string) => ({
    PLACEMENT: 'PAGE_BACKGROUND_WORKER',
    HANDLER: `http://127.0.0.1:9/${name}`,
    OPTIONS: { errorHandlerUrl: 'http://127.0.0.1:9/error' },
  })
  for (let round = 0; round < rounds; round++) {
    const bind = (url: string, name: string) =>
      request(`${url}/rest/placement.bind`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...worker(name), auth: app.accessToken }),
      })
    const answers = await Promise.all(urls.map((url, index) => bind(url, `n${index}`)))
    expect(
      answers.map(({ status, body }) => [status, body.error ?? body.result]).toSorted((a, b) => String(a[1]).localeCompare(String(b[1]))),
    ).toEqual([
      [200, 'ERROR_PLACEMENT_MAX_COUNT'],
      [200, true],
    ])
    expect((await app.call('placement.unbind', { PLACEMENT: 'PAGE_BACKGROUND_WORKER' })).body.result).toEqual({ count: 1 })
  }
})
