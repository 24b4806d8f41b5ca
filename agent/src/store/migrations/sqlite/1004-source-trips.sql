-- What the timetable source has named: most of a day missing at once is told to people, also after a restart.
CREATE TABLE source_trips (trip_id TEXT PRIMARY KEY, departs_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
