/** Notes on cards: what people write on a timeline, and what the portal says of a call. */
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { EntityType } from './classic-fields.ts'
import { tableOf, type Author, type Changed } from './entities.ts'

/** A card. */
export interface NotedCard {
  readonly type: EntityType
  readonly id: number
}

const longestNote = 20_000

/** Builds the verbs on notes. */
export function createNotes({ store, clock, changed }: { store: Store; clock: Clock; changed: Changed }) {
  const tell = (tx: Tx, portalId: number, { type, id }: NotedCard): void => tx.afterCommit(() => changed(portalId, [`${type}:${id}`]))

  return {
    /** Adds what a person wrote; answers its id. Throws `crm_not_found` and `note_empty`. */
    async add(card: NotedCard, text: string, by: Author): Promise<number> {
      const said = withoutNul(text).trim().slice(0, longestNote)
      if (said === '') throw new PortalError('note_empty')
      return store.transaction(async (tx) => {
        const found = await tx.db
          .selectFrom(tableOf(card.type))
          .select('id')
          .where('portal_id', '=', by.portalId)
          .where('id', '=', card.id)
          .executeTakeFirst()
        if (!found) throw new PortalError('crm_not_found')
        const { id } = await tx.db
          .insertInto('note')
          .values(rowOf(card, { text: said, by, callId: null, now: clock.now() }))
          .returning('id')
          .executeTakeFirstOrThrow()
        tell(tx, by.portalId, card)
        return id
      })
    },

    /** Deletes a note of one's own; administrators delete any. Throws `note_not_found`. */
    async remove(id: number, by: Author & { readonly isAdmin: boolean }): Promise<void> {
      await store.transaction(async (tx) => {
        let query = tx.db.deleteFrom('note').where('portal_id', '=', by.portalId).where('id', '=', id)
        if (!by.isAdmin) query = query.where('author_id', '=', by.userId)
        const gone = await query.returning(['entity_type', 'entity_id']).executeTakeFirst()
        if (!gone) throw new PortalError('note_not_found', { id })
        tell(tx, by.portalId, { type: gone.entity_type, id: gone.entity_id })
      })
    },

    /** Says something of a call on its card: one note for each call, which a later word rewrites. */
    async sayOfCall(tx: Tx, { card, callId, text, by }: { card: NotedCard; callId: string; text: string; by: Author }): Promise<void> {
      const now = clock.now()
      const said = withoutNul(text).slice(0, longestNote)
      const { numUpdatedRows } = await tx.db
        .updateTable('note')
        .set({ text: said, author_id: by.userId, updated_at: now })
        .where('call_id', '=', callId)
        .where('portal_id', '=', by.portalId)
        .executeTakeFirstOrThrow()
      if (Number(numUpdatedRows) === 0) tx.insert('note', rowOf(card, { text: said, by, callId, now }))
      tell(tx, by.portalId, card)
    },
  }
}

/** The verbs on notes. */
export type Notes = ReturnType<typeof createNotes>

function rowOf({ type, id }: NotedCard, note: { text: string; by: Author; callId: string | null; now: number }) {
  return {
    portal_id: note.by.portalId,
    entity_type: type,
    entity_id: id,
    author_id: note.by.userId,
    text: note.text,
    call_id: note.callId,
    created_at: note.now,
    updated_at: note.now,
  }
}
