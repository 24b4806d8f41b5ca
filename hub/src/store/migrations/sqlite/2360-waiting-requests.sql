-- Requests of stations that met the home of a ticket under way: answered when it has arrived.
CREATE TABLE waiting_requests (
  station TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, refusal TEXT,
  since INTEGER NOT NULL,
  PRIMARY KEY (station, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_requests_open ON waiting_requests (since) WHERE state = 'waiting';
