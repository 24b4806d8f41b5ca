import { fullFareOf } from '../../domain/fare.ts';
import { discounted, type FareRules } from '../../domain/fare-type.ts';
import { formatMinutes } from '../../domain/service-day.ts';
import { arrivesAt, departsAt } from '../../domain/trip.ts';
import type { Offer } from '../../protocol/ticketing.ts';
import type { KnownTrip } from './trip-rows.ts';

export type SeatCounts = { readonly remaining: number; readonly remainingElsewhere: number };

/** A trip as it can be bought from stop `from` to stop `to`; undefined where no fare is set for that ride. */
export function offerOf(
  trip: KnownTrip,
  from: number,
  to: number,
  counts: SeatCounts,
  rules: FareRules,
): Offer | undefined {
  const full = fullFareOf(trip.fares, from, to);
  if (!full.ok) return undefined;
  const { fullFen, ceilingFen } = full.value;
  return {
    ...offeredTrip(trip),
    ...offeredBoarding(trip, from),
    ...offeredArrival(trip, to),
    ...counts,
    fullFen,
    halfFen: discounted(fullFen, 'half', rules),
    ceilingFen,
    km: trip.stops[to]!.km - trip.stops[from]!.km,
  };
}

/** What an offer says of its trip, whatever the ride. */
export function offeredTrip(trip: KnownTrip) {
  return {
    tripId: trip.tripId,
    tripNo: trip.tripNo,
    serviceDate: trip.serviceDate,
    terminalName: trip.stops.at(-1)!.name,
    stopNames: trip.stops.map(({ name }) => name),
    vehicleClass: trip.vehicleClass,
    carrier: trip.carrier,
    gate: trip.gate,
    kind: trip.kind,
    nature: trip.nature,
    seats: trip.seats.length,
    state: trip.state as Offer['state'],
  } satisfies Partial<Offer>;
}

/** What an offer says of the stop where the ride begins. */
export function offeredBoarding(trip: KnownTrip, from: number) {
  const { name, departs } = trip.stops[from]!;
  return {
    from,
    fromName: name,
    departsAt: departsAt(trip, from),
    departs: formatMinutes(departs),
  } satisfies Partial<Offer>;
}

/** What an offer says of the stop where the ride ends. */
export function offeredArrival(trip: KnownTrip, to: number) {
  return { to, toName: trip.stops[to]!.name, arrivesAt: arrivesAt(trip, to) } satisfies Partial<Offer>;
}
