import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Bindings } from '../events/bindings.ts'
import type { Outbox } from '../events/outbox.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Change, Row } from '../store/tables.ts'
import { readAddress } from './address.ts'
import { appInstalled, appUninstalled, appUpdated } from './events.ts'
import { hashSecret } from './oauth.ts'
import { writeScope } from './scopes.ts'

/** What an administrator says about a local app. */
export interface AppInput {
  readonly title: string
  readonly kind: 'api' | 'ui'
  /** main page of an app with UI; redirect address of the code flow */
  readonly url?: string
  /** gets the install callback (api), or is the install page (ui) */
  readonly installUrl?: string
  readonly scope: readonly string[]
  /** from 1 on; another one is told to the app by ONAPPUPDATE */
  readonly version?: number
  /** CRM_ENTITY_TYPE of clicks without a card; null: as the portal's switch says */
  readonly unknownEntity?: '' | 'LEAD' | null
}

/** Whoever does it. */
export interface Admin {
  readonly portalId: number
  readonly userId: number
}

/** What the registry needs. */
export interface RegistryParts {
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Pick<Outbox, 'emit'>
  readonly bindings: Pick<Bindings, 'ofOwner' | 'unbind' | 'changed'>
  readonly changed: (portalId: number, names: readonly string[]) => void
  /** why the portal may not send to an address, or null (design 11.10: refused at save) */
  readonly blockedAddress: (url: string) => Promise<string | null>
  /** an install callback is due: wake who sends it */
  readonly installDue: () => void
}

/** `local.<hex>.<digits>`, as the original's are (contract 7.3). */
export function newClientId(): string {
  return `local.${randomBytes(7).toString('hex')}.${String(randomBytes(4).readUInt32BE() % 100_000_000).padStart(8, '0')}`
}

/** 50 letters and digits. */
export function newClientSecret(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  // 62 letters: 248 is the largest multiple of 62 below 256, so that every letter is as likely
  let secret = ''
  while (secret.length < 50) for (const byte of randomBytes(64)) if (byte < 248 && secret.length < 50) secret += letters[byte % 62]
  return secret
}

/** Local apps: added, changed, installed, uninstalled (contract 1.5, 7.3–7.5). */
export function createRegistry(parts: RegistryParts) {
  const { store, clock } = parts

  /** asks the DNS: to be done before a transaction */
  const judgeInstallUrl = async ({ installUrl = '' }: Partial<AppInput>): Promise<string | null> => {
    const address = readAddress('installUrl', installUrl)
    return address === '' ? null : parts.blockedAddress(address)
  }

  const readInput = (input: Partial<AppInput>, installProblem: string | null): Change<'app'> => {
    const url = input.url === undefined ? undefined : readAddress('url', input.url)
    const installUrl = input.installUrl === undefined ? undefined : readAddress('installUrl', input.installUrl)
    const isUi = input.kind === 'ui'
    if (isUi && url === '') throw new PortalError('bad_url', { field: 'url' })
    if (installProblem !== null && !isUi) throw new PortalError('blocked_url', { field: 'installUrl', problem: installProblem })
    return {
      ...(input.title !== undefined && { title: input.title.trim() }),
      ...(input.kind !== undefined && { kind: input.kind }),
      ...(url !== undefined && { url }),
      ...(installUrl !== undefined && { install_url: installUrl }),
      ...(input.scope !== undefined && { scope: writeScope(input.scope) }),
      ...(input.version !== undefined && { version: input.version }),
      ...(input.unknownEntity !== undefined && { unknown_entity: input.unknownEntity }),
    }
  }

  const findIn = async (tx: Tx, portalId: number, id: number): Promise<Row<'app'>> => {
    const app = await tx.db
      .selectFrom('app')
      .selectAll()
      .where('id', '=', id)
      .where('portal_id', '=', portalId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!app) throw new PortalError('app_not_found', { id })
    return app
  }

  const find = async (portalId: number, id: number): Promise<Row<'app'>> => {
    const query = store.read.selectFrom('app').selectAll().where('id', '=', id).where('portal_id', '=', portalId)
    const app = await query.where('deleted_at', 'is', null).executeTakeFirst()
    if (!app) throw new PortalError('app_not_found', { id })
    return app
  }

  /**
   * ONAPPUPDATE, with a new application token (contract 7.4). An app that could not be told keeps its token: it would take every later event for a
   * forged one.
   */
  const sayUpdated = async (tx: Tx, admin: Admin, { before, version }: { before: Row<'app'>; version: number }): Promise<void> => {
    const handlers = parts.bindings
      .ofOwner(admin.portalId, `app:${before.id}`)
      .filter((one) => one.event === appUpdated.name && one.enabled === 1 && one.ownerProblem === null)
    if (handlers.some((one) => one.kind === 'online'))
      await tx.db
        .updateTable('app')
        .set({ application_token: randomBytes(16).toString('hex') })
        .where('id', '=', before.id)
        .execute()
    const { language } = await tx.db.selectFrom('portal').select('language').where('id', '=', admin.portalId).executeTakeFirstOrThrow()
    const fact = { version, previousVersion: before.version, language }
    parts.outbox.emit(tx, appUpdated, fact, { portalId: admin.portalId, userId: admin.userId, handlers })
  }

  /** Access tokens issued so far are refused from now on; refresh tokens stay good. */
  const endAccess = async (tx: Tx, app: Row<'app'>): Promise<void> => {
    const epoch = app.grant_epoch + 1
    await tx.db.updateTable('app').set({ grant_epoch: epoch }).where('id', '=', app.id).execute()
    const grants = tx.db.updateTable('refresh_token').set({ grant_epoch: epoch }).where('app_id', '=', app.id)
    await grants.where('grant_epoch', '=', app.grant_epoch).execute()
  }

  const tellAll = async (portalId: number): Promise<void> => {
    await parts.bindings.changed()
    parts.changed(portalId, ['apps'])
  }

  return {
    /** Refuses by app_not_found. */
    find,

    /** Those that are not uninstalled, by id. */
    all: (portalId: number): Promise<Row<'app'>[]> =>
      store.read.selectFrom('app').selectAll().where('portal_id', '=', portalId).where('deleted_at', 'is', null).orderBy('id').execute(),

    /**
     * A new app with its secret, which is not stored and never shown again. An API-only app counts as installed at once, and its
     * install callback is sent; an app with an install page is installed when that page says so.
     */
    async add(admin: Admin, input: AppInput): Promise<{ app: Row<'app'>; clientSecret: string }> {
      const clientSecret = newClientSecret()
      const change = { url: '', install_url: '', ...readInput({ url: '', ...input }, await judgeInstallUrl(input)) }
      const now = clock.now()
      const app = await store.transaction((tx) =>
        tx.db
          .insertInto('app')
          .values({
            portal_id: admin.portalId,
            client_id: newClientId(),
            secret_hash: hashSecret(clientSecret),
            title: input.title.trim(),
            kind: input.kind,
            url: change.url ?? '',
            install_url: change.install_url ?? '',
            scope: writeScope(input.scope),
            application_token: randomBytes(16).toString('hex'),
            installed: input.kind === 'ui' && change.install_url !== '' ? 0 : 1,
            install_problem: null,
            install_due_at: input.kind === 'api' && change.install_url !== '' ? now : null,
            install_attempts: 0,
            version: change.version ?? 1,
            unknown_entity: change.unknown_entity ?? null,
            grant_epoch: 1,
            last_seen_at: null,
            created_by_id: admin.userId,
            created_at: now,
            deleted_at: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      )
      await tellAll(admin.portalId)
      if (app.install_due_at !== null) parts.installDue()
      return { app, clientSecret }
    },

    /**
     * Changes what is given. Another scope ends the access tokens that were issued before, refresh tokens bring new ones (contract 13.26); a new
     * installation path is called, another version is told to the app.
     */
    async change(admin: Admin, id: number, input: Partial<AppInput>): Promise<Row<'app'>> {
      const installProblem = await judgeInstallUrl(input)
      const app = await store.transaction(async (tx) => {
        const before = await findIn(tx, admin.portalId, id)
        const change = readInput({ kind: before.kind, ...input }, installProblem)
        const isNewPath = change.install_url !== undefined && change.install_url !== before.install_url && change.install_url !== ''
        const after = {
          ...change,
          ...(isNewPath &&
            (change.kind ?? before.kind) === 'api' && { install_due_at: clock.now(), install_attempts: 0, install_problem: null }),
        }
        await tx.db.updateTable('app').set(after).where('id', '=', id).execute()
        if (change.scope !== undefined && change.scope !== before.scope) await endAccess(tx, before)
        if (change.version !== undefined && change.version !== before.version)
          await sayUpdated(tx, admin, { before, version: change.version })
        return findIn(tx, admin.portalId, id)
      })
      await tellAll(admin.portalId)
      if (app.install_due_at !== null) parts.installDue()
      return app
    },

    /** A new secret; the old one is dead at once, tokens stay good. */
    async rotateSecret(admin: Admin, id: number): Promise<{ app: Row<'app'>; clientSecret: string }> {
      const clientSecret = newClientSecret()
      const app = await store.transaction(async (tx) => {
        await findIn(tx, admin.portalId, id)
        await tx.db
          .updateTable('app')
          .set({ secret_hash: hashSecret(clientSecret) })
          .where('id', '=', id)
          .execute()
        return findIn(tx, admin.portalId, id)
      })
      return { app, clientSecret }
    },

    /** Ends the installation (contract 7.5); once more changes nothing. The app's own handlers get ONAPPINSTALL. */
    async finishInstall(admin: Admin, id: number): Promise<Row<'app'>> {
      const app = await store.transaction(async (tx) => {
        const before = await findIn(tx, admin.portalId, id)
        if (before.installed === 1) return before
        await tx.db.updateTable('app').set({ installed: 1 }).where('id', '=', id).execute()
        const portal = await tx.db.selectFrom('portal').select('language').where('id', '=', admin.portalId).executeTakeFirstOrThrow()
        const handlers = parts.bindings
          .ofOwner(admin.portalId, `app:${id}`)
          .filter((one) => one.event === appInstalled.name && one.enabled === 1 && one.kind === 'online')
        const fact = { version: before.version, installed: true, language: portal.language }
        parts.outbox.emit(tx, appInstalled, fact, { portalId: admin.portalId, userId: admin.userId, handlers })
        return { ...before, installed: 1 as const }
      })
      await tellAll(admin.portalId)
      return app
    },

    /**
     * Uninstalls: ONAPPUNINSTALL goes out without tokens; handlers, lines, placements, options and tokens are gone; who called by the app or its
     * lines falls back to no target (contract 1.5, 2.2).
     */
    async uninstall(admin: Admin, id: number): Promise<void> {
      await store.transaction(async (tx) => {
        const app = await findIn(tx, admin.portalId, id)
        const owner = `app:${id}`
        const portal = await tx.db.selectFrom('portal').select('language').where('id', '=', admin.portalId).executeTakeFirstOrThrow()
        const handlers = parts.bindings
          .ofOwner(admin.portalId, owner)
          .filter((one) => one.event === appUninstalled.name && one.enabled === 1)
        parts.outbox.emit(
          tx,
          appUninstalled,
          { clean: true, language: portal.language },
          { portalId: admin.portalId, userId: null, handlers },
        )
        await parts.bindings.unbind(tx, { portalId: admin.portalId, owner })
        const lines = await tx.db
          .deleteFrom('line')
          .where('portal_id', '=', admin.portalId)
          .where('owner', '=', owner)
          .returning('id')
          .execute()
        const targets = [owner, ...lines.map((line) => `line:${line.id}`)]
        await tx.db.updateTable('portal').set({ target: null }).where('id', '=', admin.portalId).where('target', 'in', targets).execute()
        await tx.db
          .updateTable('user')
          .set({ target: null })
          .where('portal_id', '=', admin.portalId)
          .where('target', 'in', targets)
          .execute()
        for (const table of ['app_option', 'refresh_token', 'auth_code', 'placement'] as const)
          await tx.db.deleteFrom(table).where('app_id', '=', id).execute()
        await tx.db
          .updateTable('app')
          .set({ deleted_at: clock.now(), grant_epoch: app.grant_epoch + 1, installed: 0, install_due_at: null })
          .where('id', '=', id)
          .execute()
      })
      await tellAll(admin.portalId)
      parts.changed(admin.portalId, ['settings', 'placements'])
    },

    /** Every access and refresh token issued so far is refused from now on. */
    async revokeTokens(admin: Admin, id: number): Promise<void> {
      await store.transaction(async (tx) => {
        const app = await findIn(tx, admin.portalId, id)
        await tx.db
          .updateTable('app')
          .set({ grant_epoch: app.grant_epoch + 1 })
          .where('id', '=', id)
          .execute()
      })
    },
  }
}

/** The local apps of the portals. */
export type Registry = ReturnType<typeof createRegistry>
