-- Places of free children are owned and granted like seats. Trips on sale get those that no child has been sold yet, with
-- labels that no ticket has; tickets that were sold before keep a label without a place.
WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 8),
running AS (
  SELECT trip_id, epoch, stop_count, json_array_length(seats) AS seats,
    (SELECT count(*) FROM tickets c WHERE c.trip_id = t.trip_id AND c.fare_type = 'freeChild') AS ever,
    (SELECT count(*) FROM tickets c WHERE c.trip_id = t.trip_id AND c.fare_type = 'freeChild'
      AND c.state NOT IN ('refunded', 'voided', 'rebooked')) AS living
  FROM trips t WHERE state IN ('open', 'suspended')
)
INSERT INTO seats (trip_id, seat, position, epoch, mine, owed, held, sold, freed, blocked)
SELECT trip_id, 'C' || (ever + n), 1000 + ever + n - 1, epoch, (1 << (stop_count - 1)) - 1, 0, 0, 0, 0, 0
FROM running, place WHERE seats > 9 AND n <= seats / 10 - living;
