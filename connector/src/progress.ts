import { PortalRefusal, type CallProgress, type PortalClient } from '@hookswitch/sdk'
import { wordsOf, type Log } from './log.ts'

/** Tells the portal the middle states of calls and who shall see their cards, in order per call. What is lost is not made up for: the next state says more. */
export interface Progress {
  tell(callId: string, state: CallProgress, at: number): void
  /** Shows the call card to users, or takes it from them (contract 4.4). None of them is no order. */
  card(callId: string, order: 'show' | 'hide', userIds: readonly string[]): void
  /** Resolves when what was said of this call so far is settled. Never rejects. */
  settled(callId: string): Promise<void>
}

/**
 * Uses Hookswitch's extension method `hookswitch.call.progress`. A portal that does not have it is asked once and never again.
 * `portal` answers `undefined` while the app is not installed.
 */
export function createProgress(portal: () => PortalClient | undefined, log: Log): Progress {
  const tails = new Map<string, Promise<void>>()
  let isUnknown = false

  async function send(callId: string, state: CallProgress, at: number): Promise<void> {
    const client = portal()
    if (isUnknown || !client) return
    try {
      await client.call('hookswitch.call.progress', { CALL_ID: callId, STATE: state, AT: new Date(at).toISOString() })
    } catch (error) {
      if (error instanceof PortalRefusal && error.code === 'ERROR_METHOD_NOT_FOUND') {
        isUnknown = true
        log('info', 'this portal has no hookswitch.call.progress; it hears of a call when it is over')
        return
      }
      log('warn', 'progress was not taken', { callId, state, why: wordsOf(error) })
    }
  }

  async function move(callId: string, order: 'show' | 'hide', userIds: readonly string[]): Promise<void> {
    try {
      await portal()?.call(`telephony.externalCall.${order}`, { CALL_ID: callId, USER_ID: userIds.map(Number) })
    } catch (error) {
      log('warn', 'the card was not moved', { callId, order, why: wordsOf(error) })
    }
  }

  function enqueue(callId: string, work: () => Promise<void>): void {
    const tail = (tails.get(callId) ?? Promise.resolve()).then(work)
    tails.set(callId, tail)
    void tail.then(() => tails.get(callId) === tail && tails.delete(callId))
  }

  return {
    tell: (callId, state, at) => enqueue(callId, () => send(callId, state, at)),
    card(callId, order, userIds) {
      if (userIds.length > 0) enqueue(callId, () => move(callId, order, userIds))
    },
    settled: (callId) => tails.get(callId) ?? Promise.resolve(),
  }
}
