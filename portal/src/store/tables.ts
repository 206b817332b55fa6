/**
 * Every table on one page. Times are milliseconds since 1970 UTC; flags are 0 or 1; JSON is text; `search` is folded by
 * the application (`fold`), so both engines find the same rows in any alphabet. `owner` is who a thing belongs to:
 * `app:<id>`, `webhook:<id>` (outgoing) or `incoming` (all incoming webhooks together, design 11.3).
 */
import type { Generated, Insertable, Selectable, Updateable } from 'kysely'
import type { CallState, DeliveryClass, DeliveryState } from '../states.ts'

/** 0 or 1. */
export type Flag = 0 | 1

/** One company's account. */
export interface PortalTable {
  id: Generated<number>
  member_id: string
  title: string
  country: string
  language: string
  /** `app:3`, `line:7`, `webhook:2` or null */
  target: string | null
  allow_user_targets: Flag
  allow_service_codes: Flag
  /** JSON: compatibility switches and policies */
  settings: string
  created_at: number
}

/** An employee. */
export interface UserTable {
  id: Generated<number>
  portal_id: number
  email: string
  password_hash: string
  name: string
  second_name: string
  last_name: string
  /** UF_PHONE_INNER */
  extension: string | null
  work_position: string
  work_phone: string | null
  personal_phone: string | null
  personal_mobile: string | null
  is_admin: Flag
  is_active: Flag
  language: string
  /** own outgoing target */
  target: string | null
  /** JSON array of department ids */
  departments: string
  search: string
  /** takes a break: shown to apps as TIMEMAN_STATUS PAUSED (contract 4.5) */
  is_paused: Generated<Flag>
  last_seen_at: number | null
  created_at: number
  updated_at: number
}

/** A department (contract 8.5). */
export interface DepartmentTable {
  id: Generated<number>
  portal_id: number
  name: string
  sort: number
  parent_id: number | null
  head_user_id: number | null
}

/** A browser that is signed in; the cookie holds the token, the row its SHA-256. */
export interface SessionTable {
  token_hash: string
  portal_id: number
  user_id: number
  expires_at: number
  created_at: number
}

/** A local application (contract 7.3). */
export interface AppTable {
  id: Generated<number>
  portal_id: number
  client_id: string
  secret_hash: string
  title: string
  kind: 'api' | 'ui'
  url: string
  install_url: string
  /** comma list */
  scope: string
  application_token: string
  installed: Flag
  /** last reason why the install callback was not taken; null when it was */
  install_problem: string | null
  /** when the install callback is due again; null when nothing is to be sent */
  install_due_at: number | null
  install_attempts: number
  version: number
  /** raised to revoke every access token issued before */
  grant_epoch: number
  last_seen_at: number | null
  created_by_id: number
  created_at: number
  deleted_at: number | null
  /** where the app is asked for browser phones; '' when it has none */
  phone_url: Generated<string>
  /** ws or wss address of its PBX */
  phone_socket: Generated<string>
  /** CRM_ENTITY_TYPE of a click without a card: '' or LEAD; null: as the portal's switch says */
  unknown_entity: Generated<'' | 'LEAD' | null>
}

/** app.option (user_id 0) and user.option. */
export interface AppOptionTable {
  portal_id: number
  app_id: number
  user_id: number
  name: string
  /** JSON */
  value: string
}

/** A code of the authorise step: good once, for 30 s (contract 7.1). */
export interface AuthCodeTable {
  code_hash: string
  portal_id: number
  app_id: number
  user_id: number
  expires_at: number
  used_at: number | null
}

/** A refresh token, stored hashed (design 11.11). */
export interface RefreshTokenTable {
  token_hash: string
  portal_id: number
  app_id: number
  user_id: number
  grant_epoch: number
  expires_at: number
  /** set by rotation; the old token stays good for 60 s more */
  replaced_at: number | null
  /** `frame`: written each time a page of the app is opened; '' of other ways */
  purpose: Generated<'' | 'frame'>
}

/** REST by an address that holds a secret; the row holds its SHA-256. */
export interface IncomingWebhookTable {
  id: Generated<number>
  portal_id: number
  user_id: number
  token_hash: string
  title: string
  /** comma list */
  scope: string
  last_used_at: number | null
  created_at: number
  deleted_at: number | null
}

/** Events to an address; its handlers are rows of `handler`. */
export interface OutgoingWebhookTable {
  id: Generated<number>
  portal_id: number
  title: string
  url: string
  token: string
  created_by_id: number
  created_at: number
  deleted_at: number | null
}

/** A URL bound to an event (contract 3.1). */
export interface HandlerTable {
  id: Generated<number>
  portal_id: number
  /** `app:<id>` or `webhook:<id>` */
  owner: string
  event: string
  url: string
  /** `auth_type`: 0 = the acting user */
  auth_user_id: number
  kind: 'online' | 'offline'
  connector: string
  profile: string
  /** notices only: 0 = one try, as the original does */
  retries: Flag
  /** the handler drops repeats of a CALL_ID */
  dedupes: Flag
  enabled: Flag
  disabled_reason: string | null
  /** Standard Webhooks secret, `whsec_…` */
  secret: string
  /** the secret before it was changed signs too, until then */
  old_secret: string | null
  old_secret_until: number | null
  /** POSTs at the same time; null = the default */
  slots: number | null
  /** POSTs in a minute; null = no limit */
  per_minute: number | null
  /** its circuit breaker is open since then; null = closed */
  breaker_opened_at: number | null
  breaker_retry_at: number | null
  breaker_reason: string | null
  /** JSON */
  options: string
  created_at: number
  /** unbound: kept so that its deliveries can still be read */
  deleted_at: number | null
}

/** Something that happened and had at least one handler. */
export interface EventTable {
  id: number
  portal_id: number
  name: string
  /** who caused it; null when nobody did */
  user_id: number | null
  call_id: string | null
  /** JSON of the ordered `data` map */
  data: string
  created_at: number
}

/** One event for one handler. */
export interface DeliveryTable {
  id: number
  portal_id: number
  event_id: number
  event: string
  handler_id: number
  owner: string
  url: string
  delivery_class: DeliveryClass
  call_id: string | null
  state: DeliveryState
  reason: string | null
  attempts: number
  /** when the next attempt is due; null when settled */
  due_at: number | null
  /** dial: after it the delivery expires */
  deadline_at: number | null
  /** process that has it */
  lease_owner: string | null
  lease_until: number | null
  settled_at: number | null
  /** the handler's own words when it refused */
  refusal: string | null
  replay_of: number | null
  created_at: number
}

/** One POST of a delivery. */
export interface AttemptTable {
  id: number
  portal_id: number
  delivery_id: number
  number: number
  started_at: number
  duration_ms: number
  /** from the start to a connection that could be written to */
  connect_ms: number | null
  /** of connect_ms: the name; null when a connection was used again or none was asked */
  dns_ms: number | null
  /** of connect_ms: the TLS handshake */
  tls_ms: number | null
  /** the connection was an open one; null when there was none */
  reused: Flag | null
  first_byte_ms: number | null
  outcome: string
  reason: string | null
  status: number | null
  error: string | null
  /** JSON */
  request_headers: string
  /** tokens masked */
  request_body: string
  response_body: string | null
}

/** An event that waits until its app fetches it (contract 3.5): one row for each changed object, app and connector. */
export interface OfflineEventTable {
  id: Generated<number>
  portal_id: number
  owner: string
  /** `auth_connector`; '' = the app's common queue */
  connector: string
  event: string
  /** names the object: the next change of it replaces the waiting row */
  message_id: string
  call_id: string | null
  user_id: number | null
  /** JSON */
  data: string
  /** '' = waiting; else reserved by the reader of this name */
  process_id: string
  error: Flag
  /** dials: after it the row is not handed out any more */
  expires_at: number | null
  changed_at: number
}

/** When a handler of ONOFFLINEEVENT was called last. */
export interface OfflineSignalTable {
  handler_id: number
  sent_at: number
}

/** One attempt to talk, with its CALL_ID. */
export interface CallTable {
  id: number
  portal_id: number
  call_id: string
  /** TYPE: 1 out, 2 in, 3 in redirected, 4 callback, 5 info */
  type: number
  user_id: number
  /** `app:<id>`, `webhook:<id>` or `incoming` */
  owner: string
  line_number: string
  number: string
  international: string
  extension: string
  /** normalised digits, what calls are compared by */
  digits: string
  entity_type: string
  entity_id: number
  external_call_id: string | null
  call_list_id: number
  is_mobile: Flag
  crm_create: Flag
  crm_source: string
  /** JSON array of {ENTITY_TYPE, ENTITY_ID} */
  created_entities: string
  state: CallState
  /** 1 while a `register` with the same key gets this call (contract 4.2, design 11.1) */
  reusable: Flag
  /** last word of its app */
  reported_at: number | null
  answered_at: number | null
  started_at: number
  ended_at: number | null
  duration: number
  status_code: string | null
  failed_reason: string
  closed_by: 'app' | 'portal' | null
  statistic_id: number | null
  activity_id: number | null
  trace_id: number | null
  created_at: number
}

/** Who sees the call card. */
export interface CallCardTable {
  call_id: string
  user_id: number
  portal_id: number
  shown_at: number
  hidden_at: number | null
  dismissed_at: number | null
}

/** The newest click of a user on a number: what makes a double click one call (design 11.2). */
export interface LastClickTable {
  portal_id: number
  user_id: number
  digits: string
  call_id: string
  created_at: number
}

/** One click: the head of a trace. */
export interface TraceTable {
  id: number
  portal_id: number
  user_id: number
  number: string
  digits: string
  outcome: 'registered' | 'skipped'
  reason: string | null
  target: string | null
  call_id: string | null
  /** JSON: what was known when the click was decided */
  detail: string
  created_at: number
}

/** What a trace holds beyond the call, its deliveries and attempts: progress reports and decisions. */
export interface TraceStepTable {
  id: number
  portal_id: number
  call_id: string
  at: number
  kind: string
  /** JSON */
  detail: string
}

/** voximplant.statistic.get (contract 4.9). */
export interface StatisticTable {
  id: Generated<number>
  portal_id: number
  call_id: string
  external_call_id: string | null
  user_id: number
  portal_number: string
  phone_number: string
  call_type: number
  duration: number
  started_at: number
  vote: number | null
  cost: number
  cost_currency: string
  failed_code: string
  failed_reason: string
  entity_type: string | null
  entity_id: number | null
  activity_id: number | null
  app_id: number | null
  app_name: string
  comment: string | null
  record_file_id: number | null
  record_duration: number | null
  transcript_id: number | null
}

/** What was said in a call (contract 4.7). */
export interface TranscriptTable {
  id: Generated<number>
  portal_id: number
  call_id: string
  /** JSON array of {side, startSeconds, stopSeconds, text} */
  lines: string
  cost: number
  cost_currency: string
  created_at: number
}

/** The sound file of a call. */
export interface RecordingTable {
  id: Generated<number>
  portal_id: number
  call_id: string
  filename: string
  mime: string
  bytes: number
  /** below the recordings folder */
  path: string
  duration_seconds: number | null
  created_at: number
}

/** A record that the portal fetches by itself: RECORD_URL of finish (contract 4.3). The row goes when the record is there. */
export interface RecordFetchTable {
  call_id: string
  portal_id: number
  url: string
  /** `failed`: no try is left */
  state: 'waiting' | 'failed'
  /** tries that came to an end */
  attempts: number
  /** why the last try failed; '' before */
  problem: string
  /** when the next try is due; null when none is left */
  due_at: number | null
  /** until then one process has it */
  lease_until: number | null
  created_at: number
}

/** An upload address given out by attachRecord (mode C). */
export interface UploadTable {
  token_hash: string
  portal_id: number
  call_id: string
  filename: string
  owner: string
  user_id: number
  expires_at: number
  used_at: number | null
}

/** An app's external line (contract 4.8). */
export interface LineTable {
  id: Generated<number>
  portal_id: number
  owner: string
  number: string
  name: string
  crm_auto_create: Flag
  created_at: number
}

interface EntityColumns {
  id: Generated<number>
  portal_id: number
  assigned_by_id: number
  source_id: string
  source_description: string
  comments: string
  opened: Flag
  created_by_id: number
  modified_by_id: number
  search: string
  created_at: number
  updated_at: number
}

/** A person. */
export interface ContactTable extends EntityColumns {
  name: string
  second_name: string
  last_name: string
  position: string
  company_id: number | null
  type_id: string
}

/** A company. */
export interface CompanyTable extends EntityColumns {
  title: string
  company_type: string
  industry: string
}

/** A lead. */
export interface LeadTable extends EntityColumns {
  title: string
  name: string
  second_name: string
  last_name: string
  position: string
  company_title: string
  status_id: string
  contact_id: number | null
  company_id: number | null
  /** hundredths */
  opportunity: Generated<number>
  /** ISO 4217; '' in rows of earlier versions */
  currency_id: Generated<string>
  is_manual_opportunity: Generated<Flag>
}

/** A deal: it has no phones of its own. */
export interface DealTable extends EntityColumns {
  title: string
  stage_id: string
  category_id: number
  contact_id: number | null
  company_id: number | null
  type_id: Generated<string>
  /** per cent */
  probability: number | null
  /** hundredths */
  opportunity: Generated<number>
  /** ISO 4217; '' in rows of earlier versions */
  currency_id: Generated<string>
  is_manual_opportunity: Generated<Flag>
  /** midnight UTC of the day */
  begindate: number | null
  closedate: number | null
}

/** PHONE, EMAIL, WEB, IM of contacts, companies and leads (contract 8.2). */
export interface MultifieldTable {
  id: Generated<number>
  portal_id: number
  entity_type: string
  entity_id: number
  type_id: string
  value_type: string
  value: string
  /** PHONE: normalised digits to search by; others: folded value */
  match: string
  position: number
}

/** Contract 8.4. */
export interface ActivityTable {
  id: Generated<number>
  portal_id: number
  type_id: number
  provider_id: string
  provider_type_id: string
  direction: number
  subject: string
  description: string
  description_type: number
  start_at: number
  end_at: number
  completed: Flag
  status: number
  priority: number
  responsible_id: number
  author_id: number
  owner_type_id: number
  owner_id: number
  /** JSON array */
  communications: string
  call_id: string | null
  created_at: number
  updated_at: number
}

/** What a person wrote on a card, or the portal about a call (ADD_TO_CHAT, contract 4.2, 4.3). */
export interface NoteTable {
  id: Generated<number>
  portal_id: number
  entity_type: 'contact' | 'company' | 'lead' | 'deal'
  entity_id: number
  author_id: number
  text: string
  /** the call that it tells of */
  call_id: string | null
  created_at: number
  updated_at: number
}

/** Which cards an activity stands on. */
export interface ActivityBindingTable {
  activity_id: number
  portal_id: number
  owner_type_id: number
  owner_id: number
}

/** Contacts or companies to be called in turn (contract 5). */
export interface CallListTable {
  id: Generated<number>
  portal_id: number
  title: string
  entity_type: string
  webform_id: number | null
  created_by_id: number
  activity_id: number | null
  created_at: number
}

/** One participant of a call list. */
export interface CallListItemTable {
  id: Generated<number>
  portal_id: number
  call_list_id: number
  entity_id: number
  status: string
  position: number
  last_call_id: string | null
}

/** A value of a CRM directory: a source, a stage, a status of call lists. Rows are made when a portal's directories are first read. */
export interface CrmStatusTable {
  id: Generated<number>
  portal_id: number
  /** the directory: SOURCE, STATUS, DEAL_STAGE, CALL_LIST, … */
  entity_id: string
  status_id: string
  name: string
  /** the name that it came with; '' when an app or a person added it */
  name_init: string
  sort: number
  color: string
  /** 'S' success, 'F' failure, '' in progress */
  semantics: string
  is_system: Flag
}

/** A page of an app in a place of the portal (contract 8.6). */
export interface PlacementTable {
  id: Generated<number>
  portal_id: number
  app_id: number
  /** CALL_CARD, … */
  code: string
  handler: string
  /** 0 = everybody */
  user_id: number
  title: string
  description: string
  group_name: string
  /** JSON: language → {TITLE, DESCRIPTION, GROUP_NAME} */
  languages: string
  /** JSON */
  options: string
  created_at: number
  /** PAGE_BACKGROUND_WORKER: the last day (UTC, counted from 1970) on which it was slow, and how often on that day */
  slow_day: Generated<number>
  slow_count: Generated<number>
}

/** A missed call that the person who was told of it has not looked at. */
export interface MissedCallTable {
  call_id: string
  portal_id: number
  user_id: number
  created_at: number
}

/** A note to a person, under the bell. */
export interface NotificationTable {
  id: Generated<number>
  portal_id: number
  user_id: number
  /** who says it; null: the system */
  author_id: number | null
  /** the app that sent it; null: a webhook */
  app_id: number | null
  kind: 'personal' | 'system'
  message: string
  /** a newer note of the same sender with the same tag replaces this one; '' = none */
  tag: string
  sub_tag: string
  created_at: number
  read_at: number | null
}

/** A form by which visitors of a site ask to be called back (contract 2.3). */
export interface CallbackFormTable {
  id: Generated<number>
  portal_id: number
  /** names the form in its public address; not a secret */
  public_key: string
  title: string
  /** TEXT: what is spoken to the employee */
  spoken_text: string
  /** VOICE: it is spoken by */
  voice: string
  /** `app:3`, `line:7`, `webhook:2`; null until an admin chooses */
  target: string | null
  /** the responsible user: gets the notes, and the leads that are made */
  user_id: number
  /** JSON: ISO 3166 codes of the countries whose numbers are called */
  countries: string
  /** JSON: origins of the sites that may embed it */
  origins: string
  /** how many requests an address, and a number, may make */
  address_hour: number
  address_day: number
  number_hour: number
  number_day: number
  /** a number that no card has becomes a lead */
  create_lead: Flag
  /** the event carries tokens of the responsible user (contract 13.25) */
  with_tokens: Flag
  enabled: Flag
  created_at: number
  changed_at: number
  deleted_at: number | null
}

/** What became of a visitor's request; `called`: the app registered a call for it. */
export type CallbackOutcome =
  | 'waiting'
  | 'delivered'
  | 'unconfirmed'
  | 'failed'
  | 'expired'
  | 'called'
  | 'skipped'
  | 'refused_country'
  | 'refused_limit'

/** A request of a visitor. Its dial is known by `callback.<id>` where others have their CALL_ID. */
export interface CallbackRequestTable {
  id: Generated<number>
  portal_id: number
  form_id: number
  /** E.164 */
  number: string
  digits: string
  country: string
  /** keyed hash of the visitor's address, of an IPv6 address of its /64: the address itself is not kept */
  address_hash: string
  /** of the page that sent it, when it was embedded; else '' */
  origin: string
  /** whose TYPE 4 call it becomes: `app:3` or `incoming`; '' when it was refused */
  owner: string
  entity_type: string
  entity_id: number
  outcome: CallbackOutcome
  reason: string | null
  trace_id: number | null
  /** of the call that the app registered for it */
  call_id: string | null
  created_at: number
}

/** A request of the own API that may be repeated under its Idempotency-Key; the answer is readable with the key only. */
export interface IdempotencyKeyTable {
  /** SHA-256 of user, route and key */
  key_hash: string
  portal_id: number
  request_hash: string
  /** null while the request runs */
  status: number | null
  answer: string | null
  created_at: number
}

/** Ids given out in blocks for the tables whose rows are written without reading (GIVEN_ID). */
export interface IdBlockTable {
  name: string
  next: number
}

/** A file of the archive: what of it belongs to rows that are gone. What stands behind `bytes` was written by a run that did not end. */
export interface ArchiveFileTable {
  /** tells apart the data folders of several processes */
  folder_id: string
  /** below the archive folder */
  path: string
  bytes: number
  row_count: number
}

/** How far a walk of retention need not look again. */
export interface RetentionMarkTable {
  job: string
  after_id: number
}

/** The one row (id 1) by which processes take turns with retention, and what the last run did. */
export interface RetentionRunTable {
  id: number
  owner: string | null
  lease_until: number
  ended_at: number | null
  /** JSON: job → rows */
  report: string
}

/** Every table by its name. */
export interface Tables {
  portal: PortalTable
  user: UserTable
  department: DepartmentTable
  session: SessionTable
  app: AppTable
  app_option: AppOptionTable
  auth_code: AuthCodeTable
  refresh_token: RefreshTokenTable
  incoming_webhook: IncomingWebhookTable
  outgoing_webhook: OutgoingWebhookTable
  handler: HandlerTable
  event: EventTable
  delivery: DeliveryTable
  attempt: AttemptTable
  offline_event: OfflineEventTable
  offline_signal: OfflineSignalTable
  call: CallTable
  call_card: CallCardTable
  last_click: LastClickTable
  trace: TraceTable
  trace_step: TraceStepTable
  statistic: StatisticTable
  transcript: TranscriptTable
  recording: RecordingTable
  upload: UploadTable
  record_fetch: RecordFetchTable
  line: LineTable
  contact: ContactTable
  company: CompanyTable
  lead: LeadTable
  deal: DealTable
  multifield: MultifieldTable
  activity: ActivityTable
  activity_binding: ActivityBindingTable
  note: NoteTable
  missed_call: MissedCallTable
  call_list: CallListTable
  call_list_item: CallListItemTable
  crm_status: CrmStatusTable
  placement: PlacementTable
  notification: NotificationTable
  callback_form: CallbackFormTable
  callback_request: CallbackRequestTable
  id_block: IdBlockTable
  idempotency_key: IdempotencyKeyTable
  archive_file: ArchiveFileTable
  retention_mark: RetentionMarkTable
  retention_run: RetentionRunTable
}

/** A row as it is read. */
export type Row<T extends keyof Tables> = Selectable<Tables[T]>
/** A row as it is written. */
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>
/** A change of a row. */
export type Change<T extends keyof Tables> = Updateable<Tables[T]>
