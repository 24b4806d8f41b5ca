import { negated } from '@lianpiao/shared/domain/clear';
import { refundDueAccount, reverse } from '@lianpiao/shared/domain/journal';
import { type Fen, fen } from '@lianpiao/shared/domain/money';
import { bookRebooking, bookRefund, bookRefundAfterClearing, bookSale } from '@lianpiao/shared/domain/posting';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { insertClearing, liveClearing } from '../clearing/clearing-rows.ts';
import { knowParties, partiesOf, splitFee } from '../clearing/split-ticket.ts';
import { CannotApply } from '../inventory/cannot-apply.ts';
import type { MoneyHooks } from '../inventory/money-hooks.ts';
import type { HubTx } from '../store/hub-store.ts';
import { INSURER, kindOfSeller, knowParty } from './known-parties.ts';
import { headFor } from './open-period.ts';
import { isBooked, journalOf, postJournal } from './post-journal.ts';
import { readJournal } from './read-journal.ts';
import { bookedTicket, differenceThrough, knownTicket, knownTrip, newlyBooked, paidInto } from './ticket-accounts.ts';

type TicketHooks = Pick<MoneyHooks, 'ticketSold' | 'ticketVoided' | 'ticketRefunded' | 'ticketRebooked'>;

/** 售票, 废票, 退票 and 改签 in the books: what was paid is unearned until the coach has left, or goes back. */
export const TICKET_HOOKS: TicketHooks = {
  ticketSold: async (tx, ticket, { now }) => {
    const source = `ticket.sold:${ticket.ticketNo}`;
    if (await isBooked(tx, source)) return;
    await knowParty(tx, ticket.seller, kindOfSeller(ticket.seller));
    const head = await headFor(tx, { source, originOn: ticket.bizDate, ruleVersion: null }, now);
    const sale = { tickets: [newlyBooked(ticket)], paidInto: paidInto(ticket), insurer: INSURER };
    await postJournal(tx, bookSale(head, sale), now);
  },

  ticketVoided: async (tx, fact, { now }) => {
    const source = `ticket.voided:${fact.ticketNo}`;
    if (await isBooked(tx, source)) return;
    const sold = await journalOf(tx, `ticket.sold:${fact.ticketNo}`);
    // A rebooked ticket was never sold by itself and cannot be voided.
    if (sold === undefined) throw new CannotApply('ledger.sale-not-booked', { ticketNo: fact.ticketNo });
    const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: null }, now);
    await postJournal(tx, reverse(await readJournal(tx, sold), head), now);
  },

  ticketRefunded: async (tx, fact, { now }) => {
    const { ticketNo, refundFen, feeFen } = fact;
    const source = `ticket.refunded:${ticketNo}`;
    if (await isBooked(tx, source)) return;
    const row = await knownTicket(tx, ticketNo);
    const ticket = await bookedTicket(tx, row);
    if (refundFen + feeFen !== ticket.fareFen + ticket.insuranceFen || feeFen > ticket.fareFen) {
      throw new CannotApply('ledger.refund-does-not-add-up', { ticketNo, refundFen, feeFen });
    }
    const fee = await feeOf(tx, row, fen(feeFen));
    const refund = { ticket, orderId: row.orderId, insurer: INSURER, feeParts: fee?.parts ?? [] };
    const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: fee?.ruleVersion ?? null }, now);
    const live = await liveClearing(tx, ticketNo);
    const cleared = live && { ...live, tripId: ticket.tripId };
    const { seq } = await postJournal(
      tx,
      cleared ? bookRefundAfterClearing(head, cleared, refund) : bookRefund(head, refund),
      now,
    );
    if (fee) await insertClearing(tx, fee, seq);
    if (!live) return;
    const undo = live.kind === 'travelled' ? ('undoTravelled' as const) : ('undoNoShow' as const);
    await insertClearing(tx, { ...live, kind: undo, parts: negated(live.parts) }, seq);
  },

  ticketRebooked: async (tx, fact, { now }) => {
    const { ticketNo, newTicket, differenceFen } = fact;
    const source = `ticket.rebooked:${ticketNo}`;
    if (await isBooked(tx, source)) return;
    const row = await knownTicket(tx, ticketNo);
    const [from, to] = [await bookedTicket(tx, row), newlyBooked(newTicket)];
    const feeFen = differenceFen - (to.fareFen + to.insuranceFen - from.fareFen - from.insuranceFen);
    if (feeFen < 0) throw new CannotApply('ledger.difference-does-not-add-up', { ticketNo, differenceFen });
    const fee = await feeOf(tx, row, fen(feeFen));
    await knowParty(tx, newTicket.seller, kindOfSeller(newTicket.seller));
    const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: fee?.ruleVersion ?? null }, now);
    const through = fact.exchangeId === undefined ? differenceThrough(newTicket) : refundDueAccount(row.orderId);
    const rebooking = { from, to, insurer: INSURER, feeParts: fee?.parts ?? [], through };
    const { seq } = await postJournal(tx, bookRebooking(head, rebooking), now);
    if (fee) await insertClearing(tx, fee, seq);
  },
};

/** The split of a fee as a row of clearing; undefined where there is no fee. */
async function feeOf(tx: HubTx, ticket: TicketRow, feeFen: Fen) {
  if (feeFen === 0) return undefined;
  const { ticketNo, tripId, fromStop: stop } = ticket;
  const trip = await knownTrip(tx, tripId);
  const split = await splitFee(tx, trip, ticket, feeFen);
  if (!split.ok) throw new CannotApply(split.refusal.code, { ticketNo });
  await knowParties(tx, partiesOf(trip, ticket));
  return { ticketNo, kind: 'refundFee' as const, tripId, stop, ...split.value };
}
