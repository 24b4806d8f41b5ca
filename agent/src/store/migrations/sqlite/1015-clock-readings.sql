-- The last reading of the machine's clocks against each other: one row.
CREATE TABLE clock_readings (boot TEXT PRIMARY KEY, gap_ms INTEGER NOT NULL, lead_ms INTEGER) STRICT, WITHOUT ROWID;
