import { Type, type Static } from 'typebox'
import type { Caller } from '../../caller.ts'
import type { Author, Entities, EntityWrite } from '../../crm/entities.ts'
import type { MultifieldType } from '../../crm/classic-fields.ts'
import type { MultifieldWrite } from '../../crm/multifields.ts'
import type { Notes } from '../../crm/notes.ts'
import type { Timeline } from '../../crm/timeline.ts'
import { PortalError } from '../../errors.ts'
import { namesOf, showCard, showRows, type CardShapeParts, type WebKind } from './card-shapes.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { route, ApiAnswer, type Route } from './route.ts'
import { EntityCard, EntityInput, EntityRow, NoteInput, Page, TimelineEntry, type Call, type PhoneInput } from './schemas.ts'

/** Calls as the web shows them, by CALL_ID; telephony knows how. Calls that are gone are absent. */
export type PresentCalls = (portalId: number, callIds: readonly string[]) => Promise<ReadonlyMap<string, Call>>

/** What the routes of the cards need. */
export interface CardParts extends CardShapeParts {
  readonly entities: Entities
  readonly timeline: Timeline
  readonly notes: Notes
  readonly presentCalls: PresentCalls
}

const paths = { contact: '/contacts', company: '/companies', lead: '/leads' } as const satisfies Record<WebKind, string>
const words = { contact: 'contact', company: 'company', lead: 'lead' } as const
const pageRows = 50

const listQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})
const cursorQuery = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 200 })) })
const searchQuery = Type.Object({ q: Type.String({ maxLength: 200 }) })

/** `/v1/contacts`, `/v1/companies`, `/v1/leads`, their cards and timelines, and `/v1/search`. Any user may read and write. */
export function cardRoutes(parts: CardParts): readonly Route[] {
  return [
    ...(['contact', 'company', 'lead'] as const).flatMap((kind) => [
      ...readingRoutes(parts, kind),
      ...writingRoutes(parts, kind),
      noteRoute(parts, kind),
    ]),
    noteRemoval(parts),
    searchRoute(parts),
  ]
}

function readingRoutes(parts: CardParts, kind: WebKind): Route[] {
  const list = route({
    method: 'GET',
    path: paths[kind],
    about: `Newest first, 50 on a page; \`search\` is a part of a name, phone number or e-mail. \`total\` comes with the first page.`,
    access: 'user',
    query: listQuery,
    answers: { 200: Page(EntityRow) },
    run: ({ caller, query }) => listPage(parts, kind, { portalId: caller.portalId, search: query.search ?? '', cursor: query.cursor }),
  })
  const one = route({
    method: 'GET',
    path: `${paths[kind]}/:id`,
    about: `A ${words[kind]} with its facts.`,
    access: 'user',
    answers: { 200: EntityCard },
    run: ({ caller, params }) => cardOf(parts, caller, { type: kind, id: readId(kind, params['id']) }),
  })
  const timeline = route({
    method: 'GET',
    path: `${paths[kind]}/:id/timeline`,
    about: 'Newest first, 50 on a page.',
    access: 'user',
    query: cursorQuery,
    answers: { 200: Page(TimelineEntry) },
    run: ({ caller, params, query }) =>
      timelinePage(parts, caller.portalId, { card: { type: kind, id: readId(kind, params['id']) }, cursor: query.cursor }),
  })
  return [list, one, timeline]
}

function writingRoutes(parts: CardParts, kind: WebKind): Route[] {
  const { store, entities } = parts
  const add = route({
    method: 'POST',
    path: paths[kind],
    about: `Adds a ${words[kind]}.`,
    access: 'user',
    body: EntityInput,
    answers: { 201: EntityCard },
    async run({ caller, body }) {
      const id = await store.transaction((tx) => entities.create(tx, kind, writeOf(body), authorOf(caller)))
      return new ApiAnswer(201, await cardOf(parts, caller, { type: kind, id }))
    },
  })
  const change = route({
    method: 'PATCH',
    path: `${paths[kind]}/:id`,
    about: 'Changes what is given. `phones` and `emails` replace their whole lists.',
    access: 'user',
    body: EntityInput,
    answers: { 200: EntityCard },
    async run({ caller, params, body }) {
      const card = { type: kind, id: readId(kind, params['id']) }
      await stillThere(
        card,
        store.transaction((tx) => entities.change(tx, card, writeOf(body), authorOf(caller))),
      )
      return cardOf(parts, caller, card)
    },
  })
  const remove = route({
    method: 'DELETE',
    path: `${paths[kind]}/:id`,
    about: `Deletes a ${words[kind]}. Its calls stay in the statistics.`,
    access: 'user',
    answers: { 204: null },
    async run({ caller, params }) {
      const card = { type: kind, id: readId(kind, params['id']) }
      await stillThere(
        card,
        store.transaction((tx) => entities.remove(tx, card, authorOf(caller))),
      )
      return new ApiAnswer(204, null)
    },
  })
  return [add, change, remove]
}

function noteRoute({ notes }: CardParts, kind: WebKind): Route {
  return route({
    method: 'POST',
    path: `${paths[kind]}/:id/notes`,
    about: `Writes a note on the timeline of a ${words[kind]}.`,
    access: 'user',
    body: NoteInput,
    answers: { 201: Type.Object({ id: Type.Number() }) },
    async run({ caller, params, body }) {
      const card = { type: kind, id: readId(kind, params['id']) }
      const id = await stillThere(card, notes.add(card, body.text, authorOf(caller)))
      return new ApiAnswer(201, { id })
    },
  })
}

function noteRemoval({ notes }: CardParts): Route {
  return route({
    method: 'DELETE',
    path: '/notes/:id',
    about: 'Deletes a note of one’s own; administrators delete any.',
    access: 'user',
    answers: { 204: null },
    async run({ caller, params }) {
      const id = params['id'] ?? ''
      if (!/^[1-9]\d{0,14}$/.test(id)) throw new PortalError('note_not_found', { id: id.slice(0, 50) })
      await notes.remove(Number(id), { ...authorOf(caller), isAdmin: caller.isAdmin })
      return new ApiAnswer(204, null)
    },
  })
}

function searchRoute(parts: CardParts): Route {
  return route({
    method: 'GET',
    path: '/search',
    about: 'The ten best contacts, companies and leads for a part of a name, phone number or e-mail.',
    access: 'user',
    query: searchQuery,
    answers: { 200: Type.Object({ items: Type.Array(EntityRow) }) },
    run: async ({ caller, query }) => ({
      items: await showRows(parts, caller.portalId, await parts.lookup.quickSearch(caller.portalId, query.q, 10)),
    }),
  })
}

interface Card {
  readonly type: WebKind
  readonly id: number
}

async function listPage(
  parts: CardParts,
  kind: WebKind,
  { portalId, search, cursor }: { portalId: number; search: string; cursor: string | undefined },
) {
  const beforeId = decodeCursor(cursor, 1)?.[0] ?? null
  const { cards, nextBeforeId, total } = await parts.lookup.page({ portalId, type: kind, search, beforeId, limit: pageRows })
  return {
    items: await showRows(parts, portalId, cards),
    nextCursor: nextBeforeId === null ? null : encodeCursor([nextBeforeId]),
    ...(total !== null && { total }),
  }
}

async function timelinePage(
  parts: CardParts,
  portalId: number,
  { card, cursor }: { card: Card; cursor: string | undefined },
): Promise<unknown> {
  const [at, note, id] = decodeCursor(cursor, 3) ?? []
  const page = await parts.timeline.page({
    portalId,
    card,
    after: at === undefined || id === undefined ? null : { at, isNote: note === 1, id },
    limit: pageRows,
  })
  if (!page) throw gone(card)
  const calls = await parts.presentCalls(
    portalId,
    page.items.flatMap((item) => item.callId ?? []),
  )
  const names = await namesOf(
    parts.users,
    portalId,
    page.items.map((item) => item.authorId),
  )
  const items = page.items.map(({ callId, authorId, ...shown }): TimelineEntry => {
    const name = names.get(authorId)
    return { ...shown, author: name === undefined ? null : { id: authorId, name }, call: (callId !== null && calls.get(callId)) || null }
  })
  return { items, nextCursor: page.next ? encodeCursor([page.next.at, page.next.isNote ? 1 : 0, page.next.id]) : null }
}

async function cardOf(parts: CardParts, { portalId }: Caller, card: Card): Promise<EntityCard> {
  const found = await parts.entities.find(portalId, card)
  if (!found) throw gone(card)
  return showCard(parts, portalId, found)
}

function authorOf({ portalId, userId }: Caller): Author {
  return { portalId, userId }
}

function readId(kind: WebKind, id: string | undefined): number {
  if (id !== undefined && /^[1-9]\d{0,14}$/.test(id)) return Number(id)
  throw new PortalError('card_not_found', { what: words[kind], id: (id ?? '').slice(0, 50) })
}

function gone({ type, id }: Card): PortalError {
  return new PortalError('card_not_found', { what: words[type], id })
}

async function stillThere<T>(card: Card, write: Promise<T>): Promise<T> {
  return write.catch((error: unknown) => {
    throw error instanceof PortalError && error.key === 'crm_not_found' ? gone(card) : error
  })
}

/** `phones` and `emails` that are given replace the whole list (`EntityInput`). */
function writeOf(input: Static<typeof EntityInput>): EntityWrite {
  const fields = {
    title: input.title,
    name: input.name,
    second_name: input.secondName,
    last_name: input.lastName,
    position: input.position,
    company_id: input.companyId,
    assigned_by_id: input.responsibleId,
    status_id: input.statusId,
    source_id: input.sourceId,
    comments: input.comments,
  }
  const writes: MultifieldWrite[] = [...valuesOf('PHONE', input.phones), ...valuesOf('EMAIL', input.emails)]
  const replacing: MultifieldType[] = [...(input.phones ? (['PHONE'] as const) : []), ...(input.emails ? (['EMAIL'] as const) : [])]
  return { fields, multifields: { writes, replacing } }
}

function valuesOf(typeId: MultifieldType, inputs: ReadonlyArray<Static<typeof PhoneInput>> | undefined): MultifieldWrite[] {
  return (inputs ?? []).map(({ id, value, kind }) => ({
    typeId,
    value,
    ...(id !== undefined && { id }),
    ...(kind !== undefined && { valueType: kind }),
  }))
}
