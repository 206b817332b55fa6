import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { containing, fold } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Change, Row } from '../store/tables.ts'
import { sql } from 'kysely'

/** A person whose browser was heard within this time has the portal open: its live stream is checked every 15 s and noted once a minute. */
export const hereMs = 2 * 60_000

/** Whether a person is at work, as apps read it (TIMEMAN_STATUS, contract 4.5): a break they said themselves, else whether the portal is open in their browser. */
export function presenceOf(
  user: Pick<Row<'user'>, 'is_active' | 'is_paused' | 'last_seen_at'>,
  now: number,
): 'OPENED' | 'PAUSED' | 'CLOSED' {
  if (user.is_active === 0 || user.last_seen_at === null || now - user.last_seen_at >= hereMs) return 'CLOSED'
  return user.is_paused === 1 ? 'PAUSED' : 'OPENED'
}

/** How long after their last request a person counts as online. */
export const onlineMs = 5 * 60_000

/** What can be said of a user; the password is given as its hash. */
export interface UserInput {
  readonly email?: string
  readonly passwordHash?: string
  readonly name?: string
  readonly secondName?: string
  readonly lastName?: string
  readonly extension?: string | null
  readonly workPosition?: string
  readonly workPhone?: string | null
  readonly personalPhone?: string | null
  readonly personalMobile?: string | null
  readonly isAdmin?: boolean
  readonly isActive?: boolean
  readonly language?: 'en' | 'ru'
  /** takes a break */
  readonly isPaused?: boolean
  /** own outgoing target; that it exists is the caller's to check */
  readonly target?: string | null
  /** ids of departments */
  readonly departments?: readonly number[]
}

/** A user's name as it is shown. */
export function fullName(user: Pick<Row<'user'>, 'name' | 'last_name' | 'email'>): string {
  return [user.name, user.last_name].filter(Boolean).join(' ') || user.email
}

/** A signed-in browser as a caller. */
export function webCaller(user: Row<'user'>): Caller {
  return { portalId: user.portal_id, userId: user.id, isAdmin: user.is_admin === 1, via: 'web', appId: null, scope: new Set() }
}

const pageRows = 50

/** The employees of the portals. */
export class Users {
  readonly #store: Store
  readonly #clock: Clock
  readonly #changed: (portalId: number, names: readonly string[]) => void
  readonly #seen = new Map<number, number>()

  constructor({ store, clock, changed }: { store: Store; clock: Clock; changed: (portalId: number, names: readonly string[]) => void }) {
    this.#store = store
    this.#clock = clock
    this.#changed = changed
  }

  /** By id, whatever their state. */
  async find(portalId: number, id: number): Promise<Row<'user'> | null> {
    return (
      (await this.#store.read.selectFrom('user').selectAll().where('id', '=', id).where('portal_id', '=', portalId).executeTakeFirst()) ??
      null
    )
  }

  /** The active user of an extension (contract 14.5: a nonsense extension finds nobody). */
  async byExtension(portalId: number, extension: string): Promise<Row<'user'> | null> {
    const query = this.#store.read.selectFrom('user').selectAll().where('portal_id', '=', portalId).where('extension', '=', extension)
    return (await query.where('is_active', '=', 1).orderBy('id').limit(1).executeTakeFirst()) ?? null
  }

  /** By e-mail address in any case, over all portals: that is how people sign in. */
  async byEmail(email: string): Promise<Row<'user'> | null> {
    return (
      (await this.#store.read
        .selectFrom('user')
        .selectAll()
        .where('email', '=', email.trim().toLowerCase())
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()) ?? null
    )
  }

  /** Users of a portal, narrowed down by what an index knows. */
  async all(portalId: number, narrow: { ids?: readonly number[]; extensions?: readonly string[] } = {}): Promise<Row<'user'>[]> {
    let query = this.#store.read.selectFrom('user').selectAll().where('portal_id', '=', portalId)
    if (narrow.ids) query = query.where('id', 'in', narrow.ids.length > 0 ? [...narrow.ids] : [-1])
    if (narrow.extensions) query = query.where('extension', 'in', narrow.extensions.length > 0 ? [...narrow.extensions] : ['-'])
    return query.orderBy('id').execute()
  }

  /** One page in order of id. `cursor` is the last id of the page before. */
  async page({
    portalId,
    search,
    cursor,
  }: {
    portalId: number
    search: string
    cursor: number
  }): Promise<{ rows: Row<'user'>[]; next: number | null; total: number }> {
    let query = this.#store.read.selectFrom('user').where('portal_id', '=', portalId)
    const wanted = fold(search)
    if (wanted) query = query.where((eb) => eb(eb.ref('search'), 'like', sql<string>`${containing(wanted)} escape '!'`))
    const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await query
      .selectAll()
      .where('id', '>', cursor)
      .orderBy('id')
      .limit(pageRows + 1)
      .execute()
    const next = rows.length > pageRows ? (rows[pageRows - 1]?.id ?? null) : null
    return { rows: rows.slice(0, pageRows), next, total: Number(total) }
  }

  /** Refuses an e-mail address or an extension that somebody else has. */
  async create(portalId: number, input: UserInput & { email: string; passwordHash: string }): Promise<Row<'user'>> {
    const user = await this.#store.transaction(async (tx) => {
      const created = await this.createIn(tx, portalId, input)
      tx.afterCommit(() => this.#changed(portalId, ['users', 'settings']))
      return created
    })
    return user
  }

  /** `create` inside a transaction. */
  async createIn(tx: Tx, portalId: number, input: UserInput & { email: string; passwordHash: string }): Promise<Row<'user'>> {
    const now = this.#clock.now()
    const empty = {
      name: '',
      second_name: '',
      last_name: '',
      extension: null,
      work_position: '',
      work_phone: null,
      personal_phone: null,
      personal_mobile: null,
    }
    const row = {
      ...empty,
      portal_id: portalId,
      is_admin: 0 as const,
      is_active: 1 as const,
      language: 'en',
      target: null,
      departments: '[]',
      last_seen_at: null,
      created_at: now,
      updated_at: now,
      ...columnsOf(input),
      email: input.email.trim().toLowerCase(),
      password_hash: input.passwordHash,
    }
    await refuseTaken(tx, row, null)
    return tx.db
      .insertInto('user')
      .values({ ...row, search: searchText(row) })
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  /** Changes what is given. Whoever is deactivated is signed out everywhere; their tokens die with them. */
  async change(portalId: number, id: number, input: UserInput): Promise<Row<'user'>> {
    return this.#store.transaction(async (tx) => {
      const before = await tx.db.selectFrom('user').selectAll().where('id', '=', id).where('portal_id', '=', portalId).executeTakeFirst()
      if (!before) throw new PortalError('user_not_found', { id })
      const after = { ...before, ...columnsOf(input) }
      await refuseTaken(tx, after, id)
      const loses = before.is_admin === 1 && before.is_active === 1 && (after.is_admin === 0 || after.is_active === 0)
      if (loses) await refuseLastAdmin(tx, portalId, id)
      const { id: _, ...columns } = { ...after, search: searchText(after), updated_at: this.#clock.now() }
      await tx.db.updateTable('user').set(columns).where('id', '=', id).execute()
      if (after.is_active === 0 || input.passwordHash !== undefined) await tx.db.deleteFrom('session').where('user_id', '=', id).execute()
      tx.afterCommit(() => this.#changed(portalId, ['users', 'settings']))
      return { ...after, ...columns }
    })
  }

  /** Notes that a person is here; at most one write a minute. */
  async seen(user: Pick<Row<'user'>, 'id' | 'last_seen_at'>): Promise<void> {
    const now = this.#clock.now()
    const last = this.#seen.get(user.id) ?? user.last_seen_at ?? 0
    if (now - last < 60_000) return
    this.#seen.set(user.id, now)
    await this.#store.transaction((tx) =>
      tx.write(this.#store.build.updateTable('user').set({ last_seen_at: now }).where('id', '=', user.id)),
    )
  }
}

type Columns = Change<'user'>

function columnsOf(input: UserInput): Columns & Partial<Row<'user'>> {
  return {
    ...(input.email !== undefined && { email: input.email.trim().toLowerCase() }),
    ...(input.passwordHash !== undefined && { password_hash: input.passwordHash }),
    ...(input.name !== undefined && { name: input.name.trim() }),
    ...(input.secondName !== undefined && { second_name: input.secondName.trim() }),
    ...(input.lastName !== undefined && { last_name: input.lastName.trim() }),
    ...(input.extension !== undefined && { extension: input.extension?.trim() || null }),
    ...(input.workPosition !== undefined && { work_position: input.workPosition.trim() }),
    ...(input.workPhone !== undefined && { work_phone: input.workPhone }),
    ...(input.personalPhone !== undefined && { personal_phone: input.personalPhone }),
    ...(input.personalMobile !== undefined && { personal_mobile: input.personalMobile }),
    ...(input.isAdmin !== undefined && { is_admin: input.isAdmin ? (1 as const) : (0 as const) }),
    ...(input.isActive !== undefined && { is_active: input.isActive ? (1 as const) : (0 as const) }),
    ...(input.language !== undefined && { language: input.language }),
    ...(input.isPaused !== undefined && { is_paused: input.isPaused ? (1 as const) : (0 as const) }),
    ...(input.target !== undefined && { target: input.target }),
    ...(input.departments !== undefined && { departments: JSON.stringify(input.departments) }),
  }
}

function searchText(user: Pick<Row<'user'>, 'name' | 'second_name' | 'last_name' | 'email' | 'extension' | 'work_position'>): string {
  return fold([user.name, user.second_name, user.last_name, user.name, user.email, user.extension ?? '', user.work_position].join(' '))
}

async function refuseTaken(
  tx: Tx,
  user: { portal_id: number; email: string; extension: string | null },
  ownId: number | null,
): Promise<void> {
  const others = tx.db.selectFrom('user').select(['id', 'name', 'last_name', 'email']).where('portal_id', '=', user.portal_id)
  const sameEmail = await others
    .where('email', '=', user.email)
    .where('id', '<>', ownId ?? -1)
    .executeTakeFirst()
  if (sameEmail) throw new PortalError('email_taken', { email: user.email })
  if (user.extension === null) return
  const sameExtension = await others
    .where('extension', '=', user.extension)
    .where('is_active', '=', 1)
    .where('id', '<>', ownId ?? -1)
    .executeTakeFirst()
  if (sameExtension) throw new PortalError('extension_taken', { extension: user.extension, name: fullName(sameExtension) })
}

async function refuseLastAdmin(tx: Tx, portalId: number, id: number): Promise<void> {
  const other = await tx.db
    .selectFrom('user')
    .select('id')
    .where('portal_id', '=', portalId)
    .where('is_admin', '=', 1)
    .where('is_active', '=', 1)
    .where('id', '<>', id)
    .executeTakeFirst()
  if (!other) throw new PortalError('last_admin')
}
