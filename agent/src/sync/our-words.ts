import { SPOKEN } from '@lianpiao/shared/protocol/versions';
import type { Reader } from '@lianpiao/shared/store/store';
import { saleStops } from '../selling/sale-stops.ts';
import type { AgentTables } from '../store/tables.ts';
import { rangeEnds } from '../tickets/range-ends.ts';
import { gaveUp } from './gave-up.ts';
import type { LinkIdentity } from './link-identity.ts';
import { provenPositions } from './lost-continuity.ts';

type Machine = { readonly installId: string; readonly agentVersion: string };

/** What the station says of itself when it greets the hub. */
export async function ourHello(on: Reader<AgentTables>, identity: LinkIdentity, machine: Machine) {
  const stop = (await saleStops(on)).find(({ cause }) => cause === 'continuity');
  const fork = await gaveUp(on);
  return {
    k: 'hello' as const,
    versions: SPOKEN,
    ...machine,
    dbId: identity.dbId,
    proven: stop === undefined || stop.code === 'station.recovering',
    lanes: await provenPositions(on),
    hubInc: identity.hubIncarnation,
    numbers: await rangeEnds(on),
    ...(fork === undefined ? {} : { gaveUp: fork }),
  };
}
