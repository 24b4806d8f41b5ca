CREATE TABLE users (
  user TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL, failures INTEGER NOT NULL, locked_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY, user TEXT NOT NULL, counter TEXT NOT NULL, shift_id TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shifts (
  shift_id TEXT PRIMARY KEY, user TEXT NOT NULL, counter TEXT NOT NULL, state TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER,
  expected_fen INTEGER, counted_fen INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_shift ON shifts (user, counter) WHERE state = 'open';
CREATE TABLE cash_moves (
  id INTEGER PRIMARY KEY, shift_id TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, amount_fen INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX cash_moves_by_shift ON cash_moves (shift_id);
CREATE TABLE callers (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE number_ranges (
  terminal TEXT NOT NULL, first INTEGER NOT NULL, next INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (terminal, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE refund_quotes (
  quote_id TEXT PRIMARY KEY, ticket_no TEXT NOT NULL, refund_fen INTEGER NOT NULL, fee_fen INTEGER NOT NULL, reason TEXT, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE print_jobs (
  job_id TEXT PRIMARY KEY, ticket_no TEXT NOT NULL, print_seq INTEGER NOT NULL, what TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
  attempts INTEGER NOT NULL, process_id INTEGER NOT NULL, terminal TEXT NOT NULL, paper BLOB, made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX print_jobs_open ON print_jobs (state, made_at) WHERE state NOT IN ('confirmed', 'voided');
CREATE TABLE set_aside (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, file TEXT NOT NULL, line INTEGER, field TEXT, reason TEXT NOT NULL, text TEXT NOT NULL, raw TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE stops (code TEXT PRIMARY KEY, name TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_keys (
  key_no INTEGER PRIMARY KEY, owner TEXT NOT NULL, public_key TEXT NOT NULL, revoked INTEGER NOT NULL
) STRICT;
CREATE TABLE allotments (line TEXT PRIMARY KEY, seats INTEGER NOT NULL, low_water INTEGER NOT NULL) STRICT, WITHOUT ROWID;
