import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const entry = fileURLToPath(new URL('../../portal/bin/hookswitch.mjs', import.meta.url))
let database: TestDatabase
let dataDir: string
let url: string
let cookie: string
let handler: Listener
let child: ChildProcess

async function serve(): Promise<void> {
  child = spawn(process.execPath, [entry, 'serve', '--data', dataDir], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let tries = 0; tries < 1000; tries++) {
    if ((await fetch(`${url}/readyz`).catch(() => null))?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the portal did not start')
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-takeover-'))
  handler = await startListener()
  const house = await startPortal({ dataDir, databaseUrl: database.url })
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  cookie = house.admin.cookie
  await house.stop()
  const port = await findFreePort()
  url = `http://127.0.0.1:${port}`
  const settings = { port, databaseUrl: database.url, outbound: { allowPrivate: 'loopback' }, log: { level: 'error' } }
  await writeFile(join(dataDir, 'hookswitch.json'), JSON.stringify(settings))
  await serve()
})

afterAll(async () => {
  await kill()
  await handler.close()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

test(
  'waiting clicks of a process that died on PostgreSQL are delivered by the next one within their deadline, none twice',
  { timeout: 60_000 },
  async () => {
    handler.answer((response) => void setTimeout(() => response.end(), 300))
    const acknowledged: string[] = []
    const clicks = Array.from({ length: 60 }, async (_, n) => {
      const answer = await request(`${url}/v1/clicks`, {
        method: 'POST',
        headers: { cookie, origin: url, 'content-type': 'application/json' },
        body: JSON.stringify({ number: `+1555030${1000 + n}` }),
      }).catch(() => null)
      if (answer?.status === 201) acknowledged.push(answer.body.call.callId)
    })
    await Promise.all(clicks)
    await kill()
    await serve()
    const states = async (): Promise<string[]> =>
      Promise.all(
        acknowledged.map(async (id) => (await request(`${url}/v1/calls/${id}`, { headers: { cookie } })).body.delivery.state as string),
      )
    await expect.poll(states, { timeout: 40_000, interval: 500 }).not.toContainEqual(expect.stringMatching(/^(pending|sending|retrying)$/))
    const ended = await states()
    expect(acknowledged).toHaveLength(60)
    expect(ended.filter((state) => state === 'expired')).toEqual([])
    // under way when the process died: the slots of the one handler
    expect(ended.filter((state) => state === 'unconfirmed').length).toBeLessThanOrEqual(8)
    for (const id of acknowledged) expect(handler.received.filter((one) => one.body.includes(id)).length, id).toBeLessThanOrEqual(1)
  },
)
