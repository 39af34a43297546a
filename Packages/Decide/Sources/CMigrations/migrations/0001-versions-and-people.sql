-- Schema 1: people, products, versions with what was decided on them, and the log of all of it.
-- Times are microseconds since 1970 UTC, dates YYYY-MM-DD, digests 64 hexadecimal digits.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE principals (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'approver', 'admin')),
  human INTEGER NOT NULL CHECK (human IN (0, 1)),
  token_sha256 TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  disabled_at INTEGER,
  expires_at INTEGER
) STRICT;

CREATE TABLE products (
  product TEXT NOT NULL PRIMARY KEY,
  currency TEXT NOT NULL,
  approvals_required INTEGER NOT NULL CHECK (approvals_required BETWEEN 1 AND 9),
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

-- Whatever a decision rests on, by its digest.
CREATE TABLE objects (
  sha256 TEXT NOT NULL PRIMARY KEY,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE versions (
  product TEXT NOT NULL REFERENCES products,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  object_sha256 TEXT NOT NULL REFERENCES objects,
  -- The version that it was made from.
  base_version TEXT,
  -- The digest of the results of the run that made it.
  run_digest TEXT,
  source TEXT NOT NULL CHECK (source IN ('expert', 'ml_refined', 'manual', 'imported', 'run')),
  approvals_required INTEGER NOT NULL CHECK (approvals_required BETWEEN 1 AND 9),
  parameters TEXT NOT NULL,
  notes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL REFERENCES principals,
  PRIMARY KEY (product, kind, version)
) STRICT;

-- What speaks for a version; of several with one name the latest counts.
CREATE TABLE version_evidence (
  seq INTEGER NOT NULL PRIMARY KEY,
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  object_sha256 TEXT NOT NULL REFERENCES objects,
  made_at INTEGER NOT NULL,
  attached_at INTEGER NOT NULL,
  attached_by TEXT NOT NULL REFERENCES principals,
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

CREATE TABLE version_events (
  seq INTEGER NOT NULL PRIMARY KEY,
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL REFERENCES principals,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- What it was done on: content, what was in force, and what spoke for it.
  object_sha256 TEXT NOT NULL,
  base_version TEXT NOT NULL,
  base_sha256 TEXT NOT NULL,
  evidence_sha256 TEXT NOT NULL,
  effective_from INTEGER,
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;
CREATE INDEX version_events_of ON version_events (product, kind, version, seq);
CREATE INDEX version_events_at ON version_events (product, kind, at);

CREATE TABLE version_state (
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  event_seq INTEGER NOT NULL REFERENCES version_events,
  PRIMARY KEY (product, kind, version)
) STRICT;
CREATE INDEX version_state_by ON version_state (state, product, kind);

-- One row for what is in force; its key allows no second one.
CREATE TABLE active (
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  since INTEGER NOT NULL,
  event_seq INTEGER NOT NULL REFERENCES version_events,
  PRIMARY KEY (product, kind),
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

CREATE TABLE approvals (
  approval_id INTEGER NOT NULL PRIMARY KEY,
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  -- The event by which it was submitted.
  submission INTEGER NOT NULL REFERENCES version_events,
  object_sha256 TEXT NOT NULL,
  base_sha256 TEXT NOT NULL,
  evidence_sha256 TEXT NOT NULL,
  evidence TEXT NOT NULL,
  actor TEXT NOT NULL REFERENCES principals,
  verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (product, kind, version, submission, actor),
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

CREATE TABLE waivers (
  waiver_id INTEGER NOT NULL PRIMARY KEY,
  gate TEXT NOT NULL,
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  granted_by TEXT NOT NULL REFERENCES principals,
  reason TEXT NOT NULL,
  expires_on TEXT NOT NULL,
  at INTEGER NOT NULL,
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

CREATE TABLE aliases (
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  alias TEXT NOT NULL,
  version TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL REFERENCES principals,
  PRIMARY KEY (product, kind, alias),
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

-- The log. `time` is the text that is hashed; `payload` names each row that was written and its digest.
CREATE TABLE audit (
  seq INTEGER NOT NULL PRIMARY KEY,
  prev TEXT NOT NULL,
  time TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  object_sha256 TEXT NOT NULL,
  payload TEXT NOT NULL,
  payload_sha256 TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_of ON audit (object_type, object_id, seq);

-- Roots of the tree's whole subtrees: 2^level leaves from position · 2^level on.
CREATE TABLE audit_nodes (
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER migrations_stay BEFORE UPDATE ON migrations BEGIN SELECT RAISE(ABORT, 'migrations are append-only'); END;
CREATE TRIGGER migrations_remain BEFORE DELETE ON migrations BEGIN SELECT RAISE(ABORT, 'migrations are append-only'); END;
CREATE TRIGGER principals_stay BEFORE UPDATE OF name, role, human, created_at, created_by ON principals BEGIN SELECT RAISE(ABORT, 'who somebody is does not change'); END;
CREATE TRIGGER principals_remain BEFORE DELETE ON principals BEGIN SELECT RAISE(ABORT, 'principals are never removed'); END;
CREATE TRIGGER products_stay BEFORE UPDATE ON products BEGIN SELECT RAISE(ABORT, 'products are append-only'); END;
CREATE TRIGGER products_remain BEFORE DELETE ON products BEGIN SELECT RAISE(ABORT, 'products are append-only'); END;
CREATE TRIGGER objects_stay BEFORE UPDATE ON objects BEGIN SELECT RAISE(ABORT, 'objects are append-only'); END;
CREATE TRIGGER objects_remain BEFORE DELETE ON objects BEGIN SELECT RAISE(ABORT, 'objects are append-only'); END;
CREATE TRIGGER versions_stay BEFORE UPDATE ON versions BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER versions_remain BEFORE DELETE ON versions BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER version_evidence_stay BEFORE UPDATE ON version_evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER version_evidence_remain BEFORE DELETE ON version_evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER version_events_stay BEFORE UPDATE ON version_events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER version_events_remain BEFORE DELETE ON version_events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER approvals_stay BEFORE UPDATE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approvals_remain BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER waivers_stay BEFORE UPDATE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers are append-only'); END;
CREATE TRIGGER waivers_remain BEFORE DELETE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers are append-only'); END;
CREATE TRIGGER audit_stay BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER audit_remain BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER audit_nodes_stay BEFORE UPDATE ON audit_nodes BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER audit_nodes_remain BEFORE DELETE ON audit_nodes BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- The requirement's name.
CREATE VIEW scorecard_versions AS
  SELECT v.product, v.version, s.state AS status, v.source, v.base_version, v.object_sha256 AS sha256, v.created_at,
    v.created_by, v.notes
  FROM versions v JOIN version_state s USING (product, kind, version)
  WHERE v.kind = 'scorecard';
