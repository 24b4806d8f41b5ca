import { netAccount } from '@lianpiao/shared/domain/journal';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import { bookSettlement } from '@lianpiao/shared/domain/posting';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { balanceOf } from '../ledger/account-balances.ts';
import { BOOKS_ZONE, headFor } from '../ledger/open-period.ts';
import { isBooked, postJournal } from '../ledger/post-journal.ts';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import { type Net, netsOf } from './net-period.ts';
import { findPeriod, movePeriod } from './period-rows.ts';

const sourceOf = (periodId: string, party: string) => `period.settled:${periodId}/${party}`;

/**
 * The bank confirms that a party's net was paid out, or paid in where the party owed us. With the last one the period is
 * settled and its net account is back at zero.
 */
export function settleParty(
  store: HubStore,
  call: Call,
  { periodId, party, bankRef }: { readonly periodId: string; readonly party: string; readonly bankRef: string },
  now: EpochMs,
) {
  return answerOnce(store, call, 'settle-party', now, async (tx) => {
    const period = await findPeriod(tx, periodId);
    if (!period) return refuse({ code: 'period.unknown', periodId });
    if (period.state !== 'sent' && period.state !== 'partlySettled') {
      return refuse({ code: 'period.not-ready', periodId, state: period.state });
    }
    const nets = await netsOf(tx, periodId);
    const net = nets.find((each) => each.party === party);
    if (!net) return refuse({ code: 'period.nothing-to-settle', periodId, party });
    const source = sourceOf(periodId, party);
    if (await isBooked(tx, source)) return refuse({ code: 'period.already-settled', periodId, party });
    const head = await headFor(tx, { source, originOn: bizDateOf(now, BOOKS_ZONE), ruleVersion: null }, now);
    await postJournal(tx, bookSettlement(head, periodId, net), now);
    const open = await openNets(tx, periodId, nets);
    await movePeriod(tx, periodId, open.length === 0 ? 'settle' : 'settlePart');
    await audit(tx, call.caller, 'party.settled', `${periodId} ${party}`, now, `${net.owedFen} ${bankRef}`);
    const leftFen = await balanceOf(tx, netAccount(periodId));
    return done({ periodId, party, amountFen: net.owedFen, open: open.length, leftFen });
  });
}

async function openNets(on: HubReader, periodId: string, nets: readonly Net[]): Promise<Net[]> {
  const open: Net[] = [];
  for (const net of nets) if (!(await isBooked(on, sourceOf(periodId, net.party)))) open.push(net);
  return open;
}
