import { DEFAULT_CLEARING_RULES } from '@lianpiao/shared/domain/clearing-defaults';
import { NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { accountBalances, balanceOf } from '../ledger/account-balances.ts';
import { aRun, aTicket, type Books, freshBooks, HANGZHOU, SHAOXING, WAYSIDE } from '../testing/fresh-books.ts';
import { clearDeparted } from './clear-departed.ts';
import { clearingsOf, liveClearing } from './clearing-rows.ts';
import { countAsTravelled } from './count-as-travelled.ts';

const DAY = '20261121';
const HOUR = 3_600_000;
const trip = aRun('K1');
let books: Books;

beforeEach(async () => {
  books = await freshBooks();
  await books.publish(trip);
});
afterEach(() => books.end());

const fact = (ticketNo: string) => ({ ticketNo, tripId: trip.tripId, at: NOON, bizDate: DAY, by: 'gate' });
const departed = { tripId: trip.tripId, stop: 0, at: NOON, bizDate: DAY, boarded: 0, forfeited: 0, vehicle: null };
const account = (party: string) => `party:${party}` as Parameters<typeof balanceOf>[1];

async function boarded(count: number): Promise<string[]> {
  const numbers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const ticket = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', ticket);
    await books.say(HANGZHOU, 'ticket.boarded', { ...fact(ticket.ticketNo), printSeq: 1, late: false });
    numbers.push(ticket.ticketNo);
  }
  return numbers;
}

it('clears a departure in one journal: a row for each ticket, one posting for each party', async () => {
  const numbers = await boarded(3);
  await books.say(HANGZHOU, 'trip.departed', departed);
  const { db, t } = books.store.read;
  const [journal, ...more] = await db.select().from(t.journals).where(eq(t.journals.sourceKind, 'trip.cleared'));
  expect(more).toEqual([]);
  const lines = await db.select().from(t.postings).where(eq(t.postings.journal, journal!.seq));
  // Station fee 1 yuan and 10 % of the rest for a station of grade I; 49 yuan less 4.90 for the carrier, each three times.
  expect(Object.fromEntries(lines.map((line) => [line.account, line.amountFen]))).toEqual({
    [`unearned:${trip.tripId}`]: 15_000,
    [`party:${HANGZHOU}`]: -1770,
    'party:zj-hz-changyun': -13_230,
  });
  const split = { journal: journal!.seq, kind: 'travelled', stop: 0, amountFen: 5000, ruleId: 'own-sale' };
  const rows = await db.select().from(t.clearings).orderBy(t.clearings.ticketNo);
  expect(rows).toMatchObject(numbers.map((ticketNo) => ({ ticketNo, ...split })));
});

it('takes the rule of the sale, not of the departure', async () => {
  const [ticketNo] = await boarded(1);
  const later = { ...DEFAULT_CLEARING_RULES[0]!, version: 'national-2', validFrom: NOON + 1, priority: 20, fixed: [] };
  await books.store.transaction(async (tx) => {
    const { id, version, validFrom, validTo } = later;
    const row = { id, version, validFrom, validTo, state: 'active', body: JSON.stringify(later) };
    await tx.db.insert(tx.t.clearingRules).values(row);
  });
  books.clock.at = NOON + HOUR;
  await books.say(HANGZHOU, 'trip.departed', { ...departed, at: NOON + HOUR });
  expect(await liveClearing(books.store.read, ticketNo!)).toMatchObject({ ruleVersion: 'national-1' });
});

it('leaves a ticket without exactly one rule unearned, raises an alarm, and clears it once there is one', async () => {
  const [ticketNo] = await boarded(1);
  const rival = { ...DEFAULT_CLEARING_RULES[0]!, id: 'rival' };
  await books.store.transaction(async (tx) => {
    const { id, version, validFrom, validTo } = rival;
    const row = { id, version, validFrom, validTo, state: 'active', body: JSON.stringify(rival) };
    await tx.db.insert(tx.t.clearingRules).values(row);
  });
  await books.say(HANGZHOU, 'trip.departed', departed);
  const { db, t } = books.store.read;
  expect(await db.select().from(t.alarms)).toMatchObject([{ code: 'clearing.ambiguous', subject: ticketNo }]);
  expect(await accountBalances(books.store.read, { kind: 'unearned' })).toHaveLength(1);

  await books.store.transaction((tx) => tx.db.delete(tx.t.clearingRules).where(eq(tx.t.clearingRules.id, 'rival')));
  expect(await clearDeparted(books.store, 0, NOON)).toMatchObject({ cleared: 1, unclear: [] });
  expect(await accountBalances(books.store.read, { kind: 'unearned' })).toEqual([]);
});

it('counts tickets of a stop without an agent as travelled an hour after its time, not before and only once', async () => {
  const ticket = aTicket(trip, { from: WAYSIDE });
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  // The coach leaves the wayside stop at 20:00.
  const leaves = NOON + 8 * HOUR;
  expect(await countAsTravelled(books.store, 0, leaves + HOUR - 1)).toMatchObject({ cleared: 0 });
  expect(await countAsTravelled(books.store, 0, leaves + HOUR)).toMatchObject({ cleared: 1 });
  expect(await countAsTravelled(books.store, 0, leaves + HOUR)).toMatchObject({ cleared: 0 });
  // The stop is no station: its part is the origin's.
  expect(await liveClearing(books.store.read, ticket.ticketNo)).toMatchObject({ kind: 'travelled', stop: WAYSIDE });
  expect(await balanceOf(books.store.read, account(HANGZHOU))).toBeLessThan(0);
});

it('does not count a suspended trip as travelled', async () => {
  await books.say(HANGZHOU, 'ticket.sold', aTicket(trip, { from: WAYSIDE }));
  await books.say(HANGZHOU, 'trip.suspended', { tripId: trip.tripId, at: NOON, reason: '大雾' });
  expect(await countAsTravelled(books.store, 0, NOON + 48 * HOUR)).toMatchObject({ cleared: 0 });
});

it('makes the boarding station answer for a ticket that rode after it was refunded, until the boarding is undone', async () => {
  const ticket = aTicket(trip, { from: 1, home: HANGZHOU });
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  const refund = { refundFen: 5100, feeFen: 0, payer: HANGZHOU, reason: null, rules: 'national-1' };
  await books.say(HANGZHOU, 'ticket.refunded', { ...fact(ticket.ticketNo), ...refund });
  await books.say(SHAOXING, 'ticket.boarded', { ...fact(ticket.ticketNo), printSeq: 1, late: false });
  const answering = `discrepancy:${SHAOXING}` as Parameters<typeof balanceOf>[1];
  expect(await balanceOf(books.store.read, answering)).toBe(5000);
  expect(await accountBalances(books.store.read, { kind: 'unearned' })).toEqual([]);

  await books.say(SHAOXING, 'ticket.unboarded', fact(ticket.ticketNo));
  expect(await balanceOf(books.store.read, answering)).toBe(0);
  expect((await clearingsOf(books.store.read, ticket.ticketNo)).map((row) => row.kind).sort()).toEqual([
    'rodeEnded',
    'undoRodeEnded',
  ]);
});
