import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody, TicketBody } from '@lianpiao/shared/protocol/events';
import type { HubTx } from '../store/hub-store.ts';

/** Who told the hub: a station's stream, or the hub itself about its own tickets. */
export type FactOrigin = { readonly from: string; readonly now: EpochMs };

/** Money of a passenger at a payment provider, as the provider confirmed it. One row a payment, one call a row. */
export type PaymentFact = {
  readonly paymentId: string;
  readonly orderId: string;
  readonly provider: string;
  readonly amountFen: number;
  readonly at: EpochMs;
  readonly bizDate: string;
};

/**
 * What the books are told, in the transaction that makes it true and after the rows of tickets, trips and departures
 * have changed. Each is idempotent by its source. @throws CannotApply for a fact that the books cannot take (its ticket or
 * trip is not here, its amounts contradict the ticket): it is parked, and the books are as if it had not come.
 *
 * A payment is booked when the provider confirms it, whatever becomes of its order: the tickets of the order then draw on
 * it, and what is late or double stays due to the payer until `paymentReturned`.
 */
export type MoneyHooks = {
  ticketSold(tx: HubTx, ticket: TicketBody, origin: FactOrigin): Promise<void>;
  ticketVoided(tx: HubTx, fact: EventBody<'ticket.voided'>, origin: FactOrigin): Promise<void>;
  ticketRefunded(tx: HubTx, fact: EventBody<'ticket.refunded'>, origin: FactOrigin): Promise<void>;
  ticketRebooked(tx: HubTx, fact: EventBody<'ticket.rebooked'>, origin: FactOrigin): Promise<void>;
  ticketBoarded(tx: HubTx, fact: EventBody<'ticket.boarded'>, origin: FactOrigin): Promise<void>;
  ticketUnboarded(tx: HubTx, fact: EventBody<'ticket.unboarded'>, origin: FactOrigin): Promise<void>;
  tripDeparted(tx: HubTx, fact: EventBody<'trip.departed'>, origin: FactOrigin): Promise<void>;
  payoutMade(tx: HubTx, fact: EventBody<'payout.made'>, origin: FactOrigin): Promise<void>;
  /** Cash of an exchange, in or out of a drawer, against what is due to the passenger of the old ticket. */
  differenceMoved(tx: HubTx, fact: EventBody<'difference.moved'>, origin: FactOrigin): Promise<void>;
  shiftClosed(tx: HubTx, fact: EventBody<'shift.closed'>, origin: FactOrigin): Promise<void>;
  paymentReceived(tx: HubTx, payment: PaymentFact, origin: FactOrigin): Promise<void>;
  /** The provider gave a payment back that bought nothing: it came late or twice. `amountFen` is what went back. */
  paymentReturned(tx: HubTx, payment: PaymentFact, origin: FactOrigin): Promise<void>;
};
