import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readAsteriskConfig } from '../../connector/src/asterisk/config.ts'
import { connectAsterisk } from '../../connector/src/asterisk/driver.ts'
import { systemClock } from '../../connector/src/clock.ts'
import type { IncomingEvent } from '../../connector/src/pbx.ts'
import { startAsterisk } from './asterisk.ts'
import { until } from './office.ts'
import { callIn } from './sip-caller.ts'
import { startSipPhone } from './sip-phone.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/how-to/asterisk.md'), 'utf8')

/** The block of the page that stands after the name of its file. */
function block(file: string): string {
  const found = new RegExp(`\`${file.replaceAll('.', '\\.')}\`[^\`]*\`\`\`\\w+\\n([^\`]*)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`the page has no block for ${file}`)
  return found
}

test('the snippets of the how-to make an Asterisk that a phone registers at, that the connector connects to, and that rings both', async () => {
  const [desk, world] = [await startSipPhone({ hz: 440 }), await startSipPhone({ hz: 1000 })]
  const dir = await mkdtemp(join(tmpdir(), 'hookswitch-how-to-'))
  const asterisk = await startAsterisk({
    phones: {},
    trunkPort: world.port,
    files: ({ httpPort, sipPort }) => ({
      http: block('/etc/asterisk/http.conf').replace('8088', String(httpPort)),
      extensions: block('/etc/asterisk/extensions.conf'),
      ari: block('/etc/asterisk/ari.conf').replace('CHANGE-ME', 'only-for-tests'),
      pjsip: block('/etc/asterisk/pjsip.conf')
        .replace('0.0.0.0:5060', `127.0.0.1:${sipPort}`)
        .replace('sip:sip.example.com', `sip:127.0.0.1:${world.port}`)
        .replace('match=sip.example.com', 'match=127.0.0.1\n[global]\ntype=global\nendpoint_identifier_order=username,ip,anonymous'),
    }),
  })
  const file = join(dir, 'asterisk.json')
  const text = block('asterisk.json').replace('http://127.0.0.1:8088', asterisk.ari.url).replace('CHANGE-ME', 'only-for-tests')
  await writeFile(file, text, { mode: 0o600 })
  const config = readAsteriskConfig(['run', '--config', file], {})
  if (config === 'help') throw new Error('no order to run')
  const ring = { agentMs: 9_000, clientMs: 9_000 }
  const pbx = connectAsterisk({ settings: config.settings, ring, recordingsDir: dir, clock: systemClock, log: () => {} })
  onTestFinished(async () => {
    await pbx.close()
    await asterisk.stop()
    await Promise.all([desk.close(), world.close(), rm(dir, { recursive: true, force: true })])
  })
  const told: string[] = []
  pbx.events((event) => told.push(event.type === 'leg' ? `${event.leg} ${event.state}` : event.type))
  await until(() => told.includes('up'), 'the connector is connected')
  const call = {
    callId: 'externalCall.how-to',
    extension: '101',
    number: '+15550100155',
    line: '',
    extensionDigits: '',
    agentName: '',
    clientName: '',
  }
  expect(await pbx.preflight(call)).toMatchObject({ ok: false, code: 'offline' })
  await desk.register(asterisk.sipPort, { user: '101', password: 'CHANGE-ME-TOO' })
  await until(async () => (await pbx.preflight(call)).ok, 'the phone is registered')
  await pbx.placeAgentLeg(call)
  ;(await desk.next()).answer()
  await until(() => told.includes('agent answered'), 'the desk has answered')
  await pbx.placeClientLeg(call)
  const client = await world.next()
  expect(client.to).toBe('+15550100155')
  expect(client.headers['from']).toContain('ACCOUNT')
  client.reject(486, 'Busy Here')
  await until(() => told.includes('client ended'), 'the customer is busy')
  await pbx.hangup({ callId: call.callId, leg: 'agent' })
  await until(() => told.includes('agent ended'), 'the desk is hung up')

  const arrived = new Promise<IncomingEvent>((resolve) => pbx.events((event) => event.type === 'incoming' && resolve(event)))
  const caller = await callIn(asterisk.sipPort, { from: '+15550100156', to: '15550100', hz: 1000 })
  const event = await arrived
  expect(event).toMatchObject({ number: '+15550100156', line: '+15550100' })
  await pbx.leaveIncoming(event.ref)
  // The line after Stasis().
  ;(await desk.next()).reject(486, 'Busy Here')
  await caller.until('486')
  caller.close()
})
