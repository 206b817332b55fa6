import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

/** Says to the browsers of a portal what changed; they fetch it again. Across processes. */
export interface Live {
  /** `userIds`: only these people; everybody when left out */
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
  /** Makes a response a stream of names until either side ends it. `stillAllowed` is asked at every heartbeat. */
  open(
    response: ServerResponse,
    viewer: { portalId: number; userId: number; lastEventId: string | null; stillAllowed: () => Promise<boolean> },
  ): void
  /** Ends all streams. */
  close(): void
}

/** One change, numbered. */
interface Change {
  readonly number: number
  /** null: of every portal */
  readonly portalId: number | null
  readonly names: readonly string[]
  readonly userIds: readonly number[] | null
}

interface Viewer {
  readonly portalId: number
  readonly userId: number
  readonly response: ServerResponse
  readonly stillAllowed: () => Promise<boolean>
  sentNumber: number
}

const channel = 'live'
const coalesceMs = 50
const tellMs = 10
const heartbeatMs = 15_000
const kept = 2000
/** a notification of PostgreSQL holds 8000 bytes */
const largestMessage = 7000
/** a browser that does not read is cut off */
const largestBacklog = 1_000_000

/** Ids are `<run>.<number>`: after a restart, or from another process, an id is unknown and everything counts as changed. */
export function createLive({
  store,
  log,
  heard,
}: {
  store: Store
  log: Log
  /** what changed, wherever in this or another process */
  heard?: (portalId: number, names: readonly string[]) => void
}): Live {
  const run = randomBytes(6).toString('hex')
  const viewers = new Set<Viewer>()
  let changes: Change[] = []
  let lastNumber = 0
  let flushTimer: NodeJS.Timeout | null = null
  let heartbeat: NodeJS.Timeout | null = null

  const namesFor = (viewer: Viewer): readonly string[] => {
    const oldest = changes[0]?.number ?? lastNumber + 1
    if (viewer.sentNumber + 1 < oldest) return ['*']
    const names = new Set<string>()
    for (let index = viewer.sentNumber + 1 - oldest; index < changes.length; index++) {
      const change = changes[index]
      if (!change || (change.portalId !== null && change.portalId !== viewer.portalId)) continue
      if (change.userIds === null || change.userIds.includes(viewer.userId)) for (const name of change.names) names.add(name)
    }
    return [...names]
  }

  const write = (viewer: Viewer, text: string): void => {
    if (viewer.response.writableLength > largestBacklog) viewer.response.destroy()
    else viewer.response.write(text)
  }

  const flushTo = (viewer: Viewer): void => {
    if (viewer.sentNumber >= lastNumber) return
    const names = namesFor(viewer)
    viewer.sentNumber = lastNumber
    if (names.length > 0) write(viewer, `id: ${run}.${lastNumber}\nevent: changed\ndata: ${JSON.stringify({ names })}\n\n`)
  }

  const flush = (): void => {
    flushTimer = null
    for (const viewer of viewers) flushTo(viewer)
  }

  /** What changed here, not told yet: one message for many changes, since each is a query on PostgreSQL. */
  let untold: string[] = []
  let tellTimer: NodeJS.Timeout | null = null
  const tell = (): void => {
    tellTimer = null
    const messages: string[] = []
    let size = largestMessage
    for (const text of untold) {
      size += text.length + 1
      if (size > largestMessage) {
        messages.push(text)
        size = text.length
      } else messages[messages.length - 1] += `,${text}`
    }
    untold = []
    for (const message of messages)
      store.notify(channel, `[${message}]`).catch((err: unknown) => log.warn({ err }, 'browsers could not be told what changed'))
  }

  const keep = (portalId: number | null, names: readonly string[], userIds: readonly number[] | null): void => {
    changes.push({ number: ++lastNumber, portalId, names, userIds })
    if (changes.length > kept * 1.5) changes = changes.slice(-kept)
    if (viewers.size > 0) flushTimer ??= setTimeout(flush, coalesceMs)
  }

  store.listen(
    channel,
    (message) => {
      for (const { p: portalId, n: names, u: userIds } of JSON.parse(message) as { p: number; n: string[]; u: number[] | null }[]) {
        keep(portalId, names, userIds)
        heard?.(portalId, names)
      }
    },
    () => keep(null, ['*'], null),
  )

  const end = (viewer: Viewer): void => {
    viewers.delete(viewer)
    if (viewers.size === 0 && heartbeat) {
      clearInterval(heartbeat)
      heartbeat = null
    }
  }

  const beat = (): void => {
    for (const viewer of viewers) {
      viewer
        .stillAllowed()
        .then((isAllowed) => (isAllowed ? write(viewer, ': beat\n\n') : viewer.response.end()))
        .catch((err: unknown) => log.warn({ err }, 'a live stream could not be checked'))
    }
  }

  return {
    changed(portalId, names, userIds) {
      if (names.length === 0) return
      let text = JSON.stringify({ p: portalId, n: names, u: userIds ?? null })
      if (text.length > largestMessage) text = JSON.stringify({ p: portalId, n: ['*'], u: null })
      untold.push(text)
      tellTimer ??= setTimeout(tell, tellMs)
    },
    open(response, { portalId, userId, lastEventId, stillAllowed }) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=UTF-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      })
      const [knownRun, number] = (lastEventId ?? '').split('.')
      const isKnown = knownRun === run && Number(number) >= 0 && Number(number) <= lastNumber
      const viewer: Viewer = { portalId, userId, response, stillAllowed, sentNumber: isKnown ? Number(number) : lastNumber }
      // the first id lets a browser resume even if nothing changes before it is cut off
      const news = lastEventId !== null && !isKnown ? `event: changed\ndata: ${JSON.stringify({ names: ['*'] })}\n\n` : ': open\n\n'
      write(viewer, `retry: 2000\nid: ${run}.${viewer.sentNumber}\n${news}`)
      viewers.add(viewer)
      response.on('close', () => end(viewer))
      heartbeat ??= setInterval(beat, heartbeatMs).unref()
      flushTo(viewer)
    },
    close() {
      if (tellTimer) clearTimeout(tellTimer)
      if (flushTimer) clearTimeout(flushTimer)
      if (heartbeat) clearInterval(heartbeat)
      for (const viewer of viewers) viewer.response.end()
      viewers.clear()
    },
  }
}
