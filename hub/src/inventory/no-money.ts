import type { MoneyHooks } from './money-hooks.ts';

const nothing = async () => undefined;

/** A hub that keeps no books: for tests of everything else. */
export const NO_MONEY: MoneyHooks = {
  ticketSold: nothing,
  ticketVoided: nothing,
  ticketRefunded: nothing,
  ticketRebooked: nothing,
  ticketBoarded: nothing,
  ticketUnboarded: nothing,
  tripDeparted: nothing,
  payoutMade: nothing,
  differenceMoved: nothing,
  shiftClosed: nothing,
  paymentReceived: nothing,
  paymentReturned: nothing,
};
