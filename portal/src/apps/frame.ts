import { randomBytes } from 'node:crypto'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { endpointsOf, type OAuth } from './oauth.ts'
import { readOptions } from './options.ts'
import type { Registry } from './registry.ts'
import { accessSeconds, type Tokens } from './tokens.ts'

/** What the web posts into an app's frame, and what it answers to `getInitData` (contract 7.2). */
export interface Frame {
  /** address with DOMAIN, PROTOCOL, LANG and APP_SID in its query */
  readonly action: string
  /** fields of the form */
  readonly fields: Readonly<Record<string, string>>
  readonly appSid: string
  /** the install page is shown */
  readonly install: boolean
  readonly initData: Readonly<Record<string, unknown>>
}

interface Parts {
  readonly store: Store
  readonly tokens: Tokens
  readonly oauth: OAuth
  readonly registry: Pick<Registry, 'find'>
  readonly publicUrl: string
}

/** Opens apps in frames: fresh tokens of the person who looks at it. */
export function createFrames({ store, tokens, oauth, registry, publicUrl }: Parts) {
  const endpoints = endpointsOf(publicUrl)

  return {
    /** Only an administrator sees the install page; others are refused until it has finished (contract 7.3). */
    async open(
      user: Row<'user'>,
      appId: number,
      { placement = 'DEFAULT', options = {} }: { placement?: string; options?: Readonly<Record<string, unknown>> } = {},
    ): Promise<Frame> {
      const app = await registry.find(user.portal_id, appId)
      if (app.kind !== 'ui') throw new PortalError('app_without_page', { title: app.title })
      const isInstall = app.installed === 0
      if (isInstall && user.is_admin === 0) throw new PortalError('app_not_installed', { title: app.title })
      const portal = await store.read.selectFrom('portal').select(['member_id']).where('id', '=', user.portal_id).executeTakeFirstOrThrow()
      const grant = { portalId: user.portal_id, appId, userId: user.id, epoch: app.grant_epoch }
      const access = tokens.issue(grant).token
      const refresh = await store.transaction((tx) => oauth.grantRefresh(tx, grant))
      const appSid = randomBytes(16).toString('hex')
      const protocol = publicUrl.startsWith('https:') ? 1 : 0
      const placementOptions = { ...options, URI: '/' }
      return {
        action: frameAddress(isInstall && app.install_url ? app.install_url : app.url, {
          DOMAIN: endpoints.domain,
          PROTOCOL: String(protocol),
          LANG: user.language,
          APP_SID: appSid,
        }),
        fields: {
          AUTH_ID: access,
          AUTH_EXPIRES: String(accessSeconds),
          REFRESH_ID: refresh,
          SERVER_ENDPOINT: endpoints.serverEndpoint,
          APPLICATION_TOKEN: app.application_token,
          APPLICATION_SCOPE: app.scope,
          member_id: portal.member_id,
          status: 'L',
          PLACEMENT: placement,
          PLACEMENT_OPTIONS: JSON.stringify(placementOptions),
        },
        appSid,
        install: isInstall,
        initData: {
          AUTH_ID: access,
          REFRESH_ID: refresh,
          AUTH_EXPIRES: String(accessSeconds),
          DOMAIN: endpoints.domain,
          PROTOCOL: protocol,
          PATH: '/rest',
          LANG: user.language,
          MEMBER_ID: portal.member_id,
          IS_ADMIN: user.is_admin === 1,
          APP_OPTIONS: await readOptions(store, { portalId: user.portal_id, appId, userId: 0 }),
          USER_OPTIONS: await readOptions(store, { portalId: user.portal_id, appId, userId: user.id }),
          PLACEMENT: placement,
          PLACEMENT_OPTIONS: placementOptions,
          INSTALL: isInstall,
          FIRST_RUN: isInstall,
        },
      }
    },

    /** Origins of the pages that the portal shows in frames: what its own policy must allow. */
    async origins(): Promise<string[]> {
      const apps = await store.read
        .selectFrom('app')
        .select(['url', 'install_url'])
        .where('kind', '=', 'ui')
        .where('deleted_at', 'is', null)
        .execute()
      const addresses = apps.flatMap((app) => [app.url, app.install_url]).filter((address) => URL.canParse(address))
      return [...new Set(addresses.map((address) => new URL(address).origin))]
    },
  }
}

/** Opens frames. */
export type Frames = ReturnType<typeof createFrames>

function frameAddress(address: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
