import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { unlessGone, type AriClient } from './ari-client.ts'
import { askPhone } from './routes.ts'
import type { AsteriskSettings } from './settings.ts'

/** What a test needs. */
export interface RingTestParts {
  readonly settings: AsteriskSettings
  readonly ari: AriClient
  readonly clock: Clock
  /** By which dial string the phone of an extension is rung. */
  readonly phoneOf: (extension: string) => Promise<string>
}

/** Rings a phone for a test, while the connector runs. */
export interface RingTest {
  /** Whoever answers hears a tone for 3 s. Rejects with words for the person who asked. */
  ring(extension: string): Promise<void>
  /** Is this channel a test's own? */
  isTest(channelId: string): boolean
  /** A phone that was rung for a test has answered. */
  answered(channelId: string): void
}

/** First argument of the Stasis application in a test. */
export const RING_TEST = 'ring-test'

const TONE_MS = 3_000
const RING_SECONDS = 20

/** Makes the test of one Asterisk. */
export function createRingTest({ settings, ari, clock, phoneOf }: RingTestParts): RingTest {
  const prefix = `${settings.application}-ringtest-`
  return {
    async ring(extension) {
      const endpoint = await phoneOf(extension)
      const verdict = await askPhone(ari, endpoint, extension)
      if (!verdict.ok) throw new Error(verdict.text)
      const order = { endpoint, channelId: `${prefix}${randomUUID()}`, timeout: RING_SECONDS }
      await ari.call('channels.originate', { ...order, app: settings.application, appArgs: RING_TEST, callerId: '"Hookswitch test" <>' })
    },
    isTest: (channelId) => channelId.startsWith(prefix),
    answered(channelId) {
      const end = () => void unlessGone(ari.call('channels.hangup', { channelId, reason: 'normal' })).catch(() => undefined)
      ari.call('channels.play', { channelId, media: ['tone:600/250,0/250'] }).then(() => clock.after(TONE_MS, end), end)
    },
  }
}
