CREATE TABLE trips (
  trip_id TEXT PRIMARY KEY, origin TEXT NOT NULL, trip_no TEXT NOT NULL, service_date TEXT NOT NULL, zone TEXT NOT NULL,
  line_code TEXT NOT NULL, carrier TEXT NOT NULL, vehicle_class TEXT NOT NULL, kind TEXT NOT NULL, nature TEXT NOT NULL,
  gate TEXT NOT NULL, stops TEXT NOT NULL, stop_count INTEGER NOT NULL, seats TEXT NOT NULL, fares TEXT NOT NULL, epoch INTEGER NOT NULL,
  state TEXT NOT NULL, departs_at INTEGER NOT NULL, arrives_at INTEGER NOT NULL, digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX trips_by_departure ON trips (departs_at);
CREATE INDEX trips_by_day ON trips (service_date, origin);

CREATE TABLE trip_stops (
  stop_code TEXT NOT NULL, service_date TEXT NOT NULL, departs_at INTEGER NOT NULL, trip_id TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (stop_code, service_date, departs_at, trip_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX trip_stops_by_trip ON trip_stops (trip_id);

CREATE TABLE departures (
  trip_id TEXT NOT NULL, stop INTEGER NOT NULL, departed_at INTEGER NOT NULL, biz_date TEXT NOT NULL, boarded INTEGER NOT NULL,
  forfeited INTEGER NOT NULL, vehicle TEXT, waybill_no TEXT NOT NULL,
  PRIMARY KEY (trip_id, stop)
) STRICT, WITHOUT ROWID;

CREATE TABLE seats (
  trip_id TEXT NOT NULL, seat TEXT NOT NULL, position INTEGER NOT NULL, epoch INTEGER NOT NULL, mine INTEGER NOT NULL, owed INTEGER NOT NULL,
  held INTEGER NOT NULL, sold INTEGER NOT NULL, freed INTEGER NOT NULL, blocked INTEGER NOT NULL,
  PRIMARY KEY (trip_id, seat)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
  hold_id TEXT PRIMARY KEY, trip_id TEXT NOT NULL, from_stop INTEGER NOT NULL, to_stop INTEGER NOT NULL, seats TEXT NOT NULL,
  state TEXT NOT NULL, expires_at INTEGER NOT NULL, caller TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_live ON holds (expires_at) WHERE state = 'held';

CREATE TABLE transfers (
  transfer_id TEXT PRIMARY KEY, trip_id TEXT NOT NULL, seat TEXT NOT NULL, legs INTEGER NOT NULL, peer TEXT NOT NULL,
  direction TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_by_trip ON transfers (trip_id);

CREATE TABLE orders (
  order_id TEXT PRIMARY KEY, channel TEXT NOT NULL, seller TEXT NOT NULL, terminal TEXT NOT NULL, caller TEXT NOT NULL, clerk TEXT,
  shift_id TEXT, state TEXT NOT NULL, hold_id TEXT, total_fen INTEGER NOT NULL, paid_fen INTEGER NOT NULL, pickup_code TEXT,
  created_at INTEGER NOT NULL, expires_at INTEGER, confirmed_at INTEGER, biz_date TEXT NOT NULL, rules TEXT NOT NULL, contact BLOB
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX orders_by_pickup_code ON orders (pickup_code) WHERE pickup_code IS NOT NULL;
CREATE INDEX orders_by_state ON orders (state, created_at);

CREATE TABLE tickets (
  ticket_no TEXT PRIMARY KEY, order_id TEXT NOT NULL, trip_id TEXT NOT NULL, epoch INTEGER NOT NULL, seat TEXT NOT NULL, legs INTEGER NOT NULL,
  from_stop INTEGER NOT NULL, to_stop INTEGER NOT NULL, fare_type TEXT NOT NULL, fare_fen INTEGER NOT NULL, insurance_fen INTEGER NOT NULL,
  pay_method TEXT NOT NULL, channel TEXT NOT NULL, seller TEXT NOT NULL, terminal TEXT NOT NULL, clerk TEXT, shift_id TEXT, rules TEXT NOT NULL,
  state TEXT NOT NULL, state_before TEXT, home TEXT NOT NULL, sold_at INTEGER NOT NULL, biz_date TEXT NOT NULL, print_seq INTEGER NOT NULL,
  stock_no TEXT, boarded_at INTEGER, ended_at INTEGER, rebooked_from TEXT, person BLOB, person_key TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_trip ON tickets (trip_id);
CREATE INDEX tickets_by_order ON tickets (order_id);
CREATE INDEX tickets_by_person ON tickets (person_key) WHERE person_key IS NOT NULL;
CREATE INDEX tickets_by_shift ON tickets (shift_id, sold_at) WHERE shift_id IS NOT NULL;

CREATE TABLE answers (
  caller TEXT NOT NULL, key TEXT NOT NULL, verb TEXT NOT NULL, body_hash TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, caller TEXT NOT NULL, clerk TEXT, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT
) STRICT;

CREATE TABLE rules (version TEXT PRIMARY KEY, valid_from INTEGER NOT NULL, valid_to INTEGER, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE stream_out (
  peer TEXT NOT NULL, lane TEXT NOT NULL, next INTEGER NOT NULL, acked INTEGER NOT NULL, safe INTEGER NOT NULL, head_hash TEXT NOT NULL,
  PRIMARY KEY (peer, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  peer TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, tv INTEGER NOT NULL, at INTEGER NOT NULL, agg TEXT NOT NULL,
  fact TEXT NOT NULL, person BLOB, person_hash TEXT, hash TEXT NOT NULL,
  PRIMARY KEY (peer, lane, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream_in (
  peer TEXT NOT NULL, lane TEXT NOT NULL, ack INTEGER NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (peer, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  peer TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, tv INTEGER NOT NULL, at INTEGER NOT NULL, agg TEXT NOT NULL,
  fact TEXT NOT NULL, person BLOB, person_hash TEXT, hash TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
  PRIMARY KEY (peer, lane, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_waiting ON inbox (state, peer, lane, seq) WHERE state <> 'done';

CREATE TABLE intents (
  key TEXT PRIMARY KEY, peer TEXT NOT NULL, method TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, answer TEXT, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person_keys (key_no INTEGER PRIMARY KEY, wrapped TEXT, created_at INTEGER NOT NULL, destroyed_at INTEGER) STRICT;
