import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { connectAsterisk } from '../../connector/src/asterisk/driver.ts'
import { readSettings } from '../../connector/src/asterisk/settings.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { describePbx } from '../../connector/src/pbx.suite.ts'
import { startAsterisk, type TestAsterisk } from './asterisk.ts'
import { callIn } from './sip-caller.ts'
import { startSipPhone, type SipCall, type SipPhone } from './sip-phone.ts'

let asterisk: TestAsterisk
let agent: SipPhone
let world: SipPhone
let second: SipPhone
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hookswitch-pbx-'))
  agent = await startSipPhone({ hz: 440 })
  world = await startSipPhone({ hz: 1000 })
  second = await startSipPhone({ hz: 600 })
  for (const phone of [agent, world, second]) phone.onInvite = (call) => call.ring()
  asterisk = await startAsterisk({ phones: { 101: { contact: agent.port }, 102: { contact: second.port } }, trunkPort: world.port })
})

afterAll(async () => {
  await asterisk?.stop()
  await agent?.close()
  await world?.close()
  await second?.close()
  await rm(dir, { recursive: true, force: true })
})

const ways = {
  'Asterisk, phones and trunk by PJSIP': { agentDial: 'PJSIP/{extension}', line: 'PJSIP/{number}@trunk' },
  'Asterisk, the trunk by the dialplan': { agentDial: 'PJSIP/{extension}', line: 'Local/{digits}@outside/n' },
  'Asterisk, all by the dialplan': { agentDial: 'Local/{extension}@internal/n', line: 'Local/{digits}@outside/n' },
}

for (const [name, { agentDial, line }] of Object.entries(ways)) {
  describePbx(name, async () => {
    const settings = readSettings({ ...asterisk.ari, agentDial, lines: { main: { dial: line, callerId: '+15550188' } } })
    const ring = { agentMs: 20_000, clientMs: 20_000 }
    const pbx = connectAsterisk({ settings, ring, recordingsDir: dir, clock: systemClock, log: () => {} })
    await new Promise<void>((resolve) => pbx.events((event) => event.type === 'up' && resolve()))
    const newest = (leg: 'agent' | 'client'): SipCall => (leg === 'agent' ? agent : world).calls.at(-1)!
    return {
      pbx,
      answer: async (_, leg) => newest(leg).answer(),
      decline: async (_, leg) => newest(leg).reject(603, 'Decline'),
      busy: async (_, leg) => newest(leg).reject(486, 'Busy Here'),
      hangup: async (_, leg) => newest(leg).bye(),
      answerAt: async (_, extension) => (extension === '101' ? agent : second).calls.at(-1)!.answer(),
      async callIn(number) {
        const caller = await callIn(asterisk.sipPort, { from: number, to: '15550188', hz: 1000 })
        const isTalking = () => caller.happened.some((line) => line.startsWith('200'))
        return { hangUp: async () => (isTalking() ? caller.bye() : caller.cancel()), close: () => caller.close() }
      },
      close: () => pbx.close(),
    }
  })
}
