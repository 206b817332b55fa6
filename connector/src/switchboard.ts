import { advance, isLive, type Call, type CallInput, type Effect } from './call.ts'
import type { Clock } from './clock.ts'
import type { Journal } from './journal.ts'
import { wordsOf, type Log } from './log.ts'
import { PlacementRefused, type LegName, type LegRef, type Pbx } from './pbx.ts'
import type { Progress } from './progress.ts'
import { recoverCalls } from './recovery.ts'

/** How long the connector lets things last, milliseconds. A driver's own limits are a little longer. */
export interface Limits {
  /** How long the person responsible for a caller rings before the others of the line do. */
  readonly firstRingMs: number
  readonly agentRingMs: number
  readonly clientRingMs: number
  readonly talkMs: number
}

/** 15 s for the responsible person alone, 25 s for one's own phone, 60 s for the customer's, four hours of talk (pbx 7). */
export const DEFAULT_LIMITS: Limits = { firstRingMs: 15_000, agentRingMs: 25_000, clientRingMs: 60_000, talkMs: 4 * 3_600_000 }

/** What a switchboard works with. */
export interface SwitchboardParts {
  readonly pbx: Pbx
  readonly journal: Journal
  readonly progress: Progress
  readonly clock: Clock
  readonly log: Log
  readonly limits: Limits
  /** There is a call to report. */
  readonly onEnded: () => void
  /** Told of every call that moved. */
  readonly onMoved: (call: Call) => void
}

/** Carries calls through their states: writes each state down, then does what follows from it. */
export interface Switchboard {
  /**
   * Takes a new call: on disk when it returns, rung right after. False when the CALL_ID is known: nothing is dialled. With `tie`, a caller's
   * call: rung when that has tied the caller to it, over if the caller is gone.
   */
  take(call: Call, tie?: () => Promise<boolean>): boolean
  /** Lets something happen to a call; unknown calls are ignored. */
  apply(callId: string, input: CallInput): void
  /** The call, while it is not over. */
  find(callId: string): Call | undefined
  /** True while this user has a call that is not over, or is rung by one. */
  isBusy(userId: string): boolean
  /** Calls that are not over. */
  live(): readonly Call[]
  /** Brings journal and PBX together after a start and after each loss of the PBX. */
  recover(): Promise<void>
  /** Stops acting; calls stay as they are in the journal. */
  close(): void
}

/** How often it is noted that the connector lives, while calls are live: so exact is the end of a call that it did not see. */
const ALIVE_EVERY_MS = 500

/** Makes a switchboard. It listens to the PBX from here on; call `recover()` once before the first click is let in. */
export function createSwitchboard(parts: SwitchboardParts): Switchboard {
  const { pbx, journal, clock, log, limits } = parts
  const calls = new Map<string, Call>()
  const timers = new Map<string, () => void>()
  /** Calls with an order to place a leg under way: the PBX's list may or may not have it yet. */
  const placing = new Set<string>()
  let cancelAlive: (() => void) | undefined
  /** What happens on the PBX is not seen: not before the first recovery, nor while the PBX is away. */
  let isBlind = true

  function apply(callId: string, input: CallInput): void {
    const before = calls.get(callId)
    if (!before) return hangUpStray(callId, input)
    const { call, effects } = advance(before, input)
    if (call !== before) {
      journal.save(call)
      if (isLive(call)) calls.set(callId, call)
      else forget(callId)
      parts.onMoved(call)
    }
    for (const effect of effects) run(call, effect)
  }

  /** A new call is written down as begun, in one write: its caller waits for the disk once. One that must be tied first begins after that. */
  function take(call: Call, tie?: () => Promise<boolean>): boolean {
    const first = tie ? { call, effects: [] } : advance(call, { type: 'begin', at: clock.now() })
    if (!journal.insert(first.call)) return false
    if (isLive(first.call)) remember(first.call)
    else parts.onEnded()
    for (const effect of first.effects) run(first.call, effect)
    if (tie) tieCaller(call.callId, tie)
    parts.onMoved(first.call)
    return true
  }

  /** An answer to a call that is over: somebody would hold a line with nobody on it. */
  function hangUpStray(callId: string, input: CallInput): void {
    if (input.type === 'leg' && input.state !== 'ended') perform(callId, pbx.hangup({ callId, ...legRef(input) }))
  }

  function run(call: Call, effect: Effect): void {
    const { callId } = call
    switch (effect.type) {
      case 'place_agent':
        return placeAgent(call, effect.extension)
      case 'connect':
        return connect(call)
      case 'show':
      case 'hide':
        return parts.progress.card(callId, effect.type, effect.userIds)
      case 'dial_client':
        return apply(callId, { type: 'dial_client', at: clock.now() })
      case 'place_client':
        return place(callId, { leg: 'client' }, pbx.placeClientLeg(call))
      case 'record':
        return record(call)
      case 'hangup':
        return perform(callId, pbx.hangup({ callId, ...legRef(effect) }))
      case 'limit':
        return limit(callId, effect.on)
      case 'progress':
        return parts.progress.tell(callId, effect.state, effect.at)
      case 'report':
        return parts.onEnded()
    }
  }

  /** Noted before it is asked for, and left so when nobody knows what came of it: then the recording is looked for, and found or not. */
  function record(call: Call): void {
    const { callId } = call
    if (!call.isRecorded) apply(callId, { type: 'recording', isRecorded: true })
    pbx.record(call).then(
      (isRecorded) => (isRecorded ? undefined : apply(callId, { type: 'recording', isRecorded })),
      (error: unknown) => {
        const problem = `Not recorded: ${wordsOf(error)}`
        log('warn', 'the PBX does not record', { callId, why: wordsOf(error) })
        if (!call.isRecorded) apply(callId, { type: 'recording', isRecorded: true, problem })
      },
    )
  }

  function placeAgent(call: Call, extension = call.extension): void {
    const person = call.seats?.find((seat) => seat.extension === extension)
    const agentName = person?.name ?? call.agentName
    place(call.callId, { leg: 'agent', extension }, pbx.placeAgentLeg({ ...call, extension, agentName, round: person?.round ?? 1 }))
  }

  /** A talk that cannot be made is no talk: it ends as if the agent had gone. */
  function connect(call: Call): void {
    const { callId, extension } = call
    pbx.connect(call).then(
      () => record(calls.get(callId) ?? call),
      (error: unknown) => {
        log('warn', 'the PBX did not connect the two', { callId, why: wordsOf(error) })
        apply(callId, { type: 'leg', leg: 'agent', extension, state: 'ended', cause: { q850: 41 }, at: clock.now() })
      },
    )
  }

  function perform(callId: string, work: Promise<void>): void {
    work.catch((error: unknown) => log('warn', 'the PBX did not do it', { callId, why: wordsOf(error) }))
  }

  function place(callId: string, ref: { readonly leg: LegName; readonly extension?: string }, order: Promise<void>): void {
    placing.add(callId)
    order.then(
      () => placing.delete(callId),
      (error: unknown) => {
        placing.delete(callId)
        log('warn', `the PBX did not ring the ${ref.leg}`, { callId, why: wordsOf(error) })
        // 41 is "temporary failure": what a fault of the PBX that has no cause of its own comes to.
        const { q850 } = error instanceof PlacementRefused ? error.reason : { q850: 41 }
        const cause = { q850, words: wordsOf(error) }
        apply(callId, { type: 'leg', ...ref, state: 'ended', cause, at: clock.now() })
      },
    )
  }

  function limit(callId: string, on: 'first' | 'agent' | 'client' | 'talk'): void {
    const ms = { first: limits.firstRingMs, agent: limits.agentRingMs, client: limits.clientRingMs, talk: limits.talkMs }[on]
    timers.get(callId)?.()
    timers.set(
      callId,
      clock.after(ms, () => apply(callId, inputOfLimit(on, clock.now()))),
    )
  }

  function tieCaller(callId: string, tie: () => Promise<boolean>): void {
    placing.add(callId)
    tie()
      .finally(() => placing.delete(callId))
      .then(
        (isThere) => {
          const at = clock.now()
          if (isThere) return apply(callId, { type: 'begin', at })
          return apply(callId, { type: 'leg', leg: 'client', state: 'ended', cause: { q850: 16 }, at })
        },
        (error: unknown) => {
          log('warn', 'the caller could not be taken', { callId, why: wordsOf(error) })
          apply(callId, { type: 'leg', leg: 'client', state: 'ended', cause: { q850: 41 }, at: clock.now() })
        },
      )
  }

  function remember(call: Call): void {
    if (calls.size === 0) clock.catchUp?.()
    calls.set(call.callId, call)
    cancelAlive ??= clock.after(0, noteAlive)
  }

  function forget(callId: string): void {
    timers.get(callId)?.()
    timers.delete(callId)
    calls.delete(callId)
  }

  function noteAlive(): void {
    if (!isBlind) journal.noteAlive(clock.now())
    cancelAlive = calls.size > 0 ? clock.after(ALIVE_EVERY_MS, noteAlive) : undefined
  }

  async function recover(): Promise<void> {
    for (const call of journal.live()) if (!calls.has(call.callId)) remember(call)
    await recoverCalls({
      open: [...calls.values()].filter(({ callId }) => !placing.has(callId)),
      find: (callId) => calls.get(callId),
      apply,
      limit,
      record,
      connect,
      pbx,
      clock,
      log,
      lastAlive: journal.lastAlive(),
    })
    isBlind = false
  }

  const stopListening = pbx.events((event) => {
    if (event.type === 'leg') apply(event.callId, event)
    if (event.type === 'down') isBlind = true
    if (event.type === 'up') recover().catch((error: unknown) => log('error', 'calls could not be recovered', { why: wordsOf(error) }))
  })

  return {
    apply,
    recover,
    take,
    find: (callId) => calls.get(callId),
    isBusy: (userId) => [...calls.values()].some((call) => isWith(call, userId)),
    live: () => [...calls.values()],
    close() {
      stopListening()
      cancelAlive?.()
      for (const cancel of timers.values()) cancel()
    },
  }
}

function inputOfLimit(on: 'first' | 'agent' | 'client' | 'talk', at: number): CallInput {
  if (on === 'first') return { type: 'widen' }
  return { type: 'end', at, ending: on === 'talk' ? { kind: 'talk_limit' } : { kind: 'ring_timeout', leg: on } }
}

function legRef({ leg, extension }: { readonly leg: LegName; readonly extension?: string }): Omit<LegRef, 'callId'> {
  return extension === undefined ? { leg } : { leg, extension }
}

function isWith(call: Call, userId: string): boolean {
  if (!call.seats) return call.userId === userId
  return call.seats.some((seat) => seat.userId === userId && (seat.state === 'ringing' || seat.state === 'talking'))
}
