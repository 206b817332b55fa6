/**
 * Records that the portal fetches by itself: RECORD_URL of finish, two tries in the background (contract 4.3). Each is a row until it is
 * there, so that a process that dies leaves it to the next; a lease keeps two processes from fetching the same.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Recordings } from './recordings.ts'

/** What the fetches need. */
export interface RecordFetchesParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly recordings: Pick<Recordings, 'fetchFrom'>
  /** tells the process that fetches, when it is another one */
  readonly handOver: (() => void) | null
  changed(portalId: number, names: readonly string[]): void
}

const tries = 2
const pauseMs = 5_000
const leaseMs = 60_000
const renewMs = 20_000
/** files that one process fetches at a time */
const atOnce = 4
const longestUrl = 8_192

/** Builds the verbs on fetches. */
export function createRecordFetches({ store, clock, log, recordings, handOver, changed }: RecordFetchesParts) {
  const underWay = new Set<Promise<void>>()
  const alarms = new Set<() => void>()
  let isClosing = false

  const later = (atMs: number, run: () => void): (() => void) => {
    const cancel = clock.at(atMs, () => {
      alarms.delete(cancel)
      run()
    })
    alarms.add(cancel)
    return () => {
      alarms.delete(cancel)
      cancel()
    }
  }

  const claim = (callId: string): Promise<Row<'record_fetch'> | undefined> =>
    store.transaction((tx) => {
      const now = clock.now()
      return tx.db
        .updateTable('record_fetch')
        .set({ lease_until: now + leaseMs })
        .where('call_id', '=', callId)
        .where('due_at', '<=', now)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .returningAll()
        .executeTakeFirst()
    })

  /** Keeps the lease while a long file comes in. */
  const holdLease = (callId: string): (() => void) => {
    let cancel = (): void => {}
    const renew = (): void => {
      cancel = later(clock.now() + renewMs, () => {
        store
          .transaction((tx) =>
            tx.write(
              store.build
                .updateTable('record_fetch')
                .set({ lease_until: clock.now() + leaseMs })
                .where('call_id', '=', callId),
            ),
          )
          .catch((error: unknown) => log.warn({ err: error, call: callId }, 'the lease of a record could not be renewed'))
        renew()
      })
    }
    renew()
    return () => cancel()
  }

  const settle = async (row: Row<'record_fetch'>, problem: string | null): Promise<void> => {
    const attempts = row.attempts + 1
    const isLast = problem === null || attempts >= tries
    const dueAt = clock.now() + pauseMs
    await store.transaction((tx) => {
      const change = { attempts, problem: problem ?? '', lease_until: null, due_at: isLast ? null : dueAt }
      tx.write(
        problem === null
          ? store.build.deleteFrom('record_fetch').where('call_id', '=', row.call_id)
          : store.build
              .updateTable('record_fetch')
              .set({ ...change, state: isLast ? 'failed' : 'waiting' })
              .where('call_id', '=', row.call_id),
      )
      tx.insert('trace_step', {
        id: store.nextId('trace_step'),
        portal_id: row.portal_id,
        call_id: row.call_id,
        at: clock.now(),
        kind: problem === null ? 'record_fetched' : 'record_failed',
        detail: JSON.stringify(problem === null ? {} : { problem, attempt: attempts, isLast }),
      })
      tx.afterCommit(() => changed(row.portal_id, ['calls', `call:${row.call_id}`]))
    })
    if (!isLast) later(dueAt, () => void sweep())
  }

  const fetchOne = async (row: Row<'record_fetch'>): Promise<void> => {
    const letGo = holdLease(row.call_id)
    try {
      // a record that was attached meanwhile is newer than this address
      const attached = await store.read.selectFrom('recording').select('id').where('call_id', '=', row.call_id).executeTakeFirst()
      if (!attached) await recordings.fetchFrom({ portalId: row.portal_id, callId: row.call_id, filename: null }, row.url)
      await settle(row, null)
    } catch (error) {
      // a process that stops cuts its own fetches: the try does not count
      if (isClosing) return
      log.warn({ err: error, call: row.call_id, attempt: row.attempts + 1 }, 'RECORD_URL could not be fetched')
      await settle(row, (error as Error).message.slice(0, 500))
    } finally {
      letGo()
    }
  }

  /** Takes up what is due, as far as there are hands. */
  async function sweep(): Promise<void> {
    if (isClosing) return
    const free = atOnce - underWay.size
    if (free <= 0) return
    const now = clock.now()
    const due = await store.read
      .selectFrom('record_fetch')
      .select('call_id')
      .where('due_at', '<=', now)
      .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
      .orderBy('due_at')
      .limit(free)
      .execute()
    for (const { call_id: callId } of due) {
      if (isClosing) return
      const row = await claim(callId)
      if (!row) continue
      const fetch = fetchOne(row)
        .catch((error: unknown) => log.error({ err: error, call: callId }, 'the fetch of a record could not be settled'))
        .finally(() => {
          underWay.delete(fetch)
          void sweep().catch((error: unknown) => log.error({ err: error }, 'records could not be looked for'))
        })
      underWay.add(fetch)
    }
  }

  return {
    /** Writes down that this record is to be fetched; it begins after the commit. */
    ask(tx: Tx, { portalId, callId, url }: { portalId: number; callId: string; url: string }): void {
      const now = clock.now()
      const row = {
        portal_id: portalId,
        url: withoutNul(url).slice(0, longestUrl),
        state: 'waiting' as const,
        attempts: 0,
        problem: '',
        due_at: now,
        lease_until: null,
        created_at: now,
      }
      tx.write(
        store.build
          .insertInto('record_fetch')
          .values({ call_id: callId, ...row })
          .onConflict((conflict) => conflict.column('call_id').doUpdateSet(row)),
      )
      tx.afterCommit(() => {
        if (handOver) handOver()
        else void sweep().catch((error: unknown) => log.error({ err: error }, 'records could not be looked for'))
      })
    },

    sweep,

    /** Takes up what a dead process had. `all`: no other process is at work. */
    async recover({ all }: { all: boolean }): Promise<void> {
      if (all) await store.transaction((tx) => tx.write(store.build.updateTable('record_fetch').set({ lease_until: null })))
      await sweep()
    },

    /** What is under way ends or is left to the next start; call it after the recordings were closed. */
    close(): void {
      isClosing = true
      for (const cancel of alarms) cancel()
    },

    /** Ends when nothing is under way. */
    async settled(): Promise<void> {
      await Promise.allSettled(underWay)
    },
  }
}

/** The verbs on fetches. */
export type RecordFetches = ReturnType<typeof createRecordFetches>
