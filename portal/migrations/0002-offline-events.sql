-- Events of an app that fetches them (contract 3.5): one row for each changed object, app and connector.
CREATE TABLE offline_event (
  id SERIAL_ID,
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

-- what a reader has reserved does not take up later changes: they become a row of their own
CREATE UNIQUE INDEX offline_event_waiting ON offline_event (portal_id, message_id) WHERE process_id = '';
CREATE INDEX offline_event_queue ON offline_event (portal_id, owner, connector, changed_at, id);
CREATE INDEX offline_event_expiring ON offline_event (expires_at) WHERE expires_at IS NOT NULL AND process_id = '';
CREATE INDEX offline_event_call ON offline_event (call_id) WHERE call_id IS NOT NULL;

-- when a handler of ONOFFLINEEVENT was called last
CREATE TABLE offline_signal (
  handler_id BIGINT PRIMARY KEY,
  sent_at BIGINT NOT NULL
);
