import { randomBytes } from 'node:crypto'
import { PortalError } from '../errors.ts'
import type { Loose } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { endpointsOf, type OAuth } from './oauth.ts'
import { readOptions, writeOptions } from './options.ts'
import type { ShownPlacement } from './placements.ts'
import type { Registry } from './registry.ts'
import { accessSeconds, type Tokens } from './tokens.ts'

/** What an app may act with for an hour, and get new ones by. */
export interface FrameTokens {
  readonly AUTH_ID: string
  readonly REFRESH_ID: string
  /** seconds, as text */
  readonly AUTH_EXPIRES: string
}

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

/** How a page is opened. */
export interface FrameWish {
  /** joined to PLACEMENT_OPTIONS */
  readonly options?: Readonly<Record<string, unknown>>
  /** path of the portal's page around it */
  readonly uri?: string
}

interface Render extends FrameWish {
  readonly app: Row<'app'>
  readonly address: string
  readonly placement: string
  readonly isInstall: boolean
}

/** Opens apps in frames: fresh tokens of the person who looks at it. */
export function createFrames({ store, tokens, oauth, registry, publicUrl }: Parts) {
  const endpoints = endpointsOf(publicUrl)

  /** An app may keep the token of its installation for good and use it months later. */
  const issue = async (user: Row<'user'>, app: Row<'app'>, isInstall = false): Promise<FrameTokens> => {
    const grant = { portalId: user.portal_id, appId: app.id, userId: user.id, epoch: app.grant_epoch }
    const refresh = await store.transaction((tx) => oauth.grantRefresh(tx, isInstall ? grant : { ...grant, purpose: 'frame' }))
    return { AUTH_ID: tokens.issue(grant).token, REFRESH_ID: refresh, AUTH_EXPIRES: String(accessSeconds) }
  }

  const render = async (user: Row<'user'>, { app, address, placement, isInstall, options = {}, uri = '/' }: Render): Promise<Frame> => {
    const portal = await store.read.selectFrom('portal').select(['member_id']).where('id', '=', user.portal_id).executeTakeFirstOrThrow()
    const issued = await issue(user, app, isInstall)
    const appSid = randomBytes(16).toString('hex')
    const protocol = publicUrl.startsWith('https:') ? 1 : 0
    const placementOptions = { ...options, URI: uri }
    return {
      action: frameAddress(address, { DOMAIN: endpoints.domain, PROTOCOL: String(protocol), LANG: user.language, APP_SID: appSid }),
      fields: {
        AUTH_ID: issued.AUTH_ID,
        AUTH_EXPIRES: issued.AUTH_EXPIRES,
        REFRESH_ID: issued.REFRESH_ID,
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
        ...issued,
        DOMAIN: endpoints.domain,
        PROTOCOL: protocol,
        PATH: '/rest',
        LANG: user.language,
        MEMBER_ID: portal.member_id,
        IS_ADMIN: user.is_admin === 1,
        APP_OPTIONS: await readOptions(store, { portalId: user.portal_id, appId: app.id, userId: 0 }),
        USER_OPTIONS: await readOptions(store, { portalId: user.portal_id, appId: app.id, userId: user.id }),
        PLACEMENT: placement,
        PLACEMENT_OPTIONS: placementOptions,
        INSTALL: isInstall,
        FIRST_RUN: isInstall,
      },
    }
  }

  /** An app that this person may see now: its install page is for administrators (contract 7.3). */
  const findSeen = async (user: Row<'user'>, appId: number): Promise<Row<'app'>> => {
    const app = await registry.find(user.portal_id, appId)
    if (app.installed === 0 && user.is_admin === 0) throw new PortalError('app_not_installed', { title: app.title })
    return app
  }

  return {
    /** The app's own page, or its install page until the installation is finished. */
    async open(user: Row<'user'>, appId: number, wish: FrameWish = {}): Promise<Frame> {
      const app = await findSeen(user, appId)
      if (app.kind !== 'ui') throw new PortalError('app_without_page', { title: app.title })
      const isInstall = app.installed === 0
      const address = isInstall && app.install_url ? app.install_url : app.url
      return render(user, { app, address, placement: 'DEFAULT', isInstall, ...wish })
    },

    /** A page of an app in a place; the caller has made sure that it is shown to this person. */
    async openPlacement(user: Row<'user'>, { row }: ShownPlacement, wish: FrameWish = {}): Promise<Frame> {
      const app = await registry.find(user.portal_id, row.app_id)
      return render(user, { app, address: row.handler, placement: row.code, isInstall: false, ...wish })
    },

    /** New tokens for a page that is open: the answer to `refreshAuth`. */
    renew: async (user: Row<'user'>, appId: number): Promise<FrameTokens> => issue(user, await findSeen(user, appId)),

    /** Writes an option for a page that is open; those of the app need an administrator, as `app.option.set` does. */
    async setOption(user: Row<'user'>, appId: number, { name, value, own }: { name: string; value: Loose; own: boolean }): Promise<void> {
      const app = await findSeen(user, appId)
      if (!own && user.is_admin === 0) throw new PortalError('option_admin')
      await writeOptions(store, { portalId: user.portal_id, appId: app.id, userId: own ? user.id : 0 }, { [name]: value })
    },

    /** Is this the origin of a page that the portal shows in a frame? */
    async isFramed(origin: string): Promise<boolean> {
      const apps = await store.read
        .selectFrom('app')
        .select(['url', 'install_url'])
        .where('kind', '=', 'ui')
        .where('deleted_at', 'is', null)
        .execute()
      const placements = await store.read.selectFrom('placement').select('handler').execute()
      const addresses = [...apps.flatMap((app) => [app.url, app.install_url]), ...placements.map((row) => row.handler)]
      return addresses.some((address) => URL.canParse(address) && new URL(address).origin === origin)
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
