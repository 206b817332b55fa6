import { infiniteQueryOptions, queryOptions, type QueryKey } from '@tanstack/react-query'
import { portal } from './portal.ts'
import type { Query } from './request.ts'
import type { EntityKind, Page } from './types.ts'

/** Query keys: the first word is what a live message names (see live-names.ts). */
export const keys = {
  session: ['session'] as QueryKey,
  openCalls: ['calls', 'open'] as QueryKey,
}

const nextOf = (page: Page<unknown>) => page.nextCursor

export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: () => portal.session(), staleTime: 5 * 60_000, retry: false })
export const openCallsQuery = queryOptions({ queryKey: keys.openCalls, queryFn: () => portal.openCalls(), staleTime: 0 })
export const telephonyQuery = queryOptions({ queryKey: ['telephony'], queryFn: () => portal.telephony() })
export const targetsQuery = queryOptions({ queryKey: ['targets'], queryFn: () => portal.targets() })
export const appsQuery = queryOptions({ queryKey: ['apps', 'list'], queryFn: () => portal.apps() })
export const incomingWebhooksQuery = queryOptions({ queryKey: ['webhooks', 'incoming'], queryFn: () => portal.incomingWebhooks() })
export const outgoingWebhooksQuery = queryOptions({ queryKey: ['webhooks', 'outgoing'], queryFn: () => portal.outgoingWebhooks() })
export const callListsQuery = queryOptions({ queryKey: ['call-lists', 'list'], queryFn: () => portal.callLists() })

export const appQuery = (id: number) => queryOptions({ queryKey: ['apps', 'one', id], queryFn: () => portal.app(id) })
export const callListQuery = (id: number) => queryOptions({ queryKey: ['call-lists', 'one', id], queryFn: () => portal.callList(id) })
export const deliveryQuery = (id: number) => queryOptions({ queryKey: ['deliveries', 'one', id], queryFn: () => portal.delivery(id) })
export const traceQuery = (id: number) => queryOptions({ queryKey: ['traces', id], queryFn: () => portal.trace(id) })
export const cardQuery = (kind: EntityKind, id: number) =>
  queryOptions({ queryKey: ['card', kind, id], queryFn: () => portal.card(kind, id) })

export const rowsQuery = (kind: EntityKind, search: string) =>
  infiniteQueryOptions({
    queryKey: ['rows', kind, { search }],
    queryFn: ({ pageParam }) => portal.rows(kind, { search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

export const timelineQuery = (kind: EntityKind, id: number) =>
  infiniteQueryOptions({
    queryKey: ['timeline', kind, id],
    queryFn: ({ pageParam }) => portal.timeline(kind, id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

export const callsQuery = (filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'history', filter],
    queryFn: ({ pageParam }) => portal.calls({ ...filter, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

export const deliveriesQuery = (filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'list', filter],
    queryFn: ({ pageParam }) => portal.deliveries({ ...filter, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

export const usersQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['users', { search }],
    queryFn: ({ pageParam }) => portal.users({ search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })
