import { type LegMask, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import type { PlanId } from '@lianpiao/shared/store/epochs/epoch-rows';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';

/**
 * Legs that are withheld since the hub was restored go along with their seats from these plans into the newest one, where they
 * are given back. What only a person may release keeps waiting for one, also together with what was frozen.
 */
export async function moveWithheld(tx: HubTx, plans: readonly PlanId[]): Promise<void> {
  const { withheldSeats } = tx.t;
  const moved = new Map<string, { tripId: string; seat: string; legs: LegMask; why: string; since: number }>();
  for (const { tripId, epoch } of plans) {
    const rows = await tx.db.delete(withheldSeats).where(eq(withheldSeats.tripId, tripId)).returning();
    for (const { seat, legs, why, since } of rows) {
      for (const place of await placesNow(tx, { tripId, epoch, seat, legs })) {
        const known = moved.get(place.seat);
        const whyAll = known?.why === 'uncertain' ? known.why : why;
        moved.set(place.seat, { ...place, legs: union(known?.legs ?? NO_LEGS, place.legs), why: whyAll, since });
      }
    }
  }
  for (const row of moved.values()) await tx.db.insert(withheldSeats).values(row);
}
