import { expect, onTestFinished, test } from 'vitest'
import { startOffice, until } from './office.ts'
import { sampleRate } from './tone.ts'

const HOUR_MS = 3_600_000

test.each([
  ['ahead of', HOUR_MS],
  ['behind', -HOUR_MS],
])(
  'a connector whose clock is an hour %s those of PBX and portal reports what was: length, order and recording of the talk',
  async (_, connectorAheadMs) => {
    const office = await startOffice({ connectorAheadMs })
    onTestFinished(() => office.stop())
    const from = Date.now()
    const callId = await office.click('+1 212 555 0131')
    const agent = await office.desk.next()
    agent.ring()
    await until(async () => (await office.call(callId)).state === 'ringing_agent', 'it rings')
    agent.answer()
    const client = await office.world.next()
    const answeredAt = Date.now()
    client.answer()
    await until(async () => (await office.call(callId)).state === 'talking', 'they talk')
    const talkedFrom = Date.now()
    // The timer of the call card counts from here.
    expect((await office.call(callId))['answeredAt']).toBeGreaterThanOrEqual(from)
    expect((await office.call(callId))['answeredAt']).toBeLessThanOrEqual(talkedFrom)
    await until(() => Math.min(agent.heard().length, client.heard().length) > 2 * sampleRate, 'both hear 2 s')
    client.bye()
    const endedAt = Date.now()
    const call = await office.finished(callId)
    expect(call.statusCode).toBe('200')
    for (const seconds of [call.durationSeconds!, call.recording.durationSeconds]) {
      expect(seconds).toBeGreaterThanOrEqual((endedAt - talkedFrom) / 1000 - 1)
      expect(seconds).toBeLessThanOrEqual((endedAt - answeredAt) / 1000 + 1)
    }
    const trace = await office.house.admin.api('GET', `/traces/${call['traceId']}`)
    const steps = (trace.body.steps as { at: number; kind: string }[]).map(({ at, kind }) => [kind, at] as const)
    for (const [kind, at] of steps) {
      expect(at, kind).toBeGreaterThanOrEqual(from)
      expect(at, kind).toBeLessThanOrEqual(Date.now())
    }
    const order = steps.filter(([kind]) => ['ringing_agent', 'talking', 'finished'].includes(kind)).toSorted(([, a], [, b]) => a - b)
    expect(order.map(([kind]) => kind)).toEqual(['ringing_agent', 'talking', 'finished'])
  },
)
