-- The seat plan that a grant speaks of: a restored side counts its grants in the plan that is in force.
ALTER TABLE transfers ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
