CREATE TABLE activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  type_id BIGINT NOT NULL,
  provider_id TEXT NOT NULL,
  provider_type_id TEXT NOT NULL,
  direction BIGINT NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  description_type BIGINT NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  completed SMALLINT NOT NULL,
  status BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  responsible_id BIGINT NOT NULL,
  author_id BIGINT NOT NULL,
  owner_type_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  communications TEXT NOT NULL,
  call_id TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE activity_binding (
  activity_id BIGINT NOT NULL,
  portal_id BIGINT NOT NULL,
  owner_type_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  PRIMARY KEY (activity_id, owner_type_id, owner_id)
);

CREATE INDEX activity_binding_owner ON activity_binding (owner_type_id, owner_id, activity_id);

CREATE INDEX activity_call ON activity (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX activity_owner ON activity (portal_id, owner_type_id, owner_id);

CREATE TABLE app (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  client_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  install_url TEXT NOT NULL,
  scope TEXT NOT NULL,
  application_token TEXT NOT NULL,
  installed SMALLINT NOT NULL,
  install_problem TEXT,
  install_due_at BIGINT,
  install_attempts BIGINT NOT NULL,
  version BIGINT NOT NULL,
  grant_epoch BIGINT NOT NULL,
  last_seen_at BIGINT,
  created_by_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
, phone_url TEXT NOT NULL DEFAULT '', phone_socket TEXT NOT NULL DEFAULT '', unknown_entity TEXT);

CREATE UNIQUE INDEX app_client ON app (client_id);

CREATE INDEX app_install_due ON app (install_due_at) WHERE install_due_at IS NOT NULL;

CREATE TABLE app_option (
  portal_id BIGINT NOT NULL,
  app_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (app_id, user_id, name)
);

CREATE TABLE archive_file (
  folder_id TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  PRIMARY KEY (folder_id, path)
);

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  delivery_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  connect_ms BIGINT,
  first_byte_ms BIGINT,
  outcome TEXT NOT NULL,
  reason TEXT,
  status BIGINT,
  error TEXT,
  request_headers TEXT NOT NULL,
  request_body TEXT NOT NULL,
  response_body TEXT
, dns_ms BIGINT, tls_ms BIGINT, reused SMALLINT);

CREATE INDEX attempt_delivery ON attempt (delivery_id, number);

CREATE TABLE auth_code (
  code_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  app_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  type BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  line_number TEXT NOT NULL,
  number TEXT NOT NULL,
  international TEXT NOT NULL,
  extension TEXT NOT NULL,
  digits TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  external_call_id TEXT,
  call_list_id BIGINT NOT NULL,
  is_mobile SMALLINT NOT NULL,
  crm_create SMALLINT NOT NULL,
  crm_source TEXT NOT NULL,
  created_entities TEXT NOT NULL,
  state TEXT NOT NULL,
  reusable SMALLINT NOT NULL,
  reported_at BIGINT,
  answered_at BIGINT,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  duration BIGINT NOT NULL,
  status_code TEXT,
  failed_reason TEXT NOT NULL,
  closed_by TEXT,
  statistic_id BIGINT,
  activity_id BIGINT,
  trace_id BIGINT,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX call_call_id ON call (call_id);

CREATE TABLE call_card (
  call_id TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  portal_id BIGINT NOT NULL,
  shown_at BIGINT NOT NULL,
  hidden_at BIGINT,
  dismissed_at BIGINT,
  PRIMARY KEY (call_id, user_id)
);

CREATE INDEX call_card_user ON call_card (portal_id, user_id) WHERE dismissed_at IS NULL AND hidden_at IS NULL;

CREATE INDEX call_entity ON call (portal_id, entity_type, entity_id);

CREATE TABLE call_list (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  webform_id BIGINT,
  created_by_id BIGINT NOT NULL,
  activity_id BIGINT,
  created_at BIGINT NOT NULL
);

CREATE TABLE call_list_item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  call_list_id BIGINT NOT NULL,
  entity_id BIGINT NOT NULL,
  status TEXT NOT NULL,
  "position" BIGINT NOT NULL,
  last_call_id TEXT
);

CREATE INDEX call_list_item_list ON call_list_item (call_list_id, "position");

CREATE INDEX call_list_portal ON call_list (portal_id, id);

CREATE INDEX call_portal ON call (portal_id, id);

CREATE INDEX call_reuse ON call (portal_id, owner, digits, type) WHERE reusable = 1;

CREATE INDEX call_unfinished ON call (portal_id, started_at) WHERE state <> 'finished';

CREATE INDEX call_user ON call (portal_id, user_id, id);

CREATE TABLE callback_form (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  public_key TEXT NOT NULL,
  title TEXT NOT NULL,
  spoken_text TEXT NOT NULL,
  voice TEXT NOT NULL,
  target TEXT,
  user_id BIGINT NOT NULL,
  countries TEXT NOT NULL,
  origins TEXT NOT NULL,
  address_hour BIGINT NOT NULL,
  address_day BIGINT NOT NULL,
  number_hour BIGINT NOT NULL,
  number_day BIGINT NOT NULL,
  create_lead SMALLINT NOT NULL,
  with_tokens SMALLINT NOT NULL,
  enabled SMALLINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE UNIQUE INDEX callback_form_key ON callback_form (public_key);

CREATE INDEX callback_form_portal ON callback_form (portal_id, id);

CREATE TABLE callback_request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  form_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  digits TEXT NOT NULL,
  country TEXT NOT NULL,
  address_hash TEXT NOT NULL,
  origin TEXT NOT NULL,
  owner TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  trace_id BIGINT,
  call_id TEXT,
  created_at BIGINT NOT NULL
);

CREATE INDEX callback_request_address ON callback_request (form_id, address_hash, created_at);

CREATE INDEX callback_request_caller ON callback_request (portal_id, owner, digits, created_at);

CREATE INDEX callback_request_created ON callback_request (created_at);

CREATE INDEX callback_request_form ON callback_request (form_id, id);

CREATE INDEX callback_request_number ON callback_request (form_id, digits, created_at);

CREATE TABLE company (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  assigned_by_id BIGINT NOT NULL,
  source_id TEXT NOT NULL,
  source_description TEXT NOT NULL,
  comments TEXT NOT NULL,
  opened SMALLINT NOT NULL,
  created_by_id BIGINT NOT NULL,
  modified_by_id BIGINT NOT NULL,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  company_type TEXT NOT NULL,
  industry TEXT NOT NULL
);

CREATE INDEX company_portal ON company (portal_id, id);

CREATE TABLE contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  assigned_by_id BIGINT NOT NULL,
  source_id TEXT NOT NULL,
  source_description TEXT NOT NULL,
  comments TEXT NOT NULL,
  opened SMALLINT NOT NULL,
  created_by_id BIGINT NOT NULL,
  modified_by_id BIGINT NOT NULL,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  name TEXT NOT NULL,
  second_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  "position" TEXT NOT NULL,
  company_id BIGINT,
  type_id TEXT NOT NULL
);

CREATE INDEX contact_company ON contact (company_id);

CREATE INDEX contact_portal ON contact (portal_id, id);

CREATE TABLE crm_status (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  entity_id TEXT NOT NULL,
  status_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_init TEXT NOT NULL,
  sort BIGINT NOT NULL,
  color TEXT NOT NULL,
  semantics TEXT NOT NULL,
  is_system SMALLINT NOT NULL
);

CREATE UNIQUE INDEX crm_status_key ON crm_status (portal_id, entity_id, status_id);

CREATE TABLE deal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  assigned_by_id BIGINT NOT NULL,
  source_id TEXT NOT NULL,
  source_description TEXT NOT NULL,
  comments TEXT NOT NULL,
  opened SMALLINT NOT NULL,
  created_by_id BIGINT NOT NULL,
  modified_by_id BIGINT NOT NULL,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  stage_id TEXT NOT NULL,
  category_id BIGINT NOT NULL,
  contact_id BIGINT,
  company_id BIGINT
, type_id TEXT NOT NULL DEFAULT 'SALE', probability BIGINT, opportunity BIGINT NOT NULL DEFAULT 0, currency_id TEXT NOT NULL DEFAULT '', is_manual_opportunity SMALLINT NOT NULL DEFAULT 0, begindate BIGINT, closedate BIGINT);

CREATE INDEX deal_portal ON deal (portal_id, id);

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  event_id BIGINT NOT NULL,
  event TEXT NOT NULL,
  handler_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  url TEXT NOT NULL,
  delivery_class TEXT NOT NULL,
  call_id TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  attempts BIGINT NOT NULL,
  due_at BIGINT,
  deadline_at BIGINT,
  lease_owner TEXT,
  lease_until BIGINT,
  settled_at BIGINT,
  refusal TEXT,
  replay_of BIGINT,
  created_at BIGINT NOT NULL
);

CREATE INDEX delivery_call ON delivery (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX delivery_due ON delivery (due_at, id) WHERE due_at IS NOT NULL;

CREATE INDEX delivery_event ON delivery (event_id);

CREATE INDEX delivery_handler ON delivery (handler_id, id);

CREATE INDEX delivery_portal ON delivery (portal_id, id);

CREATE INDEX delivery_problem ON delivery (portal_id, state, id) WHERE settled_at IS NOT NULL AND state <> 'delivered';

CREATE TABLE department (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  sort BIGINT NOT NULL,
  parent_id BIGINT,
  head_user_id BIGINT
);

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  user_id BIGINT,
  call_id TEXT,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX event_call ON event (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX event_portal ON event (portal_id, id);

CREATE TABLE handler (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  event TEXT NOT NULL,
  url TEXT NOT NULL,
  auth_user_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  connector TEXT NOT NULL,
  profile TEXT NOT NULL,
  retries SMALLINT NOT NULL,
  dedupes SMALLINT NOT NULL,
  enabled SMALLINT NOT NULL,
  disabled_reason TEXT,
  secret TEXT NOT NULL,
  options TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
, slots BIGINT, per_minute BIGINT, old_secret TEXT, old_secret_until BIGINT, breaker_opened_at BIGINT, breaker_retry_at BIGINT, breaker_reason TEXT);

CREATE UNIQUE INDEX handler_binding ON handler (owner, event, url, auth_user_id, kind, connector) WHERE deleted_at IS NULL;

CREATE INDEX handler_event ON handler (portal_id, event);

CREATE TABLE id_block (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
  key_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT,
  answer TEXT,
  created_at BIGINT NOT NULL
);

CREATE INDEX idempotency_key_created ON idempotency_key (created_at);

CREATE TABLE incoming_webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  token_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  scope TEXT NOT NULL,
  last_used_at BIGINT,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE UNIQUE INDEX incoming_webhook_token ON incoming_webhook (token_hash);

CREATE TABLE last_click (
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  digits TEXT NOT NULL,
  call_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (portal_id, user_id, digits)
);

CREATE TABLE lead (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  assigned_by_id BIGINT NOT NULL,
  source_id TEXT NOT NULL,
  source_description TEXT NOT NULL,
  comments TEXT NOT NULL,
  opened SMALLINT NOT NULL,
  created_by_id BIGINT NOT NULL,
  modified_by_id BIGINT NOT NULL,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  name TEXT NOT NULL,
  second_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  "position" TEXT NOT NULL,
  company_title TEXT NOT NULL,
  status_id TEXT NOT NULL,
  contact_id BIGINT,
  company_id BIGINT
, opportunity BIGINT NOT NULL DEFAULT 0, currency_id TEXT NOT NULL DEFAULT '', is_manual_opportunity SMALLINT NOT NULL DEFAULT 0);

CREATE INDEX lead_portal ON lead (portal_id, id);

CREATE TABLE line (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  crm_auto_create SMALLINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX line_number ON line (owner, number);

CREATE TABLE migration (name text primary key, applied_at bigint not null);

CREATE TABLE missed_call (
  call_id TEXT NOT NULL PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX missed_call_user ON missed_call (portal_id, user_id);

CREATE TABLE multifield (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  type_id TEXT NOT NULL,
  value_type TEXT NOT NULL,
  value TEXT NOT NULL,
  "match" TEXT NOT NULL,
  "position" BIGINT NOT NULL
);

CREATE INDEX multifield_entity ON multifield (entity_type, entity_id, "position");

CREATE INDEX multifield_match ON multifield (portal_id, type_id, "match");

CREATE TABLE note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  author_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  call_id TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX note_call ON note (call_id);

CREATE INDEX note_entity ON note (portal_id, entity_type, entity_id, created_at);

CREATE TABLE notification (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  author_id BIGINT,
  app_id BIGINT,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  tag TEXT NOT NULL,
  sub_tag TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  read_at BIGINT
);

CREATE INDEX notification_user ON notification (portal_id, user_id, id);

CREATE TABLE offline_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  connector TEXT NOT NULL,
  event TEXT NOT NULL,
  message_id TEXT NOT NULL,
  call_id TEXT,
  user_id BIGINT,
  data TEXT NOT NULL,
  process_id TEXT NOT NULL,
  error BIGINT NOT NULL,
  expires_at BIGINT,
  changed_at BIGINT NOT NULL
);

CREATE INDEX offline_event_call ON offline_event (call_id) WHERE call_id IS NOT NULL;

CREATE INDEX offline_event_expiring ON offline_event (expires_at) WHERE expires_at IS NOT NULL AND process_id = '';

CREATE INDEX offline_event_queue ON offline_event (portal_id, owner, connector, changed_at, id);

CREATE UNIQUE INDEX offline_event_waiting ON offline_event (portal_id, message_id) WHERE process_id = '';

CREATE TABLE offline_signal (
  handler_id BIGINT PRIMARY KEY,
  sent_at BIGINT NOT NULL
);

CREATE TABLE outgoing_webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  token TEXT NOT NULL,
  created_by_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE TABLE placement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  app_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  handler TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  group_name TEXT NOT NULL,
  languages TEXT NOT NULL,
  options TEXT NOT NULL,
  created_at BIGINT NOT NULL
, slow_day BIGINT NOT NULL DEFAULT 0, slow_count BIGINT NOT NULL DEFAULT 0);

CREATE INDEX placement_code ON placement (portal_id, code);

CREATE UNIQUE INDEX placement_key ON placement (app_id, code, handler, user_id);

CREATE TABLE portal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  member_id TEXT NOT NULL,
  title TEXT NOT NULL,
  country TEXT NOT NULL,
  language TEXT NOT NULL,
  target TEXT,
  allow_user_targets SMALLINT NOT NULL,
  allow_service_codes SMALLINT NOT NULL,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE record_fetch (
  call_id TEXT NOT NULL PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  problem TEXT NOT NULL,
  due_at BIGINT,
  lease_until BIGINT,
  created_at BIGINT NOT NULL
);

CREATE INDEX record_fetch_due ON record_fetch (due_at);

CREATE TABLE recording (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  filename TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  path TEXT NOT NULL,
  duration_seconds DOUBLE PRECISION,
  created_at BIGINT NOT NULL
);

CREATE INDEX recording_call ON recording (call_id);

CREATE TABLE refresh_token (
  token_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  app_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  grant_epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  replaced_at BIGINT
, purpose TEXT NOT NULL DEFAULT '');

CREATE INDEX refresh_token_app ON refresh_token (app_id, user_id);

CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

CREATE TABLE retention_mark (
  job TEXT PRIMARY KEY,
  after_id BIGINT NOT NULL
);

CREATE TABLE retention_run (
  id INTEGER PRIMARY KEY,
  owner TEXT,
  lease_until BIGINT NOT NULL,
  ended_at BIGINT,
  report TEXT NOT NULL
);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX session_expires ON session (expires_at);

CREATE INDEX session_expiry ON session (expires_at);

CREATE INDEX session_of_user ON session (user_id);

CREATE TABLE statistic (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  external_call_id TEXT,
  user_id BIGINT NOT NULL,
  portal_number TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  call_type BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  vote BIGINT,
  cost DOUBLE PRECISION NOT NULL,
  cost_currency TEXT NOT NULL,
  failed_code TEXT NOT NULL,
  failed_reason TEXT NOT NULL,
  entity_type TEXT,
  entity_id BIGINT,
  activity_id BIGINT,
  app_id BIGINT,
  app_name TEXT NOT NULL,
  comment TEXT,
  record_file_id BIGINT,
  record_duration DOUBLE PRECISION,
  transcript_id BIGINT
);

CREATE UNIQUE INDEX statistic_call ON statistic (call_id);

CREATE INDEX statistic_start ON statistic (portal_id, started_at);

CREATE TABLE trace (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  digits TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  target TEXT,
  call_id TEXT,
  detail TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX trace_call ON trace (call_id) WHERE call_id IS NOT NULL;

CREATE TABLE trace_step (
  id INTEGER PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE INDEX trace_step_call ON trace_step (call_id, id);

CREATE TABLE transcript (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  lines TEXT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  cost_currency TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX transcript_call ON transcript (portal_id, call_id);

CREATE TABLE upload (
  token_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  filename TEXT NOT NULL,
  owner TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE "user" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  portal_id BIGINT NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  second_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  extension TEXT,
  work_position TEXT NOT NULL,
  work_phone TEXT,
  personal_phone TEXT,
  personal_mobile TEXT,
  is_admin SMALLINT NOT NULL,
  is_active SMALLINT NOT NULL,
  language TEXT NOT NULL,
  target TEXT,
  departments TEXT NOT NULL,
  search TEXT NOT NULL,
  last_seen_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, is_paused SMALLINT NOT NULL DEFAULT 0);

CREATE UNIQUE INDEX user_email ON "user" (portal_id, email);

CREATE INDEX user_extension ON "user" (portal_id, extension);
