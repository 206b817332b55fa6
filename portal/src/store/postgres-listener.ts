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
const livingClass = 7_003

function lockKey(processId: string): number {
  return Number.parseInt(processId.slice(0, 7), 16)
}

/** Which of these processes hold no lock: their listening connection is gone. Every role may read the locks. */
export async function goneAmong(pool: pg.Pool, processIds: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ key: number }>(
    `select objid::bigint as key from pg_locks where locktype = 'advisory' and classid = $1 and objsubid = 2 and granted
     and database = (select oid from pg_database where datname = current_database())`,
    [livingClass],
  )
  const living = new Set(rows.map((row) => Number(row.key)))
  return processIds.filter((processId) => !living.has(lockKey(processId)))
}

/** A listener on the database of that address. */
export function createListener(address: string, log: Log, processId: string): Listener {
  const heard = new Map<string, Array<(message: string) => void>>()
  const whenMissed: Array<() => void> = []
  let client: pg.Client | null = null
  let openedAt: number | null = null
  let closed = false
  let opening: Promise<void> | null = null
  /** Channels are told one after the other: a client of pg carries one query at a time. */
  let told: Promise<void> = Promise.resolve()
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
    // held as long as the process lives; a shared lock never waits for a connection of its own that is still dying
    await next.query('select pg_advisory_lock_shared($1, $2)', [livingClass, lockKey(processId)])
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
        told = told
          .then(() => opening)
          .then(() => (closed ? null : client?.query(`listen "${channel}"`)))
          .then(
            () => {},
            (error: unknown) => log.warn({ error, channel }, 'cannot listen'),
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
