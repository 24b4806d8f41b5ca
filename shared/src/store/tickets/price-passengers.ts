import { and, count, eq, inArray } from 'drizzle-orm';
import { fareOf } from '../../domain/fare.ts';
import { mayCarryFreeChild, notAChild } from '../../domain/fare-type.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { checkPassenger } from '../../domain/passenger.ts';
import type { RuleSet } from '../../domain/rules.ts';
import type { Trip } from '../../domain/trip.ts';
import type { Person } from '../../protocol/events.ts';
import type { PassengerInput } from '../../protocol/ticketing.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

/** A passenger with a seat (`C1` … for a free child, who has none) and the fare. */
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

/** Checks each passenger's document, gives seats in the order held, and prices them. All or nobody. */
export async function pricePassengers(
  tx: Reader<SharedTables>,
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

/** Places of free children: they need no seat, but a coach takes only so many of them. */
async function freeChildren(tx: Reader<SharedTables>, { trip, passengers, rules }: Wish) {
  const wanted = passengers.filter(({ fareType }) => fareType === 'freeChild').length;
  if (wanted === 0) return done<string[]>([]);
  const { tickets } = tx.t;
  const aboard = and(eq(tickets.tripId, trip.tripId), eq(tickets.fareType, 'freeChild'));
  const [living] = await tx.db
    .select({ children: count() })
    .from(tickets)
    .where(and(aboard, inArray(tickets.state, ['sold', 'collected', 'boarded'])));
  const [ever] = await tx.db.select({ children: count() }).from(tickets).where(aboard);
  const adults = passengers.filter(({ fareType }) => fareType === 'full' || fareType === 'privilegeHalf').length;
  const may = mayCarryFreeChild(
    { adults, freeChildren: wanted, freeChildrenOnTrip: living!.children, approvedSeats: trip.seats.length },
    rules.fareTypes,
  );
  if (!may.ok) return may;
  return done(Array.from({ length: wanted }, (_, index) => `C${ever!.children + index + 1}`));
}
