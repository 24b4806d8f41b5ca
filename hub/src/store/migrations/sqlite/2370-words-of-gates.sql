-- Facts of lane seat that a station's older program does not know: said when it is upgraded.
CREATE TABLE unsaid_facts (
  id INTEGER PRIMARY KEY, station TEXT NOT NULL, type TEXT NOT NULL, agg TEXT NOT NULL, fact TEXT NOT NULL, at INTEGER NOT NULL,
  person BLOB, person_hash TEXT
) STRICT;
CREATE INDEX unsaid_facts_of ON unsaid_facts (station, id);
-- Ended tickets of which a gate was told and has not answered: their seats and their money wait for its word.
CREATE TABLE told_ends (
  ticket_no TEXT PRIMARY KEY, gate TEXT NOT NULL, seq INTEGER NOT NULL, fact TEXT NOT NULL, acknowledged INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX told_ends_at ON told_ends (gate, seq);
-- Seat plans of which a gate along the line was told.
CREATE TABLE told_plans (
  station TEXT NOT NULL, trip_id TEXT NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (station, trip_id, epoch)
) STRICT, WITHOUT ROWID;
-- What a gate had acknowledged by now counts as its word, as it did when it was told.
UPDATE refund_dues SET station = NULL WHERE state = 'waiting'
  AND seq <= (SELECT acked FROM stream_out WHERE stream_out.peer = refund_dues.station AND stream_out.lane = 'seat');
