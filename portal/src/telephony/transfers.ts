/** A talk is handed over to a colleague: the app that drives the call is asked to ring them; who talks goes on until they answer. */
import { idOf } from '../caller.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { PhoneQuestions } from './phone-questions.ts'

/** What transfers are built of. */
export interface TransfersParts {
  readonly store: Store
  readonly questions: PhoneQuestions
}

/** Who hands a call over, and to whom: digits of an extension. */
export interface TransferWish {
  readonly portalId: number
  readonly userId: number
  readonly callId: string
  readonly extension: string
}

const question = 'HOOKSWITCHTRANSFER'

/** Builds the verb. */
export function createTransfers({ store, questions }: TransfersParts) {
  /** the call, if this person's card of it is open */
  const callOf = async ({ portalId, userId, callId }: TransferWish): Promise<Row<'call'>> => {
    const call = await store.read
      .selectFrom('call')
      .innerJoin('call_card', 'call_card.call_id', 'call.call_id')
      .selectAll('call')
      .where('call.portal_id', '=', portalId)
      .where('call.call_id', '=', callId)
      .where('call_card.user_id', '=', userId)
      .where('call_card.hidden_at', 'is', null)
      .executeTakeFirst()
    if (!call) throw new PortalError('call_unknown', { id: callId.slice(0, 100) })
    return call
  }

  const appOf = async (call: Row<'call'>): Promise<Row<'app'>> => {
    const query = store.read
      .selectFrom('app')
      .selectAll()
      .where('id', '=', idOf(call.owner, 'app') ?? 0)
    const app = await query.where('deleted_at', 'is', null).where('phone_url', '<>', '').executeTakeFirst()
    if (!app) throw new PortalError('transfer_none')
    return app
  }

  return {
    /** Asks for the transfer; the colleague's phone rings when it resolves. Refuses by call_unknown, transfer_early, transfer_none, transfer_refused, transfer_unreachable. */
    async start(wish: TransferWish): Promise<void> {
      const call = await callOf(wish)
      if (call.state !== 'talking') throw new PortalError('transfer_early')
      const app = await appOf(call)
      const data = { CALL_ID: call.call_id, USER_ID: String(wish.userId), EXTENSION: wish.extension }
      const answer = await questions.ask(app, { event: question, data })
      if ('unreachable' in answer) throw new PortalError('transfer_unreachable', { title: app.title, problem: answer.unreachable })
      if ('refused' in answer) throw new PortalError('transfer_refused', { problem: answer.refused })
    },
  }
}

/** The verb on transfers. */
export type Transfers = ReturnType<typeof createTransfers>
