import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BANK,
  balancesOf,
  cashAccount,
  credit,
  debit,
  type JournalHead,
  journal,
  kindOf,
  partyAccount,
  reverse,
  unearnedAccount,
} from './journal.ts';
import type { ServiceDate } from './service-day.ts';

const HEAD: JournalHead = {
  source: 'ticket.sold/T1',
  bizDate: '20251121' as ServiceDate,
  originDate: '20251121' as ServiceDate,
  ruleVersion: 'national-1',
};
const ACCOUNTS = [BANK, cashAccount('330106001', 's1'), partyAccount('carrier-1'), unearnedAccount('trip-1')];

const anyPostings = fc
  .array(
    fc.tuple(
      fc.constantFrom(...ACCOUNTS),
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.constantFrom(undefined, 'T1', 'T2'),
    ),
    {
      maxLength: 12,
    },
  )
  .map((rows) => {
    const postings = rows.map(([account, amount, ticketNo]) => debit(account, amount, ticketNo));
    return [
      ...postings,
      credit(
        BANK,
        rows.reduce((sum, [, amount]) => sum + amount, 0),
      ),
    ];
  });

describe('a journal', () => {
  it('cannot be made of postings that do not sum to zero', () => {
    expect(() => journal(HEAD, [debit(BANK, 100), credit(partyAccount('p'), 99)])).toThrow('sum to zero');
    expect(() => journal(HEAD, [debit(BANK, 0.5), credit(partyAccount('p'), 0.5)])).toThrow('whole fen');
  });

  it('has one posting per account and ticket, and none of nothing', () => {
    const made = journal(HEAD, [
      debit(BANK, 300),
      credit(unearnedAccount('trip-1'), 100, 'T1'),
      credit(unearnedAccount('trip-1'), 200, 'T2'),
      debit(BANK, 50),
      credit(BANK, 50),
      debit(partyAccount('p'), 0),
    ]);
    expect(made.postings).toEqual([
      { account: 'bank', amountFen: 300 },
      { account: 'unearned:trip-1', ticketNo: 'T1', amountFen: -100 },
      { account: 'unearned:trip-1', ticketNo: 'T2', amountFen: -200 },
    ]);
    expect(made).toMatchObject(HEAD);
  });

  it('always balances, and leaves nothing with its reversal', () => {
    fc.assert(
      fc.property(anyPostings, (postings) => {
        const made = journal(HEAD, postings);
        expect(made.postings.reduce((sum, posting) => sum + posting.amountFen, 0)).toBe(0);
        expect(balancesOf([made, reverse(made, { ...HEAD, source: 'reversal' })]).size).toBe(0);
      }),
    );
  });

  it('names accounts without doubt', () => {
    expect(cashAccount('330106001', '20251121-03')).toBe('cash:330106001:20251121-03');
    expect(kindOf(cashAccount('330106001', 's1'))).toBe('cash');
    expect(kindOf(BANK)).toBe('bank');
    expect(() => partyAccount('a:b')).toThrow('without spaces and colons');
    expect(() => cashAccount('', 's1')).toThrow('without spaces and colons');
  });
});
