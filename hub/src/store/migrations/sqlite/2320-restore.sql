-- A restored hub: which stations it still has to hear, and which seats nobody may be given until then, or until a person says so.
CREATE TABLE restore_waits (
  station TEXT PRIMARY KEY, since INTEGER NOT NULL, marked_seat INTEGER, marked_ev INTEGER, until_seat INTEGER, until_ev INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE withheld_seats (
  trip_id TEXT NOT NULL, seat TEXT NOT NULL, legs INTEGER NOT NULL, why TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (trip_id, seat)
) STRICT, WITHOUT ROWID;
