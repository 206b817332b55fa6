import { useEffect, useState } from 'react'
import type { Call } from '../api/types.ts'

/** Long enough for pages of apps to hear that their card closes. */
const leavesAfterMs = 500

/** A call in the dock; `isLeaving`: its card has gone, and stays in the page unseen for a moment. */
export interface ShownCall {
  call: Call
  isLeaving: boolean
}

/** Calls and those whose cards have just gone, each of these where it stood: a page in a frame is lost when its card moves. */
export function useLeaving(calls: Call[]): ShownCall[] {
  const [seen, setSeen] = useState({ calls, shown: calls.map((call) => ({ call, isLeaving: false })) })
  let { shown } = seen
  if (seen.calls !== calls) {
    // while rendering, so that no card is taken out of the page in between
    shown = withLeaving(seen.shown, calls)
    setSeen({ calls, shown })
  }
  const leaving = shown
    .filter(({ isLeaving }) => isLeaving)
    .map(({ call }) => call.callId)
    .join()
  useEffect(() => {
    if (leaving === '') return
    const gone = leaving.split(',')
    const timer = window.setTimeout(
      () => setSeen((now) => ({ ...now, shown: now.shown.filter((one) => !one.isLeaving || !gone.includes(one.call.callId)) })),
      leavesAfterMs,
    )
    return () => window.clearTimeout(timer)
  }, [leaving])
  return shown
}

/** The calls of now in their order, with those that are gone behind the one that stood before them. */
export function withLeaving(before: ShownCall[], calls: Call[]): ShownCall[] {
  const shown = calls.map((call) => ({ call, isLeaving: false }))
  const placeOf = (callId: string | undefined): number => shown.findIndex((one) => one.call.callId === callId)
  for (const [index, { call }] of before.entries()) {
    if (placeOf(call.callId) !== -1) continue
    shown.splice(placeOf(before[index - 1]?.call.callId) + 1, 0, { call, isLeaving: true })
  }
  return shown
}
