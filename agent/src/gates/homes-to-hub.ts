import { and, eq, inArray, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

export type Left = { readonly tripId: string; readonly stop: number };

/**
 * The coach has left this station's stop: its tickets that travelled or were forfeited there change at the hub from here on
 * (inventory: home of a ticket). `trip.departed` says so, behind all that this station did with them. Who lost the seat to a
 * new plan and waits for another stays with this station.
 */
export async function homesToHub(tx: AgentTx, station: string, { tripId, stop }: Left): Promise<void> {
  const { tickets } = tx.t;
  const gone = and(
    eq(tickets.tripId, tripId),
    eq(tickets.fromStop, stop),
    eq(tickets.home, station),
    inArray(tickets.state, ['departed', 'forfeited']),
  );
  await tx.db.update(tickets).set({ home: HUB }).where(gone);
}

/** The departure did not happen in the history that counts: the homes that it gave are this station's. */
export async function homesBack(tx: AgentTx, station: string, { tripId, stop }: Left): Promise<void> {
  const { tickets } = tx.t;
  const given = and(
    eq(tickets.tripId, tripId),
    eq(tickets.fromStop, stop),
    eq(tickets.home, HUB),
    inArray(tickets.state, ['departed', 'forfeited']),
    sql`${tickets.seller} = substr(${tickets.ticketNo}, 1, 9)`,
  );
  await tx.db.update(tickets).set({ home: station }).where(given);
}
