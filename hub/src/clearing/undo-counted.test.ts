import { NOON } from '@lianpiao/shared/testing/builders';
import { expect, it } from 'vitest';
import { accountBalances } from '../ledger/account-balances.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import { aRun, aTicket, freshBooks, HANGZHOU, WAYSIDE } from '../testing/fresh-books.ts';
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
