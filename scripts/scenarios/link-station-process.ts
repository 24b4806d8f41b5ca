import { emitFacts, ledger, openStation, type StationFiles } from './link-rig.ts';

/** A station's end of the link in a process of its own, for `link-rig.ts`. It has granted three seats before it connects. */
const { link, store } = await openStation(JSON.parse(process.argv[2]!) as StationFiles);
await emitFacts(store, 'hub', 'seat', 3);
await link.start(ledger(), {}, {});
process.stdout.write('ready\n');
