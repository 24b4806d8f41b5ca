import { freeChildrenMax } from '../../domain/fare-type.ts';
import { invariant } from '../../domain/invariant.ts';
import { covers, type LegMask } from '../../domain/legs.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { childPlaces, isPseudoSeat, placesFor } from '../../domain/pseudo-seats.ts';
import type { RuleSet } from '../../domain/rules.ts';
import { bestFit, isFree, type SeatState } from '../../domain/seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { Trip } from '../../domain/trip.ts';
import { placesNow } from '../epochs/seat-now.ts';
import { rulesAt } from '../rules.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { claim, heldToSold, know, placesOfTrip, seatsOfTrip } from './seat-rows.ts';

export type PlacesRefusal = { readonly code: 'passenger.free-child-full'; readonly max: number };

/** Places for free children of a trip that this party owns from its beginning. */
export async function knowChildPlaces(tx: Tx<SharedTables>, trip: Trip, mine: LegMask, rules: RuleSet): Promise<void> {
  for (const { seat, position } of childPlaces(freeChildrenMax(trip.seats.length, rules.fareTypes)))
    await know(tx, { tripId: trip.tripId, seat, position, epoch: trip.epoch, mine });
}

/** Claims a place for each free child, as held, from those that this party owns: they ride on no promise of another one. */
export async function claimPlaces(
  tx: Tx<SharedTables>,
  { tripId, legs, count }: { readonly tripId: string; readonly legs: LegMask; readonly count: number },
): Promise<Outcome<string[], PlacesRefusal>> {
  if (count === 0) return done([]);
  const places = await placesOfTrip(tx, tripId);
  const fitting = bestFit(places, legs, count).map(({ seat }) => seat);
  if (fitting.length < count) return refuse({ code: 'passenger.free-child-full', max: places.length });
  for (const seat of fitting)
    if ((await claim(tx, { tripId, seat, legs })) === 0)
      return refuse({ code: 'passenger.free-child-full', max: places.length });
  return done(fitting);
}

/** Makes the claims of these children a sale. */
export async function sellPlaces(
  tx: Tx<SharedTables>,
  riders: readonly { readonly seat: string }[],
  tripId: string,
  legs: LegMask,
): Promise<void> {
  for (const { seat } of riders) {
    if (!isPseudoSeat(seat)) continue;
    const changed = await heldToSold(tx, { tripId, seat, legs });
    invariant(changed === 1, 'a child rides on a place that is held', { tripId, seat });
  }
}

/**
 * The free places that go with seats which just went: what is beyond the share of the seats that are left here. A party
 * that has no seat on these legs keeps no place.
 */
export async function placesToGive(
  tx: Tx<SharedTables>,
  trip: Trip,
  legs: LegMask,
  now: EpochMs,
): Promise<readonly SeatState[]> {
  const owned = ({ mine }: SeatState) => covers(mine, legs);
  const seats = (await seatsOfTrip(tx, trip.tripId)).filter(owned).length;
  const places = (await placesOfTrip(tx, trip.tripId)).filter(owned);
  const all = freeChildrenMax(trip.seats.length, (await rulesAt(tx, now)).fareTypes);
  const beyond = places.length - placesFor(Math.min(seats, trip.seats.length), trip.seats.length, all);
  const free = places.filter((place) => isFree(place, legs));
  return beyond > 0 ? free.slice(-beyond) : [];
}

/**
 * True when the ticket has what is left of its legs in rows: every seat has, and the place of a child. A child that was sold a ride by an
 * earlier version has a label and no row.
 */
export async function hasRow(
  tx: Tx<SharedTables>,
  ticket: { readonly tripId: string; readonly epoch: number; readonly seat: string; readonly legs: number },
): Promise<boolean> {
  if (!isPseudoSeat(ticket.seat)) return true;
  for (const { tripId, seat, legs } of await placesNow(tx, ticket)) {
    const row = (await placesOfTrip(tx, tripId)).find((place) => place.seat === seat);
    if (!row || !covers(row.sold, legs)) return false;
  }
  return true;
}
