import { refuse } from '@lianpiao/shared/domain/outcome';
import type { Reader } from '@lianpiao/shared/store/store';
import type { AgentTables } from '../store/tables.ts';
import { type MayNotSell, saleStops } from './sale-stops.ts';

/**
 * The guard of verbs that end a ticket, where no seat is given away: refund and its quote, void, forfeit when the gate closes.
 * They need the time, and a database that is proven to be the newest: a restored one may show a ticket as sold that was refunded
 * or rebooked in the life that is lost, and would pay for it twice. Undefined when the station may.
 */
export async function whyNotEnd(on: Reader<AgentTables>) {
  const stops = await saleStops(on);
  const untimed = stops.find(({ cause }) => cause === 'clock');
  if (untimed) return refuse({ code: 'clock.not-synced', since: untimed.since });
  const unproven = stops.find(({ cause }) => cause === 'continuity');
  return (
    unproven && refuse({ code: 'station.may-not-sell', why: unproven.code, since: unproven.since } satisfies MayNotSell)
  );
}
