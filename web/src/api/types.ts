import type { Call, CallListCard, Handler, Telephony, Trace } from './schema.ts'

/** The shapes of `/v1` are generated; the parts of them that the web names by itself stand here. */
export type * from './schema.ts'

/** One page of a list; `nextCursor` is null on the last page. */
export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
  total?: number
}

/** A language of the web. */
export type Language = 'en' | 'ru'

/** Who began a call. */
export type CallDirection = Call['direction']

/** What an administrator writes of an employee; for a new one `email` is a must. */
export interface UserInput {
  name?: string
  lastName?: string
  email?: string
  isAdmin?: boolean
  isActive?: boolean
  extension?: string | null
  target?: string | null
  workPosition?: string
  password?: string
}

/** An external number of a phone app. */
export type Line = Telephony['lines'][number]

/** What an administrator writes of the telephony settings. */
export type TelephonyInput = Partial<Pick<Telephony, 'portalTarget' | 'allowUserTargets' | 'country' | 'allowServiceCodes'>>

/** What an administrator writes of a handler. */
export type HandlerInput = Partial<Pick<Handler, 'profile' | 'retries' | 'dedupes' | 'slots' | 'perMinute' | 'enabled'>>

/** What is to be sent again: what a plan has counted. */
export interface ReplayManyInput {
  /** as it stands in the address of the log; the portal checks it */
  filter: object
  upToId: number
  expectedCount: number
  dials: 'leave_out' | 'place'
}

/** A new incoming webhook. */
export interface IncomingWebhookInput {
  title: string
  scope: string[]
}

/** A new outgoing webhook. */
export interface OutgoingWebhookInput {
  title: string
  url: string
  events: string[]
}

/** One step of a trace. */
export type TraceStep = Trace['steps'][number]

/** One participant of a call list. */
export type CallListItem = CallListCard['items'][number]

/** Where pages of apps may stand (contract 8.6). */
export type PlaceCode = 'CALL_CARD' | 'TELEPHONY_ANALYTICS_MENU' | 'PAGE_BACKGROUND_WORKER'

/** How a page of an app is opened. */
export interface FrameWish {
  /** joined to PLACEMENT_OPTIONS */
  options?: Record<string, unknown>
  /** path of our page around it */
  uri?: string
}
