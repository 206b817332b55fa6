import { openAsBlob } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { PlacementRefused, type HangupCause, type LegName, type LiveLeg, type Pbx, type PbxCall, type PbxEvent } from '../pbx.ts'
import { recordingName } from '../recording-name.ts'
import { toneRecording } from './recording.ts'

/** What a person can do at a handset. */
export type Press = 'answer' | 'decline' | 'busy' | 'hangup'

/** One simulated phone in one call. */
export interface Handset {
  readonly state: 'idle' | 'ringing' | 'answered' | 'ended'
  /** Milliseconds since 1970. */
  readonly since: number
  /** Why it ended. */
  readonly cause?: HangupCause
}

/** The two phones of a call. */
export type HandsetPair = Readonly<Record<LegName, Handset>>

/** Simulated phones: a PBX that asks a person at a screen instead of ringing anybody. */
export interface Handsets extends Pbx {
  /** The phones of a call of this run, or `undefined`. */
  pair(callId: string): HandsetPair | undefined
  /** A person presses a button. False when that button does nothing in this state. */
  press(callId: string, leg: LegName, press: Press): boolean
  /** Lets a simulated customer call in. */
  callIn(number: string): void
  /** Called after every change. */
  onChange(listener: () => void): () => void
}

interface Room {
  readonly call: PbxCall
  agent: Handset
  client: Handset
  talkingSince?: number
  isRecorded: boolean
  recorded?: Promise<void>
}

/** Q.850: normal clearing, user busy, call rejected; 96 (mandatory element missing) stands for an order that makes no sense. */
const CAUSES = { hangup: 16, busy: 17, decline: 21, senseless: 96 } as const
const CALLS_KEPT = 50

/** Makes simulated phones; recordings go to `recordingsDir`. Nothing of them but the recordings outlives the process. */
export function createHandsets(options: {
  readonly recordingsDir: string
  readonly clock: Clock
  readonly randomRef: () => string
}): Handsets {
  const { clock, recordingsDir } = options
  const rooms = new Map<string, Room>()
  const waiting = new Map<string, { readonly number: string }>()
  const listeners = new Set<(event: PbxEvent) => void>()
  const watchers = new Set<() => void>()

  /** Never inside a call of the port, and in order. */
  function tell(event: PbxEvent): void {
    queueMicrotask(() => {
      for (const listener of listeners) listener(event)
      for (const watcher of watchers) watcher()
    })
  }

  function change(room: Room, leg: LegName, state: 'ringing' | 'answered' | 'ended', q850?: number): void {
    const at = clock.now()
    const cause = q850 === undefined ? {} : { cause: { q850 } }
    room[leg] = { state, since: at, ...cause }
    if (room.agent.state === 'answered' && room.client.state === 'answered') room.talkingSince ??= at
    if (state === 'ended' && room.isRecorded) room.recorded ??= saveRecording(room, at)
    tell({ type: 'leg', callId: room.call.callId, leg, state, at, ...cause })
  }

  async function saveRecording(room: Room, endedAt: number): Promise<void> {
    const path = pathOf(room.call.callId)
    await mkdir(recordingsDir, { recursive: true, mode: 0o700 })
    await writeFile(`${path}.part`, toneRecording(endedAt - (room.talkingSince ?? endedAt)), { mode: 0o600 })
    await rename(`${path}.part`, path)
  }

  function pathOf(callId: string): string {
    return join(recordingsDir, recordingName(callId))
  }

  function place(call: PbxCall, leg: LegName): void {
    const room = rooms.get(call.callId) ?? openRoom(call)
    if (leg === 'client' && room.agent.state !== 'answered')
      throw new PlacementRefused('the agent has not answered', { q850: CAUSES.senseless })
    // Stands or stood already: nobody is rung twice.
    if (room[leg].state === 'idle') change(room, leg, 'ringing')
  }

  function openRoom(call: PbxCall): Room {
    const idle: Handset = { state: 'idle', since: clock.now() }
    const room: Room = { call, agent: idle, client: idle, isRecorded: false }
    rooms.set(call.callId, room)
    const [oldest, old] = rooms.entries().next().value ?? []
    if (rooms.size > CALLS_KEPT && oldest !== undefined && old && !isStanding(old.agent) && !isStanding(old.client)) rooms.delete(oldest)
    return room
  }

  return {
    name: 'Demo phone (simulation)',
    preflight: async () => ({ ok: true }),
    placeAgentLeg: async (call) => place(call, 'agent'),
    placeClientLeg: async (call) => place(call, 'client'),
    async takeIncoming(ref, call) {
      if (!waiting.delete(ref)) return false
      change(rooms.get(call.callId) ?? openRoom(call), 'client', 'answered')
      return true
    },
    async record(call) {
      const room = rooms.get(call.callId)
      if (room?.talkingSince === undefined) throw new Error('there is no talk to record')
      room.isRecorded = true
      // Hung up in the moment in which the recording was asked for.
      if (room.agent.state === 'ended' || room.client.state === 'ended') room.recorded ??= saveRecording(room, clock.now())
      return true
    },
    async hangup({ callId, leg }) {
      const room = rooms.get(callId)
      if (room && isStanding(room[leg])) change(room, leg, 'ended', CAUSES.hangup)
    },
    list: async () => [...rooms.values()].flatMap(standingLegs),
    events(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async fetchRecording(callId) {
      await rooms.get(callId)?.recorded
      const path = pathOf(callId)
      const info = await stat(path).catch(() => undefined)
      if (!info) return undefined
      return {
        fileName: recordingName(callId),
        content: await openAsBlob(path, { type: 'audio/wav' }),
        seconds: Math.round((info.size - 44) / 16_000),
      }
    },
    dropRecording: async (callId) => rm(pathOf(callId), { force: true }),
    close: async () => listeners.clear(),
    pair: (callId) => rooms.get(callId),
    press(callId, leg, press) {
      const room = rooms.get(callId)
      if (!room || !canPress(room[leg], press)) return false
      if (press === 'answer') change(room, leg, 'answered')
      else change(room, leg, 'ended', CAUSES[press])
      return true
    },
    callIn(number) {
      const ref = `demo-${options.randomRef()}`
      waiting.set(ref, { number })
      tell({ type: 'incoming', ref, number, line: '', at: clock.now() })
    },
    onChange(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
}

function isStanding(handset: Handset): handset is Handset & { readonly state: 'ringing' | 'answered' } {
  return handset.state === 'ringing' || handset.state === 'answered'
}

function canPress(handset: Handset, press: Press): boolean {
  return press === 'hangup' ? handset.state === 'answered' : handset.state === 'ringing'
}

function standingLegs(room: Room): LiveLeg[] {
  const legs: readonly LegName[] = ['agent', 'client']
  return legs.flatMap((leg) => {
    const handset = room[leg]
    return isStanding(handset) ? [{ callId: room.call.callId, leg, state: handset.state }] : []
  })
}
