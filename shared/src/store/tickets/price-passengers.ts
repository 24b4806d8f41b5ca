import { fareOf } from '../../domain/fare.ts';
import { mayCarryFreeChild, notAChild } from '../../domain/fare-type.ts';
import { legsBetween } from '../../domain/legs.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { checkPassenger } from '../../domain/passenger.ts';
import type { RuleSet } from '../../domain/rules.ts';
import type { Trip } from '../../domain/trip.ts';
import type { Person } from '../../protocol/events.ts';
import type { PassengerInput } from '../../protocol/ticketing.ts';
import { claimPlaces } from '../seats/child-places.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

/** A passenger with a seat (a free child: a place `C1` …) and the fare. */
export type Rider = {
  readonly seat: string;
  readonly fareType: PassengerInput['fareType'];
  readonly fareFen: number;
  readonly who: Person;
};

type Wish = {
  readonly trip: Trip;
  readonly from: number;
  readonly to: number;
  readonly seats: readonly string[];
  readonly passengers: readonly PassengerInput[];
  readonly rules: RuleSet;
};

/**
 * Checks each passenger's document, gives seats in the order held, and prices them; a free child gets a place, which is held
 * from here on. All or nobody.
 */
export async function pricePassengers(
  tx: Tx<SharedTables>,
  wish: Wish,
): Promise<Outcome<Rider[], { readonly code: string }>> {
  const { trip, from, to, passengers, rules } = wish;
  const paying = passengers.filter(({ fareType }) => fareType !== 'freeChild');
  if (paying.length !== wish.seats.length)
    return refuse({ code: 'sale.seats-and-passengers', seats: wish.seats.length, passengers: paying.length });
  const chosen = new Set(paying.flatMap(({ seat }) => (seat ? [seat] : [])));
  const left = wish.seats.filter((seat) => !chosen.has(seat));
  const children = await freeChildren(tx, wish);
  if (!children.ok) return children;

  const riders: Rider[] = [];
  for (const passenger of passengers) {
    const checked = checkPassenger(passenger, trip.serviceDate);
    if (!checked.ok) return checked;
    const { name, idType, idNo, birthOn } = checked.value;
    const adult = notAChild(passenger.fareType, birthOn, trip.serviceDate);
    if (adult) return refuse(adult);
    const fare = fareOf(trip.fares, from, to, passenger.fareType, rules.fareTypes);
    if (!fare.ok) return fare;
    const seat = passenger.fareType === 'freeChild' ? children.value.shift()! : (passenger.seat ?? left.shift());
    if (!seat || (passenger.fareType !== 'freeChild' && !wish.seats.includes(seat)))
      return refuse({ code: 'sale.seat-not-held', seat: seat ?? '' });
    const who: Person = { name, idType, idNo, ...(passenger.phone ? { phone: passenger.phone } : {}) };
    riders.push({ seat, fareType: passenger.fareType, fareFen: fare.value.fareFen, who });
  }
  if (new Set(riders.map(({ seat }) => seat)).size !== riders.length) return refuse({ code: 'sale.seat-twice' });
  return done(riders);
}

/** Whether these adults may take the children, and a place for each that this party owns on the ride's legs. */
async function freeChildren(tx: Tx<SharedTables>, { trip, from, to, passengers, rules }: Wish) {
  const count = passengers.filter(({ fareType }) => fareType === 'freeChild').length;
  if (count === 0) return done<string[]>([]);
  const adults = passengers.filter(({ fareType }) => fareType === 'full' || fareType === 'privilegeHalf').length;
  const asked = { adults, freeChildren: count, freeChildrenOnTrip: 0, approvedSeats: trip.seats.length };
  const may = mayCarryFreeChild(asked, rules.fareTypes);
  return may.ok ? claimPlaces(tx, { tripId: trip.tripId, legs: legsBetween(from, to), count }) : may;
}
