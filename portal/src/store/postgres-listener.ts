/** Messages between processes by `LISTEN`: one connection, opened by the first `listen` and again whenever it is lost. */
import pg from 'pg'
import type { Log } from '../log.ts'

/** What is heard. */
export interface Listener {
  /** `missed`: the connection was lost for a while, messages may have been missed */
  listen(channel: string, hear: (message: string) => void, missed?: () => void): void
  /** for how long the connection has been open; null: it is not */
  heardForMs(): number | null
  close(): Promise<void>
}

const againMs = 250

/** A listener on the database of that address. */
export function createListener(address: string, log: Log): Listener {
  const heard = new Map<string, Array<(message: string) => void>>()
  const whenMissed: Array<() => void> = []
  let client: pg.Client | null = null
  let openedAt: number | null = null
  let closed = false
  let opening: Promise<void> | null = null
  const open = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: address, keepAlive: true, connectionTimeoutMillis: 5000 })
    next.on('notification', ({ channel, payload }) => {
      for (const hear of heard.get(channel) ?? []) hear(payload ?? '')
    })
    next.on('error', () => {})
    next.on('end', () => {
      if (client !== next) return
      client = null
      opening = null
      if (!closed) setTimeout(ensure, againMs).unref()
    })
    await next.connect()
    for (const channel of heard.keys()) await next.query(`listen "${channel}"`)
    client = next
    const isAgain = openedAt !== null
    openedAt = performance.now()
    if (isAgain) for (const run of whenMissed) run()
  }
  const ensure = (): void => {
    if (closed || opening) return
    opening = open().catch((error: unknown) => {
      log.warn({ error }, 'cannot listen to PostgreSQL; trying again')
      opening = null
      setTimeout(ensure, againMs).unref()
    })
  }
  return {
    listen(channel, hear, missed) {
      const known = heard.get(channel)
      heard.set(channel, [...(known ?? []), hear])
      if (missed) whenMissed.push(missed)
      if (known) return
      if (!opening) ensure()
      // said once more by itself when the connection is only being opened
      else
        void opening.then(() =>
          client?.query(`listen "${channel}"`).catch((error: unknown) => log.warn({ error, channel }, 'cannot listen')),
        )
    },
    heardForMs: () => (client === null || openedAt === null ? null : performance.now() - openedAt),
    async close() {
      closed = true
      await opening
      await client?.end()
    },
  }
}
