import { join } from 'node:path';
import { LinkHub } from '@lianpiao/hub/ingest/link-hub';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { systemClock } from '@lianpiao/shared/clock';
import { enrol, HANGZHOU, keysOf, ledger } from './link-rig.ts';

/** The hub's end of the link in a process of its own, for `link-rig.ts`: something that can be killed between two instructions. */
const { data, brokers, tls, mode } = JSON.parse(process.argv[2]!);
const store = await openHubStore(join(data, 'hub.db'));
await enrol(store, HANGZHOU);
const killed = mode === 'kill-after-commit' ? { committed: () => process.kill(process.pid, 'SIGKILL') } : {};
const hub = new LinkHub({
  store,
  brokers,
  tls,
  keysOf,
  facts: () => ledger(),
  answers: () => ({}),
  clock: systemClock,
  log: () => undefined,
  ...killed,
});
await hub.start();
process.stdout.write('ready\n');
