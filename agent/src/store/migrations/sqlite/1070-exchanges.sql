-- Rebooking of tickets whose home is elsewhere, coordinated by the station that has the new seat.
CREATE TABLE exchanges (
  exchange_id TEXT PRIMARY KEY, old_ticket_no TEXT NOT NULL, hold_id TEXT NOT NULL, new_ticket TEXT NOT NULL, difference_fen INTEGER NOT NULL,
  not_after INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, due_fen INTEGER NOT NULL, began_at INTEGER NOT NULL, ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX exchanges_open ON exchanges (began_at) WHERE state = 'pinned' OR due_fen > 0;
