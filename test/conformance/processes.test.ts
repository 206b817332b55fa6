import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type TestApp } from '../support/portal.ts'
import { portalProcess, type PortalProcess } from '../support/processes.ts'
import { createDatabase, startPostgres, type PostgresServer } from '../support/postgres.ts'

const isLong = process.env['LONG'] === '1'
const kills = isLong ? 200 : 10
const outageMs = isLong ? 20_000 : 5_000
const over = /^(delivered|unconfirmed|expired|failed)$/

/** A portal that was set up on a database, with nothing running. */
interface House {
  readonly dataDir: string
  readonly databaseUrl: string
  readonly cookie: string
  readonly origin: string
  readonly handler: Listener
  readonly app: Pick<TestApp, 'id' | 'accessToken'>
  process(only?: 'web' | 'delivery', nodeOptions?: string): Promise<PortalProcess>
}

async function setUp(databaseUrl: string): Promise<House> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-processes-'))
  const handler = await startListener()
  const house = await startPortal({ dataDir, databaseUrl })
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handler.url })
  await app.call('event.bind', { event: 'ONVOXIMPLANTCALLINIT', handler: handler.url })
  await app.call('event.bind', { event: 'ONVOXIMPLANTCALLEND', handler: handler.url })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const { cookie } = house.admin
  const origin = house.url
  await house.stop()
  const settings = { publicUrl: origin, outbound: { allowPrivate: 'loopback' }, log: { level: 'silent' } }
  await writeFile(join(dataDir, 'hookswitch.json'), JSON.stringify(settings))
  const processes: PortalProcess[] = []
  onTestOrFileFinished.push(async () => {
    for (const one of processes) await one.kill()
    await handler.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    dataDir,
    databaseUrl,
    cookie,
    origin,
    handler,
    app,
    async process(only, nodeOptions) {
      const one = await portalProcess({ dataDir, databaseUrl, cookie, origin, ...(only && { only }), ...(nodeOptions && { nodeOptions }) })
      processes.push(one)
      await one.start()
      return one
    },
  }
}

const onTestOrFileFinished: Array<() => Promise<void>> = []
let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(async () => {
  for (const end of onTestOrFileFinished.reverse()) await end()
  await postgres?.close()
})

async function newHouse(adminUrl: string = inject('postgresUrl')): Promise<House> {
  const database = await createDatabase(adminUrl)
  onTestOrFileFinished.push(() => database.drop().catch(() => {}))
  return setUp(database.url)
}

let lastNumber = 1000
async function click(by: PortalProcess): Promise<{ status: number; callId: string; retryAfter: string | null }> {
  const answer = await by.api('POST', '/clicks', { number: `+1555010${++lastNumber}` })
  return { status: answer.status, callId: answer.body.call?.callId ?? '', retryAfter: answer.headers.get('retry-after') }
}

const eventOf = (body: string): string => new URLSearchParams(body).get('event') ?? ''
const dials = (house: House, callId: string) =>
  house.handler.received.filter((one) => one.body.includes(callId) && eventOf(one.body) === 'ONEXTERNALCALLSTART')

async function deliveryOf(by: PortalProcess, callId: string): Promise<{ state: string; reason: string | null }> {
  return (await by.api('GET', `/calls/${callId}`)).body.delivery
}

async function ending(by: PortalProcess, callId: string): Promise<{ state: string; reason: string | null }> {
  let delivery = { state: '', reason: null as string | null }
  await expect
    .poll(async () => (delivery = await deliveryOf(by, callId)).state, { timeout: 45_000, interval: 50, message: callId })
    .toMatch(over)
  return delivery
}

describe('web and delivery processes', () => {
  test('a click at a web process is sent by the delivery process at once; its tests and replays too', { timeout: 60_000 }, async () => {
    const house = await newHouse()
    const web = await house.process('web')
    const first = await click(web)
    expect(first.status).toBe(201)
    // nobody sends yet: the click waits
    await wait(300)
    expect(dials(house, first.callId)).toHaveLength(0)
    const delivery = await house.process('delivery')
    await house.handler.waitFor(first.callId)
    expect(await ending(web, first.callId)).toMatchObject({ state: 'delivered' })

    const taken: number[] = []
    for (let n = 0; n < 20; n++) {
      const begun = Date.now()
      const { callId } = await click(web)
      await expect.poll(() => dials(house, callId).length, { interval: 2, timeout: 5000 }).toBe(1)
      taken.push(dials(house, callId)[0]!.at - begun)
    }
    // the slow look comes every 5 s: what told the other process was the message
    expect(taken.toSorted((a, b) => a - b)[10]).toBeLessThan(500)

    const { body } = await web.api('GET', '/handlers?event=ONEXTERNALCALLSTART')
    const tested = await web.api('POST', `/handlers/${body.items[0].id}/test`, {})
    expect(tested.body.state).toBe('delivered')
    const listed = await web.api('GET', '/deliveries?event=ONVOXIMPLANTCALLINIT')
    const before = house.handler.received.length
    expect((await web.api('POST', `/deliveries/${listed.body.items[0].id}/replay`, {})).status).toBe(201)
    await expect.poll(() => house.handler.received.length, { timeout: 2000 }).toBe(before + 1)

    expect((await request(`${delivery.url}/healthz`)).status).toBe(200)
    expect((await request(`${delivery.url}/metrics`)).body).toMatch(/hookswitch_deliveries_total\{class="dial",state="delivered"/)
    expect((await request(`${delivery.url}/v1/session`)).status).toBe(404)
    expect((await request(`${delivery.url}/`)).status).toBe(404)
    expect(await delivery.stop()).toBe(0)
    expect(await web.stop()).toBe(0)
  })
})

describe('two processes', () => {
  let house: House
  let pair: [PortalProcess, PortalProcess]

  beforeAll(async () => {
    house = await newHouse()
    pair = [await house.process(), await house.process()]
  }, 60_000)

  test('the events of a call come in its order, although one process says the first and the other the last', async () => {
    const ended: string[] = []
    house.handler.answer((response, { body }) => {
      const event = eventOf(body)
      setTimeout(
        () => {
          ended.push(`${event} ${new URLSearchParams(body).get('data[CALL_ID]')}`)
          response.end()
        },
        event === 'ONVOXIMPLANTCALLINIT' ? 400 : 0,
      )
    })
    for (let n = 0; n < 4; n++) {
      const { callId } = await click(pair[n % 2]!)
      const finished = await request(`${pair[(n + 1) % 2]!.url}/rest/telephony.externalcall.finish`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ CALL_ID: callId, USER_ID: 1, DURATION: 3, auth: house.app.accessToken }),
      })
      expect(finished.status).toBe(200)
      await expect.poll(() => ended.filter((one) => one.includes(callId)).length, { timeout: 10_000 }).toBe(3)
      const notices = ended.filter((one) => one.includes(callId) && !one.startsWith('ONEXTERNAL')).map((one) => one.split(' ')[0])
      expect(notices).toEqual(['ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLEND'])
    }
    house.handler.answer((response) => void response.end())
  })

  test('a browser at one process is told what the other did', async () => {
    const abort = new AbortController()
    onTestFinished(() => abort.abort())
    const stream = await fetch(`${pair[0].url}/v1/live`, { headers: { cookie: house.cookie, origin: house.origin }, signal: abort.signal })
    let text = ''
    void (async () => {
      for await (const chunk of stream.body!) text += Buffer.from(chunk).toString()
    })().catch(() => {})
    const { callId } = await click(pair[1])
    await expect.poll(() => text, { timeout: 5000 }).toContain(`call:${callId}`)
  })

  test('a switch and a handler that one process changed hold in the other', async () => {
    await pair[0].api('PATCH', '/switches', { callStartEvent: true })
    await expect.poll(async () => JSON.stringify((await pair[1].api('GET', '/switches')).body)).toContain('"callStartEvent":true')
    const { body } = await pair[0].api('GET', '/handlers?event=ONEXTERNALCALLSTART')
    const { id } = body.items[0]
    await pair[0].api('PATCH', `/handlers/${id}`, { slots: 3 })
    await expect.poll(async () => (await pair[1].api('GET', `/handlers/${id}`)).body.slots).toBe(3)
    await pair[0].api('PATCH', `/handlers/${id}`, { slots: null })
  })

  test('what a killed process had in its hands is taken up in seconds: sent, or told as unconfirmed', { timeout: 60_000 }, async () => {
    // slots are taken by clicks that are not answered; the ninth waits in the memory of its process
    house.handler.answer(() => {})
    const callIds: string[] = []
    for (let n = 0; n < 9; n++) callIds.push((await click(pair[0])).callId)
    await expect.poll(() => callIds.filter((callId) => dials(house, callId).length === 1).length, { timeout: 10_000 }).toBeGreaterThan(7)
    house.handler.answer((response) => void response.end())
    await pair[0].kill()
    const killedAt = Date.now()
    for (const callId of callIds) {
      const { state } = await ending(pair[1], callId)
      expect(state, callId).toMatch(/^(delivered|unconfirmed)$/)
      expect(dials(house, callId).length, callId).toBeLessThanOrEqual(1)
    }
    // sooner than the leases of what it was sending end
    expect(Date.now() - killedAt).toBeLessThan(14_000)
    await pair[0].start()
  })

  test(
    `one is killed at ${kills} random moments: every acknowledged click ends visibly, none is dialled twice`,
    { timeout: kills * 30_000 + 60_000 },
    async () => {
      const acknowledged: string[] = []
      for (let round = 0; round < kills; round++) {
        const victim = pair[Math.random() < 0.5 ? 0 : 1]
        const wanted = acknowledged.length + 1 + Math.floor(Math.random() * 40)
        let isOver = false
        const work = Array.from({ length: 12 }, async (_, n) => {
          while (!isOver) {
            const answer = await click(pair[n % 2]!).catch(() => null)
            if (answer?.status === 201) acknowledged.push(answer.callId)
            if (!answer) await wait(10)
          }
        })
        while (acknowledged.length < wanted) await wait(1)
        await victim.kill()
        isOver = true
        await Promise.all(work)
        await victim.start()
      }
      let unconfirmed = 0
      for (const callId of acknowledged) {
        const { state } = await ending(pair[0], callId)
        if (state === 'unconfirmed') unconfirmed++
        if (state === 'delivered') expect(dials(house, callId), callId).toHaveLength(1)
        expect(dials(house, callId).length, callId).toBeLessThanOrEqual(1)
        expect(state, callId).not.toBe('expired')
      }
      console.log(`${kills} kills, ${acknowledged.length} clicks, lost 0, doubled 0, unconfirmed ${unconfirmed}`)
      // slots of the one handler (8) and one batch of the group commit: at most what was in flight at the victim
      expect(unconfirmed).toBeLessThanOrEqual(kills * (8 + 6))
    },
  )
})

describe('PostgreSQL away', () => {
  test(
    `stopped for ${outageMs / 1000} s: requests get 503 with Retry-After, then all goes on, nothing lost or dialled twice`,
    { timeout: 120_000 },
    async () => {
      const house = await newHouse(postgres.url)
      const pair = [await house.process(), await house.process()] as const
      // answers come while the database is away
      house.handler.answer((response) => void setTimeout(() => response.end(), 1500))
      const acknowledged: string[] = []
      for (let n = 0; n < 6; n++) acknowledged.push((await click(pair[n % 2]!)).callId)
      await expect.poll(() => acknowledged.filter((callId) => dials(house, callId).length === 1).length, { timeout: 5000 }).toBe(6)
      await postgres.stop()
      const stoppedAt = Date.now()
      const refused = await click(pair[0])
      expect(refused.status).toBe(503)
      expect(Number(refused.retryAfter)).toBeGreaterThan(0)
      const rest = await request(`${pair[1].url}/rest/user.current?auth=${house.app.accessToken}`)
      expect(rest.status).toBe(503)
      expect(rest.headers.get('retry-after')).not.toBeNull()
      const ready = await request(`${pair[0].url}/readyz`)
      expect(ready.status).toBe(503)
      expect(ready.body).toMatch(/database of the portal cannot be reached/)
      expect((await request(`${pair[0].url}/healthz`)).status).toBe(200)
      await wait(outageMs - (Date.now() - stoppedAt))
      await postgres.start()
      await expect.poll(async () => (await request(`${pair[0].url}/readyz`)).status, { timeout: 10_000 }).toBe(200)
      house.handler.answer((response) => void response.end())
      for (const callId of acknowledged) {
        // the handler took it, and its process wrote that down when it could
        expect(await ending(pair[0], callId), callId).toMatchObject({ state: 'delivered' })
        expect(dials(house, callId), callId).toHaveLength(1)
      }
      for (const one of pair) {
        let after = await click(one)
        for (let tries = 0; after.status !== 201 && tries < 40; tries++) {
          await wait(100)
          after = await click(one)
        }
        expect(after.status).toBe(201)
        expect(await ending(one, after.callId)).toMatchObject({ state: 'delivered' })
      }
    },
  )
})

describe('a clock that is wrong', () => {
  test('a process whose clock jumps an hour to and fro loses no click and dials none twice', { timeout: 60_000 }, async () => {
    const house = await newHouse()
    const jumps = `const real=Date.now;let off=0;setInterval(()=>{off=[3600000,0,-3600000][Math.floor(Math.random()*3)]},150).unref();Date.now=()=>real()+off`
    const stepped = await house.process(undefined, `--import data:text/javascript,${encodeURIComponent(jumps)}`)
    const steady = await house.process()
    house.handler.answer((response) => void setTimeout(() => response.end(), 30))
    const callIds: string[] = []
    for (let n = 0; n < 60; n++) callIds.push((await click(n % 2 === 0 ? stepped : steady)).callId)
    for (const callId of callIds) {
      expect(await ending(steady, callId), callId).toMatchObject({ state: 'delivered' })
      expect(dials(house, callId), callId).toHaveLength(1)
    }
  })
})
