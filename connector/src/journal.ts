import { DatabaseSync } from 'node:sqlite'
import type { Call } from './call.ts'

/**
 * The calls of this connector on disk: inbox (which CALL_ID was taken), state of each call, and outbox (what the portal has not been told).
 *
 * SQLite by node:sqlite, not a file of JSON lines: the primary key is what makes a CALL_ID dial once, a torn write repairs itself, and old
 * rows go away without a compaction of our own; and it is part of Node, so it costs no dependency. Every write is on the disk
 * (`synchronous=FULL`) when its function returns; they are a few hundred bytes and take under a millisecond on an SSD.
 */
export interface Journal {
  /** Takes a call in. False when its CALL_ID is known already, for ever: the caller must not dial. */
  insert(call: Call): boolean
  find(callId: string): Call | undefined
  save(call: Call): void
  /** Calls that are not over. */
  live(): Call[]
  /** Calls that are over and of which the portal has not been told all, due by `now`. */
  due(now: number, limit: number): Call[]
  /** How many those are, due or not. */
  unreported(): number
  /** When the next one after `now` is due, or `undefined`. */
  nextDueAt(now: number): number | undefined
  /** Puts a report off and counts the try. */
  postpone(callId: string, dueAt: number): void
  /** Makes every report due now and forgets how often it was tried: after a start, or when the portal is known to be there. */
  hasten(): void
  /** How often a report was put off. */
  tries(callId: string): number
  /** The newest calls, newest first. */
  recent(limit: number): Call[]
  /** Notes that the connector lives and sees the PBX, and reads when it last did. For calls that ended while it did not. */
  noteAlive(now: number): void
  lastAlive(): number | undefined
  /** Since when a recording without a call is known; from `now` if it was not. */
  orphanSince(callId: string, now: number): number
  /** Forgets all orphans but these. */
  forgetOrphans(but: readonly string[]): void
  /** Forgets calls that were settled before `before`. */
  prune(before: number): void
  close(): void
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS call (
    call_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS call_unsettled ON call (due_at) WHERE state IN ('ended', 'reported');
  CREATE TABLE IF NOT EXISTS orphan (call_id TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS alive (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
`

/** Opens, or makes, the journal at `path`. The file and its folder are the caller's to protect. */
export function openJournal(path: string): Journal {
  const db = new DatabaseSync(path)
  db.exec(SCHEMA)
  const insert = db.prepare('INSERT INTO call (call_id, state, received_at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const save = db.prepare(
    'UPDATE call SET due_at = CASE WHEN state = ?2 THEN due_at ELSE 0 END, tries = CASE WHEN state = ?2 THEN tries ELSE 0 END, state = ?2, body = ?3 WHERE call_id = ?1',
  )
  const find = db.prepare('SELECT body FROM call WHERE call_id = ?')
  const live = db.prepare(`SELECT body FROM call WHERE state IN ('new', 'agent_ringing', 'agent_answered', 'client_ringing', 'talking')`)
  const due = db.prepare(`SELECT body FROM call WHERE state IN ('ended', 'reported') AND due_at <= ? ORDER BY due_at LIMIT ?`)
  const unreported = db.prepare(`SELECT count(*) AS calls FROM call WHERE state IN ('ended', 'reported')`)
  const nextDue = db.prepare(`SELECT min(due_at) AS at FROM call WHERE state IN ('ended', 'reported') AND due_at > ?`)
  const postpone = db.prepare('UPDATE call SET due_at = ?2, tries = tries + 1 WHERE call_id = ?1')
  const hasten = db.prepare(`UPDATE call SET due_at = 0, tries = 0 WHERE state IN ('ended', 'reported')`)
  const tries = db.prepare('SELECT tries FROM call WHERE call_id = ?')
  const recent = db.prepare('SELECT body FROM call ORDER BY received_at DESC, rowid DESC LIMIT ?')
  const noteAlive = db.prepare('INSERT INTO alive (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at')
  const lastAlive = db.prepare('SELECT at FROM alive')
  const noteOrphan = db.prepare(
    'INSERT INTO orphan (call_id, seen_at) VALUES (?, ?) ON CONFLICT (call_id) DO UPDATE SET seen_at = seen_at RETURNING seen_at AS at',
  )
  const forgetOrphans = db.prepare('DELETE FROM orphan WHERE call_id NOT IN (SELECT value FROM json_each(?))')
  const prune = db.prepare(`DELETE FROM call WHERE state IN ('attached', 'closed') AND received_at < ?`)
  return {
    insert: (call) => insert.run(call.callId, call.state, call.receivedAt, JSON.stringify(call)).changes === 1,
    find: (callId) => readCalls([find.get(callId)])[0],
    save: (call) => void save.run(call.callId, call.state, JSON.stringify(call)),
    live: () => readCalls(live.all()),
    due: (now, limit) => readCalls(due.all(now, limit)),
    unreported: () => numberOf(unreported.get()?.['calls']) ?? 0,
    nextDueAt: (now) => numberOf(nextDue.get(now)?.['at']),
    postpone: (callId, dueAt) => void postpone.run(callId, dueAt),
    hasten: () => void hasten.run(),
    tries: (callId) => numberOf(tries.get(callId)?.['tries']) ?? 0,
    recent: (limit) => readCalls(recent.all(limit)),
    noteAlive: (now) => void noteAlive.run(now),
    lastAlive: () => numberOf(lastAlive.get()?.['at']),
    orphanSince: (callId, now) => numberOf(noteOrphan.get(callId, now)?.['at']) ?? now,
    forgetOrphans: (but) => void forgetOrphans.run(JSON.stringify(but)),
    prune: (before) => void prune.run(before),
    close: () => db.close(),
  }
}

function readCalls(rows: readonly (Record<string, unknown> | undefined)[]): Call[] {
  return rows.flatMap((row) => (typeof row?.['body'] === 'string' ? [JSON.parse(row['body']) as Call] : []))
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
