create table "activity" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "type_id" bigint not null,
  "provider_id" text not null,
  "provider_type_id" text not null,
  "direction" bigint not null,
  "subject" text not null,
  "description" text not null,
  "description_type" bigint not null,
  "start_at" bigint not null,
  "end_at" bigint not null,
  "completed" smallint not null,
  "status" bigint not null,
  "priority" bigint not null,
  "responsible_id" bigint not null,
  "author_id" bigint not null,
  "owner_type_id" bigint not null,
  "owner_id" bigint not null,
  "communications" text not null,
  "call_id" text,
  "created_at" bigint not null,
  "updated_at" bigint not null
);

create table "activity_binding" (
  "activity_id" bigint not null,
  "portal_id" bigint not null,
  "owner_type_id" bigint not null,
  "owner_id" bigint not null
);

create table "app" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "client_id" text not null,
  "secret_hash" text not null,
  "title" text not null,
  "kind" text not null,
  "url" text not null,
  "install_url" text not null,
  "scope" text not null,
  "application_token" text not null,
  "installed" smallint not null,
  "install_problem" text,
  "install_due_at" bigint,
  "install_attempts" bigint not null,
  "version" bigint not null,
  "grant_epoch" bigint not null,
  "last_seen_at" bigint,
  "created_by_id" bigint not null,
  "created_at" bigint not null,
  "deleted_at" bigint,
  "phone_url" text not null,
  "phone_socket" text not null,
  "unknown_entity" text
);

create table "app_option" (
  "portal_id" bigint not null,
  "app_id" bigint not null,
  "user_id" bigint not null,
  "name" text not null,
  "value" text not null
);

create table "archive_file" (
  "folder_id" text not null,
  "path" text not null,
  "bytes" bigint not null,
  "row_count" bigint not null
);

create table "attempt" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "delivery_id" bigint not null,
  "number" bigint not null,
  "started_at" bigint not null,
  "duration_ms" bigint not null,
  "connect_ms" bigint,
  "first_byte_ms" bigint,
  "outcome" text not null,
  "reason" text,
  "status" bigint,
  "error" text,
  "request_headers" text not null,
  "request_body" text not null,
  "response_body" text,
  "dns_ms" bigint,
  "tls_ms" bigint,
  "reused" smallint
);

create table "auth_code" (
  "code_hash" text not null,
  "portal_id" bigint not null,
  "app_id" bigint not null,
  "user_id" bigint not null,
  "expires_at" bigint not null,
  "used_at" bigint
);

create table "call" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "type" bigint not null,
  "user_id" bigint not null,
  "owner" text not null,
  "line_number" text not null,
  "number" text not null,
  "international" text not null,
  "extension" text not null,
  "digits" text not null,
  "entity_type" text not null,
  "entity_id" bigint not null,
  "external_call_id" text,
  "call_list_id" bigint not null,
  "is_mobile" smallint not null,
  "crm_create" smallint not null,
  "crm_source" text not null,
  "created_entities" text not null,
  "state" text not null,
  "reusable" smallint not null,
  "reported_at" bigint,
  "answered_at" bigint,
  "started_at" bigint not null,
  "ended_at" bigint,
  "duration" bigint not null,
  "status_code" text,
  "failed_reason" text not null,
  "closed_by" text,
  "statistic_id" bigint,
  "activity_id" bigint,
  "trace_id" bigint,
  "created_at" bigint not null
);

create table "call_card" (
  "call_id" text not null,
  "user_id" bigint not null,
  "portal_id" bigint not null,
  "shown_at" bigint not null,
  "hidden_at" bigint,
  "dismissed_at" bigint
);

create table "call_list" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "title" text not null,
  "entity_type" text not null,
  "webform_id" bigint,
  "created_by_id" bigint not null,
  "activity_id" bigint,
  "created_at" bigint not null
);

create table "call_list_item" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_list_id" bigint not null,
  "entity_id" bigint not null,
  "status" text not null,
  "position" bigint not null,
  "last_call_id" text
);

create table "callback_form" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "public_key" text not null,
  "title" text not null,
  "spoken_text" text not null,
  "voice" text not null,
  "target" text,
  "user_id" bigint not null,
  "countries" text not null,
  "origins" text not null,
  "address_hour" bigint not null,
  "address_day" bigint not null,
  "number_hour" bigint not null,
  "number_day" bigint not null,
  "create_lead" smallint not null,
  "with_tokens" smallint not null,
  "enabled" smallint not null,
  "created_at" bigint not null,
  "changed_at" bigint not null,
  "deleted_at" bigint
);

create table "callback_request" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "form_id" bigint not null,
  "number" text not null,
  "digits" text not null,
  "country" text not null,
  "address_hash" text not null,
  "origin" text not null,
  "owner" text not null,
  "entity_type" text not null,
  "entity_id" bigint not null,
  "outcome" text not null,
  "reason" text,
  "trace_id" bigint,
  "call_id" text,
  "created_at" bigint not null
);

create table "company" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "assigned_by_id" bigint not null,
  "source_id" text not null,
  "source_description" text not null,
  "comments" text not null,
  "opened" smallint not null,
  "created_by_id" bigint not null,
  "modified_by_id" bigint not null,
  "search" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "title" text not null,
  "company_type" text not null,
  "industry" text not null
);

create table "contact" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "assigned_by_id" bigint not null,
  "source_id" text not null,
  "source_description" text not null,
  "comments" text not null,
  "opened" smallint not null,
  "created_by_id" bigint not null,
  "modified_by_id" bigint not null,
  "search" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "name" text not null,
  "second_name" text not null,
  "last_name" text not null,
  "position" text not null,
  "company_id" bigint,
  "type_id" text not null
);

create table "crm_status" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "entity_id" text not null,
  "status_id" text not null,
  "name" text not null,
  "name_init" text not null,
  "sort" bigint not null,
  "color" text not null,
  "semantics" text not null,
  "is_system" smallint not null
);

create table "deal" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "assigned_by_id" bigint not null,
  "source_id" text not null,
  "source_description" text not null,
  "comments" text not null,
  "opened" smallint not null,
  "created_by_id" bigint not null,
  "modified_by_id" bigint not null,
  "search" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "title" text not null,
  "stage_id" text not null,
  "category_id" bigint not null,
  "contact_id" bigint,
  "company_id" bigint,
  "type_id" text not null,
  "probability" bigint,
  "opportunity" bigint not null,
  "currency_id" text not null,
  "is_manual_opportunity" smallint not null,
  "begindate" bigint,
  "closedate" bigint
);

create table "delivery" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "event_id" bigint not null,
  "event" text not null,
  "handler_id" bigint not null,
  "owner" text not null,
  "url" text not null,
  "delivery_class" text not null,
  "call_id" text,
  "state" text not null,
  "reason" text,
  "attempts" bigint not null,
  "due_at" bigint,
  "deadline_at" bigint,
  "lease_owner" text,
  "lease_until" bigint,
  "settled_at" bigint,
  "refusal" text,
  "replay_of" bigint,
  "created_at" bigint not null
);

create table "department" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "name" text not null,
  "sort" bigint not null,
  "parent_id" bigint,
  "head_user_id" bigint
);

create table "event" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "name" text not null,
  "user_id" bigint,
  "call_id" text,
  "data" text not null,
  "created_at" bigint not null
);

create table "handler" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "owner" text not null,
  "event" text not null,
  "url" text not null,
  "auth_user_id" bigint not null,
  "kind" text not null,
  "connector" text not null,
  "profile" text not null,
  "retries" smallint not null,
  "dedupes" smallint not null,
  "enabled" smallint not null,
  "disabled_reason" text,
  "secret" text not null,
  "options" text not null,
  "created_at" bigint not null,
  "deleted_at" bigint,
  "slots" bigint,
  "per_minute" bigint,
  "old_secret" text,
  "old_secret_until" bigint,
  "breaker_opened_at" bigint,
  "breaker_retry_at" bigint,
  "breaker_reason" text
);

create table "id_block" (
  "name" text not null,
  "next" bigint not null
);

create table "idempotency_key" (
  "key_hash" text not null,
  "portal_id" bigint not null,
  "request_hash" text not null,
  "status" bigint,
  "answer" text,
  "created_at" bigint not null
);

create table "incoming_webhook" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "token_hash" text not null,
  "title" text not null,
  "scope" text not null,
  "last_used_at" bigint,
  "created_at" bigint not null,
  "deleted_at" bigint
);

create table "last_click" (
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "digits" text not null,
  "call_id" text not null,
  "created_at" bigint not null
);

create table "lead" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "assigned_by_id" bigint not null,
  "source_id" text not null,
  "source_description" text not null,
  "comments" text not null,
  "opened" smallint not null,
  "created_by_id" bigint not null,
  "modified_by_id" bigint not null,
  "search" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "title" text not null,
  "name" text not null,
  "second_name" text not null,
  "last_name" text not null,
  "position" text not null,
  "company_title" text not null,
  "status_id" text not null,
  "contact_id" bigint,
  "company_id" bigint,
  "opportunity" bigint not null,
  "currency_id" text not null,
  "is_manual_opportunity" smallint not null
);

create table "line" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "owner" text not null,
  "number" text not null,
  "name" text not null,
  "crm_auto_create" smallint not null,
  "created_at" bigint not null
);

create table "migration" (
  "name" text not null,
  "applied_at" bigint not null
);

create table "missed_call" (
  "call_id" text not null,
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "created_at" bigint not null
);

create table "multifield" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "entity_type" text not null,
  "entity_id" bigint not null,
  "type_id" text not null,
  "value_type" text not null,
  "value" text not null,
  "match" text not null,
  "position" bigint not null
);

create table "note" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "entity_type" text not null,
  "entity_id" bigint not null,
  "author_id" bigint not null,
  "text" text not null,
  "call_id" text,
  "created_at" bigint not null,
  "updated_at" bigint not null
);

create table "notification" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "author_id" bigint,
  "app_id" bigint,
  "kind" text not null,
  "message" text not null,
  "tag" text not null,
  "sub_tag" text not null,
  "created_at" bigint not null,
  "read_at" bigint
);

create table "offline_event" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "owner" text not null,
  "connector" text not null,
  "event" text not null,
  "message_id" text not null,
  "call_id" text,
  "user_id" bigint,
  "data" text not null,
  "process_id" text not null,
  "error" bigint not null,
  "expires_at" bigint,
  "changed_at" bigint not null
);

create table "offline_signal" (
  "handler_id" bigint not null,
  "sent_at" bigint not null
);

create table "outgoing_webhook" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "title" text not null,
  "url" text not null,
  "token" text not null,
  "created_by_id" bigint not null,
  "created_at" bigint not null,
  "deleted_at" bigint
);

create table "placement" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "app_id" bigint not null,
  "code" text not null,
  "handler" text not null,
  "user_id" bigint not null,
  "title" text not null,
  "description" text not null,
  "group_name" text not null,
  "languages" text not null,
  "options" text not null,
  "created_at" bigint not null,
  "slow_day" bigint not null,
  "slow_count" bigint not null
);

create table "portal" (
  "id" bigint not null,
  "member_id" text not null,
  "title" text not null,
  "country" text not null,
  "language" text not null,
  "target" text,
  "allow_user_targets" smallint not null,
  "allow_service_codes" smallint not null,
  "settings" text not null,
  "created_at" bigint not null
);

create table "record_fetch" (
  "call_id" text not null,
  "portal_id" bigint not null,
  "url" text not null,
  "state" text not null,
  "attempts" bigint not null,
  "problem" text not null,
  "due_at" bigint,
  "lease_until" bigint,
  "created_at" bigint not null
);

create table "recording" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "filename" text not null,
  "mime" text not null,
  "bytes" bigint not null,
  "path" text not null,
  "duration_seconds" double precision,
  "created_at" bigint not null
);

create table "refresh_token" (
  "token_hash" text not null,
  "portal_id" bigint not null,
  "app_id" bigint not null,
  "user_id" bigint not null,
  "grant_epoch" bigint not null,
  "expires_at" bigint not null,
  "replaced_at" bigint,
  "purpose" text not null
);

create table "retention_mark" (
  "job" text not null,
  "after_id" bigint not null
);

create table "retention_run" (
  "id" bigint not null,
  "owner" text,
  "lease_until" bigint not null,
  "ended_at" bigint,
  "report" text not null
);

create table "session" (
  "token_hash" text not null,
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "expires_at" bigint not null,
  "created_at" bigint not null
);

create table "statistic" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "external_call_id" text,
  "user_id" bigint not null,
  "portal_number" text not null,
  "phone_number" text not null,
  "call_type" bigint not null,
  "duration" bigint not null,
  "started_at" bigint not null,
  "vote" bigint,
  "cost" double precision not null,
  "cost_currency" text not null,
  "failed_code" text not null,
  "failed_reason" text not null,
  "entity_type" text,
  "entity_id" bigint,
  "activity_id" bigint,
  "app_id" bigint,
  "app_name" text not null,
  "comment" text,
  "record_file_id" bigint,
  "record_duration" double precision,
  "transcript_id" bigint
);

create table "trace" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "user_id" bigint not null,
  "number" text not null,
  "digits" text not null,
  "outcome" text not null,
  "reason" text,
  "target" text,
  "call_id" text,
  "detail" text not null,
  "created_at" bigint not null
);

create table "trace_step" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "at" bigint not null,
  "kind" text not null,
  "detail" text not null
);

create table "transcript" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "lines" text not null,
  "cost" double precision not null,
  "cost_currency" text not null,
  "created_at" bigint not null
);

create table "upload" (
  "token_hash" text not null,
  "portal_id" bigint not null,
  "call_id" text not null,
  "filename" text not null,
  "owner" text not null,
  "user_id" bigint not null,
  "expires_at" bigint not null,
  "used_at" bigint
);

create table "user" (
  "id" bigint not null,
  "portal_id" bigint not null,
  "email" text not null,
  "password_hash" text not null,
  "name" text not null,
  "second_name" text not null,
  "last_name" text not null,
  "extension" text,
  "work_position" text not null,
  "work_phone" text,
  "personal_phone" text,
  "personal_mobile" text,
  "is_admin" smallint not null,
  "is_active" smallint not null,
  "language" text not null,
  "target" text,
  "departments" text not null,
  "search" text not null,
  "last_seen_at" bigint,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "is_paused" smallint not null
);

CREATE INDEX activity_binding_owner ON activity_binding USING btree (owner_type_id, owner_id, activity_id);

CREATE UNIQUE INDEX activity_binding_pkey ON activity_binding USING btree (activity_id, owner_type_id, owner_id);

CREATE INDEX activity_call ON activity USING btree (call_id) WHERE (call_id IS NOT NULL);

CREATE INDEX activity_owner ON activity USING btree (portal_id, owner_type_id, owner_id);

CREATE UNIQUE INDEX activity_pkey ON activity USING btree (id);

CREATE UNIQUE INDEX app_client ON app USING btree (client_id);

CREATE INDEX app_install_due ON app USING btree (install_due_at) WHERE (install_due_at IS NOT NULL);

CREATE UNIQUE INDEX app_option_pkey ON app_option USING btree (app_id, user_id, name);

CREATE UNIQUE INDEX app_pkey ON app USING btree (id);

CREATE UNIQUE INDEX archive_file_pkey ON archive_file USING btree (folder_id, path);

CREATE INDEX attempt_delivery ON attempt USING btree (delivery_id, number);

CREATE UNIQUE INDEX attempt_pkey ON attempt USING btree (id);

CREATE UNIQUE INDEX auth_code_pkey ON auth_code USING btree (code_hash);

CREATE UNIQUE INDEX call_call_id ON call USING btree (call_id);

CREATE UNIQUE INDEX call_card_pkey ON call_card USING btree (call_id, user_id);

CREATE INDEX call_card_user ON call_card USING btree (portal_id, user_id) WHERE ((dismissed_at IS NULL) AND (hidden_at IS NULL));

CREATE INDEX call_entity ON call USING btree (portal_id, entity_type, entity_id);

CREATE INDEX call_list_item_list ON call_list_item USING btree (call_list_id, "position");

CREATE UNIQUE INDEX call_list_item_pkey ON call_list_item USING btree (id);

CREATE UNIQUE INDEX call_list_pkey ON call_list USING btree (id);

CREATE INDEX call_list_portal ON call_list USING btree (portal_id, id);

CREATE UNIQUE INDEX call_pkey ON call USING btree (id);

CREATE INDEX call_portal ON call USING btree (portal_id, id);

CREATE INDEX call_reuse ON call USING btree (portal_id, owner, digits, type) WHERE (reusable = 1);

CREATE INDEX call_unfinished ON call USING btree (portal_id, started_at) WHERE (state <> 'finished'::text);

CREATE INDEX call_user ON call USING btree (portal_id, user_id, id);

CREATE UNIQUE INDEX callback_form_key ON callback_form USING btree (public_key);

CREATE UNIQUE INDEX callback_form_pkey ON callback_form USING btree (id);

CREATE INDEX callback_form_portal ON callback_form USING btree (portal_id, id);

CREATE INDEX callback_request_address ON callback_request USING btree (form_id, address_hash, created_at);

CREATE INDEX callback_request_caller ON callback_request USING btree (portal_id, owner, digits, created_at);

CREATE INDEX callback_request_created ON callback_request USING btree (created_at);

CREATE INDEX callback_request_form ON callback_request USING btree (form_id, id);

CREATE INDEX callback_request_number ON callback_request USING btree (form_id, digits, created_at);

CREATE UNIQUE INDEX callback_request_pkey ON callback_request USING btree (id);

CREATE UNIQUE INDEX company_pkey ON company USING btree (id);

CREATE INDEX company_portal ON company USING btree (portal_id, id);

CREATE INDEX contact_company ON contact USING btree (company_id);

CREATE UNIQUE INDEX contact_pkey ON contact USING btree (id);

CREATE INDEX contact_portal ON contact USING btree (portal_id, id);

CREATE UNIQUE INDEX crm_status_key ON crm_status USING btree (portal_id, entity_id, status_id);

CREATE UNIQUE INDEX crm_status_pkey ON crm_status USING btree (id);

CREATE UNIQUE INDEX deal_pkey ON deal USING btree (id);

CREATE INDEX deal_portal ON deal USING btree (portal_id, id);

CREATE INDEX delivery_call ON delivery USING btree (call_id) WHERE (call_id IS NOT NULL);

CREATE INDEX delivery_due ON delivery USING btree (due_at, id) WHERE (due_at IS NOT NULL);

CREATE INDEX delivery_event ON delivery USING btree (event_id);

CREATE INDEX delivery_handler ON delivery USING btree (handler_id, id);

CREATE UNIQUE INDEX delivery_pkey ON delivery USING btree (id);

CREATE INDEX delivery_portal ON delivery USING btree (portal_id, id);

CREATE INDEX delivery_problem ON delivery USING btree (portal_id, state, id) WHERE ((settled_at IS NOT NULL) AND (state <> 'delivered'::text));

CREATE UNIQUE INDEX department_pkey ON department USING btree (id);

CREATE INDEX event_call ON event USING btree (call_id) WHERE (call_id IS NOT NULL);

CREATE UNIQUE INDEX event_pkey ON event USING btree (id);

CREATE INDEX event_portal ON event USING btree (portal_id, id);

CREATE UNIQUE INDEX handler_binding ON handler USING btree (owner, event, url, auth_user_id, kind, connector) WHERE (deleted_at IS NULL);

CREATE INDEX handler_event ON handler USING btree (portal_id, event);

CREATE UNIQUE INDEX handler_pkey ON handler USING btree (id);

CREATE UNIQUE INDEX id_block_pkey ON id_block USING btree (name);

CREATE INDEX idempotency_key_created ON idempotency_key USING btree (created_at);

CREATE UNIQUE INDEX idempotency_key_pkey ON idempotency_key USING btree (key_hash);

CREATE UNIQUE INDEX incoming_webhook_pkey ON incoming_webhook USING btree (id);

CREATE UNIQUE INDEX incoming_webhook_token ON incoming_webhook USING btree (token_hash);

CREATE UNIQUE INDEX last_click_pkey ON last_click USING btree (portal_id, user_id, digits);

CREATE UNIQUE INDEX lead_pkey ON lead USING btree (id);

CREATE INDEX lead_portal ON lead USING btree (portal_id, id);

CREATE UNIQUE INDEX line_number ON line USING btree (owner, number);

CREATE UNIQUE INDEX line_pkey ON line USING btree (id);

CREATE UNIQUE INDEX migration_pkey ON migration USING btree (name);

CREATE UNIQUE INDEX missed_call_pkey ON missed_call USING btree (call_id);

CREATE INDEX missed_call_user ON missed_call USING btree (portal_id, user_id);

CREATE INDEX multifield_entity ON multifield USING btree (entity_type, entity_id, "position");

CREATE INDEX multifield_match ON multifield USING btree (portal_id, type_id, match);

CREATE UNIQUE INDEX multifield_pkey ON multifield USING btree (id);

CREATE INDEX note_call ON note USING btree (call_id);

CREATE INDEX note_entity ON note USING btree (portal_id, entity_type, entity_id, created_at);

CREATE UNIQUE INDEX note_pkey ON note USING btree (id);

CREATE UNIQUE INDEX notification_pkey ON notification USING btree (id);

CREATE INDEX notification_user ON notification USING btree (portal_id, user_id, id);

CREATE INDEX offline_event_call ON offline_event USING btree (call_id) WHERE (call_id IS NOT NULL);

CREATE INDEX offline_event_expiring ON offline_event USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (process_id = ''::text));

CREATE UNIQUE INDEX offline_event_pkey ON offline_event USING btree (id);

CREATE INDEX offline_event_queue ON offline_event USING btree (portal_id, owner, connector, changed_at, id);

CREATE UNIQUE INDEX offline_event_waiting ON offline_event USING btree (portal_id, message_id) WHERE (process_id = ''::text);

CREATE UNIQUE INDEX offline_signal_pkey ON offline_signal USING btree (handler_id);

CREATE UNIQUE INDEX outgoing_webhook_pkey ON outgoing_webhook USING btree (id);

CREATE INDEX placement_code ON placement USING btree (portal_id, code);

CREATE UNIQUE INDEX placement_key ON placement USING btree (app_id, code, handler, user_id);

CREATE UNIQUE INDEX placement_pkey ON placement USING btree (id);

CREATE UNIQUE INDEX portal_pkey ON portal USING btree (id);

CREATE INDEX record_fetch_due ON record_fetch USING btree (due_at);

CREATE UNIQUE INDEX record_fetch_pkey ON record_fetch USING btree (call_id);

CREATE INDEX recording_call ON recording USING btree (call_id);

CREATE UNIQUE INDEX recording_pkey ON recording USING btree (id);

CREATE INDEX refresh_token_app ON refresh_token USING btree (app_id, user_id);

CREATE INDEX refresh_token_expires ON refresh_token USING btree (expires_at);

CREATE UNIQUE INDEX refresh_token_pkey ON refresh_token USING btree (token_hash);

CREATE UNIQUE INDEX retention_mark_pkey ON retention_mark USING btree (job);

CREATE UNIQUE INDEX retention_run_pkey ON retention_run USING btree (id);

CREATE INDEX session_expires ON session USING btree (expires_at);

CREATE INDEX session_expiry ON session USING btree (expires_at);

CREATE INDEX session_of_user ON session USING btree (user_id);

CREATE UNIQUE INDEX session_pkey ON session USING btree (token_hash);

CREATE UNIQUE INDEX statistic_call ON statistic USING btree (call_id);

CREATE UNIQUE INDEX statistic_pkey ON statistic USING btree (id);

CREATE INDEX statistic_start ON statistic USING btree (portal_id, started_at);

CREATE INDEX trace_call ON trace USING btree (call_id) WHERE (call_id IS NOT NULL);

CREATE UNIQUE INDEX trace_pkey ON trace USING btree (id);

CREATE INDEX trace_step_call ON trace_step USING btree (call_id, id);

CREATE UNIQUE INDEX trace_step_pkey ON trace_step USING btree (id);

CREATE INDEX transcript_call ON transcript USING btree (portal_id, call_id);

CREATE UNIQUE INDEX transcript_pkey ON transcript USING btree (id);

CREATE UNIQUE INDEX upload_pkey ON upload USING btree (token_hash);

CREATE UNIQUE INDEX user_email ON "user" USING btree (portal_id, email);

CREATE INDEX user_extension ON "user" USING btree (portal_id, extension);

CREATE UNIQUE INDEX user_pkey ON "user" USING btree (id);
