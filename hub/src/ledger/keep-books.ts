import { clearStop } from '../clearing/clear-departed.ts';
import { bookBoarding, bookUnboarding } from '../clearing/late-boarding.ts';
import type { MoneyHooks } from '../inventory/money-hooks.ts';
import { cashHooks } from './book-cash.ts';
import { TICKET_HOOKS } from './book-tickets.ts';

/**
 * The hooks of a hub that keeps books. `provider` is the name of the payment provider that holds what is paid on line.
 *
 * A hook that finds its fact booked does nothing, so a fact may come again, also after a crash.
 */
export function keepBooks({ provider }: { readonly provider: string }): MoneyHooks {
  return {
    ...TICKET_HOOKS,
    ...cashHooks(provider),
    ticketBoarded: (tx, fact, { from, now }) => bookBoarding(tx, fact, from, now),
    ticketUnboarded: (tx, fact, { from, now }) => bookUnboarding(tx, fact, from, now),
    tripDeparted: async (tx, fact, { now }) => {
      await clearStop(tx, fact, now);
    },
  };
}
