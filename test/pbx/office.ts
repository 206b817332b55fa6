/** A company with everything: a portal, an Asterisk, the connector between them, a phone on the desk and a phone that plays the outside world. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { readAsteriskConfig } from '../../connector/src/asterisk/config.ts'
import { startAsteriskConnector } from '../../connector/src/asterisk/connector.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { createLog } from '../../connector/src/log.ts'
import { startPortal, type Person, type TestPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { startAsterisk, type AsteriskWish, type TestAsterisk } from './asterisk.ts'
import { startSipPhone, type SipCall, type SipPhone } from './sip-phone.ts'

/** What one office differs in from another. */
export interface OfficeWish {
  /** put over the connector's settings of Asterisk */
  readonly asterisk?: Readonly<Record<string, unknown>>
  readonly dialplan?: string
  readonly phones?: AsteriskWish['phones']
  readonly endpointLines?: AsteriskWish['endpointLines']
  readonly clockFile?: AsteriskWish['clockFile']
  /** whole files of Asterisk's configuration */
  readonly files?: AsteriskWish['files']
  /** the connector's own ring limits */
  readonly limits?: { readonly firstRingMs?: number; readonly agentRingMs?: number; readonly clientRingMs?: number }
  /** the connector runs as a process of its own, which can be killed */
  readonly isProcess?: boolean
  /** so far the connector's clock is ahead of those of the portal and of Asterisk, milliseconds; not of one that runs as a process */
  readonly connectorAheadMs?: number
  /** port of who plays the outside world, if it is not {@link Office.world} */
  readonly worldPort?: number
}

/** A running office. The agent is the portal's admin at extension 101; customers are behind the trunk. */
export interface Office {
  readonly house: TestPortal
  readonly asterisk: TestAsterisk
  /** hums at 440 Hz */
  readonly desk: SipPhone
  /** hums at 1000 Hz */
  readonly world: SipPhone
  readonly connector: TestConnector
  /** what the connector logged */
  readonly logged: string[]
  /** clicks a number in the portal and answers the CALL_ID, or what the refusal was */
  click(number: string, by?: Person): Promise<string>
  /** the call as the portal's API shows it */
  call(callId: string): Promise<CallView>
  /** waits until the portal has the call as finished, and with its recording if it talked; that may be told to be missing */
  finished(callId: string, options?: { isRecorded?: boolean }): Promise<CallView>
  /** what the portal proves itself with */
  applicationToken(): string
  /** nothing is left on the PBX */
  expectQuiet(): Promise<void>
  /** hangs up whatever the test before has left and brings back what it killed; resolves when no call is left anywhere. Each test begins with it. */
  begin(): Promise<void>
  stop(): Promise<void>
}

/** The connector of an office. */
export interface TestConnector {
  readonly url: string
  /** SIGKILL; only of a process */
  kill(): Promise<void>
  /** starts it again on the same data, if it does not run; ready when it is connected to Asterisk */
  start(): Promise<void>
  close(): Promise<void>
}

/** What tests look at. */
export interface CallView {
  readonly callId: string
  readonly state: string
  readonly statusCode: string | null
  readonly failedReason: string | null
  readonly durationSeconds: number | null
  // oxlint-disable-next-line typescript/no-explicit-any -- the rest of the API's shape
  readonly [key: string]: any
}

/** Asks every 20 ms until it is so; fails after 45 s with the words of `what`. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  // reports wait 1, 2, 4, 8 s between their tries: a portal that was away is told within this
  const lastAt = Date.now() + 45_000
  while (!(await isSo())) {
    if (Date.now() > lastAt) throw new Error(`it did not come about within 45 s that ${what}`)
    await wait(20)
  }
}

/** `HOOKSWITCH_TEST_DIAL=local`: offices dial through the dialplan of their PBX, unless told otherwise (`npm run test:long` does both). */
export const isByDialplan = process.env['HOOKSWITCH_TEST_DIAL'] === 'local'

/** Starts an office; ready when a click would ring the desk. */
export async function startOffice(wish: OfficeWish = {}): Promise<Office> {
  const opened: Array<() => Promise<void>> = []
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).toReversed()) await close()
  }
  try {
    return await openOffice(wish, opened, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openOffice(wish: OfficeWish, opened: Array<() => Promise<void>>, stop: () => Promise<void>): Promise<Office> {
  const dir = await mkdtemp(join(tmpdir(), 'hookswitch-office-'))
  opened.push(() => rm(dir, { recursive: true, force: true }))
  const [desk, world, house] = await Promise.all([startSipPhone({ hz: 440 }), startSipPhone({ hz: 1000 }), startPortal()])
  opened.push(
    () => desk.close(),
    () => world.close(),
    () => house.stop(),
  )
  const asterisk = await startAsterisk({
    phones: { 101: { contact: desk.port }, 102: {}, ...wish.phones },
    trunkPort: wish.worldPort ?? world.port,
    ...(wish.files && { files: wish.files }),
    ...(wish.endpointLines && { endpointLines: wish.endpointLines }),
    ...(wish.clockFile && { clockFile: wish.clockFile }),
    ...(wish.dialplan === undefined ? {} : { dialplan: wish.dialplan }),
  })
  opened.push(() => asterisk.stop())
  const logged: string[] = []
  const port = await findFreePort()
  const added = await house.admin.api('POST', '/apps', {
    title: 'Asterisk',
    kind: 'api',
    installUrl: `http://127.0.0.1:${port}/install`,
    scope: ['telephony', 'crm', 'user_brief'],
  })
  expect(added.status, JSON.stringify(added.body)).toBe(201)
  const { app, clientSecret } = added.body as { app: { id: number; clientId: string }; clientSecret: string }
  const limits = { firstRingMs: 15_000, agentRingMs: 25_000, clientRingMs: 60_000, ...wish.limits }
  const usual = isByDialplan
    ? { agentDial: 'Local/{extension}@internal/n', lines: { '+15550188': { dial: 'Local/{number}@outside/n', name: 'Main' } } }
    : { lines: { '+15550188': { dial: 'PJSIP/{number}@trunk', name: 'Main' } } }
  const file = {
    clientId: app.clientId,
    clientSecret,
    portalUrl: house.url,
    ring: {
      responsibleSeconds: limits.firstRingMs / 1000,
      agentSeconds: limits.agentRingMs / 1000,
      clientSeconds: limits.clientRingMs / 1000,
    },
    asterisk: { ...asterisk.ari, ...usual, ...wish.asterisk },
  }
  const start = wish.isProcess ? spawnConnector : startInProcess
  const connector = await start({ file, dir, port, logged, aheadMs: wish.connectorAheadMs ?? 0 })
  opened.push(() => connector.close())
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const call = async (callId: string): Promise<CallView> => (await house.admin.api('GET', `/calls/${callId}`)).body as CallView

  const isAtRest = async (): Promise<boolean> => {
    const answer = await fetch(`${connector.url}/healthz`)
    return answer.status === 200 && ((await answer.json()) as { calls: number }).calls === 0
  }
  const expectQuiet = (): Promise<void> =>
    until(async () => {
      const { channels, bridges } = await asterisk.standing()
      return channels.length + bridges.length === 0
    }, 'nothing stands on the PBX')

  await until(() => logged.some((line) => line.includes(' info events are bound')), 'the events are bound')
  await until(isAtRest, 'the connector is healthy')
  return {
    house,
    asterisk,
    desk,
    world,
    connector,
    logged,
    call,
    async click(number, by = house.admin) {
      const answer = await by.api('POST', '/clicks', { number })
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      return (answer.body.call as { callId: string }).callId
    },
    async finished(callId, { isRecorded = true } = {}) {
      const isFinished = async (): Promise<boolean> => {
        const { state, statusCode, recording } = await call(callId)
        return state === 'finished' && (statusCode !== '200' || !isRecorded || recording !== null)
      }
      await until(isFinished, `${callId} is finished`).catch(async (error: Error) => {
        const lines = logged.filter((line) => line.includes(callId)).slice(-12)
        throw new Error(`${error.message}\n${JSON.stringify(await call(callId))}\n${lines.join('\n')}`, { cause: error })
      })
      return call(callId)
    },
    applicationToken: () =>
      (JSON.parse(readFileSync(join(dir, 'connector/installation.json'), 'utf8')) as { applicationToken: string }).applicationToken,
    expectQuiet,
    async begin() {
      for (const phone of [desk, world]) phone.clear()
      await asterisk.start()
      await connector.start()
      await expectQuiet()
      await until(isAtRest, 'the connector is healthy and has no call')
    },
    stop,
  }
}

interface Seat {
  /** the configuration file's content */
  readonly file: Readonly<Record<string, unknown>>
  readonly dir: string
  readonly port: number
  readonly logged: string[]
  readonly aheadMs: number
}

function argumentsOf({ file, dir, port }: Seat): string[] {
  const path = join(dir, 'connector.json')
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 })
  return ['run', '--config', path, '--data', join(dir, 'connector'), '--port', String(port)]
}

async function startInProcess(seat: Seat): Promise<TestConnector> {
  const { logged, aheadMs } = seat
  const config = readAsteriskConfig(argumentsOf(seat), {})
  if (config === 'help') throw new Error('the arguments are no order to run')
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
  const log = createLog((line) => logged.push(line), clock.now)
  let isClosed = false
  const running = await startAsteriskConnector(config, { clock, log })
  return {
    url: running.url,
    kill: () => Promise.reject(new Error('it runs in this process')),
    // Nobody can have killed it.
    start: async () => {},
    async close() {
      if (!isClosed) await running.close()
      isClosed = true
    },
  }
}

const entry = join(import.meta.dirname, '../../connector/bin/hookswitch-asterisk.mjs')

async function spawnConnector(seat: Seat): Promise<TestConnector> {
  const words = [entry, ...argumentsOf(seat)]
  const url = `http://127.0.0.1:${seat.port}`
  let child: ChildProcess
  const open = async (): Promise<void> => {
    const started = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    started.stderr.on('data', (data: Buffer) => seat.logged.push(...data.toString().split('\n')))
    await once(started.stdout, 'data')
  }
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isRunning()) return
    child.kill(signal)
    await once(child, 'exit')
  }
  await open()
  return {
    url,
    kill: () => end('SIGKILL'),
    async start() {
      if (isRunning()) return
      await open()
      await until(async () => (await fetch(`${url}/healthz`)).status === 200, 'the connector is healthy again')
    },
    close: () => end('SIGTERM'),
  }
}

/** A talk that is under way; it began between `answeredAt` and `talkedFrom`. */
export interface Talk {
  readonly callId: string
  readonly agent: SipCall
  readonly client: SipCall
  readonly answeredAt: number
  readonly talkedFrom: number
}

/** Clicks a number; desk and customer answer. */
export async function startTalk({ click, call, desk, world }: Office, number: string): Promise<Talk> {
  const callId = await click(number)
  const agent = await desk.next()
  agent.answer()
  const client = await world.next()
  const answeredAt = Date.now()
  client.answer()
  await until(async () => (await call(callId)).state === 'talking', 'they talk')
  return { callId, agent, client, answeredAt, talkedFrom: Date.now() }
}

/** The length of the talk and of its recording are the same within a second; one of the two is in whole seconds, so half a second more. */
export function expectRecordedWhole({ durationSeconds, recording }: CallView): void {
  expect(Math.abs(durationSeconds! - (recording as { durationSeconds: number }).durationSeconds)).toBeLessThanOrEqual(1.5)
}
