import { intersection, type LegMask, legMask, NO_LEGS, union, without } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { and, eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { awaitedFor } from './restore-waits.ts';

/** Takes every leg of a trip that the hub owns and has not sold out of everybody's reach: it may be another's by now. */
export async function freezeTrip(tx: HubTx, tripId: string, since: number): Promise<void> {
  for (const { seat, mine, sold, freed, blocked } of await rowsOf(tx, tripId)) {
    const legs = without(without(without(mine, sold), freed), blocked);
    if (legs !== NO_LEGS) await withhold(tx, { tripId, seat, legs, since });
  }
  touchTrip(tx, tripId);
}

/** Seats of a trip have come free that the hub may have given away in what it has lost: while it waits, nobody gets them. */
export async function freezeFreed(tx: HubTx, tripId: string, now: EpochMs): Promise<void> {
  if ((await awaitedFor(tx, tripId)).length > 0) await freezeTrip(tx, tripId, now);
}

/** Children's places are given away and claimed as seats are. */
const rowsOf = async (tx: HubTx, tripId: string) => [
  ...(await seatsOfTrip(tx, tripId)),
  ...(await placesOfTrip(tx, tripId)),
];

type Withheld = { readonly tripId: string; readonly seat: string; readonly legs: LegMask; readonly since: number };

async function withhold(tx: HubTx, { tripId, seat, legs, since }: Withheld): Promise<void> {
  const { withheldSeats } = tx.t;
  const [known] = await tx.db
    .select()
    .from(withheldSeats)
    .where(rowOf(tx, tripId, seat));
  const all = union(legMask(known?.legs ?? 0), legs);
  const row = { tripId, seat, legs: all, why: known?.why ?? 'frozen', since: known?.since ?? since };
  const target = [withheldSeats.tripId, withheldSeats.seat];
  await tx.db.insert(withheldSeats).values(row).onConflictDoUpdate({ target, set: row });
  await changeBlocked(tx, tripId, seat, (blocked) => union(blocked, legs));
}

/**
 * All stations of the trip were heard: what was frozen may be sold. `uncertain`: the hub cannot know what it told a station
 * before it was restored, and what it has not sold of the trip waits for a person.
 */
export async function thawTrip(tx: HubTx, tripId: string, uncertain: boolean): Promise<number> {
  const { withheldSeats } = tx.t;
  const owned = new Map((await rowsOf(tx, tripId)).map((seat) => [seat.seat, without(seat.mine, seat.sold)]));
  const rows = await tx.db.select().from(withheldSeats).where(eq(withheldSeats.tripId, tripId));
  let kept = 0;
  for (const { seat, legs, why } of rows) {
    // Also what waited for a person before may have been given away in what this restore has lost.
    const isDoubtful = uncertain || why === 'uncertain';
    const doubtful = isDoubtful ? intersection(legMask(legs), owned.get(seat) ?? NO_LEGS) : NO_LEGS;
    await changeBlocked(tx, tripId, seat, (blocked) => union(without(blocked, legMask(legs)), doubtful));
    const row = rowOf(tx, tripId, seat);
    if (doubtful === NO_LEGS) await tx.db.delete(withheldSeats).where(row);
    else await tx.db.update(withheldSeats).set({ why: 'uncertain', legs: doubtful }).where(row);
    if (doubtful !== NO_LEGS && why !== 'uncertain') kept += 1;
  }
  touchTrip(tx, tripId);
  return kept;
}

/** Puts legs of a seat back within reach. False for one that is not withheld. */
export async function unblockSeat(tx: HubTx, tripId: string, seat: string): Promise<boolean> {
  const { withheldSeats } = tx.t;
  const [row] = await tx.db
    .delete(withheldSeats)
    .where(rowOf(tx, tripId, seat))
    .returning();
  if (!row) return false;
  await changeBlocked(tx, tripId, seat, (blocked) => without(blocked, legMask(row.legs)));
  touchTrip(tx, tripId);
  return true;
}

const rowOf = ({ t: { withheldSeats } }: HubTx, tripId: string, seat: string) =>
  and(eq(withheldSeats.tripId, tripId), eq(withheldSeats.seat, seat));

async function changeBlocked(
  tx: HubTx,
  tripId: string,
  seat: string,
  change: (blocked: LegMask) => LegMask,
): Promise<void> {
  const { seats } = tx.t;
  const here = and(eq(seats.tripId, tripId), eq(seats.seat, seat));
  const [row] = await tx.db.select({ blocked: seats.blocked }).from(seats).where(here);
  if (row)
    await tx.db
      .update(seats)
      .set({ blocked: change(legMask(row.blocked)) })
      .where(here);
}
