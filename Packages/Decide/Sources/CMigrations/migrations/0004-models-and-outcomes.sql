-- What a model foretells, as its file says: for who reads the registry by SQL. NULL where the file does not say it; no row of a model that
-- was registered before.
CREATE TABLE model_trainings (
  model_id TEXT NOT NULL PRIMARY KEY REFERENCES models,
  -- A type of outcome, or the column that says who went bad.
  outcome_type TEXT NOT NULL,
  labels TEXT NOT NULL,
  window_days INTEGER,
  as_of TEXT,
  -- Days of decision of the applications that it was learnt from.
  period_start TEXT,
  period_end TEXT,
  rows INTEGER NOT NULL,
  bad INTEGER NOT NULL CHECK (bad BETWEEN 0 AND rows)
) STRICT;
CREATE TRIGGER model_trainings_stay BEFORE UPDATE ON model_trainings BEGIN SELECT RAISE(ABORT, 'models are append-only'); END;
CREATE TRIGGER model_trainings_remain BEFORE DELETE ON model_trainings BEGIN SELECT RAISE(ABORT, 'models are append-only'); END;

-- Where a model stands follows from the versions that were made with it: it is kept nowhere.
DROP VIEW model_registry;
CREATE VIEW model_registry AS
  SELECT m.model_id, m.product, m.model_type,
    coalesce((SELECT s.state FROM version_models u JOIN versions v USING (product, kind, version)
        JOIN version_state s USING (product, kind, version) WHERE u.model_id = m.model_id
      ORDER BY s.state = 'active' DESC, v.created_at DESC, v.version DESC LIMIT 1), 'registered') AS status,
    m.batch_id, t.outcome_type, t.labels, t.window_days, t.as_of, t.period_start, t.period_end, t.rows AS training_rows,
    t.bad AS training_bad, m.object_sha256 AS sha256, m.data_sha256, m.code_version, m.seed, m.hyperparameters, m.metrics,
    m.importance, m.gates, m.created_at, m.created_by
  FROM models m LEFT JOIN model_trainings t USING (model_id);

-- Nearly no outcome corrects another one.
DROP INDEX outcomes_superseded;
CREATE INDEX outcomes_superseded ON outcomes (supersedes) WHERE supersedes IS NOT NULL;
-- Whether an application is in any batch.
CREATE INDEX batch_rows_of ON batch_rows (application_id);
