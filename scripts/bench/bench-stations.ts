import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { LinkLoop } from '@lianpiao/agent/sync/link-loop';
import { StationClock } from '@lianpiao/agent/time/station-clock';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { emit } from '@lianpiao/shared/store/streams';
import { aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { crowdSale } from '../scenarios/crowd-sales.ts';
import { keysOf } from '../scenarios/link-rig.ts';

/**
 * Stations of `npm run bench -- province-link` in one process, started with the path of their arguments. Each has the product's own link and a database in memory:
 * their disks are not what is measured. It says `online` when all are welcomed, tells sales when it is told to, each station
 * as many at the same time as the others, and says `told`.
 */
export type BenchStationsArgs = {
  readonly brokers: readonly [string];
  readonly stations: readonly {
    readonly code: string;
    readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  }[];
  /** Sales of each station. */
  readonly sales: number;
  /** Sales that share a transaction. */
  readonly group: number;
};

const LOOK_MS = 20;
const DAY = '20261121' as ServiceDate;
const { brokers, stations, sales, group } = JSON.parse(
  readFileSync(JSON.parse(process.argv[2]!), 'utf8'),
) as BenchStationsArgs;

const crowd = await Promise.all(
  stations.map(async ({ code, tls }) => {
    const store = await openAgentStore(':memory:');
    const link = new LinkLoop({
      store,
      station: code,
      installId: `machine-${code}`,
      agentVersion: 'bench',
      brokers,
      tls,
      keys: keysOf(code),
      clock: new StationClock(systemClock),
      room: new DiskRoom(),
      log: () => undefined,
    });
    await link.start({}, {}, {});
    return { store, link, sold: Array.from({ length: sales }, (_, index) => crowdSale(code, DAY, index, NOON)) };
  }),
);
const persons = personVault(Buffer.alloc(32, 7));
persons.load(sealingKey(202611, Buffer.alloc(32, 11)));
// Sealing belongs to the sale. Synthetic people.
const sealed = Array.from({ length: 1000 }, (_, index) => persons.seal(aPassenger(index), DAY));

async function tell({ store, sold }: (typeof crowd)[number]): Promise<void> {
  for (let first = 0; first < sold.length; first += group) {
    await store.transaction(async (tx) => {
      for (const [offset, { trip, ticket }] of sold.slice(first, first + group).entries()) {
        const agg = ticket.tripId;
        if (trip) await emit(tx, { peer: 'hub', type: 'trip.published', agg, fact: trip }, NOON);
        const person = sealed[(first + offset) % sealed.length]!;
        await emit(tx, { peer: 'hub', type: 'ticket.sold', agg, fact: ticket, person }, NOON);
      }
    });
    await nextTurn();
  }
}

process.on('message', async () => {
  await Promise.all(crowd.map(tell));
  process.send!('told');
});
process.once('disconnect', () => process.exit(0));
while (!crowd.every(({ link }) => link.state().online)) await sleep(LOOK_MS);
process.send!('online');
