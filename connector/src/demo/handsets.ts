import { openAsBlob } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import {
  PlacementRefused,
  type HangupCause,
  type LegName,
  type LegRef,
  type LiveLeg,
  type Pbx,
  type PbxCall,
  type PbxEvent,
} from '../pbx.ts'
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
  /** A person presses a button; an agent's without `extension` is that of who talks, else of who was rung last. False when that button does nothing in this state. */
  press(callId: string, leg: LegName, press: Press, extension?: string): boolean
  /** Lets a simulated customer call in. */
  callIn(number: string): void
  /** Called after every change. */
  onChange(listener: () => void): () => void
}

interface Room {
  readonly call: PbxCall
  /** By extension. */
  readonly agents: Map<string, Handset>
  /** The last round in which each was rung. */
  readonly rounds: Map<string, number>
  client: Handset
  /** The caller hears ringing, and nobody yet. */
  isWaiting: boolean
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

  function change(room: Room, ref: SeatRef, state: 'ringing' | 'answered' | 'ended', q850?: number): void {
    const at = clock.now()
    const cause = q850 === undefined ? {} : { cause: { q850 } }
    const handset = { state, since: at, ...cause }
    if (ref.leg === 'client') room.client = handset
    else room.agents.set(ref.extension, handset)
    startTalk(room, at)
    if (state === 'ended' && room.isRecorded && !isTalking(room)) record(room, at)
    tell({ type: 'leg', callId: room.call.callId, ...ref, state, at, ...cause })
  }

  function startTalk(room: Room, at: number): void {
    if (isTalking(room) && !room.isWaiting) room.talkingSince ??= at
  }

  function record(room: Room, endedAt: number): void {
    if (room.recorded) return
    room.recorded = saveRecording(room, endedAt)
    // who fetches it is told
    room.recorded.catch(() => {})
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
    const { extension } = call
    if (leg === 'client' && room.agents.get(extension)?.state !== 'answered')
      throw new PlacementRefused('the agent has not answered', { q850: CAUSES.senseless })
    // Stands or stood already: nobody is rung twice.
    const round = call.round ?? 1
    const isIdle = leg === 'client' ? room.client.state === 'idle' : (room.rounds.get(extension) ?? 0) < round
    if (leg === 'agent') room.rounds.set(extension, round)
    if (isIdle) change(room, leg === 'client' ? { leg } : { leg, extension }, 'ringing')
  }

  /** The agent whom a person at the screen sees: who talks, else who was rung last. */
  function agentOf(room: Room): readonly [extension: string, handset: Handset] {
    const agents = [...room.agents]
    const shown = agents.find(([, { state }]) => state === 'answered') ?? agents.findLast(([, { state }]) => state === 'ringing')
    return shown ?? agents.at(-1) ?? [room.call.extension, { state: 'idle', since: room.client.since }]
  }

  function openRoom(call: PbxCall): Room {
    const idle: Handset = { state: 'idle', since: clock.now() }
    const room: Room = { call, agents: new Map(), rounds: new Map(), client: idle, isWaiting: false, isRecorded: false }
    rooms.set(call.callId, room)
    const [oldest, old] = rooms.entries().next().value ?? []
    if (rooms.size > CALLS_KEPT && oldest !== undefined && old && standingLegs(old).length === 0) rooms.delete(oldest)
    return room
  }

  return {
    name: 'Demo phone (simulation)',
    preflight: async () => ({ ok: true }),
    placeAgentLeg: async (call) => place(call, 'agent'),
    placeClientLeg: async (call) => place(call, 'client'),
    async takeIncoming(ref, call) {
      if (!waiting.delete(ref)) return false
      const room = rooms.get(call.callId) ?? openRoom(call)
      room.isWaiting = true
      change(room, { leg: 'client' }, 'answered')
      return true
    },
    leaveIncoming: async (ref) => void waiting.delete(ref),
    async connect(call) {
      const room = rooms.get(call.callId)
      if (!room) return
      room.isWaiting = false
      startTalk(room, clock.now())
    },
    async record(call) {
      const room = rooms.get(call.callId)
      if (room?.talkingSince === undefined) throw new Error('there is no talk to record')
      room.isRecorded = true
      // Hung up in the moment in which the recording was asked for.
      if (!isTalking(room)) record(room, clock.now())
      return true
    },
    async hangup({ callId, leg, extension }) {
      const room = rooms.get(callId)
      for (const live of room ? standingLegs(room) : []) {
        if (live.leg !== leg || (extension !== undefined && live.extension !== extension)) continue
        change(room!, seatOf(live), 'ended', CAUSES.hangup)
      }
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
    releaseRecording: async (callId) => rm(pathOf(callId), { force: true }),
    dropRecording: async (callId) => rm(pathOf(callId), { force: true }),
    close: async () => listeners.clear(),
    pair(callId) {
      const room = rooms.get(callId)
      return room && { agent: agentOf(room)[1], client: room.client }
    },
    press(callId, leg, press, extension) {
      const room = rooms.get(callId)
      if (!room) return false
      const [shown, agent] = extension === undefined ? agentOf(room) : ([extension, room.agents.get(extension)] as const)
      const handset = leg === 'client' ? room.client : agent
      if (!handset || !canPress(handset, press)) return false
      const ref: SeatRef = leg === 'client' ? { leg } : { leg, extension: shown }
      if (press === 'answer') change(room, ref, 'answered')
      else change(room, ref, 'ended', CAUSES[press])
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

function isTalking(room: Room): boolean {
  return room.client.state === 'answered' && [...room.agents.values()].some(({ state }) => state === 'answered')
}

type SeatRef = { readonly leg: 'client' } | { readonly leg: 'agent'; readonly extension: string }

function seatOf({ leg, extension = '' }: LegRef): SeatRef {
  return leg === 'client' ? { leg } : { leg, extension }
}

function standingLegs({ call: { callId }, agents, client }: Room): LiveLeg[] {
  const live = [...agents].flatMap(([extension, handset]): LiveLeg[] =>
    isStanding(handset) ? [{ callId, leg: 'agent', extension, state: handset.state }] : [],
  )
  return isStanding(client) ? [...live, { callId, leg: 'client', state: client.state }] : live
}
