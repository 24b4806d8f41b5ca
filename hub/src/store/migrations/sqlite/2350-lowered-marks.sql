-- Trips whose low-water mark was lowered, because seats that the hub fetched for them went back unused.
CREATE TABLE lowered_marks (trip_id TEXT PRIMARY KEY, low_water INTEGER NOT NULL) STRICT, WITHOUT ROWID;
