import { randomBytes } from 'node:crypto'
import type { Store, Tx } from '../store/store.ts'
import type { Change, Row } from '../store/tables.ts'

/** What stands in `portal.settings`. */
export interface PortalSettings {
  /** hex; the key that access tokens are closed with (design 11.11). Shared by all processes of one database. */
  readonly tokenKey: string
  readonly [name: string]: unknown
}

/** The account rows. */
export interface Portals {
  /** Throws when there is no such portal: ids come from our own rows. */
  find(portalId: number): Promise<Row<'portal'>>
  /** The portal of this database, or null before the first set-up. */
  first(): Promise<Row<'portal'> | null>
  /** Title, country, language and policies. */
  change(portalId: number, change: Change<'portal'>): Promise<Row<'portal'>>
}

/** Reads and changes accounts. */
export function createPortals({
  store,
  changed,
}: {
  store: Store
  changed: (portalId: number, names: readonly string[]) => void
}): Portals {
  const find = (portalId: number): Promise<Row<'portal'>> =>
    store.read.selectFrom('portal').selectAll().where('id', '=', portalId).executeTakeFirstOrThrow()
  return {
    find,
    first: async () => (await store.read.selectFrom('portal').selectAll().orderBy('id').limit(1).executeTakeFirst()) ?? null,
    async change(portalId, change) {
      await store.transaction((tx) => {
        tx.write(store.build.updateTable('portal').set(change).where('id', '=', portalId))
        tx.afterCommit(() => changed(portalId, ['settings']))
      })
      return find(portalId)
    },
  }
}

/** A new account; answers its id. `member_id` is made once and never changes (contract 13.40). */
export async function addPortal(
  tx: Tx,
  { title, country, language, now }: { title: string; /** ISO 3166, two letters */ country: string; language: 'en' | 'ru'; now: number },
): Promise<number> {
  const settings: PortalSettings = { tokenKey: randomBytes(32).toString('hex') }
  const { id } = await tx.db
    .insertInto('portal')
    .values({
      member_id: randomBytes(16).toString('hex'),
      title,
      country,
      language,
      target: null,
      allow_user_targets: 1,
      allow_service_codes: 0,
      settings: JSON.stringify(settings),
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  // the company itself is the first department
  await tx.db.insertInto('department').values({ portal_id: id, name: title, sort: 500, parent_id: null, head_user_id: null }).execute()
  return id
}

/** The settings of an account row. */
export function readSettings(portal: Pick<Row<'portal'>, 'settings'>): PortalSettings {
  return JSON.parse(portal.settings) as PortalSettings
}

/** The key of access tokens, made when the account has none yet. There must be an account. */
export async function loadTokenKey(store: Store): Promise<Buffer> {
  return store.transaction(async (tx) => {
    const portal = await tx.db.selectFrom('portal').select(['id', 'settings']).orderBy('id').limit(1).executeTakeFirst()
    if (!portal) throw new Error('there is no portal in this database: make one first (hookswitch seed)')
    const settings = readSettings(portal)
    if (settings.tokenKey) return Buffer.from(settings.tokenKey, 'hex')
    const tokenKey = randomBytes(32).toString('hex')
    await tx.db
      .updateTable('portal')
      .set({ settings: JSON.stringify({ ...settings, tokenKey }) })
      .where('id', '=', portal.id)
      .execute()
    return Buffer.from(tokenKey, 'hex')
  })
}
