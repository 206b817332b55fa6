import type { Clock } from '../clock.ts'
import type { PbxCall, PbxEvent } from '../pbx.ts'
import { AriRefusal, isGone, isThere, unlessGone, unlessThere, type AriClient } from './ari-client.ts'
import type { AriChannel } from './ari-types.ts'
import type { Names } from './names.ts'
import { legsOf, type Room, type Rooms } from './rooms.ts'
import type { AsteriskSettings } from './settings.ts'

/** People who call in: their channels are the PBX's own, and come by the dialplan's `Stasis(application,incoming,LINE)`. */
export interface Callers {
  /** A channel came in by that line of the dialplan, or is found to have come. */
  arrive(channel: AriChannel, line: string, at: number): void
  /** A channel is no longer ours to command. */
  depart(channelId: string): void
  /** As of the port. */
  take(ref: string, call: PbxCall): Promise<boolean>
  leave(ref: string): Promise<void>
  connect(room: Room, call: PbxCall): Promise<void>
  /** Hangs a talking caller up; sends one who was never connected back to the dialplan. */
  release(room: Room): Promise<void>
  /** Finds who waits and who belongs to a call after the stream of events was lost. */
  takeUp(channels: readonly AriChannel[]): Promise<void>
}

/** What callers are seen to with. */
export interface CallersParts {
  readonly settings: AsteriskSettings
  readonly ari: AriClient
  readonly names: Names
  readonly rooms: Rooms
  readonly clock: Clock
  readonly tell: (event: PbxEvent) => void
  readonly subscribe: (channelId: string) => Promise<unknown>
}

/** Says on a caller's channel to which call it belongs: the channel outlives the connector. */
const TIE = 'HOOKSWITCH_CALL'

/** Sees to callers. */
export function createCallers(parts: CallersParts): Callers {
  const { settings, ari, names, rooms, tell } = parts
  const waiting = new Set<string>()

  function arrive(channel: AriChannel, line: string, at: number): void {
    if (waiting.has(channel.id) || rooms.ofCaller(channel.id)) return
    waiting.add(channel.id)
    // What the caller hears until somebody answers.
    ari.call('channels.ring', { channelId: channel.id }).catch(() => {})
    tell({ type: 'incoming', ref: channel.id, number: numberOf(channel), line: lineOfArgument(settings, line), at })
  }

  async function readTie(channelId: string): Promise<string | undefined> {
    try {
      const { value } = await ari.call('channels.getChannelVar', { channelId, variable: TIE })
      const [application, ...callId] = value.split(':')
      return application === settings.application ? callId.join(':') : undefined
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }

  async function leave(ref: string): Promise<void> {
    waiting.delete(ref)
    // 409: it stands, but is not ours to command any more.
    await unlessThere(unlessGone(ari.call('channels.continueInDialplan', { channelId: ref })))
  }

  return {
    arrive,
    depart: (channelId) => void waiting.delete(channelId),
    leave,
    async take(ref, call) {
      if (!waiting.has(ref)) return false
      const order = { channelId: ref, variable: TIE, value: `${settings.application}:${call.callId}` }
      if (!(await isThere(ari.call('channels.setChannelVar', order)))) return false
      // Gone while it was being written down: its end would never be told.
      if (!waiting.delete(ref)) return false
      rooms.tie(call.callId, ref)
      return true
    },
    async connect(room, call) {
      const bridgeId = names.of(room.callId, 'bridge')
      const agent = rooms.agent(room, call.extension)
      const clientId = room.client.channelId
      if (room.isCaller && !room.isConnected) await ari.call('channels.answer', { channelId: clientId })
      room.isConnected = true
      const inside = new Set((await findBridge(bridgeId)) ?? [])
      if (inside.size === 0) await ari.call('bridges.createWithId', { bridgeId, type: 'mixing', name: bridgeId }).catch(unlessMade)
      const missing = [clientId, agent.channelId].filter((id) => !inside.has(id))
      if (missing.length > 0) await ari.call('bridges.addChannel', { bridgeId, channel: missing })
      const others = legsOf(room).filter((leg) => leg.part === 'agent' && leg !== agent && inside.has(leg.channelId))
      // They are about to be hung up: one that is gone has left already.
      for (const { channelId } of others) await ari.call('bridges.removeChannel', { bridgeId, channel: [channelId] }).catch(() => {})
    },
    async release(room) {
      const { channelId } = room.client
      if (room.isConnected) await unlessGone(ari.call('channels.hangup', { channelId, reason: 'normal' }))
      else await leave(channelId)
    },
    async takeUp(channels) {
      for (const channel of channels) {
        const { app_name: application, app_data: words } = channel.dialplan
        const [name, kind, line = ''] = words.split(',')
        if (application !== 'Stasis' || name !== settings.application || kind !== 'incoming') continue
        const callId = await readTie(channel.id)
        await unlessGone(parts.subscribe(channel.id))
        if (callId === undefined) arrive(channel, line, parts.clock.now())
        else await markConnected(rooms.tie(callId, channel.id))
      }
    },
  }

  async function markConnected(room: Room): Promise<void> {
    const inside = await findBridge(names.of(room.callId, 'bridge'))
    room.isConnected = inside?.includes(room.client.channelId) ?? false
  }

  /** Who is in a bridge, or `undefined` if there is none. */
  async function findBridge(bridgeId: string): Promise<readonly string[] | undefined> {
    try {
      return (await ari.call('bridges.get', { bridgeId })).channels
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
}

/** A bridge that stands cannot be made again: 400 here, where other things answer 409. */
function unlessMade(error: unknown): void {
  if (!(error instanceof AriRefusal) || (error.status !== 400 && error.status !== 409)) throw error
}

/** A trunk may write a number with separators. Empty for one who hides theirs. */
function numberOf({ caller }: AriChannel): string {
  return caller.number.replaceAll(/[\s().-]/g, '').slice(0, 40)
}

/** The line as the settings name it: trunks write numbers with and without their plus. Empty for one that is not in them. */
export function lineOfArgument(settings: AsteriskSettings, line: string): string {
  const digits = (text: string) => text.replaceAll(/\D/g, '')
  const lines = Object.keys(settings.lines)
  return lines.find((name) => name === line) ?? lines.find((name) => digits(name) !== '' && digits(name) === digits(line)) ?? ''
}
