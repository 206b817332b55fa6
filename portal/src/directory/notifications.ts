import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** A note to one person. */
export interface Note {
  readonly portalId: number
  /** who gets it */
  readonly userId: number
  /** who says it; null: the system */
  readonly authorId: number | null
  /** the app that sends it */
  readonly appId: number | null
  readonly message: string
  /** replaces earlier notes of the same sender to the same person */
  readonly tag?: string
  readonly subTag?: string
}

/** A page of somebody's notes, newest first. */
export interface NotePage {
  readonly notes: ReadonlyArray<Row<'notification'>>
  readonly nextBeforeId: number | null
  readonly unread: number
}

/** What stands under the bell. */
export interface Notifications {
  /** Answers its id, or null when there is no such active user. */
  send(note: Note): Promise<number | null>
  /** The same inside a transaction, for notes that belong to what it writes. */
  write(tx: Tx, note: Note): Promise<number | null>
  page(query: { portalId: number; userId: number; beforeId: number | null; limit: number }): Promise<NotePage>
  /** Marks one as read; throws `notification_not_found`. */
  read(portalId: number, userId: number, id: number): Promise<void>
  /** Marks all as read. */
  readAll(portalId: number, userId: number): Promise<void>
  /** Marks some of a person's notes as read or as unread; ids that are not theirs are passed over. */
  mark(choice: NoteMark): Promise<void>
  /** Deletes notes; answers how many. A note is deleted by the person who got it and by the app, or the webhooks, that sent it. */
  delete(choice: NoteChoice): Promise<number>
}

/** Which of a person's notes are marked, and as what. */
export interface NoteMark {
  readonly portalId: number
  readonly userId: number
  /** these, or this one and all newer ones */
  readonly which: readonly number[] | { readonly fromId: number }
  readonly isRead: boolean
}

/** Which notes are deleted: by id, or those of the sender with a tag. */
export interface NoteChoice {
  readonly portalId: number
  /** who asks */
  readonly userId: number
  /** the app that asks; null: a webhook */
  readonly appId: number | null
  readonly by: { readonly id: number } | { readonly tag: string } | { readonly subTag: string }
}

const longestMessage = 20_000
/** of one call; what is more is deleted by the next one */
const mostDeleted = 500

/** Builds the notes. `changed` tells the person's browsers. */
export function createNotifications({
  store,
  clock,
  changed,
}: {
  store: Store
  clock: Clock
  changed: (portalId: number, names: readonly string[], userIds?: readonly number[]) => void
}): Notifications {
  const tell = (portalId: number, userId: number): void => changed(portalId, ['notifications'], [userId])
  const writeAndTell = async (query: Parameters<Tx['write']>[0], portalId: number, userId: number): Promise<void> => {
    await store.transaction((tx) => {
      tx.write(query)
      tx.afterCommit(() => tell(portalId, userId))
    })
  }

  const write: Notifications['write'] = async (tx, { portalId, userId, authorId, appId, message, tag = '', subTag = '' }) => {
    const person = tx.db.selectFrom('user').select('id').where('portal_id', '=', portalId).where('id', '=', userId)
    if (!(await person.where('is_active', '=', 1).executeTakeFirst())) return null
    if (tag !== '') {
      const earlier = tx.db.deleteFrom('notification').where('portal_id', '=', portalId).where('user_id', '=', userId)
      await earlier
        .where('tag', '=', readTag(tag))
        .where('app_id', appId === null ? 'is' : '=', appId)
        .execute()
    }
    const row = {
      portal_id: portalId,
      user_id: userId,
      author_id: authorId,
      app_id: appId,
      kind: authorId === null ? ('system' as const) : ('personal' as const),
      message: withoutNul(message).trim().slice(0, longestMessage),
      tag: readTag(tag),
      sub_tag: readTag(subTag),
      created_at: clock.now(),
      read_at: null,
    }
    const { id } = await tx.db.insertInto('notification').values(row).returning('id').executeTakeFirstOrThrow()
    tx.afterCommit(() => tell(portalId, userId))
    return id
  }

  return {
    write,
    send: (note) => store.transaction((tx) => write(tx, note)),

    async page({ portalId, userId, beforeId, limit }) {
      const own = store.read.selectFrom('notification').where('portal_id', '=', portalId).where('user_id', '=', userId)
      const rows = await (beforeId === null ? own : own.where('id', '<', beforeId))
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const unread = await own
        .where('read_at', 'is', null)
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      const notes = rows.slice(0, limit)
      return { notes, nextBeforeId: rows.length > limit ? (notes.at(-1)?.id ?? null) : null, unread: Number(unread.count) }
    },

    async read(portalId, userId, id) {
      await store.transaction(async (tx) => {
        const own = tx.db.selectFrom('notification').select('read_at').where('portal_id', '=', portalId).where('user_id', '=', userId)
        const found = await own.where('id', '=', id).executeTakeFirst()
        if (!found) throw new PortalError('notification_not_found', { id })
        if (found.read_at !== null) return
        await tx.db.updateTable('notification').set({ read_at: clock.now() }).where('id', '=', id).execute()
        tx.afterCommit(() => tell(portalId, userId))
      })
    },

    async mark({ portalId, userId, which, isRead }) {
      const own = store.build
        .updateTable('notification')
        .set({ read_at: isRead ? clock.now() : null })
        .where('portal_id', '=', portalId)
        .where('user_id', '=', userId)
        .where('read_at', isRead ? 'is' : 'is not', null)
      if ('fromId' in which) await writeAndTell(own.where('id', '>=', which.fromId), portalId, userId)
      else if (which.length > 0) await writeAndTell(own.where('id', 'in', which), portalId, userId)
    },

    async delete({ portalId, userId, appId, by }) {
      return store.transaction(async (tx) => {
        const isSender = appId === null ? ('is' as const) : ('=' as const)
        const all = tx.db.selectFrom('notification').select(['id', 'user_id']).where('portal_id', '=', portalId)
        const found =
          'id' in by
            ? all.where('id', '=', by.id).where((eb) => eb.or([eb('user_id', '=', userId), eb('app_id', isSender, appId)]))
            : all.where('app_id', isSender, appId).where('tag' in by ? 'tag' : 'sub_tag', '=', readTag('tag' in by ? by.tag : by.subTag))
        const rows = await found.limit(mostDeleted).execute()
        if (rows.length === 0) return 0
        await tx.db
          .deleteFrom('notification')
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute()
        tx.afterCommit(() => changed(portalId, ['notifications'], [...new Set(rows.map((row) => row.user_id))]))
        return rows.length
      })
    },

    async readAll(portalId, userId) {
      const unread = store.build.updateTable('notification').set({ read_at: clock.now() }).where('portal_id', '=', portalId)
      await store.transaction((tx) => {
        tx.write(unread.where('user_id', '=', userId).where('read_at', 'is', null))
        tx.afterCommit(() => tell(portalId, userId))
      })
    },
  }
}

function readTag(tag: string): string {
  return withoutNul(tag).trim().slice(0, 255)
}
