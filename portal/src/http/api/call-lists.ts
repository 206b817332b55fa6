import { Type, type Static } from 'typebox'
import type { CallLists, CallListSummary, CallListType } from '../../crm/call-lists.ts'
import type { Statuses } from '../../crm/statuses.ts'
import { PortalError } from '../../errors.ts'
import type { PresentCalls } from './cards.ts'
import { namesOf, showRows, type CardShapeParts } from './card-shapes.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { CallList, CallListCard, CallListInput, CallListStatus, Page } from './schemas.ts'

/** What the routes of the call lists need. */
export interface CallListRouteParts extends CardShapeParts {
  readonly callLists: CallLists
  readonly statuses: Pick<Statuses, 'ofDirectory'>
  readonly presentCalls: PresentCalls
}

const pageRows = 50
const statusBody = Type.Object({ status: CallListStatus })
const cursorQuery = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) })

/** `/v1/call-lists`. Any user may work with any list. */
export function callListRoutes(parts: CallListRouteParts): readonly Route[] {
  const { store, callLists } = parts
  const list = route({
    method: 'GET',
    path: '/call-lists',
    about: 'Newest first, 50 on a page.',
    access: 'user',
    query: cursorQuery,
    answers: { 200: Page(CallList) },
    async run({ caller: { portalId }, query }) {
      const page = await callLists.page({ portalId, beforeId: decodeCursor(query.cursor, 1)?.[0] ?? null, limit: pageRows })
      return {
        items: await showLists(parts, portalId, page.lists),
        nextCursor: page.nextBeforeId === null ? null : encodeCursor([page.nextBeforeId]),
      }
    },
  })
  const one = route({
    method: 'GET',
    path: '/call-lists/:id',
    about: 'A call list with its participants in the order of calling.',
    access: 'user',
    answers: { 200: CallListCard },
    run: ({ caller, params }) => cardOf(parts, caller.portalId, readId('call list', params['id'])),
  })
  const add = route({
    method: 'POST',
    path: '/call-lists',
    about: 'Adds a call list of contacts or of companies.',
    access: 'user',
    body: CallListInput,
    answers: { 201: CallListCard },
    async run({ caller: { portalId, userId }, body }) {
      const input = { type: body.entityKind, entityIds: body.entityIds, ...(body.title !== undefined && { title: body.title }) }
      const id = await store.transaction((tx) => callLists.create(tx, input, { portalId, userId }))
      return new ApiAnswer(201, await cardOf(parts, portalId, id))
    },
  })
  const mark = route({
    method: 'PATCH',
    path: '/call-lists/:id/items/:itemId',
    about: 'Sets how it stands with a participant.',
    access: 'user',
    body: statusBody,
    answers: { 204: null },
    async run({ caller: { portalId }, params, body }) {
      const item = {
        portalId,
        callListId: readId('call list', params['id']),
        itemId: readId('participant', params['itemId']),
        status: body.status,
      }
      if (await store.transaction((tx) => callLists.setStatus(tx, item))) return new ApiAnswer(204, null)
      throw new PortalError('card_not_found', { what: 'participant', id: item.itemId })
    },
  })
  return [list, one, add, mark]
}

async function showLists(
  { users }: CallListRouteParts,
  portalId: number,
  lists: readonly CallListSummary[],
): Promise<Static<typeof CallList>[]> {
  const names = await namesOf(
    users,
    portalId,
    lists.map(({ list }) => list.created_by_id),
  )
  return lists.map(({ list, total, done }) => ({
    id: list.id,
    title: list.title,
    entityKind: list.entity_type as CallListType,
    total,
    done,
    createdAt: list.created_at,
    createdByName: names.get(list.created_by_id) ?? '',
  }))
}

async function cardOf(parts: CallListRouteParts, portalId: number, id: number): Promise<Static<typeof CallListCard>> {
  const found = await parts.callLists.find(portalId, id)
  if (!found) throw new PortalError('card_not_found', { what: 'call list', id })
  const [summary] = await showLists(parts, portalId, await parts.callLists.summarise([found]))
  if (!summary) throw new PortalError('card_not_found', { what: 'call list', id })
  const items = await parts.callLists.items(portalId, id)
  const cards = await parts.lookup.cardsOf(
    portalId,
    found.entity_type as CallListType,
    items.map((item) => item.entity_id),
  )
  const rows = new Map((await showRows(parts, portalId, [...cards.values()])).map((row) => [row.id, row]))
  const calls = await parts.presentCalls(
    portalId,
    items.flatMap((item) => item.last_call_id ?? []),
  )
  const statuses = await parts.statuses.ofDirectory(portalId, 'CALL_LIST')
  return {
    ...summary,
    statuses: statuses.map((one) => ({ id: one.status_id, name: one.name === one.name_init ? null : one.name })),
    // a participant whose card was deleted is not shown
    items: items.flatMap((item) => {
      const entity = rows.get(item.entity_id)
      const lastCall = (item.last_call_id !== null && calls.get(item.last_call_id)) || null
      return entity ? [{ id: item.id, status: item.status, entity, lastCall }] : []
    }),
  }
}

function readId(what: string, id: string | undefined): number {
  if (id !== undefined && /^[1-9]\d{0,14}$/.test(id)) return Number(id)
  throw new PortalError('card_not_found', { what, id: (id ?? '').slice(0, 50) })
}
