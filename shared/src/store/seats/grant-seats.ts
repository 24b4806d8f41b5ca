import { invariant } from '../../domain/invariant.ts';
import type { LegMask } from '../../domain/legs.ts';
import { isFree } from '../../domain/seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { Trip } from '../../domain/trip.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import { emit } from '../streams.ts';
import type { SharedTables } from '../tables/shared.ts';
import { placesToGive } from './child-places.ts';
import { giveAway, seatsOfTrip } from './seat-rows.ts';

export type GrantWish = {
  readonly trip: Trip;
  readonly legs: LegMask;
  /** Most seats to give. */
  readonly count: number;
  /** Free seats on these legs that must stay with the giver. */
  readonly keep: number;
  readonly peer: string;
  readonly newId: () => string;
};

const insert = statement((db, t: SharedTables) =>
  db.insert(t.transfers).values({
    transferId: value('transferId'),
    tripId: value('tripId'),
    seat: value('seat'),
    legs: value('legs'),
    peer: value('peer'),
    direction: 'given',
    at: value('now'),
    epoch: value('epoch'),
  }),
);

/**
 * The owner gives free legs of seats to a peer: the bits leave `mine` and the fact enters the `seat` lane together, so
 * legs under way belong to nobody. Gives from the back of the seat plan, with the places of free children that go with
 * them, and returns the seats given, perhaps none.
 */
export async function grantSeats(tx: Tx<SharedTables>, wish: GrantWish, now: EpochMs): Promise<readonly string[]> {
  const { trip, legs, peer } = wish;
  const { tripId, epoch } = trip;
  const free = (await seatsOfTrip(tx, tripId)).filter((seat) => isFree(seat, legs));
  const count = Math.max(0, Math.min(wish.count, free.length - wish.keep));
  const given: string[] = [];
  for (const { seat } of free.slice(free.length - count)) {
    await grantLegs(tx, { tripId, epoch, seat, legs, peer, transferId: wish.newId() }, now);
    given.push(seat);
  }
  if (given.length > 0) await grantPlaces(tx, wish, now);
  return given;
}

/** The places of free children that go with seats that went (`placesToGive`). */
export async function grantPlaces(
  tx: Tx<SharedTables>,
  { trip, legs, peer, newId }: Pick<GrantWish, 'trip' | 'legs' | 'peer' | 'newId'>,
  now: EpochMs,
): Promise<void> {
  const { tripId, epoch } = trip;
  for (const { seat } of await placesToGive(tx, trip, legs, now))
    await grantLegs(tx, { transferId: newId(), tripId, epoch, seat, legs, peer }, now);
}

export type LegGrant = {
  readonly transferId: string;
  readonly tripId: string;
  readonly epoch: number;
  readonly seat: string;
  /** Free legs of the seat, all of them the giver's. */
  readonly legs: LegMask;
  readonly peer: string;
  /** A passenger of the peer who has lost the seat and is to have this one. */
  readonly forTicket?: string;
};

/** Gives legs of one seat away. @throws InvariantError when one of them is claimed or not the giver's. */
export async function grantLegs(tx: Tx<SharedTables>, grant: LegGrant, now: EpochMs): Promise<void> {
  const { peer, ...fact } = grant;
  const { transferId, tripId, epoch, seat, legs } = fact;
  const changed = await giveAway(tx, { tripId, seat, legs });
  invariant(changed === 1, 'only free legs are given away', { tripId, seat, legs });
  await insert(tx, { transferId, tripId, epoch, seat, legs, peer, now });
  await emit(tx, { peer, type: 'seat.granted', agg: tripId, fact }, now);
}
