import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import type { RefundQuote } from '@lianpiao/shared/protocol/ticketing';
import type { Call } from '@lianpiao/shared/store/call';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { payOut } from './pay-out.ts';

/** A refund that waits for the gate elsewhere is promised again and again, each time for that long, in ms. */
export const DUE_QUOTE_MS = 10 * 60_000;
/** Dues of one list. */
const DUES_MAX = 200;

/** What was promised for a ticket whose money is still to be fetched. */
export async function quoteOfDue(tx: AgentTx, ticket: TicketRow, now: EpochMs): Promise<RefundQuote | undefined> {
  const { refundDues, refundQuotes } = tx.t;
  const { ticketNo, fareFen, insuranceFen } = ticket;
  const [due] = await tx.db
    .select({
      quoteId: refundDues.quoteId,
      refundFen: refundDues.amountFen,
      feeFen: refundDues.feeFen,
      tier: refundQuotes.tier,
    })
    .from(refundDues)
    .innerJoin(refundQuotes, eq(refundQuotes.quoteId, refundDues.quoteId))
    .where(and(eq(refundDues.ticketNo, ticketNo), inArray(refundDues.state, ['waiting', 'ready'])));
  return due && { ...due, ticketNo, paidFen: fareFen + insuranceFen, insuranceFen, expiresAt: now + DUE_QUOTE_MS };
}

/** The gate elsewhere has spoken: the money may go, or somebody rides and a person has to look. */
export async function settleDue(
  tx: AgentTx,
  { ticketNo, seat }: EventBody<'ticket.freedSeen'>,
  now: EpochMs,
): Promise<void> {
  const { refundDues } = tx.t;
  await tx.db
    .update(refundDues)
    .set({ state: seat === 'boarded' ? 'contested' : 'ready', settledAt: now })
    .where(and(eq(refundDues.ticketNo, ticketNo), eq(refundDues.state, 'waiting')));
}

/** Gives a due to whoever pays it, once: the same key gets the same word, another one hears that it is paid. */
export function takeDue(agent: Agent, call: Call, ticketNo: string, now: EpochMs) {
  return agent.store.transaction(async (tx) => {
    const { refundDues, tickets } = tx.t;
    const mine = eq(refundDues.ticketNo, ticketNo);
    const [due] = await tx.db.select().from(refundDues).where(mine);
    const { state, paidKey, payer, orderId, amountFen } = due!;
    if (state === 'contested') return refuse({ code: 'refund.contested', ticketNo });
    if (state === 'paid') {
      return paidKey === call.key ? done('paid' as const) : refuse({ code: 'refund.paid-already', ticketNo });
    }
    if (state === 'waiting') return done('pending' as const);
    await tx.db.update(refundDues).set({ state: 'paid', paidKey: call.key, settledAt: now }).where(mine);
    if (payer !== agent.station.code) return done('paid' as const);
    const [ticket] = await tx.db.select({ tripId: tickets.tripId }).from(tickets).where(eq(tickets.ticketNo, ticketNo));
    const { zone } = (await findTrip(tx, ticket!.tripId))!;
    const bizDate = serviceDateOf(now, zone);
    const paid = await payOut(agent, tx, call, { ticketNo, orderId, amountFen, bizDate }, now);
    return paid.ok ? done('paid' as const) : paid;
  });
}

/** True when somebody was told under this key to hand the money over. */
export async function wasGiven(tx: AgentTx, ticketNo: string, key: string): Promise<boolean> {
  const { refundDues } = tx.t;
  const [due] = await tx.db.select().from(refundDues).where(eq(refundDues.ticketNo, ticketNo));
  return due?.state === 'paid' && due.paidKey === key;
}

/** Refunds that are not paid yet, the oldest first: what a clerk pays when the passenger comes again. */
export async function openDues({ store }: Pick<Agent, 'store'>) {
  const { db, t } = store.read;
  const { refundDues } = t;
  const { ticketNo, payer, amountFen, feeFen, state, createdAt } = refundDues;
  return db
    .select({ ticketNo, payer, amountFen, feeFen, state, createdAt })
    .from(refundDues)
    .where(inArray(state, ['waiting', 'ready', 'contested']))
    .orderBy(asc(createdAt))
    .limit(DUES_MAX);
}
