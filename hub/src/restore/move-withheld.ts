import { type LegMask, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import type { PlanId } from '@lianpiao/shared/store/epochs/epoch-rows';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';

/** Legs that are withheld after a restore go along with their seats, out of plans that have just ended. */
export async function moveWithheld(tx: HubTx, ended: readonly PlanId[]): Promise<void> {
  const { withheldSeats } = tx.t;
  const moved = new Map<string, typeof withheldSeats.$inferSelect>();
  for (const plan of ended) {
    for (const row of await tx.db.delete(withheldSeats).where(eq(withheldSeats.tripId, plan.tripId)).returning()) {
      for (const { tripId, seat, legs } of await placesNow(tx, { ...plan, seat: row.seat, legs: row.legs })) {
        const key = `${tripId} ${seat}`;
        moved.set(key, { ...row, tripId, seat, legs: union((moved.get(key)?.legs ?? NO_LEGS) as LegMask, legs) });
      }
    }
  }
  for (const row of moved.values()) await tx.db.insert(withheldSeats).values(row);
}
