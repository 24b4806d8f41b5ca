import { join } from 'node:path';
import { LinkHub } from '@lianpiao/hub/ingest/link-hub';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import type { HubTables } from '@lianpiao/hub/store/tables';
import { systemClock } from '@lianpiao/shared/clock';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { enrol, HANGZHOU, type HubMode, keysOf, ledger } from './link-rig.ts';

type Arguments = {
  readonly data: string;
  readonly brokers: readonly [string];
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly mode: HubMode;
};

/** The hub's end of the link in a process of its own, for `link-rig.ts`: something that can be killed between two instructions. */
const { data, brokers, tls, mode } = JSON.parse(process.argv[2]!) as Arguments;
/** What it notes after that it is ready, a line each. */
let ready = false;
const say = (event: string) => {
  ready ||= event === 'ready';
  if (ready) process.stdout.write(`${event}\n`);
};
const store = await openHubStore(join(data, 'hub.db'));
await enrol(store, HANGZHOU);
const dies = async () => void process.kill(process.pid, 'SIGKILL');
const facts: FactHandlers<HubTables> = mode === 'kill-before-commit' ? { 'seat.granted': dies } : ledger();
const killed = mode === 'kill-after-commit' ? { committed: dies } : {};
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
  log: say,
  ...killed,
});
await hub.start();
say('ready');
