import { refuse } from '@lianpiao/shared/domain/outcome';
import type { Reader } from '@lianpiao/shared/store/store';
import { saleStops } from '../selling/sale-stops.ts';
import type { AgentTables } from '../store/tables.ts';

/**
 * The guard of rules that give or take money by the clock, where no seat is given away: refund tiers, the time to void,
 * forfeits when the gate closes. Undefined when the station knows the time.
 */
export async function whyNoTime(on: Reader<AgentTables>) {
  const stop = (await saleStops(on)).find(({ cause }) => cause === 'clock');
  return stop ? refuse({ code: 'clock.not-synced', since: stop.since }) : undefined;
}
