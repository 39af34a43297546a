-- What a model foretells is in its file, and where it stands follows from the versions that were made with it: nothing is kept
-- twice.
DROP VIEW model_registry;
CREATE VIEW model_registry AS
  SELECT m.model_id, m.product, m.model_type,
    coalesce((SELECT s.state FROM version_models u JOIN versions v USING (product, kind, version)
        JOIN version_state s USING (product, kind, version) WHERE u.model_id = m.model_id
      ORDER BY s.state = 'active' DESC, v.created_at DESC, v.version DESC LIMIT 1), 'registered') AS status,
    m.batch_id,
    json_extract(CAST(o.bytes AS TEXT), '$.training.outcome_type') AS outcome_type,
    json_extract(CAST(o.bytes AS TEXT), '$.training.window_days') AS window_days,
    json_extract(CAST(o.bytes AS TEXT), '$.training.period_start') AS period_start,
    json_extract(CAST(o.bytes AS TEXT), '$.training.period_end') AS period_end,
    json_extract(CAST(o.bytes AS TEXT), '$.training.rows') AS training_rows,
    json_extract(CAST(o.bytes AS TEXT), '$.training.bad') AS training_bad,
    m.object_sha256 AS sha256, m.data_sha256, m.code_version, m.seed, m.hyperparameters, m.metrics, m.importance, m.gates,
    m.created_at, m.created_by
  FROM models m JOIN objects o ON o.sha256 = m.object_sha256;

-- Nearly no outcome corrects another one.
DROP INDEX outcomes_superseded;
CREATE INDEX outcomes_superseded ON outcomes (supersedes) WHERE supersedes IS NOT NULL;
-- Whether an application is in any batch.
CREATE INDEX batch_rows_of ON batch_rows (application_id);
