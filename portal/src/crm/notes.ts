/** Notes on cards: what people write on a timeline, and what the portal says of a call. */
import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row, Tables } from '../store/tables.ts'
import type { EntityType } from './classic-fields.ts'
import { tableOf, type Author, type Changed } from './entities.ts'

/** A card. */
export interface NotedCard {
  readonly type: EntityType
  readonly id: number
}

/** Who changes or deletes a note: administrators do so with everybody's. */
export interface NoteAuthor extends Author {
  readonly isAdmin: boolean
}

/** A comment that must stand on this card, if one is named. */
export interface CommentOn {
  readonly id: number
  readonly on: NotedCard | null
}

/** A page of comments. */
export interface CommentPage {
  readonly order: ReadonlyArray<{ readonly column: 'id' | 'created_at' | 'author_id'; readonly descending: boolean }>
  readonly limit: number
  readonly offset: number
}

const longestNote = 20_000

/** Builds the verbs on notes. */
export function createNotes({ store, clock, changed }: { store: Store; clock: Clock; changed: Changed }) {
  const tell = (tx: Tx, portalId: number, { type, id }: NotedCard): void => tx.afterCommit(() => changed(portalId, [`${type}:${id}`]))

  return {
    /** Adds what a person wrote; answers its id. Throws `crm_not_found`, `note_empty` and `note_author`. */
    async add(card: NotedCard, text: string, by: Author): Promise<number> {
      const said = readNote(text)
      return store.transaction(async (tx) => {
        await checkCard(tx.db, by.portalId, card)
        await checkAuthor(tx, by)
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
    async remove(id: number, by: NoteAuthor): Promise<void> {
      await store.transaction(async (tx) => {
        let query = tx.db.deleteFrom('note').where('portal_id', '=', by.portalId).where('id', '=', id)
        if (!by.isAdmin) query = query.where('author_id', '=', by.userId)
        const gone = await query.returning(['entity_type', 'entity_id']).executeTakeFirst()
        if (!gone) throw new PortalError('note_not_found', { id })
        tell(tx, by.portalId, { type: gone.entity_type, id: gone.entity_id })
      })
    },

    /** What a person or an app wrote; null: there is no such comment. */
    async findComment(portalId: number, id: number): Promise<Row<'note'> | null> {
      const found = await commentsOf(store.read, portalId).selectAll().where('id', '=', id).executeTakeFirst()
      return found ?? null
    },

    /** A page of the comments of a card, which must exist (`crm_not_found`). */
    async listComments(portalId: number, { type, id }: NotedCard, { order, limit, offset }: CommentPage) {
      await checkCard(store.read, portalId, { type, id })
      const all = commentsOf(store.read, portalId).where('entity_type', '=', type).where('entity_id', '=', id)
      const { count } = await all.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow()
      let page = all.selectAll()
      for (const { column, descending } of order) page = page.orderBy(column, descending ? 'desc' : 'asc')
      if (!order.some(({ column }) => column === 'id')) page = page.orderBy('id')
      return { rows: await page.limit(limit).offset(offset).execute(), total: Number(count) }
    },

    /** Changes the text, if one is given. Throws `note_not_found`, `note_access` and `note_empty`. */
    async change(comment: CommentOn, text: string | undefined, by: NoteAuthor): Promise<void> {
      await store.transaction(async (tx) => {
        const note = await findOwn(tx, comment, by)
        if (text === undefined) return
        const said = readNote(text)
        await tx.db.updateTable('note').set({ text: said, updated_at: clock.now() }).where('id', '=', note.id).execute()
        tell(tx, by.portalId, { type: note.entity_type, id: note.entity_id })
      })
    },

    /** Deletes a comment. Throws `note_not_found` and `note_access`. */
    async removeComment(comment: CommentOn, by: NoteAuthor): Promise<void> {
      await store.transaction(async (tx) => {
        const note = await findOwn(tx, comment, by)
        await tx.db.deleteFrom('note').where('id', '=', note.id).execute()
        tell(tx, by.portalId, { type: note.entity_type, id: note.entity_id })
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

function readNote(text: string): string {
  const said = withoutNul(text).trim().slice(0, longestNote)
  if (said === '') throw new PortalError('note_empty')
  return said
}

function commentsOf(db: Kysely<Tables>, portalId: number) {
  return db.selectFrom('note').where('portal_id', '=', portalId).where('call_id', 'is', null)
}

async function checkCard(db: Kysely<Tables>, portalId: number, { type, id }: NotedCard): Promise<void> {
  const found = await db.selectFrom(tableOf(type)).select('id').where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
  if (!found) throw new PortalError('crm_not_found')
}

async function checkAuthor(tx: Tx, { portalId, userId }: Author): Promise<void> {
  const user = await tx.db.selectFrom('user').select('id').where('portal_id', '=', portalId).where('id', '=', userId).executeTakeFirst()
  if (!user) throw new PortalError('note_author', { id: userId })
}

async function findOwn(tx: Tx, { id, on }: CommentOn, by: NoteAuthor): Promise<Row<'note'>> {
  let query = commentsOf(tx.db, by.portalId).selectAll().where('id', '=', id)
  if (on) query = query.where('entity_type', '=', on.type).where('entity_id', '=', on.id)
  const note = await query.executeTakeFirst()
  if (!note) throw new PortalError('note_not_found', { id })
  if (!by.isAdmin && note.author_id !== by.userId) throw new PortalError('note_access')
  return note
}

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
