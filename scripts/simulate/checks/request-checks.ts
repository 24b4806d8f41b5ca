import { HUB } from '@lianpiao/agent/agent';
import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';

type Key = { readonly key: string; readonly peer: string };

const BURNT = "SELECT key, peer FROM intents WHERE state = 'burnt'";
const DONE = "SELECT key FROM answers WHERE caller = ? AND key = ? AND verb <> 'burnt'";

/** Who was told that a request had never arrived began anew: it is never carried out afterwards. */
export function checkBurntKeys(run: Run): void {
  for (const node of run.nodes) {
    for (const { key, peer } of rows<Key>(node, BURNT)) {
      const other = peer === HUB ? run.hub : run.station(peer);
      if (rows(other, DONE, node.name, key).length > 0)
        run.journal.violated('a request that had never arrived was carried out', { from: node.name, to: peer, key });
    }
  }
}
