import type { ColumnKit } from '../column-kit.ts';

/** Trips, their stops for search, and seats by owner. `stops`, `seats` and `fares` of a trip are JSON of the domain type `Trip`. */
export function inventoryTables({ table, text, int }: ColumnKit) {
  const trips = table('trips', {
    tripId: text('trip_id').primaryKey(),
    origin: text('origin').notNull(),
    tripNo: text('trip_no').notNull(),
    serviceDate: text('service_date').notNull(),
    zone: text('zone').notNull(),
    lineCode: text('line_code').notNull(),
    carrier: text('carrier').notNull(),
    vehicleClass: text('vehicle_class').notNull(),
    kind: text('kind').notNull(),
    nature: text('nature').notNull(),
    gate: text('gate').notNull(),
    stops: text('stops').notNull(),
    stopCount: int('stop_count').notNull(),
    seats: text('seats').notNull(),
    fares: text('fares').notNull(),
    epoch: int('epoch').notNull(),
    /** open, suspended, departed, cancelled (domain/trip-states). */
    state: text('state').notNull(),
    departsAt: int('departs_at').notNull(),
    arrivesAt: int('arrives_at').notNull(),
    /** SM3 of the published body: an unchanged trip is not published again. */
    digest: text('digest').notNull(),
  });

  /** One row a stop: finds the trips that call at a place on a day. */
  const tripStops = table('trip_stops', {
    stopCode: text('stop_code').notNull(),
    serviceDate: text('service_date').notNull(),
    departsAt: int('departs_at').notNull(),
    tripId: text('trip_id').notNull(),
    position: int('position').notNull(),
  });

  /** 发班 of a trip at one boarding stop; at most one row a stop. */
  const departures = table('departures', {
    tripId: text('trip_id').notNull(),
    stop: int('stop').notNull(),
    departedAt: int('departed_at').notNull(),
    bizDate: text('biz_date').notNull(),
    boarded: int('boarded').notNull(),
    forfeited: int('forfeited').notNull(),
    vehicle: text('vehicle'),
    waybillNo: text('waybill_no').notNull(),
  });

  /** Masks of domain/seats, one row a seat that this party has ever owned or known. */
  const seats = table('seats', {
    tripId: text('trip_id').notNull(),
    seat: text('seat').notNull(),
    position: int('position').notNull(),
    epoch: int('epoch').notNull(),
    mine: int('mine').notNull(),
    owed: int('owed').notNull(),
    held: int('held').notNull(),
    sold: int('sold').notNull(),
    freed: int('freed').notNull(),
    blocked: int('blocked').notNull(),
  });

  /** A short claim with an expiry, by the owner's clock. `seats` is a JSON list of labels. state: held, sold, released, expired. */
  const holds = table('holds', {
    holdId: text('hold_id').primaryKey(),
    tripId: text('trip_id').notNull(),
    fromStop: int('from_stop').notNull(),
    toStop: int('to_stop').notNull(),
    seats: text('seats').notNull(),
    state: text('state').notNull(),
    expiresAt: int('expires_at').notNull(),
    caller: text('caller').notNull(),
    madeAt: int('made_at').notNull(),
  });

  /** Grants that this party received or gave: a transfer is counted once. `seat` is of the plan `epoch`. direction: given, received. */
  const transfers = table('transfers', {
    transferId: text('transfer_id').primaryKey(),
    tripId: text('trip_id').notNull(),
    seat: text('seat').notNull(),
    legs: int('legs').notNull(),
    peer: text('peer').notNull(),
    direction: text('direction').notNull(),
    at: int('at').notNull(),
    epoch: int('epoch').notNull(),
  });

  /**
   * The hub's last word about one boarding stop: it sells there no more. `tickets` and `digest` are what it has sold
   * (store/tickets/hub-list). `differs` is 1 where a station, told so, knew other tickets; 0 at the hub.
   */
  const tripFinals = table('trip_finals', {
    tripId: text('trip_id').notNull(),
    stop: int('stop').notNull(),
    tickets: int('tickets').notNull(),
    digest: text('digest').notNull(),
    differs: int('differs').notNull(),
    at: int('at').notNull(),
  });

  /**
   * One row a step from a seat plan to the next: from `epoch` of the trip to `targetEpoch` of `target`, which is another trip
   * where the passengers were merged into it. `seats` is the new plan, `moves` JSON of domain/epoch-map, `stops` the places of
   * a merged trip's stops. A plan without such a row is the one in force. reason: substituted, timetable, merged.
   */
  const epochMaps = table('epoch_maps', {
    tripId: text('trip_id').notNull(),
    epoch: int('epoch').notNull(),
    target: text('target').notNull(),
    targetEpoch: int('target_epoch').notNull(),
    seats: text('seats').notNull(),
    moves: text('moves').notNull(),
    stops: text('stops'),
    reason: text('reason').notNull(),
    at: int('at').notNull(),
  });

  /**
   * Living tickets whose seat a new plan did not have: `tripId` and `epoch` name the plan that had it. A row counts while its
   * ticket lives and still says that plan.
   */
  const overflow = table('overflow', {
    ticketNo: text('ticket_no').notNull(),
    tripId: text('trip_id').notNull(),
    epoch: int('epoch').notNull(),
    since: int('since').notNull(),
  });

  return { trips, tripStops, departures, seats, holds, transfers, tripFinals, epochMaps, overflow };
}
