import { ownerOf, type Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { flag, integer, map, text } from '../rest/params.ts'
import type { LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Bindings } from './bindings.ts'
import type { EventDeclaration } from './event.ts'
import { appTest } from './events.ts'
import type { Outbox } from './outbox.ts'

/** What event.* needs. */
export interface EventMethodsParts {
  readonly store: Store
  readonly bindings: Bindings
  readonly outbox: Outbox
  /** every declared event by name */
  readonly catalogue: ReadonlyMap<string, EventDeclaration<never>>
}

const bindParams = {
  EVENT: text('name of the event, in any case').required(),
  HANDLER: text('http or https address that gets the POST'),
  AUTH_TYPE: integer('user whose tokens are sent; 0 or empty: the acting user'),
  EVENT_TYPE: text('online (default) or offline'),
  AUTH_CONNECTOR: text('name of a queue of its own; REST calls that send it put nothing there'),
  OPTIONS: map('minTimeout for ONOFFLINEEVENT'),
}

function isGranted(declaration: EventDeclaration<never>, caller: Caller): boolean {
  return declaration.scope === null || caller.scope.has(declaration.scope)
}

function readUrl(address: string | undefined): string {
  if (address === undefined) throw new PortalError('argument', { argument: 'HANDLER' })
  if (address.length > 2048 || !URL.canParse(address) || !/^https?:\/\/[^/?#@]+([/?#]|$)/i.test(address))
    throw new PortalError('handler_url', { argument: 'HANDLER' })
  return address
}

/** An AUTH_TYPE that is empty means 0, one that is left out means everything (contract 3.2): both read as "not given". */
function isEmptyAuthType(sent: LooseMap): boolean {
  return Object.entries(sent).some(([name, value]) => name.toLowerCase() === 'auth_type' && value === '')
}

/** event.bind, event.unbind, event.get, events, event.test (contract 3). */
export function eventMethods({ store, bindings, outbox, catalogue }: EventMethodsParts): Methods {
  return {
    'event.bind': method({
      scope: null,
      about: 'Binds a handler to an event.',
      context: 'app',
      params: bindParams,
      errors: ['event_not_found', 'handler_bound', 'handler_url', 'bind_for_other', 'bind_offline', 'argument'],
      async run({ params, caller }) {
        const name = params.EVENT.toUpperCase()
        const declaration = catalogue.get(name)
        if (!declaration || !isGranted(declaration, caller)) throw new PortalError('event_not_found')
        const kind = isOffline(params.EVENT_TYPE) ? 'offline' : 'online'
        if (kind === 'offline' && !caller.isAdmin) throw new PortalError('bind_offline')
        const url = kind === 'offline' ? '' : readUrl(params.HANDLER)
        const wished = params.AUTH_TYPE ?? 0
        if (!caller.isAdmin && wished !== 0 && wished !== caller.userId) throw new PortalError('bind_for_other')
        // without rights of an admin a handler always carries its own user's tokens (contract 13.21)
        const authUserId = caller.isAdmin ? wished : caller.userId
        const binding = {
          portalId: caller.portalId,
          owner: ownerOf(caller),
          event: name,
          url,
          authUserId,
          kind,
          connector: params.AUTH_CONNECTOR?.slice(0, 255) ?? '',
          options: params.OPTIONS ?? {},
        } as const
        await store.transaction((tx) => bindings.bind(tx, binding))
        await bindings.changed()
        return true
      },
    }),
    'event.unbind': method({
      scope: null,
      about: 'Removes handlers; what is left out matches everything.',
      context: 'app',
      params: {
        EVENT: text('name of the event'),
        HANDLER: text('address'),
        AUTH_TYPE: integer('user of the handler; 0 or empty: handlers without one'),
        EVENT_TYPE: text('online or offline'),
      },
      errors: ['unbind_for_other', 'unbind_offline'],
      async run({ params, caller, sent }) {
        if (isOffline(params.EVENT_TYPE) && !caller.isAdmin) throw new PortalError('unbind_offline')
        // what is left out matches everything, but only admins have anything to do with offline handlers
        const kind = isOffline(params.EVENT_TYPE) ? 'offline' : params.EVENT_TYPE === undefined && caller.isAdmin ? undefined : 'online'
        if (!caller.isAdmin && params.AUTH_TYPE !== undefined && params.AUTH_TYPE !== caller.userId)
          throw new PortalError('unbind_for_other')
        const authUserId = caller.isAdmin ? (isEmptyAuthType(sent) ? 0 : params.AUTH_TYPE) : caller.userId
        const count = await store.transaction((tx) =>
          bindings.unbind(tx, {
            portalId: caller.portalId,
            owner: ownerOf(caller),
            ...(kind !== undefined && { kind }),
            ...(params.EVENT !== undefined && { event: params.EVENT.toUpperCase() }),
            // offline handlers have no address; clients name the one that they bound with all the same
            ...(params.HANDLER !== undefined && kind !== 'offline' && { url: params.HANDLER }),
            ...(authUserId !== undefined && { authUserId }),
          }),
        )
        await bindings.changed()
        return { count }
      },
    }),
    'event.get': method({
      scope: null,
      about: "The app's handlers; who is no admin sees only their own.",
      context: 'app',
      params: {},
      errors: [],
      run: ({ caller }) =>
        bindings
          .ofOwner(caller.portalId, ownerOf(caller))
          .filter((handler) => caller.isAdmin || handler.auth_user_id === caller.userId)
          .map((handler) => ({
            event: handler.event,
            handler: handler.url,
            auth_type: String(handler.auth_user_id),
            offline: handler.kind === 'offline' ? 1 : 0,
          })),
    }),
    events: method({
      scope: null,
      about: 'Names of the events that can be bound.',
      context: 'app',
      params: { SCOPE: text('only the events of this scope'), FULL: flag('all events, also those of scopes that are not granted') },
      errors: [],
      run: ({ params, caller }) =>
        [...catalogue.values()]
          .filter((one) =>
            params.SCOPE !== undefined ? one.scope === params.SCOPE || one.scope === null : params.FULL === true || isGranted(one, caller),
          )
          .map((one) => one.name),
    }),
    'event.test': method({
      scope: null,
      about: 'Raises ONAPPTEST at the handlers that the app bound to it.',
      context: 'app',
      params: {},
      errors: [],
      async run({ sent, caller }) {
        const { auth: _, ...query } = sent
        await store.transaction(
          (tx) =>
            void outbox.emit(
              tx,
              appTest,
              { query, language: 'en' },
              { portalId: caller.portalId, userId: caller.userId, only: ownerOf(caller) },
            ),
        )
        return 1
      },
    }),
  }
}

function isOffline(eventType: string | undefined): boolean {
  return eventType?.toLowerCase() === 'offline'
}
