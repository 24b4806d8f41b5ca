import { fareOf } from '../../domain/fare.ts';
import type { FareRules } from '../../domain/fare-type.ts';
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
  const full = fareOf(trip.fares, from, to, 'full', rules);
  const half = fareOf(trip.fares, from, to, 'half', rules);
  if (!full.ok || !half.ok) return undefined;
  const [boarding, destination] = [trip.stops[from]!, trip.stops[to]!];
  return {
    tripId: trip.tripId,
    tripNo: trip.tripNo,
    serviceDate: trip.serviceDate,
    departsAt: departsAt(trip, from),
    arrivesAt: arrivesAt(trip, to),
    departs: formatMinutes(boarding.departs),
    from,
    to,
    fromName: boarding.name,
    toName: destination.name,
    terminalName: trip.stops.at(-1)!.name,
    stopNames: trip.stops.map(({ name }) => name),
    vehicleClass: trip.vehicleClass,
    carrier: trip.carrier,
    gate: trip.gate,
    kind: trip.kind,
    nature: trip.nature,
    remaining: counts.remaining,
    remainingElsewhere: counts.remainingElsewhere,
    seats: trip.seats.length,
    fullFen: full.value.fullFen,
    halfFen: half.value.fareFen,
    ceilingFen: full.value.ceilingFen,
    km: destination.km - boarding.km,
    state: trip.state as Offer['state'],
  };
}
