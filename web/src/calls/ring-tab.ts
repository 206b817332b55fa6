import { useEffect } from 'react'
import { startRing } from './ring.ts'

const lockName = 'hookswitch.ring'
const leaseMs = 3_500
const renewMs = 1_000
/** What one tab writes is seen by the others a moment later. */
const confirmMs = 250

/** An app need not say that somebody took the phone: a call that comes in rings here no longer than this. */
const longestRingMs = 60_000

/** Rings in one of all tabs of this browser; `calls` names what rings, '' nothing. */
export function useRing(calls: string): void {
  useEffect(() => {
    if (calls === '') return
    const end = new AbortController()
    const timer = window.setTimeout(() => end.abort(), longestRingMs)
    if ('locks' in navigator) ringWithLock(end.signal)
    else ringWithLease(end.signal)
    return () => {
      window.clearTimeout(timer)
      end.abort()
    }
  }, [calls])
}

/** The tab that holds the lock rings; the others wait for it, and take over when it is closed. */
function ringWithLock(signal: AbortSignal): void {
  const held = navigator.locks.request(lockName, { signal }, () => {
    if (signal.aborted) return undefined
    const stop = startRing()
    return new Promise<void>((release) => {
      const end = () => {
        stop()
        release()
      }
      signal.addEventListener('abort', end, { once: true })
    })
  })
  held.catch(() => undefined)
}

/**
 * Web Locks need https or localhost; on plain http a lease in localStorage does, renewed every second. A tab rings when it finds
 * its own claim still standing; one that was late, and finds another's, falls silent.
 */
function ringWithLease(signal: AbortSignal): void {
  const tab = Math.random().toString(36).slice(2)
  let stop: (() => void) | null = null
  const claim = () => {
    const [owner = '', until = '0'] = (localStorage.getItem(lockName) ?? '').split(' ')
    if (owner !== tab && Number(until) > Date.now()) {
      stop?.()
      stop = null
      return
    }
    localStorage.setItem(lockName, `${tab} ${Date.now() + leaseMs}`)
    if (owner === tab) stop ??= startRing()
  }
  claim()
  const confirm = window.setTimeout(claim, confirmMs)
  const timer = window.setInterval(claim, renewMs)
  signal.addEventListener('abort', () => {
    window.clearTimeout(confirm)
    window.clearInterval(timer)
    if (stop) localStorage.removeItem(lockName)
    stop?.()
  })
}
