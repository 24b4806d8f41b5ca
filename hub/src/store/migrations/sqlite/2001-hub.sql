CREATE TABLE stations (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, grade INTEGER NOT NULL, region TEXT NOT NULL, pinyin TEXT NOT NULL, address TEXT NOT NULL,
  state TEXT NOT NULL, install_id TEXT, enrolled_at INTEGER, cert_serial TEXT, lease INTEGER NOT NULL, incarnation INTEGER NOT NULL,
  boot TEXT, agent_version TEXT, last_word_at INTEGER, queued INTEGER NOT NULL, lag_ms INTEGER NOT NULL, fence TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE station_heads (
  station TEXT NOT NULL, lane TEXT NOT NULL, head INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (station, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE station_directory (
  source_id TEXT PRIMARY KEY, region TEXT NOT NULL, city TEXT NOT NULL, name TEXT NOT NULL, pinyin TEXT NOT NULL, address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX station_directory_by_name ON station_directory (name);

CREATE TABLE stops (code TEXT PRIMARY KEY, name TEXT NOT NULL, pinyin TEXT NOT NULL, station TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE enrol_tokens (
  token_hash TEXT PRIMARY KEY, station TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, used_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE station_keys (
  station TEXT NOT NULL, key_no INTEGER NOT NULL, wrapped TEXT NOT NULL, active_at INTEGER NOT NULL,
  PRIMARY KEY (station, key_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_keys (
  key_no INTEGER PRIMARY KEY, owner TEXT NOT NULL, public_key TEXT NOT NULL, wrapped TEXT, revoked INTEGER NOT NULL, certified_at INTEGER NOT NULL
) STRICT;

CREATE TABLE number_leases (
  station TEXT NOT NULL, terminal TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, used INTEGER NOT NULL, leased_at INTEGER NOT NULL,
  PRIMARY KEY (station, terminal, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE allotments (
  station TEXT NOT NULL, line TEXT NOT NULL, seats INTEGER NOT NULL, low_water INTEGER NOT NULL,
  PRIMARY KEY (station, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, terminal TEXT NOT NULL, token_hash TEXT NOT NULL, fee_basis_points INTEGER NOT NULL,
  calls_per_minute INTEGER NOT NULL, state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX channels_by_token ON channels (token_hash);
CREATE UNIQUE INDEX channels_by_terminal ON channels (kind, terminal);

CREATE TABLE payments (
  payment_id TEXT PRIMARY KEY, order_id TEXT NOT NULL, provider TEXT NOT NULL, amount_fen INTEGER NOT NULL, state TEXT NOT NULL, provider_ref TEXT,
  taken INTEGER NOT NULL, refunded_fen INTEGER NOT NULL, created_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, paid_at INTEGER, asked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payments_by_provider_ref ON payments (provider, provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_open ON payments (ends_at) WHERE state = 'pending';

CREATE TABLE payment_refunds (
  refund_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, ticket_no TEXT, amount_fen INTEGER NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, created_at INTEGER NOT NULL, done_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_refunds_due ON payment_refunds (next_at) WHERE state = 'due';
CREATE INDEX payment_refunds_by_payment ON payment_refunds (payment_id);

CREATE TABLE refund_quotes (
  quote_id TEXT PRIMARY KEY, ticket_no TEXT NOT NULL, refund_fen INTEGER NOT NULL, fee_fen INTEGER NOT NULL, tier TEXT NOT NULL, reason TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refund_dues (
  ticket_no TEXT PRIMARY KEY, order_id TEXT NOT NULL, quote_id TEXT NOT NULL, payer TEXT NOT NULL, amount_fen INTEGER NOT NULL, fee_fen INTEGER NOT NULL,
  station TEXT, seq INTEGER NOT NULL, seat_freed INTEGER NOT NULL, state TEXT NOT NULL, paid_key TEXT, created_at INTEGER NOT NULL, paid_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_dues_open ON refund_dues (state, created_at) WHERE state IN ('waiting', 'ready');

CREATE TABLE users (
  user TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL, failures INTEGER NOT NULL, locked_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE alarms (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL, closed_at INTEGER, closed_by TEXT
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (code, subject) WHERE closed_at IS NULL;

CREATE UNIQUE INDEX orders_by_hold ON orders (hold_id) WHERE hold_id IS NOT NULL;
