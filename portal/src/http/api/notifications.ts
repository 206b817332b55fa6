import { Type } from 'typebox'
import type { Notifications } from '../../directory/notifications.ts'
import { fullName, type Users } from '../../directory/users.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { readId } from './path-id.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { NotificationPage } from './schemas.ts'

/** What the rows need. */
export interface NotificationApiParts {
  readonly notifications: Notifications
  readonly users: Users
}

const pageRows = 50

/** `/notifications`: the caller's own notes. */
export function notificationRoutes({ notifications, users }: NotificationApiParts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/notifications',
      about: 'Notes to the caller, newest first, 50 on a page, and how many are unread.',
      access: 'user',
      query: Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) }),
      answers: { 200: NotificationPage },
      async run({ caller: { portalId, userId }, query }) {
        const beforeId = decodeCursor(query.cursor, 1)?.[0] ?? null
        const page = await notifications.page({ portalId, userId, beforeId, limit: pageRows })
        const authors = [...new Set(page.notes.flatMap((note) => note.author_id ?? []))]
        const names = new Map((await users.all(portalId, { ids: authors })).map((user) => [user.id, fullName(user)]))
        const items = page.notes.map((note) => ({
          id: note.id,
          message: note.message,
          author: note.author_id === null ? null : { id: note.author_id, name: names.get(note.author_id) ?? '' },
          createdAt: note.created_at,
          readAt: note.read_at,
        }))
        return { items, nextCursor: page.nextBeforeId === null ? null : encodeCursor([page.nextBeforeId]), unread: page.unread }
      },
    }),
    route({
      method: 'POST',
      path: '/notifications/:id/read',
      about: 'Marks a note to the caller as read.',
      access: 'user',
      answers: { 204: null },
      async run({ caller, params }) {
        await notifications.read(caller.portalId, caller.userId, readId(params['id'], 'notification_not_found'))
        return new ApiAnswer(204, null)
      },
    }),
    route({
      method: 'POST',
      path: '/notifications/read-all',
      about: 'Marks all notes to the caller as read.',
      access: 'user',
      answers: { 204: null },
      async run({ caller }) {
        await notifications.readAll(caller.portalId, caller.userId)
        return new ApiAnswer(204, null)
      },
    }),
  ]
}
