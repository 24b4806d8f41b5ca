import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { mayConfirmRefund } from '@lianpiao/shared/domain/refund-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import type { Refunded } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import { whyNotEnd } from '../selling/why-not-end.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { freeTicketSeat } from './free-ticket-seat.ts';
import { payOut } from './pay-out.ts';
import { takeDue } from './refund-dues.ts';
import { ticketAtHome } from './ticket-at-home.ts';

const REFUNDABLE: readonly TicketState[] = ['sold', 'collected', 'forfeited', 'departed'];

/** `payer` is the station whose drawer pays; another station's clerk pays from its own and books it there. */
export type RefundWish = { readonly ticketNo: string; readonly quoteId: string; readonly payer: string };

/**
 * 退票 of a ticket whose home is this station: ends the ticket by a quote, frees the seat, tells the hub. Paid from this
 * station's drawer the cash moves in the same transaction; another payer is named, and pays once.
 *
 * A ticket that boards at another gate is ended at once, which fixes its tier, and paid when that gate has confirmed: until
 * then the answer is `pending`, and the same quote confirmed again fetches the money. So it is where this station is to pay
 * and no drawer of it asks: a clerk's wish that came back by way of the hub, because the home was under way to here.
 */
export async function refundTicket(agent: Agent, call: Call, wish: RefundWish, now: EpochMs) {
  const ended = await answerOnce(agent.store, call, 'refund', now, (tx) => endTicket(agent, tx, call, wish, now));
  if (!ended.ok || ended.value.payout === 'paid' || nobodyPaysNow(agent, call, wish)) return ended;
  const payout = await takeDue(agent, call, wish.ticketNo, now);
  return payout.ok ? done({ ...ended.value, payout: payout.value }) : payout;
}

async function endTicket(
  agent: Agent,
  tx: AgentTx,
  call: Call,
  { ticketNo, quoteId, payer }: RefundWish,
  now: EpochMs,
): Promise<Outcome<Refunded & { readonly orderId: string }, { readonly code: string }>> {
  const stopped = await whyNotEnd(tx);
  if (stopped) return stopped;
  const found = await ticketAtHome(agent, tx, ticketNo);
  if (!found.ok) return found;
  const { ticket, trip } = found.value;
  const { orderId } = ticket;
  const { refundQuotes, refundDues } = tx.t;
  const [promised] = await tx.db.select().from(refundDues).where(eq(refundDues.ticketNo, ticketNo));
  if (promised && promised.quoteId === quoteId && promised.payer === payer) {
    const { amountFen: refundFen, feeFen } = promised;
    return done({ ticketNo, orderId, refundFen, feeFen, payout: 'pending' });
  }
  const [quote] = await tx.db.select().from(refundQuotes).where(eq(refundQuotes.quoteId, quoteId));
  if (!quote || quote.ticketNo !== ticketNo) return refuse({ code: 'refund.unknown-quote', quoteId });
  const late = mayConfirmRefund(quote, now);
  if (late) return refuse(late);
  const state = ticket.state as TicketState;
  if (!(await moveTicket(tx, ticketNo, REFUNDABLE, 'refunded', { endedAt: now })))
    return refuse({ code: 'ticket.ended', ticketNo, state });

  const { refundFen, feeFen, reason } = quote;
  if (state === 'sold' || state === 'collected') await freeTicketSeat(agent, tx, ticket, trip);
  await withdrawPrints(tx, ticketNo, now);
  const bizDate = serviceDateOf(now, trip.zone);
  const by = call.caller.clerk ?? call.caller.id;
  const moved = { ticketNo, tripId: ticket.tripId, at: now, bizDate, by };
  const fact = { ...moved, refundFen, feeFen, payer, reason, rules: ticket.rules };
  await emit(tx, { peer: HUB, type: 'ticket.refunded', agg: ticket.tripId, fact }, now);
  await audit(tx, call.caller, 'ticket.refunded', ticketNo, now, `${refundFen} ${feeFen} ${reason ?? ''}`.trim());
  const ended = { ticketNo, orderId, refundFen, feeFen };
  const waits = boardsElsewhere(agent, ticket, trip);
  if (waits || nobodyPaysNow(agent, call, { payer })) {
    const state = waits ? 'waiting' : 'ready';
    const due = { ticketNo, orderId, quoteId, payer, amountFen: refundFen, feeFen, state, createdAt: now };
    await tx.db.insert(refundDues).values(due);
    return done({ ...ended, payout: 'pending' });
  }
  if (payer === agent.station.code) {
    const paid = await payOut(agent, tx, call, { ticketNo, orderId, amountFen: refundFen, bizDate }, now);
    if (!paid.ok) return paid;
  }
  return done({ ...ended, payout: 'paid' });
}

/** True where the gate of another station boards the ticket, as far as this station can know. */
function boardsElsewhere({ station }: Agent, { fromStop }: TicketRow, trip: Trip): boolean {
  const gate = boardingStation(trip, fromStop);
  return gate !== null && gate !== station.code;
}

/** This station is to pay, and who asks has no drawer of it. */
function nobodyPaysNow({ station }: Agent, { caller }: Call, { payer }: Pick<RefundWish, 'payer'>): boolean {
  return payer === station.code && caller.shiftId === null;
}
