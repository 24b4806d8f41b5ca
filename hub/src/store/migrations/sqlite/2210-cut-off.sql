-- Stops whose cut-off is near, and holds of a trip, without reading whole tables.
CREATE INDEX trip_stops_by_departure ON trip_stops (departs_at, trip_id, position);
CREATE INDEX holds_by_trip ON holds (trip_id, made_at);
