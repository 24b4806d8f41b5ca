-- Reference data that stations pull: what is published now, its versions, and what each of them changed.
CREATE TABLE ref_rows (
  set_name TEXT NOT NULL, station TEXT NOT NULL, row_key TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (set_name, station, row_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE ref_versions (
  set_name TEXT NOT NULL, station TEXT NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (set_name, station, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE ref_changes (
  set_name TEXT NOT NULL, station TEXT NOT NULL, version INTEGER NOT NULL, row_key TEXT NOT NULL, body TEXT,
  PRIMARY KEY (set_name, station, version, row_key)
) STRICT, WITHOUT ROWID;
