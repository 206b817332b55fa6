-- Limits, secret rotation and health of handlers; phases of attempts; keys of repeated requests.

ALTER TABLE handler ADD COLUMN slots BIGINT;
ALTER TABLE handler ADD COLUMN per_minute BIGINT;
ALTER TABLE handler ADD COLUMN old_secret TEXT;
ALTER TABLE handler ADD COLUMN old_secret_until BIGINT;
ALTER TABLE handler ADD COLUMN breaker_opened_at BIGINT;
ALTER TABLE handler ADD COLUMN breaker_retry_at BIGINT;
ALTER TABLE handler ADD COLUMN breaker_reason TEXT;

ALTER TABLE attempt ADD COLUMN dns_ms BIGINT;
ALTER TABLE attempt ADD COLUMN tls_ms BIGINT;
ALTER TABLE attempt ADD COLUMN reused SMALLINT;

CREATE TABLE idempotency_key (
  key_hash TEXT PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT,
  answer TEXT,
  created_at BIGINT NOT NULL
);

CREATE INDEX idempotency_key_created ON idempotency_key (created_at);
