import { Type } from 'typebox'
import { readPhone } from '../../crm/phones.ts'
import { fullName, type Users } from '../../directory/users.ts'
import type { Row } from '../../store/tables.ts'
import { listsOf, type CallbackForms } from '../../telephony/callback-forms.ts'
import type { CallbackRequests } from '../../telephony/callback-requests.ts'
import { callbackAsked } from '../../telephony/events.ts'
import { voices } from '../../telephony/voices.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { readId } from './path-id.ts'
import { ApiAnswer, route, type ApiCall, type Route } from './route.ts'
import { CallbackForm, CallbackFormInput, CallbackForms as CallbackFormsShape, CallbackRequest, Page } from './schemas.ts'
import { presentTarget } from './telephony.ts'

/** What the rows of callback forms need. */
export interface CallbackApiParts {
  readonly callbackForms: CallbackForms
  readonly callbackRequests: Pick<CallbackRequests, 'list'>
  readonly users: Users
  readonly publicUrl: string
}

const pageRows = 50
const NewForm = Type.Intersect([CallbackFormInput, Type.Object({ title: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }) })])

/** `/callback-forms` (admins). */
export function callbackFormRoutes({ callbackForms, callbackRequests, users, publicUrl }: CallbackApiParts): Route[] {
  const present = async (row: Row<'callback_form'>): Promise<CallbackForm> => {
    const user = await users.find(row.portal_id, row.user_id)
    return {
      id: row.id,
      key: row.public_key,
      url: `${publicUrl}/forms/${row.public_key}`,
      title: row.title,
      text: row.spoken_text,
      voice: row.voice,
      target: row.target,
      userId: row.user_id,
      userName: user ? fullName(user) : '',
      ...listsOf(row),
      perAddress: { hour: row.address_hour, day: row.address_day },
      perNumber: { hour: row.number_hour, day: row.number_day },
      createLead: row.create_lead === 1,
      withTokens: row.with_tokens === 1,
      enabled: row.enabled === 1,
      createdAt: row.created_at,
    }
  }
  const idOf = ({ params }: Pick<ApiCall, 'params'>): number => readId(params['id'], 'callback_form_not_found')
  return [
    route({
      method: 'GET',
      path: '/callback-forms',
      about: 'The callback forms, with the targets and voices that can be chosen.',
      access: 'admin',
      answers: { 200: CallbackFormsShape },
      run: async ({ caller }) => ({
        items: await Promise.all((await callbackForms.list(caller.portalId)).map(present)),
        targets: (await callbackForms.choices(caller.portalId)).map((target) => presentTarget(target, callbackAsked.name)),
        voices: Object.entries(voices).map(([id, name]) => ({ id, name })),
      }),
    }),
    route({
      method: 'POST',
      path: '/callback-forms',
      about: 'Adds a callback form. It is off, and the caller is responsible, unless told otherwise.',
      access: 'admin',
      body: NewForm,
      answers: { 201: CallbackForm },
      run: async ({ caller, body }) =>
        new ApiAnswer(201, await present(await callbackForms.add(caller.portalId, { userId: caller.userId, ...body }))),
    }),
    route({
      method: 'GET',
      path: '/callback-forms/:id',
      about: 'One callback form.',
      access: 'admin',
      answers: { 200: CallbackForm },
      run: async ({ caller, params }) => present(await callbackForms.find(caller.portalId, idOf({ params }))),
    }),
    route({
      method: 'PATCH',
      path: '/callback-forms/:id',
      about: 'Changes what is given of a callback form.',
      access: 'admin',
      body: CallbackFormInput,
      answers: { 200: CallbackForm },
      run: async ({ caller, params, body }) => present(await callbackForms.change(caller.portalId, idOf({ params }), body)),
    }),
    route({
      method: 'DELETE',
      path: '/callback-forms/:id',
      about: 'Deletes a callback form; its page says that it is not in use.',
      access: 'admin',
      answers: { 204: null },
      async run({ caller, params }) {
        await callbackForms.remove(caller.portalId, idOf({ params }))
        return null
      },
    }),
    route({
      method: 'GET',
      path: '/callback-forms/:id/requests',
      about: 'Requests of visitors with what became of them, newest first, 50 on a page.',
      access: 'admin',
      query: Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) }),
      answers: { 200: Page(CallbackRequest) },
      async run({ caller, params, query }) {
        const form = await callbackForms.find(caller.portalId, idOf({ params }))
        const beforeId = decodeCursor(query.cursor, 1)?.[0] ?? null
        const rows = await callbackRequests.list(form, { beforeId, limit: pageRows + 1 })
        const nextCursor = rows.length > pageRows ? encodeCursor([rows[pageRows - 1]!.id]) : null
        return { items: rows.slice(0, pageRows).map(presentRequest), nextCursor }
      },
    }),
  ]
}

function presentRequest(row: Awaited<ReturnType<CallbackRequests['list']>>[number]): CallbackRequest {
  return {
    id: row.id,
    at: row.created_at,
    number: row.number,
    display: readPhone(row.number, { country: '' }).display,
    country: row.country,
    origin: row.origin,
    outcome: row.outcome,
    reason: row.reason,
    entity: row.entity_type === '' ? null : { kind: row.entity_type.toLowerCase() as 'contact', id: row.entity_id },
    traceId: row.trace_id,
    call:
      row.call_id === null || row.call_state === null
        ? null
        : {
            callId: row.call_id,
            state: row.call_state,
            durationSeconds: row.call_duration ?? 0,
            statusCode: row.call_status,
            userName: `${row.user_name ?? ''} ${row.user_last_name ?? ''}`.trim(),
          },
  }
}
