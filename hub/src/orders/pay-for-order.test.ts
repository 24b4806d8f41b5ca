import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOrder, call, type FreshHub, freshHub, onSale, pay } from '../testing/fresh-hub.ts';
import { checkPayments } from './check-payments.ts';
import { createOrder } from './create-order.ts';
import { expireOrders } from './expire-orders.ts';
import { holdSeats } from './hold-seats.ts';
import { paymentNotified } from './payment-notified.ts';
import { orderById } from './query-orders.ts';
import { releaseSeats } from './release-seats.ts';
import { sendRefunds } from './send-refunds.ts';

const MINUTE = 60_000;
const trip = aTrip();
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 3);
});
afterEach(() => hub.end());

const rows = async () => {
  const { db, t } = hub.store.read;
  return {
    tickets: await db.select().from(t.tickets),
    payments: await db.select().from(t.payments),
    refunds: await db.select().from(t.paymentRefunds),
    told: await db.select().from(t.outbox).where(eq(t.outbox.type, 'hub-ticket.sold')),
  };
};
const stateOf = async (orderId: string) => {
  const order = await orderById(hub, orderId);
  return order.ok ? order.value.state : order.refusal.code;
};
const freeSeats = async () =>
  (await seatsOfTrip(hub.store.read, trip.tripId)).filter(({ held, sold, freed }) => held + sold + freed === 0).length;

describe('an order that is paid in time', () => {
  it('gets tickets with numbers of the hub and a pickup code, and the boarding station hears of each passenger', async () => {
    const { order, payment } = await anOrder(hub, trip, { count: 2 });
    expect(order).toMatchObject({ state: 'paying', totalFen: 8000, pickupCode: null });
    expect((await pay(hub, payment.payUrl)).status).toBe(200);
    const bought = await orderById(hub, order.orderId);
    expect(bought).toMatchObject({
      ok: true,
      value: { state: 'ticketed', paidFen: 8000, pickupCode: expect.stringMatching(/^\d{10}$/) },
    });
    const { tickets, payments, told } = await rows();
    expect(tickets.map(({ ticketNo }) => ticketNo)).toEqual(['33000090030010000000', '33000090030010000001']);
    expect(
      tickets.every(
        ({ home, state, payMethod, seller }) => [home, state, payMethod, seller].join() === 'hub,sold,psp,web-demo',
      ),
    ).toBe(true);
    expect(payments).toMatchObject([{ state: 'paid', taken: 1, amountFen: 8000 }]);
    expect(told.map(({ peer, lane }) => `${peer} ${lane}`)).toEqual(['330100001 seat', '330100001 seat']);
    const who = told.map(({ person }) => hub.persons.open(person!)?.idNo);
    expect(who).toEqual([aPassenger(0).idNo, aPassenger(1).idNo]);
  });

  it('counts a notice once however often it is told', async () => {
    const { payment } = await anOrder(hub, trip);
    const notice = { paymentId: payment.paymentId, providerRef: 'r1', amountFen: 4000, paidAt: NOON };
    const told = await Promise.all(Array.from({ length: 20 }, () => paymentNotified(hub, notice, NOON)));
    expect(told.map((each) => each.ok && each.value.became).sort()).toEqual([...Array(19).fill('known'), 'ticketed']);
    expect((await rows()).tickets).toHaveLength(1);
  });

  it('takes one payment and gives every further one back whole', async () => {
    const { order, payment } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl, 'twice');
    expect(await stateOf(order.orderId)).toBe('ticketed');
    await sendRefunds(hub, NOON);
    const { tickets, payments, refunds } = await rows();
    expect(tickets).toHaveLength(1);
    expect(payments.map(({ state, taken }) => `${state} ${taken}`).sort()).toEqual(['paid 1', 'refunded 0']);
    expect(refunds).toMatchObject([{ state: 'done', amountFen: 4000, reason: 'payment.double', ticketNo: null }]);
  });

  it('sends another amount back whole and alarms somebody', async () => {
    const { order, payment } = await anOrder(hub, trip);
    await paymentNotified(hub, { paymentId: payment.paymentId, providerRef: 'r1', amountFen: 1, paidAt: NOON }, NOON);
    expect(await stateOf(order.orderId)).toBe('paying');
    expect((await rows()).refunds).toMatchObject([{ reason: 'payment.other-amount', amountFen: 1 }]);
    expect(await hub.store.read.db.select().from(hub.store.read.t.alarms)).toMatchObject([
      { code: 'payment.other-amount' },
    ]);
  });

  it('is found by asking the provider when the notice was lost', async () => {
    const { order, payment } = await anOrder(hub, trip);
    const lost = {
      ...hub,
      provider: {
        ...hub.provider,
        paid: async () => [{ paymentId: payment.paymentId, providerRef: 'r9', amountFen: 4000, paidAt: NOON }],
      },
    };
    await checkPayments(lost, NOON + 2 * MINUTE);
    expect(await stateOf(order.orderId)).toBe('ticketed');
  });
});

describe('an order that is not paid in time', () => {
  it('expires, its seats are free, and the watchdog gives the payment up with the passengers', async () => {
    const { order, payment, held } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl, 'never');
    expect(await freeSeats()).toBe(2);
    hub.clock.at = held.expiresAt;
    await expireOrders(hub, hub.clock.now());
    expect(await stateOf(order.orderId)).toBe('expired');
    expect(await freeSeats()).toBe(3);
    await checkPayments(hub, held.expiresAt + 20 * MINUTE);
    expect((await rows()).payments).toMatchObject([{ state: 'failed' }]);
    expect(
      await hub.store.read.db.select({ contact: hub.store.read.t.orders.contact }).from(hub.store.read.t.orders),
    ).toEqual([{ contact: null }]);
  });

  it('still gets tickets for a late payment while seats are free', async () => {
    const { order, payment, held } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl, 'late');
    hub.clock.at = held.expiresAt + MINUTE;
    await expireOrders(hub, hub.clock.now());
    await hub.psp.deliver();
    expect(await stateOf(order.orderId)).toBe('ticketed');
    expect((await rows()).tickets).toHaveLength(1);
  });

  it('gets its money back for a late payment when the seats are gone', async () => {
    const { order, payment, held } = await anOrder(hub, trip, { count: 3 });
    await pay(hub, payment.payUrl, 'late');
    hub.clock.at = held.expiresAt + MINUTE;
    await expireOrders(hub, hub.clock.now());
    await anOrder(hub, trip, { first: 10 });
    await hub.psp.deliver();
    expect(await stateOf(order.orderId)).toBe('autoRefund');
    await sendRefunds(hub, hub.clock.now());
    const { tickets, payments, refunds } = await rows();
    expect(tickets).toEqual([]);
    expect(payments.find(({ orderId }) => orderId === order.orderId)).toMatchObject({
      state: 'refunded',
      refundedFen: 12000,
    });
    expect(refunds).toMatchObject([{ state: 'done', reason: 'payment.late', amountFen: 12000 }]);
    expect(await freeSeats()).toBe(2);
  });

  it('keeps trying to give money back while the provider is away', async () => {
    const { payment, held } = await anOrder(hub, trip, { count: 3 });
    await pay(hub, payment.payUrl, 'late');
    hub.clock.at = held.expiresAt + MINUTE;
    await expireOrders(hub, hub.clock.now());
    await anOrder(hub, trip, { first: 10 });
    await hub.psp.deliver();
    const { Fault } = await import('@lianpiao/shared/fault');
    const away = {
      ...hub,
      provider: {
        ...hub.provider,
        refund: () => Promise.reject(new Fault('payment.provider-unreachable', 'away', { hint: '', retryable: true })),
      },
    };
    await sendRefunds(away, hub.clock.now());
    expect((await rows()).refunds).toMatchObject([{ state: 'due', attempts: 1 }]);
    await sendRefunds(hub, hub.clock.now() + MINUTE);
    expect((await rows()).refunds).toMatchObject([{ state: 'done' }]);
  });
});

describe('holding and ordering', () => {
  it('gives one seat to one of fifty callers', async () => {
    const single = aTrip({ tripNo: 'K200' });
    await onSale(hub, single, 1);
    const wish = { tripId: single.tripId, from: 0, to: 2, count: 1 };
    const tries = await Promise.all(Array.from({ length: 50 }, () => holdSeats(hub, call(), wish, NOON)));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(new Set(tries.flatMap((each) => (each.ok ? [] : [each.refusal.code])))).toEqual(new Set(['seat.sold-out']));
  });

  it('answers one key one way, and refuses the key with another body', async () => {
    const held = await holdSeats(hub, call(), { tripId: trip.tripId, from: 0, to: 2, count: 1 }, NOON);
    if (!held.ok) throw new Error(held.refusal.code);
    const wish = {
      holdId: held.value.holdId,
      passengers: [{ ...aPassenger(1), fareType: 'full' as const }],
      contact: { name: '测试乙', phone: '13800000000' },
    };
    const once = call();
    const first = await createOrder(hub, once, wish, NOON);
    expect(first.ok).toBe(true);
    expect(await createOrder(hub, once, wish, NOON + 1)).toEqual(first);
    expect(await createOrder(hub, { ...once, bodyHash: 'another' }, wish, NOON)).toMatchObject({
      refusal: { code: 'call.key-reused' },
    });
    expect(await createOrder(hub, call(), wish, NOON)).toMatchObject({ refusal: { code: 'hold.in-order' } });
    expect(await releaseSeats(hub, call(), held.value.holdId, NOON)).toMatchObject({
      refusal: { code: 'hold.in-order' },
    });
  });

  it('refuses a second ticket for one document on overlapping trips, whoever sold the first', async () => {
    const { payment } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl);
    await expect(anOrder(hub, trip)).rejects.toThrow('passenger.duplicate');
  });

  it('never stores a passenger readably', async () => {
    const { payment } = await anOrder(hub, trip, { first: 7 });
    await pay(hub, payment.payUrl);
    await anOrder(hub, trip, { first: 8 });
    const { db, t } = hub.store.read;
    const everything = JSON.stringify([
      await db.select().from(t.tickets),
      await db.select().from(t.orders),
      await db.select().from(t.outbox),
      await db.select().from(t.answers),
      await db.select().from(t.audit),
    ]);
    for (const index of [7, 8]) {
      expect(everything).not.toContain(aPassenger(index).idNo);
      expect(everything).not.toContain(aPassenger(index).name);
    }
  });
});
