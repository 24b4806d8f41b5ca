import { fromPairs } from '@lianpiao/shared/domain/fare';
import { seatPlan } from '@lianpiao/shared/domain/seat-label';
import { isTimeZone } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { fareForKm } from '../plan/fare-rule.ts';
import type { RunCalendar } from '../plan/run-calendar.ts';
import { tripNumbers } from '../plan/trip-numbers.ts';
import { type PlanStop, SEATS_MAX, type TripPlan } from '../plan/trip-plan.ts';
import type { Flaw, SetAsideList, SetAsideReason } from '../set-aside.ts';
import type { StopDirectory } from '../stop-directory.ts';
import { filledMinutes, kilometresByFeed, kilometresByMap } from './distances.ts';
import type { FeedTables } from './feed.ts';
import { type FeedStop, stopsOf } from './feed-stops.ts';
import type { GtfsOptions } from './options.ts';
import { type FeedRecord, recordsOf, reject } from './records.ts';
import { servicesOf } from './service-days.ts';
import { type StopTimes, stopTimesOf } from './stop-times.ts';

const FILE = 'trips.txt';

/** Everything that the trips of a feed refer to. */
type FeedParts = {
  readonly zone: string;
  readonly agency: string;
  readonly routes: ReadonlyMap<string, FeedRecord>;
  readonly stops: ReadonlyMap<string, FeedStop>;
  readonly services: ReadonlyMap<string, RunCalendar>;
  readonly stopTimes: ReadonlyMap<string, StopTimes>;
  readonly options: GtfsOptions;
};

/** Plans of all trips of a feed; what cannot be used goes to `aside` by file and line. */
export function feedPlans(
  tables: FeedTables,
  options: GtfsOptions,
  directory: StopDirectory,
  aside: SetAsideList,
): TripPlan[] {
  const agencies = recordsOf(tables, 'agency.txt', aside);
  const parts: FeedParts = {
    zone: zoneOf(agencies[0]),
    agency: agencies[0]?.get('agency_id') || agencies[0]?.get('agency_name') || '',
    routes: new Map(recordsOf(tables, 'routes.txt', aside).map((route) => [route.get('route_id'), route])),
    stops: stopsOf(tables, options, directory, aside),
    services: servicesOf(tables, aside),
    stopTimes: stopTimesOf(tables, aside),
    options,
  };
  const seen = new Set<string>();
  const trips = recordsOf(tables, FILE, aside).filter((trip) => {
    const id = trip.get('trip_id');
    const reason: SetAsideReason | null = id === '' ? 'row.empty-field' : seen.has(id) ? 'row.trip-duplicate' : null;
    if (reason) reject(aside, FILE, trip, reason, 'trip_id');
    seen.add(id);
    return reason === null;
  });
  const numbers = tripNumbers(seen);
  return trips.flatMap((trip) => planOf(trip, numbers.get(trip.get('trip_id'))!, parts, aside) ?? []);
}

/** Throws `legacy.gtfs-zone-unknown`: without a zone no time of the feed means anything. */
function zoneOf(agency: FeedRecord | undefined): string {
  const zone = agency?.get('agency_timezone') ?? '';
  if (isTimeZone(zone)) return zone;
  throw new Fault('legacy.gtfs-zone-unknown', 'the feed names no usable time zone', {
    hint: '时刻表 agency.txt 的时区无法识别：改正后会自动重读',
    retryable: true,
    facts: { zone: zone.slice(0, 40) },
  });
}

function planOf(trip: FeedRecord, tripNo: string, parts: FeedParts, aside: SetAsideList): TripPlan | null {
  const tripId = trip.get('trip_id');
  const { options } = parts;
  const calendar = parts.services.get(trip.get('service_id'));
  const route = parts.routes.get(trip.get('route_id'));
  const stopTimes = parts.stopTimes.get(tripId);
  const refuse = (reason: SetAsideReason, field: string): null => {
    aside.add(FILE, { reason, field, line: trip.line, raw: trip.raw }, [trip.line], tripId);
    return null;
  };
  if (!route) return refuse('row.reference-unknown', 'route_id');
  if (!calendar) return refuse('row.reference-unknown', 'service_id');
  if (!stopTimes) return refuse('row.stop-count', 'trip_id');
  const seats = trip.get('seats') || `${options.seats}`;
  const seatCount = /^\d{1,2}$/.test(seats) ? Number(seats) : 0;
  if (seatCount < 1 || seatCount > SEATS_MAX) return refuse('row.seats-invalid', 'seats');

  const stops = plannedStops(stopTimes, parts);
  if ('flaws' in stops) {
    for (const flaw of stops.flaws) aside.add('stop_times.txt', flaw, stopTimes.lines, tripId);
    return null;
  }
  const agency = route.get('agency_id') || parts.agency;
  return {
    file: 'stop_times.txt',
    lines: stopTimes.lines,
    sourceNo: tripId,
    tripNo,
    calendar,
    zone: parts.zone,
    lineCode: route.get('route_short_name') || route.get('route_id'),
    carrier: options.carriers[agency] ?? agency,
    vehicleClass: trip.get('vehicle_class') || options.vehicleClass,
    kind: 'regular',
    nature: 'fixed',
    gate: parts.stops.get(stopTimes.times[0]!.stopId)?.platform ?? '',
    stops: stops.stops,
    seats: seatPlan(seatCount),
    fares: { kind: 'pairs', full: pairPrices(stopTimes, stops.stops, options) },
  };
}

function plannedStops(
  { times, flaws }: StopTimes,
  { stops, options }: FeedParts,
): { readonly stops: PlanStop[] } | { readonly flaws: readonly Flaw[] } {
  if (flaws.length > 0) return { flaws };
  const unknown = times.filter((time) => !stops.has(time.stopId));
  if (unknown.length > 0) {
    const reason = 'row.stop-unknown';
    return { flaws: unknown.map(({ line, raw }) => ({ reason, line, raw, field: 'stop_id' })) };
  }
  const at = (reason: SetAsideReason, field: string): { flaws: Flaw[] } => ({
    flaws: [{ reason, field, line: times[0]?.line ?? null, raw: times[0]?.raw ?? '' }],
  });
  // Arrivals and departures are filled as one row of times, so that a stop without any lies between its neighbours.
  const minutes = filledMinutes(times.flatMap((time) => [time.arrives, time.departs]));
  if (minutes === null) return at('row.empty-field', 'arrival_time');
  const km =
    kilometresByFeed(
      times.map((time) => time.distance),
      options.distanceUnit,
    ) ??
    kilometresByMap(
      times.map((time) => stops.get(time.stopId)!.point),
      options.detourPercent,
    );
  if (km === null) return at('row.km-invalid', 'stop_lat');
  return {
    stops: times.map(({ stopId, line }, index) => ({
      place: stops.get(stopId)!.place,
      arrives: minutes[2 * index]!,
      departs: minutes[2 * index + 1]!,
      km: km[index]!,
      fareFen: null,
      line,
    })),
  };
}

/** Prices by kilometres; none from a stop where nobody boards or to one where nobody leaves. */
function pairPrices({ times }: StopTimes, stops: readonly PlanStop[], { fares }: GtfsOptions) {
  return fromPairs(stops.length, (from, to) => {
    const km = stops[to]!.km - stops[from]!.km;
    return times[from]!.boards && times[to]!.alights && km >= 0 ? fareForKm(km, fares) : null;
  }).full;
}
