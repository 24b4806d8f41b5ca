-- What of the hub's standing orders each trip has been served, and under which of them. seats: the share that counts as given.
-- due_at: when the trip is to be looked at again, null where only other orders or another seat plan are a reason.
CREATE TABLE served_orders (
  trip_id TEXT PRIMARY KEY, orders TEXT NOT NULL, epoch INTEGER NOT NULL, seats INTEGER NOT NULL, due_at INTEGER
) STRICT, WITHOUT ROWID;
