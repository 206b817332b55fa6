import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, pageSize, type Methods } from '../rest/method.ts'
import { anything, integer, list, map, text } from '../rest/params.ts'
import type { Loose, LooseMap } from '../rest/php.ts'
import { isoSeconds } from '../rest/router.ts'
import { readSort } from '../rest/sort.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { departmentWriteMethods } from './department-methods.ts'
import { departmentsOf } from './departments.ts'
import { historyMethods } from './notification-history.ts'
import { notificationMethods } from './notification-methods.ts'
import type { Notifications } from './notifications.ts'
import { asText, byBeginning, compare, exactValues, readConditions, toCondition, type WireUser } from './user-filter.ts'
import { userWriteMethods } from './user-write-methods.ts'
import { onlineMs, type Users } from './users.ts'

const userScopes = 'user|user_basic|user_brief'

/** Fields of a user: wire name → title. `contact` ones need scope user or user_basic. */
const userFields = {
  ID: 'ID',
  XML_ID: 'External ID',
  ACTIVE: 'Active',
  NAME: 'First name',
  LAST_NAME: 'Last name',
  SECOND_NAME: 'Second name',
  EMAIL: 'E-mail',
  LAST_LOGIN: 'Last login',
  DATE_REGISTER: 'Registered',
  TIME_ZONE: 'Time zone',
  IS_ONLINE: 'Online',
  TIMESTAMP_X: 'Changed',
  LAST_ACTIVITY_DATE: 'Last activity',
  PERSONAL_GENDER: 'Gender',
  PERSONAL_BIRTHDAY: 'Birthday',
  PERSONAL_PHOTO: 'Photo',
  PERSONAL_MOBILE: 'Mobile phone',
  PERSONAL_PHONE: 'Personal phone',
  WORK_PHONE: 'Work phone',
  WORK_POSITION: 'Position',
  UF_EMPLOYMENT_DATE: 'Employed since',
  UF_DEPARTMENT: 'Departments',
  UF_PHONE_INNER: 'Extension',
  USER_TYPE: 'Type',
} as const
const contactFields = new Set(['EMAIL', 'PERSONAL_MOBILE', 'PERSONAL_PHONE', 'WORK_PHONE'])
const fieldNames: ReadonlySet<string> = new Set(Object.keys(userFields))

/** A user on the wire; types as contract 14.3 wants them. */
function presentUser(user: Row<'user'>, now: number): WireUser {
  return {
    ID: String(user.id),
    XML_ID: String(user.id),
    ACTIVE: user.is_active === 1,
    NAME: user.name,
    LAST_NAME: user.last_name,
    SECOND_NAME: user.second_name,
    EMAIL: user.email,
    LAST_LOGIN: user.last_seen_at === null ? '' : isoSeconds(user.last_seen_at),
    DATE_REGISTER: isoSeconds(user.created_at),
    TIME_ZONE: '',
    IS_ONLINE: user.last_seen_at !== null && now - user.last_seen_at < onlineMs ? 'Y' : 'N',
    TIMESTAMP_X: {},
    LAST_ACTIVITY_DATE: {},
    PERSONAL_GENDER: '',
    PERSONAL_BIRTHDAY: '',
    PERSONAL_PHOTO: null,
    PERSONAL_MOBILE: user.personal_mobile ?? '',
    PERSONAL_PHONE: user.personal_phone ?? '',
    WORK_PHONE: user.work_phone ?? '',
    WORK_POSITION: user.work_position,
    UF_EMPLOYMENT_DATE: '',
    UF_DEPARTMENT: JSON.parse(user.departments) as number[],
    UF_PHONE_INNER: user.extension,
    USER_TYPE: 'employee',
  }
}

function seesContacts(caller: Caller): boolean {
  return caller.via === 'web' || caller.scope.has('user') || caller.scope.has('user_basic')
}

function pick(row: WireUser, caller: Caller, select: readonly Loose[] | undefined): WireUser {
  const wanted = new Set((select ?? []).map((name) => asText(name).toUpperCase()))
  const isWanted = (name: string): boolean =>
    wanted.size === 0 || wanted.has('*') || wanted.has(name) || (name.startsWith('UF_') && wanted.has('UF_*'))
  return Object.fromEntries(Object.entries(row).filter(([name]) => isWanted(name) && (seesContacts(caller) || !contactFields.has(name))))
}

/** `sort` + `order`, or a map `{FIELD: 'DESC'}` in either. */
function readOrder(sort: Loose, order: Loose): { field: string; sign: number } {
  const { field, isDescending } = readSort(sort, order)
  return { field: field !== null && fieldNames.has(field) ? field : 'ID', sign: isDescending ? -1 : 1 }
}

interface Search {
  readonly caller: Caller
  readonly sent: LooseMap
  readonly start: number
  readonly sort: Loose
  readonly order: Loose
  readonly select: readonly Loose[] | undefined
  /** names match by their beginning */
  readonly isSearch?: boolean
}

/** What the methods of this area are made of. */
export interface DirectoryParts {
  readonly store: Store
  readonly clock: Clock
  readonly users: Users
  readonly notifications: Notifications
  readonly changed: (portalId: number, names: readonly string[]) => void
}

/** user.*, profile, department.*, im.notify* (contract 6.7, 8.5). */
export function directoryMethods({ store, clock, users, notifications, changed }: DirectoryParts): Methods {
  const search = async ({ caller, sent, start, sort, order, select, isSearch = false }: Search): Promise<Listed> => {
    const read = readConditions({ sent, fields: fieldNames }).filter((one) => seesContacts(caller) || !contactFields.has(one.field))
    const conditions = isSearch ? byBeginning(read) : read
    const ids = exactValues(conditions, 'ID')?.map(Number).filter(Number.isSafeInteger)
    const extensions = exactValues(conditions, 'UF_PHONE_INNER')
    const rows = await users.all(caller.portalId, { ...(ids && { ids }), ...(extensions && { extensions }) })
    const checks = conditions.map(toCondition)
    const by = readOrder(sort, order)
    const found = rows
      .map((row) => presentUser(row, clock.now()))
      .filter((row) => checks.every((check) => check(row)))
      .toSorted((a, b) => by.sign * (compare(a[by.field], b[by.field]) || compare(a['ID'], b['ID'])))
    const from = Math.max(start, 0)
    const page = found.slice(from, from + pageSize).map((row) => pick(row, caller, select))
    return new Listed(page, start === -1 ? null : found.length, from)
  }
  const searchParams = {
    FILTER: anything('map of fields; prefixes = ! > >= < <= % @ before a name; a list means one of. The same names are taken at top level'),
    SORT: anything('field to sort by, or {FIELD: ASC|DESC}'),
    ORDER: anything('ASC or DESC, or {FIELD: ASC|DESC}'),
    SELECT: list('fields to answer; all unless told'),
    ADMIN_MODE: anything('accepted and not needed: everybody sees all employees'),
  }
  return {
    'user.get': method({
      scope: userScopes,
      about: 'Users of the portal.',
      params: searchParams,
      errors: [],
      run: ({ params, caller, sent, start }) =>
        search({ caller, sent, start, sort: params.SORT, order: params.ORDER, select: params.SELECT }),
    }),
    'user.search': method({
      scope: userScopes,
      about: 'Users by name, position or any field.',
      params: { ...searchParams, FIND: text('part of a name, e-mail address or position') },
      errors: [],
      run: ({ params, caller, sent, start }) =>
        search({
          caller,
          sent,
          start,
          sort: params.SORT,
          order: params.ORDER,
          select: params.SELECT,
          isSearch: true,
        }),
    }),
    'user.current': method({
      scope: userScopes,
      about: 'The user whose token or webhook calls.',
      params: {},
      errors: [],
      async run({ caller }) {
        const user = await users.find(caller.portalId, caller.userId)
        return user ? pick(presentUser(user, clock.now()), caller, undefined) : []
      },
    }),
    ...userWriteMethods({ store, users }),
    ...departmentWriteMethods({ store, changed }),
    ...notificationMethods(notifications),
    ...historyMethods({ store, clock }),
    'user.fields': method({ scope: userScopes, about: 'Names and titles of user fields.', params: {}, errors: [], run: () => userFields }),
    'user.admin': method({
      scope: null,
      about: 'Is the calling user an administrator?',
      params: {},
      errors: [],
      run: ({ caller }) => caller.isAdmin,
    }),
    'user.access': method({
      scope: null,
      about: 'Has the calling user one of these access codes? Administrators have all.',
      params: { ACCESS: list('codes: U<id>, AU (everybody), G1 (administrators), G2 (everybody), D<department>').required() },
      errors: ['argument'],
      async run({ params, caller }) {
        if (caller.isAdmin) return true
        const own = await accessCodes(users, caller)
        return params.ACCESS.some((code) => own.has(asText(code).toUpperCase()))
      },
    }),
    'access.name': method({
      scope: null,
      about: 'Names of access codes.',
      params: { ACCESS: list('up to 1000 codes such as U1') },
      errors: ['too_many_values'],
      run: ({ params, caller }) => nameCodes(users, caller, (params.ACCESS ?? []).map(asText)),
    }),
    profile: method({
      scope: null,
      about: 'Who calls, in short; needs no scope.',
      params: {},
      errors: [],
      async run({ caller }) {
        const user = await users.find(caller.portalId, caller.userId)
        if (!user || user.is_active === 0) return []
        return {
          ID: String(user.id),
          ADMIN: caller.isAdmin,
          NAME: user.name,
          LAST_NAME: user.last_name,
          PERSONAL_GENDER: '',
          TIME_ZONE: '',
        }
      },
    }),
    'department.get': method({
      scope: 'department|user',
      about: 'Departments.',
      params: {
        ID: anything('id or ids'),
        NAME: text('exact name'),
        PARENT: integer('parent department'),
        UF_HEAD: integer('head'),
        SORT: anything('field to sort by, or {FIELD: ASC|DESC}'),
        ORDER: anything('ASC or DESC, or {FIELD: ASC|DESC}'),
        FILTER: map('the same names'),
      },
      errors: [],
      async run({ params, caller, start }) {
        const wanted = { ID: params.ID, NAME: params.NAME, PARENT: params.PARENT, UF_HEAD: params.UF_HEAD, ...params.FILTER } as LooseMap
        const conditions = readConditions({ sent: wanted, fields: new Set(['ID', 'NAME', 'PARENT', 'UF_HEAD']) }).map(toCondition)
        const sort = readSort(params.SORT, params.ORDER)
        const sign = sort.isDescending ? -1 : 1
        const field = ['ID', 'NAME', 'SORT', 'PARENT'].find((name) => name === sort.field) ?? 'ID'
        const found = (await departmentsOf(store, caller.portalId))
          .map(presentDepartment)
          .filter((row) => conditions.every((check) => check(row)))
          .toSorted((a, b) => sign * compare(a[field], b[field]))
        const from = Math.max(start, 0)
        return new Listed(found.slice(from, from + pageSize), start === -1 ? null : found.length, from)
      },
    }),
  }
}

function presentDepartment(department: Row<'department'>): WireUser {
  return {
    ID: String(department.id),
    NAME: department.name,
    SORT: department.sort,
    ...(department.parent_id !== null && { PARENT: String(department.parent_id) }),
    ...(department.head_user_id !== null && { UF_HEAD: String(department.head_user_id) }),
  }
}

async function accessCodes(users: Users, caller: Caller): Promise<Set<string>> {
  const user = await users.find(caller.portalId, caller.userId)
  const departments = user ? (JSON.parse(user.departments) as number[]) : []
  return new Set(['AU', 'G2', `U${caller.userId}`, ...departments.flatMap((id) => [`D${id}`, `DR${id}`])])
}

const mostCodes = 1000

/** Unknown codes are left out; nothing asked answers false (contract 6.7). */
async function nameCodes(users: Users, caller: Caller, codes: readonly string[]): Promise<unknown> {
  if (codes.length === 0) return false
  if (codes.length > mostCodes) throw new PortalError('too_many_values', { most: mostCodes })
  const idOf = (code: string): number => Number(/^U(\d{1,15})$/.exec(code)?.[1] ?? 0)
  const found = await users.all(caller.portalId, { ids: codes.map(idOf) })
  const byId = new Map(found.map((user) => [user.id, user]))
  const named: Record<string, unknown> = {}
  for (const code of codes) {
    const user = byId.get(idOf(code))
    if (user) named[code] = { provider: 'Users', name: [user.name, user.last_name].filter(Boolean).join(' '), provider_id: 'user' }
    if (code === 'AU' || code === 'G2') named[code] = { provider: '', name: 'All users', provider_id: 'group' }
  }
  return Object.keys(named).length > 0 ? named : []
}
