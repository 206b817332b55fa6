import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import { normaliseName } from '../rest/batch.ts'
import { method, type Methods } from '../rest/method.ts'
import { flag, map, text } from '../rest/params.ts'
import { isMap, type LooseMap } from '../rest/php.ts'
import { isoSeconds, type Router } from '../rest/router.ts'
import type { Store } from '../store/store.ts'
import { readOptions, writeOptions } from './options.ts'
import { placementMethods } from './placement-methods.ts'
import type { Placements } from './placements.ts'
import type { Registry } from './registry.ts'
import { knownScopes } from './scopes.ts'

/** What the service methods need. */
export interface AppMethodsParts {
  readonly store: Store
  readonly clock: Clock
  readonly router: Router
  readonly registry: Pick<Registry, 'find'>
  readonly placements: Placements
}

function appOf(caller: Caller): number {
  if (caller.appId === null) throw new PortalError('app_context')
  return caller.appId
}

/** An empty map is `[]` on the wire (contract 0.3.2). */
function phpOptions(options: LooseMap): unknown {
  return Object.keys(options).length === 0 ? [] : options
}

/** `options` as a map, or the plain parameters beside it. */
function readOptionsParam(options: LooseMap | undefined): LooseMap {
  if (!isMap(options) || Object.keys(options).length === 0) throw new PortalError('options_empty')
  return options
}

/** app.*, user.option.*, placement.*, scope, methods, method.get, server.time, feature.get (contract 6.7). */
export function appMethods({ store, clock, router, registry, placements }: AppMethodsParts): Methods {
  const isVisible = (name: string, caller: Caller): boolean => {
    const row = router.rows.get(name)
    return row !== undefined && router.isAvailable(row, caller)
  }
  return {
    ...placementMethods({ store, placements }),
    'app.info': method({
      scope: null,
      about: 'The calling app and its installation.',
      context: 'app',
      contextError: 'app_context',
      params: {},
      errors: ['app_context'],
      async run({ caller }) {
        const app = await registry.find(caller.portalId, appOf(caller))
        const portal = await store.read.selectFrom('portal').select('language').where('id', '=', caller.portalId).executeTakeFirstOrThrow()
        return {
          ID: app.id,
          CODE: app.client_id,
          VERSION: app.version,
          STATUS: 'L',
          INSTALLED: app.installed === 1,
          PAYMENT_EXPIRED: 'N',
          DAYS: null,
          LANGUAGE_ID: portal.language,
          LICENSE: 'ru_pro100',
          LICENSE_TYPE: 'pro100',
          LICENSE_FAMILY: 'pro100',
        }
      },
    }),
    'app.option.get': method({
      scope: null,
      about: 'Options of the app: all, or one by name.',
      context: 'app',
      contextError: 'option_context',
      params: { OPTION: text('name of one option') },
      errors: ['option_context'],
      async run({ params, caller }) {
        const options = await readOptions(store, { portalId: caller.portalId, appId: appOf(caller), userId: 0 })
        return params.OPTION === undefined ? phpOptions(options) : (options[params.OPTION] ?? null)
      },
    }),
    'app.option.set': method({
      scope: null,
      about: 'Writes options of the app; administrators only.',
      context: 'app',
      contextError: 'option_context',
      params: { OPTIONS: map('names and values') },
      errors: ['option_context', 'option_admin', 'options_empty', 'too_many_values'],
      async run({ params, caller }) {
        if (!caller.isAdmin) throw new PortalError('option_admin')
        await writeOptions(store, { portalId: caller.portalId, appId: appOf(caller), userId: 0 }, readOptionsParam(params.OPTIONS))
        return true
      },
    }),
    'user.option.get': method({
      scope: null,
      about: "The calling user's options of the app: all, or one by name.",
      context: 'app',
      contextError: 'option_context',
      params: { OPTION: text('name of one option') },
      errors: ['option_context'],
      async run({ params, caller }) {
        const options = await readOptions(store, { portalId: caller.portalId, appId: appOf(caller), userId: caller.userId })
        return params.OPTION === undefined ? phpOptions(options) : (options[params.OPTION] ?? null)
      },
    }),
    'user.option.set': method({
      scope: null,
      about: "Writes the calling user's options of the app.",
      context: 'app',
      contextError: 'option_context',
      params: { OPTIONS: map('names and values') },
      errors: ['option_context', 'options_empty', 'too_many_values'],
      async run({ params, caller }) {
        await writeOptions(
          store,
          { portalId: caller.portalId, appId: appOf(caller), userId: caller.userId },
          readOptionsParam(params.OPTIONS),
        )
        return true
      },
    }),
    scope: method({
      scope: null,
      about: 'Scopes that are granted to the caller; with FULL all that there are.',
      params: { FULL: flag('all scopes of the portal') },
      errors: [],
      run: ({ params, caller }) => (params.FULL === true || caller.via === 'web' ? knownScopes : [...caller.scope]),
    }),
    methods: method({
      scope: null,
      about: 'Names of the methods that the caller may use. Prefer method.get.',
      params: { FULL: flag('all methods, also those of scopes that are not granted'), SCOPE: text('only the methods of this scope') },
      errors: [],
      run({ params, caller, sent }) {
        const isEmptyScope = Object.entries(sent).some(([name, value]) => name.toUpperCase() === 'SCOPE' && value === '')
        return [...router.rows]
          .filter(([name, row]) => {
            if (isEmptyScope) return row.scope === null
            if (params.SCOPE !== undefined) return row.scope?.split('|').includes(params.SCOPE) === true
            return params.FULL === true || isVisible(name, caller)
          })
          .map(([name]) => name)
      },
    }),
    'method.get': method({
      scope: null,
      about: 'Does a method exist, and may the caller use it?',
      params: { NAME: text('name of the method') },
      errors: [],
      run({ params, caller }) {
        const name = normaliseName(params.NAME ?? '')
        return { isExisting: router.rows.has(name), isAvailable: isVisible(name, caller) }
      },
    }),
    'server.time': method({ scope: null, about: 'The time of the portal.', params: {}, errors: [], run: () => isoSeconds(clock.now()) }),
    'feature.get': method({
      scope: null,
      about: 'Is a feature of the platform there?',
      params: { CODE: text('code of the feature').required('feature_code') },
      errors: ['feature_code'],
      run: ({ params }) => ({ value: /^rest_(auth_connector|offline_extended)$/i.test(params.CODE) ? 'Y' : 'N' }),
    }),
  }
}
