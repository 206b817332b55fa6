import { PortalRefusal, type PortalClient } from '@hookswitch/sdk'
import { talkSeconds, type Call } from './call.ts'
import type { Clock } from './clock.ts'
import type { Journal } from './journal.ts'
import { wordsOf, type Log } from './log.ts'
import type { Pbx } from './pbx.ts'
import type { Progress } from './progress.ts'

/** Tells the portal of every call that is over, until it has taken it. */
export interface Outbox {
  /** Something is due, or the portal may be back. */
  wake(): void
  /** The portal was heard of: what was put off is told now, not after up to five minutes. */
  hear(): void
  /** Stops after what is under way. */
  close(): Promise<void>
}

/** What an outbox works with. `onSettled` is told of each call that moved. */
export interface OutboxParts {
  readonly journal: Journal
  readonly pbx: Pbx
  readonly progress: Progress
  readonly portal: () => PortalClient | undefined
  readonly clock: Clock
  readonly log: Log
  readonly onMoved: (call: Call) => void
}

const AT_ONCE = 4
const DISK_PAUSE_MS = 5_000
/** A recording begins a moment after the talk, and ends a moment before or after it: so much may be missing, seconds and share of the talk. */
const [MISSING_S, MISSING_SHARE] = [2, 0.02]
/** Refusals of `register` that another try would meet again (contract 4.2). */
const NEVER_TAKEN = /^(Unsupported phone number format|User is not found)/
const LONGEST_PAUSE_MS = 5 * 60_000
/** After a week the portal will not want to hear of it. */
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000

/** Pause before try number `tries + 1`: 1, 2, 4 … 300 s, each ±25 %. */
export function pauseMs(tries: number, random: number): number {
  return Math.round(Math.min(1000 * 2 ** tries, LONGEST_PAUSE_MS) * (0.75 + random / 2))
}

/**
 * `telephony.externalCall.finish`, then the recording. Reports are read from the journal, so they survive a crash; each is tried with growing
 * pauses. A `finish` whose reply was lost is told again and then meets "Call is not found": so that answer ends the finishing, loudly, but
 * not the recording: whether the call is known is seen when it is attached.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const { journal, clock, log } = parts
  const underWay = new Map<string, Promise<void>>()
  let isClosed = false
  let cancelTimer = () => {}

  function wake(): void {
    if (isClosed || !parts.portal()) return
    cancelTimer()
    // Those under way are still due in the journal: ask for enough to see past them.
    const now = clock.now()
    for (const call of journal.due(now, AT_ONCE * 2)) {
      if (underWay.size >= AT_ONCE) break
      if (underWay.has(call.callId)) continue
      underWay.set(
        call.callId,
        deliver(call).then(
          () => settle(call),
          (error: unknown) => settle(call, error),
        ),
      )
    }
    if (underWay.size >= AT_ONCE) return
    // As of the same moment: what became due since then, or is under way, must not keep the others from being waited for.
    const nextAt = journal.nextDueAt(now)
    if (nextAt !== undefined) cancelTimer = clock.after(Math.max(0, nextAt - clock.now()), wake)
  }

  /** `error` is a fault of the disk: trying again at once would only spin. */
  function settle(call: Call, error?: unknown): void {
    underWay.delete(call.callId)
    if (error === undefined) return wake()
    log('error', 'the journal cannot be written', { callId: call.callId, why: wordsOf(error) })
    cancelTimer()
    cancelTimer = clock.after(DISK_PAUSE_MS, wake)
  }

  async function deliver(call: Call): Promise<void> {
    const portal = parts.portal()
    if (!portal) return
    try {
      await parts.progress.settled(call.callId)
      const wasPutOff = journal.tries(call.callId) > 0
      const moved = call.state === 'ended' ? await finish(portal, call) : await attach(portal, call)
      journal.save(moved)
      parts.onMoved(moved)
      if (wasPutOff) journal.hasten()
    } catch (error) {
      putOff(call, error)
    }
  }

  async function finish(portal: PortalClient, told: Call): Promise<Call> {
    const call = await register(portal, await measure(told))
    const callId = call.registration?.callId ?? call.callId
    if (call.state === 'closed') return call
    const reported: Call = { ...call, state: call.isRecorded ? 'reported' : 'closed' }
    try {
      await portal.call('telephony.externalCall.finish', {
        CALL_ID: callId,
        USER_ID: call.userId,
        DURATION: talkSeconds(call),
        STATUS_CODE: call.statusCode ?? 'OTHER',
        // Of a talk nothing failed but this; it is shown beside its outcome.
        FAILED_REASON: call.failedReason || (call.recordProblem ?? '').slice(0, 300),
      })
      return reported
    } catch (error) {
      if (!isUnknownCall(error)) throw error
      log('error', 'the portal does not know this call, or has it finished already', { callId: call.callId, why: error.description })
      return { ...reported, note: error.description }
    }
  }

  /** What a disk that was full did not take is seen from what is missing. */
  async function measure(call: Call): Promise<Call> {
    if (!call.isRecorded || call.recordProblem !== undefined) return call
    const talked = ((call.endedAt ?? 0) - (call.talkingAt ?? 0)) / 1000
    const seconds = await parts.pbx.recordedSeconds?.(call.callId).catch(() => undefined)
    if (seconds === undefined || (seconds > 0 && talked - seconds < Math.max(MISSING_S, talked * MISSING_SHARE))) return call
    log('warn', 'a recording is not whole', { callId: call.callId, seconds, talked })
    const there = `${Math.floor(seconds)} s of ${Math.round(talked)} s are there; is the PBX’s disk full?`
    return { ...call, recordProblem: `${seconds > 0 ? 'Recorded in part' : 'Not recorded'}: ${there}` }
  }

  /** A call that was made by hand is registered first, and what as is on disk before it is finished: so it is told once. */
  async function register(portal: PortalClient, call: Call): Promise<Call> {
    const { registration } = call
    if (!registration || registration.callId !== undefined) return call
    try {
      const { CALL_ID: callId } = await portal.call('telephony.externalCall.register', {
        USER_ID: call.userId,
        PHONE_NUMBER: call.number,
        TYPE: registration.type,
        CALL_START_DATE: new Date(call.receivedAt).toISOString(),
        SHOW: 0,
        EXTERNAL_CALL_ID: registration.externalCallId,
        ...(call.line === '' ? {} : { LINE_NUMBER: call.line }),
      })
      const registered: Call = { ...call, registration: { ...registration, callId } }
      journal.save(registered)
      return registered
    } catch (error) {
      if (!(error instanceof PortalRefusal) || !NEVER_TAKEN.test(error.description)) throw error
      log('warn', 'the portal does not take a call made by hand', { callId: call.callId, why: error.description })
      return { ...call, state: 'closed', note: error.description }
    }
  }

  async function attach(portal: PortalClient, call: Call): Promise<Call> {
    const recording = await parts.pbx.fetchRecording(call.callId)
    if (!recording) {
      const note = 'the PBX has no recording of it'
      log('warn', note, { callId: call.callId })
      return { ...call, state: 'closed', note }
    }
    try {
      await portal.attachRecord(call.callId, recording)
    } catch (error) {
      if (!isUnknownCall(error)) throw error
      log('error', 'the portal does not take the recording: it does not know the call', { callId: call.callId, why: error.description })
      return { ...call, state: 'closed', note: error.description }
    }
    await parts.pbx.releaseRecording(call.callId)
    return { ...call, state: 'attached' }
  }

  function putOff(call: Call, error: unknown): void {
    const tries = journal.tries(call.callId)
    if (clock.now() - (call.endedAt ?? 0) > GIVE_UP_AFTER_MS) {
      log('error', 'given up after a week', { callId: call.callId, why: wordsOf(error) })
      return journal.save({ ...call, state: 'closed', note: wordsOf(error) })
    }
    const wait = pauseMs(tries, clock.random())
    log('warn', `the portal was not told of a call; next try in ${Math.round(wait / 1000)} s`, { callId: call.callId, why: wordsOf(error) })
    journal.postpone(call.callId, clock.now() + wait)
  }

  return {
    wake,
    hear() {
      if (journal.unreported() === 0) return
      journal.hasten()
      wake()
    },
    async close() {
      isClosed = true
      cancelTimer()
      await Promise.allSettled(underWay.values())
    },
  }
}

/** The text is all there is to match on: its code is shared, and was empty at times (contract 4.3, 4.6). */
function isUnknownCall(error: unknown): error is PortalRefusal {
  return error instanceof PortalRefusal && error.description.startsWith('Call is not found')
}
