import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import {
  PlacementRefused,
  type HangupCause,
  type LegRef,
  type LiveLeg,
  type Pbx,
  type PbxEvent,
  type PbxRoute,
  type Preflight,
  type PreflightWish,
} from '../pbx.ts'
import { createAriClient, isGone, unlessGone } from './ari-client.ts'
import { openAriSocket } from './ari-socket.ts'
import type { AriChannel, AriChannelDestroyed, AriChannelStateChange, AriStasisStart, AriStreamMessage } from './ari-types.ts'
import { createCallers, lineOfArgument } from './callers.ts'
import { reportChecks } from './checks.ts'
import { createDeskCalls } from './desk-calls.ts'
import { readKeys } from './keys.ts'
import { createNames } from './names.ts'
import { createPbxClock } from './pbx-clock.ts'
import { CALL_HEADER, createPhones } from './phones.ts'
import { CAUSES, createPlacing, STATUS_CAUSES, type AgentPhone } from './placing.ts'
import { createRecordings } from './recordings.ts'
import { createRingTest, RING_TEST } from './ring-test.ts'
import { createRooms, isOccupied, isStanding, legsOf, RANK, type Leg, type Room } from './rooms.ts'
import { agentEndpoint, askPhone, askTrunk, ENTRY_TEXTS, extensionOf, lineOf } from './routes.ts'
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

/** Connects to Asterisk by its REST interface (ARI), and connects again for ever. What is told and listed are our legs, by their ids. */
export function connectAsterisk(parts: AsteriskParts): Asterisk {
  const { settings, clock, log } = parts
  const ari = createAriClient(settings.ari)
  const names = createNames(settings.application)
  const recordings = createRecordings({ ...parts, ari, names })
  const rooms = createRooms(names)
  const listeners = new Set<(event: PbxEvent) => void>()
  const phones = settings.browserPhones ? createPhones({ ...parts, ari, phones: settings.browserPhones }) : undefined
  const placing = createPlacing({ ...parts, ari, names, rooms, agentPhone, subscribe, drop, clear })
  const callers = createCallers({ ...parts, ari, names, rooms, subscribe, tell })
  const phoneOf = async (extension: string) => (await agentPhone({ extension, number: '', line: '' })).endpoint
  const ringTest = createRingTest({ ...parts, ari, phoneOf })
  const deskCalls = createDeskCalls({
    isOurs: (channelId) => names.read(channelId) !== undefined || rooms.ofCaller(channelId) !== undefined || ringTest.isTest(channelId),
    extensionOf: (endpoint) => extensionOf(settings, endpoint),
    lineOf: (dialled) => lineOfArgument(settings, dialled),
    tell,
  })
  let timeOfStamp = createPbxClock(clock)
  let state: ReturnType<Asterisk['state']> = 'down'
  let downText: string = DOWN_TEXT
  let version = ''
  let cancelRetry = () => {}

  function tell(event: PbxEvent): void {
    for (const listener of listeners) listener(event)
  }

  /** Moves a leg forward, and tells it; events overtake each other and come twice, states never go back. */
  function move({ callId }: Room, leg: Leg, next: 'ringing' | 'answered' | 'ended', event: AriStreamMessage): void {
    if (RANK[leg.state] >= RANK[next]) return
    leg.state = next
    const told = { type: 'leg', callId, ...refOf(leg), state: next, at: timeOf(event) } as const
    if (next === 'ended') tell({ ...told, cause: leg.toneCause ?? (event.type === 'ChannelDestroyed' ? causeOf(event) : { q850: 16 }) })
    else tell(told)
  }

  /** The call and the leg of one of our channels, or of a caller's. */
  function find(channelId: string): { room: Room; leg: Leg } | undefined {
    const ofCaller = rooms.ofCaller(channelId)
    if (ofCaller) return { room: ofCaller, leg: ofCaller.client }
    const name = names.read(channelId)
    if (name?.part !== 'agent' && name?.part !== 'client') return undefined
    const room = rooms.of(name.callId)
    const leg = name.part === 'client' ? room.client : rooms.agent(room, name.extension, name.round)
    // What is left of a leg that was rung again since is no news.
    return leg.channelId === channelId ? { room, leg } : undefined
  }

  const timeOf = (event: AriStreamMessage): number => timeOfStamp('timestamp' in event ? event.timestamp : undefined)

  function receive(message: AriStreamMessage): void {
    if (settings.logDeskCalls) deskCalls.receive(message, timeOf(message))
    if (message.type === 'Dial') {
      const found = find(message.peer.id)
      const isHeard = message.dialstatus === 'RINGING' || message.dialstatus === 'PROGRESS'
      if (isHeard && found) move(found.room, found.leg, 'ringing', message)
      return
    }
    if (message.type === 'ChannelDtmfReceived') return receiveKey(message.channel.id, message.digit)
    if (message.type === 'StasisEnd') return receiveLeave(message)
    if (message.type !== 'StasisStart' && message.type !== 'ChannelStateChange' && message.type !== 'ChannelDestroyed') return
    const found = find(message.channel.id)
    if (found) return receiveLeg(found.room, found.leg, message)
    const name = names.read(message.channel.id)
    if (name) return receiveHelper(name, message)
    const [kind, line = ''] = message.type === 'StasisStart' ? message.args : []
    if (kind === RING_TEST) return ringTest.answered(message.channel.id)
    if (kind === 'incoming') callers.arrive(message.channel, line, timeOf(message))
    if (message.type === 'ChannelDestroyed') callers.depart(message.channel.id)
  }

  /** Far halves of `Local/` legs, and our own listening channels. */
  function receiveHelper(
    { callId, part, extension }: NonNullable<ReturnType<typeof names.read>>,
    message: AriStasisStart | AriChannelStateChange | AriChannelDestroyed,
  ): void {
    const isTone = message.type === 'ChannelStateChange' && message.channel.state === 'Busy'
    const room = rooms.of(callId)
    if (isTone && part === 'far') receiveTone(room, rooms.agent(room, extension), message.channel.id)
    else if (isTone && part === 'other') receiveTone(room, room.client, message.channel.id)
    else if (message.type === 'StasisStart') recordings.snoopEntered(message.channel.id)
  }

  /** A caller went back to the dialplan, or was transferred by it: not ours any more. */
  function receiveLeave(message: AriStreamMessage & { readonly type: 'StasisEnd' }): void {
    callers.depart(message.channel.id)
    const room = rooms.ofCaller(message.channel.id)
    if (!room) return
    move(room, room.client, 'ended', message)
    if (!isOccupied(room)) clear(room)
  }

  function receiveKey(channelId: string, digit: string): void {
    const found = find(channelId)
    if (found?.leg.part !== 'agent' || found.leg.state !== 'answered') return
    const { extension } = found.leg
    const at = clock.now()
    const to = readKeys(found.leg, { digit, at }, settings.transferKeys)
    if (to !== undefined) tell({ type: 'transfer', callId: found.room.callId, extension, to, at })
  }

  /**
   * The dialplan behind a `Local/` leg plays a busy tone and does not hang up: the tone is given time to be heard, then the leg is ended, with
   * the cause that DIALSTATUS stands for. Only then: the status says less than a cause (pbx 3).
   */
  function receiveTone({ callId }: Room, leg: Leg, farId: string): void {
    const end = async (): Promise<void> => {
      const { value } = await ari.call('channels.getChannelVar', { channelId: farId, variable: 'DIALSTATUS' })
      if (!isStanding(leg) || leg.state === 'answered' || leg.isDropped) return
      leg.toneCause = { q850: STATUS_CAUSES[value] ?? CAUSES.noCircuit }
      await drop(leg)
    }
    clock.after(TONE_MS, () => forgive(end(), callId))
  }

  function receiveLeg(room: Room, leg: Leg, message: AriStasisStart | AriChannelStateChange | AriChannelDestroyed): void {
    if (message.type === 'ChannelDestroyed') {
      leg.entered.resolve(false)
      move(room, leg, 'ended', message)
      if (!isOccupied(room)) clear(room)
      return
    }
    if (message.type === 'StasisStart') enter(leg)
    if (message.channel.state === 'Ringing') move(room, leg, 'ringing', message)
    // Up, but not ours yet: its StasisStart is on its way.
    if (message.channel.state !== 'Up' || !leg.isEntered || leg.state === 'answered') return
    move(room, leg, 'answered', message)
    if (leg === room.client) sendDigits(room)
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

  async function drop({ channelId }: Leg): Promise<void> {
    await unlessGone(ari.call('channels.hangup', { channelId, reason: 'normal' }))
  }

  async function hangup({ callId, leg: part, extension }: LegRef): Promise<void> {
    const room = rooms.of(callId)
    if (part === 'client' && room.isCaller) return callers.release(room)
    const wanted = legsOf(room).filter((leg) => leg.part === part && (extension === undefined || leg.extension === extension))
    for (const leg of wanted) leg.isDropped = true
    await Promise.all(wanted.map(drop))
  }

  function assertUp(): void {
    if (state !== 'up') throw new PlacementRefused(downText, { q850: CAUSES.failure })
  }

  async function preflight({ isCallOut, ...route }: PreflightWish): Promise<Preflight> {
    if (state !== 'up') return { ok: false, code: 'unavailable', text: downText }
    if (!lineOf(settings, route.line)) return { ok: false, code: 'unavailable', text: `The PBX has no line “${route.line}”.` }
    const standing = rooms.all().filter(isOccupied)
    if (standing.length >= settings.maxCalls)
      return { ok: false, code: 'unavailable', text: 'The PBX has as many calls as it may have at once.' }
    const late = new Promise<Preflight>((resolve) => clock.after(PREFLIGHT_WITHIN_MS, () => resolve({ ok: true })))
    const phone = agentPhone(route).then(({ endpoint }) => askPhone(ari, endpoint, route.extension))
    const asked = Promise.all([phone, isCallOut ? askTrunk(ari, settings, route) : ({ ok: true } as const)])
    return Promise.race([asked.then((verdicts) => verdicts.find(({ ok }) => !ok) ?? verdicts[0]), late])
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

  function readLegs(channels: readonly AriChannel[]): Array<{ room: Room; leg: Leg; state: LiveLeg['state']; isEntered: boolean }> {
    return channels.flatMap(({ id, name: channelName, state: channelState }) => {
      const found = find(id)
      if (!found) return []
      const isCaller = found.room.isCaller && found.leg === found.room.client
      const legState = isCaller || channelState === 'Up' ? 'answered' : channelState === 'Ringing' ? 'ringing' : 'placed'
      // Every created channel obeys; an originated one does when it is answered.
      const isEntered = legState === 'answered' || found.leg.part === 'client' || channelName.startsWith('Local/')
      return [{ ...found, state: legState, isEntered }]
    })
  }

  /** After each loss of the stream: what stands is listened to again, what is gone is forgotten, bridges without legs go. */
  async function takeUp(): Promise<void> {
    version = (await ari.call('asterisk.getInfo', {})).system?.version ?? ''
    const channels = await ari.call('channels.list', {})
    await callers.takeUp(channels)
    const legs = readLegs(channels)
    for (const { leg, state: legState, isEntered } of legs) {
      if (RANK[leg.state] < RANK[legState]) leg.state = legState
      if (isEntered) enter(leg)
      await unlessGone(subscribe(leg.channelId))
    }
    const standing = new Set(legs.map(({ leg }) => leg))
    for (const leg of rooms.all().flatMap(legsOf)) {
      if (isStanding(leg) && !leg.isBeingPlaced && !standing.has(leg)) leg.state = 'ended'
    }
    for (const { id, channels: inside } of await ari.call('bridges.list', {})) {
      const name = names.read(id)
      if (name?.part !== 'bridge' || inside.length > 0 || isOccupied(rooms.of(name.callId))) continue
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
    isAll: settings.logDeskCalls,
    onOpen: open,
    onMessage: receive,
    onClose(status) {
      cancelRetry()
      const wasUp = state === 'up'
      state = 'down'
      downText = status === 401 || status === 404 ? ENTRY_TEXTS[status] : DOWN_TEXT
      if (wasUp) {
        log('warn', 'the connection to Asterisk is lost')
        tell({ type: 'down' })
      }
      // the next one that is reached there may be another, with another clock
      timeOfStamp = createPbxClock(clock)
    },
    onReplaced() {
      state = 'replaced'
      downText = REPLACED_TEXT
      log('error', downText, { application: settings.application })
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
        issue: (extension) => (state === 'up' ? phones.issue(extension) : Promise.reject(new Error(downText))),
      },
    }),
    check: (extension) => reportChecks(ari, { settings, extension, isConnected: state === 'up', phones, clock }),
    ring: ringTest.ring,
    preflight,
    async placeAgentLeg(call) {
      assertUp()
      await placing.placeAgentLeg(rooms.of(call.callId), call)
    },
    async placeClientLeg(call) {
      assertUp()
      await placing.placeClientLeg(rooms.of(call.callId), call)
    },
    takeIncoming: callers.take,
    leaveIncoming: callers.leave,
    async connect(call) {
      assertUp()
      await callers.connect(rooms.of(call.callId), call)
    },
    record: (call) => recordings.start(call.callId, rooms.of(call.callId).client.channelId),
    hangup,
    async list() {
      if (state !== 'up') throw new Error(downText)
      const legs = readLegs(await ari.call('channels.list', {}))
      return legs.map(({ room, leg, state: legState }): LiveLeg => ({ callId: room.callId, ...refOf(leg), state: legState }))
    },
    events(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fetchRecording: (callId) => recordings.fetch(callId),
    recordedSeconds: (callId) => recordings.measure(callId),
    releaseRecording: (callId) => recordings.release(callId),
    dropRecording: (callId) => recordings.drop(callId),
    listRecordings: () => recordings.list(),
    async close() {
      cancelRetry()
      phones?.close()
      listeners.clear()
      await socket.close()
      ari.close()
    },
  }
}

const DOWN_TEXT = 'The PBX cannot be reached.'
const REPLACED_TEXT =
  'Another connector has taken this PBX over under the same application name; this one does not dial any more. Stop one of them.'

function refOf({ part, extension }: Leg): Omit<LegRef, 'callId'> {
  return part === 'client' ? { leg: part } : { leg: part, extension }
}

function enter(leg: Leg): void {
  leg.isEntered = true
  leg.entered.resolve(true)
}

/** 16 to 19 know the Q.850 cause only; later ones the SIP status too, of PJSIP channels. */
function causeOf(event: AriChannelDestroyed & { readonly tech_cause?: number }): HangupCause {
  const sip = event.tech_cause
  return sip !== undefined && sip >= 400 && sip < 700 ? { q850: event.cause, sip } : { q850: event.cause }
}
