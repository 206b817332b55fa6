/** What was said in a call: attached by its app after the end (contract 4.7), read by people and by REST. */
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'

/** One sentence. */
export interface TranscriptLine {
  readonly side: 'user' | 'client'
  readonly startSeconds: number
  readonly stopSeconds: number
  readonly text: string
}

/** A transcript as its app sends it. */
export interface NewTranscript {
  readonly portalId: number
  /** `app:3` or `incoming`: whose call it has to be */
  readonly owner: string
  readonly callId: string
  readonly lines: readonly TranscriptLine[]
  readonly cost: number
  readonly costCurrency: string
}

/** A stored transcript. */
export interface Transcript {
  readonly id: number
  readonly lines: readonly TranscriptLine[]
}

/** Builds the verbs on transcripts. */
export function createTranscripts({
  store,
  clock,
  changed,
}: {
  store: Store
  clock: Clock
  changed: (portalId: number, names: readonly string[]) => void
}) {
  const find = async (portalId: number, callId: string): Promise<Transcript | null> => {
    const row = await store.read
      .selectFrom('transcript')
      .select(['id', 'lines'])
      .where('portal_id', '=', portalId)
      .where('call_id', '=', callId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? { id: row.id, lines: JSON.parse(row.lines) as TranscriptLine[] } : null
  }

  return {
    /** The newest transcript of a call, or null. */
    find,

    /** Of the call of an activity; null when it has none. Refuses an activity that is not there. */
    async findByActivity(portalId: number, activityId: number): Promise<Transcript | null> {
      const activity = await store.read
        .selectFrom('activity')
        .select('call_id')
        .where('portal_id', '=', portalId)
        .where('id', '=', activityId)
        .executeTakeFirst()
      if (!activity) throw new PortalError('transcript_activity')
      return activity.call_id === null ? null : find(portalId, activity.call_id)
    },

    /** Stores a transcript of a finished call of its app; the statistics name the newest. Answers its id. */
    async attach({ portalId, owner, callId, lines, cost, costCurrency }: NewTranscript): Promise<number> {
      return store.transaction(async (tx) => {
        const call = await tx.db
          .selectFrom('call')
          .select(['owner', 'statistic_id', 'entity_type', 'entity_id'])
          .where('portal_id', '=', portalId)
          .where('call_id', '=', callId)
          .executeTakeFirst()
        if (call?.owner !== owner || call.statistic_id === null)
          throw new PortalError('transcript_not_finished', { call: callId.slice(0, 100) })
        const row = { portal_id: portalId, call_id: callId, lines: JSON.stringify(lines), cost, cost_currency: costCurrency }
        const { id } = await tx.db
          .insertInto('transcript')
          .values({ ...row, created_at: clock.now() })
          .returning('id')
          .executeTakeFirstOrThrow()
        await tx.db.updateTable('statistic').set({ transcript_id: id }).where('id', '=', call.statistic_id).execute()
        const card = call.entity_type === '' ? [] : [`${call.entity_type.toLowerCase()}:${call.entity_id}`]
        tx.afterCommit(() => changed(portalId, ['calls', `call:${callId}`, ...card]))
        return id
      })
    },
  }
}

/** The verbs on transcripts. */
export type Transcripts = ReturnType<typeof createTranscripts>
