CREATE TABLE periods (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, state TEXT NOT NULL, opens_on TEXT NOT NULL, opened_at INTEGER NOT NULL,
  closed_at INTEGER, closed_by TEXT, submitted_by TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_open_period ON periods (state) WHERE state = 'open';
CREATE TABLE period_jobs (
  period_id TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, facts TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (period_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE journals (
  seq INTEGER PRIMARY KEY, period_id TEXT NOT NULL, source_kind TEXT NOT NULL, source_id TEXT NOT NULL, biz_date TEXT NOT NULL,
  origin_date TEXT NOT NULL, rule_version TEXT, at INTEGER NOT NULL, digest TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (source_kind, source_id)
) STRICT;
CREATE INDEX journals_by_period ON journals (period_id, seq);
CREATE TABLE postings (
  journal INTEGER NOT NULL, line INTEGER NOT NULL, account TEXT NOT NULL, ticket_no TEXT, amount_fen INTEGER NOT NULL,
  PRIMARY KEY (journal, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_account ON postings (account, journal, amount_fen);
CREATE INDEX postings_by_ticket ON postings (ticket_no, amount_fen) WHERE ticket_no IS NOT NULL;
CREATE TABLE clearings (
  ticket_no TEXT NOT NULL, kind TEXT NOT NULL, trip_id TEXT NOT NULL, stop INTEGER NOT NULL, journal INTEGER NOT NULL, rule_id TEXT NOT NULL,
  rule_version TEXT NOT NULL, amount_fen INTEGER NOT NULL, parts TEXT NOT NULL,
  PRIMARY KEY (ticket_no, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX clearings_by_journal ON clearings (journal);
CREATE INDEX clearings_by_trip ON clearings (trip_id, stop);
CREATE TABLE clearing_rules (
  id TEXT NOT NULL, version TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER, state TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE parties (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE statements (
  id TEXT PRIMARY KEY, period_id TEXT NOT NULL, party TEXT NOT NULL, owed_fen INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  UNIQUE (period_id, party)
) STRICT, WITHOUT ROWID;

-- The books are corrected by reversal and repost, in the open period. Nobody changes what is written.
CREATE TRIGGER journals_stay BEFORE UPDATE ON journals BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
CREATE TRIGGER journals_are_kept BEFORE DELETE ON journals BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
CREATE TRIGGER postings_stay BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER postings_are_kept BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER clearings_stay BEFORE UPDATE ON clearings BEGIN SELECT RAISE(ABORT, 'clearings are append-only'); END;
CREATE TRIGGER clearings_are_kept BEFORE DELETE ON clearings BEGIN SELECT RAISE(ABORT, 'clearings are append-only'); END;
CREATE TRIGGER statements_stay BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statements_are_kept BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
-- A period never reopens, and what is closed takes no more journals.
CREATE TRIGGER journals_are_of_the_open_period BEFORE INSERT ON journals
WHEN (SELECT state FROM periods WHERE id = NEW.period_id) IS NOT 'open'
BEGIN SELECT RAISE(ABORT, 'only the open period takes journals'); END;
CREATE TRIGGER postings_belong_to_the_last_journal BEFORE INSERT ON postings
WHEN NEW.journal IS NOT (SELECT max(seq) FROM journals)
BEGIN SELECT RAISE(ABORT, 'postings are written with their journal'); END;
CREATE TRIGGER periods_never_reopen BEFORE UPDATE OF state ON periods
WHEN NEW.state = 'open' AND OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a period never reopens'); END;
CREATE TRIGGER periods_are_kept BEFORE DELETE ON periods BEGIN SELECT RAISE(ABORT, 'periods are kept'); END;
