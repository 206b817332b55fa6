-- What a lead or deal is worth, missed calls that nobody has looked at yet, what refresh tokens are for.

ALTER TABLE lead ADD COLUMN opportunity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lead ADD COLUMN currency_id TEXT NOT NULL DEFAULT '';
ALTER TABLE lead ADD COLUMN is_manual_opportunity SMALLINT NOT NULL DEFAULT 0;

ALTER TABLE deal ADD COLUMN type_id TEXT NOT NULL DEFAULT 'SALE';
ALTER TABLE deal ADD COLUMN probability BIGINT;
ALTER TABLE deal ADD COLUMN opportunity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deal ADD COLUMN currency_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN is_manual_opportunity SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE deal ADD COLUMN begindate BIGINT;
ALTER TABLE deal ADD COLUMN closedate BIGINT;

CREATE TABLE missed_call (
  call_id TEXT NOT NULL PRIMARY KEY,
  portal_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX missed_call_user ON missed_call (portal_id, user_id);

ALTER TABLE refresh_token ADD COLUMN purpose TEXT NOT NULL DEFAULT '';

CREATE INDEX refresh_token_expires ON refresh_token (expires_at);
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX callback_request_created ON callback_request (created_at);
