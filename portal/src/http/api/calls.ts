import { Type } from 'typebox'
import { PortalError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import type { Row } from '../../store/tables.ts'
import type { CalledCard } from '../../crm/call-crm.ts'
import type { Calls } from '../../telephony/calls.ts'
import type { Clicks } from '../../telephony/click.ts'
import type { PresentedCall } from '../../telephony/presented.ts'
import { problemAdvice } from '../../telephony/sentences.ts'
import type { Traces } from '../../telephony/trace.ts'
import type { Transfers } from '../../telephony/transfers.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { Call, ClickAnswer, ClickInput, ClickSkipped, Explanation, Page, Trace, TransferInput } from './schemas.ts'

/** What the call rows need. */
export interface CallRoutesParts {
  readonly store: Store
  readonly clicks: Clicks
  readonly calls: Calls
  readonly traces: Traces
  readonly transfers: Transfers
  /** milliseconds since 1970 */
  now(): number
  present(portalId: number, calls: readonly Row<'call'>[]): Promise<PresentedCall[]>
}

const CallHistoryQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 100 })),
  userId: Type.Optional(Type.Integer()),
  from: Type.Optional(Type.Integer()),
  to: Type.Optional(Type.Integer()),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})
const CallPage = Page(Call)
const pageLimit = 50
/** An outcome that nobody looked at for this long is found on the timeline. */
const outcomeShownMs = 3_600_000

/** Clicks, call cards, call history, traces, explain. */
export function callRoutes({ store, clicks, calls, traces, transfers, now, present }: CallRoutesParts): Route[] {
  const one = async (portalId: number, callId: string): Promise<PresentedCall> => {
    const call = await calls.find(portalId, callId)
    if (!call) throw new PortalError('call_unknown', { id: callId.slice(0, 100) })
    return (await present(portalId, [call]))[0]!
  }

  return [
    route({
      method: 'POST',
      path: '/clicks',
      about: 'Calls a number. A double click is one call.',
      access: 'user',
      body: ClickInput,
      answers: { 201: ClickAnswer, 200: ClickAnswer, 409: ClickSkipped },
      async run({ caller, body }) {
        const entity = body.entity ? { type: body.entity.kind.toUpperCase() as CalledCard['type'] | 'DEAL', id: body.entity.id } : null
        const click = {
          portalId: caller.portalId,
          userId: caller.userId,
          number: body.number,
          entity,
          callListId: body.callListId ?? 0,
          isMobile: body.device === 'mobile',
        }
        const outcome = await clicks.click(click)
        if (outcome.outcome === 'registered') {
          const answer = { call: outcome.call ?? (await one(caller.portalId, outcome.callId)), repeated: outcome.repeated }
          return new ApiAnswer(outcome.repeated ? 200 : 201, answer)
        }
        const title = outcome.target?.title ?? ''
        const refusal = new PortalError(outcome.reason, { title })
        const skipped = {
          type: 'about:blank',
          title: refusal.message,
          status: refusal.status,
          code: refusal.key,
          detail: `${refusal.message}. Nothing was called.`,
        }
        return new ApiAnswer(
          409,
          { ...skipped, adminDetail: problemAdvice(outcome.reason, title), traceId: outcome.traceId },
          { 'content-type': 'application/problem+json' },
        )
      },
    }),
    route({
      method: 'GET',
      path: '/calls/open',
      about: 'The call cards that the signed-in person sees now, newest first.',
      access: 'user',
      answers: { 200: CallPage },
      async run({ caller }) {
        const rows = await store.read
          .selectFrom('call')
          .innerJoin('call_card', 'call_card.call_id', 'call.call_id')
          .selectAll('call')
          .where('call_card.portal_id', '=', caller.portalId)
          .where('call_card.user_id', '=', caller.userId)
          .where('call_card.dismissed_at', 'is', null)
          .where('call_card.hidden_at', 'is', null)
          .where((eb) => eb.or([eb('call.ended_at', 'is', null), eb('call.ended_at', '>', now() - outcomeShownMs)]))
          .orderBy('call.id', 'desc')
          .limit(20)
          .execute()
        return { items: await present(caller.portalId, rows), nextCursor: null }
      },
    }),
    route({
      method: 'GET',
      path: '/calls',
      about: 'The history of calls, newest first.',
      access: 'user',
      query: CallHistoryQuery,
      answers: { 200: CallPage },
      async run({ caller, query }) {
        const before = decodeCursor(query.cursor, 1)?.[0] ?? null
        let rows = store.read.selectFrom('call').selectAll().where('portal_id', '=', caller.portalId)
        if (before !== null) rows = rows.where('id', '<', before)
        if (query.userId !== undefined) rows = rows.where('user_id', '=', query.userId)
        if (query.from !== undefined) rows = rows.where('started_at', '>=', query.from)
        if (query.to !== undefined) rows = rows.where('started_at', '<', query.to)
        const digits = query.search?.replace(/\D/g, '') ?? ''
        if (digits !== '') rows = rows.where('digits', 'like', `%${digits}%`)
        const found = await rows
          .orderBy('id', 'desc')
          .limit(pageLimit + 1)
          .execute()
        const items = await present(caller.portalId, found.slice(0, pageLimit))
        return { items, nextCursor: found.length > pageLimit ? encodeCursor([found[pageLimit - 1]!.id]) : null }
      },
    }),
    route({
      method: 'GET',
      path: '/calls/:callId',
      about: 'One call.',
      access: 'user',
      answers: { 200: Call },
      run: ({ caller, params }) => one(caller.portalId, params['callId']!),
    }),
    route({
      method: 'POST',
      path: '/calls/:callId/transfer',
      about:
        'Rings a colleague who shall take the talk over; until they answer, it goes on where it is. 204: the app rings them. The card moves with the talk.',
      access: 'user',
      body: TransferInput,
      answers: { 204: null },
      run: ({ caller, params, body }) => transfers.start({ ...caller, callId: params['callId']!, extension: body.extension }),
    }),
    route({
      method: 'POST',
      path: '/calls/:callId/dismiss',
      about: "Closes the signed-in person's call card; the call goes on.",
      access: 'user',
      answers: { 204: null },
      run: ({ caller, params }) => calls.dismiss(caller.portalId, caller.userId, params['callId']!),
    }),
    route({
      method: 'GET',
      path: '/explain',
      about: 'What a click would do, without doing it.',
      access: 'user',
      query: Type.Object({ number: Type.String({ maxLength: 200 }), userId: Type.Optional(Type.Integer()) }),
      answers: { 200: Explanation },
      run({ caller, query }) {
        const userId = query.userId ?? caller.userId
        if (userId !== caller.userId && !caller.isAdmin) throw new PortalError('access_denied')
        return traces.explain(caller.portalId, { userId, number: query.number })
      },
    }),
    route({
      method: 'GET',
      path: '/traces/:id',
      about: 'Everything that belongs to one click, in order.',
      access: 'user',
      answers: { 200: Trace },
      run({ caller, params }) {
        const id = Number(params['id'])
        if (!Number.isSafeInteger(id)) throw new PortalError('trace_unknown', { id: String(params['id']).slice(0, 40) })
        return traces.read(caller.portalId, id)
      },
    }),
  ]
}
