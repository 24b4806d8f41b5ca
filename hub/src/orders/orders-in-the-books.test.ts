import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountBalances } from '../ledger/account-balances.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import {
  acknowledges,
  anOrder,
  call,
  type FreshHub,
  freshHub,
  HANGZHOU,
  onSale,
  pay,
  says,
  WEB,
} from '../testing/fresh-hub.ts';
import { expireOrders } from './expire-orders.ts';
import { quoteRefund } from './quote-refund.ts';
import { refundTicket } from './refund-ticket.ts';
import { sendRefunds } from './send-refunds.ts';
import { settleDues } from './settle-dues.ts';

const MINUTE = 60_000;
const NINGBO = '330200001';
const trip = aTrip({ serviceDate: '20261123' as never });
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub(undefined, keepBooks({ provider: 'sandbox' }));
  await openBooks(hub.store, hub.clock.now());
  await onSale(hub, trip, 3);
});
afterEach(() => hub.end());

/** What stands on accounts of these kinds, by account; the books must balance whatever happened. */
async function standing(...kinds: string[]): Promise<Record<string, number>> {
  expect(await trialBalance(hub.store.read)).toMatchObject({ sumFen: 0, unsettledTickets: [] });
  const all = await accountBalances(hub.store.read);
  return Object.fromEntries(
    all
      .filter(({ account }) => kinds.some((kind) => account.startsWith(`${kind}:`)))
      .map(({ account, balanceFen }) => [account, balanceFen]),
  );
}

async function aTicket(): Promise<string> {
  const { payment, order } = await anOrder(hub, trip);
  await pay(hub, payment.payUrl);
  const { db, t } = hub.store.read;
  return (await db.select().from(t.tickets)).find(({ orderId }) => orderId === order.orderId)!.ticketNo;
}

async function refundBy(payer: string, channel: 'web' | 'counter', ticketNo: string) {
  const now = hub.clock.now();
  const quote = await quoteRefund(hub, { ticketNo, channel, overrule: null }, now);
  if (!quote.ok) throw new Error(quote.refusal.code);
  const caller = { ...WEB, id: payer, channel };
  return refundTicket(hub, call(caller), { ticketNo, quoteId: quote.value.quoteId, payer }, now);
}

describe('money of orders through the hub', () => {
  it('is owed to the traveller until the coach has left', async () => {
    await aTicket();
    expect(await standing('psp', 'refundDue')).toEqual({ 'psp:sandbox': 4000 });
    expect(Object.values(await standing('unearned'))).toEqual([-4000]);
  });

  it('goes back through the provider after a refund, less the fee', async () => {
    await refundBy('original', 'web', await aTicket());
    expect(Object.values(await standing('refundDue'))).toEqual([-3600]);
    await acknowledges(hub);
    await settleDues(hub, hub.clock.now());
    await sendRefunds(hub, hub.clock.now());
    expect(await standing('psp', 'refundDue', 'unearned')).toEqual({ 'psp:sandbox': 400 });
  });

  it("leaves the paying station's drawer when a station refunds in cash", async () => {
    const ticketNo = await aTicket();
    const { db, t } = hub.store.read;
    const [{ orderId }] = (await db.select({ orderId: t.orders.orderId }).from(t.orders)) as [{ orderId: string }];
    const refunding = refundBy(NINGBO, 'counter', ticketNo);
    await expect.poll(() => db.select().from(t.refundDues)).toHaveLength(1);
    await acknowledges(hub);
    expect(await refunding).toMatchObject({ value: { payout: 'paid' } });
    const payout = {
      payoutId: 'x1',
      orderId,
      ticketNo,
      amountFen: 3600,
      method: 'cash' as const,
      shiftId: 's9',
      at: hub.clock.now(),
      bizDate: '20261121',
    };
    await says(hub, NINGBO, 'payout.made', payout);
    expect(await standing('psp', 'refundDue', 'cash')).toEqual({ 'psp:sandbox': 4000, [`cash:${NINGBO}:s9`]: -3600 });
  });

  it('goes back whole when it came twice, or too late for a seat', async () => {
    const twice = await anOrder(hub, trip, { first: 3 });
    await pay(hub, twice.payment.payUrl, 'twice');
    const late = await anOrder(hub, trip, { count: 2, first: 5 });
    await pay(hub, late.payment.payUrl, 'late');
    hub.clock.at = late.held.expiresAt + MINUTE;
    await expireOrders(hub, hub.clock.now());
    await anOrder(hub, trip, { first: 8 });
    await hub.psp.deliver();
    expect((await standing('psp'))['psp:sandbox']).toBe(16_000);
    await sendRefunds(hub, hub.clock.now());
    expect(await standing('psp', 'refundDue')).toEqual({ 'psp:sandbox': 4000 });
  });

  it('is cleared among the parties when the traveller has boarded and the coach has left', async () => {
    const ticketNo = await aTicket();
    const moved = { ticketNo, tripId: trip.tripId, at: hub.clock.now(), bizDate: '20261123', by: 'g1' };
    await says(hub, HANGZHOU, 'ticket.boarded', { ...moved, printSeq: 0, late: false });
    await says(hub, HANGZHOU, 'trip.departed', {
      tripId: trip.tripId,
      stop: 0,
      at: hub.clock.now(),
      bizDate: '20261123',
      boarded: 1,
      forfeited: 0,
      vehicle: null,
    });
    expect(await standing('unearned')).toEqual({});
    const parties = await standing('party');
    expect(Object.values(parties).reduce((sum, fen) => sum + fen, 0)).toBe(-4000);
    expect(parties['party:carrier-1']).toBeLessThan(0);
  });
});
