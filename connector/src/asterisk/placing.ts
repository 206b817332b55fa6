import type { Clock } from '../clock.ts'
import { wordsOf } from '../log.ts'
import { PlacementRefused, type PbxCall } from '../pbx.ts'
import { AriRefusal, unlessGone, unlessThere, type AriClient } from './ari-client.ts'
import { callerIdOf } from './dial-string.ts'
import type { Names } from './names.ts'
import { isOccupied, type Leg, type Room, type Rooms } from './rooms.ts'
import { clientEndpoint, lineOf } from './routes.ts'
import type { AsteriskSettings } from './settings.ts'

/** Gives the orders that make phones ring. Both reject with {@link PlacementRefused}; a leg that was placed before is left as it is. */
export interface Placing {
  placeAgentLeg(room: Room, call: PbxCall): Promise<void>
  placeClientLeg(room: Room, call: PbxCall): Promise<void>
}

/** What placing works with; the last four are the driver's. */
export interface PlacingParts {
  readonly settings: AsteriskSettings
  /** Asterisk's own ring limits, milliseconds. */
  readonly ring: { readonly agentMs: number; readonly clientMs: number }
  readonly ari: AriClient
  readonly names: Names
  readonly rooms: Rooms
  readonly clock: Clock
  /** Dial string of the agent's phone, with SIP headers of its INVITE. Throws on an extension that cannot stand in one. */
  readonly agentPhone: (call: PbxCall) => Promise<AgentPhone>
  readonly subscribe: (channelId: string) => Promise<unknown>
  /** Hangs a leg up, if there is one. */
  readonly drop: (leg: Leg) => Promise<void>
  /** Removes the bridge of a call without legs. */
  readonly clear: (room: Room) => void
}

/** What rings for the agent. */
export interface AgentPhone {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
}

/** Q.850: subscriber absent, no circuit, temporary failure; 96 (mandatory element missing) stands for an order that makes no sense. */
export const CAUSES = { absent: 20, noCircuit: 34, failure: 41, senseless: 96 } as const

/** Q.850 cause that a DIALSTATUS stands for; it says less than a cause (pbx 3). */
export const STATUS_CAUSES: Readonly<Record<string, number>> = { BUSY: 17, CONGESTION: 34, CHANUNAVAIL: 20, NOANSWER: 19 }

const ENTER_WITHIN_MS = 5_000

/**
 * What a `Local/` channel takes and gives: wideband, which a phone's G.722 comes to. Without it such a channel offers all that Asterisk knows, and its bridge
 * mixes at the highest rate of all, 192 kHz: a dozen calls filled a processor with it (measured, Asterisk 16).
 */
const LOCAL_FORMAT = 'slin16'

/**
 * The agent's phone first. The client's channel is made, put into a bridge with the agent and only then dialled: so the agent hears ringing,
 * early media and the network's announcements (pbx 3).
 */
export function createPlacing(parts: PlacingParts): Placing {
  const { settings, ari, names, rooms, clock, subscribe, drop, clear } = parts

  async function placeAgentLeg(room: Room, call: PbxCall): Promise<void> {
    const agent = rooms.agent(room, call.extension, call.round ?? 1)
    if (agent.state !== 'idle') return
    agent.state = 'placed'
    agent.isBeingPlaced = true
    try {
      const { endpoint, headers } = await parts.agentPhone(call)
      const callerId = callerIdOf(call.clientName, call.number)
      if (endpoint.startsWith('Local/')) await ringByDialplan(room, agent, { endpoint, callerId })
      else await originate(agent, { endpoint, headers }, callerId)
      if (agent.isDropped) await drop(agent)
    } catch (error) {
      await giveUp(room, agent)
      throw refusalOf(error, CAUSES.absent, 'the phone')
    } finally {
      agent.isBeingPlaced = false
    }
  }

  /** One order, one INVITE: the quickest way to a phone. It obeys us from its answer. */
  async function originate({ channelId }: Leg, { endpoint, headers }: AgentPhone, callerId: string): Promise<void> {
    const order = {
      endpoint,
      app: settings.application,
      channelId,
      callerId,
      timeout: Math.ceil(parts.ring.agentMs / 1000),
      variables: Object.fromEntries(Object.entries(headers).map(([name, text]) => [`PJSIP_HEADER(add,${name})`, text])),
    }
    await unlessThere(ari.call('channels.originate', order), () => subscribe(channelId))
  }

  /** An originated `Local/` channel would end with cause 0 whatever the phone said (measured, Asterisk 16); one that is dialled tells it. */
  async function ringByDialplan(room: Room, agent: Leg, target: { endpoint: string; callerId: string }): Promise<void> {
    const { channelId } = agent
    const { endpoint, callerId } = target
    await create(agent, { endpoint, otherChannelId: names.of(room.callId, `far.${agent.extension}.${agent.round}`), formats: LOCAL_FORMAT })
    await ari.call('channels.setChannelVar', { channelId, variable: 'CONNECTEDLINE(all)', value: callerId })
    await ari.call('channels.dial', { channelId, timeout: Math.ceil(parts.ring.agentMs / 1000) })
  }

  async function placeClientLeg(room: Room, call: PbxCall): Promise<void> {
    if (room.client.state !== 'idle') return
    if (rooms.agent(room, call.extension).state !== 'answered')
      throw new PlacementRefused('the agent has not answered', { q850: CAUSES.senseless })
    if (!lineOf(settings, call.line)) throw new PlacementRefused(`there is no line “${call.line}”`, { q850: CAUSES.noCircuit })
    room.client.state = 'placed'
    room.client.isBeingPlaced = true
    room.digits = call.extensionDigits
    try {
      await joinClient(room, rooms.agent(room, call.extension), clientEndpoint(settings, call)!)
      if (room.client.isDropped) await drop(room.client)
    } catch (error) {
      await giveUp(room, room.client)
      throw refusalOf(error, CAUSES.noCircuit, 'the trunk')
    } finally {
      room.client.isBeingPlaced = false
    }
  }

  async function joinClient(room: Room, { channelId: agentId }: Leg, target: { endpoint: string; callerId: string }): Promise<void> {
    const { endpoint, callerId } = target
    const { channelId } = room.client
    const bridgeId = names.of(room.callId, 'bridge')
    await ari.call('bridges.createWithId', { bridgeId, type: 'mixing', name: bridgeId })
    await ari.call('bridges.addChannel', { bridgeId, channel: [agentId] })
    // The client sees the caller id of the agent's channel, which becomes the connected line of its own when it enters the bridge (pbx 3).
    const seen = callerIdOf('', callerId)
    if (callerId) await ari.call('channels.setChannelVar', { channelId: agentId, variable: 'CALLERID(all)', value: seen })
    const otherChannelId = names.of(room.callId, 'other')
    await create(room.client, { endpoint, originator: agentId, ...(endpoint.startsWith('Local/') ? { otherChannelId } : {}) })
    await ari.call('bridges.addChannel', { bridgeId, channel: [channelId] })
    // what Asterisk does at the agent's answer was seen to take it away again: said once more, where the INVITE takes it from
    if (callerId) await ari.call('channels.setChannelVar', { channelId, variable: 'CONNECTEDLINE(all)', value: seen })
    await ari.call('channels.dial', { channelId, timeout: Math.ceil(parts.ring.clientMs / 1000) })
  }

  /** Makes a channel without ringing anybody, and waits until it obeys: hurried, one order in ten was refused (pbx 8). */
  async function create(
    leg: Leg,
    target: { endpoint: string; originator?: string; otherChannelId?: string; formats?: string },
  ): Promise<void> {
    const order = { ...target, app: settings.application, channelId: leg.channelId }
    await unlessThere(ari.call('channels.create', order), () => subscribe(order.channelId))
    if (target.otherChannelId !== undefined) await unlessGone(subscribe(target.otherChannelId))
    const cancel = clock.after(ENTER_WITHIN_MS, () => leg.entered.resolve(false))
    const hasEntered = await leg.entered.promise
    cancel()
    if (!hasEntered || leg.isDropped) throw new Error('it was gone before it could be dialled')
  }

  /** A leg that could not be placed: nothing of it stays, and nothing of it is told. */
  async function giveUp(room: Room, leg: Leg): Promise<void> {
    if (leg.state === 'placed') leg.state = 'ended'
    await drop(leg).catch(() => {})
    // The agent may have gone while the bridge was being made.
    if (!isOccupied(room)) clear(room)
  }

  return { placeAgentLeg, placeClientLeg }
}

/** 500 is all that Asterisk says of a phone or trunk that is not there (pbx 3). */
function refusalOf(error: unknown, q850: number, what: string): PlacementRefused {
  if (error instanceof PlacementRefused) return error
  if (!(error instanceof AriRefusal) || error.status !== 500) return new PlacementRefused(wordsOf(error), { q850: CAUSES.failure })
  return new PlacementRefused(`for Asterisk ${what} is not there, or not reachable`, { q850 })
}
