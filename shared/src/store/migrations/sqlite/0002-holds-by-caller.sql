-- How many seats a caller holds is asked at every hold.
CREATE INDEX holds_by_caller ON holds (caller, expires_at) WHERE state = 'held';
