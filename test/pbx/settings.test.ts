import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsterisk } from '../../connector/src/asterisk/driver.ts'
import { readSettings } from '../../connector/src/asterisk/settings.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { startOffice, until, type Office } from './office.ts'
import { readWav, sampleRate, toneShare } from './tone.ts'

let office: Office
beforeAll(async () => {
  office = await startOffice({
    asterisk: {
      recording: 'stereo',
      autoAnswer: true,
      agentHeaders: { 'X-Branch': 'north' },
      users: { 101: { dial: 'PJSIP/101' } },
      lines: { '+15550188': { dial: 'PJSIP/{number}@trunk', callerId: '+15550177' } },
    },
  })
})
afterAll(async () => {
  await office?.stop()
})

test('phones that answer by themselves are asked to, and the customer sees the caller id of the line', async () => {
  const callId = await office.click('+1 555 010 0301')
  const agent = await office.desk.next()
  expect(agent.headers).toMatchObject({ 'alert-info': expect.stringContaining('info=alert-autoanswer'), 'x-branch': 'north' })
  expect(agent.headers['call-info']).toContain('answer-after=0')
  agent.answer()
  const client = await office.world.next()
  expect(client.from).toBe('+15550177')
  client.reject(486, 'Busy Here')
  await office.finished(callId)
})

test('a stereo recording has the desk on its left and the customer on its right', async () => {
  const callId = await office.click('+1 555 010 0302')
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  client.answer()
  await until(() => Math.min(agent.heard().length, client.heard().length) > 1.5 * sampleRate, 'both hear 1.5 s')
  agent.bye()
  const { recording } = await office.finished(callId)
  const file = await fetch(`${office.house.url}${recording.url}`, { headers: { cookie: office.house.admin.cookie } })
  const [left, right] = readWav(Buffer.from(await file.arrayBuffer()))
  expect([toneShare(left!, 440), toneShare(left!, 1000)]).toEqual([expect.closeTo(1, 1), expect.closeTo(0, 1)])
  expect([toneShare(right!, 1000), toneShare(right!, 440)]).toEqual([expect.closeTo(1, 1), expect.closeTo(0, 1)])
  await office.expectQuiet()
})

/** A driver of its own on the office's Asterisk, under another application's name: two portals on one PBX. */
async function withDriver<T>(
  application: string,
  work: (pbx: ReturnType<typeof connectAsterisk>, told: string[]) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'hookswitch-pbx-'))
  const told: string[] = []
  const settings = readSettings({
    ...office.asterisk.ari,
    application,
    lines: { a: { dial: 'PJSIP/{number}@trunk' }, tones: { dial: 'Local/{digits}@tones/n' } },
  })
  const log = (level: string, text: string) => void told.push(`${level} ${text}`)
  const pbx = connectAsterisk({ settings, ring: { agentMs: 9_000, clientMs: 9_000 }, recordingsDir: dir, clock: systemClock, log })
  pbx.events((event) => told.push(event.type === 'leg' ? `${event.leg} ${event.state} ${event.cause?.q850 ?? ''}` : event.type))
  await until(() => told.includes('up'), 'the driver is connected')
  try {
    return await work(pbx, told)
  } finally {
    await pbx.close()
    await rm(dir, { recursive: true, force: true })
  }
}

const call = {
  callId: 'externalCall.two',
  extension: '101',
  number: '+15550100303',
  line: '',
  extensionDigits: '',
  agentName: 'Ann',
  clientName: 'Carl "Evil" <sip:0@x>\r\nX: y',
}

test('the portal can ask a connector at work whether all is well, and ring a phone', async () => {
  await office.begin()
  const ask = async (event: string, extension: string) => {
    const fields = { event, ts: '1', 'auth[application_token]': office.applicationToken(), 'data[EXTENSION]': extension }
    const answer = await fetch(`${office.connector.url}/phone`, { method: 'POST', body: new URLSearchParams(fields) })
    return [answer.status, await answer.json()]
  }
  const isGood = { ok: true, code: '', text: '' }
  expect(await ask('HOOKSWITCHCHECK', '101')).toMatchObject([
    200,
    {
      checks: [
        { name: 'ari', ...isGood },
        { name: 'rights', ...isGood },
        { name: 'recordings', ...isGood },
        { name: 'line', ...isGood },
        { name: 'phone', subject: '101', ...isGood },
      ],
    },
  ])
  const missing = { name: 'phone', subject: '199', ok: false, code: 'unknown_extension' }
  expect(await ask('HOOKSWITCHCHECK', '199')).toMatchObject([200, { checks: expect.arrayContaining([expect.objectContaining(missing)]) }])
  expect(await ask('HOOKSWITCHRING', '101')).toEqual([200, {}])
  const rung = await office.desk.next()
  rung.answer()
  await rung.until('bye')
  expect(await ask('HOOKSWITCHRING', '199')).toMatchObject([200, { refused: { code: 'unavailable' } }])
  // The connector at work was not disturbed.
  expect(await (await fetch(`${office.connector.url}/healthz`)).json()).toMatchObject({ ok: true, pbx: 'up', calls: 0 })
  await office.expectQuiet()
})

test('two portals share a PBX: the legs of one do not concern the other', async () => {
  await withDriver('second', async (pbx, told) => {
    await pbx.placeAgentLeg(call)
    const agent = await office.desk.next()
    expect([agent.fromName, agent.headers['x']]).toEqual(['Carl  Evil   sip:0@x   X: y', undefined])
    expect(await pbx.list()).toHaveLength(1)
    await until(() => office.logged.every((line) => !line.includes('legs of no open call')), 'the first says nothing')
    await pbx.hangup({ callId: call.callId, leg: 'agent' })
    await agent.until('canceled')
    await until(() => told.some((words) => words.startsWith('agent ended')), 'its end is told')
  })
  await office.expectQuiet()
})

test('a second connector under the same name takes over: the first stops dialling and says so', async () => {
  await withDriver('twice', async (first, told) => {
    await withDriver('twice', async (second) => {
      await until(() => first.state() === 'replaced', 'the first is told')
      expect(told.some((words) => words.startsWith('error Another connector has taken this PBX over'))).toBe(true)
      expect(await first.preflight(call)).toMatchObject({ ok: false, code: 'unavailable' })
      await expect(first.placeAgentLeg(call)).rejects.toThrow('Another connector')
      expect([second.state(), await second.preflight(call)]).toEqual(['up', { ok: true }])
    })
  })
})

test('a line that is not in the settings is refused: which trunk a call takes is not for the click to make up', async () => {
  await withDriver('lines', async (pbx) => {
    expect(await pbx.preflight({ ...call, line: 'b' })).toEqual({ ok: false, code: 'unavailable', text: 'The PBX has no line “b”.' })
    expect(await pbx.preflight({ ...call, line: 'toString' })).toMatchObject({ ok: false })
    expect(await pbx.preflight({ ...call, line: 'a' })).toEqual({ ok: true })
  })
})

test('a dialplan that plays the busy tone and never hangs up is hung up, as busy', async () => {
  await withDriver('tones', async (pbx, told) => {
    await pbx.placeAgentLeg({ ...call, line: 'tones' })
    const agent = await office.desk.next()
    agent.answer()
    await until(() => told.some((words) => words.startsWith('agent answered')), 'the desk has answered')
    await pbx.placeClientLeg({ ...call, line: 'tones' })
    const client = await office.world.next()
    expect(client.to).toBe('15550100303')
    client.reject(486, 'Busy Here')
    await until(() => told.includes('client ended 17'), 'the customer is busy')
    agent.bye()
    await office.expectQuiet()
  })
})
