import { allLegs, legsBetween } from '@lianpiao/shared/domain/legs';
import { applyFact } from '@lianpiao/shared/link/facts';
import { EVENTS, type EventBody, type EventType, type TicketBody } from '@lianpiao/shared/protocol/events';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sayUnsaid } from '../gates/say-unsaid.ts';
import { sayWhenKnown } from '../gates/say-when-known.ts';
import { accountBalances } from '../ledger/account-balances.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { anOrder, enrolled, type FreshHub, freshHub, HANGZHOU, onSale, pay, says } from '../testing/fresh-hub.ts';
import { beginRestore } from './begin-restore.ts';
import { endWait } from './finish-restore.ts';
import { lostFacts } from './lost-facts.ts';

const SHAOXING = '330600001';
const DAY = '20261121';
const trip = aTrip();
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub(undefined, keepBooks({ provider: 'sandbox' }));
  await openBooks(hub.store, NOON);
  await enrolled(hub, SHAOXING);
});
afterEach(() => hub.end());

const restored = () =>
  hub.store.transaction((tx) => beginRestore(tx, { code: 'hub.told-by-operator', detail: '' }, undefined, NOON));
/** A station sends back what the hub had told it. */
const sendsBack = <Type extends EventType>(peer: string, type: Type, fact: EventBody<Type>) =>
  hub.store.transaction((tx) => {
    const row = { peer, seq: 1, type, tv: EVENTS[type].tv, at: NOON, agg: 'a', person: null, personHash: null };
    return applyFact(tx, lostFacts(hub), { ...row, fact: JSON.stringify(fact) });
  });
const heard = (station: string) => hub.store.transaction((tx) => endWait(tx, station, false, NOON));
const alarms = async () =>
  (await hub.store.read.db.select().from(hub.store.read.t.alarms)).map(({ code, subject }) => `${code} ${subject}`);
const balance = async (account: string) =>
  (await accountBalances(hub.store.read)).find((row) => row.account === account)?.balanceFen;
const payout = (ticketNo: string) => ({
  payoutId: 'p1',
  orderId: 'o1',
  ticketNo,
  amountFen: 3600,
  method: 'cash' as const,
  shiftId: 's1',
  at: NOON,
  bizDate: DAY,
});

describe('a restored hub', () => {
  it('ends a ticket of its own whose seat it has given away since, and calls a person about its money', async () => {
    await onSale(hub, trip, 2);
    const { payment } = await anOrder(hub, trip);
    await pay(hub, payment.payUrl);
    const { db, t } = hub.store.read;
    const [ticket] = await db.select().from(t.tickets);
    await restored();
    const { tripId, seat, ticketNo } = ticket!;
    const legs = allLegs(trip.stops.length);
    await sendsBack(HANGZHOU, 'seat.granted', { transferId: 'lost', tripId, epoch: 1, seat, legs });
    expect((await findTicket(hub.store.read, ticketNo))?.state).toBe('sold');
    await heard(HANGZHOU);
    expect((await findTicket(hub.store.read, ticketNo))?.state).toBe('refunded');
    const seats = await seatsOfTrip(hub.store.read, tripId);
    expect(seats.map((each) => [each.seat === seat, each.mine, each.sold])).toContainEqual([true, 0, 0]);
    expect(await alarms()).toContain(`restore.refund-unknown ${ticketNo}`);
  });

  it('says nothing to a station that it has not heard, and everything in its order as soon as it has', async () => {
    await restored();
    const said = async () =>
      (await hub.store.read.db.select().from(hub.store.read.t.outbox)).map(({ seq, type }) => `${seq} ${type}`);
    const freed = { ticketNo: '33010000110010000001', tripId: trip.tripId, at: NOON, bizDate: DAY, by: 'u1' };
    for (const seat of ['free', 'kept'] as const) {
      const fact = { ...freed, state: 'refunded' as const, seat };
      const emission = { peer: SHAOXING, type: 'ticket.freedSeen' as const, agg: trip.tripId, fact };
      await hub.store.transaction((tx) => sayWhenKnown(tx, emission, NOON));
    }
    await hub.store.transaction((tx) => sayUnsaid(tx, SHAOXING, NOON));
    expect(await said()).toEqual([]);
    await heard(SHAOXING);
    await hub.store.transaction((tx) => sayUnsaid(tx, SHAOXING, NOON));
    expect(await said()).toEqual(['1 ticket.freedSeen', '2 ticket.freedSeen']);
    const seen = await hub.store.read.db.select().from(hub.store.read.t.outbox);
    expect(seen.map(({ fact }) => JSON.parse(fact).seat)).toEqual(['free', 'kept']);
  });

  it('waits with money that a station has paid for another one’s ticket until that station has told of the ticket', async () => {
    await restored();
    const ticketNo = `${HANGZHOU}10010000001`;
    await expect(says(hub, SHAOXING, 'payout.made', payout(ticketNo))).rejects.toMatchObject({
      code: 'ticket.not-told-yet',
      detail: { retryable: true },
    });
    await expect(says(hub, HANGZHOU, 'payout.made', payout(ticketNo))).rejects.toMatchObject({
      code: 'ticket.unknown',
    });
  });

  it('books what a station has paid for a ticket of the hub that is lost on the order that the station names, before a person', async () => {
    const ticketNo = '33000090030010000001';
    await expect(says(hub, SHAOXING, 'payout.made', payout(ticketNo))).rejects.toMatchObject({
      code: 'ticket.unknown',
    });
    await restored();
    await heard(HANGZHOU);
    // The gate that is still to be heard may have been told of it.
    await expect(says(hub, SHAOXING, 'payout.made', payout(ticketNo))).rejects.toMatchObject({
      code: 'ticket.not-told-yet',
    });
    await heard(SHAOXING);
    await says(hub, SHAOXING, 'payout.made', payout(ticketNo));
    expect(await balance('refundDue:o1')).toBe(3600);
    expect(await alarms()).toContain(`restore.refund-unknown ${ticketNo}`);
  });

  it('books the ride of a passenger whose lost ticket of the hub a station has exchanged as paid on line', async () => {
    await onSale(hub, trip, 1);
    await restored();
    await heard(HANGZHOU);
    await heard(SHAOXING);
    const seat = { tripId: trip.tripId, epoch: 1, seat: '01', legs: legsBetween(0, 2), from: 0, to: 2 };
    const newTicket: TicketBody = {
      ...seat,
      ticketNo: `${HANGZHOU}10010000001`,
      orderId: 'o9',
      fareType: 'full',
      fareFen: 4000,
      insuranceFen: 0,
      payMethod: 'cash',
      channel: 'counter',
      seller: HANGZHOU,
      terminal: '001',
      clerk: 'u1',
      shiftId: 's1',
      rules: 'national-1',
      soldAt: NOON,
      bizDate: DAY,
      home: HANGZHOU,
      printSeq: 1,
    };
    const fact = { exchangeId: 'x1', oldTicketNo: '33000090030010000001', newTicket, at: NOON };
    await says(hub, HANGZHOU, 'ticket.exchanged', fact);
    expect([await balance('refundDue:o9'), await balance(`unearned:${trip.tripId}`)]).toEqual([4000, -4000]);
    const { db, t } = hub.store.read;
    expect(await db.select().from(t.alarms).where(eq(t.alarms.subject, newTicket.ticketNo))).toHaveLength(1);
  });
});
