import { Type } from 'typebox'
import type { AppInput as RegistryInput, Registry } from '../../apps/registry.ts'
import { readScope } from '../../apps/scopes.ts'
import type { Bindings } from '../../events/bindings.ts'
import type { Row } from '../../store/tables.ts'
import { presentHandler } from './handlers.ts'
import { readId } from './path-id.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { App, AppCard, AppInput, AppSecret } from './schemas.ts'

/** What the rows of apps need. */
export interface AppApiParts {
  readonly registry: Registry
  readonly bindings: Bindings
}

function present(app: Row<'app'>): App {
  return {
    id: app.id,
    title: app.title,
    kind: app.kind,
    clientId: app.client_id,
    scope: readScope(app),
    url: app.url,
    installUrl: app.install_url,
    installed: app.installed === 1,
    installProblem: app.install_problem,
    version: app.version,
    unknownEntity: app.unknown_entity,
    lastSeenAt: app.last_seen_at,
    createdAt: app.created_at,
  }
}

const PartialInput = Type.Partial(AppInput)

/** `/apps`. Everybody sees which apps there are; administrators change them. */
export function appRoutes(parts: AppApiParts): Route[] {
  return [...readRoutes(parts), ...writeRoutes(parts), ...installRoutes(parts)]
}

function appId(params: Readonly<Record<string, string>>): number {
  return readId(params['id'], 'app_not_found')
}

function readRoutes({ registry, bindings }: AppApiParts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/apps',
      about: 'Local apps.',
      access: 'user',
      answers: { 200: Type.Object({ items: Type.Array(App) }) },
      run: async ({ caller }) => ({ items: (await registry.all(caller.portalId)).map(present) }),
    }),
    route({
      method: 'GET',
      path: '/apps/:id',
      about: 'An app with its handlers.',
      access: 'admin',
      answers: { 200: AppCard },
      async run({ caller, params }) {
        const app = await registry.find(caller.portalId, appId(params))
        return {
          ...present(app),
          handlers: bindings.ofOwner(caller.portalId, `app:${app.id}`).map(presentHandler),
          applicationToken: app.application_token,
        }
      },
    }),
  ]
}

function writeRoutes({ registry }: AppApiParts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/apps',
      about: 'Adds an app. Its secret is shown in this answer only.',
      access: 'admin',
      body: AppInput,
      answers: { 201: AppSecret },
      async run({ caller, body }) {
        const { app, clientSecret } = await registry.add(caller, body as RegistryInput)
        return new ApiAnswer(201, { app: present(app), clientSecret })
      },
    }),
    route({
      method: 'PATCH',
      path: '/apps/:id',
      about: 'Changes an app.',
      access: 'admin',
      body: PartialInput,
      answers: { 200: App },
      run: async ({ caller, params, body }) => present(await registry.change(caller, appId(params), body as Partial<RegistryInput>)),
    }),
    route({
      method: 'DELETE',
      path: '/apps/:id',
      about: 'Uninstalls an app: its handlers, lines, options and tokens go.',
      access: 'admin',
      answers: { 204: null },
      async run({ caller, params }) {
        await registry.uninstall(caller, appId(params))
        return null
      },
    }),
    route({
      method: 'POST',
      path: '/apps/:id/secret',
      about: 'Makes a new secret; the old one is dead. Shown in this answer only.',
      access: 'admin',
      answers: { 200: AppSecret },
      async run({ caller, params }) {
        const { app, clientSecret } = await registry.rotateSecret(caller, appId(params))
        return { app: present(app), clientSecret }
      },
    }),
  ]
}

function installRoutes({ registry }: AppApiParts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/apps/:id/install-finish',
      about: 'Ends the installation, by the button or for the install page.',
      access: 'admin',
      answers: { 200: App },
      run: async ({ caller, params }) => present(await registry.finishInstall(caller, appId(params))),
    }),
  ]
}
