import { setTimeout as wait } from 'node:timers/promises';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { mayConfirmRefund } from '@lianpiao/shared/domain/refund-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { Refunded } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { HUB, type Hub } from '../hub.ts';
import { awaitedFor } from '../restore/restore-waits.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import { findDue, findQuote, insertDue, payDue } from './due-rows.ts';
import { freeHubSeat } from './free-hub-seat.ts';
import { takenPayment } from './payment-rows.ts';
import { paysCash, settleDue } from './settle-dues.ts';
import { ticketAtHub } from './ticket-at-hub.ts';

const REFUNDABLE: readonly TicketState[] = ['sold', 'collected', 'forfeited', 'departed'];

/** A clerk with the passenger in front waits that long for the boarding station's word, in ms, looking that often. */
const ACK_WAIT_MS = 1000;
const ACK_LOOK_MS = 25;

/** `payer` is the station whose drawer pays, or `original` for the payment that bought the ticket. */
export type RefundWish = { readonly ticketNo: string; readonly quoteId: string; readonly payer: string };

/**
 * 退票 of a ticket whose home is the hub: ends it by a quote and tells the boarding station. The seat stays claimed and no
 * money goes out until that station's gate has said that nobody rides on it.
 *
 * A station that pays cash gets `paid` for one idempotency key only, or `pending`; asked again with the same quote, it gets
 * `paid` once the boarding station has spoken.
 */
export async function refundTicket(
  hub: Hub,
  call: Call,
  wish: RefundWish,
  now: EpochMs,
): Promise<Outcome<Refunded, { readonly code: string }>> {
  const payer = paysCash(wish.payer) ? wish.payer : hub.provider.name;
  const ended = await answerOnce(hub.store, call, 'refund', now, (tx: HubTx) =>
    endTicket(hub, tx, call, { ...wish, payer }, now),
  );
  if (!ended.ok) return ended;
  const { ticketNo, refundFen, feeFen } = ended.value;
  if (!paysCash(payer)) return done({ ticketNo, refundFen, feeFen, payout: 'original' });
  for (let waited = 0; ; waited += ACK_LOOK_MS) {
    const paid = await takeDue(hub, call, ticketNo, now);
    if (!paid.ok) return paid;
    if (paid.value === 'paid' || waited >= ACK_WAIT_MS)
      return done({ ticketNo, refundFen, feeFen, payout: paid.value });
    await wait(ACK_LOOK_MS);
  }
}

/** What ending a ticket decided, whoever pays and whenever. */
export type EndedTicket = { readonly ticketNo: string; readonly refundFen: number; readonly feeFen: number };

async function endTicket(hub: Hub, tx: HubTx, call: Call, { ticketNo, quoteId, payer }: RefundWish, now: EpochMs) {
  const stopped = await whyHubNotSell(tx);
  if (stopped) return stopped;
  const found = await ticketAtHub(tx, ticketNo);
  if (!found.ok) return found;
  const { ticket, trip } = found.value;
  // It may have been refunded in the part of the database that is lost.
  if ((await awaitedFor(tx, trip.tripId)).length > 0) return refuse({ code: 'hub.restoring', tripId: trip.tripId });
  // The payment of a ticket that came back after a restore is read later.
  if (!paysCash(payer) && !(await takenPayment(tx, ticket.orderId)))
    return refuse({ code: 'hub.restoring', tripId: trip.tripId });
  const promised = await findDue(tx, ticketNo);
  if (promised && promised.quoteId === quoteId && promised.payer === payer) {
    return done({ ticketNo, refundFen: promised.amountFen, feeFen: promised.feeFen });
  }
  const quote = await findQuote(tx, quoteId);
  if (!quote || quote.ticketNo !== ticketNo) return refuse({ code: 'refund.unknown-quote', quoteId });
  const late = mayConfirmRefund(quote, now);
  if (late) return refuse(late);
  const { refundFen, feeFen, reason } = quote;
  const state = ticket.state as TicketState;
  if (!(await moveTicket(tx, ticketNo, REFUNDABLE, 'refunded', { endedAt: now }))) {
    return refuse({ code: 'ticket.ended', ticketNo, state });
  }

  const bizDate = serviceDateOf(now, trip.zone);
  const by = call.caller.clerk ?? call.caller.id;
  const moved = { ticketNo, tripId: ticket.tripId, at: now, bizDate, by };
  const gate = await freeHubSeat(tx, { ticket, trip, freed: { ...moved, state: 'refunded' } }, now);
  const due = { ticketNo, orderId: ticket.orderId, quoteId, payer, amountFen: refundFen, feeFen, ...gate };
  await insertDue(tx, { ...due, createdAt: now });
  const fact = { ...moved, refundFen, feeFen, payer, reason, rules: ticket.rules };
  await hub.money.ticketRefunded(tx, fact, { from: HUB, now });
  await audit(tx, call.caller, 'ticket.refunded', ticketNo, now, `${refundFen} ${feeFen} ${reason ?? ''}`.trim());
  return done({ ticketNo, refundFen, feeFen });
}

/** Gives a due to the station that pays it, once: the same key gets the same word, another one hears that it is paid. */
function takeDue(hub: Hub, { key }: Call, ticketNo: string, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const due = await findDue(tx, ticketNo);
    if (due!.state === 'contested') return refuse({ code: 'refund.contested', ticketNo });
    if (due!.state === 'paid') {
      const settledFree = due!.paidKey === null && due!.amountFen === 0;
      return due!.paidKey === key || settledFree
        ? done('paid' as const)
        : refuse({ code: 'refund.paid-already', ticketNo });
    }
    if (due!.state === 'waiting' && !(await settleDue(hub, tx, due!, now))) return done('pending' as const);
    await payDue(tx, ticketNo, key, now);
    return done('paid' as const);
  });
}

/** True when the station was told under this key to hand the money over. */
export async function wasGiven({ store }: Pick<Hub, 'store'>, ticketNo: string, key: string): Promise<boolean> {
  const due = await findDue(store.read, ticketNo);
  return due?.state === 'paid' && due.paidKey === key;
}
