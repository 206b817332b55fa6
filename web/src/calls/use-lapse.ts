import { useEffect, useState } from 'react'

/** True when it has been so for so long, here on this screen. */
export function useLapse(isSo: boolean, ms: number): boolean {
  const [hasLapsed, setHasLapsed] = useState(false)
  useEffect(() => {
    if (!isSo) return
    const timer = window.setTimeout(() => setHasLapsed(true), ms)
    return () => {
      window.clearTimeout(timer)
      setHasLapsed(false)
    }
  }, [isSo, ms])
  return isSo && hasLapsed
}
