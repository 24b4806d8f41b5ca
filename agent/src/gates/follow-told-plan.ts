import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { holdsSeat, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { applyEpoch } from '@lianpiao/shared/store/epochs/apply-epoch';
import { countTrip } from '@lianpiao/shared/store/seats/count-ownership';
import { markSold } from '@lianpiao/shared/store/seats/mark-sold';
import { know, place } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { moveUncertain } from '../dispatch/move-uncertain.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * The origin of a trip that calls here has given it another seat plan: this station's seats, holds and tickets of the trip
 * follow it, as those of every party. Legs are counted anew, for a grant may have come before the plan that it speaks of
 * while the station was being rebuilt or its program was older.
 */
export async function followToldPlan(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  fact: EventBody<'trip.reseated'>,
  now: EpochMs,
): Promise<void> {
  const { tripId, epoch, seats, joined } = fact;
  if (tripId.startsWith(`${station.code}-`)) return;
  if ((await applyEpoch(tx, fact, NO_LEGS, now)) === 'known') return;
  await moveUncertain(tx, [tripId, ...(joined ? [joined.tripId] : [])]);
  await countTrip(tx, tripId, async () => NO_LEGS);
  await sellWaiting(tx, station.code, fact);
  const { trips } = tx.t;
  if (joined) await tx.db.update(trips).set({ state: 'merged' }).where(eq(trips.tripId, joined.tripId));
  const trip = await findTrip(tx, tripId);
  if (!trip) return;
  await saveTrip(tx, { ...trip, seats, epoch });
  await placeAll(tx, { tripId, epoch, seats });
}

/** Rows for all seats of a plan, in its order, whose legs are somebody else's until they are granted. */
export async function placeAll(
  tx: AgentTx,
  { tripId, epoch, seats }: { readonly tripId: string; readonly epoch: number; readonly seats: readonly string[] },
): Promise<void> {
  for (const [position, seat] of seats.entries()) {
    await know(tx, { tripId, seat, position, epoch, mine: NO_LEGS });
    await place(tx, { tripId, seat, position });
  }
}

/** Tickets of this station that came back in this plan before it have their seats. */
async function sellWaiting(tx: AgentTx, station: string, { tripId, epoch }: EventBody<'trip.reseated'>): Promise<void> {
  const { tickets } = tx.t;
  const here = and(eq(tickets.tripId, tripId), eq(tickets.epoch, epoch));
  for (const ticket of await tx.db.select().from(tickets).where(here))
    if (issuerOf(ticket.ticketNo) === station && holdsSeat(ticket.state as TicketState)) await markSold(tx, ticket);
}
