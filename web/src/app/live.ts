import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { readChangedNames, staleKeysOf } from './live-names.ts'

/** `lost` is shown to the person. */
export type LiveState = 'connecting' | 'live' | 'lost'

/** How long a lost stream is tried again before the person is told. */
const toleratedSilenceMs = 4_000
/** A browser gives up on an EventSource that got an error status; then we open a new one. */
const reopenAfterMs = 3_000

/**
 * Keeps what is on the screen true: the portal names what changed, the queries of that name are fetched again.
 * Every opening of the stream makes everything stale: what changed before it stood was not told.
 */
export function useLive(): LiveState {
  const queryClient = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => listen(queryClient, setState), [queryClient])
  return state
}

function listen(queryClient: QueryClient, tell: (state: LiveState) => void): () => void {
  let source: EventSource | undefined
  let lostTimer: number | undefined
  let reopenTimer: number | undefined

  const open = () => {
    source = new EventSource('/v1/live')
    source.addEventListener('open', () => {
      window.clearTimeout(lostTimer)
      lostTimer = undefined
      void queryClient.invalidateQueries()
      tell('live')
    })
    source.addEventListener('changed', (event) => {
      const stale = new Map(
        readChangedNames(String(event.data))
          .flatMap(staleKeysOf)
          .map((key) => [JSON.stringify(key), key]),
      )
      for (const queryKey of stale.values()) void queryClient.invalidateQueries({ queryKey })
    })
    source.addEventListener('error', () => {
      lostTimer ??= window.setTimeout(() => tell('lost'), toleratedSilenceMs)
      if (source?.readyState !== EventSource.CLOSED) return
      window.clearTimeout(reopenTimer)
      reopenTimer = window.setTimeout(open, reopenAfterMs)
    })
  }
  open()
  return () => {
    window.clearTimeout(lostTimer)
    window.clearTimeout(reopenTimer)
    source?.close()
  }
}
