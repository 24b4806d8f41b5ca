import { cashAccount, pspAccount } from '@lianpiao/shared/domain/journal';
import { fen } from '@lianpiao/shared/domain/money';
import { bookPaymentToReturn, bookPayout, bookShiftClosed } from '@lianpiao/shared/domain/posting';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { HUB } from '../hub.ts';
import type { MoneyHooks, PaymentFact } from '../inventory/money-hooks.ts';
import { isLostTicket, toldTicket } from '../inventory/told-yet.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import { kindOfSeller, knowParty } from './known-parties.ts';
import { headFor } from './open-period.ts';
import { isBooked, postJournal } from './post-journal.ts';
import { paidFrom } from './ticket-accounts.ts';

type CashHooks = Pick<
  MoneyHooks,
  'payoutMade' | 'differenceMoved' | 'shiftClosed' | 'paymentReceived' | 'paymentReturned'
>;

/** Money that comes and goes: payments on line, payouts to passengers, the cash of shifts. `provider` holds what is paid on line. */
export function cashHooks(provider: string): CashHooks {
  return {
    payoutMade: async (tx, fact, { from, now }) => {
      const source = `payout.made:${fact.payoutId}`;
      if (await isBooked(tx, source)) return;
      const orderId = await orderPaidFor(tx, fact, from, now);
      if (from !== HUB) await knowParty(tx, from, kindOfSeller(from));
      const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: null }, now);
      const account = paidFrom(fact, from, provider);
      const payout = { orderId, amountFen: fen(fact.amountFen), paidFrom: account };
      await postJournal(tx, bookPayout(head, payout), now);
    },

    differenceMoved: async (tx, fact, { from, now }) => {
      const source = `difference.moved:${from}/${fact.moveId}`;
      if (await isBooked(tx, source)) return;
      const orderId = await orderPaidFor(tx, fact, from, now);
      await knowParty(tx, from, kindOfSeller(from));
      const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: null }, now);
      const account = cashAccount(from, fact.shiftId);
      const paid = { orderId, amountFen: fen(-fact.amountFen), paidFrom: account };
      await postJournal(tx, bookPayout(head, paid), now);
    },

    shiftClosed: async (tx, fact, { from, now }) => {
      const source = `shift.closed:${from}/${fact.shiftId}`;
      if (await isBooked(tx, source)) return;
      await knowParty(tx, from, 'station');
      const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion: null }, now);
      const counted = { expectedFen: fen(fact.expectedFen), countedFen: fen(fact.countedFen) };
      const shift = { station: from, shift: fact.shiftId, stationParty: from, ...counted };
      await postJournal(tx, bookShiftClosed(head, shift), now);
    },

    paymentReceived: async (tx, payment, { now }) => {
      const source = `payment.received:${payment.paymentId}`;
      if (await isBooked(tx, source)) return;
      const head = await headFor(tx, { source, originOn: payment.bizDate, ruleVersion: null }, now);
      await postJournal(tx, bookPaymentToReturn(head, { ...moneyOf(payment), paidInto: accountOf(payment) }), now);
    },

    paymentReturned: async (tx, payment, { now }) => {
      const source = `payment.returned:${payment.paymentId}`;
      if (await isBooked(tx, source)) return;
      const head = await headFor(tx, { source, originOn: payment.bizDate, ruleVersion: null }, now);
      await postJournal(tx, bookPayout(head, { ...moneyOf(payment), paidFrom: accountOf(payment) }), now);
    },
  };
}

type PaidFor = { readonly ticketNo: string; readonly orderId?: string };

/**
 * The order that money at a counter is for. A station that pays for another home need not know it: the ticket does. Where the
 * hub's own ticket went with its disk, the money stays open on what the station names, before a person.
 */
async function orderPaidFor(tx: HubTx, paid: PaidFor, from: string, now: EpochMs): Promise<string> {
  const { ticketNo, orderId = ticketNo } = paid;
  if (!(await isLostTicket(tx, ticketNo))) return (await toldTicket(tx, ticketNo, from)).orderId;
  await raiseAlarm(tx, 'restore.refund-unknown', ticketNo, orderId, now);
  return orderId;
}

const moneyOf = ({ orderId, amountFen }: PaymentFact) => ({ orderId, amountFen: fen(amountFen) });
const accountOf = ({ provider }: PaymentFact) => pspAccount(provider);
