import { randomUUID } from 'node:crypto';
import { LinkHub } from '@lianpiao/hub/ingest/link-hub';
import { projections } from '@lianpiao/hub/inventory/projections';
import { keepBooks } from '@lianpiao/hub/ledger/keep-books';
import { openBooks } from '@lianpiao/hub/ledger/open-books';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import type { HubTables } from '@lianpiao/hub/store/tables';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { NOON } from '@lianpiao/shared/testing/builders';
import { enrol, HANGZHOU, keysOf } from '../scenarios/link-rig.ts';

/**
 * The hub's end of the links for a benchmark, in a process of its own as in the product. It says `ready`, and after each
 * `every` events of the first station that its inbox holds what it did for them.
 */
export type BenchHubArgs = {
  readonly file: string;
  readonly brokers: readonly [string];
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** With the hub's projections and books, or with handlers that do nothing. */
  readonly projecting: boolean;
  readonly every?: number;
  readonly stations?: readonly string[];
};
export type BenchHubSays = 'ready' | { readonly batches: number; readonly commits: number };

const {
  file,
  brokers,
  tls,
  projecting,
  every = Infinity,
  stations = [HANGZHOU],
} = JSON.parse(process.argv[2]!) as BenchHubArgs;
const store = await openHubStore(file);
for (const station of stations) await enrol(store, station);
await openBooks(store, NOON);
const persons = personVault(Buffer.alloc(32, 7));
for (let month = 1; month <= 12; month += 1) persons.load(sealingKey(202600 + month, Buffer.alloc(32, month)));
const clock = { now: () => NOON };
const facts: FactHandlers<HubTables> = projecting
  ? projections({ persons, money: keepBooks({ provider: 'sandbox' }), clock, newId: randomUUID })
  : { 'ticket.sold': async () => undefined };

const say = (says: BenchHubSays) => process.send!(says);
let counts = { batches: 0, commits: 0 };
let awaited = every;
let sameCommit = false;
const hub = new LinkHub({
  store,
  brokers,
  tls,
  keysOf,
  facts: () => facts,
  lostFacts: {},
  answers: () => ({}),
  clock: systemClock,
  room: new DiskRoom(),
  log: (event, noted) => {
    if (event === 'link.queue-parked') throw new Error(`${event} ${JSON.stringify(noted)}`);
  },
  committed: () => {
    counts.batches += 1;
    // Batches of one commit are told together, before anything else gets its turn.
    if (sameCommit) return;
    sameCommit = true;
    counts.commits += 1;
    setImmediate(async () => {
      sameCommit = false;
      if ((await receivedPosition(store.read, stations[0]!, 'ev')).ack < awaited) return;
      say(counts);
      counts = { batches: 0, commits: 0 };
      awaited += every;
    });
  },
});
await hub.start();
process.once('disconnect', () => process.exit(0));
say('ready');
