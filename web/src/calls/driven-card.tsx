import { createContext, use, useEffect, useEffectEvent, useState, useSyncExternalStore, type ReactNode } from 'react'
import { portal } from '../api/portal.ts'
import type { Call } from '../api/types.ts'
import { entityOf, useChange } from './call-card-place.ts'
import { createCardDesk, type CardControl, type CardDesk } from './card-desk.ts'

const CardDeskContext = createContext<CardDesk | null>(null)

/** Holds the desk where background pages meet the call cards of their apps. */
export function CardDeskProvider({ children }: { children: ReactNode }) {
  const [desk] = useState(() => createCardDesk({ now: () => Date.now(), statusOf: portal.cardStatus }))
  return <CardDeskContext value={desk}>{children}</CardDeskContext>
}

/** The desk of this tab. */
export function useCardDesk(): CardDesk {
  const desk = use(CardDeskContext)
  if (!desk) throw new Error('useCardDesk needs a CardDeskProvider above it')
  return desk
}

/** Puts the card of a call on the desk if an app raised it; answers what a background page has made of it, or null. */
export function useDrivenCard(call: Call, onClose: () => void): CardControl | null {
  const desk = useCardDesk()
  const close = useEffectEvent(onClose)
  const { callId, raisedByAppId: appId, startedAt } = call
  const isIncoming = call.direction === 'incoming'
  useEffect(
    () => (appId === null ? undefined : desk.show({ callId, appId, startedAt, isIncoming, close: () => close() })),
    [desk, callId, appId, startedAt, isIncoming],
  )
  useChange(JSON.stringify(entityOf(call)), () => desk.say(callId, 'entityChanged', entityOf(call)))
  return useSyncExternalStore(desk.subscribe, () => desk.controlOf(callId))
}
