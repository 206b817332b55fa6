import { createWriteStream, openAsBlob } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Recording } from '../pbx.ts'
import { recordingName } from '../recording-name.ts'
import { AriRefusal, type AriClient } from './ari-client.ts'
import type { Names } from './names.ts'
import type { AsteriskSettings } from './settings.ts'

/** Recordings on the PBX: by the names of their calls, so they are found after a restart of either side. */
export interface Recordings {
  /** Asks Asterisk to record the call. One that is recorded already is no error. */
  start(callId: string): Promise<void>
  /** One of our own listening channels came. */
  snoopEntered(channelId: string): void
  /** Brings the recording over, once; waits up to 10 s for Asterisk to close it. `undefined`: there is none. */
  fetch(callId: string): Promise<Recording | undefined>
  /** Deletes it here and on the PBX. */
  drop(callId: string): Promise<void>
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
const ASK_EVERY_MS = 100
const WAV_HEADER_BYTES = 44
/** 8 kHz, 16 bit, mono. */
const BYTES_PER_SECOND = 16_000

/** Makes it; `recordingsDir` is made when the first recording comes. */
export function createRecordings(parts: RecordingParts): Recordings {
  const { settings, ari, names, recordingsDir, clock } = parts

  async function start(callId: string): Promise<void> {
    if (settings.recording === 'off') throw new Error('recording is off')
    try {
      await ari.call('bridges.record', { bridgeId: names.of(callId, 'bridge'), name: names.recording(callId), format: 'wav' })
    } catch (error) {
      if (error instanceof AriRefusal && error.status === 409) return
      if (error instanceof AriRefusal && error.status === 500)
        throw new Error(`${error.message}; is there a folder “recording” in Asterisk's spool folder, and is chan_bridge_media loaded?`, {
          cause: error,
        })
      throw error
    }
  }

  /** True while Asterisk is writing it. */
  async function isLive(name: string): Promise<boolean> {
    try {
      await ari.call('recordings.getLive', { recordingName: name })
      return true
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }

  /** Copies the file from the PBX. False: there is none. */
  async function copy(name: string, path: string): Promise<boolean> {
    try {
      await mkdir(recordingsDir, { recursive: true, mode: 0o700 })
      await pipeline(
        await ari.open(`/recordings/stored/${encodeURIComponent(name)}/file`),
        createWriteStream(`${path}.part`, { mode: 0o600 }),
      )
      await rename(`${path}.part`, path)
      return true
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }

  return {
    start,
    snoopEntered() {},
    async fetch(callId) {
      const name = names.recording(callId)
      const path = join(recordingsDir, recordingName(callId))
      const until = clock.now() + CLOSED_WITHIN_MS
      while (await isLive(name)) {
        if (clock.now() > until) throw new Error('Asterisk has not closed the recording yet')
        await new Promise<void>((wake) => clock.after(ASK_EVERY_MS, wake))
      }
      const info = (await stat(path).catch(() => undefined)) ?? ((await copy(name, path)) ? await stat(path) : undefined)
      if (!info) return undefined
      return {
        fileName: recordingName(callId),
        content: await openAsBlob(path, { type: 'audio/wav' }),
        seconds: Math.round((info.size - WAV_HEADER_BYTES) / BYTES_PER_SECOND),
      }
    },
    async drop(callId) {
      try {
        await ari.call('recordings.deleteStored', { recordingName: names.recording(callId) })
      } catch (error) {
        if (!isGone(error)) throw error
      }
      await rm(join(recordingsDir, recordingName(callId)), { force: true })
    },
  }
}

function isGone(error: unknown): boolean {
  return error instanceof AriRefusal && error.status === 404
}
