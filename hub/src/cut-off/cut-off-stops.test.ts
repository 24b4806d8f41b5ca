import { legsBetween } from '@lianpiao/shared/domain/legs';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { hubListOf } from '@lianpiao/shared/store/tickets/hub-list';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdSeats } from '../orders/hold-seats.ts';
import { paymentNotified } from '../orders/payment-notified.ts';
import { orderById } from '../orders/query-orders.ts';
import { quoteRefund } from '../orders/quote-refund.ts';
import { refundTicket } from '../orders/refund-ticket.ts';
import { settleDues } from '../orders/settle-dues.ts';
import {
  acknowledges,
  anOrder,
  call,
  type FreshHub,
  freshHub,
  grants,
  HANGZHOU,
  onSale,
  pay,
} from '../testing/fresh-hub.ts';
import { cutOffStops } from './cut-off-stops.ts';

const MINUTE = 60_000;
/** Four stops, an hour apart, the first at 18:00. */
const trip = aTrip({ seatCount: 6, stops: ['杭州', '绍兴', '上虞', '宁波'] });
const { tripId } = trip;
const DEPARTURE = NOON + 6 * 60 * MINUTE;
const before = (minutes: number, stop = 0) => DEPARTURE + (stop * 60 - minutes) * MINUTE;
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 4);
});
afterEach(() => hub.end());

async function toStation(type: string) {
  const { db, t } = hub.store.read;
  const rows = await db.select().from(t.outbox);
  return rows.filter((row) => row.type === type).map(({ fact, peer, lane }) => ({ peer, lane, ...JSON.parse(fact) }));
}
const mine = async () => {
  const { db, t } = hub.store.read;
  return (await db.select().from(t.seats)).map((row) => row.mine);
};
const cutOff = (at: number) => {
  hub.clock.at = at;
  return cutOffStops(hub, at);
};
const holdAt = (from: number, at: number) => {
  hub.clock.at = at;
  return holdSeats(hub, call(), { tripId, from, to: 3, count: 1 }, at);
};

describe('the cut-off of a boarding stop', () => {
  it('comes 30 minutes before departure where nobody holds a seat, once, with a digest of what was sold', async () => {
    const { payment } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl);
    expect(await cutOff(before(30) - 1)).toBe(0);
    expect(await cutOff(before(30))).toBe(1);
    expect(await cutOff(before(29))).toBe(0);
    const list = await hubListOf(hub.store.read, tripId, 0);
    expect(list.tickets).toBe(1);
    expect(await toStation('trip.final')).toEqual([
      { peer: HANGZHOU, lane: 'seat', tripId, boardingStop: 0, ...list, at: before(30) },
    ]);
  });

  it('gives back the legs that no later boarding stop needs, and at the last boarding stop all that is unsold', async () => {
    await cutOff(before(30));
    expect((await toStation('seat.granted')).map(({ legs }) => legs)).toEqual([1, 1, 1, 1]);
    expect(await mine()).toEqual([6, 6, 6, 6]);
    expect((await holdAt(1, before(31, 1))).ok).toBe(true);
    await cutOff(before(16, 1));
    expect(await mine()).toEqual([4, 4, 4, 4]);
    await cutOff(before(30, 2));
    expect(await mine()).toEqual([0, 0, 0, 0]);
  });

  it('gives an older agent its seats back, and tells it no list that it would not understand', async () => {
    await hub.store.transaction((tx) => keepAgreedMinor(tx, HANGZHOU, 1, NOON));
    expect(await cutOff(before(30))).toBe(1);
    expect(await toStation('trip.final')).toEqual([]);
    expect(await toStation('seat.granted')).toHaveLength(4);
  });

  it('says the final list before it gives its seats back, so the station knows what the seats are free of', async () => {
    await cutOff(before(30));
    const { db, t } = hub.store.read;
    const types = (await db.select().from(t.outbox)).map(({ type }) => type);
    expect(types).toEqual(['trip.final', ...Array(4).fill('seat.granted')]);
  });

  it('is one piece: a program that ends between two grants leaves nothing of it, and the next pass does all of it', async () => {
    let ids = 0;
    const dying = {
      store: hub.store,
      newId: () => {
        ids += 1;
        if (ids === 3) throw new Error('killed');
        return hub.newId();
      },
    };
    await expect(cutOffStops(dying, before(30))).rejects.toThrow('killed');
    expect([await toStation('trip.final'), await toStation('seat.granted')]).toEqual([[], []]);
    expect(await mine()).toEqual([7, 7, 7, 7]);
    expect(await cutOff(before(30))).toBe(1);
    expect(await toStation('seat.granted')).toHaveLength(4);
  });

  it('waits for a hold that was taken in time, and ends it 15 minutes before departure at the latest', async () => {
    const held = await holdAt(0, before(31));
    expect(held).toMatchObject({ ok: true, value: { expiresAt: before(16) } });
    expect(await cutOff(before(30))).toBe(0);
    expect(await cutOff(before(16))).toBe(1);
    expect(await mine()).toEqual([6, 6, 6, 6]);
  });

  it('keeps what was sold: those legs stay the hub’s and nobody else can sell them', async () => {
    const { payment } = await anOrder(hub, trip, { count: 2 });
    await pay(hub, payment.payUrl);
    for (const stop of [0, 1, 2]) await cutOff(before(15, stop));
    expect((await mine()).sort()).toEqual([0, 0, 7, 7]);
  });

  it('refuses holds there from then on, whatever an earlier clock, a new timetable or a seat from the station says', async () => {
    await cutOff(before(30));
    await grants(hub, trip, '01');
    expect(await holdAt(0, before(45))).toMatchObject({ refusal: { code: 'trip.sale-closed', closedAt: before(30) } });
    expect((await holdAt(1, before(31))).ok).toBe(true);
  });

  it('sends the spent legs of a seat that was under way straight back, and keeps the others', async () => {
    await cutOff(before(30));
    await grants(hub, trip, '01');
    const { db, t } = hub.store.read;
    const [seat] = (await db.select().from(t.seats)).filter((row) => row.seat === '01');
    expect(seat!.mine).toBe(legsBetween(1, 3));
    expect((await toStation('seat.granted')).at(-1)).toMatchObject({ seat: '01', legs: 1 });
  });

  it('returns the money of a payment that comes after it, without anybody asking', async () => {
    hub.clock.at = before(31);
    const { payment, order } = await anOrder(hub, trip);
    await cutOff(before(15));
    const { paymentId, amountFen } = payment;
    const notice = { paymentId, amountFen, providerRef: 'late-1', paidAt: before(15) };
    expect(await paymentNotified(hub, notice, before(15))).toMatchObject({ value: { became: 'returned' } });
    expect(await orderById(hub, order.orderId)).toMatchObject({ value: { state: 'autoRefund' } });
    const { db, t } = hub.store.read;
    expect(await db.select().from(t.paymentRefunds)).toMatchObject([{ reason: 'payment.late', amountFen }]);
    expect((await mine()).every((legs) => legs === 6)).toBe(true);
  });

  it('gives a refunded seat back when the gate has heard of the refund', async () => {
    const { payment, order } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl);
    for (const stop of [0, 1, 2]) await cutOff(before(15, stop));
    hub.clock.at = before(10);
    const sold = await orderById(hub, order.orderId);
    const { ticketNo } = sold.ok ? sold.value.tickets[0]! : { ticketNo: '' };
    const quote = await quoteRefund(hub, { ticketNo, channel: 'counter', overrule: null }, before(10));
    if (!quote.ok) throw new Error(quote.refusal.code);
    await refundTicket(hub, call(), { ticketNo, quoteId: quote.value.quoteId, payer: 'sandbox' }, before(10));
    expect((await mine()).filter((legs) => legs === 7)).toHaveLength(1);
    await acknowledges(hub);
    await settleDues(hub, before(10));
    expect(await mine()).toEqual([0, 0, 0, 0]);
    expect((await toStation('seat.granted')).at(-1)).toMatchObject({ legs: 7 });
  });
});
