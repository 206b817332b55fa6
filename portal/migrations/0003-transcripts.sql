-- What was said in a call (contract 4.7): the newest one of a call counts.
CREATE TABLE transcript (
  id SERIAL_ID,
  portal_id BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  lines TEXT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  cost_currency TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX transcript_call ON transcript (portal_id, call_id);
