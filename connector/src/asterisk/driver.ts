import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import {
  PlacementRefused,
  type HangupCause,
  type LegName,
  type LiveLeg,
  type Pbx,
  type PbxCall,
  type PbxEvent,
  type PbxRoute,
  type Preflight,
} from '../pbx.ts'
import { AriRefusal, createAriClient, isGone, unlessGone, unlessThere } from './ari-client.ts'
import { openAriSocket } from './ari-socket.ts'
import type { AriChannelDestroyed, AriChannelStateChange, AriStasisStart, AriStreamMessage } from './ari-types.ts'
import { callerIdOf, fillTemplate } from './dial-string.ts'
import { createNames, type PartName } from './names.ts'
import { createRecordings } from './recordings.ts'
import { createRooms, isOccupied, isStanding, RANK, type Leg, type Room } from './rooms.ts'
import { agentEndpoint, askPhone, lineOf } from './routes.ts'
import type { AsteriskSettings } from './settings.ts'

/** An Asterisk 16 to 22 as the port of `pbx.ts`, and what a page or a check of health wants to know of it. */
export interface Asterisk extends Pbx {
  /** `up`: events come and orders are taken. `replaced`: another connector took over; only a restart ends that. */
  state(): 'up' | 'down' | 'replaced'
}

/** What the driver works with. */
export interface AsteriskParts {
  readonly settings: AsteriskSettings
  /** Asterisk's own ring limits, milliseconds: the safety net below the connector's. */
  readonly ring: { readonly agentMs: number; readonly clientMs: number }
  /** Fetched recordings lie here until the portal has them. */
  readonly recordingsDir: string
  readonly clock: Clock
  readonly log: Log
}

/** Q.850: subscriber absent, no circuit, temporary failure; 96 (mandatory element missing) stands for an order that makes no sense. */
const CAUSES = { absent: 20, noCircuit: 34, failure: 41, senseless: 96 } as const
const ENTER_WITHIN_MS = 5_000
const PREFLIGHT_WITHIN_MS = 1_500
const RETRY_MS = 1_000
const TONE_MS = 1_500
const STATUS_CAUSES: Readonly<Record<string, number>> = { BUSY: 17, CONGESTION: 34, CHANUNAVAIL: 20, NOANSWER: 19 }

/**
 * Connects to Asterisk by its REST interface (ARI) and keeps connected. The agent's phone is originated into our Stasis application; when it
 * is answered, the client's channel is made, put into a bridge with the agent and only then dialled: so the agent hears ringing, early media
 * and the network's announcements (pbx 3).
 */
export function connectAsterisk(parts: AsteriskParts): Asterisk {
  const { settings, clock, log } = parts
  const ari = createAriClient(settings.ari)
  const names = createNames(settings.application)
  const recordings = createRecordings({ ...parts, ari, names })
  const rooms = createRooms()
  const listeners = new Set<(event: PbxEvent) => void>()
  let state: ReturnType<Asterisk['state']> = 'down'
  let version = ''
  let clockLead = Number.POSITIVE_INFINITY
  let cancelRetry = () => {}

  function tell(event: PbxEvent): void {
    for (const listener of listeners) listener(event)
  }

  /** Moves a leg forward, and tells it; events overtake each other and come twice, states never go back. */
  function move(room: Room, leg: LegName, next: 'ringing' | 'answered' | 'ended', event: AriStreamMessage): void {
    if (RANK[room[leg].state] >= RANK[next]) return
    room[leg].state = next
    const at = timeOf(event)
    const { callId } = room
    if (event.type === 'ChannelDestroyed' && next === 'ended')
      tell({ type: 'leg', callId, leg, state: next, at, cause: room[leg].toneCause ?? causeOf(event) })
    else tell({ type: 'leg', callId, leg, state: next, at })
  }

  /** Asterisk's clock, put right by the least lead that an event ever had: clocks of two machines differ, and a duration spans both. */
  function timeOf(event: AriStreamMessage): number {
    const stamp = 'timestamp' in event ? Date.parse(event.timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN
    if (Number.isNaN(stamp)) return clock.now()
    clockLead = Math.min(clockLead, clock.now() - stamp)
    return stamp + clockLead
  }

  function receive(message: AriStreamMessage): void {
    if (message.type === 'Dial') {
      const name = readName(message.peer.id)
      const isHeard = message.dialstatus === 'RINGING' || message.dialstatus === 'PROGRESS'
      if (isHeard && (name?.part === 'agent' || name?.part === 'client')) move(rooms.of(name.callId), name.part, 'ringing', message)
      return
    }
    if (message.type !== 'StasisStart' && message.type !== 'ChannelStateChange' && message.type !== 'ChannelDestroyed') return
    const name = readName(message.channel.id)
    if (name?.part === 'agent' || name?.part === 'client') receiveLeg(rooms.of(name.callId), name.part, message)
    else if (
      name &&
      message.channel.state === 'Busy' &&
      message.type === 'ChannelStateChange' &&
      (name.part === 'far' || name.part === 'other')
    )
      receiveTone(rooms.of(name.callId), name.part === 'far' ? 'agent' : 'client', message.channel.id)
    else if (name && message.type === 'StasisStart') recordings.snoopEntered(message.channel.id)
  }

  /**
   * The dialplan behind a `Local/` leg plays a busy tone and does not hang up: the tone is given time to be heard, then the leg is ended, with
   * the cause that DIALSTATUS stands for. Only then: the status says less than a cause (pbx 3).
   */
  function receiveTone(room: Room, leg: LegName, farId: string): void {
    const { callId } = room
    const end = async (): Promise<void> => {
      const { value } = await ari.call('channels.getChannelVar', { channelId: farId, variable: 'DIALSTATUS' })
      if (!isStanding(room[leg]) || room[leg].state === 'answered' || room[leg].isDropped) return
      room[leg].toneCause = { q850: STATUS_CAUSES[value] ?? CAUSES.noCircuit }
      await drop(callId, leg)
    }
    clock.after(TONE_MS, () => forgive(end(), callId))
  }

  function receiveLeg(room: Room, leg: LegName, message: AriStasisStart | AriChannelStateChange | AriChannelDestroyed): void {
    if (message.type === 'ChannelDestroyed') {
      room[leg].entered.resolve(false)
      move(room, leg, 'ended', message)
      if (!isOccupied(room)) clear(room)
      return
    }
    if (message.type === 'StasisStart') enter(room[leg])
    if (message.channel.state === 'Ringing') move(room, leg, 'ringing', message)
    // Up, but not ours yet: its StasisStart is on its way.
    if (message.channel.state !== 'Up' || !room[leg].isEntered || room[leg].state === 'answered') return
    move(room, leg, 'answered', message)
    if (leg === 'client') sendDigits(room)
  }

  /** Both legs are gone: the bridge goes too, which closes its recording. */
  function clear({ callId }: Room): void {
    forgive(ari.call('bridges.destroy', { bridgeId: names.of(callId, 'bridge') }), callId)
  }

  function sendDigits({ callId, digits }: Room): void {
    if (digits === '') return
    clock.after(settings.digitsAfterMs, () =>
      forgive(ari.call('channels.sendDTMF', { channelId: names.of(callId, 'client'), dtmf: digits }), callId),
    )
  }

  /** What may have gone already, or cannot be done, is noted and no more. */
  function forgive(work: Promise<unknown>, callId: string): void {
    work.catch((error: unknown) => {
      if (!isGone(error)) log('warn', 'Asterisk did not do it', { callId, why: wordsOf(error) })
    })
  }

  function readName(id: string): { readonly callId: string; readonly part: PartName } | undefined {
    const name = names.read(id)
    return name?.callId === undefined ? undefined : { callId: name.callId, part: name.part }
  }

  async function drop(callId: string, leg: LegName): Promise<void> {
    await unlessGone(ari.call('channels.hangup', { channelId: names.of(callId, leg), reason: 'normal' }))
  }

  async function placeAgentLeg(call: PbxCall): Promise<void> {
    assertUp()
    const room = rooms.of(call.callId)
    if (room.agent.state !== 'idle') return
    room.agent.state = 'placed'
    try {
      const endpoint = agentEndpoint(settings, call)
      const callerId = callerIdOf(call.clientName, call.number)
      if (endpoint.startsWith('Local/')) await ringByDialplan(room, endpoint, callerId)
      else await originate(call.callId, endpoint, callerId)
      if (room.agent.isDropped) await drop(call.callId, 'agent')
    } catch (error) {
      await giveUp(room, 'agent')
      throw refusalOf(error, CAUSES.absent)
    }
  }

  /** One order, one INVITE: the quickest way to a phone. It obeys us from its answer. */
  async function originate(callId: string, endpoint: string, callerId: string): Promise<void> {
    const headers = endpoint.startsWith('PJSIP/') ? Object.entries(settings.agentHeaders) : []
    const order = {
      endpoint,
      app: settings.application,
      channelId: names.of(callId, 'agent'),
      callerId,
      timeout: Math.ceil(parts.ring.agentMs / 1000),
      variables: Object.fromEntries(headers.map(([name, text]) => [`PJSIP_HEADER(add,${name})`, text])),
    }
    await unlessThere(ari.call('channels.originate', order), () => subscribe(order.channelId))
  }

  /** An originated `Local/` channel would end with cause 0 whatever the phone said (measured, Asterisk 16); one that is dialled tells it. */
  async function ringByDialplan(room: Room, endpoint: string, callerId: string): Promise<void> {
    const channelId = names.of(room.callId, 'agent')
    await create(room, 'agent', { endpoint, otherChannelId: names.of(room.callId, 'far') })
    await ari.call('channels.setChannelVar', { channelId, variable: 'CONNECTEDLINE(all)', value: callerId })
    await ari.call('channels.dial', { channelId, timeout: Math.ceil(parts.ring.agentMs / 1000) })
  }

  async function placeClientLeg(call: PbxCall): Promise<void> {
    assertUp()
    const room = rooms.of(call.callId)
    if (room.client.state !== 'idle') return
    if (room.agent.state !== 'answered') throw new PlacementRefused('the agent has not answered', { q850: CAUSES.senseless })
    const line = lineOf(settings, call.line)
    if (!line) throw new PlacementRefused(`there is no line “${call.line}”`, { q850: CAUSES.noCircuit })
    room.client.state = 'placed'
    room.digits = call.extensionDigits
    try {
      await joinClient(room, fillTemplate(line.dial, call), line.callerId ?? line.number)
      if (room.client.isDropped) await drop(call.callId, 'client')
    } catch (error) {
      await giveUp(room, 'client')
      throw refusalOf(error, CAUSES.noCircuit)
    }
  }

  async function joinClient(room: Room, endpoint: string, callerId: string): Promise<void> {
    const [agentId, channelId, bridgeId] = (['agent', 'client', 'bridge'] as const).map((part) => names.of(room.callId, part)) as IdTriple
    // The client sees the caller id of the agent's channel; setting that of its own channel changes nothing (pbx 3).
    const seen = callerIdOf('', callerId)
    if (callerId) await ari.call('channels.setChannelVar', { channelId: agentId, variable: 'CALLERID(all)', value: seen })
    await ari.call('bridges.createWithId', { bridgeId, type: 'mixing', name: bridgeId })
    await ari.call('bridges.addChannel', { bridgeId, channel: [agentId] })
    const otherChannelId = names.of(room.callId, 'other')
    await create(room, 'client', { endpoint, originator: agentId, ...(endpoint.startsWith('Local/') ? { otherChannelId } : {}) })
    await ari.call('bridges.addChannel', { bridgeId, channel: [channelId] })
    await ari.call('channels.dial', { channelId, timeout: Math.ceil(parts.ring.clientMs / 1000) })
  }

  /** Makes a channel without ringing anybody, and waits until it obeys: hurried, one order in ten was refused (pbx 8). */
  async function create(
    room: Room,
    leg: LegName,
    target: { endpoint: string; originator?: string; otherChannelId?: string },
  ): Promise<void> {
    const order = { ...target, app: settings.application, channelId: names.of(room.callId, leg) }
    await unlessThere(ari.call('channels.create', order), () => subscribe(order.channelId))
    if (target.otherChannelId !== undefined) await unlessGone(subscribe(target.otherChannelId))
    const cancel = clock.after(ENTER_WITHIN_MS, () => room[leg].entered.resolve(false))
    const hasEntered = await room[leg].entered.promise
    cancel()
    if (!hasEntered || room[leg].isDropped) throw new Error('it was gone before it could be dialled')
  }

  /** A leg that could not be placed: nothing of it stays, and nothing of it is told. */
  async function giveUp(room: Room, leg: LegName): Promise<void> {
    if (room[leg].state === 'placed') room[leg].state = 'ended'
    await drop(room.callId, leg).catch(() => {})
    // The agent may have gone while the bridge was being made.
    if (!isOccupied(room)) clear(room)
  }

  function assertUp(): void {
    if (state !== 'up') throw new PlacementRefused(DOWN_TEXTS[state], { q850: CAUSES.failure })
  }

  async function preflight(route: PbxRoute): Promise<Preflight> {
    if (state !== 'up') return { ok: false, code: 'unavailable', text: DOWN_TEXTS[state] }
    if (!lineOf(settings, route.line)) return { ok: false, code: 'unavailable', text: `The PBX has no line “${route.line}”.` }
    const standing = rooms.all().filter(isOccupied)
    if (standing.length >= settings.maxCalls)
      return { ok: false, code: 'unavailable', text: 'The PBX has as many calls as it may have at once.' }
    const late = new Promise<Preflight>((resolve) => clock.after(PREFLIGHT_WITHIN_MS, () => resolve({ ok: true })))
    return Promise.race([askPhone(ari, agentEndpoint(settings, route), route.extension), late])
  }

  function subscribe(channelId: string): Promise<unknown> {
    return ari.call('applications.subscribe', { applicationName: settings.application, eventSource: [`channel:${channelId}`] })
  }

  async function readLegs(): Promise<ReadonlyArray<LiveLeg & { readonly isEntered: boolean }>> {
    const channels = await ari.call('channels.list', {})
    return channels.flatMap(({ id, name: channelName, state: channelState }) => {
      const name = readName(id)
      if (name?.part !== 'agent' && name?.part !== 'client') return []
      const legState = channelState === 'Up' ? ('answered' as const) : ('ringing' as const)
      // Every created channel obeys; an originated one does when it is answered.
      const isEntered = legState === 'answered' || name.part === 'client' || channelName.startsWith('Local/')
      return [{ callId: name.callId, leg: name.part, state: legState, isEntered }]
    })
  }

  /** After each loss of the stream: what stands is listened to again, what is gone is forgotten, bridges without legs go. */
  async function takeUp(): Promise<void> {
    version = (await ari.call('asterisk.getInfo', {})).system?.version ?? ''
    const legs = await readLegs()
    for (const { callId, leg, state: legState, isEntered } of legs) {
      const known = rooms.of(callId)[leg]
      if (RANK[known.state] < RANK[legState]) known.state = legState
      if (isEntered) enter(known)
      await unlessGone(subscribe(names.of(callId, leg)))
    }
    for (const room of rooms.all()) {
      for (const leg of ['agent', 'client'] as const) {
        const isThere = legs.some((one) => one.callId === room.callId && one.leg === leg)
        if (isStanding(room[leg]) && room[leg].state !== 'placed' && !isThere) room[leg].state = 'ended'
      }
    }
    for (const { id, channels } of await ari.call('bridges.list', {})) {
      const name = names.read(id)
      if (name?.part !== 'bridge' || channels.length > 0 || (name.callId !== undefined && isOccupied(rooms.of(name.callId)))) continue
      await unlessGone(ari.call('bridges.destroy', { bridgeId: id }))
    }
  }

  function open(): void {
    takeUp().then(
      () => {
        state = 'up'
        log('info', 'connected to Asterisk', { version })
        tell({ type: 'up' })
      },
      (error: unknown) => {
        log('warn', 'Asterisk could not be asked for its calls', { why: wordsOf(error) })
        cancelRetry = clock.after(RETRY_MS, open)
      },
    )
  }

  const socket = openAriSocket({
    ...parts,
    access: settings.ari,
    application: settings.application,
    onOpen: open,
    onMessage: receive,
    onClose() {
      cancelRetry()
      if (state === 'up') log('warn', 'the connection to Asterisk is lost')
      state = 'down'
      clockLead = Number.POSITIVE_INFINITY
    },
    onReplaced() {
      state = 'replaced'
      log('error', DOWN_TEXTS.replaced, { application: settings.application })
    },
  })

  return {
    get name() {
      return version ? `Asterisk ${version}` : 'Asterisk'
    },
    state: () => state,
    preflight,
    placeAgentLeg,
    placeClientLeg,
    takeIncoming: () => Promise.resolve(false),
    record: (call) => recordings.start(call.callId),
    async hangup({ callId, leg }) {
      const room = rooms.find(callId)
      if (room) room[leg].isDropped = true
      await drop(callId, leg)
    },
    async list() {
      if (state !== 'up') throw new Error(DOWN_TEXTS[state])
      return (await readLegs()).map(({ callId, leg, state: legState }) => ({ callId, leg, state: legState }))
    },
    events(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fetchRecording: (callId) => recordings.fetch(callId),
    dropRecording: (callId) => recordings.drop(callId),
    async close() {
      cancelRetry()
      listeners.clear()
      await socket.close()
      ari.close()
    },
  }
}

const DOWN_TEXTS = {
  down: 'The PBX cannot be reached.',
  replaced: 'Another connector has taken this PBX over under the same application name; this one does not dial any more. Stop one of them.',
} as const

type IdTriple = [agent: string, client: string, bridge: string]

function enter(leg: Leg): void {
  leg.isEntered = true
  leg.entered.resolve(true)
}

/** 16 to 19 know the Q.850 cause only; later ones the SIP status too, of PJSIP channels. */
function causeOf(event: AriChannelDestroyed & { readonly tech_cause?: number }): HangupCause {
  const sip = event.tech_cause
  return sip !== undefined && sip >= 400 && sip < 700 ? { q850: event.cause, sip } : { q850: event.cause }
}

/** 500 with "Allocation failed" is all that Asterisk says of a phone or trunk that is not there (pbx 3). */
function refusalOf(error: unknown, q850: number): PlacementRefused {
  if (error instanceof PlacementRefused) return error
  return new PlacementRefused(wordsOf(error), { q850: error instanceof AriRefusal && error.status >= 500 ? q850 : CAUSES.failure })
}
