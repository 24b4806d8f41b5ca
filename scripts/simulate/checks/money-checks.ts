import { HUB_STATION } from '@lianpiao/hub/hub';
import { accountBalances } from '@lianpiao/hub/ledger/account-balances';
import { checkChain } from '@lianpiao/hub/ledger/check-chain';
import { trialBalance } from '@lianpiao/hub/ledger/trial-balance';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';

type Sum = { readonly fen: number };

/** The books sum to zero at any time. */
export function checkBalance(run: Run): void {
  const [sum] = rows<Sum>(run.hub, 'SELECT coalesce(sum(amount_fen), 0) AS fen FROM postings');
  if (sum?.fen !== 0) run.journal.violated('I6 the books do not balance', sum);
}

/** I6 at rest: no ended ticket holds money, drawers and provider have what the books say. */
export async function checkBooks(run: Run): Promise<void> {
  const { store } = (await run.hub.up()).hub;
  const balance = await trialBalance(store.read);
  // A restored hub has forgotten refunds of its own tickets and what was paid for them: people see to them.
  const isRestored = run.restored.has(run.hub.name);
  const unsettled = balance.unsettledTickets.filter(
    ({ ticketNo }) => !isRestored || issuerOf(ticketNo) !== HUB_STATION,
  );
  if (balance.sumFen !== 0 || unsettled.length > 0) run.journal.violated('I6 trial balance', balance);
  const { brokenAt } = await checkChain(store.read);
  if (brokenAt !== null) run.journal.violated('I6 the chain of the journals is broken', { brokenAt });
  for (const station of run.stations) {
    if (run.restored.has(station.name)) continue;
    const [drawer] = rows<Sum>(station, 'SELECT coalesce(sum(amount_fen), 0) AS fen FROM cash_moves');
    const cash = await accountBalances(store.read, { kind: `cash:${station.name}` });
    const booked = cash.reduce((sum, { balanceFen }) => sum + balanceFen, 0);
    if (booked !== drawer!.fen)
      run.journal.violated('I6 a drawer is not what the books say', {
        station: station.name,
        drawer: drawer!.fen,
        booked,
      });
  }
  if (isRestored) return;
  const held = await accountBalances(store.read, { kind: 'psp' });
  const booked = held.reduce((sum, { balanceFen }) => sum + balanceFen, 0);
  if (booked !== run.payer.balanceFen)
    run.journal.violated('I6 the provider has not what the books say', { provider: run.payer.balanceFen, booked });
}
