import Database from 'better-sqlite3'
import { Client } from 'pg'

/** Past calls, and whose they are. */
export interface History {
  /** each call has two: a notice and a dial */
  readonly deliveries: number
  readonly portalId: number
  readonly userId: number
  readonly handlerId: number
  readonly owner: string
  /** when the newest of them ended */
  readonly endsAt: number
  /** from one delivery to the next; default 1000 */
  readonly apartMs?: number
  /** of the attempt's request body; default 900 */
  readonly bodyBytes?: number
}

/** Runs statements on a database that a portal may have open, in transactions of their own. */
export interface Hand {
  run(sql: string): Promise<void>
  rows(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

const isPostgres = (address: string): boolean => /^postgres(ql)?:/.test(address)

/** Opens a connection of our own. On SQLite it does not wait for the disk: what it writes is made up. */
export async function openHand(address: string): Promise<Hand> {
  if (isPostgres(address)) {
    const client = new Client({ connectionString: address })
    await client.connect()
    return {
      run: async (sql) => void (await client.query(sql)),
      rows: async (sql, parameters = []) => (await client.query(sql, [...parameters])).rows as Record<string, unknown>[],
      close: () => client.end(),
    }
  }
  const db = new Database(address)
  // the portal's commit waits for the disk, on a slow one for all that other tests have written too
  db.pragma('busy_timeout = 90000')
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -200000')
  return {
    run: async (sql) => void db.exec(sql),
    rows: async (sql, parameters = []) => db.prepare(sql).all(...parameters) as Record<string, unknown>[],
    close: async () => void db.close(),
  }
}

const chunk = 200_000

/** The newest has id -1, the oldest the smallest: below every id that a portal gives out, as history is. */
const tables: Readonly<Record<string, string>> = {
  event: `select -i, :portal, case when i % 2 = 0 then 'ONVOXIMPLANTCALLINIT' else 'ONEXTERNALCALLSTART' end, :user, :call,
    '{"CALL_ID":"' || :call || '","PHONE_NUMBER":"+1555010' || (i % 10000) || '"}', :at from n`,
  delivery: `select -i, :portal, -i, case when i % 2 = 0 then 'ONVOXIMPLANTCALLINIT' else 'ONEXTERNALCALLSTART' end, :handler, ':owner',
    'http://127.0.0.1:9/handler', case when i % 2 = 0 then 'notice' else 'dial' end, :call,
    case when i % 100 = 7 then 'failed' else 'delivered' end, case when i % 100 = 7 then 'http_5xx' else null end, 1,
    cast(null as bigint), :at + 30000, cast(null as text), cast(null as bigint), :at + 5, cast(null as text), cast(null as bigint), :at from n`,
  attempt: `select -i, :portal, -i, 1, :at, 5, 1, 4, case when i % 100 = 7 then 'failed' else 'delivered' end,
    case when i % 100 = 7 then 'http_5xx' else null end, 200, cast(null as text), '{}', ':body', '', cast(null as bigint), cast(null as bigint), 1 from n`,
  call: `select -i, :portal, :call, 1, :user, ':owner', '', '+1555010' || (i % 10000), '+1555010' || (i % 10000), '', '1555010' || (i % 10000), '', 0,
    cast(null as text), 0, 0, 0, '', '[]', 'finished', 0, :at, :at, :at, :at + 60000, 60, '200', '', 'app', cast(null as bigint), cast(null as bigint), -i, :at
    from n where i % 2 = 0`,
  call_card: `select :call, :user, :portal, :at, cast(null as bigint), :at from n where i % 2 = 0`,
  trace: `select -i, :portal, :user, '+1555010' || (i % 10000), '1555010' || (i % 10000), 'registered', cast(null as text), 'app:1', :call, '{}', :at
    from n where i % 2 = 0`,
  trace_step: `select -i, :portal, :call, :at, 'ringing', '{}' from n where i % 2 = 0`,
  statistic: `select -i, :portal, :call, cast(null as text), :user, '', '+1555010' || (i % 10000), 1, 60, :at, cast(null as bigint), 0, 'USD', '200', '',
    cast(null as text), cast(null as bigint), cast(null as bigint), cast(null as bigint), '', cast(null as text), cast(null as bigint), cast(null as bigint),
    cast(null as bigint) from n where i % 2 = 0`,
  last_click: `select :portal, :user, '1777' || i, :call, :at from n where i % 10 = 0`,
  session: `select 'past ' || i, :portal, :user, :at + 604800000, :at from n where i % 20 = 0`,
  contact: `select -i, :portal, :user, '', '', '', 1, :user, :user, 'person ' || i, :at, :at, 'Person', '', 'No ' || i, '', cast(null as bigint), ''
    from n where i % 10 = 0`,
  multifield: `select -i, :portal, 'CONTACT', -i, 'PHONE', 'WORK', '+1777' || i, '1777' || i, 0 from n where i % 10 = 0`,
}

/** Fills the tables that grow with every click, set by set, and refreshes the statistics of the planner. */
export async function fillHistory(hand: Hand, history: History): Promise<void> {
  const { deliveries, portalId, userId, handlerId, owner, endsAt, apartMs = 1000, bodyBytes = 900 } = history
  const words: ReadonlyArray<readonly [string, string]> = [
    // two deliveries share a call; by time, as real ones are, and before all that come
    [':call', `('externalCall.00' || (9000000000 - (i + 1) / 2) || '.' || ((i + 1) / 2))`],
    [':at', `(${endsAt} - cast(i as bigint) * ${apartMs})`],
    [':portal', String(portalId)],
    [':user', String(userId)],
    [':handler', String(handlerId)],
    [':owner', owner],
    [':body', 'x'.repeat(bodyBytes)],
  ]
  for (let from = 1; from <= deliveries; from += chunk) {
    const to = Math.min(from + chunk - 1, deliveries)
    for (const [table, select] of Object.entries(tables)) {
      const filled = words.reduce((text, [word, value]) => text.replaceAll(word, value), select)
      const numbers = `with recursive n(i) as (select cast(${from} as bigint) union all select i + 1 from n where i < ${to})`
      await hand.run(`insert into ${table} ${numbers} ${filled}`)
    }
  }
  await hand.run('analyze')
}
