import type { Clock } from '../clock.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, integer, integers, isoTime, list, text } from '../rest/params.ts'
import type { Loose } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import { fold } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** What reading one's notes needs. */
export interface HistoryParts {
  readonly store: Store
  readonly clock: Clock
}

/** The one kind of notes that there is: those that were sent by REST. */
const kind = { module: 'rest', event: 'rest_notify', id: 'rest|rest_notify' }
/** The wire's numbers: from a user, from the system. */
const notifyTypes: Readonly<Record<Row<'notification'>['kind'], number>> = { personal: 2, system: 4 }
const largestPage = 50
/** so many notes of a person are looked through for a text, the newest first */
const mostSearched = 5000
const dayMs = 24 * 60 * 60 * 1000

const pageParams = {
  LAST_ID: integer('the last note of the page before', 'notify_last_id'),
  LIMIT: integer('notes of a page: 50, or fewer'),
  CONVERT_TEXT: anything('taken and not needed: texts are answered as they are'),
}
const searchParams = {
  ...pageParams,
  SEARCH_TEXT: text('part of the text, three characters or more unless something else is searched for'),
  SEARCH_TYPE: text('rest or rest|rest_notify'),
  SEARCH_TYPES: list('several of them'),
  SEARCH_DATE: isoTime('a moment of the day of the notes'),
  SEARCH_DATE_FROM: isoTime('not before; with SEARCH_DATE_TO'),
  SEARCH_DATE_TO: isoTime('not after; with SEARCH_DATE_FROM'),
  SEARCH_AUTHORS: integers('who sent them; 0: the system'),
  GROUP_TAG: text('those with this TAG'),
}
const searchErrors: readonly ErrorKey[] = ['notify_search_text', 'notify_last_id']

interface Search {
  readonly SEARCH_TEXT: string | undefined
  readonly SEARCH_TYPE: string | undefined
  readonly SEARCH_TYPES: readonly Loose[] | undefined
  readonly SEARCH_DATE: number | undefined
  readonly SEARCH_DATE_FROM: number | undefined
  readonly SEARCH_DATE_TO: number | undefined
  readonly SEARCH_AUTHORS: readonly number[] | undefined
  readonly GROUP_TAG: string | undefined
}

/** `im.notify.get`, `im.notify.history.search`, `im.notify.schema.get`: the calling user's notes, newest first. */
export function historyMethods(parts: HistoryParts): Methods {
  const { store } = parts
  return {
    'im.notify.get': method({
      scope: 'im',
      about: 'The notes to the calling user, newest first, in pages of 50.',
      params: { ...pageParams, LAST_TYPE: integer('3, with LAST_ID: the cursor of pages') },
      errors: ['notify_last_id', 'notify_last_type'],
      async run({ params: { LAST_ID, LAST_TYPE, LIMIT }, caller: { portalId, userId } }) {
        if ((LAST_ID === undefined) !== (LAST_TYPE === undefined)) throw new PortalError('notify_last_type')
        const page = await notesOf(store, { portalId, userId, limit: pageLength(LIMIT) }, LAST_ID)
        const all = await store.read
          .selectFrom('notification')
          .where('portal_id', '=', portalId)
          .where('user_id', '=', userId)
          .select((eb) => [eb.fn.countAll().as('all'), eb.fn.count('read_at').as('read')])
          .executeTakeFirstOrThrow()
        if (Number(all.all) === 0) return { notifications: [], users: [] }
        return {
          total_count: Number(all.all),
          total_unread_count: Number(all.all) - Number(all.read),
          chat_id: userId,
          ...(await presentPage(parts, { portalId, notes: page })),
        }
      },
    }),
    'im.notify.history.search': method({
      scope: 'im',
      about: 'The notes to the calling user that match, newest first, in pages of 50.',
      params: searchParams,
      errors: searchErrors,
      async run({ params, caller: { portalId, userId } }) {
        const found = (await notesOf(store, { portalId, userId, limit: mostSearched }, params.LAST_ID)).filter(matcherOf(params))
        return {
          chat_id: userId,
          ...(params.LAST_ID === undefined && { total_results: found.length }),
          ...(await presentPage(parts, { portalId, notes: found.slice(0, pageLength(params.LIMIT)) })),
        }
      },
    }),
    'im.notify.schema.get': method({
      scope: 'im',
      about: 'The kinds of notes: those that applications and webhooks send.',
      params: {},
      errors: [],
      run: () => ({ rest: { name: 'Applications', module_id: kind.module, list: [{ id: kind.id, name: 'Notes of applications' }] } }),
    }),
  }
}

function pageLength(limit: number | undefined): number {
  return limit === undefined || limit <= 0 ? largestPage : Math.min(limit, largestPage)
}

interface Person {
  readonly portalId: number
  readonly userId: number
}

async function notesOf(store: Store, { portalId, userId, limit }: Person & { limit: number }, lastId: number | undefined) {
  const own = store.read.selectFrom('notification').selectAll().where('portal_id', '=', portalId).where('user_id', '=', userId)
  const older = lastId === undefined ? own : own.where('id', '<', lastId)
  return older.orderBy('id', 'desc').limit(limit).execute()
}

type Matcher = (note: Row<'notification'>) => boolean

function matcherOf(search: Search): Matcher {
  const wanted = fold(search.SEARCH_TEXT ?? '')
  const types = [search.SEARCH_TYPE, ...(search.SEARCH_TYPES ?? [])].filter((type) => type !== undefined)
  const [from, to] = [search.SEARCH_DATE_FROM, search.SEARCH_DATE_TO]
  const hasRange = from !== undefined && to !== undefined
  const isNarrow = types.length > 0 || search.SEARCH_DATE !== undefined || search.SEARCH_AUTHORS !== undefined || hasRange
  if (!isNarrow && Array.from(wanted).length < 3) throw new PortalError('notify_search_text')
  const day = search.SEARCH_DATE === undefined ? null : Math.floor(search.SEARCH_DATE / dayMs)
  return (note) =>
    fold(note.message).includes(wanted) &&
    (types.length === 0 || types.some((type) => type === kind.module || type === kind.id)) &&
    (day === null || Math.floor(note.created_at / dayMs) === day) &&
    (!hasRange || (note.created_at >= from && note.created_at <= to)) &&
    (search.SEARCH_AUTHORS?.includes(note.author_id ?? 0) ?? true) &&
    (search.GROUP_TAG === undefined || note.tag === search.GROUP_TAG)
}

async function presentPage(
  { store, clock }: HistoryParts,
  { portalId, notes }: { portalId: number; notes: ReadonlyArray<Row<'notification'>> },
) {
  const ids = [...new Set(notes.flatMap((note) => (note.author_id === null ? [] : [note.author_id])))]
  const authors =
    ids.length === 0
      ? []
      : await store.read.selectFrom('user').selectAll().where('portal_id', '=', portalId).where('id', 'in', ids).orderBy('id').execute()
  return { notifications: notes.map(presentNote), users: authors.map((author) => presentAuthor(author, clock.now())) }
}

function presentNote(note: Row<'notification'>): Record<string, unknown> {
  return {
    id: note.id,
    chat_id: note.user_id,
    author_id: note.author_id ?? 0,
    date: isoSeconds(note.created_at),
    notify_type: notifyTypes[note.kind],
    notify_module: kind.module,
    notify_event: kind.event,
    notify_tag: note.tag,
    notify_sub_tag: note.sub_tag,
    notify_title: '',
    setting_name: kind.id,
    text: note.message,
    notify_read: note.read_at === null ? 'N' : 'Y',
    params: null,
  }
}

function presentAuthor(user: Row<'user'>, now: number): Record<string, unknown> {
  const phones = {
    ...(user.personal_mobile && { personal_mobile: user.personal_mobile }),
    ...(user.work_phone && { work_phone: user.work_phone }),
    ...(user.extension && { inner_phone: user.extension }),
  }
  return {
    id: user.id,
    active: user.is_active === 1,
    name: [user.name, user.last_name].filter(Boolean).join(' '),
    first_name: user.name,
    last_name: user.last_name,
    work_position: user.work_position,
    color: '#5f6b7a',
    avatar: '',
    avatar_hr: '',
    gender: '',
    birthday: '',
    extranet: false,
    network: false,
    bot: false,
    connector: false,
    external_auth_id: 'default',
    status: 'online',
    idle: false,
    last_activity_date: user.last_seen_at === null ? false : isoSeconds(Math.min(user.last_seen_at, now)),
    mobile_last_date: false,
    desktop_last_date: false,
    absent: false,
    departments: JSON.parse(user.departments) as number[],
    phones: Object.keys(phones).length === 0 ? false : phones,
    bot_data: null,
    type: 'user',
    website: '',
    email: user.email,
  }
}
