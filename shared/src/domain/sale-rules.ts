import { isAtStation } from './channel.ts';
import type { FareType } from './fare-type.ts';
import { addDays, daysBetween, type EpochMs, type ServiceDate, serviceDateOf } from './service-day.ts';
import type { Channel } from './ticket-number.ts';
import type { TripState } from './trip-states.ts';

export type SaleRules = {
  /** A trip is on sale that many days before its service date, and on the date itself. */
  readonly presaleDays: number;
  /** On line the sale stops that long before departure from the boarding stop; at the station it stops at departure. */
  readonly onlineStopMinutes: number;
  /** More tickets in one order need a supervisor (group sale). */
  readonly ticketsMax: number;
  readonly realName: {
    readonly required: boolean;
    /** A provincial switch: a free child shows a document of its own too. */
    readonly freeChildren: boolean;
  };
};

export type SaleRequest = {
  readonly channel: Channel;
  readonly trip: {
    readonly tripId: string;
    readonly state: TripState;
    readonly serviceDate: ServiceDate;
    readonly zone: string;
  };
  /** Departure from the boarding stop and arrival at the destination stop, as now expected. */
  readonly departsAt: EpochMs;
  readonly arrivesAt: EpochMs;
  /** The coach has left the boarding stop. A trip that departed at its origin is still on sale further along. */
  readonly hasLeft: boolean;
  readonly passengers: readonly SalePassenger[];
  readonly bySupervisor: boolean;
  /** 补票: the clerk asks for a sale after the normal end, while the coach stands at the gate. */
  readonly lateSale: boolean;
  /** Living tickets and holds on the same documents outside this order, as far as this party knows them. */
  readonly otherRides: readonly BookedRide[];
};

export type SalePassenger = {
  readonly fareType: FareType;
  /** One key per document, whoever computes it (a keyed hash in the stores); null without a document. */
  readonly documentKey: string | null;
};

export type BookedRide = {
  readonly documentKey: string;
  readonly tripId: string;
  readonly departsAt: EpochMs;
  readonly arrivesAt: EpochMs;
};

export type SaleRefusal =
  | {
      readonly code:
        | 'trip.not-open'
        | 'trip.suspended'
        | 'trip.cancelled'
        | 'trip.missed'
        | 'trip.merged'
        | 'trip.departed';
      readonly tripId: string;
    }
  | { readonly code: 'trip.sale-closed'; readonly tripId: string; readonly closedAt: EpochMs }
  | { readonly code: 'sale.too-early'; readonly tripId: string; readonly opensOn: ServiceDate }
  | { readonly code: 'order.too-many-tickets'; readonly tickets: number; readonly max: number }
  /** `passenger` counts from 0 along the order. */
  | { readonly code: 'passenger.id-missing'; readonly passenger: number }
  | {
      readonly code: 'passenger.duplicate';
      readonly passenger: number;
      readonly tripId: string;
      readonly departsAt: EpochMs;
    };

/** Whether these tickets may be sold now on this channel; null is yes. Seats and fares are asked elsewhere. */
export function maySell(request: SaleRequest, rules: SaleRules, now: EpochMs): SaleRefusal | null {
  return (
    refusalOfTrip(request.trip, request.hasLeft) ??
    refusalOfTime(request, rules, now) ??
    refusalOfSize(request, rules) ??
    refusalOfPassengers(request, rules)
  );
}

/** When the normal sale ends at a boarding stop. Late sale at the counter goes on until the coach leaves. */
export function saleClosesAt(channel: Channel, departsAt: EpochMs, rules: SaleRules): EpochMs {
  return isAtStation(channel) ? departsAt : departsAt - rules.onlineStopMinutes * 60_000;
}

/** Why nobody can buy a ride that boards at a stop of this trip, whatever the clock says; null is that somebody may. */
export function refusalOfTrip(
  { tripId, state }: Pick<SaleRequest['trip'], 'tripId' | 'state'>,
  hasLeft: boolean,
): SaleRefusal | null {
  if (state === 'planned') return { code: 'trip.not-open', tripId };
  if (state === 'suspended') return { code: 'trip.suspended', tripId };
  if (state === 'cancelled') return { code: 'trip.cancelled', tripId };
  if (state === 'missed') return { code: 'trip.missed', tripId };
  if (state === 'merged') return { code: 'trip.merged', tripId };
  return hasLeft ? { code: 'trip.departed', tripId } : null;
}

function refusalOfTime(request: SaleRequest, rules: SaleRules, now: EpochMs): SaleRefusal | null {
  const { tripId, serviceDate, zone, state } = request.trip;
  if (daysBetween(serviceDateOf(now, zone), serviceDate) > rules.presaleDays) {
    return { code: 'sale.too-early', tripId, opensOn: addDays(serviceDate, -rules.presaleDays) };
  }
  if (request.channel === 'counter' && request.lateSale) return null;
  const closesAt = saleClosesAt(request.channel, request.departsAt, rules);
  if (state === 'closed') return { code: 'trip.sale-closed', tripId, closedAt: Math.min(closesAt, now) };
  return now >= closesAt ? { code: 'trip.sale-closed', tripId, closedAt: closesAt } : null;
}

function refusalOfSize({ passengers, bySupervisor }: SaleRequest, rules: SaleRules): SaleRefusal | null {
  if (passengers.length <= rules.ticketsMax || bySupervisor) return null;
  return { code: 'order.too-many-tickets', tickets: passengers.length, max: rules.ticketsMax };
}

function refusalOfPassengers(request: SaleRequest, rules: SaleRules): SaleRefusal | null {
  const { trip, departsAt, arrivesAt } = request;
  const seen = new Set<string>();
  for (const [passenger, { fareType, documentKey }] of request.passengers.entries()) {
    if (documentKey === null) {
      const needed = rules.realName.required && (fareType !== 'freeChild' || rules.realName.freeChildren);
      if (needed) return { code: 'passenger.id-missing', passenger };
      continue;
    }
    if (seen.has(documentKey)) return { code: 'passenger.duplicate', passenger, tripId: trip.tripId, departsAt };
    seen.add(documentKey);

    const clash = request.otherRides.find(
      (ride) => ride.documentKey === documentKey && ride.departsAt < arrivesAt && departsAt < ride.arrivesAt,
    );
    if (clash) return { code: 'passenger.duplicate', passenger, tripId: clash.tripId, departsAt: clash.departsAt };
  }
  return null;
}
