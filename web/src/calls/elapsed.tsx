import { useEffect, useState } from 'react'
import { formatDuration, isoDuration } from './duration.ts'

/** A clock that runs from `since`. */
export function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 250)
    return () => window.clearInterval(timer)
  }, [])
  const seconds = (now - since) / 1000
  return (
    <time className="tabular" dateTime={isoDuration(seconds)} role="timer">
      {formatDuration(seconds)}
    </time>
  )
}
