import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import { hasRow } from '@lianpiao/shared/store/seats/child-places';
import { freeSeat, freeSeatElsewhere } from '@lianpiao/shared/store/seats/end-sold-seat';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * Gives the seat of an ended ticket back, if it is this station's: at once where its own gate boards it, and where nobody
 * does. Another gate has to have heard of it first, and a printed list cannot: there the seat stays claimed (inventory:
 * ownership 7). A child's place goes the same way.
 */
export async function freeTicketSeat(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  ticket: TicketRow,
  trip: Trip,
): Promise<void> {
  if (issuerOf(ticket.ticketNo) !== station.code || !(await hasRow(tx, ticket))) return;
  const gate = boardingStation(trip, ticket.fromStop);
  const knows = gate === null ? !(await listPrinted(tx, ticket)) : gate === station.code;
  await (knows ? freeSeat : freeSeatElsewhere)(tx, ticket);
}

/** True once the hub has said its last word about the stop: the coach takes its list along. */
async function listPrinted(tx: AgentTx, { tripId, fromStop }: TicketRow): Promise<boolean> {
  return (await finalsOf(tx, tripId)).some(({ stop }) => stop === fromStop);
}
