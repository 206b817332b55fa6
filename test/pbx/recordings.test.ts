/// <reference lib="dom" />
import { execFile } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest'
import { connectAsterisk } from '../../connector/src/asterisk/driver.ts'
import { readSettings } from '../../connector/src/asterisk/settings.ts'
import { systemClock } from '../../connector/src/clock.ts'
import { launchChromium } from '../support/chromium.ts'
import { startOffice, until, type CallView, type Office, type OfficeWish } from './office.ts'
import { readWav, sampleRate, toneShare } from './tone.ts'

let numbers = 0
let number = ''
beforeEach(() => {
  numbers += 1
  number = `+1555010${String(6000 + numbers)}`
})

/** A talk of so many seconds, and a bit. */
async function talk(office: Office, seconds = 1.5): Promise<string> {
  const callId = await office.click(number)
  const agent = await office.desk.next()
  agent.answer()
  const client = await office.world.next()
  client.answer()
  await until(() => Math.min(agent.heard().length, client.heard().length) > seconds * sampleRate, `both hear ${seconds} s`)
  client.bye()
  await agent.until('bye')
  return callId
}

const fileOf = async (office: Office, { recording }: CallView): Promise<Buffer> => {
  const answer = await fetch(`${office.house.url}${recording.url}`, { headers: { cookie: office.house.admin.cookie } })
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

const onPbx = (office: Office): Promise<string[]> => readdir(join(office.asterisk.dir, 'spool/recording')).catch(() => [])

async function open(asterisk: OfficeWish['asterisk']): Promise<Office> {
  const office = await startOffice(asterisk === undefined ? {} : { asterisk })
  onTestFinished(() => office.stop())
  return office
}

describe('as MP3', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium(inject('chromium'))
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** The channels of an MP3 as another author’s decoder has them, at 8 kHz. */
  async function decode(file: Buffer): Promise<number[][]> {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    return page.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes.buffer)
      return Array.from({ length: sound.numberOfChannels }, (_, i) => [...sound.getChannelData(i)].map((sample) => sample * 0x8000))
    }, file.toString('base64'))
  }

  test.each([
    ['mono', 1],
    ['stereo', 2],
  ] as const)(
    'a %s recording comes with the sound of both sides, as long as the talk, in an eighth of the bytes',
    async (recording, channels) => {
      const office = await open({ recording, recordingFormat: 'mp3' })
      const call = await office.finished(await talk(office))
      const file = await fileOf(office, call)
      const sides = await decode(file)
      expect(sides).toHaveLength(channels)
      expect(Math.abs(sides[0]!.length / sampleRate - call.durationSeconds!)).toBeLessThan(1)
      expect(file.length).toBeLessThan((sides[0]!.length * 2 * channels) / 6)
      if (channels === 1) for (const hz of [440, 1000]) expect(toneShare(sides[0]!, hz)).toBeGreaterThan(0.3)
      else expect([toneShare(sides[0]!, 440), toneShare(sides[1]!, 1000)]).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)])
    },
  )
})

describe('on the PBX', () => {
  test('a recording is deleted as soon as the portal has it', async () => {
    const office = await open({})
    const callId = await talk(office)
    await office.finished(callId)
    await until(async () => (await onPbx(office)).length === 0, 'it is deleted')
  })

  test('one that shall stay for two days stays, until it is swept; what is not ours is not touched', async () => {
    const office = await open({ keepRecordingsDays: 2, recording: 'stereo' })
    const callId = await talk(office)
    const call = await office.finished(callId)
    expect(readWav(await fileOf(office, call))).toHaveLength(2)
    await until(async () => (await (await fetch(`${office.connector.url}/healthz`)).json()).unreported === 0, 'all is reported')
    expect((await onPbx(office)).toSorted()).toEqual([`hookswitch-${callId}-heard.wav`, `hookswitch-${callId}-spoken.wav`])
    await office.connector.close()
    const other = join(office.asterisk.dir, 'spool/recording')
    await promisify(execFile)('cp', [join(other, `hookswitch-${callId}-heard.wav`), join(other, 'voicebox-1.wav')])
    const settings = readSettings({ ...office.asterisk.ari, lines: { a: { dial: 'PJSIP/{number}@trunk' } } })
    const parts = { settings, ring: { agentMs: 1, clientMs: 1 }, recordingsDir: tmpdir(), clock: systemClock, log: () => {} }
    const pbx = connectAsterisk(parts)
    onTestFinished(() => pbx.close())
    expect(await pbx.listRecordings!()).toEqual([callId])
    await pbx.dropRecording(callId)
    expect(await onPbx(office)).toEqual(['voicebox-1.wav'])
  })
})

describe('that cannot be written', () => {
  const saysWhy = async (office: Office, why: string, logged: string): Promise<void> => {
    const callId = await talk(office)
    const call = await office.finished(callId, { isRecorded: false })
    expect(call).toMatchObject({ statusCode: '200', recording: null })
    expect(call.durationSeconds).toBeGreaterThanOrEqual(1)
    expect(call.failedReason).toContain(`Not recorded: ${why}`)
    expect(office.logged.some((line) => line.includes(logged) && line.includes(callId))).toBe(true)
    const trace = await office.house.admin.api('GET', `/traces/${call['traceId']}`)
    expect(JSON.stringify(trace.body)).toContain(why)
    await until(async () => (await (await fetch(`${office.connector.url}/healthz`)).json()).unreported === 0, 'nothing is tried for ever')
    await office.expectQuiet()
  }

  test('for want of the folder do not cost the talk: the call page, the trace and the log say why', async () => {
    const office = await open({})
    await rm(join(office.asterisk.dir, 'spool/recording'), { recursive: true })
    await saysWhy(office, 'Asterisk: Internal Server Error', 'the PBX does not record')
  })

  // A disk of its own needs root.
  if (process.getuid?.() === 0)
    test('for a full disk do not either', async () => {
      const office = await open({})
      const run = promisify(execFile)
      const folder = join(office.asterisk.dir, 'spool/recording')
      await run('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=2', 'tmpfs', folder])
      onTestFinished(async () => void (await run('umount', ['-l', folder])))
      await run('touch', [join(folder, 'the-last-file')])
      await expect(run('touch', [join(folder, 'one-more')])).rejects.toThrow('No space left on device')
      await saysWhy(office, '0 s of', 'a recording is not whole')
    })

  if (process.getuid?.() === 0)
    test('any further, for a disk that fills up during the talk, are told to be cut: what there is has the sound of both', async () => {
      const office = await open({})
      const run = promisify(execFile)
      const folder = join(office.asterisk.dir, 'spool/recording')
      // 3 s of 16 kB each
      await run('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'tmpfs', folder])
      onTestFinished(async () => void (await run('umount', ['-l', folder])))
      const callId = await talk(office, 6)
      const call = await office.finished(callId)
      const [, there, all] =
        /^Recorded in part: (\d+) s of (\d+) s are there; is the PBX’s disk full\?$/.exec(call.failedReason ?? '') ?? []
      expect([2, 3]).toContain(Number(there))
      expect(Number(all)).toBe(call.durationSeconds)
      expect(call).toMatchObject({ statusCode: '200', recording: { durationSeconds: expect.closeTo(3, 0) } })
      expect(office.logged.some((line) => line.includes('a recording is not whole') && line.includes(callId))).toBe(true)
      const trace = await office.house.admin.api('GET', `/traces/${call['traceId']}`)
      expect(JSON.stringify(trace.body)).toContain(call.failedReason)
      const [sound] = readWav(await fileOf(office, call))
      for (const hz of [440, 1000]) expect(toneShare(sound!, hz)).toBeGreaterThan(0.3)
    })
})
