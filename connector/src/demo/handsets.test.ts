import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { describePbx } from '../pbx.suite.ts'
import { createHandsets, type Press } from './handsets.ts'
import { toneRecording } from './recording.ts'

describePbx('the demo phone', async () => {
  const recordingsDir = mkdtempSync(join(tmpdir(), 'handsets-'))
  const pbx = createHandsets({ recordingsDir, clock: systemClock, randomRef: () => 'r' })
  const hand = (press: Press) => async (callId: string, leg: 'agent' | 'client') => {
    expect(pbx.press(callId, leg, press)).toBe(true)
  }
  return {
    pbx,
    answer: hand('answer'),
    decline: hand('decline'),
    busy: hand('busy'),
    hangup: hand('hangup'),
    answerAt: async (callId, extension) => {
      if (!pbx.press(callId, 'agent', 'answer', extension)) throw new Error('it does not ring there')
    },
    async callIn(number) {
      let mine = ''
      const stop = pbx.events((event) => {
        if (event.type === 'leg' && event.leg === 'client') mine = event.callId
      })
      pbx.callIn(number)
      return {
        hangUp: async () => {
          if (!pbx.press(mine, 'client', 'hangup')) throw new Error('the caller is gone')
        },
        close: stop,
      }
    },
    async close() {
      await pbx.close()
      rmSync(recordingsDir, { recursive: true })
    },
  }
})

/** Share of a frequency in a recording (Goertzel), 0…1. */
function shareOf(hz: number, wav: Buffer): number {
  const count = (wav.length - 44) / 2
  const k = 2 * Math.cos((2 * Math.PI * hz) / 8000)
  let [s1, s2, energy] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const x = wav.readInt16LE(44 + i * 2)
    energy += x * x
    ;[s2, s1] = [s1, x + k * s1 - s2]
  }
  return (2 * (s1 * s1 + s2 * s2 - k * s1 * s2)) / (count * energy)
}

test('a recording is a WAV as long as the talk, at most 30 s, in which both sides are heard', () => {
  const wav = toneRecording(4000)
  expect(wav.subarray(0, 4).toString() + wav.subarray(8, 12).toString()).toBe('RIFFWAVE')
  expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([1, 8000, 16])
  expect(wav.length).toBe(44 + 4 * 16_000)
  expect(wav.readUInt32LE(40)).toBe(4 * 16_000)
  expect(shareOf(440, wav)).toBeGreaterThan(0.25)
  expect(shareOf(1000, wav)).toBeGreaterThan(0.25)
  expect(shareOf(700, wav)).toBeLessThan(0.01)
  expect(toneRecording(120_000).length).toBe(44 + 30 * 16_000)
})
