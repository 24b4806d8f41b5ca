import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * The hub says where the ticket changes from now on, which is mostly here. A home that comes here behind the coach is the
 * hub's: `trip.departed` has given it on, and the hub has read it so. One that this station gave away and that comes back was
 * not taken: the gate's station has no agent, or an older one.
 */
export async function takeHome(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  { ticketNo, home }: EventBody<'ticket.homed'>,
): Promise<void> {
  const { tickets, homesBack } = tx.t;
  const row = await findTicket(tx, ticketNo);
  const trip = row && (await findTrip(tx, row.tripId));
  const gone = row?.state === 'departed' || row?.state === 'forfeited';
  const late = home === station.code && gone && trip && (await hasLeft(tx, trip, row.fromStop));
  await tx.db
    .update(tickets)
    .set({ home: late ? HUB : home })
    .where(eq(tickets.ticketNo, ticketNo));
  if (home === station.code && issuerOf(ticketNo) === home)
    await tx.db.insert(homesBack).values({ ticketNo }).onConflictDoNothing();
}
