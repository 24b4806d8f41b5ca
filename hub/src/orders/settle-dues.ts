import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { acknowledgeFreed } from '@lianpiao/shared/store/seats/end-sold-seat';
import { statement } from '@lianpiao/shared/store/statement';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasDeparted } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { returnSpentLegs } from '../cut-off/return-spent-legs.ts';
import type { Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { freezeFreed } from '../restore/withhold-seats.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { returnPayment } from './return-payment.ts';

type Due = HubTables['refundDues']['$inferSelect'];

/** Dues settled in one transaction. */
const DUES_MAX = 100;

const waiting = statement((db, { refundDues }: HubTables) =>
  db.select().from(refundDues).where(eq(refundDues.state, 'waiting')).orderBy(refundDues.createdAt).limit(DUES_MAX),
);

/** True for a payer that hands over cash; any other name is the provider of the original payment. */
export function paysCash(payer: string): boolean {
  return /^\d{9}$/.test(payer);
}

/**
 * Looks which refunded tickets wait for nobody: where no gate boards them, or the coach has left without them. For all others
 * the word of their gate comes first (`settleByWord`): until then the old ticket may ride. Returns how many were settled.
 */
export async function settleDues(hub: Pick<Hub, 'store' | 'newId'>, now: EpochMs): Promise<number> {
  if ((await waiting(hub.store.read, {})).length === 0) return 0;
  return hub.store.transaction(async (tx) => {
    let settled = 0;
    for (const due of await waiting(tx, {})) if (await settleDue(hub, tx, due, now)) settled += 1;
    return settled;
  });
}

/** Makes one due ready if it no longer has to wait. */
export async function settleDue(hub: Pick<Hub, 'newId'>, tx: HubTx, due: Due, now: EpochMs): Promise<boolean> {
  const ticket = (await findTicket(tx, due.ticketNo))!;
  if (due.station !== null && !(await hasDeparted(tx, ticket.tripId, ticket.fromStop))) return false;
  await makeReady(hub, tx, due, { seatIsFree: due.station === null }, now);
  return true;
}

/** The gate has spoken about a ticket of the hub: its seat is free and its money may go, or somebody rides on it and a person has to look. */
export async function settleByWord(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  { ticketNo, seat }: EventBody<'ticket.freedSeen'>,
  now: EpochMs,
): Promise<void> {
  const { refundDues } = tx.t;
  const unpaid = and(eq(refundDues.ticketNo, ticketNo), inArray(refundDues.state, ['waiting', 'ready']));
  if (seat === 'boarded') {
    await tx.db.update(refundDues).set({ state: 'contested' }).where(unpaid);
    return;
  }
  const [due] = await tx.db.select().from(refundDues).where(unpaid);
  if (due?.state === 'waiting') await makeReady(hub, tx, due, { seatIsFree: seat === 'free' }, now);
}

async function makeReady(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  { ticketNo, orderId, amountFen, payer, seatFreed }: Due,
  { seatIsFree }: { readonly seatIsFree: boolean },
  now: EpochMs,
): Promise<void> {
  if (seatIsFree && seatFreed === 1) {
    const ticket = (await findTicket(tx, ticketNo))!;
    await acknowledgeFreed(tx, ticket);
    await freezeFreed(tx, ticket.tripId, now);
    touchTrip(tx, ticket.tripId);
    await returnSpentLegs(hub, tx, (await findTrip(tx, ticket.tripId))!, now);
  }
  const { refundDues, payments } = tx.t;
  const free = amountFen === 0;
  const changes = free ? { state: 'paid', seatFreed: 0, paidAt: now } : { state: 'ready', seatFreed: 0 };
  await tx.db.update(refundDues).set(changes).where(eq(refundDues.ticketNo, ticketNo));
  if (free || paysCash(payer)) return;
  const [payment] = await tx.db
    .select({ paymentId: payments.paymentId })
    .from(payments)
    .where(and(eq(payments.orderId, orderId), eq(payments.taken, 1)));
  // A restored hub may have forgotten what was paid: a person asks the provider.
  if (!payment) return raiseAlarm(tx, 'restore.refund-unknown', ticketNo, `${orderId} ${amountFen}`, now);
  const { paymentId } = payment;
  await returnPayment(hub, tx, { paymentId, amountFen, ticketNo, reason: 'ticket.refunded' }, now);
}
