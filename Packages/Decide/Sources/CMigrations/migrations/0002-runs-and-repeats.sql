-- Schema 2: runs that were asked for, and answers to requests that may come twice.

CREATE TABLE runs (
  run_id TEXT NOT NULL PRIMARY KEY,
  pipeline TEXT NOT NULL,
  product TEXT REFERENCES products,
  parameters TEXT NOT NULL,
  folder TEXT NOT NULL,
  requested_by TEXT NOT NULL REFERENCES principals,
  requested_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('QUEUED', 'STARTED', 'SUCCESS', 'FAILURE', 'CANCELED')),
  ended_at INTEGER
) STRICT;
CREATE INDEX runs_by ON runs (state, requested_at);

-- Of 24 hours; no evidence.
CREATE TABLE idempotency (
  principal TEXT NOT NULL REFERENCES principals,
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  status INTEGER NOT NULL,
  response BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (principal, key)
) STRICT;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TRIGGER runs_stay BEFORE UPDATE OF run_id, pipeline, product, parameters, folder, requested_by, requested_at ON runs BEGIN SELECT RAISE(ABORT, 'what was asked for does not change'); END;
CREATE TRIGGER runs_remain BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs are never removed'); END;
