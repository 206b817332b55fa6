import { useEffect, useEffectEvent, useRef } from 'react'
import { portal } from '../api/portal.ts'
import type { Call, CardStatus } from '../api/types.ts'
import type { Place, SayEvent } from '../applications/place.ts'

/** `disableAutoClose` keeps the card for so long (contract 8.6). */
export const heldOpenMs = 65_000

/** What pages of apps in a call card may ask of it. */
export interface CardHold {
  /** the card does not close by itself until then */
  hold: (ms: number) => void
  /** it does again; a card whose call is over closes */
  release: () => void
}

const states: Readonly<Record<Call['state'], CardStatus['CALL_STATE']>> = {
  registered: 'idle',
  announced: 'connecting',
  ringing_agent: 'connecting',
  ringing_client: 'connecting',
  talking: 'connected',
  finished: 'idle',
}

/** What `CallCard::EntityChanged` says. */
export function entityOf(call: Call) {
  return {
    PHONE_NUMBER: call.international || call.number,
    CRM_ENTITY_TYPE: call.entity?.kind.toUpperCase() ?? '',
    CRM_ENTITY_ID: call.entity?.id ?? 0,
  }
}

/**
 * What `CallCard::CallStateChanged` says: the state, and with a call that failed the code. The official SDK hands one value to the
 * callback, so a state without a code is said alone.
 */
export function stateOf(call: Pick<Call, 'state' | 'statusCode'>): [CardStatus['CALL_STATE'], ...Array<{ failedCode: string }>] {
  const state = states[call.state]
  const hasFailed = call.state === 'finished' && call.statusCode !== null && call.statusCode !== '200'
  return hasFailed ? [state, { failedCode: call.statusCode ?? '' }] : [state]
}

/** The place CALL_CARD of one call: its commands, and its events as the call goes on. `isLeaving`: the card is about to close. */
export function useCallCardPlace(call: Call, { hold, release, isLeaving }: CardHold & { isLeaving: boolean }): Place {
  const pages = useRef(new Set<SayEvent>())
  const place: Place = {
    commands: {
      getStatus: () => portal.cardStatus(call.callId),
      disableAutoClose: () => (hold(heldOpenMs), []),
      enableAutoClose: () => (release(), []),
    },
    events: ['CallCard::EntityChanged', 'CallCard::CallStateChanged', 'CallCard::BeforeClose'],
    attach(say) {
      pages.current.add(say)
      return () => void pages.current.delete(say)
    },
  }
  const sayAll = useEffectEvent((event: string, ...args: unknown[]) => {
    for (const say of pages.current) say(event, ...args)
  })
  const state = JSON.stringify([call.state === 'finished', ...stateOf(call)])
  const entity = JSON.stringify(entityOf(call))
  useChange(state, () => sayAll('CallCard::CallStateChanged', ...stateOf(call)))
  useChange(entity, () => sayAll('CallCard::EntityChanged', entityOf(call)))
  useChange(isLeaving, () => isLeaving && sayAll('CallCard::BeforeClose'))
  return place
}

/** Runs when a value has become another one, not when it is first seen. */
export function useChange(value: unknown, run: () => void): void {
  const seen = useRef(value)
  const runNow = useEffectEvent(run)
  useEffect(() => {
    if (seen.current === value) return
    seen.current = value
    runNow()
  }, [value])
}
