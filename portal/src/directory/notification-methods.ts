import type { Caller } from '../caller.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, integer, text } from '../rest/params.ts'
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

/** `im.notify`, `im.notify.personal.add`, `im.notify.system.add`: the id of the note, or false when there is no such active user. */
export function notificationMethods(notifications: Pick<Notifications, 'send'>): Methods {
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
