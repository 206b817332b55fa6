/** A company with everything: a portal, an Asterisk, the connector between them, a phone on the desk and a phone that plays the outside world. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { startAsteriskConnector, type AsteriskConnector } from '../../connector/src/asterisk/connector.ts'
import { readSettings } from '../../connector/src/asterisk/settings.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { startPortal, type Person, type TestPortal } from '../support/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { startAsterisk, type AsteriskWish, type TestAsterisk } from './asterisk.ts'
import { startSipPhone, type SipPhone } from './sip-phone.ts'

/** What one office differs in from another. */
export interface OfficeWish {
  /** put over the connector's settings of Asterisk */
  readonly asterisk?: Readonly<Record<string, unknown>>
  readonly dialplan?: string
  readonly phones?: AsteriskWish['phones']
  /** the connector's own ring limits */
  readonly limits?: { readonly agentRingMs?: number; readonly clientRingMs?: number; readonly talkMs?: number }
}

/** A running office. The agent is the portal's admin at extension 101; customers are behind the trunk. */
export interface Office {
  readonly house: TestPortal
  readonly asterisk: TestAsterisk
  /** hums at 440 Hz */
  readonly desk: SipPhone
  /** hums at 1000 Hz */
  readonly world: SipPhone
  readonly connector: () => AsteriskConnector
  /** what the connector logged */
  readonly logged: string[]
  /** clicks a number in the portal and answers the CALL_ID, or what the refusal was */
  click(number: string, by?: Person): Promise<string>
  /** the call as the portal's API shows it */
  call(callId: string): Promise<CallView>
  /** waits until the portal has the call as finished, and with its recording if it talked */
  finished(callId: string): Promise<CallView>
  /** nothing is left on the PBX */
  expectQuiet(): Promise<void>
  stop(): Promise<void>
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

/** Asks every 20 ms until it is so; fails after 15 s with the words of `what`. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const lastAt = Date.now() + 15_000
  while (!(await isSo())) {
    if (Date.now() > lastAt) throw new Error(`it did not come about within 15 s that ${what}`)
    await wait(20)
  }
}

const connectorLimits = { agentRingMs: 25_000, clientRingMs: 60_000, talkMs: 3_600_000 }

/** Starts an office; ready when a click would ring the desk. */
export async function startOffice(wish: OfficeWish = {}): Promise<Office> {
  const dir = await mkdtemp(join(tmpdir(), 'hookswitch-office-'))
  const [desk, world, house] = await Promise.all([startSipPhone({ hz: 440 }), startSipPhone({ hz: 1000 }), startPortal()])
  const asterisk = await startAsterisk({
    phones: { 101: { contact: desk.port }, 102: {}, ...wish.phones },
    trunkPort: world.port,
    ...(wish.dialplan === undefined ? {} : { dialplan: wish.dialplan }),
  })
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
  const lines = { '+15550188': { dial: 'PJSIP/{number}@trunk', name: 'Main' } }
  const connector = await startAsteriskConnector(
    {
      config: {
        app: { clientId: app.clientId, clientSecret },
        portalUrl: house.url,
        lines: [{ number: '+15550188', name: 'Main' }],
        dataDir: join(dir, 'connector'),
        host: '127.0.0.1',
        port,
      },
      settings: readSettings({ ...asterisk.ari, lines, ...wish.asterisk }),
      limits: { ...connectorLimits, ...wish.limits },
    },
    { clock: systemClock, log: (level, text, fields) => logged.push(`${level} ${text} ${fields ? JSON.stringify(fields) : ''}`) },
  )
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
  const call = async (callId: string): Promise<CallView> => (await house.admin.api('GET', `/calls/${callId}`)).body as CallView

  await until(() => logged.some((line) => line.startsWith('info events are bound')), 'the events are bound')
  await until(async () => (await fetch(`${connector.url}/healthz`)).status === 200, 'the connector is healthy')
  return {
    house,
    asterisk,
    desk,
    world,
    connector: () => connector,
    logged,
    call,
    async click(number, by = house.admin) {
      const answer = await by.api('POST', '/clicks', { number })
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      return (answer.body.call as { callId: string }).callId
    },
    async finished(callId) {
      await until(async () => {
        const { state, statusCode, recording } = await call(callId)
        return state === 'finished' && (statusCode !== '200' || recording !== null)
      }, `${callId} is finished`)
      return call(callId)
    },
    async expectQuiet() {
      await until(async () => {
        const { channels, bridges } = await asterisk.standing()
        return channels.length + bridges.length === 0
      }, 'nothing stands on the PBX')
    },
    async stop() {
      await connector.close()
      await asterisk.stop()
      await Promise.all([desk.close(), world.close(), house.stop()])
      await rm(dir, { recursive: true, force: true })
    },
  }
}
