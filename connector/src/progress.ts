import { PortalRefusal, type CallProgress, type PortalClient } from '@hookswitch/sdk'
import { wordsOf, type Log } from './log.ts'

/** Tells the portal the middle states of calls, in order per call. Lost ones are not made up for: the next state says more. */
export interface Progress {
  tell(callId: string, state: CallProgress, at: number): void
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

  return {
    tell(callId, state, at) {
      const tail = (tails.get(callId) ?? Promise.resolve()).then(() => send(callId, state, at))
      tails.set(callId, tail)
      void tail.then(() => tails.get(callId) === tail && tails.delete(callId))
    },
    settled: (callId) => tails.get(callId) ?? Promise.resolve(),
  }
}
