CREATE TABLE claims (
  claim_id TEXT PRIMARY KEY, state TEXT NOT NULL, reference TEXT NOT NULL, wish BLOB, asked_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE print_jobs (
  job_no INTEGER PRIMARY KEY, claim_id TEXT NOT NULL, ticket_no TEXT NOT NULL, print_seq INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
  attempts INTEGER NOT NULL, reference TEXT NOT NULL, seat TEXT NOT NULL, to_name TEXT NOT NULL, departs TEXT NOT NULL, paper BLOB,
  made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX print_jobs_open ON print_jobs (state, job_no) WHERE state IN ('queued', 'sending', 'failedBeforeSend');
CREATE INDEX print_jobs_by_claim ON print_jobs (claim_id);
CREATE TABLE reports (
  report_id TEXT PRIMARY KEY, body TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
