import { allLegs } from '@lianpiao/shared/domain/legs';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { countOwnership, type InitialLegs, initialLegs } from '@lianpiao/shared/store/seats/count-ownership';
import { know } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * At first every leg of a trip is its origin's. Of a trip that comes back after a restore some seats may have been granted
 * already, in facts that came back before it: those are counted.
 */
export async function ownSeats(tx: AgentTx, { tripId, epoch, seats: plan, stops }: Trip): Promise<void> {
  const { seats } = tx.t;
  const initial = allLegs(stops.length);
  for (const [position, seat] of plan.entries()) {
    if ((await know(tx, { tripId, seat, position, epoch, mine: initial })) === 1) continue;
    await tx.db
      .update(seats)
      .set({ position })
      .where(and(eq(seats.tripId, tripId), eq(seats.seat, seat)));
    await countOwnership(tx, { tripId, seat }, async () => initial);
  }
}

/** What the station owned of a trip before any grant: everything where the trip is its own and known. */
export function ownedAtFirst(tx: AgentTx, station: string): InitialLegs {
  return async (tripId, seat) => initialLegs(await findTrip(tx, tripId), station, seat);
}
