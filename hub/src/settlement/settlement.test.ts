import { netAccount } from '@lianpiao/shared/domain/journal';
import type { Call } from '@lianpiao/shared/store/call';
import { NOON } from '@lianpiao/shared/testing/builders';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountBalances, balanceOf } from '../ledger/account-balances.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import type { HubTx } from '../store/hub-store.ts';
import { aRun, aTicket, type Books, freshBooks, HANGZHOU } from '../testing/fresh-books.ts';
import { advancePeriods } from './advance-periods.ts';
import { closePeriod } from './close-period.ts';
import { findStatement, listStatements } from './find-statement.ts';
import { makeStatements } from './make-statements.ts';
import { NETTED, partyOf } from './party-movements.ts';
import { findPeriod, listPeriods } from './period-rows.ts';
import { differencesOf, reconcilePeriod } from './reconcile-period.ts';
import { releasePeriod } from './release-period.ts';
import { settleParty } from './settle-party.ts';

const DAY = '20261121';
const HOUR = 3_600_000;
const trip = aRun('K1');
let books: Books;
let keys = 0;

beforeEach(async () => {
  books = await freshBooks();
  await books.publish(trip);
});
afterEach(() => books.end());

function callOf(clerk: string): Call {
  keys += 1;
  const caller = { id: 'console', channel: 'other', terminal: '000', clerk, shiftId: null } as const;
  return { caller, key: `key-${keys}`, bodyHash: `body-${keys}` };
}
const close = (periodId: string, leaveBehind = false) =>
  closePeriod(books.store, callOf('finance-1'), { periodId, leaveBehind }, books.clock.at);

/** A day of business: cash and on-line sales, a refund, a departure, a closed shift. */
async function aDay(): Promise<void> {
  const fact = (ticketNo: string) => ({ ticketNo, tripId: trip.tripId, at: NOON, bizDate: DAY, by: 'u1' });
  const [rode, refunded] = [aTicket(trip), aTicket(trip, { fareFen: 3350 })];
  const online = aTicket(trip, { home: 'hub' });
  for (const ticket of [rode, refunded]) await books.say(HANGZHOU, 'ticket.sold', ticket);
  await books.sellOnline(online);
  const refund = { refundFen: 3115, feeFen: 335, payer: HANGZHOU, reason: null, rules: 'national-1' };
  await books.say(HANGZHOU, 'ticket.refunded', { ...fact(refunded.ticketNo), ...refund });
  const { orderId, ticketNo } = refunded;
  const payout = { payoutId: `p-${ticketNo}`, orderId, ticketNo, amountFen: 3115, method: 'cash' as const, at: 1 };
  await books.say(HANGZHOU, 'payout.made', { ...payout, shiftId: 's1', bizDate: DAY });
  for (const ticket of [rode, online]) {
    await books.say(HANGZHOU, 'ticket.boarded', { ...fact(ticket.ticketNo), printSeq: 1, late: false });
  }
  const departed = { tripId: trip.tripId, stop: 0, at: NOON, bizDate: DAY, boarded: 2, forfeited: 0, vehicle: null };
  await books.say(HANGZHOU, 'trip.departed', departed);
  const shift = { shiftId: 's1', clerk: 'u1', openedAt: 1, closedAt: 2, bizDate: DAY };
  await books.say(HANGZHOU, 'shift.closed', { ...shift, expectedFen: 5435, countedFen: 5435 });
}

async function rowCounts(): Promise<number[]> {
  const { db, t } = books.store.read;
  const counts: number[] = [];
  for (const table of [t.journals, t.postings, t.clearings, t.statements, t.periodJobs, t.periods]) {
    counts.push((await db.select({ count: sql<number>`count(*)` }).from(table))[0]!.count);
  }
  return counts;
}

describe('closing a period', () => {
  it('changes one row and opens the next, once however often it is asked', async () => {
    await aDay();
    const call = callOf('finance-1');
    const first = await closePeriod(books.store, call, { periodId: 'P000001' }, NOON);
    expect(first).toEqual({ ok: true, value: { periodId: 'P000001', closedAt: NOON, nextPeriodId: 'P000002' } });
    expect(await closePeriod(books.store, call, { periodId: 'P000001' }, NOON)).toEqual(first);
    expect((await listPeriods(books.store.read)).map(({ id, state }) => [id, state])).toEqual([
      ['P000002', 'open'],
      ['P000001', 'closed'],
    ]);
    expect(await close('P000001')).toMatchObject({ ok: false, refusal: { code: 'period.not-open', state: 'closed' } });
  });

  it('is refused for an empty period, for one that is not there, and while departed tickets have not cleared', async () => {
    expect(await close('P000001')).toMatchObject({ ok: false, refusal: { code: 'period.empty' } });
    expect(await close('P000009')).toMatchObject({ ok: false, refusal: { code: 'period.unknown' } });
    await aDay();
    const late = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', late);
    await books.say(HANGZHOU, 'ticket.forfeited', { ...late, at: NOON, by: 'gate' });
    expect(await close('P000001')).toMatchObject({ ok: false, refusal: { code: 'period.clearing-behind', stops: 1 } });
    expect(await close('P000001', true)).toMatchObject({ ok: true });
  });

  it('loses no sale that is made at the same time: each lies in one of the two periods, and both balance', async () => {
    await aDay();
    const seller = async () => {
      for (let sold = 0; sold < 30; sold += 1) await books.say(HANGZHOU, 'ticket.sold', aTicket(trip));
    };
    const closer = async () => {
      for (let sold = 0; sold < 5; sold += 1) await books.say(HANGZHOU, 'ticket.sold', aTicket(trip));
      expect(await close('P000001')).toMatchObject({ ok: true });
    };
    await Promise.all([seller(), seller(), seller(), closer()]);
    const { periods, sumFen } = await trialBalance(books.store.read);
    expect(sumFen).toBe(0);
    expect(periods.map(({ periodId, sumFen: fen }) => [periodId, fen])).toEqual([
      ['P000001', 0],
      ['P000002', 0],
    ]);
    const { db, t } = books.store.read;
    const sold = await db.select().from(t.journals).where(eq(t.journals.sourceKind, 'ticket.sold'));
    expect(sold).toHaveLength(3 + 95);
  });

  it('books what comes late in the open period, with the day it happened', async () => {
    await aDay();
    await close('P000001');
    books.clock.at = NOON + 48 * HOUR;
    await books.say(HANGZHOU, 'ticket.sold', aTicket(trip));
    // The day is over and its period closed when the station can speak again.
    await close('P000002', true);
    const late = aTicket(trip);
    await books.say(HANGZHOU, 'ticket.sold', late);
    const { db, t } = books.store.read;
    const [row] = await db.select().from(t.journals).where(eq(t.journals.sourceId, late.ticketNo));
    expect(row).toMatchObject({ periodId: 'P000003', originDate: DAY, bizDate: '20261123' });
    await close('P000003', true);
    await advancePeriods(books.store, books.clock.at);
    const [insurer] = await listStatements(books.store.read, 'P000003');
    expect((await findStatement(books.store.read, insurer!.number))!.statement.lines).toMatchObject([
      { component: 'insurance', bizDate: '20261123', originDate: DAY },
    ]);
  });
});

describe('the jobs of a closed period', () => {
  it('make statements whose totals are the balances of the accounts, and net them', async () => {
    await aDay();
    await close('P000001');
    expect(await advancePeriods(books.store, NOON)).toEqual({ netted: ['P000001'] });
    const { read } = books.store;
    expect((await findPeriod(read, 'P000001'))?.state).toBe('netted');
    const balances = await accountBalances(read, { periodId: 'P000001', kind: 'party', withoutSource: NETTED });
    const listed = await listStatements(read, 'P000001');
    expect(listed.map(({ party, owedFen }) => [party, owedFen])).toEqual(
      balances.map(({ account, balanceFen }) => [partyOf(account), -balanceFen]),
    );
    // The station kept 54.35 in cash; it earned station fees, agency fees and the refund fee.
    const { statement } = (await findStatement(read, listed[0]!.number))!;
    expect(statement.party).toBe(HANGZHOU);
    expect(statement.totals).toEqual([
      { component: 'agencyFee', count: 2, amountFen: 490 + 368 },
      { component: 'cash', count: 1, amountFen: -5435 },
      { component: 'refundFee', count: 1, amountFen: 335 },
      { component: 'stationFee', count: 2, amountFen: 200 },
    ]);
    expect(await accountBalances(read, { kind: 'party' })).toEqual([]);
  });

  it('add no row and give the same digests when they run again', async () => {
    await aDay();
    await close('P000001');
    await advancePeriods(books.store, NOON);
    const before = await rowCounts();
    const first = await makeStatements(books.store, 'P000001', NOON + HOUR);
    expect(await makeStatements(books.store, 'P000001', NOON + 2 * HOUR)).toEqual({ ...first, made: 0 });
    expect(first.made).toBe(0);
    expect(await reconcilePeriod(books.store, 'P000001', NOON + HOUR)).toEqual({ differences: [] });
    await advancePeriods(books.store, NOON + HOUR);
    expect(await rowCounts()).toEqual(before);
  });

  it('go on where a crash left them, after whichever commit it came', async () => {
    await aDay();
    await close('P000001');
    const { store } = books;
    let runs = 0;
    for (let commits = 0; (await findPeriod(store.read, 'P000001'))?.state !== 'netted'; commits += 1) {
      let left = commits;
      const dying = {
        ...store,
        transaction: <Value>(unit: (tx: HubTx) => Promise<Value>): Promise<Value> => {
          left -= 1;
          return left < 0 ? Promise.reject(new Error('killed')) : store.transaction(unit);
        },
      };
      await advancePeriods(dying, NOON + commits).catch(() => undefined);
      runs += 1;
      expect((await trialBalance(store.read)).sumFen).toBe(0);
    }
    expect(runs).toBeGreaterThan(5);
    const listed = await listStatements(store.read, 'P000001');
    expect(listed.map((row) => row.number)).toEqual([1, 2, 3, 4, 5].map((index) => `P000001-000${index}`));
    expect(await makeStatements(store, 'P000001', NOON)).toMatchObject({ statements: 5, made: 0 });
    expect(await accountBalances(store.read, { kind: 'party' })).toEqual([]);
  });

  it('find a break when a statement does not fit the accounts, raise an alarm and net nothing', async () => {
    await aDay();
    await close('P000001');
    const wrong = {
      id: 'P000001-0099',
      periodId: 'P000001',
      party: 'ghost',
      owedFen: 1,
      hash: '',
      body: '',
      madeAt: NOON,
    };
    await books.store.transaction((tx) => tx.db.insert(tx.t.statements).values(wrong));
    expect(await advancePeriods(books.store, NOON)).toEqual({ netted: [] });
    expect((await findPeriod(books.store.read, 'P000001'))?.state).toBe('break');
    expect(await differencesOf(books.store.read, 'P000001')).toEqual([
      { what: 'statement', subject: 'ghost', expectedFen: 0, foundFen: 1 },
    ]);
    const { db, t } = books.store.read;
    expect(await db.select().from(t.alarms)).toMatchObject([{ code: 'period.break', subject: 'P000001' }]);
  });
});

describe('paying a period', () => {
  it('needs two people, and leaves its net account at zero when the bank has confirmed every party', async () => {
    await aDay();
    await close('P000001');
    await advancePeriods(books.store, NOON);
    const { store } = books;
    const step = (clerk: string, what: 'submit' | 'approve' | 'send') =>
      releasePeriod(store, callOf(clerk), { periodId: 'P000001', step: what }, NOON);
    expect(await step('finance-1', 'approve')).toMatchObject({
      refusal: { code: 'period.not-ready', state: 'netted' },
    });
    expect(await step('finance-1', 'submit')).toMatchObject({ ok: true, value: { state: 'pending' } });
    expect(await step('finance-1', 'approve')).toMatchObject({ refusal: { code: 'period.same-person' } });
    expect(await step('finance-2', 'approve')).toMatchObject({ ok: true, value: { state: 'approved' } });
    expect(await step('finance-1', 'send')).toMatchObject({ ok: true, value: { state: 'sent' } });

    const settle = (party: string) =>
      settleParty(store, callOf('finance-1'), { periodId: 'P000001', party, bankRef: `b-${party}` }, NOON);
    const parties = (await listStatements(store.read, 'P000001')).map((row) => row.party);
    for (const party of parties) expect(await settle(party)).toMatchObject({ ok: true });
    expect(await balanceOf(store.read, netAccount('P000001'))).toBe(0);
    expect((await findPeriod(store.read, 'P000001'))?.state).toBe('settled');
    expect(await settle(parties[0]!)).toMatchObject({
      ok: false,
      refusal: { code: 'period.not-ready', state: 'settled' },
    });
    // What is left in the books: money in bank and provider against tickets that have not travelled yet. Here there are none.
    expect((await accountBalances(store.read)).map((row) => row.account)).toEqual(['bank', 'psp:sandbox']);
  });
});
