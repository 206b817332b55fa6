import { Type } from 'typebox'
import { idOf } from '../../caller.ts'
import { PortalError } from '../../errors.ts'
import { rematchPhones } from '../../crm/multifields.ts'
import type { Bindings } from '../../events/bindings.ts'
import type { Store } from '../../store/store.ts'
import { callStarted } from '../../telephony/events.ts'
import { problemAdvice } from '../../telephony/sentences.ts'
import type { Target, Targets } from '../../telephony/targets.ts'
import { route, type Route } from './route.ts'
import { Page, Target as TargetShape, Telephony } from './schemas.ts'

/** What the telephony settings need. */
export interface TelephonyRoutesParts {
  readonly store: Store
  readonly targets: Targets
  readonly bindings: Bindings
  changed(portalId: number, names: readonly string[]): void
}

const TelephonyChange = Type.Partial(
  Type.Object({
    portalTarget: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
    allowUserTargets: Type.Boolean(),
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    allowServiceCodes: Type.Boolean(),
  }),
)

/** A target with what is to be done when it cannot take clicks, or another event. */
export function presentTarget(target: Target, event?: string) {
  const { id, kind, title } = target
  const problem =
    target.problem === null
      ? null
      : {
          code: target.problem,
          text: `${new PortalError(target.problem, { title }).message}. ${problemAdvice(target.problem, title, event)}`,
        }
  return { id, kind, title, number: target.lineNumber === '' ? null : target.lineNumber, ready: problem === null, problem }
}

/** Targets and telephony settings. */
export function telephonyRoutes({ store, targets, bindings, changed }: TelephonyRoutesParts): Route[] {
  const read = async (portalId: number) => {
    const portal = await store.read.selectFrom('portal').selectAll().where('id', '=', portalId).executeTakeFirstOrThrow()
    const lines = await store.read.selectFrom('line').selectAll().where('portal_id', '=', portalId).orderBy('id').execute()
    const apps = await store.read
      .selectFrom('app')
      .select(['id', 'title'])
      .where('portal_id', '=', portalId)
      .where('deleted_at', 'is', null)
      .execute()
    const all = await targets.list(portalId)
    const severalUrls = all.filter(
      (target) => new Set(bindings.bound(portalId, callStarted.name, target.handlerOwner).map((handler) => handler.url)).size > 1,
    )
    return {
      portalTarget: portal.target,
      allowUserTargets: portal.allow_user_targets === 1,
      country: portal.country,
      allowServiceCodes: portal.allow_service_codes === 1,
      targets: all.map((target) => presentTarget(target)),
      lines: lines.map((line) => {
        const appId = idOf(line.owner, 'app')
        const ownerTitle = apps.find((app) => app.id === appId)?.title ?? ''
        return { id: line.id, number: line.number, name: line.name, crmAutoCreate: line.crm_auto_create === 1, ownerTitle, appId }
      }),
      warnings: [
        ...severalUrls.map((target) => `${target.title} has handlers with different addresses: each of them may dial.`),
        ...all.flatMap((target) =>
          bindings
            .bound(portalId, callStarted.name, target.handlerOwner)
            .flatMap((handler) =>
              target.kind === 'line' || handler.addressProblem === null
                ? []
                : [`Clicks cannot reach ${target.title}: ${handler.addressProblem}.`],
            ),
        ),
      ],
    }
  }

  return [
    route({
      method: 'GET',
      path: '/targets',
      about: 'What a click can go to.',
      access: 'user',
      answers: { 200: Page(TargetShape) },
      run: async ({ caller }) => ({
        items: (await targets.list(caller.portalId)).map((target) => presentTarget(target)),
        nextCursor: null,
      }),
    }),
    route({
      method: 'PUT',
      path: '/me/target',
      about: "Sets the signed-in person's own outgoing target; null takes the portal's.",
      access: 'user',
      body: Type.Object({ target: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]) }),
      answers: { 204: null },
      async run({ caller, body }) {
        const { allow_user_targets } = await store.read
          .selectFrom('portal')
          .select('allow_user_targets')
          .where('id', '=', caller.portalId)
          .executeTakeFirstOrThrow()
        if (allow_user_targets === 0) throw new PortalError('own_target_forbidden')
        await targets.setForUser(caller.portalId, caller.userId, body.target)
      },
    }),
    route({
      method: 'GET',
      path: '/telephony',
      about: 'The telephony settings with every target and line.',
      access: 'user',
      answers: { 200: Telephony },
      run: ({ caller }) => read(caller.portalId),
    }),
    route({
      method: 'PUT',
      path: '/telephony',
      about: 'Changes any part of the telephony settings.',
      access: 'admin',
      body: TelephonyChange,
      answers: { 200: Telephony },
      async run({ caller, body }) {
        if (body.portalTarget !== undefined) await targets.setForPortal(caller.portalId, body.portalTarget)
        const change = {
          ...(body.allowUserTargets !== undefined && { allow_user_targets: body.allowUserTargets ? (1 as const) : (0 as const) }),
          ...(body.allowServiceCodes !== undefined && { allow_service_codes: body.allowServiceCodes ? (1 as const) : (0 as const) }),
          ...(body.country !== undefined && { country: body.country }),
        }
        if (Object.keys(change).length > 0) {
          await store.transaction((tx) => {
            tx.write(store.build.updateTable('portal').set(change).where('id', '=', caller.portalId))
            tx.afterCommit(() => changed(caller.portalId, ['settings']))
          })
          if (body.country !== undefined) await rematchPhones(store, caller.portalId, body.country)
        }
        return read(caller.portalId)
      },
    }),
  ]
}
