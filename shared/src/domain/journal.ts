import { invariant } from './invariant.ts';
import type { Fen } from './money.ts';
import type { ServiceDate } from './service-day.ts';

/** Name of an account of the ledger: kind, then what it is kept by. */
export type Account = string & { readonly __unit: 'account' };

/** Money in the bank. */
export const BANK = 'bank' as Account;

/** Cash of one shift at one station. */
export const cashAccount = (station: string, shift: string): Account => account('cash', station, shift);
/** Money that a payment provider holds for us. */
export const pspAccount = (provider: string): Account => account('psp', provider);
/** Sold and not yet travelled, per trip; postings name the ticket. A liability. */
export const unearnedAccount = (tripId: string): Account => account('unearned', tripId);
/** Owed to the passenger of an order. A liability. */
export const refundDueAccount = (orderId: string): Account => account('refundDue', orderId);
/** The one net account of a party: credit is what we owe it, debit what it owes us. */
export const partyAccount = (party: string): Account => account('party', party);
/** 长短款: cash that was counted and should not be there, or the other way round. */
export const discrepancyAccount = (station: string): Account => account('discrepancy', station);
/** Nets of a period on their way to the bank; returns to zero. */
export const netAccount = (periodId: string): Account => account('net', periodId);

/** The kind of an account: `cash`, `psp`, `bank`, `unearned`, `refundDue`, `party`, `discrepancy`, `suspense`, `net`. */
export function kindOf(name: Account): string {
  return name.split(':', 1)[0]!;
}

/** Moves an amount on one account: debit is positive, credit negative. */
export type Posting = {
  readonly account: Account;
  readonly ticketNo?: string;
  readonly amountFen: Fen;
};

/** What a journal is about. `source` names the event it books and makes it unique; `originDate` is the day the event happened. */
export type JournalHead = {
  readonly source: string;
  readonly bizDate: ServiceDate;
  readonly originDate: ServiceDate;
  /** Version of the rules that made the amounts; null where none did. */
  readonly ruleVersion: string | null;
};

/** Postings that sum to zero. Only `journal` and `reverse` make one, so unbalanced books cannot be expressed. */
export type Journal = JournalHead & { readonly postings: readonly Posting[] } & { readonly __balanced: true };

/** Makes a journal: postings on the same account and ticket become one, postings of nothing are left out. A sum other than zero is a bug. */
export function journal(head: JournalHead, postings: readonly Posting[]): Journal {
  const merged = new Map<string, Posting>();
  let sum = 0n;
  for (const { account, ticketNo, amountFen } of postings) {
    sum += BigInt(bookFen(amountFen));
    const key = `${account} ${ticketNo ?? ''}`;
    const total = bookFen((merged.get(key)?.amountFen ?? 0) + amountFen);
    merged.set(key, ticketNo === undefined ? { account, amountFen: total } : { account, ticketNo, amountFen: total });
  }
  invariant(sum === 0n, 'the postings of a journal sum to zero', { source: head.source, sum: String(sum), postings });
  const { source, bizDate, originDate, ruleVersion } = head;
  const kept = [...merged.values()].filter((posting) => posting.amountFen !== 0);
  return { source, bizDate, originDate, ruleVersion, postings: kept } as unknown as Journal;
}

/** The exact opposite, as an event of its own: corrections never change a journal that is written. */
export function reverse(original: Journal, head: JournalHead): Journal {
  return journal(head, opposite(original.postings));
}

/** The same postings the other way round. */
export function opposite(postings: readonly Posting[]): Posting[] {
  return postings.map((posting) => ({ ...posting, amountFen: bookFen(-posting.amountFen) }));
}

/** Debit on one account. */
export function debit(account: Account, amountFen: number, ticketNo?: string): Posting {
  return ticketNo === undefined
    ? { account, amountFen: bookFen(amountFen) }
    : { account, ticketNo, amountFen: bookFen(amountFen) };
}

/** Credit on one account: the same as a negative debit. */
export function credit(account: Account, amountFen: number, ticketNo?: string): Posting {
  return debit(account, -amountFen, ticketNo);
}

/** What stands on each account after all these journals; accounts at zero are left out. */
export function balancesOf(journals: readonly Journal[]): Map<Account, number> {
  const balances = new Map<Account, number>();
  for (const { account, amountFen } of journals.flatMap((each) => each.postings)) {
    balances.set(account, (balances.get(account) ?? 0) + amountFen);
  }
  for (const [account, balance] of balances) if (balance === 0) balances.delete(account);
  return balances;
}

/** An amount of the books. A period's sums of a province pass what a single amount at a counter may be. */
function bookFen(amount: number): Fen {
  invariant(Number.isSafeInteger(amount), 'the books are kept in whole fen', { amount });
  return (amount + 0) as Fen;
}

function account(kind: string, ...parts: string[]): Account {
  invariant(
    parts.every((part) => /^[^\s:]+$/.test(part)),
    'an account is named by words without spaces and colons',
    { kind, parts },
  );
  return [kind, ...parts].join(':') as Account;
}
