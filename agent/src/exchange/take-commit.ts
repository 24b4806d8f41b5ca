import { legMask } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody, TicketBody } from '@lianpiao/shared/protocol/events';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { seatedNow } from '@lianpiao/shared/store/epochs/seat-now';
import { hasRow } from '@lianpiao/shared/store/seats/child-places';
import { claim, heldToSold } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { tellUnridden, writeTicket } from './end-exchange.ts';
import { findExchange } from './exchange-rows.ts';

/**
 * The old ticket's home has said yes to an exchange. A station that knows the exchange is driven by its own loop. One that was
 * restored from before it pinned the seat has lost the new ticket, and the passenger has no old one any more: the exchange is
 * made again from this fact. The new ticket is good where its seat is still this station's and free; else the passenger gets
 * everything back, without a fee. Nothing is printed: the paper may be out.
 */
export async function takeCommit(
  agent: Pick<Agent, 'persons' | 'station'>,
  tx: AgentTx,
  { exchangeId, ticketNo: oldTicketNo, newTicket, differenceFen, at }: EventBody<'exchange.committed'>,
  person: Uint8Array | null,
  now: EpochMs,
): Promise<void> {
  if ((await findExchange(tx, exchangeId)) || (await findTicket(tx, newTicket.ticketNo))) return;
  const seated = await seatedNow(tx, newTicket);
  const rides = await takeSeat(tx, seated);
  const ticket = rides ? seated : newTicket;
  await writeTicket(
    agent,
    tx,
    { exchangeId, oldTicketNo },
    ticket,
    person && Buffer.from(person).toString('base64'),
    now,
  );
  const backFen = Math.max(0, -differenceFen);
  if (!rides) {
    await moveTicket(tx, ticket.ticketNo, ['sold'], 'refunded', { endedAt: now });
    await tellUnridden(agent, tx, ticket, now);
  }
  const { exchanges } = tx.t;
  await tx.db.insert(exchanges).values({
    exchangeId,
    oldTicketNo,
    holdId: `lost-${exchangeId}`,
    newTicket: JSON.stringify(ticket),
    differenceFen,
    notAfter: at,
    state: rides ? 'done' : 'too-late',
    reason: null,
    dueFen: rides ? backFen : backFen + ticket.fareFen + ticket.insuranceFen,
    beganAt: at,
    endedAt: now,
  });
}

/** True when the seat could be sold: it is in the plan in force, this station's, claimed by nobody, and its coach is still here. */
async function takeSeat(tx: AgentTx, ticket: TicketBody): Promise<boolean> {
  const trip = await findTrip(tx, ticket.tripId);
  if (!trip || (await isOver(tx, ticket)) || (await hasLeft(tx, trip, ticket.from))) return false;
  if (!(await hasRow(tx, ticket))) return ticket.fareType === 'freeChild';
  const { tripId, seat, legs } = ticket;
  const place = { tripId, seat, legs: legMask(legs) };
  if ((await claim(tx, place)) === 0) return false;
  await heldToSold(tx, place);
  return true;
}
