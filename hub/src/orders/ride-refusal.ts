import type { RuleSet } from '@lianpiao/shared/domain/rules';
import type { BookedRide } from '@lianpiao/shared/domain/sale-rules';
import { maySell, type SalePassenger, type SaleRefusal } from '@lianpiao/shared/domain/sale-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Channel } from '@lianpiao/shared/domain/ticket-number';
import { arrivesAt, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { HubReader } from '../store/hub-store.ts';

export type RideWish = {
  readonly trip: KnownTrip;
  readonly from: number;
  readonly to: number;
  readonly channel: Channel;
  readonly passengers: readonly SalePassenger[];
  readonly otherRides: readonly BookedRide[];
};

/** Why this ride cannot be bought through the hub now; null is yes. */
export async function rideRefusal(
  on: HubReader,
  { trip, from, to, channel, passengers, otherRides }: RideWish,
  rules: RuleSet,
  now: EpochMs,
): Promise<SaleRefusal | null> {
  const { tripId } = trip;
  // The hub has given its seats back and said that it sells no more: later clocks, rules and timetables do not change that.
  const final = (await finalsOf(on, tripId)).find(({ stop }) => stop === from);
  if (final) return { code: 'trip.sale-closed', tripId, closedAt: final.at };
  return maySell(
    {
      channel,
      trip: { ...trip, state: trip.state as TripState },
      departsAt: departsAt(trip, from),
      arrivesAt: arrivesAt(trip, to),
      hasLeft: await hasLeft(on, trip, from),
      passengers,
      bySupervisor: false,
      lateSale: false,
      otherRides,
    },
    rules.sale,
    now,
  );
}
