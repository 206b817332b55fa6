-- Values of CRM directories, places of apps in the pages, notes to people.

CREATE TABLE crm_status (
  id SERIAL_ID,
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

CREATE TABLE placement (
  id SERIAL_ID,
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
);

CREATE UNIQUE INDEX placement_key ON placement (app_id, code, handler, user_id);
CREATE INDEX placement_code ON placement (portal_id, code);

CREATE TABLE notification (
  id SERIAL_ID,
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
