/**
 * Shapes of the own JSON API (`/v1`), used by the web UI and by operators. The OpenAPI document and the web's types are
 * generated from these schemas. All times are milliseconds since 1970 UTC; ids are numbers unless said otherwise;
 * lists answer `{items, nextCursor}` where `nextCursor` is null on the last page.
 */
import { Type, type Static, type TSchema } from 'typebox'
import { mostHandlerSeconds } from '../../delivery/engine.ts'
import { silentMinutes } from '../../directory/switches.ts'

const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const Literals = <const V extends readonly string[]>(values: V) =>
  Type.Union(values.map((v) => Type.Literal(v))) as unknown as ReturnType<typeof Type.Unsafe<V[number]>>

/** One page of a list. */
export const Page = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Optional(Type.Number()) })

/** Every refusal of `/v1`: application/problem+json (RFC 9457) with a `code` of the error table. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Number(),
  code: Type.String(),
  detail: Type.String(),
})

/** Kinds of cards that have phones. */
export const EntityKind = Literals(['contact', 'company', 'lead'] as const)
/** VALUE_TYPE of the contract (8.2). */
export const ValueKind = Literals(['WORK', 'MOBILE', 'FAX', 'HOME', 'PAGER', 'MAILING', 'OTHER'] as const)

/** A phone number as it is shown and as it is dialled. */
export const Phone = Type.Object({
  id: Type.Number(),
  value: Type.String({ description: 'as typed' }),
  kind: ValueKind,
  display: Type.String({ description: 'as people in that country write it' }),
  international: Type.String({ description: 'E.164, or the typed text when it cannot be parsed' }),
})
/** An e-mail address of a card. */
export const Email = Type.Object({ id: Type.Number(), value: Type.String(), kind: ValueKind })
/** A phone or e-mail address as it is written; `id` changes one in place. */
export const PhoneInput = Type.Object({
  id: Type.Optional(Type.Number()),
  value: Type.String({ maxLength: 100 }),
  kind: Type.Optional(ValueKind),
})

/** The signed-in person and the company. `GET /v1/session`; 401 when nobody is signed in. */
export const Session = Type.Object({
  user: Type.Object({
    id: Type.Number(),
    name: Type.String(),
    email: Type.String(),
    isAdmin: Type.Boolean(),
    language: Literals(['en', 'ru'] as const),
    extension: Nullable(Type.String()),
    target: Nullable(Type.String({ description: 'own outgoing target, see Target.id' })),
    isPaused: Type.Boolean({ description: 'takes a break: apps read TIMEMAN_STATUS PAUSED' }),
  }),
  portal: Type.Object({ title: Type.String(), country: Type.String(), publicUrl: Type.String() }),
})
/** `POST /v1/session`. 401 `sign_in_refused`; 429 `sign_in_throttled` with `Retry-After`. */
export const SignIn = Type.Object({ email: Type.String({ maxLength: 200 }), password: Type.String({ maxLength: 1000 }) })

/** `GET /v1/users?search=&cursor=`; `POST /v1/users` and `PATCH /v1/users/:id` (admins; one's own language by `PATCH /v1/me`). */
export const User = Type.Object({
  id: Type.Number(),
  name: Type.String(),
  lastName: Type.String(),
  email: Type.String(),
  isAdmin: Type.Boolean(),
  isActive: Type.Boolean(),
  extension: Nullable(Type.String()),
  target: Nullable(Type.String()),
  workPosition: Type.String(),
})

/** A contact, company or lead in a list. `GET /v1/{contacts|companies|leads}?search=&cursor=`. */
export const EntityRow = Type.Object({
  kind: EntityKind,
  id: Type.Number(),
  title: Type.String({ description: 'name of the person, or title' }),
  subtitle: Type.String({ description: 'company of a contact, person of a lead, or empty' }),
  phones: Type.Array(Phone),
  emails: Type.Array(Email),
  responsible: Nullable(Type.Object({ id: Type.Number(), name: Type.String() })),
  createdAt: Type.Number(),
  updatedAt: Type.Number(),
})
/** The card: the row and its facts. `GET|POST|PATCH|DELETE /v1/{contacts|companies|leads}[/:id]`. */
export const EntityCard = Type.Intersect([
  EntityRow,
  Type.Object({
    name: Type.String(),
    secondName: Type.String(),
    lastName: Type.String(),
    position: Type.String(),
    company: Nullable(Type.Object({ id: Type.Number(), title: Type.String() })),
    contacts: Type.Array(Type.Object({ id: Type.Number(), title: Type.String(), phones: Type.Array(Phone) })),
    statusId: Type.String({ description: 'leads: NEW, IN_PROCESS, CONVERTED, JUNK' }),
    sourceId: Type.String(),
    comments: Type.String(),
  }),
])
/** What a person may write. Contacts need name or lastName, companies and leads a title. `phones` replaces the whole list; keep an `id` to change a number in place. */
export const EntityInput = Type.Partial(
  Type.Object({
    title: Type.String({ maxLength: 255 }),
    name: Type.String({ maxLength: 100 }),
    secondName: Type.String({ maxLength: 100 }),
    lastName: Type.String({ maxLength: 100 }),
    position: Type.String({ maxLength: 255 }),
    companyId: Nullable(Type.Number()),
    responsibleId: Type.Number(),
    statusId: Type.String({ maxLength: 50 }),
    sourceId: Type.String({ maxLength: 50 }),
    comments: Type.String({ maxLength: 20000 }),
    phones: Type.Array(PhoneInput, { maxItems: 50 }),
    emails: Type.Array(PhoneInput, { maxItems: 50 }),
  }),
)

/** Where a delivery stands. */
export const DeliveryState = Literals([
  'pending',
  'sending',
  'delivered',
  'unconfirmed',
  'retrying',
  'failed',
  'expired',
  'skipped',
  'canceled',
] as const)
/** Where a call stands. */
export const CallState = Literals(['registered', 'announced', 'ringing_agent', 'ringing_client', 'talking', 'finished'] as const)

/** A call as the call card, the timeline and the statistics show it. */
export const Call = Type.Object({
  callId: Type.String(),
  traceId: Nullable(Type.Number()),
  direction: Literals(['outgoing', 'incoming', 'callback', 'info'] as const),
  number: Type.String(),
  display: Type.String(),
  international: Type.String(),
  entity: Nullable(Type.Object({ kind: EntityKind, id: Type.Number(), title: Type.String() })),
  responsible: Nullable(Type.Object({ id: Type.Number(), name: Type.String() }, { description: 'who is responsible for that card' })),
  userId: Type.Number(),
  userName: Type.String(),
  state: CallState,
  noReport: Type.Boolean({ description: 'open for 30 minutes with no word from its app' }),
  closedByPortal: Type.Boolean({ description: 'finished provisionally by the portal; a later report corrects it' }),
  delivery: Nullable(
    Type.Object({
      id: Type.Number(),
      state: DeliveryState,
      reason: Nullable(Type.String()),
      handlerTitle: Type.String(),
      refusal: Nullable(Type.String({ description: "the handler's own words" })),
    }),
  ),
  target: Nullable(Type.String({ description: 'name of the app, line or webhook' })),
  line: Nullable(Type.String()),
  callListId: Nullable(Type.Number()),
  raisedByAppId: Nullable(
    Type.Number({ description: 'the app that registered the call by itself: its background page may drive the call card' }),
  ),
  startedAt: Type.Number(),
  answeredAt: Nullable(Type.Number()),
  endedAt: Nullable(Type.Number()),
  durationSeconds: Type.Number(),
  statusCode: Nullable(Type.String()),
  failedReason: Type.String(),
  vote: Nullable(Type.Number({ description: "the customer's mark, 1 to 5" })),
  cost: Type.Number(),
  costCurrency: Type.String(),
  hasTranscript: Type.Boolean(),
  recordProblem: Nullable(Type.String({ description: 'why the record that the app named could not be fetched' })),
  recording: Nullable(
    Type.Object({ id: Type.Number(), url: Type.String(), durationSeconds: Nullable(Type.Number()), filename: Type.String() }),
  ),
  viewers: Type.Array(Type.Object({ id: Type.Number(), name: Type.String() }), {
    description: 'of an open call: who sees its card, whoever came to it last at the end',
  }),
  canTransfer: Type.Boolean({ description: 'they talk, and the app can be asked to hand the talk over' }),
})

/** `POST /v1/calls/:callId/transfer`, `POST /v1/apps/:id/ring`. */
export const TransferInput = Type.Object({ extension: Type.String({ pattern: '^[0-9]{1,20}$', description: 'whose phone shall ring' }) })

/** `GET /v1/calls/:callId/transcript`; `id` is null and `lines` empty when nobody attached one. */
export const Transcript = Type.Object({
  id: Nullable(Type.Number()),
  lines: Type.Array(
    Type.Object({
      side: Literals(['user', 'client'] as const),
      startSeconds: Type.Number(),
      stopSeconds: Type.Number(),
      text: Type.String(),
    }),
  ),
})

/** One entry of a card's timeline, newest first. `GET /v1/{contacts|companies|leads}/:id/timeline?cursor=`. */
export const TimelineEntry = Type.Object({
  id: Type.Number(),
  kind: Literals(['call', 'activity', 'note', 'created'] as const),
  at: Type.Number(),
  subject: Type.String(),
  text: Type.String(),
  author: Nullable(Type.Object({ id: Type.Number(), name: Type.String() })),
  call: Nullable(Call),
  tellsOf: Nullable(Type.String({ description: 'the call that the portal wrote this note about' })),
})

/** `POST /v1/{contacts|companies|leads}/:id/notes`; `DELETE /v1/notes/:id`. */
export const NoteInput = Type.Object({ text: Type.String({ minLength: 1, maxLength: 20000 }) })

/** Where one clicks: a call from a deal is that of its contact, else of its company (contract 13.7). */
const ClickedKind = Literals(['contact', 'company', 'lead', 'deal'] as const)
/** `POST /v1/clicks`. The header `Idempotency-Key` is optional: a double click is one call anyway. */
export const ClickInput = Type.Object({
  number: Type.String({ maxLength: 200 }),
  entity: Type.Optional(Nullable(Type.Object({ kind: ClickedKind, id: Type.Number() }))),
  callListId: Type.Optional(Nullable(Type.Number())),
  device: Type.Optional(Literals(['desktop', 'mobile'] as const)),
})
/** 201 a new call, 200 the call of the click before it; 409 nothing was called (`skipped`), with what to do. 422 the number cannot be called. */
export const ClickAnswer = Type.Object({ call: Call, repeated: Type.Boolean() })
/** 409 body: a Problem with code no_target | not_installed | no_handler | handler_disabled, plus `adminDetail` (what the admin must do) and `traceId`. */
export const ClickSkipped = Type.Intersect([Problem, Type.Object({ adminDetail: Type.String(), traceId: Nullable(Type.Number()) })])

/** `GET /v1/explain?number=&userId=`: what a click would do, without doing it. */
export const Explanation = Type.Object({
  number: Type.String(),
  phoneNumber: Type.String(),
  international: Type.String(),
  extension: Type.String(),
  display: Type.String(),
  target: Nullable(Type.Object({ id: Type.String(), title: Type.String(), from: Literals(['user', 'portal'] as const) })),
  handlers: Type.Array(Type.Object({ id: Type.Number(), url: Type.String(), profile: Type.String() })),
  verdict: Type.Object({ ok: Type.Boolean(), code: Type.String(), text: Type.String(), adminText: Type.String() }),
  warnings: Type.Array(Type.String()),
})

/** Something a click can go to. `id` is `app:3`, `line:7` or `webhook:2`. */
export const Target = Type.Object({
  id: Type.String(),
  kind: Literals(['app', 'line', 'webhook'] as const),
  title: Type.String(),
  number: Nullable(Type.String()),
  ready: Type.Boolean(),
  problem: Nullable(Type.Object({ code: Type.String(), text: Type.String() })),
})
/** `GET|PUT /v1/telephony`. `PUT` takes any part of it (admins). `GET /v1/targets` answers `{items: Target[]}` for everybody; `PUT /v1/me/target {target}`. */
export const Telephony = Type.Object({
  portalTarget: Nullable(Type.String()),
  allowUserTargets: Type.Boolean(),
  country: Type.String(),
  allowServiceCodes: Type.Boolean({ description: 'numbers that begin with * or #' }),
  targets: Type.Array(Target),
  lines: Type.Array(
    Type.Object({
      id: Type.Number(),
      number: Type.String(),
      name: Type.String(),
      crmAutoCreate: Type.Boolean(),
      ownerTitle: Type.String(),
      appId: Nullable(Type.Number()),
    }),
  ),
  warnings: Type.Array(Type.String()),
})

/** A URL bound to an event. */
export const Handler = Type.Object({
  id: Type.Number(),
  event: Type.String(),
  url: Type.String(),
  kind: Literals(['online', 'offline'] as const),
  authUserId: Type.Number(),
  profile: Literals(['current', '2024-11', '2024', '2018', 'no-tokens', 'webhook'] as const),
  retries: Type.Boolean(),
  dedupes: Type.Boolean(),
  slots: Nullable(Type.Number({ description: 'POSTs at the same time; null: 8' })),
  perMinute: Nullable(Type.Number({ description: 'POSTs in a minute; null: no limit' })),
  enabled: Type.Boolean(),
  disabledReason: Nullable(Type.Literal('gone', { description: 'it answered 410' })),
  breaker: Type.Object({
    state: Literals(['closed', 'open', 'half_open'] as const),
    openedAt: Nullable(Type.Number()),
    retryAt: Nullable(Type.Number({ description: 'when the next delivery is tried' })),
    reason: Nullable(Type.String()),
  }),
  oldSecretUntil: Nullable(Type.Number({ description: 'the secret before it was changed signs too, until then' })),
  problem: Nullable(Type.String()),
  owner: Type.String({ description: 'app:3 or webhook:2' }),
  ownerTitle: Type.String(),
  createdAt: Type.Number(),
})
/** `GET /v1/handlers/:id`: with what became of its deliveries of the last 24 hours. */
export const HandlerCard = Type.Intersect([
  Handler,
  Type.Object({ lastDay: Type.Array(Type.Object({ state: DeliveryState, count: Type.Number() })) }),
])
/** `GET /v1/handlers/:id/secret`, `POST /v1/handlers/:id/secret`: the Standard Webhooks secret that signs. */
export const HandlerSecret = Type.Object({ secret: Type.String(), oldSecretUntil: Nullable(Type.Number()) })
/** CRM_ENTITY_TYPE of a click that has no card. */
const UnknownEntity = Type.Union([Type.Literal(''), Type.Literal('LEAD')], {
  description: "CRM_ENTITY_TYPE of a click that has no card; an app's null: as the portal's switch says",
})
/** `GET|PATCH /v1/switches`: where the original's behaviour is not the same everywhere or differs by time (contract 4.0, 4.2, 13). */
export const Switches = Type.Object({
  strictAppContext: Type.Boolean({ description: 'register, finish and externalLine.* are refused to incoming webhooks' }),
  reuseWindow: Type.Boolean({ description: 'a second register of the same call within 30 minutes gets the same CALL_ID' }),
  unknownEntity: UnknownEntity,
  portalNumberWithAppId: Type.Boolean({ description: 'PORTAL_NUMBER of an app without a line is REST_APP:3 instead of REST_APP:' }),
  callStartEvent: Type.Boolean({ description: 'ONVOXIMPLANTCALLSTART follows ONVOXIMPLANTCALLINIT at once' }),
  closeSilentMinutes: Type.Integer({
    minimum: silentMinutes.least,
    maximum: silentMinutes.most,
    description: 'minutes without a word from its app after which the portal closes a call provisionally, with 304',
  }),
  handlerSeconds: Type.Integer({ minimum: 1, maximum: mostHandlerSeconds, description: 'seconds that a handler may take for its answer' }),
  callListSuccess: Type.Boolean({ description: 'a participant of a call list whose call was answered gets the status SUCCESS' }),
  /** the limits of the original: none, of its usual or largest tariff, or every call refused as overloaded */
  limits: Literals(['off', 'standard', 'enterprise', 'overload'] as const),
  limitOperatingSeconds: Type.Number({
    exclusiveMinimum: 0,
    maximum: 3600,
    description: 'with limits: seconds that a method may take of an app or webhook within ten minutes',
  }),
  limitRequestSeconds: Type.Number({ exclusiveMinimum: 0, maximum: 3600, description: 'with limits: seconds that a request may take' }),
  crmMode: Literals(['classic', 'simple'] as const),
  repeatSales: Type.Boolean({ description: 'a client without an active lead or deal gets a new one when a call asks for it' }),
})
const KeptDays = Type.Integer({ minimum: 0, maximum: 36_500, description: 'days; 0 = for ever' })
/** `PATCH /v1/retention`. */
export const RetentionRules = Type.Object({
  bodiesDays: KeptDays,
  deliveriesDays: KeptDays,
  tracesDays: KeptDays,
  notificationsDays: KeptDays,
  callbackRequestsDays: KeptDays,
  archive: Type.Boolean({ description: 'what goes is written to the archive first' }),
})
const RemovedRows = Type.Record(Type.String(), Type.Number(), { description: 'rows by kind' })
/** `GET /v1/retention`. */
export const RetentionCard = Type.Object({
  rules: RetentionRules,
  last: Type.Union([Type.Object({ endedAt: Type.Number(), report: RemovedRows }), Type.Null()]),
  archive: Type.Object({ files: Type.Number(), rows: Type.Number(), bytes: Type.Number() }),
})
/** `GET /v1/profiles`. */
export const WireProfiles = Type.Object({
  items: Type.Array(
    Type.Object({ name: Literals(['current', '2024-11', '2024', '2018', 'no-tokens', 'webhook'] as const), about: Type.String() }),
  ),
  events: Type.Array(Type.String({ description: 'those that the profiles can be compared for' })),
})
/** `GET /v1/profiles/diff?first=&second=&event=`. */
export const ProfileDiff = Type.Object({
  event: Type.String(),
  lines: Type.Array(Type.Object({ sign: Literals([' ', '-', '+'] as const), text: Type.String({ description: 'key=value, decoded' }) })),
})
/** `GET /v1/apps`, `GET /v1/apps/:id`. */
export const App = Type.Object({
  id: Type.Number(),
  title: Type.String(),
  kind: Literals(['api', 'ui'] as const),
  clientId: Type.String(),
  scope: Type.Array(Type.String()),
  url: Type.String({ description: 'main page of an app with UI; redirect address of the code flow' }),
  installUrl: Type.String({ description: 'gets the install callback (api) or is the install page (ui)' }),
  installed: Type.Boolean(),
  installProblem: Nullable(Type.String({ description: 'why the install callback failed last' })),
  version: Type.Integer(),
  unknownEntity: Nullable(UnknownEntity),
  lastSeenAt: Nullable(Type.Number()),
  createdAt: Type.Number(),
})
/** What an admin says about a local app. */
export const AppInput = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 100 }),
  kind: Literals(['api', 'ui'] as const),
  url: Type.Optional(Type.String({ maxLength: 2048 })),
  installUrl: Type.Optional(Type.String({ maxLength: 2048 })),
  scope: Type.Array(Type.String({ maxLength: 50 }), { maxItems: 50 }),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'another one is told to the app by ONAPPUPDATE, with a new application token',
    }),
  ),
  unknownEntity: Type.Optional(Nullable(UnknownEntity)),
})
/** `POST /v1/apps` and `POST /v1/apps/:id/secret`: the only time the secret is shown. */
export const AppSecret = Type.Object({ app: App, clientSecret: Type.String() })
/** An app with its handlers. */
export const AppCard = Type.Intersect([App, Type.Object({ handlers: Type.Array(Handler), applicationToken: Type.String() })])
/** `POST /v1/apps/:id/frame`, `POST /v1/placements/:id/frame`: what the web posts into the app's frame (contract 7.2). `POST /v1/apps/:id/install-finish` ends the installation (admins: by button; frame: command setInstallFinish). */
export const Frame = Type.Object({
  action: Type.String(),
  fields: Type.Record(Type.String(), Type.String()),
  appSid: Type.String(),
  install: Type.Boolean(),
  initData: Type.Record(Type.String(), Type.Unknown()),
})
/** `POST /v1/apps/:id/frame-tokens`: the answer to `refreshAuth`. */
export const FrameTokens = Type.Object({ AUTH_ID: Type.String(), REFRESH_ID: Type.String(), AUTH_EXPIRES: Type.String() })
/** `GET /v1/calls/:callId/card-status`: what a page in the call card gets from `getStatus` (contract 8.6). */
export const CardStatus = Type.Object({
  CALL_ID: Type.String(),
  PHONE_NUMBER: Type.Optional(Type.String()),
  LINE_NUMBER: Type.String(),
  LINE_NAME: Type.String(),
  CRM_ENTITY_TYPE: Type.String(),
  CRM_ENTITY_ID: Type.Number(),
  CRM_BINDINGS: Type.Optional(Type.Array(Type.Object({ ENTITY_TYPE: Type.String(), ENTITY_ID: Type.Number() }))),
  CRM_ACTIVITY_ID: Type.Optional(Type.Number()),
  CALL_DIRECTION: Literals(['incoming', 'outgoing', 'callback'] as const),
  CALL_STATE: Literals(['idle', 'connecting', 'connected'] as const),
  CALL_LIST_MODE: Type.Boolean(),
})

/** `GET|POST /v1/webhooks/incoming`, `DELETE …/:id`. The address holds the secret: shown once, in the answer of POST. */
export const IncomingWebhook = Type.Object({
  id: Type.Number(),
  title: Type.String(),
  userId: Type.Number(),
  userName: Type.String(),
  scope: Type.Array(Type.String()),
  lastUsedAt: Nullable(Type.Number()),
  createdAt: Type.Number(),
  url: Type.Optional(Type.String()),
})
/** `GET|POST /v1/webhooks/outgoing`, `DELETE …/:id`. */
export const OutgoingWebhook = Type.Object({
  id: Type.Number(),
  title: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  token: Type.String(),
  handlers: Type.Array(Handler),
  createdAt: Type.Number(),
})

/** Which deliveries. `GET /v1/deliveries` and `GET /v1/replay-plan` take it as their query, `POST /v1/replays` in its body. */
export const DeliveryFilterFields = Type.Partial(
  Type.Object({
    state: DeliveryState,
    reason: Type.String({ maxLength: 50, description: 'dns, connect, tls, timeout, http_4xx, breaker_open, …' }),
    event: Type.String({ maxLength: 100 }),
    handlerId: Type.Integer(),
    appId: Type.Integer(),
    webhookId: Type.Integer({ description: 'outgoing webhook' }),
    callId: Type.String({ maxLength: 100 }),
    from: Type.Integer({ description: 'created then or later' }),
    to: Type.Integer({ description: 'created before' }),
  }),
  { additionalProperties: false },
)
/** `GET /v1/replay-plan?…filter`: what `POST /v1/replays` would send. */
export const ReplayPlan = Type.Object({
  notices: Type.Number(),
  dials: Type.Number({ description: 'each places a call' }),
  withoutHandler: Type.Number({ description: 'not sent: the handler is unbound or switched off' }),
  upToId: Type.Number({ description: 'what is newer does not belong to the plan' }),
})
/** `GET /v1/deliveries?…filter&cursor=`, newest first. */
export const Delivery = Type.Object({
  id: Type.Number(),
  eventId: Type.Number(),
  event: Type.String(),
  deliveryClass: Literals(['dial', 'notice'] as const),
  state: DeliveryState,
  reason: Nullable(Type.String()),
  handlerId: Type.Number(),
  handlerTitle: Type.String(),
  url: Type.String(),
  callId: Nullable(Type.String()),
  attempts: Type.Number(),
  createdAt: Type.Number(),
  dueAt: Nullable(Type.Number()),
  deadlineAt: Nullable(Type.Number()),
  settledAt: Nullable(Type.Number()),
  replayOf: Nullable(Type.Number()),
})
/** One POST of a delivery. */
export const Attempt = Type.Object({
  number: Type.Number(),
  startedAt: Type.Number(),
  durationMs: Type.Number(),
  connectMs: Nullable(Type.Number({ description: 'until there was a connection to write to, dnsMs and tlsMs included' })),
  dnsMs: Nullable(Type.Number()),
  tlsMs: Nullable(Type.Number()),
  reused: Nullable(Type.Boolean({ description: 'an open connection was used again' })),
  firstByteMs: Nullable(Type.Number()),
  outcome: Type.String(),
  reason: Nullable(Type.String()),
  status: Nullable(Type.Number()),
  error: Nullable(Type.String()),
  requestBody: Type.String({ description: 'tokens masked' }),
  requestHeaders: Type.Record(Type.String(), Type.String()),
  responseBody: Nullable(Type.String({ description: 'first 4 KiB' })),
})
/** `GET /v1/attempts?…filter&cursor=`. */
export const LoggedAttempt = Type.Intersect([
  Type.Object({ deliveryId: Type.Number(), event: Type.String(), handlerId: Type.Number(), callId: Nullable(Type.String()) }),
  Attempt,
])
/** `GET /v1/deliveries/:id`. `POST /v1/deliveries/:id/replay {confirmDial?: true}`: 409 `confirm_dial` when it would place a call and was not confirmed. */
export const DeliveryCard = Type.Intersect([Delivery, Type.Object({ attemptLog: Type.Array(Attempt) })])

/** `GET /v1/events?name=&callId=&from=&to=&cursor=`, newest first. */
export const EventRow = Type.Object({
  id: Type.Number(),
  name: Type.String(),
  callId: Nullable(Type.String()),
  userId: Nullable(Type.Number({ description: 'who caused it' })),
  createdAt: Type.Number(),
})
/** `GET /v1/events/:id`. */
export const EventCard = Type.Intersect([
  EventRow,
  Type.Object({ data: Type.Record(Type.String(), Type.Unknown()), deliveries: Type.Array(Delivery) }),
])

/** `GET /v1/traces/:id`: from the click to the hang-up, in order. */
export const Trace = Type.Object({
  id: Type.Number(),
  callId: Nullable(Type.String()),
  verdict: Type.String({ description: 'in plain words' }),
  steps: Type.Array(
    Type.Object({ at: Type.Number(), kind: Type.String(), text: Type.String(), detail: Type.Record(Type.String(), Type.Unknown()) }),
  ),
})

/** `GET|POST /v1/call-lists`, `GET /v1/call-lists/:id`, `PATCH /v1/call-lists/:id/items/:itemId {status}`. */
export const CallList = Type.Object({
  id: Type.Number(),
  title: Type.String(),
  entityKind: Literals(['contact', 'company'] as const),
  total: Type.Number(),
  done: Type.Number(),
  createdAt: Type.Number(),
  createdByName: Type.String(),
})
/** What became of a participant (contract 5): IN_WORK, SUCCESS, WRONG_NUMBER, STOP_CALLING, and what crm.status.add added. */
export const CallListStatus = Type.String({ maxLength: 50 })
/** A call list with its participants. */
export const CallListCard = Type.Intersect([
  CallList,
  Type.Object({
    items: Type.Array(Type.Object({ id: Type.Number(), status: CallListStatus, entity: EntityRow, lastCall: Nullable(Call) })),
    statuses: Type.Array(
      Type.Object({
        id: CallListStatus,
        name: Nullable(Type.String({ description: 'null: as it came with the portal, in the words of the page' })),
      }),
    ),
  }),
])
/** A new call list. */
export const CallListInput = Type.Object({
  title: Type.Optional(Type.String({ maxLength: 255 })),
  entityKind: Literals(['contact', 'company'] as const),
  entityIds: Type.Array(Type.Number(), { minItems: 1, maxItems: 5000 }),
})

/** `GET /v1/placements?code=`: a page of an app in a place of the portal (contract 8.6). */
export const Placement = Type.Object({
  id: Type.Number(),
  appId: Type.Number(),
  appTitle: Type.String(),
  code: Type.String({ description: 'CALL_CARD, TELEPHONY_ANALYTICS_MENU or PAGE_BACKGROUND_WORKER' }),
  handler: Type.String({ description: 'address of the page' }),
  title: Type.String(),
  description: Type.String(),
  groupName: Type.String(),
  options: Type.Record(Type.String(), Type.Unknown()),
})
/** A note under the bell; `author` is null when the system says it. */
export const Notification = Type.Object({
  id: Type.Number(),
  message: Type.String(),
  author: Nullable(Type.Object({ id: Type.Number(), name: Type.String() })),
  createdAt: Type.Number(),
  readAt: Nullable(Type.Number()),
})
/** `GET /v1/notifications`. `POST /v1/notifications/:id/read` and `/v1/notifications/read-all`: 204. Live name: `notifications`. */
export const NotificationPage = Type.Object({
  items: Type.Array(Notification),
  nextCursor: Nullable(Type.String()),
  unread: Type.Number(),
})

/** `GET /v1/missed-calls`. `POST /v1/missed-calls/looked-at`: 204. Live name: `missed-calls`. */
export const MissedCallCount = Type.Object({ count: Type.Number() })

const CallbackLimits = Type.Object({
  hour: Type.Integer({ minimum: 1, maximum: 1000 }),
  day: Type.Integer({ minimum: 1, maximum: 10000 }),
})
/** What an admin sets of a callback form (contract 2.3). */
export const CallbackFormInput = Type.Partial(
  Type.Object({
    title: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    text: Type.String({ maxLength: 500, description: 'TEXT of the event: spoken to the employee before the customer is called' }),
    voice: Type.String({ maxLength: 50, description: 'VOICE of the event: an id of voxximplant.tts.voices.get' }),
    target: Nullable(Type.String({ maxLength: 40, description: '`app:3`, `line:7`, `webhook:2`' })),
    userId: Type.Integer({ description: 'the responsible user' }),
    countries: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 300, description: 'whose numbers are called' }),
    origins: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 50, description: 'sites that may embed it: https://example.com' }),
    perAddress: CallbackLimits,
    perNumber: CallbackLimits,
    createLead: Type.Boolean({ description: 'a number that no card has becomes a lead' }),
    withTokens: Type.Boolean({ description: 'the event carries tokens of the responsible user' }),
    enabled: Type.Boolean({ description: 'off until an admin sets it on' }),
  }),
)
/** `GET|POST /v1/callback-forms`, `PATCH|DELETE /v1/callback-forms/:id`. Live name: `callback-forms`. */
export const CallbackForm = Type.Object({
  id: Type.Number(),
  key: Type.String({ description: 'names the form in its public address' }),
  url: Type.String({ description: 'the page for visitors; with `.js` behind it the script that sites embed' }),
  title: Type.String(),
  text: Type.String(),
  voice: Type.String(),
  target: Nullable(Type.String()),
  userId: Type.Number(),
  userName: Type.String(),
  countries: Type.Array(Type.String()),
  origins: Type.Array(Type.String()),
  perAddress: CallbackLimits,
  perNumber: CallbackLimits,
  createLead: Type.Boolean(),
  withTokens: Type.Boolean(),
  enabled: Type.Boolean(),
  createdAt: Type.Number(),
})
/** `GET /v1/callback-forms`: the forms, and what can be chosen for them. */
export const CallbackForms = Type.Object({
  items: Type.Array(CallbackForm),
  targets: Type.Array(Target),
  voices: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
})
/** `GET /v1/callback-forms/:id/requests`: a visitor's request and what became of it. Live name: `callback-requests`. */
export const CallbackRequest = Type.Object({
  id: Type.Number(),
  at: Type.Number(),
  number: Type.String({ description: 'E.164' }),
  display: Type.String(),
  country: Type.String({ description: "'' of a number that costs extra" }),
  origin: Type.String({ description: 'of the site that sent it; empty for the page itself' }),
  outcome: Literals([
    'waiting',
    'delivered',
    'unconfirmed',
    'failed',
    'expired',
    'called',
    'skipped',
    'refused_country',
    'refused_limit',
  ] as const),
  reason: Nullable(Type.String()),
  entity: Nullable(Type.Object({ kind: EntityKind, id: Type.Number() })),
  traceId: Nullable(Type.Number()),
  call: Nullable(
    Type.Object({
      callId: Type.String(),
      state: CallState,
      durationSeconds: Type.Number(),
      statusCode: Nullable(Type.String()),
      userName: Type.String(),
    }),
  ),
})

/** `GET /v1/phone`. */
export const PhoneOffer = Type.Object({ isOffered: Type.Boolean() })

/** `GET /v1/apps/:id/check`. */
export const AppReport = Type.Object({
  answer: Literals(['given', 'silent', 'not_asked'] as const),
  problem: Type.String({ description: 'why it is silent' }),
  pbx: Type.String({ description: 'what the PBX calls itself' }),
  checks: Type.Array(
    Type.Object({
      name: Type.String({ description: 'ari, rights, recordings, line, phone, or what another app calls it' }),
      subject: Type.String({ description: 'what of that kind was looked at, e.g. the number of a line' }),
      ok: Type.Boolean(),
      code: Type.String({ description: 'of a failure' }),
      text: Type.String({ description: "of a failure, in the app's words" }),
    }),
  ),
})

/** `PUT /v1/phone/access`: what a browser registers with. */
export const PhoneAccess = Type.Object({
  login: Type.String(),
  password: Type.String(),
  domain: Type.String({ description: 'host part of the SIP addresses' }),
  expiresAt: Type.Number({ description: 'milliseconds since 1970; the password is good until then' }),
  iceServers: Type.Array(
    Type.Object({ urls: Type.String(), username: Type.Optional(Type.String()), credential: Type.Optional(Type.String()) }),
  ),
})

export type Session = Static<typeof Session>
export type EntityRow = Static<typeof EntityRow>
export type EntityCard = Static<typeof EntityCard>
export type EntityInput = Static<typeof EntityInput>
export type Call = Static<typeof Call>
export type TimelineEntry = Static<typeof TimelineEntry>
export type ClickInput = Static<typeof ClickInput>
export type Explanation = Static<typeof Explanation>
export type Target = Static<typeof Target>
export type Telephony = Static<typeof Telephony>
export type Handler = Static<typeof Handler>
export type App = Static<typeof App>
export type Delivery = Static<typeof Delivery>
export type Attempt = Static<typeof Attempt>
export type Trace = Static<typeof Trace>
export type CallbackForm = Static<typeof CallbackForm>
export type CallbackRequest = Static<typeof CallbackRequest>
