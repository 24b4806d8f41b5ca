import { and, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/** The coach has left the stop where the ticket boards: whoever was not aboard has nothing to ride with. */
export async function hasDeparted(
  on: Pick<HubReader, 'db' | 't'>,
  { tripId, fromStop: stop }: { readonly tripId: string; readonly fromStop: number },
): Promise<boolean> {
  const { departures } = on.t;
  const here = and(eq(departures.tripId, tripId), eq(departures.stop, stop));
  return (await on.db.select({ stop: departures.stop }).from(departures).where(here)).length > 0;
}
