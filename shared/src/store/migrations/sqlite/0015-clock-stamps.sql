-- What the clocks of the sender's machine read as a fact was written; null where nothing is corrected.
ALTER TABLE outbox ADD COLUMN wall_at INTEGER;
ALTER TABLE outbox ADD COLUMN offset_ms INTEGER;
ALTER TABLE outbox ADD COLUMN mono_ms INTEGER;
