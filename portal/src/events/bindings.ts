/** Which handler is bound to which event, held in memory so that saying an event reads nothing; the rows are the truth. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Change, NewRow, Row } from '../store/tables.ts'

/** A handler with what its owner's state means for it. */
export interface BoundHandler extends Row<'handler'> {
  readonly ownerTitle: string
  /** the app's own choice of the switch `unknownEntity`; null: as the portal says */
  readonly ownerUnknownEntity: '' | 'LEAD' | null
  /** null, or why nothing is sent to it */
  readonly ownerProblem: 'not_installed' | null
  /** null, or why the portal may not send to its address (design 11.10): the sentence names the setting */
  readonly addressProblem: string | null
}

/** What bindings need. */
export interface BindingsParts {
  readonly store: Store
  readonly clock: Clock
  /** why the portal may not send to an address, or null */
  readonly blockedAddress: (url: string) => string | null
  readonly log?: Log
}

/** One binding as `event.bind` asks for it. */
export interface Binding {
  readonly portalId: number
  readonly owner: string
  readonly event: string
  readonly url: string
  readonly authUserId: number
  readonly kind: 'online' | 'offline'
  readonly connector?: string
  readonly options?: Readonly<Record<string, unknown>>
}

/** Which bindings `unbind` removes; what is left out matches everything. */
export interface BindingFilter {
  readonly portalId: number
  readonly owner: string
  readonly event?: string
  readonly url?: string
  readonly authUserId?: number
  readonly kind?: 'online' | 'offline'
}

/** A new Standard Webhooks secret. */
export function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`
}

const channel = 'bindings'
const followTries = 10
const followAgainMs = 1000

/** The bindings of all portals of this database. */
export class Bindings {
  readonly #store: Store
  readonly #clock: Clock
  readonly #blockedAddress: (url: string) => string | null
  readonly #log: Log | null
  #byEvent = new Map<string, BoundHandler[]>()
  #byId = new Map<number, BoundHandler>()

  private constructor({ store, clock, blockedAddress, log }: BindingsParts) {
    this.#log = log ?? null
    this.#store = store
    this.#clock = clock
    this.#blockedAddress = blockedAddress
  }

  /** Loads all bindings and follows the changes of other processes. */
  static async open(parts: BindingsParts): Promise<Bindings> {
    const bindings = new Bindings(parts)
    await bindings.#load()
    const follow = (): void => bindings.#follow(followTries)
    parts.store.listen(channel, follow, follow)
    return bindings
  }

  /** A change of another process; what cannot be read now is read a little later. */
  #follow(triesLeft: number): void {
    this.#load().catch((error: unknown) => {
      if (triesLeft > 1) this.#clock.at(this.#clock.now() + followAgainMs, () => this.#follow(triesLeft - 1))
      else this.#log?.error({ err: error }, 'the bindings that another process changed could not be read')
    })
  }

  async #load(): Promise<void> {
    const rows = await this.#store.read.selectFrom('handler').selectAll().where('deleted_at', 'is', null).orderBy('id').execute()
    const apps = await this.#store.read
      .selectFrom('app')
      .select(['id', 'title', 'installed', 'unknown_entity'])
      .where('deleted_at', 'is', null)
      .execute()
    const hooks = await this.#store.read.selectFrom('outgoing_webhook').select(['id', 'title']).where('deleted_at', 'is', null).execute()
    const owners = new Map<string, { title: string; installed: boolean; unknownEntity: '' | 'LEAD' | null }>([
      ...apps.map(
        (app) => [`app:${app.id}`, { title: app.title, installed: app.installed === 1, unknownEntity: app.unknown_entity }] as const,
      ),
      ...hooks.map((hook) => [`webhook:${hook.id}`, { title: hook.title, installed: true, unknownEntity: null }] as const),
    ])
    const byEvent = new Map<string, BoundHandler[]>()
    const byId = new Map<number, BoundHandler>()
    for (const row of rows) {
      const owner = owners.get(row.owner)
      if (!owner) continue
      const handler: BoundHandler = {
        ...row,
        ownerTitle: owner.title,
        ownerUnknownEntity: owner.unknownEntity,
        ownerProblem: owner.installed ? null : 'not_installed',
        addressProblem: row.kind === 'offline' ? null : this.#blockedAddress(row.url),
      }
      byId.set(row.id, handler)
      const key = `${row.portal_id} ${row.event}`
      const same = byEvent.get(key)
      if (same) same.push(handler)
      else byEvent.set(key, [handler])
    }
    this.#byEvent = byEvent
    this.#byId = byId
  }

  /** Reads the rows anew, here and in every other process: after any change of handlers, apps' states or webhooks. */
  async changed(): Promise<void> {
    await this.#load()
    await this.#store.notify(channel, '')
  }

  /** All handlers of an event, whatever their state; `owner` limits them to one app or webhook. */
  bound(portalId: number, event: string, owner?: string): readonly BoundHandler[] {
    const all = this.#byEvent.get(`${portalId} ${event}`) ?? []
    return owner === undefined ? all : all.filter((handler) => handler.owner === owner)
  }

  /** A bound handler by its id. */
  byId(id: number): BoundHandler | null {
    return this.#byId.get(id) ?? null
  }

  /** All handlers of a portal, by id. */
  ofPortal(portalId: number): readonly BoundHandler[] {
    return [...this.#byId.values()].filter((handler) => handler.portal_id === portalId)
  }

  /** The handlers of one owner, by id. */
  ofOwner(portalId: number, owner: string): readonly BoundHandler[] {
    return [...this.#byId.values()].filter((handler) => handler.portal_id === portalId && handler.owner === owner)
  }

  /** Writes a binding inside a transaction; call `changed` after it. Refuses one that exists (contract 3.1). */
  async bind(tx: Tx, binding: Binding): Promise<number> {
    const row: NewRow<'handler'> = {
      portal_id: binding.portalId,
      owner: binding.owner,
      event: binding.event,
      url: binding.url,
      auth_user_id: binding.authUserId,
      kind: binding.kind,
      connector: binding.connector ?? '',
      profile: 'current',
      retries: 1,
      dedupes: 0,
      enabled: 1,
      disabled_reason: null,
      secret: newSecret(),
      old_secret: null,
      old_secret_until: null,
      slots: null,
      per_minute: null,
      breaker_opened_at: null,
      breaker_retry_at: null,
      breaker_reason: null,
      options: JSON.stringify(binding.options ?? {}),
      created_at: this.#clock.now(),
      deleted_at: null,
    }
    const same = await tx.db
      .selectFrom('handler')
      .select('id')
      .where('owner', '=', row.owner)
      .where('event', '=', row.event)
      .where('url', '=', row.url)
      .where('auth_user_id', '=', row.auth_user_id)
      .where('kind', '=', row.kind)
      .where('connector', '=', row.connector)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (same) throw new PortalError('handler_bound')
    const { id } = await tx.db.insertInto('handler').values(row).returning('id').executeTakeFirstOrThrow()
    return id
  }

  /** Removes bindings inside a transaction; call `changed` after it. Answers how many there were. */
  async unbind(tx: Tx, filter: BindingFilter): Promise<number> {
    let query = tx.db
      .updateTable('handler')
      .set({ deleted_at: this.#clock.now() })
      .where('portal_id', '=', filter.portalId)
      .where('owner', '=', filter.owner)
      .where('deleted_at', 'is', null)
    if (filter.event !== undefined) query = query.where('event', '=', filter.event)
    if (filter.url !== undefined) query = query.where('url', '=', filter.url)
    if (filter.authUserId !== undefined) query = query.where('auth_user_id', '=', filter.authUserId)
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
    return Number((await query.executeTakeFirst()).numUpdatedRows)
  }

  /** Changes a handler's row, here and in every other process. */
  async change(portalId: number, id: number, change: Change<'handler'>): Promise<void> {
    await this.#store.transaction(async (tx) => {
      tx.write(this.#store.build.updateTable('handler').set(change).where('id', '=', id).where('portal_id', '=', portalId))
    })
    await this.changed()
  }
}
