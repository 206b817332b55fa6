import { useEffect } from 'react'
import { startRing } from './ring.ts'

const lockName = 'hookswitch.ring'
const leaseMs = 2_000

/** Rings in one of all tabs of this browser while `rings` is true. */
export function useRing(rings: boolean): void {
  useEffect(() => {
    if (!rings) return
    const end = new AbortController()
    const ringUntilEnd = () => {
      const stop = startRing()
      end.signal.addEventListener('abort', stop, { once: true })
    }
    if ('locks' in navigator) ringWithLock(end.signal, ringUntilEnd)
    else ringWithLease(end.signal, ringUntilEnd)
    return () => end.abort()
  }, [rings])
}

/** The tab that holds the lock rings; the others wait for it, and take over when it is closed. */
function ringWithLock(signal: AbortSignal, ring: () => void): void {
  const held = navigator.locks.request(lockName, { signal }, () => {
    if (signal.aborted) return undefined
    ring()
    return new Promise<void>((release) => {
      signal.addEventListener('abort', () => release(), { once: true })
    })
  })
  held.catch(() => undefined)
}

/** Web Locks need https or localhost; on plain http a lease in localStorage does, renewed every second. */
function ringWithLease(signal: AbortSignal, ring: () => void): void {
  const tab = Math.random().toString(36).slice(2)
  let isRinging = false
  const claim = () => {
    const [owner = '', until = '0'] = (localStorage.getItem(lockName) ?? '').split(' ')
    if (owner !== tab && Number(until) > Date.now()) return
    localStorage.setItem(lockName, `${tab} ${Date.now() + leaseMs}`)
    if (!isRinging) ring()
    isRinging = true
  }
  claim()
  const timer = window.setInterval(claim, leaseMs / 2)
  signal.addEventListener('abort', () => {
    window.clearInterval(timer)
    if (isRinging) localStorage.removeItem(lockName)
  })
}
