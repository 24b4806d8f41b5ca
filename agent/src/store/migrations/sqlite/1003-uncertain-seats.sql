CREATE TABLE uncertain_seats (
  trip_id TEXT NOT NULL, seat TEXT NOT NULL, legs INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (trip_id, seat)
) STRICT, WITHOUT ROWID;
