-- What a station wrote while it was not proven that its database is its newest: it waits here while what it has lost comes back.
CREATE TABLE unproven_events (
  id INTEGER PRIMARY KEY, lane TEXT NOT NULL, type TEXT NOT NULL, tv INTEGER NOT NULL, at INTEGER NOT NULL, agg TEXT NOT NULL,
  fact TEXT NOT NULL, person BLOB, person_hash TEXT
) STRICT;
