import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/** True when the coach has left that stop of its trip. A trip with no departure at all costs no look. */
export async function hasLeft(tx: Pick<AgentTx, 'db' | 't'>, trip: KnownTrip, stop: number): Promise<boolean> {
  if (trip.state !== 'departed') return false;
  const { departures } = tx.t;
  const rows = await tx.db
    .select({ stop: departures.stop })
    .from(departures)
    .where(and(eq(departures.tripId, trip.tripId), eq(departures.stop, stop)));
  return rows.length > 0;
}
