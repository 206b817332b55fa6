-- Callback forms: a visitor leaves a number, the phone app of the form's target calls it back.

CREATE TABLE callback_form (
  id SERIAL_ID,
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
  id SERIAL_ID,
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

CREATE INDEX callback_request_form ON callback_request (form_id, id);
CREATE INDEX callback_request_number ON callback_request (form_id, digits, created_at);
CREATE INDEX callback_request_address ON callback_request (form_id, address_hash, created_at);
CREATE INDEX callback_request_caller ON callback_request (portal_id, owner, digits, created_at);
