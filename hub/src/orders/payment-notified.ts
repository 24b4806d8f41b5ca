import { legsBetween } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { isFree } from '@lianpiao/shared/domain/seats';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Channel } from '@lianpiao/shared/domain/ticket-number';
import { Fault } from '@lianpiao/shared/fault';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { claimPlaces } from '@lianpiao/shared/store/seats/child-places';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { holdPlaces } from '@lianpiao/shared/store/seats/hold-places';
import { findHold } from '@lianpiao/shared/store/seats/hold-rows';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { type SoldHold, sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import { findOrder, moveOrder, type OrderRow } from '@lianpiao/shared/store/tickets/order-rows';
import { otherRides } from '@lianpiao/shared/store/tickets/other-rides';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB, type Hub } from '../hub.ts';
import type { PaymentNotice } from '../payments/payment-provider.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { awaitedFor } from '../restore/restore-waits.ts';
import { awaitsStatement } from '../restore/statement-days.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { channelQuota } from './channel-quota.ts';
import { issueTickets } from './issue-tickets.ts';
import { ridersOf } from './order-riders.ts';
import { findPayment, type PaymentRow, paymentMade, savePayment, takenPayment, takePayment } from './payment-rows.ts';
import { returnPayment } from './return-payment.ts';
import { rideRefusal } from './ride-refusal.ts';

export type TakenPayment = { readonly orderId: string; readonly became: 'known' | 'ticketed' | 'returned' };

/**
 * The provider says that a payment was made: booked once, whatever becomes of it. The order's first payment in time issues
 * the tickets; a late one does so only where seats are still free; every other one goes back whole.
 *
 * A repeat changes nothing. `payment.unknown` for a number that is not ours.
 */
export function paymentNotified(hub: Hub, notice: PaymentNotice, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const provider = hub.provider.name;
    const known = await paymentMade(tx, provider, notice.providerRef);
    if (known) return done<TakenPayment>({ orderId: known.orderId, became: 'known' });
    const wanted = await findPayment(tx, notice.paymentId);
    if (!wanted || wanted.provider !== provider)
      return refuse({ code: 'payment.unknown', paymentId: notice.paymentId });
    await awaitRestore(tx, wanted);
    return done(await takeNotice(hub, tx, wanted, notice, now));
  });
}

/** What becomes of a payment that is made and not known. */
export async function takeNotice(
  hub: Hub,
  tx: HubTx,
  wanted: PaymentRow,
  notice: PaymentNotice,
  now: EpochMs,
): Promise<TakenPayment> {
  const { orderId } = wanted;
  const isFirst = wanted.state === 'pending' || wanted.state === 'failed';
  const fits = wanted.amountFen === notice.amountFen;
  if (!isFirst || !fits) {
    const extra = await bookPayment(hub, tx, wanted, notice, hub.newId(), now);
    const reason = fits ? 'payment.double' : 'payment.other-amount';
    if (!fits) await raiseAlarm(tx, reason, extra.paymentId, `${wanted.amountFen} ${notice.amountFen}`, now);
    await returnPayment(
      hub,
      tx,
      { paymentId: extra.paymentId, amountFen: extra.amountFen, ticketNo: null, reason },
      now,
    );
    return { orderId, became: 'returned' };
  }
  const payment = await bookPayment(hub, tx, wanted, notice, wanted.paymentId, now);
  if (await cameBackTicketed(tx, orderId)) {
    await takePayment(tx, payment.paymentId);
    return { orderId, became: 'ticketed' };
  }
  const sold = await seatOrder(hub, tx, orderId, now);
  if (sold) {
    await takePayment(tx, payment.paymentId);
    await issueTickets(hub, tx, (await findOrder(tx, orderId))!, sold, now);
    return { orderId, became: 'ticketed' };
  }
  await moveOrder(tx, orderId, ['paidLate', 'paid'], 'autoRefund', { contact: null });
  const back = { paymentId: payment.paymentId, amountFen: payment.amountFen, ticketNo: null };
  await returnPayment(hub, tx, { ...back, reason: 'payment.late' }, now);
  return { orderId, became: 'returned' };
}

/**
 * After a restore of the hub an order may have become tickets in the part that is lost, or its money have gone back: nothing is
 * decided about it until the stations of its trip were heard and the provider's statement was read. @throws Fault
 * `hub.restoring`, which the provider meets with a repeat.
 */
async function awaitRestore(tx: HubTx, { orderId, createdAt }: PaymentRow): Promise<void> {
  const order = await findOrder(tx, orderId);
  const hold = await findHold(tx, order?.holdId ?? '');
  const awaited = hold ? await awaitedFor(tx, hold.tripId) : [];
  if (awaited.length === 0 && !(await awaitsStatement(tx, createdAt)) && !(await whyHubNotSell(tx))) return;
  throw new Fault('hub.restoring', `the hub was restored and waits for ${awaited.join(' ')}`, {
    hint: '联网中心刚恢复，正在等待车站上报：款项稍后自动处理，请勿人工退款。',
    retryable: true,
    facts: { orderId, awaited: awaited.join(' ') },
  });
}

/** The order's tickets came back from a station after a restore, and none of its payments has been taken: this is theirs. */
async function cameBackTicketed(tx: HubTx, orderId: string): Promise<boolean> {
  if ((await findOrder(tx, orderId))!.state !== 'ticketed') return false;
  return (await takenPayment(tx, orderId)) === undefined;
}

/** Writes the payment as made and tells the books. `paymentId` is a new one for a payment beside the one that was wanted. */
export async function bookPayment(
  hub: Hub,
  tx: HubTx,
  wanted: PaymentRow,
  notice: PaymentNotice,
  paymentId: string,
  now: EpochMs,
) {
  const { providerRef, amountFen, paidAt } = notice;
  const { provider, orderId } = wanted;
  const row: PaymentRow = {
    ...wanted,
    paymentId,
    providerRef,
    amountFen,
    paidAt,
    state: 'paid',
    taken: 0,
    refundedFen: 0,
  };
  await savePayment(tx, row);
  const bizDate = serviceDateOf(now, 'Asia/Shanghai');
  await hub.money.paymentReceived(
    tx,
    { paymentId, orderId, provider, amountFen, at: paidAt, bizDate },
    { from: HUB, now },
  );
  return row;
}

/** Brings the order to `paid` or `paidLate` with its seats sold; undefined when there are none for it. */
async function seatOrder(hub: Hub, tx: HubTx, orderId: string, now: EpochMs): Promise<SoldHold | undefined> {
  const order = (await findOrder(tx, orderId))!;
  const inTime = order.holdId === null ? undefined : await sellHold(tx, order.holdId, now);
  if (inTime?.ok) {
    await moveOrder(tx, orderId, ['held', 'paying'], 'paid');
    return inTime.value;
  }
  if (order.holdId !== null) await releaseHold(tx, order.holdId, 'expired');
  await moveOrder(tx, orderId, ['created', 'held', 'paying'], 'expired');
  const late = await moveOrder(tx, orderId, ['expired', 'cancelled'], 'paidLate');
  return late && seatLate(hub, tx, late, now);
}

/** Seats for a payment that came after the hold: the same ones where they are free, else any that are, while the ride is on sale and the channel within its quota. */
async function seatLate(hub: Hub, tx: HubTx, order: OrderRow, now: EpochMs): Promise<SoldHold | undefined> {
  const old = await findHold(tx, order.holdId ?? '');
  const trip = old && (await findTrip(tx, old.tripId));
  if (!old || !trip || order.contact === null) return undefined;
  const { tripId, fromStop: from, toStop: to } = old;
  touchTrip(tx, tripId);
  const channel = order.channel as Channel;
  const riders = ridersOf(hub.persons, order);
  const keys = riders.map(({ who }) => hub.persons.find(who.idType, who.idNo));
  const passengers = riders.map(({ fareType }, index) => ({ fareType, documentKey: keys[index]! }));
  const ride = { trip, from, to, channel, passengers, otherRides: await otherRides(tx, keys) };
  if (await rideRefusal(tx, ride, await rulesAt(tx, now), now)) return undefined;

  const wanted = (JSON.parse(old.seats) as string[]).filter((seat) => !isPseudoSeat(seat));
  const legs = legsBetween(from, to);
  const free = new Set((await seatsOfTrip(tx, tripId)).filter((seat) => isFree(seat, legs)).map(({ seat }) => seat));
  const seats = wanted.every((seat) => free.has(seat)) ? wanted : undefined;
  const holdId = hub.newId();
  const claim = { holdId, tripId, from, to, count: wanted.length, seats, caller: order.caller, expiresAt: now + 1 };
  const quota = await channelQuota(tx, trip, order.caller, now);
  const claimed = await claimSeats(tx, claim, now);
  if (!claimed.ok) return undefined;
  if (quota.why(claimed.value)) {
    await releaseHold(tx, holdId, 'released');
    return undefined;
  }
  const children = riders.filter(({ fareType }) => fareType === 'freeChild').length;
  const places = await claimPlaces(tx, { tripId, legs, count: children });
  if (!places.ok) {
    await releaseHold(tx, holdId, 'released');
    return undefined;
  }
  await holdPlaces(
    tx,
    holdId,
    places.value.map((seat) => ({ seat })),
  );
  const sold = await sellHold(tx, holdId, now);
  return sold.ok ? sold.value : undefined;
}
