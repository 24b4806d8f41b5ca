-- The hub's last word about a boarding stop, as the hub said it and as a station heard it.
CREATE TABLE trip_finals (
  trip_id TEXT NOT NULL, stop INTEGER NOT NULL, tickets INTEGER NOT NULL, digest TEXT NOT NULL, differs INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (trip_id, stop)
) STRICT, WITHOUT ROWID;
