import { and, eq, inArray } from 'drizzle-orm';
import { HUB } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * The coach has left a stop, and its station gives the homes of the tickets that travelled from it or were forfeited at it to the
 * hub. All that the station did with them stands before this in the same stream.
 */
export async function takeHomes(
  tx: HubTx,
  station: string,
  { tripId, stop }: { readonly tripId: string; readonly stop: number },
): Promise<void> {
  const { tickets } = tx.t;
  const gone = and(
    eq(tickets.tripId, tripId),
    eq(tickets.fromStop, stop),
    eq(tickets.home, station),
    inArray(tickets.state, ['departed', 'forfeited']),
  );
  await tx.db.update(tickets).set({ home: HUB }).where(gone);
}
