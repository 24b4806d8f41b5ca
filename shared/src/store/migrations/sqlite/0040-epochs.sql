-- Seat plans that followed others while a trip was on sale: what each made of the plan before, and who has lost a seat.
CREATE TABLE epoch_maps (
  trip_id TEXT NOT NULL, epoch INTEGER NOT NULL, target TEXT NOT NULL, target_epoch INTEGER NOT NULL, seats TEXT NOT NULL,
  moves TEXT NOT NULL, stops TEXT, reason TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (trip_id, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX epoch_maps_by_target ON epoch_maps (target, target_epoch);

CREATE TABLE overflow (
  ticket_no TEXT NOT NULL, trip_id TEXT NOT NULL, epoch INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (ticket_no, trip_id, epoch)
) STRICT, WITHOUT ROWID;
