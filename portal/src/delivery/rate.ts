/** The rate limit of one handler, pure: POSTs keep a distance, after a second's worth of them at once. */

/** When the next POST may start. `turnMs` is what the function answered last time, 0 in the beginning. */
export function nextTurnAt(turnMs: number, now: number, perMinute: number | null): number {
  if (perMinute === null) return now
  const { apartMs, burstMs } = spacing(perMinute)
  // a clock that was set back: what was promised to the old time does not bind
  if (turnMs > now + apartMs + burstMs + 1) return now
  return Math.max(now, turnMs - burstMs)
}

/** Takes the turn that is due now. */
export function takeTurn(turnMs: number, now: number, perMinute: number | null): number {
  if (perMinute === null) return 0
  const { apartMs, burstMs } = spacing(perMinute)
  return Math.min(Math.max(turnMs, now), now + burstMs) + apartMs
}

function spacing(perMinute: number): { apartMs: number; burstMs: number } {
  const apartMs = 60_000 / perMinute
  return { apartMs, burstMs: Math.max(0, 1000 - apartMs) }
}
