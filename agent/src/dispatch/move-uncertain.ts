import { type LegMask, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import { epochOf, stepsFrom } from '@lianpiao/shared/store/epochs/epoch-rows';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { inArray } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * Legs that are blocked after a restore go along with their seats into the newest plan, where a supervisor releases them. The
 * plan before it is the one that they are in.
 */
export async function moveUncertain(tx: AgentTx, tripIds: readonly string[]): Promise<void> {
  const { uncertainSeats } = tx.t;
  const rows = await tx.db
    .delete(uncertainSeats)
    .where(inArray(uncertainSeats.tripId, [...tripIds]))
    .returning();
  const moved = new Map<string, { tripId: string; seat: string; legs: LegMask; since: number }>();
  for (const { tripId, seat, legs, since } of rows) {
    const last = await epochOf(tx, tripId);
    const before = (await stepsFrom(tx, { tripId, epoch: last })).length > 0 ? last : last - 1;
    for (const place of await placesNow(tx, { tripId, epoch: before, seat, legs })) {
      const key = `${place.tripId} ${place.seat}`;
      moved.set(key, { ...place, legs: union(moved.get(key)?.legs ?? NO_LEGS, place.legs), since });
    }
  }
  for (const row of moved.values()) await tx.db.insert(uncertainSeats).values(row);
}
