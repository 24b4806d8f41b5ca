-- What verified copies hold, per stream. `copied`: the sender's own copy; `safe` of stream_in: our copy of what came in.
ALTER TABLE stream_out ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_in ADD COLUMN safe INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_in ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
