/** The own API of the portal (`/v1`): its shapes and operations. Made by npm run generate from portal/src/http/api/schemas.ts and the routes; do not edit. */

/** `GET /v1/apps`, `GET /v1/apps/:id`. */
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
  version: number
  /** CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says */
  unknownEntity: '' | 'LEAD' | null
  lastSeenAt: number | null
  createdAt: number
}

/** An app with its handlers. */
export interface AppCard extends App {
  handlers: Handler[]
  applicationToken: string
}

/** What an admin says about a local app. */
export interface AppInput {
  title: string
  kind: 'api' | 'ui'
  url?: string
  installUrl?: string
  scope: CallListStatus[]
  /** another one is told to the app by ONAPPUPDATE, with a new application token */
  version?: number
  /** CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says */
  unknownEntity?: '' | 'LEAD' | null
}

/** `GET /v1/apps/:id/check`. */
export interface AppReport {
  answer: 'given' | 'silent' | 'not_asked'
  /** why it is silent */
  problem: string
  /** what the PBX calls itself */
  pbx: string
  checks: Array<{
    /** ari, rights, recordings, line, phone, or what another app calls it */
    name: string
    /** what of that kind was looked at, e.g. the number of a line */
    subject: string
    ok: boolean
    /** of a failure */
    code: string
    /** of a failure, in the app's words */
    text: string
  }>
}

/** `POST /v1/apps` and `POST /v1/apps/:id/secret`: the only time the secret is shown. */
export interface AppSecret {
  app: App
  clientSecret: string
}

/** One POST of a delivery. */
export interface Attempt {
  number: number
  startedAt: number
  durationMs: number
  /** until there was a connection to write to, dnsMs and tlsMs included */
  connectMs: number | null
  dnsMs: number | null
  tlsMs: number | null
  /** an open connection was used again */
  reused: boolean | null
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

/** A call as the call card, the timeline and the statistics show it. */
export interface Call {
  callId: string
  traceId: number | null
  direction: 'outgoing' | 'incoming' | 'callback' | 'info'
  number: string
  display: string
  international: string
  entity: {
    kind: EntityKind
    id: number
    title: string
  } | null
  /** who is responsible for that card */
  responsible: {
    id: number
    name: string
  } | null
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
  /** the app that registered the call by itself: its background page may drive the call card */
  raisedByAppId: number | null
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  durationSeconds: number
  statusCode: string | null
  failedReason: string
  /** the customer's mark, 1 to 5 */
  vote: number | null
  cost: number
  costCurrency: string
  hasTranscript: boolean
  /** why the record that the app named could not be fetched */
  recordProblem: string | null
  recording: {
    id: number
    url: string
    durationSeconds: number | null
    filename: string
  } | null
  /** of an open call: who sees its card, whoever came to it last at the end */
  viewers: Array<{
    id: number
    name: string
  }>
  /** they talk, and the app can be asked to hand the talk over */
  canTransfer: boolean
}

/** `GET|POST /v1/call-lists`, `GET /v1/call-lists/:id`, `PATCH /v1/call-lists/:id/items/:itemId {status}`. */
export interface CallList {
  id: number
  title: string
  entityKind: 'contact' | 'company'
  total: number
  done: number
  createdAt: number
  createdByName: string
}

/** A call list with its participants. */
export interface CallListCard extends CallList {
  items: Array<{
    id: number
    status: CallListStatus
    entity: EntityRow
    lastCall: Call | null
  }>
  statuses: Array<{
    id: CallListStatus
    /** null: as it came with the portal, in the words of the page */
    name: string | null
  }>
}

/** A new call list. */
export interface CallListInput {
  title?: string
  entityKind: 'contact' | 'company'
  entityIds: number[]
}

/** What became of a participant: IN_WORK, SUCCESS, WRONG_NUMBER, STOP_CALLING, and what crm.status.add added. */
export type CallListStatus = string

/** Where a call stands. */
export type CallState = 'registered' | 'announced' | 'ringing_agent' | 'ringing_client' | 'talking' | 'finished'

/** `GET|POST /v1/callback-forms`, `PATCH|DELETE /v1/callback-forms/:id`. Live name: `callback-forms`. */
export interface CallbackForm {
  id: number
  /** names the form in its public address */
  key: string
  /** the page for visitors; with `.js` behind it the script that sites embed */
  url: string
  title: string
  text: string
  voice: string
  target: string | null
  userId: number
  userName: string
  countries: string[]
  origins: string[]
  perAddress: {
    hour: number
    day: number
  }
  perNumber: {
    hour: number
    day: number
  }
  createLead: boolean
  withTokens: boolean
  enabled: boolean
  createdAt: number
}

/** What an admin sets of a callback form. */
export interface CallbackFormInput {
  title?: string
  /** TEXT of the event: spoken to the employee before the customer is called */
  text?: string
  /** VOICE of the event: an id of voxximplant.tts.voices.get */
  voice?: string
  /** `app:3`, `line:7`, `webhook:2` */
  target?: string | null
  /** the responsible user */
  userId?: number
  /** whose numbers are called */
  countries?: string[]
  /** sites that may embed it: https://example.com */
  origins?: string[]
  perAddress?: {
    hour: number
    day: number
  }
  perNumber?: {
    hour: number
    day: number
  }
  /** a number that no card has becomes a lead */
  createLead?: boolean
  /** the event carries tokens of the responsible user */
  withTokens?: boolean
  /** off until an admin sets it on */
  enabled?: boolean
}

/** `GET /v1/callback-forms`: the forms, and what can be chosen for them. */
export interface CallbackForms {
  items: CallbackForm[]
  targets: Target[]
  voices: Array<{
    id: string
    name: string
  }>
}

/** `GET /v1/callback-forms/:id/requests`: a visitor's request and what became of it. Live name: `callback-requests`. */
export interface CallbackRequest {
  id: number
  at: number
  /** E.164 */
  number: string
  display: string
  /** '' of a number that costs extra */
  country: string
  /** of the site that sent it; empty for the page itself */
  origin: string
  outcome: 'waiting' | 'delivered' | 'unconfirmed' | 'failed' | 'expired' | 'called' | 'skipped' | 'refused_country' | 'refused_limit'
  reason: string | null
  entity: {
    kind: EntityKind
    id: number
  } | null
  traceId: number | null
  call: {
    callId: string
    state: CallState
    durationSeconds: number
    statusCode: string | null
    userName: string
  } | null
}

/** `GET /v1/calls/:callId/card-status`: what a page in the call card gets from `getStatus`. */
export interface CardStatus {
  CALL_ID: string
  PHONE_NUMBER?: string
  LINE_NUMBER: string
  LINE_NAME: string
  CRM_ENTITY_TYPE: string
  CRM_ENTITY_ID: number
  CRM_BINDINGS?: Array<{
    ENTITY_TYPE: string
    ENTITY_ID: number
  }>
  CRM_ACTIVITY_ID?: number
  CALL_DIRECTION: 'incoming' | 'outgoing' | 'callback'
  CALL_STATE: 'idle' | 'connecting' | 'connected'
  CALL_LIST_MODE: boolean
}

/** 201 a new call, 200 the call of the click before it; 409 nothing was called (`skipped`), with what to do. 422 the number cannot be called. */
export interface ClickAnswer {
  call: Call
  repeated: boolean
}

/** `POST /v1/clicks`. The header `Idempotency-Key` is optional: a double click is one call anyway. */
export interface ClickInput {
  number: string
  entity?: {
    kind: 'contact' | 'company' | 'lead' | 'deal'
    id: number
  } | null
  callListId?: number | null
  device?: 'desktop' | 'mobile'
}

/** 409 body: a Problem with code no_target | not_installed | no_handler | handler_disabled, plus `adminDetail` (what the admin must do) and `traceId`. */
export interface ClickSkipped extends Problem {
  adminDetail: string
  traceId: number | null
}

/** `GET /v1/deliveries?…filter&cursor=`, newest first. */
export interface Delivery {
  id: number
  eventId: number
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

/** `GET /v1/deliveries/:id`. `POST /v1/deliveries/:id/replay {confirmDial?: true}`: 409 `confirm_dial` when it would place a call and was not confirmed. */
export interface DeliveryCard extends Delivery {
  attemptLog: Attempt[]
}

/** Which deliveries. `GET /v1/deliveries` and `GET /v1/replay-plan` take it as their query, `POST /v1/replays` in its body. */
export interface DeliveryFilterFields {
  state?: DeliveryState
  /** dns, connect, tls, timeout, http_4xx, breaker_open, … */
  reason?: string
  event?: string
  handlerId?: number
  appId?: number
  /** outgoing webhook */
  webhookId?: number
  callId?: string
  /** created then or later */
  from?: number
  /** created before */
  to?: number
}

/** Where a delivery stands. */
export type DeliveryState = 'pending' | 'sending' | 'delivered' | 'unconfirmed' | 'retrying' | 'failed' | 'expired' | 'skipped' | 'canceled'

/** An e-mail address of a card. */
export interface Email {
  id: number
  value: string
  kind: ValueKind
}

/** The card: the row and its facts. `GET|POST|PATCH|DELETE /v1/{contacts|companies|leads}[/:id]`. */
export interface EntityCard extends EntityRow {
  name: string
  secondName: string
  lastName: string
  position: string
  company: {
    id: number
    title: string
  } | null
  contacts: Array<{
    id: number
    title: string
    phones: Phone[]
  }>
  /** leads: NEW, IN_PROCESS, CONVERTED, JUNK */
  statusId: string
  sourceId: string
  comments: string
}

/** What a person may write. Contacts need name or lastName, companies and leads a title. `phones` replaces the whole list; keep an `id` to change a number in place. */
export interface EntityInput {
  title?: string
  name?: string
  secondName?: string
  lastName?: string
  position?: string
  companyId?: number | null
  responsibleId?: number
  statusId?: CallListStatus
  sourceId?: CallListStatus
  comments?: string
  phones?: PhoneInput[]
  emails?: PhoneInput[]
}

/** Kinds of cards that have phones. */
export type EntityKind = 'contact' | 'company' | 'lead'

/** A contact, company or lead in a list. `GET /v1/{contacts|companies|leads}?search=&cursor=`. */
export interface EntityRow {
  kind: EntityKind
  id: number
  /** name of the person, or title */
  title: string
  /** company of a contact, person of a lead, or empty */
  subtitle: string
  phones: Phone[]
  emails: Email[]
  responsible: {
    id: number
    name: string
  } | null
  createdAt: number
  updatedAt: number
}

/** `GET /v1/events/:id`. */
export interface EventCard extends EventRow {
  data: Record<string, unknown>
  deliveries: Delivery[]
}

/** `GET /v1/events?name=&callId=&from=&to=&cursor=`, newest first. */
export interface EventRow {
  id: number
  name: string
  callId: string | null
  /** who caused it */
  userId: number | null
  createdAt: number
}

/** `GET /v1/explain?number=&userId=`: what a click would do, without doing it. */
export interface Explanation {
  number: string
  phoneNumber: string
  international: string
  extension: string
  display: string
  target: {
    id: string
    title: string
    from: 'user' | 'portal'
  } | null
  handlers: Array<{
    id: number
    url: string
    profile: string
  }>
  verdict: {
    ok: boolean
    code: string
    text: string
    adminText: string
  }
  warnings: string[]
}

/** `POST /v1/apps/:id/frame`, `POST /v1/placements/:id/frame`: what the web posts into the app's frame. `POST /v1/apps/:id/install-finish` ends the installation (admins: by button; frame: command setInstallFinish). */
export interface Frame {
  action: string
  fields: Record<string, string>
  appSid: string
  install: boolean
  initData: Record<string, unknown>
}

/** `POST /v1/apps/:id/frame-tokens`: the answer to `refreshAuth`. */
export interface FrameTokens {
  AUTH_ID: string
  REFRESH_ID: string
  AUTH_EXPIRES: string
}

/** A URL bound to an event. */
export interface Handler {
  id: number
  event: string
  url: string
  kind: 'online' | 'offline'
  authUserId: number
  profile: 'current' | '2024-11' | '2024' | '2018' | 'no-tokens' | 'webhook'
  retries: boolean
  dedupes: boolean
  /** POSTs at the same time; null: 8 */
  slots: number | null
  /** POSTs in a minute; null: no limit */
  perMinute: number | null
  enabled: boolean
  /** it answered 410 */
  disabledReason: 'gone' | null
  breaker: {
    state: 'closed' | 'open' | 'half_open'
    openedAt: number | null
    /** when the next delivery is tried */
    retryAt: number | null
    reason: string | null
  }
  /** the secret before it was changed signs too, until then */
  oldSecretUntil: number | null
  problem: string | null
  /** app:3 or webhook:2 */
  owner: string
  ownerTitle: string
  createdAt: number
}

/** `GET /v1/handlers/:id`: with what became of its deliveries of the last 24 hours. */
export interface HandlerCard extends Handler {
  lastDay: Array<{
    state: DeliveryState
    count: number
  }>
}

/** `GET /v1/handlers/:id/secret`, `POST /v1/handlers/:id/secret`: the Standard Webhooks secret that signs. */
export interface HandlerSecret {
  secret: string
  oldSecretUntil: number | null
}

/** `GET|POST /v1/webhooks/incoming`, `DELETE …/:id`. The address holds the secret: shown once, in the answer of POST. */
export interface IncomingWebhook {
  id: number
  title: string
  userId: number
  userName: string
  scope: string[]
  lastUsedAt: number | null
  createdAt: number
  url?: string
}

/** `GET /v1/attempts?…filter&cursor=`. */
export interface LoggedAttempt extends Attempt {
  deliveryId: number
  event: string
  handlerId: number
  callId: string | null
}

/** `GET /v1/missed-calls`. `POST /v1/missed-calls/looked-at`: 204. Live name: `missed-calls`. */
export interface MissedCallCount {
  count: number
}

/** `POST /v1/{contacts|companies|leads}/:id/notes`; `DELETE /v1/notes/:id`. */
export interface NoteInput {
  text: string
}

/** A note under the bell; `author` is null when the system says it. */
export interface Notification {
  id: number
  message: string
  author: {
    id: number
    name: string
  } | null
  createdAt: number
  readAt: number | null
}

/** `GET /v1/notifications`. `POST /v1/notifications/:id/read` and `/v1/notifications/read-all`: 204. Live name: `notifications`. */
export interface NotificationPage {
  items: Notification[]
  nextCursor: string | null
  unread: number
}

/** `GET|POST /v1/webhooks/outgoing`, `DELETE …/:id`. */
export interface OutgoingWebhook {
  id: number
  title: string
  url: string
  events: string[]
  token: string
  handlers: Handler[]
  createdAt: number
}

/** A phone number as it is shown and as it is dialled. */
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

/** `PUT /v1/phone/access`: what a browser registers with. */
export interface PhoneAccess {
  login: string
  password: string
  /** host part of the SIP addresses */
  domain: string
  /** milliseconds since 1970; the password is good until then */
  expiresAt: number
  iceServers: Array<{
    urls: string
    username?: string
    credential?: string
  }>
}

/** A phone or e-mail address as it is written; `id` changes one in place. */
export interface PhoneInput {
  id?: number
  value: string
  kind?: ValueKind
}

/** `GET /v1/phone`. */
export interface PhoneOffer {
  isOffered: boolean
}

/** `GET /v1/placements?code=`: a page of an app in a place of the portal. */
export interface Placement {
  id: number
  appId: number
  appTitle: string
  /** CALL_CARD, TELEPHONY_ANALYTICS_MENU or PAGE_BACKGROUND_WORKER */
  code: string
  /** address of the page */
  handler: string
  title: string
  description: string
  groupName: string
  options: Record<string, unknown>
}

/** Every refusal of `/v1`: application/problem+json (RFC 9457) with a `code` of the error table. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
}

/** `GET /v1/profiles/diff?first=&second=&event=`. */
export interface ProfileDiff {
  event: string
  lines: Array<{
    sign: ' ' | '-' | '+'
    /** key=value, decoded */
    text: string
  }>
}

/** `GET /v1/replay-plan?…filter`: what `POST /v1/replays` would send. */
export interface ReplayPlan {
  notices: number
  /** each places a call */
  dials: number
  /** not sent: the handler is unbound or switched off */
  withoutHandler: number
  /** what is newer does not belong to the plan */
  upToId: number
}

/** `GET /v1/retention`. */
export interface RetentionCard {
  rules: RetentionRules
  last: {
    endedAt: number
    /** rows by kind */
    report: Record<string, number>
  } | null
  archive: {
    files: number
    rows: number
    bytes: number
  }
}

/** `PATCH /v1/retention`. */
export interface RetentionRules {
  /** days; 0 = for ever */
  bodiesDays: number
  /** days; 0 = for ever */
  deliveriesDays: number
  /** days; 0 = for ever */
  tracesDays: number
  /** days; 0 = for ever */
  notificationsDays: number
  /** days; 0 = for ever */
  callbackRequestsDays: number
  /** what goes is written to the archive first */
  archive: boolean
}

/** The signed-in person and the company. `GET /v1/session`; 401 when nobody is signed in. */
export interface Session {
  user: {
    id: number
    name: string
    email: string
    isAdmin: boolean
    language: 'en' | 'ru'
    extension: string | null
    /** own outgoing target, see Target.id */
    target: string | null
    /** takes a break: apps read TIMEMAN_STATUS PAUSED */
    isPaused: boolean
  }
  portal: {
    title: string
    country: string
    publicUrl: string
  }
}

/** `POST /v1/session`. 401 `sign_in_refused`; 429 `sign_in_throttled` with `Retry-After`. */
export interface SignIn {
  email: string
  password: string
}

/** `GET|PATCH /v1/switches`: where the original's behaviour is not the same everywhere or differs by time. */
export interface Switches {
  /** register, finish and externalLine.* are refused to incoming webhooks */
  strictAppContext: boolean
  /** a second register of the same call within 30 minutes gets the same CALL_ID */
  reuseWindow: boolean
  /** CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says */
  unknownEntity: '' | 'LEAD'
  /** PORTAL_NUMBER of an app without a line is REST_APP:3 instead of REST_APP: */
  portalNumberWithAppId: boolean
  /** ONVOXIMPLANTCALLSTART follows ONVOXIMPLANTCALLINIT at once */
  callStartEvent: boolean
  /** minutes without a word from its app after which the portal closes a call provisionally, with 304 */
  closeSilentMinutes: number
  /** seconds that a handler may take for its answer */
  handlerSeconds: number
  /** a participant of a call list whose call was answered gets the status SUCCESS */
  callListSuccess: boolean
  limits: 'off' | 'standard' | 'enterprise' | 'overload'
  /** with limits: seconds that a method may take of an app or webhook within ten minutes */
  limitOperatingSeconds: number
  /** with limits: seconds that a request may take */
  limitRequestSeconds: number
  crmMode: 'classic' | 'simple'
  /** a client without an active lead or deal gets a new one when a call asks for it */
  repeatSales: boolean
}

/** Something a click can go to. `id` is `app:3`, `line:7` or `webhook:2`. */
export interface Target {
  id: string
  kind: 'app' | 'line' | 'webhook'
  title: string
  number: string | null
  ready: boolean
  problem: {
    code: string
    text: string
  } | null
}

/** `GET|PUT /v1/telephony`. `PUT` takes any part of it (admins). `GET /v1/targets` answers `{items: Target[]}` for everybody; `PUT /v1/me/target {target}`. */
export interface Telephony {
  portalTarget: string | null
  allowUserTargets: boolean
  country: string
  /** numbers that begin with * or # */
  allowServiceCodes: boolean
  targets: Target[]
  lines: Array<{
    id: number
    number: string
    name: string
    crmAutoCreate: boolean
    ownerTitle: string
    appId: number | null
  }>
  warnings: string[]
}

/** One entry of a card's timeline, newest first. `GET /v1/{contacts|companies|leads}/:id/timeline?cursor=`. */
export interface TimelineEntry {
  id: number
  kind: 'call' | 'activity' | 'note' | 'created'
  at: number
  subject: string
  text: string
  author: {
    id: number
    name: string
  } | null
  call: Call | null
  /** the call that the portal wrote this note about */
  tellsOf: string | null
}

/** `GET /v1/traces/:id`: from the click to the hang-up, in order. */
export interface Trace {
  id: number
  callId: string | null
  /** in plain words */
  verdict: string
  steps: Array<{
    at: number
    kind: string
    text: string
    detail: Record<string, unknown>
  }>
}

/** `GET /v1/calls/:callId/transcript`; `id` is null and `lines` empty when nobody attached one. */
export interface Transcript {
  id: number | null
  lines: Array<{
    side: 'user' | 'client'
    startSeconds: number
    stopSeconds: number
    text: string
  }>
}

/** `POST /v1/calls/:callId/transfer`, `POST /v1/apps/:id/ring`. */
export interface TransferInput {
  /** whose phone shall ring */
  extension: string
}

/** `GET /v1/users?search=&cursor=`; `POST /v1/users` and `PATCH /v1/users/:id` (admins; one's own language by `PATCH /v1/me`). */
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

/** VALUE_TYPE. */
export type ValueKind = 'WORK' | 'MOBILE' | 'FAX' | 'HOME' | 'PAGER' | 'MAILING' | 'OTHER'

/** `GET /v1/profiles`. */
export interface WireProfiles {
  items: Array<{
    name: 'current' | '2024-11' | '2024' | '2018' | 'no-tokens' | 'webhook'
    about: string
  }>
  events: string[]
}

/** What each operation takes and answers, by method and path below `/v1`. */
export interface Operations {
  /** Who is signed in. */
  'GET /session': {
    answer: Session
  }
  /** Signs in; answers a session cookie. */
  'POST /session': {
    body: SignIn
    answer: Session
  }
  /** Signs out. */
  'DELETE /session': {
    answer: undefined
  }
  /** Changes the own language, or says that one takes a break. */
  'PATCH /me': {
    body: {
      language?: 'en' | 'ru'
      isPaused?: boolean
    }
    answer: Session
  }
  /** Users, by id. */
  'GET /users': {
    query: {
      search?: string
      cursor?: string
    }
    answer: {
      items: User[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Adds a user. Without a password one is made and answered this once. */
  'POST /users': {
    body: {
      name?: string
      lastName?: string
      isAdmin?: boolean
      isActive?: boolean
      extension?: string | null
      target?: string | null
      workPosition?: string
      password?: string
      email: string
    }
    answer: User & {
      password?: string
    }
  }
  /** Changes a user; who is deactivated is signed out. */
  'PATCH /users/{id}': {
    body: {
      name?: string
      lastName?: string
      isAdmin?: boolean
      isActive?: boolean
      extension?: string | null
      target?: string | null
      workPosition?: string
      password?: string
      email?: string
    }
    answer: User
  }
  /** Local apps. */
  'GET /apps': {
    answer: {
      items: App[]
    }
  }
  /** Adds an app. Its secret is shown in this answer only. */
  'POST /apps': {
    body: AppInput
    answer: AppSecret
  }
  /** An app with its handlers. */
  'GET /apps/{id}': {
    answer: AppCard
  }
  /** Changes an app. */
  'PATCH /apps/{id}': {
    body: {
      title?: string
      kind?: 'api' | 'ui'
      url?: string
      installUrl?: string
      scope?: CallListStatus[]
      /** another one is told to the app by ONAPPUPDATE, with a new application token */
      version?: number
      /** CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says */
      unknownEntity?: '' | 'LEAD' | null
    }
    answer: App
  }
  /** Uninstalls an app: its handlers, lines, options and tokens go. */
  'DELETE /apps/{id}': {
    answer: undefined
  }
  /** Makes a new secret; the old one is dead. Shown in this answer only. */
  'POST /apps/{id}/secret': {
    answer: AppSecret
  }
  /** Ends the installation, by the button or for the install page. */
  'POST /apps/{id}/install-finish': {
    answer: App
  }
  /** Pages of apps in a place (CALL_CARD, TELEPHONY_ANALYTICS_MENU, PAGE_BACKGROUND_WORKER), as the caller sees them. */
  'GET /placements': {
    query: {
      code: string
    }
    answer: {
      items: Placement[]
    }
  }
  /** What is posted into the app's frame, with fresh tokens. */
  'POST /apps/{id}/frame': {
    body: {
      options?: Record<string, unknown>
      /** path of the portal's page around the frame */
      uri?: string
    }
    answer: Frame
  }
  /** Fresh tokens for an app's page that is open in a frame (`refreshAuth`). */
  'POST /apps/{id}/frame-tokens': {
    answer: FrameTokens
  }
  /** Writes an option of the app (administrators), or with `own` the caller's own option of it. */
  'PUT /apps/{id}/options': {
    body: {
      name: string
      value: unknown
      own?: boolean
    }
    answer: undefined
  }
  /** What is posted into the frame of a page in a place, with fresh tokens; a page in the call card names its call. */
  'POST /placements/{id}/frame': {
    body: {
      callId?: string
      options?: Record<string, unknown>
      /** path of the portal's page around the frame */
      uri?: string
    }
    answer: Frame
  }
  /** A background page took longer than 5 s to load. The eleventh time on a day it is removed and its app is told. */
  'POST /placements/{id}/slow': {
    answer: {
      removed: boolean
    }
  }
  /** What a page of an app in the call card is told of the call (`getStatus`). */
  'GET /calls/{callId}/card-status': {
    answer: CardStatus
  }
  /** Notes to the caller, newest first, 50 on a page, and how many are unread. */
  'GET /notifications': {
    query: {
      cursor?: string
    }
    answer: NotificationPage
  }
  /** Marks a note to the caller as read. */
  'POST /notifications/{id}/read': {
    answer: undefined
  }
  /** Marks all notes to the caller as read. */
  'POST /notifications/read-all': {
    answer: undefined
  }
  /** How many missed calls the caller was told of and has not looked at. */
  'GET /missed-calls': {
    answer: MissedCallCount
  }
  /** The caller looks at the calls: none is counted any more. */
  'POST /missed-calls/looked-at': {
    answer: undefined
  }
  /** All handlers: of apps and of outgoing webhooks. */
  'GET /handlers': {
    query: {
      appId?: number
      webhookId?: number
      event?: string
    }
    answer: {
      items: Handler[]
    }
  }
  /** One handler, with what became of its deliveries of the last 24 hours. */
  'GET /handlers/{id}': {
    answer: HandlerCard
  }
  /** Changes how events are delivered to a handler: wire profile, retries, whether it drops repeats, limits, enabled. */
  'PATCH /handlers/{id}': {
    body: {
      profile?: 'current' | '2024-11' | '2024' | '2018' | 'no-tokens' | 'webhook'
      retries?: boolean
      dedupes?: boolean
      slots?: number | null
      perMinute?: number | null
      enabled?: boolean
    }
    answer: Handler
  }
  /** Sends ONAPPTEST to this handler, once, the way of every event, and answers the delivery with its attempt. */
  'POST /handlers/{id}/test': {
    body: {}
    answer: DeliveryCard
  }
  /** The secret that signs what is sent to a handler (Standard Webhooks). */
  'GET /handlers/{id}/secret': {
    answer: HandlerSecret
  }
  /** Makes a new secret. For 24 hours the old one signs too: the header has both signatures. */
  'POST /handlers/{id}/secret': {
    body: {}
    answer: HandlerSecret
  }
  /** The compatibility switches. */
  'GET /switches': {
    answer: Switches
  }
  /** Changes some of the compatibility switches. */
  'PATCH /switches': {
    body: {
      /** register, finish and externalLine.* are refused to incoming webhooks */
      strictAppContext?: boolean
      /** a second register of the same call within 30 minutes gets the same CALL_ID */
      reuseWindow?: boolean
      /** CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says */
      unknownEntity?: '' | 'LEAD'
      /** PORTAL_NUMBER of an app without a line is REST_APP:3 instead of REST_APP: */
      portalNumberWithAppId?: boolean
      /** ONVOXIMPLANTCALLSTART follows ONVOXIMPLANTCALLINIT at once */
      callStartEvent?: boolean
      /** minutes without a word from its app after which the portal closes a call provisionally, with 304 */
      closeSilentMinutes?: number
      /** seconds that a handler may take for its answer */
      handlerSeconds?: number
      /** a participant of a call list whose call was answered gets the status SUCCESS */
      callListSuccess?: boolean
      limits?: 'off' | 'standard' | 'enterprise' | 'overload'
      /** with limits: seconds that a method may take of an app or webhook within ten minutes */
      limitOperatingSeconds?: number
      /** with limits: seconds that a request may take */
      limitRequestSeconds?: number
      crmMode?: 'classic' | 'simple'
      /** a client without an active lead or deal gets a new one when a call asks for it */
      repeatSales?: boolean
    }
    answer: Switches
  }
  /** How long data is kept, what the last daily run removed, and what the archive of this process holds. */
  'GET /retention': {
    answer: RetentionCard
  }
  /** Changes how long data is kept. Counts from the next daily run on. */
  'PATCH /retention': {
    body: {
      /** days; 0 = for ever */
      bodiesDays?: number
      /** days; 0 = for ever */
      deliveriesDays?: number
      /** days; 0 = for ever */
      tracesDays?: number
      /** days; 0 = for ever */
      notificationsDays?: number
      /** days; 0 = for ever */
      callbackRequestsDays?: number
      /** what goes is written to the archive first */
      archive?: boolean
    }
    answer: RetentionRules
  }
  /** The wire profiles, and the events that they can be compared for. */
  'GET /profiles': {
    answer: WireProfiles
  }
  /** Two wire profiles of an event, line by line, with sample values. */
  'GET /profiles/diff': {
    query: {
      first: 'current' | '2024-11' | '2024' | '2018' | 'no-tokens' | 'webhook'
      second: 'current' | '2024-11' | '2024' | '2018' | 'no-tokens' | 'webhook'
      /** default: ONEXTERNALCALLSTART */
      event?: string
    }
    answer: ProfileDiff
  }
  /** Incoming webhooks, without their secrets. */
  'GET /webhooks/incoming': {
    answer: {
      items: IncomingWebhook[]
    }
  }
  /** Adds an incoming webhook that acts as the caller. Its address holds the secret and is shown in this answer only. */
  'POST /webhooks/incoming': {
    body: {
      title: string
      scope: CallListStatus[]
    }
    answer: IncomingWebhook
  }
  /** Deletes an incoming webhook; its address stops working. */
  'DELETE /webhooks/incoming/{id}': {
    answer: undefined
  }
  /** Outgoing webhooks. */
  'GET /webhooks/outgoing': {
    answer: {
      items: OutgoingWebhook[]
    }
  }
  /** Adds an outgoing webhook: the chosen events are posted to its address. */
  'POST /webhooks/outgoing': {
    body: {
      title: string
      url: string
      events: string[]
    }
    answer: OutgoingWebhook
  }
  /** Deletes an outgoing webhook and its handlers. */
  'DELETE /webhooks/outgoing/{id}': {
    answer: undefined
  }
  /** Newest first, 50 on a page; `search` is a part of a name, phone number or e-mail. `total` comes with the first page. */
  'GET /contacts': {
    query: {
      search?: string
      cursor?: string
    }
    answer: {
      items: EntityRow[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Adds a contact. */
  'POST /contacts': {
    body: EntityInput
    answer: EntityCard
  }
  /** A contact with its facts. */
  'GET /contacts/{id}': {
    answer: EntityCard
  }
  /** Changes what is given. `phones` and `emails` replace their whole lists. */
  'PATCH /contacts/{id}': {
    body: EntityInput
    answer: EntityCard
  }
  /** Deletes a contact. Its calls stay in the statistics. */
  'DELETE /contacts/{id}': {
    answer: undefined
  }
  /** Newest first, 50 on a page. */
  'GET /contacts/{id}/timeline': {
    query: {
      cursor?: string
    }
    answer: {
      items: TimelineEntry[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Writes a note on the timeline of a contact. */
  'POST /contacts/{id}/notes': {
    body: NoteInput
    answer: {
      id: number
    }
  }
  /** Newest first, 50 on a page; `search` is a part of a name, phone number or e-mail. `total` comes with the first page. */
  'GET /companies': {
    query: {
      search?: string
      cursor?: string
    }
    answer: {
      items: EntityRow[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Adds a company. */
  'POST /companies': {
    body: EntityInput
    answer: EntityCard
  }
  /** A company with its facts. */
  'GET /companies/{id}': {
    answer: EntityCard
  }
  /** Changes what is given. `phones` and `emails` replace their whole lists. */
  'PATCH /companies/{id}': {
    body: EntityInput
    answer: EntityCard
  }
  /** Deletes a company. Its calls stay in the statistics. */
  'DELETE /companies/{id}': {
    answer: undefined
  }
  /** Newest first, 50 on a page. */
  'GET /companies/{id}/timeline': {
    query: {
      cursor?: string
    }
    answer: {
      items: TimelineEntry[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Writes a note on the timeline of a company. */
  'POST /companies/{id}/notes': {
    body: NoteInput
    answer: {
      id: number
    }
  }
  /** Newest first, 50 on a page; `search` is a part of a name, phone number or e-mail. `total` comes with the first page. */
  'GET /leads': {
    query: {
      search?: string
      cursor?: string
    }
    answer: {
      items: EntityRow[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Adds a lead. */
  'POST /leads': {
    body: EntityInput
    answer: EntityCard
  }
  /** A lead with its facts. */
  'GET /leads/{id}': {
    answer: EntityCard
  }
  /** Changes what is given. `phones` and `emails` replace their whole lists. */
  'PATCH /leads/{id}': {
    body: EntityInput
    answer: EntityCard
  }
  /** Deletes a lead. Its calls stay in the statistics. */
  'DELETE /leads/{id}': {
    answer: undefined
  }
  /** Newest first, 50 on a page. */
  'GET /leads/{id}/timeline': {
    query: {
      cursor?: string
    }
    answer: {
      items: TimelineEntry[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Writes a note on the timeline of a lead. */
  'POST /leads/{id}/notes': {
    body: NoteInput
    answer: {
      id: number
    }
  }
  /** Deletes a note of one’s own; administrators delete any. */
  'DELETE /notes/{id}': {
    answer: undefined
  }
  /** The ten best contacts, companies and leads for a part of a name, phone number or e-mail. */
  'GET /search': {
    query: {
      q: string
    }
    answer: {
      items: EntityRow[]
    }
  }
  /** Newest first, 50 on a page. */
  'GET /call-lists': {
    query: {
      cursor?: string
    }
    answer: {
      items: CallList[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Adds a call list of contacts or of companies. */
  'POST /call-lists': {
    body: CallListInput
    answer: CallListCard
  }
  /** A call list with its participants in the order of calling. */
  'GET /call-lists/{id}': {
    answer: CallListCard
  }
  /** Sets how it stands with a participant. */
  'PATCH /call-lists/{id}/items/{itemId}': {
    body: {
      status: CallListStatus
    }
    answer: undefined
  }
  /** Calls a number. A double click is one call. */
  'POST /clicks': {
    body: ClickInput
    answer: ClickAnswer
  }
  /** The call cards that the signed-in person sees now, newest first. */
  'GET /calls/open': {
    answer: {
      items: Call[]
      nextCursor: string | null
      total?: number
    }
  }
  /** The history of calls, newest first. */
  'GET /calls': {
    query: {
      search?: string
      userId?: number
      from?: number
      to?: number
      cursor?: string
    }
    answer: {
      items: Call[]
      nextCursor: string | null
      total?: number
    }
  }
  /** One call. */
  'GET /calls/{callId}': {
    answer: Call
  }
  /** Rings a colleague who shall take the talk over; until they answer, it goes on where it is. 204: the app rings them. The card moves with the talk. */
  'POST /calls/{callId}/transfer': {
    body: TransferInput
    answer: undefined
  }
  /** Closes the signed-in person's call card; the call goes on. */
  'POST /calls/{callId}/dismiss': {
    answer: undefined
  }
  /** What a click would do, without doing it. */
  'GET /explain': {
    query: {
      number: string
      userId?: number
    }
    answer: Explanation
  }
  /** Everything that belongs to one click, in order. */
  'GET /traces/{id}': {
    answer: Trace
  }
  /** What was said in a call, in order; no lines when nobody attached a transcript. */
  'GET /calls/{callId}/transcript': {
    answer: Transcript
  }
  /** What a click can go to. */
  'GET /targets': {
    answer: {
      items: Target[]
      nextCursor: string | null
      total?: number
    }
  }
  /** Sets the signed-in person's own outgoing target; null takes the portal's. */
  'PUT /me/target': {
    body: {
      target: string | null
    }
    answer: undefined
  }
  /** The telephony settings with every target and line. */
  'GET /telephony': {
    answer: Telephony
  }
  /** Changes any part of the telephony settings. */
  'PUT /telephony': {
    body: {
      portalTarget?: string | null
      allowUserTargets?: boolean
      country?: string
      allowServiceCodes?: boolean
    }
    answer: Telephony
  }
  /** Whether the signed-in person can have a phone in the browser. */
  'GET /phone': {
    answer: PhoneOffer
  }
  /** What the signed-in person's browser registers with, good for a while. The portal does not keep it. */
  'PUT /phone/access': {
    body: {}
    answer: PhoneAccess
  }
  /** Asks a phone app what it finds at its PBX: rights, lines, the phone of an extension. */
  'GET /apps/{id}/check': {
    query: {
      extension?: string
    }
    answer: AppReport
  }
  /** Asks a phone app to ring a phone for a test; whoever answers hears a tone. No call is registered. */
  'POST /apps/{id}/ring': {
    body: TransferInput
    answer: undefined
  }
  /** The callback forms, with the targets and voices that can be chosen. */
  'GET /callback-forms': {
    answer: CallbackForms
  }
  /** Adds a callback form. It is off, and the caller is responsible, unless told otherwise. */
  'POST /callback-forms': {
    body: CallbackFormInput & {
      title: string
    }
    answer: CallbackForm
  }
  /** One callback form. */
  'GET /callback-forms/{id}': {
    answer: CallbackForm
  }
  /** Changes what is given of a callback form. */
  'PATCH /callback-forms/{id}': {
    body: CallbackFormInput
    answer: CallbackForm
  }
  /** Deletes a callback form; its page says that it is not in use. */
  'DELETE /callback-forms/{id}': {
    answer: undefined
  }
  /** Requests of visitors with what became of them, newest first, 50 on a page. */
  'GET /callback-forms/{id}/requests': {
    query: {
      cursor?: string
    }
    answer: {
      items: CallbackRequest[]
      nextCursor: string | null
      total?: number
    }
  }
  /** The delivery log, newest first. */
  'GET /deliveries': {
    query: {
      state?: DeliveryState
      /** dns, connect, tls, timeout, http_4xx, breaker_open, … */
      reason?: string
      event?: string
      handlerId?: number
      appId?: number
      /** outgoing webhook */
      webhookId?: number
      callId?: string
      /** created then or later */
      from?: number
      /** created before */
      to?: number
      cursor?: string
      /** rows of a page; usually 50 */
      limit?: number
    }
    answer: {
      items: Delivery[]
      nextCursor: string | null
      total?: number
    }
  }
  /** The POSTs of all deliveries that a filter lets through: newest delivery first, its last attempt first. */
  'GET /attempts': {
    query: {
      state?: DeliveryState
      /** dns, connect, tls, timeout, http_4xx, breaker_open, … */
      reason?: string
      event?: string
      handlerId?: number
      appId?: number
      /** outgoing webhook */
      webhookId?: number
      callId?: string
      /** created then or later */
      from?: number
      /** created before */
      to?: number
      cursor?: string
      /** rows of a page; usually 50 */
      limit?: number
    }
    answer: {
      items: LoggedAttempt[]
      nextCursor: string | null
      total?: number
    }
  }
  /** One delivery with its attempts. */
  'GET /deliveries/{id}': {
    answer: DeliveryCard
  }
  /** Sends a delivery again. A dial places a call and has to be confirmed. */
  'POST /deliveries/{id}/replay': {
    body: {
      confirmDial?: boolean
    }
    answer: Delivery
  }
  /** What sending all deliveries of a filter again would do. What is still under way does not count. At most 10,000 are sent at once. */
  'GET /replay-plan': {
    query: {
      state?: DeliveryState
      /** dns, connect, tls, timeout, http_4xx, breaker_open, … */
      reason?: string
      event?: string
      handlerId?: number
      appId?: number
      /** outgoing webhook */
      webhookId?: number
      callId?: string
      /** created then or later */
      from?: number
      /** created before */
      to?: number
    }
    answer: ReplayPlan
  }
  /** Sends all deliveries of a filter again that a plan has counted (GET /replay-plan). Refused when the count is another one now. Deliveries that place a call are refused unless `dials` says what to do with them. */
  'POST /replays': {
    body: {
      filter: DeliveryFilterFields
      /** from the plan */
      upToId: number
      /** notices of the plan, and its dials if they are to be placed */
      expectedCount: number
      dials?: 'refuse' | 'leave_out' | 'place'
    }
    answer: MissedCallCount
  }
  /** What happened and had at least one handler, newest first. */
  'GET /events': {
    query: {
      name?: string
      callId?: string
      from?: number
      to?: number
      cursor?: string
      /** rows of a page; usually 50 */
      limit?: number
    }
    answer: {
      items: EventRow[]
      nextCursor: string | null
      total?: number
    }
  }
  /** One event with its data and its deliveries. */
  'GET /events/{id}': {
    answer: EventCard
  }
  /** Server-sent events `changed` with `{"names": […]}`: what has changed and is to be fetched again (`calls`, `call:CALL_ID`, `deliveries` …; `*`: everything). A comment comes every 15 seconds. */
  'GET /live': {
    answer: string
  }
  /** The sound of a recording, whole or in ranges (RFC 9110, 14). */
  'GET /recordings/{id}': {
    answer: undefined
  }
}
