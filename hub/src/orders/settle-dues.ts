import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { acknowledgeFreed } from '@lianpiao/shared/store/seats/end-sold-seat';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import { returnSpentLegs } from '../cut-off/return-spent-legs.ts';
import { hasDeparted } from '../gates/has-departed.ts';
import type { Hub } from '../hub.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { returnPayment } from './return-payment.ts';

type Due = HubTables['refundDues']['$inferSelect'];

/** Dues settled in one transaction. */
const DUES_MAX = 100;

/** True for a payer that hands over cash; any other name is the provider of the original payment. */
export function paysCash(payer: string): boolean {
  return /^\d{9}$/.test(payer);
}

/**
 * Looks which refunded tickets their boarding station has acknowledged: their seats are free, and their money may go. Until
 * then an offline gate could still let the old ticket ride. Returns how many were settled.
 */
export function settleDues(hub: Pick<Hub, 'store' | 'newId'>, now: EpochMs): Promise<number> {
  return hub.store.transaction(async (tx) => {
    const { refundDues } = tx.t;
    const waiting = await tx.db
      .select()
      .from(refundDues)
      .where(eq(refundDues.state, 'waiting'))
      .orderBy(refundDues.createdAt)
      .limit(DUES_MAX);
    let settled = 0;
    for (const due of waiting) if (await settleDue(hub, tx, due, now)) settled += 1;
    return settled;
  });
}

/** Makes one due ready if it no longer has to wait. */
export async function settleDue(hub: Pick<Hub, 'newId'>, tx: HubTx, due: Due, now: EpochMs): Promise<boolean> {
  const ticket = (await findTicket(tx, due.ticketNo))!;
  const known = await isAcknowledged(tx, due);
  if (!known && !(await hasDeparted(tx, ticket))) return false;
  if (known && due.seatFreed === 1) {
    await acknowledgeFreed(tx, ticket);
    touchTrip(tx, ticket.tripId);
    await returnSpentLegs(hub, tx, (await findTrip(tx, ticket.tripId))!, now);
  }
  const { refundDues, payments } = tx.t;
  const { ticketNo, orderId, amountFen, payer } = due;
  const free = amountFen === 0;
  const changes = free ? { state: 'paid', seatFreed: 0, paidAt: now } : { state: 'ready', seatFreed: 0 };
  await tx.db.update(refundDues).set(changes).where(eq(refundDues.ticketNo, ticketNo));
  if (free || paysCash(payer)) return true;
  const [payment] = await tx.db
    .select({ paymentId: payments.paymentId })
    .from(payments)
    .where(and(eq(payments.orderId, orderId), eq(payments.taken, 1)));
  const { paymentId } = payment!;
  await returnPayment(hub, tx, { paymentId, amountFen, ticketNo, reason: 'ticket.refunded' }, now);
  return true;
}

async function isAcknowledged(on: Pick<HubReader, 'db' | 't'>, { station, seq }: Due): Promise<boolean> {
  if (station === null) return true;
  const { streamOut } = on.t;
  const [stream] = await on.db
    .select({ acked: streamOut.acked })
    .from(streamOut)
    .where(and(eq(streamOut.peer, station), eq(streamOut.lane, 'seat')));
  return (stream?.acked ?? 0) >= seq;
}
