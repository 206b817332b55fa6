import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canSetClock } from './asterisk.ts'
import { startOffice, startTalk, until } from './office.ts'
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

if (canSetClock)
  test.each(['+3600', '-3600'])('a PBX whose clock is set by %s s during a talk makes it no longer and no shorter', async (setBy) => {
    const dir = mkdtempSync(join(tmpdir(), 'hookswitch-clock-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const clockFile = join(dir, 'clock')
    writeFileSync(clockFile, '+0\n')
    const office = await startOffice({ clockFile })
    onTestFinished(() => office.stop())
    const { callId, agent, client, answeredAt, talkedFrom } = await startTalk(office, '+1 212 555 0132')
    writeFileSync(clockFile, `${setBy}\n`)
    await until(() => Math.min(agent.heard().length, client.heard().length) > 2 * sampleRate, 'both hear 2 s')
    client.bye()
    const endedAt = Date.now()
    const call = await office.finished(callId)
    expect(call.statusCode).toBe('200')
    expect(call.durationSeconds).toBeGreaterThanOrEqual((endedAt - talkedFrom) / 1000 - 1)
    expect(call.durationSeconds).toBeLessThanOrEqual((endedAt - answeredAt) / 1000 + 1)
    // the next call is as any other
    const second = await office.click('+1 212 555 0133')
    ;(await office.desk.next()).reject(486, 'Busy Here')
    expect(await office.finished(second)).toMatchObject({ statusCode: '486', durationSeconds: 0 })
    await office.expectQuiet()
  })
