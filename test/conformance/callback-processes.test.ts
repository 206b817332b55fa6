import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal } from '../../portal/src/portal.ts'
import { startListener } from '../support/listener.ts'
import { request, startPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { createDatabase } from '../support/postgres.ts'

test('two portals on one PostgreSQL count the requests of visitors together: one number is one event, limits hold', async () => {
  const database = await createDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  const house = await startPortal({ databaseUrl: database.url })
  onTestFinished(() => house.stop())
  const handler = await startListener()
  onTestFinished(() => handler.close())
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLBACKSTART', handler: handler.url })
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-second-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const port = await findFreePort()
  const overrides = { port, databaseUrl: database.url, outbound: { allowPrivate: 'loopback' }, log: { level: 'silent' } }
  const second = await createPortal(loadConfig({ env: {}, dataDir, overrides }))
  await second.start()
  onTestFinished(() => second.stop())

  const form = (
    await house.admin.api('POST', '/callback-forms', {
      title: 'Call me',
      target: `app:${app.id}`,
      perAddress: { hour: 7, day: 7 },
      enabled: true,
    })
  ).body as { id: number; key: string }
  const ask = (index: number, number: string) =>
    request(`${index % 2 === 0 ? house.url : `http://127.0.0.1:${port}`}/forms/${form.key}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ number }),
    })
  const all = <T>(count: number, run: (index: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, index) => run(index)))

  for (let round = 0; round < 5; round++) await all(6, (index) => ask(index, `+1212555015${round}`))
  await handler.waitFor('ONEXTERNALCALLBACKSTART', 5)
  const requests = async () => (await house.admin.api('GET', `/callback-forms/${form.id}/requests`)).body.items as unknown[]
  expect(await requests()).toHaveLength(5)
  expect(handler.received).toHaveLength(5)

  const answers = await all(8, (index) => ask(index, `+1212555016${index}`))
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(2)
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(6)
})
