-- Schema 5: an answer that is given again says what it said, ETag and Location among it.
-- A list of names and values, as JSON.
ALTER TABLE idempotency ADD COLUMN fields TEXT NOT NULL DEFAULT '[]';

-- What was decided, each with its receipt. The personal part of a receipt is sealed with a key of its own, which lies in another
-- file: without it the rest stays and can still be verified.

-- One for each transaction that decided: the root of the tree of RFC 6962 over its receipts stands in the log.
CREATE TABLE decision_seals (
  seal_id INTEGER NOT NULL PRIMARY KEY,
  first_decision TEXT NOT NULL,
  last_decision TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows > 0),
  root TEXT NOT NULL CHECK (length(root) = 64)
) STRICT;

CREATE TABLE decisions (
  -- UUID of version 7: in the order of their making.
  decision_id TEXT NOT NULL PRIMARY KEY,
  seal_id INTEGER NOT NULL REFERENCES decision_seals,
  product TEXT NOT NULL REFERENCES products,
  application_id TEXT NOT NULL,
  request_key TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  policy_version TEXT NOT NULL,
  policy_sha256 TEXT NOT NULL REFERENCES objects,
  stage TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'decline', 'review')),
  -- In hundredths of the product's currency; NULL where no amount was given.
  amount INTEGER,
  -- Canonical JSON.
  receipt BLOB NOT NULL,
  UNIQUE (product, request_key)
) STRICT;
CREATE INDEX decisions_of ON decisions (product, application_id, received_at);
CREATE INDEX decisions_by ON decisions (product, received_at);
CREATE INDEX decisions_in ON decisions (seal_id, decision_id);

CREATE TRIGGER decision_seals_stay BEFORE UPDATE ON decision_seals BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_seals_remain BEFORE DELETE ON decision_seals BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
