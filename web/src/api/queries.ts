import { infiniteQueryOptions, queryOptions, type QueryKey } from '@tanstack/react-query'
import { portal } from './portal.ts'
import type { Query } from './request.ts'
import type { EntityKind, Page, PlaceCode } from './types.ts'

/** Query keys: the first word is what a live message names (see live-names.ts). */
export const keys = {
  session: ['session'] as QueryKey,
  openCalls: ['calls', 'open'] as QueryKey,
}

const nextOf = (page: Page<unknown>) => page.nextCursor

/** Who is signed in; fails with 401 when nobody is. */
export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: () => portal.session(), staleTime: 5 * 60_000, retry: false })
/** The call cards of the person. */
export const openCallsQuery = queryOptions({ queryKey: keys.openCalls, queryFn: () => portal.openCalls(), staleTime: 0 })
/** Whether the person can have a phone in the browser. */
export const phoneOfferQuery = queryOptions({ queryKey: ['telephony', 'phone'], queryFn: () => portal.phoneOffer() })
/** The telephony settings. */
export const telephonyQuery = queryOptions({ queryKey: ['telephony'], queryFn: () => portal.telephony() })
/** What a click can go to. */
export const targetsQuery = queryOptions({ queryKey: ['targets'], queryFn: () => portal.targets() })
/** All applications. */
export const appsQuery = queryOptions({ queryKey: ['apps', 'list'], queryFn: () => portal.apps() })
/** Incoming webhooks. */
export const incomingWebhooksQuery = queryOptions({ queryKey: ['webhooks', 'incoming'], queryFn: () => portal.incomingWebhooks() })
/** Outgoing webhooks. */
export const outgoingWebhooksQuery = queryOptions({ queryKey: ['webhooks', 'outgoing'], queryFn: () => portal.outgoingWebhooks() })
/** All callback forms, with what can be chosen for them. */
export const callbackFormsQuery = queryOptions({ queryKey: ['callback-forms', 'list'], queryFn: () => portal.callbackForms() })
/** All handlers. */
export const handlersQuery = queryOptions({ queryKey: ['handlers', 'list'], queryFn: () => portal.handlers() })
/** All call lists. */
export const callListsQuery = queryOptions({ queryKey: ['call-lists', 'list'], queryFn: () => portal.callLists() })

/** Pages of apps in a place, as the person sees them. */
export const placementsQuery = (code: PlaceCode) => queryOptions({ queryKey: ['placements', code], queryFn: () => portal.placements(code) })
/** One application with its handlers. */
export const appQuery = (id: number) => queryOptions({ queryKey: ['apps', 'one', id], queryFn: () => portal.app(id) })
/** What a phone app finds at its PBX and at the phone of an extension; looked at again while a page shows it. */
export const appReportQuery = (id: number, extension: string) =>
  queryOptions({
    queryKey: ['app-report', id, extension],
    queryFn: () => portal.appReport(id, extension),
    refetchInterval: 3_000,
    staleTime: 0,
  })
/** One handler with what became of its deliveries. */
export const handlerQuery = (id: number) => queryOptions({ queryKey: ['handlers', 'one', id], queryFn: () => portal.handler(id) })
/** The secret that signs what a handler gets. */
export const handlerSecretQuery = (id: number) =>
  queryOptions({ queryKey: ['handlers', 'secret', id], queryFn: () => portal.handlerSecret(id) })
/** What sending all that match again would do; counted anew each time. */
export const replayPlanQuery = (filter: Query) =>
  queryOptions({ queryKey: ['replay-plan', filter], queryFn: () => portal.replayPlan(filter), staleTime: 0, gcTime: 0 })
/** One call list with its participants. */
export const callListQuery = (id: number) => queryOptions({ queryKey: ['call-lists', 'one', id], queryFn: () => portal.callList(id) })
/** One delivery with its attempts. */
export const deliveryQuery = (id: number) => queryOptions({ queryKey: ['deliveries', 'one', id], queryFn: () => portal.delivery(id) })
/** From one click to its hang-up. */
export const traceQuery = (id: number) => queryOptions({ queryKey: ['traces', id], queryFn: () => portal.trace(id) })
/** One contact, company or lead. */
export const cardQuery = (kind: EntityKind, id: number) =>
  queryOptions({ queryKey: ['card', kind, id], queryFn: () => portal.card(kind, id) })

/** A list of one kind, page after page. */
export const rowsQuery = (kind: EntityKind, search: string) =>
  infiniteQueryOptions({
    queryKey: ['rows', kind, { search }],
    queryFn: ({ pageParam }) => portal.rows(kind, { search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

/** The timeline of a card, newest first. */
export const timelineQuery = (kind: EntityKind, id: number) =>
  infiniteQueryOptions({
    queryKey: ['timeline', kind, id],
    queryFn: ({ pageParam }) => portal.timeline(kind, id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

/** The call history, newest first. */
export const callsQuery = (filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'history', filter],
    queryFn: ({ pageParam }) => portal.calls({ ...filter, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

/** One call. */
export const callQuery = (callId: string) => queryOptions({ queryKey: ['calls', 'one', callId], queryFn: () => portal.call(callId) })
/** What was said in a call. */
export const transcriptQuery = (callId: string) =>
  queryOptions({ queryKey: ['calls', 'transcript', callId], queryFn: () => portal.transcript(callId) })

/** The delivery log, newest first. */
export const deliveriesQuery = (filter: Query) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'list', filter],
    queryFn: ({ pageParam }) => portal.deliveries({ ...filter, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

/** The bell: notes to the person, newest first; every page says how many are unread. */
export const notesQuery = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ pageParam }) => portal.notes(pageParam),
  initialPageParam: null as string | null,
  getNextPageParam: nextOf,
})

/** How many missed calls the person has not looked at. */
export const missedCallsQuery = queryOptions({ queryKey: ['missed-calls'], queryFn: () => portal.missedCalls() })

/** The compatibility switches. */
export const switchesQuery = queryOptions({ queryKey: ['switches'], queryFn: () => portal.switches() })
/** How long data is kept, and what the last run removed. */
export const retentionQuery = queryOptions({ queryKey: ['retention'], queryFn: () => portal.retention() })
/** The wire profiles, and the events that they can be compared for. */
export const profilesQuery = queryOptions({ queryKey: ['profiles', 'all'], queryFn: () => portal.profiles() })
/** Two wire profiles of an event. */
export const profileDiffQuery = (choice: { first: string; second: string; event: string }) =>
  queryOptions({ queryKey: ['profiles', 'diff', choice], queryFn: () => portal.profileDiff(choice), placeholderData: (before) => before })
/** Requests of visitors, newest first. */
export const callbackRequestsQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ['callback-requests', id],
    queryFn: ({ pageParam }) => portal.callbackRequests(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })

/** Employees, page after page. */
export const usersQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['users', { search }],
    queryFn: ({ pageParam }) => portal.users({ search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: nextOf,
  })
