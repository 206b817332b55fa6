/** Outgoing targets: what a click goes to. The user's own, if the admin allows it, else the portal's (contract 2.2). */
import { idOf } from '../caller.ts'
import { PortalError, type ErrorKey } from '../errors.ts'
import type { BoundHandler, Bindings } from '../events/bindings.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { callStarted } from './events.ts'

/** Why a target cannot take a click. */
export type TargetProblem = Extract<ErrorKey, 'no_target' | 'not_installed' | 'no_handler' | 'handler_disabled'>

/** A target that exists, ready or not. */
export interface Target {
  /** `app:3`, `line:7`, `webhook:2` */
  readonly id: string
  readonly kind: 'app' | 'line' | 'webhook'
  readonly title: string
  /** NUMBER of a line; '' otherwise (contract 2.1) */
  readonly lineNumber: string
  /** whose handlers get the click: `app:3` or `webhook:2` */
  readonly handlerOwner: string
  readonly problem: TargetProblem | null
}

/** What a click of a user would go to. */
export interface Chosen {
  readonly target: Target | null
  readonly from: 'user' | 'portal'
  readonly problem: TargetProblem | null
}

/** The people and settings that decide. */
export type Chooser = Pick<Row<'user'>, 'target'>
/** The portal's part of the decision. */
export type ChoosingPortal = Pick<Row<'portal'>, 'id' | 'target' | 'allow_user_targets'>

interface Where {
  readonly portalId: number
  readonly event: string
}

/** Builds the verbs on targets. */
export function createTargets({
  store,
  bindings,
  changed,
}: {
  store: Store
  bindings: Bindings
  changed: (portalId: number, names: readonly string[]) => void
}) {
  const describe = ({ portalId, event }: Where, handlerOwner: string, installed: boolean): TargetProblem | null => {
    if (!installed) return 'not_installed'
    const bound = bindings.bound(portalId, event, handlerOwner)
    if (bound.length === 0) return 'no_handler'
    return bound.some((handler) => handler.enabled === 1) ? null : 'handler_disabled'
  }

  const readApp = store.prepareRemembered(['app'], (db, { portalId, id }: { portalId: number; id: number }) =>
    db
      .selectFrom('app')
      .select(['id', 'title', 'installed'])
      .where('id', '=', id)
      .where('portal_id', '=', portalId)
      .where('deleted_at', 'is', null),
  )
  const findApp = async (portalId: number, id: number) => (await readApp({ portalId, id }))[0]

  /** The target with this id, or null when it is gone; `event` is what it has to take: a click unless told otherwise. */
  const find = async (portalId: number, id: string, event: string = callStarted.name): Promise<Target | null> => {
    const where = { portalId, event }
    const appId = idOf(id, 'app')
    if (appId !== null) {
      const app = await findApp(portalId, appId)
      return app
        ? { id, kind: 'app', title: app.title, lineNumber: '', handlerOwner: id, problem: describe(where, id, app.installed === 1) }
        : null
    }
    const webhookId = idOf(id, 'webhook')
    if (webhookId !== null) {
      const hook = await store.read
        .selectFrom('outgoing_webhook')
        .select('title')
        .where('id', '=', webhookId)
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      return hook ? { id, kind: 'webhook', title: hook.title, lineNumber: '', handlerOwner: id, problem: describe(where, id, true) } : null
    }
    const lineId = idOf(id, 'line')
    if (lineId === null) return null
    const line = await store.read
      .selectFrom('line')
      .selectAll()
      .where('id', '=', lineId)
      .where('portal_id', '=', portalId)
      .executeTakeFirst()
    const ownerId = line ? idOf(line.owner, 'app') : null
    const app = ownerId === null ? undefined : await findApp(portalId, ownerId)
    if (!line || !app) return null
    const title = line.name === '' ? `${app.title}: ${line.number}` : `${app.title}: ${line.name}`
    return {
      id,
      kind: 'line',
      title,
      lineNumber: line.number,
      handlerOwner: line.owner,
      problem: describe(where, line.owner, app.installed === 1),
    }
  }

  return {
    find,

    /** Where a click of this user goes. A target whose app is gone counts as not set. */
    async choose(portal: ChoosingPortal, user: Chooser): Promise<Chosen> {
      const own = portal.allow_user_targets === 1 && user.target !== null ? await find(portal.id, user.target) : null
      const target = own ?? (portal.target === null ? null : await find(portal.id, portal.target))
      return { target, from: own ? 'user' : 'portal', problem: target ? target.problem : 'no_target' }
    },

    /** Everything that can be chosen for clicks, or for another event. */
    async list(portalId: number, event: string = callStarted.name): Promise<Target[]> {
      const apps = await store.read
        .selectFrom('app')
        .select(['id', 'scope'])
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .execute()
      const lines = await store.read.selectFrom('line').select(['id', 'owner']).where('portal_id', '=', portalId).orderBy('id').execute()
      const hooks = await store.read
        .selectFrom('outgoing_webhook')
        .select('id')
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .execute()
      const phoneApps = apps.filter((app) => app.scope.split(',').includes('telephony'))
      const phoneHooks = hooks.filter((hook) => bindings.bound(portalId, event, `webhook:${hook.id}`).length > 0)
      const ids = [
        ...phoneApps.flatMap((app) => [
          `app:${app.id}`,
          ...lines.filter((line) => line.owner === `app:${app.id}`).map((line) => `line:${line.id}`),
        ]),
        ...phoneHooks.map((hook) => `webhook:${hook.id}`),
      ]
      const found = await Promise.all(ids.map((id) => find(portalId, id, event)))
      return found.filter((target) => target !== null)
    },

    /**
     * The handlers that a click of this user gets: one for each distinct URL; bound for the clicker, else for nobody, else the oldest
     * (design 11.8). A visitor's request has no user.
     */
    handlersFor(portalId: number, target: Target, userId: number | null, event: string = callStarted.name): BoundHandler[] {
      const byUrl = new Map<string, BoundHandler>()
      const rank = (handler: BoundHandler): number => (handler.auth_user_id === userId ? 0 : handler.auth_user_id === 0 ? 1 : 2)
      for (const handler of bindings.bound(portalId, event, target.handlerOwner)) {
        if (handler.enabled === 0) continue
        // offline handlers have no URL: each of their queues is one place that the click goes to
        const place = handler.kind === 'online' ? handler.url : `queue ${handler.connector}`
        const best = byUrl.get(place)
        if (!best || rank(handler) < rank(best)) byUrl.set(place, handler)
      }
      return [...byUrl.values()]
    },

    /** Sets the portal's target; null for none. */
    async setForPortal(portalId: number, target: string | null): Promise<void> {
      if (target !== null && !(await find(portalId, target))) throw new PortalError('target_unknown', { target })
      await store.transaction((tx) => {
        tx.write(store.build.updateTable('portal').set({ target }).where('id', '=', portalId))
        tx.afterCommit(() => changed(portalId, ['settings']))
      })
    },

    /** Sets a user's own target; null for the portal's. */
    async setForUser(portalId: number, userId: number, target: string | null): Promise<void> {
      if (target !== null && !(await find(portalId, target))) throw new PortalError('target_unknown', { target })
      await store.transaction((tx) => {
        tx.write(store.build.updateTable('user').set({ target }).where('id', '=', userId).where('portal_id', '=', portalId))
        tx.afterCommit(() => changed(portalId, ['settings']))
      })
    },
  }
}

/** The verbs on targets. */
export type Targets = ReturnType<typeof createTargets>
