import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, pageSize, type Method, type Methods } from '../rest/method.ts'
import { integer, list, map } from '../rest/params.ts'
import type { Loose, LooseMap } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import type { Row } from '../store/tables.ts'
import { typeOfId, typeOfName } from './classic-fields.ts'
import { presentDescription } from './classic.ts'
import type { NoteAuthor, NotedCard, Notes } from './notes.ts'

/** What the rows need. */
export interface CommentParts {
  readonly notes: Notes
}

const fieldsParam = { FIELDS: map('ENTITY_TYPE, ENTITY_ID, COMMENT, AUTHOR_ID; FILES are not kept', 'crm_fields') }
const idParam = { ID: integer('id of the comment', 'comment_id') }
const ownerParams = {
  ownerTypeId: integer('1 lead, 2 deal, 3 contact, 4 company: the comment must stand on a card of this type', 'comment_owner'),
  ownerId: integer('id of the card that the comment must stand on', 'comment_owner'),
}

/** `crm.timeline.comment.*`: the notes that people and apps wrote on timelines. What the portal says of a call is none of them. */
export function commentMethods({ notes }: CommentParts): Methods {
  return {
    'crm.timeline.comment.fields': method({
      scope: 'crm',
      about: 'The fields of a comment.',
      params: {},
      errors: [],
      run: () => presentFields(),
    }),
    'crm.timeline.comment.get': method({
      scope: 'crm',
      about: 'A comment.',
      params: { ID: integer('id of the comment', 'comment_id').required('comment_id') },
      errors: ['comment_id', 'comment_unknown'],
      async run({ params, caller }) {
        if (params.ID <= 0) throw new PortalError('comment_id')
        const note = await notes.findComment(caller.portalId, params.ID)
        if (!note) throw new PortalError('comment_unknown')
        return presentComment(note, null)
      },
    }),
    'crm.timeline.comment.list': listMethod(notes),
    ...writingMethods(notes),
  }
}

function writingMethods(notes: Notes): Methods {
  return {
    'crm.timeline.comment.add': method({
      scope: 'crm',
      about: 'Writes a comment on the timeline of a card; the result is its id.',
      params: fieldsParam,
      errors: ['crm_fields', 'item_parameter', 'comment_owner', 'comment_empty', 'comment_author'],
      async run({ params, caller }) {
        const given = namesUp(needed('fields', params.FIELDS))
        const card = readCard(given)
        return asComments(() => notes.add(card, readText(given['COMMENT']), readAuthor(given['AUTHOR_ID'], caller)))
      },
    }),
    'crm.timeline.comment.update': method({
      scope: 'crm',
      about: "Changes the text of a comment; the result is its id. One's own; administrators change any.",
      params: { ...idParam, ...fieldsParam, ...ownerParams },
      errors: ['comment_id', 'crm_fields', 'item_parameter', 'comment_owner', 'comment_empty', 'comment_not_found', 'comment_access'],
      async run({ params, caller }) {
        const id = needed('id', params.ID)
        const given = namesUp(needed('fields', params.FIELDS))
        await asComments(() => notes.change({ id, on: readOwner(params) }, textOrNone(given['COMMENT']), authorOf(caller)))
        return id
      },
    }),
    'crm.timeline.comment.delete': method({
      scope: 'crm',
      about: "Deletes a comment; the result is null. One's own; administrators delete any.",
      params: { ...idParam, ...ownerParams },
      errors: ['comment_id', 'item_parameter', 'comment_owner', 'comment_not_found', 'comment_access'],
      async run({ params, caller }) {
        const id = needed('id', params.ID)
        await asComments(() => notes.removeComment({ id, on: readOwner(params) }, authorOf(caller)))
        return null
      },
    }),
  }
}

function listMethod(notes: Notes): Method {
  return method({
    scope: 'crm',
    about: 'A page of 50 comments of one card.',
    params: {
      SELECT: list('names; all of them if absent'),
      FILTER: map('ENTITY_TYPE and ENTITY_ID', 'crm_filter'),
      ORDER: map('ASC or DESC by ID, CREATED or AUTHOR_ID', 'crm_order'),
      START: integer('offset, a multiple of 50'),
    },
    errors: ['crm_filter', 'crm_order', 'item_parameter', 'comment_owner'],
    async run({ params, caller, start }) {
      const card = readCard(namesUp(needed('filter', params.FILTER)))
      const page = { order: readOrder(params.ORDER), limit: pageSize, offset: Math.max(start, 0) }
      const { rows, total } = await asComments(() => notes.listComments(caller.portalId, card, page))
      const selection = readSelection(params.SELECT)
      return new Listed(
        rows.map((note) => presentComment(note, selection)),
        start < 0 ? null : total,
        start,
      )
    },
  })
}

function authorOf({ portalId, userId, isAdmin }: Caller): NoteAuthor {
  return { portalId, userId, isAdmin }
}

function needed<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new PortalError('item_parameter', { name })
  return value
}

/** Filters may say `=ENTITY_ID` as well. */
function namesUp(sent: LooseMap): LooseMap {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toUpperCase().replace(/^=/, ''), value]))
}

function textOrNone(value: Loose): string | undefined {
  return value === undefined ? undefined : readText(value)
}

function readText(value: Loose): string {
  if (typeof value === 'object' && value !== null) throw new PortalError('comment_empty')
  return String(value ?? '')
}

function readCard(given: LooseMap): NotedCard {
  const type = typeOfName(typeof given['ENTITY_TYPE'] === 'string' ? given['ENTITY_TYPE'] : '')
  const sent = given['ENTITY_ID']
  const id = typeof sent === 'object' ? Number.NaN : Number(sent)
  if (!type || !Number.isSafeInteger(id) || id <= 0) throw new PortalError('comment_owner')
  return { type, id }
}

function readAuthor(sent: Loose, caller: Caller): { portalId: number; userId: number } {
  if (sent === undefined || sent === null || sent === '' || Number(sent) === 0) return caller
  const userId = typeof sent === 'object' ? Number.NaN : Number(sent)
  if (!Number.isSafeInteger(userId) || userId < 0) throw new PortalError('comment_author')
  return { portalId: caller.portalId, userId }
}

function readOwner({ ownerTypeId, ownerId }: { ownerTypeId: number | undefined; ownerId: number | undefined }): NotedCard | null {
  if (ownerTypeId === undefined && ownerId === undefined) return null
  const type = typeOfId(ownerTypeId ?? 0)
  if (!type || ownerId === undefined) throw new PortalError('comment_owner')
  return { type, id: ownerId }
}

const columns = { ID: 'id', CREATED: 'created_at', AUTHOR_ID: 'author_id' } as const

function readOrder(sent: LooseMap | undefined) {
  return Object.entries(sent ?? {}).flatMap(([name, direction]) => {
    const column = columns[name.toUpperCase() as keyof typeof columns]
    return column ? [{ column, descending: typeof direction === 'string' && /^\s*desc/i.test(direction) }] : []
  })
}

function readSelection(sent: readonly Loose[] | undefined): ReadonlySet<string> | null {
  if (!sent || sent.length === 0 || sent.includes('*')) return null
  return new Set(['ID', ...sent.map((name) => (typeof name === 'string' ? name.toUpperCase() : ''))])
}

/** FILES is an empty map: a note has none. */
function presentComment(note: Row<'note'>, selection: ReadonlySet<string> | null): Record<string, unknown> {
  const shown = {
    ID: String(note.id),
    ENTITY_ID: String(note.entity_id),
    ENTITY_TYPE: note.entity_type,
    CREATED: isoSeconds(note.created_at),
    COMMENT: note.text,
    AUTHOR_ID: String(note.author_id),
    FILES: {},
  }
  return selection ? Object.fromEntries(Object.entries(shown).filter(([name]) => selection.has(name))) : shown
}

function presentFields(): Record<string, unknown> {
  const described = (
    type: string,
    title: string,
    is: { required?: boolean; readOnly?: boolean; immutable?: boolean; multiple?: boolean },
  ) => ({
    ...presentDescription({ kind: 'text', title, required: is.required ?? false, readOnly: is.readOnly ?? false }),
    type,
    isImmutable: is.immutable ?? false,
    isMultiple: is.multiple ?? false,
  })
  return {
    ID: described('integer', 'ID', { readOnly: true }),
    CREATED: described('datetime', 'Created on', { readOnly: true }),
    ENTITY_ID: described('integer', 'Id of the card', { required: true, immutable: true }),
    ENTITY_TYPE: described('string', 'Type of the card', { required: true, immutable: true }),
    AUTHOR_ID: described('integer', 'Author', { immutable: true }),
    COMMENT: described('string', 'Text', {}),
    FILES: described('attached_diskfile', 'Files', { multiple: true }),
  }
}

/** The refusals of notes in the codes of this dialect. */
async function asComments<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof PortalError)) throw error
    if (error.key === 'crm_not_found') throw new PortalError('comment_owner')
    if (error.key === 'note_empty') throw new PortalError('comment_empty')
    if (error.key === 'note_author') throw new PortalError('comment_author')
    if (error.key === 'note_not_found') throw new PortalError('comment_not_found')
    if (error.key === 'note_access') throw new PortalError('comment_access')
    throw error
  }
}
