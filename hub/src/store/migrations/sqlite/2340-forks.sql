-- Two histories of one station: what each copy said of itself, which one a person picked, and what the other one had written.
CREATE TABLE forks (
  id INTEGER PRIMARY KEY, station TEXT NOT NULL, found_at INTEGER NOT NULL, detail TEXT NOT NULL, theirs TEXT NOT NULL,
  ours TEXT NOT NULL, state TEXT NOT NULL, picked_at INTEGER, ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX forks_under_way ON forks (station) WHERE state <> 'over';
CREATE TABLE disputed_events (
  fork INTEGER NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, station TEXT NOT NULL, type TEXT NOT NULL, tv INTEGER NOT NULL,
  at INTEGER NOT NULL, agg TEXT NOT NULL, fact TEXT NOT NULL, person BLOB, person_hash TEXT, hash TEXT NOT NULL,
  state TEXT NOT NULL, note TEXT, settled_at INTEGER,
  PRIMARY KEY (fork, lane, seq)
) STRICT, WITHOUT ROWID;
