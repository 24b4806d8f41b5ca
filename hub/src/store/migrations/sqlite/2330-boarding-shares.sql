-- How many seats of each trip of a line a boarding point gets from its stop on. Line * is every line.
CREATE TABLE boarding_shares (
  station TEXT NOT NULL, line TEXT NOT NULL, seats INTEGER NOT NULL,
  PRIMARY KEY (station, line)
) STRICT, WITHOUT ROWID;
