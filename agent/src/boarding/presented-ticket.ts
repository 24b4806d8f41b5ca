import { type Sm2PublicKey, sm2PublicKey } from '@lianpiao/shared/crypto/sm2';
import { verifyTicketQr } from '@lianpiao/shared/crypto/ticket-qr';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import type { BoardInput } from '@lianpiao/shared/protocol/ticketing';
import { epochOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import { findTicket, insertTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { countShown } from '../tickets/mint-numbers.ts';
import { orderByCode } from '../tickets/shown-ticket.ts';
import { keepPaperSeat } from './keep-paper-seat.ts';

/** The ticket at the gate. `offline`: known only by its signed code so far, the hub's word about it is still under way. */
export type Presented = {
  readonly ticket: TicketRow;
  readonly shownPrintSeq: number | null;
  readonly offline: boolean;
};

/** Finds the ticket by its signed code, its number, or the passenger's document. */
export async function presentedTicket(
  agent: Agent,
  tx: AgentTx,
  input: BoardInput,
  trip: KnownTrip,
  now: EpochMs,
): Promise<Outcome<Presented, { readonly code: string }>> {
  if (input.qr !== undefined) return byCode(agent, tx, input.qr, trip, now);
  if (input.ticketNo !== undefined) {
    const ticket = await findTicket(tx, input.ticketNo);
    return ticket
      ? done({ ticket, shownPrintSeq: null, offline: false })
      : refuse({ code: 'ticket.unknown', ticketNo: input.ticketNo });
  }
  if (input.idType === undefined || input.idNo === undefined) return refuse({ code: 'boarding.nothing-shown' });
  const { tickets } = tx.t;
  const key = agent.persons.find(input.idType, input.idNo);
  const rows = await tx.db
    .select()
    .from(tickets)
    .where(and(eq(tickets.personKey, key), eq(tickets.tripId, trip.tripId)));
  const living =
    rows.find(({ state }) => state === 'sold' || state === 'collected' || state === 'forfeited') ?? rows[0];
  return living
    ? done({ ticket: living, shownPrintSeq: null, offline: false })
    : refuse({ code: 'boarding.no-ticket-on-document' });
}

async function byCode(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  qr: string,
  trip: KnownTrip,
  now: EpochMs,
): Promise<Outcome<Presented, { readonly code: string }>> {
  const keys = await tx.db.select().from(tx.t.ticketKeys);
  const keyOf = (keyNo: number): Sm2PublicKey | undefined => {
    const key = keys.find((each) => each.keyNo === keyNo && each.revoked === 0);
    const parsed = key && sm2PublicKey(key.publicKey);
    return parsed?.ok ? parsed.value : undefined;
  };
  const verified = verifyTicketQr(qr, keyOf);
  if (!verified.ok) return verified;
  const code = verified.value;
  const newest = await epochOf(tx, code.tripId);
  if (code.epoch > newest) return refuse({ code: 'boarding.unknown-plan', tripId: code.tripId, epoch: code.epoch });
  const known = await findTicket(tx, code.ticketNo);
  if (known) return done({ ticket: known, shownPrintSeq: code.printSeq, offline: false });

  const printed = await findTrip(tx, code.tripId);
  if (!printed) return refuse({ code: 'boarding.wrong-trip', tripId: code.tripId });
  const from = printed.stops.findIndex((stop) => stop.code === code.fromStop);
  const to = printed.stops.findIndex((stop) => stop.code === code.toStop);
  if (from < 0 || to <= from) return refuse({ code: 'boarding.wrong-stop', from });
  // The signature vouches for ride and seat; price and passenger follow with the hub's own fact about this ticket.
  const asPrinted: TicketBody = {
    ticketNo: code.ticketNo,
    orderId: orderByCode(code.ticketNo),
    tripId: code.tripId,
    epoch: code.epoch,
    seat: code.seat,
    legs: legsBetween(from, to),
    from,
    to,
    fareType: code.fareType as TicketBody['fareType'],
    fareFen: 0,
    insuranceFen: 0,
    payMethod: 'psp',
    channel: 'other',
    seller: HUB,
    terminal: '000',
    clerk: null,
    shiftId: null,
    rules: 'unknown',
    soldAt: now,
    bizDate: serviceDateOf(now, trip.zone),
    home: HUB,
    printSeq: code.printSeq,
  };
  const ticket = await ticketOnArrival(tx, asPrinted, now);
  if (ticket.tripId !== trip.tripId) return refuse({ code: 'boarding.wrong-trip', tripId: ticket.tripId });
  await insertTicket(tx, ticket, null);
  if (issuerOf(code.ticketNo) === station.code) {
    await keepPaperSeat(tx, ticket);
    await countShown(tx, ticket.ticketNo);
  }
  return done({ ticket: (await findTicket(tx, code.ticketNo))!, shownPrintSeq: code.printSeq, offline: true });
}
