import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clear, negated, splitRefundFee, sumOf } from './clear.ts';
import { DEFAULT_CLEARING_RULES } from './clearing-defaults.ts';
import {
  BANK,
  balancesOf,
  cashAccount,
  type Journal,
  type JournalHead,
  netAccount,
  partyAccount,
  pspAccount,
  refundDueAccount,
  unearnedAccount,
} from './journal.ts';
import { type Fen, fen } from './money.ts';
import {
  type BookedTicket,
  bookNetting,
  bookPaymentToReturn,
  bookPayout,
  bookProviderFee,
  bookProviderTransfer,
  bookRebooking,
  bookRefund,
  bookRefundAfterClearing,
  bookSale,
  bookSettlement,
  bookShiftClosed,
  bookVoid,
  type ClearedTicket,
  foldClearing,
} from './posting.ts';
import type { ServiceDate } from './service-day.ts';

const DATE = '20251121' as ServiceDate;
const head = (source: string): JournalHead => ({ source, bizDate: DATE, originDate: DATE, ruleVersion: 'national-1' });
const CASH = cashAccount('330106001', 's1');
const PARTIES = { carrier: 'carrier-1', station: '330106001', seller: 'outlet-1', platform: 'hub' };
const REMOTE = DEFAULT_CLEARING_RULES[1]!;
const TICKET: BookedTicket = { ticketNo: 'T1', tripId: 'trip-1', fareFen: fen(5000), insuranceFen: fen(100) };
const SALE = { tickets: [TICKET], paidInto: CASH, insurer: 'insurer' };

const rowOf = (ticket: BookedTicket): ClearedTicket => ({
  ticketNo: ticket.ticketNo,
  tripId: ticket.tripId,
  ruleVersion: 'national-1',
  parts: clear({ ticketNo: ticket.ticketNo, fareFen: ticket.fareFen, grade: 'I', parties: PARTIES }, REMOTE),
});
const refundOf = (ticket: BookedTicket, feeFen: number) => ({
  ticket,
  orderId: 'o1',
  insurer: 'insurer',
  feeParts: splitRefundFee(fen(feeFen), PARTIES, REMOTE.refundFee),
});
const book = (journals: readonly Journal[]) => Object.fromEntries(balancesOf(journals));

describe('the books', () => {
  it('hold a cash sale as money in the drawer, fare unearned, insurance owed', () => {
    expect(bookSale(head('ticket.sold/T1'), SALE).postings).toEqual([
      { account: 'cash:330106001:s1', amountFen: 5100 },
      { account: 'unearned:trip-1', ticketNo: 'T1', amountFen: -5000 },
      { account: 'party:insurer', amountFen: -100 },
    ]);
  });

  it('hold a sale on line with the provider and an outlet sale as its debt', () => {
    expect(book([bookSale(head('s'), { ...SALE, paidInto: pspAccount('sandbox') })])['psp:sandbox']).toBe(5100);
    expect(book([bookSale(head('s'), { ...SALE, paidInto: partyAccount('outlet-1') })])['party:outlet-1']).toBe(5100);
  });

  it('show nothing after a void', () => {
    expect(book([bookSale(head('s'), SALE), bookVoid(head('v'), SALE)])).toEqual({});
  });

  it('owe the passenger fare and insurance less the fee after a refund, until it is paid out', () => {
    const journals = [bookSale(head('s'), SALE), bookRefund(head('r'), refundOf(TICKET, 500))];
    expect(book(journals)).toEqual({
      'cash:330106001:s1': 5100,
      'refundDue:o1': -4600,
      'party:outlet-1': -250,
      'party:330106001': -250,
    });
    const paid = bookPayout(head('p'), { orderId: 'o1', amountFen: fen(4600), paidFrom: CASH });
    expect(book([...journals, paid])).toEqual({
      'cash:330106001:s1': 500,
      'party:outlet-1': -250,
      'party:330106001': -250,
    });
  });

  it('split the fare when the coach has left, and take exactly that back for a refund after clearing', () => {
    const row = rowOf(TICKET);
    const journals = [bookSale(head('s'), SALE), ...foldClearing(head('c'), [row])];
    expect(book(journals)).toEqual({
      'cash:330106001:s1': 5100,
      'party:insurer': -100,
      'party:330106001': -468,
      'party:outlet-1': -98,
      'party:hub': -24,
      'party:carrier-1': -4410,
    });
    const refund = bookRefundAfterClearing(head('r'), row, refundOf(TICKET, 0));
    expect(book([...journals, refund])).toEqual({ 'cash:330106001:s1': 5100, 'refundDue:o1': -5100 });
  });

  it('fold the clearing of a trip into one posting per party, the same in any order', () => {
    const tickets = Array.from({ length: 12 }, (_, index) => ({
      ...TICKET,
      ticketNo: `T${index}`,
      tripId: `trip-${index % 2}`,
      fareFen: fen(1000 + 37 * index),
    }));
    const rows = tickets.map(rowOf);
    const folded = foldClearing(head('c'), rows);
    expect(folded.map((each) => each.source)).toEqual(['c/trip-0/national-1', 'c/trip-1/national-1']);
    expect(folded.map((each) => each.postings.length)).toEqual([5, 5]);
    expect(folded[0]!.postings.find((posting) => posting.account === 'unearned:trip-0')!.amountFen).toBe(
      6 * 1000 + 37 * (0 + 2 + 4 + 6 + 8 + 10),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(foldClearing(head('c'), shuffled)).toEqual(folded);
      }),
    );
  });

  it('move a rebooked fare to the new ticket and the difference through the drawer', () => {
    const to = { ...TICKET, ticketNo: 'T2', tripId: 'trip-2', fareFen: fen(5800) };
    const rebooking = { from: TICKET, to, insurer: 'insurer', feeParts: [], through: CASH };
    expect(book([bookSale(head('s'), SALE), bookRebooking(head('x'), rebooking)])).toEqual({
      'cash:330106001:s1': 5900,
      'unearned:trip-2': -5800,
      'party:insurer': -100,
    });
  });

  it('empty the drawer at the end of a shift, whatever was counted', () => {
    const close = (counted: number) =>
      book([
        bookSale(head('s'), { ...SALE, insurer: 'i' }),
        bookShiftClosed(head('c'), {
          station: '330106001',
          shift: 's1',
          stationParty: '330106001',
          expectedFen: fen(5100),
          countedFen: fen(counted),
        }),
      ]);
    expect(close(5100)).toMatchObject({ 'party:330106001': 5100 });
    expect(close(5100)).not.toHaveProperty('discrepancy:330106001');
    expect(close(5000)).toMatchObject({ 'party:330106001': 5000, 'discrepancy:330106001': 100 });
    expect(close(5150)).toMatchObject({ 'party:330106001': 5150, 'discrepancy:330106001': -50 });
    for (const counted of [5000, 5100, 5150]) expect(close(counted)).not.toHaveProperty('cash:330106001:s1');
  });

  it('owe a payment that came twice or too late back in full', () => {
    const payment = { orderId: 'o1', amountFen: fen(5100), paidInto: pspAccount('sandbox') };
    const paid = bookPayout(head('p'), { orderId: 'o1', amountFen: fen(5100), paidFrom: pspAccount('sandbox') });
    expect(book([bookPaymentToReturn(head('d'), payment)])['refundDue:o1']).toBe(-5100);
    expect(book([bookPaymentToReturn(head('d'), payment), paid])).toEqual({});
  });

  it('return the net of a period to zero when the bank has paid and been paid', () => {
    const nets = [
      { party: 'carrier-1', owedFen: fen(4410) },
      { party: '330106001', owedFen: fen(-4632) },
    ];
    const settled = [
      bookNetting(head('n'), '2025-47', nets),
      ...nets.map((net) => bookSettlement(head(net.party), '2025-47', net)),
    ];
    expect(balancesOf(settled).get(netAccount('2025-47'))).toBeUndefined();
    expect(balancesOf(settled).get(BANK)).toBe(222);
    expect(balancesOf(settled).get(partyAccount('carrier-1'))).toBe(4410);
  });

  it('carry what a payment provider keeps and transfers', () => {
    const journals = [
      bookSale(head('s'), { ...SALE, paidInto: pspAccount('sandbox') }),
      bookProviderFee(head('f'), { provider: 'sandbox', platform: 'hub', amountFen: fen(31) }),
      bookProviderTransfer(head('t'), { provider: 'sandbox', amountFen: fen(5069) }),
    ];
    expect(book(journals)).toMatchObject({ bank: 5069, 'party:hub': 31 });
    expect(balancesOf(journals).get(pspAccount('sandbox'))).toBeUndefined();
  });
});

type Ending = 'void' | 'refund' | 'clear' | 'clearThenRefund' | 'stay';
type Life = { fare: number; insurance: number; feeShare: number; rebookTo: number | null; ending: Ending };

const anyLife: fc.Arbitrary<Life> = fc.record({
  fare: fc.nat({ max: 30_000 }),
  insurance: fc.nat({ max: 300 }),
  feeShare: fc.nat({ max: 10_000 }),
  rebookTo: fc.option(fc.nat({ max: 30_000 }), { nil: null }),
  ending: fc.constantFrom('void', 'refund', 'clear', 'clearThenRefund', 'stay'),
});

/** Lives one ticket; what is paid and paid out is counted apart from the journals. */
function live(life: Life, index: number) {
  const journals: Journal[] = [];
  const rows: ClearedTicket[] = [];
  const tripId = `trip-${index % 3}`;
  let ticket: BookedTicket = {
    ticketNo: `T${index}`,
    tripId,
    fareFen: life.fare as Fen,
    insuranceFen: life.insurance as Fen,
  };
  const sale = { ...SALE, tickets: [ticket] };
  const source = (event: string) => head(`${event}/${index}`);
  journals.push(bookSale(source('sold'), sale));
  let paid = life.fare + life.insurance;
  let paidOut = 0;

  if (life.ending === 'void') {
    journals.push(bookVoid(source('voided'), sale));
    return { ticket, journals, rows, paid, paidOut: paid, ended: true };
  }
  if (life.rebookTo !== null) {
    const to = { ...ticket, ticketNo: `N${index}`, tripId: `trip-${(index + 1) % 3}`, fareFen: life.rebookTo as Fen };
    journals.push(
      bookRebooking(source('rebooked'), { from: ticket, to, insurer: 'insurer', feeParts: [], through: CASH }),
    );
    paid += Math.max(0, to.fareFen - ticket.fareFen);
    paidOut += Math.max(0, ticket.fareFen - to.fareFen);
    ticket = to;
  }
  const row = rowOf(ticket);
  if (life.ending === 'clear' || life.ending === 'clearThenRefund') {
    journals.push(...foldClearing(source('cleared'), [row]));
    rows.push(row);
  }
  if (life.ending === 'refund' || life.ending === 'clearThenRefund') {
    const refund = { ...refundOf(ticket, Math.floor((ticket.fareFen * life.feeShare) / 10_000)), orderId: `o${index}` };
    if (life.ending === 'refund') journals.push(bookRefund(source('refunded'), refund));
    else {
      journals.push(bookRefundAfterClearing(source('refunded'), row, refund));
      rows.push({ ...row, parts: negated(row.parts) });
    }
    const due = fen(ticket.fareFen + ticket.insuranceFen - sumOf(refund.feeParts));
    journals.push(bookPayout(source('paid'), { orderId: `o${index}`, amountFen: due, paidFrom: CASH }));
    paidOut += due;
  }
  return { ticket, journals, rows, paid, paidOut, ended: life.ending !== 'stay' };
}

describe('the life of tickets in the books', () => {
  it('leaves the sum at zero, nothing unearned on an ended ticket, and no more paid out than was paid in', () => {
    fc.assert(
      fc.property(fc.array(anyLife, { maxLength: 8 }), (lives) => {
        const lived = lives.map(live);
        const journals = lived.flatMap((each) => each.journals);
        const balances = balancesOf(journals);
        expect([...balances.values()].reduce((sum, balance) => sum + balance, 0)).toBe(0);
        expect(balances.get(CASH) ?? 0).toBe(lived.reduce((sum, each) => sum + each.paid - each.paidOut, 0));

        const onTrips = new Map<string, number>();
        for (const { ticket, journals: own, rows, paid, paidOut, ended } of lived) {
          expect(paidOut).toBeLessThanOrEqual(paid);
          const named = own.flatMap((each) => each.postings).filter((posting) => posting.ticketNo !== undefined);
          const unearned = new Map<string, number>();
          for (const { ticketNo, amountFen } of named)
            unearned.set(ticketNo!, (unearned.get(ticketNo!) ?? 0) + amountFen);
          for (const row of rows) unearned.set(row.ticketNo, (unearned.get(row.ticketNo) ?? 0) + sumOf(row.parts));
          for (const [ticketNo, amount] of unearned) {
            expect(amount).toBe(ended || ticketNo !== ticket.ticketNo ? 0 : 0 - ticket.fareFen);
          }
          const waiting = ended ? 0 : ticket.fareFen;
          onTrips.set(ticket.tripId, (onTrips.get(ticket.tripId) ?? 0) - waiting);
        }
        for (const [tripId, amount] of onTrips) expect(balances.get(unearnedAccount(tripId)) ?? 0).toBe(0 + amount);
        for (const index of lives.keys()) expect(balances.get(refundDueAccount(`o${index}`))).toBeUndefined();
      }),
    );
  });
});
