-- What a click costs does not grow with history. Each index here is used by a statement of test/conformance/plans.test.ts.

-- Open deliveries only: a settled one has no due time. The condition is one that both engines can prove from a query.
DROP INDEX delivery_open;
CREATE INDEX delivery_due ON delivery (due_at, id) WHERE due_at IS NOT NULL;

-- The log reads a portal's newest first; what was delivered need not be found by its state, all else is rare.
DROP INDEX delivery_state;
CREATE INDEX delivery_portal ON delivery (portal_id, id);
CREATE INDEX delivery_problem ON delivery (portal_id, state, id) WHERE settled_at IS NOT NULL AND state <> 'delivered';
CREATE INDEX event_portal ON event (portal_id, id);
CREATE INDEX call_portal ON call (portal_id, id);

-- What retention has archived (bytes of a file that belong to rows which are gone), how far it has come, and who runs it.
CREATE TABLE archive_file (
  folder_id TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  PRIMARY KEY (folder_id, path)
);

CREATE TABLE retention_mark (
  job TEXT PRIMARY KEY,
  after_id BIGINT NOT NULL
);

CREATE TABLE retention_run (
  id GIVEN_ID,
  owner TEXT,
  lease_until BIGINT NOT NULL,
  ended_at BIGINT,
  report TEXT NOT NULL
);

INSERT INTO retention_run (id, owner, lease_until, ended_at, report) VALUES (1, NULL, 0, NULL, '{}');
