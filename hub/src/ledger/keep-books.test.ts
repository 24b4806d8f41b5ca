import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRun, aTicket, type Books, freshBooks, HANGZHOU, SHAOXING } from '../testing/fresh-books.ts';
import { accountBalances } from './account-balances.ts';
import { checkChain } from './check-chain.ts';
import { trialBalance } from './trial-balance.ts';

const DAY = '20261121';
let books: Books;
const trip = aRun('K1');
const other = aRun('K2', 20 * 60);

beforeAll(async () => {
  books = await freshBooks();
  await books.publish(trip);
  await books.publish(other);
});
afterAll(() => books.end());

const moved = (ticketNo: string) => ({ ticketNo, tripId: trip.tripId, at: books.clock.at, bizDate: DAY, by: 'u1' });

/** What changed on the accounts while `act` ran, debit positive. */
async function changes(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = new Map((await accountBalances(books.store.read)).map((row) => [row.account, row.balanceFen]));
  await act();
  const after = new Map((await accountBalances(books.store.read)).map((row) => [row.account, row.balanceFen]));
  const moves = [...new Set([...before.keys(), ...after.keys()])].map(
    (account) => [account, (after.get(account) ?? 0) - (before.get(account) ?? 0)] as const,
  );
  return Object.fromEntries(moves.filter(([, fen]) => fen !== 0));
}

const UNEARNED = `unearned:${trip.tripId}`;
const DRAWER = `cash:${HANGZHOU}:s1`;

describe('the books of the hub', () => {
  it('hold a cash sale as money in the drawer, and void it exactly', async () => {
    const ticket = aTicket(trip);
    expect(await changes(() => books.say(HANGZHOU, 'ticket.sold', ticket))).toEqual({
      [DRAWER]: 5100,
      [UNEARNED]: -5000,
      'party:insurer-1': -100,
    });
    const void_ = { ...moved(ticket.ticketNo), shiftId: 's1' };
    expect(await changes(() => books.say(HANGZHOU, 'ticket.voided', void_))).toEqual({
      [DRAWER]: -5100,
      [UNEARNED]: 5000,
      'party:insurer-1': 100,
    });
  });

  it('hold an on-line sale at the payment provider, and a refund of it until the provider has paid it back', async () => {
    const ticket = aTicket(trip, { home: 'hub' });
    expect(await changes(() => books.sellOnline(ticket))).toEqual({
      'psp:sandbox': 5100,
      [UNEARNED]: -5000,
      'party:insurer-1': -100,
    });
    const refund = { ...moved(ticket.ticketNo), refundFen: 4600, feeFen: 500, payer: 'hub', reason: null, rules: 'x' };
    const hub = { from: 'hub', now: books.clock.at };
    expect(await changes(() => books.store.transaction((tx) => books.money.ticketRefunded(tx, refund, hub)))).toEqual({
      [UNEARNED]: 5000,
      'party:insurer-1': 100,
      [`refundDue:${ticket.orderId}`]: -4600,
      'party:web-demo': -250,
      [`party:${HANGZHOU}`]: -250,
    });
    const { orderId, ticketNo } = ticket;
    const payout = { payoutId: 'r1', orderId, ticketNo, amountFen: 4600, shiftId: null, at: 1, bizDate: DAY };
    const paid = { ...payout, method: 'psp' as const };
    expect(await changes(() => books.store.transaction((tx) => books.money.payoutMade(tx, paid, hub)))).toEqual({
      [`refundDue:${orderId}`]: 4600,
      'psp:sandbox': -4600,
    });
  });

  it('owe a late or double payment to its payer until it went back', async () => {
    const hub = { from: 'hub', now: books.clock.at };
    const late = { paymentId: 'late', orderId: 'o-late', provider: 'sandbox', amountFen: 5100, at: 1, bizDate: DAY };
    expect(await changes(() => books.store.transaction((tx) => books.money.paymentReceived(tx, late, hub)))).toEqual({
      'psp:sandbox': 5100,
      'refundDue:o-late': -5100,
    });
    expect(await changes(() => books.store.transaction((tx) => books.money.paymentReturned(tx, late, hub)))).toEqual({
      'psp:sandbox': -5100,
      'refundDue:o-late': 5100,
    });
  });

  it('take a refund that another station paid from the drawer of that station', async () => {
    const ticket = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', ticket);
    const { ticketNo } = ticket;
    const wish = { refundFen: 4600, feeFen: 500, payer: SHAOXING, reason: null, rules: 'national-1' };
    await books.say(HANGZHOU, 'ticket.refunded', { ...moved(ticketNo), ...wish });
    const payout = { payoutId: 'p-sx', orderId: ticketNo, ticketNo, amountFen: 4600, method: 'cash' as const };
    expect(
      await changes(() => books.say(SHAOXING, 'payout.made', { ...payout, shiftId: 'sx', at: 1, bizDate: DAY })),
    ).toEqual({ [`refundDue:${ticket.orderId}`]: 4600, [`cash:${SHAOXING}:sx`]: -4600 });
  });

  it('move a rebooked fare to the new trip, and the difference through the drawer', async () => {
    const ticket = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', ticket);
    const newTicket = aTicket(other, { fareFen: 6200, orderId: ticket.orderId });
    expect(
      await changes(() =>
        books.say(HANGZHOU, 'ticket.rebooked', { ...moved(ticket.ticketNo), newTicket, differenceFen: 1200 }),
      ),
    ).toEqual({ [UNEARNED]: 5000, [`unearned:${other.tripId}`]: -6200, [DRAWER]: 1200 });
  });

  it('leave nothing in the drawer of a closed shift: the station owes what was counted, the rest is its discrepancy', async () => {
    const ticket = aTicket(trip, { shiftId: 's9' });
    await books.say(HANGZHOU, 'ticket.sold', ticket);
    const shift = { shiftId: 's9', clerk: 'u1', openedAt: 1, closedAt: 2, bizDate: DAY };
    expect(
      await changes(() => books.say(HANGZHOU, 'shift.closed', { ...shift, expectedFen: 5100, countedFen: 5080 })),
    ).toEqual({ [`cash:${HANGZHOU}:s9`]: -5100, [`party:${HANGZHOU}`]: 5080, [`discrepancy:${HANGZHOU}`]: 20 });
  });

  it('park a refund whose amounts contradict the ticket, and change nothing', async () => {
    const ticket = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', ticket);
    const wrong = { refundFen: 4700, feeFen: 500, payer: HANGZHOU, reason: null, rules: 'national-1' };
    expect(
      await changes(() =>
        expect(books.say(HANGZHOU, 'ticket.refunded', { ...moved(ticket.ticketNo), ...wrong })).rejects.toMatchObject({
          code: 'ledger.refund-does-not-add-up',
        }),
      ),
    ).toEqual({});
  });

  it('clear, refund and void the tickets of a merged trip from the account where they were sold', async () => {
    const [into, joined] = [aRun('K3', 15 * 60), aRun('K4', 16 * 60)];
    for (const each of [into, joined]) await books.publish(each);
    const legs = 2 ** (into.stops.length - 1) - 1;
    const [rides, refunded, voided] = ['01', '02', '03'].map((seat) => aTicket(joined, { seat, legs })) as [
      TicketBody,
      TicketBody,
      TicketBody,
    ];
    const own = aTicket(into, { seat: '01', legs });
    for (const ticket of [refunded, voided, rides, own]) await books.say(HANGZHOU, 'ticket.sold', ticket);
    await books.say(HANGZHOU, 'trip.reseated', {
      tripId: into.tripId,
      epoch: 2,
      seats: [...into.seats],
      moves: [{ seat: '01', legs, to: '01' }],
      joined: {
        tripId: joined.tripId,
        epoch: 1,
        stops: [0, 1, 2, 3],
        moves: ['01', '02', '03'].map((seat) => ({ seat, legs, to: `1${seat.at(-1)}` })),
      },
      reason: 'merged',
      at: books.clock.at,
    });
    const on = (ticket: TicketBody) => ({ ...moved(ticket.ticketNo), tripId: into.tripId });
    const refund = { refundFen: 5100, feeFen: 0, payer: HANGZHOU, reason: null, rules: 'national-1' };
    const left = { tripId: into.tripId, stop: 0, at: books.clock.at, bizDate: DAY, boarded: 2, forfeited: 0 };
    const changed = await changes(async () => {
      await books.say(HANGZHOU, 'ticket.refunded', { ...on(refunded), ...refund });
      await books.say(HANGZHOU, 'ticket.voided', { ...on(voided), shiftId: 's1' });
      for (const ticket of [rides, own])
        await books.say(HANGZHOU, 'ticket.boarded', { ...on(ticket), printSeq: 1, late: false });
      await books.say(HANGZHOU, 'trip.departed', { ...left, vehicle: null });
    });
    expect(changed).toMatchObject({
      [`unearned:${joined.tripId}`]: rides.fareFen + refunded.fareFen + voided.fareFen,
      [`unearned:${into.tripId}`]: own.fareFen,
    });
  });

  it('book a fact that comes again once', async () => {
    const ticket = aTicket(trip, { home: 'hub' });
    await books.sellOnline(ticket);
    const origin = { from: 'hub', now: books.clock.at };
    expect(await changes(() => books.store.transaction((tx) => books.money.ticketSold(tx, ticket, origin)))).toEqual(
      {},
    );
  });

  it('balance as a whole and per period, with a chain that fits', async () => {
    const balance = await trialBalance(books.store.read);
    expect(balance).toMatchObject({ sumFen: 0, periods: [{ periodId: 'P000001', sumFen: 0 }], unsettledTickets: [] });
    expect(await checkChain(books.store.read)).toMatchObject({
      brokenAt: null,
      journals: balance.periods[0]!.journals,
    });
  });

  it('refuse every change of what is written', async () => {
    const { journals, postings, clearings } = books.store.read.t;
    for (const table of [journals, postings, clearings]) {
      await expect(books.store.transaction((tx) => tx.db.delete(table))).rejects.toThrow();
    }
    await expect(books.store.transaction((tx) => tx.db.update(postings).set({ amountFen: 0 }))).rejects.toThrow();
    await expect(books.store.transaction((tx) => tx.db.update(journals).set({ at: 0 }))).rejects.toThrow();
    const posting = { journal: 1, line: 99, account: 'bank', ticketNo: null, amountFen: 1 };
    await expect(books.store.transaction((tx) => tx.db.insert(postings).values(posting))).rejects.toThrow();
  });

  it('show where somebody changed them behind the triggers', async () => {
    const { store } = books;
    await store.transaction(async (tx) => {
      await tx.db.run(sql`drop trigger postings_stay`);
      await tx.db.run(sql`update postings set account = 'party:thief' where journal = 1 and account like 'party:%'`);
    });
    expect(await checkChain(store.read)).toMatchObject({ brokenAt: 1 });
  });
});
