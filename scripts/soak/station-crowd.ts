import { readFileSync } from 'node:fs';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { LinkLoop } from '@lianpiao/agent/sync/link-loop';
import { StationClock } from '@lianpiao/agent/time/station-clock';
import { systemClock } from '@lianpiao/shared/clock';
import { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { type PersonVault, personVault } from '@lianpiao/shared/store/person-vault';
import { emit } from '@lianpiao/shared/store/streams';
import { until } from '../demo/http-client.ts';
import { crowdSale } from '../scenarios/crowd-sales.ts';
import { soakPassenger } from './people.ts';

/**
 * Stations without counters, in one process: each has a database in memory and the product's own link, and says what was
 * sold there. It is started with the path of its arguments, and tells its parent how many tickets the hub has acknowledged.
 */
export type CrowdArgs = {
  readonly brokers: readonly [string];
  readonly ca: string;
  readonly stations: readonly {
    readonly code: string;
    readonly cert: string;
    readonly key: string;
    readonly mac: string;
  }[];
  readonly tickets: number;
  readonly minutes: number;
};
export type CrowdSays = { readonly acknowledged: number; readonly ended: boolean };

const STEP_MS = 200;
const clock = systemClock;
const today = serviceDateOf(clock.now(), 'Asia/Shanghai');
const { brokers, ca, stations, tickets, minutes } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as CrowdArgs;
const log = () => undefined;

const crowd = await Promise.all(
  stations.map(async ({ code, cert, key, mac }) => {
    const store = await openAgentStore(':memory:');
    const keys = new MacKeys([{ keyNo: 1, secret: Buffer.from(mac, 'hex'), activeAt: 0 }]);
    const names = { station: code, installId: `machine-${code}`, agentVersion: 'soak' };
    const link = new LinkLoop({
      store,
      brokers,
      tls: { ca, cert, key },
      keys,
      clock: new StationClock(clock),
      room: new DiskRoom(),
      log,
      ...names,
    });
    await link.start({}, {}, {});
    return { code, store, link, sold: 0 };
  }),
);
type Station = (typeof crowd)[number];

async function monthKeys(): Promise<PersonVault> {
  const persons = personVault(Buffer.alloc(32, 7));
  const given = await until(
    'month keys',
    () => crowd[0]!.link.request('keys.person', {}),
    (answer) => answer.ok,
    60_000,
  );
  if (given.ok)
    for (const { keyNo, secret } of given.value) persons.load(sealingKey(keyNo, Buffer.from(secret, 'base64url')));
  return persons;
}

async function sellOne(station: Station, persons: PersonVault, index: number): Promise<void> {
  const { code, store, sold } = station;
  const now = clock.now();
  station.sold += 1;
  const { trip, ticket } = crowdSale(code, today, sold, now);
  await store.transaction(async (tx) => {
    const agg = ticket.tripId;
    if (trip) await emit(tx, { peer: 'hub', type: 'trip.published', agg, fact: trip }, now);
    const person = persons.seal(soakPassenger(index), today);
    await emit(tx, { peer: 'hub', type: 'ticket.sold', agg, fact: ticket, person }, now);
  });
}

const queued = () => crowd.reduce((sum, { link }) => sum + link.state().queued, 0);
const tell = (ended: boolean) =>
  process.send!({ acknowledged: Math.max(0, sold - queued()), ended } satisfies CrowdSays);
let sold = 0;
process.once('disconnect', () => process.exit(0));
const persons = await monthKeys();
const startedAt = performance.now();
while (sold < tickets) {
  const due = Math.min(tickets, Math.ceil(((performance.now() - startedAt) / (minutes * 60_000)) * tickets));
  const work = [];
  for (; sold < due; sold += 1) work.push(sellOne(crowd[sold % crowd.length]!, persons, sold));
  await Promise.all(work);
  tell(false);
  await new Promise((next) => setTimeout(next, STEP_MS));
}
await until(
  'the queue',
  async () => queued(),
  (left) => left === 0,
  600_000,
);
tell(true);
