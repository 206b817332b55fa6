/**
 * The shapes of the portal's own JSON API (`/v1`), as `portal/src/http/api/schemas.ts` declares them.
 * All times are milliseconds since 1970 UTC.
 */

/** One page of a list; `nextCursor` is null on the last page. */
export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
  total?: number
}

/** RFC 9457 refusal with a `code` of the portal's error table. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
}

export type EntityKind = 'contact' | 'company' | 'lead'
export type ValueKind = 'WORK' | 'MOBILE' | 'FAX' | 'HOME' | 'PAGER' | 'MAILING' | 'OTHER'
export type Language = 'en' | 'ru'

export interface Phone {
  id: number
  /** as typed */
  value: string
  kind: ValueKind
  /** as people in that country write it */
  display: string
  /** E.164, or the typed text when it cannot be parsed */
  international: string
}

export interface Email {
  id: number
  value: string
  kind: ValueKind
}

export interface ValueInput {
  id?: number
  value: string
  kind?: ValueKind
}

export interface Session {
  user: {
    id: number
    name: string
    email: string
    isAdmin: boolean
    language: Language
    extension: string | null
    /** own outgoing target, see Target.id */
    target: string | null
  }
  portal: { title: string; country: string; publicUrl: string }
}

export interface User {
  id: number
  name: string
  lastName: string
  email: string
  isAdmin: boolean
  isActive: boolean
  extension: string | null
  target: string | null
  workPosition: string
}

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

export interface EntityRow {
  kind: EntityKind
  id: number
  title: string
  /** company of a contact, person of a lead, or empty */
  subtitle: string
  phones: Phone[]
  emails: Email[]
  responsible: { id: number; name: string } | null
  createdAt: number
  updatedAt: number
}

export interface EntityCard extends EntityRow {
  name: string
  secondName: string
  lastName: string
  position: string
  company: { id: number; title: string } | null
  contacts: { id: number; title: string; phones: Phone[] }[]
  /** leads: NEW, IN_PROCESS, CONVERTED, JUNK */
  statusId: string
  sourceId: string
  comments: string
}

export interface EntityInput {
  title?: string
  name?: string
  secondName?: string
  lastName?: string
  position?: string
  companyId?: number | null
  responsibleId?: number
  statusId?: string
  sourceId?: string
  comments?: string
  /** replaces the whole list; keep an `id` to change a number in place */
  phones?: ValueInput[]
  emails?: ValueInput[]
}

export type DeliveryState = 'pending' | 'sending' | 'delivered' | 'unconfirmed' | 'retrying' | 'failed' | 'expired' | 'skipped' | 'canceled'
export type CallState = 'registered' | 'announced' | 'ringing_agent' | 'ringing_client' | 'talking' | 'finished'
export type CallDirection = 'outgoing' | 'incoming' | 'callback' | 'info'

export interface Call {
  callId: string
  traceId: number | null
  direction: CallDirection
  number: string
  display: string
  international: string
  entity: { kind: EntityKind; id: number; title: string } | null
  userId: number
  userName: string
  state: CallState
  /** open for 30 minutes with no word from its app */
  noReport: boolean
  /** finished provisionally by the portal; a later report corrects it */
  closedByPortal: boolean
  delivery: {
    id: number
    state: DeliveryState
    reason: string | null
    handlerTitle: string
    /** the handler's own words */
    refusal: string | null
  } | null
  /** name of the app, line or webhook */
  target: string | null
  line: string | null
  callListId: number | null
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  durationSeconds: number
  statusCode: string | null
  failedReason: string
  recording: { id: number; url: string; durationSeconds: number | null; filename: string } | null
}

export interface TimelineEntry {
  id: number
  kind: 'call' | 'note' | 'created'
  at: number
  subject: string
  text: string
  author: { id: number; name: string } | null
  call: Call | null
}

export interface ClickInput {
  number: string
  entity?: { kind: EntityKind; id: number } | null
  callListId?: number | null
  device?: 'desktop' | 'mobile'
}

export interface ClickAnswer {
  call: Call
  repeated: boolean
}

/** 409: nothing was called; `code` is no_target, not_installed, no_handler or handler_disabled. */
export interface ClickSkipped extends Problem {
  /** what the admin must do */
  adminDetail: string
  traceId: number | null
}

export interface Explanation {
  number: string
  phoneNumber: string
  international: string
  extension: string
  display: string
  target: { id: string; title: string; from: 'user' | 'portal' } | null
  handlers: { id: number; url: string; profile: string }[]
  verdict: { ok: boolean; code: string; text: string; adminText: string }
  warnings: string[]
}

/** Something a click can go to; `id` is `app:3`, `line:7` or `webhook:2`. */
export interface Target {
  id: string
  kind: 'app' | 'line' | 'webhook'
  title: string
  number: string | null
  ready: boolean
  problem: { code: string; text: string } | null
}

export interface Line {
  id: number
  number: string
  name: string
  crmAutoCreate: boolean
  ownerTitle: string
  appId: number | null
}

export interface Telephony {
  portalTarget: string | null
  allowUserTargets: boolean
  country: string
  /** numbers that begin with * or # */
  allowServiceCodes: boolean
  targets: Target[]
  lines: Line[]
  warnings: string[]
}

export type TelephonyInput = Partial<Pick<Telephony, 'portalTarget' | 'allowUserTargets' | 'country' | 'allowServiceCodes'>>

export interface Handler {
  id: number
  event: string
  url: string
  kind: 'online' | 'offline'
  authUserId: number
  profile: 'current' | '2024'
  retries: boolean
  dedupes: boolean
  enabled: boolean
  problem: string | null
  ownerTitle: string
}

export type HandlerInput = Partial<Pick<Handler, 'profile' | 'retries' | 'dedupes' | 'enabled'>>

export interface App {
  id: number
  title: string
  kind: 'api' | 'ui'
  clientId: string
  scope: string[]
  /** main page of an app with UI; redirect address of the code flow */
  url: string
  /** gets the install callback (api) or is the install page (ui) */
  installUrl: string
  installed: boolean
  /** why the install callback failed last */
  installProblem: string | null
  lastSeenAt: number | null
  createdAt: number
}

export interface AppInput {
  title: string
  kind: 'api' | 'ui'
  url?: string
  installUrl?: string
  scope: string[]
}

/** The only time the secret is shown. */
export interface AppSecret {
  app: App
  clientSecret: string
}

export interface AppCard extends App {
  handlers: Handler[]
  applicationToken: string
}

/** What the web posts into the app's frame. */
export interface Frame {
  action: string
  fields: Record<string, string>
  appSid: string
  install: boolean
  initData: Record<string, unknown>
}

export interface IncomingWebhook {
  id: number
  title: string
  userId: number
  userName: string
  scope: string[]
  lastUsedAt: number | null
  createdAt: number
  /** only in the answer of POST: it holds the secret */
  url?: string
}

export interface IncomingWebhookInput {
  title: string
  scope: string[]
}

export interface OutgoingWebhook {
  id: number
  title: string
  url: string
  events: string[]
  token: string
  handlers: Handler[]
  createdAt: number
}

export interface OutgoingWebhookInput {
  title: string
  url: string
  events: string[]
}

export interface Delivery {
  id: number
  event: string
  deliveryClass: 'dial' | 'notice'
  state: DeliveryState
  reason: string | null
  handlerId: number
  handlerTitle: string
  url: string
  callId: string | null
  attempts: number
  createdAt: number
  dueAt: number | null
  deadlineAt: number | null
  settledAt: number | null
  replayOf: number | null
}

export interface Attempt {
  number: number
  startedAt: number
  durationMs: number
  connectMs: number | null
  firstByteMs: number | null
  outcome: string
  reason: string | null
  status: number | null
  error: string | null
  /** tokens masked */
  requestBody: string
  requestHeaders: Record<string, string>
  /** first 4 KiB */
  responseBody: string | null
}

export interface DeliveryCard extends Delivery {
  attemptLog: Attempt[]
}

export interface TraceStep {
  at: number
  kind: string
  text: string
  detail: Record<string, unknown>
}

export interface Trace {
  id: number
  callId: string | null
  /** in plain words */
  verdict: string
  steps: TraceStep[]
}

export interface CallList {
  id: number
  title: string
  entityKind: 'contact' | 'company'
  total: number
  done: number
  createdAt: number
  createdByName: string
}

export type CallListStatus = 'IN_WORK' | 'SUCCESS' | 'WRONG_NUMBER' | 'STOP_CALLING'

export interface CallListItem {
  id: number
  status: CallListStatus
  entity: EntityRow
  lastCall: Call | null
}

export interface CallListCard extends CallList {
  items: CallListItem[]
}

export interface CallListInput {
  title?: string
  entityKind: 'contact' | 'company'
  entityIds: number[]
}
