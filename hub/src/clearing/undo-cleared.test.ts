import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { NOON } from '@lianpiao/shared/testing/builders';
import { expect, it } from 'vitest';
import { accountBalances } from '../ledger/account-balances.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import { aRun, aTicket, freshBooks, HANGZHOU, SHAOXING, WAYSIDE } from '../testing/fresh-books.ts';
import { liveClearing } from './clearing-rows.ts';
import { countAsTravelled } from './count-as-travelled.ts';

const HOUR = 3_600_000;

it('takes the clearing back when a station that was off line says later that it had voided a ticket that counted as travelled', async () => {
  const trip = aRun('K1');
  const books = await freshBooks();
  await books.publish(trip);
  const ticket = aTicket(trip, { from: WAYSIDE });
  const { ticketNo, tripId } = ticket;
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  expect(await countAsTravelled(books.store, 0, NOON + 24 * HOUR)).toMatchObject({ cleared: 1 });

  const fact = { ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'u1', shiftId: 's1' };
  await books.say(HANGZHOU, 'ticket.voided', fact);
  expect(await liveClearing(books.store.read, ticketNo)).toBeUndefined();
  expect(await accountBalances(books.store.read, { kind: 'party' })).toEqual([]);
  expect(await accountBalances(books.store.read, { kind: 'unearned' })).toEqual([]);
  expect(await trialBalance(books.store.read)).toMatchObject({ sumFen: 0, unsettledTickets: [] });
  expect(await countAsTravelled(books.store, 0, NOON + 24 * HOUR)).toMatchObject({ cleared: 0 });
  await books.end();
});

it('takes the clearing of a missed coach back when the home, off line until then, had ended the ticket before its gate closed', async () => {
  const trip = aRun('K1');
  const books = await freshBooks();
  await books.publish(trip);
  const ticket = aTicket(trip, { from: 1 });
  const { ticketNo, tripId } = ticket;
  const bizDate = '20261121';
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  await books.say(SHAOXING, 'ticket.forfeited', { ticketNo, tripId, at: NOON, bizDate, by: 'u2' });
  const left = { tripId, stop: 1, at: NOON, bizDate, vehicle: null, boarded: 0, forfeited: 1 };
  await books.say(SHAOXING, 'trip.departed', left);
  expect(await liveClearing(books.store.read, ticketNo)).toMatchObject({ kind: 'noShow' });

  await books.say(HANGZHOU, 'ticket.collected', { ticketNo, tripId, at: NOON, bizDate, by: 'u1', printSeq: 2 });
  await books.say(HANGZHOU, 'ticket.voided', { ticketNo, tripId, at: NOON, bizDate, by: 'u1', shiftId: 's1' });
  expect(await findTicket(books.store.read, ticketNo)).toMatchObject({ state: 'voided', printSeq: 2 });
  expect(await liveClearing(books.store.read, ticketNo)).toBeUndefined();
  expect(await accountBalances(books.store.read, { kind: 'party' })).toEqual([]);
  expect(await trialBalance(books.store.read)).toMatchObject({ sumFen: 0, unsettledTickets: [] });
  await books.end();
});

it('calls people, and has the gate answer for the fare, when the passenger of a ticket that had ended has travelled', async () => {
  const trip = aRun('K1');
  const books = await freshBooks();
  await books.publish(trip);
  const ticket = aTicket(trip, { from: 1 });
  const { ticketNo, tripId } = ticket;
  const bizDate = '20261121';
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  await books.say(SHAOXING, 'ticket.boarded', {
    ticketNo,
    tripId,
    at: NOON,
    bizDate,
    by: 'u2',
    printSeq: 1,
    late: false,
  });
  const left = { tripId, stop: 1, at: NOON, bizDate, vehicle: null, boarded: 1, forfeited: 0 };
  await books.say(SHAOXING, 'trip.departed', left);

  await books.say(HANGZHOU, 'ticket.voided', { ticketNo, tripId, at: NOON, bizDate, by: 'u1', shiftId: 's1' });
  expect(await findTicket(books.store.read, ticketNo)).toMatchObject({ state: 'voided' });
  const { db, t } = books.store.read;
  expect(await db.select({ code: t.alarms.code }).from(t.alarms)).toEqual([{ code: 'ticket.boarded-after-end' }]);
  expect(await trialBalance(books.store.read)).toMatchObject({ sumFen: 0, unsettledTickets: [] });
  expect(await accountBalances(books.store.read, { kind: 'discrepancy' })).toMatchObject([{ balanceFen: 5000 }]);
  await books.end();
});
