/** The network between portal and handler is cut, and the clock of the machine is set, under a portal that runs as its own process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { startListener } from '../support/listener.ts'
import { canCutNetworks, startRemoteHandler, type RemoteHandler } from '../support/namespace.ts'
import { request, startPortal } from '../support/portal.ts'
import { portalProcess, type PortalProcess } from '../support/processes.ts'

const isLong = process.env['LONG'] === '1'
const over = /^(delivered|unconfirmed|expired|failed)$/
const ends: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
}, 60_000)

interface Site {
  readonly portal: PortalProcess
  readonly accessToken: string
}

/** A portal on SQLite whose clicks go to this handler. */
async function openSite(handlerUrl: string, nodeOptions = ''): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-cut-'))
  ends.push(() => rm(dataDir, { recursive: true, force: true }))
  const house = await startPortal({ dataDir })
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: handlerUrl })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  await house.stop()
  const settings = { publicUrl: house.url, outbound: { allowPrivate: 'private' }, log: { level: 'silent' } }
  await writeFile(join(dataDir, 'hookswitch.json'), JSON.stringify(settings))
  const portal = await portalProcess({ dataDir, databaseUrl: '', cookie: house.admin.cookie, origin: house.url, nodeOptions })
  ends.push(() => portal.kill())
  await portal.start()
  return { portal, accessToken: app.accessToken }
}

let lastNumber = 1000
async function click({ portal }: Site): Promise<string> {
  const { status, body } = await portal.api('POST', '/clicks', { number: `+1555010${++lastNumber}` })
  expect(status).toBe(201)
  return body.call.callId as string
}

async function callOf({ portal }: Site, callId: string, until: RegExp, withinMs = 45_000) {
  const read = async () => (await portal.api('GET', `/calls/${callId}`)).body
  await expect.poll(async () => (await read()).delivery.state, { timeout: withinMs, interval: 50, message: callId }).toMatch(until)
  return read()
}

if (canCutNetworks())
  describe('a cut between portal and handler', () => {
    const dials = (handler: RemoteHandler, callId: string) => handler.received.filter(({ body }) => body.includes(callId))

    test(
      'loses no click and doubles none: what was on its way is in doubt and never arrives late, the others arrive when it is mended',
      { timeout: 120_000 },
      async () => {
        const handler = await startRemoteHandler({ answerMs: 400 })
        ends.push(() => handler.close())
        const site = await openSite(handler.url)
        // two connections that are open and idle when the cable is pulled
        const before = await Promise.all([click(site), click(site)])
        for (const callId of before) await callOf(site, callId, /^delivered$/)
        const answerLost = await click(site)
        await expect.poll(() => dials(handler, answerLost).length, { interval: 5 }).toBe(1)
        handler.cut()
        const cutAt = Date.now()
        const requestLost = await click(site)
        const waiting = await Promise.all([click(site), click(site), click(site)])
        const answerLostCall = await callOf(site, answerLost, over)
        expect(answerLostCall.delivery).toMatchObject({ state: 'unconfirmed', reason: 'timeout' })
        expect((await callOf(site, requestLost, over)).delivery).toMatchObject({ state: 'unconfirmed', reason: 'timeout' })
        for (const callId of waiting) expect((await callOf(site, callId, /./)).delivery.state).toMatch(/^(retrying|sending)$/)
        await wait(Math.max(0, cutAt + (isLong ? 20_000 : 11_500) - Date.now()))
        handler.mend()
        for (const callId of waiting) {
          expect((await callOf(site, callId, over)).delivery.state, callId).toBe('delivered')
          expect(dials(handler, callId), callId).toHaveLength(1)
        }
        // the kernel sends again what was written before the cut, if the connection was not reset: a dial that nobody expects any more
        await wait(isLong ? 30_000 : 8_000)
        expect(dials(handler, requestLost)).toHaveLength(0)
        expect(dials(handler, answerLost)).toHaveLength(1)
        const reported = await request(`${site.portal.url}/rest/telephony.externalcall.finish`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ CALL_ID: answerLost, USER_ID: 1, DURATION: 3, auth: site.accessToken }),
        })
        expect(reported.status).toBe(200)
        expect((await callOf(site, answerLost, /^delivered$/, 5000)).delivery.reason).toBe('reported')
      },
    )

    if (isLong)
      test('that outlasts 30 s ends the clicks as expired, and none of them arrives afterwards', { timeout: 120_000 }, async () => {
        const handler = await startRemoteHandler()
        ends.push(() => handler.close())
        const site = await openSite(handler.url)
        handler.cut()
        const lost = await Promise.all([click(site), click(site)])
        for (const callId of lost)
          expect((await callOf(site, callId, over)).delivery, callId).toMatchObject({ state: 'expired', reason: 'connect' })
        handler.mend()
        expect((await callOf(site, await click(site), over)).delivery.state).toBe('delivered')
        for (const callId of lost) expect(dials(handler, callId)).toHaveLength(0)
      })
  })

describe('a clock that is set', () => {
  test('an hour to and fro, many times, under one process on SQLite loses no click and dials none twice', { timeout: 60_000 }, async () => {
    const handler = await startListener()
    ends.push(() => handler.close())
    handler.answer((response) => void setTimeout(() => response.end(), 30))
    const jumps = `const real=Date.now;let off=0;setInterval(()=>{off=[3600000,0,-3600000][Math.floor(Math.random()*3)]},150).unref();Date.now=()=>real()+off`
    const site = await openSite(handler.url, `--import data:text/javascript,${encodeURIComponent(jumps)}`)
    const callIds: string[] = []
    for (let n = 0; n < 60; n++) callIds.push(await click(site))
    const ended = await Promise.all(callIds.map(async (callId) => ({ callId, ...(await callOf(site, callId, over)).delivery })))
    for (const { callId, state, reason } of ended) {
      // a click whose time was over when its turn came, by the clock of that moment, is told so and not dialled
      expect(`${state} ${reason}`, callId).toMatch(/^(delivered|expired deadline)/)
      expect(handler.received.filter(({ body }) => body.includes(callId)).length, callId).toBe(state === 'delivered' ? 1 : 0)
    }
  })
})
