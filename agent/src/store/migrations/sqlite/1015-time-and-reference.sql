-- The last reading of the machine's clocks against each other: one row.
CREATE TABLE clock_readings (boot TEXT PRIMARY KEY, gap_ms INTEGER NOT NULL, lead_ms INTEGER) STRICT, WITHOUT ROWID;
-- Reference data of the hub: what the station has of each set, its rows, and those that are still arriving.
CREATE TABLE ref_sets (set_name TEXT PRIMARY KEY, version INTEGER NOT NULL, hash TEXT NOT NULL, compared_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE ref_rows (
  set_name TEXT NOT NULL, row_key TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (set_name, row_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE ref_shadow (
  set_name TEXT NOT NULL, row_key TEXT NOT NULL, body TEXT,
  PRIMARY KEY (set_name, row_key)
) STRICT, WITHOUT ROWID;
