/** Where apps put pages of theirs into the portal's pages (contract 8.6). */
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** A place. */
export interface Place {
  readonly code: string
  /** the scope that opens it; null: every app with scope placement */
  readonly scope: string | null
  /** may be bound for one user */
  readonly forUsers: boolean
  /** an app has one page there for the same user */
  readonly isSingle: boolean
}

/** All places, by code. */
export const places: readonly Place[] = [
  { code: 'CALL_CARD', scope: 'telephony', forUsers: false, isSingle: false },
  { code: 'PAGE_BACKGROUND_WORKER', scope: null, forUsers: true, isSingle: true },
  { code: 'TELEPHONY_ANALYTICS_MENU', scope: 'telephony', forUsers: false, isSingle: false },
]

/** The words of a page in one language. */
export interface PlacementWords {
  readonly title: string
  readonly description: string
  readonly groupName: string
}

/** A page as `placement.bind` asks for it. */
export interface PlacementInput {
  readonly portalId: number
  readonly appId: number
  readonly code: string
  readonly handler: string
  /** 0 = everybody */
  readonly userId: number
  readonly words: PlacementWords
  readonly languages: Readonly<Record<string, PlacementWords>>
  readonly options: Readonly<Record<string, unknown>>
}

/** A page with the app that it belongs to. */
export interface ShownPlacement {
  readonly row: Row<'placement'>
  readonly appTitle: string
}

/** The pages of apps in the portal's pages. */
export interface Placements {
  /** Throws `placement_count`, `placement_bound`. */
  bind(input: PlacementInput): Promise<void>
  /** Answers how many were removed; what is left out matches everything. */
  unbind(filter: { portalId: number; appId: number; code: string; handler?: string; userId?: number }): Promise<number>
  /** The pages of one app, in the order of binding. */
  ofApp(portalId: number, appId: number): Promise<Row<'placement'>[]>
  /** What a person sees in a place: pages of installed apps, for everybody or for them. */
  shownTo(portalId: number, userId: number, code: string): Promise<ShownPlacement[]>
  /** One page that a person sees; throws `placement_gone`. */
  find(portalId: number, userId: number, id: number): Promise<ShownPlacement>
  /**
   * A background page took longer than 5 s to load on somebody's page. The eleventh time on a day it is removed, and its
   * `errorHandlerUrl` is told (contract 8.6). Answers whether it was removed.
   */
  reportSlow(portalId: number, userId: number, id: number): Promise<boolean>
}

/** A background page may be slow so often on a day (UTC). */
const slowLimit = 10
const dayMs = 86_400_000

/** Builds the placements. */
export function createPlacements({
  store,
  clock,
  changed,
  removed,
}: {
  store: Store
  clock: Clock
  changed: (portalId: number, names: readonly string[]) => void
  /** tells an app that its background page was removed, after the commit */
  removed: (row: Row<'placement'>) => void
}): Placements {
  const shown = (portalId: number, userId: number) =>
    store.read
      .selectFrom('placement')
      .innerJoin('app', 'app.id', 'placement.app_id')
      .selectAll('placement')
      .select('app.title as app_title')
      .where('placement.portal_id', '=', portalId)
      .where('placement.user_id', 'in', [0, userId])
      .where('app.installed', '=', 1)
      .where('app.deleted_at', 'is', null)
  const find: Placements['find'] = async (portalId, userId, id) => {
    const found = await shown(portalId, userId).where('placement.id', '=', id).executeTakeFirst()
    if (!found) throw new PortalError('placement_gone', { id })
    const { app_title: appTitle, ...row } = found
    return { row, appTitle }
  }

  return {
    find,

    async bind({ portalId, appId, code, handler, userId, words, languages, options }) {
      const isSingle = places.find((place) => place.code === code)?.isSingle ?? false
      await store.transaction(async (tx) => {
        const own = await tx.db
          .selectFrom('placement')
          .select('handler')
          .where('app_id', '=', appId)
          .where('code', '=', code)
          .where('user_id', '=', userId)
          .execute()
        if (isSingle && own.length > 0) throw new PortalError('placement_count', { placement: code })
        if (own.some((one) => one.handler === handler)) throw new PortalError('placement_bound')
        const row = {
          portal_id: portalId,
          app_id: appId,
          code,
          handler,
          user_id: userId,
          title: words.title,
          description: words.description,
          group_name: words.groupName,
          languages: JSON.stringify(languages),
          options: JSON.stringify(options),
          created_at: clock.now(),
        }
        await tx.db.insertInto('placement').values(row).execute()
        tx.afterCommit(() => changed(portalId, ['placements']))
      })
    },

    async unbind({ portalId, appId, code, handler, userId }) {
      return store.transaction(async (tx) => {
        let query = tx.db.deleteFrom('placement').where('portal_id', '=', portalId).where('app_id', '=', appId).where('code', '=', code)
        if (handler !== undefined) query = query.where('handler', '=', handler)
        if (userId !== undefined) query = query.where('user_id', '=', userId)
        tx.afterCommit(() => changed(portalId, ['placements']))
        return Number((await query.executeTakeFirst()).numDeletedRows)
      })
    },

    ofApp: (portalId, appId) =>
      store.read.selectFrom('placement').selectAll().where('portal_id', '=', portalId).where('app_id', '=', appId).orderBy('id').execute(),

    async shownTo(portalId, userId, code) {
      const rows = await shown(portalId, userId).where('placement.code', '=', code).orderBy('placement.id').execute()
      return rows.map(({ app_title: appTitle, ...row }) => ({ row, appTitle }))
    },

    async reportSlow(portalId, userId, id) {
      const { row } = await find(portalId, userId, id)
      if (row.code !== 'PAGE_BACKGROUND_WORKER') throw new PortalError('placement_gone', { id })
      const today = Math.floor(clock.now() / dayMs)
      return store.transaction(async (tx) => {
        const now = await tx.db.selectFrom('placement').selectAll().where('id', '=', id).executeTakeFirst()
        if (!now) return false
        const count = now.slow_day === today ? now.slow_count + 1 : 1
        if (count <= slowLimit) {
          await tx.db.updateTable('placement').set({ slow_day: today, slow_count: count }).where('id', '=', id).execute()
          return false
        }
        const { numDeletedRows } = await tx.db.deleteFrom('placement').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) return false
        tx.afterCommit(() => {
          changed(portalId, ['placements'])
          removed(now)
        })
        return true
      })
    },
  }
}

/** The words of a page in a language, else those that it was bound with, else the app's title. */
export function wordsIn({ row, appTitle }: ShownPlacement, language: string): PlacementWords {
  const own = (JSON.parse(row.languages) as Record<string, PlacementWords>)[language]
  return {
    title: own?.title || row.title || appTitle,
    description: own?.description || row.description,
    groupName: own?.groupName || row.group_name,
  }
}
