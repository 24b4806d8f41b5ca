-- The minor version of the station link that was agreed upon with a peer, when it was last welcomed.
CREATE TABLE peer_versions (peer TEXT PRIMARY KEY, minor INTEGER NOT NULL, agreed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
