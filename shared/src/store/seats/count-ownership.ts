import { and, eq, sql } from 'drizzle-orm';
import { allLegs, type LegMask, legMask, meets, NO_LEGS, union, without } from '../../domain/legs.ts';
import { isPseudoSeat, positionOf } from '../../domain/pseudo-seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { Trip } from '../../domain/trip.ts';
import type { EventBody } from '../../protocol/events.ts';
import { planOf } from '../epochs/epoch-rows.ts';
import { type Place, placesNow } from '../epochs/seat-now.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { know, placesOfTrip, seatsOfTrip } from './seat-rows.ts';
import { isAhead, type TransferNow, transfersNow } from './transfers-now.ts';

const own = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ mine: sql`${value('mine')}`, owed: sql`${value('owed')}` })
    .where(and(eq(t.seats.tripId, value('tripId')), eq(t.seats.seat, value('seat')))),
);

const note = statement((db, t: SharedTables) =>
  db
    .insert(t.transfers)
    .values({
      transferId: value('transferId'),
      tripId: value('tripId'),
      seat: value('seat'),
      legs: value('legs'),
      peer: value('peer'),
      direction: value('direction'),
      at: value('now'),
      epoch: value('epoch'),
    })
    .onConflictDoNothing()
    .returning({ transferId: t.transfers.transferId }),
);

/** A seat whose trip is not known yet; the trip's own plan puts it right when it comes. */
const POSITION_UNKNOWN = 999;

/** Legs of a seat of the plan in force that this party owned before any grant: all at the trip's origin, none elsewhere. */
export type InitialLegs = (tripId: string, seat: string) => Promise<LegMask>;

/** `broken`: legs that were received more often than they can be: two owners. */
export type Ownership = { readonly mine: LegMask; readonly owed: LegMask; readonly broken: LegMask };

/** Who owns the legs of one seat, counted anew (`countTrip`). */
export async function countOwnership(tx: Tx<SharedTables>, place: SeatOf, initial: InitialLegs): Promise<Ownership> {
  return countSeat(tx, place, initial, await transfersNow(tx, place.tripId));
}
type SeatOf = { readonly tripId: string; readonly seat: string };

/**
 * Who owns each leg of a trip, by counting in its plan in force: initial + received − given. Grants of a side that is being
 * rebuilt come back in any order, so that a leg may have gone out before it came in; it is `owed` then, and nobody's to sell.
 */
export async function countTrip(tx: Tx<SharedTables>, tripId: string, initial: InitialLegs): Promise<void> {
  const transfers = await transfersNow(tx, tripId);
  const rows = [...(await seatsOfTrip(tx, tripId)), ...(await placesOfTrip(tx, tripId))];
  for (const seat of new Set([...rows, ...transfers].map((each) => each.seat))) {
    await knowPlace(tx, { tripId, seat });
    await countSeat(tx, { tripId, seat }, initial, transfers);
  }
}

async function countSeat(
  tx: Tx<SharedTables>,
  { tripId, seat }: SeatOf,
  initial: InitialLegs,
  all: readonly TransferNow[],
): Promise<Ownership> {
  const transfers = all.filter((transfer) => transfer.seat === seat);
  const first = await initial(tripId, seat);
  const counted = { mine: NO_LEGS, owed: NO_LEGS, broken: NO_LEGS };
  for (let rest = legsOf(transfers, first); rest !== NO_LEGS; ) {
    const leg = lowest(rest);
    rest = without(rest, leg);
    let count = meets(first, leg) ? 1 : 0;
    for (const { legs, direction } of transfers) if (meets(legs, leg)) count += direction === 'received' ? 1 : -1;
    if (count === 1) counted.mine = union(counted.mine, leg);
    else if (count < 0) counted.owed = union(counted.owed, leg);
    else if (count > 1) counted.broken = union(counted.broken, leg);
  }
  await own(tx, { tripId, seat, mine: counted.mine, owed: counted.owed });
  return counted;
}

type CountedGrant = {
  readonly fact: EventBody<'seat.granted'>;
  readonly peer: string;
  readonly direction: 'given' | 'received';
  readonly initial: InitialLegs;
};

/** What a grant came to: where its legs are now, nowhere while its plan is unknown, and whether one of them has two owners. */
export type NotedTransfer = { readonly places: readonly Place[]; readonly broken: boolean };

/** Notes a grant of either direction once, and counts its seat anew. Undefined for one that was known. */
export async function noteTransfer(
  tx: Tx<SharedTables>,
  { fact, peer, direction, initial }: CountedGrant,
  now: EpochMs,
): Promise<NotedTransfer | undefined> {
  const { transferId, tripId, epoch, seat, legs } = fact;
  if ((await note(tx, { transferId, tripId, epoch, seat, legs, peer, direction, now })).length === 0) return undefined;
  if (await isAhead(tx, fact)) return { places: [], broken: false };
  const places = await placesNow(tx, fact);
  let broken = false;
  for (const place of places) {
    await knowPlace(tx, place);
    if ((await countOwnership(tx, place, initial)).broken !== NO_LEGS) broken = true;
  }
  return { places, broken };
}

/** A row for a seat of the plan in force, at its place in it, if there is none yet. */
export async function knowPlace(tx: Tx<SharedTables>, { tripId, seat }: SeatOf): Promise<void> {
  const plan = await planOf(tx, tripId);
  const position = isPseudoSeat(seat) ? positionOf(seat) : (plan?.seats.indexOf(seat) ?? POSITION_UNKNOWN);
  await know(tx, { tripId, seat, position, epoch: plan?.epoch ?? 1, mine: 0 });
}

/**
 * The legs of a seat that a party owned at first, in the plan in force: all where it is the trip's origin and the seat is in
 * its plan. They were its own in the plan before, or are new capacity, which is the origin's.
 */
export function initialLegs(
  trip: Pick<Trip, 'origin' | 'stops' | 'seats'> | undefined,
  party: string,
  seat: string,
): LegMask {
  if (trip?.origin !== party) return NO_LEGS;
  return trip.seats.includes(seat) || isPseudoSeat(seat) ? allLegs(trip.stops.length) : NO_LEGS;
}

function legsOf(transfers: readonly { readonly legs: LegMask }[], initial: LegMask): LegMask {
  return transfers.reduce((all, { legs }) => union(all, legs), initial);
}

/** The first leg of a set, as a set. */
function lowest(mask: LegMask): LegMask {
  let bit = 1;
  while (!meets(mask, legMask(bit))) bit *= 2;
  return legMask(bit);
}
