import { eq } from 'drizzle-orm';
import { type LegMask, legsBetween } from '../../domain/legs.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { bestFit } from '../../domain/seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { holdsSeat, type TicketState } from '../../domain/ticket.ts';
import { freeSeat } from '../seats/end-sold-seat.ts';
import { claim, heldToSold, seatsAlike } from '../seats/seat-rows.ts';
import type { Reader, Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { findTicket, type TicketRow } from '../tickets/ticket-rows.ts';
import { type PlanId, stepsFrom } from './epoch-rows.ts';
import { ticketOnArrival } from './seat-now.ts';

/** The ride of a passenger without a seat, on the trip and in the plan that are in force. */
export type LostRide = PlanId & {
  readonly ticket: TicketRow;
  readonly from: number;
  readonly to: number;
  readonly legs: LegMask;
};
export type NotListed = { readonly code: 'overflow.not-listed'; readonly ticketNo: string };
export type SeatAgainRefusal =
  | { readonly code: 'seat.taken'; readonly seat: string }
  | { readonly code: 'seat.sold-out'; readonly tripId: string; readonly wanted: number };
/** What others are told of a passenger who has a seat again. */
export type Seated = PlanId & {
  readonly ticketNo: string;
  readonly seat: string;
  readonly legs: number;
  readonly from: number;
  readonly to: number;
};

/** A living ticket whose plan is over. Refused for any other. */
export async function lostRide(on: Reader<SharedTables>, ticketNo: string): Promise<Outcome<LostRide, NotListed>> {
  const ticket = await findTicket(on, ticketNo);
  const steps = ticket ? await stepsFrom(on, ticket) : [];
  if (!ticket || steps.length === 0 || !holdsSeat(ticket.state as TicketState))
    return refuse({ code: 'overflow.not-listed', ticketNo });
  let [from, to] = [ticket.fromStop, ticket.toStop];
  for (const { stops } of steps) [from, to] = [stops?.[from] ?? from, stops?.[to] ?? to];
  return done({ ticket, ...steps.at(-1)!.to, from, to, legs: legsBetween(from, to) });
}

/**
 * Gives the passenger a free seat of this party, a child its place, the one that is named or one that fits. What was left of
 * the old one is free.
 */
export async function seatAgain(
  tx: Tx<SharedTables>,
  { ticket, tripId, epoch, from, to, legs }: LostRide,
  named: string | undefined,
): Promise<Outcome<Seated, SeatAgainRefusal>> {
  await freeSeat(tx, ticket);
  const seats = await seatsAlike(tx, tripId, ticket.seat);
  const seat = named ?? bestFit(seats, legs, 1)[0]?.seat;
  if (seat === undefined) return refuse({ code: 'seat.sold-out', tripId, wanted: 1 });
  if (!seats.some((each) => each.seat === seat)) return refuse({ code: 'seat.taken', seat });
  if ((await claim(tx, { tripId, seat, legs })) === 0) return refuse({ code: 'seat.taken', seat });
  await heldToSold(tx, { tripId, seat, legs });
  const seated = { ticketNo: ticket.ticketNo, tripId, epoch, seat, legs, from, to };
  await writeSeat(tx, seated);
  return done(seated);
}

/** What the ticket's home says of its seat, in the plan that is in force here: it may be a newer one. */
export async function keepSeated(tx: Tx<SharedTables>, seated: Seated, now: EpochMs): Promise<void> {
  await writeSeat(tx, await ticketOnArrival(tx, seated, now));
}

async function writeSeat(tx: Tx<SharedTables>, seated: Seated): Promise<void> {
  const { tickets } = tx.t;
  const { ticketNo, tripId, epoch, seat, legs, from: fromStop, to: toStop } = seated;
  await tx.db
    .update(tickets)
    .set({ tripId, epoch, seat, legs, fromStop, toStop })
    .where(eq(tickets.ticketNo, ticketNo));
}
