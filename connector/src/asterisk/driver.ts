import type { Clock } from '../clock.ts'
import { wordsOf, type Log } from '../log.ts'
import { PlacementRefused, type LegName, type LiveLeg, type Pbx, type PbxCall, type PbxEvent, type Preflight } from '../pbx.ts'
import { AriRefusal, createAriClient, type AriClient } from './ari-client.ts'
import { openAriSocket } from './ari-socket.ts'
import type { AriChannel, AriChannelDestroyed, AriStreamMessage } from './ari-types.ts'
import { callerIdOf, endpointOf, fillTemplate } from './dial-string.ts'
import { createNames, type PartName } from './names.ts'
import { createRecordings } from './recordings.ts'
import type { AsteriskSettings, Line } from './settings.ts'

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

interface Leg {
  state: 'idle' | 'placed' | 'ringing' | 'answered' | 'ended'
  /** The connector wants it gone, maybe before it stands. */
  isDropped: boolean
}

interface Room {
  readonly callId: string
  readonly agent: Leg
  readonly client: Leg
  digits: string
  /** Settles when the client's channel is ours to command, or is gone. */
  clientEntered: PromiseWithResolvers<boolean>
}

/** Q.850: subscriber absent, no circuit, temporary failure; 96 (mandatory element missing) stands for an order that makes no sense. */
const CAUSES = { absent: 20, noCircuit: 34, failure: 41, senseless: 96 } as const
const RANK = { idle: 0, placed: 1, ringing: 2, answered: 3, ended: 4 } as const
const ROOMS_KEPT = 1_000
const ENTER_WITHIN_MS = 5_000
const PREFLIGHT_WITHIN_MS = 1_500
const RETRY_MS = 1_000

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
  const rooms = new Map<string, Room>()
  const listeners = new Set<(event: PbxEvent) => void>()
  let state: ReturnType<Asterisk['state']> = 'down'
  let version = ''
  let clockLead = Number.POSITIVE_INFINITY
  let cancelRetry = () => {}

  function tell(event: PbxEvent): void {
    for (const listener of listeners) listener(event)
  }

  function roomOf(callId: string): Room {
    const known = rooms.get(callId)
    if (known) return known
    const room: Room = {
      callId,
      agent: { state: 'idle', isDropped: false },
      client: { state: 'idle', isDropped: false },
      digits: '',
      clientEntered: Promise.withResolvers(),
    }
    rooms.set(callId, room)
    const [oldest, old] = rooms.entries().next().value ?? []
    if (rooms.size > ROOMS_KEPT && oldest !== undefined && old && !isStanding(old.agent) && !isStanding(old.client)) rooms.delete(oldest)
    return room
  }

  /** Moves a leg forward, and tells it; events overtake each other and come twice, states never go back. */
  function move(room: Room, leg: LegName, next: 'ringing' | 'answered' | 'ended', event: AriStreamMessage): void {
    if (RANK[room[leg].state] >= RANK[next]) return
    room[leg].state = next
    const at = timeOf(event)
    const { callId } = room
    if (event.type === 'ChannelDestroyed' && next === 'ended') tell({ type: 'leg', callId, leg, state: next, at, cause: causeOf(event) })
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
      if (name?.part === 'client' && name.callId !== undefined && /^(RINGING|PROGRESS)$/.test(message.dialstatus))
        move(roomOf(name.callId), 'client', 'ringing', message)
      return
    }
    if (message.type !== 'StasisStart' && message.type !== 'ChannelStateChange' && message.type !== 'ChannelDestroyed') return
    const name = readName(message.channel)
    if (!name) return
    if (name.part === 'agent' || name.part === 'client') receiveLeg(roomOf(name.callId), name.part, message)
    else if (message.type === 'StasisStart') recordings.snoopEntered(message.channel.id)
  }

  function receiveLeg(room: Room, leg: LegName, message: AriStreamMessage): void {
    if (message.type === 'ChannelDestroyed') {
      if (leg === 'client') room.clientEntered.resolve(false)
      move(room, leg, 'ended', message)
      if (!isStanding(room.agent) && !isStanding(room.client)) clear(room)
    } else if (message.type === 'StasisStart') {
      if (leg === 'client') room.clientEntered.resolve(true)
      else move(room, leg, 'answered', message)
    } else if (message.type === 'ChannelStateChange') {
      if (message.channel.state === 'Ringing') move(room, leg, 'ringing', message)
      if (message.channel.state === 'Up' && leg === 'client' && room.client.state !== 'answered') {
        move(room, leg, 'answered', message)
        sendDigits(room)
      }
    }
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

  function readName(channel: AriChannel): { readonly callId: string; readonly part: PartName } | undefined {
    const name = names.read(channel.id)
    return name?.callId === undefined ? undefined : { callId: name.callId, part: name.part }
  }

  async function drop(callId: string, leg: LegName): Promise<void> {
    await unlessGone(ari.call('channels.hangup', { channelId: names.of(callId, leg), reason: 'normal' }))
  }

  async function placeAgentLeg(call: PbxCall): Promise<void> {
    assertUp()
    const room = roomOf(call.callId)
    if (room.agent.state !== 'idle') return
    room.agent.state = 'placed'
    try {
      const endpoint = agentEndpoint(settings, call)
      const isPjsip = endpoint.startsWith('PJSIP/')
      const headers = isPjsip ? Object.entries(settings.agentHeaders) : []
      await unlessThere(
        ari.call('channels.originate', {
          endpoint,
          app: settings.application,
          channelId: names.of(call.callId, 'agent'),
          callerId: callerIdOf(call.clientName, call.number),
          timeout: Math.ceil(parts.ring.agentMs / 1000),
          variables: Object.fromEntries(headers.map(([name, text]) => [`PJSIP_HEADER(add,${name})`, text])),
        }),
        () => subscribe(names.of(call.callId, 'agent')),
      )
    } catch (error) {
      if (room.agent.state === 'placed') room.agent.state = 'ended'
      throw refusalOf(error, CAUSES.absent)
    }
    if (room.agent.isDropped) await drop(call.callId, 'agent')
  }

  async function placeClientLeg(call: PbxCall): Promise<void> {
    assertUp()
    const room = roomOf(call.callId)
    if (room.client.state !== 'idle') return
    if (room.agent.state !== 'answered') throw new PlacementRefused('the agent has not answered', { q850: CAUSES.senseless })
    const line = lineOf(settings, call.line)
    if (!line) throw new PlacementRefused(`there is no line “${call.line}”`, { q850: CAUSES.noCircuit })
    room.client.state = 'placed'
    room.digits = call.extensionDigits
    try {
      await joinClient(room, call, line)
    } catch (error) {
      await drop(call.callId, 'client').catch(() => {})
      if (room.client.state === 'placed') room.client.state = 'ended'
      throw refusalOf(error, CAUSES.noCircuit)
    }
  }

  async function joinClient(room: Room, call: PbxCall, line: Line & { readonly number: string }): Promise<void> {
    const id = (part: PartName) => names.of(call.callId, part)
    const endpoint = fillTemplate(line.dial, call)
    const callerId = line.callerId ?? line.number
    // The client sees the caller id of the agent's channel; setting that of its own channel changes nothing (pbx 3).
    if (callerId)
      await ari.call('channels.setChannelVar', { channelId: id('agent'), variable: 'CALLERID(all)', value: callerIdOf('', callerId) })
    await ari.call('bridges.createWithId', { bridgeId: id('bridge'), type: 'mixing', name: id('bridge') })
    await ari.call('bridges.addChannel', { bridgeId: id('bridge'), channel: [id('agent')] })
    const isLocal = endpoint.startsWith('Local/')
    await unlessThere(
      ari.call('channels.create', {
        endpoint,
        app: settings.application,
        channelId: id('client'),
        originator: id('agent'),
        ...(isLocal ? { otherChannelId: id('other') } : {}),
      }),
      () => subscribe(id('client')),
    )
    const cancel = clock.after(ENTER_WITHIN_MS, () => room.clientEntered.resolve(false))
    const hasEntered = await room.clientEntered.promise
    cancel()
    if (!hasEntered || room.client.isDropped) throw new Error('it was gone before it could be dialled')
    await ari.call('bridges.addChannel', { bridgeId: id('bridge'), channel: [id('client')] })
    await ari.call('channels.dial', { channelId: id('client'), timeout: Math.ceil(parts.ring.clientMs / 1000) })
    if (room.client.isDropped) await drop(call.callId, 'client')
  }

  function assertUp(): void {
    if (state !== 'up') throw new PlacementRefused(DOWN_TEXTS[state], { q850: CAUSES.failure })
  }

  async function preflight(call: PbxCall): Promise<Preflight> {
    if (state !== 'up') return { ok: false, code: 'unavailable', text: DOWN_TEXTS[state] }
    if (!lineOf(settings, call.line)) return { ok: false, code: 'unavailable', text: `The PBX has no line “${call.line}”.` }
    const live = [...rooms.values()].filter((room) => isStanding(room.agent) || isStanding(room.client))
    if (live.length >= settings.maxCalls)
      return { ok: false, code: 'unavailable', text: 'The PBX has as many calls as it may have at once.' }
    const endpoint = endpointOf(agentEndpoint(settings, call))
    if (!endpoint) return { ok: true }
    const late = new Promise<Preflight>((resolve) => clock.after(PREFLIGHT_WITHIN_MS, () => resolve({ ok: true })))
    return Promise.race([askEndpoint(ari, endpoint, call.extension), late])
  }

  function subscribe(channelId: string): Promise<unknown> {
    return ari.call('applications.subscribe', { applicationName: settings.application, eventSource: [`channel:${channelId}`] })
  }

  async function readLegs(): Promise<LiveLeg[]> {
    const channels = await ari.call('channels.list', {})
    return channels.flatMap((channel): LiveLeg[] => {
      const name = readName(channel)
      if (name?.part !== 'agent' && name?.part !== 'client') return []
      return [{ callId: name.callId, leg: name.part, state: channel.state === 'Up' ? 'answered' : 'ringing' }]
    })
  }

  /** After each loss of the stream: what stands is listened to again, what is gone is forgotten, bridges without legs go. */
  async function takeUp(): Promise<void> {
    const info = await ari.call('asterisk.getInfo', {})
    version = info.system?.version ?? ''
    const legs = await readLegs()
    for (const { callId, leg, state: legState } of legs) {
      const room = roomOf(callId)
      if (RANK[room[leg].state] < RANK[legState]) room[leg].state = legState
      if (leg === 'client') room.clientEntered.resolve(true)
      await unlessGone(subscribe(names.of(callId, leg)))
    }
    const standing = new Set(legs.map(({ callId, leg }) => names.of(callId, leg)))
    for (const room of rooms.values()) {
      for (const leg of ['agent', 'client'] as const) {
        if (isStanding(room[leg]) && room[leg].state !== 'placed' && !standing.has(names.of(room.callId, leg))) room[leg].state = 'ended'
      }
    }
    for (const bridge of await ari.call('bridges.list', {})) {
      const name = names.read(bridge.id)
      if (name?.part !== 'bridge' || bridge.channels.length > 0 || (name.callId !== undefined && isStanding(roomOf(name.callId).agent)))
        continue
      await unlessGone(ari.call('bridges.destroy', { bridgeId: bridge.id }))
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
      const room = rooms.get(callId)
      if (room) room[leg].isDropped = true
      await drop(callId, leg)
    },
    async list() {
      if (state !== 'up') throw new Error(DOWN_TEXTS[state])
      return readLegs()
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
      socket.close()
      ari.close()
    },
  }
}

const DOWN_TEXTS = {
  down: 'The PBX cannot be reached.',
  replaced: 'Another connector has taken this PBX over under the same application name; this one does not dial any more. Stop one of them.',
} as const

function isStanding({ state }: Leg): boolean {
  return state === 'placed' || state === 'ringing' || state === 'answered'
}

function agentEndpoint(settings: AsteriskSettings, call: PbxCall): string {
  const own = Object.hasOwn(settings.users, call.extension) ? settings.users[call.extension] : undefined
  return fillTemplate(own?.dial ?? settings.agentDial, call)
}

/** The line with this LINE_NUMBER; the first one for none. Any other is refused: which trunk a call takes is not for the caller to make up. */
function lineOf(settings: AsteriskSettings, number: string): (Line & { readonly number: string }) | undefined {
  const found = number === '' ? Object.keys(settings.lines)[0] : number
  if (found === undefined || !Object.hasOwn(settings.lines, found)) return undefined
  return { ...settings.lines[found]!, number: found }
}

/** `offline`: not registered; a contact that is fixed in the configuration and not watched is always online. */
async function askEndpoint(
  ari: AriClient,
  { tech, resource }: { readonly tech: string; readonly resource: string },
  extension: string,
): Promise<Preflight> {
  try {
    const endpoint = await ari.call('endpoints.get', { tech, resource })
    if (endpoint.state === 'offline')
      return { ok: false, code: 'offline', text: `Your phone (extension ${extension}) is not registered at the PBX.` }
    return { ok: true }
  } catch (error) {
    if (isGone(error)) return { ok: false, code: 'no_extension', text: `The PBX knows no extension ${extension}.` }
    // Asking is a courtesy: what cannot be asked is tried.
    return { ok: true }
  }
}

/** 16 to 19 know the Q.850 cause only; later ones the SIP status too, of PJSIP channels. */
function causeOf(event: AriChannelDestroyed & { readonly tech_cause?: number }): { q850: number; sip?: number } {
  const sip = event.tech_cause
  return sip !== undefined && sip >= 400 && sip < 700 ? { q850: event.cause, sip } : { q850: event.cause }
}

function isGone(error: unknown): boolean {
  return error instanceof AriRefusal && error.status === 404
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isGone(error)) throw error
  })
}

/** 409: this very leg was placed before, by another process or by an order whose reply was lost. */
async function unlessThere(work: Promise<unknown>, adopt: () => Promise<unknown>): Promise<void> {
  await work.catch(async (error: unknown) => {
    if (!(error instanceof AriRefusal) || error.status !== 409) throw error
    await adopt()
  })
}

/** 500 with "Allocation failed" is all that Asterisk says of a phone or trunk that is not there (pbx 3). */
function refusalOf(error: unknown, q850: number): PlacementRefused {
  if (error instanceof PlacementRefused) return error
  return new PlacementRefused(wordsOf(error), { q850: error instanceof AriRefusal && error.status >= 500 ? q850 : CAUSES.failure })
}
