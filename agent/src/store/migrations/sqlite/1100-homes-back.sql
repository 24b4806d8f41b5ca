-- Tickets whose home this station gave away and has back: the gate's station could not take it.
CREATE TABLE homes_back (ticket_no TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
