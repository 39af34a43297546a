-- Schema 5: an answer that is given again says what it said, ETag and Location among it.
-- A list of names and values, as JSON.
ALTER TABLE idempotency ADD COLUMN fields TEXT NOT NULL DEFAULT '[]';
