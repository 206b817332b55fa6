import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import {
  PlacementRefused,
  type HangupCause,
  type LegName,
  type LiveLeg,
  type Pbx,
  type PbxEvent,
  type PbxRoute,
  type Preflight,
} from '../pbx.ts'
import { createAriClient, isGone, unlessGone } from './ari-client.ts'
import { openAriSocket } from './ari-socket.ts'
import type { AriChannelDestroyed, AriChannelStateChange, AriStasisStart, AriStreamMessage } from './ari-types.ts'
import { createNames } from './names.ts'
import { CALL_HEADER, createPhones } from './phones.ts'
import { CAUSES, createPlacing, type AgentPhone } from './placing.ts'
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

const PREFLIGHT_WITHIN_MS = 1_500
const RETRY_MS = 1_000
const TONE_MS = 1_500
const STATUS_CAUSES: Readonly<Record<string, number>> = { BUSY: 17, CONGESTION: 34, CHANUNAVAIL: 20, NOANSWER: 19 }

/** Connects to Asterisk by its REST interface (ARI), and connects again for ever. What is told and listed are our legs, by their ids. */
export function connectAsterisk(parts: AsteriskParts): Asterisk {
  const { settings, clock, log } = parts
  const ari = createAriClient(settings.ari)
  const names = createNames(settings.application)
  const recordings = createRecordings({ ...parts, ari, names })
  const rooms = createRooms()
  const listeners = new Set<(event: PbxEvent) => void>()
  const phones = settings.browserPhones ? createPhones({ ...parts, ari, phones: settings.browserPhones }) : undefined
  const placing = createPlacing({ ...parts, ari, names, agentPhone, subscribe, drop, clear })
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
      const name = names.read(message.peer.id)
      const isHeard = message.dialstatus === 'RINGING' || message.dialstatus === 'PROGRESS'
      if (isHeard && (name?.part === 'agent' || name?.part === 'client')) move(rooms.of(name.callId), name.part, 'ringing', message)
      return
    }
    if (message.type !== 'StasisStart' && message.type !== 'ChannelStateChange' && message.type !== 'ChannelDestroyed') return
    const name = names.read(message.channel.id)
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

  async function drop(callId: string, leg: LegName): Promise<void> {
    await unlessGone(ari.call('channels.hangup', { channelId: names.of(callId, leg), reason: 'normal' }))
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
    const asked = agentPhone(route).then(({ endpoint }) => askPhone(ari, endpoint, route.extension))
    return Promise.race([asked, late])
  }

  /** A browser phone that is registered goes before the phone on the desk: who opened it wants to talk there. */
  async function agentPhone(route: PbxRoute & { readonly callId?: string }): Promise<AgentPhone> {
    const browser = await phones?.find(route.extension)
    if (browser !== undefined) return { endpoint: browser, headers: { [CALL_HEADER]: route.callId ?? '' } }
    const endpoint = agentEndpoint(settings, route)
    return { endpoint, headers: endpoint.startsWith('PJSIP/') ? settings.agentHeaders : {} }
  }

  function subscribe(channelId: string): Promise<unknown> {
    return ari.call('applications.subscribe', { applicationName: settings.application, eventSource: [`channel:${channelId}`] })
  }

  async function readLegs(): Promise<ReadonlyArray<LiveLeg & { readonly isEntered: boolean }>> {
    const channels = await ari.call('channels.list', {})
    return channels.flatMap(({ id, name: channelName, state: channelState }) => {
      const name = names.read(id)
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
      if (name?.part !== 'bridge' || channels.length > 0 || isOccupied(rooms.of(name.callId))) continue
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
    ...(phones && {
      phones: {
        socket: phones.socket,
        issue: (extension) => (state === 'up' ? phones.issue(extension) : Promise.reject(new Error(DOWN_TEXTS[state]))),
      },
    }),
    preflight,
    async placeAgentLeg(call) {
      assertUp()
      await placing.placeAgentLeg(rooms.of(call.callId), call)
    },
    async placeClientLeg(call) {
      assertUp()
      await placing.placeClientLeg(rooms.of(call.callId), call)
    },
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
      phones?.close()
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

function enter(leg: Leg): void {
  leg.isEntered = true
  leg.entered.resolve(true)
}

/** 16 to 19 know the Q.850 cause only; later ones the SIP status too, of PJSIP channels. */
function causeOf(event: AriChannelDestroyed & { readonly tech_cause?: number }): HangupCause {
  const sip = event.tech_cause
  return sip !== undefined && sip >= 400 && sip < 700 ? { q850: event.cause, sip } : { q850: event.cause }
}
