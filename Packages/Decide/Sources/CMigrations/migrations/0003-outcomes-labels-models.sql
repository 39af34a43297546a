-- Schema 3: what became of applications, the labels that follow from it, and models.
-- Rows of applications come by the thousand and their names are personal: the log names the set that they belong to, whose digest
-- is of all of them.

-- Applications that were decided on in one period.
CREATE TABLE batches (
  batch_id TEXT NOT NULL PRIMARY KEY,
  product TEXT NOT NULL REFERENCES products,
  -- The file that they were read from.
  source TEXT NOT NULL,
  source_sha256 TEXT NOT NULL,
  rows INTEGER NOT NULL,
  rows_sha256 TEXT NOT NULL,
  period_start TEXT NOT NULL,
  period_end TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL REFERENCES principals
) STRICT;

CREATE TABLE batch_rows (
  batch_id TEXT NOT NULL REFERENCES batches DEFERRABLE INITIALLY DEFERRED,
  application_id TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  PRIMARY KEY (batch_id, application_id)
) STRICT, WITHOUT ROWID;

-- Outcomes that were reported together.
CREATE TABLE outcome_reports (
  report_id INTEGER NOT NULL PRIMARY KEY,
  product TEXT NOT NULL REFERENCES products,
  rows INTEGER NOT NULL,
  rows_sha256 TEXT NOT NULL,
  reported_at INTEGER NOT NULL,
  reported_by TEXT NOT NULL REFERENCES principals
) STRICT;

CREATE TABLE outcomes (
  outcome_id INTEGER NOT NULL PRIMARY KEY,
  report_id INTEGER NOT NULL REFERENCES outcome_reports DEFERRABLE INITIALLY DEFERRED,
  product TEXT NOT NULL,
  application_id TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('none', 'delinquent_30', 'delinquent_60', 'default', 'charge_off', 'settled', 'withdrawn')),
  occurred_on TEXT NOT NULL,
  -- The last day on which the application was in the data.
  seen_until TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('observed', 'bureau', 'simulated', 'model')),
  -- The outcome that this one corrects.
  supersedes INTEGER REFERENCES outcomes,
  external_key TEXT NOT NULL,
  UNIQUE (product, external_key)
) STRICT;
CREATE INDEX outcomes_of ON outcomes (product, application_id, occurred_on);
CREATE INDEX outcomes_superseded ON outcomes (supersedes);
CREATE INDEX outcomes_by_report ON outcomes (report_id);

-- Labels of a batch as they were derived once; of several sets of the same batch, type and window the latest counts.
CREATE TABLE label_sets (
  label_set INTEGER NOT NULL PRIMARY KEY,
  batch_id TEXT NOT NULL REFERENCES batches,
  outcome_type TEXT NOT NULL CHECK (outcome_type IN ('default', 'delinquent_30', 'delinquent_60', 'charge_off')),
  window_days INTEGER NOT NULL,
  -- The last day for which outcomes are complete.
  as_of TEXT NOT NULL,
  -- Reports that came later do not count.
  known_at INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  rows_sha256 TEXT NOT NULL,
  built_at INTEGER NOT NULL,
  built_by TEXT NOT NULL REFERENCES principals
) STRICT;
CREATE INDEX label_sets_of ON label_sets (batch_id, outcome_type, window_days, label_set);

CREATE TABLE labels (
  label_set INTEGER NOT NULL REFERENCES label_sets DEFERRABLE INITIALLY DEFERRED,
  application_id TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('used', 'immature', 'unobserved', 'refused', 'no_outcome')),
  value INTEGER CHECK (value IN (0, 1) AND status = 'used' OR value IS NULL AND status <> 'used'),
  source TEXT,
  outcome_id INTEGER REFERENCES outcomes,
  PRIMARY KEY (label_set, application_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
  model_id TEXT NOT NULL PRIMARY KEY,
  product TEXT NOT NULL REFERENCES products,
  model_type TEXT NOT NULL,
  object_sha256 TEXT NOT NULL REFERENCES objects,
  -- Applications that it did not learn from, by bins; NULL where nothing was brought.
  sample_sha256 TEXT REFERENCES objects,
  batch_id TEXT REFERENCES batches,
  data_sha256 TEXT NOT NULL,
  code_version TEXT NOT NULL,
  seed TEXT NOT NULL,
  hyperparameters TEXT NOT NULL,
  metrics TEXT NOT NULL,
  importance TEXT NOT NULL,
  gates TEXT NOT NULL,
  run_digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL REFERENCES principals
) STRICT;
CREATE INDEX models_by ON models (model_type, created_at);

-- The model that a version was made with.
CREATE TABLE version_models (
  product TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  model_id TEXT NOT NULL REFERENCES models,
  PRIMARY KEY (product, kind, version),
  FOREIGN KEY (product, kind, version) REFERENCES versions
) STRICT;

CREATE TRIGGER batches_stay BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER batches_remain BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER batch_rows_stay BEFORE UPDATE ON batch_rows BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER batch_rows_remain BEFORE DELETE ON batch_rows BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER outcome_reports_stay BEFORE UPDATE ON outcome_reports BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER outcome_reports_remain BEFORE DELETE ON outcome_reports BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER outcomes_stay BEFORE UPDATE ON outcomes BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER outcomes_remain BEFORE DELETE ON outcomes BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER label_sets_stay BEFORE UPDATE ON label_sets BEGIN SELECT RAISE(ABORT, 'labels are derived anew, not changed'); END;
CREATE TRIGGER label_sets_remain BEFORE DELETE ON label_sets BEGIN SELECT RAISE(ABORT, 'labels are derived anew, not changed'); END;
CREATE TRIGGER labels_stay BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'labels are derived anew, not changed'); END;
CREATE TRIGGER labels_remain BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'labels are derived anew, not changed'); END;
CREATE TRIGGER models_stay BEFORE UPDATE ON models BEGIN SELECT RAISE(ABORT, 'models are append-only'); END;
CREATE TRIGGER models_remain BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'models are append-only'); END;
CREATE TRIGGER version_models_stay BEFORE UPDATE ON version_models BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER version_models_remain BEFORE DELETE ON version_models BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;

-- The requirement's names.
CREATE VIEW ground_truth_labels AS
  SELECT s.batch_id, l.application_id, s.outcome_type, s.window_days, l.decided_on, s.as_of, l.status, l.value, l.source,
    l.outcome_id, s.built_at, s.built_by
  FROM labels l JOIN label_sets s USING (label_set)
  WHERE s.label_set = (SELECT max(n.label_set) FROM label_sets n
    WHERE n.batch_id = s.batch_id AND n.outcome_type = s.outcome_type AND n.window_days = s.window_days);

CREATE VIEW model_registry AS
  SELECT model_id, product, model_type, batch_id, object_sha256 AS sha256, data_sha256, code_version, seed, hyperparameters,
    metrics, importance, created_at, created_by
  FROM models;

DROP VIEW scorecard_versions;
CREATE VIEW scorecard_versions AS
  SELECT v.product, v.version, s.state AS status, v.source, v.base_version, m.model_id, v.object_sha256 AS sha256, v.created_at,
    v.created_by, v.notes
  FROM versions v JOIN version_state s USING (product, kind, version) LEFT JOIN version_models m USING (product, kind, version)
  WHERE v.kind = 'scorecard';
