import { NO_LEGS, without } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { and, eq, gt, inArray, notInArray, sql } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * Takes every leg that the station owns and has no ticket for off sale: it may have been sold in the part of the database
 * that is lost. On trips that had not arrived at `provenAt`, when it was last proven what was sold: the clock may be another
 * one now. A person releases them (`releaseUncertain`). Returns the number of seats.
 */
export async function blockUncertain(
  tx: AgentTx,
  { provenAt, now }: { readonly provenAt: EpochMs; readonly now: EpochMs },
): Promise<number> {
  const { trips, holds, exchanges, uncertainSeats, seats } = tx.t;
  const open = (
    await tx.db
      .select({ tripId: trips.tripId })
      .from(trips)
      .where(and(inArray(trips.state, ['open', 'suspended']), gt(trips.arrivesAt, provenAt)))
  ).map(({ tripId }) => tripId);
  // A pinned seat waits for the old ticket's home, whatever was lost: its exchange goes on.
  const pins = tx.db.select({ holdId: exchanges.holdId }).from(exchanges).where(eq(exchanges.state, 'pinned'));
  const held = await tx.db
    .select({ holdId: holds.holdId })
    .from(holds)
    .where(and(eq(holds.state, 'held'), notInArray(holds.holdId, pins)));
  for (const { holdId } of held) await releaseHold(tx, holdId, 'expired');
  let count = 0;
  for (const tripId of open) {
    const rows = [...(await seatsOfTrip(tx, tripId)), ...(await placesOfTrip(tx, tripId))];
    for (const { seat, mine, held, sold, freed, blocked } of rows) {
      const legs = without(without(without(without(mine, held), sold), freed), blocked);
      if (legs === NO_LEGS) continue;
      await tx.db
        .update(seats)
        .set({ blocked: sql`${seats.blocked} | ${legs}` })
        .where(and(eq(seats.tripId, tripId), eq(seats.seat, seat)));
      await tx.db
        .insert(uncertainSeats)
        .values({ tripId, seat, legs, since: now })
        .onConflictDoUpdate({
          target: [uncertainSeats.tripId, uncertainSeats.seat],
          set: { legs: sql`${uncertainSeats.legs} | ${legs}` },
        });
      count += 1;
    }
  }
  return count;
}
