import { type ClearedPart, negated, sumOf } from './clear.ts';
import type { PartyId } from './clearing-rules.ts';
import { invariant } from './invariant.ts';
import {
  type Account,
  BANK,
  cashAccount,
  credit,
  debit,
  discrepancyAccount,
  type Journal,
  type JournalHead,
  journal,
  netAccount,
  opposite,
  type Posting,
  partyAccount,
  pspAccount,
  refundDueAccount,
  unearnedAccount,
} from './journal.ts';
import type { Fen } from './money.ts';

/** What the books know of a ticket. */
export type BookedTicket = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly fareFen: Fen;
  readonly insuranceFen: Fen;
};

export type Sale = {
  readonly tickets: readonly BookedTicket[];
  /** Where the money is: `cashAccount` of the shift, `pspAccount`, or `partyAccount` of an outlet that sells on credit. */
  readonly paidInto: Account;
  readonly insurer: PartyId;
};

/** A sale: the fare is unearned until the coach has left, the insurance is the insurer's at once. */
export function bookSale(head: JournalHead, sale: Sale): Journal {
  return journal(head, salePostings(sale));
}

/** 废票: the exact reversal of the sale of these tickets; the money goes back to where it came from. */
export function bookVoid(head: JournalHead, sale: Sale): Journal {
  return journal(head, opposite(salePostings(sale)));
}

/** A payment that buys nothing, because it came twice or too late: all of it is due back to the payer. */
export function bookPaymentToReturn(
  head: JournalHead,
  payment: { readonly orderId: string; readonly amountFen: Fen; readonly paidInto: Account },
): Journal {
  const { orderId, amountFen, paidInto } = payment;
  return journal(head, [debit(paidInto, amountFen), credit(refundDueAccount(orderId), amountFen)]);
}

export type Refund = {
  readonly ticket: BookedTicket;
  readonly orderId: string;
  readonly insurer: PartyId;
  /** The fee, split by the rule (`splitRefundFee`); empty when the refund is free. */
  readonly feeParts: readonly ClearedPart[];
};

/** 退票 of a ticket that has not cleared: the passenger is owed fare and insurance less the fee, the fee is the parties'. */
export function bookRefund(head: JournalHead, refund: Refund): Journal {
  return journal(head, refundPostings(refund));
}

/** A refund after clearing: that ticket's split is taken back and the refund booked, in one journal of the open period. */
export function bookRefundAfterClearing(head: JournalHead, cleared: ClearedTicket, refund: Refund): Journal {
  invariant(cleared.ticketNo === refund.ticket.ticketNo, 'split and refund are of the same ticket', {
    cleared,
    refund,
  });
  return journal(head, [...clearingPostings({ ...cleared, parts: negated(cleared.parts) }), ...refundPostings(refund)]);
}

/** The passenger has the money: out of the paying shift's cash, the provider, or an outlet's account. The payer pays once. */
export function bookPayout(
  head: JournalHead,
  payout: { readonly orderId: string; readonly amountFen: Fen; readonly paidFrom: Account },
): Journal {
  const { orderId, amountFen, paidFrom } = payout;
  return journal(head, [debit(refundDueAccount(orderId), amountFen), credit(paidFrom, amountFen)]);
}

export type Rebooking = {
  readonly from: BookedTicket;
  readonly to: BookedTicket;
  readonly insurer: PartyId;
  readonly feeParts: readonly ClearedPart[];
  /** Where the difference is paid in, or paid out of: cash, provider, outlet, or `refundDueAccount` to pay it later. */
  readonly through: Account;
};

/** 改签: what was unearned on the old ticket is unearned on the new one; the difference and the fee move through one account. */
export function bookRebooking(head: JournalHead, rebooking: Rebooking): Journal {
  const { from, to, insurer, feeParts, through } = rebooking;
  const due = to.fareFen + to.insuranceFen + sumOf(feeParts) - from.fareFen - from.insuranceFen;
  return journal(head, [
    ...heldFor(from, insurer, debit),
    ...heldFor(to, insurer, credit),
    ...partyCredits(feeParts),
    debit(through, due),
  ]);
}

/** 班结: the station keeps the cash and owes it; what was counted less or more stands as its discrepancy. The shift's cash is then zero. */
export function bookShiftClosed(
  head: JournalHead,
  shift: {
    readonly station: string;
    readonly shift: string;
    readonly stationParty: PartyId;
    readonly expectedFen: Fen;
    readonly countedFen: Fen;
  },
): Journal {
  const { station, stationParty, expectedFen, countedFen } = shift;
  return journal(head, [
    debit(partyAccount(stationParty), countedFen),
    debit(discrepancyAccount(station), expectedFen - countedFen),
    credit(cashAccount(station, shift.shift), expectedFen),
  ]);
}

/** One ticket's row of clearing: its split, or the opposite of one that is taken back. */
export type ClearedTicket = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly ruleVersion: string;
  readonly parts: readonly ClearedPart[];
};

/**
 * Clearing of many tickets: one journal per trip and rule version, one posting per party in it. The rows of the tickets
 * are the detail of its `unearned` posting, which names no ticket.
 *
 * The same tickets give the same journals in whatever order they come.
 */
export function foldClearing(head: Omit<JournalHead, 'ruleVersion'>, tickets: readonly ClearedTicket[]): Journal[] {
  const groups = Map.groupBy(tickets, (ticket) => `${ticket.tripId} ${ticket.ruleVersion}`);
  return [...groups.keys()].sort().map((key) => {
    const group = groups.get(key)!;
    const { tripId, ruleVersion } = group[0]!;
    const source = `${head.source}/${tripId}/${ruleVersion}`;
    const folded = journal({ ...head, source, ruleVersion }, group.flatMap(clearingPostings));
    const postings = folded.postings.toSorted((a, b) => (a.account < b.account ? -1 : 1));
    return journal(folded, postings);
  });
}

/** A payment provider keeps its fee from what it holds for us; the platform bears it. */
export function bookProviderFee(
  head: JournalHead,
  fee: { readonly provider: string; readonly platform: PartyId; readonly amountFen: Fen },
): Journal {
  return journal(head, [
    debit(partyAccount(fee.platform), fee.amountFen),
    credit(pspAccount(fee.provider), fee.amountFen),
  ]);
}

/** A payment provider transfers to our bank account. */
export function bookProviderTransfer(
  head: JournalHead,
  transfer: { readonly provider: string; readonly amountFen: Fen },
): Journal {
  return journal(head, [debit(BANK, transfer.amountFen), credit(pspAccount(transfer.provider), transfer.amountFen)]);
}

/** What we owe a party for a period; negative when it owes us. */
export type PartyNet = { readonly party: PartyId; readonly owedFen: Fen };

/** Netting: each party's balance of the period moves to the period's net account. */
export function bookNetting(head: JournalHead, periodId: string, nets: readonly PartyNet[]): Journal {
  return journal(
    head,
    nets.flatMap(({ party, owedFen }) => [debit(partyAccount(party), owedFen), credit(netAccount(periodId), owedFen)]),
  );
}

/** The bank confirms that a net was paid out, or, for a negative one, that a debit note was paid in. */
export function bookSettlement(head: JournalHead, periodId: string, net: PartyNet): Journal {
  return journal(head, [debit(netAccount(periodId), net.owedFen), credit(BANK, net.owedFen)]);
}

function salePostings({ tickets, paidInto, insurer }: Sale): Posting[] {
  const paid = tickets.reduce((sum, ticket) => sum + ticket.fareFen + ticket.insuranceFen, 0);
  return [debit(paidInto, paid), ...tickets.flatMap((ticket) => heldFor(ticket, insurer, credit))];
}

function refundPostings({ ticket, orderId, insurer, feeParts }: Refund): Posting[] {
  const feeFen = sumOf(feeParts);
  invariant(feeFen >= 0 && feeFen <= ticket.fareFen, 'the fee of a refund is not more than the fare', {
    ticketNo: ticket.ticketNo,
    feeFen,
  });
  return [
    ...heldFor(ticket, insurer, debit),
    ...partyCredits(feeParts),
    credit(refundDueAccount(orderId), ticket.fareFen + ticket.insuranceFen - feeFen),
  ];
}

function clearingPostings({ tripId, parts }: ClearedTicket): Posting[] {
  return [debit(unearnedAccount(tripId), sumOf(parts)), ...partyCredits(parts)];
}

/** What the books hold for a passenger who has not travelled: the fare per ticket, the insurance with the insurer. */
function heldFor(ticket: BookedTicket, insurer: PartyId, side: typeof debit | typeof credit): Posting[] {
  const { ticketNo, tripId, fareFen, insuranceFen } = ticket;
  return [side(unearnedAccount(tripId), fareFen, ticketNo), side(partyAccount(insurer), insuranceFen)];
}

function partyCredits(parts: readonly ClearedPart[]): Posting[] {
  return parts.map((part) => credit(partyAccount(part.party), part.amountFen));
}
