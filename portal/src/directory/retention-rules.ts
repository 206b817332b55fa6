/** How long a portal keeps what grows with every click: the setting `retention` of the operator, and what its admins changed. */
import type { RetentionRules } from '../config.ts'
import type { Store } from '../store/store.ts'
import { readSettings, type PortalSettings } from './portals.ts'

/** The longest that can be asked for. */
export const mostDays = 36_500

/** The rules of each portal. */
export interface RetentionRuleBook {
  of(portalId: number): Promise<RetentionRules>
  /** the rules of all portals, as they are now */
  all(): Promise<(portalId: number) => RetentionRules>
  /** Changes some of them; answers all. */
  change(portalId: number, change: Partial<RetentionRules>): Promise<RetentionRules>
}

/** What a portal's settings say over the defaults; what is unreadable has its default. */
export function readRules(settings: PortalSettings, defaults: RetentionRules): RetentionRules {
  const given = (typeof settings['retention'] === 'object' && settings['retention'] !== null ? settings['retention'] : {}) as Readonly<
    Record<string, unknown>
  >
  const days = (name: Exclude<keyof RetentionRules, 'archive'>): number => {
    const value = given[name]
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostDays ? value : defaults[name]
  }
  return {
    bodiesDays: days('bodiesDays'),
    deliveriesDays: days('deliveriesDays'),
    tracesDays: days('tracesDays'),
    notificationsDays: days('notificationsDays'),
    callbackRequestsDays: days('callbackRequestsDays'),
    archive: typeof given['archive'] === 'boolean' ? given['archive'] : defaults.archive,
  }
}

/** The rules on the account rows. */
export function createRetentionRules({
  store,
  defaults,
  changed,
}: {
  readonly store: Store
  /** setting `retention` */
  readonly defaults: RetentionRules
  readonly changed: (portalId: number, names: readonly string[]) => void
}): RetentionRuleBook {
  const all = async (): Promise<(portalId: number) => RetentionRules> => {
    const portals = await store.read.selectFrom('portal').select(['id', 'settings']).execute()
    const byPortal = new Map(portals.map((portal) => [portal.id, readRules(readSettings(portal), defaults)]))
    return (portalId) => byPortal.get(portalId) ?? defaults
  }
  const of = async (portalId: number): Promise<RetentionRules> => (await all())(portalId)
  return {
    of,
    all,
    async change(portalId, change) {
      await store.transaction(async (tx) => {
        const portal = await tx.db.selectFrom('portal').select('settings').where('id', '=', portalId).executeTakeFirstOrThrow()
        const settings = readSettings(portal)
        const own = Object.entries(change).filter(([name]) => Object.hasOwn(defaults, name))
        const retention = { ...(settings['retention'] as object | undefined), ...Object.fromEntries(own) }
        await tx.db
          .updateTable('portal')
          .set({ settings: JSON.stringify({ ...settings, retention }) })
          .where('id', '=', portalId)
          .execute()
        // what an earlier walk left for ever may have to go now
        await tx.db.deleteFrom('retention_mark').execute()
        tx.afterCommit(() => changed(portalId, ['settings']))
      })
      return of(portalId)
    },
  }
}
