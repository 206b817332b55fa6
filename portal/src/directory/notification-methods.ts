import type { Caller } from '../caller.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, flag, integer, integers, text } from '../rest/params.ts'
import type { Loose } from '../rest/php.ts'
import type { Notifications } from './notifications.ts'

const params = {
  USER_ID: integer('who gets it', 'notify_user'),
  MESSAGE: text('what is said', 'notify_message'),
  MESSAGE_OUT: anything('for e-mail: taken and not needed, nothing is mailed'),
  TAG: text('replaces earlier notes of the same app and tag to the same user'),
  SUB_TAG: text('kept'),
  ATTACH: anything('checked and not shown: the bell shows texts'),
}
const errors: readonly ErrorKey[] = ['notify_user', 'notify_message', 'notify_attach', 'notify_attach_size']

interface Sent {
  readonly USER_ID: number | undefined
  readonly MESSAGE: string | undefined
  readonly TAG: string | undefined
  readonly SUB_TAG: string | undefined
  readonly ATTACH: Loose
}

/**
 * `im.notify`, `im.notify.personal.add`, `im.notify.system.add`: the id of the note, or false when there is no such active user. `im.notify.read*`
 * and `im.notify.delete`: what becomes of it.
 */
export function notificationMethods(notifications: Notifications): Methods {
  const send = async (caller: Caller, sent: Sent, isSystem: boolean): Promise<number | false> => {
    const userId = sent.USER_ID ?? 0
    if (userId <= 0) throw new PortalError('notify_user')
    const message = sent.MESSAGE?.trim() ?? ''
    if (message === '') throw new PortalError('notify_message')
    checkAttach(sent.ATTACH)
    const author = { portalId: caller.portalId, authorId: isSystem ? null : caller.userId, appId: caller.appId }
    const tags = { ...(sent.TAG !== undefined && { tag: sent.TAG }), ...(sent.SUB_TAG !== undefined && { subTag: sent.SUB_TAG }) }
    return (await notifications.send({ ...author, userId, message, ...tags })) ?? false
  }
  return {
    'im.notify': method({
      scope: 'im',
      about: 'A note to a user, under the bell.',
      params: {
        ...params,
        TO: integer('old name of USER_ID', 'notify_user'),
        TYPE: text('USER: from the calling user, the default; SYSTEM: from the system'),
      },
      errors,
      run: ({ params: sent, caller }) => send(caller, { ...sent, USER_ID: sent.USER_ID ?? sent.TO }, sent.TYPE?.toUpperCase() === 'SYSTEM'),
    }),
    'im.notify.personal.add': method({
      scope: 'im',
      about: 'A note from the calling user to a user, under the bell.',
      params,
      errors,
      run: ({ params: sent, caller }) => send(caller, sent, false),
    }),
    'im.notify.system.add': method({
      scope: 'im',
      about: 'A note from the system to a user, under the bell.',
      params,
      errors,
      run: ({ params: sent, caller }) => send(caller, sent, true),
    }),
    ...bellMethods(notifications),
  }
}

/** As many ids may be marked in one call. */
const mostIds = 500

function bellMethods(notifications: Notifications): Methods {
  return {
    'im.notify.delete': method({
      scope: 'im',
      about: 'Deletes a note, or all notes of the calling app with a tag. Answers whether there was one.',
      params: { ID: integer('the note', 'notify_id'), TAG: text('all with this TAG'), SUB_TAG: text('all with this SUB_TAG') },
      errors: ['notify_id'],
      run: async ({ params: { ID, TAG, SUB_TAG }, caller: { portalId, userId, appId } }) => {
        const by = ID !== undefined ? { id: ID } : TAG !== undefined ? { tag: TAG } : SUB_TAG !== undefined ? { subTag: SUB_TAG } : null
        if (!by) throw new PortalError('notify_id')
        return (await notifications.delete({ portalId, userId, appId, by })) > 0
      },
    }),
    'im.notify.read': method({
      scope: 'im',
      about: 'Marks a note to the calling user as read, and all newer ones too unless ONLY_CURRENT.',
      params: { ID: integer('the note', 'notify_id').required('notify_id'), ONLY_CURRENT: flag('this one alone') },
      errors: ['notify_id'],
      run: async ({ params: { ID, ONLY_CURRENT }, caller: { portalId, userId } }) => {
        await notifications.mark({ portalId, userId, which: ONLY_CURRENT === true ? [ID] : { fromId: ID }, isRead: true })
        return true
      },
    }),
    'im.notify.read.list': method({
      scope: 'im',
      about: 'Marks several notes to the calling user as read, or as unread with ACTION N.',
      params: { IDS: integers('the notes', 'notify_id').required('notify_id'), ACTION: text('Y: read, the default; N: unread') },
      errors: ['notify_id', 'too_many_values'],
      run: async ({ params: { IDS, ACTION }, caller: { portalId, userId } }) => {
        if (IDS.length > mostIds) throw new PortalError('too_many_values', { most: mostIds })
        await notifications.mark({ portalId, userId, which: IDS, isRead: ACTION?.toUpperCase() !== 'N' })
        return true
      },
    }),
    'im.notify.read.all': method({
      scope: 'im',
      about: 'Marks all notes to the calling user as read.',
      params: {},
      errors: [],
      run: async ({ caller: { portalId, userId } }) => {
        await notifications.readAll(portalId, userId)
        return { result: true, newCounter: 0 }
      },
    }),
  }
}

const largestAttach = 60_000

function checkAttach(attach: Loose): void {
  if (attach === undefined || attach === null || attach === '') return
  const text = typeof attach === 'string' ? attach : JSON.stringify(attach)
  if (text.length > largestAttach) throw new PortalError('notify_attach_size')
  if (typeof attach === 'object') return
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null) return
  } catch {
    // answered below
  }
  throw new PortalError('notify_attach')
}
