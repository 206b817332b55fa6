import { createWriteStream, openAsBlob } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Recording } from '../pbx.ts'
import { recordingName } from '../recording-name.ts'
import { AriRefusal, isGone, isThere, unlessThere, type AriClient } from './ari-client.ts'
import { encodeMp3 } from './mp3.ts'
import type { Names } from './names.ts'
import type { AsteriskSettings } from './settings.ts'
import { channelsOf, hasSound, mergeToStereo, repairHeader, secondsOfWav } from './wav.ts'

/** Recordings on the PBX: by the names of their calls, so they are found after a restart of either side. */
export interface Recordings {
  /** As `record` of the port; `clientId` is the client's channel, which is there for as long as the talk. */
  start(callId: string, clientId: string): Promise<boolean>
  /** One of our own listening channels came. */
  snoopEntered(channelId: string): void
  /** Brings the recording over, once; waits up to 10 s for Asterisk to close it. `undefined`: there is none. */
  fetch(callId: string): Promise<Recording | undefined>
  /** As `recordedSeconds` of the port. */
  measure(callId: string): Promise<number>
  /** Deletes it here, and on the PBX unless it shall stay there for a while. */
  release(callId: string): Promise<void>
  /** Deletes it here and on the PBX. */
  drop(callId: string): Promise<void>
  /** Calls that have one on the PBX. */
  list(): Promise<string[]>
}

/** What recordings need. */
export interface RecordingParts {
  readonly settings: AsteriskSettings
  readonly ari: AriClient
  readonly names: Names
  readonly recordingsDir: string
  readonly clock: Clock
  readonly log: Log
}

const CLOSED_WITHIN_MS = 10_000
/** The portal hears of the end of a call after this. */
const MEASURED_WITHIN_MS = 2_000
const ENTER_WITHIN_MS = 5_000
const ASK_EVERY_MS = 100

/** The two sides of a stereo recording, left and right, and which way of the client's channel each listens to. */
const SIDES = [
  { part: 'spoken', spy: 'out' },
  { part: 'heard', spy: 'in' },
] as const

/** Makes it; `recordingsDir` is made when the first recording comes. */
export function createRecordings(parts: RecordingParts): Recordings {
  const { settings, ari, names, recordingsDir, clock } = parts
  const entered = new Map<string, () => void>()

  async function startMono(callId: string): Promise<void> {
    const order = { bridgeId: names.of(callId, 'bridge'), name: names.recording(callId), format: 'wav' }
    await unlessThere(ari.call('bridges.record', order))
  }

  /** A listening channel can be recorded only when it is ours to command: hurried, 97 of 100 files came (pbx 3). */
  async function startSide(callId: string, clientId: string, { part, spy }: (typeof SIDES)[number]): Promise<void> {
    const snoopId = names.of(callId, part)
    const record = () => unlessThere(ari.call('channels.record', { channelId: snoopId, name: sideName(callId, part), format: 'wav' }))
    // Asked again, e.g. after a restart: it listens already.
    if (await isThere(ari.call('channels.get', { channelId: snoopId }))) return record()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const cancel = clock.after(ENTER_WITHIN_MS, () => reject(new Error('the listening channel did not come')))
    entered.set(snoopId, resolve)
    try {
      const order = { channelId: clientId, snoopId, spy, app: settings.application }
      await ari.call('channels.snoopChannelWithId', order)
      await promise
      await record()
    } finally {
      cancel()
      entered.delete(snoopId)
    }
  }

  const sideName = (callId: string, part: string) => `${names.recording(callId)}-${part}`
  const allNames = (callId: string) => [names.recording(callId), ...SIDES.map(({ part }) => sideName(callId, part))]
  const pathOf = (callId: string) => join(recordingsDir, recordingName(callId))

  /** True while Asterisk is writing it. */
  async function isLive(name: string): Promise<boolean> {
    return isThere(ari.call('recordings.getLive', { recordingName: name }))
  }

  async function waitUntilClosed(callId: string, withinMs = CLOSED_WITHIN_MS): Promise<void> {
    const lastAt = clock.now() + withinMs
    for (const name of allNames(callId)) {
      while (await isLive(name)) {
        if (clock.now() > lastAt) throw new Error('Asterisk has not closed the recording yet')
        await new Promise<void>((wake) => clock.after(ASK_EVERY_MS, wake))
      }
    }
  }

  /** Copies a file from the PBX. False: there is none, or there is no sound in it. */
  async function copy(name: string, path: string): Promise<boolean> {
    const isCopied = await isThere(
      (async () => {
        await pipeline(await ari.open(fileUrl(name)), createWriteStream(path, { mode: 0o600 }))
      })(),
    )
    if (!isCopied || !hasSound((await stat(path)).size)) return false
    await repairHeader(path)
    return true
  }

  /** Brings the sound over, whole or not at all. What the call was recorded as is seen from what there is: the setting may have changed. */
  async function bring(callId: string, into: string): Promise<boolean> {
    await mkdir(recordingsDir, { recursive: true, mode: 0o700 })
    const [whole, left, right] = ['whole', 'left', 'right'].map((side) => `${into}.${side}`) as [string, string, string]
    try {
      if (await copy(names.recording(callId), whole)) {
        await rename(whole, into)
        return true
      }
      const sides = [await copy(sideName(callId, 'spoken'), left), await copy(sideName(callId, 'heard'), right)]
      if (!sides[0] && !sides[1]) return false
      if (sides[0] && sides[1]) await mergeToStereo(left, right, whole)
      else await rename(sides[0] ? left : right, whole)
      await rename(whole, into)
      return true
    } finally {
      for (const path of [whole, left, right]) await rm(path, { force: true })
    }
  }

  /** By the length that Asterisk tells; 0: there is none. */
  async function secondsOf(name: string): Promise<number> {
    const answer = await ari.open(fileUrl(name)).catch((error: unknown) => {
      if (!isGone(error)) throw error
      return undefined
    })
    answer?.destroy()
    return secondsOfWav(Number(answer?.headers['content-length'] ?? 0))
  }

  async function dropThere(callId: string): Promise<void> {
    for (const name of allNames(callId)) await isThere(ari.call('recordings.deleteStored', { recordingName: name }))
  }

  async function dropHere(callId: string): Promise<void> {
    for (const path of [pathOf(callId), mp3Of(pathOf(callId))]) await rm(path, { force: true })
  }

  return {
    async start(callId, clientId) {
      if (settings.recording === 'off') return false
      try {
        if (settings.recording === 'mono') await startMono(callId)
        else await Promise.all(SIDES.map((side) => startSide(callId, clientId, side)))
        return true
      } catch (error) {
        if (!(error instanceof AriRefusal) || error.status !== 500) throw error
        const hint = 'is there a folder “recording” in Asterisk’s spool folder, writable for it, and is chan_bridge_media loaded?'
        throw new Error(`${error.message}; ${hint}`, { cause: error })
      }
    },
    snoopEntered: (channelId) => entered.get(channelId)?.(),
    async fetch(callId) {
      const path = pathOf(callId)
      let isHere = await stat(path).catch(() => undefined)
      if (!isHere) {
        await waitUntilClosed(callId)
        if (!(await bring(callId, path))) return undefined
        isHere = await stat(path)
      }
      const seconds = Math.round(secondsOfWav(isHere.size, await channelsOf(path)))
      if (settings.recordingFormat === 'wav')
        return { fileName: recordingName(callId), content: await openAsBlob(path, { type: 'audio/wav' }), seconds }
      const mp3 = mp3Of(path)
      if (!(await stat(mp3).catch(() => undefined))) await encodeMp3(path, mp3)
      return { fileName: mp3Of(recordingName(callId)), content: await openAsBlob(mp3, { type: 'audio/mpeg' }), seconds }
    },
    async measure(callId) {
      const written = settings.recording === 'stereo' ? SIDES.map(({ part }) => sideName(callId, part)) : [names.recording(callId)]
      await waitUntilClosed(callId, MEASURED_WITHIN_MS)
      return Math.min(...(await Promise.all(written.map(secondsOf))))
    },
    async release(callId) {
      if (settings.keepRecordingsDays === 0) await dropThere(callId)
      await dropHere(callId)
    },
    async drop(callId) {
      await dropThere(callId)
      await dropHere(callId)
    },
    async list() {
      const stored = await ari.call('recordings.listStored', {})
      return [...new Set(stored.flatMap(({ name }) => names.readRecording(name) ?? []))]
    },
  }
}

function fileUrl(name: string): string {
  return `/recordings/stored/${encodeURIComponent(name)}/file`
}

function mp3Of(path: string): string {
  return path.replace(/\.wav$/, '.mp3')
}
