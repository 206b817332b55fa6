import { useEffect, useState } from 'react'
import type { Call } from '../api/types.ts'

/** A talk that is being handed over, as the person at this screen sees it: to them, or away from them. */
export interface Handover {
  kind: 'toMe' | 'away'
  /** whose talk it is, or whose phone rings */
  name: string
}

/** Reads from who sees the card whether a talk is being handed over: whoever came to it last is rung. Null: it is not. */
export function handoverOf(call: Pick<Call, 'state' | 'canTransfer' | 'viewers'>, ownId: number): Handover | null {
  const { viewers } = call
  const [talker, rung] = viewers.slice(-2)
  if (call.state !== 'talking' || !call.canTransfer || !talker || !rung) return null
  if (rung.id === ownId) return { kind: 'toMe', name: talker.name }
  return viewers.some((viewer) => viewer.id === ownId) ? { kind: 'away', name: rung.name } : null
}

/** An extension that is no colleague's has no card; whether it rings is not told longer than this. */
const ringMs = 30_000

/** What became of the transfers of this call so far. */
export interface TransferNews {
  /** a phone without a card, which was asked for and may ring */
  rings: string | null
  /** who did not take the talk */
  missedBy: string | null
  /** the portal has taken the wish: this one's phone rings */
  asked: (name: string) => void
}

/** Remembers who was rung, so that it can be told when they do not take the talk. */
export function useTransferNews(handover: Handover | null, isTalking: boolean): TransferNews {
  const [rings, setRings] = useState<string | null>(null)
  const [missedBy, setMissedBy] = useState<string | null>(null)
  const awayTo = handover?.kind === 'away' ? handover.name : null
  const [wasAwayTo, setWasAwayTo] = useState<string | null>(null)
  if (awayTo !== wasAwayTo) {
    setWasAwayTo(awayTo)
    setMissedBy(awayTo === null ? wasAwayTo : null)
    if (awayTo !== null) setRings(null)
  }
  useEffect(() => {
    if (rings === null) return
    const timer = window.setTimeout(() => setRings(null), ringMs)
    return () => window.clearTimeout(timer)
  }, [rings])
  return {
    rings: isTalking ? rings : null,
    missedBy: isTalking ? missedBy : null,
    asked(name) {
      setMissedBy(null)
      if (awayTo === null) setRings(name)
    },
  }
}
