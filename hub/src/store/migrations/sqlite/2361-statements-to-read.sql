-- Days of the payment provider's statement that a restored hub reads, and from when on.
CREATE TABLE statement_days (
  day TEXT NOT NULL, read_at INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (day, read_at)
) STRICT, WITHOUT ROWID;
