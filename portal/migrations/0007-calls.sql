-- Notes on cards, records that are fetched in the background, people who take a break.

CREATE TABLE note (
  id SERIAL_ID,
  portal_id BIGINT NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id BIGINT NOT NULL,
  author_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  call_id TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX note_entity ON note (portal_id, entity_type, entity_id, created_at);
CREATE INDEX note_call ON note (call_id);

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

ALTER TABLE "user" ADD COLUMN is_paused SMALLINT NOT NULL DEFAULT 0;
