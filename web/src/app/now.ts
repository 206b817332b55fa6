import { useSyncExternalStore } from 'react'

const minuteMs = 60_000

function subscribe(tell: () => void): () => void {
  const timer = window.setInterval(tell, minuteMs / 4)
  return () => window.clearInterval(timer)
}

const thisMinute = () => Math.floor(Date.now() / minuteMs) * minuteMs

/** The start of the present minute; what shows it is drawn again when the minute is over. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, thisMinute)
}
