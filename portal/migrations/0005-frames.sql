-- How often a background page was slow: (day since 1970, UTC; times on that day).
ALTER TABLE placement ADD COLUMN slow_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE placement ADD COLUMN slow_count BIGINT NOT NULL DEFAULT 0;
