import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { IncomingEvent, LegEvent, LegName, Pbx, PbxCall, PbxEvent } from './pbx.ts'

/** A driver under test, and hands that do at its phones what people do. */
export interface PbxUnderTest {
  readonly pbx: Pbx
  readonly answer: (callId: string, leg: LegName) => Promise<void>
  readonly decline: (callId: string, leg: LegName) => Promise<void>
  readonly busy: (callId: string, leg: LegName) => Promise<void>
  readonly hangup: (callId: string, leg: LegName) => Promise<void>
  /** At a phone of its own: of an agent in a call that rings several. */
  readonly answerAt: (callId: string, extension: string) => Promise<void>
  /** Somebody calls in from a number, and what they can do then. */
  readonly callIn: (number: string) => Promise<{ readonly hangUp: () => Promise<void>; readonly close: () => void }>
  readonly close: () => Promise<void>
}

/** How long a real PBX may take for one step. */
const PATIENCE_MS = 3_000

/** The behaviour that `pbx.ts` promises, asked of one driver: `describePbx('Asterisk 22', start)`. */
export function describePbx(name: string, start: () => Promise<PbxUnderTest>): void {
  describe(`the PBX port of ${name}`, () => {
    let it: PbxUnderTest
    let told: PbxEvent[]
    let count = 0
    beforeEach(async () => {
      it = await start()
      told = []
      it.pbx.events((event) => told.push(event))
    })
    afterEach(async () => it.close())

    const newCall = (): PbxCall => ({
      callId: `externalCall.${String(++count).padStart(32, '0')}.1790000000`,
      extension: '101',
      number: '+15550100',
      line: '',
      extensionDigits: '',
      agentName: 'Ann Agent',
      clientName: 'Carl Client',
    })
    const legs = (call: PbxCall) => told.filter((event): event is LegEvent => event.type === 'leg' && event.callId === call.callId)
    const until = async (call: PbxCall, leg: LegName, state: LegEvent['state']) =>
      await expect
        .poll(() => legs(call).some((event) => event.leg === leg && event.state === state), { timeout: PATIENCE_MS, interval: 10 })
        .toBe(true)
    const endOf = (call: PbxCall, leg: LegName) => legs(call).find((event) => event.leg === leg && event.state === 'ended')

    async function talk(): Promise<PbxCall> {
      const call = newCall()
      await it.pbx.placeAgentLeg(call)
      await until(call, 'agent', 'ringing')
      await it.answer(call.callId, 'agent')
      await until(call, 'agent', 'answered')
      await it.pbx.placeClientLeg(call)
      await until(call, 'client', 'ringing')
      await it.answer(call.callId, 'client')
      await until(call, 'client', 'answered')
      return call
    }

    test('a call is told step by step, in order, with times', async () => {
      const call = await talk()
      await it.hangup(call.callId, 'client')
      await until(call, 'client', 'ended')
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      expect(legs(call).map(({ leg, state }) => `${leg} ${state}`)).toEqual([
        'agent ringing',
        'agent answered',
        'client ringing',
        'client answered',
        'client ended',
        'agent ended',
      ])
      expect(legs(call).every(({ at }) => Math.abs(at - Date.now()) < 60_000)).toBe(true)
    })

    test('placing the agent twice rings once, also after the leg has ended; a later round rings again', async () => {
      const call = newCall()
      await it.pbx.placeAgentLeg(call)
      await until(call, 'agent', 'ringing')
      await it.pbx.placeAgentLeg(call).catch(() => {})
      await it.decline(call.callId, 'agent')
      await until(call, 'agent', 'ended')
      await it.pbx.placeAgentLeg(call).catch(() => {})
      await new Promise((wake) => setTimeout(wake, 100))
      expect(legs(call).filter(({ state }) => state === 'ringing')).toHaveLength(1)
      expect(await it.pbx.list()).toEqual([])
      await it.pbx.placeAgentLeg({ ...call, round: 2 })
      await expect.poll(() => legs(call).filter(({ state }) => state === 'ringing').length, { timeout: PATIENCE_MS }).toBe(2)
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await expect.poll(() => legs(call).filter(({ state }) => state === 'ended').length, { timeout: PATIENCE_MS }).toBe(2)
    })

    test('busy and declined are told apart by their causes', async () => {
      const declined = newCall()
      await it.pbx.placeAgentLeg(declined)
      await until(declined, 'agent', 'ringing')
      await it.decline(declined.callId, 'agent')
      await until(declined, 'agent', 'ended')
      const busy = newCall()
      await it.pbx.placeAgentLeg(busy)
      await until(busy, 'agent', 'ringing')
      await it.busy(busy.callId, 'agent')
      await until(busy, 'agent', 'ended')
      expect([endOf(declined, 'agent')?.cause?.q850, endOf(busy, 'agent')?.cause?.q850]).toEqual([21, 17])
    })

    test('the end of one leg leaves the other standing', async () => {
      const call = await talk()
      await it.hangup(call.callId, 'agent')
      await until(call, 'agent', 'ended')
      expect(await it.pbx.list()).toEqual([{ callId: call.callId, leg: 'client', state: 'answered' }])
      await it.pbx.hangup({ callId: call.callId, leg: 'client' })
      await until(call, 'client', 'ended')
      expect(await it.pbx.list()).toEqual([])
    })

    test('hanging up a ringing leg ends it, and hanging up nothing is no error', async () => {
      const call = newCall()
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await it.pbx.placeAgentLeg(call)
      await until(call, 'agent', 'ringing')
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      expect(legs(call).filter(({ state }) => state === 'ended')).toHaveLength(1)
    })

    test('the client is not rung for an agent who has not answered', async () => {
      const call = newCall()
      await it.pbx.placeAgentLeg(call)
      await until(call, 'agent', 'ringing')
      await expect(it.pbx.placeClientLeg(call)).rejects.toThrow()
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      expect(legs(call).some(({ leg }) => leg === 'client')).toBe(false)
    })

    test('a recorded talk leaves a file with sound, and dropping it removes it', async () => {
      const call = await talk()
      await it.pbx.record(call)
      await new Promise((wake) => setTimeout(wake, 300))
      await it.hangup(call.callId, 'client')
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      const recording = await it.pbx.fetchRecording(call.callId)
      expect(recording?.fileName).toMatch(/\.(wav|mp3)$/)
      expect(recording?.content.size).toBeGreaterThan(1000)
      await it.pbx.dropRecording(call.callId)
      expect(await it.pbx.fetchRecording(call.callId)).toBeUndefined()
    })

    async function ringIn(...extensions: string[]) {
      const caller = await it.callIn('+15550199')
      await expect.poll(() => told.some(({ type }) => type === 'incoming'), { timeout: PATIENCE_MS, interval: 10 }).toBe(true)
      const event = told.find((one): one is IncomingEvent => one.type === 'incoming')!
      const call = { ...newCall(), number: event.number }
      expect(await it.pbx.takeIncoming(event.ref, call)).toBe(true)
      for (const extension of extensions) await it.pbx.placeAgentLeg({ ...call, extension })
      for (const extension of extensions) await untilAt(call, extension, 'ringing')
      return { caller, call, ref: event.ref }
    }
    const untilAt = async (call: PbxCall, extension: string, state: LegEvent['state']) =>
      await expect
        .poll(() => legs(call).some((event) => event.extension === extension && event.state === state), {
          timeout: PATIENCE_MS,
          interval: 10,
        })
        .toBe(true)

    test('a caller waits, is told with the number once, and talks to the agent who is connected', async () => {
      const { caller, call, ref } = await ringIn('101')
      expect(told.filter(({ type }) => type === 'incoming')).toMatchObject([{ ref, number: '+15550199' }])
      expect(await it.pbx.list()).toContainEqual({ callId: call.callId, leg: 'client', state: 'answered' })
      await it.answerAt(call.callId, '101')
      await untilAt(call, '101', 'answered')
      await it.pbx.connect(call)
      await it.pbx.connect(call)
      expect(await it.pbx.record(call)).toBe(true)
      await new Promise((wake) => setTimeout(wake, 300))
      await caller.hangUp()
      await until(call, 'client', 'ended')
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      expect((await it.pbx.fetchRecording(call.callId))?.content.size).toBeGreaterThan(1000)
      await it.pbx.dropRecording(call.callId)
      caller.close()
    })

    test('of two phones that ring for a caller each is told and hung up by itself', async () => {
      const { caller, call } = await ringIn('101', '102')
      await it.answerAt(call.callId, '102')
      await untilAt(call, '102', 'answered')
      await it.pbx.connect({ ...call, extension: '102' })
      await it.pbx.hangup({ callId: call.callId, leg: 'agent', extension: '101' })
      await untilAt(call, '101', 'ended')
      expect(await it.pbx.list()).toContainEqual({ callId: call.callId, leg: 'agent', extension: '102', state: 'answered' })
      expect(legs(call).some(({ extension, state }) => extension === '102' && state === 'ended')).toBe(false)
      await it.pbx.hangup({ callId: call.callId, leg: 'client' })
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await untilAt(call, '102', 'ended')
      await until(call, 'client', 'ended')
      expect(await it.pbx.list()).toEqual([])
      caller.close()
    })

    test('a caller who gives up while it rings is told as ended, and the phone rings on until it is hung up', async () => {
      const { caller, call } = await ringIn('101')
      await caller.hangUp()
      await until(call, 'client', 'ended')
      expect(await it.pbx.list()).toEqual([{ callId: call.callId, leg: 'agent', extension: '101', state: 'ringing' }])
      await it.pbx.hangup({ callId: call.callId, leg: 'agent' })
      await until(call, 'agent', 'ended')
      caller.close()
    })

    test('a caller who is left to the PBX cannot be taken any more', async () => {
      const caller = await it.callIn('+15550199')
      await expect.poll(() => told.some(({ type }) => type === 'incoming'), { timeout: PATIENCE_MS, interval: 10 }).toBe(true)
      const { ref } = told.find((one): one is IncomingEvent => one.type === 'incoming')!
      await it.pbx.leaveIncoming(ref)
      await it.pbx.leaveIncoming(ref)
      expect(await it.pbx.takeIncoming(ref, newCall())).toBe(false)
      expect(await it.pbx.list()).toEqual([])
      caller.close()
    })

    test('a call that was never recorded has no recording', async () => {
      expect(await it.pbx.fetchRecording(newCall().callId)).toBeUndefined()
    })
  })
}
