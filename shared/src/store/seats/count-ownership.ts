import { and, eq, sql } from 'drizzle-orm';
import { allLegs, type LegMask, legMask, meets, NO_LEGS, union, without } from '../../domain/legs.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { Trip } from '../../domain/trip.ts';
import type { EventBody } from '../../protocol/events.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { know } from './seat-rows.ts';

const ofSeat = statement((db, t: SharedTables) =>
  db
    .select({ legs: t.transfers.legs, direction: t.transfers.direction })
    .from(t.transfers)
    .where(and(eq(t.transfers.tripId, value('tripId')), eq(t.transfers.seat, value('seat')))),
);

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
    })
    .onConflictDoNothing()
    .returning({ transferId: t.transfers.transferId }),
);

/** A seat whose trip is not known yet; the trip's own plan puts it right when it comes. */
const POSITION_UNKNOWN = 999;

/** `broken`: legs that were received more often than they can be: two owners. */
export type Ownership = { readonly mine: LegMask; readonly owed: LegMask; readonly broken: LegMask };

/**
 * Who owns a leg, by counting: initial + received − given. Grants of a side that is being rebuilt come back in any order, so
 * that a leg may have gone out before it came in; it is `owed` then, and nobody's to sell. `initial` are the legs that this
 * party owned when the trip was made: all at its origin, none elsewhere.
 */
export async function countOwnership(
  tx: Tx<SharedTables>,
  { tripId, seat, initial }: { readonly tripId: string; readonly seat: string; readonly initial: LegMask },
): Promise<Ownership> {
  const transfers = await ofSeat(tx, { tripId, seat });
  const counted = { mine: NO_LEGS, owed: NO_LEGS, broken: NO_LEGS };
  for (let rest = legsOf(transfers, initial); rest !== NO_LEGS; ) {
    const leg = lowest(rest);
    rest = without(rest, leg);
    let count = meets(initial, leg) ? 1 : 0;
    for (const { legs, direction } of transfers)
      if (meets(legMask(legs), leg)) count += direction === 'received' ? 1 : -1;
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
  readonly initial: LegMask;
};

/** Notes a grant of either direction once, and counts the seat anew. Undefined for one that was known. */
export async function noteTransfer(
  tx: Tx<SharedTables>,
  { fact, peer, direction, initial }: CountedGrant,
  now: EpochMs,
): Promise<Ownership | undefined> {
  const { transferId, tripId, epoch, seat, legs } = fact;
  if ((await note(tx, { transferId, tripId, seat, legs, peer, direction, now })).length === 0) return undefined;
  await know(tx, { tripId, seat, position: POSITION_UNKNOWN, epoch, mine: 0 });
  return countOwnership(tx, { tripId, seat, initial });
}

/** The legs of a seat that a party owned at first: all where it is the trip's origin and the seat is in its plan. */
export function initialLegs(
  trip: Pick<Trip, 'origin' | 'stops' | 'seats'> | undefined,
  party: string,
  seat: string,
): LegMask {
  return trip?.origin === party && trip.seats.includes(seat) ? allLegs(trip.stops.length) : NO_LEGS;
}

function legsOf(transfers: readonly { readonly legs: number }[], initial: LegMask): LegMask {
  return transfers.reduce((all, { legs }) => union(all, legMask(legs)), initial);
}

/** The first leg of a set, as a set. */
function lowest(mask: LegMask): LegMask {
  let bit = 1;
  while (!meets(mask, legMask(bit))) bit *= 2;
  return legMask(bit);
}
