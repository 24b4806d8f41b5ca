import type { Caller } from '@lianpiao/shared/store/call';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hearOldGates } from '../gates/hear-word.ts';
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
import { quoteRefund } from './quote-refund.ts';
import { refundTicket } from './refund-ticket.ts';
import { sendRefunds } from './send-refunds.ts';
import { settleDues } from './settle-dues.ts';

/** Two days ahead: on line a refund ends 24 hours before departure. */
const trip = aTrip({ serviceDate: '20261123' as never });
const STATION: Caller = { id: '330200001', channel: 'counter', terminal: '000', clerk: null, shiftId: null };

let hub: FreshHub;
let ticketNo: string;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 2);
  const { payment } = await anOrder(hub, trip);
  await pay(hub, payment.payUrl);
  const { db, t } = hub.store.read;
  ticketNo = (await db.select().from(t.tickets))[0]!.ticketNo;
});
afterEach(() => hub.end());

const quoted = async (channel: 'web' | 'counter' = 'web') => {
  const quote = await quoteRefund(hub, { ticketNo, channel, overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  return quote.value;
};
const refunds = () => hub.store.read.db.select().from(hub.store.read.t.paymentRefunds);
const dues = () => hub.store.read.db.select().from(hub.store.read.t.refundDues);
const seat = async () => (await seatsOfTrip(hub.store.read, trip.tripId)).find(({ sold, freed }) => sold + freed > 0);

describe('a refund to the payment', () => {
  it('keeps the seat claimed and the money in until the gate has said that nobody rides, whatever it has acknowledged', async () => {
    const { quoteId, refundFen, feeFen } = await quoted();
    expect([refundFen, feeFen]).toEqual([3600, 400]);
    const answer = await refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, NOON);
    expect(answer).toEqual({ ok: true, value: { ticketNo, refundFen, feeFen, payout: 'original' } });
    expect(await settleDues(hub, NOON)).toBe(0);
    expect(await refunds()).toEqual([]);
    expect(await seat()).toMatchObject({ sold: 0, freed: 3 });

    await hub.store.transaction(async (tx) => {
      const { streamOut } = tx.t;
      await tx.db.update(streamOut).set({ acked: 1_000 });
    });
    expect([await settleDues(hub, NOON), await hearOldGates(hub, NOON)]).toEqual([0, 0]);
    expect(await dues()).toMatchObject([{ state: 'waiting' }]);
    expect(await refunds()).toEqual([]);

    await acknowledges(hub);
    expect(await settleDues(hub, NOON)).toBe(0);
    expect(await seat()).toBeUndefined();
    await sendRefunds(hub, NOON);
    expect(await refunds()).toMatchObject([{ state: 'done', amountFen: 3600, ticketNo }]);
    expect(await dues()).toMatchObject([{ state: 'paid' }]);
    const { db, t } = hub.store.read;
    expect(await db.select({ state: t.payments.state, refundedFen: t.payments.refundedFen }).from(t.payments)).toEqual([
      { state: 'paid', refundedFen: 3600 },
    ]);
  });

  it('goes out after the coach has left without the ticket, even if the station never acknowledged', async () => {
    const { quoteId } = await quoted();
    await refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, NOON);
    await says(hub, HANGZHOU, 'trip.departed', {
      tripId: trip.tripId,
      stop: 0,
      at: NOON,
      bizDate: '20261123',
      boarded: 0,
      forfeited: 0,
      vehicle: null,
    });
    expect(await settleDues(hub, NOON)).toBe(1);
    expect(await refunds()).toHaveLength(1);
  });

  it('is withheld when the gate let the old ticket ride before it knew', async () => {
    const { quoteId } = await quoted();
    await refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, NOON);
    await says(hub, HANGZHOU, 'ticket.boarded', {
      ticketNo,
      tripId: trip.tripId,
      at: NOON,
      bizDate: '20261123',
      by: 'g1',
      printSeq: 0,
      late: false,
    });
    await acknowledges(hub);
    expect(await settleDues(hub, NOON)).toBe(0);
    expect(await dues()).toMatchObject([{ state: 'contested' }]);
    expect(await refunds()).toEqual([]);
    expect(await seat()).toMatchObject({ freed: 3 });
    expect(await hub.store.read.db.select().from(hub.store.read.t.alarms)).toMatchObject([
      { code: 'ticket.boarded-after-end', subject: ticketNo },
    ]);
  });

  it('is withheld when the gate answers that somebody rides, and its seat stays claimed', async () => {
    const { quoteId } = await quoted();
    await refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, NOON);
    const moved = { ticketNo, tripId: trip.tripId, at: NOON, bizDate: '20261123', by: 'g1' };
    await says(hub, HANGZHOU, 'ticket.freedSeen', { ...moved, state: 'refunded', seat: 'boarded' });
    expect(await dues()).toMatchObject([{ state: 'contested' }]);
    expect(await refunds()).toEqual([]);
    expect(await seat()).toMatchObject({ freed: 3 });
  });

  it('ends a ticket once, whatever is asked at the same moment', async () => {
    const quotes = await Promise.all(Array.from({ length: 10 }, () => quoted()));
    const tries = await Promise.all(
      quotes.map(({ quoteId }) => refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, NOON)),
    );
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await dues()).toHaveLength(1);
    expect(new Set(tries.flatMap((each) => (each.ok ? [] : [each.refusal.code])))).toEqual(new Set(['ticket.ended']));
  });

  it('is refused after its quote has ended', async () => {
    const { quoteId, expiresAt } = await quoted();
    expect(await refundTicket(hub, call(WEB), { ticketNo, quoteId, payer: 'original' }, expiresAt)).toMatchObject({
      refusal: { code: 'refund.quote-expired' },
    });
  });
});

describe("a refund from another station's drawer", () => {
  const wish = (quoteId: string) => ({ ticketNo, quoteId, payer: STATION.id });

  it('is pending until the boarding station has acknowledged, and is paid to one key', async () => {
    const { quoteId } = await quoted('counter');
    expect(await refundTicket(hub, call(STATION), wish(quoteId), NOON)).toMatchObject({ value: { payout: 'pending' } });
    await acknowledges(hub);
    expect((await quoted('counter')).quoteId).toBe(quoteId);
    const again = call(STATION);
    expect(await refundTicket(hub, again, wish(quoteId), NOON)).toMatchObject({
      value: { payout: 'paid', refundFen: 3600 },
    });
    expect(await refundTicket(hub, again, wish(quoteId), NOON)).toMatchObject({ value: { payout: 'paid' } });
    expect(await refundTicket(hub, call(STATION), wish(quoteId), NOON)).toMatchObject({
      refusal: { code: 'refund.paid-already' },
    });
    expect(await refunds()).toEqual([]);
  });

  it('is paid at once when the word of the boarding station comes while the clerk waits', async () => {
    const { quoteId } = await quoted('counter');
    const refunding = refundTicket(hub, call(STATION), wish(quoteId), NOON);
    await expect.poll(() => dues()).toHaveLength(1);
    await acknowledges(hub);
    expect(await refunding).toMatchObject({ value: { payout: 'paid' } });
  });
});
