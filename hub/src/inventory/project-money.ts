import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { Hub } from '../hub.ts';
import { takeToldPayout } from '../restore/keep-forgotten-refund.ts';
import type { HubTables } from '../store/tables.ts';

/** Lane `ev`: cash of stations, which only the books care about. */
export function moneyFacts({ money, clock }: Pick<Hub, 'money' | 'clock'>): FactHandlers<HubTables> {
  return {
    'payout.made': async (tx, { fact }, peer) => {
      const now = clock.now();
      await takeToldPayout({ money }, tx, fact, peer, now);
      await money.payoutMade(tx, fact, { from: peer, now });
    },
    'difference.moved': (tx, { fact }, peer) => money.differenceMoved(tx, fact, { from: peer, now: clock.now() }),
    'shift.closed': (tx, { fact }, peer) => money.shiftClosed(tx, fact, { from: peer, now: clock.now() }),
  };
}
